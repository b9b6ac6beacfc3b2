/* matches(), replace(), split() (DMN 1.5 §10.3.4.3; XPath and XQuery Functions 3.1 §5.6, XML Schema Part 2 appendix F).
 *
 * XPath's expressions are turned into PCRE2's: character classes with something taken away, named blocks, \i and \c. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/regex.h"
#include "bot/base/text.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

enum { MAX_GROUPS = 64, MAX_CLASS_DEPTH = 8 };

/* ── XPath → PCRE2 ─────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    struct str name, range;
} blocks[] = {
    {STR_INIT("IsBasicLatin"), STR_INIT("\\x{0}-\\x{7F}")},
    {STR_INIT("IsLatin-1Supplement"), STR_INIT("\\x{80}-\\x{FF}")},
    {STR_INIT("IsLatinExtended-A"), STR_INIT("\\x{100}-\\x{17F}")},
    {STR_INIT("IsLatinExtended-B"), STR_INIT("\\x{180}-\\x{24F}")},
    {STR_INIT("IsGreek"), STR_INIT("\\x{370}-\\x{3FF}")},
    {STR_INIT("IsCyrillic"), STR_INIT("\\x{400}-\\x{4FF}")},
    {STR_INIT("IsHebrew"), STR_INIT("\\x{590}-\\x{5FF}")},
    {STR_INIT("IsArabic"), STR_INIT("\\x{600}-\\x{6FF}")},
    {STR_INIT("IsHangulJamo"), STR_INIT("\\x{1100}-\\x{11FF}")},
    {STR_INIT("IsGeneralPunctuation"), STR_INIT("\\x{2000}-\\x{206F}")},
    {STR_INIT("IsHiragana"), STR_INIT("\\x{3040}-\\x{309F}")},
    {STR_INIT("IsKatakana"), STR_INIT("\\x{30A0}-\\x{30FF}")},
    {STR_INIT("IsHangulCompatibilityJamo"), STR_INIT("\\x{3130}-\\x{318F}")},
    {STR_INIT("IsCJKUnifiedIdeographs"), STR_INIT("\\x{4E00}-\\x{9FFF}")},
    {STR_INIT("IsHangulSyllables"), STR_INIT("\\x{AC00}-\\x{D7AF}")},
};

struct translation {
    struct str rest; /* of the pattern */
    struct buf *out;
    bool strip; /* flag x: white space counts nowhere but in classes */
    bool failed;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* \p{IsBlock} and \P{IsBlock}; false: something else, nothing taken. */
static bool translate_block(struct translation *t, bool in_class)
{
    if (!str_starts(t->rest, STR("\\p{")) && !str_starts(t->rest, STR("\\P{")))
        return false;
    bool negated = t->rest.p[1] == 'P';
    size_t close = str_find_char(t->rest, '}'), n = 0;
    char name[32];
    for (size_t i = 3; close != SIZE_MAX && i < close && n < sizeof name; i++)
        if (!t->strip || !is_blank(t->rest.p[i]))
            name[n++] = t->rest.p[i];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        if (!str_eq(blocks[i].name, (struct str){name, n}))
            continue;
        if (in_class && negated)
            t->failed = true; /* has no form inside of another class */
        if (!in_class)
            buf_add(t->out, negated ? STR("[^") : STR("["));
        buf_add(t->out, blocks[i].range);
        if (!in_class)
            buf_add_char(t->out, ']');
        t->rest = str_skip(t->rest, close + 1);
        return true;
    }
    return false;
}

static void translate_escape(struct translation *t, bool in_class)
{
    static const char name_start[] = "\\p{L}_:", name_part[] = "\\p{L}\\p{Nd}\\p{M}_:.\\-\\x{B7}";
    char c = t->rest.n > 1 ? t->rest.p[1] : '\0';
    if (translate_block(t, in_class))
        return;
    if (c == 'i' || c == 'c' || c == 'I' || c == 'C') {
        bool negated = c == 'I' || c == 'C';
        t->failed = t->failed || (in_class && negated);
        if (!in_class)
            buf_add(t->out, negated ? STR("[^") : STR("["));
        buf_add(t->out, str_of(c == 'i' || c == 'I' ? name_start : name_part));
        if (!in_class)
            buf_add_char(t->out, ']');
    } else if (in_class && c >= '0' && c <= '9') {
        t->failed = true; /* XPath knows no back-references in a class, PCRE2 would read an octal code */
    } else {
        buf_add(t->out, str_first(t->rest, 2));
    }
    t->rest = str_skip(t->rest, 2);
}

