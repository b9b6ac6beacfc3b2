/* bot/pipeline/route.h — what happens to an event: the only place that decides it.
 *
 *   1. own, bot, manager, note and log messages, and chats of support bots that no route names: ignored
 *   2. opened, command: look for a route, end the session in progress, start anew
 *   3. message, button, sheet: to the session that waits in this conversation
 *   4. else a route is looked for and its flow starts; no route: ignored
 *   timers go to the session that asked for them, while it still waits, nothing happened since, and no people took over
 *
 * A pure function of what is known; the runner acts on the decision.  Every "ignored" has a reason, which is a metric
 * label.  Source: surface.md, "Routes and conversations".
 * Thread: any.                                                                                                      */
#ifndef GILBOT_PIPELINE_ROUTE_H
#define GILBOT_PIPELINE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/settings.h"
#include "bot/base/str.h"
#include "bot/model/event.h"
#include "bot/model/session.h"
#include "flows/flow.h"

/* What the store knows of the conversation. */
struct route_known {
    struct strs bots; /* who began it                                                   */
    bool bots_known;
    bool taken_over;         /* staff answer here until it is opened anew                       */
    int64_t silent_until_ms; /* after a hand-over                                               */
    struct str opening;      /* the last opening seen                                           */
};

struct route_input {
    const struct settings_route *routes;
    size_t n_routes;
    const struct flows *flows;
    const struct event *event;
    struct route_known known;
    const struct session *waiting; /* the session that waits in this conversation, or NULL      */
    bool opening_has_session;      /* opened: a session began with this very opening             */
    unsigned fetched;              /* enum event_need bits that were asked for already            */
    int64_t now_ms;
};

struct route_decision {
    enum route_verdict {
        ROUTE_IGNORE,    /* reason                                                                */
        ROUTE_CONTINUE,  /* the waiting session takes it                                          */
        ROUTE_START,     /* flow                                                                  */
        ROUTE_DUPLICATE, /* opened again, and its session is there already: nothing new           */
        ROUTE_TAKE_OVER, /* staff answered: the session ends, the bot keeps quiet                 */
        ROUTE_RELEASE,   /* staff are done                                                        */
        ROUTE_CLOSE,     /* the conversation was closed: its session ends                         */
        ROUTE_FETCH,     /* needs: cannot decide or begin without                                 */
    } verdict;
    const char *reason;
    const struct flow *flow;
    const struct settings_route *route; /* START: that fits */
    unsigned needs;
};

void route_decide(const struct route_input *input, struct route_decision *ret_decision);

/* Does the route's line fit the event?  `bots`: who began the chat, as far as known. */
bool route_fits(const struct settings_route *route, const struct event *event, struct strs bots);

#endif
