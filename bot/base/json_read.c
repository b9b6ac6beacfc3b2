/* bot/base/json_read.c — the reader of exact values: RFC 8259 to the letter, numbers kept as written. */
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

struct source {
    struct arena *arena;
    struct error *error;
    struct str text;
    size_t at; /* of the next byte */
};

static MUST_USE enum err read_value(struct source *src, int depth, struct json_value *value);

static MUST_USE enum err wrong(struct source *src, size_t at, const char *what)
{
    return fail(src->error, ERR_INVALID, "byte %zu: %s", at + 1, what);
}

static MUST_USE enum err out_of_memory(struct source *src)
{
    return fail(src->error, ERR_NO_MEMORY, "byte %zu: too large to be read here", src->at + 1);
}

/* The next byte, -1 at the end. */
static int peek(const struct source *src)
{
    return src->at < src->text.n ? (unsigned char)src->text.p[src->at] : -1;
}

static bool accept(struct source *src, char c)
{
    if (peek(src) != (unsigned char)c)
        return false;
    src->at++;
    return true;
}

static void skip_space(struct source *src)
{
    for (int c = peek(src); c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r'); c = peek(src))
        src->at++;
}

/* ── strings ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Four hexadecimal digits at src->at, or -1. */
static int32_t read_hex4(struct source *src)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(src);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
        src->at++;
    }
    return value;
}

/* What follows "\u"; a high surrogate takes its low one along. */
static MUST_USE enum err read_unicode_escape(struct source *src, int32_t *ret_c)
{
    size_t start = src->at;
    int32_t c = read_hex4(src);
    if (c < 0)
        return wrong(src, start, "\\u needs four hexadecimal digits");
    if (c == 0)
        return wrong(src, start, "\\u0000 is not allowed");
    if (c >= 0xD800 && c <= 0xDBFF) {
        int32_t low = accept(src, '\\') && accept(src, 'u') ? read_hex4(src) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return wrong(src, start, "a surrogate without its partner");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    } else if (c >= 0xDC00 && c <= 0xDFFF) {
        return wrong(src, start, "a surrogate without its partner");
    }
    *ret_c = c;
    return OK;
}

/* What follows a backslash. */
static MUST_USE enum err read_escape(struct source *src, int32_t *ret_c)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (accept(src, 'u'))
        return read_unicode_escape(src, ret_c);
    int c = peek(src);
    const char *letter = c <= 0 ? NULL : strchr(letters, c);
    if (letter == NULL)
        return wrong(src, src->at, "an unknown escape");
    src->at++;
    *ret_c = (unsigned char)meanings[letter - letters];
    return OK;
}

/* Neither a quote nor a backslash nor a control character? */
static bool is_plain(char c)
{
    return c != '"' && c != '\\' && (unsigned char)c >= 0x20;
}

/* How many bytes at the beginning are plain.  Eight at a time by the usual tests for a zero and for a small byte in a
 * word (Hacker's Delight, 2nd ed., 6-1): the lowest mark is never a false one. */
static size_t plain_bytes(struct str s)
{
    size_t n = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* where the lowest byte of a word is the first one */
    static const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    for (; s.n - n >= 8; n += 8) {
        uint64_t w;
        memcpy(&w, s.p + n, sizeof w);
        uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
        uint64_t marks = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w);
        if ((marks & tops) != 0)
            return n + (size_t)__builtin_ctzll(marks & tops) / 8;
    }
#endif
    while (n < s.n && is_plain(s.p[n]))
        n++;
    return n;
}

/* Finds the closing quote of the string whose first byte is at src->at; src->at stays. */
static MUST_USE enum err find_string_end(struct source *src, size_t *ret_end, bool *ret_escapes)
{
    bool escapes = false;
    for (size_t i = src->at; (i += plain_bytes(str_skip(src->text, i))) < src->text.n;) {
        if (src->text.p[i] == '"') {
            *ret_end = i;
            *ret_escapes = escapes;
            return OK;
        }
        if (src->text.p[i] != '\\')
            return wrong(src, i, "a control character inside a string; write it as an escape");
        escapes = true;
        i += 2; /* what it escapes may be a quote; whether it may be escaped is seen later */
    }
    return wrong(src, src->at - 1, "a string without its closing quote");
}

