#include "flows/survey/load.h"

#include "bot/base/arena.h"

#include "bot/base/banned.h"

/* ── targets ───────────────────────────────────────────────────────────────────────────────────────────────────── */

size_t load_step(struct loader *loader, const struct yaml_node *id)
{
    const struct definition *def = loader->definition;
    struct str name = load_str(loader, id);
    if (loader->rc != OK || id == NULL)
        return 0;
    const char *known[LOAD_MAX_NAMES];
    size_t n_known = 0;
    for (size_t i = 0; i < def->n_steps; i++) {
        if (str_eq(def->steps[i].id, name))
            return i;
        if (def->steps[i].id.n > 0 && n_known < COUNT_OF(known))
            known[n_known++] = arena_copy(loader->arena, def->steps[i].id).p;
    }
    struct str meant = yaml_suggest(name, known, n_known);
    if (meant.n > 0)
        load_fault(loader, load_place(id), "no step has the id `%.*s`; did you mean `%.*s`?", STR_ARG(name),
                   STR_ARG(meant));
    else
        load_fault(loader, load_place(id), "no step has the id `%.*s`; give one this `id`", STR_ARG(name));
    return 0;
}

static struct jump load_jump(struct loader *loader, const struct yaml_node *node, bool last)
{
    LOAD_KEYS(loader, node, "one way of `next`", "when", "go");
    const struct yaml_node *when = load_get(loader, node, "when"), *go = load_get(loader, node, "go");
    if (go == NULL)
        load_fault(loader, load_place(node), "a way of `next` needs `go`: a step's id; add it");
    if (when == NULL && !last)
        load_fault(loader, load_place(node), "only the last way of `next` has no `when`; add one, or move it down");
    if (when != NULL && last)
        load_fault(loader, load_place(when), "the last way of `next` has no `when`: it is for all else; add `{go: …}`");
    load_settle(loader);
    struct jump jump = {.when = load_expr(loader, when), .at = load_place(go)};
    load_settle(loader);
    jump.to = load_step(loader, go);
    return jump;
}

static void load_next(struct loader *loader, const struct yaml_node *node, struct step *step)
{
    if (loader->rc != OK || node == NULL)
        return;
    bool list = node->kind == YAML_LIST;
    size_t n = list ? node->n : 1;
    struct jump *jumps = load_alloc(loader, n, sizeof *jumps);
    if (list && n == 0)
        load_fault(loader, load_place(node), "`next` is empty; write a step's id, or take it out");
    const struct yaml_node *item = list ? node->child : node;
    for (size_t i = 0; i < n && loader->rc == OK; i++, item = item->next) {
        jumps[i] = list ? load_jump(loader, item, i + 1 == n)
                        : (struct jump){.to = load_step(loader, item), .at = load_place(item)};
        load_settle(loader);
    }
    step->next = jumps;
    step->n_next = n;
}

/* ── the kinds ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct say_button load_button(struct loader *loader, const struct yaml_node *node)
{
    LOAD_KEYS(loader, node, "a button", "label", "url");
    const struct yaml_node *label = load_get(loader, node, "label"), *url = load_get(loader, node, "url");
    if (label == NULL || url == NULL)
        load_fault(loader, load_place(node), "a button needs `label` and `url`; add what is missing");
    struct say_button button = {.label = load_text(loader, label)};
    load_settle(loader);
    button.url = load_text(loader, url);
    return button;
}

static void load_say(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    struct say *say = &step->say;
    say->text = load_text(loader, load_get(loader, map, "say"));
    load_settle(loader);
    say->image = load_text(loader, load_get(loader, map, "image"));
    load_settle(loader);
    const struct yaml_node *buttons = load_get(loader, map, "buttons");
    if (buttons == NULL)
        return;
    load_list(loader, buttons, "`buttons` is a list of {label, url}");
    say->buttons = load_alloc(loader, buttons->n, sizeof *say->buttons);
    for (const struct yaml_node *node = buttons->child; node != NULL && loader->rc == OK; node = node->next) {
        say->buttons[say->n_buttons++] = load_button(loader, node);
        load_settle(loader);
    }
}

/* EXPR, or '{EXPR}' as in texts.  What is a whole as it stands is a context: {id: "a"}. */
static const struct feel_expr *load_item(struct loader *loader, const struct yaml_node *node)
{
    if (loader->rc != OK)
        return NULL;
    struct str text = str_trim(node->text);
    bool braced = text.n > 2 && text.p[0] == '{' && load_expr_end(text, 1) == text.n - 1;
    if (!braced)
        return load_expr(loader, node);
    size_t from = (size_t)(text.p - node->text.p);
    struct feel_source whole = load_source(loader, node, from, text.n);
    struct feel_compiler compiler = {.arena = loader->arena, .names = &loader->definition->names};
    const struct feel_expr *context = NULL;
    if (feel_compile(&compiler, &whole, &context) == OK)
        return context;
    return load_expr_part(loader, node, from + 1, text.n - 2);
}

