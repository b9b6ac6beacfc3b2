#include "tests/unit/flows/survey/asks.h"

TEST(number, digits_are_read_in_every_way_of_writing_them)
{
    struct ask ask = ask_number("", NULL, NULL);
    static const struct answer_row rows[] = {
        {"65", "65"},
        {" 65 ", "65"},
        {"６５", "65"},
        {"65.5", "65.5"},
        {"６５．５", "65.5"},
        {".5", "0.5"},
        {"0.50", "0.5"},
        {"65.", "65"},
        {"1,200", "1200"},
        {"12,345,678.9", "12345678.9"},
        {"１，２００", "1200"},
        {"-5", "-5"},
        {"- 5", "-5"},
        {"−5", "-5"},
        {"–5", "-5"},
        {"－５", "-5"},
        {"+5", "5"},
        {"마이너스 5", "-5"},
        {"마이너스 오", "-5"},
        {"플러스 3", "3"},
        {"영하 7도", "-7"},
        {"007", "7"},
        {"0", "0"},
        {"(65)", "65"},
        {"65!!", "65"},
        {"65 ㅎㅎ", "65"},
        {"65~", "65"},
        {"65 😅", "65"},
        {"1234567890123456789012345678901234", "1234567890123456789012345678901234"},
    };
    CHECK(&ask, rows);
}

TEST(number, sino_korean_numerals_are_read)
{
    struct ask ask = ask_number("", NULL, NULL);
    static const struct answer_row rows[] = {
        {"육십오", "65"},
        {"육십 오", "65"},
        {"백이십삼", "123"},
        {"백 이십 삼", "123"},
        {"만 이천", "12000"},
        {"만이천", "12000"},
        {"이만 오천 원", "25000"},
        {"십이만 삼천사백오십육", "123456"},
        {"일억 이천만", "120000000"},
        {"삼점오", "3.5"},
        {"삼 점 오", "3.5"},
        {"영점오", "0.5"},
        {"육십오점이오", "65.25"},
        {"영", "0"},
        {"공", "0"},
        {"천", "1000"},
        {"구백구십구", "999"},
        {"육십오요", "65"},
        {"육십오 정도요", "65"},
        {"육십오입니다", "65"},
        {"삼", "3"},
        {"오요", "5"},
        {"백", "100"},
    };
    CHECK(&ask, rows);
}

TEST(number, a_number_and_the_verb_behind_it_are_told_apart)
{
    struct ask ask = ask_number("", NULL, NULL);
    static const struct answer_row rows[] = {
        {"육십이에요", "60"},   {"육십이예요", "62"},           {"육십이입니다", "62"},    {"육십입니다", "60"},
        {"3천이에요", "3000"},  {"십이요", "! ambiguous"},      {"백이요", "! ambiguous"}, {"이십이 킬로요", "22"},
        {"육십이었어요", "60"}, {"육십일 거예요", "60"},        {"이백이십이", "222"},     {"이요", "2"},
        {"60이요", "60"},       {"육십오 정도일 거예요", "65"}, {"삼십이 살", "32"},
    };
    CHECK(&ask, rows);
}

TEST(number, native_korean_numerals_are_read)
{
    struct ask ask = ask_number("", NULL, NULL);
    static const struct answer_row rows[] = {
        {"스물다섯 살", "25"},
        {"스물다섯살이요", "25"},
        {"스물 다섯 살", "25"},
        {"서른하나", "31"},
        {"서른 하나요", "31"},
        {"아흔아홉", "99"},
        {"스무 살", "20"},
        {"스무살이에요", "20"},
        {"마흔", "40"},
        {"쉰둘입니다", "52"},
        {"예순셋", "63"},
        {"일흔네 살", "74"},
        {"여든 살", "80"},
        {"열여덟", "18"},
        {"열 두 번", "12"},
        {"하나", "1"},
        {"한 번", "1"},
        {"한번", "1"},
        {"두 끼", "2"},
        {"두끼 먹어요", "2"},
        {"세 번이요", "3"},
        {"네 번", "4"},
        {"다섯 번쯤", "5"},
        {"여섯 개", "6"},
        {"일곱", "7"},
        {"아홉 시간", "9"},
        {"백한 살", "101"},
        {"석 잔", "3"},
        {"사흘", "3"},
        {"이틀이요", "2"},
        {"한 세 번", "3"},
        {"한 시간 반", "1.5"},
        {"세 잔 반 정도", "3.5"},
        {"만 서른 살", "30"},
        {"저는 스물아홉 살이에요", "29"},
        {"올해 서른둘 됐어요", "32"},
    };
    CHECK(&ask, rows);
}

