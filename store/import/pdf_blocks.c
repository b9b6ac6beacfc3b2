#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/sentence.h"
#include "bot/base/text.h"
#include "store/import/article.h"
#include "store/import/making.h"
#include "store/import/pdf.h"
#include "store/import/record.h"

#include "bot/base/banned.h"

enum {
    MAX_SIZES = 256,       /* font sizes that are told apart, in units */
    HEADING_PERCENT = 115, /* of the size of most text                 */
    HEADING_LETTERS = 80,
    BOLD_HEADING_LETTERS = 50,
    HEADING_LEVELS = 4,
    PITCH_PERCENT = 140, /* of the usual distance of lines: a larger one ends a paragraph                  */
    FULL_PERCENT = 75,   /* of the column's width: a shorter line that ends a sentence ends the paragraph  */
    MARGIN_SHARE = 10,   /* running heads stand in the upper or lower tenth                                */
    RUNNING_PAGES = 3,   /* … on so many pages with the same words, their numbers aside                    */
    TABLE_PERCENT = 320, /* of a line's height: rows are no further apart                                  */
    NAMED_COLUMNS = 3,
    WRAP_PERCENT = 60, /* a line within a cell is no further from the one above                          */
};

struct sheet_of_lines {
    struct making *making;
    const struct pdf_line *lines;
    size_t n;
    int body_size, pitch;
    int heading_sizes[HEADING_LEVELS]; /* from the largest; 0: none */
    size_t n_heading_sizes;
};

/* ── running heads and page numbers ────────────────────────────────────────────────────────────────────────────── */

static bool in_margin(const struct pdf_line *line)
{
    return line->bottom * MARGIN_SHARE < line->page_height ||
           (line->page_height - line->top) * MARGIN_SHARE < line->page_height;
}

/* The line without its digits. */
static uint64_t key_of(struct str text)
{
    uint64_t key = 1469598103934665603u;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            key = (key ^ (unsigned char)text.p[i]) * 1099511628211u;
    return key;
}

/* "3", "- 3 -", "3 / 12", "p. 3" */
static bool is_page_number(struct str text)
{
    size_t digits = 0, others = 0;
    for (struct str rest = text; rest.n > 0;) {
        int32_t c = text_next(&rest);
        digits += text_is_digit(c);
        others += text_is_letter(c);
    }
    return digits > 0 && digits <= 6 && others <= (str_find(text, STR("age")) != SIZE_MAX ? 6u : 1u) &&
           text_length(text) <= 16;
}

struct seen {
    uint64_t key;
    int page;
    size_t pages;
};

static struct seen *seen_of(struct seen *seen, size_t room, uint64_t key)
{
    size_t at = (size_t)key & (room - 1);
    while (seen[at].pages > 0 && seen[at].key != key)
        at = (at + 1) & (room - 1);
    return &seen[at];
}

/* The lines that are the document's own. */
static size_t without_running_heads(struct making *making, const struct pdf_lines *lines, struct pdf_line *kept)
{
    size_t room = 64, n = 0;
    while (room < 2 * lines->n)
        room *= 2;
    struct seen *seen = arena_alloc_array(making->arena, room, sizeof *seen);
    if (seen == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return 0;
    }
    for (size_t i = 0; i < lines->n; i++) {
        const struct pdf_line *line = &lines->items[i];
        struct seen *one = in_margin(line) ? seen_of(seen, room, key_of(line->text)) : NULL;
        if (one == NULL || (one->pages > 0 && one->page == line->page))
            continue;
        *one = (struct seen){key_of(line->text), line->page, one->pages + 1};
    }
    for (size_t i = 0; i < lines->n; i++) {
        const struct pdf_line *line = &lines->items[i];
        bool runs = in_margin(line) &&
                    (is_page_number(line->text) || seen_of(seen, room, key_of(line->text))->pages >= RUNNING_PAGES);
        if (!runs)
            kept[n++] = *line;
    }
    return n;
}

/* ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int clamp_size(int size)
{
    return size < 1 ? 1 : size >= MAX_SIZES ? MAX_SIZES - 1 : size;
}

/* The size of most letters, the usual distance of lines, and which larger sizes there are. */
static void measure(struct sheet_of_lines *sheet)
{
    size_t letters[MAX_SIZES] = {0}, pitches[MAX_SIZES] = {0}, most = 0, usual = 0;
    for (size_t i = 0; i < sheet->n; i++) {
        const struct pdf_line *line = &sheet->lines[i];
        letters[clamp_size(line->size)] += line->text.n;
        if (i > 0 && line->page == line[-1].page && line->top > line[-1].top)
            pitches[clamp_size(line->top - line[-1].top)]++;
    }
    for (size_t i = 1; i < MAX_SIZES; i++) {
        most = letters[i] > letters[most] ? i : most;
        if (i + 1 < MAX_SIZES)
            usual = pitches[i] > pitches[usual] ? i : usual;
    }
    sheet->body_size = (int)most;
    sheet->pitch = usual > 0 ? (int)usual : 2 * (int)most;
    for (int i = MAX_SIZES - 1; 100 * i > HEADING_PERCENT * sheet->body_size; i--)
        if (letters[i] > 0 && sheet->n_heading_sizes < HEADING_LEVELS)
            sheet->heading_sizes[sheet->n_heading_sizes++] = i;
}

static bool ends_sentence(struct str text)
{
    return str_ends(text, STR(".")) || str_ends(text, STR("?")) || str_ends(text, STR("!")) ||
           str_ends(text, STR("。"));
}

/* 0: no heading.  Larger than the text: by size; as large, but bold and short: below those. */
static int heading_level(const struct sheet_of_lines *sheet, const struct pdf_line *line)
{
    size_t letters = text_length(line->text);
    int article = article_level(line->text);
    bool large = 100 * clamp_size(line->size) > HEADING_PERCENT * sheet->body_size;
    if (large && letters <= HEADING_LETTERS && (!ends_sentence(line->text) || letters <= HEADING_LETTERS / 4))
        for (size_t i = 0; i < HEADING_LEVELS; i++)
            if (i + 1 >= sheet->n_heading_sizes || clamp_size(line->size) >= sheet->heading_sizes[i])
                return (int)i + 1;
    if (article > 0)
        return (int)sheet->n_heading_sizes + article;
    bool stands_out =
        line->bold && line->size >= sheet->body_size && letters <= BOLD_HEADING_LETTERS && !ends_sentence(line->text);
    return stands_out ? (int)sheet->n_heading_sizes + 1 : 0;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool overlaps(const struct pdf_cell *a, const struct pdf_cell *b)
{
    return a->left < b->right && b->left < a->right;
}

/* Whether the next line is the next row: near, with cells that stand under those above. */
static bool is_next_row(const struct pdf_line *above, const struct pdf_line *below)
{
    int height = above->bottom - above->top;
    size_t under = 0;
    if (below->page != above->page || below->n_cells < 2 || below->top < above->top ||
        100 * (below->top - above->bottom) > TABLE_PERCENT * height)
        return false;
    for (size_t i = 0; i < below->n_cells; i++)
        for (size_t k = 0; k < above->n_cells; k++)
            if (overlaps(&below->cells[i], &above->cells[k])) {
                under++;
                break;
            }
    return under >= 2;
}

/* A line of one cell under the row, close to it and not under its first cell: the cell's text goes on. */
static size_t wrapped_cell(const struct pdf_line *row, const struct pdf_line *above, const struct pdf_line *line)
{
    if (line->n_cells != 1 || line->page != row->page ||
        100 * (line->top - above->bottom) > WRAP_PERCENT * (above->bottom - above->top) || line->top < above->top)
        return SIZE_MAX;
    for (size_t i = 1; i < row->n_cells; i++)
        if (overlaps(&line->cells[0], &row->cells[i]) && line->left > row->cells[i - 1].right)
            return i;
    return SIZE_MAX;
}

/* The cells under the columns of the widest row seen first; what stands under none goes to the next free one. */
static size_t place_cells(const struct pdf_line *header, const struct pdf_line *row, struct str cells[PDF_MAX_CELLS],
                          size_t places[PDF_MAX_CELLS])
{
    size_t n = 0;
    for (size_t i = 0; i < row->n_cells; i++) {
        size_t column = n;
        while (column < header->n_cells && !overlaps(&row->cells[i], &header->cells[column]))
            column++;
        if (column >= header->n_cells)
            column = n;
        while (n < column)
            cells[n++] = STR("");
        if (n < PDF_MAX_CELLS) {
            places[i] = n;
            cells[n++] = row->cells[i].text;
        }
    }
    return n;
}

/* Whether a table's first row names its columns: it stands out, or there are several short different words. */
static bool names_columns(const struct pdf_line *row, const struct str *cells, size_t n)
{
    return row->bold || (n >= NAMED_COLUMNS && record_is_header((struct strs){cells, n}));
}

/* How many lines the table takes that begins at `first`; 0: none begins there. */
static size_t add_table(struct sheet_of_lines *sheet, size_t first)
{
    const struct pdf_line *lines = sheet->lines;
    if (lines[first].n_cells < 2 || first + 1 >= sheet->n || !is_next_row(&lines[first], &lines[first + 1]))
        return 0;
    size_t i = first;
    making_begin_table(sheet->making);
    for (bool more = true; more && sheet->making->rc == OK;) {
        struct str cells[PDF_MAX_CELLS];
        size_t places[PDF_MAX_CELLS] = {0};
        const struct pdf_line *row = &lines[i], *last = row;
        size_t n = place_cells(&lines[first], row, cells, places), part;
        while (i + 1 < sheet->n && (part = wrapped_cell(row, last, &lines[i + 1])) != SIZE_MAX) {
            struct str *cell = &cells[places[part]];
            last = &lines[++i];
            *cell = arena_format(sheet->making->arena, "%.*s %.*s", STR_ARG(*cell), STR_ARG(last->text));
        }
        making_add_row(sheet->making, (struct strs){cells, n}, row == &lines[first] && names_columns(row, cells, n));
        i++;
        more = i < sheet->n && (is_next_row(row, &lines[i]) || (last != row && is_next_row(last, &lines[i])));
    }
    making_end_table(sheet->making);
    return i - first;
}

/* ── paragraphs ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool goes_on(const struct sheet_of_lines *sheet, const struct pdf_line *line, const struct pdf_line *next)
{
    int width = line->column_right - line->column_left;
    bool near = next->top > line->top && 100 * (next->top - line->top) <= PITCH_PERCENT * sheet->pitch;
    bool new_place = next->page != line->page || next->column_left != line->column_left;
    bool full = 100 * (line->right - line->column_left) >= FULL_PERCENT * width;
    bool ended = ends_sentence(line->text);
    if (sentence_is_new_block(next->text) || heading_level(sheet, next) > 0 || next->n_cells > 1)
        return false;
    if (new_place) /* a sentence that the end of the page or of the column tears */
        return full && !ended;
    return near && (full || !ended) && !(ended && next->left - line->left > sheet->body_size / 2 + 1);
}

