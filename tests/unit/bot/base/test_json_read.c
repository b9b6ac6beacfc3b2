#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "tests/support/test.h"

static struct arena arena;
static struct error error;

static enum err try_read(struct str text)
{
    arena_init(&arena, 64 << 20);
    struct json_value *root;
    enum err rc = json_read(&arena, text, &root, &error);
    arena_release(&arena);
    return rc;
}

static struct json_value *read_text(const char *text)
{
    arena_init(&arena, 1 << 20);
    struct json_value *root = NULL;
    error = (struct error){.code = OK};
    if (json_read(&arena, str_of(text), &root, &error) != OK)
        fail_msg("%s: %s", text, error.text);
    return root;
}

TEST(json_read, numbers_keep_every_digit)
{
    const struct json_value *v = read_text("[0.10, 1E+400, 123456789012345678901234567890.5, -0]")->child;
    assert_str_equal(v->text, STR("0.10"));
    v = v->next;
    assert_str_equal(v->text, STR("1E+400"));
    v = v->next;
    assert_str_equal(v->text, STR("123456789012345678901234567890.5"));
    assert_str_equal(v->next->text, STR("-0"));
    arena_release(&arena);
}

TEST(json_read, trees_keep_order_and_counts)
{
    const struct json_value *root = read_text(" {\"b\" : [true, false, null], \"a\": \"x\"} ");
    assert_int_equal(root->kind, JSON_OBJECT_);
    assert_int_equal(root->n, 2);
    assert_str_equal(root->child->key, STR("b"));
    assert_int_equal(root->child->n, 3);
    assert_true(root->child->child->boolean);
    assert_int_equal(root->child->child->next->next->kind, JSON_NULL_);
    assert_str_equal(json_get_str(root, STR("a"), STR("?")), STR("x"));
    arena_release(&arena);
}

TEST(json_read, escapes_are_decoded)
{
    const struct json_value *v = read_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t \\ud55c\\uD83D\\uDE00 가\"");
    assert_str_equal(v->text, STR("\"\\/\b\f\n\r\t 한😀 가"));
    arena_release(&arena);
    v = read_text("{\"\\u0061\": 1}");
    assert_str_equal(v->child->key, STR("a"));
    arena_release(&arena);
}

/* The end is looked for by eights: every place in a word, with every byte before it. */
TEST(json_read, a_string_ends_at_its_first_quote_wherever_it_stands)
{
    for (int n = 0; n < 20; n++)
        for (int byte = 0x20; byte < 0x80; byte++) {
            char text[64] = "[\"";
            memset(text + 2, byte, (size_t)n);
            memcpy(text + 2 + n, "\", \"bcdefghij\"]", sizeof "\", \"bcdefghij\"]");
            if (byte == '"' || byte == '\\')
                continue;
            const struct json_value *v = read_text(text);
            assert_int_equal(v->n, 2);
            assert_int_equal(v->child->text.n, n);
            arena_release(&arena);
            text[2 + n] = '\n';
            assert_int_equal(try_read(str_of(text)), ERR_INVALID);
            memcpy(text + 2 + n, "\\\"\", 12]", sizeof "\\\"\", 12]");
            v = read_text(text);
            assert_int_equal(v->child->text.n, n + 1);
            assert_int_equal(v->child->text.p[n], '"');
            arena_release(&arena);
        }
}

TEST(json_read, texts_without_escapes_are_borrowed)
{
    const char *text = "[\"plain\", 12]";
    const struct json_value *v = read_text(text);
    assert_ptr_equal(v->child->text.p, text + 2);
    assert_ptr_equal(v->child->next->text.p, text + 10);
    arena_release(&arena);
}

TEST(json_read, what_rfc_8259_does_not_allow_is_refused)
{
    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT(" "),
        STR_INIT("[1,]"),
        STR_INIT("{\"a\":1,}"),
        STR_INIT("[1 2]"),
        STR_INIT("{a:1}"),
        STR_INIT("{'a':1}"),
        STR_INIT("{\"a\" 1}"),
        STR_INIT("{\"a\":}"),
        STR_INIT("[01]"),
        STR_INIT("[-]"),
        STR_INIT("[+1]"),
        STR_INIT("[.5]"),
        STR_INIT("[1.]"),
        STR_INIT("[1e]"),
        STR_INIT("[1e+]"),
        STR_INIT("[0x1]"),
        STR_INIT("[NaN]"),
        STR_INIT("[-Infinity]"),
        STR_INIT("tru"),
        STR_INIT("truex"),
        STR_INIT("[\"a]"),
        STR_INIT("\"\\x\""),
        STR_INIT("\"\\u12\""),
        STR_INIT("\"\\u12g4\""),
        STR_INIT("\"\t\""),
        STR_INIT("\"\n\""),
        STR_INIT("\"\\u0000\""),
        STR_INIT("\"a\0b\""),
        STR_INIT("1\0"),
        STR_INIT("\"\\ud800\""),
        STR_INIT("\"\\udc00\""),
        STR_INIT("\"\\ud800\\u0041\""),
        STR_INIT("\"\\ud800\\\""),
        STR_INIT("\"\xFF\""),
        STR_INIT("\"\xED\xA0\x80\""),
        STR_INIT("\xEF\xBB\xBF[]"),
        STR_INIT("[] []"),
        STR_INIT("]"),
        STR_INIT("[\"\\"),
        STR_INIT("\"\\"),
        STR_INIT("{"),
        STR_INIT("[\f]"),
        STR_INIT("/**/1"),
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (try_read(wrong[i]) != ERR_INVALID)
            fail_msg("accepted: %.*s", STR_ARG(wrong[i]));
}

