#include "flows/answer/generate.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/live.h"
#include "bot/model/markup.h"
#include "flows/answer/language.h"
#include "flows/answer/prompt.h"
#include "store/documents.h"
#include "store/index/search.h"

#include "bot/base/banned.h"

enum { MOST_MESSAGES = 4, MOST_SAID_BYTES = 256 * 1024 };

/* ── what the model is shown ───────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err take_candidate(struct arena *arena, struct db *db, const struct search_hit *hit,
                                        struct prompt_candidate *ret, struct error *error)
{
    struct chunks chunks = {0};
    int64_t at = hit->chunk.ordinal;
    struct chunk_span span = {hit->document.id, at > 0 ? at - 1 : 0, at + 1};
    enum err rc = chunks_read(db, span, arena, &chunks, error);
    if (rc != OK)
        return rc;
    *ret = (struct prompt_candidate){.passage = {.document = hit->document.key,
                                                 .title = hit->document.title,
                                                 .heading = hit->chunk.heading,
                                                 .url = hit->document.url,
                                                 .page = hit->chunk.page,
                                                 .text = hit->chunk.body}};
    for (size_t i = 0; i < chunks.n; i++) {
        bool same_heading = str_eq(chunks.items[i].heading, hit->chunk.heading);
        if (chunks.items[i].ordinal == at - 1 && same_heading)
            ret->before = chunks.items[i].body;
        else if (chunks.items[i].ordinal == at + 1 && same_heading)
            ret->behind = chunks.items[i].body;
    }
    return OK;
}

static MUST_USE enum err make_prompt(struct arena *arena, const struct generate_request *request,
                                     struct answer_prompt *ret_prompt, struct error *error)
{
    const struct search_hits *hits = request->hits;
    struct prompt_candidate *candidates = arena_alloc_array(arena, hits->n, sizeof *candidates);
    if (candidates == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a prompt");
    for (size_t i = 0; i < hits->n; i++)
        if (take_candidate(arena, request->db, &hits->items[i], &candidates[i], error) != OK)
            return during(error, "reading what stands beside a passage");
    struct answer_prompt_request prompt = {.prompts = request->prompts,
                                           .model = request->model,
                                           .question = request->question,
                                           .language = request->language,
                                           .candidates = candidates,
                                           .n_candidates = hits->n,
                                           .most_passages = GENERATE_PASSAGES};
    return answer_prompt_make(arena, &prompt, ret_prompt, error);
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct asking {
    struct arena *arena;
    const struct generate_request *request;
    const struct answer_prompt *prompt;
    struct generated *generated;
    struct error *error;
    struct model_message messages[MOST_MESSAGES];
    size_t n_messages;
};

/* ── while it is being said ────────────────────────────────────────────────────────────────────────────────────── */

/* What the model has said so far, and how many of its claims were looked at. */
struct hearing {
    struct asking *asking;
    struct buf said;
    size_t n_heard;
};

/* Only what its quotes support is shown, before the end as after it. */
static MUST_USE enum err show_claim(const struct asking *asking, struct claim *claim)
{
    struct claims one = {.items = claim, .n = 1};
    struct str escaped = {0};
    enum err rc = claims_verify(asking->arena, &one, &asking->generated->passages, asking->request->question, NULL);
    if (rc != OK || claim->verdict != CLAIM_SUPPORTED)
        return rc;
    rc = markup_escape(asking->arena, claim->text, &escaped);
    if (rc == OK) {
        live_add(asking->request->live, escaped);
        live_add(asking->request->live, STR(" "));
    }
    return rc;
}

/* A claim can only be whole where an object ends.  What cannot be shown is shown at the end. */
static bool hear(void *self, struct str text)
{
    struct hearing *hearing = self;
    struct claims claims = {0};
    buf_add(&hearing->said, text);
    if (str_find_char(text, '}') == SIZE_MAX || buf_failed(&hearing->said))
        return true;
    if (claims_read(hearing->asking->arena, buf_str(&hearing->said), &claims, NULL) != OK)
        return true;
    for (; hearing->n_heard < claims.n; hearing->n_heard++)
        if (show_claim(hearing->asking, &claims.items[hearing->n_heard]) != OK)
            break;
    return true;
}

