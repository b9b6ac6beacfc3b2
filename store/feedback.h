/* store/feedback.h — what was asked and answered, and what people thought of it.
 *
 * Thread:  asked_add, asked_vote: inside the write job that saves the session; asked_voted: any connection.
 * Memory:  arguments are borrowed for the call; results live in the arena given.
 * Errors:  ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.                                                 */
#ifndef GILBOT_STORE_FEEDBACK_H
#define GILBOT_STORE_FEEDBACK_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

enum { ASKED_HELPFUL = 1, ASKED_NOT_HELPFUL = -1, ASKED_MOST_LISTED = 1000 };

struct asked_row {
    int64_t id; /* read only */
    int64_t session_id, number, at_ms;
    struct str question, kind, class, answer;
    struct str why;    /* JSON: sources, confidence, model                       */
    int64_t vote;      /* ASKED_HELPFUL, ASKED_NOT_HELPFUL; 0: nobody said       */
    struct str reason; /* a word of ours or the person's own words; may be empty */
    int64_t voted_ms;
};

/* A second row of the same session and number changes nothing. */
MUST_USE
enum err asked_add(struct db *db, const struct asked_row *row, struct error *error);

/* Sets vote, reason and voted_ms of the row with session_id and number; none there: nothing happens.  The last vote wins. */
MUST_USE
enum err asked_vote(struct db *db, const struct asked_row *row, struct error *error);

struct asked_rows {
    struct asked_row *items;
    size_t n;
};

struct asked_period {
    int64_t vote, since_ms;
    int64_t limit; /* at most ASKED_MOST_LISTED */
};

/* The latest votes of one kind, the newest first. */
MUST_USE
enum err asked_voted(struct db *db, const struct asked_period *period, struct arena *arena, struct asked_rows *ret_rows,
                     struct error *error);

#endif
