#include "bot/base/error.h"

#include "bot/base/text.h"
#include "tests/support/test.h"

#undef fail /* cmocka's; here it is ours that counts */

TEST(error, the_sentence_grows_on_the_way_up)
{
    struct error error;
    assert_int_equal(fail(&error, ERR_INVALID, "byte %d: %s", 7, "odd"), ERR_INVALID);
    assert_int_equal(during(&error, "reading %s", "a body"), ERR_INVALID);
    assert_string_equal(error.text, "byte 7: odd; while reading a body");
    assert_int_equal(error.n, strlen(error.text));
    assert_int_equal(error.code, ERR_INVALID);
}

TEST(error, a_new_failure_replaces_the_old_one)
{
    struct error error;
    assert_int_equal(fail(&error, ERR_BUSY, "first"), ERR_BUSY);
    assert_int_equal(fail(&error, ERR_REMOTE, "second"), ERR_REMOTE);
    assert_string_equal(error.text, "second");
}

TEST(error, without_a_place_for_the_sentence_only_the_code_counts)
{
    assert_int_equal(fail(NULL, ERR_CONFLICT, "x"), ERR_CONFLICT);
    assert_int_equal(during(NULL, "x"), ERR_INTERNAL);
    struct error error = {.code = OK};
    assert_int_equal(during(&error, "x"), ERR_INTERNAL);
}

TEST(error, long_sentences_are_cut_between_characters)
{
    char text[601] = "";
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "한", 4);
        struct error error;
        assert_int_equal(fail(&error, ERR_INVALID, "%s", text), ERR_INVALID);
        assert_true(error.n > 230 && error.n < sizeof error.text);
        assert_int_equal(error.text[error.n], '\0');
        assert_true(text_is_utf8((struct str){error.text, error.n}));
        assert_int_equal(during(&error, "%s", text), ERR_INVALID);
        assert_true(text_is_utf8((struct str){error.text, error.n}));
        assert_int_equal(strlen(error.text), error.n);
    }
}

TEST(error, a_character_at_the_very_end_is_kept_whole_or_left_out)
{
    for (int n = 230; n < 245; n++) {
        struct error error;
        assert_int_equal(fail(&error, ERR_INVALID, "%*s한", n, ""), ERR_INVALID);
        assert_true(text_is_utf8((struct str){error.text, error.n}));
        assert_int_equal(during(&error, "한국어"), ERR_INVALID);
        assert_true(text_is_utf8((struct str){error.text, error.n}));
    }
}

TEST(error, every_code_has_a_name)
{
    assert_string_equal(err_name(OK), "ok");
    assert_string_equal(err_name(ERR_NO_MEMORY), "no_memory");
    for (enum err code = OK; code <= ERR_INTERNAL; code++)
        assert_true(strlen(err_name(code)) > 1);
}

TEST_MAIN
