/* bot/base/json_write.c — JSON text into a buffer. */
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { REPLACEMENT = 0xFFFD };

static bool is_plain_ascii(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7F && c != '"' && c != '\\';
}

/* How many bytes at the start of `s` can go out as they are: whole code points. */
static size_t plain_bytes(struct str s)
{
    struct str rest = s;
    while (rest.n > 0) {
        if (is_plain_ascii(rest.p[0])) {
            rest = str_skip(rest, 1);
            continue;
        }
        struct str after = rest;
        if ((unsigned char)rest.p[0] < 0x80 || text_next(&after) == REPLACEMENT) /* malformed, perhaps */
            break;
        rest = after;
    }
    return s.n - rest.n;
}

static void add_point(struct buf *out, int32_t c)
{
    static const char *const short_forms[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };
    char bytes[4];
    if ((size_t)c < COUNT_OF(short_forms) && short_forms[c] != NULL)
        buf_add(out, str_of(short_forms[c]));
    else if (c < 0x20)
        buf_addf(out, "\\u%04x", (unsigned)c);
    else
        buf_add(out, (struct str){bytes, text_encode(c, bytes)});
}

void json_add_str(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    while (s.n > 0) {
        size_t plain = plain_bytes(s);
        buf_add(out, str_first(s, plain));
        s = str_skip(s, plain);
        if (s.n > 0)
            add_point(out, text_next(&s));
    }
    buf_add_char(out, '"');
}

void json_add_comma(struct buf *out)
{
    struct str so_far = buf_str(out);
    if (so_far.n > 0 && so_far.p[so_far.n - 1] != '{' && so_far.p[so_far.n - 1] != '[')
        buf_add_char(out, ',');
}

static void add_key(struct buf *out, struct str key)
{
    json_add_comma(out);
    json_add_str(out, key);
    buf_add_char(out, ':');
}

void json_add_key(struct buf *out, const char *key)
{
    add_key(out, str_of(key));
}

static void add_children(struct buf *out, const struct json_value *parent)
{
    for (const struct json_value *v = parent->child; v != NULL; v = v->next) {
        if (parent->kind == JSON_OBJECT_)
            add_key(out, v->key);
        else
            json_add_comma(out);
        json_add_value(out, v);
    }
}

void json_add_value(struct buf *out, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_NULL_:
        buf_add(out, STR("null"));
        break;
    case JSON_BOOL_:
        buf_add(out, value->boolean ? STR("true") : STR("false"));
        break;
    case JSON_NUMBER_:
        buf_add(out, value->text);
        break;
    case JSON_STRING_:
        json_add_str(out, value->text);
        break;
    case JSON_ARRAY_:
        buf_add_char(out, '[');
        add_children(out, value);
        buf_add_char(out, ']');
        break;
    case JSON_OBJECT_:
        buf_add_char(out, '{');
        add_children(out, value);
        buf_add_char(out, '}');
        break;
    }
}

void json_add_member(struct buf *out, const char *key, struct str value)
{
    json_add_key(out, key);
    json_add_str(out, value);
}

void json_add_member_i64(struct buf *out, const char *key, int64_t value)
{
    json_add_key(out, key);
    buf_addf(out, "%lld", (long long)value);
}

void json_add_member_bool(struct buf *out, const char *key, bool value)
{
    json_add_key(out, key);
    buf_add(out, value ? STR("true") : STR("false"));
}

void json_add_member_raw(struct buf *out, const char *key, struct str json)
{
    json_add_key(out, key);
    buf_add(out, json);
}
