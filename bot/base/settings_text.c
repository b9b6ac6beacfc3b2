#include "bot/base/settings_text.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum { MAX_EXPANDED_BYTES = 64 * 1024 };

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.n > 0;
}

/* What stands between the braces of ${…}. */
static enum err add_variable(struct arena *arena, struct str inside, struct buf *out, struct error *error)
{
    size_t at = str_find(inside, STR(":-"));
    struct str name = str_first(inside, at);
    if (!is_name(name))
        return fail(error, ERR_INVALID, "'${%.*s}' is no variable; write ${NAME} or ${NAME:-default}",
                    STR_ARG(str_first(inside, 40)));
    struct str name_z = arena_copy(arena, name);
    if (name_z.p == NULL)
        return fail(error, ERR_NO_MEMORY, "too large to be read here");
    struct str value = str_of(getenv(name_z.p));
    bool has_default = at != SIZE_MAX;
    if (value.p == NULL && !has_default)
        return fail(error, ERR_INVALID,
                    "the environment variable %s is not set; set it, or write ${%s:-} if it may be empty", name_z.p,
                    name_z.p);
    buf_add(out, value.n == 0 && has_default ? str_skip(inside, at + 2) : value);
    return OK;
}

enum err settings_text_expand(struct arena *arena, struct str text, struct str *ret_text, bool *ret_replaced,
                              struct error *error)
{
    struct buf out;
    buf_init(&out, arena, MAX_EXPANDED_BYTES);
    bool replaced = false;
    struct str rest = text;
    for (size_t at; (at = str_find(rest, STR("${"))) != SIZE_MAX;) {
        replaced = true;
        if (at > 0 && rest.p[at - 1] == '$') { /* $${ */
            buf_add(&out, str_first(rest, at));
            buf_add_char(&out, '{');
            rest = str_skip(rest, at + 2);
            continue;
        }
        buf_add(&out, str_first(rest, at));
        rest = str_skip(rest, at + 2);
        size_t end = str_find_char(rest, '}');
        if (end == SIZE_MAX)
            return fail(error, ERR_INVALID,
                        "a '${' without its '}'; close it, or write $${ for the characters themselves");
        enum err rc = add_variable(arena, str_first(rest, end), &out, error);
        if (rc != OK)
            return rc;
        rest = str_skip(rest, end + 1);
    }
    buf_add(&out, rest);
    if (replaced && buf_failed(&out))
        return fail(error, ERR_INVALID, "the text is too long with its variables replaced; shorten it");
    *ret_text = replaced ? buf_str(&out) : text;
    *ret_replaced = replaced;
    return OK;
}

struct unit {
    struct str name;
    int64_t factor;
};

static bool read_quantity(struct str text, const struct unit *units, size_t n_units, int64_t *ret_value)
{
    size_t digits = 0;
    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
        digits++;
    int64_t number;
    if (!str_to_i64(str_first(text, digits), &number))
        return false;
    for (size_t i = 0; i < n_units; i++)
        if (str_eq(str_skip(text, digits), units[i].name))
            return !__builtin_mul_overflow(number, units[i].factor, ret_value);
    return false;
}

bool settings_text_bytes(struct str text, int64_t *ret_bytes)
{
    static const struct unit units[] = {
        {STR_INIT(""), 1},
        {STR_INIT("B"), 1},
        {STR_INIT("KiB"), 1024},
        {STR_INIT("MiB"), INT64_C(1024) * 1024},
        {STR_INIT("GiB"), INT64_C(1024) * 1024 * 1024},
    };
    return read_quantity(text, units, COUNT_OF(units), ret_bytes);
}

bool settings_text_duration(struct str text, int64_t *ret_ms)
{
    static const struct unit units[] = {
        {STR_INIT("ms"), 1},      {STR_INIT("s"), 1000},     {STR_INIT("m"), 60000},
        {STR_INIT("h"), 3600000}, {STR_INIT("d"), 86400000},
    };
    return read_quantity(text, units, COUNT_OF(units), ret_ms);
}
