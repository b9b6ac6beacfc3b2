#include "flows/rules/decimal.h"

#include "bot/base/buf.h"

#include "tests/support/test.h"

static struct decimal number(const char *text)
{
    struct decimal d = {{0, 0}};
    assert_true(decimal_from_str(str_of(text), &d));
    return d;
}

static void assert_text(struct decimal d, const char *expected)
{
    struct buf out;
    buf_init(&out, NULL, 10000);
    decimal_add_to(&out, d);
    assert_str_equal(buf_str(&out), str_of(expected));
    buf_release(&out);
}

TEST(decimal, text_comes_back_with_every_digit)
{
    static const char *const texts[] = {"0",
                                        "1",
                                        "-1",
                                        "1.50",
                                        "0.001",
                                        "-0.00000000000000000000000001",
                                        "1234567890123456789012345678901234",
                                        "9007199254740993",
                                        "0.1234567890123456789012345678901234",
                                        "1E+400",
                                        "1.5E-400"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_text(number(texts[i]), texts[i]);
    assert_text(number(".5"), "0.5");
    assert_text(number("1.23e4"), "12300");
    assert_text(number("1E-3"), "0.001");
    assert_text(number("-0"), "0");
}

TEST(decimal, more_than_34_digits_are_rounded_half_even)
{
    assert_text(number("12345678901234567890123456789012345"), "12345678901234567890123456789012340");
    assert_text(number("1.00000000000000000000000000000000005"), "1.000000000000000000000000000000000");
}

TEST(decimal, what_is_no_number_is_refused)
{
    static const char *const texts[] = {
        "",   "-",   ".",     "1.",        "+1",       "1e",  "1e+", " 1",
        "1 ", "0x1", "1.2.3", "1e5000000", "Infinity", "NaN", "--1", "1e999999999999999999999"};
    struct decimal d;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (decimal_from_str(str_of(texts[i]), &d))
            fail_msg("\"%s\" was taken", texts[i]);
    char long_text[10001];
    memset(long_text, '7', sizeof long_text);
    assert_false(decimal_from_str((struct str){long_text, 10000}, &d));
}

TEST(decimal, sums_are_exact_where_doubles_are_not)
{
    struct decimal sum;
    assert_true(decimal_add(number("0.1"), number("0.2"), &sum));
    assert_int_equal(decimal_cmp(sum, number("0.3")), 0);
}

TEST(decimal, short_and_long_numbers_are_calculated_alike)
{
    /* the short way (up to 56 bits) and the library's must agree where they meet */
    static const char *const texts[] = {"0",
                                        "-0.00",
                                        "1",
                                        "-1.5",
                                        "72057594037927935",
                                        "72057594037927936",
                                        "-72057594037927937",
                                        "1e16",
                                        "1e17",
                                        "1e-16",
                                        "0.00000000000000001",
                                        "9999999999999999999999999999999999",
                                        "1e-6170",
                                        "1e6100",
                                        "123.456"};
    enum { N = sizeof texts / sizeof *texts };
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            struct decimal a = number(texts[i]), b = number(texts[j]), sum, back;
            assert_int_equal(decimal_cmp(a, b), -decimal_cmp(b, a));
            assert_true(decimal_add(a, b, &sum) && decimal_sub(sum, b, &back));
            if (i < 6 && j < 6)
                assert_int_equal(decimal_cmp(back, a), 0);
        }
    }
    struct decimal product;
    assert_true(decimal_mul(number("72057594037927935"), number("72057594037927935"), &product));
    assert_text(product, "5192296858534827484415308253364225");
    assert_true(decimal_mul(number("72057594037927936"), number("-72057594037927936"), &product));
    assert_text(product, "-5192296858534827628530496329220096");
    assert_true(decimal_add(number("1.50"), number("2.5"), &product));
    assert_text(product, "4.00");
    assert_true(decimal_mul(number("1.50"), number("2.0"), &product));
    assert_text(product, "3.000");
}

TEST(decimal, nothing_infinite_gets_out)
{
    struct decimal d;
    assert_false(decimal_div(number("1"), number("0"), &d));
    assert_false(decimal_div(number("0"), number("0"), &d));
    assert_false(decimal_mul(number("1e6000"), number("1e6000"), &d));
    assert_false(decimal_pow(number("0"), number("-1"), &d));
    assert_false(decimal_pow(number("-2"), number("0.5"), &d));
    assert_false(decimal_sqrt(number("-1"), &d));
    assert_false(decimal_ln(number("0"), &d));
    assert_false(decimal_ln(number("-1"), &d));
    assert_false(decimal_exp(number("1e6"), &d));
    assert_false(decimal_modulo(number("1"), number("0"), &d));
}

