#include "flows/survey/path.h"

#include "bot/base/arena.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

/* The questions that were asked: those that were left, and the one that waits. */
static bool *asked_in(const struct run *run)
{
    bool *asked = arena_alloc_array(run->ctx->arena, run->definition->n_steps, sizeof *asked);
    for (size_t i = 0; asked != NULL && i < run->state.n_history; i++)
        asked[run->state.history[i].step] = true;
    if (asked != NULL && run->state.step != SIZE_MAX)
        asked[run->state.step] = true;
    return asked;
}

static MUST_USE enum err go(struct run *run, struct path *path)
{
    enum err rc = run_begin(run, NULL);
    if (rc == OK)
        rc = state_read(&run->state, run->session->data, run->ctx->error);
    if (rc != OK)
        return rc;
    known_variants(run);
    bool *asked = asked_in(run);
    rc = asked == NULL ? ERR_NO_MEMORY : state_rewind(&run->state, 0);
    run->path = path;
    if (rc == OK)
        rc = run_advance(run);
    for (size_t i = 0; rc == OK && i < path->n; i++)
        path->steps[i].asked = asked[path->steps[i].step];
    return rc;
}

enum err path_of(const struct definition *definition, struct flow_ctx *ctx, const struct session *session,
                 struct path *ret_path)
{
    struct turn turn = {0};
    struct session copy = *session;
    struct path path = {0};
    struct run run = {
        .definition = definition,
        .ctx = ctx,
        .session = &copy,
        .turn = &turn,
        .state_after = SESSION_WAITING,
    };
    enum err rc = go(&run, &path);
    if (rc == OK)
        *ret_path = path;
    return rc;
}
