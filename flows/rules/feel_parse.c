/* Operators, paths, filters, literals: the spine of the grammar (DMN 1.5 §10.3.1.2, rules 1–25, 33–37). */
#include "flows/rules/feel_parser.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "flows/rules/feel_temporal.h"

enum { MAX_SHOWN = 40 };

#include "bot/base/banned.h"

bool feel_parse_enter(struct parser *p)
{
    if (p->nesting >= FEEL_MAX_NESTING) {
        feel_parse_fail(p, p->scan.at, "more than %d levels inside each other; split the expression up",
                        FEEL_MAX_NESTING);
        return false;
    }
    p->nesting++;
    return true;
}

void feel_parse_leave(struct parser *p)
{
    p->nesting--;
}

/* ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum level { LEVEL_OR, LEVEL_AND, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER, LEVEL_INSTANCE };

struct binary_operator {
    struct str text;
    bool is_word;
    enum level level;
    enum feel_op op;
};

/* Longer ones before their beginnings. */
static const struct binary_operator operators[] = {
    {STR_INIT("or"), true, LEVEL_OR, FEEL_OR},
    {STR_INIT("and"), true, LEVEL_AND, FEEL_AND},
    {STR_INIT("between"), true, LEVEL_COMPARISON, FEEL_BETWEEN},
    {STR_INIT("instance"), true, LEVEL_INSTANCE, FEEL_INSTANCE},
    {STR_INIT("in"), true, LEVEL_COMPARISON, FEEL_IN},
    {STR_INIT("!="), false, LEVEL_COMPARISON, FEEL_UNEQUAL},
    {STR_INIT("<="), false, LEVEL_COMPARISON, FEEL_LESS_OR_EQUAL},
    {STR_INIT(">="), false, LEVEL_COMPARISON, FEEL_GREATER_OR_EQUAL},
    {STR_INIT("="), false, LEVEL_COMPARISON, FEEL_EQUAL},
    {STR_INIT("<"), false, LEVEL_COMPARISON, FEEL_LESS},
    {STR_INIT(">"), false, LEVEL_COMPARISON, FEEL_GREATER},
    {STR_INIT("**"), false, LEVEL_POWER, FEEL_POWER},
    {STR_INIT("*"), false, LEVEL_PRODUCT, FEEL_MULTIPLY},
    {STR_INIT("/"), false, LEVEL_PRODUCT, FEEL_DIVIDE},
    {STR_INIT("+"), false, LEVEL_SUM, FEEL_ADD},
    {STR_INIT("-"), false, LEVEL_SUM, FEEL_SUBTRACT},
};

static const struct binary_operator *sees_operator(const struct parser *p)
{
    if (feel_scan_sees(&p->scan, STR("/*"))) /* a comment that is never closed */
        return NULL;
    for (size_t i = 0; i < COUNT_OF(operators); i++)
        if (operators[i].is_word ? feel_scan_sees_word(&p->scan, operators[i].text)
                                 : feel_scan_sees(&p->scan, operators[i].text))
            return &operators[i];
    return NULL;
}

static struct feel_node *parse_binary(struct parser *p, enum level least);

static struct feel_node *parse_between(struct parser *p, struct feel_node *a, size_t at)
{
    struct feel_node *low = parse_binary(p, LEVEL_SUM);
    if (low == NULL)
        return NULL;
    if (!feel_scan_accept_word(&p->scan, STR("and")))
        return feel_parse_expected(p, "the `and` of `between … and …`");
    struct feel_node *high = parse_binary(p, LEVEL_SUM), *node;
    if (high == NULL || (node = feel_node_of(p, FEEL_BETWEEN, at, a, low)) == NULL || !feel_node_adopt(p, node, high))
        return NULL;
    node->c = high;
    return node;
}

/* The right side has a `?` of its own: what stands on the left. */
static struct feel_node *parse_in(struct parser *p, struct feel_node *a, size_t at)
{
    struct feel_node *test = feel_parse_in_operand(p), *node;
    if (test == NULL || (node = feel_node_of(p, FEEL_IN, at, a, test)) == NULL)
        return NULL;
    node->uses_input = a->uses_input;
    return node;
}

