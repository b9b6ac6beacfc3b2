#include "flows/survey/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

enum { FIRST_CAPACITY = 16, MOST_MESSAGE_BYTES = 600 };

const char *severity_name(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "error" : "warning";
}

/* ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────── */

void findings_add(struct findings *findings, const struct finding *finding)
{
    if (findings->n == findings->capacity) {
        size_t capacity = findings->capacity == 0 ? FIRST_CAPACITY : findings->capacity * 2;
        struct finding *items = arena_alloc_array(findings->arena, capacity, sizeof *items);
        if (items == NULL) {
            findings->failed = true;
            return;
        }
        if (findings->n > 0)
            memcpy(items, findings->items, findings->n * sizeof *items);
        findings->items = items;
        findings->capacity = capacity;
    }
    findings->items[findings->n++] = *finding;
}

bool findings_have_error(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++)
        if (findings->items[i].severity == SEVERITY_ERROR)
            return true;
    return false;
}

/* "…:12:" at the start of *rest: takes the number off. */
static bool take_number(struct str *rest, uint32_t *ret_number)
{
    int64_t number;
    size_t colon = str_find_char(*rest, ':');
    if (colon == SIZE_MAX || !str_to_i64(str_first(*rest, colon), &number) || number < 0 || number > UINT32_MAX)
        return false;
    *ret_number = (uint32_t)number;
    *rest = str_skip(*rest, colon + 1);
    return true;
}

void findings_add_failure(struct findings *findings, struct str sentence)
{
    struct str copy = arena_copy(findings->arena, sentence);
    struct finding finding = {.severity = SEVERITY_ERROR, .code = "load", .message = copy};
    for (size_t i = 0; i < copy.n; i++) {
        struct str rest = str_skip(copy, i + 1);
        if (copy.p[i] != ':' || !take_number(&rest, &finding.at.line) || !take_number(&rest, &finding.at.column))
            continue;
        finding.file = str_first(copy, i);
        finding.message = str_trim(rest);
        break;
    }
    findings->failed = findings->failed || copy.p == NULL;
    findings_add(findings, &finding);
}

static void add(struct checker *checker, struct finding finding, const char *text)
{
    finding.file = checker->definition->file;
    finding.message = arena_copy(checker->arena, str_of(text));
    checker->findings->failed = checker->findings->failed || finding.message.p == NULL;
    findings_add(checker->findings, &finding);
}

