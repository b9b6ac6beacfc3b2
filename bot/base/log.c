#include "bot/base/log.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/clock.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { PACE_US = 1000000 };
enum { LINE_BYTES = 4096, HELD_BYTES = 16384, TAIL_BYTES = 3 /* a closing quote, a closing brace, the new line */ };

static struct {
    int fd;
    enum log_format format;
    enum log_level least;
} sink = {.fd = STDERR_FILENO, .format = LOG_LOGFMT, .least = LOG_LEVEL_INFO};

static _Thread_local struct str request_id;

/* Lines that go out together. */
static _Thread_local struct {
    bool holds;
    size_t n;
    char p[HELD_BYTES];
} held;

/* The line being made.  Full is full: what does not fit is left out, and the line stays well-formed. */
struct line {
    size_t n;
    char p[LINE_BYTES];
};

void log_setup(int fd, enum log_format format, enum log_level least)
{
    sink.fd = fd;
    sink.format = format;
    sink.least = least;
}

void log_request_id(struct str id)
{
    request_id = id;
}

static bool add(struct line *line, const char *p, size_t n)
{
    if (line->n + n > LINE_BYTES - TAIL_BYTES)
        return false;
    memcpy(line->p + line->n, p, n);
    line->n += n;
    return true;
}

static bool add_cstr(struct line *line, const char *s)
{
    return add(line, s, strlen(s));
}

/* Both formats escape alike, as JSON does.  Text that does not fit is cut between two characters. */
static bool add_quoted(struct line *line, struct str s)
{
    if (!add(line, "\"", 1))
        return false;
    for (int32_t c; (c = text_next(&s)) >= 0;) {
        char piece[8];
        size_t n;
        if (c == '"' || c == '\\')
            n = (size_t)snprintf(piece, sizeof piece, "\\%c", (char)c);
        else if (c == '\n')
            n = (size_t)snprintf(piece, sizeof piece, "\\n");
        else if (c < 0x20 || c == 0x7F)
            n = (size_t)snprintf(piece, sizeof piece, "\\u%04x", (unsigned)c);
        else
            n = text_encode(c, piece);
        if (!add(line, piece, n))
            break;
    }
    line->p[line->n++] = '"'; /* TAIL_BYTES keeps room for it */
    return true;
}

/* logfmt leaves simple words bare. */
static bool is_bare(struct str s)
{
    if (s.n == 0 || !text_is_utf8(s))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
            return false;
    }
    return true;
}

static bool add_name(struct line *line, const char *name)
{
    if (sink.format == LOG_LOGFMT)
        return (line->n == 0 || add(line, " ", 1)) && add_cstr(line, name) && add(line, "=", 1);
    return add(line, line->n == 0 ? "{\"" : ",\"", 2) && add_cstr(line, name) && add(line, "\":", 2);
}

static bool add_number(struct line *line, const struct log_field *field)
{
    char number[40];
    if (field->kind == LOG_FIELD_I64)
        snprintf(number, sizeof number, "%lld", (long long)field->number);
    else if (isfinite(field->real))
        snprintf(number, sizeof number, "%.6g", field->real);
    else
        snprintf(number, sizeof number, "null"); /* JSON knows no infinities */
    return add_cstr(line, number);
}

static bool add_value(struct line *line, const struct log_field *field)
{
    if (field->kind != LOG_FIELD_STR)
        return add_number(line, field);
    if (sink.format == LOG_LOGFMT && is_bare(field->text) && add(line, field->text.p, field->text.n))
        return true;
    return add_quoted(line, field->text);
}

/* False when the line is full: a field that was only begun is taken back. */
static bool add_field(struct line *line, const struct log_field *field)
{
    size_t before = line->n;
    if (add_name(line, field->name) && add_value(line, field))
        return true;
    line->n = before;
    return false;
}

static void add_fields(struct line *line, const char *event, const struct log_field *fields)
{
    if (!add_field(line, &F_CSTR("event", event)))
        return;
    if (request_id.n > 0 && !add_field(line, &F_STR("request", request_id)))
        return;
    while (fields->name != NULL && add_field(line, fields))
        fields++;
}

static void write_out(const char *p, size_t n)
{
    while (n > 0 && write(sink.fd, p, n) < 0 && errno == EINTR) {
    }
}

static void write_held(void)
{
    write_out(held.p, held.n);
    held.n = 0;
}

void log_hold(void)
{
    held.holds = true;
}

void log_release(void)
{
    held.holds = false;
    write_held();
}

void log_line(enum log_level level, const char *event, const struct log_field *fields)
{
    static const char *const level_names[] = {
        [LOG_LEVEL_DEBUG] = "debug",
        [LOG_LEVEL_INFO] = "info",
        [LOG_LEVEL_WARNING] = "warning",
        [LOG_LEVEL_ERROR] = "error",
    };
    if (level < sink.least)
        return;
    struct line line;
    line.n = 0;
    char now[CLOCK_ISO_BYTES];
    clock_iso(clock_now_ms(clock_system()), now);
    (void)add_field(&line, &F_CSTR("ts", now));
    (void)add_field(&line, &F_CSTR("level", level_names[level]));
    add_fields(&line, event, fields);
    if (sink.format == LOG_JSON)
        line.p[line.n++] = '}';
    line.p[line.n++] = '\n';
    if (!held.holds) {
        write_out(line.p, line.n);
        return;
    }
    if (line.n > sizeof held.p - held.n)
        write_held();
    memcpy(held.p + held.n, line.p, line.n);
    held.n += line.n;
    if (level >= LOG_LEVEL_WARNING)
        write_held();
}

bool log_pace_passes(struct log_pace *pace, int64_t tick_us, int64_t *ret_left_out)
{
    if (tick_us < pace->next_us) {
        pace->left_out++;
        return false;
    }
    pace->next_us = tick_us + PACE_US;
    *ret_left_out = log_pace_take_rest(pace);
    return true;
}

int64_t log_pace_take_rest(struct log_pace *pace)
{
    int64_t left_out = pace->left_out;
    pace->left_out = 0;
    return left_out;
}
