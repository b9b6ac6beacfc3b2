/* flows/answer/words.h — what the answerer itself says, in Korean and English.
 *
 * Thread: any (constant tables).  Memory: none.                                                                      */
#ifndef GILBOT_FLOWS_SAYS_H
#define GILBOT_FLOWS_SAYS_H

#include "bot/base/str.h"

enum say {
    SAY_REFUSED,      /* the question holds forbidden words                     */
    SAY_GENERAL,      /* nothing to do with the company                          */
    SAY_NOT_FOUND,    /* not in the documents                                    */
    SAY_NEAREST,      /* above the list of the nearest documents                 */
    SAY_NO_DOCUMENTS, /* nothing was ever ingested                               */
    SAY_TOO_LONG,     /* the question                                            */
    SAY_FOUND,        /* above sentences of the documents                        */
    SAY_SOURCES,      /* before the sources                                      */
    SAY_OFFER,        /* whether a person shall be asked                         */
    SAY_OFFER_TYPED,  /* the same where there are no buttons                     */
    SAY_PERSON,       /* label of that button                                    */
    SAY_HANDED_OVER,  /* a person was told                                       */
    SAY_UP,           /* label: helpful                                          */
    SAY_DOWN,         /* label: not helpful                                      */
    SAY_UP_THANKS,    /* after "helpful"                                         */
    SAY_WHY,          /* after "not helpful"                                     */
    SAY_WHY_WRONG,    /* labels of reasons                                       */
    SAY_WHY_MISSING,
    SAY_WHY_UNCLEAR,
    SAY_WHY_OTHER,
    SAY_WHY_WRITE,  /* after "another reason": write it                        */
    SAY_WHY_THANKS, /* after a reason                                          */
    SAYS,
};

/* `language`: "ko", anything else is English. */
struct str say(enum say what, struct str language);

#endif
