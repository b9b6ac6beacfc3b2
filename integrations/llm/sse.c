#include "integrations/llm/sse.h"

#include "bot/base/banned.h"

static const struct str byte_order_mark = STR_INIT("\xef\xbb\xbf");

void sse_init(struct sse *sse, size_t ceiling_bytes)
{
    *sse = (struct sse){0};
    buf_init(&sse->line, NULL, ceiling_bytes);
    buf_init(&sse->data, NULL, ceiling_bytes);
}

void sse_release(struct sse *sse)
{
    buf_release(&sse->line);
    buf_release(&sse->data);
}

/* What stands behind "data:", without the one space that belongs to the colon; false: the line is something else. */
static bool data_of(struct str line, struct str *ret_value)
{
    if (!str_starts(line, STR("data")) || (line.n > 4 && line.p[4] != ':'))
        return false;
    struct str value = str_skip(line, 5);
    *ret_value = str_starts(value, STR(" ")) ? str_skip(value, 1) : value;
    return true;
}

static enum sse_outcome give(struct sse *sse, const struct sse_listener *listener)
{
    bool goes_on = !sse->has_data || listener->event(listener->self, buf_str(&sse->data));
    sse->has_data = false;
    buf_truncate(&sse->data, 0);
    return goes_on ? SSE_GOES_ON : SSE_UNWANTED;
}

static enum sse_outcome take_line(struct sse *sse, const struct sse_listener *listener)
{
    struct str line = buf_str(&sse->line), value;
    if (!sse->past_mark && str_starts(line, byte_order_mark))
        line = str_skip(line, byte_order_mark.n);
    sse->past_mark = true;
    if (line.n == 0)
        return give(sse, listener);
    if (data_of(line, &value)) {
        if (sse->has_data)
            buf_add_char(&sse->data, '\n');
        buf_add(&sse->data, value);
        sse->has_data = true;
    }
    return buf_failed(&sse->data) ? SSE_TOO_LONG : SSE_GOES_ON;
}

static size_t line_end(struct str bytes)
{
    size_t at = 0;
    while (at < bytes.n && bytes.p[at] != '\n' && bytes.p[at] != '\r')
        at++;
    return at;
}

enum sse_outcome sse_feed(struct sse *sse, struct str bytes, const struct sse_listener *listener)
{
    while (bytes.n > 0) {
        if (sse->after_cr && bytes.p[0] == '\n')
            bytes = str_skip(bytes, 1);
        sse->after_cr = false;
        size_t end = line_end(bytes);
        buf_add(&sse->line, str_first(bytes, end));
        if (buf_failed(&sse->line))
            return SSE_TOO_LONG;
        if (end == bytes.n)
            break;
        sse->after_cr = bytes.p[end] == '\r';
        enum sse_outcome outcome = take_line(sse, listener);
        buf_truncate(&sse->line, 0);
        if (outcome != SSE_GOES_ON)
            return outcome;
        bytes = str_skip(bytes, end + 1);
    }
    return SSE_GOES_ON;
}

enum sse_outcome sse_end(struct sse *sse, const struct sse_listener *listener)
{
    return give(sse, listener);
}
