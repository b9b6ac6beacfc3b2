/* `variants`: what they are called, and what stands for each of them.
 *
 *   variants: {greeting: {short: 1, long: 1}}            at the top: a name, its arms, their weights
 *   {variants: greeting, short: …, long: …}              in the place of a text, a step (or a list of steps), a table
 *
 * The name is a variable like one that was asked, whose value is an arm; so the rest is told in words that the flow has
 * already, and the engine and the checker need to know nothing of it but for texts: a step gets the condition
 * `greeting = "short"`, a table becomes a table for each arm and a `let` that picks one. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "flows/rules/feel_ast.h"
#include "flows/survey/load.h"
#include "flows/survey/split.h"

#include "bot/base/banned.h"

/* ── at the top ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void load_arm(struct loader *loader, const struct yaml_node *node, struct split *split)
{
    bool list = node->key.n == 0; /* [short, long]: all alike */
    struct str name = list ? load_str(loader, node) : node->key;
    struct place at = list ? load_place(node) : load_key_place(node);
    if (loader->rc == OK && (!feel_is_name(name) || str_eq(name, STR("variants"))))
        load_fault(loader, at, "`%.*s` cannot be the name of a variant; use letters, digits and _", STR_ARG(name));
    for (size_t i = 0; i < split->n_arms; i++)
        if (loader->rc == OK && str_eq(split->arms[i].value, name))
            load_fault(loader, at, "`%.*s` is there twice; give each variant its own name", STR_ARG(name));
    int64_t weight = list ? 1 : load_whole(loader, node, 0, SPLIT_MAX_WEIGHT);
    if (loader->rc != OK)
        return;
    struct option *arms = (struct option *)split->arms;
    arms[split->n_arms] = (struct option){.value = name, .value_key = name, .at = at};
    split->weights[split->n_arms++] = weight;
}

static void load_split(struct loader *loader, const struct yaml_node *node, struct split *split)
{
    int64_t total = 0;
    *split = (struct split){.name = node->key, .at = load_key_place(node)};
    if ((node->kind != YAML_MAP && node->kind != YAML_LIST) || node->n < 2 || node->n > SPLIT_MAX_ARMS) {
        load_fault(loader, load_place(node),
                   "`%.*s` needs 2 to %d variants with their weights; write {short: 1, long: 1}", STR_ARG(node->key),
                   SPLIT_MAX_ARMS);
        return;
    }
    split->arms = load_alloc(loader, node->n, sizeof *split->arms);
    split->weights = load_alloc(loader, node->n, sizeof *split->weights);
    for (const struct yaml_node *arm = node->child; arm != NULL && loader->rc == OK; arm = arm->next) {
        load_arm(loader, arm, split);
        load_settle(loader);
    }
    for (size_t i = 0; i < split->n_arms; i++)
        total += split->weights[i];
    if (loader->rc == OK && total == 0)
        load_fault(loader, split->at, "all weights of `%.*s` are 0; give one of them more", STR_ARG(split->name));
    split->ask =
        (struct ask){.type = ASK_CHOICE, .variable = split->name, .options = split->arms, .n_options = split->n_arms};
}

void load_splits(struct loader *loader, const struct yaml_node *root)
{
    struct definition *def = loader->definition;
    const struct yaml_node *map = load_get(loader, root, "variants");
    if (map == NULL)
        return;
    if (map->kind != YAML_MAP) {
        load_fault(loader, load_place(map),
                   "`variants` is a map from names to variants; write `variants: {greeting: {short: 1, long: 1}}`");
        return;
    }
    loader->splits = load_alloc(loader, map->n, sizeof *loader->splits);
    def->splits = loader->splits;
    for (const struct yaml_node *node = map->child; node != NULL && loader->rc == OK; node = node->next) {
        load_split(loader, node, &loader->splits[def->n_splits++]);
        load_settle(loader);
    }
}

