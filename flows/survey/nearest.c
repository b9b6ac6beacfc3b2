#include "flows/survey/nearest.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/survey/run.h"
#include "flows/survey/span.h"

#include "bot/base/banned.h"

enum { RUN_BYTES = 32 * 1024 * 1024, MOST_DIGITS = 6, WIDTH = 1000, WIDTHS_OF_SIZE = 10 };

enum outcome { SAME, OTHER, ASKS };

struct search {
    const struct rerun *input;
    struct arena *arena;  /* of the result              */
    struct arena scratch; /* of one run; reset each time */
    struct recommendations was;
    struct nearest *best;
    struct span *span; /* of the answer that is looked at; NULL: nothing can be proved of it */
    struct error *error;
    enum err rc; /* the first failure */
    size_t asks; /* a question that nobody answered; SIZE_MAX: none was come to */
};

/* ── one answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err copy_items(struct arena *arena, const struct recommendations *items,
                                    struct recommendations *ret_copy)
{
    struct recommendations copy = {.items = arena_alloc_array(arena, items->n, sizeof *copy.items), .n = items->n};
    if (copy.items == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < items->n; i++) {
        const struct recommended *item = &items->items[i];
        copy.items[i] = (struct recommended){arena_copy(arena, item->step), arena_copy(arena, item->item),
                                             arena_copy(arena, item->value), arena_copy(arena, item->why)};
        if (copy.items[i].item.n != item->item.n || copy.items[i].why.n != item->why.n)
            return ERR_NO_MEMORY;
    }
    *ret_copy = copy;
    return OK;
}

/* What comes of another answer, against `than`; *ret_items lives until the next call. */
static enum outcome try_value(struct search *s, const struct rerun_change *change, const struct recommendations *than,
                              struct recommendations *ret_items)
{
    struct rerun input = *s->input;
    struct rerun_result result;
    input.change = change;
    if (s->rc != OK)
        return SAME;
    arena_reset(&s->scratch);
    s->best->n_runs++;
    s->rc = rerun(&input, &s->scratch, &result, s->error);
    if (s->rc == OK)
        s->rc = recommendations_of(&result.turn, &s->scratch, ret_items);
    if (s->rc != OK)
        return SAME;
    if (result.waits != SIZE_MAX && !result.waited) {
        s->asks = result.waits;
        return ASKS;
    }
    return recommendations_same(ret_items, than) ? SAME : OTHER;
}

/* Takes a change that counts as the best one so far. */
static void take(struct search *s, const struct nearest *found, const struct recommendations *items)
{
    struct nearest best = *found;
    best.found = true;
    best.n_runs = s->best->n_runs;
    best.gave_up = s->best->gave_up;
    s->rc = copy_items(s->arena, items, &best.items);
    if (s->rc == OK)
        s->rc = value_copy(s->arena, found->now, &best.now);
    *s->best = best;
}

static bool is_smaller(const struct search *s, double size)
{
    return s->rc == OK && (!s->best->found || size < s->best->size);
}

/* One other answer, where no order is known. */
static void try_one(struct search *s, size_t step, struct value was, struct value now, double size)
{
    struct rerun_change change = {step, now};
    struct recommendations items;
    if (!is_smaller(s, size))
        return;
    if (try_value(s, &change, &s->was, &items) == OTHER)
        take(s, &(struct nearest){.step = step, .was = was, .now = now, .size = size, .asks = SIZE_MAX}, &items);
}

/* ── a row of answers ──────────────────────────────────────────────────────────────────────────────────────────── */

/* The answers that a question allows, numbered: k stands for k times `unit`, or for a day. */
struct row {
    size_t step;
    bool dates;
    struct decimal unit;
    int64_t first, last, at; /* `at`: the answer that was given */
    double width;            /* last - first */
};

static bool value_at(const struct row *row, int64_t k, struct value *ret_value)
{
    struct decimal number;
    struct temporal_date date;
    if (row->dates) {
        if (!temporal_date_of_days(k, &date))
            return false;
        *ret_value = value_date(date);
        return true;
    }
    if (!decimal_mul(decimal_from_i64(k), row->unit, &number))
        return false;
    *ret_value = value_number(decimal_trim(number));
    return true;
}

/* Whether nothing changes from a to b, both included. */
static bool is_proved(const struct search *s, const struct row *row, int64_t a, int64_t b)
{
    struct value low, high;
    return s->span != NULL && value_at(row, a < b ? a : b, &low) && value_at(row, a < b ? b : a, &high) &&
           span_holds(s->span, low.number, high.number);
}

/* A stretch of a row, from the end that is nearer to the answer. */
struct stretch {
    const struct row *row;
    const struct recommendations *than;
    bool asks_too; /* a question that nobody answered is something else, too */
};

