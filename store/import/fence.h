/* store/import/fence.h — reads a file in a process of its own, whose death is a reason and not a fault.
 *
 *   fence_read ──execute this program anew──▶ child (child.h): limits, seccomp, no descriptors but file and pipe
 *        ◀── blocks over the pipe, checked (wire.h) ──┘          ends, crashes, hangs: killed after FENCE_LIMIT_MS
 *
 * The process gets no environment but its own and nothing of ours in memory: no token, no database.
 * Thread: any; blocks until the file is read (never the loop).  Memory: the arena, IMPORT_MAX_TEXT_BYTES and more.
 * Errors: ERR_INVALID: a reason for the operator, as a part of a sentence ("this PDF is encrypted; …"); ERR_NO_MEMORY;
 *         ERR_INTERNAL: the fence could not be put up, a program is missing.                                         */
#ifndef GILBOT_IMPORT_FENCE_H
#define GILBOT_IMPORT_FENCE_H

#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "store/import/import.h"

struct arena;

enum { FENCE_LIMIT_MS = 30000, FENCE_ARENA_BYTES = 160 * 1024 * 1024 };

/* The hidden command of this program that calls child_main with the word after it. */
#define FENCE_COMMAND "read-file"

struct fence_file {
    int fd;           /* open for reading, a regular file; its position is moved */
    struct str name;  /* for its ending                                          */
    int64_t limit_ms; /* 0: FENCE_LIMIT_MS                                       */
};
MUST_USE
enum err fence_read(struct arena *arena, const struct fence_file *file, struct imported *ret_imported,
                    struct error *error);

/* The same for bytes in memory. */
MUST_USE
enum err fence_read_bytes(struct arena *arena, const struct import_file *file, struct imported *ret_imported,
                          struct error *error);

/* Bytes in memory as a file without a place; close it with fence_close_bytes. */
MUST_USE enum err fence_open_bytes(const struct import_file *file, int *ret_fd, struct error *error);
void fence_close_bytes(int fd);

#endif
