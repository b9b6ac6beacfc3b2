/* store/index/chunk.h — blocks are cut into the pieces that are indexed and quoted.
 *
 *   heading ▸ section ▸ blocks ▸ sentences        a chunk takes whole sentences and rows while they fit; what is longer
 *                                                 than a chunk is cut between words, and only then between characters
 *
 * No chunk reaches over a heading.  A chunk that goes on where another ended repeats the last sentences of that one (the
 * overlap), or, within a table, the row that names the columns.  Rows are never repeated.
 * The default of 500 characters with 100 of overlap is measured on Korean questions: with a model's context in mind, chunks
 * of 300 to 500 find most per character.
 *
 * Thread: any (pure).  Memory: the arena; nothing is borrowed from the blocks afterwards but headings without a path. */
#ifndef GILBOT_INDEX_CHUNK_H
#define GILBOT_INDEX_CHUNK_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/model/block.h"
#include "store/documents.h"

struct arena;

enum {
    CHUNK_SIZE = 500, /* characters (code points) */
    CHUNK_OVERLAP = 100,
    CHUNK_LEAST_SIZE = 50,
    CHUNK_MOST_SIZE = 8000,
};

struct chunk_settings {
    size_t size;      /* CHUNK_LEAST_SIZE … CHUNK_MOST_SIZE; 0: CHUNK_SIZE and CHUNK_OVERLAP       */
    size_t overlap;   /* at most half of the size is taken                                        */
    struct str title; /* the document's: a heading of the same words is left out of the chunks' paths    */
};

/* Page (of the first new sentence), heading ("휴가 > 연차") and body (at most `size` characters) of each chunk, in the
 * document's order.  A heading with nothing below it gives a chunk of its own words.
 * ERR_NO_MEMORY: the arena is full. */
MUST_USE
enum err chunk_cut(struct arena *arena, struct blocks blocks, struct chunk_settings settings, struct chunks *ret_chunks,
                   struct error *error);

#endif
