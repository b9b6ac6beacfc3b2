#include "bot/base/yaml_scalar.h"

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static bool is_one_of(struct str text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(text, str_of(words[i])))
            return true;
    return false;
}

bool yaml_scalar_is_true(struct str text)
{
    static const char *const words[] = {"true", "True", "TRUE"};
    return is_one_of(text, words, COUNT_OF(words));
}

static bool is_bool(struct str text)
{
    static const char *const words[] = {"false", "False", "FALSE"};
    return yaml_scalar_is_true(text) || is_one_of(text, words, COUNT_OF(words));
}

static bool is_null(struct str text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    return is_one_of(text, words, COUNT_OF(words));
}

static struct str skip_sign(struct str s)
{
    return s.n > 0 && (s.p[0] == '-' || s.p[0] == '+') ? str_skip(s, 1) : s;
}

static bool is_digit(char c, int base)
{
    if (c >= '0' && c <= '9')
        return c - '0' < base;
    return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
}

/* How many digits `s` begins with. */
static size_t digits(struct str s, int base)
{
    size_t n = 0;
    while (n < s.n && is_digit(s.p[n], base))
        n++;
    return n;
}

static bool is_int(struct str s)
{
    int base = str_starts(s, STR("0o")) ? 8 : str_starts(s, STR("0x")) ? 16 : 10;
    s = base == 10 ? skip_sign(s) : str_skip(s, 2);
    return s.n > 0 && digits(s, base) == s.n;
}

static bool is_float(struct str s)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF"};
    static const char *const not_numbers[] = {".nan", ".NaN", ".NAN"};
    if (is_one_of(s, not_numbers, COUNT_OF(not_numbers)))
        return true;
    s = skip_sign(s);
    if (is_one_of(s, infinities, COUNT_OF(infinities)))
        return true;
    size_t whole = digits(s, 10), fraction = 0;
    s = str_skip(s, whole);
    if (str_starts(s, STR("."))) {
        fraction = digits(str_skip(s, 1), 10);
        s = str_skip(s, 1 + fraction);
    }
    if (whole + fraction == 0)
        return false;
    if (str_starts(s, STR("e")) || str_starts(s, STR("E"))) {
        s = skip_sign(str_skip(s, 1));
        return s.n > 0 && digits(s, 10) == s.n;
    }
    return s.n == 0;
}

enum yaml_kind yaml_scalar_kind(struct str text)
{
    if (is_null(text))
        return YAML_NULL;
    if (is_bool(text))
        return YAML_BOOL;
    if (is_int(text))
        return YAML_INT;
    return is_float(text) ? YAML_FLOAT : YAML_STRING;
}