/* The nearest answer from `near` to `far` that leads to something else; false: none. */
static bool find_first(struct search *s, const struct stretch *stretch, int64_t near, int64_t far, int64_t *ret_k)
{
    const struct row *row = stretch->row;
    if (s->rc != OK || s->best->gave_up)
        return false;
    if (near == far || is_proved(s, row, near, far)) {
        struct rerun_change change = {.step = row->step};
        struct recommendations items;
        s->best->gave_up = s->best->n_runs >= NEAREST_MOST_RUNS;
        if (s->best->gave_up || !value_at(row, near, &change.value))
            return false;
        enum outcome outcome = try_value(s, &change, stretch->than, &items);
        if (outcome == SAME || (outcome == ASKS && !stretch->asks_too))
            return false;
        *ret_k = near;
        return s->rc == OK;
    }
    int64_t middle = near + (far - near) / 2;
    return find_first(s, stretch, near, middle, ret_k) ||
           find_first(s, stretch, middle + (far > near ? 1 : -1), far, ret_k);
}

/* How far the same goes on behind the answer that was found. */
static void find_reach(struct search *s, const struct row *row, int64_t found, int64_t end)
{
    bool up = end > row->at;
    struct recommendations than = s->best->items;
    struct stretch stretch = {row, &than, true};
    int64_t next = 0, step = up ? 1 : -1;
    s->best->reach = up ? NEAREST_UP : NEAREST_DOWN;
    if (found == end || !find_first(s, &stretch, found + step, end, &next))
        return;
    s->best->reach = next == found + step ? NEAREST_ONLY : NEAREST_UNTIL;
    if (s->best->reach == NEAREST_UNTIL && !value_at(row, next - step, &s->best->until))
        s->best->reach = NEAREST_ONLY;
}

/* On one side of the answer, up to `end`, as far as it could be the smallest change. */
static void look_aside(struct search *s, const struct row *row, struct value was, int64_t end)
{
    bool up = end > row->at;
    int64_t found = 0, far = end;
    if (s->best->found) {
        int64_t most = (int64_t)(s->best->size * row->width);
        if (most < (up ? end - row->at : row->at - end))
            far = up ? row->at + most : row->at - most;
    }
    struct stretch stretch = {row, &s->was, false};
    if (far == row->at || !find_first(s, &stretch, row->at + (up ? 1 : -1), far, &found))
        return;
    struct nearest nearest = {.step = row->step, .was = was, .asks = SIZE_MAX};
    struct recommendations items;
    nearest.size = (double)(up ? found - row->at : row->at - found) / row->width;
    if (!is_smaller(s, nearest.size) || !value_at(row, found, &nearest.now))
        return;
    if (try_value(s, &(struct rerun_change){row->step, nearest.now}, &s->was, &items) == OTHER) {
        take(s, &nearest, &items);
        find_reach(s, row, found, end);
    }
}

/* ── numbers and dates ─────────────────────────────────────────────────────────────────────────────────────────── */

