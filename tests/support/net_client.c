#include "tests/support/net_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bot/base/buf.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

static const int ON = 1;

int net_connect(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &ON, sizeof ON);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

int net_connect_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

void net_close(int fd)
{
    close(fd);
}

bool net_send(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

bool net_sendf(int fd, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    assert_true(n >= 0);
    bool sent = net_send(fd, (struct str){text, (size_t)n});
    free(text);
    return sent;
}

/* Exactly n bytes; false at the end of the connection.  The deadline passing is a failure of the test. */
static bool read_bytes(int fd, char *to, size_t n)
{
    while (n > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, NET_DEADLINE_MS) <= 0)
            fail_msg("nothing came within %d ms", NET_DEADLINE_MS);
        ssize_t got = read(fd, to, n);
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

int net_read_head(int fd, struct buf *ret)
{
    char byte;
    buf_truncate(ret, 0);
    while (!str_ends(buf_str(ret), STR("\r\n\r\n"))) {
        if (!read_bytes(fd, &byte, 1))
            return 0;
        buf_add_char(ret, byte);
    }
    return ret->n > 12 ? (int)strtol(ret->p + 9, NULL, 10) : 0;
}

int net_read_answer(int fd, struct buf *ret)
{
    int status = net_read_head(fd, ret);
    int64_t n = 0;
    if (status == 0 || !str_to_i64(net_field(ret, "content-length"), &n) || n == 0)
        return status;
    char *body = malloc((size_t)n);
    assert_non_null(body);
    bool whole = read_bytes(fd, body, (size_t)n);
    if (whole)
        buf_add(ret, (struct str){body, (size_t)n});
    free(body);
    return whole ? status : 0;
}

struct str net_field(const struct buf *answer, const char *name)
{
    struct str rest = buf_str(answer), line;
    while (str_split(&rest, '\n', &line) && !str_eq(line, STR("\r"))) {
        size_t colon = str_find_char(line, ':');
        if (colon != SIZE_MAX && str_eq_nocase(str_first(line, colon), str_of(name)))
            return str_trim(str_skip(line, colon + 1));
    }
    return STR("");
}

struct str net_body(const struct buf *answer)
{
    size_t end = str_find(buf_str(answer), STR("\r\n\r\n"));
    return end == SIZE_MAX ? STR("") : str_skip(buf_str(answer), end + 4);
}

bool net_is_closed(int fd)
{
    return net_closes_within(fd, NET_DEADLINE_MS);
}

bool net_closes_within(int fd, int ms)
{
    char bytes[4096];
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, ms) <= 0)
            return false;
        if (read(fd, bytes, sizeof bytes) <= 0)
            return true;
    }
}

int net_ws_open(int fd, const char *path, const char *protocol, const char *more_fields)
{
    struct buf answer;
    buf_init(&answer, NULL, 65536);
    net_sendf(fd,
              "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s%s\r\n",
              path, protocol != NULL ? "Sec-WebSocket-Protocol: " : "", protocol != NULL ? protocol : "",
              protocol != NULL ? "\r\n" : "", more_fields);
    int status = net_read_answer(fd, &answer);
    buf_release(&answer);
    return status;
}

bool net_ws_send(int fd, int opcode, bool final, struct str payload)
{
    static const unsigned char mask[4] = {1, 2, 3, 4};
    unsigned char head[14] = {(unsigned char)((final ? 0x80 : 0) | opcode)};
    size_t n = 2;
    if (payload.n < 126) {
        head[1] = (unsigned char)(0x80 | payload.n);
    } else if (payload.n < 65536) {
        head[1] = 0x80 | 126;
        head[n++] = (unsigned char)(payload.n >> 8);
        head[n++] = (unsigned char)payload.n;
    } else {
        head[1] = 0x80 | 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            head[n++] = (unsigned char)((uint64_t)payload.n >> shift);
    }
    memcpy(head + n, mask, sizeof mask);
    n += sizeof mask;
    char *frame = malloc(n + payload.n);
    assert_non_null(frame);
    memcpy(frame, head, n);
    for (size_t i = 0; i < payload.n; i++)
        frame[n + i] = (char)(payload.p[i] ^ mask[i % 4]);
    bool sent = net_send(fd, (struct str){frame, n + payload.n});
    free(frame);
    return sent;
}

int net_ws_read(int fd, struct buf *ret_payload)
{
    unsigned char head[2], length[8] = {0};
    if (!read_bytes(fd, (char *)head, 2))
        return -1;
    uint64_t n = head[1] & 0x7f;
    size_t more = n == 127 ? 8 : n == 126 ? 2 : 0;
    if (more > 0) {
        if (!read_bytes(fd, (char *)length, more))
            return -1;
        n = 0;
        for (size_t i = 0; i < more; i++)
            n = n << 8 | length[i];
    }
    char *payload = malloc(n + 1);
    assert_non_null(payload);
    bool whole = read_bytes(fd, payload, n);
    buf_truncate(ret_payload, 0);
    if (whole)
        buf_add(ret_payload, (struct str){payload, n});
    free(payload);
    return whole ? head[0] & 0x0f : -1;
}
