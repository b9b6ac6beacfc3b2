#include "bot/base/settings_model.h"

#include "bot/base/settings.h"
#include "bot/base/settings_check.h"
#include "bot/base/settings_table.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

enum { MAX_LABEL_BYTES = 40 };

/* clang-format off: one line a setting is easier to read than any wrapping */

#define IN(member_) .offset = offsetof(struct settings_model, member_)
static const struct setting price_settings[] = {
    {.name = "input",
     .type = SETTING_NUMBER,
     IN(price_input_usd),
     .least = 0,
     .most = 1000000,
     .help = "USD per million tokens"},
    {.name = "output",
     .type = SETTING_NUMBER,
     IN(price_output_usd),
     .least = 0,
     .most = 1000000,
     .help = "USD per million tokens"},
    {.name = "embedding",
     .type = SETTING_NUMBER,
     IN(price_embedding_usd),
     .least = 0,
     .most = 1000000,
     .help = "USD per million tokens"},
};
static const struct settings_table price_table = {
    .settings = price_settings, .n = COUNT_OF(price_settings), .bytes = sizeof(struct settings_model)};

static const struct setting model_settings[] = {
    {.name = "name", .type = SETTING_TEXT, IN(name), .required = true, .least = 1, .help = "a name of your choice"},
    {.name = "base_url",
     .type = SETTING_PARSED,
     IN(base_url),
     .parse = settings_check_url,
     .required = true,
     .least = 1,
     .help = "the endpoint's address, for example https://api.openai.com/v1"},
    {.name = "api_key", .type = SETTING_SECRET, IN(api_key), .help = "the endpoint's key"},
    {.name = "chat_model", .type = SETTING_TEXT, IN(chat_model), .help = "the model that answers"},
    {.name = "embedding_model", .type = SETTING_TEXT, IN(embedding_model), .help = "the model that makes vectors"},
    {.name = "rerank_model", .type = SETTING_TEXT, IN(rerank_model), .help = "the model that orders passages"},
    {.name = "context",
     .type = SETTING_INT,
     IN(context_tokens),
     .otherwise = "8192",
     .least = 512,
     .most = 100000000,
     .help = "how many tokens the chat model can look at"},
    {.name = "concurrency",
     .type = SETTING_INT,
     IN(concurrency),
     .otherwise = "4",
     .least = 1,
     .most = 1000,
     .help = "how many calls may be under way at once"},
    {.name = "timeout",
     .type = SETTING_DURATION,
     IN(timeout_ms),
     .otherwise = "60s",
     .least = 100,
     .most = 3600000,
     .help = "how long one call may take"},
    {.name = "daily_budget",
     .type = SETTING_NUMBER,
     IN(daily_budget_usd),
     .least = 0,
     .most = 1000000,
     .help = "USD that may be spent on it in a day"},
    {.name = "price",
     .type = SETTING_SECTION,
     .table = &price_table,
     .help = "what tokens cost"}, /* fills this very struct */
};
#undef IN

/* clang-format on */

/* It becomes a label of metrics and a word in tables. */
static bool is_label(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i], letter = (char)(c | 0x20);
        if (!((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return name.n <= MAX_LABEL_BYTES;
}

static enum err finish_model(const struct settings_source *source, const struct yaml_node *node, void *object)
{
    const struct settings_model *model = object;
    const struct yaml_node *budget = yaml_get(node, STR("daily_budget"));
    if (!is_label(model->name))
        return yaml_fail(source->error, source->file, yaml_get(node, STR("name")),
                         "llm.name must be at most %d letters, digits, '-', '_' or '.'; rename it", MAX_LABEL_BYTES);
    if (model->chat_model.n == 0 && model->embedding_model.n == 0 && model->rerank_model.n == 0)
        return yaml_fail(source->error, source->file, node,
                         "llm has no model; write chat_model, embedding_model or rerank_model");
    if (budget != NULL && model->daily_budget_usd <= 0)
        return yaml_fail(source->error, source->file, budget,
                         "llm.daily_budget must be more than 0; without a limit take the line out");
    if (budget != NULL && model->price_input_usd + model->price_output_usd + model->price_embedding_usd <= 0)
        return yaml_fail(source->error, source->file, budget,
                         "llm.daily_budget needs a price; add it: price: {input: USD, output: USD} per million tokens");
    return OK;
}

const struct settings_table settings_model_table = {.settings = model_settings,
                                                    .n = COUNT_OF(model_settings),
                                                    .bytes = sizeof(struct settings_model),
                                                    .finish = finish_model};

enum err settings_model_check_names(const struct settings_source *source, const struct yaml_node *root,
                                    const struct settings *settings)
{
    const struct yaml_node *list = yaml_get(root, STR("llm")), *item = list != NULL ? list->child : NULL;
    for (size_t i = 0; i < settings->n_models && item != NULL; i++, item = item->next)
        for (size_t j = 0; j < i; j++)
            if (str_eq(settings->models[i].name, settings->models[j].name))
                return yaml_fail(source->error, source->file, item, "llm.name '%.*s' is there twice; rename one",
                                 STR_ARG(settings->models[i].name));
    return OK;
}
