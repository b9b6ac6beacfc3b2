/* bot/model/markup.h — gilbot's own small markup, and how each platform writes it.
 *
 *   **bold**  *italic*  `code`  [label](https://url)  lines that begin with "- "  :emoji_name:
 *   A backslash before ASCII punctuation makes it plain (as in CommonMark §2.4).
 *
 * markup_escape makes any text plain, so that what a user typed is never read as markup.  markup_parse gives spans; a
 * platform's writer walks them, writes its own marks and escapes the texts.
 *
 * Thread: any.  Memory: spans and texts in the arena, texts may borrow from the input.  Errors: only a full arena.   */
#ifndef GILBOT_MODEL_MARKUP_H
#define GILBOT_MODEL_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

struct markup_span {
    enum { SPAN_TEXT, SPAN_CODE, SPAN_EMOJI, SPAN_BULLET, SPAN_BREAK } kind;
    struct str text; /* TEXT, CODE: plain characters; EMOJI: the name without colons; BULLET, BREAK: empty */
    struct str url;  /* TEXT: not empty: a link (http, https, mailto or tel; others are left as plain text) */
    bool bold, italic;
};

struct markup {
    struct markup_span *spans; /* BULLET stands at the start of a list line, BREAK between lines */
    size_t n;
};

MUST_USE
enum err markup_parse(struct arena *arena, struct str text, struct markup *ret_markup);

/* `text` with a backslash before every character that could be read as markup. */
MUST_USE
enum err markup_escape(struct arena *arena, struct str text, struct str *ret_escaped);

/* The text without marks: links as "label (url)", emoji as :name:, bullets as "- ". */
MUST_USE
enum err markup_plain(struct arena *arena, struct str text, struct str *ret_plain);

/* The text as HTML: only <b> <i> <code> <a href rel="noopener noreferrer" target="_blank"> <ul><li> <br>; everything
 * else escaped. */
MUST_USE
enum err markup_html(struct arena *arena, struct str text, struct str *ret_html);

#endif