static struct feel_node *parse_instance(struct parser *p, struct feel_node *a, size_t at)
{
    if (!feel_scan_accept_word(&p->scan, STR("of")))
        return feel_parse_expected(p, "the `of` of `instance of`");
    const struct feel_type *type = feel_parse_type(p);
    struct feel_node *node;
    if (type == NULL || (node = feel_node_new(p, FEEL_INSTANCE, at)) == NULL || !feel_node_adopt(p, node, a))
        return NULL;
    node->instance.of = a;
    node->instance.type = type;
    return node;
}

static enum feel_kind kind_of(const struct feel_node *node)
{
    return node->type == NULL ? FEEL_ANY : node->type->kind;
}

static bool is_number(const struct feel_node *node)
{
    return kind_of(node) == FEEL_NUMBER;
}

static const struct feel_type *result_type(const struct binary_operator *op, const struct feel_node *a,
                                           const struct feel_node *b)
{
    if (op->level <= LEVEL_COMPARISON || op->level == LEVEL_INSTANCE)
        return feel_simple_type(FEEL_BOOLEAN);
    if (op->op == FEEL_ADD && kind_of(a) == FEEL_STRING && kind_of(b) == FEEL_STRING)
        return feel_simple_type(FEEL_STRING);
    if (is_number(a) && is_number(b))
        return feel_simple_type(FEEL_NUMBER);
    return feel_simple_type(feel_temporal_result(op->op, kind_of(a), kind_of(b)));
}

static struct feel_node *parse_operation(struct parser *p, struct feel_node *a, const struct binary_operator *op)
{
    size_t at = p->scan.at;
    p->scan.at += op->text.n;
    (void)feel_scan_space(&p->scan);
    struct feel_node *node, *b = a;
    if (op->op == FEEL_BETWEEN)
        node = parse_between(p, a, at);
    else if (op->op == FEEL_IN)
        node = parse_in(p, a, at);
    else if (op->op == FEEL_INSTANCE)
        node = parse_instance(p, a, at);
    else if ((b = parse_binary(p, op->level + 1)) == NULL)
        return NULL;
    else
        node = feel_node_of(p, op->op, at, a, b);
    if (node != NULL)
        node->type = result_type(op, a, b);
    return node;
}

static struct feel_node *parse_negation(struct parser *p);

static struct feel_node *parse_binary(struct parser *p, enum level least)
{
    struct feel_node *node = parse_negation(p);
    const struct binary_operator *op;
    while (node != NULL && (op = sees_operator(p)) != NULL && op->level >= least)
        node = parse_operation(p, node, op);
    return node;
}

struct feel_node *feel_parse_expression(struct parser *p)
{
    if (!feel_parse_enter(p))
        return NULL;
    struct feel_node *node = parse_binary(p, LEVEL_OR);
    feel_parse_leave(p);
    return node;
}

struct feel_node *feel_parse_arithmetic(struct parser *p)
{
    if (!feel_parse_enter(p))
        return NULL;
    struct feel_node *node = parse_binary(p, LEVEL_SUM);
    feel_parse_leave(p);
    return node;
}

/* ── paths, filters, calls ─────────────────────────────────────────────────────────────────────────────────────── */

static struct feel_node *parse_path(struct parser *p, const struct feel_node *of, size_t at)
{
    const struct feel_type *type;
    struct str name = feel_parse_member_name(p, of->type, &type);
    if (name.p == NULL)
        return NULL;
    struct feel_node *node = feel_node_new(p, FEEL_PATH, at);
    if (node == NULL || !feel_node_adopt(p, node, of))
        return NULL;
    node->path.of = of;
    node->path.member = name;
    bool of_list = of->type != NULL && of->type->kind == FEEL_LIST;
    node->type = of_list ? NULL : type;
    return node;
}

