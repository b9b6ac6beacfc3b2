/* integrations/llm/ladder.c — who is asked, in which order, for how long, and for whose money. */
#include <errno.h>
#include <math.h>
#include <time.h>

#include "bot/base/metrics.h"
#include "bot/base/secret.h"
#include "integrations/llm/inside.h"

#include "bot/base/banned.h"

static const struct outcome {
    const char *name; /* in metrics and the ledger */
    enum breaker_event health;
    enum err rc;
    bool transient; /* the same may go well in a moment */
} outcomes[ATTEMPT_OUTCOMES] = {
    [ATTEMPT_OK] = {"ok", BREAKER_ANSWERED, OK, false},
    [ATTEMPT_UNWANTED] = {"unwanted", BREAKER_ANSWERED, OK, false},
    [ATTEMPT_MISFIT] = {"misfit", BREAKER_ANSWERED, ERR_INVALID, false},
    [ATTEMPT_FAILED] = {"failed", BREAKER_FAILED, ERR_REMOTE, true},
    [ATTEMPT_TIMED_OUT] = {"timed_out", BREAKER_FAILED, ERR_REMOTE, true},
    [ATTEMPT_BUSY] = {"busy", BREAKER_BUSY, ERR_REMOTE, true},
    [ATTEMPT_REFUSED] = {"refused", BREAKER_REFUSED, ERR_REMOTE, false},
    [ATTEMPT_REJECTED] = {"rejected", BREAKER_ANSWERED, ERR_INVALID, false},
    [ATTEMPT_STOPPED] = {"stopped", BREAKER_UNDECIDED, ERR_BUSY, false},
};

static struct str skill_name(enum model_skill skill)
{
    return skill == MODEL_CHAT ? STR("chat") : skill == MODEL_EMBED ? STR("embed") : STR("rerank");
}

/* A provider that was given less time than this has not shown anything by keeping silent. */
enum { FAIR_LIMIT_MS = 1000 };

static int64_t now_us(const struct llm *llm)
{
    return clock_tick_us(llm->parts.clock);
}

int64_t ladder_deadline_us(const struct llm *llm, int64_t budget_ms)
{
    return now_us(llm) + (budget_ms > 0 ? budget_ms : MODEL_BUDGET_MS) * 1000;
}

int64_t ladder_left_ms(const struct llm *llm, int64_t deadline_us)
{
    return (deadline_us - now_us(llm)) / 1000;
}

struct str provider_model(const struct provider *provider, enum model_skill skill)
{
    switch (skill) {
    case MODEL_CHAT:
        return provider->model->chat_model;
    case MODEL_EMBED:
        return provider->model->embedding_model;
    case MODEL_RERANK:
        return provider->model->rerank_model;
    case MODEL_SKILLS:
        break;
    }
    return (struct str){NULL, 0};
}

/* ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* USD per million tokens are micro-USD per token.  Rounded up: a call is never free by rounding. */
static int64_t cost_of(const struct provider *provider, enum model_skill skill, struct wire_usage usage)
{
    const struct settings_model *model = provider->model;
    double price_in = skill == MODEL_EMBED ? model->price_embedding_usd : model->price_input_usd;
    return (int64_t)ceil((double)usage.tokens_in * price_in + (double)usage.tokens_out * model->price_output_usd);
}

static int64_t estimate_in(const struct provider *provider, const struct ladder *ladder)
{
    double factor = provider->tokens_factor > 0 ? provider->tokens_factor : 1;
    return (int64_t)ceil((double)ladder->tokens_in * factor);
}

static int64_t most_it_costs(const struct provider *provider, const struct ladder *ladder)
{
    struct wire_usage most = {estimate_in(provider, ladder), ladder->max_tokens_out};
    return cost_of(provider, ladder->skill, most);
}

static bool is_affordable(struct llm *llm, struct provider *provider, const struct ladder *ladder)
{
    int64_t today_ms = llm_day_began(clock_now_ms(llm->parts.clock));
    if (provider->day_began_ms != today_ms) {
        provider->day_began_ms = today_ms;
        provider->spent_microusd = 0;
    }
    double budget = provider->model->daily_budget_usd * 1e6;
    int64_t taken = provider->spent_microusd + provider->set_aside_microusd;
    return budget <= 0 || (double)(taken + most_it_costs(provider, ladder)) <= budget;
}

/* ── one step of the ladder ────────────────────────────────────────────────────────────────────────────────────── */

static bool fits(const struct provider *provider, const struct ladder *ladder)
{
    struct str model = provider_model(provider, ladder->skill);
    bool looks_at_so_much = ladder->skill != MODEL_CHAT ||
                            estimate_in(provider, ladder) + ladder->max_tokens_out <= provider->model->context_tokens;
    return model.n > 0 && (ladder->model.n == 0 || str_eq(model, ladder->model)) && looks_at_so_much;
}

