/* store/funnel.h — what became of a flow's sessions, from what turns leave behind anyhow: nothing is written for it.
 *
 * Everything is about the sessions that began since a moment, whenever they went on: so all figures of a funnel are of the
 * same conversations, and any group of them (a day, a route, a variant) has figures of its own.
 *
 * Thread:  any connection, within a snapshot; every session is looked through, so not in the writer.
 * Memory:  funnel_items: in the arena given; funnel_each: borrowed for the visit.
 * Errors:  ERR_NO_MEMORY; ERR_INTERNAL — a broken disk, a bug; funnel_each also gives on what the visit gave.       */
#ifndef GILBOT_STORE_FUNNEL_H
#define GILBOT_STORE_FUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/session.h"

struct arena;
struct db;

struct funnel_filter {
    struct str flow;
    int64_t since_ms; /* sessions that began then or later */
};

/* An answer that stands, and when it was given. */
struct funnel_answer {
    struct str variable;
    int64_t at_ms;
};

struct funnel_session {
    struct session session; /* without profile, opening and what is due */
    bool recommended, consulted;
    bool first; /* of this person, among all that were asked for */
    const struct funnel_answer *answers;
    size_t n_answers; /* earliest first */
};

struct funnel_visitor {
    enum err (*visit)(void *self, const struct funnel_session *session, struct error *error);
    void *self;
};

/* Every session, oldest first. */
MUST_USE
enum err funnel_each(struct db *db, const struct funnel_filter *filter, const struct funnel_visitor *visitor,
                     struct error *error);

struct funnel_items {
    struct funnel_item {
        struct str item;
        int64_t sessions; /* that were recommended it */
    } * items;            /* most first */
    size_t n;
};

MUST_USE
enum err funnel_items(struct db *db, const struct funnel_filter *filter, struct arena *arena,
                      struct funnel_items *ret_items, struct error *error);

#endif
