/* flows/survey/answers_number.h — answers_…: a number or a point on a scale, from what somebody typed. */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_NUMBER_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_NUMBER_H

#include "flows/survey/answers.h"

/* For NUMBER and SCALE.  `typed`: text_input's form, not empty.  Where a question allows negative numbers, "5kg 감량" is
 * -5 and "5kg 증량" is 5; where it allows 0, "없어요" and (negative ones too) "유지" are 0. */
MUST_USE
enum err answers_number(const struct ask *ask, struct str typed, struct arena *arena, struct answer *ret_answer);

/* A fitting value: checks integer, min and max. */
MUST_USE
enum err answers_number_value(const struct ask *ask, struct decimal value, struct arena *arena,
                              struct answer *ret_answer);

#endif
