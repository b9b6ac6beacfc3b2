#include "flows/survey/units.h"

#include "flows/survey/fillers.h"
#include "flows/survey/numerals.h"
#include "tests/support/test.h"

TEST(units, the_tables_are_sorted_as_looking_words_up_needs_it)
{
    assert_true(unit_table_is_sorted());
    assert_true(filler_tables_are_sorted());
}

TEST(units, the_longest_name_is_taken)
{
    struct str rest = STR("킬로그램 정도");
    const struct unit *unit = unit_take(&rest);
    assert_non_null(unit);
    assert_str_equal(unit->name, STR("킬로그램"));
    assert_str_equal(rest, STR(" 정도"));
    rest = STR("kgx"); /* a Latin name ends where the letters end */
    assert_null(unit_take(&rest));
    rest = STR("");
    assert_null(unit_take(&rest));
}

TEST(units, a_name_is_found_in_any_case)
{
    assert_ptr_equal(unit_find(STR("KG")), unit_find(STR("kg")));
    assert_non_null(unit_find(STR("L")));
    assert_non_null(unit_find(STR("시간")));
    assert_null(unit_find(STR("회차")));
    assert_null(unit_find(STR("")));
}

static struct str converted(const char *value, const char *from, const char *to, char *text, size_t size)
{
    struct decimal d;
    assert_true(decimal_from_str(str_of(value), &d));
    assert_true(unit_convert(d, unit_find(str_of(from)), unit_find(str_of(to)), &d));
    snprintf(text, size, "%.10g", decimal_to_double(d));
    return str_of(text);
}

TEST(units, conversion_is_exact_both_ways)
{
    char text[64];
    assert_str_equal(converted("1", "lb", "kg", text, sizeof text), STR("0.45359237"));
    assert_str_equal(converted("0.45359237", "kg", "lb", text, sizeof text), STR("1"));
    assert_str_equal(converted("1", "inch", "cm", text, sizeof text), STR("2.54"));
    assert_str_equal(converted("212", "°f", "°c", text, sizeof text), STR("100"));
    assert_str_equal(converted("-40", "°c", "°f", text, sizeof text), STR("-40"));
    assert_str_equal(converted("2", "주", "일", text, sizeof text), STR("14"));
    assert_str_equal(converted("1", "kcal", "kj", text, sizeof text), STR("4.184"));
}

/* ── numerals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void reads(const char *typed, const char *value, const char *rest)
{
    struct str left = str_of(typed);
    struct numeral numeral;
    struct decimal expected;
    bool broken;
    if (!numeral_take(&left, &numeral, &broken))
        fail_msg("\"%s\" is no numeral", typed);
    assert_true(decimal_from_str(str_of(value), &expected));
    if (decimal_cmp(numeral.value, expected) != 0)
        fail_msg("\"%s\" is not read as %s", typed, value);
    assert_str_equal(left, str_of(rest));
}

TEST(numerals, as_much_as_belongs_to_the_number_is_taken)
{
    reads("육십오킬로", "65", "킬로");
    reads("육십오일", "65", "일");
    reads("만 이천원", "12000", "원");
    reads("십 이상", "10", " 이상");
    reads("60 이상", "60", " 이상");
    reads("스물 다섯 살", "25", " 살");
    reads("열 두 번", "12", " 번");
    reads("삼점오리터", "3.5", "리터");
    reads("오점", "5", "점");
    reads("1만2천보", "12000", "보");
    reads("3천이에요", "3000", "이에요");
    reads("60조금", "60", "조금");
    reads("1,200.50원", "1200.50", "원");
    reads("1.5.2", "1.5", ".2");
    reads("이천이십육년", "2026", "년");
}

TEST(numerals, wrong_separators_and_endless_digits_are_broken)
{
    struct str rest = STR("1,23");
    struct numeral numeral;
    bool broken;
    assert_false(numeral_take(&rest, &numeral, &broken));
    assert_true(broken);
    rest = STR("12345678901234567890123456789012345");
    assert_false(numeral_take(&rest, &numeral, &broken));
    assert_true(broken);
    rest = STR("아니요");
    assert_false(numeral_take(&rest, &numeral, &broken));
    assert_false(broken);
}

TEST_MAIN
