/* gilbot dmn — what a DMN model asks and decides, and its decisions for given inputs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/cli/commands.h"
#include "bot/cli/local_zone.h"
#include "flows/rules/dmn.h"
#include "flows/rules/dmn_folder.h"

#include "bot/base/banned.h"

enum {
    MODEL_BYTES = 512 * 1024 * 1024,
    RUN_BYTES = 128 * 1024 * 1024,
    MAX_JSON_BYTES = 16 * 1024 * 1024,
    MAX_NAME_COLUMNS = 40
};

struct request {
    struct str file, decision, input, batch; /* absent: .p is NULL */
    bool list, feel;
};

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "--name VALUE" or "--name=VALUE"; false: it is another word. */
static bool take_option(const struct command_line *line, int *i, const char *name, struct str *ret_value)
{
    struct str word = str_of(line->argv[*i]), option = str_of(name);
    if (str_eq(word, option) && *i + 1 < line->argc) {
        *ret_value = str_of(line->argv[++*i]);
        return true;
    }
    if (!str_starts(word, option) || word.n == option.n || word.p[option.n] != '=')
        return false;
    *ret_value = str_skip(word, option.n + 1);
    return true;
}

/* FILE and options in any order; `--` ends the options. */
static bool read_words(const struct command_line *line, struct request *ret)
{
    bool options = true;
    *ret = (struct request){0};
    for (int i = 1; i < line->argc; i++) {
        struct str word = str_of(line->argv[i]);
        if (options && str_eq(word, STR("--")))
            options = false;
        else if (options && str_eq(word, STR("--list")))
            ret->list = true;
        else if (options && str_eq(word, STR("--feel")))
            ret->feel = true;
        else if (options &&
                 (take_option(line, &i, "--decision", &ret->decision) ||
                  take_option(line, &i, "--input", &ret->input) || take_option(line, &i, "--batch", &ret->batch)))
            continue;
        else if ((options && str_starts(word, STR("--"))) || ret->file.p != NULL)
            return false;
        else
            ret->file = word;
    }
    bool one_way = ret->batch.p == NULL || (ret->input.p == NULL && !ret->feel);
    return ret->file.n > 0 && one_way && (!ret->list || (ret->decision.p == NULL && ret->batch.p == NULL));
}

/* ── a list of what is in it ───────────────────────────────────────────────────────────────────────────────────── */

static const char *kind_name(enum dmn_kind kind)
{
    switch (kind) {
    case DMN_INPUT:
        return "input";
    case DMN_DECISION:
        return "decision";
    case DMN_SERVICE:
        return "service";
    case DMN_KNOWLEDGE:
        return "function";
    }
    return "";
}

static void print_padded(struct str text, size_t columns)
{
    size_t n = text_columns(text);
    printf("%.*s%*s", STR_ARG(text), (int)(n < columns ? columns - n : 0), "");
}

static void print_element(struct arena *arena, const struct dmn_element *element, size_t name_columns,
                          size_t type_columns)
{
    const struct dmn_input *inputs;
    size_t n;
    printf("%-8s  ", kind_name(dmn_kind(element)));
    print_padded(dmn_name(element), name_columns);
    printf("  ");
    bool alone = dmn_kind(element) == DMN_INPUT || dmn_inputs(element, arena, &inputs, &n) != OK || n == 0;
    print_padded(dmn_type_name(element), alone ? 0 : type_columns);
    for (size_t i = 0; !alone && i < n; i++)
        printf("%s%.*s", i == 0 ? "  from " : ", ", STR_ARG(inputs[i].name));
    printf("\n");
}

static int print_list(struct arena *arena, const struct dmn_model *model)
{
    static const enum dmn_kind order[] = {DMN_INPUT, DMN_DECISION, DMN_SERVICE, DMN_KNOWLEDGE};
    const struct dmn_element *element;
    size_t names = 0, types = 0;
    struct str fault;
    for (size_t i = 0; (element = dmn_at(model, i)) != NULL; i++) {
        size_t name = text_columns(dmn_name(element)), type = text_columns(dmn_type_name(element));
        names = name > names && name <= MAX_NAME_COLUMNS ? name : names;
        types = type > types && type <= MAX_NAME_COLUMNS ? type : types;
    }
    for (size_t k = 0; k < COUNT_OF(order); k++)
        for (size_t i = 0; (element = dmn_at(model, i)) != NULL; i++)
            if (dmn_kind(element) == order[k])
                print_element(arena, element, names, types);
    for (size_t i = 0; (fault = dmn_model_fault(model, i)).n > 0; i++)
        fprintf(stderr, "gilbot: %.*s\n", STR_ARG(fault));
    return dmn_model_fault(model, 0).n > 0 ? 2 : 0;
}

