#include "flows/survey/load.h"

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static const struct feel_type type_number = {.kind = FEEL_NUMBER};
static const struct feel_type type_string = {.kind = FEEL_STRING};
static const struct feel_type type_boolean = {.kind = FEEL_BOOLEAN};
static const struct feel_type type_date = {.kind = FEEL_DATE};
static const struct feel_type type_strings = {.kind = FEEL_LIST, .item = &type_string};

static const struct feel_member file_members[] = {{STR_INIT("id"), &type_string},
                                                  {STR_INIT("name"), &type_string},
                                                  {STR_INIT("type"), &type_string},
                                                  {STR_INIT("size"), &type_number}};
static const struct feel_type type_file = {
    .kind = FEEL_CONTEXT, .members = file_members, .n_members = COUNT_OF(file_members), .closed = true};

static const struct feel_type *answer_type(enum ask_type type)
{
    switch (type) {
    case ASK_NUMBER:
    case ASK_SCALE:
        return &type_number;
    case ASK_YES_NO:
        return &type_boolean;
    case ASK_CHOICES:
        return &type_strings;
    case ASK_DATE:
        return &type_date;
    case ASK_CHOICE:
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
        return &type_string;
    case ASK_FILE:
        return &type_file;
    }
    return NULL;
}

/* ── one name ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *slot_kind_name(enum slot_kind kind)
{
    switch (kind) {
    case SLOT_VARIABLE:
        return "a variable";
    case SLOT_LET:
        return "in `let`";
    case SLOT_TABLE:
    case SLOT_DECISION:
        return "a table";
    case SLOT_CATALOG:
        return "in `catalog`";
    }
    return "";
}

/* Adds a name; names are unique whatever they stand for. */
static void add_name(struct loader *loader, struct str name, struct slot slot, struct place at)
{
    struct definition *def = loader->definition;
    if (!feel_is_name(name)) {
        load_fault(loader, at,
                   "`%.*s` cannot be a name in expressions; begin with a letter, use letters, digits and _, and no "
                   "word of FEEL as `if` or `and`",
                   STR_ARG(name));
        return;
    }
    for (size_t i = 0; i < def->names.n; i++)
        if (str_eq(loader->names[i].name, name)) {
            load_fault(loader, at, "the name `%.*s` is taken: it is %s; choose another", STR_ARG(name),
                       slot_kind_name(loader->slots[i].kind));
            return;
        }
    if (def->names.n == LOAD_MAX_NAMES) {
        load_fault(loader, at, "more than %d names; split the flow", LOAD_MAX_NAMES);
        return;
    }
    loader->names = load_grow(loader, loader->names, def->names.n, sizeof *loader->names);
    loader->slots = load_grow(loader, loader->slots, def->names.n, sizeof *loader->slots);
    if (loader->rc != OK)
        return;
    loader->names[def->names.n] = (struct feel_name){.name = name};
    loader->slots[def->names.n] = slot;
    def->slots = loader->slots;
    def->names = (struct feel_names){loader->names, def->names.n + 1};
}

/* ── variables ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct variable *free_to_change(struct loader *loader, struct variable *variable, struct place at)
{
    if (variable->split == NULL)
        return variable;
    load_fault(loader, at, "the name `%.*s` is taken: it is in `variants`, and gilbot decides which; choose another",
               STR_ARG(variable->name));
    return NULL;
}

/* The variable called `name`, made when there is none yet; NULL after a fault. */
static struct variable *variable(struct loader *loader, struct str name, struct place at)
{
    struct definition *def = loader->definition;
    if (loader->rc != OK)
        return NULL;
    for (size_t i = 0; i < def->n_variables; i++)
        if (str_eq(loader->variables[i].name, name))
            return free_to_change(loader, &loader->variables[i], at);
    loader->variables = load_grow(loader, loader->variables, def->n_variables, sizeof *loader->variables);
    add_name(loader, name, (struct slot){SLOT_VARIABLE, def->n_variables}, at);
    if (loader->rc != OK)
        return NULL;
    struct variable *made = &loader->variables[def->n_variables++];
    *made = (struct variable){.name = name, .step = SIZE_MAX, .at = at};
    def->variables = loader->variables;
    return made;
}

