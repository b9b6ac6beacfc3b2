#include "integrations/http/http_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "integrations/http/origin.h"

#include "bot/base/banned.h"

enum {
    MAX_IDLE_HANDLES = 16,
    MAX_HEADER_BYTES = 64 * 1024,
    SETTINGS_ARENA_BYTES = 256 * 1024,
};

/* A libcurl handle with the connections it keeps open.  Idle ones wait in the pool, the newest first. */
struct handle {
    struct handle *next;
    CURL *curl;
    uint64_t origin; /* hash of where it was last: it is probably still connected there */
    char why[CURL_ERROR_SIZE];
};

struct http_client {
    struct arena arena; /* the settings' texts */
    struct http_client_settings settings;
    struct origin *origins;
    atomic_bool stopped;
    pthread_mutex_t lock; /* guards what follows */
    struct handle *idle;
    size_t n_idle;
};

/* What the callbacks of one call share. */
struct call {
    const struct http_client *client;
    CURL *curl;
    struct str unsent; /* of the request's body */
    struct buf body, headers;
    bool too_long;

    const struct http_listener *listener; /* NULL: the body is gathered */
    size_t heard, most;                   /* bytes                       */
    int64_t idle_us, last_us;             /* idle_us 0: never too idle   */
    bool unwanted, silent;
};

/* ── callbacks ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A body that is read cannot be rewound.  Handed over whole, libcurl would silently send it a second time when a kept
 * connection ends without an answer, though the first may have arrived. */
static size_t give_body(char *p, size_t size, size_t n, void *self)
{
    struct call *call = self;
    struct str piece = str_first(call->unsent, size * n);
    if (piece.n > 0)
        memcpy(p, piece.p, piece.n);
    call->unsent = str_skip(call->unsent, piece.n);
    return piece.n;
}

/* Only what was asked for is for the listener: an error's body is for whoever made the call. */
static bool is_for_listener(const struct call *call)
{
    long status = 0;
    return call->listener != NULL && curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
           status / 100 == 2;
}

static size_t pass_on(struct call *call, struct str bytes)
{
    call->last_us = clock_tick_us(call->client->settings.clock);
    call->too_long = bytes.n > call->most - call->heard;
    call->heard += call->too_long ? 0 : bytes.n;
    call->unwanted = !call->too_long && !call->listener->piece(call->listener->self, bytes);
    return call->too_long || call->unwanted ? CURL_WRITEFUNC_ERROR : bytes.n;
}

static size_t take_body(char *p, size_t size, size_t n, void *self)
{
    struct call *call = self;
    size_t bytes = size * n;
    if (bytes > 0 && is_for_listener(call))
        return pass_on(call, (struct str){p, bytes});
    if (bytes > call->body.ceiling - call->body.n) {
        call->too_long = true;
        return CURL_WRITEFUNC_ERROR;
    }
    buf_add(&call->body, (struct str){p, bytes});
    return buf_failed(&call->body) ? CURL_WRITEFUNC_ERROR : bytes;
}

static size_t take_header(char *p, size_t size, size_t n, void *self)
{
    struct call *call = self;
    struct str line = {p, size * n};
    if (str_starts(line, STR("HTTP/"))) /* also after "100 Continue": only the last answer's headers count */
        buf_truncate(&call->headers, 0);
    else if (str_trim(line).n > 0)
        buf_add(&call->headers, line);
    if (!buf_failed(&call->headers))
        return line.n;
    call->too_long = true;
    return CURL_WRITEFUNC_ERROR;
}

static int look_whether_stopped(void *self, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    (void)to_get, (void)got, (void)to_send, (void)sent;
    struct call *call = self;
    call->silent = call->idle_us > 0 && call->heard > 0 &&
                   clock_tick_us(call->client->settings.clock) - call->last_us > call->idle_us;
    return call->silent || atomic_load_explicit(&call->client->stopped, memory_order_relaxed) ? 1 : 0;
}

/* ── the pool ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void handle_free(struct handle *handle)
{
    if (handle == NULL)
        return;
    curl_easy_cleanup(handle->curl);
    free(handle);
}

/* Everything that is the same for every call; setting it once is most of what makes a call cheap. */
static struct handle *handle_new(const struct http_client *client)
{
    struct handle *handle = calloc(1, sizeof *handle);
    if (handle == NULL || (handle->curl = curl_easy_init()) == NULL) {
        free(handle);
        return NULL;
    }
    const struct http_client_settings *settings = &client->settings;
    CURL *curl = handle->curl;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "gilbot/" GILBOT_VERSION);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_stopped);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle->why);
    if (settings->ca_file.n > 0)
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file.p);
    if (settings->unix_socket.n > 0)
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, settings->unix_socket.p);
    if (settings->unix_socket.n > 0 || settings->direct) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    } else if (settings->proxy.n > 0) {
        curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy.p);
    }
    return handle;
}

