#include "bot/pipeline/dispatch.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/log.h"
#include "bot/model/platform.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum {
    DESK_BYTES = 32 * 1024 * 1024, /* the claims of one desk: bodies are ≤ 1 MiB each */
    LONGEST_WAIT_MS = 30 * 1000,   /* so that jumps of the clock heal                  */
};

struct dispatch {
    struct dispatch_settings settings;
    unsigned works[DISPATCH_MAX_KINDS]; /* of the platforms, the store's word for work in their outbox */
    pthread_mutex_t mutex;              /* guards what follows and the desks' states */
    unsigned left;                      /* bits of kinds that may have ready rows     */
    int64_t due_ms[DISPATCH_MAX_KINDS]; /* when the next row of a kind is due; INT64_MAX: none known */
    unsigned sooner;                    /* bits of kinds whose due time came nearer with this offer  */
    bool stopping;
};

static size_t n_kinds(const struct dispatch *dispatch)
{
    return DISPATCH_OUTBOX + dispatch->settings.n_platforms;
}

/* The store's words for what became ready → our kinds. */
static unsigned kinds_of(const struct dispatch *dispatch, unsigned work)
{
    unsigned kinds = 0;
    if ((work & STORE_WORK_QUICK) != 0)
        kinds |= 1u << DISPATCH_QUICK;
    if ((work & STORE_WORK_SLOW) != 0)
        kinds |= 1u << DISPATCH_SLOW;
    for (size_t i = 0; i < dispatch->settings.n_platforms; i++)
        if ((work & dispatch->works[i]) != 0)
            kinds |= 1u << (DISPATCH_OUTBOX + i);
    return kinds;
}

/* ── the writer's side ─────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct platform *platform_of(const struct dispatch *dispatch, size_t kind)
{
    return dispatch->settings.platforms[kind - DISPATCH_OUTBOX];
}

static enum err claim_for(struct dispatch *dispatch, struct db *db, struct desk *desk, struct error *error)
{
    int64_t now_ms = clock_now_ms(dispatch->settings.clock);
    arena_reset(&desk->arena);
    desk->events = (struct inbox_claims){0};
    desk->replies = (struct outbox_claims){0};
    if (desk->kind < DISPATCH_OUTBOX) {
        struct inbox_claim_input input = {.lane = desk->kind == DISPATCH_QUICK ? INBOX_QUICK : INBOX_SLOW,
                                          .now_ms = now_ms,
                                          .lease_ms = dispatch->settings.lease_ms,
                                          .limit = desk->limit};
        return inbox_claim(db, &input, &desk->arena, &desk->events, error);
    } else {
        const struct platform *platform = platform_of(dispatch, desk->kind);
        struct outbox_claim_input input = {
            .platform = str_of(platform->name), .now_ms = now_ms, .limit = desk->limit, .runs = platform->knows_keys};
        return outbox_claim(db, &input, &desk->arena, &desk->replies, error);
    }
}

static enum err next_due(struct dispatch *dispatch, struct db *db, size_t kind, int64_t *ret_due_ms,
                         struct error *error)
{
    if (kind < DISPATCH_OUTBOX)
        return inbox_next_due(db, kind == DISPATCH_QUICK ? INBOX_QUICK : INBOX_SLOW, ret_due_ms, error);
    return outbox_next_due(db, str_of(platform_of(dispatch, kind)->name), ret_due_ms, error);
}

static struct desk *free_desk(struct dispatch *dispatch, size_t kind)
{
    for (size_t i = 0; i < dispatch->settings.n_desks; i++)
        if (dispatch->settings.desks[i].kind == kind && dispatch->settings.desks[i].state == DESK_FREE)
            return &dispatch->settings.desks[i];
    return NULL;
}

/* Nothing more of a kind is due now: when will it be? */
static enum err look_ahead(struct dispatch *dispatch, struct db *db, size_t kind, struct error *error)
{
    int64_t before_ms = dispatch->due_ms[kind];
    dispatch->left &= ~(1u << kind);
    enum err rc = next_due(dispatch, db, kind, &dispatch->due_ms[kind], error);
    if (rc == OK && dispatch->due_ms[kind] < before_ms)
        dispatch->sooner |= 1u << kind;
    return rc;
}

/* Claims for the free desks of a kind until there is nothing more; the mutex is held. */
static enum err offer_kind(struct dispatch *dispatch, struct db *db, size_t kind, struct error *error)
{
    struct desk *desk;
    while ((desk = free_desk(dispatch, kind)) != NULL) {
        enum err rc = claim_for(dispatch, db, desk, error);
        if (rc != OK)
            return rc;
        bool more = desk->events.more || desk->replies.more;
        if (desk->events.n + desk->replies.n > 0)
            desk->state = DESK_OFFERED;
        else if (more)
            store_poke(dispatch->settings.store); /* all that were looked at must wait: go on in the next round */
        if (!more)
            return look_ahead(dispatch, db, kind, error);
        if (desk->state != DESK_OFFERED)
            return OK;
    }
    return OK; /* no desk is free: the bit stays, the next free one asks */
}

