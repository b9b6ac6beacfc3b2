/* flows/survey/answers_form.h — answers_…: yes or no, email addresses and plain text.
 *
 * `typed`: text_input's form, not empty, but for answers_text, which takes the raw text.                             */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_FORM_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_FORM_H

#include "flows/survey/answers.h"

/* 네 예 응 ㅇㅇ yes … / 아니요 아뇨 ㄴㄴ no …, alone or in a short sentence; "true" and "false" for data. */
MUST_USE
enum err answers_yes_no(const struct answer_input *input, struct str typed, struct arena *arena,
                        struct answer *ret_answer);

MUST_USE
enum err answers_email(struct str typed, struct arena *arena, struct answer *ret_answer);

/* `pattern` must match the whole text. */
MUST_USE
enum err answers_text(const struct ask *ask, struct str raw, struct arena *arena, struct answer *ret_answer);

#endif
