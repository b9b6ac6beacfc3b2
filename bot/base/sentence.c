#include "bot/base/sentence.h"

#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum {
    LONG_LINE = 30, /* code points: a shorter line that breaks was meant to break */
    INSIDE = 120,   /* code points within which a bracket or quote must close, to be one */
    LONG_ROW = 1000 /* bytes: a longer line is no row of a table                          */
};

/* ── looking around ────────────────────────────────────────────────────────────────────────────────────────────── */

/* The code point at byte `at`; -1 at the end. */
static int32_t here(struct str text, size_t at)
{
    struct str rest = str_skip(text, at);
    return text_next(&rest);
}

/* Byte offset of the code point behind the one at `at`. */
static size_t after(struct str text, size_t at)
{
    struct str rest = str_skip(text, at);
    text_next(&rest);
    return text.n - rest.n;
}

/* Byte offset of the code point before `at` (at > 0). */
static size_t before(struct str text, size_t at)
{
    at--;
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static int32_t last(struct str text, size_t at)
{
    return at == 0 ? -1 : here(text, before(text, at));
}

static bool is_hangul(int32_t c)
{
    return c >= 0xAC00 && c <= 0xD7A3;
}

static bool is_latin(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(int32_t c, const int32_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == c)
            return true;
    return false;
}

static bool is_stop(int32_t c)
{
    static const int32_t stops[] = {'.', '!', '?', 0x3002, 0xFF01, 0xFF1F, 0xFF0E, 0xFF61, 0x2026, 0x203C, 0x2047};
    return is_one_of(c, stops, COUNT_OF(stops));
}

/* What closes the bracket or quote `open`; 0 when it opens nothing.  ' opens only before a letter: '24 is a year. */
static int32_t closer_of(int32_t open)
{
    static const int32_t pairs[][2] = {{'(', ')'},       {'[', ']'},       {'"', '"'},       {'\'', '\''},
                                       {0x201C, 0x201D}, {0x2018, 0x2019}, {0x300C, 0x300D}, {0x300E, 0x300F},
                                       {0x300A, 0x300B}, {0x3008, 0x3009}, {0x3010, 0x3011}, {0xFF08, 0xFF09},
                                       {0x3014, 0x3015}, {'<', '>'}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (pairs[i][0] == open)
            return pairs[i][1];
    return 0;
}

static bool is_closer(int32_t c)
{
    static const int32_t closers[] = {')',    ']',    '"',    '\'',   0x201D, 0x2019, 0x300D,
                                      0x300F, 0x300B, 0x3009, 0x3011, 0xFF09, 0x3015, '>'};
    return is_one_of(c, closers, COUNT_OF(closers));
}

/* Byte offset behind the partner of the bracket or quote at `at`, when it stands on the same line and near; else 0. */
static size_t closed_at(struct str text, size_t at)
{
    int32_t open = here(text, at), close = closer_of(open), left = last(text, at);
    bool is_word_left = is_latin(left) || text_is_digit(left);
    if (close == 0 || (open == '\'' && (is_word_left || text_is_digit(here(text, at + 1)))) ||
        (open == '<' && text_is_space(here(text, at + 1))))
        return 0;
    size_t depth = 1;
    for (size_t i = after(text, at), n = 0; i < text.n && n < INSIDE; i = after(text, i), n++) {
        int32_t c = here(text, i);
        if (c == '\n')
            return 0;
        if (c == close && --depth == 0)
            return after(text, i);
        if (c == open && c != close)
            depth++;
    }
    return 0;
}

/* ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The line at byte `at`; of a longer one the first LONG_ROW + 1 bytes. */
static struct str line_at(struct str text, size_t at)
{
    struct str rest = str_first(str_skip(text, at), LONG_ROW + 1);
    size_t end = str_find_char(rest, '\n');
    return end == SIZE_MAX ? rest : str_first(rest, end);
}

/* Bytes of the mark of a list item at the start of `s` ("12. ", "3) ", "(1) ", "가. ", "b) "), or 0. */
static size_t item_mark(struct str s)
{
    size_t i = here(s, 0) == '(' ? 1 : 0, from = i;
    while (i < s.n && i - from < 3 && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    if (i == from && i < s.n && (is_hangul(here(s, i)) || is_latin(here(s, i))))
        i = after(s, i);
    bool is_bracketed = from == 1;
    if (i == from || i >= s.n || (s.p[i] != ')' && (is_bracketed || s.p[i] != '.')))
        return 0;
    int32_t next = here(s, i + 1);
    return next < 0 || text_is_space(next) || (s.p[i] == ')' && !is_bracketed) ? i + 1 : 0;
}

static bool is_bullet(int32_t c)
{
    static const int32_t bullets[] = {'-',    '*',    '+',    0x2022, 0x25CB, 0x25CF, 0x25A0, 0x25A1, 0x25C6, 0x25C7,
                                      0x25B6, 0x25B7, 0x203B, 0x25E6, 0x2013, 0x2014, 0x318D, 0xB7,   0x3147};
    return is_one_of(c, bullets, COUNT_OF(bullets));
}

/* "제3조", "제12장": a digit between 제 and one of the words for a statute's parts. */
static bool is_statute_heading(struct str s)
{
    static const struct str parts[] = {STR_INIT("조"), STR_INIT("장"), STR_INIT("절"), STR_INIT("편"), STR_INIT("관")};
    if (!str_starts(s, STR("제")))
        return false;
    size_t i = STR("제").n, from = i;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    bool is_part = false;
    for (size_t k = 0; k < COUNT_OF(parts); k++)
        is_part = is_part || str_starts(str_skip(s, i), parts[k]);
    int32_t next = here(s, i + STR("조").n);
    return i > from && is_part && (next < 0 || text_is_space(next) || next == '(' || next == '\n');
}

bool sentence_is_table_row(struct str line)
{
    struct str s = str_trim(line);
    if (line.n > LONG_ROW)
        return false;
    return str_starts(s, STR("|")) || str_find(s, STR(" | ")) != SIZE_MAX || str_find_char(s, '\t') != SIZE_MAX;
}

bool sentence_is_new_block(struct str line)
{
    struct str s = str_trim(line);
    int32_t first = here(s, 0);
    if (first == '#' || sentence_is_table_row(line) || item_mark(s) > 0 || is_statute_heading(s))
        return true;
    if (first >= 0x2460 && first <= 0x24FF) /* circled numbers and letters */
        return true;
    return is_bullet(first) && text_is_space(here(s, after(s, 0)));
}

/* Whether the line break at `at` ends the sentence that began at the start of `text`. */
static bool breaks(struct str text, size_t at)
{
    size_t from = at;
    while (from > 0 && text.p[from - 1] != '\n')
        from--;
    struct str line = str_trim(str_first(str_skip(text, from), at - from)), next = line_at(text, at + 1);
    return str_trim(next).n == 0 || sentence_is_table_row(line) || str_starts(line, STR("#")) ||
           sentence_is_new_block(next) || text_length(line) < LONG_LINE;
}

/* ── stops ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A syllable that Korean sentences end with: 다 요 까 죠 …, and the nominal style's 음 임 함 됨. */
static bool is_ending_syllable(int32_t c)
{
    static const int32_t endings[] = {0xB2E4 /*다*/, 0xC694 /*요*/, 0xAE4C /*까*/, 0xC8E0 /*죠*/, 0xC74C /*음*/,
                                      0xC784 /*임*/, 0xD568 /*함*/, 0xB428 /*됨*/, 0xB2C8 /*니*/, 0xB124 /*네*/,
                                      0xC790 /*자*/, 0xB77C /*라*/, 0xC624 /*오*/, 0xAC83 /*것*/, 0xC9C0 /*지*/,
                                      0xC57C /*야*/, 0xAD70 /*군*/, 0xB098 /*나*/, 0xAC00 /*가*/, 0xC788 /*있*/,
                                      0xC5C6 /*없*/, 0xD574 /*해*/, 0xC5B4 /*어*/, 0xC544 /*아*/};
    return is_one_of(c, endings, COUNT_OF(endings));
}

/* Whether what stands left of the stop at `at` ("Dr", "e.g", "U.S") is an abbreviation rather than a last word. */
static bool is_abbreviation(struct str text, size_t at)
{
    static const struct str known[] = {
        STR_INIT("mr"),   STR_INIT("mrs"),    STR_INIT("ms"),   STR_INIT("dr"),  STR_INIT("prof"), STR_INIT("no"),
        STR_INIT("vs"),   STR_INIT("eg"),     STR_INIT("ie"),   STR_INIT("fig"), STR_INIT("st"),   STR_INIT("co"),
        STR_INIT("corp"), STR_INIT("inc"),    STR_INIT("ltd"),  STR_INIT("jr"),  STR_INIT("sr"),   STR_INIT("vol"),
        STR_INIT("pp"),   STR_INIT("approx"), STR_INIT("dept"), STR_INIT("tel"), STR_INIT("ext"),  STR_INIT("cf"),
    };
    size_t from = at;
    char word[8];
    size_t n = 0, dots = 0;
    while (from > 0 && at - from < sizeof word * 2 && (is_latin(text.p[from - 1]) || text.p[from - 1] == '.'))
        from--;
    for (size_t i = from; i < at && n < sizeof word; i++) {
        dots += text.p[i] == '.';
        if (text.p[i] != '.')
            word[n++] = (char)(text.p[i] | 0x20);
    }
    struct str w = {word, n};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(w, known[i]))
            return true;
    bool is_initial = n == 1 && at > from && text.p[at - 1] >= 'A' && text.p[at - 1] <= 'Z';
    return is_initial || (dots > 0 && dots == n - 1 && n <= 4); /* A. Kim; U.S., a.m. */
}

/* Conjunctions that begin a sentence, for the places where a full stop alone does not tell. */
static bool begins_sentence(struct str s)
{
    static const struct str words[] = {
        STR_INIT("다만"),    STR_INIT("단,"),    STR_INIT("또한"),   STR_INIT("그러나"),
        STR_INIT("그리고"),  STR_INIT("따라서"), STR_INIT("하지만"), STR_INIT("이때"),
        STR_INIT("이 경우"), STR_INIT("그런데"), STR_INIT("한편"),
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(s, words[i]))
            return true;
    return false;
}

/* Whether a number with a full stop before the one at `at` makes this a date or a numbering: "2024. 3. 1|." */
static bool is_in_number_chain(struct str text, size_t at)
{
    size_t i = at;
    while (i > 0 && text.p[i - 1] >= '0' && text.p[i - 1] <= '9')
        i--;
    while (i > 0 && text.p[i - 1] == ' ')
        i--;
    return i > 1 && text.p[i - 1] == '.' && text.p[i - 2] >= '0' && text.p[i - 2] <= '9';
}

/* A full stop behind a digit at `at`: decimal, date, numbering, or an end? */
static bool number_ends(struct str text, size_t at)
{
    struct str tail = str_skip(text, at + 1), next = str_trim(tail);
    if (next.n == 0)
        return true;
    if (!text_is_space(here(tail, 0)))
        return is_closer(here(tail, 0));
    bool is_line_end = here(tail, 0) == '\n';
    if (is_line_end || begins_sentence(next))
        return true;
    return !text_is_digit(here(next, 0)) && !is_in_number_chain(text, at);
}

/* What stands behind a closing quote so that the quoted sentence is no end: "…했다."라고, "…했다." 라며. */
static bool is_quoting_particle(struct str s)
{
    static const struct str particles[] = {STR_INIT("라고"),   STR_INIT("이라고"), STR_INIT("라는"), STR_INIT("라며"),
                                           STR_INIT("이라며"), STR_INIT("이라는"), STR_INIT("하고"), STR_INIT("라면서"),
                                           STR_INIT("고 "),    STR_INIT("며 ")};
    for (size_t i = 0; i < COUNT_OF(particles); i++)
        if (str_starts(s, particles[i]))
            return true;
    return false;
}

/* Byte offset behind the stops and closers that begin at `at`. */
static size_t skip_stops(struct str text, size_t at)
{
    while (is_stop(here(text, at)))
        at = after(text, at);
    while (is_closer(here(text, at)))
        at = after(text, at);
    return at;
}

/* Whether the stop at `at` ends the sentence that is all of `text` before it; `to` is behind its stops and closers. */
static bool stop_ends(struct str text, size_t at, size_t to)
{
    int32_t stop = here(text, at), left = last(text, at), right = here(text, to);
    struct str next = str_trim(str_skip(text, to));
    if (item_mark(text) == at + 1 && next.n > 0)
        return false;
    if (right < 0)
        return true;
    bool is_closed = is_closer(last(text, to)), is_several = to - at > (is_closed ? 2 : 1);
    if (is_quoting_particle(next) && is_closed)
        return false;
    if (stop == '.' && text_is_digit(left) && !is_several)
        return number_ends(text, at);
    if (stop == '.' && is_latin(left) && !is_several &&
        (is_abbreviation(text, at) || !text_is_space(right) || (here(next, 0) >= 'a' && here(next, 0) <= 'z')))
        return false;
    bool is_ellipsis = stop == 0x2026 || (stop == '.' && here(text, at + 1) == '.');
    if (is_ellipsis)
        return is_ending_syllable(left) || right == '\n';
    if (text_is_space(right))
        return true;
    return (is_ending_syllable(left) && (is_hangul(right) || is_latin(right) || text_is_digit(right) ||
                                         closer_of(right) != 0)) || /* the space was forgotten */
           stop == 0x3002;
}

/* Whether `at` (a space) follows a polite ending that closes a sentence without a full stop. */
static bool polite_end(struct str text, size_t at)
{
    struct str left = str_first(text, at);
    bool is_polite = (str_ends(left, STR("니다")) || str_ends(left, STR("습니까")) || str_ends(left, STR("세요"))) &&
                     left.n > STR("합니다").n;
    if (!is_polite)
        return false;
    struct str next = str_trim(str_skip(text, at));
    int32_t first = here(next, 0);
    return (is_hangul(first) || is_latin(first) || text_is_digit(first)) && !is_quoting_particle(next);
}

/* ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Byte offset behind the sentence at the start of `text`, which begins with no white space. */
static size_t sentence_end(struct str text)
{
    struct str line = line_at(text, 0);
    if (sentence_is_table_row(line))
        return line.n;
    for (size_t at = 0; at < text.n;) {
        int32_t c = here(text, at);
        if (is_hangul(c) || is_latin(c) || (c >= '0' && c <= '9')) { /* most of a text: nothing to see */
            at += is_hangul(c) ? 3 : 1;
            continue;
        }
        if (c == '\n' && breaks(text, at))
            return at;
        if (is_stop(c)) {
            size_t to = skip_stops(text, at);
            if (stop_ends(text, at, to))
                return to;
            at = to;
            continue;
        }
        if (c == ' ' && polite_end(text, at))
            return at;
        size_t closed = closed_at(text, at), behind = after(text, at);
        bool is_quoted_sentence = closed > 0 && closed < text.n && is_stop(last(text, before(text, closed))) &&
                                  text_is_space(here(text, closed)) &&
                                  !is_quoting_particle(str_trim(str_skip(text, closed)));
        if (is_quoted_sentence && at == 0)
            return closed;
        at = closed > 0 ? closed : behind;
    }
    return text.n;
}

bool sentence_next(struct str *rest, struct str *ret_sentence)
{
    struct str text = str_trim(*rest);
    if (text.n == 0)
        return false;
    struct str sentence = str_trim(str_first(text, sentence_end(text)));
    *rest = str_skip(text, sentence.n);
    *ret_sentence = sentence;
    return true;
}
