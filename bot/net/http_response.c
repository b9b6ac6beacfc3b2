#include "bot/net/http_response.h"

#include <stdio.h>
#include <string.h>

#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"

#include "bot/base/banned.h"

enum { SECONDS_PER_DAY = 86400 };

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

static bool fits_in_a_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
            return false;
    return true;
}

/* printf takes as long as all the rest of a short answer. */
static void add_number(struct buf *out, size_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(out, (struct str){digits + at, sizeof digits - at});
}

static void add_field(struct buf *out, struct str name, struct str value)
{
    if (!fits_in_a_line(name) || !fits_in_a_line(value))
        return;
    buf_add(out, name);
    buf_add(out, STR(": "));
    buf_add(out, value);
    buf_add(out, STR("\r\n"));
}

static bool has_field(const struct http_response *response, struct str name)
{
    for (size_t i = 0; i < response->n_fields; i++)
        if (str_eq_nocase(response->fields[i].name, name))
            return true;
    return false;
}

void http_response_write(struct buf *out, const struct http_response *response, const struct http_wire *wire)
{
    static const struct str nothing_allowed = STR_INIT("default-src 'none'; frame-ancestors 'none'");
    bool bodiless = response->status == 204 || response->status == 304;
    buf_add(out, STR("HTTP/1.1 "));
    add_number(out, (size_t)response->status);
    buf_add_char(out, ' ');
    buf_add(out, str_of(reason_of(response->status)));
    buf_add(out, STR("\r\nDate: "));
    buf_add(out, str_of(wire->date));
    if (!bodiless) {
        buf_add(out, STR("\r\nContent-Length: "));
        add_number(out, response->body.n);
    }
    buf_add(out, STR("\r\n"));
    if (response->content_type.n > 0)
        add_field(out, STR("Content-Type"), response->content_type);
    add_field(out, STR("Content-Security-Policy"), response->policy.n > 0 ? response->policy : nothing_allowed);
    buf_add(out, STR("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"));
    if (!has_field(response, STR("Cache-Control")))
        buf_add(out, STR("Cache-Control: no-store\r\n"));
    if (wire->keep != HTTP_KEEP)
        add_field(out, STR("Connection"), wire->keep == HTTP_CLOSE ? STR("close") : STR("keep-alive"));
    if (has_field(response, STR("Upgrade"))) /* RFC 9110 §7.8 */
        add_field(out, STR("Connection"), STR("Upgrade"));
    for (size_t i = 0; i < response->n_fields; i++)
        add_field(out, response->fields[i].name, response->fields[i].value);
    buf_add(out, STR("\r\n"));
    if (!bodiless && !wire->head)
        buf_add(out, response->body);
}

void http_response_error(struct buf *out, const char *code, const char *message)
{
    buf_add(out, STR("{\"error\":{"));
    json_add_member(out, "code", str_of(code));
    json_add_member(out, "message", str_of(message));
    buf_add(out, STR("}}"));
}

void http_response_date(int64_t unix_s, char ret_date[HTTP_DATE_BYTES])
{
    static const char days[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day = unix_s / SECONDS_PER_DAY, second = unix_s % SECONDS_PER_DAY;
    struct clock_date date = clock_date_of_days(day);
    char text[64];
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + day % 7 * 3, date.day,
             months + (ptrdiff_t)(date.month - 1) * 3, (int)date.year, (int)(second / 3600), (int)(second / 60 % 60),
             (int)(second % 60));
    memcpy(ret_date, text, HTTP_DATE_BYTES - 1);
    ret_date[HTTP_DATE_BYTES - 1] = '\0';
}
