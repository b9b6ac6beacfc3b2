/* bot/pipeline/retry.h — when to try again: the one place that knows.
 *
 * Three outcomes everywhere something is tried: done, later, never.  "Later" waits with exponential back-off and
 * jitter, or as long as the other side asked; after the last attempt it is "never" and the row a dead letter.
 * Thread: any.  Source: "equal jitter", M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015. */
#ifndef GILBOT_PIPELINE_RETRY_H
#define GILBOT_PIPELINE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry_policy {
    int64_t first_ms; /* the delay after the first failure          */
    int64_t most_ms;  /* no delay is longer, but for what was asked */
    int attempts;     /* this many in all                           */
};

/* Events: a flow that failed.  Deliveries: a platform that failed; about six hours in all. */
extern const struct retry_policy retry_events, retry_deliveries;

/* May there be another attempt after number `attempt` (1 is the first)? */
bool retry_again(const struct retry_policy *policy, int attempt);

/* How long to wait after attempt number `attempt` failed: half of the exponential delay for certain, the other half
 * by `random` (any 32 bits); never less than `asked_ms`, which is what the other side wanted (0: nothing). */
int64_t retry_delay_ms(const struct retry_policy *policy, int attempt, int64_t asked_ms, uint32_t random);

#endif