static void translate_class(struct translation *t, size_t depth);

/* [abc-[b]]: what is taken away must not stand where the class matches. */
static void translate_subtraction(struct translation *t, struct str class_text, size_t depth)
{
    t->rest = str_skip(t->rest, 1);
    buf_add(t->out, STR("(?:(?!"));
    translate_class(t, depth + 1);
    buf_add_char(t->out, ')');
    buf_add(t->out, class_text);
    buf_add(t->out, STR("])"));
    if (!str_starts(t->rest, STR("]")))
        t->failed = true;
    t->rest = str_skip(t->rest, 1);
}

/* Stands at `[`. */
static void translate_class(struct translation *t, size_t depth)
{
    size_t start = t->out->n;
    struct str opening = str_starts(t->rest, STR("[^")) ? STR("[^") : STR("[");
    buf_add(t->out, opening);
    t->rest = str_skip(t->rest, opening.n);
    while (t->rest.n > 0 && t->rest.p[0] != ']' && depth < MAX_CLASS_DEPTH) {
        if (str_starts(t->rest, STR("-["))) {
            char text[REGEX_MAX_PATTERN];
            struct str class_text = {text, t->out->n - start};
            if (buf_failed(t->out) || class_text.n > sizeof text)
                break;
            memcpy(text, t->out->p + start, class_text.n);
            buf_truncate(t->out, start);
            translate_subtraction(t, class_text, depth);
            return;
        }
        if (t->rest.p[0] == '\\') {
            translate_escape(t, true);
        } else {
            if (t->rest.p[0] == '[')
                buf_add_char(t->out, '\\');
            buf_add_char(t->out, t->rest.p[0]);
            t->rest = str_skip(t->rest, 1);
        }
    }
    if (!str_starts(t->rest, STR("]")) || t->out->n == start + opening.n)
        t->failed = true;
    buf_add_char(t->out, ']');
    t->rest = str_skip(t->rest, 1);
}

/* False: no expression of XPath's. */
static bool translate(struct str pattern, bool strip, struct buf *out)
{
    struct translation t = {.rest = pattern, .out = out, .strip = strip};
    while (t.rest.n > 0 && !t.failed) {
        if (t.rest.p[0] == '\\') {
            translate_escape(&t, false);
        } else if (t.rest.p[0] == '[') {
            translate_class(&t, 0);
        } else {
            buf_add_char(out, t.rest.p[0]);
            t.rest = str_skip(t.rest, 1);
        }
    }
    return !t.failed && !buf_failed(out);
}

/* ── compiling ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void free_regexp(struct regex **regex)
{
    regex_free(*regex);
}

/* NULL: no such expression; the reason is recorded. */
static struct regex *compiled(struct feel_run *run, struct str function, struct str pattern, const struct value *flags)
{
    char letters[8] = "";
    struct str given = flags->kind == VALUE_STRING ? flags->string : STR("");
    struct error error = {0};
    struct regex *regex = NULL;
    struct buf translated;
    buf_init(&translated, run->arena, REGEX_MAX_PATTERN);
    if (given.n >= sizeof letters || str_find_char(given, '\0') != SIZE_MAX) {
        feel_reason(run, "%.*s(): the flags are some of s, m, i, x", STR_ARG(function));
        return NULL;
    }
    if (given.n > 0)
        memcpy(letters, given.p, given.n);
    if (!translate(pattern, str_find_char(given, 'x') != SIZE_MAX, &translated)) {
        feel_reason(run, "%.*s(): \"%.*s\" is no regular expression", STR_ARG(function),
                    STR_ARG(text_first(pattern, 60)));
        return NULL;
    }
    if (regex_new(buf_str(&translated), letters, &regex, &error) == OK)
        return regex;
    feel_reason(run, "%.*s(): %s", STR_ARG(function), error.text);
    return NULL;
}

struct value feel_string_matches(struct feel_run *run, const struct feel_arguments *args)
{
    CLEANUP(free_regexp)
    struct regex *regex = compiled(run, args->function, args->items[1].string, &args->items[2]);
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
    CLEANUP(free_regexp)
    struct regex *regex = compiled(run, args->function, args->items[1].string, &args->items[3]);
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
    CLEANUP(free_regexp)
    struct regex *regex = compiled(run, args->function, args->items[1].string, &no_flags);
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
