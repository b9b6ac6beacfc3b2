#include "tests/unit/flows/rules/feel_fixture.h"

static void round_trip(const char *json)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct value value;
    struct buf out;
    assert_int_equal(value_from_json(&arena, str_of(json), &value, NULL), OK);
    buf_init(&out, &arena, 65536);
    assert_int_equal(value_to_json(&out, &value, NULL), OK);
    assert_str_equal(buf_str(&out), str_of(json));
}

TEST(value, json_comes_back_with_every_digit)
{
    round_trip("{\"a\": [1, 2.50, -0.1, 12345678901234567890123456789.12345], \"b\": null, \"c\": \"\\\"가\\n\"}");
    round_trip("[]");
    round_trip("{}");
    round_trip("[true, false, [[[1]]]]");
}

TEST(value, json_numbers_out_of_range_are_an_error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct value value;
    struct error error;
    assert_int_equal(value_from_json(&arena, STR("[1e99999]"), &value, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "too large"));
    assert_int_equal(value_from_json(&arena, STR("[1"), &value, &error), ERR_INVALID);
}

static struct value from(struct arena *arena, const char *json)
{
    struct value value;
    assert_int_equal(value_from_json(arena, str_of(json), &value, NULL), OK);
    return value;
}

TEST(value, equality_looks_inside)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct value a = from(&arena, "{\"x\": [1.0, {\"y\": \"z\"}], \"n\": null}");
    struct value b = from(&arena, "{\"n\": null, \"x\": [1, {\"y\": \"z\"}]}");
    struct value c = from(&arena, "{\"n\": null, \"x\": [1, {\"y\": \"w\"}]}");
    struct value d = from(&arena, "{\"n\": null, \"x\": [1, {\"y\": 3}]}");
    assert_int_equal(value_equal(&a, &b), TRUTH_TRUE);
    assert_int_equal(value_equal(&a, &c), TRUTH_FALSE);
    assert_int_equal(value_equal(&a, &d), TRUTH_NULL);
}

TEST(value, a_copy_outlives_its_origin)
{
    CLEANUP(arena_release) struct arena keep;
    arena_init(&keep, 1024 * 1024);
    struct value copy;
    {
        CLEANUP(fixture_release) struct fixture f;
        fixture_init(&f, "{\"v\": {\"a\": [1, \"text\", {\"b\": true}]}}");
        assert_int_equal(value_copy(&keep, f.input.context.entries[0].value, &copy), OK);
    }
    struct str text;
    assert_int_equal(value_to_text(&keep, &copy, &text, NULL), OK);
    assert_str_equal(text, STR("{a: [1, \"text\", {b: true}]}"));
}

TEST(value, strings_are_ordered_by_code_points)
{
    struct value a = value_string(STR("가")), b = value_string(STR("나")), one = value_i64(1);
    int order;
    assert_true(value_compare(&a, &b, &order));
    assert_int_equal(order, -1);
    assert_false(value_compare(&a, &one, &order));
}

TEST_MAIN
