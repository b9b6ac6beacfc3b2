/* flows/answer/quote_page.h — the insides of struct quote_page, for the locator itself.
 *
 * Each letter and digit of the text is one or more points of its meaning (bot/base/text.h: text_meaning), each with the
 * bytes of the code point that it came from.  Two kinds of points stand for no code point of their own (from == to):
 * what separates two digits, and the minus of a number.                                                             */
#ifndef GILBOT_FLOWS_ANSWER_QUOTE_PAGE_H
#define GILBOT_FLOWS_ANSWER_QUOTE_PAGE_H

#include <stdint.h>

/* Beyond Unicode, so that no text can hold them. */
enum { QUOTE_BETWEEN_DIGITS = 0x1000000, QUOTE_MINUS = 0x2000000 };

struct quote_place {
    int32_t point;
    uint32_t from, to; /* bytes of the text */
};

#endif
