#include "bot/pipeline/route.h"

#include "bot/base/regex.h"
#include "bot/model/sheet.h"

#include "bot/base/banned.h"

static struct route_decision ignore(const char *reason)
{
    return (struct route_decision){.verdict = ROUTE_IGNORE, .reason = reason};
}

static bool either(struct str wanted, struct str is)
{
    return wanted.n == 0 || str_eq(wanted, is);
}

static bool any_in(struct strs wanted, struct strs have)
{
    for (size_t i = 0; i < wanted.n; i++)
        if (strs_contain(have, wanted.items[i]))
            return true;
    return false;
}

/* The bits of enum settings_event that the event is. */
static unsigned event_bits(const struct event *event)
{
    switch (event->kind) {
    case EVENT_OPENED:
        return SETTINGS_OPENED;
    case EVENT_COMMAND:
        return SETTINGS_COMMAND;
    case EVENT_MESSAGE:
        return SETTINGS_MESSAGE | (event->mention ? SETTINGS_APP_MENTION : 0u) |
               (event->direct ? SETTINGS_DIRECT_MESSAGE : 0u);
    case EVENT_BUTTON:
    case EVENT_SHEET:
    case EVENT_RELEASED:
    case EVENT_CLOSED:
    case EVENT_OTHER:
    case EVENT_TIMER:
        return 0;
    }
    return 0;
}

static bool text_fits(const struct settings_route *route, const struct event *event)
{
    if (route->text_pattern == NULL)
        return either(route->text, event->text);
    bool matches = false;
    return regex_matches(route->text_pattern, event->text, &matches, NULL) == OK && matches;
}

bool route_fits(const struct settings_route *route, const struct event *event, struct strs bots)
{
    if (!str_eq(route->platform, event->platform) || !either(route->workspace, event->workspace) ||
        !either(route->channel, event->channel) || !either(route->user, event->user))
        return false;
    if ((route->events & event_bits(event)) == 0)
        return false;
    if (route->support_bots.n > 0 && !any_in(route->support_bots, bots))
        return false;
    if (route->tag.n > 0 && !strs_contain(event->tags, route->tag))
        return false;
    return either(route->command, event->command) && text_fits(route, event);
}

/* The first route that fits, and its flow, if that is loaded, or the one that was asked for; NULL: none. */
static const struct flow *find_flow(const struct route_input *in, struct strs bots,
                                    const struct settings_route **ret_route)
{
    for (size_t i = 0; i < in->n_routes; i++) {
        const struct settings_route *route = &in->routes[i];
        if (!route_fits(route, in->event, bots))
            continue;
        *ret_route = route;
        bool asked = in->event->flow.n > 0 && flows_find(in->flows, in->event->flow) != NULL;
        return flows_find(in->flows, asked ? in->event->flow : route->flow);
    }
    return NULL;
}

static bool names_support_bots(const struct route_input *in)
{
    for (size_t i = 0; i < in->n_routes; i++)
        if (str_eq(in->routes[i].platform, in->event->platform) && in->routes[i].support_bots.n > 0)
            return true;
    return false;
}

static struct route_decision start(const struct route_input *in, struct strs bots, bool bots_known)
{
    const struct event *event = in->event;
    const struct settings_route *route = NULL;
    const struct flow *flow = find_flow(in, bots, &route);
    if (flow == NULL && !bots_known && names_support_bots(in) && (event->missing & EVENT_NEEDS_ORIGIN & ~in->fetched))
        return (struct route_decision){.verdict = ROUTE_FETCH, .needs = EVENT_NEEDS_ORIGIN};
    if (flow == NULL)
        return ignore("no_route");
    unsigned needs = (flow->wants_profile ? EVENT_NEEDS_PROFILE : 0u) | (flow->waits ? EVENT_NEEDS_DIRECT : 0u);
    needs &= event->missing & ~in->fetched;
    if (needs != 0)
        return (struct route_decision){.verdict = ROUTE_FETCH, .needs = needs};
    return (struct route_decision){.verdict = ROUTE_START, .flow = flow, .route = route};
}

