/* bot/cli/local_zone.h — the time zone of a command that has no settings: the machine's own.  Thread: any. */
#ifndef GILBOT_CLI_LOCAL_ZONE_H
#define GILBOT_CLI_LOCAL_ZONE_H

#include <stdint.h>

#include "bot/base/str.h"

struct arena;

/* The process's offset from UTC at that moment, as "+09:00", in the arena; "" when that is full. */
struct str local_zone(struct arena *arena, int64_t now_ms);

#endif
