/* What stands before a test's talk begins.  `with`: what is known of the person, as the platform's profile and as answers of
 * other flows.  `variants`: in which of the flow's the person is. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "flows/survey/load.h"
#include "flows/survey/memory.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { MAX_KNOWN_BYTES = 1024 * 1024, MAX_LIST_BYTES = 200 };

struct reading {
    struct loader *loader;
    const struct definition *definition;
};

static bool is_known_before(const struct variable *variable)
{
    return variable->profile.n > 0 || variable->recall.flow.n > 0;
}

/* "name, height, age" */
static struct str names_before(struct reading *reading)
{
    const struct definition *def = reading->definition;
    struct buf list;
    buf_init(&list, reading->loader->arena, MAX_LIST_BYTES);
    for (size_t i = 0; i < def->n_variables && !buf_failed(&list); i++)
        if (is_known_before(&def->variables[i]))
            buf_addf(&list, "%s%.*s", list.n == 0 ? "" : ", ", STR_ARG(def->variables[i].name));
    return buf_str(&list);
}

static struct str name_meant(struct reading *reading, struct str name)
{
    const struct definition *def = reading->definition;
    const char **known = load_alloc(reading->loader, def->n_variables, sizeof *known);
    size_t n = 0;
    for (size_t i = 0; i < def->n_variables && known != NULL; i++) {
        if (is_known_before(&def->variables[i]))
            known[n++] = arena_copy(reading->loader->arena, def->variables[i].name).p;
        if (n > 0 && known[n - 1] == NULL)
            load_no_memory(reading->loader);
    }
    return reading->loader->rc == OK ? yaml_suggest(name, known, n) : STR("");
}

static void unknown_name(struct reading *reading, const struct yaml_node *node)
{
    const struct definition *def = reading->definition;
    struct loader *loader = reading->loader;
    struct place at = load_key_place(node);
    struct str names = names_before(reading), meant = name_meant(reading, node->key);
    for (size_t i = 0; i < def->n_variables; i++) {
        const struct variable *variable = &def->variables[i];
        if (str_eq(variable->profile, node->key))
            load_fault(loader, at, "`%.*s` is the platform's field; write the variable that it fills: `%.*s`",
                       STR_ARG(node->key), STR_ARG(variable->name));
        else if (str_eq(variable->name, node->key))
            load_fault(loader, at,
                       "`%.*s` is not in the flow's `profile`, so nobody knows it before; answer its question, "
                       "or add it there",
                       STR_ARG(node->key));
    }
    if (names.n == 0)
        load_fault(loader, at, "the flow has no `profile`, so nothing is known before; add one, or take `with` out");
    else if (meant.n > 0)
        load_fault(loader, at, "the profile fills no `%.*s`; did you mean `%.*s`?", STR_ARG(node->key), STR_ARG(meant));
    else
        load_fault(loader, at, "the profile fills no `%.*s`; it fills %.*s", STR_ARG(node->key), STR_ARG(names));
}

static const struct variable *variable_before(struct reading *reading, const struct yaml_node *node)
{
    const struct definition *def = reading->definition;
    for (size_t i = 0; i < def->n_variables; i++)
        if (str_eq(def->variables[i].name, node->key) && is_known_before(&def->variables[i]))
            return &def->variables[i];
    unknown_name(reading, node);
    return NULL;
}

/* One more member of an object that is being written. */
static void add_known(struct reading *reading, struct buf *json, struct str key, const struct yaml_node *node)
{
    struct value value = load_value(reading->loader, node);
    if (reading->loader->rc != OK || value.kind == VALUE_NULL)
        return;
    if (json->n > 1)
        buf_add_char(json, ',');
    struct value text = value_string(key);
    enum err rc = memory_write(json, &text, NULL);
    buf_add_char(json, ':');
    if (rc == OK)
        rc = memory_write(json, &value, NULL);
    if (rc != OK || buf_failed(json))
        load_fault(reading->loader, load_place(node), "this is too large for a profile; shorten it");
}

/* What the platform would say of the person. */
static void load_profile(struct reading *reading, const struct yaml_node *with, struct trial *trial)
{
    struct buf json;
    buf_init(&json, reading->loader->arena, MAX_KNOWN_BYTES);
    buf_add_char(&json, '{');
    for (const struct yaml_node *node = with->child; node != NULL; node = node->next) {
        const struct variable *variable = variable_before(reading, node);
        if (variable != NULL && variable->profile.n > 0)
            add_known(reading, &json, variable->profile, node);
        load_settle(reading->loader);
    }
    buf_add_char(&json, '}');
    trial->profile = buf_str(&json);
}

