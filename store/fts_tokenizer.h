/* store/fts_tokenizer.h — the tokenizer `gilbot` of FTS5: the terms of bot/base/terms.h.
 *
 * Every connection that touches a table made with it needs it; db_open sees to that.
 * Token offsets are not given: nobody asks FTS5 for snippets.                                                        */
#ifndef GILBOT_STORE_FTS_TOKENIZER_H
#define GILBOT_STORE_FTS_TOKENIZER_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct sqlite3;

MUST_USE
enum err fts_tokenizer_register(struct sqlite3 *handle, struct error *error);

#endif
