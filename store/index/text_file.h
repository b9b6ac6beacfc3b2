/* store/index/text_file.h — how the index file is laid out; only text_index*.c include it.
 *
 *   head │ chunk ids │ lengths │ facet of each chunk │ facets │ terms │ blocks │ texts │ postings
 *
 * Numbers are the machine's own (a file of another machine fails its magic and is made anew); sections begin at multiples
 * of eight.  Chunks are numbered from 0 in the order of their ids; terms stand in the order of their bytes.
 *
 * A posting: the difference to the chunk before it (the first of a block: to the last of the block before; minus one), as a
 * varint; then a byte, the count in headings << 4 | the count in the body, or TEXT_ESCAPE and both as varints.          */
#ifndef GILBOT_STORE_INDEX_TEXT_FILE_H
#define GILBOT_STORE_INDEX_TEXT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"
#include "store/index/text_index.h"

#define TEXT_FILE_MAGIC 0x31585444494C4947u /* "GILIDTX1", little end first */

enum { TEXT_ESCAPE = 0xFF, TEXT_NIBBLE = 15, TEXT_POSTING_BYTES = 16 }; /* bytes: the most for one posting */

struct text_head {
    uint64_t magic;
    uint64_t bytes;    /* of the file                                          */
    uint64_t checksum; /* of all that follows this field                       */
    int64_t generation;
    double mean_length; /* of chunks, in terms                                 */
    uint32_t terms_version;
    uint32_t n_chunks, n_facets, n_terms, n_blocks;
    uint32_t formula; /* TEXT_FORMULA: the blocks' maxima depend on it        */
    uint64_t ids, lengths, facet_of, facets, terms, blocks, texts, postings; /* where the sections begin */
};

/* What filters look at; chunks of the same document, and mostly of the same folder, share one. */
struct text_facet {
    struct text_piece {
        uint32_t at, n;
    } collection, category, source, access; /* access: the channels, one a line; empty: all */
};

struct text_term {
    struct text_piece text;
    uint32_t df;
    uint32_t first_block;
    float most; /* of its blocks */
};

struct text_block {
    uint32_t last; /* its last chunk                                                              */
    uint32_t at;   /* its first byte in postings                                                  */
    float most;    /* what a chunk in it gets for the term, and for its headings, at most; w = 1  */
};

struct text_index {
    const struct text_head *head; /* the mapped file */
    const int64_t *ids;
    const uint32_t *lengths, *facet_of;
    const struct text_facet *facets;
    const struct text_term *terms;
    const struct text_block *blocks;
    const char *texts;
    const uint8_t *postings;
};

struct text_posting {
    uint32_t chunk, in_headings, in_body;
};

/* The postings of a block into ret_postings; gives how many.  `before`: the last chunk of the term's block before,
 * UINT32_MAX for the first. */
size_t text_block_read(const uint8_t *at, uint32_t before, uint32_t last, struct text_posting ret_postings[TEXT_BLOCK]);

/* Writes a posting; gives the bytes used. */
size_t text_posting_write(struct text_posting posting, uint32_t before, uint8_t ret_bytes[TEXT_POSTING_BYTES]);

/* The formula of text_index.h: a term's worth, and its part of a chunk's score with weight 1, without the bonus. */
double text_idf(uint32_t n_chunks, uint32_t df);
double text_part(double idf, struct text_posting posting, double length_by_mean);

#endif
