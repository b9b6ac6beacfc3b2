/* gilbot ask — one question, answered from the documents, the same way as in a chat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/settings.h"
#include "bot/cli/answers.h"
#include "bot/cli/ask_output.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/models.h"
#include "flows/answer/answerer.h"
#include "flows/answer/flow.h"
#include "flows/flow.h"

#include "bot/base/banned.h"

enum { SETTINGS_BYTES = 16 * 1024 * 1024, ANSWER_BYTES = 64 * 1024 * 1024, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct request {
    const char *question, *batch, *collection, *locale;
    bool json, explain;
};

struct ask {
    struct request request;
    struct arena arena;
    struct settings *settings;
    struct flow *flow;
    struct answers answers;
    struct models *models;
    struct answerer answerer;
};

/* ── words of the command line ─────────────────────────────────────────────────────────────────────────────────── */

static bool take_word(const struct command_line *line, int *i, struct request *request)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--collection", &request->collection}, {"--batch", &request->batch}, {"--locale", &request->locale}};
    const char *word = line->argv[*i];
    for (size_t k = 0; k < COUNT_OF(options); k++)
        if (strcmp(word, options[k].name) == 0 && *i + 1 < line->argc) {
            *options[k].value = line->argv[++*i];
            return true;
        }
    if (strcmp(word, "--json") == 0)
        return request->json = true;
    if (strcmp(word, "--explain") == 0)
        return request->explain = true;
    if (word[0] == '-' || request->question != NULL)
        return false;
    request->question = word;
    return true;
}

static bool read_words(const struct command_line *line, struct request *ret_request)
{
    *ret_request = (struct request){0};
    for (int i = 1; i < line->argc; i++)
        if (!take_word(line, &i, ret_request))
            return false;
    return (ret_request->question != NULL) != (ret_request->batch != NULL);
}

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err open_ask(struct ask *ask, const struct command_line *line, struct error *error)
{
    enum err rc = config_load(line, &ask->arena, &ask->settings, error);
    if (rc == OK)
        rc = answers_flow(ask->settings, false, &ask->flow, error);
    if (rc == OK)
        rc = answers_open(ask->settings, &ask->answers, error);
    if (rc == OK)
        rc = models_open(&(struct models_parts){.settings = ask->settings, .clock = clock_system()}, &ask->models,
                         error);
    if (rc != OK)
        return rc;
    ask->answerer = *answer_flow_answerer(ask->flow);
    ask->answerer.search = ask->answers.search;
    ask->answerer.model = models_port(ask->models);
    if (ask->request.collection != NULL)
        ask->answerer.collection = str_of(ask->request.collection);
    return OK;
}

static void close_ask(struct ask *ask)
{
    models_close(ask->models);
    answers_close(&ask->answers);
    if (ask->flow != NULL)
        ask->flow->free(ask->flow);
    settings_release(ask->settings);
    arena_release(&ask->arena);
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err ask_one(struct ask *ask, struct str question, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ANSWER_BYTES);
    struct answer answer = {0};
    struct asked asked = {.text = question,
                          .locale = ask->request.locale != NULL ? str_of(ask->request.locale) : ask->settings->locale,
                          .sees_all = true,
                          .may_wait = true,
                          .user = STR("terminal"),
                          .db = ask->answers.db,
                          .arena = &arena,
                          .error = error};
    struct clock clock = clock_system();
    int64_t begun_us = clock_tick_us(clock);
    enum err rc = answer_question(&ask->answerer, &asked, &answer);
    if (rc != OK)
        return rc;
    struct ask_output output = {
        .question = question, .answer = &answer, .us = clock_tick_us(clock) - begun_us, .out = stdout, .arena = &arena};
    if (ask->request.json)
        return ask_output_json(&output, error);
    rc = ask->request.explain ? ask_output_explain(&output, error) : OK;
    return rc == OK ? ask_output_text(&output, error) : rc;
}

static void free_line(char **line)
{
    free(*line);
}

static void close_file(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file); /* only read */
}

/* One question a line; a line without one is passed over. */
static MUST_USE enum err ask_all(struct ask *ask, struct error *error)
{
    CLEANUP(close_file) FILE *file = fopen(ask->request.batch, "re");
    CLEANUP(free_line) char *line = NULL;
    size_t capacity = 0;
    if (file == NULL)
        return fail(error, ERR_INVALID, "%s: cannot be opened; one question a line is wanted", ask->request.batch);
    for (ssize_t n = getline(&line, &capacity, file); n >= 0; n = getline(&line, &capacity, file)) {
        struct str question = str_trim((struct str){line, (size_t)n});
        if (question.n > 0 && ask_one(ask, question, error) != OK)
            return error->code;
    }
    return OK;
}

static int run_ask(const struct command_line *line)
{
    struct ask ask = {0};
    struct error error = {0};
    if (!read_words(line, &ask.request)) {
        fprintf(stderr, "usage: gilbot %s %s\n", command_ask.name, command_ask.usage);
        return EXIT_USAGE;
    }
    arena_init(&ask.arena, SETTINGS_BYTES);
    if (ask.request.batch != NULL)
        ask.request.json = true;
    enum err rc = open_ask(&ask, line, &error);
    if (rc == OK)
        rc = ask.request.batch != NULL ? ask_all(&ask, &error) : ask_one(&ask, str_of(ask.request.question), &error);
    int status = rc == OK ? 0 : config_failed(&error);
    close_ask(&ask);
    return status;
}

const struct command command_ask = {
    .name = "ask",
    .usage = "[--collection C] [--locale L] [--json] [--explain] QUESTION | --batch FILE",
    .summary = "answers a question from the documents",
    .help =
        "--collection C  only the documents of this collection\n"
        "--locale L      the language of an answer to a question that has none, as en or ko\n"
        "--json          one object: answer, kind, class, sources, model, tokens, ms\n"
        "--explain       first what every stage saw: class and scores, approved answers, passages with their scores\n"
        "--batch FILE    one question a line, one object a line, in one process\n"
        "\n"
        "Documents come in with `gilbot ingest`.  What is not in them is said to be so.\n",
    .run = run_ask,
};