static int digits_of(struct decimal number)
{
    struct decimal cut;
    int digits = 0;
    while (digits < MOST_DIGITS && decimal_scale(number, digits, DECIMAL_DOWN, &cut) && decimal_cmp(cut, number) != 0)
        digits++;
    return digits;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* number / unit, towards `round`. */
static bool place_of(const struct row *row, struct decimal number, enum decimal_round round, int64_t *ret_k)
{
    struct decimal k;
    return decimal_div(number, row->unit, &k) && decimal_scale(k, 0, round, &k) && decimal_to_i64(k, ret_k);
}

static bool number_row(const struct ask *ask, struct decimal was, struct row *row)
{
    int digits = ask->integer || ask->type == ASK_SCALE ? 0 : most(1, digits_of(was));
    if (digits > 0)
        digits = most(digits, most(ask->has_min ? digits_of(ask->min) : 0, ask->has_max ? digits_of(ask->max) : 0));
    struct decimal ten = decimal_from_i64(10), width = decimal_abs(was), min = ask->min, max = ask->max;
    if (!decimal_pow(ten, decimal_from_i64(-digits), &row->unit) ||
        !decimal_mul(width, decimal_from_i64(WIDTHS_OF_SIZE), &width) ||
        !decimal_add(width, decimal_from_i64(WIDTH), &width) || (!ask->has_min && !decimal_sub(was, width, &min)) ||
        (!ask->has_max && !decimal_add(was, width, &max)))
        return false;
    return place_of(row, was, DECIMAL_FLOOR, &row->at) && place_of(row, min, DECIMAL_CEILING, &row->first) &&
           place_of(row, max, DECIMAL_FLOOR, &row->last);
}

static bool date_row(const struct run *run, const struct ask *ask, struct temporal_date was, struct row *row)
{
    int64_t today = run_today(run);
    row->dates = true;
    row->at = temporal_date_days(was);
    if (!ask_day_bound(ask, ASK_MIN, today, &row->first))
        row->first = row->at - WIDTH;
    if (!ask_day_bound(ask, ASK_MAX, today, &row->last))
        row->last = row->at + WIDTH;
    return true;
}

static void look_along(struct search *s, const struct run *run, size_t step, struct value was)
{
    const struct ask *ask = &run->definition->steps[step].ask;
    struct row row = {.step = step};
    bool fine = was.kind == VALUE_NUMBER ? number_row(ask, was.number, &row)
                                         : was.kind == VALUE_DATE && date_row(run, ask, was.date, &row);
    if (!fine || row.first >= row.last || row.at < row.first || row.at > row.last)
        return;
    struct span span;
    row.width = (double)(row.last - row.first);
    bool spans = !row.dates && span_init(&span, s->input, run, step);
    s->span = spans ? &span : NULL;
    if (row.at > row.first)
        look_aside(s, &row, was, row.first);
    if (row.at < row.last)
        look_aside(s, &row, was, row.last);
    s->span = NULL;
    if (spans)
        span_release(&span);
}

/* ── the others ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool holds(const struct value *list, struct str item)
{
    for (size_t i = 0; i < list->list.n; i++)
        if (list->list.items[i].kind == VALUE_STRING && str_eq(list->list.items[i].string, item))
            return true;
    return false;
}

/* The list with one option more or less; false: that is not allowed, or no memory. */
static bool toggle(struct search *s, const struct ask *ask, const struct value *was, size_t option,
                   struct value *ret_value)
{
    struct value *items = arena_alloc_array(s->arena, ask->n_options, sizeof *items);
    size_t n = 0;
    int64_t least = 0, greatest = (int64_t)ask->n_options;
    if (items == NULL) {
        s->rc = ERR_NO_MEMORY;
        return false;
    }
    for (size_t i = 0; i < ask->n_options; i++)
        if (holds(was, ask->options[i].value) != (i == option))
            items[n++] = value_string(ask->options[i].value);
    *ret_value = value_list(items, n);
    bool bounded =
        (!ask->has_min || decimal_to_i64(ask->min, &least)) && (!ask->has_max || decimal_to_i64(ask->max, &greatest));
    return bounded && n > 0 && (int64_t)n >= least && (int64_t)n <= greatest;
}

static void look_at_options(struct search *s, const struct ask *ask, size_t step, struct value was)
{
    for (size_t i = 0; i < ask->n_options; i++) {
        struct value now = value_string(ask->options[i].value);
        if (ask->type == ASK_CHOICE && (was.kind != VALUE_STRING || !str_eq(was.string, now.string)))
            try_one(s, step, was, now, 1);
        else if (ask->type == ASK_CHOICES && was.kind == VALUE_LIST && toggle(s, ask, &was, i, &now))
            try_one(s, step, was, now, 1 / (double)ask->n_options);
    }
}

static void look_at(struct search *s, const struct run *run, size_t step, struct value was)
{
    const struct ask *ask = &run->definition->steps[step].ask;
    switch (ask->type) {
    case ASK_NUMBER:
    case ASK_SCALE:
    case ASK_DATE:
        look_along(s, run, step, was);
        break;
    case ASK_CHOICE:
    case ASK_CHOICES:
        look_at_options(s, ask, step, was);
        break;
    case ASK_YES_NO:
        if (was.kind != VALUE_BOOLEAN || !was.boolean)
            try_one(s, step, was, value_boolean(true), 1);
        if (was.kind != VALUE_BOOLEAN || was.boolean)
            try_one(s, step, was, value_boolean(false), 1);
        break;
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
    case ASK_FILE:
        return;
    }
    if (ask->optional && was.kind != VALUE_NULL)
        try_one(s, step, was, value_null(), 1);
}

/* ── all questions ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool was_asked_later(const struct state *state, size_t i)
{
    for (size_t k = i + 1; k < state->n_history; k++)
        if (state->history[k].step == state->history[i].step)
            return true;
    return false;
}

/* Those that were answered, then those that the platform or another flow knew the answer of. */
static void look_at_all(struct search *s, const struct run *run)
{
    const struct definition *def = run->definition;
    const struct state *state = &run->state;
    for (size_t i = 0; i < state->n_history; i++)
        if (state->history[i].answer.known && !was_asked_later(state, i))
            look_at(s, run, state->history[i].step, state->history[i].answer.value);
    for (size_t v = 0; v < def->n_variables; v++)
        if (def->variables[v].step != SIZE_MAX && state->profile[v].known && !state->answers[v].known)
            look_at(s, run, def->variables[v].step, state->profile[v].value);
}

enum err nearest_find(const struct rerun *input, struct arena *arena, struct recommendations *ret_items,
                      struct nearest *ret_nearest, struct error *error)
{
    struct error unheard = {0};
    struct rerun_result base;
    struct nearest best = {.asks = SIZE_MAX};
    struct search search = {
        .input = input, .arena = arena, .best = &best, .error = error == NULL ? &unheard : error, .asks = SIZE_MAX};
    enum err rc = rerun(input, arena, &base, search.error);
    if (rc == OK && recommendations_of(&base.turn, arena, &search.was) != OK)
        rc = fail(search.error, ERR_NO_MEMORY, "no memory for what was recommended");
    if (rc != OK)
        return rc;
    arena_init(&search.scratch, RUN_BYTES);
    look_at_all(&search, base.run);
    arena_release(&search.scratch);
    if (search.rc != OK)
        return search.error->code == search.rc ? search.rc : fail(search.error, search.rc, "no memory for the search");
    if (!best.found)
        best.asks = search.asks;
    *ret_items = search.was;
    *ret_nearest = best;
    return OK;
}
