/* bot/cli/answers.h — what answers are made with, put together: the operator's files, the index, the flow `answer`.
 *
 *   settings (demo: the embedded files) ─▶ answers_flow ─▶ the table of flows
 *   data_dir ─▶ answers_search ─▶ answer_flow_connect
 *
 * Thread: any.  Memory: as said.                                                                                     */
#ifndef GILBOT_CLI_ANSWERS_H
#define GILBOT_CLI_ANSWERS_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"

struct db;
struct flow;
struct search;
struct settings;
struct store;

/* The flow `answer`, not connected to anything.  ERR_INVALID with FILE:LINE[:COLUMN]: a fault in one of the files. */
MUST_USE
enum err answers_flow(const struct settings *settings, bool demo, struct flow **ret_flow, struct error *error);

/* The index of the settings' data_dir with the synonyms of the workspace; the caller closes it. */
MUST_USE
enum err answers_search(const struct settings *settings, struct search **ret_search, struct error *error);

/* The documents of data_dir and their index, up to date, for a command that only reads while a service may be running.  A
 * folder without a database has none: both stay NULL, and that is OK. */
struct answers {
    struct search *search;
    struct db *db;
};
MUST_USE
enum err answers_open(const struct settings *settings, struct answers *ret_answers, struct error *error);
void answers_close(struct answers *answers);

/* The same; ERR_NOT_FOUND says what to do when nothing was ever taken in. */
MUST_USE
enum err answers_need(const struct settings *settings, struct answers *ret_answers, struct error *error);

/* Keeps the documents of the demonstration, those that changed. */
MUST_USE
enum err answers_keep_demo(struct store *store, struct clock clock, struct error *error);

#endif
