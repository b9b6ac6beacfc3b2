/* Calls, and what is known of them before they run (DMN 1.5 §10.3.1.2, rules 38–42). */
#include "flows/rules/feel_parser.h"

#include "flows/rules/feel_builtin.h"
#include "flows/rules/xpath_regex.h"

#include "bot/base/banned.h"

/* ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool parse_argument(struct parser *p, bool named, struct gather *g)
{
    struct str name = STR("");
    if (named) {
        name = feel_parse_key(p);
        if (name.p == NULL)
            return false;
        if (!feel_scan_accept(&p->scan, STR(":"))) {
            feel_parse_expected(p, "`:` after the parameter's name");
            return false;
        }
    }
    struct feel_node *value = feel_parse_comparison_range(p);
    if (value == NULL && p->rc == OK)
        value = feel_parse_expression(p);
    return value != NULL && feel_gather_add(p, g, value, name);
}

static const struct feel_type *call_type(const struct feel_node *call)
{
    const struct feel_node *callee = call->many.callee;
    if (callee->op == FEEL_BUILTIN && callee->builtin->call == feel_number_abs)
        return call->many.n == 1 ? call->many.items[0]->type : NULL;
    if (callee->op == FEEL_BUILTIN)
        return feel_simple_type(callee->builtin->result);
    return callee->type != NULL && callee->type->kind == FEEL_FUNCTION ? callee->type->item : NULL;
}

static bool is_constructor(const struct feel_node *callee)
{
    return callee->op == FEEL_BUILTIN &&
           (callee->builtin->call == feel_temporal_date || callee->builtin->call == feel_temporal_time ||
            callee->builtin->call == feel_temporal_date_and_time || callee->builtin->call == feel_temporal_duration);
}

/* date("2026-03-05") and the like are constants; what cannot be read stays a call, and is null when it runs. */
static struct feel_node *fold_call(struct parser *p, struct feel_node *call)
{
    const struct feel_node *argument = call->many.n == 1 ? call->many.items[0] : NULL;
    if (!is_constructor(call->many.callee) || argument == NULL || argument->op != FEEL_LITERAL ||
        argument->literal.kind != VALUE_STRING)
        return call;
    struct feel_node *literal = feel_node_literal(p, call->at, argument->literal, NULL);
    enum feel_kind kind = call->many.callee->builtin->result;
    if (literal == NULL)
        return NULL;
    bool folded = kind != FEEL_ANY ? feel_node_fold_temporal(p, literal, kind)
                                   : feel_node_fold_temporal(p, literal, FEEL_DAYS_DURATION) ||
                                         feel_node_fold_temporal(p, literal, FEEL_MONTHS_DURATION);
    return folded ? literal : call;
}

/* ── patterns ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The literal text given for a parameter; false: something else is given.  Nothing given is the empty text. */
static bool literal_text(const struct feel_node *call, size_t position, struct str name, struct str *ret_text)
{
    const struct feel_node *given = NULL;
    for (size_t i = 0; i < call->many.n; i++)
        if (call->many.names == NULL ? i == position : str_eq(call->many.names[i], name))
            given = call->many.items[i];
    *ret_text = STR("");
    if (given == NULL || (given->op == FEEL_LITERAL && given->literal.kind == VALUE_NULL))
        return true;
    if (given->op != FEEL_LITERAL || given->literal.kind != VALUE_STRING)
        return false;
    *ret_text = given->literal.string;
    return true;
}

/* Compiles the regular expression of matches(), replace() and split(), if it is known.  One that is wrong is left to the
 * evaluation, which gives null and says why.  False: no memory. */
static bool compile_pattern(struct parser *p, struct feel_node *callee, const struct feel_node *call)
{
    if (callee->op != FEEL_BUILTIN)
        return true;
    feel_builtin_fn *function = callee->builtin->call;
    bool splits = function == feel_string_split, replaces = function == feel_string_replace;
    struct xpath_pattern pattern = {.flags = STR("")};
    if ((!splits && !replaces && function != feel_string_matches) ||
        !literal_text(call, 1, splits ? STR("delimiter") : STR("pattern"), &pattern.text) ||
        (!splits && !literal_text(call, replaces ? 3 : 2, STR("flags"), &pattern.flags)))
        return true;
    if (xpath_regex_new(p->compiler->arena, &pattern, &callee->pattern, NULL) != ERR_NO_MEMORY)
        return true;
    return feel_parse_no_memory(p) != NULL;
}

struct feel_node *feel_parse_call(struct parser *p, struct feel_node *callee, size_t at)
{
    struct gather g = {0};
    bool named = feel_scan_key(&p->scan) > 0;
    bool closed = feel_scan_accept(&p->scan, STR(")"));
    while (!closed) {
        if (!parse_argument(p, named, &g))
            return NULL;
        closed = !feel_scan_accept(&p->scan, STR(","));
        if (closed && !feel_scan_accept(&p->scan, STR(")")))
            return feel_parse_expected(p, "an operator, `,` or `)`");
    }
    struct feel_node *node = feel_node_many(p, FEEL_CALL, at, &g);
    if (node == NULL || !feel_node_adopt(p, node, callee))
        return NULL;
    node->many.callee = callee;
    if (!named)
        node->many.names = NULL;
    node->type = call_type(node);
    if (!compile_pattern(p, callee, node))
        return NULL;
    return named ? node : fold_call(p, node);
}
