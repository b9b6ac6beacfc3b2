/* bot/cli/cmd_llm.c — `gilbot llm`: the language models, how they are, and what they cost. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/admin.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/llm_say.h"
#include "integrations/llm/llm.h"
#include "store/model_calls.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    LLM_BYTES = 32 * 1024 * 1024,
    JSON_BYTES = 8 * 1024 * 1024,
    LAST_MOST = 1000,
    DAYS_MOST = 3660,
    BUDGET_MOST_S = 3600,
    DAY_MS = 24 * 60 * 60 * 1000,
};

struct llm_words {
    enum { SHOW_MODELS, SHOW_SUMS, SHOW_LAST, SAY } show;
    enum model_calls_by by;
    int64_t days, last, budget_s;
    const char *text; /* SAY */
    bool json;
};

struct llm_command {
    struct llm_words words;
    const struct settings *settings;
    struct arena *arena;
    struct db *db; /* NULL: there is none yet */
    bool korean;
};

static const char *pick(const struct llm_command *c, const char *english, const char *korean)
{
    return c->korean ? korean : english;
}

/* ── cells and JSON ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* At least so many columns, text to the left. */
static void cell(struct str text, size_t columns)
{
    size_t wide = text_columns(text);
    printf("%.*s%*s  ", STR_ARG(text), wide < columns ? (int)(columns - wide) : 0, "");
}

/* Titles over numbers: to the right, as those are; they may be wide. */
struct title {
    const char *text;
    size_t columns;
};

static void print_titles(const struct title *titles, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t wide = text_columns(str_of(titles[i].text));
        printf("%s%*s%s", i > 0 ? "  " : "", wide < titles[i].columns ? (int)(titles[i].columns - wide) : 0, "",
               titles[i].text);
    }
    putchar('\n');
}

static void add_usd(struct buf *out, const char *key, int64_t microusd)
{
    json_add_key(out, key);
    buf_addf(out, "%.6f", (double)microusd / 1e6);
}

static void add_sum(struct buf *out, const struct model_sum *sum)
{
    json_add_member_i64(out, "calls", sum->calls);
    json_add_member_i64(out, "failed", sum->failed);
    json_add_member_i64(out, "tokens_in", sum->tokens_in);
    json_add_member_i64(out, "tokens_out", sum->tokens_out);
    add_usd(out, "cost_usd", sum->cost_microusd);
    json_add_member_i64(out, "mean_ms", sum->calls > 0 ? sum->latency_ms / sum->calls : 0);
}

static int put(const struct buf *out)
{
    if (buf_failed(out)) {
        fputs("gilbot: too much to print\n", stderr);
        return 1;
    }
    printf("%.*s\n", STR_ARG(buf_str(out)));
    return 0;
}

/* ── the models ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct model_sum *sum_of(const struct model_sums *sums, struct str name)
{
    static const struct model_sum none = {0};
    for (size_t i = 0; i < sums->n; i++)
        if (str_eq(sums->items[i].name, name))
            return &sums->items[i];
    return &none;
}

/* What the service that runs says of its models; NULL: none runs. */
static const struct json_value *ask_service(const struct llm_command *c)
{
    struct admin_question question = {c->settings->data_dir, STR("/admin/models"), STR("{}")};
    struct json_value *root = NULL;
    struct error error = {0};
    struct str body;
    if (admin_ask(c->arena, &question, &body, &error) != OK || json_read(c->arena, body, &root, &error) != OK)
        return NULL;
    return json_get(root, STR("models"));
}

static const struct json_value *status_of(const struct json_value *statuses, struct str name)
{
    const struct json_value *status = statuses == NULL ? NULL : statuses->child;
    while (status != NULL && !str_eq(json_get_str(status, STR("name"), STR("")), name))
        status = status->next;
    return status;
}

static struct str state_text(const struct llm_command *c, const struct json_value *status)
{
    struct str state = json_get_str(status, STR("state"), STR(""));
    long long rest_s = (long long)(json_get_i64(status, STR("rest_ms"), 0) + 999) / 1000;
    if (status == NULL)
        return STR("-");
    if (str_eq(state, STR("resting")))
        return arena_format(c->arena, pick(c, "resting %lld s", "%lld초 쉼"), rest_s);
    if (str_eq(state, STR("trying")))
        return str_of(pick(c, "to be tried", "다시 해 봄"));
    return str_of(pick(c, "well", "좋음"));
}

