#include "bot/cli/llm_say.h"

#include <stdio.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/config.h"
#include "bot/cli/models.h"
#include "bot/model/language_model.h"

#include "bot/base/banned.h"

enum { SAID_BYTES = 4 * 1024 * 1024 };

static const char *finish_name(enum model_finish finish)
{
    static const char *const names[] = {
        [MODEL_STOPPED] = "stopped", [MODEL_CUT] = "cut", [MODEL_FILTERED] = "filtered", [MODEL_UNWANTED] = "unwanted"};
    return names[finish];
}

static bool print_piece(void *self, struct str text)
{
    (void)self;
    printf("%.*s", STR_ARG(text));
    fflush(stdout);
    return true;
}

/* What stands on the terminal cannot be taken back. */
static void begin_anew(void *self)
{
    (void)self;
    fputs("\n", stdout);
    fputs("gilbot: it broke off; the next one is asked\n", stderr);
}

static void print_json(const struct llm_say *say, const struct model_said *said)
{
    struct buf out;
    buf_init(&out, say->arena, SAID_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "text", said->text);
    json_add_member(&out, "finish", str_of(finish_name(said->finish)));
    json_add_member(&out, "provider", said->usage.provider);
    json_add_member(&out, "model", said->usage.model);
    json_add_member_i64(&out, "tokens_in", said->usage.tokens_in);
    json_add_member_i64(&out, "tokens_out", said->usage.tokens_out);
    json_add_key(&out, "cost_usd");
    buf_addf(&out, "%.6f", (double)said->usage.cost_microusd / 1e6);
    json_add_member_i64(&out, "ms", said->usage.latency_ms);
    json_add_member_i64(&out, "first_piece_ms", said->usage.first_piece_ms);
    buf_add_char(&out, '}');
    printf("%.*s\n", STR_ARG(buf_str(&out)));
}

static void print_usage(const struct model_usage *usage)
{
    fprintf(stderr,
            "gilbot: %.*s (%.*s), %lld + %lld tokens, %.6f USD, first word after %lld ms, whole after %lld ms\n",
            STR_ARG(usage->provider), STR_ARG(usage->model), (long long)usage->tokens_in, (long long)usage->tokens_out,
            (double)usage->cost_microusd / 1e6, (long long)usage->first_piece_ms, (long long)usage->latency_ms);
}

static enum err ask(const struct llm_say *say, const struct language_model *model, struct error *error)
{
    struct model_listener listener = {.piece = print_piece, .again = begin_anew};
    struct model_message message = {MODEL_USER, say->text};
    struct model_chat request = {.origin = {.purpose = STR("say")},
                                 .messages = &message,
                                 .n_messages = 1,
                                 .temperature = 0.2,
                                 .budget_ms = say->budget_ms,
                                 .listener = say->json ? NULL : &listener};
    struct model_said said;
    enum err rc = language_model_chat(model, &request, say->arena, &said, error);
    if (rc != OK)
        return rc;
    if (say->json) {
        print_json(say, &said);
    } else {
        putchar('\n');
        fflush(stdout);
        print_usage(&said.usage);
    }
    return OK;
}

int llm_say(const struct llm_say *say)
{
    struct models *models = NULL;
    struct error error = {0};
    struct models_parts parts = {.settings = say->settings, .clock = clock_system()};
    enum err rc = models_open(&parts, &models, &error);
    if (rc == OK)
        rc = ask(say, models_port(models), &error);
    models_close(models);
    if (rc == OK)
        return 0;
    fprintf(stderr, "gilbot: %s\n", error.text);
    return 1;
}
