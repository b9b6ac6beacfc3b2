#include "flows/rules/table.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static const char *const hit_names[] = {
    [TABLE_UNIQUE] = "U",     [TABLE_ANY] = "A",          [TABLE_PRIORITY] = "P", [TABLE_FIRST] = "F",
    [TABLE_RULE_ORDER] = "R", [TABLE_OUTPUT_ORDER] = "O", [TABLE_COLLECT] = "C",  [TABLE_SUM] = "C+",
    [TABLE_MIN] = "C<",       [TABLE_MAX] = "C>",         [TABLE_COUNT] = "C#",
};

bool table_hit_from_str(struct str text, enum table_hit *ret_hit)
{
    if (text.n == 0) {
        *ret_hit = TABLE_UNIQUE;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(hit_names); i++) {
        if (str_eq(text, str_of(hit_names[i]))) {
            *ret_hit = (enum table_hit)i;
            return true;
        }
    }
    return false;
}

const char *table_hit_name(enum table_hit hit)
{
    return hit_names[hit];
}

/* ── checking the shape ────────────────────────────────────────────────────────────────────────────────────────── */

static enum err no_memory(struct feel_compiler *compiler)
{
    return fail(compiler->error, ERR_NO_MEMORY, "no memory left for a decision table");
}

static enum err check_sizes(struct feel_compiler *compiler, const struct table_source *source)
{
    if (source->n_outputs == 0)
        return fail(compiler->error, ERR_INVALID, "the table `%.*s` has no output; name one", STR_ARG(source->name));
    if (source->n_inputs > TABLE_MAX_COLUMNS || source->n_outputs > TABLE_MAX_COLUMNS)
        return fail(compiler->error, ERR_INVALID, "the table `%.*s` has more than %d inputs or outputs; split it up",
                    STR_ARG(source->name), TABLE_MAX_COLUMNS);
    if (source->n_rules > TABLE_MAX_RULES)
        return fail(compiler->error, ERR_INVALID, "the table `%.*s` has more than %d rules; split it up",
                    STR_ARG(source->name), TABLE_MAX_RULES);
    return OK;
}

/* What a hit policy asks of the outputs. */
static enum err check_hit(struct feel_compiler *compiler, const struct table_source *source)
{
    bool calculates = source->hit == TABLE_SUM || source->hit == TABLE_MIN || source->hit == TABLE_MAX;
    if (calculates && source->n_outputs != 1)
        return fail(compiler->error, ERR_INVALID, "the table `%.*s`: hit policy %s goes with one output only",
                    STR_ARG(source->name), table_hit_name(source->hit));
    bool ordered = source->hit == TABLE_PRIORITY || source->hit == TABLE_OUTPUT_ORDER;
    for (size_t i = 0; ordered && i < source->n_outputs; i++)
        ordered = source->outputs[i].values.text.n == 0;
    if (ordered)
        return fail(compiler->error, ERR_INVALID,
                    "the table `%.*s`: hit policy %s needs the outputs' `values` in their order; list them",
                    STR_ARG(source->name), table_hit_name(source->hit));
    return OK;
}

static enum err check_cells(struct feel_compiler *compiler, const struct table_source *source, size_t rule)
{
    const struct table_rule_source *r = &source->rules[rule];
    if (r->n_cells == source->n_inputs + source->n_outputs)
        return OK;
    struct str place =
        r->at.file.n > 0 ? feel_place(compiler->arena, &r->at, 0) : arena_format(compiler->arena, "rule %zu", rule + 1);
    return fail(compiler->error, ERR_INVALID,
                "%.*s: a rule of %zu cells; %zu for the inputs and %zu for the outputs are wanted", STR_ARG(place),
                r->n_cells, source->n_inputs, source->n_outputs);
}

/* ── compiling ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_empty(const struct feel_source *source)
{
    return str_trim(source->text).n == 0;
}

/* "; while reading rule 2, column 1": said only where the place does not say it already. */
static enum err named(struct feel_compiler *compiler, enum err rc, const struct feel_source *at, size_t rule,
                      size_t column)
{
    if (rc == OK || at->file.n > 0)
        return rc;
    return during(compiler->error, "reading rule %zu, cell %zu", rule + 1, column + 1);
}

