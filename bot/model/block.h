/* bot/model/block.h — what every document is turned into: a flat list of headings, paragraphs, list items and table rows.
 *
 *   bytes ──store/import──▶ blocks ──store/index/chunk──▶ chunks ──▶ store
 *
 * Thread: any.  Memory: borrowed texts; valid UTF-8, not empty, white space runs made one, lines parted by '\n'.      */
#ifndef GILBOT_MODEL_BLOCK_H
#define GILBOT_MODEL_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"

/* Also sent as these numbers from the process that reads files (store/import/wire.h). */
enum block_kind {
    BLOCK_HEADING = 1,
    BLOCK_PARAGRAPH = 2,
    BLOCK_LIST_ITEM = 3,
    BLOCK_TABLE_ROW = 4, /* cells parted by " | " */
};

enum { BLOCK_MAX_LEVEL = 6 };

struct block {
    enum block_kind kind;
    int level; /* heading: 1 (the largest) … BLOCK_MAX_LEVEL; list item: 1 … BLOCK_MAX_LEVEL; else 0    */
    int page;  /* from 1; 0: the format has no pages                                                  */
    struct str text;
    struct str header; /* of a table's row: the row that names its columns, as text; may be empty        */
};

struct blocks {
    const struct block *items;
    size_t n;
};

#endif