void check_error(struct checker *checker, const char *code, struct place at, struct str example, const char *format,
                 ...)
{
    char text[MOST_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(checker, (struct finding){.severity = SEVERITY_ERROR, .code = code, .at = at, .example = example}, text);
}

void check_warning(struct checker *checker, const char *code, struct place at, struct str example, const char *format,
                   ...)
{
    char text[MOST_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(checker, (struct finding){.severity = SEVERITY_WARNING, .code = code, .at = at, .example = example}, text);
}

/* ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct place check_place(const struct feel_expr *expr, size_t at)
{
    const struct feel_source *source = &expr->source;
    struct str before = str_first(source->text, at);
    struct place place = {source->line, source->column};
    for (size_t i; (i = str_find_char(before, '\n')) != SIZE_MAX; before = str_skip(before, i + 1)) {
        place.line++;
        place.column = 1;
    }
    place.column += (uint32_t)text_length(before);
    return place;
}

static bool is_before(struct place a, struct place b)
{
    return a.line < b.line || (a.line == b.line && a.column < b.column);
}

bool check_is_explained(const struct checker *checker, const struct feel_expr *expr)
{
    struct place from = check_place(expr, 0), to = check_place(expr, expr->source.text.n);
    for (size_t i = 0; i < checker->findings->n; i++) {
        const struct finding *finding = &checker->findings->items[i];
        if (!is_before(finding->at, from) && !is_before(to, finding->at) &&
            str_eq(finding->file, checker->definition->file))
            return true;
    }
    return false;
}

struct visitor {
    check_visit *visit;
    void *self;
};

static void visit(const struct visitor *visitor, const struct feel_expr *expr, enum check_use use)
{
    if (expr != NULL)
        visitor->visit(visitor->self, expr, use);
}

static void visit_text(const struct visitor *visitor, const struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        for (size_t j = 0; j < text->variants[i].n_parts; j++)
            visit(visitor, text->variants[i].parts[j].expr, CHECK_TEXT);
}

static void visit_table(const struct visitor *visitor, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        visit(visitor, table->inputs[i].expr, CHECK_VALUE);
        visit(visitor, table->inputs[i].values, CHECK_TEST);
    }
    for (size_t i = 0; i < table->n_outputs; i++) {
        visit(visitor, table->outputs[i].values, CHECK_VALUE);
        visit(visitor, table->outputs[i].otherwise, CHECK_VALUE);
    }
    for (size_t r = 0; r < table->n_rules; r++) {
        for (size_t i = 0; i < table->n_inputs; i++)
            visit(visitor, table->rules[r].tests[i], CHECK_TEST);
        for (size_t i = 0; i < table->n_outputs; i++)
            visit(visitor, table->rules[r].outputs[i], CHECK_VALUE);
    }
}

static void visit_kind(const struct visitor *visitor, const struct step *step)
{
    switch (step->kind) {
    case STEP_SAY:
        visit_text(visitor, &step->say.text);
        visit_text(visitor, &step->say.image);
        for (size_t i = 0; i < step->say.n_buttons; i++) {
            visit_text(visitor, &step->say.buttons[i].label);
            visit_text(visitor, &step->say.buttons[i].url);
        }
        break;
    case STEP_ASK:
        visit_text(visitor, &step->ask.text);
        visit_text(visitor, &step->ask.retry);
        break;
    case STEP_RECOMMEND:
        visit(visitor, step->recommend.item, CHECK_RECOMMEND);
        visit_text(visitor, &step->recommend.text);
        visit_text(visitor, &step->recommend.button);
        break;
    case STEP_HAND_OVER:
        visit_text(visitor, &step->hand_over.note);
        break;
    case STEP_SET:
        for (size_t i = 0; i < step->set.n; i++)
            visit(visitor, step->set.items[i].expr, CHECK_VALUE);
        break;
    case STEP_TAG:
        for (size_t i = 0; i < step->tag.n; i++)
            visit_text(visitor, &step->tag.items[i]);
        break;
    case STEP_GO:
    case STEP_END:
        break;
    }
}

static void visit_step(const struct visitor *visitor, const struct step *step)
{
    visit(visitor, step->when, CHECK_CONDITION);
    visit_kind(visitor, step);
    for (size_t j = 0; j < step->n_next; j++)
        visit(visitor, step->next[j].when, CHECK_CONDITION);
}

void check_step_exprs(const struct step *step, check_visit *visit_expr, void *self)
{
    visit_step(&(struct visitor){visit_expr, self}, step);
}

void check_each_expr(const struct definition *definition, check_visit *visit_expr, void *self)
{
    struct visitor visitor = {visit_expr, self};
    for (size_t i = 0; i < definition->n_lets; i++)
        visit(&visitor, definition->lets[i].expr, CHECK_VALUE);
    for (size_t i = 0; i < definition->n_tables; i++)
        visit_table(&visitor, definition->tables[i].table);
    for (size_t i = 0; i < definition->n_decisions; i++)
        for (size_t k = 0; k < definition->decisions[i].n_inputs; k++)
            visit(&visitor, definition->decisions[i].exprs[k], CHECK_VALUE);
    for (size_t i = 0; i < definition->n_steps; i++)
        visit_step(&visitor, &definition->steps[i]);
    visit_text(&visitor, &definition->remind.text);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_places(const void *a, const void *b)
{
    const struct finding *one = a, *other = b;
    const struct place *x = &one->at, *y = &other->at;
    int files = str_cmp(one->file, other->file);
    if (files != 0)
        return files;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

void findings_sort(struct findings *findings, size_t from)
{
    if (findings->n > from)
        qsort(findings->items + from, findings->n - from, sizeof *findings->items, compare_places);
}

enum err check_definition(const struct definition *definition, unsigned platforms, struct findings *findings,
                          struct check_figures *ret_figures)
{
    size_t before = findings->n;
    struct checker checker = {
        .definition = definition,
        .arena = findings->arena,
        .findings = findings,
        .platforms = platforms,
        .reached = arena_alloc_array(findings->arena, definition->n_steps, sizeof(bool)),
    };
    if (checker.reached == NULL)
        return ERR_NO_MEMORY;
    check_paths(&checker, ret_figures);
    check_names(&checker);
    check_types(&checker);
    check_texts(&checker);
    check_translations(&checker);
    check_sheet(&checker);
    check_tables(&checker);
    check_products(&checker);
    check_conditions(&checker);
    check_doubts(&checker);
    check_early(&checker);
    findings_sort(findings, before);
    return findings->failed ? ERR_NO_MEMORY : OK;
}