static void print_model(const struct llm_command *c, const struct settings_model *model, const struct model_sum *today,
                        const struct json_value *status)
{
    struct str shown = model->chat_model.n > 0        ? model->chat_model
                       : model->embedding_model.n > 0 ? model->embedding_model
                                                      : model->rerank_model;
    cell(model->name, 12);
    cell(shown, 20);
    cell(state_text(c, status), 14);
    printf("%8lld  %6lld  %10lld  %10lld  %10.4f", (long long)today->calls, (long long)today->failed,
           (long long)today->tokens_in, (long long)today->tokens_out, (double)today->cost_microusd / 1e6);
    if (model->daily_budget_usd > 0)
        printf("  %10.2f", model->daily_budget_usd);
    putchar('\n');
}

static void print_models(const struct llm_command *c, const struct model_sums *today, const struct json_value *statuses)
{
    cell(str_of(pick(c, "name", "이름")), 12);
    cell(str_of(pick(c, "model", "모델")), 20);
    cell(str_of(pick(c, "state", "상태")), 14);
    const struct title titles[] = {
        {pick(c, "today", "오늘"), 8},     {pick(c, "failed", "실패"), 6}, {pick(c, "tokens in", "입력 토큰"), 10},
        {pick(c, "out", "출력 토큰"), 10}, {pick(c, "USD", "달러"), 10},   {pick(c, "of at most", "하루 한도"), 10},
    };
    print_titles(titles, COUNT_OF(titles));
    for (size_t i = 0; i < c->settings->n_models; i++) {
        const struct settings_model *model = &c->settings->models[i];
        print_model(c, model, sum_of(today, model->name), status_of(statuses, model->name));
    }
    if (c->settings->n_models == 0)
        puts(
            pick(c,
                 "No language model is configured: answers are quotes from the documents. `llm:` in gilbot.yaml "
                 "names one.",
                 "설정된 언어 모델이 없어요. 문서의 문장을 그대로 인용해 답해요. gilbot.yaml의 `llm:`에 적으면 써요."));
    else if (statuses == NULL)
        puts(pick(c, "\nNo service runs, so nobody knows their state; `gilbot doctor` tries them.",
                  "\n서비스가 돌고 있지 않아 상태는 알 수 없어요. `gilbot doctor`가 하나씩 불러 봐요."));
}

static int models_json(const struct llm_command *c, const struct model_sums *today, const struct json_value *statuses)
{
    struct buf out;
    buf_init(&out, c->arena, JSON_BYTES);
    buf_addf(&out, "{\"service\":%s,\"models\":[", statuses != NULL ? "true" : "false");
    for (size_t i = 0; i < c->settings->n_models; i++) {
        const struct settings_model *model = &c->settings->models[i];
        const struct json_value *status = status_of(statuses, model->name);
        json_add_comma(&out);
        buf_add_char(&out, '{');
        json_add_member(&out, "name", model->name);
        json_add_member(&out, "base_url", model->base_url);
        json_add_member(&out, "chat_model", model->chat_model);
        json_add_member(&out, "embedding_model", model->embedding_model);
        json_add_member(&out, "rerank_model", model->rerank_model);
        json_add_member(&out, "state", json_get_str(status, STR("state"), STR("")));
        json_add_member_i64(&out, "rest_ms", json_get_i64(status, STR("rest_ms"), 0));
        json_add_member(&out, "last", json_get_str(status, STR("last"), STR("")));
        json_add_key(&out, "today");
        buf_add_char(&out, '{');
        add_sum(&out, sum_of(today, model->name));
        buf_add_char(&out, '}');
        add_usd(&out, "daily_budget_usd", (int64_t)(model->daily_budget_usd * 1e6 + 0.5));
        buf_add_char(&out, '}');
    }
    buf_add(&out, STR("]}"));
    return put(&out);
}

static int show_models(const struct llm_command *c)
{
    struct model_sums today = {0};
    struct error error = {0};
    int64_t since_ms = llm_day_began(clock_now_ms(clock_system()));
    if (c->db != NULL && model_calls_sums(c->db, MODEL_CALLS_BY_PROVIDER, since_ms, c->arena, &today, &error) != OK)
        return config_failed(&error);
    const struct json_value *statuses = ask_service(c);
    if (c->words.json)
        return models_json(c, &today, statuses);
    print_models(c, &today, statuses);
    return 0;
}

