/* bot/cli/flow_period.h — since when: `--since DATE` of the commands that look at what was.
 *
 * Thread: any, after the time zone was set.                                                                          */
#ifndef GILBOT_CLI_FLOW_PERIOD_H
#define GILBOT_CLI_FLOW_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/clock.h"
#include "bot/base/str.h"

struct flow_period {
    struct clock_date since; /* in the service's time zone                */
    int64_t since_ms;        /* where that day begins                     */
    int64_t offset_ms;       /* of the time zone, now                     */
};

/* `date`: as 2026-11-01; empty: thirty days ago.  False: it is no date. */
bool flow_period_read(struct str date, struct flow_period *ret_period);

#endif
