#include "bot/net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/banned.h"

enum { MAX_HOST_BYTES = 256, MAX_PORT = 65535 }; /* RFC 1035 §2.3.4 */

static const int ON = 1;

static void closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Gives it away: it is not closed at the end of the scope any more. */
static int take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static void free_addresses(struct addrinfo **addresses)
{
    if (*addresses != NULL)
        freeaddrinfo(*addresses);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return 0;
}

/* Is somebody serving on this unix socket? */
static bool is_alive(const struct sockaddr_un *address)
{
    CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
}

static enum err open_unix(struct str path, unsigned mode, struct listener *ret_listener, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.n == 0 || path.n >= sizeof address.sun_path)
        return fail(error, ERR_INVALID, "the path of a unix socket has 1 to %zu bytes", sizeof address.sun_path - 1);
    memcpy(address.sun_path, path.p, path.n);
    struct stat about;
    if (lstat(address.sun_path, &about) == 0) {
        if (!S_ISSOCK(about.st_mode))
            return fail(error, ERR_CONFLICT, "%s exists and is no socket", address.sun_path);
        if (is_alive(&address))
            return fail(error, ERR_CONFLICT, "another process serves on %s", address.sun_path);
        unlink(address.sun_path);
    }
    CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error, ERR_INTERNAL, "socket: %s", strerror(errno));
    /* Narrow at birth, so that there is no moment in which others may connect. */
    mode_t before = umask(0177);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    umask(before);
    if (bound != 0 || chmod(address.sun_path, mode) != 0 || listen(fd, SOMAXCONN) != 0)
        return fail(error, errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL, "%s: %s", address.sun_path,
                    strerror(errno));
    *ret_listener = (struct listener){.fd = take(&fd)};
    memcpy(ret_listener->path, address.sun_path, sizeof ret_listener->path);
    return OK;
}

static enum err open_given(struct str number, struct listener *ret_listener, struct error *error)
{
    int64_t fd = 0;
    int listening = 0;
    socklen_t n = sizeof listening;
    if (!str_to_i64(number, &fd) || fd < 0 || fd > INT32_MAX ||
        getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) != 0 || listening == 0 ||
        fcntl((int)fd, F_SETFL, fcntl((int)fd, F_GETFL) | O_NONBLOCK) != 0 || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
        return fail(error, ERR_INVALID, "fd:%.*s is no listening socket", STR_ARG(number));
    *ret_listener = (struct listener){.fd = (int)fd, .port = port_of((int)fd)};
    return OK;
}

/* "host:port", "[::1]:port", ":port" → both as C strings. */
static bool split_address(struct str listen, char ret_host[MAX_HOST_BYTES], char ret_port[6])
{
    size_t colon = listen.n;
    while (colon > 0 && listen.p[colon - 1] != ':')
        colon--;
    int64_t port = -1;
    if (colon == 0 || !str_to_i64(str_skip(listen, colon), &port) || port < 0 || port > MAX_PORT)
        return false;
    struct str host = str_first(listen, colon - 1);
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = (struct str){host.p + 1, host.n - 2};
    else if (str_find_char(host, ':') != SIZE_MAX)
        return false;
    if (host.n >= MAX_HOST_BYTES)
        return false;
    snprintf(ret_host, MAX_HOST_BYTES, "%.*s", STR_ARG(host));
    snprintf(ret_port, 6, "%d", (int)port);
    return true;
}

static enum err open_tcp(struct str listen_at, struct listener *ret_listener, struct error *error)
{
    char host[MAX_HOST_BYTES], port[6];
    if (!split_address(listen_at, host, port))
        return fail(error, ERR_INVALID, "\"%.*s\" is no address; write host:port or unix:PATH", STR_ARG(listen_at));
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    CLEANUP(free_addresses) struct addrinfo *addresses = NULL;
    int rc = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &addresses);
    if (rc != 0)
        return fail(error, ERR_INVALID, "%s: %s", host, gai_strerror(rc));
    CLEANUP(closep)
    int fd =
        socket(addresses->ai_family, addresses->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, addresses->ai_protocol);
    if (fd < 0)
        return fail(error, ERR_INTERNAL, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &ON, sizeof ON);
    if (bind(fd, addresses->ai_addr, addresses->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0)
        return fail(error, errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL, "%.*s: %s", STR_ARG(listen_at),
                    strerror(errno));
    uint16_t own_port = port_of(fd);
    *ret_listener = (struct listener){.fd = take(&fd), .port = own_port};
    return OK;
}

enum err listener_open(struct str listen_at, unsigned mode, struct listener *ret_listener, struct error *error)
{
    if (str_starts(listen_at, STR("unix:")))
        return open_unix(str_skip(listen_at, 5), mode, ret_listener, error);
    if (str_starts(listen_at, STR("fd:")))
        return open_given(str_skip(listen_at, 3), ret_listener, error);
    return open_tcp(listen_at, ret_listener, error);
}

int listener_accept(const struct listener *listener)
{
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && listener->port != 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &ON, sizeof ON);
    return fd;
}

void listener_unlink(const struct listener *listener)
{
    if (listener->path[0] != '\0')
        unlink(listener->path);
}
