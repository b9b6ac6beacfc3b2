#include "flows/survey/load.h"

#include "bot/base/arena.h"
#include "bot/base/regex.h"
#include "bot/base/text.h"
#include "flows/survey/day.h"

#include "bot/base/banned.h"

enum { MAX_TRIES = 100, MAX_SCALE = 1000, MAX_TEXT = 5000 };

static const enum ask_type types[] = {ASK_CHOICE, ASK_CHOICES, ASK_NUMBER, ASK_TEXT,  ASK_YES_NO,
                                      ASK_SCALE,  ASK_DATE,    ASK_PHONE,  ASK_EMAIL, ASK_FILE};

static const char type_names[] = "choice, choices, number, text, yes_no, scale, date, phone, email, file";

void load_ask_type(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    const struct yaml_node *as = load_get(loader, map, "as");
    const char *names[COUNT_OF(types)];
    if (as == NULL) {
        load_fault(loader, load_place(map), "a question needs `as`; add one of %s", type_names);
        return;
    }
    struct str name = load_str(loader, as);
    ask->as_at = load_place(as);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        names[i] = ask_type_name(types[i]);
        ask->type = types[i];
        if (str_eq(name, str_of(names[i])))
            return;
    }
    struct str meant = yaml_suggest(name, names, COUNT_OF(names));
    if (meant.n > 0)
        load_fault(loader, ask->as_at, "`as: %.*s` is unknown; did you mean `%.*s`?", STR_ARG(name), STR_ARG(meant));
    else
        load_fault(loader, ask->as_at, "`as: %.*s` is unknown; write one of %s", STR_ARG(name), type_names);
}

/* Keys that mean something for some types only. */
static const struct {
    const char *key, *whom;
    unsigned types;
} fitting[] = {
    {"options", "choice and choices", 1u << ASK_CHOICE | 1u << ASK_CHOICES},
    {"min", "numbers, scales, counts of choices, lengths of text and dates",
     1u << ASK_CHOICES | 1u << ASK_NUMBER | 1u << ASK_TEXT | 1u << ASK_SCALE | 1u << ASK_DATE},
    {"max", "numbers, scales, counts of choices, lengths of text and dates",
     1u << ASK_CHOICES | 1u << ASK_NUMBER | 1u << ASK_TEXT | 1u << ASK_SCALE | 1u << ASK_DATE},
    {"integer", "numbers", 1u << ASK_NUMBER | 1u << ASK_SCALE},
    {"unit", "numbers", 1u << ASK_NUMBER},
    {"pattern", "text", 1u << ASK_TEXT},
};

static void check_keys(struct loader *loader, const struct yaml_node *map, enum ask_type type)
{
    for (size_t i = 0; i < COUNT_OF(fitting); i++) {
        const struct yaml_node *node = load_get(loader, map, fitting[i].key);
        if (node != NULL && (fitting[i].types & 1u << type) == 0)
            load_fault(loader, load_key_place(node), "`%s` is for %s, not for `as: %s`; take it out", fitting[i].key,
                       fitting[i].whom, ask_type_name(type));
        load_settle(loader);
    }
}

/* ── options ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* {value, label}, or a text that is both. */
static struct option read_option(struct loader *loader, const struct yaml_node *node)
{
    struct option option = {.at = load_place(node)};
    const struct yaml_node *value = node, *label = node;
    if (node->kind == YAML_MAP) {
        LOAD_KEYS(loader, node, "an option", "value", "label");
        value = load_get(loader, node, "value");
        label = load_get(loader, node, "label");
        if (value == NULL)
            load_fault(loader, load_place(node), "an option needs `value`; add it");
        if (label == NULL)
            label = value;
    }
    option.value = load_str(loader, value);
    option.labels = load_labels(loader, label, &option.n_labels);
    if (loader->rc == OK && text_match_key(loader->arena, option.value, &option.value_key) != OK)
        load_no_memory(loader);
    return option;
}

