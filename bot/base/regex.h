/* bot/base/regex.h — PCRE2 with limits.
 *
 * Thread: a compiled pattern may be used by any thread at once.
 * A match has a bounded number of backtracking steps (REGEX_MATCH_LIMIT): a hostile pattern or subject gives ERR_BUSY
 * instead of hanging.                                                                                               */
#ifndef GILBOT_BASE_REGEX_H
#define GILBOT_BASE_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct regex;

enum { REGEX_MATCH_LIMIT = 200000, REGEX_MAX_PATTERN = 4096 };

/* flags: any of "i", "s", "m", "x" (XPath/FEEL meanings), "" for none.  UTF mode.  ERR_INVALID names the offset. */
MUST_USE enum err regex_new(struct str pattern, const char *flags, struct regex **ret_regex, struct error *error);
void regex_free(struct regex *regex);

/* Whether `subject` (UTF-8) matches anywhere / as a whole. */
MUST_USE enum err regex_matches(const struct regex *regex, struct str subject, bool *ret_matches, struct error *error);
MUST_USE enum err regex_matches_whole(const struct regex *regex, struct str subject, bool *ret_matches,
                                      struct error *error);

/* Byte range of the first match at or after byte `from`; *ret_start is SIZE_MAX when there is none. */
MUST_USE enum err regex_find(const struct regex *regex, struct str subject, size_t from, size_t *ret_start,
                             size_t *ret_end, struct error *error);

#endif
