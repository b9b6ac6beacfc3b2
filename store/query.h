/* store/query.h — a named statement, its values, its rows.
 *
 *   CLEANUP(query_end) struct query q = query_begin(db, SQL_INBOX_STATE);
 *   bind_i64(&q, ":id", id);
 *   if (query_next(&q))
 *       state = column_i64(&q, 0);
 *   if (query_done(&q, error) != OK)
 *       return during(error, …);
 *
 * Errors stick: after the first, binding does nothing, there are no rows, and query_run or query_done tells.  Bind in the
 * order in which the names first appear in the text: then finding the parameter is one comparison.
 *
 * Thread:  the connection's.  A statement cannot be begun twice at a time.
 * Memory:  bound bytes are borrowed until query_end; columns are copied into the arena or borrowed until the next step.
 * Errors:  ERR_CONFLICT — a constraint of the schema; ERR_BUSY; ERR_NO_MEMORY; ERR_INTERNAL — "the disk is full", …   */
#ifndef GILBOT_STORE_QUERY_H
#define GILBOT_STORE_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "store/db.h"

struct arena;

struct query {
    struct db *db;
    struct prepared *prepared;
    enum sql_id id;
    int next;       /* index of the parameter that is probably bound next        */
    int code;       /* SQLITE_OK, SQLITE_ROW, SQLITE_DONE or the first failure    */
    bool no_memory; /* an arena was full                                          */
};

struct query query_begin(struct db *db, enum sql_id id);
void query_end(struct query *query);

/* `name` with its colon; a name that the statement does not have is a bug. */
void bind_str(struct query *query, const char *name, struct str value);
void bind_blob(struct query *query, const char *name, struct str value);
void bind_i64(struct query *query, const char *name, int64_t value);

/* To the end; rows are passed over. */
MUST_USE
enum err query_run(struct query *query, struct error *error);

/* True: there is a row.  False: there are no more, or it failed: query_done. */
bool query_next(struct query *query);
MUST_USE
enum err query_done(struct query *query, struct error *error);

int64_t column_i64(struct query *query, int column);
struct str column_str(struct query *query, int column, struct arena *arena);
struct str column_peek(struct query *query, int column); /* borrowed until the next step or query_end */

#endif
