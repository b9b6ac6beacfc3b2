/* store/import/making.h — the blocks of a document while a reader makes them.
 *
 * Errors stick: after the first nothing more is taken, and making_finish tells it.
 * Thread: one.  Memory: texts are copied into the arena.                                                             */
#ifndef GILBOT_IMPORT_MAKING_H
#define GILBOT_IMPORT_MAKING_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/block.h"

struct arena;
struct imported;

struct making {
    struct arena *arena;
    struct error *error;
    enum err rc;
    struct block *items;
    size_t n, capacity, bytes;
    int page;          /* given to the blocks that are added; 0: none       */
    struct str header; /* given to table rows; see making_add_row           */
    bool in_table;
};

void making_init(struct making *making, struct arena *arena, struct error *error);

/* White space is tidied up: runs of it become one space, or one '\n' when they hold a line feed; control and invisible
 * characters go; what is no UTF-8 becomes U+FFFD.  What is empty then is left out. */
void making_add(struct making *making, enum block_kind kind, int level, struct str text);

/* A table: begin, rows, end.  `is_header`: it names the columns of those that follow (and is a row of its own). */
void making_begin_table(struct making *making);
void making_add_row(struct making *making, struct strs cells, bool is_header);
void making_end_table(struct making *making);

/* Text as making_add would keep it, in the arena; empty when the making has failed. */
struct str making_tidy(struct making *making, struct str text);

/* Sets the failure, unless there is one. */
PRINTF(3, 4) void making_fail(struct making *making, enum err code, const char *format, ...);

/* Gives the blocks (fills nothing else).  ERR_INVALID: there are none. */
MUST_USE enum err making_finish(struct making *making, struct imported *imported);

#endif
