/* store/model_calls.h — the ledger: every call of a language model, with what it took and how it ended.
 *
 * Names and figures only: no prompt, no question, no answer.  Who asked is kept as a pseudonym (HMAC-SHA-256 under a key that
 * each database makes for itself): one person's calls belong together, and nobody can tell from them who it is.
 *
 * Thread:  model_call_record, model_calls_sweep inside a write job; the others with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.                                                 */
#ifndef GILBOT_STORE_MODEL_CALLS_H
#define GILBOT_STORE_MODEL_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

struct model_call {
    int64_t at_ms;              /* when it ended                                                      */
    struct str provider, model; /* the configured name; what the provider calls the model             */
    struct str skill;           /* "chat", "embed", "rerank"                                          */
    struct str purpose, prompt, flow;
    struct str user;    /* record: the person's id, may be empty; last: the pseudonym          */
    struct str outcome; /* "ok", "unwanted", or what went wrong                                */
    int64_t tokens_in, tokens_out, cost_microusd;
    int64_t latency_ms, first_piece_ms; /* first_piece_ms -1: not streamed */
};

enum { MODEL_CALL_PSEUDONYM_BYTES = 16 };

MUST_USE
enum err model_call_record(struct db *db, const struct model_call *call, struct error *error);

/* What each provider cost since a moment, by name; those without a call are not there. */
struct model_spends {
    struct model_spend {
        struct str provider;
        int64_t cost_microusd;
    } * items;
    size_t n;
};
MUST_USE
enum err model_calls_spent(struct db *db, int64_t since_ms, struct arena *arena, struct model_spends *ret_spends,
                           struct error *error);

enum model_calls_by {
    MODEL_CALLS_BY_PROVIDER,
    MODEL_CALLS_BY_MODEL,
    MODEL_CALLS_BY_FLOW,
    MODEL_CALLS_BY_USER,
    MODEL_CALLS_BY_PURPOSE,
    MODEL_CALLS_BY_PROMPT,
    MODEL_CALLS_BY_OUTCOME,
    MODEL_CALLS_WAYS,
};
const char *model_calls_by_name(enum model_calls_by by); /* "provider" … */

/* Sums since a moment, the dearest first. */
struct model_sums {
    struct model_sum {
        struct str name;
        int64_t calls, failed, tokens_in, tokens_out, cost_microusd, latency_ms;
    } * items;
    size_t n;
};
MUST_USE
enum err model_calls_sums(struct db *db, enum model_calls_by by, int64_t since_ms, struct arena *arena,
                          struct model_sums *ret_sums, struct error *error);

/* The last calls, newest first. */
struct model_calls {
    struct model_call *items;
    size_t n;
};
MUST_USE
enum err model_calls_last(struct db *db, size_t most, struct arena *arena, struct model_calls *ret_calls,
                          struct error *error);

/* Forgets calls before a moment. */
MUST_USE
enum err model_calls_sweep(struct db *db, int64_t before_ms, struct error *error);

#endif
