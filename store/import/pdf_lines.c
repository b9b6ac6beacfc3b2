#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/making.h"
#include "store/import/pdf.h"

#include "bot/base/banned.h"

enum {
    COLUMN_LEAST_LINES = 5,    /* on each side of a gap that parts two columns of text …                    */
    COLUMN_CROSSING_SHARE = 4, /* … while at most one of so many pieces lies across it                       */
    COLUMN_LEAST_LETTERS = 10, /* … and the pieces are so long in the middle: else it is a table             */
    GAP_STEP = 4,
    CELL_GAP_PERCENT = 120, /* of the font's size: a wider gap parts cells  */
    WORD_GAP_PERCENT = 12,  /* a wider one parts words                     */
};

struct stretch {
    struct pdf_piece *pieces;
    size_t n;
    int left, right; /* of the column */
};

/* ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int by_top(const void *a, const void *b)
{
    const struct pdf_piece *first = a, *second = b;
    return first->top != second->top ? (first->top > second->top) - (first->top < second->top)
                                     : (first->left > second->left) - (first->left < second->left);
}

struct sides {
    size_t left, right, crossing, letters;
};

static struct sides count_sides(const struct pdf_page *page, int x)
{
    struct sides sides = {0};
    for (size_t i = 0; i < page->n_pieces; i++) {
        const struct pdf_piece *piece = &page->pieces[i];
        if (piece->right <= x)
            sides.left++;
        else if (piece->left >= x)
            sides.right++;
        else
            sides.crossing++;
        if (piece->right <= x || piece->left >= x)
            sides.letters += piece->text.n / 3;
    }
    return sides;
}

/* Where a gap parts the page into two columns of running text; 0: nowhere. */
static int find_gap(const struct pdf_page *page)
{
    int best = 0;
    size_t fewest = SIZE_MAX;
    for (int x = page->width * 3 / 10; x < page->width * 7 / 10; x += GAP_STEP) {
        struct sides sides = count_sides(page, x);
        size_t sided = sides.left + sides.right;
        if (sides.left < COLUMN_LEAST_LINES || sides.right < COLUMN_LEAST_LINES ||
            sides.crossing * COLUMN_CROSSING_SHARE > page->n_pieces || sides.letters < sided * COLUMN_LEAST_LETTERS ||
            sides.crossing >= fewest)
            continue;
        fewest = sides.crossing;
        best = x;
    }
    return best;
}

/* ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int by_left(const void *a, const void *b)
{
    const struct pdf_piece *first = a, *second = b;
    return (first->left > second->left) - (first->left < second->left);
}

/* At least half of the lower one stands beside the other. */
static bool side_by_side(const struct pdf_piece *a, const struct pdf_piece *b)
{
    int top = a->top > b->top ? a->top : b->top, bottom = a->bottom < b->bottom ? a->bottom : b->bottom;
    int height_a = a->bottom - a->top, height_b = b->bottom - b->top;
    return 2 * (bottom - top) >= (height_a < height_b ? height_a : height_b) && bottom > top;
}

static struct str join_pieces(struct making *making, const struct pdf_piece *pieces, size_t n)
{
    size_t room = 1;
    for (size_t i = 0; i < n; i++)
        room += pieces[i].text.n + 1;
    struct buf text;
    buf_init(&text, making->arena, room);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && 100 * (pieces[i].left - pieces[i - 1].right) > WORD_GAP_PERCENT * pieces[i].size)
            buf_add_char(&text, ' ');
        buf_add(&text, pieces[i].text);
    }
    if (buf_failed(&text))
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
    return buf_str(&text);
}

/* "1.", "가.", "•", "①": what follows belongs to it, however far away. */
static bool is_item_mark(struct str text)
{
    struct str rest = text;
    int32_t first = text_next(&rest);
    size_t length = text_length(text);
    return length <= 4 && (length == 1 ? !text_is_letter(first) && !text_is_digit(first)
                                       : str_ends(text, STR(".")) || str_ends(text, STR(")")));
}

static void add_cells(struct making *making, const struct pdf_piece *pieces, size_t n, struct pdf_line *line)
{
    size_t first = 0;
    for (size_t i = 1; i <= n && line->n_cells < PDF_MAX_CELLS; i++) {
        bool wide = i < n && 100 * (pieces[i].left - pieces[i - 1].right) > CELL_GAP_PERCENT * pieces[i].size;
        if (i < n && (!wide || (i == 1 && is_item_mark(pieces[0].text))) && line->n_cells + 1 < PDF_MAX_CELLS + (i < n))
            continue;
        line->cells[line->n_cells++] = (struct pdf_cell){.left = pieces[first].left,
                                                         .right = pieces[i - 1].right,
                                                         .text = join_pieces(making, pieces + first, i - first)};
        first = i;
    }
}

