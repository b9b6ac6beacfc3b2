/* flows/answer/generate.h — an answer by a model, of which only that stays which its quotes support.
 *
 *   hits + neighbours ─▶ prompt.h ─▶ model ─▶ claims.h: quotes found in the very passages that were shown ─▶ answer
 *                                      └─ in the wrong language: asked once more
 *
 * Thread: any that may block.  Memory: the arena.
 * Errors: ERR_BUSY, ERR_REMOTE, ERR_INVALID — go on without a model; ERR_NO_MEMORY, ERR_INTERNAL.                     */
#ifndef GILBOT_FLOWS_ANSWER_GENERATE_H
#define GILBOT_FLOWS_ANSWER_GENERATE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"
#include "flows/answer/claims.h"
#include "flows/answer/passage.h"

struct arena;
struct db;
struct live;
struct prompts;
struct search_hits;

enum { GENERATE_BUDGET_MS = 45000, GENERATE_PASSAGES = 6 };

struct generate_request {
    const struct language_model *model;
    const struct prompts *prompts;
    struct str question, language; /* language: "ko", "en" */
    struct str user;               /* for the ledger */
    const struct search_hits *hits;
    struct db *db;     /* where the hits' neighbours are read                                        */
    struct live *live; /* hears each claim as soon as it is whole and supported; NULL: nobody does    */
};

struct generated {
    struct claims claims;        /* with their verdicts                                             */
    struct claims_answer answer; /* empty text: nothing was supported, or the model found no answer */
    struct passages passages;    /* as shown; what answer.sources point into                        */
    struct str prompt;           /* both messages                                                   */
    struct model_usage usage;    /* of the last call; tokens of all                                 */
};

MUST_USE enum err generate_answer(struct arena *arena, const struct generate_request *request,
                                  struct generated *ret_generated, struct error *error);

#endif