static struct str take_text(struct sheet_of_lines *sheet, size_t first, size_t n)
{
    struct buf text;
    size_t room = 1;
    for (size_t i = first; i < first + n; i++)
        room += sheet->lines[i].text.n + 1;
    buf_init(&text, sheet->making->arena, room);
    for (size_t i = first; i < first + n; i++) {
        if (i > first)
            buf_add_char(&text, ' ');
        buf_add(&text, sheet->lines[i].text);
    }
    return buf_str(&text);
}

static size_t add_heading(struct sheet_of_lines *sheet, size_t first, int level)
{
    size_t n = 1;
    const struct pdf_line *lines = sheet->lines;
    while (first + n < sheet->n && lines[first + n].size == lines[first].size &&
           lines[first + n].page == lines[first].page && article_level(lines[first + n].text) == 0 &&
           heading_level(sheet, &lines[first + n]) == level && lines[first + n].top > lines[first + n - 1].top &&
           10 * (lines[first + n].top - lines[first + n - 1].top) < 17 * lines[first].size &&
           !sentence_is_new_block(lines[first + n].text))
        n++;
    making_add(sheet->making, BLOCK_HEADING, level, take_text(sheet, first, n));
    return n;
}

static size_t add_paragraph(struct sheet_of_lines *sheet, size_t first)
{
    size_t n = 1;
    while (first + n < sheet->n && goes_on(sheet, &sheet->lines[first + n - 1], &sheet->lines[first + n]))
        n++;
    making_add(sheet->making, BLOCK_PARAGRAPH, 0, take_text(sheet, first, n));
    return n;
}

void pdf_blocks_add(struct making *making, const struct pdf_lines *lines)
{
    struct pdf_line *kept = arena_alloc_array(making->arena, lines->n, sizeof *kept);
    if (kept == NULL || making->rc != OK)
        return;
    struct sheet_of_lines sheet = {.making = making, .lines = kept};
    sheet.n = without_running_heads(making, lines, kept);
    if (sheet.n > 0)
        measure(&sheet);
    for (size_t i = 0, taken; i < sheet.n && making->rc == OK; i += taken) {
        making->page = sheet.lines[i].page;
        int level = heading_level(&sheet, &sheet.lines[i]);
        taken = level > 0 ? 0 : add_table(&sheet, i);
        if (taken == 0)
            taken = level > 0 && sheet.lines[i].n_cells == 1 ? add_heading(&sheet, i, level) : add_paragraph(&sheet, i);
    }
}