static void add_splits(struct loader *loader)
{
    for (size_t i = 0; i < loader->definition->n_splits && loader->rc == OK; i++) {
        struct split *split = &loader->splits[i];
        struct variable *made = variable(loader, split->name, split->at);
        if (made != NULL) {
            made->split = split;
            made->ask = &split->ask;
            split->variable = split->ask.variable_index = loader->definition->n_variables - 1;
        }
        load_settle(loader);
    }
}

static void note_recall(struct loader *loader, struct str flow)
{
    struct strs *recalls = &loader->definition->recalls;
    if (strs_contain(*recalls, flow))
        return;
    struct str *items = load_grow(loader, (void *)recalls->items, recalls->n, sizeof *items);
    if (items == NULL)
        return;
    items[recalls->n] = flow;
    *recalls = (struct strs){items, recalls->n + 1};
}

static void add_asked(struct loader *loader, const struct yaml_node *step, size_t index)
{
    const struct yaml_node *id = load_get(loader, step, "id");
    if (id == NULL) {
        load_fault(loader, load_place(step), "a question needs an `id`: the name of the variable; add one");
        return;
    }
    struct str name = load_str(loader, id);
    struct variable *asked = variable(loader, name, load_place(id));
    if (asked == NULL)
        return;
    struct ask *ask = &loader->step_items[index].ask;
    load_ask_type(loader, step, ask);
    if (loader->rc != OK && loader->broken[index] == LOAD_WHOLE)
        loader->broken[index] = LOAD_NO_TYPE;
    asked->ask = loader->rc == OK ? ask : NULL;
    asked->step = index;
    asked->at = load_place(id);
}

static void add_set(struct loader *loader, const struct yaml_node *set)
{
    if (set->kind != YAML_MAP)
        return; /* load_steps says what is wrong */
    for (const struct yaml_node *node = set->child; node != NULL && loader->rc == OK; node = node->next) {
        struct variable *changed = variable(loader, node->key, load_key_place(node));
        if (changed != NULL)
            changed->is_set = true;
        load_settle(loader);
    }
}

/* A step whose kind is not known was probably meant to ask: its id is taken for a variable, so that expressions which
 * name it are no faults too. */
static void add_meant(struct loader *loader, const struct yaml_node *step)
{
    const struct yaml_node *id = load_get(loader, step, "id");
    if (id != NULL && feel_is_name(id->text))
        variable(loader, id->text, load_place(id));
}

static void add_step_variables(struct loader *loader)
{
    size_t index = 0;
    for (const struct yaml_node *step = loader->steps == NULL ? NULL : loader->steps->child;
         step != NULL && loader->rc == OK; step = step->next) {
        const struct yaml_node *set = load_get(loader, step, "set");
        if (load_get(loader, step, "ask") != NULL)
            add_asked(loader, step, index);
        else if (set != NULL)
            add_set(loader, set);
        else if (loader->broken[index] == LOAD_NO_KIND)
            add_meant(loader, step);
        load_settle(loader);
        index++;
    }
}

/* `weight: health.weight`: the variable, and where its value is known from. */
static void add_recall(struct loader *loader, const struct yaml_node *node, struct str from)
{
    size_t dot = str_find_char(from, '.');
    struct recall recall = {.flow = str_first(from, dot), .variable = str_skip(from, dot + 1), .at = load_place(node)};
    struct variable *filled = variable(loader, node->key, load_key_place(node));
    if (filled == NULL)
        return;
    if (recall.flow.n == 0 || recall.variable.n == 0 || str_eq(recall.flow, loader->definition->id))
        load_fault(loader, recall.at,
                   "`%.*s` names no answer of another flow; write its flow and its id, as health.weight",
                   STR_ARG(from));
    filled->recall = recall;
    note_recall(loader, recall.flow);
}

