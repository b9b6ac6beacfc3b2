#include "flows/survey/check_answers.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/scope.h"
#include "flows/survey/state.h"

#include "bot/base/banned.h"

enum {
    WALKS = 1000,
    WATCHED_WALKS = 200,
    HINTED_WALKS = 50, /* for each table with hints, before */
    MOST_STEPS = 500,  /* of one walk */
    WALK_BYTES = 4 * 1024 * 1024,
    MOST_TEXT_BYTES = 400,
    WIDTH = 1000,  /* of an interval that has only one end, or none */
    MOST_TOLD = 5, /* questions of a conversation that is shown */
    MOST_QUESTION = 40,
    MOST_NAMED = 1000, /* numbers of the flow's expressions */
};

struct walk {
    struct checker *checker;
    const struct answers_wanted *wanted;
    const struct value *hints; /* of the present walk; or NULL */
    struct answers_found *found;
    const struct answers_watch *watch; /* or NULL */
    size_t *asked;                     /* steps that asked, in order; MOST_STEPS of them */
    size_t n_asked;
    struct decimal *named; /* numbers that the flow's expressions name; MOST_NAMED of them */
    size_t n_named;
    bool satisfied; /* the watch has seen enough */
    size_t *slots;  /* by table: its slot */
    struct arena arena;
    struct state state;
    struct scope scope;
    uint64_t random;
    bool failed;
};

/* ── made-up answers ───────────────────────────────────────────────────────────────────────────────────────────── */

