#include "bot/net/http_head.h"

#include <string.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

enum { MAX_LENGTH_DIGITS = 18 };

/* ── characters ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 9110 §5.6.2 */
static bool is_token_character(char c)
{
    switch (c) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '-':
    case '.':
    case '^':
    case '_':
    case '`':
    case '|':
    case '~':
        return true;
    default:
        return is_alphanumeric(c);
    }
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_character(s.p[i]))
            return false;
    return s.n > 0;
}

/* RFC 9110 §5.5: no control characters but tabs. */
static bool is_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 127)
            return false;
    return true;
}

/* No blanks, no control characters; what is beyond ASCII passes, as with most servers. */
static bool is_target(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127)
            return false;
    return true;
}

static struct str trim_blanks(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_skip(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* RFC 3986 §3.2.2 and a port; may be empty (RFC 9112 §3.2). */
static bool is_host(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_alphanumeric(s.p[i]) && (s.p[i] == '\0' || strchr("-._~!$&'()*+,;=:[]%", s.p[i]) == NULL))
            return false;
    return true;
}

/* ── the request line ──────────────────────────────────────────────────────────────────────────────────────────── */

static void read_method(struct str name, struct http_head *head)
{
    static const struct {
        struct str name;
        unsigned method;
    } methods[] = {{STR_INIT("GET"), HTTP_GET}, {STR_INIT("HEAD"), HTTP_GET},    {STR_INIT("POST"), HTTP_POST},
                   {STR_INIT("PUT"), HTTP_PUT}, {STR_INIT("PATCH"), HTTP_PATCH}, {STR_INIT("DELETE"), HTTP_DELETE}};
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (str_eq(methods[i].name, name))
            head->method = methods[i].method;
    head->is_head = str_eq(name, STR("HEAD"));
}

/* Percent-decodes into `out`; false: a broken escape, or a NUL. */
static bool decode(struct str s, char *out, size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == '\0')
            return false;
        out[n++] = c;
    }
    *ret_n = n;
    return true;
}

/* RFC 3986 §5.2.4, and several slashes are one; in place. */
static size_t normalise(char *path, size_t n)
{
    struct str rest = {path, n}, segment;
    size_t out = 0;
    bool ends_with_slash = true;
    str_split(&rest, '/', &segment); /* what stands before the first slash: nothing */
    while (str_split(&rest, '/', &segment)) {
        bool dot = str_eq(segment, STR(".")), dots = str_eq(segment, STR(".."));
        ends_with_slash = segment.n == 0 || dot || dots;
        if (dots)
            while (out > 0 && path[--out] != '/')
                ;
        if (ends_with_slash)
            continue;
        path[out++] = '/';
        memmove(path + out, segment.p, segment.n);
        out += segment.n;
    }
    if (ends_with_slash)
        path[out++] = '/';
    return out;
}

/* Cuts "http://host" off; false: it is neither that nor a path. */
static bool cut_authority(struct str *target)
{
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        struct str authority = str_skip(*target, schemes[i].n);
        size_t n = 0;
        if (!str_eq_nocase(str_first(*target, schemes[i].n), schemes[i]))
            continue;
        while (n < authority.n && authority.p[n] != '/' && authority.p[n] != '?')
            n++;
        *target = str_skip(authority, n);
        return n > 0;
    }
    return target->n > 0 && target->p[0] == '/';
}

/* "/path?query", or the same after "http://host". */
static enum http_parsed read_target(struct str target, struct arena *arena, struct http_head *head)
{
    if (!cut_authority(&target) || str_find_char(target, '#') != SIZE_MAX)
        return HTTP_MALFORMED;
    size_t question = str_find_char(target, '?');
    head->query = question == SIZE_MAX ? STR("") : str_skip(target, question + 1);
    struct str path = target.n == 0 || question == 0 ? STR("/") : str_first(target, question);
    /* The most usual paths need no copy. */
    if (str_find_char(path, '%') == SIZE_MAX && str_find(path, STR("//")) == SIZE_MAX &&
        str_find(path, STR("/.")) == SIZE_MAX) {
        head->path = path;
        return HTTP_PARSED;
    }
    char *decoded = arena_alloc(arena, path.n + 1);
    size_t n = 0;
    if (decoded == NULL)
        return HTTP_NO_MEMORY;
    if (!decode(path, decoded, &n))
        return HTTP_MALFORMED;
    head->path = (struct str){decoded, normalise(decoded, n)};
    return HTTP_PARSED;
}

static bool read_version(struct str version, bool *ret_is_1_1)
{
    bool known = version.n == 8 && str_starts(version, STR("HTTP/1.")) && version.p[7] >= '0' && version.p[7] <= '9';
    *ret_is_1_1 = known && version.p[7] != '0';
    return known;
}

static enum http_parsed read_request_line(struct str line, struct arena *arena, struct http_head *head)
{
    struct str rest = line, method, target;
    if (!str_split(&rest, ' ', &method) || !str_split(&rest, ' ', &target) || rest.p == NULL || !is_token(method) ||
        !is_target(target) || !read_version(rest, &head->is_1_1))
        return HTTP_MALFORMED;
    read_method(method, head);
    return read_target(target, arena, head);
}

/* ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool http_head_lists(struct str list, struct str word)
{
    struct str rest = list, item;
    while (str_split(&rest, ',', &item))
        if (str_eq_nocase(trim_blanks(item), word))
            return true;
    return false;
}

static size_t times(const struct http_head *head, struct str name, struct str *ret_first)
{
    size_t n = 0;
    for (size_t i = 0; i < head->n_fields; i++)
        if (str_eq_nocase(head->fields[i].name, name) && n++ == 0)
            *ret_first = head->fields[i].value;
    return n;
}

struct str http_head_field(const struct http_head *head, struct str name)
{
    struct str value = {NULL, 0};
    return times(head, name, &value) == 1 ? value : (struct str){NULL, 0};
}

static bool read_field(struct str line, struct http_head *head)
{
    size_t colon = str_find_char(line, ':');
    struct str name = str_first(line, colon);
    struct str value = colon == SIZE_MAX ? STR("") : trim_blanks(str_skip(line, colon + 1));
    if (colon == SIZE_MAX || !is_token(name) || !is_value(value))
        return false;
    head->fields[head->n_fields++] = (struct http_field){name, value};
    return true;
}

static void read_length(struct http_head *head)
{
    struct str text = {NULL, 0}, none = {NULL, 0};
    size_t n = times(head, STR("content-length"), &text);
    head->chunked = times(head, STR("transfer-encoding"), &none) > 0;
    head->has_length = n > 0;
    if (n == 0)
        return;
    head->bad_length =
        n > 1 || text.n == 0 || text.n > MAX_LENGTH_DIGITS || text.p[0] == '-' || !str_to_i64(text, &head->length);
    if (head->bad_length)
        head->length = 0;
}

static void read_keep(struct http_head *head)
{
    bool close = false, keep = false;
    for (size_t i = 0; i < head->n_fields; i++)
        if (str_eq_nocase(head->fields[i].name, STR("connection"))) {
            close = close || http_head_lists(head->fields[i].value, STR("close"));
            keep = keep || http_head_lists(head->fields[i].value, STR("keep-alive"));
        }
    head->keep = close ? HTTP_CLOSE : head->is_1_1 ? HTTP_KEEP : keep ? HTTP_KEEP_AND_SAY : HTTP_CLOSE;
}

/* ── the head ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where the first CRLF begins, or SIZE_MAX. */
static size_t line_end(struct str bytes)
{
    for (size_t from = 0, feed; (feed = str_find_char(str_skip(bytes, from), '\n')) != SIZE_MAX; from += feed + 1)
        if (from + feed > 0 && bytes.p[from + feed - 1] == '\r')
            return from + feed - 1;
    return SIZE_MAX;
}

static enum http_parsed read_lines(struct str head_bytes, struct arena *arena, struct http_head *head)
{
    size_t end = line_end(head_bytes);
    enum http_parsed parsed = read_request_line(str_first(head_bytes, end), arena, head);
    struct str rest = str_skip(head_bytes, end + 2), host = {NULL, 0};
    while (parsed == HTTP_PARSED && (end = line_end(rest)) != 0) {
        if (head->n_fields == HTTP_MAX_FIELDS)
            return HTTP_TOO_LONG;
        if (!read_field(str_first(rest, end), head))
            return HTTP_MALFORMED;
        rest = str_skip(rest, end + 2);
    }
    if (parsed != HTTP_PARSED)
        return parsed;
    read_length(head);
    read_keep(head);
    head->expects_continue = head->is_1_1 && str_eq_nocase(http_head_field(head, STR("expect")), STR("100-continue"));
    size_t n_hosts = times(head, STR("host"), &host); /* RFC 9112 §3.2 */
    return n_hosts > 1 || (n_hosts == 0 && head->is_1_1) || !is_host(host) ? HTTP_MALFORMED : HTTP_PARSED;
}

/* Could these bytes still become a request line?  Finds other protocols and line feeds alone early. */
static bool may_begin(struct str bytes)
{
    size_t n = bytes.n < 8 ? bytes.n : 8;
    for (size_t i = 0; i < n && bytes.p[i] != ' '; i++)
        if (!is_token((struct str){bytes.p + i, 1}))
            return false;
    size_t feed = str_find_char(bytes, '\n');
    return feed == SIZE_MAX || (feed > 0 && bytes.p[feed - 1] == '\r');
}

enum http_parsed http_head_parse(struct str bytes, size_t max_bytes, struct http_search *search, struct arena *arena,
                                 struct http_head *ret_head, size_t *ret_bytes)
{
    struct str whole = bytes;
    while (str_starts(whole, STR("\r\n"))) /* RFC 9112 §2.2 */
        whole = str_skip(whole, 2);
    size_t skipped = bytes.n - whole.n;
    size_t from = search->from > skipped + 3 ? search->from - skipped - 3 : 0;
    size_t end = str_find(str_skip(whole, from), STR("\r\n\r\n"));
    if (end == SIZE_MAX) {
        search->from = bytes.n;
        if (bytes.n > max_bytes)
            return HTTP_TOO_LONG;
        return str_eq(whole, STR("\r")) || may_begin(whole) ? HTTP_INCOMPLETE : HTTP_MALFORMED;
    }
    end += from + 4;
    if (skipped + end > max_bytes)
        return HTTP_TOO_LONG;
    ret_head->n_fields = 0;
    struct http_head *head = ret_head;
    head->method = 0;
    head->is_1_1 = head->is_head = head->has_length = head->bad_length = head->chunked = head->expects_continue = false;
    head->length = 0;
    head->keep = HTTP_CLOSE;
    head->path = head->query = STR("");
    enum http_parsed parsed = read_lines(str_first(whole, end), arena, head);
    *ret_bytes = skipped + end;
    return parsed;
}
