/* flows/rules/zone.h — time zones: the offset from UTC that a place's clocks have at a moment.
 *
 *   struct zone_cache zones = {.arena = arena};
 *   if (zone_settle_moment(&zones, &moment)) …      moment.time.zone is known, offset_s is that of its place
 *
 * The data are the files of the system (Debian's tzdata); nothing of the process's own time zone is used or changed, no
 * environment variable is looked at.  Moments after the last listed change follow the rule at the file's end.
 *
 * Thread:  a cache belongs to one thread at a time; caches share nothing.
 * Memory:  a zone's file (some kilobytes) is read into the cache's arena once; ZONE_MAX_CACHED zones are kept, further
 *          ones are unknown.
 * Source:  RFC 8536 (TZif, versions 2 and up); POSIX.1-2017 §8.3 (TZ).  Clock times that a change skips or repeats
 *          are read as java.time does, which the standard's test kit comes from: a skipped one moves by the gap, of two
 *          the earlier is meant.                                                                                     */
#ifndef GILBOT_FLOWS_RULES_ZONE_H
#define GILBOT_FLOWS_RULES_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"
#include "flows/rules/decimal.h"

struct arena;
struct temporal_moment;
struct temporal_time;
struct zone;

enum { ZONE_MAX_CACHED = 32, ZONE_MAX_BYTES = 64 * 1024 };

struct zone_cache {
    struct arena *arena;
    const struct zone *zones; /* found so far, newest first */
    size_t n;
};

/* "Asia/Seoul", "Etc/UTC": exactly as the database writes it.  NULL: no such zone, its file cannot be read, or there is no
 * room in the cache. */
const struct zone *zone_find(struct zone_cache *cache, struct str name);

/* Seconds east of UTC at a Unix time. */
int32_t zone_offset_at(const struct zone *zone, int64_t unix_s);

/* Gives a time its zone's standard offset, a moment the offset of its place at that time of its clocks (and moves clock
 * times that do not exist).  Without a zone nothing happens.  False: the zone is not known, or the year is beyond all. */
MUST_USE
bool zone_settle_time(struct zone_cache *cache, struct temporal_time *time);
MUST_USE
bool zone_settle_moment(struct zone_cache *cache, struct temporal_moment *moment);

/* Lets a moment's clock show what it shows `seconds` later: in its zone with the offset of then.  False as above. */
MUST_USE
bool zone_move_moment(struct zone_cache *cache, struct temporal_moment *moment, struct decimal seconds);

#endif
