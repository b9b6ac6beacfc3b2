/* flows/survey/check_parts.h — the parts of the checker and what they share; inside flows/survey only. */
#ifndef GILBOT_FLOWS_SURVEY_CHECK_PARTS_H
#define GILBOT_FLOWS_SURVEY_CHECK_PARTS_H

#include "flows/rules/feel_ast.h"
#include "flows/survey/check.h"

struct checker {
    const struct definition *definition;
    struct arena *arena;
    struct findings *findings;
    unsigned platforms;
    bool *reached;                    /* [step]: some way leads there; from check_paths on */
    const struct feel_expr **settled; /* conditions that are true with some answers and not with others; */
    size_t n_settled;                 /* from check_conditions on                                        */
};

/* Adds a finding; the example may be empty. */
PRINTF(5, 6)
void check_error(struct checker *checker, const char *code, struct place at, struct str example, const char *format,
                 ...);
PRINTF(5, 6)
void check_warning(struct checker *checker, const char *code, struct place at, struct str example, const char *format,
                   ...);

/* Where byte `at` of an expression's source stands in the file. */
struct place check_place(const struct feel_expr *expr, size_t at);

/* Whether something was found in the expression already: one fault needs no two findings. */
bool check_is_explained(const struct checker *checker, const struct feel_expr *expr);

/* An expression of the flow, with what it is for. */
enum check_use { CHECK_CONDITION, CHECK_TEXT, CHECK_RECOMMEND, CHECK_VALUE, CHECK_TEST };

typedef void check_visit(void *self, const struct feel_expr *expr, enum check_use use);

/* Calls `visit` for every expression of the flow in the order of the file: lets, tables (inputs, cells), steps. */
void check_each_expr(const struct definition *definition, check_visit *visit, void *self);
void check_step_exprs(const struct step *step, check_visit *visit, void *self);

/* ERR_NO_MEMORY shows in findings->failed. */
void check_paths(struct checker *checker, struct check_figures *ret_figures);
void check_names(struct checker *checker);
void check_types(struct checker *checker);
void check_texts(struct checker *checker);
void check_translations(struct checker *checker);
void check_sheet(struct checker *checker);
void check_tables(struct checker *checker);
void check_products(struct checker *checker);
void check_conditions(struct checker *checker);
void check_early(struct checker *checker);
void check_doubts(struct checker *checker);

#endif