static bool may_be_asked(struct llm *llm, struct provider *provider, const struct ladder *ladder)
{
    return fits(provider, ladder) && breaker_ready(&provider->breaker, now_us(llm) / 1000) &&
           is_affordable(llm, provider, ladder);
}

static bool has_room(const struct provider *provider)
{
    return provider->under_way < provider->model->concurrency;
}

/* What a step found out about the ladder. */
struct climb {
    const struct ladder *ladder;
    bool full;      /* somebody could be asked, but for the calls under way */
    bool ever_full; /* in some round                                         */
    bool fitting;   /* somebody has the skill at all                        */
    bool transient; /* who was asked may do better in a moment              */
    bool asked, asked_now, over, misfit;
    bool rejected_by_all;
};

/* Takes a place at the provider; false: not now. */
static bool begin(struct llm *llm, struct provider *provider, struct climb *climb, int64_t *ret_set_aside)
{
    pthread_mutex_lock(&llm->lock);
    bool may = may_be_asked(llm, provider, climb->ladder);
    bool room = has_room(provider);
    climb->fitting |= fits(provider, climb->ladder);
    climb->full |= may && !room;
    climb->ever_full |= climb->full;
    bool begins = may && room && breaker_take(&provider->breaker, now_us(llm) / 1000);
    if (begins) {
        *ret_set_aside = most_it_costs(provider, climb->ladder);
        provider->set_aside_microusd += *ret_set_aside;
        provider->under_way++;
    }
    pthread_mutex_unlock(&llm->lock);
    return begins;
}

static bool others_left(struct llm *llm, const struct provider *provider, const struct ladder *ladder)
{
    bool any = false;
    pthread_mutex_lock(&llm->lock);
    for (struct provider *next = llm->providers + (provider - llm->providers) + 1;
         next < llm->providers + llm->n_providers; next++)
        any |= may_be_asked(llm, next, ladder) && has_room(next);
    pthread_mutex_unlock(&llm->lock);
    return any;
}

/* Our count against the provider's: a moving mean, so that a change of its model is noticed. */
static void learn_factor(struct provider *provider, const struct ladder *ladder, int64_t tokens_in)
{
    enum { TOO_FEW_TO_TELL = 50 };
    if (ladder->skill != MODEL_CHAT || tokens_in < TOO_FEW_TO_TELL || ladder->tokens_in < TOO_FEW_TO_TELL)
        return;
    double seen = fmin(fmax((double)tokens_in / (double)ladder->tokens_in, 0.5), 3);
    double before = provider->tokens_factor > 0 ? provider->tokens_factor : seen;
    provider->tokens_factor = before + 0.2 * (seen - before);
}

static enum breaker_event breaker_event_of(const struct attempt *attempt)
{
    bool unfair = attempt->outcome == ATTEMPT_TIMED_OUT && attempt->limit_ms < FAIR_LIMIT_MS;
    return unfair ? BREAKER_UNDECIDED : outcomes[attempt->outcome].health;
}

/* What was used, said or not: an answer that broke off has been paid for too. */
static struct model_usage usage_of(struct llm *llm, const struct attempt *attempt, const struct ladder *ladder)
{
    const struct provider *provider = attempt->provider;
    bool answered = attempt->outcome <= ATTEMPT_MISFIT || attempt->first_piece_ms >= 0;
    struct wire_usage used = attempt->usage;
    pthread_mutex_lock(&llm->lock); /* for what was learnt of its counting */
    if (used.tokens_in < 0)
        used.tokens_in = answered ? estimate_in(provider, ladder) : 0;
    pthread_mutex_unlock(&llm->lock);
    if (used.tokens_out < 0)
        used.tokens_out = 0;
    return (struct model_usage){.provider = provider->model->name,
                                .model = provider_model(provider, ladder->skill),
                                .tokens_in = used.tokens_in,
                                .tokens_out = used.tokens_out,
                                .cost_microusd = cost_of(provider, ladder->skill, used),
                                .first_piece_ms = attempt->first_piece_ms};
}

static void end(struct llm *llm, const struct attempt *attempt, const struct ladder *ladder, int64_t set_aside,
                const struct model_usage *usage)
{
    struct provider *provider = attempt->provider;
    struct breaker_news news = {breaker_event_of(attempt), attempt->retry_after_ms, secret_below(1001) / 1000.0};
    pthread_mutex_lock(&llm->lock);
    provider->under_way--;
    provider->set_aside_microusd -= set_aside;
    provider->spent_microusd += usage->cost_microusd;
    provider->last_outcome = outcomes[attempt->outcome].name;
    breaker_note(&provider->breaker, news, now_us(llm) / 1000);
    if (attempt->usage.tokens_in > 0)
        learn_factor(provider, ladder, attempt->usage.tokens_in);
    pthread_cond_broadcast(&llm->freed);
    pthread_mutex_unlock(&llm->lock);
}

