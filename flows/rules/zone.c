#include "flows/rules/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/temporal.h"
#include "flows/rules/zone_rule.h"

#include "bot/base/banned.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, MAX_NAME = 64, DAY_S = 86400 };

static const char directory[] = "/usr/share/zoneinfo/";

/* The tables stand in the file's bytes as they are, big-endian. */
struct zone {
    const struct zone *next;
    struct str name;
    const unsigned char *times, *indexes, *types; /* n_times of 8 bytes, n_times of 1, n_types of TYPE_BYTES */
    size_t n_times, n_types;
    bool has_rule;
    struct zone_rule rule;
};

/* ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct bytes {
    const unsigned char *p;
    size_t n;
};

static uint32_t read_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_i64(const unsigned char *p)
{
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

static bool take(struct bytes *rest, size_t n, const unsigned char **ret)
{
    if (n > rest->n)
        return false;
    *ret = rest->p;
    *rest = (struct bytes){rest->p + n, rest->n - n};
    return true;
}

/* A header and its tables; `width`: bytes of a time.  Counts are bounded by the file's size, so sums do not overflow. */
static bool take_block(struct bytes *rest, size_t width, struct zone *zone)
{
    const unsigned char *header, *ignored;
    if (!take(rest, HEADER_BYTES, &header) || memcmp(header, "TZif", 4) != 0 || header[4] < '2')
        return false;
    uint32_t counts[6]; /* isut, isstd, leap, time, type, char */
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        if ((counts[i] = read_u32(header + 20 + 4 * i)) > ZONE_MAX_BYTES)
            return false;
    zone->n_times = counts[3];
    zone->n_types = counts[4];
    return take(rest, counts[3] * width, &zone->times) && take(rest, counts[3], &zone->indexes) &&
           take(rest, (size_t)counts[4] * TYPE_BYTES, &zone->types) && take(rest, counts[5], &ignored) &&
           take(rest, counts[2] * (width + 4), &ignored) && take(rest, counts[1], &ignored) &&
           take(rest, counts[0], &ignored);
}

static bool is_consistent(const struct zone *zone)
{
    if (zone->n_types == 0)
        return false;
    for (size_t i = 0; i < zone->n_times; i++)
        if (zone->indexes[i] >= zone->n_types)
            return false;
    return true;
}

static bool read_file(struct bytes file, struct zone *zone)
{
    struct zone old = {0};
    if (!take_block(&file, 4, &old) || !take_block(&file, 8, zone) || !is_consistent(zone))
        return false;
    struct str footer = {(const char *)file.p, file.n};
    if (footer.n < 2 || footer.p[0] != '\n' || footer.p[footer.n - 1] != '\n')
        return false;
    footer = str_first(str_skip(footer, 1), footer.n - 2);
    zone->has_rule = footer.n > 0;
    return !zone->has_rule || zone_rule_read(footer, &zone->rule);
}

/* ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void close_file(const int *file)
{
    if (*file >= 0)
        close(*file);
}

static bool is_name(struct str name)
{
    if (name.n == 0 || name.n > MAX_NAME || str_starts(name, STR("posix")) || str_starts(name, STR("right/")) ||
        str_eq(name, STR("localtime")) || str_eq(name, STR("Factory")))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
        bool inner = i > 0 && (other || (c == '/' && name.p[i - 1] != '/'));
        if (!letter && !inner)
            return false;
    }
    return name.p[name.n - 1] != '/';
}

static bool read_whole(int file, unsigned char *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = read(file, bytes + at, n - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

static bool load(struct arena *arena, struct str name, struct bytes *ret_bytes)
{
    char path[sizeof directory + MAX_NAME];
    snprintf(path, sizeof path, "%s%.*s", directory, STR_ARG(name));
    CLEANUP(close_file) int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > ZONE_MAX_BYTES)
        return false;
    size_t n = (size_t)status.st_size;
    unsigned char *bytes = arena_alloc(arena, n);
    if (bytes == NULL || !read_whole(file, bytes, n))
        return false;
    *ret_bytes = (struct bytes){bytes, n};
    return true;
}

const struct zone *zone_find(struct zone_cache *cache, struct str name)
{
    for (const struct zone *zone = cache->zones; zone != NULL; zone = zone->next)
        if (str_eq(zone->name, name))
            return zone;
    struct bytes file;
    if (cache->n >= ZONE_MAX_CACHED || !is_name(name) || !load(cache->arena, name, &file))
        return NULL;
    struct zone *zone = arena_alloc(cache->arena, sizeof *zone);
    if (zone == NULL || !read_file(file, zone))
        return NULL;
    zone->name = arena_copy(cache->arena, name);
    if (zone->name.p == NULL)
        return NULL;
    zone->next = cache->zones;
    cache->zones = zone;
    cache->n++;
    return zone;
}

/* ── offsets ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int32_t type_offset(const struct zone *zone, size_t type)
{
    return (int32_t)read_u32(zone->types + type * TYPE_BYTES);
}

static bool type_is_summer(const struct zone *zone, size_t type)
{
    return zone->types[type * TYPE_BYTES + 4] != 0;
}

int32_t zone_offset_at(const struct zone *zone, int64_t unix_s)
{
    size_t first = 0, after = zone->n_times; /* changes before `first` are not later than unix_s */
    while (first < after) {
        size_t middle = first + (after - first) / 2;
        if (read_i64(zone->times + 8 * middle) <= unix_s)
            first = middle + 1;
        else
            after = middle;
    }
    if (first == zone->n_times && zone->has_rule)
        return zone_rule_offset_at(&zone->rule, unix_s);
    return type_offset(zone, first == 0 ? 0 : zone->indexes[first - 1]);
}

