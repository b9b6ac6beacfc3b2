#include "store/import/wire.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/import.h"

#include "bot/base/banned.h"

static const struct str magic = STR_INIT("gilbot1\n");

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_number(struct buf *out, size_t number)
{
    uint32_t bytes = (uint32_t)number;
    buf_add(out, (struct str){(const char *)&bytes, sizeof bytes});
}

static void add_text(struct buf *out, struct str text)
{
    add_number(out, text.n);
    buf_add(out, text);
}

static void add_block(struct buf *out, const struct block *block, struct str header_before)
{
    buf_add_char(out, 'B');
    add_number(out, (size_t)block->kind);
    add_number(out, (size_t)block->level);
    add_number(out, (size_t)block->page);
    add_text(out, block->text);
    if (block->header.n == 0) {
        buf_add_char(out, 'n');
    } else if (block->header.p == header_before.p && block->header.n == header_before.n) {
        buf_add_char(out, 's');
    } else {
        buf_add_char(out, 't');
        add_text(out, block->header);
    }
}

void wire_add_document(struct buf *out, const struct imported *imported)
{
    buf_add(out, magic);
    buf_add_char(out, 'D');
    add_text(out, imported->title);
    add_text(out, imported->date);
    add_text(out, imported->category);
    add_text(out, imported->source);
    add_text(out, imported->url);
    add_number(out, (size_t)imported->n_pages);
    struct str header = STR("");
    for (size_t i = 0; i < imported->blocks.n; i++) {
        add_block(out, &imported->blocks.items[i], header);
        if (imported->blocks.items[i].header.n > 0)
            header = imported->blocks.items[i].header;
    }
    buf_add_char(out, 'Z');
    add_number(out, imported->blocks.n);
}

void wire_add_failure(struct buf *out, const struct error *error)
{
    buf_add(out, magic);
    buf_add_char(out, 'E');
    add_number(out, (size_t)error->code);
    add_text(out, (struct str){error->text, error->n});
}

/* ── reading: the first thing that is wrong sticks ─────────────────────────────────────────────────────────────── */

struct wire {
    struct str rest;
    bool wrong;
};

static char take_char(struct wire *wire)
{
    wire->wrong = wire->wrong || wire->rest.n == 0;
    if (wire->wrong)
        return '\0';
    char c = wire->rest.p[0];
    wire->rest = str_skip(wire->rest, 1);
    return c;
}

static size_t take_number(struct wire *wire, size_t most)
{
    uint32_t number = 0;
    wire->wrong = wire->wrong || wire->rest.n < sizeof number;
    if (wire->wrong)
        return 0;
    memcpy(&number, wire->rest.p, sizeof number);
    wire->rest = str_skip(wire->rest, sizeof number);
    wire->wrong = number > most;
    return wire->wrong ? 0 : number;
}

static struct str take_text(struct wire *wire)
{
    size_t n = take_number(wire, wire->rest.n);
    struct str text = str_first(wire->rest, n);
    wire->wrong = wire->wrong || text.n != n || !text_is_utf8(text);
    if (wire->wrong)
        return STR("");
    wire->rest = str_skip(wire->rest, n);
    return text;
}

static struct block take_block(struct wire *wire, struct str *header)
{
    struct block block = {.kind = (enum block_kind)take_number(wire, BLOCK_TABLE_ROW)};
    block.level = (int)take_number(wire, BLOCK_MAX_LEVEL);
    block.page = (int)take_number(wire, IMPORT_MAX_PAGES);
    block.text = take_text(wire);
    char mark = take_char(wire);
    if (mark == 't')
        *header = take_text(wire);
    if (mark == 't' || mark == 's')
        block.header = *header;
    wire->wrong = wire->wrong || block.kind == 0 || block.text.n == 0 || (mark != 't' && mark != 's' && mark != 'n');
    return block;
}

static enum err nonsense(struct error *error)
{
    return fail(error, ERR_REMOTE, "its reader did not finish");
}

static enum err take_failure(struct wire *wire, struct error *error)
{
    size_t code = take_number(wire, ERR_INTERNAL);
    struct str sentence = take_text(wire);
    if (wire->wrong || code == OK || sentence.n == 0)
        return nonsense(error);
    return fail(error, (enum err)code, "%.*s", STR_ARG(sentence));
}

/* How many blocks there are, to make room once; what is wrong shows later. */
static size_t count_blocks(struct wire wire)
{
    struct str header = STR("");
    size_t n = 0;
    while (!wire.wrong && take_char(&wire) == 'B') {
        (void)take_block(&wire, &header);
        n++;
    }
    return n;
}

enum err wire_read(struct arena *arena, struct str bytes, struct imported *ret_imported, struct error *error)
{
    struct wire wire = {.rest = str_skip(bytes, magic.n), .wrong = !str_starts(bytes, magic)};
    char kind = take_char(&wire);
    if (kind == 'E')
        return take_failure(&wire, error);
    if (kind != 'D')
        return nonsense(error);
    struct imported imported = {.title = take_text(&wire)};
    imported.date = take_text(&wire);
    imported.category = take_text(&wire);
    imported.source = take_text(&wire);
    imported.url = take_text(&wire);
    imported.n_pages = (int)take_number(&wire, IMPORT_MAX_PAGES);
    size_t n = count_blocks(wire);
    struct block *blocks = n == 0 || n > IMPORT_MAX_BLOCKS ? NULL : arena_alloc_array(arena, n, sizeof *blocks);
    if (blocks == NULL)
        return n == 0 || n > IMPORT_MAX_BLOCKS ? nonsense(error) : fail(error, ERR_NO_MEMORY, "out of memory");
    struct str header = STR("");
    for (size_t i = 0; i < n; i++) {
        (void)take_char(&wire);
        blocks[i] = take_block(&wire, &header);
    }
    if (take_char(&wire) != 'Z' || take_number(&wire, n) != n || wire.wrong || wire.rest.n > 0)
        return nonsense(error);
    imported.blocks = (struct blocks){blocks, n};
    *ret_imported = imported;
    return OK;
}
