/* Unary tests: the cells of decision tables, and what follows `in` (DMN 1.5 §10.3.1.2, rules 7–17). */
#include "flows/rules/feel_parser.h"

#include "bot/base/banned.h"

/* A comparison, or an expression whose value is compared with the input. */
static struct feel_node *parse_test(struct parser *p, bool lenient)
{
    size_t at = p->scan.at;
    struct feel_node *value = feel_parse_comparison_range(p);
    if (value == NULL && p->rc == OK)
        value = feel_parse_expression(p);
    if (value == NULL)
        return NULL;
    struct feel_node *node = feel_node_of(p, FEEL_TEST_VALUE, at, value, NULL);
    if (node == NULL)
        return NULL;
    if (value->op == FEEL_INTERVAL && value->compare != RANGE_INTERVAL) {
        node->op = FEEL_TEST_COMPARE;
        node->compare = value->compare;
        node->a = value->a;
    }
    node->lenient = lenient;
    node->type = feel_simple_type(FEEL_BOOLEAN);
    return node;
}

/* test, test, …: one test stays itself. */
static struct feel_node *parse_test_list(struct parser *p, struct feel_node *first, bool lenient)
{
    struct gather g = {0};
    if (!feel_gather_add(p, &g, first, STR("")))
        return NULL;
    while (feel_scan_accept(&p->scan, STR(","))) {
        struct feel_node *next = parse_test(p, lenient);
        if (next == NULL || !feel_gather_add(p, &g, next, STR("")))
            return NULL;
    }
    return g.n == 1 ? first : feel_node_many(p, FEEL_TEST_ANY_OF, first->at, &g);
}

/* ( test, test … ), or a range that begins with `(`. */
static struct feel_node *parse_in_group(struct parser *p)
{
    size_t at = p->scan.at;
    (void)feel_scan_accept(&p->scan, STR("("));
    struct feel_node *first = parse_test(p, false);
    if (first == NULL)
        return NULL;
    if (first->op == FEEL_TEST_VALUE && feel_scan_sees(&p->scan, STR(".."))) {
        struct feel_node *range = feel_parse_interval_end(p, (struct feel_node *)first->a, false, at);
        return range == NULL ? NULL : feel_node_of(p, FEEL_TEST_VALUE, at, range, NULL);
    }
    struct feel_node *tests = parse_test_list(p, first, false);
    if (tests == NULL)
        return NULL;
    return feel_scan_accept(&p->scan, STR(")")) ? tests : feel_parse_expected(p, "`,` or `)`");
}

static struct feel_node *parse_in_single(struct parser *p)
{
    size_t at = p->scan.at;
    struct feel_node *value = feel_parse_comparison_range(p);
    if (value == NULL && p->rc == OK)
        value = feel_parse_arithmetic(p);
    return value == NULL ? NULL : feel_node_of(p, FEEL_TEST_VALUE, at, value, NULL);
}

struct feel_node *feel_parse_in_operand(struct parser *p)
{
    bool had_input = p->has_input;
    const struct feel_type *input_type = p->input_type;
    p->has_input = true;
    p->input_type = NULL;
    struct feel_node *node = feel_scan_sees(&p->scan, STR("(")) ? parse_in_group(p) : parse_in_single(p);
    p->has_input = had_input;
    p->input_type = input_type;
    return node;
}

/* not( test, … ) as a whole cell.  Anything else that begins with `not` is an expression. */
static struct feel_node *parse_not(struct parser *p)
{
    size_t at = p->scan.at;
    if (!feel_scan_accept_word(&p->scan, STR("not")) || !feel_scan_accept(&p->scan, STR("(")))
        return NULL;
    struct feel_node *first = parse_test(p, true);
    struct feel_node *tests = first == NULL ? NULL : parse_test_list(p, first, true);
    if (tests == NULL || !feel_scan_accept(&p->scan, STR(")")) || !feel_scan_at_end(&p->scan))
        return NULL;
    return feel_node_of(p, FEEL_TEST_NOT, at, tests, NULL);
}

struct feel_node *feel_parse_tests(struct parser *p)
{
    struct parser before = *p;
    struct feel_scan rest = p->scan;
    if (feel_scan_accept(&rest, STR("-")) && feel_scan_at_end(&rest)) {
        p->scan = rest;
        return feel_node_new(p, FEEL_TEST_ANYTHING, 0);
    }
    struct feel_node *negated = parse_not(p);
    if (negated != NULL || p->rc == ERR_NO_MEMORY)
        return negated;
    *p = before;
    struct feel_node *first = parse_test(p, true);
    return first == NULL ? NULL : parse_test_list(p, first, true);
}