/* After the opening quote. */
static MUST_USE enum err read_string(struct source *src, struct str *ret)
{
    size_t end = 0;
    bool escapes = false;
    enum err rc = find_string_end(src, &end, &escapes);
    if (rc != OK)
        return rc;
    struct str raw = str_first(str_skip(src->text, src->at), end - src->at);
    if (!escapes) {
        src->at = end + 1;
        *ret = raw;
        return OK;
    }
    char *p = arena_alloc(src->arena, raw.n); /* an escape is never shorter than what it means */
    if (p == NULL)
        return out_of_memory(src);
    size_t n = 0;
    while (src->at < end) {
        int32_t c = 0;
        if (!accept(src, '\\')) {
            p[n++] = src->text.p[src->at++];
            continue;
        }
        if ((rc = read_escape(src, &c)) != OK)
            return rc;
        n += text_encode(c, p + n);
    }
    src->at = end + 1;
    *ret = (struct str){p, n};
    return OK;
}

/* ── numbers and words ─────────────────────────────────────────────────────────────────────────────────────────── */

static size_t skip_digits(struct source *src)
{
    size_t from = src->at;
    while (peek(src) >= '0' && peek(src) <= '9')
        src->at++;
    return src->at - from;
}

static MUST_USE enum err read_number(struct source *src, struct json_value *value)
{
    size_t from = src->at;
    (void)accept(src, '-');
    size_t first = src->at, digits = skip_digits(src);
    if (digits == 0)
        return wrong(src, from, "a value is expected here");
    if (digits > 1 && src->text.p[first] == '0')
        return wrong(src, first, "a number must not begin with 0");
    if (accept(src, '.') && skip_digits(src) == 0)
        return wrong(src, src->at, "digits are expected after the point");
    if (accept(src, 'e') || accept(src, 'E')) {
        if (!accept(src, '+'))
            (void)accept(src, '-');
        if (skip_digits(src) == 0)
            return wrong(src, src->at, "digits are expected in the exponent");
    }
    value->kind = JSON_NUMBER_;
    value->text = str_first(str_skip(src->text, from), src->at - from);
    return OK;
}

static MUST_USE enum err read_word(struct source *src, struct json_value *value)
{
    static const struct {
        struct str word;
        enum json_kind kind;
        bool boolean;
    } words[] = {
        {STR_INIT("null"), JSON_NULL_, false},
        {STR_INIT("true"), JSON_BOOL_, true},
        {STR_INIT("false"), JSON_BOOL_, false},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (str_starts(str_skip(src->text, src->at), words[i].word)) {
            src->at += words[i].word.n;
            value->kind = words[i].kind;
            value->boolean = words[i].boolean;
            return OK;
        }
    }
    return wrong(src, src->at, "a value is expected here");
}

/* ── arrays and objects ────────────────────────────────────────────────────────────────────────────────────────── */

enum { FEW_MEMBERS = 24, MAX_NUMBER_BYTES = 400 };

static int compare_keys(const void *a, const void *b)
{
    const struct json_value *x = *(const struct json_value *const *)a, *y = *(const struct json_value *const *)b;
    return str_cmp(x->key, y->key);
}

static enum err is_twice(struct source *src, const struct json_value *member)
{
    return fail(src->error, ERR_INVALID, "byte %zu: the key \"%.*s\" is there twice in this object", src->at,
                STR_ARG(text_first(member->key, 40)));
}

/* Sorting keeps this n log n whatever the keys are; hashing would not. */
static MUST_USE enum err refuse_duplicates_of_many(struct source *src, const struct json_value *object)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SIZE_MAX);
    const struct json_value **members = arena_alloc_array(&scratch, object->n, sizeof(struct json_value *));
    if (members == NULL)
        return out_of_memory(src);
    size_t n = 0;
    for (const struct json_value *v = object->child; v != NULL; v = v->next)
        members[n++] = v;
    qsort(members, n, sizeof(struct json_value *), compare_keys);
    for (size_t i = 1; i < n; i++)
        if (str_eq(members[i - 1]->key, members[i]->key))
            return is_twice(src, members[i]);
    return OK;
}

/* The usual object has a dozen members of different lengths: comparing all pairs costs nearly nothing. */
static MUST_USE enum err refuse_duplicates(struct source *src, const struct json_value *object)
{
    if (object->n > FEW_MEMBERS)
        return refuse_duplicates_of_many(src, object);
    for (const struct json_value *v = object->child; v != NULL; v = v->next)
        for (const struct json_value *w = v->next; w != NULL; w = w->next)
            if (v->key.n == w->key.n && str_eq(v->key, w->key))
                return is_twice(src, w);
    return OK;
}