/* What a name in the filter may be: a member of the list's elements. */
static const struct feel_type *element_type(const struct feel_type *list)
{
    return list != NULL && list->kind == FEEL_LIST ? list->item : list;
}

static struct feel_node *parse_filter(struct parser *p, const struct feel_node *of, size_t at)
{
    struct binding *outer = p->scope, *element = feel_scope_push(p, STR(""), element_type(of->type));
    if (element == NULL)
        return NULL;
    element->is_filter = true;
    struct feel_node *condition = feel_parse_expression(p);
    p->scope = outer;
    if (condition == NULL)
        return NULL;
    if (!feel_scan_accept(&p->scan, STR("]")))
        return feel_parse_expected(p, "the `]` of the filter");
    struct feel_node *node = feel_node_of(p, FEEL_FILTER, at, of, condition);
    if (node == NULL)
        return NULL;
    if (is_number(condition))
        node->type = element_type(of->type);
    else if (of->type != NULL && of->type->kind == FEEL_LIST)
        node->type = of->type;
    return node;
}

/* A `[` may also close a range: [1..5[ is [1..5). Then nothing that could be a condition comes after it. */
static bool sees_filter(const struct parser *p)
{
    static const struct str enders[] = {STR_INIT("and"),     STR_INIT("or"),       STR_INIT("then"),
                                        STR_INIT("else"),    STR_INIT("in"),       STR_INIT("return"),
                                        STR_INIT("between"), STR_INIT("satisfies")};
    struct feel_scan scan = p->scan;
    if (!feel_scan_accept(&scan, STR("[")) || feel_scan_at_end(&scan))
        return false;
    if (strs_contain((struct strs){enders, COUNT_OF(enders)}, feel_scan_word(&scan)))
        return false;
    bool is_member = feel_scan_sees(&scan, STR(".")) && feel_scan_number(&scan) == 0;
    return !is_member && str_find_char(STR("),]}=<>!*/+"), scan.text.p[scan.at]) == SIZE_MAX;
}

static struct feel_node *parse_primary(struct parser *p);

static struct feel_node *parse_postfix(struct parser *p)
{
    struct feel_node *node = parse_primary(p);
    while (node != NULL) {
        size_t at = p->scan.at;
        if (!feel_scan_sees(&p->scan, STR("..")) && feel_scan_accept(&p->scan, STR(".")))
            node = parse_path(p, node, at);
        else if (sees_filter(p) && feel_scan_accept(&p->scan, STR("[")))
            node = parse_filter(p, node, at);
        else if (feel_scan_accept(&p->scan, STR("(")))
            node = feel_parse_call(p, node, at);
        else
            break;
    }
    return node;
}

static struct feel_node *parse_negation(struct parser *p)
{
    size_t at = p->scan.at;
    if (!feel_scan_accept(&p->scan, STR("-")))
        return parse_postfix(p);
    if (!feel_parse_enter(p))
        return NULL;
    struct feel_node *operand = parse_negation(p);
    feel_parse_leave(p);
    if (operand == NULL)
        return NULL;
    if (operand->op == FEEL_LITERAL && operand->literal.kind == VALUE_NUMBER) {
        operand->literal.number = decimal_negate(operand->literal.number);
        operand->at = (uint32_t)at;
        return operand;
    }
    struct feel_node *node = feel_node_of(p, FEEL_NEGATE, at, operand, NULL);
    if (node != NULL)
        node->type = is_number(operand)
                         ? feel_simple_type(FEEL_NUMBER)
                         : feel_simple_type(feel_temporal_result(FEEL_NEGATE, kind_of(operand), FEEL_ANY));
    return node;
}

