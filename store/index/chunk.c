#include "store/index/chunk.h"

#include <stdbool.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/sentence.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { BYTES_PER_CHARACTER = 4 };

static const struct str path_mark = STR_INIT(" > ");

/* What is never cut again. */
struct piece {
    struct str text;
    struct str header; /* of the table whose row it is; empty: no row, no header, or one too long to repeat */
    size_t length;     /* characters                                                                        */
    int page;
    char glue; /* what parts it from the piece before it: '\0', ' ' or '\n' */
    bool is_row;
};

struct cutting {
    struct arena *arena;
    struct chunk_settings settings;
    bool no_memory;

    struct str path[BLOCK_MAX_LEVEL]; /* open headings by level; empty: none */
    struct str heading;               /* the path as text                    */
    bool lonely;                      /* the last heading has nothing below it yet */

    struct piece *pieces; /* of the section under way */
    size_t n_pieces, piece_room;
    struct chunk *chunks;
    size_t n_chunks, chunk_room;
};

/* Room for one more in an array that doubles. */
static void *grow(struct cutting *cutting, void *items, size_t n, size_t *room, size_t bytes)
{
    if (n < *room)
        return items;
    size_t more = *room == 0 ? 32 : 2 * *room;
    void *grown = arena_alloc_array(cutting->arena, more, bytes);
    if (grown == NULL) {
        cutting->no_memory = true;
        return NULL;
    }
    if (n > 0)
        memcpy(grown, items, n * bytes);
    *room = more;
    return grown;
}

/* ── pieces ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_piece(struct cutting *cutting, const struct piece *piece)
{
    struct piece *pieces =
        grow(cutting, cutting->pieces, cutting->n_pieces, &cutting->piece_room, sizeof *cutting->pieces);
    if (pieces == NULL)
        return;
    cutting->pieces = pieces;
    pieces[cutting->n_pieces++] = *piece;
}

/* The bytes of the longest beginning of `text` with at most `most` characters, ending between words when it can. */
static size_t cut_at_word(struct str text, size_t most)
{
    struct str rest = text;
    size_t taken = 0, word_end = 0;
    while (rest.n > 0 && taken < most) {
        size_t at = text.n - rest.n;
        if (text_is_space(text_next(&rest)))
            word_end = at;
        taken++;
    }
    if (rest.n == 0)
        return text.n;
    if (rest.p[0] == ' ' || rest.p[0] == '\n')
        return text.n - rest.n;
    return word_end > 0 ? word_end : text.n - rest.n;
}

/* One sentence or row, in as many pieces as it needs. */
static void add_text(struct cutting *cutting, struct piece piece, struct str text)
{
    size_t most = cutting->settings.size - (piece.header.n > 0 ? text_length(piece.header) + 1 : 0);
    while (text.n > 0 && !cutting->no_memory) {
        piece.text = str_trim(str_first(text, cut_at_word(text, most)));
        piece.length = text_length(piece.text);
        struct str rest = str_skip(text, (size_t)(piece.text.p - text.p) + piece.text.n);
        add_piece(cutting, &piece);
        text = str_trim(rest);
        piece.glue = text.n < rest.n ? ' ' : '\0';
    }
}

/* The white space before a sentence, as one character. */
static char glue_of(const char *end, const char *start)
{
    char glue = '\0';
    for (; end < start; end++)
        glue = *end == '\n' || glue == '\n' ? '\n' : ' ';
    return glue;
}

static void add_block(struct cutting *cutting, const struct block *block)
{
    struct piece piece = {.page = block->page, .glue = '\n', .is_row = block->kind == BLOCK_TABLE_ROW};
    if (piece.is_row) {
        if (text_length(block->header) < cutting->settings.size / 2)
            piece.header = block->header;
        add_text(cutting, piece, block->text);
        return;
    }
    struct str rest = block->text, sentence;
    const char *end = NULL; /* of the sentence before */
    while (sentence_next(&rest, &sentence)) {
        piece.glue = end == NULL ? '\n' : glue_of(end, sentence.p);
        add_text(cutting, piece, sentence);
        end = sentence.p + sentence.n;
    }
}

