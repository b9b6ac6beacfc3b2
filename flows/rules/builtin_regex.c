/* matches(), replace(), split() (DMN 1.5 §10.3.4.3; XPath and XQuery Functions 3.1 §5.6).
 *
 * A pattern that is written out is compiled with its expression; others are kept in the run, so that a loop compiles them
 * once. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/regex.h"
#include "bot/base/text.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/xpath_regex.h"

#include "bot/base/banned.h"

enum { MAX_GROUPS = 64, COMPILING_STEPS = 500 };

/* ── patterns ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* One that the run has met. */
struct feel_pattern {
    const struct feel_pattern *next;
    struct xpath_pattern pattern;
    const struct regex *regex;
};

static void keep(struct feel_run *run, const struct xpath_pattern *pattern, const struct regex *regex)
{
    struct feel_pattern *kept = run->n_patterns == FEEL_MAX_PATTERNS ? NULL : arena_alloc(run->arena, sizeof *kept);
    if (kept == NULL)
        return;
    *kept = (struct feel_pattern){.next = run->patterns, .pattern = *pattern, .regex = regex};
    run->patterns = kept;
    run->n_patterns++;
}

/* NULL: no such expression; the reason is recorded. */
static const struct regex *compiled(struct feel_run *run, const struct feel_arguments *args, const struct value *flags)
{
    struct xpath_pattern pattern = {.text = args->items[1].string,
                                    .flags = flags->kind == VALUE_STRING ? flags->string : STR("")};
    struct error error = {0};
    const struct regex *regex;
    if (args->pattern != NULL)
        return args->pattern;
    for (const struct feel_pattern *p = run->patterns; p != NULL; p = p->next)
        if (str_eq(p->pattern.text, pattern.text) && str_eq(p->pattern.flags, pattern.flags))
            return p->regex;
    if (!feel_run_spend(run, COMPILING_STEPS))
        return NULL;
    enum err rc = xpath_regex_new(run->arena, &pattern, &regex, &error);
    if (rc == ERR_NO_MEMORY)
        (void)feel_run_fail(run, rc, "the expression needs too much memory");
    else if (rc != OK)
        feel_reason(run, "%.*s(): %s", STR_ARG(args->function), error.text);
    else
        keep(run, &pattern, regex);
    return rc == OK ? regex : NULL;
}

struct value feel_string_matches(struct feel_run *run, const struct feel_arguments *args)
{
    const struct regex *regex = compiled(run, args, &args->items[2]);
    struct error error = {0};
    bool matches;
    if (regex == NULL)
        return value_null();
    if (regex_matches(regex, args->items[0].string, &matches, &error) != OK)
        return feel_run_null(run, "matches(): %s", error.text);
    return value_boolean(matches);
}

/* ── replace ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The group that $N names: as many digits as make a group's number. */
static size_t read_group(struct str *rest, size_t n_groups)
{
    size_t group = 0;
    bool first = true;
    while (rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9') {
        size_t longer = group * 10 + (size_t)(rest->p[0] - '0');
        if (!first && longer > n_groups)
            break;
        group = longer;
        first = false;
        *rest = str_skip(*rest, 1);
    }
    return group;
}

/* Adds the replacement of one match; false: a `$` or `\` that XPath does not allow. */
static bool add_replacement(struct buf *out, struct str replacement, struct str subject, const struct regex_span *spans,
                            size_t n_groups)
{
    while (replacement.n > 0) {
        char c = replacement.p[0], next = replacement.n > 1 ? replacement.p[1] : '\0';
        replacement = str_skip(replacement, 1);
        if (c == '\\' && (next == '\\' || next == '$')) {
            buf_add_char(out, next);
            replacement = str_skip(replacement, 1);
        } else if (c == '$' && next >= '0' && next <= '9') {
            size_t group = read_group(&replacement, n_groups);
            if (group <= n_groups && group < MAX_GROUPS && spans[group].start != SIZE_MAX)
                buf_add(out, str_first(str_skip(subject, spans[group].start), spans[group].end - spans[group].start));
        } else if (c == '$' || c == '\\') {
            return false;
        } else {
            buf_add_char(out, c);
        }
    }
    return true;
}

struct value feel_string_replace(struct feel_run *run, const struct feel_arguments *args)
{
    const struct regex *regex = compiled(run, args, &args->items[3]);
    struct str subject = args->items[0].string, replacement = args->items[2].string;
    struct regex_span spans[MAX_GROUPS];
    struct error error = {0};
    struct buf out;
    bool matches_nothing;
    if (regex == NULL)
        return value_null();
    if (regex_matches(regex, STR(""), &matches_nothing, &error) != OK || matches_nothing)
        return feel_run_null(run, "replace(): the expression matches the empty string");
    buf_init(&out, run->arena, FEEL_MAX_STRING);
    for (size_t at = 0; at <= subject.n;) {
        if (!feel_run_spend(run, 20) || regex_find_groups(regex, subject, at, spans, MAX_GROUPS, &error) != OK)
            return feel_run_null(run, "replace(): %s", error.text);
        if (spans[0].start == SIZE_MAX || spans[0].end == spans[0].start) {
            buf_add(&out, str_skip(subject, at));
            break;
        }
        buf_add(&out, str_first(str_skip(subject, at), spans[0].start - at));
        if (!add_replacement(&out, replacement, subject, spans, regex_groups(regex)))
            return feel_run_null(run, "replace(): after `$` comes a digit, after `\\` a `\\` or a `$`");
        at = spans[0].end;
    }
    if (buf_failed(&out))
        return feel_run_fail(run, ERR_NO_MEMORY, "a string of more than %d bytes, or no memory for it",
                             FEEL_MAX_STRING);
    return value_string(buf_str(&out));
}

struct value feel_string_split(struct feel_run *run, const struct feel_arguments *args)
{
    struct value no_flags = value_null();
    const struct regex *regex = compiled(run, args, &no_flags);
    struct str subject = args->items[0].string;
    struct list_builder out = {0};
    struct error error = {0};
    if (regex == NULL)
        return value_null();
    for (size_t at = 0, from = 0;;) {
        size_t start, end;
        if (!feel_run_spend(run, 20) || regex_find(regex, subject, from, &start, &end, &error) != OK)
            return feel_run_null(run, "split(): %s", error.text);
        if (start != SIZE_MAX && start == end && start < subject.n) { /* nothing between two code points is no cut */
            from = start + text_first(str_skip(subject, start), 1).n;
            continue;
        }
        bool last = start == SIZE_MAX || start == end;
        struct str piece = str_skip(subject, at);
        if (!feel_list_add(run, &out, value_string(last ? piece : str_first(piece, start - at))))
            return value_null();
        if (last)
            return feel_list_value(&out);
        at = from = end;
    }
}