static bool is_silent(const struct route_input *in)
{
    return in->known.silent_until_ms > in->now_ms;
}

/* Is the sheet one of the session that waits?  A person may have begun anew while it was open. */
static bool is_own_sheet(const struct session *waiting, const struct sheet_filled *filled)
{
    int64_t started_ms;
    return waiting != NULL && str_eq(waiting->flow, filled->origin.flow) &&
           str_to_i64(filled->origin.session, &started_ms) && started_ms == waiting->started_ms;
}

static struct route_decision decide_said(const struct route_input *in, struct strs bots, bool bots_known)
{
    const struct event *event = in->event;
    if (in->known.taken_over || event->taken_over)
        return ignore("taken_over");
    if (is_silent(in))
        return ignore("handed_over");
    if (event->kind == EVENT_SHEET && !is_own_sheet(in->waiting, event->sheet))
        return ignore("old_sheet");
    if (in->waiting != NULL) {
        bool shared = str_eq(event->platform, STR("slack")); /* others may write in the same thread */
        if (shared && !str_eq(in->waiting->user, event->user))
            return ignore("other_user");
        return (struct route_decision){.verdict = ROUTE_CONTINUE};
    }
    if (event->kind == EVENT_BUTTON)
        return ignore("old_button");
    if (event->in_thread && !event->mention && !event->direct)
        return ignore("no_session");
    return start(in, bots, bots_known);
}

static struct route_decision decide_opened(const struct route_input *in, struct strs bots, bool bots_known)
{
    if (in->opening_has_session)
        return (struct route_decision){.verdict = ROUTE_DUPLICATE, .reason = "opened_before"};
    bool same_opening = in->event->opening.n > 0 && str_eq(in->event->opening, in->known.opening);
    if (in->event->taken_over || (same_opening && in->known.taken_over))
        return ignore("taken_over");
    if (same_opening && is_silent(in))
        return ignore("handed_over");
    return start(in, bots, bots_known);
}

static struct route_decision decide_timer(const struct route_input *in)
{
    const struct event *event = in->event;
    if (in->known.taken_over)
        return ignore("taken_over");
    if (is_silent(in))
        return ignore("handed_over");
    bool same =
        in->waiting != NULL && in->waiting->id == event->session_id && in->waiting->updated_ms == event->since_ms;
    struct route_decision go_on = {.verdict = ROUTE_CONTINUE};
    return same ? go_on : ignore("went_on");
}

void route_decide(const struct route_input *in, struct route_decision *ret_decision)
{
    const struct event *event = in->event;
    bool bots_known = event->bots_known || in->known.bots_known;
    struct strs bots = event->bots_known ? event->bots : in->known.bots;
    static const char *const of_author[] = {
        [AUTHOR_SELF] = "own",
        [AUTHOR_BOT] = "bot",
        [AUTHOR_SYSTEM] = "note",
    };

    if (event->ignored != NULL)
        *ret_decision = ignore(event->ignored);
    else if (event->kind == EVENT_TIMER)
        *ret_decision = decide_timer(in);
    else if (event->author == AUTHOR_MANAGER)
        *ret_decision = (struct route_decision){.verdict = ROUTE_TAKE_OVER, .reason = "manager"};
    else if (event->author != AUTHOR_USER)
        *ret_decision = ignore(of_author[event->author]);
    else
        switch (event->kind) {
        case EVENT_OPENED:
            *ret_decision = decide_opened(in, bots, bots_known);
            break;
        case EVENT_COMMAND:
            *ret_decision = start(in, bots, bots_known);
            break;
        case EVENT_MESSAGE:
        case EVENT_BUTTON:
        case EVENT_SHEET:
            *ret_decision = decide_said(in, bots, bots_known);
            break;
        case EVENT_RELEASED:
            *ret_decision = (struct route_decision){.verdict = ROUTE_RELEASE};
            break;
        case EVENT_CLOSED:
            *ret_decision = (struct route_decision){.verdict = ROUTE_CLOSE, .reason = "closed"};
            break;
        case EVENT_OTHER:
        case EVENT_TIMER:
            *ret_decision = ignore("other");
            break;
        }
}