/* ── chunks ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A chunk under way: pieces first … end of the section, after the text that it repeats. */
struct filling {
    size_t first, end;
    struct str repeated; /* of the chunk before, or the table's header; empty: nothing */
    char glue;           /* between that and the first piece                          */
    size_t length;       /* characters, all together                                  */
};

static size_t glue_length(char glue)
{
    return glue == '\0' ? 0 : 1;
}

static void add_chunk(struct cutting *cutting, const struct chunk *chunk)
{
    struct chunk *chunks =
        grow(cutting, cutting->chunks, cutting->n_chunks, &cutting->chunk_room, sizeof *cutting->chunks);
    if (chunks == NULL)
        return;
    cutting->chunks = chunks;
    chunks[cutting->n_chunks++] = *chunk;
}

static void emit(struct cutting *cutting, const struct filling *filling)
{
    struct buf body;
    buf_init(&body, cutting->arena, filling->length * BYTES_PER_CHARACTER + 1);
    buf_add(&body, filling->repeated);
    for (size_t i = filling->first; i < filling->end; i++) {
        char glue = i > filling->first ? cutting->pieces[i].glue : filling->glue;
        if (body.n > 0 && glue != '\0')
            buf_add_char(&body, glue);
        buf_add(&body, cutting->pieces[i].text);
    }
    if (buf_failed(&body))
        cutting->no_memory = true;
    else
        add_chunk(cutting, &(struct chunk){.page = cutting->pieces[filling->first].page,
                                           .heading = cutting->heading,
                                           .body = buf_str(&body)});
}

/* The last `most` characters of a text, beginning between words when that leaves anything. */
static struct str last_words(struct str text, size_t most)
{
    size_t length = text_length(text);
    if (length <= most)
        return text;
    struct str tail = str_skip(text, text_first(text, length - most).n);
    size_t space = 0;
    while (space < tail.n && tail.p[space] != ' ' && tail.p[space] != '\n')
        space++;
    return space < tail.n ? str_trim(str_skip(tail, space)) : tail;
}

/* What the chunk that begins with piece `next` repeats of the one that held the pieces first … next, in at most `room`
 * characters: whole sentences, or the end of one that is longer. */
static void repeat(struct cutting *cutting, size_t first, struct filling *filling, size_t room)
{
    const struct piece *pieces = cutting->pieces;
    size_t next = filling->first, from = next, length = 0;
    while (from > first && !pieces[from - 1].is_row) {
        const struct piece *piece = &pieces[from - 1];
        size_t more = piece->length + (from < next ? glue_length(pieces[from].glue) : 0);
        if (length + more > room)
            break;
        length += more;
        from--;
    }
    if (from == next) {
        if (!pieces[next - 1].is_row && room > 0)
            filling->repeated = last_words(pieces[next - 1].text, room);
        return;
    }
    struct buf text;
    buf_init(&text, cutting->arena, length * BYTES_PER_CHARACTER + 1);
    for (size_t i = from; i < next; i++) {
        if (i > from && pieces[i].glue != '\0')
            buf_add_char(&text, pieces[i].glue);
        buf_add(&text, pieces[i].text);
    }
    cutting->no_memory = cutting->no_memory || buf_failed(&text);
    filling->repeated = buf_str(&text);
}

/* Begins the chunk whose first new piece is `next`, after one whose first was `first`. */
static struct filling begin(struct cutting *cutting, size_t first, size_t next)
{
    const struct piece *piece = &cutting->pieces[next];
    struct filling filling = {.first = next, .end = next + 1, .glue = piece->glue, .length = piece->length};
    if (next == 0)
        return filling;
    size_t room = cutting->settings.size - piece->length;
    if (piece->is_row && piece->header.n > 0) {
        filling.repeated = piece->header;
        filling.glue = '\n';
    } else if (!piece->is_row && room > glue_length(piece->glue)) {
        room -= glue_length(piece->glue);
        repeat(cutting, first, &filling, room < cutting->settings.overlap ? room : cutting->settings.overlap);
    }
    if (filling.repeated.n > 0)
        filling.length += text_length(filling.repeated) + glue_length(filling.glue);
    return filling;
}

