/* store/flow_versions.h — the files that flows were made of, by flow and version (the hash of these files).
 *
 *   kept when a flow is loaded ──▶ read at a start, for the sessions that wait ──▶ swept when none waits and it is old
 *
 * Thread:  flow_version_keep, …_touch, flow_versions_sweep inside a write job; the others with any connection.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_NOT_FOUND — it was not kept; ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug.                */
#ifndef GILBOT_STORE_FLOW_VERSIONS_H
#define GILBOT_STORE_FLOW_VERSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

struct flow_file {
    struct str path, bytes; /* bytes: any, not only UTF-8 */
};

struct flow_files {
    struct flow_file *items; /* the flow's own, then those that it names */
    size_t n;
};

struct flow_version {
    struct str flow, version;
    struct flow_files files;
};

/* It is the present one of its flow at `now_ms`.  Files are written only when the version is new. */
MUST_USE
enum err flow_version_keep(struct db *db, const struct flow_version *version, int64_t now_ms, struct error *error);

/* The same for one that was kept before; the files are not looked at.  Nothing happens when it was not. */
MUST_USE
enum err flow_version_touch(struct db *db, const struct flow_version *version, int64_t now_ms, struct error *error);

MUST_USE
enum err flow_version_files(struct db *db, struct str flow, struct str version, struct arena *arena,
                            struct flow_files *ret_files, struct error *error);

/* The versions that sessions began with which still wait, sorted; kept or not. */
struct flow_versions {
    struct flow_version_waited {
        struct str flow, version;
        int64_t sessions; /* how many */
    } * items;
    size_t n;
};
MUST_USE
enum err flow_versions_waited_for(struct db *db, struct arena *arena, struct flow_versions *ret_versions,
                                  struct error *error);

/* Forgets versions that were last present before `before_ms` and that no session waits with. */
MUST_USE
enum err flow_versions_sweep(struct db *db, int64_t before_ms, struct error *error);

#endif