/* ── one decision ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* What came of it. */
struct outcome {
    struct value value;
    struct feel_run run;
    struct str fault; /* of the model */
};

static struct outcome decide(struct arena *arena, const struct dmn_element *element, const struct value *inputs)
{
    struct clock clock = clock_system();
    struct outcome outcome = {
        .value = value_null(),
        .run = {.arena = arena, .clock = &clock, .timezone = local_zone(arena, clock_now_ms(clock))},
        .fault = dmn_fault(element),
    };
    if (dmn_eval(element, &outcome.run, inputs, &outcome.value, NULL) != OK)
        outcome.value = value_null();
    outcome.run.clock = NULL; /* it was this function's */
    return outcome;
}

/* Appends the value; `null` when it cannot be written. */
static void add_value(struct buf *out, const struct value *value)
{
    size_t before = out->n;
    if (value_to_json(out, value, NULL) != OK) {
        buf_truncate(out, before);
        buf_add(out, STR("null"));
    }
}

/* Says why; `name`: of the decision when there are several, or "". */
static int report(const struct outcome *outcome, struct str name)
{
    const char *after = name.n > 0 ? ": " : "";
    if (outcome->fault.n > 0)
        fprintf(stderr, "gilbot: %.*s\n", STR_ARG(outcome->fault));
    for (size_t i = 0; i < outcome->run.n_reasons; i++)
        if (!str_eq(outcome->run.reasons[i], outcome->fault))
            fprintf(stderr, "gilbot: %.*s%s%.*s\n", STR_ARG(name), after, STR_ARG(outcome->run.reasons[i]));
    if (outcome->run.n_dropped > 0)
        fprintf(stderr, "gilbot: %.*s%sand %zu more\n", STR_ARG(name), after, outcome->run.n_dropped);
    if (outcome->fault.n > 0)
        return 2;
    return outcome->run.rc != OK || (outcome->value.kind == VALUE_NULL && outcome->run.n_reasons > 0) ? 1 : 0;
}

static int print_outcome(struct arena *arena, const struct outcome *outcome, bool feel)
{
    struct error error = {0};
    struct str text;
    struct buf out;
    buf_init(&out, arena, VALUE_MAX_TEXT);
    enum err rc =
        feel ? value_to_text(arena, &outcome->value, &text, &error) : value_to_json(&out, &outcome->value, &error);
    if (rc != OK || buf_failed(&out)) {
        puts("null");
        fprintf(stderr, "gilbot: the value cannot be written: %s\n", error.n > 0 ? error.text : "it is too long");
        return 1;
    }
    if (!feel)
        text = buf_str(&out);
    printf("%.*s\n", STR_ARG(text));
    return report(outcome, STR(""));
}

/* An object of all decisions. */
static int decide_all(struct arena *arena, const struct dmn_model *model, const struct value *inputs)
{
    const struct dmn_element *element;
    int worst = 0;
    bool first = true;
    printf("{");
    for (size_t i = 0; (element = dmn_at(model, i)) != NULL; i++) {
        CLEANUP(arena_release) struct arena scratch;
        arena_init(&scratch, RUN_BYTES);
        if (dmn_kind(element) != DMN_DECISION)
            continue;
        struct outcome outcome = decide(&scratch, element, inputs);
        struct buf out;
        buf_init(&out, arena, (size_t)2 * VALUE_MAX_TEXT);
        json_add_str(&out, dmn_name(element));
        buf_add(&out, STR(": "));
        add_value(&out, &outcome.value);
        printf("%s%.*s", first ? "" : ", ", STR_ARG(buf_str(&out)));
        first = false;
        int status = report(&outcome, dmn_name(element));
        worst = status > worst ? status : worst;
    }
    printf("}\n");
    return worst;
}