static void hear_again(void *self)
{
    struct hearing *hearing = self;
    buf_truncate(&hearing->said, 0);
    hearing->n_heard = 0;
    live_again(hearing->asking->request->live);
}

/* One call, and what of its answer is supported. */
static MUST_USE enum err ask_once(struct asking *asking, struct str *ret_said)
{
    struct generated *generated = asking->generated;
    struct model_chat chat = {.origin = {.purpose = STR("answer"),
                                         .prompt = asking->prompt->label,
                                         .flow = STR("answer"),
                                         .user = asking->request->user},
                              .messages = asking->messages,
                              .n_messages = asking->n_messages,
                              .max_tokens = ANSWER_TOKENS,
                              .schema = answer_schema(),
                              .budget_ms = GENERATE_BUDGET_MS};
    struct hearing hearing = {.asking = asking};
    struct model_listener listener = {.piece = hear, .again = hear_again, .self = &hearing};
    struct model_said said = {0};
    buf_init(&hearing.said, asking->arena, MOST_SAID_BYTES);
    if (asking->request->live != NULL)
        chat.listener = &listener;
    enum err rc = language_model_chat(asking->request->model, &chat, asking->arena, &said, asking->error);
    if (rc != OK)
        return rc;
    int64_t tokens_in = generated->usage.tokens_in, tokens_out = generated->usage.tokens_out;
    generated->usage = said.usage;
    generated->usage.tokens_in += tokens_in;
    generated->usage.tokens_out += tokens_out;
    *ret_said = said.text;
    rc = claims_read(asking->arena, said.text, &generated->claims, asking->error);
    if (rc == OK)
        rc = claims_verify(asking->arena, &generated->claims, &generated->passages, asking->request->question,
                           asking->error);
    return rc == OK ? claims_answer_make(asking->arena, &generated->claims, &generated->answer) : rc;
}

static MUST_USE enum err ask_in_right_language(struct asking *asking)
{
    struct str said = {0};
    bool korean = str_eq(asking->request->language, STR("ko"));
    enum language wanted = korean ? LANGUAGE_KOREAN : LANGUAGE_ENGLISH;
    enum err rc = ask_once(asking, &said);
    if (rc != OK || !language_is_wrong(asking->generated->answer.text, wanted))
        return rc;
    live_again(asking->request->live);
    asking->messages[asking->n_messages++] = (struct model_message){MODEL_ASSISTANT, said};
    asking->messages[asking->n_messages++] = (struct model_message){
        MODEL_USER, korean ? STR("주장의 글을 한국어로 다시 써 주세요. 인용은 그대로 두세요.")
                           : STR("Write the texts of the claims again in English. Leave the quotes as they are.")};
    return ask_once(asking, &said);
}

enum err generate_answer(struct arena *arena, const struct generate_request *request, struct generated *ret_generated,
                         struct error *error)
{
    struct answer_prompt prompt = {0};
    struct generated generated = {0};
    enum err rc = make_prompt(arena, request, &prompt, error);
    if (rc != OK)
        return rc;
    if (prompt.passages.n == 0)
        return fail(error, ERR_INVALID, "the model's context is too small for a single sentence");
    const struct str both[] = {prompt.messages[0].text, STR("\n\n"), prompt.messages[1].text};
    generated.passages = prompt.passages;
    generated.prompt = arena_join(arena, both, COUNT_OF(both));
    struct asking asking = {.arena = arena,
                            .request = request,
                            .prompt = &prompt,
                            .generated = &generated,
                            .error = error,
                            .messages = {prompt.messages[0], prompt.messages[1]},
                            .n_messages = 2};
    rc = generated.prompt.p == NULL ? fail(error, ERR_NO_MEMORY, "no memory for a prompt")
                                    : ask_in_right_language(&asking);
    if (rc == OK)
        *ret_generated = generated;
    return rc;
}