TEST(json_read, faults_name_their_byte_counted_from_1)
{
    assert_int_equal(try_read(STR("[1, x]")), ERR_INVALID);
    assert_string_equal(error.text, "byte 5: a value is expected here");
    assert_int_equal(try_read(STR("\"ab\xFF\"")), ERR_INVALID);
    assert_string_equal(error.text, "byte 4: this is no UTF-8");
    assert_int_equal(try_read(STR("\"\xEF\xBF\xBD\xFF\"")), ERR_INVALID);
    assert_string_equal(error.text, "byte 5: this is no UTF-8");
    assert_int_equal(try_read(STR("[1 2]")), ERR_INVALID);
    assert_string_equal(error.text, "byte 4: ',' or ']' is expected here");
}

TEST(json_read, duplicate_keys_are_refused_also_when_written_differently)
{
    assert_int_equal(try_read(STR("{\"a\": 1, \"b\": 2, \"\\u0061\": 3}")), ERR_INVALID);
    assert_non_null(strstr(error.text, "the key \"a\" is there twice"));
    assert_int_equal(try_read(STR("[{\"a\": 1}, {\"a\": 1, \"A\": {\"a\": 2}}]")), OK);
}

TEST(json_read, depth_64_is_read_and_65_is_not)
{
    char text[131];
    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(try_read((struct str){text, depth * 2}), depth == 64 ? OK : ERR_INVALID);
    }
}

TEST(json_read, a_full_arena_is_reported)
{
    arena_init(&arena, 4200);
    struct json_value *root;
    char text[3001] = "[";
    for (size_t i = 1; i < 2999; i += 2)
        memcpy(text + i, "1,", 2);
    memcpy(text + 2999, "1]", 2);
    assert_int_equal(json_read(&arena, (struct str){text, 3001}, &root, &error), ERR_NO_MEMORY);
    arena_release(&arena);
}

TEST(json_read, a_hundred_thousand_keys_take_no_quadratic_time)
{
    enum { N = 100000 };
    char *text = malloc(N * 12 + 2), *p = text;
    assert_non_null(text);
    *p++ = '{';
    for (int i = 0; i < N; i++)
        p += snprintf(p, 13, "%s\"%06d\":1", i == 0 ? "" : ",", i);
    *p++ = '}';
    assert_int_equal(try_read((struct str){text, (size_t)(p - text)}), OK);
    free(text);
}

TEST(json_read, look_ups_give_the_default_for_absence_and_other_types)
{
    const struct json_value *v =
        read_text("{\"i\": -12, \"r\": 1.5, \"big\": 9223372036854775808, \"b\": true, \"s\": \"t\"}");
    assert_int_equal(json_get_i64(v, STR("i"), 7), -12);
    assert_int_equal(json_get_i64(v, STR("r"), 7), 7);
    assert_int_equal(json_get_i64(v, STR("big"), 7), 7);
    assert_int_equal(json_get_i64(v, STR("none"), 7), 7);
    assert_true(json_get_bool(v, STR("b"), false));
    assert_true(json_get_bool(v, STR("i"), true));
    assert_str_equal(json_get_str(v, STR("i"), STR("d")), STR("d"));
    assert_null(json_get(NULL, STR("x")));
    assert_null(json_get(v->child, STR("x")));
    arena_release(&arena);
}

TEST(json_read, a_number_can_be_had_as_a_double)
{
    CLEANUP(arena_release) struct arena own;
    arena_init(&own, 4096);
    struct error why = {0};
    struct json_value *list = NULL;
    assert_int_equal(json_read(&own, STR("[-1.5e2, \"7\"]"), &list, &why), OK);
    assert_true(json_to_double(list->child) == -150);
    assert_true(json_to_double(list->child->next) == 0);
    assert_true(json_to_double(NULL) == 0);
}

TEST_MAIN