TEST(decimal, rounding_goes_the_way_its_name_says)
{
    static const struct {
        const char *from, *expected[7]; /* half even, floor, ceiling, down, up, half up, half down */
    } cases[] = {
        {"2.5", {"2", "2", "3", "2", "3", "3", "2"}},
        {"-2.5", {"-2", "-3", "-2", "-2", "-3", "-3", "-2"}},
        {"3.5", {"4", "3", "4", "3", "4", "4", "3"}},
        {"2.51", {"3", "2", "3", "2", "3", "3", "3"}},
        {"-2.51", {"-3", "-3", "-2", "-2", "-3", "-3", "-3"}},
        {"2.49", {"2", "2", "3", "2", "3", "2", "2"}},
        {"7", {"7", "7", "7", "7", "7", "7", "7"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int mode = DECIMAL_HALF_EVEN; mode <= DECIMAL_HALF_DOWN; mode++) {
            struct decimal d;
            assert_true(decimal_scale(number(cases[i].from), 0, (enum decimal_round)mode, &d));
            assert_text(d, cases[i].expected[mode]);
        }
    }
}

TEST(decimal, a_scale_adds_zeros_or_cuts_digits)
{
    struct decimal d;
    assert_true(decimal_scale(number("2"), 2, DECIMAL_HALF_EVEN, &d));
    assert_text(d, "2.00");
    assert_true(decimal_scale(number("1250"), -2, DECIMAL_HALF_EVEN, &d));
    assert_text(d, "1200");
    assert_true(decimal_scale(number("5.5"), 6176, DECIMAL_UP, &d));
    assert_int_equal(decimal_cmp(d, number("5.5")), 0);
    assert_false(decimal_scale(number("5.5"), 6177, DECIMAL_UP, &d));
    assert_false(decimal_scale(number("5.5"), -6112, DECIMAL_UP, &d));
}

TEST(decimal, modulo_has_the_sign_of_the_divisor)
{
    static const char *const cases[][3] = {{"12", "5", "2"},    {"-12", "5", "3"},      {"12", "-5", "-3"},
                                           {"-12", "-5", "-2"}, {"10.1", "4.5", "1.1"}, {"1e30", "7", "1"},
                                           {"10", "5", "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decimal d;
        assert_true(decimal_modulo(number(cases[i][0]), number(cases[i][1]), &d));
        assert_int_equal(decimal_cmp(d, number(cases[i][2])), 0);
    }
}

TEST(decimal, powers_of_whole_numbers_are_exact)
{
    struct decimal d;
    assert_true(decimal_pow(number("1.1"), number("2"), &d));
    assert_text(d, "1.21");
    assert_true(decimal_pow(number("10"), number("-5"), &d));
    assert_text(d, "0.00001");
    assert_true(decimal_pow(number("0"), number("0"), &d));
    assert_text(d, "1");
    assert_true(decimal_pow(number("4"), number("0.5"), &d));
    assert_int_equal(decimal_cmp(d, number("2")), 0);
}

TEST(decimal, comparison_ignores_trailing_zeros_and_the_sign_of_zero)
{
    assert_int_equal(decimal_cmp(number("1.50"), number("1.5")), 0);
    assert_int_equal(decimal_cmp(number("0"), decimal_negate(number("0.00"))), 0);
    assert_int_equal(decimal_cmp(number("-1"), number("1")), -1);
    assert_int_equal(decimal_cmp(number("-1"), number("-2")), 1);
    assert_int_equal(decimal_cmp(number("1e10"), number("9999999999")), 1);
}

TEST(decimal, whole_numbers_become_int64_when_they_fit)
{
    int64_t i = 0;
    assert_true(decimal_to_i64(number("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_true(decimal_to_i64(number("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(decimal_to_i64(number("1.00"), &i));
    assert_true(i == 1);
    assert_true(decimal_to_i64(number("12e3"), &i));
    assert_true(i == 12000);
    assert_false(decimal_to_i64(number("9223372036854775808"), &i));
    assert_false(decimal_to_i64(number("1.5"), &i));
    assert_false(decimal_to_i64(number("1e6000"), &i));
    assert_text(decimal_from_i64(INT64_MIN), "-9223372036854775808");
}

TEST(decimal, trimming_drops_the_zeros_of_a_fraction_only)
{
    assert_text(decimal_trim(number("1.500")), "1.5");
    assert_text(decimal_trim(number("100")), "100");
    assert_text(decimal_trim(number("0.000")), "0");
    assert_text(decimal_trim(number("2.0")), "2");
}

TEST_MAIN