/* What the person answered in the flow called `name`. */
static void load_past(struct reading *reading, const struct yaml_node *with, struct str name,
                      struct flow_past *ret_past)
{
    const struct definition *def = reading->definition;
    struct buf json;
    buf_init(&json, reading->loader->arena, MAX_KNOWN_BYTES);
    buf_add_char(&json, '{');
    for (size_t i = 0; i < def->n_variables; i++) {
        const struct variable *variable = &def->variables[i];
        const struct yaml_node *node = yaml_get(with, variable->name);
        if (node != NULL && variable->profile.n == 0 && str_eq(variable->recall.flow, name))
            add_known(reading, &json, variable->recall.variable, node);
        load_settle(reading->loader);
    }
    buf_add_char(&json, '}');
    struct str data = arena_format(reading->loader->arena, "{\"answers\":%.*s}", STR_ARG(buf_str(&json)));
    if (data.p == NULL)
        load_no_memory(reading->loader);
    *ret_past = (struct flow_past){.flow = name, .data = data};
}

void load_with(struct loader *loader, const struct definition *definition, const struct yaml_node *with,
               struct trial *trial)
{
    struct reading reading = {loader, definition};
    struct strs recalls = definition->recalls;
    if (with == NULL)
        return;
    if (with->kind != YAML_MAP) {
        load_fault(loader, load_place(with), "`with` is a map of variables and their values; write `name: …`");
        return;
    }
    load_profile(&reading, with, trial);
    struct flow_past *past = load_alloc(loader, recalls.n, sizeof *past);
    for (size_t i = 0; i < recalls.n && past != NULL; i++)
        load_past(&reading, with, recalls.items[i], &past[i]);
    trial->past = past;
    trial->n_past = past == NULL ? 0 : recalls.n;
}

/* ── variants ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct split *find_split(const struct definition *definition, struct str name)
{
    for (size_t i = 0; i < definition->n_splits; i++)
        if (str_eq(definition->splits[i].name, name))
            return &definition->splits[i];
    return NULL;
}

static bool has_arm(const struct split *split, struct str value)
{
    size_t i = 0;
    while (i < split->n_arms && !str_eq(split->arms[i].value, value))
        i++;
    return i < split->n_arms;
}

/* "greeting: long, greeting: short" */
static struct str arms_there(struct loader *loader, const struct definition *definition)
{
    struct buf list;
    buf_init(&list, loader->arena, MAX_LIST_BYTES);
    for (size_t i = 0; i < definition->n_splits; i++)
        for (size_t k = 0; k < definition->splits[i].n_arms && !buf_failed(&list); k++)
            buf_addf(&list, "%s%.*s: %.*s", list.n == 0 ? "" : ", ", STR_ARG(definition->splits[i].name),
                     STR_ARG(definition->splits[i].arms[k].value));
    return buf_str(&list);
}

void load_chosen(struct loader *loader, const struct definition *definition, const struct yaml_node *variants,
                 struct trial *trial)
{
    if (variants == NULL)
        return;
    if (variants->kind != YAML_MAP) {
        load_fault(loader, load_place(variants),
                   "`variants` is a map; write the one that the person is in: `NAME: VALUE`");
        return;
    }
    struct flow_variant *chosen = load_alloc(loader, variants->n, sizeof *chosen);
    size_t n = 0;
    for (const struct yaml_node *node = chosen == NULL ? NULL : variants->child; node != NULL; node = node->next) {
        struct str value = load_str(loader, node);
        const struct split *split = find_split(definition, node->key);
        if (loader->rc == OK && definition->n_splits == 0)
            load_fault(loader, load_key_place(node), "the flow has no `variants`; take this out");
        else if (loader->rc == OK && (split == NULL || !has_arm(split, value)))
            load_fault(loader, load_key_place(node), "the flow has no such variant; it has %.*s",
                       STR_ARG(arms_there(loader, definition)));
        chosen[n++] = (struct flow_variant){.name = node->key, .value = value};
        load_settle(loader);
    }
    trial->variants = chosen;
    trial->n_variants = n;
}
