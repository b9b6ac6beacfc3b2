/* tests/bench/bench_bare.c — the yardstick: a bare libwebsockets handler that reads the body and says 200.
 *
 *   bench_bare            serves until killed on a port of the system's choice; prints "ready PORT" when it listens      */
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

struct request {
    size_t body_bytes;
};

static int answer(struct lws *wsi)
{
    unsigned char buffer[LWS_PRE + 512], *start = buffer + LWS_PRE, *p = start, *end = buffer + sizeof buffer;
    if (lws_add_http_common_headers(wsi, 200, "text/plain", 0, &p, end) != 0 ||
        lws_finalize_write_http_header(wsi, start, &p, end) != 0)
        return -1;
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    struct request *request = user;
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP:
        request->body_bytes = 0;
        return 0;
    case LWS_CALLBACK_HTTP_BODY:
        request->body_bytes += n;
        return 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return answer(wsi);
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, n);
    }
}

int main(void)
{
    static const struct lws_protocols protocols[] = {{"http", callback, sizeof(struct request), 0, 0, NULL, 0},
                                                     {NULL, NULL, 0, 0, 0, NULL, 0}};
    static const struct lws_http_mount mount = {
        .mountpoint = "/", .mountpoint_len = 1, .origin_protocol = LWSMPRO_CALLBACK, .protocol = "http"};
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context_creation_info info = {.port = 0,
                                             .iface = "127.0.0.1",
                                             .protocols = protocols,
                                             .mounts = &mount,
                                             .keepalive_timeout = 75,
                                             .max_http_header_data = 16384};
    struct lws_context *context = lws_create_context(&info);
    if (context == NULL)
        return 1;
    printf("ready %d\n", lws_get_vhost_port(lws_get_vhost_by_name(context, "default")));
    fflush(stdout);
    while (lws_service(context, 0) >= 0)
        ;
    return 0;
}
