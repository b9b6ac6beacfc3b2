#include "store/query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "bot/base/arena.h"
#include "bot/base/banned.h"

/* Copies: SQLite's own are gone when it prepares the statement anew, which it does after a change of the schema. */
static enum err copy_names(struct prepared *prepared)
{
    int n = sqlite3_bind_parameter_count(prepared->stmt);
    size_t bytes = 0;
    for (int i = 0; i < n; i++)
        bytes += strlen(sqlite3_bind_parameter_name(prepared->stmt, i + 1)) + 1;
    const char **names = malloc((size_t)n * sizeof *names + bytes + 1);
    if (names == NULL)
        return ERR_NO_MEMORY;
    char *at = (char *)(names + n);
    for (int i = 0; i < n; i++) {
        const char *name = sqlite3_bind_parameter_name(prepared->stmt, i + 1);
        size_t size = strlen(name) + 1;
        memcpy(at, name, size);
        names[i] = at;
        at += size;
    }
    prepared->names = names;
    prepared->n_names = n;
    return OK;
}

static int prepare(struct db *db, enum sql_id id)
{
    struct prepared *prepared = &db->prepared[id];
    int code =
        sqlite3_prepare_v3(db->handle, statements[id].text, -1, SQLITE_PREPARE_PERSISTENT, &prepared->stmt, NULL);
    if (code != SQLITE_OK)
        return code;
    if (copy_names(prepared) != OK) {
        sqlite3_finalize(prepared->stmt);
        prepared->stmt = NULL;
        return SQLITE_NOMEM;
    }
    return SQLITE_OK;
}

struct query query_begin(struct db *db, enum sql_id id)
{
    struct query query = {.db = db, .prepared = &db->prepared[id], .id = id};
    assert(!query.prepared->in_use);
    if (query.prepared->stmt == NULL)
        query.code = prepare(db, id);
    query.prepared->in_use = true;
    return query;
}

void query_end(struct query *query)
{
    if (query->prepared->stmt != NULL) {
        sqlite3_reset(query->prepared->stmt);
        sqlite3_clear_bindings(query->prepared->stmt); /* they are borrowed and may be gone now */
    }
    query->prepared->in_use = false;
}

/* SQLite looks a name up by walking and comparing all of them; here the first guess is nearly always right.
 * 0: not to be bound, the query has failed. */
static int parameter(struct query *query, const char *name)
{
    if (query->code != SQLITE_OK)
        return 0;
    const struct prepared *prepared = query->prepared;
    for (int tried = 0; tried < prepared->n_names; tried++) {
        int at = (query->next + tried) % prepared->n_names;
        if (strcmp(prepared->names[at], name) == 0) {
            query->next = at + 1;
            return at + 1;
        }
    }
    assert(query->code != SQLITE_OK && "the statement has no parameter of this name");
    query->code = SQLITE_RANGE;
    return 0;
}

void bind_str(struct query *query, const char *name, struct str value)
{
    int at = parameter(query, name);
    if (at != 0)
        query->code = sqlite3_bind_text64(query->prepared->stmt, at, value.n == 0 ? "" : value.p, value.n,
                                          SQLITE_STATIC, SQLITE_UTF8);
}

void bind_blob(struct query *query, const char *name, struct str value)
{
    int at = parameter(query, name);
    if (at != 0)
        query->code =
            sqlite3_bind_blob64(query->prepared->stmt, at, value.n == 0 ? "" : value.p, value.n, SQLITE_STATIC);
}

void bind_i64(struct query *query, const char *name, int64_t value)
{
    int at = parameter(query, name);
    if (at != 0)
        query->code = sqlite3_bind_int64(query->prepared->stmt, at, value);
}

bool query_next(struct query *query)
{
    if ((query->code != SQLITE_OK && query->code != SQLITE_ROW) || query->no_memory)
        return false;
    query->code = sqlite3_step(query->prepared->stmt);
    return query->code == SQLITE_ROW;
}

static enum err outcome(struct query *query, struct error *error)
{
    if (query->no_memory)
        return fail(error, ERR_NO_MEMORY, "the results do not fit their memory limit");
    if (query->code == SQLITE_OK || query->code == SQLITE_ROW || query->code == SQLITE_DONE)
        return OK;
    return db_fail(query->db, query->code, error);
}

enum err query_done(struct query *query, struct error *error)
{
    return outcome(query, error) == OK ? OK : during(error, "running %s", statements[query->id].name);
}

enum err query_run(struct query *query, struct error *error)
{
    while (query_next(query))
        continue;
    return query_done(query, error);
}

int64_t column_i64(struct query *query, int column)
{
    return sqlite3_column_int64(query->prepared->stmt, column);
}

struct str column_peek(struct query *query, int column)
{
    const char *p = sqlite3_column_blob(query->prepared->stmt, column);
    int n = sqlite3_column_bytes(query->prepared->stmt, column);
    return (struct str){p, p == NULL ? 0 : (size_t)n};
}

struct str column_str(struct query *query, int column, struct arena *arena)
{
    struct str borrowed = column_peek(query, column);
    struct str copy = arena_copy(arena, borrowed);
    if (copy.p == NULL && borrowed.n > 0)
        query->no_memory = true;
    return copy;
}
