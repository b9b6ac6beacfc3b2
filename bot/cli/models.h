/* bot/cli/models.h — the language models of the settings, and the ledger of their calls.
 *
 *   in the service    calls are noted in its own store
 *   in a command      … by the service that runs (admin socket), else in the store that nobody else has open
 *
 *   POST /admin/models      {} → {"models": [{"name", "state", "rest_ms", "under_way", "spent_microusd", "last"}]}
 *   POST /admin/model-call  a struct model_call → {"result": "ok"}, when it is kept
 *
 * A call that cannot be noted is said in the log; the answer that it gave is given all the same.
 * Thread:  models_open, models_close: one; the port: any; the handlers: the loop.                                    */
#ifndef GILBOT_CLI_MODELS_H
#define GILBOT_CLI_MODELS_H

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"

struct http_request;
struct language_model;
struct llm;
struct loop;
struct metrics;
struct models;
struct settings;
struct store;

struct models_parts {
    const struct settings *settings; /* outlives the models                                   */
    struct clock clock;
    struct store *store;     /* NULL: a command, see above; outlives the models' last call    */
    struct metrics *metrics; /* NULL: nothing is counted                                      */
    struct loop *loop;       /* for the handlers; NULL in a command                           */
};

/* Reads what today cost so far.  ERR_INVALID: an address is no URL.  ERR_NO_MEMORY, ERR_INTERNAL. */
MUST_USE
enum err models_open(const struct models_parts *parts, struct models **ret_models, struct error *error);

/* See llm_stop. */
void models_stop(struct models *models);
/* After the last call.  NULL is fine. */
void models_close(struct models *models);

/* NULL: none is configured.  Lives as long as `models`. */
const struct language_model *models_port(const struct models *models);
struct llm *models_llm(const struct models *models);

/* Route handlers of the admin socket; `arg` is a struct models. */
void models_admin_status(const struct http_request *request, void *arg);
void models_admin_call(const struct http_request *request, void *arg);

#endif
