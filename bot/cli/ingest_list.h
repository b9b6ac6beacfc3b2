/* bot/cli/ingest_list.h — the files that an ingest goes through, in the order of their names.
 *
 * Thread: one.  Memory: the arena.                                                                                   */
#ifndef GILBOT_CLI_INGEST_LIST_H
#define GILBOT_CLI_INGEST_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { INGEST_MAX_DEPTH = 32 };

struct ingest_entry {
    struct str path; /* NUL-terminated              */
    struct str key;  /* below the folder that was named */
    int64_t bytes;
};

struct ingest_list {
    struct ingest_entry *items;
    size_t n, room;
    int64_t bytes, n_passed_over;
};

/* A file that is named is taken whatever its ending. */
MUST_USE
enum err ingest_list_make(struct arena *arena, struct strs paths, struct ingest_list *ret_list, struct error *error);

#endif