static void load_options(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    const struct yaml_node *list = load_get(loader, map, "options");
    if (list == NULL) {
        if (load_get(loader, map, "as") != NULL) /* else it was said that this is missing */
            load_fault(loader, load_place(map), "a question `as: %s` needs `options`; write a list of {value, label}",
                       ask_type_name(ask->type));
        return;
    }
    load_list(loader, list, "`options` is a list of {value, label}");
    if (loader->rc != OK)
        return;
    if (list->n == 0 || list->n > LOAD_MAX_OPTIONS) {
        load_fault(loader, load_place(list), "a question has 1 to %d options, not %zu", LOAD_MAX_OPTIONS, list->n);
        return;
    }
    struct option *options = load_alloc(loader, list->n, sizeof *options);
    size_t n = 0;
    for (const struct yaml_node *node = list->child; node != NULL && loader->rc == OK; node = node->next, n++) {
        options[n] = read_option(loader, node);
        for (size_t i = 0; i < n && loader->rc == OK; i++)
            if (str_eq(options[i].value, options[n].value))
                load_fault(loader, options[n].at, "another option has the value `%.*s`; give this one its own",
                           STR_ARG(options[n].value));
        load_settle(loader);
    }
    ask->options = options;
    ask->n_options = n;
}

/* ── bounds ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool day_of_iso(struct str text, int64_t *ret_day)
{
    int64_t year, month, day;
    return text.n == 10 && text.p[4] == '-' && text.p[7] == '-' && str_to_i64(str_first(text, 4), &year) &&
           str_to_i64((struct str){text.p + 5, 2}, &month) && str_to_i64(str_skip(text, 8), &day) &&
           day_of_date(year, month, day, ret_day);
}

/* "today", "today+30d", "today-2w": in days from today. */
static bool day_from_today(struct str text, int64_t *ret_days)
{
    enum { MOST = 100 * 366 };
    struct str rest = str_skip(text, STR("today").n);
    int64_t count = 0;
    if (!str_starts(text, STR("today")))
        return false;
    char unit = rest.n > 0 ? rest.p[rest.n - 1] : 'd';
    if (rest.n > 0 && ((rest.p[0] != '+' && rest.p[0] != '-') || rest.n < 3 || rest.n > 8 || rest.p[1] == '-' ||
                       !str_to_i64(str_first(str_skip(rest, 1), rest.n - 2), &count)))
        return false;
    count *= unit == 'w' ? 7 : 1;
    *ret_days = rest.n > 0 && rest.p[0] == '-' ? -count : count;
    return (unit == 'd' || unit == 'w') && count <= MOST;
}

/* Days since 1970-01-01, or from today. */
static struct decimal load_date(struct loader *loader, const struct yaml_node *node, bool *ret_from_today)
{
    struct str text = load_str(loader, node);
    int64_t days = 0;
    *ret_from_today = day_from_today(text, &days);
    if (!*ret_from_today && !day_of_iso(text, &days) && loader->rc == OK)
        load_fault(loader, load_place(node), "`%.*s` is no date; write it as 2026-03-05, today, today+30d or today-2w",
                   STR_ARG(text));
    return decimal_from_i64(days);
}

static struct decimal load_bound(struct loader *loader, const struct yaml_node *node, const struct ask *ask,
                                 bool *ret_from_today)
{
    switch (ask->type) {
    case ASK_DATE:
        return load_date(loader, node, ret_from_today);
    case ASK_CHOICES:
        return decimal_from_i64(load_whole(loader, node, 0, (int64_t)ask->n_options));
    case ASK_TEXT:
        return decimal_from_i64(load_whole(loader, node, 0, MAX_TEXT));
    case ASK_SCALE:
        return decimal_from_i64(load_whole(loader, node, -MAX_SCALE, MAX_SCALE));
    case ASK_NUMBER:
    case ASK_CHOICE:
    case ASK_YES_NO:
    case ASK_PHONE:
    case ASK_EMAIL:
    case ASK_FILE:
        break;
    }
    return load_number(loader, node);
}

