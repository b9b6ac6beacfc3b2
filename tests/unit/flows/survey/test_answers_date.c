#include "tests/unit/flows/survey/asks.h"

/* Today is Thursday, 2026-03-05. */

TEST(date, the_usual_forms_are_read)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"2026-03-05", "2026-03-05"},
        {"2026.3.5", "2026-03-05"},
        {"2026. 3. 5.", "2026-03-05"},
        {"2026/3/5", "2026-03-05"},
        {"2026년 3월 5일", "2026-03-05"},
        {"2026년3월5일이요", "2026-03-05"},
        {"3월 5일", "2026-03-05"},
        {"3월5일(목)", "2026-03-05"},
        {"3월 5일 목요일이에요", "2026-03-05"},
        {"3/5", "2026-03-05"},
        {"12월 31일", "2026-12-31"},
        {"20260305", "2026-03-05"},
        {"850305", "1985-03-05"},
        {"85.3.5", "1985-03-05"},
        {"26.3.5", "2026-03-05"},
        {"85년 3월 5일생이요", "1985-03-05"},
        {"85년 3월 5일이요", "1985-03-05"},
        {"2024-02-29", "2024-02-29"},
        {"2023-02-29", "! form"},
        {"2026-13-01", "! form"},
        {"13월 5일", "! form"},
        {"언젠가", "! form"},
        {"2026-03-05-07", "! form"},
        {"0000-01-01", "! form"},
        {"3월 5일 오전 10시", "! form"},
        {"２０２６．３．５", "2026-03-05"},
        {"2026-03-05T09:00:00+09:00", "2026-03-05"},
        {"3월 말일", "2026-03-31"},
        {"2028년 2월 말일이요", "2028-02-29"},
        {"제 생일은 3월 5일이에요", "2026-03-05"},
        {"3월", "! form"},
        {"2026", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(date, korean_number_words_are_read)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"삼월 오일", "2026-03-05"},          {"유월 십일", "2026-06-10"},     {"십이월 삼십일일", "2026-12-31"},
        {"시월 이십일일이요", "2026-10-21"},  {"십일월 십일일", "2026-11-11"}, {"이천이십오년 삼월 오일", "2025-03-05"},
        {"일일이 말하기 어려워요", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(date, days_near_today_have_words)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"오늘", "2026-03-05"},
        {"오늘이요", "2026-03-05"},
        {"어제", "2026-03-04"},
        {"내일", "2026-03-06"},
        {"낼이요", "2026-03-06"},
        {"그저께", "2026-03-03"},
        {"모레요", "2026-03-07"},
        {"내일모레", "2026-03-07"},
        {"글피", "2026-03-08"},
        {"today", "2026-03-05"},
        {"Yesterday", "2026-03-04"},
        {"tomorrow", "2026-03-06"},
        {"the day after tomorrow", "2026-03-07"},
        {"아마 내일 될 것 같아요", "2026-03-06"},
        {"3일 뒤", "2026-03-08"},
        {"사흘 후에요", "2026-03-08"},
        {"일주일 전", "2026-02-26"},
        {"2주 뒤요", "2026-03-19"},
        {"한 달 뒤", "2026-04-05"},
        {"3개월 전", "2025-12-05"},
        {"1년 후", "2027-03-05"},
        {"보름 뒤", "2026-03-20"},
        {"in 3 days", "2026-03-08"},
        {"2 weeks ago", "2026-02-19"},
        {"a month later", "2026-04-05"},
    };
    CHECK(&ask, rows);
}

TEST(date, weeks_begin_on_monday)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"다음 주 월요일", "2026-03-09"},   {"다음주 일요일이요", "2026-03-15"},
        {"이번 주 금요일", "2026-03-06"},   {"이번주 월", "2026-03-02"},
        {"지난주 수요일", "2026-02-25"},    {"다다음 주 화요일에요", "2026-03-17"},
        {"저번 주의 토요일", "2026-02-28"}, {"월요일", "2026-03-09"},
        {"목요일", "2026-03-05"},           {"돌아오는 목요일", "2026-03-12"},
        {"지난 화요일", "2026-03-03"},      {"이번 토요일", "2026-03-07"},
        {"다음 수요일", "2026-03-11"},      {"다음 금요일", "! ambiguous"},
        {"다음 주", "! ambiguous"},         {"next week monday", "2026-03-09"},
        {"friday", "2026-03-06"},           {"last friday", "2026-02-27"},
    };
    CHECK(&ask, rows);
}