/* ── where they are used ───────────────────────────────────────────────────────────────────────────────────────────── */

bool load_is_varied(const struct yaml_node *node)
{
    return node != NULL && node->kind == YAML_MAP && yaml_get(node, STR("variants")) != NULL;
}

static const struct split *find_split(struct loader *loader, const struct yaml_node *node)
{
    const struct definition *def = loader->definition;
    struct str name = load_str(loader, node);
    const char **known = load_alloc(loader, def->n_splits, sizeof *known);
    for (size_t i = 0; i < def->n_splits && loader->rc == OK; i++) {
        if (str_eq(def->splits[i].name, name))
            return &def->splits[i];
        known[i] = arena_copy(loader->arena, def->splits[i].name).p;
    }
    struct str meant = loader->rc == OK ? yaml_suggest(name, known, def->n_splits) : STR("");
    if (meant.n > 0)
        load_fault(loader, load_place(node), "no `variants` are called `%.*s`; did you mean `%.*s`?", STR_ARG(name),
                   STR_ARG(meant));
    else
        load_fault(loader, load_place(node),
                   "no `variants` are called `%.*s`; name them at the top: `variants: {%.*s: {short: 1, long: 1}}`",
                   STR_ARG(name), STR_ARG(name));
    return NULL;
}

/* Nothing but `variants` and the arms. */
static void check_arm_keys(struct loader *loader, const struct yaml_node *node, const struct split *split)
{
    const char *known[SPLIT_MAX_ARMS + 1] = {"variants"};
    for (size_t i = 0; i < split->n_arms; i++)
        known[i + 1] = arena_copy(loader->arena, split->arms[i].value).p;
    load_keys(loader, node, "what has variants", known, split->n_arms + 1);
}

const struct split *load_varied(struct loader *loader, const struct yaml_node *node,
                                const struct yaml_node *const **ret_arms)
{
    const struct split *split = find_split(loader, yaml_get(node, STR("variants")));
    if (split == NULL || loader->rc != OK)
        return NULL;
    const struct yaml_node **arms = load_alloc(loader, split->n_arms, sizeof(void *));
    check_arm_keys(loader, node, split);
    for (size_t i = 0; i < split->n_arms && loader->rc == OK; i++) {
        arms[i] = load_get(loader, node, arena_copy(loader->arena, split->arms[i].value).p);
        if (arms[i] == NULL)
            load_fault(loader, load_place(node), "the variant `%.*s` of `%.*s` is missing; write what stands for it",
                       STR_ARG(split->arms[i].value), STR_ARG(split->name));
    }
    *ret_arms = arms;
    return loader->rc == OK ? split : NULL;
}

/* ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The list of steps while it grows; nodes are copied, since each knows the one behind it. */
struct growing {
    struct loader *loader;
    struct yaml_node **end;
    size_t n;
};

static void add_step(struct growing *steps, const struct yaml_node *step, struct load_arm arm)
{
    struct loader *loader = steps->loader;
    struct yaml_node *copy = load_alloc(loader, 1, sizeof *copy);
    loader->arms = load_grow(loader, loader->arms, steps->n, sizeof *loader->arms);
    if (loader->rc != OK)
        return;
    *copy = *step;
    copy->next = NULL;
    *steps->end = copy;
    steps->end = &copy->next;
    loader->arms[steps->n++] = arm;
}

static void add_varied(struct growing *steps, const struct yaml_node *node)
{
    const struct yaml_node *const *arms = NULL;
    const struct split *split = load_varied(steps->loader, node, &arms);
    for (size_t i = 0; split != NULL && i < split->n_arms; i++) {
        struct load_arm arm = {split, i};
        bool list = arms[i]->kind == YAML_LIST;
        for (const struct yaml_node *step = list ? arms[i]->child : arms[i]; step != NULL;
             step = list ? step->next : NULL) {
            if (load_is_varied(step))
                load_fault(steps->loader, load_place(step), "variants within variants; give them a name of their own");
            else
                add_step(steps, step, arm);
        }
    }
}

