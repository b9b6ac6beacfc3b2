/* bot/base/regex.h — PCRE2 with limits.
 *
 * Thread: a compiled pattern may be used by any thread at once.  Memory: matching takes some from the heap and gives it
 * back before it returns.
 * A match has a bounded number of backtracking steps (REGEX_MATCH_LIMIT): a hostile pattern or subject gives ERR_BUSY
 * instead of hanging.                                                                                               */
#ifndef GILBOT_BASE_REGEX_H
#define GILBOT_BASE_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct regex;

enum { REGEX_MATCH_LIMIT = 200000, REGEX_MAX_PATTERN = 4096 };

/* flags: any of "i", "s", "m", "x" (XPath/FEEL meanings), "" for none.  UTF mode.  ERR_INVALID names the offset. */
MUST_USE
enum err regex_new(struct str pattern, const char *flags, struct regex **ret_regex, struct error *error);
void regex_free(struct regex *regex);

/* The same in an arena, which must outlive it; never freed by itself.  ERR_NO_MEMORY, too. */
MUST_USE
enum err regex_new_in(struct arena *arena, struct str pattern, const char *flags, const struct regex **ret_regex,
                      struct error *error);

/* Whether `subject` (UTF-8) matches anywhere / as a whole. */
MUST_USE
enum err regex_matches(const struct regex *regex, struct str subject, bool *ret_matches, struct error *error);
MUST_USE
enum err regex_matches_whole(const struct regex *regex, struct str subject, bool *ret_matches, struct error *error);

/* Byte range of the first match at or after byte `from`; *ret_start is SIZE_MAX when there is none. */
MUST_USE
enum err regex_find(const struct regex *regex, struct str subject, size_t from, size_t *ret_start, size_t *ret_end,
                    struct error *error);

/* Where a group matched; SIZE_MAX for one that took no part. */
struct regex_span {
    size_t start, end;
};

/* As regex_find, with the groups: ret_spans[0] is the whole match.  Groups beyond `n_spans` are dropped, spans beyond
 * the pattern's groups are SIZE_MAX. */
MUST_USE
enum err regex_find_groups(const struct regex *regex, struct str subject, size_t from, struct regex_span *ret_spans,
                           size_t n_spans, struct error *error);

/* Number of groups in the pattern. */
size_t regex_groups(const struct regex *regex);

#endif
