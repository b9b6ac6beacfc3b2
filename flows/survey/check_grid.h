/* flows/survey/check_grid.h — a decision table seen as boxes: for each input a few values that stand for all of them.
 *
 * Between two neighbouring numbers that the cells of a column name, no test changes its mind; so the numbers themselves, a
 * value between each two and one beyond each end are enough, clipped to what the input can be.  For strings these are the
 * options, or the strings that the cells name and one that they don't.
 *
 * Thread: any.  Memory: the checker's arena.                                                                         */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_GRID_H
#define GILBOT_FLOWS_SURVEY_CHECK_GRID_H

#include "flows/survey/check_box.h"

enum fit { FIT_NO, FIT_MAYBE, FIT_YES }; /* MAYBE: the test has names in it whose values are not known here */

struct column {
    const struct value *points;
    size_t n;
    unsigned char *fits; /* enum fit, [point * n_rules + rule] */
    uint64_t *sure;      /* the points that a rule takes for sure, a bit each, [rule * words + point / 64] */
    size_t words;
    bool is_complete; /* the points stand for everything the input can be */
};

struct grid {
    const struct table *table;
    struct column *columns; /* n_inputs */
    bool is_too_large;      /* for GRID_MOST_CELLS or GRID_MOST_TESTS: the columns are not filled in */
};

/* False: the arena is full. */
enum { GRID_MOST_CELLS = 64 * 1024 * 1024, GRID_MOST_TESTS = 4 * 1024 * 1024 };
MUST_USE
bool grid_init(struct grid *grid, struct boxes *boxes, const struct table *table);

enum fit grid_fit(const struct grid *grid, size_t column, size_t point, size_t rule);

/* The first point of a column that both rules take for sure; SIZE_MAX: none. */
size_t grid_common_point(const struct grid *grid, size_t column, size_t a, size_t b);

/* One point of each column: an index each. */
struct grid_point {
    size_t *at;
};

enum grid_result { GRID_NONE, GRID_FOUND, GRID_GAVE_UP };

/* A point that none of the first `n_rules` rules can take; `within`: only points that this rule may take, SIZE_MAX: all.
 * `only_sure`: rules count where they surely fit, else where they may. `ret_point->at` has room for every column.
 * GAVE_UP: the budget is used up. */
enum { GRID_BUDGET = 100 * 1000 * 1000 };
struct grid_question {
    size_t n_rules, within;
    bool only_sure;
    size_t *budget; /* how often may still be looked whether a rule fits: of all questions about a table, GRID_BUDGET */
};
enum grid_result grid_hole(const struct grid *grid, const struct grid_question *question, struct arena *arena,
                           struct grid_point *ret_point);

/* "carb_g = 56, protein_g = 20" */
struct str grid_point_text(const struct grid *grid, const struct grid_point *point, struct arena *arena);

#endif
