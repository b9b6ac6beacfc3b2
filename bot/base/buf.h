/* bot/base/buf.h — text that grows, up to a ceiling named at its birth.
 *
 * Appending never fails on the spot: a buffer that hit its ceiling (or ran out of memory) keeps what it had and
 * remembers `failed`; look once, at the end, with buf_str or buf_failed.
 *
 *   struct buf b;
 *   buf_init(&b, arena, 64 * 1024);             arena NULL: from the heap; then buf_release
 *   buf_add(&b, STR("hello"));  buf_addf(&b, " %d", 3);
 *
 * Thread: belongs to one thread at a time.                                                                      */
#ifndef GILBOT_BASE_BUF_H
#define GILBOT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"

struct arena;

struct buf {
    char *p;  /* always NUL-terminated once something was added */
    size_t n; /* bytes, without the NUL                         */
    size_t capacity, ceiling;
    struct arena *arena; /* NULL: heap */
    bool failed;
};

void buf_init(struct buf *buf, struct arena *arena, size_t ceiling_bytes);
void buf_add(struct buf *buf, struct str s);
void buf_add_char(struct buf *buf, char c);
PRINTF(2, 3) void buf_addf(struct buf *buf, const char *format, ...);

/* Back to `n` bytes (n ≤ buf->n); the failed flag stays. */
void buf_truncate(struct buf *buf, size_t n);

/* Borrowed contents; valid until the next append or release.  Never NULL. */
struct str buf_str(const struct buf *buf);

/* True when something did not fit: the contents are cut and must not be used as if whole. */
bool buf_failed(const struct buf *buf);

/* Frees heap memory; harmless for arena buffers.  The buffer is empty and usable afterwards. */
void buf_release(struct buf *buf);

#endif
