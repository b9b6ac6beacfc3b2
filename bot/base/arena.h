/* bot/base/arena.h — memory that lives and dies together.
 *
 * One arena per event (or per request, per loaded file): everything made on the way is taken from it and released at
 * once.  There is no free of a single piece.  An arena has a limit; beyond it arena_alloc gives NULL, which callers
 * report as ERR_NO_MEMORY.  Unused and released memory is poisoned under AddressSanitizer.
 *
 *   struct arena arena;
 *   arena_init(&arena, 1024 * 1024);
 *   … arena_alloc(&arena, 100) …
 *   arena_release(&arena);            or  CLEANUP(arena_release) struct arena arena;
 *
 * Thread:  an arena belongs to one thread at a time.
 * Memory:  blocks come from malloc; arena_reset keeps the first block for the next event.                       */
#ifndef GILBOT_BASE_ARENA_H
#define GILBOT_BASE_ARENA_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"

struct arena_block;

struct arena {
    struct arena_block *head; /* newest block first                     */
    size_t used;              /* bytes taken by blocks, headers included */
    size_t limit;             /* `used` never exceeds this               */
};

/* Makes an empty arena; takes no memory yet. */
void arena_init(struct arena *arena, size_t limit_bytes);

/* `bytes` zeroed bytes aligned for any type; NULL when the limit or the machine's memory is reached. 0 bytes is fine. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* count * size zeroed bytes, NULL also when the product overflows. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

/* A copy of `s` with a NUL after it (not counted).  On failure {NULL, 0}; copying the empty string never fails. */
struct str arena_copy(struct arena *arena, struct str s);

/* All n of them, one behind the other; {NULL, 0} as above. */
struct str arena_join(struct arena *arena, const struct str *parts, size_t n);

/* Formatted text, NUL-terminated (not counted); {NULL, 0} on failure. */
PRINTF(2, 3) struct str arena_format(struct arena *arena, const char *format, ...);

/* Forgets everything but keeps the largest block for reuse. */
void arena_reset(struct arena *arena);

/* Gives all memory back.  The arena is as after arena_init. */
void arena_release(struct arena *arena);

#endif
