#include "bot/cli/flow_period.h"

#include "bot/cli/flow_text.h"

#include "bot/base/banned.h"

enum { DEFAULT_DAYS = 30, MS_A_MINUTE = 60000 };
static const int64_t MS_A_DAY = 86400000;

bool flow_period_read(struct str date, struct flow_period *ret_period)
{
    int64_t now_ms = clock_now_ms(clock_system()), offset_ms = clock_utc_offset_min(now_ms) * MS_A_MINUTE;
    int64_t day = (now_ms + offset_ms) / MS_A_DAY - DEFAULT_DAYS;
    if (date.n > 0 && !flow_read_day(date, &day))
        return false;
    *ret_period = (struct flow_period){clock_date_of_days(day), day * MS_A_DAY - offset_ms, offset_ms};
    return true;
}