static void tell(const struct llm *llm, const struct attempt *attempt, const struct ladder *ladder,
                 const struct model_usage *usage)
{
    const char *provider = attempt->provider->model->name.p, *result = outcomes[attempt->outcome].name;
    if (llm->parts.metrics != NULL) {
        metric_add(llm->requests, 1, provider, result);
        metric_observe(llm->seconds, (double)usage->latency_ms / 1000);
        metric_add(llm->tokens, (double)usage->tokens_in, provider, "input");
        metric_add(llm->tokens, (double)usage->tokens_out, provider, "output");
        metric_add(llm->cost, (double)usage->cost_microusd / 1e6, provider);
    }
    struct model_call call = {.at_ms = clock_now_ms(llm->parts.clock),
                              .provider = usage->provider,
                              .model = usage->model,
                              .skill = skill_name(ladder->skill),
                              .purpose = ladder->origin->purpose,
                              .prompt = ladder->origin->prompt,
                              .flow = ladder->origin->flow,
                              .user = ladder->origin->user,
                              .outcome = str_of(result),
                              .tokens_in = usage->tokens_in,
                              .tokens_out = usage->tokens_out,
                              .cost_microusd = usage->cost_microusd,
                              .latency_ms = usage->latency_ms,
                              .first_piece_ms = usage->first_piece_ms};
    if (llm->parts.keep != NULL)
        llm->parts.keep(llm->parts.self, &call);
}

/* Asks one provider, if it may be asked.  Returns what ladder->ask did; ERR_BUSY when it was not asked. */
static enum err step(struct llm *llm, struct provider *provider, struct climb *climb, struct model_usage *ret_usage,
                     struct error *error)
{
    const struct ladder *ladder = climb->ladder;
    int64_t set_aside = 0, left_ms = ladder_left_ms(llm, ladder->deadline_us), began_us = now_us(llm);
    if (!begin(llm, provider, climb, &set_aside))
        return ERR_BUSY;
    if (others_left(llm, provider, ladder))
        left_ms /= 2;
    struct attempt attempt = {.provider = provider,
                              .limit_ms = left_ms < provider->model->timeout_ms ? left_ms : provider->model->timeout_ms,
                              .outcome = ATTEMPT_FAILED,
                              .retry_after_ms = -1,
                              .usage = {-1, -1},
                              .first_piece_ms = -1};
    struct error why = {0};
    enum err rc = ladder->ask(ladder->self, &attempt, &why);
    if (rc == ERR_NO_MEMORY) /* our own trouble, whoever is asked */
        attempt.outcome = ATTEMPT_STOPPED;
    const struct outcome *outcome = &outcomes[attempt.outcome];
    struct model_usage usage = usage_of(llm, &attempt, ladder);
    usage.latency_ms = (now_us(llm) - began_us) / 1000;
    end(llm, &attempt, ladder, set_aside, &usage);
    tell(llm, &attempt, ladder, &usage);
    climb->asked = climb->asked_now = true;
    climb->transient |= outcome->transient;
    climb->misfit = attempt.outcome == ATTEMPT_MISFIT;
    climb->rejected_by_all &= attempt.outcome == ATTEMPT_REJECTED;
    climb->over = rc == OK || attempt.last || climb->misfit || attempt.outcome == ATTEMPT_STOPPED;
    if (rc == OK || climb->misfit)
        *ret_usage = usage;
    return rc == OK ? OK : fail(error, rc, "model %s: %s", provider->model->name.p, why.text);
}

/* ── the climb ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct timespec after_ms(int64_t ms)
{
    struct timespec then;
    clock_gettime(CLOCK_MONOTONIC, &then);
    then.tv_sec += ms / 1000;
    then.tv_nsec += ms % 1000 * 1000000;
    then.tv_sec += then.tv_nsec / 1000000000;
    then.tv_nsec %= 1000000000;
    return then;
}

/* Until something is freed or all stops; false: then came before. */
static bool wait_for_news(struct llm *llm, const struct timespec *then)
{
    return pthread_cond_timedwait(&llm->freed, &llm->lock, then) != ETIMEDOUT;
}

/* Is there somebody who could be asked but for the calls under way, and nobody who can be asked at once? */
static bool all_full(struct llm *llm, const struct ladder *ladder)
{
    bool full = false, room = false;
    for (size_t i = 0; i < llm->n_providers; i++) {
        bool may = may_be_asked(llm, &llm->providers[i], ladder);
        full |= may && !has_room(&llm->providers[i]);
        room |= may && has_room(&llm->providers[i]);
    }
    return full && !room;
}

