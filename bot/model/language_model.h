/* bot/model/language_model.h — what a language model is to us: a port.
 *
 *   flow ──struct model_chat──▶ language_model_chat ──pieces──▶ request->listener      as they come
 *                                       └──────────▶ struct model_said                 the whole, with what it cost
 *
 * Behind it stand several providers in an order; which one answered is in the result.  When none may or can be asked
 * (no key, all broken, the day's money spent), the answer is ERR_BUSY at once: the caller goes on without a model.
 *
 * Thread:  any that may block (the slow lane), several at once.
 * Memory:  requests are borrowed for the call; results live in the arena.
 * Errors:  ERR_BUSY    nobody can be asked now; nothing was said
 *          ERR_REMOTE  whoever was asked failed, or the time was up
 *          ERR_INVALID the request can never succeed, or its answer did not keep to the schema, even after one repair
 *          ERR_NO_MEMORY, ERR_INTERNAL
 *          All of them mean the same to a flow: go on without a model.  No sentence holds a key or a prompt.          */
#ifndef GILBOT_MODEL_LANGUAGE_MODEL_H
#define GILBOT_MODEL_LANGUAGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Why and for whom: for the ledger and the figures.  All may be empty but `purpose`. */
struct model_origin {
    struct str purpose; /* "answer", "rewrite", "summary" …: a few fixed words                       */
    struct str prompt;  /* name and version of the prompt: "answer@3fa2c81d" (see prompt_label)      */
    struct str flow;
    struct str user; /* the platform's id of the person; the ledger keeps a pseudonym of it only     */
};

enum model_role { MODEL_SYSTEM, MODEL_USER, MODEL_ASSISTANT };

struct model_message {
    enum model_role role;
    struct str text; /* UTF-8 */
};

/* Who hears an answer while it is being made.  Called on the thread of the call, as soon as the bytes are there.
 * piece: the next part of the text, whole characters; false: no more is wanted, the call ends with what there is.
 * again: forget what was heard, it begins anew (the provider failed in the middle and the next one was asked, or the
 *        answer had to be repaired).  NULL: then nobody else is asked once a piece was heard.                        */
struct model_listener {
    bool (*piece)(void *self, struct str text);
    void (*again)(void *self);
    void *self;
};

enum { MODEL_MAX_TOKENS = 1024, MODEL_BUDGET_MS = 60000 };

struct model_chat {
    struct model_origin origin;
    const struct model_message *messages;
    size_t n_messages;
    int64_t max_tokens; /* of the answer; 0: MODEL_MAX_TOKENS                                               */
    double temperature; /* 0 … 2                                                                            */
    struct str schema;  /* JSON Schema of the answer, an object; empty: plain text.  See language_model_chat */
    int64_t budget_ms;  /* for all of it, other providers and the repair included; 0: MODEL_BUDGET_MS         */
    const struct model_listener *listener; /* NULL: nobody */
};

/* ── what comes back ───────────────────────────────────────────────────────────────────────────────────────────── */

/* What a call took.  Tokens: as the provider counted them, estimated when it does not say. */
struct model_usage {
    struct str provider, model; /* the configured name; what the provider calls the model */
    int64_t tokens_in, tokens_out;
    int64_t cost_microusd;
    int64_t latency_ms, first_piece_ms; /* since the request went out; first_piece_ms -1: not streamed */
};

enum model_finish { MODEL_STOPPED, MODEL_CUT /* max_tokens */, MODEL_FILTERED, MODEL_UNWANTED /* the listener's no */ };

struct model_said {
    struct str text; /* UTF-8; with a schema: JSON that keeps to it, nothing around it */
    enum model_finish finish;
    struct model_usage usage;
};

/* ── vectors and order ─────────────────────────────────────────────────────────────────────────────────────────── */

struct model_embed {
    struct model_origin origin;
    const struct str *texts; /* none empty */
    size_t n_texts;          /* any number: sent in batches */
    struct str model;  /* as an earlier result called it: vectors of two models cannot be compared.  Empty: the first */
    size_t dimension;  /* as an earlier result had it; another one is ERR_REMOTE.  0: any */
    int64_t budget_ms; /* for all batches; 0: MODEL_BUDGET_MS */
};

struct model_vectors {
    const float *values; /* n × dimension, one text after the other; as they came, not normalised; all finite */
    size_t n, dimension;
    struct model_usage usage;
};

struct model_rerank {
    struct model_origin origin;
    struct str query;
    const struct str *texts;
    size_t n_texts;
    int64_t budget_ms; /* 0: MODEL_BUDGET_MS */
};

struct model_order {
    const double *scores; /* one a text, in their order; higher is better; of the model's own scale */
    size_t n;
    struct model_usage usage;
};

/* ── the port ──────────────────────────────────────────────────────────────────────────────────────────────────── */

enum model_skill { MODEL_CHAT, MODEL_EMBED, MODEL_RERANK, MODEL_SKILLS };

struct language_model {
    enum err (*chat)(const struct language_model *self, const struct model_chat *request, struct arena *arena,
                     struct model_said *ret_said, struct error *error);
    enum err (*embed)(const struct language_model *self, const struct model_embed *request, struct arena *arena,
                      struct model_vectors *ret_vectors, struct error *error);
    enum err (*rerank)(const struct language_model *self, const struct model_rerank *request, struct arena *arena,
                       struct model_order *ret_order, struct error *error);
    /* Could a call be made now?  Cheap; no network. */
    bool (*ready)(const struct language_model *self, enum model_skill skill);
    /* Of the provider that would be asked now. */
    int64_t (*context_tokens)(const struct language_model *self);
    double (*tokens_factor)(const struct language_model *self);
};

/* In all of them `model` NULL is a model that is never there: ERR_BUSY, false.
 *
 * With `schema` the provider is asked to keep to it; one that cannot is asked in words.  What comes back is read as JSON
 * and checked (types, required, properties, items, enum); when it fails it is sent back once with the fault. */
MUST_USE
enum err language_model_chat(const struct language_model *model, const struct model_chat *request, struct arena *arena,
                             struct model_said *ret_said, struct error *error);
MUST_USE
enum err language_model_embed(const struct language_model *model, const struct model_embed *request,
                              struct arena *arena, struct model_vectors *ret_vectors, struct error *error);
MUST_USE
enum err language_model_rerank(const struct language_model *model, const struct model_rerank *request,
                               struct arena *arena, struct model_order *ret_order, struct error *error);
bool language_model_ready(const struct language_model *model, enum model_skill skill);

/* How many tokens the model that would be asked now can look at, question and answer together; 0: no model. */
int64_t language_model_context(const struct language_model *model);

/* About how many tokens `text` is for the model that would be asked now: model_tokens times what the provider's own
 * counts have shown so far (at least 0.5, at most 3 times).  Rather too many than too few. */
int64_t language_model_tokens(const struct language_model *model, struct str text);

/* The same without a model.  A rule of thumb by script, of which code point takes which part of a token: a Hangul syllable
 * or jamo, a Han or kana character 1; a Latin letter 1/4; a digit 1/3; a space 1/8; anything else 1.  Rounded up.  Meant
 * to be high for vocabularies that know Korean; for those that do not, the factor above makes up.                      */
int64_t model_tokens(struct str text);

#endif
