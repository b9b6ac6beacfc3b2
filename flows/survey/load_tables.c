#include "flows/survey/load.h"

#include "bot/base/attributes.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

/* `hit`, U when absent. */
static enum table_hit hit_of(struct loader *loader, const struct yaml_node *table)
{
    enum table_hit hit = TABLE_UNIQUE;
    const struct yaml_node *node = load_get(loader, table, "hit");
    struct str text = load_str(loader, node);
    if (loader->rc == OK && !table_hit_from_str(text, &hit))
        load_fault(loader, load_place(node), "`%.*s` is no hit policy; write one of U A P F R O C C+ C< C> C#",
                   STR_ARG(text));
    return hit;
}

/* ── its type, before anything is compiled ─────────────────────────────────────────────────────────────────────── */

static const struct feel_type type_number = {.kind = FEEL_NUMBER};

/* The name of an output: `id` or `{name: id, …}`; one alone may have none. */
struct str load_output_name(const struct yaml_node *output)
{
    const struct yaml_node *name = output->kind == YAML_MAP ? yaml_get(output, STR("name")) : output;
    return name == NULL || name->kind == YAML_NULL ? STR("") : name->text;
}

static const struct feel_type *context_type(struct loader *loader, const struct yaml_node *outputs)
{
    struct feel_type *type = load_alloc(loader, 1, sizeof *type);
    struct feel_member *members = load_alloc(loader, outputs->n, sizeof *members);
    if (loader->rc != OK)
        return NULL;
    size_t n = 0;
    for (const struct yaml_node *output = outputs->child; output != NULL; output = output->next)
        members[n++].name = load_output_name(output);
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = n, .closed = true};
    return type;
}

void load_table_type(struct loader *loader, const struct yaml_node *table, struct feel_name *name)
{
    const struct yaml_node *outputs = load_get(loader, table, "outputs");
    enum table_hit hit = hit_of(loader, table);
    if (loader->rc != OK || outputs == NULL || outputs->kind != YAML_LIST)
        return; /* load_tables says what is wrong */
    const struct feel_type *row = outputs->n > 1 ? context_type(loader, outputs) : NULL;
    bool list = hit == TABLE_RULE_ORDER || hit == TABLE_OUTPUT_ORDER || hit == TABLE_COLLECT;
    bool number = hit == TABLE_SUM || hit == TABLE_MIN || hit == TABLE_MAX || hit == TABLE_COUNT;
    struct feel_type *type = list ? load_alloc(loader, 1, sizeof *type) : NULL;
    if (type != NULL)
        *type = (struct feel_type){.kind = FEEL_LIST, .item = row};
    name->type = list ? type : number ? &type_number : row;
}

/* ── as the compiler of tables wants it ────────────────────────────────────────────────────────────────────────── */

/* The text of a scalar; YAML's null (an empty cell) is a fault here, `null` is FEEL's. */
static struct feel_source source_of(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL)
        return (struct feel_source){0};
    bool scalar = node->kind != YAML_LIST && node->kind != YAML_MAP;
    if (!scalar)
        load_fault(loader, load_place(node), "YAML took this for a %s; put it in quotes: '…'",
                   node->kind == YAML_LIST ? "list" : "map");
    else if (str_trim(node->text).n == 0)
        load_fault(loader, load_place(node), "nothing is written here; write \"-\" for any input, null for no output");
    return load_source(loader, node, 0, node->text.n);
}

/* A list of expressions as one, comma-separated; one alone as it is. */
static struct feel_source values_of(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK || node == NULL || node->kind != YAML_LIST)
        return source_of(loader, node);
    struct buf text;
    buf_init(&text, loader->arena, FEEL_MAX_SOURCE);
    for (const struct yaml_node *item = node->child; item != NULL && loader->rc == OK; item = item->next) {
        struct feel_source source = source_of(loader, item);
        if (text.n > 0)
            buf_add(&text, STR(", "));
        buf_add(&text, source.text);
    }
    if (buf_failed(&text))
        load_no_memory(loader);
    struct place at = node->child == NULL ? load_place(node) : load_place(node->child);
    return (struct feel_source){.text = buf_str(&text), .file = loader->file, .line = at.line, .column = at.column};
}