static void add_field(struct loader *loader, const struct yaml_node *node)
{
    struct str name = load_str(loader, node);
    if (str_find_char(name, '.') != SIZE_MAX) {
        add_recall(loader, node, name);
        return;
    }
    struct variable *filled = variable(loader, name, load_place(node));
    if (filled != NULL && filled->profile.n > 0)
        load_fault(loader, load_place(node), "`%.*s` is filled from the field `%.*s` already; take one out",
                   STR_ARG(name), STR_ARG(filled->profile));
    else if (filled != NULL)
        filled->profile = node->key;
}

static void add_profile(struct loader *loader, const struct yaml_node *profile)
{
    if (profile == NULL)
        return;
    if (profile->kind != YAML_MAP) {
        load_fault(loader, load_place(profile), "`profile` is a map from the platform's fields to variables");
        return;
    }
    for (const struct yaml_node *node = profile->child; node != NULL && loader->rc == OK; node = node->next) {
        add_field(loader, node);
        load_settle(loader);
    }
}

/* What is known of a variable's values: only what a question alone decides. */
static void type_variables(struct loader *loader)
{
    const struct definition *def = loader->definition;
    for (size_t i = 0; i < def->names.n; i++) {
        if (def->slots[i].kind != SLOT_VARIABLE)
            continue;
        const struct variable *variable = &def->variables[def->slots[i].index];
        if (variable->ask != NULL && !variable->is_set)
            loader->names[i].type = answer_type(variable->ask->type);
    }
}

/* ── lets, tables, catalogs ────────────────────────────────────────────────────────────────────────────────────── */

static bool is_map(struct loader *loader, const struct yaml_node *node, const char *sentence)
{
    if (node != NULL && node->kind != YAML_MAP)
        load_fault(loader, load_place(node), "%s", sentence);
    return node != NULL && loader->rc == OK;
}

static void add_let(struct loader *loader, const struct yaml_node *node)
{
    struct definition *def = loader->definition;
    add_name(loader, node->key, (struct slot){SLOT_LET, def->n_lets}, load_key_place(node));
    if (loader->rc == OK)
        loader->lets[def->n_lets++] = (struct let){.name = node->key, .written = node, .at = load_key_place(node)};
    load_settle(loader);
}

static void add_lets(struct loader *loader, const struct yaml_node *lets)
{
    if (!is_map(loader, lets, "`let` is a map from names to expressions"))
        return;
    for (const struct yaml_node *node = lets->child; node != NULL && loader->rc == OK; node = node->next)
        add_let(loader, node);
}

static void add_rules(struct loader *loader, struct str name, const struct yaml_node *node)
{
    struct definition *def = loader->definition;
    add_name(loader, name, (struct slot){SLOT_TABLE, def->n_tables}, load_key_place(node));
    if (loader->rc != OK)
        return;
    loader->tables[def->n_tables++] = (struct named_table){.name = name, .written = node, .at = load_key_place(node)};
    load_table_type(loader, node, &loader->names[def->names.n - 1]);
}

static void add_decision(struct loader *loader, struct str name, const struct yaml_node *node)
{
    struct definition *def = loader->definition;
    add_name(loader, name, (struct slot){SLOT_DECISION, def->n_decisions}, load_key_place(node));
    if (loader->rc != OK)
        return;
    struct named_decision *decision = &loader->decisions[def->n_decisions++];
    *decision = (struct named_decision){.name = name, .written = node, .at = load_key_place(node)};
    load_decision(loader, decision, &loader->names[def->names.n - 1]);
}

static void add_table(struct loader *loader, struct str name, const struct yaml_node *node)
{
    if (load_is_decision(node))
        add_decision(loader, name, node);
    else
        add_rules(loader, name, node);
    load_settle(loader);
}

/* ── tables with variants ──────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_outputs(const struct yaml_node *table, const struct yaml_node *of)
{
    const struct yaml_node *mine = yaml_get(table, STR("outputs")), *theirs = yaml_get(of, STR("outputs"));
    if (mine == NULL || theirs == NULL || mine->n != theirs->n)
        return mine == theirs;
    const struct yaml_node *a = mine->child, *b = theirs->child;
    while (a != NULL && str_eq(load_output_name(a), load_output_name(b))) {
        a = a->next;
        b = b->next;
    }
    return a == NULL;
}

/* Whoever uses the table must find the same in each. */
static void check_outputs(struct loader *loader, const struct yaml_node *table, const struct yaml_node *first)
{
    bool decided = load_is_decision(table) || load_is_decision(first) || table->kind != YAML_MAP;
    if (decided || has_outputs(table, first))
        return;
    const struct yaml_node *outputs = yaml_get(table, STR("outputs"));
    load_fault(loader, outputs == NULL ? load_key_place(table) : load_place(outputs),
               "the variants `%.*s` and `%.*s` of a table have different outputs; give them the same names in the same "
               "order",
               STR_ARG(first->key), STR_ARG(table->key));
    load_settle(loader);
}

