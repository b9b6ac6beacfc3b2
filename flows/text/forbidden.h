/* flows/text/forbidden.h — words that a question must not hold, seen through the usual disguises.
 *
 * A list is a text file, one entry a line:
 *
 *   # a remark
 *   바보            a hit at the start of a word, whatever ending follows (바보야); Latin words must be whole
 *   =ㅂㅂ           only as a whole word
 *   !바보상자        no hit where this stands
 *
 * Seen through: spaces and signs between the letters (바 보, 바.보, b a d), letters taken apart (ㅂㅏㅂㅗ), full and half
 * width, letters repeated (바아보, baaad), capitals.  A word's start and end count: what begins in the middle of a word,
 * or right after a number, is none; across spaces every piece must be whole.
 *
 * Thread:  any; a list is immutable.
 * Memory:  lists in the arena given; scratch of forbidden_find in its own.
 * Errors:  ERR_INVALID: not UTF-8, or with FILE:LINE what is wrong; ERR_NO_MEMORY.                                    */
#ifndef GILBOT_FLOWS_TEXT_FORBIDDEN_H
#define GILBOT_FLOWS_TEXT_FORBIDDEN_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct forbidden;

enum { FORBIDDEN_MAX_ENTRIES = 10000 };

/* `file`: how people know the text. */
MUST_USE enum err forbidden_read(struct arena *arena, struct str file, struct str text,
                                 const struct forbidden **ret_forbidden, struct error *error);

/* The first entry (as written in the list) that the text holds; *ret_hit is empty when there is none. */
MUST_USE enum err forbidden_find(const struct forbidden *forbidden, struct arena *arena, struct str text,
                                 struct str *ret_hit);

#endif
