#include "flows/survey/answers_date.h"

#include "bot/base/text.h"
#include "flows/survey/day.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

static enum err misfit(enum misfit why, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = why};
    return OK;
}

enum err answers_date(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                      struct answer *ret_answer)
{
    struct str text;
    int64_t day = 0;
    if (text_lower(arena, typed, &text) != OK)
        return ERR_NO_MEMORY;
    struct day_asked asked = {.today = input->today, .locale = input->locale};
    asked.has_min = ask_day_bound(ask, ASK_MIN, input->today, &asked.min);
    asked.has_max = ask_day_bound(ask, ASK_MAX, input->today, &asked.max);
    switch (day_read(text, &asked, &day)) {
    case DAY_NONE:
        return misfit(MISFIT_FORM, ret_answer);
    case DAY_UNCLEAR:
        return misfit(MISFIT_AMBIGUOUS, ret_answer);
    case DAY_ONE:
        break;
    }
    if (asked.has_min && day < asked.min)
        return misfit(MISFIT_TOO_SMALL, ret_answer);
    if (asked.has_max && day > asked.max)
        return misfit(MISFIT_TOO_LARGE, ret_answer);
    struct temporal_date date;
    struct answer answer = {.kind = ANSWER_FITS};
    if (!temporal_date_of_days(day, &date))
        return misfit(MISFIT_FORM, ret_answer);
    answer.value = value_date(date);
    enum err rc = value_to_text(arena, &answer.value, &answer.label, NULL);
    if (rc == OK)
        *ret_answer = answer;
    return rc;
}
