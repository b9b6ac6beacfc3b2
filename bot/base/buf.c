#include "bot/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

void buf_init(struct buf *buf, struct arena *arena, size_t ceiling_bytes)
{
    *buf = (struct buf){.arena = arena, .ceiling = ceiling_bytes};
}

static bool grow(struct buf *buf, size_t more)
{
    if (more > buf->ceiling - buf->n) {
        buf->failed = true;
        return false;
    }
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity * 2;
    while (capacity <= buf->n + more)
        capacity *= 2;
    if (capacity - 1 > buf->ceiling) /* the ceiling may be SIZE_MAX */
        capacity = buf->ceiling + 1;
    char *p = buf->arena != NULL ? arena_alloc(buf->arena, capacity) : realloc(buf->p, capacity);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    if (buf->arena != NULL && buf->n > 0)
        memcpy(p, buf->p, buf->n);
    buf->p = p;
    buf->capacity = capacity;
    return true;
}

/* Room for `more` bytes and the NUL; false (and failed) when the ceiling or memory forbids.  What there is room for is below
 * the ceiling. */
static inline bool reserve(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    return more < buf->capacity - buf->n || grow(buf, more);
}

void buf_add(struct buf *buf, struct str s)
{
    if (!reserve(buf, s.n))
        return;
    if (s.n > 0)
        memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
    buf->p[buf->n] = '\0';
}

void buf_add_char(struct buf *buf, char c)
{
    if (!reserve(buf, 1))
        return;
    buf->p[buf->n++] = c;
    buf->p[buf->n] = '\0';
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !reserve(buf, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}

void buf_truncate(struct buf *buf, size_t n)
{
    if (n >= buf->n)
        return;
    buf->n = n;
    buf->p[n] = '\0';
}

struct str buf_str(const struct buf *buf)
{
    return buf->p == NULL ? STR("") : (struct str){buf->p, buf->n};
}

bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

void buf_release(struct buf *buf)
{
    if (buf->arena == NULL)
        free(buf->p);
    buf_init(buf, buf->arena, buf->ceiling);
}
