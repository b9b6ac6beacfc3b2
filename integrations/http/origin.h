/* integrations/http/origin.h — scheme, host and port of a URL, read so narrowly that no two readers can disagree.
 *
 * Accepted: http:// or https://, a host of letters, digits, '.', '-', '_' (or an IPv6 address in brackets), perhaps a
 * port, then the end or '/', '?', '#'.  No user name, no escapes, no control characters, spaces, backslashes or bytes
 * beyond ASCII anywhere.
 *
 * Thread: any (pure).  Memory: borrows from the URL.  Source: RFC 6454 §4, RFC 3986 §3.2.                           */
#ifndef GILBOT_INTEGRATIONS_HTTP_ORIGIN_H
#define GILBOT_INTEGRATIONS_HTTP_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

struct origin {
    bool tls;
    struct str host; /* as written, in brackets when it is IPv6 */
    uint16_t port;   /* 80 or 443 when the URL names none       */
};

bool origin_of(struct str url, struct origin *ret_origin);

/* Letters of the host in any case. */
bool origin_equal(struct origin a, struct origin b);

#endif
