/* flows/rules/feel_scan.h — FEEL's letters: white space, comments, words, names, numbers, strings.
 *
 * There is no list of tokens: where a name ends depends on the names in scope, so the parser asks for what may come.
 * Thread: any.  Memory: decoded strings in the arena; all else borrows the text.
 * Source: DMN 1.5 §10.3.1.2 (grammar rules 26–37, 61–63).                                                           */
#ifndef GILBOT_FLOWS_RULES_FEEL_SCAN_H
#define GILBOT_FLOWS_RULES_FEEL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct arena;

struct feel_scan {
    struct str text;
    size_t at; /* bytes */
};

/* Over white space and comments.  False: a comment is never closed (at stays before it). */
bool feel_scan_space(struct feel_scan *scan);
bool feel_scan_at_end(const struct feel_scan *scan);

/* Whether the text goes on with `punctuation` exactly; accept moves over it and the space after it. */
bool feel_scan_sees(const struct feel_scan *scan, struct str punctuation);
bool feel_scan_accept(struct feel_scan *scan, struct str punctuation);

/* The same for a word, which must end where the letters end. */
bool feel_scan_sees_word(const struct feel_scan *scan, struct str word);
bool feel_scan_accept_word(struct feel_scan *scan, struct str word);

/* Letters and digits from here on, no spaces; empty when none starts here. */
struct str feel_scan_word(const struct feel_scan *scan);

/* Bytes that `name` takes here when the text goes on with it (any white space for a space); 0: it does not. */
size_t feel_scan_matches_name(const struct feel_scan *scan, struct str name);

/* Bytes of the longest run of words that could be an unknown name: up to a keyword or anything that is no word. */
size_t feel_scan_unknown_name(const struct feel_scan *scan);

/* Up to the `:` of a context's key or a named argument; 0 when something else than a name comes before it. */
size_t feel_scan_key(const struct feel_scan *scan);

/* Bytes of a number's digits; 0: none here. */
size_t feel_scan_number(const struct feel_scan *scan);

/* A string literal at its opening quote: moves behind the closing one.  False: never closed, or the arena is full
 * (then *ret has no pointer). */
bool feel_scan_string(struct feel_scan *scan, struct arena *arena, struct str *ret_decoded);

/* `raw` with every run of white space as one space. */
struct str feel_scan_normal_name(struct arena *arena, struct str raw);

bool feel_scan_is_keyword(struct str word);
bool feel_scan_is_name(struct str name);

#endif
