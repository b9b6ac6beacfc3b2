/* tests/bench/bench_models.c — how long a piece of a streamed answer is under way inside gilbot: from the moment in which the
 * model's server hands its first piece to the network until the listener hears it.
 *
 * The server is a thread of this program; it thinks for some milliseconds before the first piece, as models do, so that
 * everything is asleep then.  Prints the median and the 99th percentile in microseconds.                              */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "integrations/llm/llm.h"

#include "bot/base/banned.h"

enum { CALLS = 300, THINKING_US = 5000, REQUEST_BYTES = 65536, ARENA_BYTES = 1024 * 1024 };

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
#define PIECE "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"15일\"},\"finish_reason\":null}]}\n\n"
#define LAST "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"

static atomic_llong sent_ns;

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static bool send_chunk(int fd, const char *bytes, size_t n)
{
    char size[32];
    int digits = snprintf(size, sizeof size, "%zx\r\n", n);
    return send(fd, size, (size_t)digits, MSG_NOSIGNAL | MSG_MORE) > 0 &&
           send(fd, bytes, n, MSG_NOSIGNAL | MSG_MORE) > 0 && send(fd, "\r\n", 2, MSG_NOSIGNAL) > 0;
}

/* Until the brace that ends the body: its head has none. */
static bool read_request(int fd)
{
    static char bytes[REQUEST_BYTES];
    for (ssize_t got; (got = recv(fd, bytes, sizeof bytes, 0)) > 0;)
        if (bytes[got - 1] == '}')
            return true;
    return false;
}

static void *serve(void *arg)
{
    int fd = accept(*(int *)arg, NULL, NULL), on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (read_request(fd)) {
        if (send(fd, HEAD, sizeof HEAD - 1, MSG_NOSIGNAL) < 0)
            break;
        usleep(THINKING_US);
        atomic_store(&sent_ns, now_ns());
        if (!send_chunk(fd, PIECE, sizeof PIECE - 1) || !send_chunk(fd, LAST, sizeof LAST - 1) ||
            send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL) < 0)
            break;
    }
    close(fd);
    return NULL;
}

static bool hear(void *self, struct str text)
{
    (void)text;
    *(long long *)self = now_ns() - atomic_load(&sent_ns);
    return true;
}

static int by_size(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void fail_with(const struct error *error)
{
    fprintf(stderr, "bench_models: %s\n", error->text);
    exit(1);
}

static void measure(struct llm *llm, long long took_ns[CALLS])
{
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct error error = {0};
    struct model_message message = {MODEL_USER, STR("연차는 며칠인가요?")};
    for (int i = 0; i < CALLS; i++) {
        struct model_listener listener = {.piece = hear, .self = &took_ns[i]};
        struct model_chat request = {
            .origin = {.purpose = STR("bench")}, .messages = &message, .n_messages = 1, .listener = &listener};
        struct model_said said;
        if (language_model_chat(llm_model(llm), &request, &arena, &said, &error) != OK)
            fail_with(&error);
        arena_reset(&arena);
    }
    arena_release(&arena);
}

int main(void)
{
    static long long took_ns[CALLS];
    struct error error = {0};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    pthread_t server;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, n) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0 || secret_start(&error) != OK ||
        pthread_create(&server, NULL, serve, &listener) != 0)
        return 1;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/v1", ntohs(address.sin_port));
    struct settings_model model = {.name = STR("bench"),
                                   .base_url = str_of(url),
                                   .chat_model = STR("m"),
                                   .context_tokens = 8192,
                                   .concurrency = 1,
                                   .timeout_ms = 10000};
    struct settings settings = {.models = &model, .n_models = 1};
    struct llm *llm = NULL;
    if (llm_new(&(struct llm_parts){.settings = &settings, .clock = clock_system()}, &llm, &error) != OK)
        fail_with(&error);
    measure(llm, took_ns);
    llm_free(llm);
    pthread_join(server, NULL);
    close(listener);
    qsort(took_ns, CALLS, sizeof *took_ns, by_size);
    printf("piece: median %lld us, p99 %lld us\n", took_ns[CALLS / 2] / 1000, took_ns[CALLS * 99 / 100] / 1000);
    return 0;
}
