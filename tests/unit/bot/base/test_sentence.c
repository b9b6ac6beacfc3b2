#include "bot/base/sentence.h"

#include <stdlib.h>

#include "tests/support/test.h"

/* Sentences of `text` must be those of `expected`, which shows each end as " | ". */
static void expect(const char *text, const char *expected)
{
    struct str rest = str_of(text), want = str_of(expected), sentence;
    while (sentence_next(&rest, &sentence)) {
        size_t bar = str_find(want, STR(" | "));
        struct str piece = bar == SIZE_MAX ? want : str_first(want, bar);
        assert_str_equal(sentence, piece);
        want = bar == SIZE_MAX ? STR("") : str_skip(want, bar + 3);
    }
    assert_str_equal(want, STR(""));
}

TEST(sentence, korean_endings_with_a_full_stop_end_it)
{
    expect("휴가는 15일이다. 신청은 사흘 전에 해요. 될까요? 됩니다!",
           "휴가는 15일이다. | 신청은 사흘 전에 해요. | 될까요? | 됩니다!");
    expect("신청서를 제출할 것. 결재를 받음. 그 뒤 지급함.", "신청서를 제출할 것. | 결재를 받음. | 그 뒤 지급함.");
}

TEST(sentence, a_forgotten_space_or_full_stop_is_seen_through)
{
    expect("휴가를 신청했다.그리고 떠났다.", "휴가를 신청했다. | 그리고 떠났다.");
    expect("신청하시면 됩니다 그 다음은 결재입니다", "신청하시면 됩니다 | 그 다음은 결재입니다");
    expect("가능합니다만 먼저 문의하세요 담당자는 인사팀입니다",
           "가능합니다만 먼저 문의하세요 | 담당자는 인사팀입니다");
    expect("가능합니다 (별표 1 참조).", "가능합니다 (별표 1 참조).");
}

TEST(sentence, numbers_versions_and_addresses_do_not_end_it)
{
    expect("이율은 연 3.5%이다. 판은 1.2.3이다.", "이율은 연 3.5%이다. | 판은 1.2.3이다.");
    expect("See example.com/a.html for it. Then call.", "See example.com/a.html for it. | Then call.");
    expect("총액은 1,000원이다.", "총액은 1,000원이다.");
}

TEST(sentence, dates_do_not_end_it)
{
    expect("2024. 3. 1. 시행한다. 다음은 '24.3.1.부터다.", "2024. 3. 1. 시행한다. | 다음은 '24.3.1.부터다.");
    expect("시행일은 2024. 3. 1. 다만, 예외가 있다.", "시행일은 2024. 3. 1. | 다만, 예외가 있다.");
}

TEST(sentence, abbreviations_do_not_end_it)
{
    expect("Dr. Kim met Mr. Lee at 5 p.m. on Monday. He left.", "Dr. Kim met Mr. Lee at 5 p.m. on Monday. | He left.");
    expect("Use tools, e.g. a saw. Done.", "Use tools, e.g. a saw. | Done.");
    expect("J. Smith of Acme Co. signed. End.", "J. Smith of Acme Co. signed. | End.");
}

TEST(sentence, marks_of_list_items_stay_with_their_items)
{
    expect("1. 신청서를 쓴다.\n2. 제출한다.\n가. 원본\n나. 사본",
           "1. 신청서를 쓴다. | 2. 제출한다. | 가. 원본 | 나. 사본");
    expect("- 노트북\n- 모니터\n※ 수량은 한 대", "- 노트북 | - 모니터 | ※ 수량은 한 대");
}

TEST(sentence, quotes_and_brackets_are_not_cut)
{
    expect("\"내각이 작다. 권한이 크다\"는 의견이다. 끝.", "\"내각이 작다. 권한이 크다\"는 의견이다. | 끝.");
    expect("그는 \"가겠다.\"라고 했다. 그리고 갔다.", "그는 \"가겠다.\"라고 했다. | 그리고 갔다.");
    expect("그는 \"가겠다.\" 라며 나갔다.", "그는 \"가겠다.\" 라며 나갔다.");
    expect("\"오늘 가겠다.\" 그는 나갔다.", "\"오늘 가겠다.\" | 그는 나갔다.");
    expect("비용(예: 교통비. 숙박비.)은 회사가 낸다. 끝이다.", "비용(예: 교통비. 숙박비.)은 회사가 낸다. | 끝이다.");
    expect("(괄호가 열린 채로 끝난다. 그래도 끝은 끝이다.", "(괄호가 열린 채로 끝난다. | 그래도 끝은 끝이다.");
}

TEST(sentence, table_rows_and_headings_stand_alone)
{
    struct str rest = STR("# 휴가\n| 근속 | 일수 |\n| 1년 | 15일 |\n끝이다."), sentence;
    static const char *const expected[] = {"# 휴가", "| 근속 | 일수 |", "| 1년 | 15일 |", "끝이다."};
    for (size_t i = 0; i < 4; i++) {
        assert_true(sentence_next(&rest, &sentence));
        assert_str_equal(sentence, str_of(expected[i]));
    }
    assert_false(sentence_next(&rest, &sentence));
    rest = STR("근속 기간 | 연차 일수. 비고\n1년 | 15일. 유급\n");
    assert_true(sentence_next(&rest, &sentence));
    assert_str_equal(sentence, STR("근속 기간 | 연차 일수. 비고"));
    assert_true(sentence_next(&rest, &sentence));
    assert_str_equal(sentence, STR("1년 | 15일. 유급"));
}

TEST(sentence, a_long_line_is_taken_for_wrapped_text)
{
    expect("이 줄은 서른 글자보다 길어서 문장이 다음 줄로 이어지는 것으로 보고\n여기서 끝난다.",
           "이 줄은 서른 글자보다 길어서 문장이 다음 줄로 이어지는 것으로 보고\n여기서 끝난다.");
    expect("제목\n본문이다.", "제목 | 본문이다.");
    expect("첫 문단\n\n둘째 문단", "첫 문단 | 둘째 문단");
}

TEST(sentence, an_ellipsis_ends_it_only_behind_an_ending)
{
    expect("그는... 갔다. 그랬다... 그리고 왔다.", "그는... 갔다. | 그랬다... | 그리고 왔다.");
}

TEST(sentence, nothing_is_lost_but_white_space)
{
    static const char *const pieces[] = {"다.",  " ", "\n", "\"", "(", ")",  "3",     ".",   "가",
                                         "니다", "…", "'",  "A",  "|", "- ", "제3조", "\xEA"};
    uint64_t random = 7;
    for (int round = 0; round < 3000; round++) {
        char text[128];
        size_t n = 0;
        for (int i = 0; i < 16; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const char *piece = pieces[(random >> 33) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        struct str rest = {text, n}, sentence;
        const char *at = text;
        while (sentence_next(&rest, &sentence)) {
            assert_true(sentence.n > 0);
            assert_true(str_trim((struct str){at, (size_t)(sentence.p - at)}).n == 0);
            assert_str_equal(str_trim(sentence), sentence);
            at = sentence.p + sentence.n;
        }
        assert_true(str_trim((struct str){at, (size_t)(text + n - at)}).n == 0);
    }
}

TEST_MAIN
