#include "flows/answer/delimit.h"

#include <inttypes.h>

#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

static bool is_less_than(int32_t c)
{
    return c == '<' || c == 0xFF1C || c == 0xFE64;
}

/* Letters of any script, a slash of either width, or another <: what a tag may begin with. */
static bool begins_tag(int32_t c)
{
    return c == '/' || c == 0xFF0F || c == '!' || c == '|' || is_less_than(c) || text_is_letter(c);
}

static void add_data(struct buf *out, struct str text)
{
    for (struct str rest = text; rest.n > 0;) {
        struct str here = rest;
        int32_t c = text_next(&rest);
        struct str next = str_trim(rest);
        bool is_tag = is_less_than(c) && next.n > 0 && begins_tag(text_next(&next));
        if (is_tag)
            buf_add(out, STR("‹"));
        else if (c == 0xFFFD)
            buf_add(out, STR("\xEF\xBF\xBD")); /* bytes that are no UTF-8 */
        else
            buf_add(out, str_first(here, here.n - rest.n));
    }
}

/* name="value", on one line; quotation marks that would end it become '. */
static void add_attribute(struct buf *out, struct str name, struct str value)
{
    if (value.n == 0)
        return;
    buf_add_char(out, ' ');
    buf_add(out, name);
    buf_add(out, STR("=\""));
    for (struct str rest = value; rest.n > 0;) {
        struct str here = rest;
        int32_t c = text_next(&rest);
        if (c == '"')
            buf_add_char(out, '\'');
        else if (is_less_than(c) || c == '>')
            buf_add_char(out, c == '>' ? ')' : '(');
        else if (c < 0x20)
            buf_add_char(out, ' ');
        else
            buf_add(out, str_first(here, here.n - rest.n));
    }
    buf_add_char(out, '"');
}

void delimit_passage(struct buf *out, size_t number, const struct passage *passage)
{
    buf_addf(out, "<passage n=\"%zu\"", number);
    add_attribute(out, STR("title"), passage->title);
    add_attribute(out, STR("heading"), passage->heading);
    if (passage->page > 0)
        buf_addf(out, " page=\"%" PRId64 "\"", passage->page);
    buf_add(out, STR(">\n"));
    add_data(out, passage->text);
    buf_add(out, STR("\n</passage>\n"));
}

void delimit_text(struct buf *out, struct str name, struct str text)
{
    buf_addf(out, "<%.*s>\n", STR_ARG(name));
    add_data(out, text);
    buf_addf(out, "\n</%.*s>\n", STR_ARG(name));
}
