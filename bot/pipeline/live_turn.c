#include "bot/pipeline/live_turn.h"

#include "bot/base/log.h"
#include "bot/pipeline/pipeline.h"
#include "bot/pipeline/turn_commit.h"
#include "store/live_messages.h"

#include "bot/base/banned.h"

static enum err keep(struct db *db, void *arg, struct error *error)
{
    const struct live_turn *live = arg;
    return live_message_put(db, live->turn->claimed.ticket.id, live->handle, error);
}

/* A failure is no reason to stop: should the process die as well, half an answer stands beside the whole one. */
static void keep_handle(struct live_turn *live, struct str handle)
{
    struct error error = {0};
    live->handle = handle;
    if (store_write_wait(live->turn->pipeline->parts.store, keep, live, &error) != OK)
        LOG_WARNING("live.not_kept", F_CSTR("why", error.text));
}

static void show(struct live_turn *live)
{
    struct turn_commit *turn = live->turn;
    struct showing showing = {.event = &turn->event,
                              .handle = live->handle,
                              .text = buf_str(&live->text),
                              .added = str_skip(buf_str(&live->text), live->n_shown),
                              .anew = live->anew};
    struct delivery delivery = turn->platform->show(turn->platform, &showing, &turn->arena);
    int64_t now_us = clock_tick_us(turn->pipeline->parts.clock);
    if (delivery.result == DELIVERY_NEVER) {
        LOG_INFO("live.over", F_STR("why", delivery.reason));
        live->over = true;
    }
    if (delivery.receipt.n > 0 && !str_eq(delivery.receipt, live->handle))
        keep_handle(live, delivery.receipt);
    if (delivery.result == DELIVERY_SENT) {
        live->n_shown = live->text.n;
        live->anew = false;
    }
    live->not_before_us = now_us + delivery.retry_after_ms * 1000;
}

static void add(struct live *self, struct str markup)
{
    struct live_turn *live = CONTAINER_OF(self, struct live_turn, live);
    if (live->over)
        return;
    buf_add(&live->text, markup);
    if (buf_failed(&live->text))
        live->over = true;
    else if (clock_tick_us(live->turn->pipeline->parts.clock) >= live->not_before_us)
        show(live);
}

static void again(struct live *self)
{
    struct live_turn *live = CONTAINER_OF(self, struct live_turn, live);
    if (live->over)
        return;
    live->anew = live->anew || live->n_shown > 0;
    live->n_shown = 0;
    buf_truncate(&live->text, 0);
}

enum err live_turn_begin(struct live_turn *live, struct turn_commit *turn, struct db *db, struct live **ret_live,
                         struct error *error)
{
    *live = (struct live_turn){.live = {.add = add, .again = again}, .turn = turn};
    *ret_live = NULL;
    if (turn->lane != LANE_SLOW || turn->platform->show == NULL)
        return OK;
    enum err rc = live_message_get(db, turn->claimed.ticket.id, &turn->arena, &turn->shown, error);
    if (rc != OK || turn->shown.n > 0 || turn->claimed.attempt > 1)
        return rc;
    buf_init(&live->text, &turn->arena, LIVE_MAX_BYTES);
    *ret_live = &live->live;
    return OK;
}

void live_turn_end(struct live_turn *live)
{
    if (live->handle.n > 0)
        live->turn->shown = live->handle;
}