static enum err offer(struct db *db, void *arg, unsigned work, struct error *error)
{
    struct dispatch *dispatch = arg;
    pthread_mutex_lock(&dispatch->mutex);
    dispatch->left |= kinds_of(dispatch, work);
    enum err rc = OK;
    for (size_t kind = 0; rc == OK && !dispatch->stopping && kind < n_kinds(dispatch); kind++)
        if ((dispatch->left & 1u << kind) != 0)
            rc = offer_kind(dispatch, db, kind, error);
    pthread_mutex_unlock(&dispatch->mutex);
    return rc;
}

/* After COMMIT, or when it came to nothing. */
static void settle(void *arg, bool committed)
{
    struct dispatch *dispatch = arg;
    pthread_mutex_lock(&dispatch->mutex);
    for (size_t i = 0; i < dispatch->settings.n_desks; i++) {
        struct desk *desk = &dispatch->settings.desks[i];
        if (desk->state == DESK_OFFERED && committed) {
            desk->state = DESK_SERVED;
            pthread_cond_signal(&desk->served);
        } else if (desk->state == DESK_OFFERED) {
            desk->state = DESK_FREE;
            dispatch->left |= 1u << desk->kind;
        } else if (desk->state == DESK_FREE && (dispatch->sooner & 1u << desk->kind) != 0) {
            pthread_cond_signal(&desk->served); /* to wait for less long */
        }
    }
    dispatch->sooner = 0;
    pthread_mutex_unlock(&dispatch->mutex);
}

/* ── the workers' side ─────────────────────────────────────────────────────────────────────────────────────────────── */

static struct timespec after_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

/* How long until the kind's next row is due; the mutex is held. */
static int64_t wait_ms(const struct dispatch *dispatch, size_t kind)
{
    if (dispatch->due_ms[kind] == INT64_MAX)
        return LONGEST_WAIT_MS;
    int64_t ms = dispatch->due_ms[kind] - clock_now_ms(dispatch->settings.clock);
    return ms < 0 ? 0 : ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : ms;
}

bool dispatch_wait(struct dispatch *dispatch, struct desk *desk)
{
    pthread_mutex_lock(&dispatch->mutex);
    unsigned bit = 1u << desk->kind;
    desk->state = DESK_FREE;
    bool asks = (dispatch->left & bit) != 0;
    while (!dispatch->stopping && desk->state != DESK_SERVED) {
        int64_t ms = wait_ms(dispatch, desk->kind);
        if (asks || ms == 0) {
            dispatch->left |= bit;
            dispatch->due_ms[desk->kind] = INT64_MAX; /* one desk asks, not all of the kind */
            pthread_mutex_unlock(&dispatch->mutex);
            store_poke(dispatch->settings.store);
            pthread_mutex_lock(&dispatch->mutex);
            asks = false;
            continue;
        }
        struct timespec until = after_ms(ms);
        asks = pthread_cond_timedwait(&desk->served, &dispatch->mutex, &until) != 0 && desk->state == DESK_FREE;
    }
    bool goes_on = !dispatch->stopping;
    if (goes_on)
        desk->state = DESK_BUSY;
    pthread_mutex_unlock(&dispatch->mutex);
    return goes_on;
}

void dispatch_stop(struct dispatch *dispatch)
{
    pthread_mutex_lock(&dispatch->mutex);
    dispatch->stopping = true;
    for (size_t i = 0; i < dispatch->settings.n_desks; i++)
        pthread_cond_broadcast(&dispatch->settings.desks[i].served);
    pthread_mutex_unlock(&dispatch->mutex);
}

struct dispatch *dispatch_new(const struct dispatch_settings *settings)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (dispatch == NULL)
        return NULL;
    dispatch->settings = *settings;
    for (size_t i = 0; i < settings->n_platforms; i++)
        dispatch->works[i] = store_work_of(str_of(settings->platforms[i]->name));
    for (size_t kind = 0; kind < DISPATCH_MAX_KINDS; kind++)
        dispatch->due_ms[kind] = INT64_MAX;
    dispatch->left = (1u << n_kinds(dispatch)) - 1; /* at start anything may be ready */
    pthread_mutex_init(&dispatch->mutex, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (size_t i = 0; i < settings->n_desks; i++) {
        pthread_cond_init(&settings->desks[i].served, &monotonic);
        arena_init(&settings->desks[i].arena, DESK_BYTES);
    }
    pthread_condattr_destroy(&monotonic);
    store_dispatch(settings->store, &(struct store_dispatcher){.offer = offer, .settle = settle, .arg = dispatch});
    return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (dispatch == NULL)
        return;
    store_dispatch(dispatch->settings.store, NULL);
    for (size_t i = 0; i < dispatch->settings.n_desks; i++) {
        arena_release(&dispatch->settings.desks[i].arena);
        pthread_cond_destroy(&dispatch->settings.desks[i].served);
    }
    pthread_mutex_destroy(&dispatch->mutex);
    free(dispatch);
}
