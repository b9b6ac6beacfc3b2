/* flows/survey/answers_choice.h — answers_…: one of a question's options, or several, from what somebody typed.
 *
 * An option is meant by its value, its label in any language of the flow, its number in the list ("2", "2번", "두 번째",
 * "②"), each with the words around that people add ("보통이요"); by its label without what stands in brackets behind it; and
 * by a part of its label that no other option has.                                                                   */
#ifndef GILBOT_FLOWS_SURVEY_ANSWERS_CHOICE_H
#define GILBOT_FLOWS_SURVEY_ANSWERS_CHOICE_H

#include "flows/survey/answers.h"

/* The option whose value, or one of whose labels, is `typed` byte for byte; SIZE_MAX: none. */
size_t answers_option_exact(const struct ask *ask, struct str typed);

bool answers_is_circled_number(int32_t c); /* ① … ⑳ */

/* The number of an option in the list at the start of *rest ("2", "2번", "②", "두 번째"; lower case), taken off; counted
 * from 1, not checked against n_options.  0: none. */
size_t answers_option_number(struct str *rest);

/* The option that `typed` means, alone.  ANSWERS_NO_OPTION: none; ANSWERS_SEVERAL_OPTIONS: nobody knows which. */
enum { ANSWERS_NO_OPTION = -1, ANSWERS_SEVERAL_OPTIONS = -2 };
MUST_USE
enum err answers_option(const struct ask *ask, struct str typed, struct arena *arena, int64_t *ret_option);

/* For CHOICE.  `typed`: text_input's form, not empty. */
MUST_USE
enum err answers_choice(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                        struct answer *ret_answer);

/* For CHOICES: options separated by comma, space, 과, 와, 하고, (이)랑, 및, 그리고; "모두" is all of them. */
MUST_USE
enum err answers_choices(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                         struct answer *ret_answer);

/* The answer that chooses options: `chosen` has n_options flags.  Checks how many there are for CHOICES. */
MUST_USE
enum err answers_chosen(const struct ask *ask, const struct answer_input *input, const bool *chosen,
                        struct arena *arena, struct answer *ret_answer);

#endif
