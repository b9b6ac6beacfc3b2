#include "flows/answer/language.h"

#include "tests/support/test.h"

TEST(language, is_told_by_its_letters)
{
    assert_int_equal(language_of(STR("연차는 며칠인가요?")), LANGUAGE_KOREAN);
    assert_int_equal(language_of(STR("VPN 접속 방법")), LANGUAGE_KOREAN);
    assert_int_equal(language_of(STR("How do I connect to the VPN?")), LANGUAGE_ENGLISH);
    assert_int_equal(language_of(STR("有給休暇は何日ですか")), LANGUAGE_OTHER);
    assert_int_equal(language_of(STR("Сколько дней отпуска?")), LANGUAGE_OTHER);
    assert_int_equal(language_of(STR("15 + 3 = ?")), LANGUAGE_NONE);
}

TEST(language, an_answer_in_another_script_is_wrong)
{
    assert_true(language_is_wrong(STR("Annual leave is 15 days."), LANGUAGE_KOREAN));
    assert_true(language_is_wrong(STR("年次休暇は15日です"), LANGUAGE_KOREAN));
    assert_true(language_is_wrong(STR("연차 유급휴가는 1년에 15일입니다."), LANGUAGE_ENGLISH));
    assert_false(language_is_wrong(STR("연차는 15일입니다 (Annual leave)."), LANGUAGE_KOREAN));
    assert_false(language_is_wrong(STR("You have 15 days of leave, says 취업규칙."), LANGUAGE_ENGLISH));
}

TEST(language, numbers_alone_are_in_every_language)
{
    assert_false(language_is_wrong(STR("15"), LANGUAGE_KOREAN));
    assert_false(language_is_wrong(STR("Bonjour"), LANGUAGE_OTHER));
}

TEST_MAIN
