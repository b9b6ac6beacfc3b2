#include "integrations/llm/schema.h"

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

/* What the check says: "" when the value keeps to the schema. */
static void assert_said(const char *schema_text, const char *value_text, const char *expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 256 * 1024);
    struct error error = {0};
    struct json_value *schema = NULL, *value = NULL;
    assert_int_equal(json_read(&arena, str_of(schema_text), &schema, &error), OK);
    assert_int_equal(json_read(&arena, str_of(value_text), &value, &error), OK);
    enum err rc = schema_check(schema, value, &arena, &error);
    assert_int_equal(rc, expected[0] == '\0' ? OK : ERR_INVALID);
    assert_string_equal(rc == OK ? "" : error.text, expected);
}

#define CLAIMS                                                                                                         \
    "{\"type\":\"object\",\"required\":[\"claims\"],\"additionalProperties\":false,\"properties\":{\"claims\":{"       \
    "\"type\":"                                                                                                        \
    "\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"required\":[\"text\",\"page\"],\"properties\":{"        \
    "\"text\":{"                                                                                                       \
    "\"type\":\"string\",\"minLength\":2},\"page\":{\"type\":[\"integer\",\"null\"],\"minimum\":1}}}}}}"

TEST(schema, what_keeps_to_it_passes)
{
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"연차\",\"page\":3,\"more\":1},{\"text\":\"ab\",\"page\":null}]}", "");
    assert_said("{}", "[1,2]", "");
    assert_said("{\"type\":\"number\"}", "1.5", "");
    assert_said("{\"type\":\"integer\"}", "2.0", "");
}

TEST(schema, what_does_not_is_named_by_its_place)
{
    assert_said(CLAIMS, "[]", "the answer: is of the wrong type");
    assert_said(CLAIMS, "{}", "claims: is missing");
    assert_said(CLAIMS, "{\"claims\":[]}", "claims: has too few items");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"ab\",\"page\":1},{\"page\":1}]}", "claims[1].text: is missing");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":7,\"page\":1}]}", "claims[0].text: is of the wrong type");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"휴\",\"page\":1}]}", "claims[0].text: is too short");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"ab\",\"page\":1.5}]}", "claims[0].page: is of the wrong type");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"ab\",\"page\":0}]}", "claims[0].page: is too small");
    assert_said(CLAIMS, "{\"claims\":[{\"text\":\"ab\",\"page\":1}],\"why\":1}", "why: is not asked for");
}

TEST(schema, choices_are_compared_as_values)
{
    assert_said("{\"enum\":[\"a\",1,null,{\"b\":[2]}]}", "{\"b\":[2.0]}", "");
    assert_said("{\"enum\":[\"a\",1,null]}", "\"b\"", "the answer: is none of the values that are allowed");
    assert_said("{\"const\":true}", "false", "the answer: is not the one value that is allowed");
    assert_said("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "null", "");
    assert_said("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "1", "the answer: is of the wrong type");
}

TEST(schema, the_object_is_found_whatever_stands_around_it)
{
    assert_str_equal(schema_object_in(STR("```json\n{\"a\":{}}\n```")), STR("{\"a\":{}}"));
    assert_str_equal(schema_object_in(STR("Here: {\"a\":1} Bye")), STR("{\"a\":1}"));
    assert_str_equal(schema_object_in(STR("} {")), STR(""));
    assert_str_equal(schema_object_in(STR("no")), STR(""));
    assert_str_equal(schema_object_in(STR("")), STR(""));
}

TEST_MAIN
