/* integrations/llm/wire.h — OpenAI's HTTP language, as its many relatives speak it: requests out, answers in.
 *
 *   POST BASE/chat/completions   {model, messages, …}          {choices: [{message: {content}, finish_reason}], usage}
 *                                {…, stream: true}       data: {choices: [{delta: {content}, finish_reason}], usage} …
 *   POST BASE/embeddings         {model, input: […]}           {data: [{index, embedding: […]}], usage}
 *   POST BASE/rerank             {model, query, documents}     {results: [{index, relevance_score}]}
 *
 * Thread: any (pure).  Memory: results live in the arena.
 * Errors: ERR_REMOTE: it is not what it should be; the sentence says where, and holds nothing of it.  ERR_NO_MEMORY.
 * Source: OpenAI API reference, "Chat", "Embeddings"; Jina and Cohere for rerank; the servers named in docs/models.md. */
#ifndef GILBOT_INTEGRATIONS_LLM_WIRE_H
#define GILBOT_INTEGRATIONS_LLM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"

struct arena;
struct buf;

/* What an endpoint has shown that it does not take; zeroed: it takes everything. */
struct wire_traits {
    enum wire_schema { WIRE_BY_SCHEMA, WIRE_BY_OBJECT, WIRE_BY_WORDS } schema; /* how it is told of a schema */
    bool completion_tokens; /* max_completion_tokens instead of max_tokens */
    bool no_temperature, no_stream_options;
};

/* It refused a request that was made by these traits: what may be left out next time?  `body`: its answer; `asked`: the
 * request that it refused.  False: nothing that would help. */
bool wire_learn(struct wire_traits *traits, struct str body, const struct model_chat *asked);

struct wire_chat {
    struct str model;
    const struct model_chat *request;
    struct wire_traits traits;
    bool stream;
};
void wire_chat_request(struct buf *out, const struct wire_chat *chat);

/* Tokens as the endpoint counted them; -1: it does not say. */
struct wire_usage {
    int64_t tokens_in, tokens_out;
};

/* An answer, or a piece of one. */
struct wire_said {
    struct str text;
    bool finished; /* it says how it ended */
    enum model_finish finish;
    struct wire_usage usage;
};
MUST_USE
enum err wire_chat_answer(struct arena *arena, struct str body, struct wire_said *ret_said, struct error *error);
MUST_USE
enum err wire_chat_piece(struct arena *arena, struct str data, struct wire_said *ret_said, struct error *error);

void wire_embed_request(struct buf *out, struct str model, const struct str *texts, size_t n);

/* `n`: how many texts were sent.  ret_values: n × ret_dimension numbers, all finite, in the texts' order. */
struct wire_vectors {
    float *values;
    size_t dimension; /* > 0 */
    struct wire_usage usage;
};
MUST_USE
enum err wire_vectors(struct arena *arena, struct str body, size_t n, struct wire_vectors *ret_vectors,
                      struct error *error);

void wire_rerank_request(struct buf *out, struct str model, const struct model_rerank *request);
struct wire_scores {
    double *values; /* n */
    struct wire_usage usage;
};
MUST_USE
enum err wire_scores(struct arena *arena, struct str body, size_t n, struct wire_scores *ret_scores,
                     struct error *error);

#endif
