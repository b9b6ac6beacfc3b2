/* bot/net/listener.h — where connections come in: "host:port", "[::1]:port", "unix:PATH", or "fd:N", a listening socket
 * that somebody else opened (systemd hands over 3).
 *
 * Thread: any.  Inside bot/net only.                                                                                */
#ifndef GILBOT_NET_LISTENER_H
#define GILBOT_NET_LISTENER_H

#include <stdint.h>
#include <sys/un.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct listener {
    int fd;        /* non-blocking */
    uint16_t port; /* 0: no TCP socket                                             */
    char path[sizeof((struct sockaddr_un){0}.sun_path)]; /* unix: to be unlinked; else empty */
};

/* `mode`: of a unix socket's file.  A dead socket's file is replaced.
 * ERR_INVALID: `listen` makes no sense; ERR_CONFLICT: the address is taken; ERR_INTERNAL: the machine refused. */
MUST_USE
enum err listener_open(struct str listen, unsigned mode, struct listener *ret_listener, struct error *error);

/* Takes one waiting connection (non-blocking, no delay); -1 with errno: none, or not now. */
int listener_accept(const struct listener *listener);

/* Removes a unix socket's file; the descriptor is closed by whoever was given it. */
void listener_unlink(const struct listener *listener);

#endif
