/* flows/survey/check.h — what can be said of a flow before it runs.
 *
 *   survey_load ─▶ definition ─▶ check_definition ─▶ findings: errors refuse the flow, warnings do not
 *                                              └──▶ figures: paths, the longest one and its time to answer
 *
 *   unreachable_step      error    no way leads to this step                                        check_paths.c
 *   circle                error    steps go in a circle and none of them asks                        check_paths.c
 *   circle_known          warning  a circle whose questions are asked only once                      check_paths.c
 *   max_time              warning  the longest path takes longer than `max_time`                     check_paths.c
 *   type                  error    an expression that cannot have a value: "a" < 5                   check_types.c
 *   not_boolean           error    a condition that is no boolean                                    check_types.c
 *   not_text              error    a context in a text; something in `recommend` that is no record   check_types.c
 *   unknown_option        error    a choice compared with what is none of its options                check_types.c
 *   never_set             error    a variable that only steps set which are never reached            check_names.c
 *   equal_labels          error    two options that people cannot tell apart                         check_texts.c
 *   too_long, too_many    error    over a limit of a platform                                        check_texts.c
 *   modal                 error    `slack: modal` in a flow that cannot be shown at once            check_sheet.c
 *   overlap               error    two rules of a U table fit at once                                check_tables.c
 *   hole                  error    no rule fits, and these answers lead there; else a warning        check_tables.c
 *   dead_rule             error    a rule that can never fire                                        check_tables.c
 *   never_recommended     error    a record of a catalog that no `recommend` can come to             check_products.c
 *   unknown_record        error    an id that `recommend` looks for and no record has                check_products.c
 *   always_true,
 *   never_true            error    a condition that people's answers do not change                   check_conditions.c
 *   (dead_rule, never_recommended, always_true, never_true: a warning where it is not proved but no made-up conversation
 *   has shown the contrary                                                                           check_doubts.c)
 *   read_early            warning  a variable that is needed before it is set, with a conversation         check_early.c
 *   untranslated          warning  a text without a language that other texts of the flow have          check_translations.c
 *   too_complex           warning  a table too large to be looked through within the budget          check_tables.c
 *
 * Figures: a path is a way through the steps; a `when` makes two, a jump backwards is not followed.  Time to answer: 5 s a
 * choice, scale or yes/no, 8 s a number, date or phone number, 15 s all else that is asked.
 *
 * Thread: any (pure).  Memory: the report and what it points to live in the arena.  Errors: ERR_NO_MEMORY.          */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_H
#define GILBOT_FLOWS_SURVEY_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/decimal.h"
#include "flows/survey/definition.h"

struct arena;

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };
const char *severity_name(enum severity severity); /* "error", "warning" */

struct finding {
    enum severity severity;
    const char *code; /* see above; stable                                                    */
    struct str file;
    struct place at;    /* 0, 0: the file as a whole                                            */
    struct str message; /* "what is wrong; what to do"                                          */
    struct str example; /* answers or inputs that show it, "weight: 60, height: 165"; or empty  */
};

struct findings {
    struct arena *arena;
    struct finding *items;
    size_t n, capacity;
    bool failed; /* the arena is full: something is missing */
};

/* Where the flow may run: whose limits its texts have to keep. */
enum check_platform { CHECK_SLACK = 1, CHECK_CHANNEL_TALK = 2, CHECK_WEB = 4, CHECK_EVERYWHERE = 7 };

struct check_figures {
    struct decimal paths; /* how many; exact while below 10^34, rounded above */
    size_t longest_questions;
    int64_t longest_ms;  /* of the path that takes longest to answer */
    size_t longest_last; /* the step where that path's last question is; SIZE_MAX: it asks nothing */
};

/* Appends what is found, in the order of the file. `platforms`: bits of enum check_platform.  ERR_NO_MEMORY. */
MUST_USE
enum err check_definition(const struct definition *definition, unsigned platforms, struct findings *findings,
                          struct check_figures *ret_figures);

/* Whether one of them is an error. */
bool findings_have_error(const struct findings *findings);

/* Appends one; later calls of a full arena do nothing.  `message` must live as long as the findings. */
void findings_add(struct findings *findings, const struct finding *finding);

/* Those from the one of index `from` on, by file, line and column. */
void findings_sort(struct findings *findings, size_t from);

/* The failure of a loader ("FILE:LINE:COLUMN: sentence") as a finding. */
void findings_add_failure(struct findings *findings, struct str sentence);

#endif