static struct table_input_source read_input(struct loader *loader, const struct yaml_node *node)
{
    if (node->kind != YAML_MAP)
        return (struct table_input_source){.expr = source_of(loader, node)};
    LOAD_KEYS(loader, node, "an input", "expr", "values");
    const struct yaml_node *expr = load_get(loader, node, "expr");
    if (expr == NULL)
        load_fault(loader, load_place(node), "an input needs `expr`; add it");
    return (struct table_input_source){
        .expr = source_of(loader, expr),
        .values = values_of(loader, load_get(loader, node, "values")),
    };
}

static void read_inputs(struct loader *loader, const struct yaml_node *table, struct table_source *source,
                        struct place *places)
{
    const struct yaml_node *list = yaml_get(table, STR("inputs"));
    struct table_input_source *inputs = load_alloc(loader, list->n, sizeof *inputs);
    size_t n = 0;
    for (const struct yaml_node *node = list->child; node != NULL && loader->rc == OK; node = node->next, n++) {
        places[n] = load_place(node);
        inputs[n] = read_input(loader, node);
        load_settle(loader);
    }
    source->inputs = inputs;
    source->n_inputs = n;
}

static void read_outputs(struct loader *loader, const struct yaml_node *table, struct table_source *source)
{
    const struct yaml_node *list = yaml_get(table, STR("outputs"));
    const struct yaml_node *defaults = load_get(loader, table, "default");
    struct table_output_source *outputs = load_alloc(loader, list->n, sizeof *outputs);
    if (defaults != NULL && defaults->kind == YAML_LIST && defaults->n != list->n)
        load_fault(loader, load_place(defaults), "%zu outputs need as many defaults, not %zu", list->n, defaults->n);
    const struct yaml_node *otherwise = defaults != NULL && defaults->kind == YAML_LIST ? defaults->child
                                        : list->n == 1                                  ? defaults
                                                                                        : NULL;
    if (defaults != NULL && otherwise == NULL)
        load_fault(loader, load_place(defaults), "`default` is a list, one for each output");
    load_settle(loader);
    size_t n = 0;
    for (const struct yaml_node *node = list->child; node != NULL && loader->rc == OK; node = node->next, n++) {
        if (node->kind == YAML_MAP)
            LOAD_KEYS(loader, node, "an output", "name", "values");
        outputs[n].name = load_output_name(node);
        if (outputs[n].name.n == 0 && list->n > 1)
            load_fault(loader, load_place(node), "one of several outputs needs a name; add it");
        outputs[n].values =
            node->kind == YAML_MAP ? values_of(loader, load_get(loader, node, "values")) : (struct feel_source){0};
        outputs[n].otherwise = source_of(loader, otherwise);
        otherwise = otherwise == NULL ? NULL : otherwise->next;
        load_settle(loader);
    }
    source->outputs = outputs;
    source->n_outputs = n;
}

static struct table_rule_source read_rule(struct loader *loader, const struct yaml_node *node)
{
    load_list(loader, node, "a rule is a list of cells, tests first, then outputs");
    if (loader->rc != OK)
        return (struct table_rule_source){0};
    struct feel_source *cells = load_alloc(loader, node->n, sizeof *cells);
    size_t n = 0;
    for (const struct yaml_node *cell = node->child; cell != NULL && loader->rc == OK; cell = cell->next) {
        cells[n++] = source_of(loader, cell);
        load_settle(loader);
    }
    return (struct table_rule_source){
        .cells = cells,
        .n_cells = n,
        .at = {.file = loader->file, .line = node->line, .column = node->column},
    };
}

static void read_rules(struct loader *loader, const struct yaml_node *table, struct table_source *source,
                       struct place *places)
{
    const struct yaml_node *list = yaml_get(table, STR("rules"));
    struct table_rule_source *rules = load_alloc(loader, list->n, sizeof *rules);
    size_t n = 0;
    for (const struct yaml_node *node = list->child; node != NULL && loader->rc == OK; node = node->next, n++) {
        places[n] = load_place(node);
        rules[n] = read_rule(loader, node);
        load_settle(loader);
    }
    source->rules = rules;
    source->n_rules = n;
}