/* splitmix64 (S. Vigna): the same numbers in every run. */
static uint64_t next_random(struct walk *walk)
{
    uint64_t z = walk->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(struct walk *walk, size_t n)
{
    return (size_t)(next_random(walk) % n);
}

/* A number that the flow names, which the question allows; false: it does not allow the one that was drawn. */
static bool make_named(struct walk *walk, const struct ask *ask, struct value *ret_value)
{
    if (walk->n_named == 0)
        return false;
    struct decimal number = walk->named[below(walk, walk->n_named)];
    bool fits = (!ask->has_min || decimal_cmp(number, ask->min) >= 0) &&
                (!ask->has_max || decimal_cmp(number, ask->max) <= 0) && (!ask->integer || decimal_is_integer(number));
    if (fits)
        *ret_value = value_number(number);
    return fits;
}

/* One of the ends, a number that the flow names, or one of a thousand values between them. */
static struct value make_number(struct walk *walk, const struct ask *ask)
{
    struct value named;
    if (below(walk, 3) == 0 && make_named(walk, ask, &named))
        return named;
    enum { PARTS = 1000, WAYS = 6, DECIMALS = 1 };
    struct decimal min = ask->min, max = ask->max, part, value, width = decimal_from_i64(WIDTH);
    if (!ask->has_min)
        min = ask->has_max && decimal_sub(max, width, &value) ? value : decimal_from_i64(0);
    if (!ask->has_max)
        max = decimal_add(min, width, &value) ? value : min;
    size_t way = below(walk, WAYS), parts = way == 0 ? 0 : way == 1 ? PARTS : below(walk, PARTS + 1);
    bool fine = decimal_sub(max, min, &width) && decimal_mul(width, decimal_from_i64((int64_t)parts), &part) &&
                decimal_div(part, decimal_from_i64(PARTS), &part) && decimal_add(min, part, &value) &&
                decimal_scale(value, ask->integer ? 0 : DECIMALS, DECIMAL_DOWN, &value);
    bool inside = fine && decimal_cmp(value, min) >= 0 && decimal_cmp(value, max) <= 0;
    return value_number(inside ? decimal_trim(value) : parts == 0 ? min : max);
}

/* Days from the first to the last that may be answered; where these are counted from today, on a day that is always the
 * same. */
static struct value make_date(struct walk *walk, const struct ask *ask)
{
    enum { TODAY = 20454 /* 2026-01-01 */ };
    int64_t min = 0, max = 0;
    bool has_min = ask_day_bound(ask, ASK_MIN, TODAY, &min), has_max = ask_day_bound(ask, ASK_MAX, TODAY, &max);
    if (!has_min)
        min = (has_max ? max : TODAY) - WIDTH;
    if (!has_max)
        max = (has_min ? min : TODAY) + WIDTH;
    size_t days = max > min ? (size_t)(max - min) + 1 : 1;
    struct temporal_date date;
    return temporal_date_of_days(min + (int64_t)below(walk, days), &date) ? value_date(date) : value_null();
}

static struct value make_choices(struct walk *walk, const struct ask *ask)
{
    struct value *items = arena_alloc_array(&walk->arena, ask->n_options, sizeof *items);
    size_t n = 0, sure = below(walk, ask->n_options);
    for (size_t i = 0; items != NULL && i < ask->n_options; i++)
        if (i == sure || below(walk, 2) == 0)
            items[n++] = value_string(ask->options[i].value);
    return value_list(items, n);
}

static struct value make_answer(struct walk *walk, const struct ask *ask)
{
    enum { SKIPPED_ONE_IN = 8 };
    if (walk->hints != NULL && walk->hints[ask->variable_index].kind != VALUE_NULL)
        return walk->hints[ask->variable_index];
    if (ask->optional && below(walk, SKIPPED_ONE_IN) == 0)
        return value_null();
    switch (ask->type) {
    case ASK_CHOICE:
        return value_string(ask->options[below(walk, ask->n_options)].value);
    case ASK_CHOICES:
        return make_choices(walk, ask);
    case ASK_NUMBER:
    case ASK_SCALE:
        return make_number(walk, ask);
    case ASK_YES_NO:
        return value_boolean(below(walk, 2) == 0);
    case ASK_DATE:
        return make_date(walk, ask);
    case ASK_FILE:
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
        break;
    }
    return value_null(); /* nothing that could be made up says anything */
}

/* ── what was found ────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_value(struct buf *text, const struct value *value)
{
    size_t before = text->n;
    if (value_to_json(text, value, NULL) != OK)
        buf_truncate(text, before);
}

/* Answers given so far, in the order of the questions. */
static struct str answers_text(const struct walk *walk)
{
    const struct definition *def = walk->checker->definition;
    struct buf text;
    buf_init(&text, walk->checker->arena, MOST_TEXT_BYTES);
    for (size_t i = 0; i < def->n_variables; i++) {
        const struct known *known = &walk->state.answers[i];
        if (!known->known || def->variables[i].ask == NULL || known->value.kind == VALUE_NULL)
            continue;
        buf_addf(&text, "%s%.*s: ", text.n == 0 ? "" : ", ", STR_ARG(def->variables[i].name));
        add_value(&text, &known->value);
    }
    return buf_str(&text);
}

static struct str inputs_text(const struct walk *walk, const struct table *table, const struct table_trail *trail)
{
    struct buf text;
    buf_init(&text, walk->checker->arena, MOST_TEXT_BYTES);
    for (size_t i = 0; i < trail->n_inputs; i++) {
        buf_addf(&text, "%s%.*s = ", i == 0 ? "" : ", ", STR_ARG(feel_expr_text(table->inputs[i].expr)));
        add_value(&text, &trail->inputs[i]);
    }
    return buf_str(&text);
}

static bool has_inputs(const struct table *table, const struct table_trail *trail)
{
    bool all = trail->n_inputs == table->n_inputs;
    for (size_t i = 0; all && i < trail->n_inputs; i++)
        all = trail->inputs[i].kind != VALUE_NULL;
    return all;
}

/* Tables that an expression just needed, and that had no rule for it. */
static void look_at_tables(struct walk *walk)
{
    const struct definition *def = walk->checker->definition;
    for (size_t i = 0; i < def->n_tables; i++) {
        const struct memo *memo = &walk->scope.memos[walk->slots[i]];
        const struct table *table = def->tables[i].table;
        if (!walk->wanted[i].wanted || walk->found[i].answers.n > 0 || !memo->done || !memo->known ||
            memo->trail.n_rules > 0 || !has_inputs(table, &memo->trail))
            continue;
        walk->found[i].answers = answers_text(walk);
        walk->found[i].inputs = inputs_text(walk, table, &memo->trail);
    }
}

/* ── one walk ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value value_of(struct walk *walk, const struct feel_expr *expr)
{
    struct value value = value_null();
    struct str reason;
    walk->failed = walk->failed || scope_eval(&walk->scope, expr, &value, &reason) != OK;
    return value;
}

static bool is_true(struct walk *walk, const struct feel_expr *condition)
{
    struct value value = condition == NULL ? value_boolean(true) : value_of(walk, condition);
    return value_is_true(&value);
}

static void evaluate(void *self, const struct feel_expr *expr, enum check_use use)
{
    (void)use;
    value_of(self, expr);
}

/* ── what a watch may ask ──────────────────────────────────────────────────────────────────────────────────────── */

const struct state *walk_state(const struct walk *walk)
{
    return &walk->state;
}

struct value walk_value(struct walk *walk, const struct feel_expr *expr)
{
    return value_of(walk, expr);
}

const struct table_trail *walk_trail(const struct walk *walk, size_t table)
{
    return &walk->scope.memos[walk->slots[table]].trail;
}

/* What the question says, without what is put in. */
static void add_question(struct buf *text, const struct ask *ask)
{
    const struct text_variant *variant = &ask->text.variants[0];
    struct buf plain;
    buf_init(&plain, text->arena, (size_t)MOST_TEXT_BYTES * 8);
    for (size_t i = 0; i < variant->n_parts; i++)
        buf_add(&plain, variant->parts[i].expr == NULL ? variant->parts[i].plain : STR("…"));
    struct str whole = buf_str(&plain);
    bool long_one = text_length(whole) > MOST_QUESTION;
    buf_addf(text, "\"%.*s%s\" ", STR_ARG(long_one ? text_first(whole, MOST_QUESTION) : whole), long_one ? "…" : "");
}

static void add_answer(struct buf *text, const struct ask *ask, const struct known *known)
{
    if (!known->known)
        buf_add(text, STR("(no answer)"));
    else if (known->value.kind != VALUE_NULL)
        add_value(text, &known->value);
    else
        buf_add(text, ask->optional ? STR("(skipped)") : STR("(any)"));
}

struct str walk_talk(const struct walk *walk)
{
    struct buf text;
    size_t from = walk->n_asked > MOST_TOLD ? walk->n_asked - MOST_TOLD : 0;
    buf_init(&text, walk->checker->arena, (size_t)MOST_TEXT_BYTES * 4);
    if (from > 0)
        buf_add(&text, STR("… → "));
    for (size_t i = from; i < walk->n_asked; i++) {
        const struct ask *ask = &walk->checker->definition->steps[walk->asked[i]].ask;
        if (i > from)
            buf_add(&text, STR(" → "));
        add_question(&text, ask);
        add_answer(&text, ask, &walk->state.answers[ask->variable_index]);
    }
    return text.n == 0 ? STR("from the start, without a question") : buf_str(&text);
}

static void know(struct walk *walk, size_t variable, struct value value)
{
    walk->state.answers[variable] = (struct known){true, value};
    scope_forget(&walk->scope);
}

/* Does what the step does to the variables; gives the step behind it. */
static size_t do_step(struct walk *walk, size_t at)
{
    enum { MISFITS_ONE_IN = 8 };
    const struct definition *def = walk->checker->definition;
    const struct step *step = &def->steps[at];
    struct value known;
    if (walk->watch != NULL)
        walk->satisfied = walk->watch->step(walk->watch->self, walk, at);
    if (!is_true(walk, step->when))
        return at + 1;
    if (walk->watch == NULL) {
        check_step_exprs(step, evaluate, walk);
        look_at_tables(walk);
    }
    if (step->kind == STEP_ASK && (step->ask.always || !state_get(&walk->state, step->ask.variable_index, &known))) {
        walk->asked[walk->n_asked++] = at;
        if (step->ask.tries > 0 && below(walk, MISFITS_ONE_IN) == 0)
            return step->ask.otherwise;
        know(walk, step->ask.variable_index, make_answer(walk, &step->ask));
    }
    for (size_t i = 0; step->kind == STEP_SET && i < step->set.n; i++)
        know(walk, step->set.items[i].variable, value_of(walk, step->set.items[i].expr));
    if (step->kind == STEP_END || step->kind == STEP_HAND_OVER)
        return def->n_steps;
    if (step->kind == STEP_GO)
        return step->go.to;
    for (size_t i = 0; i < step->n_next; i++)
        if (is_true(walk, step->next[i].when))
            return step->next[i].to;
    return at + 1;
}

static void walk_once(struct walk *walk)
{
    const struct definition *def = walk->checker->definition;
    arena_reset(&walk->arena);
    walk->failed = state_init(&walk->state, def, &walk->arena) != OK || scope_init(&walk->scope, &walk->state) != OK;
    size_t at = 0;
    walk->n_asked = 0;
    for (size_t i = 0; i < MOST_STEPS && at < def->n_steps && !walk->failed && !walk->satisfied; i++)
        at = do_step(walk, at);
}

static bool all_found(const struct walk *walk)
{
    for (size_t i = 0; i < walk->checker->definition->n_tables; i++)
        if (walk->wanted[i].wanted && walk->found[i].answers.n == 0)
            return false;
    return true;
}

static size_t *slots_of_tables(const struct checker *checker)
{
    const struct definition *def = checker->definition;
    size_t *slots = arena_alloc_array(checker->arena, def->n_tables, sizeof *slots);
    for (size_t i = 0; slots != NULL && i < def->names.n; i++)
        if (def->slots[i].kind == SLOT_TABLE)
            slots[def->slots[i].index] = i;
    return slots;
}

/* ── numbers that the flow names ───────────────────────────────────────────────────────────────────────────────── */

static void note_numbers(struct walk *walk, const struct feel_expr *expr)
{
    const struct str text = expr->source.text;
    for (size_t i = 0, n; i < text.n && walk->n_named < MOST_NAMED; i += n) {
        struct decimal number;
        n = 1;
        if (text.p[i] < '0' || text.p[i] > '9')
            continue;
        while (i + n < text.n && ((text.p[i + n] >= '0' && text.p[i + n] <= '9') || text.p[i + n] == '.'))
            n++;
        if (decimal_from_str((struct str){text.p + i, n}, &number))
            walk->named[walk->n_named++] = number;
    }
}

static void note_expr(void *self, const struct feel_expr *expr, enum check_use use)
{
    if (use != CHECK_TEXT)
        note_numbers(self, expr);
}

/* ── the walks ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool walk_open(struct walk *walk, struct checker *checker)
{
    *walk = (struct walk){
        .checker = checker,
        .slots = slots_of_tables(checker),
        .asked = arena_alloc_array(checker->arena, MOST_STEPS, sizeof *walk->asked),
        .named = arena_alloc_array(checker->arena, MOST_NAMED, sizeof *walk->named),
    };
    if (walk->slots == NULL || walk->asked == NULL || walk->named == NULL) {
        checker->findings->failed = true;
        return false;
    }
    check_each_expr(checker->definition, note_expr, walk);
    arena_init(&walk->arena, WALK_BYTES);
    return true;
}

void check_answers(struct checker *checker, const struct answers_wanted *wanted, struct answers_found *ret_found)
{
    struct walk walk;
    if (!walk_open(&walk, checker))
        return;
    walk.wanted = wanted;
    walk.found = ret_found;
    for (size_t i = 0; i < checker->definition->n_tables; i++) {
        walk.hints = wanted[i].wanted ? wanted[i].hints : NULL;
        for (size_t k = 0; walk.hints != NULL && ret_found[i].answers.n == 0 && k < HINTED_WALKS; k++)
            walk_once(&walk);
    }
    walk.hints = NULL;
    for (size_t i = 0; i < WALKS && !all_found(&walk); i++)
        walk_once(&walk);
    arena_release(&walk.arena);
}

void check_answers_watch(struct checker *checker, const struct answers_watch *watch)
{
    struct walk walk;
    if (!walk_open(&walk, checker))
        return;
    walk.watch = watch;
    for (size_t i = 0; i < WATCHED_WALKS && !walk.satisfied; i++)
        walk_once(&walk);
    arena_release(&walk.arena);
}
