/* flows/survey/answers_form.h — answers_…: yes or no, dates, phone numbers, email addresses and plain text.
 *
 * `typed`: text_input's form, not empty, but for answers_text, which takes the raw text.                             */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_FORM_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_FORM_H

#include "flows/survey/answers.h"

/* 네 예 응 ㅇㅇ yes … / 아니요 아뇨 ㄴㄴ no …, alone or in a short sentence; "true" and "false" for data. */
MUST_USE
enum err answers_yes_no(const struct answer_input *input, struct str typed, struct arena *arena,
                        struct answer *ret_answer);

/* ISO, 2026.3.5, 2026년 3월 5일, 26.3.5, 3월 5일, 3/5, 오늘 어제 내일 그저께 모레, today yesterday tomorrow.  Without a year: this
 * year's day, or last or next year's where only that is within min and max.  Two digits of a year: not later than ten
 * years from now. */
MUST_USE
enum err answers_date(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                      struct answer *ret_answer);

MUST_USE
enum err answers_phone(struct str typed, struct arena *arena, struct answer *ret_answer);

MUST_USE
enum err answers_email(struct str typed, struct arena *arena, struct answer *ret_answer);

/* `pattern` must match the whole text. */
MUST_USE
enum err answers_text(const struct ask *ask, struct str raw, struct arena *arena, struct answer *ret_answer);

#endif