/* ── finding and reading ───────────────────────────────────────────────────────────────────────────────────────── */

static const struct dmn_element *find(const struct dmn_model *model, struct str name, struct error *error)
{
    const struct dmn_element *element = dmn_find(model, name);
    if (element != NULL && dmn_kind(element) != DMN_INPUT)
        return element;
    struct str near = dmn_near(model, name);
    if (near.n > 0)
        (void)!fail(error, ERR_NOT_FOUND, "there is no decision `%.*s`; did you mean `%.*s`?", STR_ARG(name),
                    STR_ARG(near));
    else
        (void)!fail(error, ERR_NOT_FOUND, "there is no decision `%.*s`; `gilbot dmn FILE --list` shows all",
                    STR_ARG(name));
    return NULL;
}

static void closep(FILE **file)
{
    if (*file != NULL && *file != stdin)
        (void)fclose(*file); /* it was only read */
}

static enum err read_stdin(struct arena *arena, struct str *ret_text, struct error *error)
{
    struct buf text;
    char piece[4096];
    buf_init(&text, arena, MAX_JSON_BYTES);
    for (size_t n; (n = fread(piece, 1, sizeof piece, stdin)) > 0 && !buf_failed(&text);)
        buf_add(&text, (struct str){piece, n});
    if (ferror(stdin))
        return fail(error, ERR_INTERNAL, "standard input cannot be read: %s", strerror(errno));
    if (buf_failed(&text))
        return fail(error, ERR_INVALID, "more than %d MiB", MAX_JSON_BYTES / 1024 / 1024);
    *ret_text = buf_str(&text);
    return OK;
}

static enum err read_input(struct arena *arena, struct str text, struct value *ret_input, struct error *error)
{
    if (str_eq(text, STR("-")) && read_stdin(arena, &text, error) != OK)
        return error->code;
    *ret_input = value_context(NULL, 0);
    if (str_trim(text).n > 0 && value_from_json(arena, text, ret_input, error) != OK)
        return error->code;
    if (ret_input->kind != VALUE_CONTEXT)
        return fail(error, ERR_INVALID, "a JSON object is wanted, a member for each input");
    return OK;
}

/* ── many decisions ────────────────────────────────────────────────────────────────────────────────────────────── */

/* {"value": …} with the reasons of a null, or {"error": …}. */
static void print_answer(struct arena *arena, const struct outcome *outcome, const struct error *error)
{
    struct buf out;
    buf_init(&out, arena, (size_t)2 * VALUE_MAX_TEXT);
    buf_add(&out, STR("{"));
    if (outcome == NULL) {
        json_add_member(&out, "error", (struct str){error->text, error->n});
    } else {
        json_add_key(&out, "value");
        add_value(&out, &outcome->value);
    }
    if (outcome != NULL && outcome->value.kind == VALUE_NULL && outcome->run.n_reasons > 0) {
        json_add_key(&out, "reasons");
        buf_add(&out, STR("["));
        for (size_t i = 0; i < outcome->run.n_reasons; i++) {
            json_add_comma(&out);
            json_add_str(&out, outcome->run.reasons[i]);
        }
        buf_add(&out, STR("]"));
    }
    buf_add(&out, STR("}"));
    if (buf_failed(&out))
        puts("{\"error\":\"the value is too long\"}");
    else
        printf("%.*s\n", STR_ARG(buf_str(&out)));
}

static void answer_line(const struct dmn_model *model, const struct request *request, struct str line)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, RUN_BYTES);
    struct error error = {0};
    struct value asked, name, input = value_context(NULL, 0);
    const struct dmn_element *element = NULL;
    struct outcome outcome;
    if (value_from_json(&arena, line, &asked, &error) == OK) {
        if (!value_get(&asked, STR("decision"), &name))
            name = value_string(request->decision);
        (void)value_get(&asked, STR("input"), &input);
        if (name.kind != VALUE_STRING || name.string.n == 0 || input.kind != VALUE_CONTEXT)
            (void)!fail(&error, ERR_INVALID, "an object {\"decision\": \"…\", \"input\": {…}} is wanted");
        else
            element = find(model, name.string, &error);
    }
    if (element != NULL)
        outcome = decide(&arena, element, &input);
    print_answer(&arena, element == NULL ? NULL : &outcome, &error);
}

