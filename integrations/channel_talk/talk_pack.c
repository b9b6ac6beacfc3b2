#include "integrations/channel_talk/talk_pack.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "integrations/channel_talk/talk_text.h"

#include "bot/base/banned.h"

enum { MAX_BLOCKS_BYTES = 64 * 1024, MAX_PLAIN_BYTES = 64 * 1024 };

/* Pieces that share a block. */
struct block {
    size_t first, n; /* of the pieces */
    size_t characters;
    bool is_list;
};

struct blocks {
    struct block *items;
    size_t n;
};

static size_t separator(const struct talk_piece *piece)
{
    return piece->after_blank ? 2 : 1;
}

static bool begins_paragraph(const struct talk_text *text, size_t i)
{
    return i == 0 || text->pieces[i].after_blank || text->pieces[i - 1].bullet;
}

/* Characters of the paragraph that begins at piece `i`, up to the next one, a list or a forced break. */
static size_t paragraph_characters(const struct talk_text *text, size_t i)
{
    size_t characters = text->pieces[i].characters;
    for (i++; i < text->n; i++) {
        const struct talk_piece *piece = &text->pieces[i];
        if (piece->bullet || piece->after_blank || piece->continues)
            break;
        characters += 1 + piece->characters;
    }
    return characters;
}

/* Room that the block needs so that the piece may join: a paragraph's start brings the whole of it when that fits a
 * block at all. */
static size_t wanted(const struct talk_text *text, size_t i)
{
    size_t alone = text->pieces[i].characters;
    if (text->pieces[i].bullet || !begins_paragraph(text, i))
        return alone;
    size_t paragraph = paragraph_characters(text, i);
    return paragraph <= TALK_BLOCK_CHARACTERS ? paragraph : alone;
}

static bool joins(const struct talk_text *text, const struct block *block, size_t i)
{
    const struct talk_piece *piece = &text->pieces[i];
    return block->is_list == piece->bullet && !piece->continues &&
           block->characters + separator(piece) + wanted(text, i) <= TALK_BLOCK_CHARACTERS;
}

static enum err make_blocks(const struct talk_text *text, struct blocks *ret_blocks)
{
    struct block *items = arena_alloc_array(text->arena, text->n, sizeof *items);
    if (items == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++) {
        const struct talk_piece *piece = &text->pieces[i];
        if (n > 0 && joins(text, &items[n - 1], i)) {
            items[n - 1].characters += separator(piece) + piece->characters;
            items[n - 1].n++;
        } else {
            items[n] = (struct block){.first = i, .n = 1, .characters = piece->characters, .is_list = piece->bullet};
            n++;
        }
    }
    *ret_blocks = (struct blocks){items, n};
    return OK;
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_text_block(struct buf *out, struct str value)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "type", STR("text"));
    json_add_member(out, "value", value);
    buf_add_char(out, '}');
}

static void add_list(const struct talk_text *text, const struct block *block, struct buf *out)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "type", STR("bullets"));
    json_add_key(out, "blocks");
    buf_add_char(out, '[');
    for (size_t i = 0; i < block->n; i++)
        add_text_block(out, buf_str(&text->pieces[block->first + i].value));
    buf_add(out, STR("]}"));
}

static void add_lines(const struct talk_text *text, const struct block *block, struct buf *out)
{
    struct buf value;
    buf_init(&value, text->arena, MAX_BLOCKS_BYTES);
    for (size_t i = 0; i < block->n; i++) {
        const struct talk_piece *piece = &text->pieces[block->first + i];
        if (i > 0)
            buf_add(&value, str_first(STR("\n\n"), separator(piece)));
        buf_add(&value, buf_str(&piece->value));
    }
    out->failed |= buf_failed(&value);
    add_text_block(out, buf_str(&value));
}

static void add_plain(const struct talk_text *text, const struct block *block, struct buf *out)
{
    for (size_t i = 0; i < block->n; i++) {
        const struct talk_piece *piece = &text->pieces[block->first + i];
        if (out->n > 0)
            buf_add(out, piece->continues ? STR(" ") : str_first(STR("\n\n"), separator(piece)));
        if (piece->bullet && !piece->continues)
            buf_add(out, STR("- "));
        buf_add(out, buf_str(&piece->plain));
    }
}

static enum err write_message(const struct talk_text *text, const struct blocks *blocks,
                              struct talk_message *ret_message)
{
    struct buf json, plain;
    buf_init(&json, text->arena, MAX_BLOCKS_BYTES);
    buf_init(&plain, text->arena, MAX_PLAIN_BYTES);
    buf_add_char(&json, '[');
    for (size_t i = 0; i < blocks->n; i++) {
        (blocks->items[i].is_list ? add_list : add_lines)(text, &blocks->items[i], &json);
        add_plain(text, &blocks->items[i], &plain);
    }
    buf_add_char(&json, ']');
    if (buf_failed(&json) || buf_failed(&plain))
        return ERR_NO_MEMORY;
    *ret_message = (struct talk_message){buf_str(&json), buf_str(&plain)};
    return OK;
}

/* How many of the blocks make the next message. */
static size_t next_message(const struct blocks *blocks)
{
    size_t characters = 0, n = 0;
    while (n < blocks->n && (n == 0 || characters + blocks->items[n].characters <= TALK_MESSAGE_CHARACTERS))
        characters += blocks->items[n++].characters;
    return n;
}

enum err talk_pack(const struct talk_text *text, struct talk_messages *ret_messages, struct error *error)
{
    struct blocks blocks = {.n = 0};
    if (text->failed || make_blocks(text, &blocks) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory for a Channel Talk message");
    struct talk_message *items = arena_alloc_array(text->arena, blocks.n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for Channel Talk messages");
    size_t n = 0;
    while (blocks.n > 0) {
        struct blocks part = {blocks.items, next_message(&blocks)};
        if (write_message(text, &part, &items[n++]) != OK)
            return fail(error, ERR_NO_MEMORY, "no memory for a Channel Talk message's blocks");
        blocks = (struct blocks){blocks.items + part.n, blocks.n - part.n};
    }
    *ret_messages = (struct talk_messages){items, n};
    return OK;
}
