/* flows/survey/answers_phone.h — answers_…: a phone number, however it was spelt, in E.164: "+821012345678".
 *
 *   010-1234-5678   010 1234 5678이에요   공일공 일이삼사 오육칠팔   +82 (0)10-…   0082 10 …   1012345678
 *   02-123-4567   070-…   080-…   050x-…   1588-1234 (→ +8215881234)   +1 415 555 2671
 *
 * Source: ITU-T E.164; the Korean numbering plan (전기통신번호관리세칙), areas and lengths.                              */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_PHONE_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_PHONE_H

#include "flows/survey/answers.h"

/* `typed`: text_input's form, not empty. */
MUST_USE
enum err answers_phone(struct str typed, struct arena *arena, struct answer *ret_answer);

#endif
