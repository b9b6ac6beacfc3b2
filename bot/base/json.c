/* bot/base/json.c — jansson behind paths and types. */
#include "bot/base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

/* ── parsing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Past the string whose opening quote is at `at`. */
static size_t string_end(struct str text, size_t at)
{
    for (at++; at < text.n && text.p[at] != '"'; at++)
        if (text.p[at] == '\\')
            at++;
    return at + 1;
}

/* Refuses deep nesting before anything is allocated for it, and NUL, which jansson overlooks behind a number.  Faults
 * of other kinds are jansson's to find. */
static MUST_USE enum err check_bytes(struct str text, struct error *error)
{
    size_t nul = str_find_char(text, '\0');
    if (nul != SIZE_MAX)
        return fail(error, ERR_INVALID, "byte %zu: NUL is not allowed", nul + 1);
    int depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"')
            i = string_end(text, i) - 1;
        else if ((c == '{' || c == '[') && ++depth > JSON_MAX_DEPTH)
            return fail(error, ERR_INVALID, "byte %zu: nested deeper than %d", i + 1, JSON_MAX_DEPTH);
        else if (c == '}' || c == ']')
            depth--;
    }
    return OK;
}

static size_t digits_at(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

/* How many bytes at the start of `s` are a number as RFC 8259 has it; 0: none. */
static size_t number_bytes(struct str s, bool *ret_whole)
{
    size_t sign = str_starts(s, STR("-")), n = digits_at(str_skip(s, sign)), more;
    if (n == 0)
        return 0;
    n = s.p[sign] == '0' ? sign + 1 : sign + n;
    *ret_whole = true;
    if (n < s.n && s.p[n] == '.' && (more = digits_at(str_skip(s, n + 1))) > 0) {
        n += 1 + more;
        *ret_whole = false;
    }
    if (n < s.n && (s.p[n] == 'e' || s.p[n] == 'E')) {
        sign = n + 1 < s.n && (s.p[n + 1] == '+' || s.p[n + 1] == '-');
        more = digits_at(str_skip(s, n + 1 + sign));
        n += more == 0 ? 0 : 1 + sign + more;
        *ret_whole = *ret_whole && more == 0;
    }
    return n;
}

/* A number that jansson refuses for its size, written so that it becomes the nearest double; others as they are. */
static void add_tamed_number(struct buf *out, struct str number, bool is_whole)
{
    int64_t whole;
    double value = strtod(number.p, NULL);
    if (isinf(value))
        buf_add(out, value < 0 ? STR("-1.7976931348623157e308") : STR("1.7976931348623157e308"));
    else
        buf_add(out, number);
    if (!isinf(value) && is_whole && !str_to_i64(number, &whole))
        buf_add(out, STR(".0"));
}

/* `text` is NUL-terminated, as strtod wants it. */
static void add_tamed(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        struct str rest = str_skip(text, i);
        bool is_whole;
        size_t n = number_bytes(rest, &is_whole);
        if (n > 0) {
            add_tamed_number(out, str_first(rest, n), is_whole);
        } else {
            n = text.p[i] == '"' ? string_end(text, i) - i : 1;
            buf_add(out, str_first(rest, n));
        }
        i += n;
    }
}

enum { DECODE_FLAGS = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY };

/* jansson refuses numbers beyond its types; a body that holds one is still valid JSON. */
static json_t *parse_tamed(struct str body, json_error_t *where)
{
    CLEANUP(buf_release) struct buf text, tamed;
    buf_init(&text, NULL, body.n);
    buf_add(&text, body);
    buf_init(&tamed, NULL, body.n * 8 + 32);
    add_tamed(&tamed, buf_str(&text));
    if (buf_failed(&text) || buf_failed(&tamed))
        return NULL;
    return json_loadb(buf_str(&tamed).p, buf_str(&tamed).n, DECODE_FLAGS, where);
}

enum err json_parse_body(struct str body, json_t **ret_root, struct error *error)
{
    enum err rc = check_bytes(body, error);
    if (rc != OK)
        return rc;
    json_error_t where = {.position = 0};
    json_t *root = json_loadb(body.p == NULL ? "" : body.p, body.n, DECODE_FLAGS, &where);
    if (root == NULL && json_error_code(&where) == json_error_numeric_overflow)
        root = parse_tamed(body, &where);
    if (root == NULL && json_error_code(&where) == json_error_out_of_memory)
        return fail(error, ERR_NO_MEMORY, "the body does not fit into memory");
    if (root == NULL)
        return fail(error, ERR_INVALID, "byte %d: %s", where.position, where.text);
    *ret_root = root;
    return OK;
}

void json_releasep(json_t **v)
{
    json_decref(*v);
}

/* ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const json_t *step(const json_t *node, struct str key)
{
    int64_t index;
    if (json_is_array(node))
        return str_to_i64(key, &index) && index >= 0 ? json_array_get(node, (size_t)index) : NULL;
    return json_object_getn(node, key.p, key.n); /* NULL for what is no object */
}

const json_t *json_at(const json_t *root, const char *path)
{
    struct str rest = str_of(path), key;
    const json_t *node = root;
    while (node != NULL && str_split(&rest, '.', &key))
        node = step(node, key);
    return json_is_null(node) ? NULL : node;
}

static const char *type_name(const json_t *node)
{
    if (node == NULL)
        return "absent";
    switch (json_typeof(node)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        return "null";
    }
    return "unknown";
}

static void miss(struct reader *r, const char *path, const char *expected, const json_t *node)
{
    if (r->rc == OK)
        r->rc = fail(r->error, ERR_INVALID, "%s: expected %s, it is %s", path, expected, type_name(node));
}

static void miss_memory(struct reader *r)
{
    if (r->rc == OK)
        r->rc = fail(r->error, ERR_NO_MEMORY, "the body's parts do not fit into memory");
}

/* A copy in the reader's arena; a full arena sticks like any failure. */
static struct str keep(struct reader *r, struct str s)
{
    struct str copy = arena_copy(r->arena, s);
    if (copy.p == NULL)
        miss_memory(r);
    return copy;
}

static struct str string_of(const json_t *node)
{
    return (struct str){json_string_value(node), json_string_length(node)};
}

/* A string or an integer as text; false for anything else. */
static bool take_id(struct reader *r, const json_t *node, struct str *ret_id)
{
    if (json_is_string(node)) {
        *ret_id = keep(r, string_of(node));
        return true;
    }
    if (!json_is_integer(node))
        return false;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(node));
    *ret_id = keep(r, (struct str){digits, (size_t)n});
    return true;
}

struct str json_need_str(struct reader *r, const json_t *root, const char *path)
{
    const json_t *node = json_at(root, path);
    if (json_is_string(node))
        return keep(r, string_of(node));
    miss(r, path, "a string", node);
    return STR("");
}

int64_t json_need_i64(struct reader *r, const json_t *root, const char *path)
{
    const json_t *node = json_at(root, path);
    if (json_is_integer(node))
        return json_integer_value(node);
    miss(r, path, "a whole number", node);
    return 0;
}

struct str json_need_id(struct reader *r, const json_t *root, const char *path)
{
    const json_t *node = json_at(root, path);
    struct str id;
    if (take_id(r, node, &id))
        return id;
    miss(r, path, "an id", node);
    return STR("");
}

struct str json_may_str(struct reader *r, const json_t *root, const char *path, struct str otherwise)
{
    const json_t *node = json_at(root, path);
    return json_is_string(node) ? keep(r, string_of(node)) : otherwise;
}

struct str json_may_id(struct reader *r, const json_t *root, const char *path, struct str otherwise)
{
    struct str id;
    return take_id(r, json_at(root, path), &id) ? id : otherwise;
}

int64_t json_may_i64(struct reader *r, const json_t *root, const char *path, int64_t otherwise)
{
    (void)r;
    const json_t *node = json_at(root, path);
    return json_is_integer(node) ? json_integer_value(node) : otherwise;
}

bool json_may_bool(struct reader *r, const json_t *root, const char *path, bool otherwise)
{
    (void)r;
    const json_t *node = json_at(root, path);
    return json_is_boolean(node) ? json_is_true(node) : otherwise;
}

struct strs json_may_strs(struct reader *r, const json_t *root, const char *path)
{
    const json_t *list = json_at(root, path);
    size_t most = json_array_size(list), n = 0;
    struct str *items = arena_alloc_array(r->arena, most, sizeof *items);
    if (items == NULL) {
        miss_memory(r);
        return (struct strs){NULL, 0};
    }
    for (size_t i = 0; i < most; i++)
        if (take_id(r, json_array_get(list, i), &items[n]))
            n++;
    return (struct strs){items, n};
}

struct str json_text_of(struct reader *r, const json_t *node)
{
    enum { DUMP_FLAGS = JSON_COMPACT | JSON_ENCODE_ANY };
    size_t n = node == NULL ? 0 : json_dumpb(node, NULL, 0, DUMP_FLAGS);
    if (n == 0)
        return (struct str){NULL, 0};
    char *p = arena_alloc(r->arena, n + 1);
    if (p == NULL) {
        miss_memory(r);
        return (struct str){NULL, 0};
    }
    (void)json_dumpb(node, p, n, DUMP_FLAGS);
    return (struct str){p, n};
}
