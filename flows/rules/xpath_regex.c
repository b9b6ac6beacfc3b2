#include "flows/rules/xpath_regex.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/regex.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { MAX_CLASS_DEPTH = 8, MAX_SHOWN = 60, MAX_FLAGS = 8 };

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

enum err xpath_regex_new(struct arena *arena, const struct xpath_pattern *pattern, const struct regex **ret_regex,
                         struct error *error)
{
    char letters[MAX_FLAGS] = "";
    struct buf translated;
    buf_init(&translated, arena, REGEX_MAX_PATTERN);
    if (pattern->flags.n >= sizeof letters || str_find_char(pattern->flags, '\0') != SIZE_MAX)
        return fail(error, ERR_INVALID, "the flags are some of s, m, i, x");
    if (pattern->flags.n > 0)
        memcpy(letters, pattern->flags.p, pattern->flags.n);
    if (!translate(pattern->text, str_find_char(pattern->flags, 'x') != SIZE_MAX, &translated))
        return fail(error, ERR_INVALID, "\"%.*s\" is no regular expression",
                    STR_ARG(text_first(pattern->text, MAX_SHOWN)));
    return regex_new_in(arena, buf_str(&translated), letters, ret_regex, error);
}
