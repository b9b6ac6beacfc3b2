/* bot/model/reply.h — what the bot wants to say or have done in a conversation, in no platform's words.
 *
 * A flow fills `struct replies` in one turn; the platform's `compose` turns them into outgoing requests.
 * Texts are gilbot's own markup (bot/model/markup.h), in which whatever a user typed is escaped.
 *
 * Memory: everything lives in the arena of the turn.                                                                */
#ifndef GILBOT_MODEL_REPLY_H
#define GILBOT_MODEL_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct sheet;

enum reply_kind {
    REPLY_TEXT,      /* text, link buttons, image                                            */
    REPLY_CHOICES,   /* text (may be empty) and options to choose from                       */
    REPLY_CARD,      /* a recommended item                                                   */
    REPLY_HAND_OVER, /* people take over: to, note                                           */
    REPLY_TAG,       /* tags to add to the user                                              */
    REPLY_SHEET,     /* text, and questions to answer at once                                */
};

struct reply_option {
    struct str value, label; /* label is plain text */
};

struct reply_button {
    struct str label, url;
};

struct reply_card {
    struct str id, name, price, image, url; /* plain texts; all but id may be empty                    */
    struct str button;                      /* label of the link to `url`; empty: no button             */
};

struct reply {
    enum reply_kind kind;
    int64_t pause_ms; /* wait this long after the reply before it was sent */
    struct str text;  /* markup; for REPLY_CARD the words beside the card  */
    struct str image; /* REPLY_TEXT: https URL, empty: none                */
    struct reply_button *buttons;
    size_t n_buttons;
    struct reply_option *options; /* REPLY_CHOICES */
    size_t n_options;
    struct str step;           /* REPLY_CHOICES: the question; comes back with the button that is pressed */
    bool several;              /* REPLY_CHOICES: more than one may be chosen                         */
    struct str how_to_answer;  /* REPLY_CHOICES: plain sentence that closes a numbered list          */
    struct reply_card card;    /* REPLY_CARD                                                          */
    struct str to, note;       /* REPLY_HAND_OVER: a key of the platform's `people`; plain text       */
    struct strs tags;          /* REPLY_TAG                                                           */
    const struct sheet *sheet; /* REPLY_SHEET; `step` comes back with the button that opens it */
};

struct replies {
    struct arena *arena;
    struct reply *items;
    size_t n, capacity;
};

/* Appends an empty reply of `kind` and returns it for filling in; NULL when the arena is full. */
struct reply *replies_add(struct replies *replies, enum reply_kind kind);

/* The reply as people would read it: plain text without markup, options numbered; for logs of the conversation. */
struct str reply_plain(struct arena *arena, const struct reply *reply);

#endif
