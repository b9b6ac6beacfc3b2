#include "integrations/slack/form.h"

#include <stdbool.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* May stand bare in a form: what RFC 3986 allows in a query. */
static bool is_bare(char c)
{
    return c > 0x20 && c < 0x7f && str_find_char(STR("\"<>\\^`{|}"), c) == SIZE_MAX;
}

static enum err decode(struct arena *arena, struct str raw, struct str *ret_text, struct error *error)
{
    char *p = arena_alloc(arena, raw.n + 1);
    if (p == NULL)
        return fail(error, ERR_NO_MEMORY, "the form does not fit into memory");
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int high = raw.n - i > 2 ? hex_digit(raw.p[i + 1]) : -1;
            int low = raw.n - i > 2 ? hex_digit(raw.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return fail(error, ERR_INVALID, "a broken %% escape in a form");
            c = (char)(high << 4 | low);
            if (c == '\0')
                return fail(error, ERR_INVALID, "a NUL in a form");
            i += 2;
        } else if (c == '+') {
            c = ' ';
        } else if (!is_bare(c)) {
            return fail(error, ERR_INVALID, "a byte that no form holds");
        }
        p[n++] = c;
    }
    if (!text_is_utf8((struct str){p, n}))
        return fail(error, ERR_INVALID, "a form that is not UTF-8");
    *ret_text = (struct str){p, n};
    return OK;
}

static bool has(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->n; i++)
        if (str_eq(form->fields[i].name, name))
            return true;
    return false;
}

enum err form_parse(struct arena *arena, struct str body, struct form *ret_form, struct error *error)
{
    struct form form = {.fields = arena_alloc_array(arena, FORM_MAX_FIELDS, sizeof(struct form_field))};
    if (form.fields == NULL)
        return fail(error, ERR_NO_MEMORY, "the form does not fit into memory");
    struct str rest = body.p != NULL ? body : STR(""), piece;
    while (str_split(&rest, '&', &piece)) {
        if (piece.n == 0)
            continue;
        if (form.n == FORM_MAX_FIELDS)
            return fail(error, ERR_INVALID, "a form of more than %d fields", FORM_MAX_FIELDS);
        struct form_field field;
        struct str raw_value = piece, raw_name;
        str_split(&raw_value, '=', &raw_name);
        enum err rc = decode(arena, raw_name, &field.name, error);
        if (rc == OK)
            rc = decode(arena, raw_value, &field.value, error);
        if (rc == OK && has(&form, field.name))
            rc = fail(error, ERR_INVALID, "a form that names a field twice");
        if (rc != OK)
            return rc;
        form.fields[form.n++] = field;
    }
    *ret_form = form;
    return OK;
}

struct str form_get(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->n; i++)
        if (str_eq(form->fields[i].name, name))
            return form->fields[i].value;
    return (struct str){NULL, 0};
}

/* In pieces, since a byte at a time would dominate the cost of sending a message. */
static void add_encoded(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    char piece[384];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (n + 3 > sizeof piece) {
            buf_add(out, (struct str){piece, n});
            n = 0;
        }
        unsigned char c = (unsigned char)text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '*';
        if (plain || c == ' ') {
            piece[n++] = c == ' ' ? '+' : (char)c;
            continue;
        }
        piece[n++] = '%';
        piece[n++] = digits[c >> 4];
        piece[n++] = digits[c & 15];
    }
    buf_add(out, (struct str){piece, n});
}

void form_add(struct buf *out, struct str name, struct str value)
{
    if (out->n > 0)
        buf_add_char(out, '&');
    add_encoded(out, name);
    buf_add_char(out, '=');
    add_encoded(out, value);
}
