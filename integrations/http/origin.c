#include "integrations/http/origin.h"

#include <stddef.h>

#include "bot/base/banned.h"

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool has_only_url_bytes(struct str url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= 0x20 || url.p[i] >= 0x7f || url.p[i] == '\\')
            return false;
    return true;
}

/* Bytes of the host at the start of `rest`; 0: there is none. */
static size_t host_length(struct str rest)
{
    size_t n = 0;
    if (rest.n > 0 && rest.p[0] == '[') {
        for (n = 1; n < rest.n && rest.p[n] != ']'; n++)
            if (!is_alnum(rest.p[n]) && rest.p[n] != ':' && rest.p[n] != '.')
                return 0;
        return n > 1 && n < rest.n ? n + 1 : 0;
    }
    while (n < rest.n && (is_alnum(rest.p[n]) || rest.p[n] == '.' || rest.p[n] == '-' || rest.p[n] == '_'))
        n++;
    return n;
}

/* ":8080" at the start of *rest, cut off; without one the scheme's port.  False: it is no port. */
static bool take_port(struct str *rest, bool tls, uint16_t *ret_port)
{
    if (rest->n == 0 || rest->p[0] != ':') {
        *ret_port = tls ? 443 : 80;
        return true;
    }
    uint32_t port = 0;
    size_t n = 1;
    for (; n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9' && port <= UINT16_MAX; n++)
        port = port * 10 + (uint32_t)(rest->p[n] - '0');
    if (port == 0 || port > UINT16_MAX)
        return false;
    *rest = str_skip(*rest, n);
    *ret_port = (uint16_t)port;
    return true;
}

bool origin_of(struct str url, struct origin *ret_origin)
{
    static const struct str http = STR_INIT("http://"), https = STR_INIT("https://");
    bool tls = str_eq_nocase(str_first(url, https.n), https);
    if (!has_only_url_bytes(url) || (!tls && !str_eq_nocase(str_first(url, http.n), http)))
        return false;

    struct str rest = str_skip(url, tls ? https.n : http.n);
    struct origin origin = {.tls = tls, .host = str_first(rest, host_length(rest))};
    rest = str_skip(rest, origin.host.n);
    if (origin.host.n == 0 || !take_port(&rest, tls, &origin.port))
        return false;
    if (rest.n > 0 && rest.p[0] != '/' && rest.p[0] != '?' && rest.p[0] != '#')
        return false;
    *ret_origin = origin;
    return true;
}

bool origin_equal(struct origin a, struct origin b)
{
    return a.tls == b.tls && a.port == b.port && str_eq_nocase(a.host, b.host);
}
