#include "bot/net/http_head.h"

#include <libwebsockets.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

/* How lws keeps the headers that it does not know: see custom_times. */
_Static_assert(LWS_LIBRARY_VERSION_MAJOR == 4 && LWS_LIBRARY_VERSION_MINOR == 1,
               "another libwebsockets: use its lws_hdr_custom_name_foreach instead of custom_times");

enum {
    MAX_LENGTH_DIGITS = 18,
    MAX_SHORT_BYTES = 64,
    MAX_NAME_BYTES = 64,
    /* lib/roles/http/parsers.c of 4.1.6 */
    CUSTOM_NEXT = 4,
    CUSTOM_NAME = 8,
    PATH_OFFSET = 9,
};

/* ── the first look ────────────────────────────────────────────────────────────────────────────────────────────── */

static unsigned method_of(int lws_method, bool *ret_head)
{
    *ret_head = false;
    switch (lws_method) {
    case LWSHUMETH_HEAD:
        *ret_head = true;
        return HTTP_GET;
    case LWSHUMETH_GET:
        return HTTP_GET;
    case LWSHUMETH_POST:
        return HTTP_POST;
    case LWSHUMETH_PUT:
        return HTTP_PUT;
    case LWSHUMETH_PATCH:
        return HTTP_PATCH;
    case LWSHUMETH_DELETE:
        return HTTP_DELETE;
    default:
        return 0;
    }
}

/* A header's whole value when it is short; empty when it is absent, long or (with a comma) doubled. */
static struct str short_field(struct lws *wsi, enum lws_token_indexes token, char buffer[MAX_SHORT_BYTES])
{
    int n = lws_hdr_copy(wsi, buffer, MAX_SHORT_BYTES, token);
    return n > 0 ? str_trim((struct str){buffer, (size_t)n}) : (struct str){NULL, 0};
}

static bool names_close(struct str connection)
{
    struct str rest = connection, word;
    while (str_split(&rest, ',', &word))
        if (str_eq_nocase(str_trim(word), STR("close")))
            return true;
    return false;
}

static enum http_keep keep_of(struct lws *wsi)
{
    char version[MAX_SHORT_BYTES], words[MAX_SHORT_BYTES];
    bool is_new = str_eq(short_field(wsi, WSI_TOKEN_HTTP, version), STR("HTTP/1.1"));
    struct str connection = short_field(wsi, WSI_TOKEN_CONNECTION, words);
    if (is_new)
        return names_close(connection) ? HTTP_CLOSE : HTTP_KEEP;
    return str_eq_nocase(connection, STR("keep-alive")) ? HTTP_KEEP_AND_SAY : HTTP_CLOSE;
}

static void read_length(struct lws *wsi, struct http_start *start)
{
    char digits[MAX_SHORT_BYTES];
    start->chunked = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    start->has_length = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0;
    if (!start->has_length)
        return;
    struct str text = short_field(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, digits);
    start->bad_length =
        text.n > MAX_LENGTH_DIGITS || !str_to_i64(text, &start->length) || start->length < 0 || text.p[0] == '-';
}

bool http_head_start(struct lws *wsi, struct http_start *ret_start)
{
    char *path = NULL;
    int n = 0, method = lws_http_get_uri_and_method(wsi, &path, &n);
    if (method < 0 || path == NULL || n <= 0)
        return false;
    *ret_start = (struct http_start){.path = {path, (size_t)n}, .keep = keep_of(wsi)};
    ret_start->method = method_of(method, &ret_start->head);
    read_length(wsi, ret_start);
    return true;
}

