/* store/import/zip.h — the members of an office file, by libarchive.
 *
 * The archive is gone through once; members that the reader asked for are unpacked into the arena.  All together they may
 * not be larger than ZIP_MAX_BYTES: a bomb ends there.
 *
 * Thread: one.  Memory: the making's arena.  Errors: they stick in the making.                                      */
#ifndef GILBOT_IMPORT_ZIP_H
#define GILBOT_IMPORT_ZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct making;

enum { ZIP_MAX_BYTES = 160 * 1024 * 1024, ZIP_MAX_MEMBERS = 20000 };

struct zip_member {
    struct str name, bytes;
};

struct zip {
    struct zip_member *members; /* in the archive's order */
    size_t n, capacity, bytes;
};

/* Whether a member is wanted. */
typedef bool zip_wants(struct str name);

/* False: the making has failed. */
bool zip_open(struct making *making, struct str bytes, zip_wants *wants, struct zip *ret_zip);

/* Its bytes, or the empty string. */
struct str zip_find(const struct zip *zip, struct str name);

#endif
