/* bot/pipeline/reminder.h — a session asked to be reminded of: when the time has come it gets an event of its own.
 *
 *   schedule ── due sessions ──▶ inbox (kind "timer") ──▶ run ── reminder_decode ──▶ route ──▶ the flow's step
 *
 * The session's remind_ms and the event change hands in one commit, so nothing is lost or done twice by a crash; and the
 * event goes the road of all others.
 *
 * Errors: ERR_NO_MEMORY; ERR_INTERNAL — full or broken disk, a bug; reminder_decode: ERR_INVALID — it can never be read.  */
#ifndef GILBOT_PIPELINE_REMINDER_H
#define GILBOT_PIPELINE_REMINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct arena;
struct db;
struct event;
struct inbox_claimed;

/* Records the events of at most `limit` sessions that are due; inside a write job. */
MUST_USE
enum err reminder_record_due(struct db *db, int64_t now_ms, size_t limit, struct arena *arena, size_t *ret_n,
                             struct error *error);

bool reminder_is(const struct inbox_claimed *claimed);

/* The event, with what is known of its conversation; any connection. */
MUST_USE
enum err reminder_decode(struct db *db, const struct inbox_claimed *claimed, struct arena *arena,
                         struct event *ret_event, struct error *error);

#endif