/* The idle handle that was last at this origin; else a new one, unless enough of them lie idle. */
static struct handle *handle_take(struct http_client *client, uint64_t origin)
{
    pthread_mutex_lock(&client->lock);
    struct handle **at = &client->idle;
    while (*at != NULL && (*at)->origin != origin)
        at = &(*at)->next;
    if (*at == NULL && client->n_idle == MAX_IDLE_HANDLES)
        at = &client->idle;
    struct handle *handle = *at;
    if (handle != NULL) {
        *at = handle->next;
        client->n_idle--;
    }
    pthread_mutex_unlock(&client->lock);
    return handle != NULL ? handle : handle_new(client);
}

static void handle_give_back(struct http_client *client, struct handle *handle)
{
    pthread_mutex_lock(&client->lock);
    bool kept = client->n_idle < MAX_IDLE_HANDLES;
    if (kept) {
        handle->next = client->idle;
        client->idle = handle;
        client->n_idle++;
    }
    pthread_mutex_unlock(&client->lock);
    if (!kept)
        handle_free(handle);
}

static uint64_t origin_hash(struct origin origin)
{
    return str_hash(origin.host) ^ ((uint64_t)origin.port << 1 | origin.tls);
}

/* ── birth and death ───────────────────────────────────────────────────────────────────────────────────────────── */

static enum err copy_text(struct http_client *client, struct str *text, struct error *error)
{
    *text = arena_copy(&client->arena, *text);
    return text->n > 0 && text->p == NULL ? fail(error, ERR_NO_MEMORY, "HTTP settings too long") : OK;
}

static enum err copy_origins(struct http_client *client, struct error *error)
{
    struct strs urls = client->settings.origins;
    client->origins = arena_alloc_array(&client->arena, urls.n, sizeof *client->origins);
    if (client->origins == NULL)
        return fail(error, ERR_NO_MEMORY, "too many origins");
    for (size_t i = 0; i < urls.n; i++) {
        if (!origin_of(urls.items[i], &client->origins[i]))
            return fail(error, ERR_INVALID, "origin %zu is no http:// or https:// URL", i + 1);
        if (copy_text(client, &client->origins[i].host, error) != OK)
            return error != NULL ? error->code : ERR_NO_MEMORY;
    }
    return OK;
}

static enum err copy_settings(struct http_client *client, struct error *error)
{
    struct http_client_settings *settings = &client->settings;
    if (settings->connect_timeout_ms <= 0)
        settings->connect_timeout_ms = HTTP_CONNECT_TIMEOUT_MS;
    if (settings->timeout_ms <= 0)
        settings->timeout_ms = HTTP_TIMEOUT_MS;
    if (settings->max_response_bytes == 0)
        settings->max_response_bytes = HTTP_MAX_RESPONSE_BYTES;
    enum err rc = copy_text(client, &settings->proxy, error);
    if (rc == OK)
        rc = copy_text(client, &settings->ca_file, error);
    if (rc == OK)
        rc = copy_text(client, &settings->unix_socket, error);
    return rc == OK ? copy_origins(client, error) : rc;
}

enum err http_client_new(const struct http_client_settings *settings, struct http_client **ret_client,
                         struct error *error)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fail(error, ERR_INTERNAL, "libcurl does not start");
    struct http_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        curl_global_cleanup();
        return fail(error, ERR_NO_MEMORY, "no memory for an HTTP client");
    }
    arena_init(&client->arena, SETTINGS_ARENA_BYTES);
    pthread_mutex_init(&client->lock, NULL);
    client->settings = *settings;
    enum err rc = copy_settings(client, error);
    if (rc != OK) {
        http_client_free(client);
        return rc;
    }
    *ret_client = client;
    return OK;
}

void http_client_free(struct http_client *client)
{
    if (client == NULL)
        return;
    for (struct handle *next, *handle = client->idle; handle != NULL; handle = next) {
        next = handle->next;
        handle_free(handle);
    }
    pthread_mutex_destroy(&client->lock);
    arena_release(&client->arena);
    free(client);
    curl_global_cleanup();
}