/* Until somebody has room, all stops, or the time is up. */
static void wait_for_room(struct llm *llm, const struct ladder *ladder)
{
    struct timespec then = after_ms(ladder_left_ms(llm, ladder->deadline_us));
    pthread_mutex_lock(&llm->lock);
    while (!atomic_load(&llm->stopped) && all_full(llm, ladder) && wait_for_news(llm, &then))
        ;
    pthread_mutex_unlock(&llm->lock);
}

/* How long until the first of those who fit may be asked again; -1: not within anybody's patience. */
static int64_t pause_ms(struct llm *llm, const struct ladder *ladder)
{
    int64_t mean_ms = llm->parts.retry_ms > 0 ? llm->parts.retry_ms : LLM_RETRY_MS;
    int64_t least = -1, retry_ms = mean_ms / 2 + secret_below((uint32_t)mean_ms);
    pthread_mutex_lock(&llm->lock);
    for (size_t i = 0; i < llm->n_providers; i++) {
        struct provider *provider = &llm->providers[i];
        if (!fits(provider, ladder) || !is_affordable(llm, provider, ladder))
            continue;
        int64_t rest_ms = provider->breaker.resting ? provider->breaker.until_ms - now_us(llm) / 1000 : 0;
        rest_ms = rest_ms > retry_ms ? rest_ms : retry_ms;
        if (rest_ms <= LLM_PATIENCE_MS && (least < 0 || rest_ms < least))
            least = rest_ms;
    }
    pthread_mutex_unlock(&llm->lock);
    return least;
}

/* Before the ladder is climbed once more; false: it would be in vain. */
static bool pause_before_next_round(struct llm *llm, const struct ladder *ladder)
{
    int64_t ms = pause_ms(llm, ladder), left_ms = ladder_left_ms(llm, ladder->deadline_us);
    if (ms < 0 || ms + LLM_LEAST_TRY_MS > left_ms)
        return false;
    struct timespec then = after_ms(ms);
    pthread_mutex_lock(&llm->lock);
    while (!atomic_load(&llm->stopped) && wait_for_news(llm, &then))
        ;
    pthread_mutex_unlock(&llm->lock);
    return true;
}

static enum err round_trip(struct llm *llm, struct climb *climb, struct model_usage *ret_usage, struct error *error)
{
    enum err rc = ERR_BUSY;
    for (size_t i = 0; i < llm->n_providers && !climb->over; i++) {
        if (ladder_left_ms(llm, climb->ladder->deadline_us) < LLM_LEAST_TRY_MS)
            break;
        enum err step_rc = step(llm, &llm->providers[i], climb, ret_usage, error);
        rc = step_rc == ERR_BUSY ? rc : step_rc;
    }
    return rc;
}

static enum err nobody(const struct climb *climb, struct error *error)
{
    if (climb->ever_full)
        return fail(error, ERR_BUSY, "every model is busy with other calls");
    if (!climb->fitting)
        return fail(error, climb->ladder->skill == MODEL_CHAT ? ERR_INVALID : ERR_BUSY,
                    "no model is configured that could do this, or looks at so much");
    return fail(error, ERR_BUSY, "no model may be asked now: all rest after failures, or have spent the day's money");
}

enum err ladder_climb(struct llm *llm, const struct ladder *ladder, struct model_usage *ret_usage, bool *ret_misfit,
                      struct error *error)
{
    struct climb climb = {.ladder = ladder, .rejected_by_all = true};
    enum err rc = ERR_BUSY;
    for (int rounds = 0;;) {
        climb.full = climb.transient = climb.asked_now = false;
        enum err round_rc = round_trip(llm, &climb, ret_usage, error);
        rc = climb.asked_now ? round_rc : rc;
        rounds += climb.asked_now;
        if (climb.over || rounds == LLM_ROUNDS || atomic_load(&llm->stopped) ||
            ladder_left_ms(llm, ladder->deadline_us) < LLM_LEAST_TRY_MS)
            break;
        if (climb.full && !climb.transient)
            wait_for_room(llm, ladder);
        else if (!climb.transient || !pause_before_next_round(llm, ladder))
            break;
    }
    if (ret_misfit != NULL)
        *ret_misfit = climb.misfit;
    if (atomic_load(&llm->stopped) && rc != OK)
        return fail(error, ERR_BUSY, "shutting down");
    if (!climb.asked)
        return nobody(&climb, error);
    if (rc != OK && !climb.misfit && rc != ERR_NO_MEMORY && !climb.rejected_by_all)
        return error != NULL ? error->code = ERR_REMOTE : ERR_REMOTE;
    return rc;
}
