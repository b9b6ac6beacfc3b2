#include "bot/pipeline/retry.h"

#include "bot/base/banned.h"

const struct retry_policy retry_events = {.first_ms = 500, .most_ms = INT64_C(60) * 1000, .attempts = 8};
const struct retry_policy retry_deliveries = {.first_ms = 500, .most_ms = INT64_C(30) * 60 * 1000, .attempts = 24};

bool retry_again(const struct retry_policy *policy, int attempt)
{
    return attempt < policy->attempts;
}

int64_t retry_delay_ms(const struct retry_policy *policy, int attempt, int64_t asked_ms, uint32_t random)
{
    int64_t full = policy->first_ms;
    for (int i = 1; i < attempt && full < policy->most_ms; i++)
        full *= 2;
    if (full > policy->most_ms)
        full = policy->most_ms;
    int64_t delay = full / 2 + (int64_t)((uint64_t)random * (uint64_t)(full / 2) >> 32);
    return delay > asked_ms ? delay : asked_ms;
}
