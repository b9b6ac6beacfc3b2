/* flows/survey/rerun.h — what a flow makes of the answers that a stored session holds, at once, from its first step on.
 *
 *   session->data ─▶ the answers in the order in which they were given ─▶ each question takes its own when the flow comes
 *   to it, and the flow goes its way as it did: `when`, `set` and `next` decide ─▶ replies, records, where it stops
 *
 * It is what the answers are in the end that counts: those that were put right or taken back are as if they had never been
 * given.  The flow need not be the session's own: answers go by the names of their questions; a question that nobody
 * answered, or whose answer does not fit any more, is where it stops.  Time stands at `now_ms`.
 *
 * Thread: any (pure).  Memory: the arena, and what the input borrows.
 * Errors: ERR_INVALID — session->data is no data of a survey; ERR_NO_MEMORY.                                         */
#ifndef GILBOT_FLOWS_SURVEY_RERUN_H
#define GILBOT_FLOWS_SURVEY_RERUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/model/session.h"
#include "flows/flow.h"
#include "flows/rules/value.h"

struct arena;
struct definition;
struct run;

struct rerun {
    const struct definition *definition;
    const struct session *session;
    const struct flow_past *past; /* as when the session began: of the flows that the definition recalls */
    size_t n_past;
    int64_t now_ms, utc_offset_min;
    const struct rerun_change {
        size_t step;        /* a question                 */
        struct value value; /* null: it is skipped        */
    } * change;             /* one answer is another; NULL: none */
};

struct rerun_result {
    struct turn turn;
    enum session_state state; /* WAITING: it stops at a question */
    size_t waits;             /* that question, of the definition; SIZE_MAX: none */
    bool waited;              /* the session itself stands there       */
    bool misfits;             /* there is an answer to it, and it does not fit */
    const struct run *run;    /* inside flows/survey: all that is known at the end */
};

MUST_USE
enum err rerun(const struct rerun *input, struct arena *arena, struct rerun_result *ret_result, struct error *error);

/* ── what was recommended ──────────────────────────────────────────────────────────────────────────────────────── */

struct recommended {
    struct str step, item; /* the step's name, the record's id              */
    struct str value, why; /* JSON, as struct record has them; may be empty */
};

struct recommendations {
    struct recommended *items;
    size_t n;
};

/* Those of a turn, in order, of each step the last.  ERR_NO_MEMORY. */
MUST_USE
enum err recommendations_of(const struct turn *turn, struct arena *arena, struct recommendations *ret_recommendations);

/* Keeps of each step the last. */
void recommendations_keep_last(struct recommendations *recommendations);

/* Whether the same records were recommended, in the same order. */
bool recommendations_same(const struct recommendations *a, const struct recommendations *b);

#endif