static void load_bounds(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    const struct yaml_node *min = load_get(loader, map, "min"), *max = load_get(loader, map, "max");
    ask->has_min = min != NULL;
    ask->has_max = max != NULL;
    ask->min_at = load_place(min);
    ask->max_at = load_place(max);
    if (ask->type == ASK_SCALE && (min == NULL || max == NULL))
        load_fault(loader, ask->as_at, "a scale needs `min` and `max`; add them");
    load_settle(loader);
    size_t before = loader->faults.n;
    if (min != NULL)
        ask->min = load_bound(loader, min, ask, &ask->min_from_today);
    load_settle(loader);
    if (max != NULL)
        ask->max = load_bound(loader, max, ask, &ask->max_from_today);
    load_settle(loader);
    bool comparable = min != NULL && max != NULL && ask->min_from_today == ask->max_from_today;
    if (comparable && loader->faults.n == before && decimal_cmp(ask->min, ask->max) > 0)
        load_fault(loader, ask->max_at, "`max` is less than `min`; change one of them");
}

static void load_pattern(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    const struct yaml_node *node = load_get(loader, map, "pattern");
    if (node == NULL)
        return;
    ask->pattern_text = load_str(loader, node);
    struct load_pattern *kept = load_alloc(loader, 1, sizeof *kept);
    if (kept == NULL)
        return;
    struct error why = {0};
    if (regex_new(ask->pattern_text, "", &kept->regex, &why) != OK) {
        load_fault(loader, load_place(node), "this pattern cannot be used: %s", why.text);
        return;
    }
    kept->next = loader->patterns;
    loader->patterns = kept;
    ask->pattern = kept->regex;
}

static void load_tries(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    const struct yaml_node *tries = load_get(loader, map, "tries"), *otherwise = load_get(loader, map, "otherwise");
    if ((tries == NULL) != (otherwise == NULL))
        load_fault(loader, load_key_place(tries == NULL ? otherwise : tries),
                   "`tries` and `otherwise` go together: how many misfits, and the step after them; add the other");
    if (tries == NULL || loader->rc != OK)
        return;
    ask->tries = (size_t)load_whole(loader, tries, 1, MAX_TRIES);
    ask->otherwise = load_step(loader, otherwise);
    ask->tries_at = load_place(tries);
    ask->otherwise_at = load_place(otherwise);
}

static bool load_flag(struct loader *loader, const struct yaml_node *map, const char *key)
{
    bool flag = load_bool(loader, load_get(loader, map, key));
    load_settle(loader);
    return flag;
}

static size_t variable_of(const struct definition *def, const struct ask *ask)
{
    for (size_t i = 0; i < def->n_variables; i++)
        if (def->variables[i].ask == ask)
            return i;
    return SIZE_MAX;
}

/* What there is for each type. */
static void load_details(struct loader *loader, const struct yaml_node *map, struct ask *ask)
{
    check_keys(loader, map, ask->type);
    if (ask->type == ASK_CHOICE || ask->type == ASK_CHOICES)
        load_options(loader, map, ask);
    bool has_options = loader->rc == OK;
    load_settle(loader);
    if (has_options) /* of how many `min` may be is not known without */
        load_bounds(loader, map, ask);
    load_settle(loader);
    load_pattern(loader, map, ask);
    load_settle(loader);
    ask->unit = load_str(loader, load_get(loader, map, "unit"));
    load_settle(loader);
    ask->integer = load_flag(loader, map, "integer") || ask->type == ASK_SCALE;
}

void load_ask(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    struct ask *ask = &step->ask;
    ask->variable = step->id;
    ask->variable_index = variable_of(loader->definition, ask);
    ask->text = load_text(loader, load_get(loader, map, "ask"));
    load_settle(loader);
    if (loader->broken[step - loader->step_items] == LOAD_WHOLE)
        load_details(loader, map, ask);
    load_tries(loader, map, ask);
    load_settle(loader);
    ask->optional = load_flag(loader, map, "optional");
    ask->always = load_flag(loader, map, "always");
    ask->retry = load_text(loader, load_get(loader, map, "retry"));
    load_settle(loader);
    const struct yaml_node *label = load_get(loader, map, "label");
    if (label != NULL)
        ask->labels = load_labels(loader, label, &ask->n_labels);
}