static void load_recommend(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *item = load_get(loader, map, "recommend");
    step->recommend = (struct recommend){.item = load_item(loader, item), .at = load_place(item)};
    load_settle(loader);
    step->recommend.text = load_text(loader, load_get(loader, map, "text"));
    load_settle(loader);
    step->recommend.button = load_text(loader, load_get(loader, map, "button"));
}

static void load_hand_over(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *node = load_get(loader, map, "hand_over");
    LOAD_KEYS(loader, node, "`hand_over`", "to", "note");
    const struct yaml_node *to = load_get(loader, node, "to");
    if (to == NULL)
        load_fault(loader, load_place(node), "`hand_over` needs `to`: whom; add it");
    step->hand_over = (struct hand_over){.to = load_str(loader, to), .to_at = load_place(to)};
    load_settle(loader);
    step->hand_over.note = load_text(loader, load_get(loader, node, "note"));
}

static size_t variable_index(const struct definition *def, struct str name)
{
    for (size_t i = 0; i < def->n_variables; i++)
        if (str_eq(def->variables[i].name, name))
            return i;
    return SIZE_MAX;
}

static void load_set(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *node = load_get(loader, map, "set");
    if (node->kind != YAML_MAP || node->n == 0) {
        load_fault(loader, load_place(node), "`set` is a map from variables to expressions; write `set: {count: 1}`");
        return;
    }
    struct set *items = load_alloc(loader, node->n, sizeof *items);
    size_t n = 0;
    for (const struct yaml_node *child = node->child; child != NULL && loader->rc == OK; child = child->next) {
        items[n++] = (struct set){
            .variable = variable_index(loader->definition, child->key),
            .expr = load_expr(loader, child),
            .at = load_key_place(child),
        };
        load_settle(loader);
    }
    step->set.items = items;
    step->set.n = n;
}

static void load_tag(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *node = load_get(loader, map, "tag");
    bool list = node->kind == YAML_LIST;
    size_t n = list ? node->n : 1;
    struct text *items = load_alloc(loader, n, sizeof *items);
    const struct yaml_node *item = list ? node->child : node;
    if (n == 0)
        load_fault(loader, load_place(node), "`tag` is empty; write a list of texts");
    for (size_t i = 0; i < n && loader->rc == OK; i++, item = item->next) {
        items[i] = load_text(loader, item);
        load_settle(loader);
    }
    step->tag.items = items;
    step->tag.n = n;
}

static void load_go(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *node = load_get(loader, map, "go"), *next = load_get(loader, map, "next");
    step->go = (struct jump){.to = load_step(loader, node), .at = load_place(node)};
    if (next != NULL)
        load_fault(loader, load_key_place(next), "`go` goes where it says; take `next` out");
}

static void load_end(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct yaml_node *node = load_get(loader, map, "end");
    struct str outcome = load_str(loader, node);
    step->stopped = str_eq(outcome, STR("stopped"));
    if (loader->rc == OK && !step->stopped && !str_eq(outcome, STR("done")))
        load_fault(loader, load_place(node), "`end` is `done` or `stopped`; write one of them");
}

/* ── any step ──────────────────────────────────────────────────────────────────────────────────────────────────── */

#define EVERY_STEP "id", "when", "pause", "next"

static const struct kind {
    const char *key, *what;
    void (*load)(struct loader *loader, const struct yaml_node *map, struct step *step);
    const char *keys[24]; /* NULL ends it */
} kinds[] = {
    [STEP_SAY] = {"say", "a `say` step", load_say, {"say", "buttons", "image", EVERY_STEP}},
    [STEP_ASK] = {"ask",
                  "a question",
                  load_ask,
                  {"ask", "as", "options", "min", "max", "integer", "unit", "pattern", "optional", "retry", "tries",
                   "otherwise", "always", "label", EVERY_STEP}},
    [STEP_RECOMMEND] = {"recommend", "a `recommend` step", load_recommend, {"recommend", "text", "button", EVERY_STEP}},
    [STEP_HAND_OVER] = {"hand_over", "a `hand_over` step", load_hand_over, {"hand_over", EVERY_STEP}},
    [STEP_SET] = {"set", "a `set` step", load_set, {"set", EVERY_STEP}},
    [STEP_TAG] = {"tag", "a `tag` step", load_tag, {"tag", EVERY_STEP}},
    [STEP_GO] = {"go", "a `go` step", load_go, {"go", EVERY_STEP}},
    [STEP_END] = {"end", "an `end` step", load_end, {"end", EVERY_STEP}},
};