static int run_batch(struct arena *arena, const struct dmn_model *model, const struct request *request)
{
    struct str path = arena_copy(arena, request->batch);
    bool from_stdin = str_eq(path, STR("-"));
    CLEANUP(closep) FILE *file = from_stdin ? stdin : path.p == NULL ? NULL : fopen(path.p, "re");
    if (file == NULL) {
        fprintf(stderr, "gilbot: %.*s: cannot be opened: %s\n", STR_ARG(request->batch), strerror(errno));
        return 2;
    }
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t n; (n = getline(&line, &capacity, file)) > 0;) {
        struct str text = str_trim((struct str){line, (size_t)n});
        if (text.n > 0)
            answer_line(model, request, text);
        fflush(stdout);
    }
    free(line);
    return 0;
}

/* ── the command ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool asks_something(struct arena *arena, const struct dmn_model *model)
{
    const struct dmn_element *element;
    const struct dmn_input *inputs;
    size_t n = 0;
    for (size_t i = 0; n == 0 && (element = dmn_at(model, i)) != NULL; i++)
        if (dmn_kind(element) == DMN_DECISION && dmn_inputs(element, arena, &inputs, &n) != OK)
            n = 0;
    return n > 0;
}

static int bad(const char *where, const struct error *error)
{
    fprintf(stderr, "gilbot: %s%s\n", where, error->text);
    return 2;
}

static int answer(struct arena *arena, const struct dmn_model *model, const struct request *request)
{
    struct error error = {0};
    struct value input;
    const struct dmn_element *element;
    if (request->batch.p != NULL)
        return run_batch(arena, model, request);
    if (request->list || (request->decision.p == NULL && request->input.p == NULL && asks_something(arena, model)))
        return print_list(arena, model);
    if (read_input(arena, request->input, &input, &error) != OK)
        return bad("--input: ", &error);
    if (request->decision.p == NULL)
        return decide_all(arena, model, &input);
    if ((element = find(model, request->decision, &error)) == NULL) {
        fprintf(stderr, "gilbot: %.*s: %s\n", STR_ARG(request->file), error.text);
        return 2;
    }
    CLEANUP(arena_release) struct arena run_arena;
    arena_init(&run_arena, RUN_BYTES);
    struct outcome outcome = decide(&run_arena, element, &input);
    return print_outcome(&run_arena, &outcome, request->feel);
}

static int run_dmn(const struct command_line *line)
{
    struct request request;
    struct error error = {0};
    if (!read_words(line, &request)) {
        fprintf(stderr, "usage: gilbot %s %s\n", command_dmn.name, command_dmn.usage);
        return 2;
    }
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MODEL_BYTES);
    struct dmn_folder folder = {dmn_folder_of(request.file)};
    struct dmn_files files = dmn_folder_files(&folder);
    struct dmn_source source;
    const struct dmn_model *model;
    if (dmn_folder_open(&arena, request.file, &source, &error) != OK ||
        dmn_load(&arena, &source, &files, &model, &error) != OK)
        return bad("", &error);
    return answer(&arena, model, &request);
}

const struct command command_dmn = {
    .name = "dmn",
    .usage = "FILE [--decision NAME] [--input JSON] [--feel] | FILE --batch FILE.jsonl | FILE --list",
    .summary = "evaluates decisions of a DMN model, results as JSON",
    .help = "FILE is a DMN model (1.1 to 1.6) as modelling tools save it; what it imports is looked for beside it.\n"
            "--decision NAME  the decision, decision service or business knowledge model; without it an object of\n"
            "                 all decisions is printed\n"
            "--input JSON     an object, a member for each input; - reads it from standard input\n"
            "--feel           the value as FEEL writes it instead of JSON\n"
            "--batch FILE     one {\"decision\", \"input\"} a line; prints one {\"value\"} or {\"error\"} a line\n"
            "--list           what is in the model: inputs, decisions, services, functions, their types\n"
            "\n"
            "FILE alone lists a model that asks for inputs, and evaluates one that asks for none.\n"
            "Exit status: 0; 1 when the evaluation failed (null, and the reasons on standard error); 2 when the\n"
            "model or the input is wrong.\n",
    .run = run_dmn,
};
