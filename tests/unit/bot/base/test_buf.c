#include "bot/base/buf.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

TEST(buf, an_untouched_buffer_is_the_empty_string)
{
    struct buf buf;
    buf_init(&buf, NULL, 10);
    assert_non_null(buf_str(&buf).p);
    assert_int_equal(buf_str(&buf).n, 0);
    buf_truncate(&buf, 0);
    buf_release(&buf);
}

TEST(buf, text_grows_and_stays_nul_terminated)
{
    struct buf buf;
    buf_init(&buf, NULL, 100000);
    for (int i = 0; i < 1000; i++) {
        buf_add(&buf, STR("abc"));
        buf_addf(&buf, "%d", i % 10);
        buf_add_char(&buf, ';');
        assert_int_equal(buf.p[buf.n], '\0');
    }
    buf_add(&buf, (struct str){NULL, 0});
    assert_int_equal(buf_str(&buf).n, 5000);
    assert_true(str_starts(buf_str(&buf), STR("abc0;abc1;")));
    assert_false(buf_failed(&buf));
    buf_release(&buf);
}

TEST(buf, what_does_not_fit_is_left_out_and_remembered)
{
    struct buf buf;
    buf_init(&buf, NULL, 5);
    buf_add(&buf, STR("abc"));
    buf_add(&buf, STR("def"));
    assert_true(buf_failed(&buf));
    buf_add(&buf, STR("d"));
    assert_str_equal(buf_str(&buf), STR("abc"));
    buf_truncate(&buf, 0);
    assert_true(buf_failed(&buf));
    buf_release(&buf);
}

TEST(buf, the_ceiling_itself_is_reached)
{
    struct buf buf;
    buf_init(&buf, NULL, 5);
    buf_addf(&buf, "%s", "abcde");
    assert_str_equal(buf_str(&buf), STR("abcde"));
    assert_false(buf_failed(&buf));
    buf_add_char(&buf, 'f');
    assert_true(buf_failed(&buf));
    buf_release(&buf);
}

TEST(buf, a_ceiling_may_be_the_largest_number)
{
    struct buf buf;
    buf_init(&buf, NULL, SIZE_MAX);
    buf_add(&buf, STR("abc"));
    assert_str_equal(buf_str(&buf), STR("abc"));
    buf_release(&buf);
}

TEST(buf, arena_buffers_fail_with_their_arena)
{
    struct arena arena;
    arena_init(&arena, 8192);
    struct buf buf;
    buf_init(&buf, &arena, 1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_add_char(&buf, 'x');
    assert_true(buf_failed(&buf));
    assert_true(buf.n > 1000 && buf.n < 8192);
    arena_release(&arena);
}

TEST(buf, truncating_goes_back_and_never_forward)
{
    struct buf buf;
    buf_init(&buf, NULL, 100);
    buf_add(&buf, STR("abcdef"));
    buf_truncate(&buf, 3);
    buf_truncate(&buf, 5);
    buf_add(&buf, STR("x"));
    assert_string_equal(buf.p, "abcx");
    buf_release(&buf);
    assert_int_equal(buf.n, 0);
    buf_add(&buf, STR("again"));
    assert_str_equal(buf_str(&buf), STR("again"));
    buf_release(&buf);
}

TEST_MAIN
