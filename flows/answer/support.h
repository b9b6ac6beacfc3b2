/* flows/answer/support.h — are a claim's words those of its quotes?  Catches clauses that a model added on its own.
 *
 * The claim is cut into clauses (commas, 고, 며, 지만 …).  Of a clause's terms (bot/base/terms.h: syllable pairs of
 * stems), without words that say nothing of the matter ("따르면", "경우", "있습니다"), a share stands in the quoted
 * texts.  Numbers do not count here (quantity.h does them).
 *
 * Thread: any (pure).  Memory: the arena.  Errors: ERR_NO_MEMORY.  Works on normal text (terms_normal).              */
#ifndef GILBOT_FLOWS_ANSWER_SUPPORT_H
#define GILBOT_FLOWS_ANSWER_SUPPORT_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

struct support {
    double whole;         /* share of the claim's terms found, 0…1; 1 when it has none    */
    double weakest;       /* that of the clause with the least, of at least two words     */
    struct str clause;    /* this clause                                                  */
    bool is_other_script; /* claim and quotes are written differently: shares say nothing */
};

/* `quoted`: all texts that the claim may lean on, one behind the other. */
MUST_USE enum err support_measure(struct arena *arena, struct str claim, struct str quoted,
                                  struct support *ret_support);

/* Whether it is enough. */
bool support_suffices(const struct support *support);

#endif