TEST(date, months_and_years_are_counted_from_now)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"다음 달 3일", "2026-04-03"},    {"이번 달 말일", "2026-03-31"}, {"지난달 28일이요", "2026-02-28"},
        {"지난달 30일", "! form"},        {"다음 달", "! ambiguous"},     {"내년 3월 5일", "2027-03-05"},
        {"작년 12월 25일", "2025-12-25"}, {"올해 5월 1일", "2026-05-01"}, {"5일", "2026-03-05"},
        {"20일이요", "2026-03-20"},       {"4일", "2026-04-04"},
    };
    CHECK(&ask, rows);
}

TEST(date, english_months_are_read_and_only_a_clear_order_of_numbers)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"March 5", "2026-03-05"},     {"Mar 5th, 2027", "2027-03-05"},   {"5th of March", "2026-03-05"},
        {"25 Dec 2026", "2026-12-25"}, {"it's on May 2nd", "2026-05-02"}, {"3/25/2026", "2026-03-25"},
        {"25/3/2026", "2026-03-25"},   {"3/5/2026", "! ambiguous"},       {"March", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(date, what_is_no_single_day_is_asked_again)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"3월 5일이나 6일", "! ambiguous"},  {"3월 5일~7일", "! ambiguous"},
        {"내일 아니면 모레", "! ambiguous"}, {"내일 말고 모레", "! ambiguous"},
        {"3월 5일 이후요", "! ambiguous"},   {"3월 5일부터요", "! ambiguous"},
        {"5일 동안", "! ambiguous"},         {"3월 5일 금요일", "! ambiguous"},
        {"3월 6일 금요일", "2026-03-06"},    {"아직 정하지 못했는데 나중에 말씀드려도 될까요", "! form"},
    };
    CHECK(&ask, rows);
}

TEST(date, the_day_of_the_week_may_decide_the_year_and_must_fit)
{
    struct ask ask = {.type = ASK_DATE};
    static const struct answer_row rows[] = {
        {"1월 2일 토요일", "2027-01-02"},
        {"1월 2일 금요일", "2026-01-02"},
        {"3월 5일 금요일이에요", "! ambiguous"},
        {"3월 5일(수)", "! ambiguous"},
    };
    CHECK(&ask, rows);
}

TEST(date, bounds_are_checked_and_help_to_find_the_day)
{
    struct ask ask = {.type = ASK_DATE, .has_min = true, .has_max = true};
    ask.min = decimal_from_i64(TODAY);
    ask.max = decimal_from_i64(TODAY + 365);
    static const struct answer_row rows[] = {
        {"1월 2일", "2027-01-02"}, {"3월 5일", "2026-03-05"}, {"어제", "! too_small"}, {"2030-01-01", "! too_large"}};
    CHECK(&ask, rows);
    ask.min = decimal_from_i64(TODAY - 30);
    ask.max = decimal_from_i64(TODAY);
    static const struct answer_row past[] = {
        {"월요일", "2026-03-02"}, {"20일", "2026-02-20"}, {"목요일", "2026-03-05"}};
    CHECK(&ask, past);
}

TEST(date, bounds_may_be_counted_from_today)
{
    struct ask ask = {.type = ASK_DATE, .has_min = true, .min_from_today = true, .has_max = true};
    ask.max_from_today = true;
    ask.min = decimal_from_i64(0);
    ask.max = decimal_from_i64(14);
    static const struct answer_row rows[] = {
        {"오늘", "2026-03-05"}, {"어제", "! too_small"}, {"2주 뒤", "2026-03-19"}, {"3주 뒤", "! too_large"}};
    CHECK(&ask, rows);
}

TEST_MAIN