TEST(number, digits_and_korean_multipliers_mix)
{
    struct ask ask = ask_number("", NULL, NULL);
    static const struct answer_row rows[] = {
        {"1만2천", "12000"},      {"1만 2천", "12000"},    {"1만 2천 5백", "12500"},         {"3천", "3000"},
        {"1.5만", "15000"},       {"10만 원", "100000"},   {"2억 3천만", "230000000"},       {"5천원", "5000"},
        {"1만2천 걸음", "12000"}, {"8천 보 정도", "8000"}, {"65조금 안되나", "! ambiguous"}, {"1만 500", "10500"},
    };
    CHECK(&ask, rows);
}

TEST(number, counter_words_particles_and_politeness_do_not_matter)
{
    struct ask ask = ask_number("kg", "20", "300");
    static const struct answer_row rows[] = {
        {"65kg", "65"},
        {"65 kg", "65"},
        {"65KG", "65"},
        {"65Kg입니다", "65"},
        {"65㎏", "65"},
        {"６５ kg", "65"},
        {"65킬로", "65"},
        {"65키로", "65"},
        {"65 키로그램", "65"},
        {"65킬로 정도요", "65"},
        {"65킬로그램이에요", "65"},
        {"약 65kg 입니다", "65"},
        {"약65kg", "65"},
        {"한 65kg?", "65"},
        {"대략 65 정도 될 것 같아요", "65"},
        {"65쯤", "65"},
        {"65요", "65"},
        {"65이요~", "65"},
        {"65예요", "65"},
        {"65 이에요.", "65"},
        {"제 몸무게는 65kg이에요", "65"},
        {"저는 지금 65키로입니다 ㅠㅠ", "65"},
        {"체중-65", "65"},
        {"몸무게: 65", "65"},
        {"65kg인데 요즘 좀 쪘어요", "65"},
        {"65kg 나가요", "65"},
        {"음... 65?", "65"},
        {"아마 65.5kg일 거예요", "65.5"},
        {"육십오킬로", "65"},
        {"육십오 킬로요", "65"},
        {"육십오 킬로그램 정도 됩니다", "65"},
        {"예순다섯 킬로", "65"},
        {"65개", "65"},
        {"65k", "65"},
        {"65kg정도요", "65"},
        {"65키로쯤 나갑니다", "65"},
    };
    CHECK(&ask, rows);
}

TEST(number, other_units_of_the_quantity_are_converted)
{
    struct ask kg = ask_number("kg", NULL, NULL), cm = ask_number("cm", NULL, NULL),
               litre = ask_number("L", NULL, NULL);
    struct ask minutes = ask_number("분", NULL, NULL), kcal = ask_number("kcal", NULL, NULL),
               km = ask_number("km", NULL, NULL);
    struct ask celsius = ask_number("°C", NULL, NULL), hours = ask_number("시간", NULL, NULL);
    static const struct answer_row kg_rows[] = {
        {"500g", "0.5"},      {"143 lb", "64.86370891"}, {"143파운드", "64.86370891"}, {"65kg 500g", "65.5"},
        {"65kg 500", "65.5"}, {"65000 그램", "65"},      {"10 lbs", "4.5359237"},
    };
    static const struct answer_row cm_rows[] = {
        {"172센치", "172"},       {"172 cm", "172"}, {"1미터 72", "172"},      {"1m72", "172"},
        {"1m 72cm", "172"},       {"1.72m", "172"},  {"1미터 칠십이", "172"},  {"5피트 7인치", "170.18"},
        {"5'7\"", "170.18"},      {"5'7", "170.18"}, {"5ft 7in", "170.18"},    {"6 feet", "182.88"},
        {"172센티미터요", "172"}, {"1720mm", "172"}, {"백칠십이 센티", "172"}, {"70 inches", "177.8"},
    };
    static const struct answer_row litre_rows[] = {
        {"1.5L", "1.5"},      {"1.5리터", "1.5"},  {"500ml", "0.5"},       {"500 미리", "0.5"},   {"2ℓ", "2"},
        {"1리터 500", "1.5"}, {"1리터 반", "1.5"}, {"1500cc 정도", "1.5"}, {"하루에 2리터", "2"}, {"이 리터", "2"},
    };
    static const struct answer_row minute_rows[] = {
        {"30분", "30"},          {"1시간", "60"},    {"1시간 30분", "90"},      {"1시간 반", "90"},
        {"한시간반", "90"},      {"두 시간", "120"}, {"1.5시간", "90"},         {"90 minutes", "90"},
        {"삼십분 정도요", "30"}, {"1h 20min", "80"}, {"한 시간 이십 분", "80"},
    };
    static const struct answer_row kcal_rows[] = {
        {"2000kcal", "2000"}, {"2,000 칼로리", "2000"}, {"4184 kJ", "1000"}, {"1000kJ", "239.0057361377"}};
    static const struct answer_row km_rows[] = {{"500m", "0.5"}, {"5킬로미터", "5"}, {"10마일", "16.09344"}};
    static const struct answer_row celsius_rows[] = {
        {"36.5도", "36.5"}, {"36.5℃", "36.5"}, {"98.6°F", "37"}, {"212f", "100"}, {"영하 5도", "-5"}};
    static const struct answer_row hour_rows[] = {
        {"7시간", "7"}, {"30분", "0.5"}, {"7시간 30분", "7.5"}, {"일곱 시간", "7"}};
    CHECK(&kg, kg_rows);
    CHECK(&cm, cm_rows);
    CHECK(&litre, litre_rows);
    CHECK(&minutes, minute_rows);
    CHECK(&kcal, kcal_rows);
    CHECK(&km, km_rows);
    CHECK(&celsius, celsius_rows);
    CHECK(&hours, hour_rows);
}

