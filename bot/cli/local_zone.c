#include "bot/cli/local_zone.h"

#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"

#include "bot/base/banned.h"

struct str local_zone(struct arena *arena, int64_t now_ms)
{
    tzset();
    int64_t east = clock_utc_offset_min(now_ms), size = east < 0 ? -east : east;
    return arena_format(arena, "%c%02d:%02d", east < 0 ? '-' : '+', (int)(size / 60), (int)(size % 60));
}
