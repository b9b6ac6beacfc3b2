#include "flows/answer/unit.h"

#include "bot/base/attributes.h"
#include "bot/base/endings.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

struct spelling {
    struct str text;
    enum unit unit;
};

/* The longest that fits counts. */
static const struct spelling spellings[] = {
    {STR_INIT("원"), UNIT_WON},
    {STR_INIT("won"), UNIT_WON},
    {STR_INIT("krw"), UNIT_WON},
    {STR_INIT("달러"), UNIT_DOLLAR},
    {STR_INIT("불"), UNIT_DOLLAR},
    {STR_INIT("usd"), UNIT_DOLLAR},
    {STR_INIT("dollar"), UNIT_DOLLAR},
    {STR_INIT("dollars"), UNIT_DOLLAR},
    {STR_INIT("유로"), UNIT_EURO},
    {STR_INIT("eur"), UNIT_EURO},
    {STR_INIT("엔"), UNIT_YEN},
    {STR_INIT("위안"), UNIT_YUAN},
    {STR_INIT("%"), UNIT_PERCENT},
    {STR_INIT("퍼센트"), UNIT_PERCENT},
    {STR_INIT("프로"), UNIT_PERCENT},
    {STR_INIT("percent"), UNIT_PERCENT},
    {STR_INIT("%p"), UNIT_PERCENT_POINT},
    {STR_INIT("%포인트"), UNIT_PERCENT_POINT},
    {STR_INIT("퍼센트포인트"), UNIT_PERCENT_POINT},
    {STR_INIT("일"), UNIT_DAY},
    {STR_INIT("일간"), UNIT_DAY},
    {STR_INIT("day"), UNIT_DAY},
    {STR_INIT("days"), UNIT_DAY},
    {STR_INIT("주"), UNIT_WEEK},
    {STR_INIT("주일"), UNIT_WEEK},
    {STR_INIT("주간"), UNIT_WEEK},
    {STR_INIT("week"), UNIT_WEEK},
    {STR_INIT("weeks"), UNIT_WEEK},
    {STR_INIT("개월"), UNIT_MONTHS},
    {STR_INIT("달"), UNIT_MONTHS},
    {STR_INIT("month"), UNIT_MONTHS},
    {STR_INIT("months"), UNIT_MONTHS},
    {STR_INIT("월"), UNIT_MONTH_OF_YEAR},
    {STR_INIT("년"), UNIT_YEAR},
    {STR_INIT("년간"), UNIT_YEAR},
    {STR_INIT("해"), UNIT_YEAR},
    {STR_INIT("year"), UNIT_YEAR},
    {STR_INIT("years"), UNIT_YEAR},
    {STR_INIT("시간"), UNIT_HOUR},
    {STR_INIT("hour"), UNIT_HOUR},
    {STR_INIT("hours"), UNIT_HOUR},
    {STR_INIT("시"), UNIT_CLOCK},
    {STR_INIT("분"), UNIT_MINUTE},
    {STR_INIT("minute"), UNIT_MINUTE},
    {STR_INIT("minutes"), UNIT_MINUTE},
    {STR_INIT("초"), UNIT_SECOND},
    {STR_INIT("second"), UNIT_SECOND},
    {STR_INIT("seconds"), UNIT_SECOND},
    {STR_INIT("명"), UNIT_PERSON},
    {STR_INIT("인"), UNIT_PERSON},
    {STR_INIT("사람"), UNIT_PERSON},
    {STR_INIT("people"), UNIT_PERSON},
    {STR_INIT("persons"), UNIT_PERSON},
    {STR_INIT("person"), UNIT_PERSON},
    {STR_INIT("회"), UNIT_TIMES},
    {STR_INIT("번"), UNIT_TIMES},
    {STR_INIT("차례"), UNIT_TIMES},
    {STR_INIT("times"), UNIT_TIMES},
    {STR_INIT("세"), UNIT_AGE},
    {STR_INIT("살"), UNIT_AGE},
    {STR_INIT("개"), UNIT_PIECE},
    {STR_INIT("건"), UNIT_CASE},
    {STR_INIT("대"), UNIT_MACHINE},
    {STR_INIT("배"), UNIT_FOLD},
    {STR_INIT("조"), UNIT_ARTICLE},
    {STR_INIT("항"), UNIT_PARAGRAPH},
    {STR_INIT("호"), UNIT_ITEM},
    {STR_INIT("분기"), UNIT_QUARTER},
    {STR_INIT("층"), UNIT_FLOOR},
    {STR_INIT("점"), UNIT_SCORE},
    {STR_INIT("points"), UNIT_SCORE},
    {STR_INIT("위"), UNIT_RANK},
    {STR_INIT("km"), UNIT_KILOMETRE},
    {STR_INIT("킬로미터"), UNIT_KILOMETRE},
    {STR_INIT("m"), UNIT_METRE},
    {STR_INIT("미터"), UNIT_METRE},
    {STR_INIT("cm"), UNIT_CENTIMETRE},
    {STR_INIT("센티미터"), UNIT_CENTIMETRE},
    {STR_INIT("mm"), UNIT_MILLIMETRE},
    {STR_INIT("m2"), UNIT_SQUARE_METRE},
    {STR_INIT("제곱미터"), UNIT_SQUARE_METRE},
    {STR_INIT("kg"), UNIT_KILOGRAM},
    {STR_INIT("킬로그램"), UNIT_KILOGRAM},
    {STR_INIT("g"), UNIT_GRAM},
    {STR_INIT("그램"), UNIT_GRAM},
    {STR_INIT("l"), UNIT_LITRE},
    {STR_INIT("리터"), UNIT_LITRE},
    {STR_INIT("gb"), UNIT_GIGABYTE},
    {STR_INIT("기가바이트"), UNIT_GIGABYTE},
    {STR_INIT("mb"), UNIT_MEGABYTE},
    {STR_INIT("메가바이트"), UNIT_MEGABYTE},
};

