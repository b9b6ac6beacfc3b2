/* bot/base/str.h — borrowed text: a pointer and a length.
 *
 * A struct str never owns its bytes and is not NUL-terminated; it is valid as long as what it was cut from.
 * The empty string is {NULL or any, 0}; there is no difference between "absent" and "empty" — use a flag where it
 * matters.  Bytes may be any bytes; functions that care about UTF-8 live in bot/base/text.
 *
 * Thread: any (pure functions).  Errors: none; no function here allocates.                                     */
#ifndef GILBOT_BASE_STR_H
#define GILBOT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n; /* bytes */
};

/* Several of them, borrowed like one. */
struct strs {
    const struct str *items;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }                                /* for static initialisers */
#define STR_ARG(s) (int)(s).n, (s).p /* printf("%.*s", STR_ARG(name)) */

/* The bytes of a NUL-terminated string; NULL gives the empty string. */
struct str str_of(const char *cstr);

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only; other bytes must be equal */
int str_cmp(struct str a, struct str b);        /* bytewise order, as memcmp; a prefix sorts first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Byte offset of the first occurrence, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);

/* s without its first `n` bytes / only its first `n` bytes; n beyond the end is the end. */
struct str str_skip(struct str s, size_t n);
struct str str_first(struct str s, size_t n);

/* s without ASCII white space (space, \t, \r, \n, \f, \v) at both ends. */
struct str str_trim(struct str s);

/* Cuts the next piece before `separator` off *rest.  Returns false when *rest is exhausted.
 *   struct str rest = line, word;
 *   while (str_split(&rest, ' ', &word)) …
 * "a,," gives "a", "", ""; "" gives one empty piece; a rest whose p is NULL gives none. */
bool str_split(struct str *rest, char separator, struct str *ret_piece);

/* Decimal integer, the whole string, optional leading '-'; false when it is anything else or does not fit. */
bool str_to_i64(struct str s, int64_t *ret_value);

bool strs_contain(struct strs list, struct str s);

/* FNV-1a, 64 bits: for hash tables, never for secrets. */
uint64_t str_hash(struct str s);

#endif