static bool make_room(struct making *making, struct pdf_lines *lines)
{
    if (lines->n < lines->room)
        return true;
    size_t room = lines->room == 0 ? 256 : 2 * lines->room;
    struct pdf_line *items = arena_alloc_array(making->arena, room, sizeof *items);
    if (items == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return false;
    }
    if (lines->n > 0)
        memcpy(items, lines->items, lines->n * sizeof *items);
    lines->items = items;
    lines->room = room;
    return true;
}

static void add_line(struct making *making, const struct pdf_page *page, const struct stretch *stretch,
                     struct pdf_lines *lines)
{
    struct pdf_piece *pieces = stretch->pieces;
    struct pdf_line line = {.page = page->number,
                            .page_height = page->height,
                            .left = pieces[0].left,
                            .right = pieces[stretch->n - 1].right,
                            .top = pieces[0].top,
                            .bottom = pieces[0].bottom,
                            .column_left = stretch->left,
                            .column_right = stretch->right,
                            .bold = true};
    size_t most = 0;
    qsort(pieces, stretch->n, sizeof *pieces, by_left);
    line.left = pieces[0].left;
    for (size_t i = 0; i < stretch->n; i++) {
        line.right = pieces[i].right > line.right ? pieces[i].right : line.right;
        line.top = pieces[i].top < line.top ? pieces[i].top : line.top;
        line.bottom = pieces[i].bottom > line.bottom ? pieces[i].bottom : line.bottom;
        line.bold = line.bold && pieces[i].bold;
        if (pieces[i].text.n > most) {
            most = pieces[i].text.n;
            line.size = pieces[i].size;
        }
    }
    size_t n_cells = stretch->n < PDF_MAX_CELLS ? stretch->n : PDF_MAX_CELLS;
    line.cells = arena_alloc_array(making->arena, n_cells, sizeof *line.cells);
    line.text = join_pieces(making, pieces, stretch->n);
    if (line.cells == NULL || !make_room(making, lines))
        return;
    add_cells(making, pieces, stretch->n, &line);
    lines->items[lines->n++] = line;
}

/* Pieces of one column, from top to bottom. */
static void add_stretch(struct making *making, const struct pdf_page *page, struct stretch stretch,
                        struct pdf_lines *lines)
{
    for (size_t first = 0, i = 1; first < stretch.n && making->rc == OK; i++) {
        if (i < stretch.n && side_by_side(&stretch.pieces[first], &stretch.pieces[i]))
            continue;
        struct stretch one = {stretch.pieces + first, i - first, stretch.left, stretch.right};
        add_line(making, page, &one, lines);
        first = i;
    }
}

static void set_edges(struct stretch *stretch)
{
    for (size_t i = 0; i < stretch->n; i++) {
        const struct pdf_piece *piece = &stretch->pieces[i];
        stretch->left = i == 0 || piece->left < stretch->left ? piece->left : stretch->left;
        stretch->right = i == 0 || piece->right > stretch->right ? piece->right : stretch->right;
    }
}

/* The pieces from `first` on that lie between two titles across the gap: the left column, then the right one. */
static void add_columns(struct making *making, const struct pdf_page *page, struct stretch band, int gap,
                        struct pdf_lines *lines)
{
    struct pdf_piece *right = arena_alloc_array(making->arena, band.n, sizeof *right);
    size_t n_left = 0, n_right = 0;
    if (right == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return;
    }
    for (size_t i = 0; i < band.n; i++) {
        if (band.pieces[i].right <= gap)
            band.pieces[n_left++] = band.pieces[i];
        else
            right[n_right++] = band.pieces[i];
    }
    struct stretch columns[] = {{.pieces = band.pieces, .n = n_left}, {.pieces = right, .n = n_right}};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        set_edges(&columns[i]);
        add_stretch(making, page, columns[i], lines);
    }
}

void pdf_lines_add(struct making *making, struct pdf_page *page, struct pdf_lines *lines)
{
    if (page->n_pieces == 0 || making->rc != OK)
        return;
    struct pdf_piece *pieces = page->pieces;
    int gap = find_gap(page);
    qsort(pieces, page->n_pieces, sizeof *pieces, by_top);
    if (gap == 0) {
        struct stretch all = {.pieces = pieces, .n = page->n_pieces};
        set_edges(&all);
        add_stretch(making, page, all, lines);
        return;
    }
    for (size_t first = 0, i = 0; i <= page->n_pieces; i++) {
        bool across = i < page->n_pieces && pieces[i].left < gap && pieces[i].right > gap;
        if (!across && i < page->n_pieces)
            continue;
        if (i > first)
            add_columns(making, page, (struct stretch){.pieces = pieces + first, .n = i - first}, gap, lines);
        if (across) {
            struct stretch title = {.pieces = pieces + i, .n = 1};
            set_edges(&title);
            add_stretch(making, page, title, lines);
        }
        first = i + 1;
    }
}
