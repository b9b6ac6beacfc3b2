/* store/import/pdf.h — a PDF's text on its way: poppler's pieces, lines in reading order, blocks.
 *
 *   XML ──pdf.c──▶ pages of pieces ──pdf_lines──▶ lines ──pdf_blocks──▶ headings, paragraphs, tables
 *
 * Lengths are in poppler's units at zoom 2: half points.
 * Thread: one.  Memory: the making's arena.                                                                          */
#ifndef GILBOT_IMPORT_PDF_H
#define GILBOT_IMPORT_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct making;

/* A stretch of one font on one line. */
struct pdf_piece {
    int left, right, top, bottom;
    int size; /* of the font */
    bool bold;
    struct str text;
};

struct pdf_page {
    int number, width, height;
    struct pdf_piece *pieces;
    size_t n_pieces, room;
};

enum { PDF_MAX_CELLS = 32 };

struct pdf_cell {
    int left, right;
    struct str text;
};

/* What stands side by side in one column of a page. */
struct pdf_line {
    int page, page_height;
    int left, right, top, bottom;
    int column_left, column_right; /* of the column of text that it belongs to   */
    int size;                      /* of most of its characters                  */
    bool bold;                     /* all of it                                  */
    struct str text;
    struct pdf_cell *cells; /* parts with wide gaps between them; at least one */
    size_t n_cells;
};

struct pdf_lines {
    struct pdf_line *items;
    size_t n, room;
};

/* Adds the page's lines in reading order: columns one after the other, titles across them in their place. */
void pdf_lines_add(struct making *making, struct pdf_page *page, struct pdf_lines *lines);

/* Adds the blocks; running heads and page numbers are left out. */
void pdf_blocks_add(struct making *making, const struct pdf_lines *lines);

#endif
