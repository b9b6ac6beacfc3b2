/* flows/rules/xpath_regex.h — XPath's regular expressions, which FEEL has, as PCRE2's.
 *
 * Character classes with something taken away, named blocks, \i and \c are written in PCRE2's terms; the flags are those of
 * bot/base/regex.
 *
 * Thread: any; a compiled one may be used by all.  Memory: the arena.
 * Source: XPath and XQuery Functions 3.1 §5.6, XML Schema Part 2 appendix F.                                        */
#ifndef GILBOT_FLOWS_RULES_XPATH_REGEX_H
#define GILBOT_FLOWS_RULES_XPATH_REGEX_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct regex;

struct xpath_pattern {
    struct str text, flags;
};

/* ERR_INVALID with what is wrong, ERR_NO_MEMORY. */
MUST_USE
enum err xpath_regex_new(struct arena *arena, const struct xpath_pattern *pattern, const struct regex **ret_regex,
                         struct error *error);

#endif
