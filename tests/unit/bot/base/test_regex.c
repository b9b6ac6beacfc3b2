#include "bot/base/regex.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "tests/support/test.h"

static struct error error;

static struct regex *compiled(const char *pattern, const char *flags)
{
    struct regex *regex = NULL;
    if (regex_new(str_of(pattern), flags, &regex, &error) != OK)
        fail_msg("%s: %s", pattern, error.text);
    return regex;
}

static bool matches(const char *pattern, const char *flags, struct str subject)
{
    struct regex *regex = compiled(pattern, flags);
    bool found = false;
    assert_int_equal(regex_matches(regex, subject, &found, &error), OK);
    regex_free(regex);
    return found;
}

TEST(regex, matches_anywhere)
{
    assert_true(matches("완료", "", STR("다 완료했어요")));
    assert_false(matches("^완료$", "", STR("다 완료")));
    assert_true(matches("", "", (struct str){NULL, 0}));
    assert_false(matches("a", "", STR("")));
}

TEST(regex, classes_are_unicodes)
{
    assert_true(matches("^\\w+$", "", STR("한글")));
    assert_true(matches("^\\d$", "", STR("\xD9\xA3")));
    assert_true(matches("^.$", "", STR("😀")));
    assert_true(matches("^\\p{Lu}$", "", STR("É")));
}

TEST(regex, flags_have_xpath_meanings)
{
    assert_true(matches("ABÉ", "i", STR("abé")));
    assert_false(matches("ABÉ", "", STR("abé")));
    assert_false(matches("a.b", "", STR("a\nb")));
    assert_false(matches("a.b", "", STR("a\rb")));
    assert_true(matches("a.b", "s", STR("a\nb")));
    assert_false(matches("^b$", "", STR("a\nb\nc")));
    assert_true(matches("^b$", "m", STR("a\nb\nc")));
    assert_false(matches("a$", "", STR("a\n")));
    assert_true(matches("^a b#c[ ]d\\ s$", "x", STR("ab#c d ")));
    assert_true(matches("^\\p{ L u }[\\] ]\\[ b$", "x", STR("A [b")));
    assert_true(matches("A \n b", "xi", STR("ab")));
}

TEST(regex, unknown_flags_are_invalid)
{
    struct regex *regex;
    assert_int_equal(regex_new(STR("a"), "g", &regex, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "'g'"));
}

TEST(regex, faults_name_their_byte)
{
    struct regex *regex;
    assert_int_equal(regex_new(STR("ab(c"), "", &regex, &error), ERR_INVALID);
    assert_string_equal(error.text, "regular expression, byte 5: missing closing parenthesis");
    assert_int_equal(regex_new(STR("\xFF"), "", &regex, &error), ERR_INVALID);
    assert_int_equal(regex_new(STR("\\C"), "", &regex, &error), ERR_INVALID);
    static char long_pattern[REGEX_MAX_PATTERN + 1];
    memset(long_pattern, 'a', sizeof long_pattern);
    assert_int_equal(regex_new((struct str){long_pattern, sizeof long_pattern}, "", &regex, &error), ERR_INVALID);
}

TEST(regex, whole_matches_take_all_alternatives_into_account)
{
    struct regex *regex = compiled("a|ab", "");
    bool whole;
    assert_int_equal(regex_matches_whole(regex, STR("ab"), &whole, &error), OK);
    assert_true(whole);
    assert_int_equal(regex_matches_whole(regex, STR("abc"), &whole, &error), OK);
    assert_false(whole);
    assert_int_equal(regex_matches_whole(regex, (struct str){NULL, 0}, &whole, &error), OK);
    assert_false(whole);
    regex_free(regex);
}

TEST(regex, may_live_in_an_arena)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024);
    const struct regex *regex = NULL;
    bool matches_it = false;
    assert_int_equal(regex_new_in(&arena, STR("^나+ $"), "xi", &regex, &error), OK);
    assert_int_equal(regex_matches(regex, STR("나나"), &matches_it, &error), OK);
    assert_true(matches_it);
    assert_int_equal(regex_new_in(&arena, STR("("), "", &regex, &error), ERR_INVALID);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 100);
    assert_int_equal(regex_new_in(&small, STR("a"), "", &regex, &error), ERR_NO_MEMORY);
}

TEST(regex, find_goes_on_from_a_byte)
{
    struct regex *regex = compiled("나+", "");
    struct str subject = STR("가나나다나");
    size_t start, end;
    assert_int_equal(regex_find(regex, subject, 0, &start, &end, &error), OK);
    assert_int_equal(start, 3);
    assert_int_equal(end, 9);
    assert_int_equal(regex_find(regex, subject, end, &start, &end, &error), OK);
    assert_int_equal(start, 12);
    assert_int_equal(regex_find(regex, subject, end, &start, &end, &error), OK);
    assert_true(start == SIZE_MAX);
    assert_int_equal(regex_find(regex, subject, 99, &start, &end, &error), OK);
    assert_true(start == SIZE_MAX);
    regex_free(regex);
}

TEST(regex, long_subjects_are_searched_to_their_end)
{
    enum { N = 5000 };
    static char text[N * 3];
    for (size_t i = 0; i < N; i++)
        memcpy(text + i * 3, "가", 3);
    memcpy(text + (N - 1) * 3, "끝", 3);
    struct str subject = {text, sizeof text};
    size_t start, end;
    struct regex *regex = compiled("끝$", "");
    assert_int_equal(regex_find(regex, subject, 0, &start, &end, &error), OK);
    assert_int_equal(start, (N - 1) * 3);
    regex_free(regex);
    regex = compiled("(?<=가)끝|없", "");
    assert_int_equal(regex_find(regex, subject, 0, &start, &end, &error), OK);
    assert_int_equal(start, (N - 1) * 3);
    regex_free(regex);
    regex = compiled("$", "");
    assert_int_equal(regex_find(regex, subject, 0, &start, &end, &error), OK);
    assert_int_equal(start, sizeof text);
    regex_free(regex);
    regex = compiled("^끝", "");
    assert_int_equal(regex_find(regex, subject, 0, &start, &end, &error), OK);
    assert_true(start == SIZE_MAX);
    regex_free(regex);
}

TEST(regex, exponential_patterns_end_busy)
{
    struct regex *regex = compiled("^(a+)+$", "");
    bool found;
    assert_int_equal(regex_matches(regex, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &found, &error),
                     ERR_BUSY);
    assert_int_equal(regex_matches_whole(regex, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &found, &error),
                     ERR_BUSY);
    regex_free(regex);
}

TEST(regex, quadratic_patterns_on_long_subjects_end_busy)
{
    enum { N = 150000 };
    char *text = malloc(N);
    assert_non_null(text);
    memset(text, 'a', N);
    text[N - 1] = 'c';
    struct regex *regex = compiled("a*[bx]", "");
    bool found;
    assert_int_equal(regex_matches(regex, (struct str){text, N}, &found, &error), ERR_BUSY);
    regex_free(regex);
    free(text);
}

TEST(regex, subjects_that_are_no_utf8_are_invalid)
{
    struct regex *regex = compiled("a", "");
    bool found;
    assert_int_equal(regex_matches(regex, STR("\xFF"), &found, &error), ERR_INVALID);
    size_t start, end;
    assert_int_equal(regex_find(regex, STR("한"), 1, &start, &end, &error), ERR_INVALID);
    regex_free(regex);
    regex_free(NULL);
}

TEST_MAIN