void http_client_stop(struct http_client *client)
{
    atomic_store_explicit(&client->stopped, true, memory_order_relaxed);
}

/* ── a call ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_allowed(const struct http_client *client, struct str url, struct origin *ret_origin)
{
    struct origin origin;
    if (!origin_of(url, &origin))
        return false;
    for (size_t i = 0; i < client->settings.origins.n; i++)
        if (origin_equal(origin, client->origins[i])) {
            *ret_origin = client->origins[i];
            return true;
        }
    return false;
}

static bool has_line_break(struct str s)
{
    return str_find_char(s, '\r') != SIZE_MAX || str_find_char(s, '\n') != SIZE_MAX ||
           str_find_char(s, '\0') != SIZE_MAX;
}

/* libcurl only reads the list, so it is built in the arena instead of by curl_slist_append, which copies twice. */
static enum err add_line(struct arena *arena, struct str line, struct curl_slist **list, struct error *error)
{
    struct curl_slist *node = arena_alloc(arena, sizeof *node);
    if (node == NULL || line.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no room for an HTTP request's headers");
    *node = (struct curl_slist){.data = (char *)line.p, .next = *list};
    *list = node;
    return OK;
}

static enum err header_list(const struct http_request_out *request, struct arena *arena, struct curl_slist **ret_list,
                            struct error *error)
{
    struct curl_slist *list = NULL;
    bool has_type = false;
    enum err rc = add_line(arena, STR("Expect:"), &list, error); /* no "100 Continue" round trip */
    for (size_t i = 0; i < request->n_headers && rc == OK; i++) {
        struct http_header header = request->headers[i];
        if (header.name.n == 0 || has_line_break(header.name) || has_line_break(header.value))
            return fail(error, ERR_INVALID, "a request header holds a line break");
        has_type |= str_eq_nocase(header.name, STR("content-type"));
        /* libcurl's way to send an empty value is a semicolon */
        rc =
            add_line(arena,
                     header.value.n > 0 ? arena_format(arena, "%.*s: %.*s", STR_ARG(header.name), STR_ARG(header.value))
                                        : arena_format(arena, "%.*s;", STR_ARG(header.name)),
                     &list, error);
    }
    if (rc == OK && !has_type) /* else libcurl would call every body a form */
        rc = add_line(arena, STR("Content-Type:"), &list, error);
    if (rc == OK)
        *ret_list = list;
    return rc;
}

static void set_request(CURL *curl, const struct http_client *client, const struct http_request_out *request)
{
    bool has_body = request->body.n > 0 || !str_eq(str_of(request->method), STR("GET"));
    if (has_body) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    int64_t timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : client->settings.timeout_ms;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
}

static enum err failure(const struct call *call, const struct handle *handle, CURLcode code, struct origin origin,
                        struct error *error)
{
    if (code == CURLE_ABORTED_BY_CALLBACK && call->silent)
        return fail(error, ERR_REMOTE, "%.*s: the answer broke off: silence for too long", STR_ARG(origin.host));
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return fail(error, ERR_BUSY, "shutting down");
    if (code == CURLE_WRITE_ERROR && call->too_long)
        return fail(error, ERR_REMOTE, "%.*s: the answer is too long", STR_ARG(origin.host));
    if (code == CURLE_WRITE_ERROR || code == CURLE_OUT_OF_MEMORY)
        return fail(error, ERR_NO_MEMORY, "no memory for the answer of %.*s", STR_ARG(origin.host));
    return fail(error, ERR_REMOTE, "%.*s: %s", STR_ARG(origin.host),
                handle->why[0] != '\0' ? handle->why : curl_easy_strerror(code));
}

static enum err take_result(const struct call *call, CURL *curl, struct arena *arena, struct http_result *ret_result,
                            struct error *error)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    struct http_result result = {
        .status = (int)status,
        .headers = arena_copy(arena, buf_str(&call->headers)),
        .body = arena_copy(arena, buf_str(&call->body)),
    };
    if ((result.headers.p == NULL && call->headers.n > 0) || (result.body.p == NULL && call->body.n > 0))
        return fail(error, ERR_NO_MEMORY, "the answer does not fit into the arena");
    result.content_type = http_result_header(&result, STR("content-type"));
    struct str retry_after = http_result_header(&result, STR("retry-after"));
    result.retry_after_ms =
        retry_after.n > 0 ? http_retry_after(retry_after, clock_now_ms(call->client->settings.clock)) : -1;
    *ret_result = result;
    return OK;
}

static void call_release(struct call *call)
{
    buf_release(&call->body);
    buf_release(&call->headers);
}