static void add_varied_table(struct loader *loader, const struct yaml_node *node)
{
    const struct yaml_node *const *arms = NULL;
    const struct split *split = load_varied(loader, node, &arms);
    for (size_t i = 0; split != NULL && i < split->n_arms && loader->rc == OK; i++) {
        add_table(loader, load_arm_name(loader, node->key, split->arms[i].value), arms[i]);
        check_outputs(loader, arms[i], arms[0]);
    }
    const struct yaml_node *pick = split == NULL ? NULL : load_pick(loader, node, split);
    if (pick != NULL)
        add_let(loader, pick);
    load_settle(loader);
}

static size_t count_tables(const struct yaml_node *tables)
{
    size_t n = 0;
    for (const struct yaml_node *node = tables->child; node != NULL; node = node->next)
        n += load_is_varied(node) ? node->n : 1;
    return n;
}

static void add_tables(struct loader *loader, const struct yaml_node *tables)
{
    struct definition *def = loader->definition;
    if (!is_map(loader, tables, "`tables` is a map from names to decision tables"))
        return;
    size_t n = count_tables(tables);
    loader->tables = load_alloc(loader, n, sizeof *loader->tables);
    loader->decisions = load_alloc(loader, n, sizeof *loader->decisions);
    def->tables = loader->tables;
    def->decisions = loader->decisions;
    for (const struct yaml_node *node = tables->child; node != NULL && loader->rc == OK; node = node->next) {
        if (load_is_varied(node))
            add_varied_table(loader, node);
        else
            add_table(loader, node->key, node);
    }
}

static void add_catalogs(struct loader *loader, const struct yaml_node *catalogs)
{
    struct definition *def = loader->definition;
    if (!is_map(loader, catalogs, "`catalog` is a map from names to lists of records"))
        return;
    loader->catalogs = load_alloc(loader, catalogs->n, sizeof *loader->catalogs);
    def->catalogs = loader->catalogs;
    for (const struct yaml_node *node = catalogs->child; node != NULL && loader->rc == OK; node = node->next) {
        add_name(loader, node->key, (struct slot){SLOT_CATALOG, def->n_catalogs}, load_key_place(node));
        if (loader->rc == OK) {
            struct catalog *catalog = &loader->catalogs[def->n_catalogs++];
            *catalog = (struct catalog){.name = node->key, .at = load_key_place(node)};
            load_catalog(loader, node, catalog);
            load_catalog_type(loader, catalog, &loader->names[def->names.n - 1]);
        }
        load_settle(loader);
    }
}

/* Room for the lets of the flow, and for those that pick a table of an arm. */
static void make_room_for_lets(struct loader *loader, const struct yaml_node *lets, const struct yaml_node *tables)
{
    size_t n = (lets == NULL ? 0 : lets->n) + (tables == NULL ? 0 : tables->n);
    loader->lets = load_alloc(loader, n, sizeof *loader->lets);
    loader->definition->lets = loader->lets;
}

void load_names(struct loader *loader, const struct yaml_node *root)
{
    make_room_for_lets(loader, load_get(loader, root, "let"), load_get(loader, root, "tables"));
    add_splits(loader);
    add_step_variables(loader);
    add_profile(loader, load_get(loader, root, "profile"));
    load_settle(loader);
    type_variables(loader);
    add_lets(loader, load_get(loader, root, "let"));
    load_settle(loader);
    add_tables(loader, load_get(loader, root, "tables"));
    load_settle(loader);
    add_catalogs(loader, load_get(loader, root, "catalog"));
    load_settle(loader);
}
