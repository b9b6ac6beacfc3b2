/* store/figures.h — how much is waiting: kept in memory by the writer, exact as of the last commit.
 *
 * Counted from the database once, at start; afterwards every commit adds what its jobs changed.  So asking costs three
 * loads and can be done on each request.
 * Thread: any.                                                                                                       */
#ifndef GILBOT_STORE_FIGURES_H
#define GILBOT_STORE_FIGURES_H

#include <stdint.h>

struct store;

struct figures {
    int64_t inbox_pending;  /* events not finished: waiting, ready, running       */
    int64_t outbox_pending; /* replies not finished: waiting, ready, running      */
    int64_t dead_letters;   /* dead rows of both                                  */
};

struct figures figures_read(const struct store *store);

#endif
