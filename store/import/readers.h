/* store/import/readers.h — one function for each format; import.c's table says which is asked.
 *
 * Each adds its blocks to `making` (and may fail it) and fills title, date … of `imported`, not the blocks.
 * Thread: one.  Memory: the making's arena.                                                                          */
#ifndef GILBOT_IMPORT_READERS_H
#define GILBOT_IMPORT_READERS_H

#include "bot/base/str.h"

struct imported;
struct making;

typedef void import_reader(struct making *making, struct str bytes, struct imported *imported);

/* Text, already UTF-8 (decode.h). */
import_reader plain_read;    /* paragraphs between empty lines; chapters and articles are headings                  */
import_reader markdown_read; /* CommonMark with GitHub's tables; front matter                                       */
import_reader html_read;     /* what a visitor reads: no menus, no scripts                                          */
import_reader csv_read;      /* RFC 4180, parted by comma, semicolon or tab: a row is a record                      */

/* Bytes as they are. */
import_reader docx_read; /* ECMA-376 WordprocessingML                                                               */
import_reader pptx_read; /* ECMA-376 PresentationML: a slide is a page                                              */
import_reader xlsx_read; /* ECMA-376 SpreadsheetML: a row is a record                                               */
import_reader pdf_read;  /* what poppler.h made of a PDF                                                            */

#endif