TEST(number, another_quantity_is_a_misfit)
{
    struct ask kg = ask_number("kg", NULL, NULL), litre = ask_number("L", NULL, NULL),
               age = ask_number("", "10", "110");
    struct ask times = ask_number("회", NULL, NULL);
    static const struct answer_row kg_rows[] = {
        {"172cm", "! wrong_unit"}, {"30분", "! wrong_unit"}, {"2리터", "! wrong_unit"}, {"30살", "! wrong_unit"}};
    static const struct answer_row litre_rows[] = {
        {"3잔", "! wrong_unit"}, {"2컵", "! wrong_unit"}, {"두 병", "! wrong_unit"}, {"65kg", "! wrong_unit"}};
    static const struct answer_row age_rows[] = {
        {"85년생", "! wrong_unit"}, {"85년생입니다", "! wrong_unit"}, {"3시에 할게요", "! wrong_unit"}};
    static const struct answer_row times_rows[] = {{"3회", "3"},
                                                   {"3번", "3"},
                                                   {"주 3회", "3"},
                                                   {"일주일에 3번", "3"},
                                                   {"1주일에 3번이요", "3"},
                                                   {"주 3일", "3"},
                                                   {"3kg", "! wrong_unit"},
                                                   {"일주일에 한 번", "1"},
                                                   {"한 달에 두 번", "2"},
                                                   {"3시간", "! wrong_unit"}};
    CHECK(&kg, kg_rows);
    CHECK(&litre, litre_rows);
    CHECK(&age, age_rows);
    CHECK(&times, times_rows);
}

TEST(number, ranges_and_several_numbers_are_ambiguous)
{
    struct ask ask = ask_number("kg", "20", "300");
    static const struct answer_row rows[] = {
        {"60~65", "! ambiguous"},          {"60-65", "! ambiguous"},          {"60에서 65", "! ambiguous"},
        {"160에 60", "! ambiguous"},       {"172cm 65kg", "! ambiguous"},     {"60, 65", "! ambiguous"},
        {"60kg이나 65kg", "! ambiguous"},  {"60kg대", "! ambiguous"},         {"60대", "! ambiguous"},
        {"60대 초반이요", "! ambiguous"},  {"60 이상", "! ambiguous"},        {"60kg 미만", "! ambiguous"},
        {"60kg 넘어요", "! ambiguous"},    {"60kg이 안 돼요", "! ambiguous"}, {"160에 육십", "! ambiguous"},
        {"65kg 아니고 70", "! ambiguous"}, {"1 2 3", "! ambiguous"},
    };
    CHECK(&ask, rows);
}

TEST(number, what_holds_no_number_is_none)
{
    struct ask ask = ask_number("kg", "20", "300");
    static const struct answer_row rows[] = {
        {"글쎄요", "! not_a_number"},
        {"모르겠어요", "! not_a_number"},
        {"네", "! not_a_number"},
        {"일이 많아서 못 재봤어요", "! not_a_number"},
        {"비밀이에요", "! not_a_number"},
        {"오늘 안 쟀어요", "! not_a_number"},
        {"한 번 재볼게요", "! not_a_number"},
        {"열심히 할게요", "! not_a_number"},
        {"사이다", "! not_a_number"},
        {"이 정도요", "! not_a_number"},
        {"천천히 할게요", "! not_a_number"},
        {"세상에", "! not_a_number"},
        {"...", "! not_a_number"},
        {"ㅋㅋㅋ", "! not_a_number"},
        {"만약에", "! not_a_number"},
        {"구월이요", "! not_a_number"},
        {"일요일", "! not_a_number"},
        {"두세 개", "! not_a_number"},
        {"1,23", "! not_a_number"},
        {"없어요", "! not_a_number"},
        {"12345678901234567890123456789012345678", "! not_a_number"},
        {"제가 2호선 타고 가는 중이라서 나중에 할게요", "! not_a_number"},
        {"", "! empty"},
        {"  \n ", "! empty"},
        {"　", "! empty"},
    };
    CHECK(&ask, rows);
}

