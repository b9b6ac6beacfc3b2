/* bot/base/text.h — Unicode text (UTF-8), with utf8proc behind it.
 *
 * Thread: any.  Memory: results in the caller's arena; a result may be the argument itself when nothing changed.
 * Errors: ERR_INVALID for what is not UTF-8, ERR_NO_MEMORY for a full arena.
 * Source: Unicode 15, UAX #15 (normalisation), UAX #11 (widths).                                                   */
#ifndef GILBOT_BASE_TEXT_H
#define GILBOT_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* Well-formed UTF-8 (no surrogates, no overlong forms, ≤ U+10FFFF). NUL bytes are allowed. */
bool text_is_utf8(struct str s);

/* Takes the next code point off *rest; -1 at the end; malformed bytes come as U+FFFD, one byte each. */
int32_t text_next(struct str *rest);

/* Writes `c` as UTF-8; returns 1…4 bytes. */
size_t text_encode(int32_t c, char ret_bytes[4]);

/* Number of code points. */
size_t text_length(struct str s);

/* The first n code points. */
struct str text_first(struct str s, size_t n);

/* Terminal columns (East Asian wide = 2, combining = 0). */
size_t text_columns(struct str s);

/* Unicode NFC. */
MUST_USE enum err text_nfc(struct arena *arena, struct str s, struct str *ret);

/* Unicode NFKC: width, circled and ligature forms too become what they stand for. */
MUST_USE enum err text_nfkc(struct arena *arena, struct str s, struct str *ret);

/* What people typed → what programs compare: NFC, full-width ASCII forms (U+FF01…FF5E) to half-width, ideographic and
 * no-break spaces to a space, control characters but \n and \t dropped, white space trimmed at both ends. */
MUST_USE enum err text_input(struct arena *arena, struct str s, struct str *ret);

/* The key under which two labels count as the same: text_input, case folded, all white space and punctuation dropped. */
MUST_USE enum err text_match_key(struct arena *arena, struct str s, struct str *ret);

/* What `c` stands for when nothing but its meaning counts: its compatibility decomposition, case folded (NFKD: full-width
 * and circled forms become plain, Hangul syllables their letters).  Gives the number of code points written, at least 1;
 * for comparing place by place, where a normal form of the whole text would lose the places. */
enum { TEXT_MEANING_MOST = 24 };
size_t text_meaning(int32_t c, int32_t ret_points[TEXT_MEANING_MOST]);

/* Simple case folding / lower / upper case of every code point. */
MUST_USE enum err text_fold(struct arena *arena, struct str s, struct str *ret);
MUST_USE enum err text_lower(struct arena *arena, struct str s, struct str *ret);
MUST_USE enum err text_upper(struct arena *arena, struct str s, struct str *ret);

/* Unicode general category tests. */
bool text_is_space(int32_t c);
bool text_is_punctuation(int32_t c);
bool text_is_letter(int32_t c);
bool text_is_digit(int32_t c); /* decimal digits of any script: category Nd */

/* Edit distance in code points (Levenshtein), for "did you mean"; gives `limit` as soon as it is reached. */
size_t text_distance(struct str a, struct str b, size_t limit);

#endif
