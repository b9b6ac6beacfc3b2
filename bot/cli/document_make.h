/* bot/cli/document_make.h — a file or a record becomes a document with its chunks, ready for the store.
 *
 * The hash holds all that the document is made of: the content, what the operator says of it, how it is cut and the readers'
 * version; when it is the one in the store, nothing else needs to be done.
 *
 * Thread: any; document_make_file blocks while the fenced process reads.  Memory: the arena (FENCE_ARENA_BYTES and more for
 * a file).  Errors: ERR_INVALID: a reason for the operator.                                                          */
#ifndef GILBOT_CLI_DOCUMENT_MAKE_H
#define GILBOT_CLI_DOCUMENT_MAKE_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "store/documents.h"
#include "store/index/chunk.h"

struct arena;
struct json_value;

/* What the operator says of the documents; empty texts: nothing. */
struct document_rules {
    struct str collection; /* never empty */
    struct str source, category;
    struct strs access;
    struct chunk_settings chunk;
};

struct made_document {
    struct document document;
    struct chunks chunks;
};

struct document_file {
    int fd;          /* open for reading */
    struct str name; /* for its ending and, without a title of its own, as title */
    struct str key;
    struct str hash; /* of document_file_hash */
};

/* ERR_INVALID: it cannot be read. */
MUST_USE
enum err document_file_hash(struct arena *arena, const struct document_rules *rules, int fd, struct str *ret_hash,
                            struct error *error);

MUST_USE
enum err document_make_file(struct arena *arena, const struct document_rules *rules, const struct document_file *file,
                            struct made_document *ret_made, struct error *error);

/* A line of surface.md's JSON lines: id and text, and title, source, category, url, date. */
struct document_record {
    struct str id, text, title, source, category, url, date;
    struct str hash;
};
MUST_USE
enum err document_record_read(struct arena *arena, const struct document_rules *rules, struct str line,
                              struct document_record *ret_record, struct error *error);
MUST_USE
enum err document_make_record(struct arena *arena, const struct document_rules *rules,
                              const struct document_record *record, struct made_document *ret_made,
                              struct error *error);

/* A copy that lives in the arena as a whole. */
MUST_USE
enum err document_copy(struct arena *arena, const struct made_document *made, struct made_document *ret_copy,
                       struct error *error);

#endif
