/* bot/base/settings_text.h — what stands in a scalar of gilbot.yaml: the environment, sizes, durations.
 *
 * Thread: any.  Memory: results live in the arena.                                                                   */
#ifndef GILBOT_BASE_SETTINGS_TEXT_H
#define GILBOT_BASE_SETTINGS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* Replaces ${NAME} and ${NAME:-default} (used when NAME is unset or empty, as in a shell); `$${` becomes `${`.
 * ret_replaced: whether anything was.  ERR_INVALID (a sentence without a place): NAME is not set, or bad spelling. */
MUST_USE enum err settings_text_expand(struct arena *arena, struct str text, struct str *ret_text, bool *ret_replaced,
                                       struct error *error);

/* "512", "512B", "64KiB", "1MiB", "2GiB" → bytes; false for anything else and beyond int64. */
bool settings_text_bytes(struct str text, int64_t *ret_bytes);

/* "500ms", "30s", "5m", "2h", "7d" → milliseconds; false for anything else and beyond int64. */
bool settings_text_duration(struct str text, int64_t *ret_ms);

#endif
