/* gilbot feedback — what people thought of the answers: the helpful ones, and those that were not, with the reasons. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "store/feedback.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    FEEDBACK_BYTES = 64 * 1024 * 1024,
    EXIT_USAGE = 2,
    USUAL_DAYS = 30,
    MOST_DAYS = 3650,
    OUTPUT_BYTES = 32 * 1024 * 1024
};

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

struct request {
    int64_t vote, days;
    bool json, yaml;
};

static bool read_words(const struct command_line *line, struct request *ret_request)
{
    struct request request = {.vote = ASKED_NOT_HELPFUL, .days = USUAL_DAYS};
    for (int i = 1; i < line->argc; i++) {
        const char *word = line->argv[i];
        bool days = strcmp(word, "--days") == 0 && i + 1 < line->argc;
        if (strcmp(word, "--up") == 0)
            request.vote = ASKED_HELPFUL;
        else if (strcmp(word, "--json") == 0)
            request.json = true;
        else if (strcmp(word, "--yaml") == 0)
            request.yaml = true;
        else if (!days || !str_to_i64(str_of(line->argv[++i]), &request.days))
            return false;
    }
    *ret_request = request;
    return request.days > 0 && request.days <= MOST_DAYS && !(request.json && request.yaml);
}

/* ── output ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_json(struct buf *out, const struct asked_row *row)
{
    buf_add_char(out, '{');
    json_add_member_i64(out, "id", row->id);
    json_add_member_i64(out, "at_ms", row->at_ms);
    json_add_member(out, "question", row->question);
    json_add_member(out, "answer", row->answer);
    json_add_member(out, "kind", row->kind);
    json_add_member(out, "class", row->class);
    json_add_member(out, "vote", row->vote == ASKED_HELPFUL ? STR("up") : STR("down"));
    json_add_member(out, "reason", row->reason);
    json_add_member_raw(out, "why", row->why);
    buf_add(out, STR("}\n"));
}

/* An entry for faq.yaml, to be put right by a person: JSON strings are YAML too. */
static void add_yaml(struct buf *out, const struct asked_row *row)
{
    buf_add(out, STR("- questions: ["));
    json_add_str(out, row->question);
    buf_add(out, STR("]\n  answer: "));
    json_add_str(out, row->answer);
    buf_add_char(out, '\n');
}

static void add_text(struct buf *out, const struct asked_row *row)
{
    char date[CLOCK_ISO_BYTES];
    clock_iso(row->voted_ms, date);
    buf_addf(out, "%.10s  %s  %.*s%s%.*s\n", date, row->vote == ASKED_HELPFUL ? "👍" : "👎", STR_ARG(row->kind),
             row->reason.n > 0 ? "  " : "", STR_ARG(row->reason));
    buf_addf(out, "  Q  %.*s\n", STR_ARG(row->question));
    struct str rest = row->answer, one;
    const char *mark = "A";
    while (str_split(&rest, '\n', &one)) {
        buf_addf(out, "  %s  %.*s\n", mark, STR_ARG(one));
        mark = " ";
    }
    buf_add_char(out, '\n');
}

static MUST_USE enum err print_rows(const struct request *request, const struct asked_rows *rows, struct arena *arena,
                                    struct error *error)
{
    struct buf out;
    buf_init(&out, arena, OUTPUT_BYTES);
    for (size_t i = 0; i < rows->n; i++)
        (request->json ? add_json : request->yaml ? add_yaml : add_text)(&out, &rows->items[i]);
    if (rows->n == 0 && !request->json && !request->yaml)
        buf_addf(&out, "nobody said so in the last %lld days\n", (long long)request->days);
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "too many answers to show; take fewer days");
    if (fwrite(buf_str(&out).p, 1, out.n, stdout) != out.n)
        return fail(error, ERR_INTERNAL, "the list cannot be written");
    return OK;
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err list(const struct request *request, const struct settings *settings, struct arena *arena,
                              struct error *error)
{
    struct db *db = NULL;
    struct asked_rows rows = {0};
    struct asked_period period = {.vote = request->vote,
                                  .since_ms = clock_now_ms(clock_system()) - request->days * day_ms,
                                  .limit = ASKED_MOST_LISTED};
    enum err rc = store_reader_open_dir(settings->data_dir, &db, error);
    if (rc == OK)
        rc = asked_voted(db, &period, arena, &rows, error);
    store_reader_close(db);
    return rc == OK ? print_rows(request, &rows, arena, error) : rc;
}

static int run_feedback(const struct command_line *line)
{
    struct request request;
    struct error error = {0};
    struct settings *settings = NULL;
    if (!read_words(line, &request)) {
        fprintf(stderr, "usage: gilbot %s %s\n", command_feedback.name, command_feedback.usage);
        return EXIT_USAGE;
    }
    struct arena arena;
    arena_init(&arena, FEEDBACK_BYTES);
    enum err rc = config_load(line, &arena, &settings, &error);
    if (rc == OK)
        rc = list(&request, settings, &arena, &error);
    int status = rc == OK ? 0 : config_failed(&error);
    settings_release(settings);
    arena_release(&arena);
    return status;
}

const struct command command_feedback = {
    .name = "feedback",
    .usage = "[--up] [--days N] [--json | --yaml]",
    .summary = "lists the answers that people found unhelpful, and why",
    .help = "--up      those that people found helpful instead\n"
            "--days N  of the last N days; 30 when nobody says\n"
            "--json    one object a line\n"
            "--yaml    as entries for answers/faq.yaml: put the answer right, and it is given from then on\n",
    .run = run_feedback,
};
