/* tests/support/net_client.h — HTTP and WebSocket from the other side, byte by byte, on loopback.
 *
 * Every read waits until its deadline (NET_DEADLINE_MS) and fails the test when nothing comes.  Memory: a buf of the
 * caller's, from the heap.                                                                                           */
#ifndef GILBOT_TESTS_SUPPORT_NET_CLIENT_H
#define GILBOT_TESTS_SUPPORT_NET_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

struct buf;

enum { NET_DEADLINE_MS = 10000 };

int net_connect(uint16_t port);
int net_connect_unix(const char *path);
void net_close(int fd);

/* Sends all of it; false when the other side is gone. */
bool net_send(int fd, struct str bytes);
bool net_sendf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads one answer: head and body into `ret`, its status as the result; 0 when the connection ended instead.  Bytes of a
 * next answer stay unread.  net_read_head: the head only, as after a HEAD. */
int net_read_answer(int fd, struct buf *ret);
int net_read_head(int fd, struct buf *ret);

/* The header's value in what net_read_answer gave; empty when absent. */
struct str net_field(const struct buf *answer, const char *name);
struct str net_body(const struct buf *answer);

/* True when the other side closes (or resets) before the deadline, whatever it sends before. */
bool net_is_closed(int fd);
bool net_closes_within(int fd, int ms);

/* Opens a WebSocket; the status of the answer (101: open).  `protocol` NULL: none is asked for. */
int net_ws_open(int fd, const char *path, const char *protocol, const char *more_fields);

enum {
    NET_WS_CONTINUATION = 0,
    NET_WS_TEXT = 1,
    NET_WS_BINARY = 2,
    NET_WS_CLOSE = 8,
    NET_WS_PING = 9,
    NET_WS_PONG = 10
};

/* Sends one masked frame. */
bool net_ws_send(int fd, int opcode, bool final, struct str payload);

/* Reads one frame; its opcode, -1 when the connection ended. */
int net_ws_read(int fd, struct buf *ret_payload);

#endif