/* The kind by the key that is present. */
static enum step_kind kind_of(struct loader *loader, const struct yaml_node *map)
{
    const char *names[COUNT_OF(kinds)];
    size_t n = 0;
    enum step_kind kind = STEP_SAY;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        names[i] = kinds[i].key;
        if (map->kind != YAML_MAP || yaml_get(map, str_of(kinds[i].key)) == NULL)
            continue;
        if (n++ > 0)
            load_fault(loader, load_place(map), "`%s` and `%s` in one step; make it two steps", kinds[kind].key,
                       kinds[i].key);
        kind = (enum step_kind)i;
    }
    if (n > 0 && load_get(loader, map, kinds[kind].key) == NULL)
        load_fault(loader, load_key_place(yaml_get(map, str_of(kinds[kind].key))), "`%s` is empty; write something",
                   kinds[kind].key);
    if (n > 0 || loader->rc != OK)
        return kind;
    for (const struct yaml_node *node = map->kind == YAML_MAP ? map->child : NULL; node != NULL; node = node->next) {
        struct str meant = yaml_suggest(node->key, names, COUNT_OF(names));
        if (meant.n > 0)
            load_fault(loader, load_key_place(node), "`%.*s` is no kind of step; did you mean `%.*s`?",
                       STR_ARG(node->key), STR_ARG(meant));
    }
    load_fault(loader, load_place(map),
               "this is no step; write one of say, ask, recommend, hand_over, set, tag, go, end");
    return kind;
}

static bool id_is_taken(const struct definition *def, size_t index, struct str id)
{
    for (size_t i = 0; i < index; i++)
        if (str_eq(def->steps[i].id, id))
            return true;
    return false;
}

/* Kind, id and name of a step: what jumps may go to. */
static void begin_step(struct loader *loader, const struct yaml_node *map, size_t index)
{
    struct step *step = &loader->step_items[index];
    const struct yaml_node *id = load_get(loader, map, "id");
    step->kind = kind_of(loader, map);
    step->at = load_place(map);
    step->id_at = load_place(id);
    loader->broken[index] = loader->rc == OK ? LOAD_WHOLE : LOAD_NO_KIND;
    load_settle(loader);
    step->id = load_str(loader, id);
    step->name = step->id;
    if (loader->rc != OK)
        return;
    if (step->id.n > 0 && id_is_taken(loader->definition, index, step->id))
        load_fault(loader, step->id_at, "another step has the id `%.*s`; give this one its own", STR_ARG(step->id));
    if (step->id.n == 0)
        step->name = arena_format(loader->arena, "%s_%zu", kinds[step->kind].key, index + 1);
    if (step->name.p == NULL)
        load_no_memory(loader);
}

static void read_step(struct loader *loader, const struct yaml_node *map, struct step *step)
{
    const struct kind *kind = &kinds[step->kind];
    size_t n_keys = 0;
    while (n_keys < COUNT_OF(kind->keys) && kind->keys[n_keys] != NULL)
        n_keys++;
    load_keys(loader, map, kind->what, kind->keys, n_keys);
    const struct yaml_node *when = load_get(loader, map, "when");
    size_t index = (size_t)(step - loader->step_items);
    step->own_when = load_expr(loader, when);
    step->when = load_condition(loader, step->own_when, index);
    step->when_at = load_place(when == NULL ? map : when);
    step->split = loader->arms[index].split;
    step->arm = loader->arms[index].arm;
    load_settle(loader);
    step->pause_ms = load_duration(loader, load_get(loader, map, "pause"));
    load_settle(loader);
    load_next(loader, load_get(loader, map, "next"), step);
    load_settle(loader);
    if (loader->rc == OK)
        kind->load(loader, map, step);
}

void load_begin_steps(struct loader *loader)
{
    struct definition *def = loader->definition;
    size_t n = loader->steps == NULL ? 0 : loader->steps->n, index = 0;
    loader->step_items = load_alloc(loader, n, sizeof *loader->step_items);
    loader->broken = load_alloc(loader, n, sizeof *loader->broken);
    def->steps = loader->step_items;
    const struct yaml_node *map = loader->steps == NULL ? NULL : loader->steps->child;
    for (; map != NULL && loader->rc == OK; map = map->next) {
        begin_step(loader, map, index++);
        load_settle(loader);
    }
    def->n_steps = index;
}

/* Known only now: `always` is read with its question. */
static void note_changing(struct loader *loader)
{
    struct definition *def = loader->definition;
    size_t *changing = load_alloc(loader, def->n_variables, sizeof *changing);
    def->changing = changing;
    for (size_t i = 0; i < def->n_variables && loader->rc == OK; i++)
        if (def->variables[i].is_set || (def->variables[i].ask != NULL && def->variables[i].ask->always))
            changing[def->n_changing++] = i;
}

void load_steps(struct loader *loader)
{
    size_t index = 0;
    for (const struct yaml_node *map = loader->steps == NULL ? NULL : loader->steps->child;
         map != NULL && loader->rc == OK; map = map->next) {
        if (loader->broken[index] != LOAD_NO_KIND)
            read_step(loader, map, &loader->step_items[index]);
        load_settle(loader);
        index++;
    }
    note_changing(loader);
    load_mentions(loader);
}
