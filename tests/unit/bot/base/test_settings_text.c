#include "bot/base/settings_text.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

TEST(settings_text, sizes_are_whole_numbers_with_a_unit)
{
    int64_t n = -1;
    assert_true(settings_text_bytes(STR("0"), &n) && n == 0);
    assert_true(settings_text_bytes(STR("2GiB"), &n) && n == 2147483648);
    static const char *const wrong[] = {"",
                                        "KiB",
                                        "-1",
                                        "1.5MiB",
                                        "1 MiB",
                                        "1mib",
                                        "1MB",
                                        "1MiBx",
                                        "0x1",
                                        "+1",
                                        "9223372036854775808",
                                        "9999999999GiB"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(settings_text_bytes(str_of(wrong[i]), &n));
}

TEST(settings_text, durations_need_a_unit)
{
    int64_t ms = -1;
    assert_true(settings_text_duration(STR("0s"), &ms) && ms == 0);
    assert_true(settings_text_duration(STR("250ms"), &ms) && ms == 250);
    assert_true(settings_text_duration(STR("90m"), &ms) && ms == 5400000);
    assert_true(settings_text_duration(STR("7d"), &ms) && ms == 604800000);
    static const char *const wrong[] = {"", "5", "s", "-5s", "5 s", "5S", "5sec", "9223372036854775807d"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(settings_text_duration(str_of(wrong[i]), &ms));
}

TEST(settings_text, text_without_variables_is_itself)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct str text = STR("costs $5, {x} $NAME"), ret;
    bool replaced = true;
    assert_int_equal(settings_text_expand(&arena, text, &ret, &replaced, NULL), OK);
    assert_ptr_equal(ret.p, text.p);
    assert_false(replaced);
}

TEST(settings_text, what_grows_beyond_bounds_is_refused)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    char *big = malloc(70001);
    assert_non_null(big);
    memset(big, 'x', 70000);
    big[70000] = '\0';
    setenv("GILBOT_TEST_BIG", big, 1);
    struct str ret;
    bool replaced;
    assert_int_equal(settings_text_expand(&arena, STR("${GILBOT_TEST_BIG}"), &ret, &replaced, NULL), ERR_INVALID);
    unsetenv("GILBOT_TEST_BIG");
    free(big);
    arena_release(&arena);
}

TEST_MAIN
