/* integrations/llm/llm.h — the configured providers as one language model (bot/model/language_model.h).
 *
 *   a call ─▶ the first provider that has the skill, is well, can be afforded and looks at so much ─▶ its answer
 *                 │ failed, silent, busy, no JSON …                                                      │
 *                 └──▶ the next one … ──▶ once more, after a moment ──▶ ERR_REMOTE             ledger, metrics ◀┘
 *
 * As long as others are left, nobody may use up more than half of the time that is left: a provider that hangs leaves time
 * for the next.  A day's money is counted from midnight of the process's time zone; what a call may cost at most is set
 * aside before it begins, so that calls at once do not overdraw together.
 *
 * Thread:  any, several calls at once; llm_new and llm_free: one.
 * Memory:  the settings are borrowed and outlive the llm.                                                            */
#ifndef GILBOT_INTEGRATIONS_LLM_LLM_H
#define GILBOT_INTEGRATIONS_LLM_LLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"
#include "integrations/llm/breaker.h"
#include "store/model_calls.h"

struct arena;
struct llm;
struct metrics;
struct settings;

enum {
    LLM_ROUNDS = 3,               /* how often the ladder is climbed in one call                        */
    LLM_RETRY_MS = 400,           /* between two rounds, ± half                                         */
    LLM_PATIENCE_MS = 5000,       /* who asks to be left alone for longer is not waited for             */
    LLM_LEAST_TRY_MS = 50,        /* with less time left nobody is asked any more                       */
    LLM_IDLE_MS = 20000,          /* longest silence in the midst of a streamed answer                  */
    LLM_EMBED_BATCH = 32,         /* texts in one request                                               */
    LLM_MAX_TEXT_BYTES = 1 << 20, /* of one answer                                                   */
};

struct llm_parts {
    const struct settings *settings;
    struct clock clock;
    struct metrics *metrics;   /* NULL: nothing is counted */
    int64_t retry_ms;          /* 0: LLM_RETRY_MS */
    struct model_spends spent; /* since llm_day_began, from the ledger */
    /* Every request that went out, right after it ended, on the thread of the call; quick.  NULL: nobody keeps them. */
    void (*keep)(void *self, const struct model_call *call);
    void *self;
};

/* ERR_INVALID: an address is no URL.  ERR_NO_MEMORY. */
MUST_USE
enum err llm_new(const struct llm_parts *parts, struct llm **ret_llm, struct error *error);

/* No call may be under way.  NULL is fine. */
void llm_free(struct llm *llm);

/* From now on every call, also those under way, fails with ERR_BUSY within about a second: for shutting down. */
void llm_stop(struct llm *llm);

/* NULL when `llm` is NULL or no provider is configured; lives as long as it. */
const struct language_model *llm_model(const struct llm *llm);

/* Midnight before `now_ms` in the process's time zone: since when a day's money counts. */
int64_t llm_day_began(int64_t now_ms);

/* How a provider is, by its place in the settings. */
struct llm_status {
    enum breaker_state state;
    int64_t rest_ms; /* OPEN: so much longer */
    int64_t under_way, spent_microusd;
    const char *last_outcome; /* of its last request; "": none yet */
};
struct llm_status llm_status(struct llm *llm, size_t place);

/* Somebody else spent it today on the provider of that name, if there is one: a command, while the service runs. */
void llm_add_spent(struct llm *llm, struct str provider, int64_t microusd);

/* Asks one provider, whatever its health and money, for the smallest thing of a kind (a word, the vector of a word, the
 * order of two): for `gilbot doctor`.  Nobody keeps account of it.  *tried is also written when it fails.
 * ERR_REMOTE, ERR_INVALID: what is wrong with it, without its name. */
struct llm_trial {
    size_t place;
    enum model_skill skill;
    int64_t limit_ms;
};
struct llm_tried {
    size_t dimension; /* of MODEL_EMBED's vector, else 0          */
    bool answered;    /* somebody was there, whatever they said   */
};
MUST_USE
enum err llm_try(struct llm *llm, const struct llm_trial *trial, struct llm_tried *tried, struct error *error);

#endif
