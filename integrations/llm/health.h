/* integrations/llm/health.h — whether a provider may be asked now: a circuit breaker with back-off.
 *
 *            HEALTH_FAILURES in a row                  its rest is over: one call is let through
 *   CLOSED ───────────────────────────▶ OPEN ◀────────────────────────────────────────────────▶ HALF_OPEN
 *      ▲   or told to wait, or refused    rests 5 s, 10 s, 20 s … 5 min (± a fifth)    failed again: rests longer
 *      └──────────────────────────────────────────────────────────────────────────────────── it answered
 *
 * Thread: the caller's lock.  Times: milliseconds of a monotonic clock.  Pure.                                       */
#ifndef GILBOT_INTEGRATIONS_LLM_HEALTH_H
#define GILBOT_INTEGRATIONS_LLM_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    HEALTH_FAILURES = 3,               /* so many in a row open it                                             */
    HEALTH_REST_MS = 5000,             /* the first rest; each that follows without an answer is twice as long */
    HEALTH_REST_MOST_MS = 5 * 60000,   /* … up to this                                                          */
    HEALTH_BUSY_REST_MS = 1000,        /* "too many requests" without a time: as above, but beginning here       */
    HEALTH_REFUSED_REST_MS = 5 * 60000 /* it does not know our key or the model: that is not over soon           */
};

enum health_state { HEALTH_CLOSED, HEALTH_OPEN, HEALTH_HALF_OPEN };

/* Zeroed: closed, nothing known against it. */
struct health {
    int failures; /* in a row              */
    int rests;    /* since the last answer */
    int64_t until_ms;
    bool resting, probing;
};

/* How a call ended. */
enum health_event {
    HEALTH_ANSWERED,  /* anything sensible, also "your request is wrong"                          */
    HEALTH_FAILED,    /* no answer, an error of its own, garbage                                  */
    HEALTH_BUSY,      /* 429, 503 with Retry-After                                                */
    HEALTH_REFUSED,   /* 401, 402, 403, 404                                                       */
    HEALTH_UNDECIDED, /* it says nothing about the provider: we broke it off, or no time was left */
};

/* May one call begin?  True in HALF_OPEN only once: whoever got it tells with health_note how it ended. */
bool health_take(struct health *health, int64_t now_ms);

/* Could health_take say yes? */
bool health_ready(const struct health *health, int64_t now_ms);

struct health_news {
    enum health_event event;
    int64_t retry_after_ms; /* BUSY: what it asked for; -1: nothing    */
    double chance;          /* 0 … 1, random: spreads rests by ± 1/5   */
};
void health_note(struct health *health, struct health_news news, int64_t now_ms);

enum health_state health_state(const struct health *health, int64_t now_ms);

#endif