static bool has_lists(struct loader *loader, const struct yaml_node *table)
{
    static const char *const needed[] = {"inputs", "outputs", "rules"};
    bool has_all = loader->rc == OK;
    for (size_t i = 0; i < COUNT_OF(needed) && loader->rc == OK; i++) {
        const struct yaml_node *node = load_get(loader, table, needed[i]);
        if (node != NULL && node->kind == YAML_LIST && node->n > 0)
            continue;
        bool empty = node != NULL && node->kind == YAML_LIST;
        load_fault(loader, node == NULL ? load_key_place(table) : load_place(node),
                   empty ? "a table needs at least one of its `%s`; add it" : "a table needs a list of `%s`; add it",
                   needed[i]);
        load_settle(loader);
        has_all = false;
    }
    return has_all && loader->rc == OK;
}

/* ── every fault of a table ────────────────────────────────────────────────────────────────────────────────────── */

static void look_at_cell(struct loader *loader, const struct yaml_node *cell, bool test)
{
    bool scalar = cell != NULL && cell->kind != YAML_LIST && cell->kind != YAML_MAP;
    if (!scalar || str_trim(cell->text).n == 0)
        return; /* source_of said so */
    if (test)
        (void)load_test(loader, cell);
    else
        (void)load_expr(loader, cell);
    load_settle(loader);
}

/* The compiler of tables stops at the first cell that it cannot read; all of them, each by itself. */
static void look_at_cells(struct loader *loader, const struct yaml_node *table)
{
    const struct yaml_node *inputs = yaml_get(table, STR("inputs")), *rules = yaml_get(table, STR("rules"));
    for (const struct yaml_node *input = inputs->child; input != NULL; input = input->next)
        look_at_cell(loader, input->kind == YAML_MAP ? yaml_get(input, STR("expr")) : input, false);
    for (const struct yaml_node *rule = rules->child; rule != NULL; rule = rule->next) {
        size_t i = 0;
        for (const struct yaml_node *cell = rule->child; cell != NULL; cell = cell->next, i++)
            look_at_cell(loader, cell, i < inputs->n);
    }
}

static void compile_table(struct loader *loader, const struct table_source *source, struct named_table *table)
{
    size_t before = loader->faults.n;
    struct error error = {0};
    struct feel_compiler compiler = {.arena = loader->arena, .names = &loader->definition->names, .error = &error};
    enum err rc = table_compile(&compiler, source, &table->table);
    if (rc == OK)
        return;
    table->table = NULL;
    if (rc == ERR_INVALID)
        look_at_cells(loader, table->written);
    if (loader->rc != OK || loader->faults.n > before)
        return;
    struct str sentence = {error.text, error.n};
    if (rc == ERR_INVALID && !str_starts(sentence, loader->file)) { /* what is wrong with the table as a whole */
        load_fault(loader, table->at, "%s", error.text);
        return;
    }
    *loader->error = error;
    loader->rc = rc;
}

static void read_table(struct loader *loader, struct named_table *table)
{
    const struct yaml_node *node = table->written;
    size_t before = loader->faults.n;
    LOAD_KEYS(loader, node, "a table", "hit", "inputs", "outputs", "rules", "default", "dmn", "decision");
    if (loader->rc != OK || !has_lists(loader, node))
        return;
    struct table_source source = {.name = table->name, .hit = hit_of(loader, node)};
    load_settle(loader);
    struct place *inputs = load_alloc(loader, yaml_get(node, STR("inputs"))->n, sizeof *inputs);
    struct place *rules = load_alloc(loader, yaml_get(node, STR("rules"))->n, sizeof *rules);
    if (loader->rc != OK)
        return;
    read_inputs(loader, node, &source, inputs);
    read_outputs(loader, node, &source);
    read_rules(loader, node, &source, rules);
    table->inputs = inputs;
    table->rules = rules;
    if (loader->rc != OK)
        return;
    if (loader->faults.n == before)
        compile_table(loader, &source, table);
    else
        look_at_cells(loader, node);
}

void load_tables(struct loader *loader)
{
    for (size_t i = 0; i < loader->definition->n_tables && loader->rc == OK; i++) {
        read_table(loader, &loader->tables[i]);
        load_settle(loader);
    }
}
