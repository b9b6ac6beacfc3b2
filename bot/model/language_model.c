#include "bot/model/language_model.h"

#include "bot/base/text.h"

#include "bot/base/banned.h"

static enum err nobody(struct error *error)
{
    return fail(error, ERR_BUSY, "no language model is configured");
}

enum err language_model_chat(const struct language_model *model, const struct model_chat *request, struct arena *arena,
                             struct model_said *ret_said, struct error *error)
{
    return model == NULL ? nobody(error) : model->chat(model, request, arena, ret_said, error);
}

enum err language_model_embed(const struct language_model *model, const struct model_embed *request,
                              struct arena *arena, struct model_vectors *ret_vectors, struct error *error)
{
    return model == NULL ? nobody(error) : model->embed(model, request, arena, ret_vectors, error);
}

enum err language_model_rerank(const struct language_model *model, const struct model_rerank *request,
                               struct arena *arena, struct model_order *ret_order, struct error *error)
{
    return model == NULL ? nobody(error) : model->rerank(model, request, arena, ret_order, error);
}

bool language_model_ready(const struct language_model *model, enum model_skill skill)
{
    return model != NULL && model->ready(model, skill);
}

int64_t language_model_context(const struct language_model *model)
{
    return model == NULL ? 0 : model->context_tokens(model);
}

int64_t language_model_tokens(const struct language_model *model, struct str text)
{
    double factor = model == NULL ? 1.0 : model->tokens_factor(model);
    double tokens = (double)model_tokens(text) * factor;
    int64_t whole = (int64_t)tokens;
    return (double)whole < tokens ? whole + 1 : whole;
}

/* ── the rule of thumb ─────────────────────────────────────────────────────────────────────────────────────────── */

enum { PARTS_OF_A_TOKEN = 24 }; /* 1/4, 1/3 and 1/8 are whole numbers of them */

static int64_t parts_of(int32_t c)
{
    if (c == ' ' || c == '\n' || c == '\t')
        return PARTS_OF_A_TOKEN / 8;
    if (c >= '0' && c <= '9')
        return PARTS_OF_A_TOKEN / 3;
    bool latin = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return latin ? PARTS_OF_A_TOKEN / 4 : PARTS_OF_A_TOKEN;
}

int64_t model_tokens(struct str text)
{
    int64_t parts = 0;
    for (int32_t c; (c = text_next(&text)) >= 0;)
        parts += parts_of(c);
    return (parts + PARTS_OF_A_TOKEN - 1) / PARTS_OF_A_TOKEN;
}
