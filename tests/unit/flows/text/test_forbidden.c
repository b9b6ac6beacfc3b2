#include "flows/text/forbidden.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static const char list[] = "# what nobody should say\n"
                           "시발\n"
                           "!시발점\n"
                           "!시발역\n"
                           "병신\n"
                           "!병신년\n"
                           "=ㅅㅂ\n"
                           "\n"
                           "asshole\n"
                           "fuck\r\n";

static struct str hit(const char *text)
{
    static char kept[64];
    struct arena arena;
    const struct forbidden *forbidden = NULL;
    struct str found = {0};
    struct error error = {0};
    arena_init(&arena, 1 << 22);
    assert_int_equal(forbidden_read(&arena, STR("list.txt"), str_of(list), &forbidden, &error), OK);
    assert_int_equal(forbidden_find(forbidden, &arena, str_of(text), &found), OK);
    assert_true(found.n < sizeof kept);
    memcpy(kept, found.n > 0 ? found.p : "", found.n);
    arena_release(&arena);
    return (struct str){kept, found.n};
}

TEST(forbidden, a_word_is_found_with_its_endings)
{
    assert_str_equal(hit("시발"), STR("시발"));
    assert_str_equal(hit("이런 시발아 뭐야"), STR("시발"));
    assert_str_equal(hit("FUCK!"), STR("fuck"));
    assert_str_equal(hit("fuck야"), STR("fuck"));
}

TEST(forbidden, disguises_are_seen_through)
{
    assert_str_equal(hit("ㅅ ㅣ 발"), STR("시발"));
    assert_str_equal(hit("ㅅㅣㅂㅏㄹ"), STR("시발"));
    assert_str_equal(hit("ㅅlㅂㅏㄹ"), STR("시발"));
    assert_str_equal(hit("시 발"), STR("시발"));
    assert_str_equal(hit("시.발"), STR("시발"));
    assert_str_equal(hit("시*발"), STR("시발"));
    assert_str_equal(hit("시이이발"), STR("시발"));
    assert_str_equal(hit("시바알"), STR("시발"));
    assert_str_equal(hit("시발발"), STR("시발"));
    assert_str_equal(hit("\xef\xbe\xa1\xef\xbd\xb1"), STR("")); /* half-width kana are other letters */
    assert_str_equal(hit("ﾵￜﾲￂﾩ"), STR("시발"));                /* half-width jamo */
    assert_str_equal(hit("시\xe2\x80\x8b발"), STR("시발"));     /* a space of no width */
    assert_str_equal(hit("ｆｕｃｋ"), STR("fuck"));
    assert_str_equal(hit("f u c k"), STR("fuck"));
    assert_str_equal(hit("fuuuuck"), STR("fuck"));
    assert_str_equal(hit("시발"), STR("시발")); /* conjoining jamo */
}

TEST(forbidden, innocent_words_are_none)
{
    static const char *const innocent[] = {
        "이 사업의 시발점은 어디인가요",
        "시발역에서 탔어요",
        "18시 발 열차",
        "18시발 열차",
        "오후 6 시 발 기차",
        "다시 발급받고 싶어요",
        "혹시 발표 자료 있나요",
        "서울시 발주 공사",
        "개시 발언",
        "시바라고 합니다",
        "병신년에 태어났어요",
        "class of 2024",
        "assess the hole",
        "fuckoo",
        "ㅅㅂㅅ",
        "응시 발판",
    };
    for (size_t i = 0; i < sizeof innocent / sizeof innocent[0]; i++)
        assert_str_equal(hit(innocent[i]), STR(""));
}

TEST(forbidden, an_entry_for_whole_words_wants_a_whole_word)
{
    assert_str_equal(hit("아 ㅅㅂ 진짜"), STR("ㅅㅂ"));
    assert_str_equal(hit("ㅅㅂㅋ"), STR(""));
}

TEST(forbidden, a_doubled_letter_of_the_list_is_wanted_doubled)
{
    assert_str_equal(hit("asshole"), STR("asshole"));
    assert_str_equal(hit("as hole"), STR(""));
}

TEST(forbidden, faults_of_the_list_name_their_line)
{
    struct arena arena;
    const struct forbidden *forbidden = NULL;
    struct error error = {0};
    arena_init(&arena, 1 << 20);
    assert_int_equal(forbidden_read(&arena, STR("l.txt"), STR("a\n!!\n"), &forbidden, &error), ERR_INVALID);
    assert_string_equal(error.text, "l.txt:2: no letter in this line; write a word");
    assert_int_equal(forbidden_read(&arena, STR("l.txt"), STR("\xff\xff\n"), &forbidden, &error), ERR_INVALID);
    assert_string_equal(error.text, "l.txt:1: not UTF-8; save the file as UTF-8");
    assert_int_equal(forbidden_read(&arena, STR("l.txt"), STR(""), &forbidden, &error), OK);
    arena_release(&arena);
}

TEST(forbidden, the_list_of_the_example_lets_ordinary_questions_pass)
{
    struct arena arena;
    const struct forbidden *forbidden = NULL;
    struct str found = {0}, text = test_read_file(SOURCE_DIR "/flows/examples/answers/forbidden.ko.txt");
    struct error error = {0};
    arena_init(&arena, 1 << 22);
    assert_int_equal(forbidden_read(&arena, STR("forbidden.ko.txt"), text, &forbidden, &error), OK);
    struct str questions = test_read_file(SOURCE_DIR "/flows/examples/answers/classes.yaml"), rest = questions, line;
    while (str_split(&rest, '\n', &line)) {
        assert_int_equal(forbidden_find(forbidden, &arena, line, &found), OK);
        assert_str_equal(found, STR(""));
    }
    assert_int_equal(forbidden_find(forbidden, &arena, STR("야 이 ㅅ ㅣ 발 것아"), &found), OK);
    assert_true(found.n > 0);
    free((void *)text.p);
    free((void *)questions.p);
    arena_release(&arena);
}

TEST_MAIN
