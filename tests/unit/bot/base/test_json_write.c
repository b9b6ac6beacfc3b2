#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "tests/support/test.h"

static struct buf out;

static struct str quoted(struct str s)
{
    buf_release(&out);
    buf_init(&out, NULL, 4096);
    json_add_str(&out, s);
    return buf_str(&out);
}

TEST(json_write, strings_are_escaped)
{
    assert_str_equal(quoted(STR("a\"b\\c\n\r\t\b\f\x01\x1F\x7F/ 한")),
                     STR("\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f\x7F/ 한\""));
    assert_str_equal(quoted(STR("")), STR("\"\""));
    assert_str_equal(quoted((struct str){NULL, 0}), STR("\"\""));
    buf_release(&out);
}

TEST(json_write, bytes_that_are_no_utf8_become_replacement)
{
    assert_str_equal(quoted(STR("a\xFF\xED\xA0z")), STR("\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\""));
    buf_release(&out);
}

TEST(json_write, members_and_elements_get_their_commas)
{
    buf_init(&out, NULL, 4096);
    buf_add_char(&out, '{');
    json_add_member(&out, "s", STR("x{"));
    json_add_member_i64(&out, "i", INT64_MIN);
    json_add_member_bool(&out, "b", true);
    json_add_member_raw(&out, "r", STR("[1]"));
    json_add_key(&out, "list");
    buf_add_char(&out, '[');
    for (int i = 0; i < 3; i++) {
        json_add_comma(&out);
        buf_addf(&out, "%d", i);
    }
    buf_add(&out, STR("]}"));
    assert_str_equal(buf_str(&out),
                     STR("{\"s\":\"x{\",\"i\":-9223372036854775808,\"b\":true,\"r\":[1],\"list\":[0,1,2]}"));
    buf_release(&out);
}

TEST(json_write, what_was_read_is_written_back_digit_by_digit)
{
    struct str text = STR("{\"a\":[1.50,1E400,-0,true,false,null,\"\\n\"],\"b\":{},\"c\":[],\"d\":{\"e\":[{}]}}");
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct json_value *root;
    assert_int_equal(json_read(&arena, text, &root, NULL), OK);
    buf_init(&out, NULL, 4096);
    json_add_value(&out, root);
    assert_str_equal(buf_str(&out), text);
    buf_release(&out);
}

TEST_MAIN
