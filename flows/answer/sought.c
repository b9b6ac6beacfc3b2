#include "flows/answer/sought.h"

#include "bot/base/attributes.h"
#include "bot/base/terms.h"

#include "bot/base/banned.h"

struct hint {
    struct str text;
    enum sought sought;
};

/* The first that the question holds counts. */
static const struct hint hints[] = {
    {STR_INIT("언제"), SOUGHT_DATE},       {STR_INIT("며칠"), SOUGHT_DATE},       {STR_INIT("몇년"), SOUGHT_DATE},
    {STR_INIT("몇 년"), SOUGHT_DATE},      {STR_INIT("몇월"), SOUGHT_DATE},       {STR_INIT("몇 월"), SOUGHT_DATE},
    {STR_INIT("날짜"), SOUGHT_DATE},       {STR_INIT("날은"), SOUGHT_DATE},       {STR_INIT("연도"), SOUGHT_DATE},
    {STR_INIT("년도"), SOUGHT_DATE},       {STR_INIT("해는"), SOUGHT_DATE},       {STR_INIT("시기"), SOUGHT_DATE},
    {STR_INIT("when"), SOUGHT_DATE},       {STR_INIT("누구"), SOUGHT_PERSON},     {STR_INIT("누가"), SOUGHT_PERSON},
    {STR_INIT("사람"), SOUGHT_PERSON},     {STR_INIT("인물"), SOUGHT_PERSON},     {STR_INIT("who"), SOUGHT_PERSON},
    {STR_INIT("어디"), SOUGHT_PLACE},      {STR_INIT("장소"), SOUGHT_PLACE},      {STR_INIT("곳은"), SOUGHT_PLACE},
    {STR_INIT("where"), SOUGHT_PLACE},     {STR_INIT("몇"), SOUGHT_NUMBER},       {STR_INIT("얼마"), SOUGHT_NUMBER},
    {STR_INIT("how many"), SOUGHT_NUMBER}, {STR_INIT("how much"), SOUGHT_NUMBER},
};

enum sought sought_by(struct str question)
{
    for (size_t i = 0; i < COUNT_OF(hints); i++)
        if (str_find(question, hints[i].text) != SIZE_MAX)
            return hints[i].sought;
    return SOUGHT_ANYTHING;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether the question holds this run as a run of its own. */
static bool has_run(struct str text, struct str run)
{
    for (struct word word; word_next(&text, &word);)
        if (str_eq(word.run, run))
            return true;
    return false;
}

/* A run of digits that the question does not hold; for a date, with 년, 월 or 일 behind it. */
static bool has_new_number(struct str sentence, struct str question, bool is_date)
{
    static const struct str tails[] = {STR_INIT("년"), STR_INIT("월"), STR_INIT("일"), STR_INIT("세기")};
    for (struct word word; word_next(&sentence, &word);) {
        if (word.kind != WORD_DIGITS || !is_digit(word.run.p[0]) || has_run(question, word.run))
            continue;
        bool is_dated = !is_date;
        for (size_t i = 0; i < COUNT_OF(tails); i++)
            is_dated = is_dated || str_starts(str_trim(sentence), tails[i]);
        if (is_dated)
            return true;
    }
    return false;
}

/* A word with one of these ends that the question does not hold. */
static bool has_new_end(struct str sentence, struct str question, struct strs ends)
{
    for (struct word word; word_next(&sentence, &word);) {
        if (word.kind != WORD_HANGUL || str_find(question, word.stem) != SIZE_MAX)
            continue;
        for (size_t i = 0; i < ends.n; i++)
            if (word.stem.n > STR("시").n && str_ends(word.stem, ends.items[i]))
                return true;
    }
    return false;
}

bool sought_is_in(enum sought sought, struct str sentence, struct str question)
{
    static const struct str titles[] = {STR_INIT("씨"),   STR_INIT("장관"),   STR_INIT("대통령"), STR_INIT("교수"),
                                        STR_INIT("감독"), STR_INIT("선수"),   STR_INIT("박사"),   STR_INIT("의원"),
                                        STR_INIT("팀장"), STR_INIT("담당자"), STR_INIT("대표"),   STR_INIT("부장")};
    static const struct str places[] = {STR_INIT("시"),   STR_INIT("도"),   STR_INIT("구"),   STR_INIT("군"),
                                        STR_INIT("동"),   STR_INIT("역"),   STR_INIT("대학"), STR_INIT("학교"),
                                        STR_INIT("회관"), STR_INIT("공항"), STR_INIT("센터"), STR_INIT("층"),
                                        STR_INIT("실")};
    switch (sought) {
    case SOUGHT_ANYTHING:
        return false;
    case SOUGHT_DATE:
        return has_new_number(sentence, question, true);
    case SOUGHT_NUMBER:
        return has_new_number(sentence, question, false);
    case SOUGHT_PERSON:
        return has_new_end(sentence, question, (struct strs){titles, COUNT_OF(titles)});
    case SOUGHT_PLACE:
        return has_new_end(sentence, question, (struct strs){places, COUNT_OF(places)});
    }
    return false;
}
