/* integrations/llm/breaker.h — whether a provider may be asked now: a circuit breaker with back-off.
 *
 *            BREAKER_FAILURES in a row                  its rest is over: one call is let through
 *   CLOSED ───────────────────────────▶ OPEN ◀────────────────────────────────────────────────▶ HALF_OPEN
 *      ▲   or told to wait, or refused    rests 5 s, 10 s, 20 s … 5 min (± a fifth)    failed again: rests longer
 *      └──────────────────────────────────────────────────────────────────────────────────── it answered
 *
 * Thread: the caller's lock.  Times: milliseconds of a monotonic clock.  Pure.                                       */
#ifndef GILBOT_INTEGRATIONS_LLM_BREAKER_H
#define GILBOT_INTEGRATIONS_LLM_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_FAILURES = 3,               /* so many in a row open it                                             */
    BREAKER_REST_MS = 5000,             /* the first rest; each that follows without an answer is twice as long */
    BREAKER_REST_MOST_MS = 5 * 60000,   /* … up to this                                                          */
    BREAKER_BUSY_REST_MS = 1000,        /* "too many requests" without a time: as above, but beginning here       */
    BREAKER_REFUSED_REST_MS = 5 * 60000 /* it does not know our key or the model: that is not over soon           */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

/* Zeroed: closed, nothing known against it. */
struct breaker {
    int failures; /* in a row              */
    int rests;    /* since the last answer */
    int64_t until_ms;
    bool resting, probing;
};

/* How a call ended. */
enum breaker_event {
    BREAKER_ANSWERED,  /* anything sensible, also "your request is wrong"                          */
    BREAKER_FAILED,    /* no answer, an error of its own, garbage                                  */
    BREAKER_BUSY,      /* 429, 503 with Retry-After                                                */
    BREAKER_REFUSED,   /* 401, 402, 403, 404                                                       */
    BREAKER_UNDECIDED, /* it says nothing about the provider: we broke it off, or no time was left */
};

/* May one call begin?  True in HALF_OPEN only once: whoever got it tells with breaker_note how it ended. */
bool breaker_take(struct breaker *breaker, int64_t now_ms);

/* Could breaker_take say yes? */
bool breaker_ready(const struct breaker *breaker, int64_t now_ms);

struct breaker_news {
    enum breaker_event event;
    int64_t retry_after_ms; /* BUSY: what it asked for; -1: nothing    */
    double chance;          /* 0 … 1, random: spreads rests by ± 1/5   */
};
void breaker_note(struct breaker *breaker, struct breaker_news news, int64_t now_ms);

enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms);

#endif
