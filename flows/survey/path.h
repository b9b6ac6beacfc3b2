/* flows/survey/path.h — the way that a session went through its flow, as it stands: what was taken back is not on it.
 *
 * Found by going it again with the answers that stand, on paper: nobody is asked or told anything.  So it costs a
 * session nothing while it runs.
 *
 * Thread: any (pure).  Memory: ctx->arena.  Errors: as survey.h's for stepping.                                      */
#ifndef GILBOT_FLOWS_SURVEY_PATH_H
#define GILBOT_FLOWS_SURVEY_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct definition;
struct flow_ctx;
struct session;

struct path {
    struct path_step {
        size_t step; /* of the definition */
        bool asked;  /* a question, and it was not known already */
    } * steps;       /* in order; one may come several times     */
    size_t n, capacity;
};

/* `ctx`: its clock is that of the session's last turn.  Steps that were left out (`when`) are not on the path. */
MUST_USE
enum err path_of(const struct definition *definition, struct flow_ctx *ctx, const struct session *session,
                 struct path *ret_path);

#endif
