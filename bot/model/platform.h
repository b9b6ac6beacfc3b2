/* bot/model/platform.h — what a chat platform is to us: a port.
 *
 *            loop thread                       runner                         slow runner        replier
 *   verify → answer? → identify ─(inbox)─▶ decode → [fetch] → compose ─(outbox)─▶ send
 *
 * A platform translates; it never decides what the bot does.  It embeds this struct in its own and finds itself with
 * CONTAINER_OF.  All functions are safe to call from several threads at once; none keeps what it is given.
 *
 * Memory: results live in the arena that is passed.                                                                  */
#ifndef GILBOT_MODEL_PLATFORM_H
#define GILBOT_MODEL_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/event.h"
#include "bot/model/reply.h"

struct arena;
struct sheet_faults;
struct sheet_filled;

/* A request as it came in (HTTP), or a text message of a socket. */
struct inbound {
    struct str path, query; /* query without '?', undecoded                                        */
    struct str body;        /* raw bytes                                                            */
    struct str content_type;
    struct inbound_header {
        struct str name, value; /* the name as sent                                                 */
    } * headers;
    size_t n_headers;
    uint64_t connection; /* socket messages: which socket; else 0                                   */
};

/* The header's value, whatever the case of its name; empty when absent.  A doubled header counts as absent. */
struct str inbound_header(const struct inbound *inbound, struct str name);

/* An answer that is given at once, in the loop thread. */
struct immediate {
    bool final; /* true: this is the whole answer, nothing is recorded */
    int status; /* final: 200 …                                        */
    struct str content_type, body;
};

/* One event that a request carries. */
struct arrival {
    struct str key;          /* idempotency key, ≤ 256 bytes, prefixed with the platform's name       */
    struct str conversation; /* ≤ 256 bytes, prefixed with the platform's name                         */
    struct str body;         /* what to keep for decode; empty: the request's body                     */
    const char *type;        /* event_kind_name or a raw type, for the metric; a constant              */
};

struct arrivals {
    struct arrival *items;
    size_t n;            /* 0: genuine and nothing for us */
    const char *ignored; /* n = 0: why (a metric label)   */
};

/* What the inbox kept. */
struct stored {
    struct str key, conversation;
    struct str body;
    struct str kind;  /* the inbound's path: tells a webhook from a form         */
    struct str extra; /* JSON object that `fetch` gave earlier; empty: none      */
    int64_t received_ms;
};

enum delivery_result { DELIVERY_SENT, DELIVERY_LATER, DELIVERY_NEVER };

struct delivery {
    enum delivery_result result;
    int64_t retry_after_ms; /* LATER: what the platform asked for; 0: our own back-off                */
    struct str reason;      /* LATER, NEVER: short, for logs and `gilbot outbox`; no secrets           */
    struct str receipt;     /* SENT: the platform's id of the message; may be empty                     */
};

/* One request to the platform, as compose made it and the outbox keeps it. */
struct outgoing {
    struct str idempotency_key; /* fresh per logical request, the same on every retry                  */
    struct str pace_key;        /* requests with the same key are spaced by pace_ms; may be empty       */
    int64_t pause_ms;           /* wait this long after the one before                                  */
    struct str payload;         /* JSON; the platform's own                                              */
    struct str plain;           /* what the user reads, for the log of the conversation; may be empty   */
    int attempt;                /* send: 1 for the first try                                            */
    bool last_attempt;          /* send: it will not be tried again after LATER                          */
    struct str conversation;    /* compose: empty, or another name to be ordered under than the event's conversation;
                                   send: what it was ordered under                                       */
};

struct outgoings {
    struct outgoing *items;
    size_t n;
};

/* An answer that is not ready yet, for those who wait for it. */
struct showing {
    const struct event *event; /* what is being answered                                          */
    struct str handle;         /* the receipt of the showing before; empty: this is the first      */
    struct str text, added;    /* markup: all of it so far; what was not shown yet (a part of it)  */
    bool anew;                 /* what was shown before is not part of it: it takes its place      */
};

struct compose_input {
    const struct event *event;     /* what is being answered                       */
    const struct replies *replies; /* may be empty                                  */
    struct str user;               /* the session's user                            */
    bool starts;                   /* a session began with this event               */
    bool duplicate;                /* EVENT_OPENED whose opening has a session already */
    struct str shown;              /* receipt of `show`: the first thing said takes the place of what is seen there */
};

struct platform {
    const char *name; /* "slack" … */
    int64_t pace_ms;  /* least time between two requests with the same pace_key; 0: none */
    bool has_buttons; /* choices are shown as buttons; false: as a numbered list          */
    bool
        shows_history; /* its messages are shown again from our log: payloads are kept there, and whether they were sent */
    bool knows_keys; /* a request sent again with its idempotency key is known there, so it has no effect twice */

    /* Is the sender genuine?  OK or ERR_INVALID (→ 401).  Nothing of the body is parsed.  Loop, no I/O. */
    enum err (*verify)(const struct platform *self, const struct inbound *inbound, int64_t now_ms, struct error *error);

    /* An answer without an event: a challenge, a function's result.  ERR_INVALID → 400.  Loop, no I/O. */
    enum err (*answer)(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                       struct immediate *ret_immediate, struct error *error);

    /* A sheet that somebody filled in (bot/model/sheet.h), so that its faults go back in the answer; ret_filled->n = 0:
     * the request is something else.  ERR_INVALID → 400.  Loop, no I/O.  NULL: the platform shows no sheets. */
    enum err (*read_sheet)(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                           struct sheet_filled *ret_filled, struct error *error);

    /* The answer that shows the faults (at least one) where they are.  Loop.  NULL where read_sheet is. */
    enum err (*refuse_sheet)(const struct platform *self, const struct sheet_faults *faults, struct arena *arena,
                             struct immediate *ret_immediate, struct error *error);

    /* Names the 0…n events of a request.  ERR_INVALID → 400.  Loop, no I/O. */
    enum err (*identify)(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                         struct arrivals *ret_arrivals, struct error *error);

    /* The stored body, with what was fetched, as an event.  ERR_INVALID: it can never be decoded.  Runner. */
    enum err (*decode)(const struct platform *self, const struct stored *stored, struct arena *arena,
                       struct event *ret_event, struct error *error);

    /* Reads what `needs` (enum event_need bits) asks for; SENT with ret_extra, a JSON object that replaces what was
     * fetched before (so it includes it), and ret_conversation when the event moves to another conversation (else
     * empty).  NEVER: it cannot be had; the event runs without.  Slow runner, may block. */
    struct delivery (*fetch)(const struct platform *self, const struct stored *stored, unsigned needs,
                             struct arena *arena, struct str *ret_extra, struct str *ret_conversation);

    /* The turn's replies as requests, in order.  Pure: no I/O.  Runner. */
    enum err (*compose)(const struct platform *self, const struct compose_input *input, struct arena *arena,
                        struct outgoings *ret_outgoings, struct error *error);

    /* Shows what there is of an answer.  SENT with a receipt that stands for the place where it is seen, and
     * retry_after_ms: not again before; LATER: nothing was shown, the same; NEVER: it cannot be shown (any more).  Slow
     * runner, may block.  NULL: the platform shows nothing before it is ready. */
    struct delivery (*show)(const struct platform *self, const struct showing *showing, struct arena *arena);

    /* Sends one request.  Replier, may block up to its own time-outs. */
    struct delivery (*send)(const struct platform *self, const struct outgoing *outgoing, struct arena *arena);
};

#endif