/* ── literals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct feel_node *parse_number(struct parser *p, size_t bytes)
{
    size_t at = p->scan.at;
    struct str digits = str_first(str_skip(p->scan.text, at), bytes);
    struct decimal number;
    if (digits.n > DECIMAL_MAX_TEXT)
        return feel_parse_fail(p, at, "a number of %zu characters; write at most %d", digits.n, DECIMAL_MAX_TEXT);
    if (!decimal_from_str(digits, &number))
        return feel_parse_fail(p, at, "the number is too large; FEEL's numbers end at 9.99E+6144");
    p->scan.at += bytes;
    (void)feel_scan_space(&p->scan);
    return feel_node_literal(p, at, value_number(number), feel_simple_type(FEEL_NUMBER));
}

static struct feel_node *parse_string(struct parser *p)
{
    size_t at = p->scan.at;
    struct str text;
    if (!feel_scan_string(&p->scan, p->compiler->arena, &text)) {
        if (text.p == NULL)
            return feel_parse_no_memory(p);
        return feel_parse_fail(p, at, "the text is never closed; end it with \"");
    }
    (void)feel_scan_space(&p->scan);
    return feel_node_literal(p, at, value_string(text), feel_simple_type(FEEL_STRING));
}

/* @"2026-03-05": what it may be is known before anything runs. */
static struct feel_node *parse_at_literal(struct parser *p)
{
    size_t at = p->scan.at;
    (void)feel_scan_accept(&p->scan, STR("@"));
    if (!feel_scan_sees(&p->scan, STR("\"")))
        return feel_parse_expected(p, "a text in quotes");
    struct feel_node *node = parse_string(p);
    if (node == NULL)
        return NULL;
    node->at = (uint32_t)at;
    return feel_node_fold_temporal(p, node, FEEL_ANY)
               ? node
               : feel_parse_fail(p, at,
                                 "\"%.*s\" is no date, time or duration; write it like 2026-03-05, 09:30:00, "
                                 "2026-03-05T09:30:00+09:00, P1DT2H or P1Y6M",
                                 STR_ARG(text_first(node->literal.string, MAX_SHOWN)));
}

static struct feel_node *parse_constant(struct parser *p, bool *ret_is_one)
{
    size_t at = p->scan.at, word = feel_scan_word(&p->scan).n;
    *ret_is_one = true;
    if (word > 0 && !feel_scope_has_longer(p, word)) {
        if (feel_scan_accept_word(&p->scan, STR("true")))
            return feel_node_literal(p, at, value_boolean(true), feel_simple_type(FEEL_BOOLEAN));
        if (feel_scan_accept_word(&p->scan, STR("false")))
            return feel_node_literal(p, at, value_boolean(false), feel_simple_type(FEEL_BOOLEAN));
        if (feel_scan_accept_word(&p->scan, STR("null")))
            return feel_node_literal(p, at, value_null(), NULL);
    }
    *ret_is_one = false;
    return NULL;
}

static struct feel_node *parse_input(struct parser *p)
{
    struct feel_node *node = feel_node_new(p, FEEL_INPUT, p->scan.at);
    if (!p->has_input)
        return feel_parse_fail(p, p->scan.at,
                               "`?` stands for the input of a table's cell, and there is none here; "
                               "write the variable's name");
    if (node == NULL)
        return NULL;
    node->uses_input = true;
    node->type = p->input_type;
    (void)feel_scan_accept(&p->scan, STR("?"));
    return node;
}

static struct feel_node *parse_primary(struct parser *p)
{
    bool is_constant;
    size_t number = feel_scan_number(&p->scan);
    if (feel_scan_at_end(&p->scan))
        return feel_parse_expected(p, "a value");
    char c = p->scan.text.p[p->scan.at];
    if (number > 0)
        return parse_number(p, number);
    if (c == '"')
        return parse_string(p);
    if (c == '(' || c == '[' || c == ']')
        return feel_parse_bracket(p);
    if (c == '{')
        return feel_parse_context(p);
    if (c == '@')
        return parse_at_literal(p);
    if (c == '?')
        return parse_input(p);
    struct feel_node *constant = parse_constant(p, &is_constant);
    if (is_constant)
        return constant;
    return feel_parse_sees_form(p) ? feel_parse_form(p) : feel_parse_name(p);
}
