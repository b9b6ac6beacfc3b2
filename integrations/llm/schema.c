#include "integrations/llm/schema.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* A value and where it stands in the answer. */
struct place {
    const struct json_value *value;
    struct str path; /* "claims[0].text"; empty: the answer itself */
};

struct check {
    struct arena *arena;
    struct error *error;
};

static MUST_USE enum err check_value(struct check *check, const struct json_value *schema, struct place place);

static MUST_USE enum err refuse(struct check *check, struct place place, const char *what)
{
    struct str path = place.path.n > 0 ? place.path : STR("the answer");
    return fail(check->error, ERR_INVALID, "%.*s: %s", STR_ARG(text_first(path, 80)), what);
}

/* ── type, enum, const ─────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_of_type(const struct json_value *value, struct str type)
{
    static const struct {
        struct str name;
        enum json_kind kind;
    } types[] = {
        {STR_INIT("null"), JSON_NULL_},      {STR_INIT("boolean"), JSON_BOOL_},  {STR_INIT("number"), JSON_NUMBER_},
        {STR_INIT("integer"), JSON_NUMBER_}, {STR_INIT("string"), JSON_STRING_}, {STR_INIT("array"), JSON_ARRAY_},
        {STR_INIT("object"), JSON_OBJECT_},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq(type, types[i].name)) {
            double number = value->kind == JSON_NUMBER_ ? json_to_double(value) : 0;
            bool whole = number >= -9e15 && number <= 9e15 && (double)(int64_t)number == number;
            return value->kind == types[i].kind && (whole || !str_eq(type, STR("integer")));
        }
    return true; /* a type that nobody knows asks for nothing */
}

static MUST_USE enum err check_type(struct check *check, const struct json_value *schema, struct place place)
{
    const struct json_value *type = json_get(schema, STR("type"));
    if (type == NULL)
        return OK;
    bool list = type->kind == JSON_ARRAY_, fits = false;
    for (const struct json_value *one = list ? type->child : type; one != NULL; one = list ? one->next : NULL)
        fits |= is_of_type(place.value, one->text);
    return fits ? OK : refuse(check, place, "is of the wrong type");
}

static bool same(const struct json_value *a, const struct json_value *b)
{
    if (a->kind != b->kind || a->n != b->n)
        return false;
    const struct json_value *other = b->child;
    switch (a->kind) {
    case JSON_NULL_:
        return true;
    case JSON_BOOL_:
        return a->boolean == b->boolean;
    case JSON_NUMBER_:
        return json_to_double(a) == json_to_double(b);
    case JSON_STRING_:
        return str_eq(a->text, b->text);
    case JSON_ARRAY_:
        for (const struct json_value *one = a->child; one != NULL; one = one->next, other = other->next)
            if (!same(one, other))
                return false;
        return true;
    case JSON_OBJECT_:
        for (const struct json_value *one = a->child; one != NULL; one = one->next)
            if ((other = json_get(b, one->key)) == NULL || !same(one, other))
                return false;
        return true;
    }
    return false;
}

static MUST_USE enum err check_choice(struct check *check, const struct json_value *schema, struct place place)
{
    const struct json_value *only = json_get(schema, STR("const")), *list = json_get(schema, STR("enum"));
    if (only != NULL && !same(only, place.value))
        return refuse(check, place, "is not the one value that is allowed");
    if (list == NULL || list->kind != JSON_ARRAY_)
        return OK;
    for (const struct json_value *one = list->child; one != NULL; one = one->next)
        if (same(one, place.value))
            return OK;
    return refuse(check, place, "is none of the values that are allowed");
}

