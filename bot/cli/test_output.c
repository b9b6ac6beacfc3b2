#include "bot/cli/test_output.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/cli/chat_output.h"
#include "bot/model/markup.h"
#include "bot/model/reply.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { MOST_JSON_BYTES = 16 * 1024 * 1024 };

static const char *const red = "\x1b[31m", *const green = "\x1b[32m", *const dim = "\x1b[2m", *const bold = "\x1b[1m",
                         *const off = "\x1b[0m";

/* ── a line of the talk ────────────────────────────────────────────────────────────────────────────────────────── */

/* As `gilbot chat` writes it, without the last line's end. */
static enum err reply_text(const struct reply *reply, struct arena *arena, struct str *ret_text)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&bytes, &n);
    if (memory == NULL)
        return ERR_NO_MEMORY;
    struct reply one = *reply;
    chat_output_replies(&(struct chat_output){.out = memory}, &(struct replies){.items = &one, .n = 1}, arena);
    bool written = fclose(memory) == 0;
    struct str text = arena_copy(arena, (struct str){bytes, n});
    free(bytes);
    if (!written || text.n != n)
        return ERR_NO_MEMORY;
    *ret_text = str_trim(text);
    return OK;
}

/* What was said, or expected; never with what a terminal would obey. */
static enum err entry_text(const struct trial_entry *entry, struct arena *arena, struct str *ret_text)
{
    if (entry->reply != NULL)
        return reply_text(entry->reply, arena, ret_text);
    struct reply words = {.kind = REPLY_TEXT};
    if (markup_escape(arena, entry->text, &words.text) != OK)
        return ERR_NO_MEMORY;
    return reply_text(&words, arena, ret_text);
}

static const char *mark_colour(const struct trial_entry *entry)
{
    switch (entry->mark) {
    case TRIAL_MISSING:
        return red;
    case TRIAL_INSTEAD:
        return green;
    case TRIAL_SAME:
        break;
    }
    return entry->who == TRIAL_ASIDE ? dim : "";
}

/* "  - bot  " and the text, its other lines below its first. */
static void put_entry(const struct test_output *output, const struct trial_entry *entry, struct str text)
{
    static const char marks[] = {[TRIAL_SAME] = ' ', [TRIAL_MISSING] = '-', [TRIAL_INSTEAD] = '+'};
    static const char *const names[] = {[TRIAL_BOT] = "bot", [TRIAL_PERSON] = "you", [TRIAL_ASIDE] = "   "};
    const char *colour = output->colour ? mark_colour(entry) : "";
    struct str rest = text, line;
    for (bool first = true; str_split(&rest, '\n', &line); first = false)
        fprintf(output->out, "%s  %c %s  %.*s%s\n", colour, marks[entry->mark], first ? names[entry->who] : "   ",
                STR_ARG(line), colour[0] == '\0' ? "" : off);
}

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err put_failed(const struct test_output *output, const struct test_outcome *outcome, struct arena *arena)
{
    const struct trial_result *result = outcome->result;
    bool colour = output->colour;
    fprintf(output->out, "%s%sFAIL  %.*s: %.*s%s\n", colour ? red : "", colour ? bold : "", STR_ARG(outcome->flow),
            STR_ARG(outcome->trial->name), colour ? off : "");
    fprintf(output->out, "  %.*s:%u:%u: %.*s\n", STR_ARG(outcome->trial->file), result->at.line, result->at.column,
            STR_ARG(result->reason));
    for (size_t i = 0; i < result->n_talk; i++) {
        struct str text;
        if (entry_text(&result->talk[i], arena, &text) != OK)
            return ERR_NO_MEMORY;
        put_entry(output, &result->talk[i], text);
    }
    return OK;
}

static void put_passed(const struct test_output *output, const struct test_outcome *outcome)
{
    fprintf(output->out, "%sok%s    %.*s: %.*s\n", output->colour ? green : "", output->colour ? off : "",
            STR_ARG(outcome->flow), STR_ARG(outcome->trial->name));
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err add_talk(struct buf *out, const struct trial_result *result, struct arena *arena)
{
    static const char *const marks[] = {
        [TRIAL_SAME] = "same", [TRIAL_MISSING] = "missing", [TRIAL_INSTEAD] = "instead"};
    static const char *const names[] = {[TRIAL_BOT] = "bot", [TRIAL_PERSON] = "you", [TRIAL_ASIDE] = "note"};
    json_add_key(out, "talk");
    buf_add_char(out, '[');
    for (size_t i = 0; i < result->n_talk; i++) {
        struct str text;
        if (entry_text(&result->talk[i], arena, &text) != OK)
            return ERR_NO_MEMORY;
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "who", str_of(names[result->talk[i].who]));
        json_add_member(out, "mark", str_of(marks[result->talk[i].mark]));
        json_add_member(out, "text", text);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    return OK;
}

static enum err put_json(const struct test_output *output, const struct test_outcome *outcome, struct arena *arena)
{
    const struct trial *trial = outcome->trial;
    const struct trial_result *result = outcome->result;
    struct place at = result->passed ? trial->at : result->at;
    struct buf out;
    buf_init(&out, arena, MOST_JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "flow", outcome->flow);
    json_add_member(&out, "name", trial->name);
    json_add_member_bool(&out, "passed", result->passed);
    json_add_member(&out, "file", trial->file);
    json_add_member_i64(&out, "line", at.line);
    json_add_member_i64(&out, "column", at.column);
    if (!result->passed) {
        json_add_member(&out, "reason", result->reason);
        if (add_talk(&out, result, arena) != OK)
            return ERR_NO_MEMORY;
    }
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return ERR_NO_MEMORY;
    fprintf(output->out, "%s\n  %.*s", output->n == 0 ? "{\"tests\": [" : ",", STR_ARG(buf_str(&out)));
    return OK;
}

/* ── both ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err test_output_one(struct test_output *output, const struct test_outcome *outcome, struct arena *arena,
                         struct error *error)
{
    enum err rc = OK;
    if (output->json)
        rc = put_json(output, outcome, arena);
    else if (outcome->result->passed)
        put_passed(output, outcome);
    else
        rc = put_failed(output, outcome, arena);
    output->n++;
    fflush(output->out);
    return rc == OK ? OK : fail(error, rc, "the talk of `%.*s` is too long to be shown", STR_ARG(outcome->trial->name));
}

void test_output_end(struct test_output *output, size_t passed, size_t failed)
{
    if (output->json) {
        fprintf(output->out, "%s],\n \"passed\": %zu, \"failed\": %zu}\n", output->n == 0 ? "{\"tests\": [" : "\n",
                passed, failed);
        return;
    }
    const char *colour = !output->colour ? "" : failed > 0 ? red : green;
    fprintf(output->out, "%s%zu passed, %zu failed%s\n", colour, passed, failed, output->colour ? off : "");
}
