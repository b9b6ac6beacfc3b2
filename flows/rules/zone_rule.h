/* flows/rules/zone_rule.h — the rule at the end of a zone's file: "CET-1CEST,M3.5.0,M10.5.0/3".  Internal to zone.
 *
 * Thread: any.  Memory: none.  Source: POSIX.1-2017 §8.3 (TZ), RFC 8536 §3.3.1 (hours from −167 to 167).             */
#ifndef GILBOT_FLOWS_RULES_ZONE_RULE_H
#define GILBOT_FLOWS_RULES_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"

/* A day of every year, and the second of it (which may lie outside of the day). */
struct zone_rule_day {
    enum { ZONE_DAY_JULIAN, ZONE_DAY_OF_YEAR, ZONE_DAY_OF_WEEK } kind;
    int month, week, day; /* Mm.w.d; else `day` alone: Jn from 1 without 29 February, n from 0 with it */
    int32_t second;
};

struct zone_rule {
    int32_t standard_s, summer_s; /* east of UTC */
    bool has_summer;
    struct zone_rule_day start, end; /* of summer time, in the clock time before the change */
};

/* False: not such a text. */
MUST_USE
bool zone_rule_read(struct str text, struct zone_rule *ret_rule);

int32_t zone_rule_offset_at(const struct zone_rule *rule, int64_t unix_s);

#endif