/* ── headers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

int http_head_token(const char *name)
{
    size_t n = strlen(name);
    for (int token = 0; token < WSI_TOKEN_COUNT; token++) {
        const char *known = (const char *)lws_token_to_string((enum lws_token_indexes)token);
        if (known != NULL && strncmp(known, name, n) == 0 && strcmp(known + n, ":") == 0)
            return token;
    }
    return -1;
}

static uint32_t big_endian(const char *p, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | (unsigned char)p[i];
    return value;
}

/* How often a header that lws does not know was sent: 4.1 only ever gives the first one, so its own list is walked.
 * An entry is: length of the name (2 bytes), of the value (2), offset of the next entry (4, 0: last), name, value; offsets
 * count from the start of the table, 9 bytes before the path.  (A header whose name is the beginning of one that lws knows,
 * "X-A" of "X-Auth-Token", is taken by 4.1 for the beginning of the next one's name.)  The first entry with the name is found by looking from the
 * path on, which ends in the table because lws_hdr_custom_length has found it there. */
static int custom_times(struct lws *wsi, struct str name)
{
    char *path = NULL;
    int n = 0;
    if (lws_http_get_uri_and_method(wsi, &path, &n) < 0)
        return 1;
    const char *table = path - PATH_OFFSET, *entry = path;
    while (big_endian(entry, 2) != name.n || memcmp(entry + CUSTOM_NAME, name.p, name.n) != 0)
        entry++;
    uint32_t at = (uint32_t)(entry - table), next;
    while ((next = big_endian(table + at + CUSTOM_NEXT, 4)) > at) {
        at = next;
        if (big_endian(table + at, 2) == name.n && memcmp(table + at + CUSTOM_NAME, name.p, name.n) == 0)
            return 2;
    }
    return 1;
}

static struct str custom_field(struct lws *wsi, struct arena *arena, struct str name, int *ret_times)
{
    char key[MAX_NAME_BYTES];
    struct str none = {NULL, 0};
    if (name.n + 2 > sizeof key)
        return none;
    memcpy(key, name.p, name.n);
    memcpy(key + name.n, ":", 2);
    int n = lws_hdr_custom_length(wsi, key, (int)name.n + 1);
    if (n < 0)
        return none;
    *ret_times = custom_times(wsi, (struct str){key, name.n + 1});
    char *value = arena_alloc(arena, (size_t)n + 1);
    if (value == NULL || lws_hdr_custom_copy(wsi, value, n + 1, key, (int)name.n + 1) < 0)
        return none;
    return str_trim((struct str){value, (size_t)n});
}

struct str http_head_field(struct lws *wsi, struct arena *arena, int token, struct str name, int *ret_times)
{
    *ret_times = 0;
    if (token < 0)
        return custom_field(wsi, arena, name, ret_times);
    enum lws_token_indexes known = (enum lws_token_indexes)token;
    int n = lws_hdr_total_length(wsi, known);
    if (n <= 0)
        return (struct str){NULL, 0};
    *ret_times = lws_hdr_fragment_length(wsi, known, 1) > 0 ? 2 : 1;
    char *value = arena_alloc(arena, (size_t)n + 1);
    if (value == NULL || lws_hdr_copy(wsi, value, n + 1, known) < 0)
        return (struct str){NULL, 0};
    return str_trim((struct str){value, (size_t)n});
}

/* ── the query ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool stays_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~=", c) != NULL);
}

static void add_encoded(struct buf *out, struct str part)
{
    for (size_t i = 0; i < part.n; i++)
        if (stays_plain(part.p[i]))
            buf_add_char(out, part.p[i]);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)part.p[i]);
}

struct str http_head_query(struct lws *wsi, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, arena->limit);
    for (int i = 0;; i++) {
        int n = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
        char *part = arena_alloc(arena, (size_t)n + 1);
        if (part == NULL)
            return (struct str){NULL, 0};
        if (lws_hdr_copy_fragment(wsi, part, n + 1, WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
            break;
        if (i > 0)
            buf_add_char(&out, '&');
        add_encoded(&out, (struct str){part, (size_t)n});
    }
    return buf_failed(&out) ? (struct str){NULL, 0} : buf_str(&out);
}
