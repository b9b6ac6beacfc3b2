#include "tests/support/stub_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum { MAX_CONNECTIONS = 256, MAX_REQUEST_BYTES = 1024 * 1024, MAX_RESPONSE_BYTES = 8 * 1024 * 1024 };

struct connection {
    struct stub_server *server;
    pthread_t thread;
    int fd;
    size_t number;
};

struct stub_server {
    stub_answer *answer;
    void *self;
    int listener;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock; /* one answer at a time */
    struct connection connections[MAX_CONNECTIONS];
    size_t n_connections;
    char url[256];
};

static size_t content_length(struct str head)
{
    struct stub_request request = {.head = head};
    int64_t n = 0;
    return str_to_i64(stub_header(&request, STR("content-length")), &n) && n > 0 ? (size_t)n : 0;
}

/* Reads until a whole request is there; its bytes, or 0 at the end of the connection. */
static size_t read_request(int fd, struct buf *in, size_t *ret_head_bytes)
{
    for (;;) {
        size_t end = str_find(buf_str(in), STR("\r\n\r\n"));
        if (end != SIZE_MAX) {
            size_t whole = end + 4 + content_length(str_first(buf_str(in), end + 2));
            if (in->n >= whole) {
                *ret_head_bytes = end + 4;
                return whole;
            }
        }
        char bytes[65536];
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got <= 0)
            return 0;
        buf_add(in, (struct str){bytes, (size_t)got});
    }
}

static struct stub_request parse(struct str whole, size_t head_bytes)
{
    struct str head = str_first(whole, head_bytes), line = {NULL, 0};
    struct stub_request request = {.body = str_skip(whole, head_bytes)};
    str_split(&head, '\n', &line);
    request.head = head;
    str_split(&line, ' ', &request.method);
    str_split(&line, ' ', &request.target);
    return request;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t sent = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)sent);
    }
    return true;
}

static bool answer_one(struct connection *c, struct str whole, size_t head_bytes)
{
    bool hang = false, then_hang = false;
    struct buf out;
    buf_init(&out, NULL, MAX_RESPONSE_BYTES);
    struct stub_request request = parse(whole, head_bytes);
    request.connection = c->number;
    request.hang = &hang;
    request.then_hang = &then_hang;
    pthread_mutex_lock(&c->server->lock);
    c->server->answer(c->server->self, &request, &out);
    pthread_mutex_unlock(&c->server->lock);
    bool goes_on = !hang && out.n > 0 && write_all(c->fd, buf_str(&out));
    bool last = str_find(buf_str(&out), STR("Connection: close\r\n")) != SIZE_MAX;
    char byte;
    if (hang || then_hang)
        while (read(c->fd, &byte, 1) > 0)
            ;
    buf_release(&out);
    return goes_on && !then_hang && !last;
}

static void *serve_connection(void *self)
{
    struct connection *c = self;
    struct buf in;
    buf_init(&in, NULL, MAX_REQUEST_BYTES);
    size_t head_bytes = 0, whole;
    while ((whole = read_request(c->fd, &in, &head_bytes)) > 0) {
        bool goes_on = answer_one(c, str_first(buf_str(&in), whole), head_bytes);
        buf_truncate(&in, 0); /* clients here never send ahead */
        if (!goes_on)
            break;
    }
    buf_release(&in);
    shutdown(c->fd, SHUT_RDWR);
    return NULL;
}

static void *serve(void *self)
{
    struct stub_server *server = self;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0 || server->n_connections == MAX_CONNECTIONS)
            return NULL;
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = &server->connections[server->n_connections];
        *c = (struct connection){.server = server, .fd = fd, .number = server->n_connections + 1};
        if (pthread_create(&c->thread, NULL, serve_connection, c) != 0)
            abort();
        server->n_connections++;
    }
}

struct stub_server *stub_server_start(stub_answer *answer, void *self)
{
    struct stub_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        abort();
    server->answer = answer;
    server->self = self;
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, n) != 0 ||
        listen(server->listener, 64) != 0 || getsockname(server->listener, (struct sockaddr *)&address, &n) != 0)
        abort();
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, serve, server) != 0)
        abort();
    return server;
}

struct str stub_server_url(struct stub_server *server, const char *path)
{
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u%s", server->port, path);
    return str_of(server->url);
}

struct str stub_header(const struct stub_request *request, struct str name)
{
    struct str rest = request->head, line;
    while (rest.n > 0 && str_split(&rest, '\n', &line))
        if (line.n > name.n && line.p[name.n] == ':' && str_eq_nocase(str_first(line, name.n), name))
            return str_trim(str_skip(line, name.n + 1));
    return (struct str){NULL, 0};
}

void stub_server_stop(struct stub_server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* wakes accept */
    pthread_join(server->thread, NULL);
    close(server->listener);
    for (size_t i = 0; i < server->n_connections; i++) {
        shutdown(server->connections[i].fd, SHUT_RDWR);
        pthread_join(server->connections[i].thread, NULL);
        close(server->connections[i].fd);
    }
    pthread_mutex_destroy(&server->lock);
    free(server);
}
