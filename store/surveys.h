/* store/surveys.h — what turns leave behind for the figures: answers, recommendations, hand-overs.
 *
 * Steps leave nothing: who answered what, and when, is in `survey_answers`; which questions a session came to, how often an
 * answer did not fit, where it stands and how it ended, in `sessions`.  So figures can be made of any group of sessions
 * (funnel.h); counts of their own would say how many, but not of whom.
 *
 * Thread:  inside a write job, in the job that saves the session; reading: with any connection.
 * Memory:  arguments are borrowed for the call; results live in the arena given.
 * Errors:  ERR_INTERNAL — full or broken disk, a bug.                                                              */
#ifndef GILBOT_STORE_SURVEYS_H
#define GILBOT_STORE_SURVEYS_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

struct survey_answer {
    int64_t session_id;
    struct str flow;
    struct str variable;
    struct str value; /* JSON                                 */
    struct str text;  /* what the person typed; may be empty  */
    int64_t at_ms;
};

/* The last answer to a variable of a session wins. */
MUST_USE
enum err survey_answer_put(struct db *db, const struct survey_answer *answer, struct error *error);

struct survey_recommendation {
    int64_t session_id;
    struct str flow, step;
    struct str item;  /* id                                    */
    struct str value; /* JSON of the record                    */
    struct str why;   /* JSON: rule trail and inputs           */
    int64_t at_ms;
};

MUST_USE
enum err survey_recommendation_add(struct db *db, const struct survey_recommendation *recommendation,
                                   struct error *error);

struct survey_recommendations {
    struct survey_recommendation *items;
    size_t n;
};

/* Of sessions with ids from `first_id` to `last_id`, in the order in which they were made; any connection.  Reads all that
 * there are.  ERR_NO_MEMORY. */
MUST_USE
enum err survey_recommendations_of(struct db *db, int64_t first_id, int64_t last_id, struct arena *arena,
                                   struct survey_recommendations *ret_recommendations, struct error *error);

struct survey_handover {
    int64_t session_id;
    struct str flow, step;
    struct str to;
    int64_t at_ms;
};

MUST_USE
enum err survey_handover_add(struct db *db, const struct survey_handover *handover, struct error *error);

#endif
