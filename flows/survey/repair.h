/* flows/survey/repair.h — what people say when an earlier answer was wrong: "아까 몸무게 잘못 적었어요", "키를 다시 말할게요",
 * "몸무게 63이에요 아니 65", "change my weight to 65".
 *
 *   which question   by the words of ask.words, of those that may be meant
 *   that it is wrong 잘못 틀렸 고칠 바꿔 수정 …, 다시 말할게요, a value taken back (63 아니 65), 아까, 방금
 *   the new value    what is left when all that is taken away, behind 아니, 말고 and "60이라고"
 *
 * Thread: any (pure).  Memory: `value` in the arena.  Errors: ERR_NO_MEMORY.                                         */
#ifndef GILBOT_FLOWS_SURVEY_REPAIR_H
#define GILBOT_FLOWS_SURVEY_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct definition;

struct repair {
    size_t step;      /* the question that is named; SIZE_MAX: none                   */
    bool is_marked;   /* something is said to be wrong, or to have been said before     */
    bool is_cut;      /* a value is taken back: "63 아니 65"                            */
    bool names_first; /* the sentence begins with the question's name                   */
    struct str value; /* what is left, as it was typed; may be empty                    */
};

/* `may_be_meant`: by step; the flow's other questions are not looked for. */
MUST_USE
enum err repair_read(const struct definition *definition, const bool *may_be_meant, struct str typed,
                     struct arena *arena, struct repair *ret_repair);

#endif
