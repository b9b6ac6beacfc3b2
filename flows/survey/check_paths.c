/* Ways through the steps: which are reached, which go in a circle, how many there are and how long the longest takes. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "flows/survey/check_edges.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

enum {
    CHOICE_MS = 5 * 1000, /* flow-language.md, "What is checked before a flow runs" */
    NUMBER_MS = 8 * 1000,
    TEXT_MS = 15 * 1000,
    MOST_CIRCLE_BYTES = 300,
};

/* ── depth first ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum colour { NEW, OPEN, CLOSED };

/* A walk over all steps that are reached, without recursion: flows may have thousands of steps. */
struct walk {
    const struct checker *checker;
    unsigned char *colour; /* by step */
    struct edges *stack;   /* the way from the first step to the present one */
    size_t depth;
    size_t *order; /* steps, each after all that it leads to */
    size_t n_order;
};

static bool walk_init(struct walk *walk, const struct checker *checker)
{
    size_t n = checker->definition->n_steps;
    *walk = (struct walk){
        .checker = checker,
        .colour = arena_alloc_array(checker->arena, n, sizeof *walk->colour),
        .stack = arena_alloc_array(checker->arena, n, sizeof *walk->stack),
        .order = arena_alloc_array(checker->arena, n, sizeof *walk->order),
    };
    return walk->colour != NULL && walk->stack != NULL && walk->order != NULL;
}

static void walk_open(struct walk *walk, size_t step)
{
    walk->colour[step] = OPEN;
    walk->stack[walk->depth++] = (struct edges){.definition = walk->checker->definition, .step = step};
}

/* Both may be NULL. */
struct walk_calls {
    bool (*is_open)(const struct step *step); /* whether the walk may go through a step */
    void (*back)(void *self, const struct walk *walk, const struct edge *edge); /* it closes a circle */
    void *self;
};

/* Everything that `start` leads to. */
static void walk_from(struct walk *walk, size_t start, const struct walk_calls *calls)
{
    size_t n_steps = walk->checker->definition->n_steps;
    const struct step *steps = walk->checker->definition->steps;
    walk_open(walk, start);
    while (walk->depth > 0) {
        struct edges *top = &walk->stack[walk->depth - 1];
        struct edge edge;
        if (!edges_next(top, &edge)) {
            walk->colour[top->step] = CLOSED;
            walk->order[walk->n_order++] = top->step;
            walk->depth--;
        } else if (edge.to == n_steps || (calls->is_open != NULL && !calls->is_open(&steps[edge.to]))) {
            continue;
        } else if (walk->colour[edge.to] == NEW) {
            walk_open(walk, edge.to);
        } else if (walk->colour[edge.to] == OPEN && calls->back != NULL) {
            calls->back(calls->self, walk, &edge);
        }
    }
}

/* ── reached ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void report_unreached(struct checker *checker)
{
    const struct definition *def = checker->definition;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct step *step = &def->steps[i];
        if (checker->reached[i] || (i > 0 && !checker->reached[i - 1])) /* one finding for a run of steps */
            continue;
        size_t run = 1;
        while (i + run < def->n_steps && !checker->reached[i + run])
            run++;
        if (run == 1)
            check_error(checker, "unreachable_step", step->at, STR(""),
                        "no way leads to the step `%.*s`; take it out, or go there with `next`", STR_ARG(step->name));
        else
            check_error(checker, "unreachable_step", step->at, STR(""),
                        "no way leads to the step `%.*s` and the %zu after it; take them out, or go there with `next`",
                        STR_ARG(step->name), run - 1);
    }
}

/* ── circles ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool never_asks(const struct step *step)
{
    return step->kind != STEP_ASK;
}

/* A question that is asked once and known from then on. */
static bool asks_at_most_once(const struct step *step)
{
    return step->kind != STEP_ASK || !step->ask.always;
}

/* "say_3 → go_5 → say_3": the way from edge->to to where the walk is, and back. */
static struct str circle_of(const struct walk *walk, const struct edge *edge)
{
    const struct step *steps = walk->checker->definition->steps;
    struct buf text;
    size_t i = 0;
    buf_init(&text, walk->checker->arena, MOST_CIRCLE_BYTES);
    while (walk->stack[i].step != edge->to)
        i++;
    for (; i < walk->depth; i++)
        buf_addf(&text, "%.*s → ", STR_ARG(steps[walk->stack[i].step].name));
    buf_addf(&text, "%.*s", STR_ARG(steps[edge->to].name));
    return buf_str(&text);
}

static struct place edge_place(const struct walk *walk, const struct edge *edge)
{
    const struct step *from = &walk->checker->definition->steps[walk->stack[walk->depth - 1].step];
    return edge->at.line > 0 ? edge->at : from->at;
}

static void report_circle(void *self, const struct walk *walk, const struct edge *edge)
{
    check_error(self, "circle", edge_place(walk, edge), circle_of(walk, edge),
                "these steps go in a circle and none of them asks, so they would never end; put a question in, or lead "
                "out of the circle");
}

