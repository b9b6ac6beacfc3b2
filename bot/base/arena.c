#include "bot/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONING 1
#endif
#endif
#ifdef POISONING
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#include "bot/base/banned.h"

enum { FIRST_BLOCK_BYTES = 16384, ALIGNMENT = alignof(max_align_t) };

struct arena_block {
    struct arena_block *next;
    size_t size, used; /* of `bytes` */
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, size_t limit_bytes)
{
    *arena = (struct arena){.limit = limit_bytes};
}

static size_t round_up(size_t n)
{
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* A block that holds at least `need` bytes: twice the last one's size, as far as the limit allows. */
static struct arena_block *add_block(struct arena *arena, size_t need)
{
    size_t left = arena->limit - arena->used;
    if (left < sizeof(struct arena_block) || need > left - sizeof(struct arena_block))
        return NULL;
    size_t size = arena->head == NULL ? FIRST_BLOCK_BYTES : arena->head->size * 2;
    if (size < need)
        size = need;
    if (size > left - sizeof(struct arena_block))
        size = left - sizeof(struct arena_block);
    struct arena_block *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    *block = (struct arena_block){.next = arena->head, .size = size};
    ASAN_POISON_MEMORY_REGION(block->bytes, size);
    arena->head = block;
    arena->used += sizeof *block + size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t need = round_up(bytes == 0 ? 1 : bytes);
    struct arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < need)
        block = add_block(arena, need);
    if (block == NULL)
        return NULL;
    void *p = block->bytes + block->used;
    block->used += need;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return memset(p, 0, bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(arena, count * size);
}

struct str arena_copy(struct arena *arena, struct str s)
{
    if (s.n == 0)
        return STR("");
    char *p = arena_alloc(arena, s.n + 1);
    if (p == NULL)
        return (struct str){NULL, 0};
    memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

struct str arena_join(struct arena *arena, const struct str *parts, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += parts[i].n;
    char *p = arena_alloc(arena, bytes + 1), *at = p;
    if (p == NULL)
        return (struct str){NULL, 0};
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > 0)
            memcpy(at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (struct str){p, bytes};
}

struct str arena_format(struct arena *arena, const char *format, ...)
{
    struct arena_block *block = arena->head;
    size_t room = block == NULL ? 0 : block->size - block->used;
    char *at = room == 0 ? NULL : block->bytes + block->used;
    ASAN_UNPOISON_MEMORY_REGION(at, room);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(at, room, format, args); /* nearly always there is room at once */
    va_end(args);
    ASAN_POISON_MEMORY_REGION(at, room);
    if (block != NULL && n >= 0 && round_up((size_t)n + 1) <= room) {
        block->used += round_up((size_t)n + 1);
        ASAN_UNPOISON_MEMORY_REGION(at, (size_t)n + 1);
        return (struct str){at, (size_t)n};
    }
    char *p = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (p == NULL)
        return (struct str){NULL, 0};
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (struct str){p, (size_t)n};
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->head; /* the newest is the largest, but for single large pieces */
    if (keep == NULL)
        return;
    struct arena rest = {.head = keep->next};
    arena_release(&rest);
    keep->next = NULL;
    keep->used = 0;
    ASAN_POISON_MEMORY_REGION(keep->bytes, keep->size);
    arena->used = sizeof *keep + keep->size;
}

void arena_release(struct arena *arena)
{
    while (arena->head != NULL) {
        struct arena_block *block = arena->head;
        arena->head = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
        free(block);
    }
    arena->used = 0;
}