/* ── sums and last calls ───────────────────────────────────────────────────────────────────────────────────────────── */

static int show_sums(const struct llm_command *c)
{
    struct model_sums sums = {0};
    struct error error = {0};
    struct buf out;
    buf_init(&out, c->arena, JSON_BYTES);
    const char *by = model_calls_by_name(c->words.by);
    int64_t since_ms = llm_day_began(clock_now_ms(clock_system())) - (c->words.days - 1) * DAY_MS;
    if (c->db != NULL && model_calls_sums(c->db, c->words.by, since_ms, c->arena, &sums, &error) != OK)
        return config_failed(&error);
    buf_addf(&out, "{\"by\":\"%s\",\"days\":%lld,\"sums\":[", by, (long long)c->words.days);
    if (!c->words.json) {
        cell(str_of(by), 24);
        const struct title titles[] = {
            {pick(c, "calls", "요청"), 8},     {pick(c, "failed", "실패"), 6}, {pick(c, "tokens in", "입력 토큰"), 10},
            {pick(c, "out", "출력 토큰"), 10}, {pick(c, "USD", "달러"), 10},   {pick(c, "mean ms", "평균 ms"), 7},
        };
        print_titles(titles, COUNT_OF(titles));
    }
    for (size_t i = 0; i < sums.n; i++) {
        const struct model_sum *sum = &sums.items[i];
        struct str name = sum->name.n > 0 ? sum->name : STR("-");
        json_add_comma(&out);
        buf_add_char(&out, '{');
        json_add_member(&out, by, sum->name);
        add_sum(&out, sum);
        buf_add_char(&out, '}');
        if (c->words.json)
            continue;
        cell(name, 24);
        printf("%8lld  %6lld  %10lld  %10lld  %10.4f  %7lld\n", (long long)sum->calls, (long long)sum->failed,
               (long long)sum->tokens_in, (long long)sum->tokens_out, (double)sum->cost_microusd / 1e6,
               (long long)(sum->latency_ms / sum->calls));
    }
    buf_add(&out, STR("]}"));
    return c->words.json ? put(&out) : 0;
}

static int call_json(const struct llm_command *c, const struct model_call *call)
{
    struct buf out;
    buf_init(&out, c->arena, JSON_BYTES);
    char at[CLOCK_ISO_BYTES];
    clock_iso(call->at_ms, at);
    buf_add_char(&out, '{');
    json_add_member(&out, "at", str_of(at));
    json_add_member(&out, "provider", call->provider);
    json_add_member(&out, "model", call->model);
    json_add_member(&out, "skill", call->skill);
    json_add_member(&out, "purpose", call->purpose);
    json_add_member(&out, "prompt", call->prompt);
    json_add_member(&out, "flow", call->flow);
    json_add_member(&out, "user", call->user);
    json_add_member(&out, "outcome", call->outcome);
    json_add_member_i64(&out, "tokens_in", call->tokens_in);
    json_add_member_i64(&out, "tokens_out", call->tokens_out);
    add_usd(&out, "cost_usd", call->cost_microusd);
    json_add_member_i64(&out, "latency_ms", call->latency_ms);
    json_add_member_i64(&out, "first_piece_ms", call->first_piece_ms);
    buf_add_char(&out, '}');
    return put(&out);
}

static void call_line(const struct model_call *call)
{
    char at[CLOCK_ISO_BYTES];
    clock_iso(call->at_ms, at);
    printf("%s  ", at);
    cell(call->provider, 12);
    cell(call->skill, 6);
    cell(call->outcome, 9);
    struct str why = call->prompt.n > 0 ? call->prompt : call->purpose;
    printf("%6lld + %-6lld  %9.6f USD  %6lld ms  %.*s\n", (long long)call->tokens_in, (long long)call->tokens_out,
           (double)call->cost_microusd / 1e6, (long long)call->latency_ms, STR_ARG(why));
}

static int show_last(const struct llm_command *c)
{
    struct model_calls calls = {0};
    struct error error = {0};
    if (c->db != NULL && model_calls_last(c->db, (size_t)c->words.last, c->arena, &calls, &error) != OK)
        return config_failed(&error);
    int status = 0;
    for (size_t i = 0; i < calls.n && status == 0; i++) {
        if (c->words.json)
            status = call_json(c, &calls.items[i]);
        else
            call_line(&calls.items[i]);
    }
    return status;
}

/* ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int usage(const char *word)
{
    fprintf(stderr, "gilbot: llm does not understand %s; `gilbot llm --help`\n", word);
    return 2;
}

static bool read_by(const char *word, enum model_calls_by *ret_by)
{
    for (int by = 0; word != NULL && by < MODEL_CALLS_WAYS; by++)
        if (strcmp(word, model_calls_by_name((enum model_calls_by)by)) == 0) {
            *ret_by = (enum model_calls_by)by;
            return true;
        }
    return false;
}

static bool read_number(const char *word, int64_t most, int64_t *ret_number)
{
    return word != NULL && str_to_i64(str_of(word), ret_number) && *ret_number >= 1 && *ret_number <= most;
}

/* 0, or the exit status. */
static int read_words(const struct command_line *line, struct llm_words *ret)
{
    struct llm_words words = {.days = 1};
    for (int i = 1; i < line->argc; i++) {
        const char *word = line->argv[i], *next = line->argv[i + 1]; /* NULL after the last */
        bool fine = true;
        if (strcmp(word, "--json") == 0) {
            words.json = true;
            continue;
        }
        if (strcmp(word, "--by") == 0) {
            fine = read_by(next, &words.by);
            words.show = SHOW_SUMS;
        } else if (strcmp(word, "--days") == 0) {
            fine = read_number(next, DAYS_MOST, &words.days);
            words.show = SHOW_SUMS;
        } else if (strcmp(word, "say") == 0) {
            words.text = next;
            fine = next != NULL;
            words.show = SAY;
        } else if (strcmp(word, "--budget") == 0) {
            fine = read_number(next, BUDGET_MOST_S, &words.budget_s);
        } else if (strcmp(word, "--last") == 0) {
            fine = read_number(next, LAST_MOST, &words.last);
            words.show = SHOW_LAST;
        } else {
            fine = false;
        }
        if (!fine)
            return usage(word);
        i++;
    }
    *ret = words;
    return 0;
}

static int show(struct llm_command *c)
{
    struct error error = {0};
    if (c->words.show == SAY)
        return llm_say(&(struct llm_say){.settings = c->settings,
                                         .arena = c->arena,
                                         .text = str_of(c->words.text),
                                         .budget_ms = c->words.budget_s * 1000,
                                         .json = c->words.json});
    enum err rc = store_reader_open_dir(c->settings->data_dir, &c->db, &error);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return config_failed(&error);
    int status = c->words.show == SHOW_MODELS ? show_models(c)
                 : c->words.show == SHOW_SUMS ? show_sums(c)
                                              : show_last(c);
    store_reader_close(c->db);
    return status;
}

static int run(const struct command_line *line)
{
    struct arena arena;
    struct settings *settings = NULL;
    struct error error = {0};
    struct llm_command command = {.arena = &arena};
    int status = read_words(line, &command.words);
    if (status != 0)
        return status;
    arena_init(&arena, LLM_BYTES);
    if (secret_start(&error) != OK || config_load(line, &arena, &settings, &error) != OK ||
        config_set_time_zone(settings, &error) != OK) {
        status = config_failed(&error);
    } else {
        command.settings = settings;
        command.korean = str_starts(settings->locale, STR("ko"));
        status = show(&command);
    }
    settings_release(settings);
    arena_release(&arena);
    return status;
}

const struct command command_llm = {
    .name = "llm",
    .usage = "[say TEXT [--budget S]] [--by WHAT] [--days N] [--last N] [--json]",
    .summary = "the language models: how they are, what they cost",
    .help = "  (nothing)    each model with its state and what today's calls took\n"
            "  say TEXT     asks them, as an answer would; --budget S: for at most so many seconds (60)\n"
            "  --by WHAT    sums by provider, model, flow, user (a pseudonym), purpose, prompt or outcome\n"
            "  --days N     sums of the last N days, today included; without it of today\n"
            "  --last N     the last N calls, newest first\n"
            "  --json       as JSON; --last: one object a line\n\n"
            "Works while the service runs and while it does not; only the service knows the states.\n",
    .run = run,
};