static enum err compile_inputs(struct feel_compiler *compiler, const struct table_source *source,
                               struct table_input *inputs)
{
    enum err rc = OK;
    for (size_t i = 0; i < source->n_inputs && rc == OK; i++) {
        rc = feel_compile(compiler, &source->inputs[i].expr, &inputs[i].expr);
        if (rc == OK && !is_empty(&source->inputs[i].values))
            rc = feel_compile_unary(compiler, &source->inputs[i].values, source->inputs[i].type, &inputs[i].values);
        if (rc != OK && source->inputs[i].expr.file.n == 0)
            return during(compiler->error, "reading input %zu", i + 1);
    }
    return rc;
}

static enum err compile_outputs(struct feel_compiler *compiler, const struct table_source *source,
                                struct table_output *outputs)
{
    enum err rc = OK;
    for (size_t i = 0; i < source->n_outputs && rc == OK; i++) {
        const struct table_output_source *from = &source->outputs[i];
        outputs[i].name = from->name;
        if (!is_empty(&from->values))
            rc = feel_compile_list(compiler, &from->values, &outputs[i].values);
        if (rc == OK && !is_empty(&from->otherwise))
            rc = feel_compile(compiler, &from->otherwise, &outputs[i].otherwise);
        if (rc != OK && from->values.file.n == 0 && from->otherwise.file.n == 0)
            return during(compiler->error, "reading output %zu", i + 1);
    }
    return rc;
}

static const struct feel_type *input_type(const struct table_source *source, const struct table_input *inputs, size_t i)
{
    return source->inputs[i].type != NULL ? source->inputs[i].type : feel_expr_type(inputs[i].expr);
}

static enum err compile_rule(struct feel_compiler *compiler, const struct table_source *source,
                             const struct table_input *inputs, size_t index, struct table_rule *ret_rule)
{
    const struct feel_expr **tests = arena_alloc_array(compiler->arena, source->n_inputs, sizeof(struct feel_expr *));
    const struct feel_expr **outputs =
        arena_alloc_array(compiler->arena, source->n_outputs, sizeof(struct feel_expr *));
    enum err rc = check_cells(compiler, source, index);
    if (tests == NULL || outputs == NULL)
        return no_memory(compiler);
    for (size_t i = 0; i < source->n_inputs && rc == OK; i++) {
        const struct feel_source *cell = &source->rules[index].cells[i];
        if (!is_empty(cell) && !str_eq(str_trim(cell->text), STR("-")))
            rc = named(compiler, feel_compile_unary(compiler, cell, input_type(source, inputs, i), &tests[i]), cell,
                       index, i);
    }
    for (size_t i = 0; i < source->n_outputs && rc == OK; i++) {
        const struct feel_source *cell = &source->rules[index].cells[source->n_inputs + i];
        rc = named(compiler, feel_compile(compiler, cell, &outputs[i]), cell, index, source->n_inputs + i);
    }
    *ret_rule = (struct table_rule){.tests = tests, .outputs = outputs};
    return rc;
}

enum err table_compile(struct feel_compiler *compiler, const struct table_source *source,
                       const struct table **ret_table)
{
    enum err rc = check_sizes(compiler, source);
    if (rc == OK)
        rc = check_hit(compiler, source);
    if (rc != OK)
        return rc;
    struct table *table = arena_alloc(compiler->arena, sizeof *table);
    struct table_input *inputs = arena_alloc_array(compiler->arena, source->n_inputs, sizeof *inputs);
    struct table_output *outputs = arena_alloc_array(compiler->arena, source->n_outputs, sizeof *outputs);
    struct table_rule *rules = arena_alloc_array(compiler->arena, source->n_rules, sizeof *rules);
    if (table == NULL || inputs == NULL || outputs == NULL || rules == NULL)
        return no_memory(compiler);
    rc = compile_inputs(compiler, source, inputs);
    if (rc == OK)
        rc = compile_outputs(compiler, source, outputs);
    for (size_t i = 0; i < source->n_rules && rc == OK; i++)
        rc = compile_rule(compiler, source, inputs, i, &rules[i]);
    if (rc != OK)
        return during(compiler->error, "reading the table `%.*s`", STR_ARG(source->name));
    *table = (struct table){.name = source->name,
                            .hit = source->hit,
                            .inputs = inputs,
                            .n_inputs = source->n_inputs,
                            .outputs = outputs,
                            .n_outputs = source->n_outputs,
                            .rules = rules,
                            .n_rules = source->n_rules};
    *ret_table = table;
    return OK;
}
