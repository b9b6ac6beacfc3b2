/* tests/bench/bench_fake.c — Slack and Channel Talk that say yes to everything, fast, and remember when.
 *
 *   bench_fake LOG      serves until SIGTERM on a port of the system's choice ("ready PORT" says which), then writes one
 *                       line a request to LOG: microseconds (CLOCK_MONOTONIC) TAB path TAB body without tabs and line
 *                       breaks                                                                                       */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 1024, REQUEST_BYTES = 65536, BODY_KEPT = 3000, MAX_KEPT = 100000 };

struct connection {
    char *request;
    size_t n;
};

struct kept {
    int64_t us;
    char *line;
};

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *answer_to(const char *path)
{
    if (strncmp(path, "/api/auth.test", 14) == 0)
        return "{\"ok\":true,\"url\":\"https://bench.slack.com/\",\"team\":\"bench\",\"user\":\"bot\",\"team_id\":"
               "\"T0F1XTURE1\",\"user_id\":\"U0BOTUSER1\",\"bot_id\":\"B0BOTPROF1\"}";
    if (strncmp(path, "/api/users.info", 15) == 0)
        return "{\"ok\":true,\"user\":{\"id\":\"U1\",\"name\":\"bench\",\"locale\":\"ko-KR\",\"tz\":\"Asia/Seoul\","
               "\"profile\":{\"real_name\":\"은지\",\"email\":\"bench@example.com\",\"title\":\"\"}}}";
    if (strncmp(path, "/api/conversations.open", 23) == 0)
        return "{\"ok\":true,\"channel\":{\"id\":\"D0BENCH\"}}";
    if (strncmp(path, "/api/", 5) == 0)
        return "{\"ok\":true,\"channel\":\"D0BENCH\",\"ts\":\"1755000000.000100\",\"message\":{}}";
    return "{\"message\":{\"id\":\"69a4d364a1b2c300bb3e\",\"chatId\":\"c\",\"personType\":\"bot\"}}";
}

struct fake {
    int listener, poll;
    struct connection connections[MAX_FD];
    struct kept *kept;
    size_t n_kept, total;
};

static void keep(struct fake *fake, const char *path, size_t n_path, const char *body, size_t n_body)
{
    fake->total++;
    if (fake->n_kept == MAX_KEPT)
        return;
    size_t n = n_body < BODY_KEPT ? n_body : BODY_KEPT;
    char *line = malloc(n_path + n + 2);
    memcpy(line, path, n_path);
    line[n_path] = '\t';
    for (size_t i = 0; i < n; i++)
        line[n_path + 1 + i] = (unsigned char)body[i] < 32 ? ' ' : body[i];
    line[n_path + 1 + n] = '\0';
    fake->kept[fake->n_kept++] = (struct kept){now_us(), line};
}

/* Answers the whole requests at the front of the buffer. */
static void serve(struct fake *fake, int fd)
{
    struct connection *c = &fake->connections[fd];
    for (;;) {
        c->request[c->n] = '\0';
        char *end = memmem(c->request, c->n, "\r\n\r\n", 4);
        if (end == NULL)
            return;
        char *length = strcasestr(c->request, "content-length:");
        size_t n_body = length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0;
        size_t whole = (size_t)(end - c->request) + 4 + n_body;
        if (c->n < whole)
            return;
        char *path = strchr(c->request, ' ') + 1;
        size_t n_path = strcspn(path, " ");
        char copy[512];
        snprintf(copy, sizeof copy, "%.*s", (int)n_path, path);
        keep(fake, path, n_path, end + 4, n_body);
        const char *body = answer_to(copy);
        char answer[1024];
        int n = snprintf(
            answer, sizeof answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s",
            strlen(body), body);
        if (send(fd, answer, (size_t)n, MSG_NOSIGNAL) != n)
            return;
        memmove(c->request, c->request + whole, c->n - whole);
        c->n -= whole;
    }
}

static void take(struct fake *fake, int fd)
{
    struct connection *c = &fake->connections[fd];
    ssize_t got = recv(fd, c->request + c->n, REQUEST_BYTES - 1 - c->n, 0);
    if (got <= 0) {
        close(fd);
        free(c->request);
        *c = (struct connection){0};
        return;
    }
    c->n += (size_t)got;
    serve(fake, fd);
}

static void welcome(struct fake *fake)
{
    int fd = accept(fake->listener, NULL, NULL);
    if (fd < 0 || fd >= MAX_FD) {
        if (fd >= 0)
            close(fd);
        return;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fake->connections[fd] = (struct connection){.request = malloc(REQUEST_BYTES)};
    epoll_ctl(fake->poll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
}

static void write_log(const struct fake *fake, const char *path)
{
    FILE *f = fopen(path, "w");
    for (size_t i = 0; i < fake->n_kept; i++)
        fprintf(f, "%ld\t%s\n", (long)fake->kept[i].us, fake->kept[i].line);
    fprintf(f, "total\t%zu\n", fake->total);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_fake LOG\n", stderr);
        return 2;
    }
    signal(SIGTERM, stop);
    struct fake *fake = calloc(1, sizeof *fake);
    fake->kept = calloc(MAX_KEPT, sizeof *fake->kept);
    fake->poll = epoll_create1(0);
    fake->listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n_at = sizeof at;
    if (bind(fake->listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(fake->listener, 128) != 0 ||
        getsockname(fake->listener, (struct sockaddr *)&at, &n_at) != 0) {
        perror("listen");
        return 1;
    }
    epoll_ctl(fake->poll, EPOLL_CTL_ADD, fake->listener,
              &(struct epoll_event){.events = EPOLLIN, .data.fd = fake->listener});
    printf("ready %u\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    struct epoll_event events[64];
    while (!stopping) {
        int n = epoll_wait(fake->poll, events, 64, 200);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == fake->listener)
                welcome(fake);
            else
                take(fake, events[i].data.fd);
        }
    }
    write_log(fake, argv[1]);
    return 0;
}