/* ── numbers and lengths ───────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err check_limits(struct check *check, const struct json_value *schema, struct place place)
{
    static const struct {
        struct str least, most;
        enum json_kind kind;
        const char *too_little, *too_much;
    } limits[] = {
        {STR_INIT("minimum"), STR_INIT("maximum"), JSON_NUMBER_, "is too small", "is too large"},
        {STR_INIT("minLength"), STR_INIT("maxLength"), JSON_STRING_, "is too short", "is too long"},
        {STR_INIT("minItems"), STR_INIT("maxItems"), JSON_ARRAY_, "has too few items", "has too many items"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct json_value *value = place.value;
        if (value->kind != limits[i].kind)
            continue;
        double size = value->kind == JSON_NUMBER_   ? json_to_double(value)
                      : value->kind == JSON_STRING_ ? (double)text_length(value->text)
                                                    : (double)value->n;
        const struct json_value *least = json_get(schema, limits[i].least), *most = json_get(schema, limits[i].most);
        if (least != NULL && least->kind == JSON_NUMBER_ && size < json_to_double(least))
            return refuse(check, place, limits[i].too_little);
        if (most != NULL && most->kind == JSON_NUMBER_ && size > json_to_double(most))
            return refuse(check, place, limits[i].too_much);
    }
    return OK;
}

/* ── what values are made of ───────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err inner(struct check *check, struct str path, const struct json_value *value,
                               struct place *ret_place)
{
    if (path.p == NULL)
        return fail(check->error, ERR_NO_MEMORY, "no memory to check an answer");
    *ret_place = (struct place){value, path};
    return OK;
}

static MUST_USE enum err member_of(struct check *check, struct place place, struct str key,
                                   const struct json_value *value, struct place *ret_place)
{
    const char *dot = place.path.n > 0 ? "." : "";
    return inner(check, arena_format(check->arena, "%.*s%s%.*s", STR_ARG(place.path), dot, STR_ARG(key)), value,
                 ret_place);
}

static MUST_USE enum err check_members(struct check *check, const struct json_value *schema, struct place place)
{
    const struct json_value *properties = json_get(schema, STR("properties"));
    bool closed = !json_get_bool(schema, STR("additionalProperties"), true);
    for (const struct json_value *member = place.value->child; member != NULL; member = member->next) {
        const struct json_value *rule = json_get(properties, member->key);
        struct place at;
        enum err rc = rule != NULL || closed ? member_of(check, place, member->key, member, &at) : OK;
        if (rc == OK && rule == NULL && closed)
            rc = refuse(check, at, "is not asked for");
        if (rc == OK && rule != NULL)
            rc = check_value(check, rule, at);
        if (rc != OK)
            return rc;
    }
    const struct json_value *required = json_get(schema, STR("required"));
    for (const struct json_value *key = required != NULL ? required->child : NULL; key != NULL; key = key->next)
        if (json_get(place.value, key->text) == NULL) {
            struct place at;
            enum err rc = member_of(check, place, key->text, NULL, &at);
            return rc != OK ? rc : refuse(check, at, "is missing");
        }
    return OK;
}

static MUST_USE enum err check_items(struct check *check, const struct json_value *schema, struct place place)
{
    const struct json_value *rule = json_get(schema, STR("items"));
    size_t i = 0;
    for (const struct json_value *item = rule != NULL ? place.value->child : NULL; item != NULL; item = item->next) {
        struct place at;
        enum err rc = inner(check, arena_format(check->arena, "%.*s[%zu]", STR_ARG(place.path), i++), item, &at);
        if (rc == OK)
            rc = check_value(check, rule, at);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static MUST_USE enum err check_any(struct check *check, const struct json_value *schema, struct place place)
{
    const struct json_value *any = json_get(schema, STR("anyOf"));
    if (any == NULL || any->kind != JSON_ARRAY_ || any->n == 0)
        return OK;
    enum err rc = ERR_INVALID;
    for (const struct json_value *one = any->child; one != NULL && rc == ERR_INVALID; one = one->next)
        rc = check_value(check, one, place);
    return rc;
}

/* The depth is the schema's, and that was read by json_read: at most JSON_MAX_DEPTH. */
static MUST_USE enum err check_value(struct check *check, const struct json_value *schema, struct place place)
{
    enum err rc = check_type(check, schema, place);
    if (rc == OK)
        rc = check_choice(check, schema, place);
    if (rc == OK)
        rc = check_limits(check, schema, place);
    if (rc == OK && place.value->kind == JSON_OBJECT_)
        rc = check_members(check, schema, place);
    if (rc == OK && place.value->kind == JSON_ARRAY_)
        rc = check_items(check, schema, place);
    return rc == OK ? check_any(check, schema, place) : rc;
}

enum err schema_check(const struct json_value *schema, const struct json_value *value, struct arena *arena,
                      struct error *error)
{
    struct check check = {arena, error};
    return check_value(&check, schema, (struct place){.value = value});
}

struct str schema_object_in(struct str text)
{
    size_t begin = str_find_char(text, '{'), end = text.n;
    while (end > 0 && text.p[end - 1] != '}')
        end--;
    return begin == SIZE_MAX || end <= begin ? (struct str){NULL, 0} : str_skip(str_first(text, end), begin);
}