enum err http_stream(struct http_client *client, const struct http_request_out *request,
                     const struct http_listener *listener, struct arena *arena, struct http_result *ret_result,
                     struct error *error)
{
    struct origin origin;
    if (!is_allowed(client, request->url, &origin))
        return fail(error, ERR_INVALID, "the URL's origin is not one that may be called");
    if (atomic_load_explicit(&client->stopped, memory_order_relaxed))
        return fail(error, ERR_BUSY, "shutting down");
    struct curl_slist *headers = NULL;
    enum err rc = header_list(request, arena, &headers, error);
    if (rc != OK)
        return rc;
    struct str url = arena_copy(arena, request->url);
    uint64_t hash = origin_hash(origin);
    struct handle *handle = url.p != NULL ? handle_take(client, hash) : NULL;
    if (handle == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for an HTTP call");

    CLEANUP(call_release)
    struct call call = {.client = client,
                        .curl = handle->curl,
                        .unsent = request->body,
                        .listener = listener,
                        .most = request->max_response_bytes > 0 ? request->max_response_bytes
                                                                : client->settings.max_response_bytes,
                        .idle_us = request->idle_ms * 1000};
    buf_init(&call.headers, NULL, MAX_HEADER_BYTES);
    buf_init(&call.body, NULL, call.most);
    set_request(handle->curl, client, request);
    curl_easy_setopt(handle->curl, CURLOPT_URL, url.p);
    curl_easy_setopt(handle->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle->curl, CURLOPT_READDATA, &call);
    curl_easy_setopt(handle->curl, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(handle->curl, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(handle->curl, CURLOPT_XFERINFODATA, &call);
    handle->why[0] = '\0';
    handle->origin = hash;

    CURLcode code = curl_easy_perform(handle->curl);
    rc = code == CURLE_OK || call.unwanted ? take_result(&call, handle->curl, arena, ret_result, error)
                                           : failure(&call, handle, code, origin, error);
    curl_easy_setopt(handle->curl, CURLOPT_HTTPHEADER, NULL); /* the list dies with the arena */
    handle_give_back(client, handle);
    return rc;
}

enum err http_call(struct http_client *client, const struct http_request_out *request, struct arena *arena,
                   struct http_result *ret_result, struct error *error)
{
    return http_stream(client, request, NULL, arena, ret_result, error);
}

/* ── small questions ───────────────────────────────────────────────────────────────────────────────────────────── */

struct str http_result_header(const struct http_result *result, struct str name)
{
    struct str rest = result->headers, line;
    while (rest.n > 0 && str_split(&rest, '\n', &line))
        if (line.n > name.n && line.p[name.n] == ':' && str_eq_nocase(str_first(line, name.n), name))
            return str_trim(str_skip(line, name.n + 1));
    return (struct str){NULL, 0};
}

int64_t http_retry_after(struct str value, int64_t now_ms)
{
    int64_t seconds;
    char date[64]; /* the longest form of RFC 9110 §5.6.7 has 33 characters */
    if (!str_to_i64(value, &seconds)) {
        if (value.n == 0 || value.n >= sizeof date || str_find(value, STR("GMT")) == SIZE_MAX)
            return -1;
        snprintf(date, sizeof date, "%.*s", STR_ARG(value));
        time_t at = curl_getdate(date, NULL);
        if (at == -1)
            return -1;
        int64_t wait_ms = (int64_t)at * 1000 - now_ms;
        return wait_ms < 0 ? 0 : wait_ms < HTTP_MAX_RETRY_AFTER_MS ? wait_ms : HTTP_MAX_RETRY_AFTER_MS;
    }
    if (seconds < 0)
        return -1;
    return seconds < HTTP_MAX_RETRY_AFTER_MS / 1000 ? seconds * 1000 : HTTP_MAX_RETRY_AFTER_MS;
}

enum http_outcome http_outcome(int status)
{
    if (status >= 200 && status <= 299)
        return HTTP_DONE;
    if (status == 0 || status == 408 || status == 425 || status == 429 || status >= 500)
        return HTTP_LATER;
    return HTTP_NEVER;
}

bool http_same_origin(struct str a, struct str b)
{
    struct origin origin_a, origin_b;
    return origin_of(a, &origin_a) && origin_of(b, &origin_b) && origin_equal(origin_a, origin_b);
}

bool http_allowed(const struct http_client *client, struct str url)
{
    struct origin origin;
    return is_allowed(client, url, &origin);
}
