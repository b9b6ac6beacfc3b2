/* flows/survey/memory.h — a value as a session's data keep it: JSON, from which the same value comes back.
 *
 * JSON has no dates, times and durations: they are objects with one member, {"@": "2026-03-05"}, also within lists and
 * contexts.
 *
 * Thread: any.  Memory: values in the arena, texts borrowed from the JSON.                                           */
#ifndef GILBOT_FLOWS_SURVEY_MEMORY_H
#define GILBOT_FLOWS_SURVEY_MEMORY_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/rules/value.h"

struct arena;
struct buf;
struct json_value;

/* As value_to_json. */
MUST_USE
enum err memory_write(struct buf *out, const struct value *value, struct error *error);
/* As value_from_json_value. */
MUST_USE
enum err memory_read(struct arena *arena, const struct json_value *json, struct value *ret_value, struct error *error);

#endif
