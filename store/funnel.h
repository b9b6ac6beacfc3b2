/* store/funnel.h — what became of a flow's sessions, from what turns leave behind anyhow: nothing is written for it.
 *
 * Thread:  any connection; every table is looked through, so not in the writer.
 * Memory:  results live in the arena given.
 * Errors:  ERR_NO_MEMORY; ERR_INTERNAL — a broken disk, a bug.                                                       */
#ifndef GILBOT_STORE_FUNNEL_H
#define GILBOT_STORE_FUNNEL_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct db;

enum funnel_part {
    FUNNEL_SESSIONS,    /* key: day it began, since 1970-01-01; other: "PLATFORM STATE", a number; n: how many     */
    FUNNEL_STEPS,       /* key: step; other: outcome ("asked", "answered", "misfit" …); n: how often               */
    FUNNEL_LEFT,        /* key: the question that waited when they left (stopped, expired, replaced); n: how many  */
    FUNNEL_SECONDS,     /* key: question; n: milliseconds since the answer before, a row each, shortest first      */
    FUNNEL_RECOMMENDED, /* key: item; n: sessions that were recommended it, most first                             */
    FUNNEL_ENDS,        /* key: "recommended", "consulted"; n: sessions that came so far                           */
};

struct funnel_filter {
    struct str flow;
    int64_t since_ms;  /* sessions that began then or later            */
    int64_t offset_ms; /* of the service's time zone: where days begin */
};

struct funnel_rows {
    struct funnel_row {
        struct str key, other;
        int64_t n;
    } * items;
    size_t n;
};

MUST_USE
enum err funnel_read(struct db *db, enum funnel_part part, const struct funnel_filter *filter, struct arena *arena,
                     struct funnel_rows *ret_rows, struct error *error);

#endif
