/* tests/bench/bench_load.c — signed Slack events over keep-alive connections, as fast as they are acknowledged.
 *
 *   bench_load PORT CONNECTIONS SECONDS PREFIX [RATE]
 *
 * Each request is a new event id (PREFIX-n); its conversation is one of 1,000 (BENCH_PEOPLE).  With RATE (requests a second over all
 * connections) it keeps that pace instead, and a latency is counted from when the request was due.  Prints one JSON
 * object: requests sent, acknowledged (200), refused (503), failed, seconds, acknowledgements a second, latencies.
 * Acknowledged ids go to the file PREFIX.acked, one a line, when the environment has BENCH_ACKED=FILE.               */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 1024, REQUEST_BYTES = 4096, ANSWER_BYTES = 4096, MAX_SAMPLES = 20000000 };

static const char secret[] = "bench-signing-secret";

struct connection {
    int fd;
    bool busy;
    uint64_t number;
    double due;
    char answer[ANSWER_BYTES];
    size_t n_answer;
};

struct run {
    int port, n_connections, poll;
    double seconds, rate, begun;
    const char *prefix;
    uint64_t people; /* conversations */
    uint64_t sent, acknowledged, refused, failed;
    float *samples;
    size_t n_samples;
    FILE *acked;
    struct connection connections[MAX_CONNECTIONS];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t make_request(const struct run *run, uint64_t number, char *request)
{
    char body[2048], stamp[32], head[512];
    unsigned long ts = 1755000000ul + number / 1000;
    int n_body = snprintf(
        body, sizeof body,
        "{\"token\":\"x\",\"team_id\":\"T0F1XTURE1\",\"api_app_id\":\"A0BENCH\",\"event\":{\"type\":\"message\","
        "\"user\":"
        "\"U%06lu\",\"text\":\"안녕하세요, 배송이 언제 되나요? %lu\",\"ts\":\"%lu.%06lu\",\"event_ts\":\"%lu.%06lu\","
        "\"channel\":\"D%06lu\",\"channel_type\":\"im\",\"team\":\"T0F1XTURE1\",\"client_msg_id\":"
        "\"5f3c1c62-7a0e-4c55-9f1a-6f6d2f0b0003\",\"blocks\":[{\"type\":\"rich_text\",\"block_id\":\"mBl03\","
        "\"elements\":[{\"type\":\"rich_text_section\",\"elements\":[{\"type\":\"text\",\"text\":\"안녕하세요\"}]}]}]},"
        "\"type\":\"event_callback\",\"event_id\":\"%s-%lu\",\"event_time\":%lu,\"authorizations\":[{\"enterprise_id\":"
        "null,\"team_id\":\"T0F1XTURE1\",\"user_id\":\"U0BOTUSER1\",\"is_bot\":true,\"is_enterprise_install\":false}],"
        "\"is_ext_shared_channel\":false,\"event_context\":\"4-bench\"}",
        number % run->people, number, ts, number % 1000000, ts, number % 1000000, number % run->people, run->prefix,
        number, ts);
    snprintf(stamp, sizeof stamp, "%lu", (unsigned long)time(NULL));
    crypto_auth_hmacsha256_state state;
    unsigned char mac[32];
    char hex[65];
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, sizeof secret - 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)"v0:", 3);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)":", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, (unsigned long long)n_body);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    int n_head = snprintf(head, sizeof head,
                          "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                          "X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\nContent-Length: %d\r\n\r\n",
                          stamp, hex, n_body);
    memcpy(request, head, (size_t)n_head);
    memcpy(request + n_head, body, (size_t)n_body);
    return (size_t)(n_head + n_body);
}

static void open_connection(struct run *run, int i)
{
    struct connection *c = &run->connections[i];
    *c = (struct connection){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)run->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("connect");
        exit(1);
    }
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(run->poll, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.u32 = (uint32_t)i});
}

static void send_next(struct run *run, struct connection *c, double due)
{
    char request[REQUEST_BYTES];
    c->number = run->sent++;
    size_t n = make_request(run, c->number, request);
    c->due = due > 0 ? due : now();
    c->busy = true;
    c->n_answer = 0;
    if (send(c->fd, request, n, MSG_NOSIGNAL) != (ssize_t)n) {
        run->failed++;
        c->busy = false;
    }
}

