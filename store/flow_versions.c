#include "store/flow_versions.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err flow_version_touch(struct db *db, const struct flow_version *version, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_VERSION_TOUCH);
    bind_i64(&q, ":now_ms", now_ms);
    bind_str(&q, ":flow", version->flow);
    bind_str(&q, ":version", version->version);
    return query_run(&q, error);
}

static enum err insert(struct db *db, const struct flow_version *version, int64_t now_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_VERSION_INSERT);
    bind_str(&q, ":flow", version->flow);
    bind_str(&q, ":version", version->version);
    bind_i64(&q, ":now_ms", now_ms);
    return query_run(&q, error);
}

static enum err insert_file(struct db *db, const struct flow_version *version, size_t place, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_FILE_INSERT);
    bind_str(&q, ":flow", version->flow);
    bind_str(&q, ":version", version->version);
    bind_i64(&q, ":place", (int64_t)place);
    bind_str(&q, ":path", version->files.items[place].path);
    bind_blob(&q, ":bytes", version->files.items[place].bytes);
    return query_run(&q, error);
}

enum err flow_version_keep(struct db *db, const struct flow_version *version, int64_t now_ms, struct error *error)
{
    enum err rc = flow_version_touch(db, version, now_ms, error);
    if (rc != OK || db_changes(db) > 0)
        return rc;
    rc = insert(db, version, now_ms, error);
    for (size_t i = 0; i < version->files.n && rc == OK; i++)
        rc = insert_file(db, version, i, error);
    return rc == OK ? OK : during(error, "keeping the files of flow %.*s", STR_ARG(version->flow));
}

enum err flow_versions_sweep(struct db *db, int64_t before_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_VERSIONS_SWEEP);
    bind_i64(&q, ":before_ms", before_ms);
    enum err rc = query_run(&q, error);
    if (rc != OK || db_changes(db) == 0)
        return rc;
    CLEANUP(query_end) struct query files = query_begin(db, SQL_FLOW_FILES_SWEEP);
    return query_run(&files, error);
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* `items` with room for one element more than `n`; NULL: no memory. */
static void *grow(struct arena *arena, void *items, size_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return items; /* the next power of two is allocated */
    void *more = arena_alloc_array(arena, n == 0 ? 1 : 2 * n, size);
    if (more != NULL && n > 0)
        memcpy(more, items, n * size);
    return more;
}

enum err flow_version_files(struct db *db, struct str flow, struct str version, struct arena *arena,
                            struct flow_files *ret_files, struct error *error)
{
    struct flow_files files = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_FILES);
    bind_str(&q, ":flow", flow);
    bind_str(&q, ":version", version);
    while (query_next(&q)) {
        files.items = grow(arena, files.items, files.n, sizeof *files.items);
        if (files.items == NULL)
            return fail(error, ERR_NO_MEMORY, "the files of flow %.*s are too large", STR_ARG(flow));
        files.items[files.n++] = (struct flow_file){column_str(&q, 0, arena), column_str(&q, 1, arena)};
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading the files of flow %.*s", STR_ARG(flow));
    if (files.n == 0)
        return fail(error, ERR_NOT_FOUND, "version %.*s of flow %.*s was not kept", STR_ARG(str_first(version, 12)),
                    STR_ARG(flow));
    *ret_files = files;
    return OK;
}

enum err flow_versions_waited_for(struct db *db, struct arena *arena, struct flow_versions *ret_versions,
                                  struct error *error)
{
    struct flow_versions versions = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_FLOW_VERSIONS_WAITED_FOR);
    while (query_next(&q)) {
        versions.items = grow(arena, versions.items, versions.n, sizeof *versions.items);
        if (versions.items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many versions of flows");
        versions.items[versions.n++] = (struct flow_version_waited){
            .flow = column_str(&q, 0, arena), .version = column_str(&q, 1, arena), .sessions = column_i64(&q, 2)};
    }
    if (query_done(&q, error) != OK)
        return during(error, "looking for the versions that sessions wait with");
    *ret_versions = versions;
    return OK;
}
