#include "bot/base/terms.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/endings.h"

#include "tests/support/test.h"

/* The terms of a text, a space between. */
static struct str terms_of(struct arena *arena, const char *text)
{
    struct str normal;
    struct word word;
    struct buf out;
    buf_init(&out, arena, 64 * 1024);
    assert_int_equal(terms_normal(arena, str_of(text), &normal), OK);
    while (word_next(&normal, &word)) {
        struct str rest = word.stem, term;
        while (term_next(word.kind, &rest, &term)) {
            if (out.n > 0)
                buf_add_char(&out, ' ');
            buf_add(&out, term);
        }
    }
    return buf_str(&out);
}

#define SHOULD_BE(text, terms)                                                                                         \
    do {                                                                                                               \
        CLEANUP(arena_release) struct arena arena;                                                                     \
        arena_init(&arena, 1024 * 1024);                                                                               \
        assert_str_equal(terms_of(&arena, text), STR(terms));                                                          \
    } while (0)

TEST(terms, a_noun_has_the_same_terms_whatever_particle_follows_it)
{
    SHOULD_BE("휴가", "휴가");
    SHOULD_BE("휴가는", "휴가");
    SHOULD_BE("휴가에서부터", "휴가");
    SHOULD_BE("휴가입니까?", "휴가");
    SHOULD_BE("신청하였습니까", "신청");
}

TEST(terms, a_compound_holds_the_terms_of_its_parts)
{
    SHOULD_BE("연말정산을", "연말 말정 정산");
}

TEST(terms, two_syllables_are_always_left)
{
    SHOULD_BE("회의", "회의");
    SHOULD_BE("나이", "나이");
    SHOULD_BE("법은", "법은");
    SHOULD_BE("돈", "돈");
}

TEST(terms, only_one_ending_is_stripped)
{
    SHOULD_BE("고양이는", "고양 양이");
}

TEST(terms, latin_words_and_numbers_are_whole_and_scripts_part_words)
{
    SHOULD_BE("iPhone15는 1,000원", "iphone 15 는 1 000 원");
    SHOULD_BE("KTX를 타고", "ktx 를 타고");
    SHOULD_BE("勞動法 カタカナ", "勞動 動法 カタ タカ カナ");
}

TEST(terms, width_and_composition_do_not_matter)
{
    SHOULD_BE("ＡＢＣ １２３", "abc 123");
    SHOULD_BE("\xe1\x84\x92\xe1\x85\xb2\xe1\x84\x80\xe1\x85\xa1", "휴가"); /* conjoining jamo */
    SHOULD_BE("①차 ㈜길벗", "1 차 주 길벗");
}

TEST(terms, nothing_comes_of_no_words)
{
    SHOULD_BE("", "");
    SHOULD_BE(" ?! — …", "");
}

TEST(terms, what_is_not_utf8_is_refused)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024);
    struct str normal;
    assert_int_equal(terms_normal(&arena, STR("\xea\xb0"), &normal), ERR_INVALID);
}

TEST(terms, a_squeezed_text_is_its_words)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024);
    struct str squeezed;
    assert_int_equal(terms_squeeze(&arena, STR("연차 휴가, 15일!"), &squeezed), OK);
    assert_str_equal(squeezed, STR("연차휴가15일"));
}

/* ending_is searches by halves: every entry is found only when the tables are in order. */
TEST(endings, of_every_length_are_found)
{
    static const char *const some[] = {"가",       "는",       "할",         "과는",       "에서",
                                       "한테",     "까지는",   "합니다",     "한테서",     "까지인지",
                                       "으로부터", "해야하나", "되었습니까", "하였습니다", "해야합니까"};
    for (size_t i = 0; i < COUNT_OF(some); i++)
        assert_true(ending_is(str_of(some[i])));
    assert_false(ending_is(STR("휴가")));
    assert_false(ending_is(STR("법")));
}

TEST_MAIN
