/* An earlier answer is changed.  The flow goes its way twice from the first step, each time with the answers that were
 * given: once with the old one, which shows what was said before, once with the new one, which counts.  So all that was
 * computed or set from it is new, whatever the way there was. */
#include <string.h>

#include "bot/base/arena.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

/* ── the old way ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* What was said up to the question that waits. */
struct before {
    struct turn turn;
    struct traces traces;
};

static MUST_USE enum err go_old_way(const struct run *run, struct before *ret_before)
{
    struct run old = *run;
    size_t n = run->definition->n_variables;
    ret_before->turn = (struct turn){.replies = {.arena = run->ctx->arena}};
    old.turn = &ret_before->turn;
    old.traces = &ret_before->traces;
    old.pause_ms = 0;
    old.state.answers = arena_alloc_array(run->ctx->arena, n, sizeof *old.state.answers);
    if (old.state.answers == NULL)
        return ERR_NO_MEMORY;
    enum err rc = state_rewind(&old.state, 0);
    if (rc == OK)
        rc = scope_init(&old.scope, &old.state);
    old.scope.clock = run->scope.clock;
    old.scope.timezone = run->scope.timezone;
    old.at = 0;
    return rc == OK ? run_advance(&old) : rc;
}

/* ── what is new ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool same_buttons(const struct reply *a, const struct reply *b)
{
    bool same = a->n_buttons == b->n_buttons;
    for (size_t i = 0; i < a->n_buttons && same; i++)
        same = str_eq(a->buttons[i].label, b->buttons[i].label) && str_eq(a->buttons[i].url, b->buttons[i].url);
    return same;
}

static bool same_tags(struct strs a, struct strs b)
{
    bool same = a.n == b.n;
    for (size_t i = 0; i < a.n && same; i++)
        same = str_eq(a.items[i], b.items[i]);
    return same;
}

static bool same_reply(const struct reply *a, const struct reply *b)
{
    return a->kind == b->kind && str_eq(a->text, b->text) && str_eq(a->image, b->image) && same_buttons(a, b) &&
           str_eq(a->card.id, b->card.id) && str_eq(a->card.price, b->card.price) && str_eq(a->to, b->to) &&
           str_eq(a->note, b->note) && same_tags(a->tags, b->tags);
}

/* The n-th time that a step was gone through. */
static const struct trace *find(const struct traces *traces, size_t step, size_t nth)
{
    for (size_t i = 0; i < traces->n; i++)
        if (traces->items[i].step == step && nth-- == 0)
            return &traces->items[i];
    return NULL;
}

static bool was_said(const struct before *before, const struct turn *turn, const struct trace *now, size_t nth)
{
    const struct trace *then = find(&before->traces, now->step, nth);
    size_t n = now->replies_to - now->replies_from;
    if (then == NULL || then->replies_to - then->replies_from != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!same_reply(&before->turn.replies.items[then->replies_from + i],
                        &turn->replies.items[now->replies_from + i]))
            return false;
    return true;
}

static size_t count_before(const struct traces *traces, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < i; k++)
        n += traces->items[k].step == traces->items[i].step;
    return n;
}

/* Takes what one step added out of the turn; later traces are of no use then. */
static void take_out(struct turn *turn, const struct trace *trace)
{
    struct replies *replies = &turn->replies;
    memmove(replies->items + trace->replies_from, replies->items + trace->replies_to,
            (replies->n - trace->replies_to) * sizeof *replies->items);
    replies->n -= trace->replies_to - trace->replies_from;
    if (trace->records_to > trace->records_from)
        memmove(turn->records + trace->records_from, turn->records + trace->records_to,
                (turn->n_records - trace->records_to) * sizeof *turn->records);
    turn->n_records -= trace->records_to - trace->records_from;
}

/* ── the change ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err replay_change(struct run *run, const struct change *change)
{
    struct before before = {0};
    struct traces traces = {0};
    enum err rc = go_old_way(run, &before);
    if (rc == OK)
        rc = state_rewind(&run->state, 1);
    if (rc != OK)
        return rc;
    state_change_kept(&run->state, change->step, &change->answer);
    scope_forget(&run->scope);
    run->at = 0;
    run->traces = &traces;
    rc = run_advance(run);
    run->traces = NULL;
    for (size_t i = rc == OK ? traces.n : 0; i > 0; i--)
        if (was_said(&before, run->turn, &traces.items[i - 1], count_before(&traces, i - 1)))
            take_out(run->turn, &traces.items[i - 1]);
    return rc;
}
