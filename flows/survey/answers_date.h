/* flows/survey/answers_date.h — answers_…: a date, in any of the forms of day.h. */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_DATE_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_DATE_H

#include "flows/survey/answers.h"

/* `typed`: text_input's form, not empty. */
MUST_USE
enum err answers_date(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                      struct answer *ret_answer);

#endif
