/* integrations/channel_talk/talk_text.h — text on its way into Channel Talk's own markup, line by line.
 *
 * Channel Talk reads `text` blocks as markup: & < > " must be escaped or it answers 422, and `:name:` and `${key}` mean
 * emoji and variables.  What is no markup of ours is made harmless: the four characters are escaped, and a zero-width
 * space (U+200B) follows a `:` or `$` that would begin one of the other two.
 *
 * A line is one piece; a line that is too long for a block becomes several, cut at spaces, marks closed and reopened.
 *
 * Thread: any.  Memory: the arena's.  Errors: a full arena sets `failed`, to be looked at once, by talk_pack.        */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_TALK_TEXT_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_TALK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"
#include "bot/base/str.h"

struct arena;

enum {
    TALK_BLOCK_CHARACTERS = 1000,   /* of a block, its marks and escapes counted */
    TALK_MESSAGE_CHARACTERS = 5000, /* of all blocks of a message                */
};

struct talk_piece {
    struct buf value;  /* Channel Talk's markup                                                */
    struct buf plain;  /* the same as people read it                                           */
    size_t characters; /* code points of value, ≤ TALK_BLOCK_CHARACTERS                          */
    bool bullet;       /* an item of a list                                                     */
    bool after_blank;  /* begins a paragraph                                                    */
    bool continues;    /* goes on with the line before                                          */
};

struct talk_text {
    struct arena *arena;
    struct talk_piece *pieces;
    size_t n, capacity;
    bool line_open; /* the next run goes on with the last piece     */
    bool blank;     /* a blank line stands before the next piece     */
    bool failed;
};

void talk_text_init(struct talk_text *text, struct arena *arena);

/* gilbot's markup (bot/model/markup.h), as lines of their own. */
void talk_text_add_markup(struct talk_text *text, struct str markup);

/* Plain text, as lines of its own. */
enum talk_style { TALK_PLAIN, TALK_BOLD };
void talk_text_add_plain(struct talk_text *text, struct str plain, enum talk_style style);

/* A line that links to `url`; the label may be empty: then the address is shown.  No http(s) address: plain text. */
void talk_text_add_link(struct talk_text *text, struct str label, struct str url);

/* A mention at the start of the next line; `manager`: an id, or "all". */
void talk_text_add_mention(struct talk_text *text, struct str manager, struct str name);

/* The next line begins a paragraph. */
void talk_text_add_blank(struct talk_text *text);

bool talk_text_is_web_url(struct str url);

#endif
