/* Decision tables of models, compiled (DMN 1.5 §8). */
#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"
#include "flows/rules/table.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 40 };

/* ── hit policies ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Like all that reads here: "", or what is wrong. */
static struct str read_hit(struct dmn_compiler *compiler, const struct dmn_node *node, struct table_source *source)
{
    static const struct {
        struct str policy, aggregation;
        enum table_hit hit;
    } hits[] = {
        {STR_INIT(""), STR_INIT(""), TABLE_UNIQUE},
        {STR_INIT("UNIQUE"), STR_INIT(""), TABLE_UNIQUE},
        {STR_INIT("ANY"), STR_INIT(""), TABLE_ANY},
        {STR_INIT("PRIORITY"), STR_INIT(""), TABLE_PRIORITY},
        {STR_INIT("FIRST"), STR_INIT(""), TABLE_FIRST},
        {STR_INIT("RULE ORDER"), STR_INIT(""), TABLE_RULE_ORDER},
        {STR_INIT("OUTPUT ORDER"), STR_INIT(""), TABLE_OUTPUT_ORDER},
        {STR_INIT("COLLECT"), STR_INIT(""), TABLE_COLLECT},
        {STR_INIT("COLLECT"), STR_INIT("SUM"), TABLE_SUM},
        {STR_INIT("COLLECT"), STR_INIT("MIN"), TABLE_MIN},
        {STR_INIT("COLLECT"), STR_INIT("MAX"), TABLE_MAX},
        {STR_INIT("COLLECT"), STR_INIT("COUNT"), TABLE_COUNT},
    };
    struct str policy = str_trim(dmn_attribute(node, "hitPolicy"));
    struct str aggregation = str_trim(dmn_attribute(node, "aggregation"));
    for (size_t i = 0; i < COUNT_OF(hits); i++) {
        bool aggregates = str_eq(hits[i].policy, STR("COLLECT"));
        if (str_eq(hits[i].policy, policy) && (!aggregates || str_eq(hits[i].aggregation, aggregation))) {
            source->hit = hits[i].hit;
            return STR("");
        }
    }
    if (str_eq(policy, STR("COLLECT")))
        return dmn_note(compiler->loader, compiler->file, node->at,
                        "`%.*s` is no aggregation; take one of SUM, MIN, MAX, COUNT",
                        STR_ARG(text_first(aggregation, MAX_SHOWN)));
    return dmn_note(compiler->loader, compiler->file, node->at,
                    "`%.*s` is no hit policy; take one of UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER, "
                    "COLLECT",
                    STR_ARG(text_first(policy, MAX_SHOWN)));
}

/* ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The column's own values; else those that its type allows. */
static struct feel_source values_of(const struct dmn_loaded *file, const struct dmn_node *column, const char *name,
                                    const struct dmn_type *type)
{
    struct feel_source values = dmn_source_of(file, dmn_child(column, name));
    for (; str_trim(values.text).n == 0 && type != NULL; type = type->base)
        values = type->allowed == NULL ? values : type->allowed_text;
    return values;
}

static void read_inputs(struct dmn_compiler *compiler, const struct dmn_node *node, struct table_source *source)
{
    struct table_input_source *inputs = dmn_alloc(compiler->loader, dmn_count_children(node, "input"), sizeof *inputs);
    source->inputs = inputs;
    for (const struct dmn_node *input = node->child; inputs != NULL && input != NULL; input = input->next) {
        const struct dmn_node *expression = dmn_child(input, "inputExpression");
        if (!dmn_is(input, "input"))
            continue;
        const struct dmn_type *type = dmn_node_type(compiler->loader, compiler->file, expression);
        inputs[source->n_inputs++] = (struct table_input_source){
            .expr = dmn_source_of(compiler->file, expression),
            .values = values_of(compiler->file, input, "inputValues", type),
            .type = type == NULL ? NULL : type->feel,
        };
    }
}

/* `ret_members`: the outputs and what is known of their values. */
static void read_outputs(struct dmn_compiler *compiler, const struct dmn_node *node, struct table_source *source,
                         struct feel_member *members)
{
    struct table_output_source *outputs =
        dmn_alloc(compiler->loader, dmn_count_children(node, "output"), sizeof *outputs);
    source->outputs = outputs;
    for (const struct dmn_node *output = node->child; outputs != NULL && output != NULL; output = output->next) {
        if (!dmn_is(output, "output"))
            continue;
        const struct dmn_type *type = dmn_node_type(compiler->loader, compiler->file, output);
        struct str name = str_trim(dmn_attribute(output, "name"));
        members[source->n_outputs] = (struct feel_member){name, type == NULL ? NULL : type->feel};
        outputs[source->n_outputs++] = (struct table_output_source){
            .name = name,
            .values = values_of(compiler->file, output, "outputValues", type),
            .otherwise = dmn_source_of(compiler->file, dmn_child(output, "defaultOutputEntry")),
        };
    }
}

/* ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What stands in a cell: an empty output is null. */
static struct feel_source cell_of(const struct dmn_loaded *file, const struct dmn_node *entry, bool is_output)
{
    struct feel_source cell = dmn_source_of(file, entry);
    if (is_output && str_trim(cell.text).n == 0)
        cell.text = STR("null");
    return cell;
}