/* 0: not whole yet; else the status. */
static int whole_answer(const struct connection *c)
{
    const char *end = memmem(c->answer, c->n_answer, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    const char *length = strcasestr(c->answer, "content-length:");
    size_t body = length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0;
    if (c->n_answer < (size_t)(end - c->answer) + 4 + body)
        return 0;
    return (int)strtol(c->answer + 9, NULL, 10);
}

static void take_answer(struct run *run, int i)
{
    struct connection *c = &run->connections[i];
    ssize_t got = recv(c->fd, c->answer + c->n_answer, sizeof c->answer - 1 - c->n_answer, 0);
    if (got <= 0) {
        run->failed += c->busy;
        close(c->fd);
        open_connection(run, i);
        return;
    }
    c->n_answer += (size_t)got;
    c->answer[c->n_answer] = '\0';
    int status = whole_answer(c);
    if (status == 0)
        return;
    c->busy = false;
    if (status == 200) {
        run->acknowledged++;
        if (run->n_samples < MAX_SAMPLES)
            run->samples[run->n_samples++] = (float)(now() - c->due);
        if (run->acked != NULL)
            fprintf(run->acked, "%s-%lu\n", run->prefix, c->number);
    } else if (status == 503)
        run->refused++;
    else
        run->failed++;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double quantile_ms(const struct run *run, double q)
{
    return run->n_samples == 0 ? -1 : 1e3 * (double)run->samples[(size_t)((double)(run->n_samples - 1) * q)];
}

static void serve_idle(struct run *run, double at)
{
    for (int i = 0; i < run->n_connections; i++) {
        struct connection *c = &run->connections[i];
        if (c->busy)
            continue;
        if (run->rate <= 0)
            send_next(run, c, 0);
        else if ((double)run->sent / run->rate <= at - run->begun)
            send_next(run, c, run->begun + (double)run->sent / run->rate);
    }
}

int main(int argc, char **argv)
{
    if (argc < 5 || sodium_init() < 0) {
        fputs("usage: bench_load PORT CONNECTIONS SECONDS PREFIX [RATE]\n", stderr);
        return 2;
    }
    struct run *run = calloc(1, sizeof *run);
    run->samples = malloc(sizeof *run->samples * MAX_SAMPLES);
    run->port = (int)strtol(argv[1], NULL, 10);
    run->n_connections = (int)strtol(argv[2], NULL, 10);
    run->seconds = strtod(argv[3], NULL);
    run->prefix = argv[4];
    run->rate = argc > 5 ? strtod(argv[5], NULL) : 0;
    run->people = getenv("BENCH_PEOPLE") != NULL ? strtoul(getenv("BENCH_PEOPLE"), NULL, 10) : 1000;
    run->acked = getenv("BENCH_ACKED") != NULL ? fopen(getenv("BENCH_ACKED"), "w") : NULL;
    run->poll = epoll_create1(0);
    for (int i = 0; i < run->n_connections; i++)
        open_connection(run, i);
    run->begun = now();
    struct epoll_event events[MAX_CONNECTIONS];
    for (double t = run->begun; t - run->begun < run->seconds; t = now()) {
        serve_idle(run, t);
        int n = epoll_wait(run->poll, events, MAX_CONNECTIONS, run->rate > 0 ? 1 : 100);
        for (int i = 0; i < n; i++)
            take_answer(run, (int)events[i].data.u32);
    }
    double seconds = now() - run->begun;
    if (run->acked != NULL)
        fclose(run->acked);
    qsort(run->samples, run->n_samples, sizeof *run->samples, compare);
    printf("{\"sent\": %lu, \"acknowledged\": %lu, \"refused\": %lu, \"failed\": %lu, \"seconds\": %.3f, "
           "\"per_second\": %.1f, \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
           run->sent, run->acknowledged, run->refused, run->failed, seconds, (double)run->acknowledged / seconds,
           quantile_ms(run, 0.5), quantile_ms(run, 0.9), quantile_ms(run, 0.99), quantile_ms(run, 1));
    return 0;
}
