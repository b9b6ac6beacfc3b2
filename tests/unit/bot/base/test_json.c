#include "bot/base/json.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static struct arena arena;
static struct error error;

static enum err parse(struct str body)
{
    CLEANUP(json_releasep) json_t *root = NULL;
    error = (struct error){.code = OK};
    return json_parse_body(body, &root, &error);
}

static json_t *parsed(const char *body)
{
    json_t *root = NULL;
    assert_int_equal(json_parse_body(str_of(body), &root, &error), OK);
    return root;
}

static struct reader reader(void)
{
    arena_init(&arena, 1 << 20);
    error = (struct error){.code = OK};
    return (struct reader){.arena = &arena, .error = &error};
}

TEST(json, valid_json_of_any_shape_parses)
{
    static const char *const bodies[] = {
        "{}", "[]", "null", "1", "\"x\"", "[[[]]]", " {\"a\": [1, 2.5e3, true]} ", "{\"\\ud83d\\ude00\": \"😀\"}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_int_equal(parse(str_of(bodies[i])), OK);
}

TEST(json, faults_are_invalid_with_their_byte)
{
    assert_int_equal(parse(STR("{\"a\": 1,}")), ERR_INVALID);
    assert_true(str_starts(str_of(error.text), STR("byte 9: ")));
    static const struct str bodies[] = {
        STR_INIT(""),
        STR_INIT("{"),
        STR_INIT("{} x"),
        STR_INIT("{\"a\":1,\"a\":2}"),
        STR_INIT("\"\\u0000\""),
        STR_INIT("\"a\0b\""),
        STR_INIT("{}\0"),
        STR_INIT("\"\xFF\""),
        STR_INIT("\"\\ud800\""),
        STR_INIT("[01]"),
        STR_INIT("\xEF\xBB\xBF{}"),
        STR_INIT("nul"),
        STR_INIT("5\0"),
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_int_equal(parse(bodies[i]), ERR_INVALID);
    assert_int_equal(parse((struct str){NULL, 0}), ERR_INVALID);
}

static struct str nested(size_t depth, char open, char close)
{
    char *p = malloc(depth * 2);
    assert_non_null(p);
    memset(p, open, depth);
    memset(p + depth, close, depth);
    return (struct str){p, depth * 2};
}

TEST(json, depth_64_parses_and_65_does_not)
{
    struct str fine = nested(64, '[', ']'), deep = nested(65, '[', ']');
    assert_int_equal(parse(fine), OK);
    assert_int_equal(parse(deep), ERR_INVALID);
    assert_string_equal(error.text, "byte 65: nested deeper than 64");
    free((char *)fine.p);
    free((char *)deep.p);
}

TEST(json, brackets_inside_strings_are_no_depth)
{
    char text[400] = "\"";
    memset(text + 1, '[', 200);
    memcpy(text + 201, "\\\"[[[\"", 7);
    assert_int_equal(parse(str_of(text)), OK);
}

TEST(json, a_megabyte_of_brackets_is_refused_at_once)
{
    struct str deep = nested(1 << 20, '[', ']');
    assert_int_equal(parse(deep), ERR_INVALID);
    free((char *)deep.p);
}

TEST(json, numbers_beyond_int64_become_reals)
{
    CLEANUP(json_releasep)
    json_t *root = parsed("{\"big\": 9223372036854775808, \"id\": 123, \"s\": \"12345678901234567890\", "
                          "\"max\": 9223372036854775807, \"low\": -9223372036854775809}");
    assert_true(json_is_real(json_at(root, "big")));
    assert_true(json_real_value(json_at(root, "big")) == 9223372036854775808.0);
    assert_true(json_is_integer(json_at(root, "id")));
    assert_int_equal(json_integer_value(json_at(root, "max")), INT64_MAX);
    assert_true(json_is_real(json_at(root, "low")));
    assert_string_equal(json_string_value(json_at(root, "s")), "12345678901234567890");
}

TEST(json, huge_exponents_are_clamped)
{
    CLEANUP(json_releasep) json_t *root = parsed("[1e999, -1E+999, 1e-999, 12]");
    assert_true(json_real_value(json_at(root, "0")) > 1e308);
    assert_true(json_real_value(json_at(root, "1")) < -1e308);
    assert_true(json_real_value(json_at(root, "2")) == 0);
    assert_int_equal(json_integer_value(json_at(root, "3")), 12);
}

TEST(json, a_fault_behind_a_huge_number_is_still_found)
{
    assert_int_equal(parse(STR("[1e999, \"open")), ERR_INVALID);
    assert_int_equal(parse(STR("[99999999999999999999, 01]")), ERR_INVALID);
    assert_int_equal(parse(STR("[1e999e5]")), ERR_INVALID);
    assert_int_equal(parse(STR("[01e999]")), ERR_INVALID);
    assert_int_equal(parse(STR("[0x1p9999, 1e999]")), ERR_INVALID);
    assert_int_equal(parse(STR("[1e999, 1., 2]")), ERR_INVALID);
    assert_int_equal(parse(STR("[1e999, 1e+]")), ERR_INVALID);
}

TEST(json, paths_reach_into_objects_and_arrays)
{
    CLEANUP(json_releasep)
    json_t *root = parsed("{\"event\": {\"files\": [{\"id\": \"F1\"}, {\"id\": 7}], \"0\": \"zero\"}, \"n\": null}");
    struct reader r = reader();
    assert_str_equal(json_need_str(&r, root, "event.files.0.id"), STR("F1"));
    assert_str_equal(json_need_id(&r, root, "event.files.1.id"), STR("7"));
    assert_str_equal(json_need_str(&r, root, "event.0"), STR("zero"));
    assert_null(json_at(root, "event.files.2"));
    assert_null(json_at(root, "event.files.-1"));
    assert_null(json_at(root, "event.files.x"));
    assert_null(json_at(root, "event.files.0.id.x"));
    assert_null(json_at(root, "n"));
    assert_null(json_at(NULL, "n"));
    assert_int_equal(r.rc, OK);
    arena_release(&arena);
}

TEST(json, the_first_missing_field_sticks)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"a\": 1, \"b\": \"x\"}");
    struct reader r = reader();
    assert_str_equal(json_need_str(&r, root, "a"), STR(""));
    assert_int_equal(json_need_i64(&r, root, "b"), 0);
    assert_str_equal(json_need_id(&r, root, "c"), STR(""));
    assert_int_equal(r.rc, ERR_INVALID);
    assert_string_equal(error.text, "a: expected a string, it is a whole number");
    arena_release(&arena);
}

