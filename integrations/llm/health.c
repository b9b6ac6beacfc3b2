#include "integrations/llm/health.h"

#include "bot/base/banned.h"

enum health_state health_state(const struct health *health, int64_t now_ms)
{
    if (!health->resting)
        return HEALTH_CLOSED;
    return now_ms < health->until_ms ? HEALTH_OPEN : HEALTH_HALF_OPEN;
}

bool health_ready(const struct health *health, int64_t now_ms)
{
    enum health_state state = health_state(health, now_ms);
    return state == HEALTH_CLOSED || (state == HEALTH_HALF_OPEN && !health->probing);
}

bool health_take(struct health *health, int64_t now_ms)
{
    if (!health_ready(health, now_ms))
        return false;
    health->probing = health->resting;
    return true;
}

/* first, twice first, … at most HEALTH_REST_MOST_MS; ± 1/5, so that several machines do not come back at once. */
static void rest(struct health *health, int64_t first_ms, double chance, int64_t now_ms)
{
    int64_t rest_ms = first_ms;
    for (int i = 0; i < health->rests && rest_ms < HEALTH_REST_MOST_MS; i++)
        rest_ms *= 2;
    rest_ms = rest_ms < HEALTH_REST_MOST_MS ? rest_ms : HEALTH_REST_MOST_MS;
    health->rests++;
    health->resting = true;
    health->until_ms = now_ms + (int64_t)((double)rest_ms * (0.8 + 0.4 * chance));
}

static void rest_until(struct health *health, int64_t until_ms)
{
    health->resting = true;
    health->until_ms = until_ms;
}

void health_note(struct health *health, struct health_news news, int64_t now_ms)
{
    bool probed = health->probing;
    health->probing = false;
    switch (news.event) {
    case HEALTH_ANSWERED:
        *health = (struct health){0};
        break;
    case HEALTH_FAILED:
        health->failures++;
        if (probed || health->failures >= HEALTH_FAILURES)
            rest(health, HEALTH_REST_MS, news.chance, now_ms);
        break;
    case HEALTH_BUSY:
        if (news.retry_after_ms >= 0)
            rest_until(health, now_ms + news.retry_after_ms);
        else
            rest(health, HEALTH_BUSY_REST_MS, news.chance, now_ms);
        break;
    case HEALTH_REFUSED:
        rest_until(health, now_ms + HEALTH_REFUSED_REST_MS);
        break;
    case HEALTH_UNDECIDED:
        break;
    }
}
