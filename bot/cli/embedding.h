/* bot/cli/embedding.h — has a model make vectors of the chunks that have none, and brings the graph of them up to date.
 *
 *   documents changed ─▶ missing ─▶ model, a batch at a time ─▶ store ─▶ … ─▶ dense_refresh
 *
 * What was made is kept with each batch: whatever interrupts it, the next run goes on there.  Another embedding model in the
 * settings means that all vectors are made anew.
 *
 * Thread: one at a time (the background's).                                                                          */
#ifndef GILBOT_CLI_EMBEDDING_H
#define GILBOT_CLI_EMBEDDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct db;
struct dense;
struct language_model;
struct settings;
struct store;

enum {
    EMBEDDING_BATCH = 64,               /* chunks between two commits                                     */
    EMBEDDING_MOST_CHARACTERS = 8000,   /* of a chunk with its headings that the model is shown           */
    EMBEDDING_AGAIN_MS = 5 * 60 * 1000, /* when nobody can be asked now                                   */
};

struct embedding {
    struct store *store;
    struct db *db; /* for reading; its own */
    const struct language_model *model;
    struct str model_name; /* embedding_model of the settings; empty: none is configured, and there are no vectors */
    struct dense *dense;
    bool (*stopping)(void *arg);
    void *arg;
};

/* The embedding model of the first provider that has one; empty: none. */
struct str embedding_model_name(const struct settings *settings);

/* ret_made: how many vectors were made.  *ret_again_ms > 0: not all, as nobody can be asked now; after so long.
 * ERR_BUSY: stopping.  ERR_REMOTE: the model failed; what was made is kept.  ERR_NO_MEMORY, ERR_INTERNAL. */
MUST_USE
enum err embedding_run(const struct embedding *embedding, int64_t *ret_made, int64_t *ret_again_ms,
                       struct error *error);

#endif