TEST(json, absence_and_null_are_alike)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"a\": null}");
    struct reader r = reader();
    json_need_i64(&r, root, "a");
    assert_string_equal(error.text, "a: expected a whole number, it is absent");
    arena_release(&arena);
}

TEST(json, optional_fields_have_defaults_for_absence_and_other_types)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"s\": \"x\", \"i\": 5, \"t\": true, \"o\": {}}");
    struct reader r = reader();
    assert_str_equal(json_may_str(&r, root, "s", STR("d")), STR("x"));
    assert_str_equal(json_may_str(&r, root, "i", STR("d")), STR("d"));
    assert_str_equal(json_may_str(&r, root, "no", STR("d")), STR("d"));
    assert_str_equal(json_may_id(&r, root, "i", STR("d")), STR("5"));
    assert_str_equal(json_may_id(&r, root, "o", STR("d")), STR("d"));
    assert_int_equal(json_may_i64(&r, root, "i", 9), 5);
    assert_int_equal(json_may_i64(&r, root, "s", 9), 9);
    assert_true(json_may_bool(&r, root, "t", false));
    assert_true(json_may_bool(&r, root, "i", true));
    assert_int_equal(r.rc, OK);
    arena_release(&arena);
}

TEST(json, lists_of_ids_take_strings_and_integers_and_skip_the_rest)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"tags\": [\"a\", 12, null, {}, \"b\"], \"x\": 1}");
    struct reader r = reader();
    struct strs tags = json_may_strs(&r, root, "tags");
    assert_int_equal(tags.n, 3);
    assert_str_equal(tags.items[1], STR("12"));
    assert_str_equal(tags.items[2], STR("b"));
    assert_int_equal(json_may_strs(&r, root, "x").n, 0);
    assert_int_equal(json_may_strs(&r, root, "none").n, 0);
    assert_int_equal(r.rc, OK);
    arena_release(&arena);
}

TEST(json, a_subtree_comes_back_as_text)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"a\": {\"b\": [1, \"한\"]}}");
    struct reader r = reader();
    assert_str_equal(json_text_of(&r, json_at(root, "a")), STR("{\"b\":[1,\"한\"]}"));
    assert_null(json_text_of(&r, json_at(root, "c")).p);
    assert_int_equal(r.rc, OK);
    arena_release(&arena);
}

TEST(json, a_full_arena_sticks)
{
    CLEANUP(json_releasep) json_t *root = parsed("{\"a\": \"text\"}");
    arena_init(&arena, 0);
    struct reader r = {.arena = &arena, .error = &error};
    json_may_str(&r, root, "a", STR(""));
    assert_int_equal(r.rc, ERR_NO_MEMORY);
    struct reader again = {.arena = &arena, .error = NULL};
    assert_null(json_text_of(&again, root).p);
    assert_int_equal(again.rc, ERR_NO_MEMORY);
}

TEST_MAIN