static bool is_hangul(int32_t c)
{
    return c >= 0xAC00 && c <= 0xD7A3;
}

static int32_t first_point(struct str s)
{
    return text_next(&s);
}

/* The Hangul syllables at the start of `s`. */
static struct str hangul_run(struct str s)
{
    struct str rest = s;
    while (is_hangul(first_point(rest)))
        rest = str_skip(rest, SYLLABLE_BYTES);
    return str_first(s, s.n - rest.n);
}

/* Latin units end with their word.  A Hangul unit behind a space does too, but for an ending: "15 일반" has no days. */
static bool ends_there(struct str unit, struct str behind, bool is_apart)
{
    int32_t next = first_point(behind);
    if ((unsigned char)unit.p[0] < 0x80)
        return unit.p[0] == '%' || !((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9'));
    struct str run = hangul_run(behind);
    return !is_apart || run.n == 0 || (run.n <= (size_t)ENDING_MOST_SYLLABLES * SYLLABLE_BYTES && ending_is(run));
}

enum unit unit_read(struct str s, size_t *ret_bytes)
{
    bool is_apart = s.n > 0 && s.p[0] == ' ';
    struct str from = str_skip(s, is_apart);
    enum unit unit = UNIT_NONE;
    size_t bytes = 0;
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        struct str text = spellings[i].text;
        if (text.n > bytes && str_starts(from, text) && ends_there(text, str_skip(from, text.n), is_apart)) {
            unit = spellings[i].unit;
            bytes = text.n;
        }
    }
    *ret_bytes = bytes == 0 ? 0 : bytes + is_apart;
    return unit;
}

enum unit unit_sign_before(struct str s)
{
    static const struct spelling signs[] = {{STR_INIT("₩"), UNIT_WON},
                                            {STR_INIT("\\"), UNIT_WON},
                                            {STR_INIT("$"), UNIT_DOLLAR},
                                            {STR_INIT("€"), UNIT_EURO},
                                            {STR_INIT("¥"), UNIT_YEN}};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_ends(s, signs[i].text))
            return signs[i].unit;
    return UNIT_NONE;
}