static void report_known_circle(void *self, const struct walk *walk, const struct edge *edge)
{
    bool asks = false;
    for (size_t i = walk->depth; i-- > 0 && !asks;) {
        asks = walk->checker->definition->steps[walk->stack[i].step].kind == STEP_ASK;
        if (walk->stack[i].step == edge->to)
            break;
    }
    if (asks) /* else it is reported as a circle that never asks */
        check_warning(self, "circle_known", edge_place(walk, edge), circle_of(walk, edge),
                      "the questions of this circle are asked only once, then it would never end; write `always: true` "
                      "at one of them");
}

static void find_circles(struct checker *checker, bool (*is_open)(const struct step *step),
                         void (*back)(void *self, const struct walk *walk, const struct edge *edge))
{
    struct walk walk;
    struct walk_calls calls = {is_open, back, checker};
    if (!walk_init(&walk, checker)) {
        checker->findings->failed = true;
        return;
    }
    for (size_t i = 0; i < checker->definition->n_steps; i++)
        if (checker->reached[i] && walk.colour[i] == NEW && is_open(&checker->definition->steps[i]))
            walk_from(&walk, i, &calls);
}

/* ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t time_to_answer(const struct step *step)
{
    if (step->kind != STEP_ASK)
        return 0;
    switch (step->ask.type) {
    case ASK_CHOICE:
    case ASK_CHOICES:
    case ASK_YES_NO:
    case ASK_SCALE:
        return CHOICE_MS;
    case ASK_NUMBER:
    case ASK_DATE:
    case ASK_PHONE:
        return NUMBER_MS;
    case ASK_TEXT:
    case ASK_EMAIL:
    case ASK_FILE:
        return TEXT_MS;
    }
    return 0;
}

/* From a step to the end. */
struct rest {
    bool known;
    struct decimal paths;
    int64_t ms;
    size_t questions;
    size_t next; /* the following step of the longest path */
};

/* The figures of a step, from those of its targets.  A jump backwards leads to a step that comes later in the order and is
 * not known yet: it is not followed. */
static struct rest sum_up(const struct definition *def, size_t at, const struct rest *rests)
{
    struct edges edges = {.definition = def, .step = at};
    struct rest rest = {.known = true, .paths = decimal_from_i64(0), .next = def->n_steps, .ms = -1};
    const struct step *step = &def->steps[at];
    struct edge edge;
    while (edges_next(&edges, &edge)) {
        const struct rest *further = &rests[edge.to];
        struct decimal sum;
        if (!further->known)
            continue;
        if (decimal_add(rest.paths, further->paths, &sum))
            rest.paths = sum;
        int64_t ms = further->ms + (edge.skips ? 0 : time_to_answer(step));
        if (ms <= rest.ms)
            continue;
        rest.ms = ms;
        rest.questions = further->questions + (step->kind == STEP_ASK && !edge.skips);
        rest.next = edge.to;
    }
    rest.ms = rest.ms < 0 ? time_to_answer(step) : rest.ms;
    return rest;
}

static size_t last_question(const struct definition *def, const struct rest *rests)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < def->n_steps; i = rests[i].next)
        if (def->steps[i].kind == STEP_ASK)
            last = i;
    return last;
}

static void find_figures(struct checker *checker, const struct walk *walk, struct check_figures *ret_figures)
{
    const struct definition *def = checker->definition;
    struct rest *rests = arena_alloc_array(checker->arena, def->n_steps + 1, sizeof *rests);
    if (rests == NULL) {
        checker->findings->failed = true;
        return;
    }
    rests[def->n_steps] = (struct rest){.known = true, .paths = decimal_from_i64(1), .next = def->n_steps};
    for (size_t i = 0; i < walk->n_order; i++)
        rests[walk->order[i]] = sum_up(def, walk->order[i], rests);
    *ret_figures = (struct check_figures){
        .paths = rests[0].paths,
        .longest_questions = rests[0].questions,
        .longest_ms = rests[0].ms,
        .longest_last = last_question(def, rests),
    };
    if (ret_figures->longest_ms > def->max_time_ms)
        check_warning(checker, "max_time", def->steps[ret_figures->longest_last].at, STR(""),
                      "the longest path has %zu questions and takes about %lld s to answer, longer than the %lld s of "
                      "`max_time`; ask less, or raise it",
                      ret_figures->longest_questions, (long long)(ret_figures->longest_ms / 1000),
                      (long long)(def->max_time_ms / 1000));
}

void check_paths(struct checker *checker, struct check_figures *ret_figures)
{
    struct walk walk;
    struct walk_calls calls = {0};
    *ret_figures = (struct check_figures){.paths = decimal_from_i64(0), .longest_last = SIZE_MAX};
    if (!walk_init(&walk, checker)) {
        checker->findings->failed = true;
        return;
    }
    walk_from(&walk, 0, &calls);
    for (size_t i = 0; i < checker->definition->n_steps; i++)
        checker->reached[i] = walk.colour[i] == CLOSED;
    report_unreached(checker);
    find_circles(checker, never_asks, report_circle);
    find_circles(checker, asks_at_most_once, report_known_circle);
    find_figures(checker, &walk, ret_figures);
}
