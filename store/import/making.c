#include "store/import/making.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/import.h"

#include "bot/base/banned.h"

static const struct str cell_mark = STR_INIT(" | ");

void making_init(struct making *making, struct arena *arena, struct error *error)
{
    *making = (struct making){.arena = arena, .error = error};
}

void making_fail(struct making *making, enum err code, const char *format, ...)
{
    char sentence[sizeof making->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (making->rc == OK)
        making->rc = fail(making->error, code, "%s", sentence);
}

/* Soft hyphens, zero-width characters, direction marks, byte order marks, controls. */
static bool is_invisible(int32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F && c != 0x85) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB);
}

static bool is_line_end(int32_t c)
{
    return c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

struct str making_tidy(struct making *making, struct str text)
{
    /* A byte that is no UTF-8 grows to three. */
    size_t room = text_is_utf8(text) ? text.n : 3 * text.n;
    char *tidy = making->rc == OK ? arena_alloc(making->arena, room + 1) : NULL;
    if (tidy == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return STR("");
    }
    size_t n = 0;
    char gap = '\0'; /* what stands before the next character */
    for (struct str rest = text; rest.n > 0;) {
        int32_t c = text_next(&rest);
        if (is_line_end(c)) {
            gap = '\n';
        } else if (c == '\t' || c == '\r' || text_is_space(c)) {
            gap = gap == '\0' ? ' ' : gap;
        } else if (!is_invisible(c)) {
            if (gap != '\0' && n > 0)
                tidy[n++] = gap;
            gap = '\0';
            n += text_encode(c, tidy + n);
        }
    }
    return (struct str){tidy, n};
}

static bool make_room(struct making *making)
{
    if (making->n < making->capacity)
        return true;
    size_t capacity = making->capacity == 0 ? 64 : 2 * making->capacity;
    struct block *items = arena_alloc_array(making->arena, capacity, sizeof *items);
    if (items == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return false;
    }
    if (making->n > 0)
        memcpy(items, making->items, making->n * sizeof *items);
    making->items = items;
    making->capacity = capacity;
    return true;
}

static void add_tidy(struct making *making, const struct block *block)
{
    making->bytes += block->text.n;
    if (making->n >= IMPORT_MAX_BLOCKS || making->bytes > IMPORT_MAX_TEXT_BYTES)
        making_fail(making, ERR_INVALID, "it holds more than %d MB of text; split it",
                    IMPORT_MAX_TEXT_BYTES / 1024 / 1024);
    else if (making->rc == OK && block->text.n > 0 && make_room(making))
        making->items[making->n++] = *block;
}

void making_add(struct making *making, enum block_kind kind, int level, struct str text)
{
    int deepest = level > BLOCK_MAX_LEVEL ? BLOCK_MAX_LEVEL : level;
    struct block block = {.kind = kind, .level = deepest, .page = making->page, .text = making_tidy(making, text)};
    add_tidy(making, &block);
}

void making_begin_table(struct making *making)
{
    making->header = STR("");
    making->in_table = true;
}

void making_end_table(struct making *making)
{
    making->header = STR("");
    making->in_table = false;
}

/* One line, whatever the cells hold; empty cells at the end are left out, a row of nothing else too. */
static struct str row_text(struct making *making, struct strs cells)
{
    size_t room = 1, filled = 0;
    for (size_t i = 0; i < cells.n; i++)
        room += 3 * cells.items[i].n + cell_mark.n;
    struct buf row;
    buf_init(&row, making->arena, room);
    for (size_t i = 0; i < cells.n; i++) {
        struct str cell = making_tidy(making, cells.items[i]);
        if (i > 0)
            buf_add(&row, cell_mark);
        for (size_t at = 0; at < cell.n; at++)
            buf_add_char(&row, cell.p[at] == '\n' ? ' ' : cell.p[at]);
        filled = cell.n > 0 ? row.n : filled;
    }
    if (buf_failed(&row)) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return STR("");
    }
    return str_trim(str_first(buf_str(&row), filled)); /* the first cell may be empty */
}

void making_add_row(struct making *making, struct strs cells, bool is_header)
{
    struct block block = {.kind = BLOCK_TABLE_ROW, .page = making->page, .text = row_text(making, cells)};
    if (is_header)
        making->header = block.text;
    else
        block.header = making->header;
    add_tidy(making, &block);
}

enum err making_finish(struct making *making, struct imported *imported)
{
    if (making->n == 0)
        making_fail(making, ERR_INVALID, "it holds no text");
    if (making->rc == OK)
        imported->blocks = (struct blocks){making->items, making->n};
    return making->rc;
}
