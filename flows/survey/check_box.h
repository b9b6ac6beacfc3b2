/* flows/survey/check_box.h — what an expression's value can be: an interval of numbers, a set of strings.
 *
 * Intervals are those of the questions (min, max, options), carried through arithmetic, `if`, rounding, min, max, lets and
 * tables.  A box is never too small; it may be larger than what really happens, because the parts of an expression are
 * taken as independent.
 *
 * Thread: any.  Memory: the checker's arena.  Source: R. E. Moore, Interval Analysis (1966), ch. 2.                  */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_BOX_H
#define GILBOT_FLOWS_SURVEY_CHECK_BOX_H

#include "flows/survey/check_parts.h"

struct box {
    enum feel_kind kind;   /* NUMBER, STRING, BOOLEAN; ANY: nothing is known             */
    bool has_min, has_max; /* NUMBER: both ends belong to it; absent: unbounded           */
    bool integer;          /* NUMBER: whole numbers only                                   */
    struct decimal min, max;
    bool is_listed; /* STRING: it is one of these, and nothing else                */
    const struct str *items;
    size_t n;
};

/* Boxes of lets and tables, computed once each. */
struct boxes {
    struct checker *checker;
    struct box *known; /* by slot */
    unsigned char *state;
    const struct boxes_more *more; /* NULL: nobody */
};

/* Somebody who knows more than the flow says: what answers are. */
struct boxes_more {
    /* Of a name or a member; false: what the flow says counts. */
    bool (*know)(void *self, const struct feel_node *node, struct box *ret_box);
    /* What the condition of an `if` comes to: TRUTH_TRUE, TRUTH_FALSE (null, too); TRUTH_NULL: nobody knows. */
    enum truth (*decide)(void *self, const struct feel_node *condition);
    void *self;
};

/* ERR_NO_MEMORY shows in findings->failed; then every box is unknown. */
void boxes_init(struct boxes *boxes, struct checker *checker);
struct box boxes_of(struct boxes *boxes, const struct feel_node *node);

#endif