void load_varied_steps(struct loader *loader)
{
    if (loader->steps == NULL || loader->rc != OK)
        return;
    struct yaml_node *list = load_alloc(loader, 1, sizeof *list);
    if (list == NULL)
        return;
    *list = *loader->steps;
    struct growing steps = {.loader = loader, .end = &list->child};
    for (const struct yaml_node *node = loader->steps->child; node != NULL && loader->rc == OK; node = node->next) {
        if (load_is_varied(node))
            add_varied(&steps, node);
        else
            add_step(&steps, node, (struct load_arm){0});
        load_settle(loader);
    }
    list->n = steps.n;
    loader->steps = list;
    if (loader->rc == OK && (steps.n == 0 || steps.n > LOAD_MAX_STEPS))
        load_fault(loader, load_place(list), "a flow has 1 to %d steps, not %zu", LOAD_MAX_STEPS, steps.n);
}

static struct str is_in_arm(struct loader *loader, const struct load_arm *arm)
{
    return arena_format(loader->arena, "%.*s = \"%.*s\"", STR_ARG(arm->split->name),
                        STR_ARG(arm->split->arms[arm->arm].value));
}

/* What gilbot wrote itself is at fault only where names are missing, and that is said of their own places. */
static const struct feel_expr *compile(struct loader *loader, struct str text, struct place at)
{
    const struct feel_expr *expr = NULL;
    struct error error = {0};
    struct feel_source source = {.text = text, .file = loader->file, .line = at.line, .column = at.column};
    struct feel_compiler compiler = {.arena = loader->arena, .names = &loader->definition->names, .error = &error};
    if (text.p == NULL || feel_compile(&compiler, &source, &expr) == ERR_NO_MEMORY)
        load_no_memory(loader);
    return expr;
}

const struct feel_expr *load_condition(struct loader *loader, const struct feel_expr *own, size_t step)
{
    const struct load_arm *arm = &loader->arms[step];
    if (arm->split == NULL || loader->rc != OK)
        return own;
    struct str in_arm = is_in_arm(loader, arm);
    if (own == NULL)
        return compile(loader, in_arm, loader->step_items[step].at);
    /* the own condition stands where it was written: its places are right in messages */
    struct place at = {own->source.line, own->source.column - 1};
    return compile(loader, arena_format(loader->arena, "(%.*s) and %.*s", STR_ARG(own->source.text), STR_ARG(in_arm)),
                   at);
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct str load_arm_name(struct loader *loader, struct str table, struct str arm)
{
    struct str name = arena_format(loader->arena, "%.*s_%.*s", STR_ARG(table), STR_ARG(arm));
    if (name.p == NULL)
        load_no_memory(loader);
    return name;
}

const struct yaml_node *load_pick(struct loader *loader, const struct yaml_node *table, const struct split *split)
{
    struct yaml_node *node = load_alloc(loader, 1, sizeof *node);
    struct buf text;
    buf_init(&text, loader->arena, FEEL_MAX_SOURCE);
    for (size_t i = 0; i < split->n_arms; i++) {
        struct str arm = split->arms[i].value;
        if (i + 1 < split->n_arms)
            buf_addf(&text, "if %.*s = \"%.*s\" then ", STR_ARG(split->name), STR_ARG(arm));
        buf_addf(&text, "%.*s_%.*s%s", STR_ARG(table->key), STR_ARG(arm), i + 1 < split->n_arms ? " else " : "");
    }
    if (node == NULL || buf_failed(&text)) {
        load_no_memory(loader);
        return NULL;
    }
    *node = (struct yaml_node){
        .kind = YAML_STRING, .text = buf_str(&text), .key = table->key, .line = table->line, .column = table->column};
    node->key_line = table->key_line;
    node->key_column = table->key_column;
    return node;
}
