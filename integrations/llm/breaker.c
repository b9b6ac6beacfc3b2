#include "integrations/llm/breaker.h"

#include "bot/base/banned.h"

enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms)
{
    if (!breaker->resting)
        return BREAKER_CLOSED;
    return now_ms < breaker->until_ms ? BREAKER_OPEN : BREAKER_HALF_OPEN;
}

bool breaker_ready(const struct breaker *breaker, int64_t now_ms)
{
    enum breaker_state state = breaker_state(breaker, now_ms);
    return state == BREAKER_CLOSED || (state == BREAKER_HALF_OPEN && !breaker->probing);
}

bool breaker_take(struct breaker *breaker, int64_t now_ms)
{
    if (!breaker_ready(breaker, now_ms))
        return false;
    breaker->probing = breaker->resting;
    return true;
}

/* first, twice first, … at most BREAKER_REST_MOST_MS; ± 1/5, so that several machines do not come back at once. */
static void rest(struct breaker *breaker, int64_t first_ms, double chance, int64_t now_ms)
{
    int64_t rest_ms = first_ms;
    for (int i = 0; i < breaker->rests && rest_ms < BREAKER_REST_MOST_MS; i++)
        rest_ms *= 2;
    rest_ms = rest_ms < BREAKER_REST_MOST_MS ? rest_ms : BREAKER_REST_MOST_MS;
    breaker->rests++;
    breaker->resting = true;
    breaker->until_ms = now_ms + (int64_t)((double)rest_ms * (0.8 + 0.4 * chance));
}

static void rest_until(struct breaker *breaker, int64_t until_ms)
{
    breaker->resting = true;
    breaker->until_ms = until_ms;
}

void breaker_note(struct breaker *breaker, struct breaker_news news, int64_t now_ms)
{
    bool probed = breaker->probing;
    breaker->probing = false;
    switch (news.event) {
    case BREAKER_ANSWERED:
        *breaker = (struct breaker){0};
        break;
    case BREAKER_FAILED:
        breaker->failures++;
        if (probed || breaker->failures >= BREAKER_FAILURES)
            rest(breaker, BREAKER_REST_MS, news.chance, now_ms);
        break;
    case BREAKER_BUSY:
        if (news.retry_after_ms >= 0)
            rest_until(breaker, now_ms + news.retry_after_ms);
        else
            rest(breaker, BREAKER_BUSY_REST_MS, news.chance, now_ms);
        break;
    case BREAKER_REFUSED:
        rest_until(breaker, now_ms + BREAKER_REFUSED_REST_MS);
        break;
    case BREAKER_UNDECIDED:
        break;
    }
}
