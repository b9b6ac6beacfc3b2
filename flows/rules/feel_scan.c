#include "flows/rules/feel_scan.h"

#include <stdint.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

struct code_range {
    int32_t first, last;
};

static bool in_ranges(int32_t c, const struct code_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_space(int32_t c)
{
    static const struct code_range spaces[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
                                               {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200B}, {0x2028, 0x2029},
                                               {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
    return in_ranges(c, spaces, COUNT_OF(spaces));
}

static bool is_name_start(int32_t c)
{
    static const struct code_range starts[] = {
        {'A', 'Z'},       {'_', '_'},       {'a', 'z'},       {0xC0, 0xD6},     {0xD8, 0xF6},
        {0xF8, 0x2FF},    {0x370, 0x37D},   {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F},
        {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFC}, {0x10000, 0xEFFFF},
    };
    return in_ranges(c, starts, COUNT_OF(starts)) && !is_space(c);
}

static bool is_name_part(int32_t c)
{
    static const struct code_range parts[] = {{'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
    return is_name_start(c) || in_ranges(c, parts, COUNT_OF(parts));
}

/* Symbols a name may hold inside. */
static bool is_name_symbol(int32_t c)
{
    return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

static struct str rest_of(const struct feel_scan *scan)
{
    return str_skip(scan->text, scan->at);
}

/* The code point at byte `at` and its length; -1 at the end. */
static int32_t peek(struct str text, size_t at, size_t *ret_bytes)
{
    if (at < text.n && (unsigned char)text.p[at] < 0x80) {
        *ret_bytes = 1;
        return text.p[at];
    }
    struct str rest = str_skip(text, at);
    size_t before = rest.n;
    int32_t c = text_next(&rest);
    *ret_bytes = before - rest.n;
    return c;
}

static size_t over_space(struct str text, size_t at)
{
    size_t bytes;
    while (at < text.n && is_space(peek(text, at, &bytes)))
        at += bytes;
    return at;
}

static size_t over_word(struct str text, size_t at)
{
    size_t bytes, from = at;
    while (at < text.n) {
        int32_t c = peek(text, at, &bytes);
        if (!(at == from ? is_name_start(c) : is_name_part(c)))
            break;
        at += bytes;
    }
    return at;
}

bool feel_scan_space(struct feel_scan *scan)
{
    for (;;) {
        scan->at = over_space(scan->text, scan->at);
        struct str rest = rest_of(scan);
        if (str_starts(rest, STR("//"))) {
            size_t line = str_find_char(rest, '\n');
            scan->at = line == SIZE_MAX ? scan->text.n : scan->at + line;
        } else if (str_starts(rest, STR("/*"))) {
            size_t close = str_find(str_skip(rest, 2), STR("*/"));
            if (close == SIZE_MAX)
                return false;
            scan->at += close + 4;
        } else {
            return true;
        }
    }
}

bool feel_scan_at_end(const struct feel_scan *scan)
{
    return scan->at >= scan->text.n;
}

bool feel_scan_sees(const struct feel_scan *scan, struct str punctuation)
{
    return str_starts(rest_of(scan), punctuation);
}

/* An unclosed comment is reported by whoever looks next. */
static bool move_over(struct feel_scan *scan, size_t bytes)
{
    scan->at += bytes;
    (void)feel_scan_space(scan);
    return true;
}

bool feel_scan_accept(struct feel_scan *scan, struct str punctuation)
{
    return feel_scan_sees(scan, punctuation) && move_over(scan, punctuation.n);
}

bool feel_scan_sees_word(const struct feel_scan *scan, struct str word)
{
    size_t bytes, end = scan->at + word.n;
    return feel_scan_sees(scan, word) && (end >= scan->text.n || !is_name_part(peek(scan->text, end, &bytes)));
}

bool feel_scan_accept_word(struct feel_scan *scan, struct str word)
{
    return feel_scan_sees_word(scan, word) && move_over(scan, word.n);
}

struct str feel_scan_word(const struct feel_scan *scan)
{
    return str_first(rest_of(scan), over_word(scan->text, scan->at) - scan->at);
}

size_t feel_scan_matches_name(const struct feel_scan *scan, struct str name)
{
    struct str text = scan->text;
    size_t at = scan->at, bytes = 0;
    if (name.n == 0)
        return 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == ' ') {
            size_t after = over_space(text, at);
            if (after == at)
                return 0;
            at = after;
        } else if (at < text.n && text.p[at] == name.p[i]) {
            at++;
        } else {
            return 0;
        }
    }
    struct str rest = name;
    int32_t last = 0;
    for (int32_t c; (c = text_next(&rest)) >= 0;)
        last = c;
    bool cuts_a_word = at < text.n && is_name_part(last) && is_name_part(peek(text, at, &bytes));
    return cuts_a_word ? 0 : at - scan->at;
}

size_t feel_scan_unknown_name(const struct feel_scan *scan)
{
    size_t end = over_word(scan->text, scan->at);
    if (end == scan->at)
        return 0;
    for (;;) {
        struct feel_scan next = {scan->text, over_space(scan->text, end)};
        struct str word = feel_scan_word(&next);
        if (next.at == end || word.n == 0 || feel_scan_is_keyword(word))
            return end - scan->at;
        end = next.at + word.n;
    }
}

size_t feel_scan_key(const struct feel_scan *scan)
{
    size_t at = scan->at, bytes, end = at;
    while (at < scan->text.n) {
        int32_t c = peek(scan->text, at, &bytes);
        if (c == ':')
            return end - scan->at;
        if (!is_name_part(c) && !is_name_symbol(c) && !is_space(c))
            return 0;
        if (at == scan->at && !is_name_start(c))
            return 0;
        at += bytes;
        if (!is_space(c))
            end = at;
    }
    return 0;
}

static size_t over_digits(struct str text, size_t at)
{
    while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9')
        at++;
    return at;
}

size_t feel_scan_number(const struct feel_scan *scan)
{
    struct str text = scan->text;
    size_t whole = over_digits(text, scan->at), end = whole;
    if (whole < text.n && text.p[whole] == '.') {
        size_t fraction = over_digits(text, whole + 1);
        if (fraction > whole + 1)
            end = fraction;
    }
    if (end == scan->at)
        return 0;
    if (end < text.n && (text.p[end] == 'e' || text.p[end] == 'E')) {
        size_t digits = end + 1;
        if (digits < text.n && (text.p[digits] == '+' || text.p[digits] == '-'))
            digits++;
        size_t exponent = over_digits(text, digits);
        if (exponent > digits)
            end = exponent;
    }
    return end - scan->at;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* `n` hexadecimal digits; -1 when there are not so many. */
static int32_t read_hex(struct str s, size_t n)
{
    if (s.n < n)
        return -1;
    int32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = hex_digit(s.p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX (two of them for a surrogate pair) or \UXXXXXX at the start of `s`; 0 bytes when it is neither. */
static size_t read_code_escape(struct str s, int32_t *ret_code)
{
    if (s.n < 2 || (s.p[1] != 'u' && s.p[1] != 'U'))
        return 0;
    size_t digits = s.p[1] == 'u' ? 4 : 6;
    int32_t code = read_hex(str_skip(s, 2), digits);
    size_t bytes = 2 + digits;
    if (code >= 0xD800 && code <= 0xDBFF && str_starts(str_skip(s, bytes), STR("\\u"))) {
        int32_t low = read_hex(str_skip(s, bytes + 2), 4);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            bytes += 6;
        }
    }
    if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *ret_code = code;
    return bytes;
}

/* What is no escape of FEEL ("\d" of a regular expression) stays as it is written. */
static size_t decode_escape(struct str s, char **out)
{
    static const char from[] = "'\"\\nrt", to[] = "'\"\\\n\r\t";
    int32_t code;
    size_t bytes = read_code_escape(s, &code);
    if (bytes > 0) {
        *out += text_encode(code, *out);
        return bytes;
    }
    const char *known = s.n > 1 && s.p[1] != '\0' ? strchr(from, s.p[1]) : NULL;
    if (known == NULL) {
        *(*out)++ = '\\';
        return 1;
    }
    *(*out)++ = to[known - from];
    return 2;
}

bool feel_scan_string(struct feel_scan *scan, struct arena *arena, struct str *ret_decoded)
{
    struct str rest = str_skip(rest_of(scan), 1);
    size_t n = 0;
    bool escapes = false;
    while (n < rest.n && rest.p[n] != '"') {
        escapes = escapes || rest.p[n] == '\\';
        n += rest.p[n] == '\\' ? 2 : 1;
    }
    *ret_decoded = STR("");
    if (n >= rest.n)
        return false;
    scan->at += n + 2;
    struct str raw = str_first(rest, n);
    if (!escapes) {
        *ret_decoded = raw;
        return true;
    }
    char *decoded = arena_alloc(arena, n + 4), *out = decoded;
    *ret_decoded = (struct str){NULL, 0};
    if (decoded == NULL)
        return false;
    while (raw.n > 0) {
        size_t bytes = 1;
        if (raw.p[0] == '\\')
            bytes = decode_escape(raw, &out);
        else
            *out++ = raw.p[0];
        raw = str_skip(raw, bytes);
    }
    *ret_decoded = (struct str){decoded, (size_t)(out - decoded)};
    return true;
}

struct str feel_scan_normal_name(struct arena *arena, struct str raw)
{
    char *copy = arena_alloc(arena, raw.n + 1);
    if (copy == NULL)
        return (struct str){NULL, 0};
    size_t n = 0, bytes;
    for (size_t at = 0; at < raw.n;) {
        size_t after = over_space(raw, at);
        if (after > at) {
            copy[n++] = ' ';
            at = after;
            continue;
        }
        (void)peek(raw, at, &bytes);
        memcpy(copy + n, raw.p + at, bytes);
        n += bytes;
        at += bytes;
    }
    return (struct str){copy, n};
}

bool feel_scan_is_keyword(struct str word)
{
    static const struct str keywords[] = {
        STR_INIT("and"),  STR_INIT("between"),  STR_INIT("else"),   STR_INIT("every"),     STR_INIT("false"),
        STR_INIT("for"),  STR_INIT("function"), STR_INIT("if"),     STR_INIT("in"),        STR_INIT("instance"),
        STR_INIT("null"), STR_INIT("or"),       STR_INIT("return"), STR_INIT("satisfies"), STR_INIT("some"),
        STR_INIT("then"), STR_INIT("true"),
    };
    return strs_contain((struct strs){keywords, COUNT_OF(keywords)}, word);
}

bool feel_scan_is_name(struct str name)
{
    size_t bytes, at = 0;
    int32_t before = -1;
    if (feel_scan_is_keyword(name) || !text_is_utf8(name))
        return false;
    while (at < name.n) {
        int32_t c = peek(name, at, &bytes);
        bool fits = at == 0 ? is_name_start(c) : is_name_part(c) || is_name_symbol(c) || (c == ' ' && before != ' ');
        if (!fits)
            return false;
        before = c;
        at += bytes;
    }
    return name.n > 0 && before != ' ';
}