static MUST_USE enum err read_key(struct source *src, struct json_value *member)
{
    skip_space(src);
    if (!accept(src, '"'))
        return wrong(src, src->at, "a key in double quotes is expected here");
    enum err rc = read_string(src, &member->key);
    if (rc != OK)
        return rc;
    skip_space(src);
    return accept(src, ':') ? OK : wrong(src, src->at, "':' is expected after a key");
}

/* After the opening bracket of `parent`, up to and with `close`. */
static MUST_USE enum err read_children(struct source *src, int depth, char close, struct json_value *parent)
{
    skip_space(src);
    if (accept(src, close))
        return OK;
    for (struct json_value **tail = &parent->child;; tail = &(*tail)->next) {
        *tail = arena_alloc(src->arena, sizeof **tail);
        if (*tail == NULL)
            return out_of_memory(src);
        parent->n++;
        enum err rc = parent->kind == JSON_OBJECT_ ? read_key(src, *tail) : OK;
        if (rc == OK)
            rc = read_value(src, depth, *tail);
        if (rc != OK)
            return rc;
        skip_space(src);
        if (accept(src, close))
            return OK;
        if (!accept(src, ','))
            return wrong(src, src->at, close == '}' ? "',' or '}' is expected here" : "',' or ']' is expected here");
    }
}

static enum err read_value(struct source *src, int depth, struct json_value *value)
{
    skip_space(src);
    int c = peek(src);
    if (c == '"') {
        src->at++;
        value->kind = JSON_STRING_;
        return read_string(src, &value->text);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(src, value);
    if (c != '{' && c != '[')
        return read_word(src, value);
    if (depth == JSON_MAX_DEPTH)
        return wrong(src, src->at, "nested too deeply");
    src->at++;
    value->kind = c == '{' ? JSON_OBJECT_ : JSON_ARRAY_;
    enum err rc = read_children(src, depth + 1, c == '{' ? '}' : ']', value);
    return rc == OK && c == '{' ? refuse_duplicates(src, value) : rc;
}

/* Where the first byte is that is no UTF-8. */
static size_t utf8_fault(struct str s)
{
    struct str rest = s;
    for (;;) {
        struct str here = rest;
        (void)text_next(&rest);
        size_t at = s.n - here.n;
        if (!text_is_utf8(str_first(here, here.n - rest.n)))
            return at;
    }
}

enum err json_read(struct arena *arena, struct str text, struct json_value **ret_root, struct error *error)
{
    struct source src = {.arena = arena, .error = error, .text = text};
    if (!text_is_utf8(text))
        return wrong(&src, utf8_fault(text), "this is no UTF-8");
    struct json_value *root = arena_alloc(arena, sizeof *root);
    if (root == NULL)
        return out_of_memory(&src);
    enum err rc = read_value(&src, 0, root);
    if (rc != OK)
        return rc;
    skip_space(&src);
    if (src.at < text.n)
        return wrong(&src, src.at, "nothing more is expected here");
    *ret_root = root;
    return OK;
}

/* ── looking things up ─────────────────────────────────────────────────────────────────────────────────────────── */

const struct json_value *json_get(const struct json_value *object, struct str key)
{
    if (object == NULL || object->kind != JSON_OBJECT_)
        return NULL;
    const struct json_value *v = object->child;
    while (v != NULL && !str_eq(v->key, key))
        v = v->next;
    return v;
}

struct str json_get_str(const struct json_value *object, struct str key, struct str otherwise)
{
    const struct json_value *v = json_get(object, key);
    return v != NULL && v->kind == JSON_STRING_ ? v->text : otherwise;
}

int64_t json_get_i64(const struct json_value *object, struct str key, int64_t otherwise)
{
    const struct json_value *v = json_get(object, key);
    int64_t number;
    return v != NULL && v->kind == JSON_NUMBER_ && str_to_i64(v->text, &number) ? number : otherwise;
}

bool json_get_bool(const struct json_value *object, struct str key, bool otherwise)
{
    const struct json_value *v = json_get(object, key);
    return v != NULL && v->kind == JSON_BOOL_ ? v->boolean : otherwise;
}

double json_to_double(const struct json_value *value)
{
    char digits[MAX_NUMBER_BYTES] = "0";
    if (value != NULL && value->kind == JSON_NUMBER_ && value->text.n < sizeof digits) {
        memcpy(digits, value->text.p, value->text.n);
        digits[value->text.n] = '\0';
    }
    return strtod(digits, NULL);
}