static struct str read_rule(struct dmn_compiler *compiler, const struct dmn_node *rule, struct table_source *source,
                            struct table_rule_source *ret_rule)
{
    size_t n_tests = dmn_count_children(rule, "inputEntry"), n_outputs = dmn_count_children(rule, "outputEntry"), n = 0;
    if (n_tests != source->n_inputs || n_outputs != source->n_outputs)
        return dmn_note(compiler->loader, compiler->file, rule->at,
                        "a rule of %zu inputs and %zu outputs; the table has %zu and %zu columns", n_tests, n_outputs,
                        source->n_inputs, source->n_outputs);
    struct feel_source *cells = dmn_alloc(compiler->loader, n_tests + n_outputs, sizeof *cells);
    if (cells == NULL)
        return STR("");
    for (const struct dmn_node *entry = rule->child; entry != NULL; entry = entry->next)
        if (dmn_is(entry, "inputEntry"))
            cells[n++] = cell_of(compiler->file, entry, false);
    for (const struct dmn_node *entry = rule->child; entry != NULL; entry = entry->next)
        if (dmn_is(entry, "outputEntry"))
            cells[n++] = cell_of(compiler->file, entry, true);
    *ret_rule = (struct table_rule_source){
        .cells = cells,
        .n_cells = n,
        .at = {.file = compiler->file->xml.file, .line = rule->at.line, .column = rule->at.column},
    };
    return STR("");
}

static struct str read_rules(struct dmn_compiler *compiler, const struct dmn_node *node, struct table_source *source)
{
    struct table_rule_source *rules = dmn_alloc(compiler->loader, dmn_count_children(node, "rule"), sizeof *rules);
    struct str fault = STR("");
    source->rules = rules;
    for (const struct dmn_node *rule = node->child; rules != NULL && fault.n == 0 && rule != NULL; rule = rule->next)
        if (dmn_is(rule, "rule"))
            fault = read_rule(compiler, rule, source, &rules[source->n_rules++]);
    return fault;
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is known of the table's value. */
static const struct feel_type *table_type(struct dmn_compiler *compiler, const struct table_source *source,
                                          const struct feel_member *members)
{
    static const struct feel_type number = {.kind = FEEL_NUMBER};
    const struct feel_type *row = members[0].type;
    if (source->n_outputs > 1) {
        struct feel_type *context = dmn_alloc(compiler->loader, 1, sizeof *context);
        if (context == NULL)
            return NULL;
        *context = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = source->n_outputs};
        row = context;
    }
    switch (source->hit) {
    case TABLE_UNIQUE:
    case TABLE_ANY:
    case TABLE_PRIORITY:
    case TABLE_FIRST:
        return row;
    case TABLE_RULE_ORDER:
    case TABLE_OUTPUT_ORDER:
    case TABLE_COLLECT:
        return dmn_list_type(compiler, row);
    case TABLE_SUM:
    case TABLE_COUNT:
        return &number;
    case TABLE_MIN:
    case TABLE_MAX:
        break;
    }
    return row;
}

static struct str check_shape(struct dmn_compiler *compiler, const struct dmn_node *node,
                              const struct table_source *source)
{
    for (size_t i = 0; i < source->n_inputs; i++)
        if (str_trim(source->inputs[i].expr.text).n == 0)
            return dmn_note(compiler->loader, compiler->file, node->at,
                            "input %zu of the table has no expression; write one into its <inputExpression>", i + 1);
    for (size_t i = 0; i < source->n_outputs && source->n_outputs > 1; i++)
        if (source->outputs[i].name.n == 0)
            return dmn_note(compiler->loader, compiler->file, node->at,
                            "output %zu of the table has no name; of several outputs each needs one", i + 1);
    return STR("");
}

static size_t bytes_of(const struct table_source *source)
{
    size_t bytes = 0;
    for (size_t i = 0; i < source->n_inputs; i++)
        bytes += source->inputs[i].expr.text.n + source->inputs[i].values.text.n;
    for (size_t i = 0; i < source->n_outputs; i++)
        bytes += source->outputs[i].values.text.n + source->outputs[i].otherwise.text.n;
    for (size_t r = 0; r < source->n_rules; r++)
        for (size_t i = 0; i < source->rules[r].n_cells; i++)
            bytes += source->rules[r].cells[i].text.n;
    return bytes;
}

const struct dmn_logic *dmn_compile_table(struct dmn_compiler *compiler, const struct dmn_node *node)
{
    struct error error = {0};
    struct table_source source = {.name = compiler->owner};
    struct feel_member *members = dmn_alloc(compiler->loader, 1 + dmn_count_children(node, "output"), sizeof *members);
    struct dmn_logic *logic = dmn_logic_new(compiler, DMN_TABLE);
    struct feel_compiler feel = dmn_feel_compiler(compiler, &error);
    if (compiler->loader->rc != OK)
        return NULL;
    struct str fault = read_hit(compiler, node, &source);
    read_inputs(compiler, node, &source);
    read_outputs(compiler, node, &source, members);
    if (fault.n == 0)
        fault = read_rules(compiler, node, &source);
    if (fault.n == 0)
        fault = check_shape(compiler, node, &source);
    if (fault.n == 0)
        fault = dmn_spend(compiler, node, bytes_of(&source));
    if (compiler->loader->rc != OK)
        return NULL;
    if (fault.n == 0 && table_compile(&feel, &source, &logic->table) != OK)
        fault = dmn_note_error(compiler->loader, compiler->file, node, &error);
    if (fault.n > 0)
        return dmn_logic_fault(compiler, fault);
    logic->type = table_type(compiler, &source, members);
    return logic;
}
