/* flows/rules/temporal_text.h — dates, times and durations as text, and back.
 *
 *     2026-03-05   2026-03-05Z (the zone of a date is read over)   -0044-03-15   999999999-12-31
 *     10:30:00   10:30:00.25   10:30:00Z   10:30:00+09:00   10:30:00@Asia/Seoul   10:30@Asia/Seoul
 *     24:00:00 (is 00:00:00)
 *     2026-03-05T10:30:00+09:00   2026-03-05 (at midnight)   2026-03-05T24:00:00 (is the next day's midnight)
 *     P1DT2H3M4.5S   -PT36H   P1Y2M   -P14M
 *
 * Names of zones are only taken apart here: time->zone is set and has_offset is false until zone_settle_… looked them up.
 *
 * Thread: any.  Memory: names of zones borrow the text.  Errors: false for any other form.
 * Source: DMN 1.5 §10.3.4.1 (the strings); XML Schema 1.1 Part 2 §3.3.6 to 3.3.9, §3.4.26 f. (lexical spaces and
 * canonical forms); ISO 8601-1:2019.                                                                                 */
#ifndef GILBOT_FLOWS_RULES_TEMPORAL_TEXT_H
#define GILBOT_FLOWS_RULES_TEMPORAL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/str.h"
#include "flows/rules/temporal.h"

struct buf;

MUST_USE
bool temporal_read_date(struct str text, struct temporal_date *ret_date);
MUST_USE
bool temporal_read_time(struct str text, struct temporal_time *ret_time);
MUST_USE
bool temporal_read_moment(struct str text, struct temporal_moment *ret_moment);
/* Days, hours, minutes, seconds. */
MUST_USE
bool temporal_read_seconds(struct str text, struct decimal *ret_seconds);
/* Years and months. */
MUST_USE
bool temporal_read_months(struct str text, int64_t *ret_months);

/* "Z", "+09:00", "-03:30:00". */
MUST_USE
bool temporal_read_offset(struct str text, int32_t *ret_offset_s);

/* What the readers above read: the shortest form, "Z" for an offset of 0, the zone's name instead of its offset. */
void temporal_add_date(struct buf *out, struct temporal_date date);
void temporal_add_time(struct buf *out, const struct temporal_time *time);
void temporal_add_moment(struct buf *out, const struct temporal_moment *moment);
void temporal_add_seconds(struct buf *out, struct decimal seconds);
void temporal_add_months_text(struct buf *out, int64_t months);

#endif