static void end_section(struct cutting *cutting)
{
    if (cutting->n_pieces > 0 && !cutting->no_memory) {
        struct filling filling = begin(cutting, 0, 0);
        while (filling.end < cutting->n_pieces) {
            const struct piece *piece = &cutting->pieces[filling.end];
            size_t more = piece->length + glue_length(piece->glue);
            if (filling.length + more <= cutting->settings.size) {
                filling.length += more;
                filling.end++;
                continue;
            }
            emit(cutting, &filling);
            filling = begin(cutting, filling.first, filling.end);
        }
        emit(cutting, &filling);
    }
    cutting->n_pieces = 0;
}

/* ── headings ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void set_heading(struct cutting *cutting)
{
    struct str parts[2 * BLOCK_MAX_LEVEL];
    size_t n = 0;
    for (size_t i = 0; i < BLOCK_MAX_LEVEL; i++) {
        if (cutting->path[i].n == 0 || str_eq(cutting->path[i], cutting->settings.title))
            continue;
        if (n > 0)
            parts[n++] = path_mark;
        parts[n++] = cutting->path[i];
    }
    cutting->heading = arena_join(cutting->arena, parts, n);
    cutting->no_memory = cutting->no_memory || (n > 0 && cutting->heading.p == NULL);
}

/* A heading that nothing followed: its words must be found too. */
static void end_heading(struct cutting *cutting, const struct block *block)
{
    if (!cutting->lonely)
        return;
    add_text(cutting, (struct piece){.page = block->page, .glue = '\n'}, block->text);
    end_section(cutting);
    cutting->lonely = false;
}

static size_t level_of(const struct block *block)
{
    return block->level < 1 ? 1 : block->level > BLOCK_MAX_LEVEL ? BLOCK_MAX_LEVEL : (size_t)block->level;
}

static void add_heading(struct cutting *cutting, const struct block *before, const struct block *block)
{
    size_t level = level_of(block);
    end_section(cutting);
    if (cutting->lonely && level <= level_of(before))
        end_heading(cutting, before);
    cutting->path[level - 1] = block->text;
    for (size_t i = level; i < BLOCK_MAX_LEVEL; i++)
        cutting->path[i] = STR("");
    set_heading(cutting);
    cutting->lonely = true;
}

static struct chunk_settings settled(struct chunk_settings settings)
{
    if (settings.size == 0) {
        settings.size = CHUNK_SIZE;
        settings.overlap = CHUNK_OVERLAP;
    }
    if (settings.size < CHUNK_LEAST_SIZE)
        settings.size = CHUNK_LEAST_SIZE;
    if (settings.overlap > settings.size / 2)
        settings.overlap = settings.size / 2;
    return settings;
}

enum err chunk_cut(struct arena *arena, struct blocks blocks, struct chunk_settings settings, struct chunks *ret_chunks,
                   struct error *error)
{
    struct cutting cutting = {.arena = arena, .settings = settled(settings)};
    for (size_t i = 0; i < blocks.n && !cutting.no_memory; i++) {
        const struct block *block = &blocks.items[i];
        if (block->kind == BLOCK_HEADING) {
            add_heading(&cutting, i > 0 ? &blocks.items[i - 1] : block, block);
        } else {
            cutting.lonely = false;
            add_block(&cutting, block);
        }
    }
    end_section(&cutting);
    if (cutting.lonely)
        end_heading(&cutting, &blocks.items[blocks.n - 1]);
    if (cutting.no_memory)
        return fail(error, ERR_NO_MEMORY, "it needs more memory than a document gets");
    *ret_chunks = (struct chunks){cutting.chunks, cutting.n_chunks};
    return OK;
}
