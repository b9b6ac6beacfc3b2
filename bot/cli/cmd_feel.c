/* gilbot feel — evaluates one FEEL expression. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/text.h"
#include "bot/cli/commands.h"
#include "bot/cli/local_zone.h"
#include "flows/rules/feel.h"

#include "bot/base/banned.h"

enum { MEMORY_BYTES = 64 * 1024 * 1024, SHOWN_BYTES = 70 };

struct request {
    struct str expression, input; /* input: JSON, or empty */
};

/* EXPR [--input JSON], in any order; `--` ends the options. */
static bool read_words(const struct command_line *line, struct request *ret)
{
    bool has_expression = false, options = true;
    *ret = (struct request){0};
    for (int i = 1; i < line->argc; i++) {
        struct str word = str_of(line->argv[i]);
        if (options && str_eq(word, STR("--"))) {
            options = false;
        } else if (options && str_eq(word, STR("--input")) && i + 1 < line->argc) {
            ret->input = str_of(line->argv[++i]);
        } else if (options && str_starts(word, STR("--input="))) {
            ret->input = str_skip(word, strlen("--input="));
        } else if ((options && str_starts(word, STR("--"))) || has_expression) {
            return false;
        } else {
            ret->expression = word;
            has_expression = true;
        }
    }
    return has_expression;
}

/* The members of the input are the names. */
static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    const struct value *input = self;
    *ret_value = input->context.entries[slot].value;
    return true;
}

static bool names_of(struct arena *arena, const struct value *input, struct feel_names *ret_names)
{
    struct feel_name *items = arena_alloc_array(arena, input->context.n, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < input->context.n; i++)
        items[i] = (struct feel_name){.name = input->context.entries[i].key,
                                      .type = feel_type_of(arena, &input->context.entries[i].value)};
    *ret_names = (struct feel_names){items, input->context.n};
    return true;
}

static int bad_input(const char *what)
{
    fprintf(stderr, "gilbot: %s\n", what);
    return 2;
}

/* Whether a code point begins at byte `at`. */
static bool is_boundary(struct str text, size_t at)
{
    return at >= text.n || ((unsigned char)text.p[at] & 0xC0) != 0x80;
}

/* The line with the fault (of a long one, what is near), and a caret under it. */
static void point_at(struct str text, size_t fault)
{
    size_t at = fault < text.n ? fault : text.n, start = at, end = at;
    while (start > 0 && text.p[start - 1] != '\n' && (at - start < SHOWN_BYTES || !is_boundary(text, start)))
        start--;
    while (end < text.n && text.p[end] != '\n' && (end - at < SHOWN_BYTES || !is_boundary(text, end)))
        end++;
    struct str before = {text.p + start, at - start};
    fprintf(stderr, "  %.*s\n  %*s^\n", (int)(end - start), text.p + start, (int)text_columns(before), "");
}

static int show(struct arena *arena, const struct feel_run *run, const struct value *value)
{
    struct error error = {0};
    struct buf out;
    buf_init(&out, arena, VALUE_MAX_TEXT);
    if (value_to_json(&out, value, &error) != OK || buf_failed(&out)) {
        fprintf(stderr, "gilbot: the value cannot be written: %s\n", error.n > 0 ? error.text : "it is too long");
        puts("null");
        return 1;
    }
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    for (size_t i = 0; i < run->n_reasons; i++)
        fprintf(stderr, "gilbot: %.*s\n", STR_ARG(run->reasons[i]));
    if (run->n_dropped > 0)
        fprintf(stderr, "gilbot: and %zu more\n", run->n_dropped);
    return value->kind == VALUE_NULL && run->n_reasons > 0 ? 1 : 0;
}

static int evaluate(struct arena *arena, const struct request *request)
{
    struct error error = {0};
    struct value input = value_context(NULL, 0), value = value_null();
    struct feel_names names;
    if (request->input.n > 0 && value_from_json(arena, request->input, &input, &error) != OK) {
        fprintf(stderr, "gilbot: --input: %s\n", error.text);
        return 2;
    }
    if (input.kind != VALUE_CONTEXT)
        return bad_input("--input: a JSON object is wanted, its members are the names in the expression");
    if (!names_of(arena, &input, &names))
        return bad_input("--input: too much for the memory of one expression");

    struct feel_compiler compiler = {.arena = arena, .names = &names, .error = &error};
    const struct feel_expr *expr;
    if (feel_compile(&compiler, &(struct feel_source){.text = request->expression}, &expr) != OK) {
        fprintf(stderr, "gilbot: %s\n", error.text);
        point_at(request->expression, compiler.fault);
        return 2;
    }
    struct clock clock = clock_system();
    struct feel_run run = {.arena = arena,
                           .scope = {.lookup = look_up, .self = &input},
                           .clock = &clock,
                           .timezone = local_zone(arena, clock_now_ms(clock))};
    enum err rc = feel_eval(expr, &run, &value);
    int status = show(arena, &run, &value);
    return rc == OK ? status : 1;
}

static int run_feel(const struct command_line *line)
{
    struct request request;
    if (!read_words(line, &request)) {
        fprintf(stderr, "usage: gilbot %s %s\n", command_feel.name, command_feel.usage);
        return 2;
    }
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MEMORY_BYTES);
    return evaluate(&arena, &request);
}

const struct command command_feel = {
    .name = "feel",
    .usage = "EXPR [--input JSON]",
    .summary = "evaluates one FEEL expression, result as JSON",
    .help =
        "EXPR is an expression of FEEL, the language of DMN: 'if weight > 60 then \"low\" else \"high\"'.\n"
        "--input JSON  an object; its members are the names in the expression; texts stay texts there, date(birthday)\n"
        "              makes dates of them\n"
        "\n"
        "Exit status: 0; 1 when the evaluation failed (null, and the reasons on standard error); 2 when the\n"
        "expression or the input is wrong.\n",
    .run = run_feel,
};
