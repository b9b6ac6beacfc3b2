/* bot/model/event.h — what happened in a conversation, in words that no platform owns.
 *
 * A platform's `identify` names an event (key, conversation) on the loop thread; its `decode` makes the whole of it from
 * the stored body when it runs.  A timer is an event like any other.
 *
 * Memory: everything is borrowed from the arena that decode was given.  Texts are UTF-8; absent is empty.           */
#ifndef GILBOT_MODEL_EVENT_H
#define GILBOT_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

struct sheet_filled;

enum event_kind {
    EVENT_OPENED,   /* a conversation began: Channel Talk UserChat opened, a web page that joined       */
    EVENT_MESSAGE,  /* somebody wrote                                                                    */
    EVENT_COMMAND,  /* a slash command                                                                   */
    EVENT_BUTTON,   /* a choice button of ours was pressed                                               */
    EVENT_SHEET,    /* several questions were answered at once                                           */
    EVENT_RELEASED, /* staff are done with a handed-over conversation: the bot may speak again           */
    EVENT_CLOSED,   /* the platform closed the conversation: its session ends                            */
    EVENT_OTHER,    /* genuine, and nothing for us: see `ignored`                                        */
    EVENT_TIMER,    /* our own: the time has come that a session asked for (its remind_ms)                */
};

enum event_author {
    AUTHOR_USER,
    AUTHOR_SELF,    /* an echo of what we sent                       */
    AUTHOR_BOT,     /* another bot, a campaign, the platform's own AI */
    AUTHOR_MANAGER, /* staff wrote to the customer: they took over   */
    AUTHOR_SYSTEM,  /* a log entry, an internal note                  */
};

/* What an event still lacks, that only a remote read can tell (struct platform's fetch). */
enum event_need {
    EVENT_NEEDS_ORIGIN = 1u << 0,  /* which support bot or workflow began the chat      */
    EVENT_NEEDS_PROFILE = 1u << 1, /* what the platform knows of the user               */
    EVENT_NEEDS_DIRECT = 1u << 2,  /* a direct conversation with the user, to run in    */
};

/* A file that came with a message; what the platform does not say is empty or 0. */
struct event_file {
    struct str id;   /* under which the platform gives the file's bytes             */
    struct str name; /* as the person called it                                     */
    struct str type; /* MIME type, "image/png"; else the platform's own word for it */
    int64_t bytes;
};

enum { EVENT_MAX_FILES = 20 };

struct event {
    struct str key;          /* idempotency key: the same platform event has the same key for ever      */
    struct str platform;     /* "slack", "channel_talk", "web", "terminal"                               */
    struct str workspace;    /* Slack team, Channel Talk channel                                        */
    struct str channel;      /* Slack channel id; else empty                                            */
    struct str conversation; /* what is ordered, and what a session belongs to; unique over platforms   */
    struct str user;         /* the platform's user id                                                  */
    struct str locale;       /* the user's language ("ko", "en-US"), empty when unknown                 */
    struct str address;      /* JSON object, opaque but to the platform: where replies go                */
    enum event_kind kind;
    enum event_author author;
    const char *ignored; /* not NULL: nothing happens, counted under this reason (a metric label)   */
    int64_t happened_ms; /* the platform's time, Unix ms; 0 when unknown                            */

    /* how the conversation began */
    struct strs bots;   /* ids of the support bot and the workflow that began it                   */
    bool bots_known;    /* false: `bots` is empty because nobody said                               */
    struct strs tags;   /* the chat's tags                                                          */
    struct str opening; /* EVENT_OPENED: names this opening; one session per (conversation, opening) */
    bool taken_over;    /* the platform says that staff answer here                                 */

    /* what was said */
    struct str text;                /* message: plain NFC text without the mention; command: what follows it   */
    struct str command;             /* command: "/coach"                                                        */
    struct str value;               /* button: the value of the choice                                          */
    struct str step;                /* button: of which question (struct reply's step); empty: nobody knows       */
    bool mention, direct;           /* message: an app mention; in a direct conversation                        */
    bool has_files;                 /* message: carries files                                                   */
    const struct event_file *files; /* message: the first EVENT_MAX_FILES of them */
    size_t n_files;
    bool in_thread; /* message: a reply in a thread of a shared channel                         */

    int64_t session_id;               /* timer: the session that asked for it                                      */
    int64_t since_ms;                 /* timer: that session's updated_ms then: when it is another now, it went on */
    const struct sheet_filled *sheet; /* sheet: the answers; else NULL */

    struct str flow;    /* opened: the flow the page's link asked for; empty: routes decide          */
    struct str profile; /* JSON object of what the platform knows of the user; empty when unknown  */
    unsigned missing;   /* enum event_need bits that `fetch` could fill                             */
};

/* "opened", "message", "command", "button", "sheet", "released", "closed", "other": the metric label. */
const char *event_kind_name(enum event_kind kind);

#endif