static int32_t standard_offset(const struct zone *zone)
{
    if (zone->has_rule)
        return zone->rule.standard_s;
    for (size_t i = zone->n_times; i > 0; i--)
        if (!type_is_summer(zone, zone->indexes[i - 1]))
            return type_offset(zone, zone->indexes[i - 1]);
    return type_offset(zone, 0);
}

/* Of clocks that show `local_s`; *ret_moved: how far clocks that never show it are wrong. */
static int32_t offset_of_clock(const struct zone *zone, int64_t local_s, int64_t *ret_moved)
{
    int32_t before = zone_offset_at(zone, local_s - DAY_S), after = zone_offset_at(zone, local_s + DAY_S);
    *ret_moved = 0;
    if (zone_offset_at(zone, local_s - before) == before)
        return before;
    if (zone_offset_at(zone, local_s - after) != after)
        *ret_moved = after - before;
    return after;
}

/* ── settling ──────────────────────────────────────────────────────────────────────────────────────────────────── */

bool zone_settle_time(struct zone_cache *cache, struct temporal_time *time)
{
    if (time->zone.n == 0)
        return true;
    const struct zone *zone = zone_find(cache, time->zone);
    if (zone == NULL)
        return false;
    time->offset_s = standard_offset(zone);
    time->has_offset = true;
    return true;
}

/* Moves the clock, not the offset. */
static bool move_clock(struct temporal_moment *moment, struct decimal seconds)
{
    struct decimal sum, rest;
    int64_t days;
    if (!decimal_add(temporal_time_seconds(&moment->time), seconds, &sum) || !temporal_split_days(sum, &days, &rest) ||
        !temporal_date_of_days(temporal_date_days(moment->date) + days, &moment->date))
        return false;
    struct temporal_time time = temporal_time_of_seconds(rest);
    moment->time.hour = time.hour;
    moment->time.minute = time.minute;
    moment->time.second = time.second;
    return true;
}

bool zone_settle_moment(struct zone_cache *cache, struct temporal_moment *moment)
{
    if (moment->time.zone.n == 0)
        return true;
    const struct zone *zone = zone_find(cache, moment->time.zone);
    if (zone == NULL)
        return false;
    int64_t moved;
    moment->time.offset_s = offset_of_clock(zone, temporal_moment_local_s(moment), &moved);
    moment->time.has_offset = true;
    return moved == 0 || move_clock(moment, decimal_from_i64(moved));
}

bool zone_move_moment(struct zone_cache *cache, struct temporal_moment *moment, struct decimal seconds)
{
    if (!move_clock(moment, seconds))
        return false;
    if (moment->time.zone.n == 0)
        return true;
    const struct zone *zone = zone_find(cache, moment->time.zone);
    if (zone == NULL)
        return false;
    int32_t before = moment->time.offset_s;
    moment->time.offset_s = zone_offset_at(zone, temporal_moment_local_s(moment) - before);
    return moment->time.offset_s == before || move_clock(moment, decimal_from_i64(moment->time.offset_s - before));
}
