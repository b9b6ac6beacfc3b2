#include "flows/survey/check_answers.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/check_made.h"
#include "flows/survey/scope.h"
#include "flows/survey/state.h"

#include "bot/base/banned.h"

enum {
    WALKS = 1000,
    HINTED_WALKS = 50, /* for each table with hints, before */
    MOST_STEPS = 500,  /* of one walk */
    WALK_BYTES = 4 * 1024 * 1024,
    MOST_TEXT_BYTES = 400,
    MOST_TOLD = 5, /* questions of a conversation that is shown */
    MOST_QUESTION = 40,
};

struct walk {
    struct checker *checker;
    const struct answers_wanted *wanted;
    struct answers_found *found;
    const struct answers_watch *watch; /* or NULL */
    size_t *asked;                     /* steps that asked, in order; MOST_STEPS of them */
    size_t n_asked;
    struct made made;
    bool satisfied; /* the watch has seen enough */
    size_t n_steps; /* of all walks so far       */
    size_t *slots;  /* by table: its slot */
    struct arena arena;
    struct state state;
    struct scope scope;
    bool failed;
};

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
    const struct memo *memo = &walk->scope.memos[walk->slots[table]];
    return memo->done && memo->known ? &memo->trail : NULL;
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

/* Here and there the platform knows an answer beforehand. */
static void know_profile(struct walk *walk)
{
    enum { KNOWN_ONE_IN = 4 };
    const struct definition *def = walk->checker->definition;
    for (size_t i = 0; i < def->n_variables; i++) {
        const struct variable *v = &def->variables[i];
        bool may_know = v->profile.n > 0 || v->recall.flow.n > 0;
        if (may_know && v->ask != NULL && made_below(&walk->made, KNOWN_ONE_IN) == 0)
            walk->state.profile[i] = (struct known){true, made_answer(&walk->made, v->ask)};
    }
}

/* Does what the step does to the variables; gives the step behind it. */
static size_t do_step(struct walk *walk, size_t at)
{
    enum { MISFITS_ONE_IN = 8 };
    const struct definition *def = walk->checker->definition;
    const struct step *step = &def->steps[at];
    struct value known;
    walk->n_steps++;
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
        if (step->ask.tries > 0 && made_below(&walk->made, MISFITS_ONE_IN) == 0)
            return step->ask.otherwise;
        know(walk, step->ask.variable_index, made_answer(&walk->made, &step->ask));
    }
    for (size_t i = 0; step->kind == STEP_SET && i < step->set.n; i++)
        know(walk, step->set.items[i].variable, value_of(walk, step->set.items[i].expr));
    if (walk->watch != NULL && walk->watch->done != NULL)
        walk->watch->done(walk->watch->self, walk, at);
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
    if (walk->watch != NULL && walk->watch->is_free && !walk->failed) {
        made_lean(&walk->made);
        know_profile(walk);
    }
    for (size_t i = 0; i < def->n_splits && !walk->failed; i++)
        know(walk, def->splits[i].variable, made_answer(&walk->made, &def->splits[i].ask));
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

/* ── the walks ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool walk_open(struct walk *walk, struct checker *checker)
{
    *walk = (struct walk){
        .checker = checker,
        .slots = slots_of_tables(checker),
        .asked = arena_alloc_array(checker->arena, MOST_STEPS, sizeof *walk->asked),
    };
    arena_init(&walk->arena, WALK_BYTES);
    if (walk->slots == NULL || walk->asked == NULL || !made_init(&walk->made, checker, &walk->arena)) {
        checker->findings->failed = true;
        return false;
    }
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
        walk.made.hints = wanted[i].wanted ? wanted[i].hints : NULL;
        for (size_t k = 0; walk.made.hints != NULL && ret_found[i].answers.n == 0 && k < HINTED_WALKS; k++)
            walk_once(&walk);
    }
    walk.made.hints = NULL;
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
    for (size_t i = 0; i < watch->most_walks && walk.n_steps < watch->most_steps && !walk.satisfied; i++)
        walk_once(&walk);
    arena_release(&walk.arena);
}
