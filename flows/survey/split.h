/* flows/survey/split.h — `variants`: which of them a person gets.
 *
 *   h = the first 4 bytes, most significant first, of SHA-256("FLOW\0NAME\0PERSON")
 *   the interval 0 … 2^32 is divided among the arms in file order, by their weights; the person's is the one with h in it
 *
 * PERSON is the platform's id of the user, or the conversation where there is none.  So the same person gets the same arm
 * each time, on any machine, with nothing stored; two splits of one flow are independent of each other; and when weights
 * change most people stay where they are.  By hand: printf 'health\0greeting\0U123' | sha256sum
 *
 * The arm is written down with the session all the same (in its data, as "profile": it survives a restart), because the
 * weights may change while it goes on, and so that figures can be told apart by it.
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_FLOWS_SURVEY_SPLIT_H
#define GILBOT_FLOWS_SURVEY_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"

struct split;

enum { SPLIT_MAX_WEIGHT = 1000, SPLIT_MAX_ARMS = 20 };

/* An index in split->arms. */
size_t split_arm_of(const struct split *split, struct str flow, struct str person);

#endif