TEST(number, bounds_and_wholeness_are_checked_after_conversion)
{
    struct ask kg = ask_number("kg", "20", "300"), age = ask_number("", "10", "110");
    age.integer = true;
    struct ask cm = ask_number("cm", "100", "230");
    cm.integer = true;
    static const struct answer_row kg_rows[] = {{"19.9", "! too_small"}, {"20", "20"},
                                                {"300", "300"},          {"300.1", "! too_large"},
                                                {"-65", "! too_small"},  {"500g", "! too_small"}};
    static const struct answer_row age_rows[] = {{"30.5", "! not_whole"}, {"30.0", "30"},
                                                 {"9", "! too_small"},    {"111", "! too_large"},
                                                 {"만 30세", "30"},       {"만 삼십 세", "30"},
                                                 {"만30살", "30"},        {"30대", "! ambiguous"},
                                                 {"서른", "30"},          {"1995년생", "! wrong_unit"}};
    static const struct answer_row cm_rows[] = {{"5피트 7인치", "170"}, {"172.5", "! not_whole"}, {"1.725m", "173"}};
    CHECK(&kg, kg_rows);
    CHECK(&age, age_rows);
    CHECK(&cm, cm_rows);
}

TEST(number, a_change_has_a_direction)
{
    struct ask ask = ask_number("kg", "-50", "50");
    static const struct answer_row rows[] = {
        {"-5", "-5"},
        {"5kg 빼고 싶어요", "-5"},
        {"5kg 감량", "-5"},
        {"감량 5kg", "-5"},
        {"3키로 줄이고 싶어요", "-3"},
        {"3kg 찌우고 싶어요", "3"},
        {"5kg 증량이요", "5"},
        {"다섯 킬로 빼고 싶어요", "-5"},
        {"유지", "0"},
        {"그대로 유지하고 싶어요", "0"},
        {"+3", "3"},
        {"-5kg 감량", "-5"},
        {"0", "0"},
        {"5", "5"},
        {"빼고 싶어요", "! not_a_number"},
    };
    CHECK(&ask, rows);
}

TEST(number, nothing_is_zero_where_zero_is_allowed)
{
    struct ask ask = ask_number("잔", "0", "20");
    static const struct answer_row rows[] = {
        {"없어요", "0"},           {"안 마셔요", "0"},         {"전혀 안 마셔요", "0"},
        {"하나도 안 마셔요", "0"}, {"한 잔도 안 마셔요", "0"}, {"3잔", "3"},
        {"세 컵이요", "3"},        {"하루 두 잔", "2"},        {"하루에 세잔 정도 마셔요", "3"},
    };
    CHECK(&ask, rows);
}

TEST(number, a_scale_takes_points)
{
    struct ask ask = ask_number("", "1", "5");
    ask.type = ASK_SCALE;
    ask.integer = true;
    static const struct answer_row rows[] = {
        {"3", "3"},           {"3점", "3"},         {"오 점", "5"},         {"5점이요!", "5"},
        {"6", "! too_large"}, {"0", "! too_small"}, {"3.5", "! not_whole"}, {"삼", "3"}};
    CHECK(&ask, rows);
}

TEST(number, data_keeps_its_number)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct ask ask = ask_number("kg", "20", "300");
    struct answer_input input = {.locale = STR("ko"), .flow_locale = STR("ko"), .today = TODAY};
    struct answer answer;
    struct value number = value_number(decimal_of("78.5")), text = value_string(STR("1.2")),
                 list = value_list(&number, 1);
    assert_int_equal(answer_from_value(&ask, &number, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("78.5"));
    ask = ask_number("L", "0", "10");
    assert_int_equal(answer_from_value(&ask, &text, &input, &arena, &answer), OK);
    assert_str_equal(answer_said(&arena, &answer), STR("1.2"));
    assert_int_equal(answer_from_value(&ask, &list, &input, &arena, &answer), OK);
    assert_int_equal(answer.kind, ANSWER_MISFIT);
}

TEST_MAIN
