#include "bot/base/str.h"

#include "tests/support/test.h"

static const struct str none = {NULL, 0};

TEST(str, empty_and_absent_are_equal)
{
    assert_true(str_eq(none, STR("")));
    assert_true(str_eq(str_of(NULL), str_of("")));
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_true(str_eq_nocase(none, STR("")));
}

TEST(str, equality_looks_at_length_and_bytes)
{
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
}

TEST(str, case_is_ignored_for_ascii_letters_only)
{
    assert_true(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_eq_nocase(STR("É"), STR("é")));
    assert_false(str_eq_nocase(STR("@"), STR("`")));
    assert_false(str_eq_nocase(STR("["), STR("{")));
}

TEST(str, order_is_bytewise_and_a_prefix_comes_first)
{
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_true(str_cmp(STR("Z"), STR("a")) < 0);
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR("x"), STR("x")), 0);
}

TEST(str, starts_and_ends)
{
    assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), none) && str_starts(none, none));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")) && str_ends(STR("abc"), STR("")));
    assert_false(str_ends(STR("c"), STR("bc")));
}

TEST(str, finding_gives_an_offset_or_size_max)
{
    assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
    assert_true(str_find(STR("abc"), STR("x")) == SIZE_MAX);
    assert_true(str_find(STR("a"), STR("ab")) == SIZE_MAX);
    assert_int_equal(str_find(none, none), 0);
    assert_true(str_find(none, STR("a")) == SIZE_MAX);
    assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
    assert_true(str_find_char(none, 'c') == SIZE_MAX);
}

TEST(str, cutting_beyond_the_end_is_the_end)
{
    assert_str_equal(str_skip(STR("abc"), 1), STR("bc"));
    assert_str_equal(str_skip(STR("abc"), 9), STR(""));
    assert_str_equal(str_first(STR("abc"), 9), STR("abc"));
    assert_str_equal(str_first(STR("abc"), 0), STR(""));
    assert_str_equal(str_skip(none, 1), STR(""));
}

TEST(str, trimming_takes_ascii_white_space)
{
    assert_str_equal(str_trim(STR(" \t\r\n\f\va b \n")), STR("a b"));
    assert_str_equal(str_trim(STR("   ")), STR(""));
    assert_str_equal(str_trim(none), STR(""));
    assert_str_equal(str_trim(STR("\xC2\xA0x")), STR("\xC2\xA0x"));
}

TEST(str, splitting_keeps_empty_pieces)
{
    struct str rest = STR("a,,"), piece;
    assert_true(str_split(&rest, ',', &piece));
    assert_str_equal(piece, STR("a"));
    assert_true(str_split(&rest, ',', &piece));
    assert_str_equal(piece, STR(""));
    assert_true(str_split(&rest, ',', &piece));
    assert_str_equal(piece, STR(""));
    assert_false(str_split(&rest, ',', &piece));
}

TEST(str, splitting_the_empty_string_gives_one_piece_and_nothing_gives_none)
{
    struct str rest = STR(""), piece = STR("?");
    assert_true(str_split(&rest, ',', &piece));
    assert_str_equal(piece, STR(""));
    assert_false(str_split(&rest, ',', &piece));
    rest = none;
    assert_false(str_split(&rest, ',', &piece));
}

TEST(str, integers_are_the_whole_string_and_fit)
{
    int64_t n = 7;
    assert_true(str_to_i64(STR("0"), &n) && n == 0);
    assert_true(str_to_i64(STR("-12"), &n) && n == -12);
    assert_true(str_to_i64(STR("007"), &n) && n == 7);
    assert_true(str_to_i64(STR("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(str_to_i64(STR("-9223372036854775808"), &n) && n == INT64_MIN);
    static const char *const wrong[] = {"",
                                        "-",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "0x1",
                                        "--1",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "99999999999999999999",
                                        "18446744073709551617"};
    n = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(str_to_i64(str_of(wrong[i]), &n));
    assert_int_equal(n, 7);
}

TEST(str, lists_are_searched)
{
    const struct str items[] = {STR_INIT("a"), STR_INIT("b")};
    struct strs list = {items, 2};
    assert_true(strs_contain(list, STR("b")));
    assert_false(strs_contain(list, STR("c")));
    assert_false(strs_contain((struct strs){NULL, 0}, STR("c")));
}

TEST(str, hash_is_fnv_1a)
{
    assert_true(str_hash(none) == 0xcbf29ce484222325u);
    assert_true(str_hash(STR("a")) == 0xaf63dc4c8601ec8cu);
    assert_true(str_hash(STR("foobar")) == 0x85944171f73967e8u);
}

TEST_MAIN
