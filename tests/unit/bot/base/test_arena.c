#include "bot/base/arena.h"

#include <stdalign.h>

#include "tests/support/test.h"

TEST(arena, memory_is_zeroed_and_aligned)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t n = 0; n < 300; n++) {
        char *p = arena_alloc(&arena, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xEE, n);
    }
    arena_release(&arena);
}

TEST(arena, nothing_beyond_the_limit_is_given)
{
    struct arena arena;
    arena_init(&arena, 100000);
    size_t given = 0;
    while (arena_alloc(&arena, 1000) != NULL)
        given += 1000;
    assert_true(given > 80000 && given < 100000);
    assert_true(arena.used <= 100000);
    assert_null(arena_alloc(&arena, 1000));
    arena_release(&arena);
    assert_non_null(arena_alloc(&arena, 1000));
    arena_release(&arena);
}

TEST(arena, a_piece_larger_than_a_block_gets_its_own)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_non_null(arena_alloc(&arena, 500000));
    assert_null(arena_alloc(&arena, 600000));
    assert_non_null(arena_alloc(&arena, 100));
    arena_release(&arena);
}

TEST(arena, impossible_sizes_give_null)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 4));
    assert_null(arena_alloc_array(&arena, 4, SIZE_MAX / 2));
    assert_non_null(arena_alloc_array(&arena, 0, 8));
    assert_non_null(arena_alloc_array(&arena, 8, 0));
    arena_release(&arena);
}

TEST(arena, copies_have_a_nul_behind_them)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str copy = arena_copy(&arena, STR("abc"));
    assert_string_equal(copy.p, "abc");
    assert_int_equal(copy.n, 3);
    copy = arena_format(&arena, "%d-%s", 7, "x");
    assert_string_equal(copy.p, "7-x");
    assert_int_equal(copy.n, 3);
    arena_release(&arena);
}

TEST(arena, copying_nothing_never_fails_and_copying_something_into_a_full_one_does)
{
    struct arena arena;
    arena_init(&arena, 0);
    assert_non_null(arena_copy(&arena, (struct str){NULL, 0}).p);
    assert_null(arena_copy(&arena, STR("a")).p);
    assert_null(arena_format(&arena, "%d", 1).p);
}

TEST(arena, reset_keeps_one_block_and_gives_zeroed_memory_again)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    arena_reset(&arena);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(&arena, 1000), 0xEE, 1000);
    arena_reset(&arena);
    size_t kept = arena.used;
    assert_true(kept > 0 && kept < 200000);
    char *p = arena_alloc(&arena, 1000);
    assert_int_equal(arena.used, kept);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(p[i], 0);
    arena_release(&arena);
    assert_int_equal(arena.used, 0);
}

TEST(arena, a_formatted_text_is_whole_wherever_a_block_ends)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const char *first = NULL;
    for (int i = 0; i < 4000; i++) { /* through several blocks, ending at every place of them */
        struct str text = arena_format(&arena, "%d-%0*d", i, i % 97 + 1, 7);
        assert_non_null(text.p);
        assert_int_equal(text.n, strlen(text.p));
        assert_int_equal(text.p[text.n - 1], '7');
        first = i == 0 ? text.p : first;
    }
    assert_string_equal(first, "0-7");
    unsigned char *next = arena_alloc(&arena, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(next[i], 0);
    arena_release(&arena);
    arena_init(&arena, 64);
    assert_null(arena_format(&arena, "%0100d", 1).p);
    arena_release(&arena);
}

TEST_MAIN
