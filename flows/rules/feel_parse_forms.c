/* if, for, some, every, function, contexts, lists, ranges, calls (DMN 1.5 §10.3.1.2, rules 38–60). */
#include "flows/rules/feel_parser.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"

#include "bot/base/banned.h"

/* ── forms that begin with a word ──────────────────────────────────────────────────────────────────────────────── */

static struct feel_node *parse_if(struct parser *p, size_t at)
{
    struct feel_node *condition = feel_parse_expression(p), *yes, *no, *node;
    if (condition == NULL)
        return NULL;
    if (!feel_scan_accept_word(&p->scan, STR("then")))
        return feel_parse_expected(p, "the `then` of `if`");
    if ((yes = feel_parse_expression(p)) == NULL)
        return NULL;
    if (!feel_scan_accept_word(&p->scan, STR("else")))
        return feel_parse_expected(p, "the `else` of `if`");
    if ((no = feel_parse_expression(p)) == NULL || (node = feel_node_of(p, FEEL_IF, at, condition, yes)) == NULL ||
        !feel_node_adopt(p, node, no))
        return NULL;
    node->c = no;
    bool same = yes->type != NULL && no->type != NULL && yes->type->kind == no->type->kind;
    node->type = same && yes->type->kind <= FEEL_STRING ? yes->type : NULL;
    return node;
}

/* The words up to `stop` (a word of its own): the name of a loop's variable. */
static struct str parse_loop_name(struct parser *p)
{
    size_t bytes = feel_scan_unknown_name(&p->scan);
    struct str raw = str_first(str_skip(p->scan.text, p->scan.at), bytes), name = {NULL, 0};
    if (bytes == 0 || feel_scan_is_keyword(raw))
        feel_parse_expected(p, "a variable's name");
    else if ((name = feel_scan_normal_name(p->compiler->arena, raw)).p == NULL)
        feel_parse_no_memory(p);
    if (name.p != NULL) {
        p->scan.at += bytes;
        (void)feel_scan_space(&p->scan);
    }
    return name;
}

/* What a loop runs over: a list, a range, or two numbers with .. between them. */
static struct feel_node *parse_domain(struct parser *p)
{
    size_t at = p->scan.at;
    struct feel_node *from = feel_parse_expression(p);
    if (from == NULL || !feel_scan_accept(&p->scan, STR("..")))
        return from;
    struct feel_node *to = feel_parse_expression(p), *node;
    if (to == NULL || (node = feel_node_of(p, FEEL_INTERVAL, at, from, to)) == NULL)
        return NULL;
    node->start_included = node->end_included = true;
    return node;
}

static const struct feel_type *domain_item_type(const struct feel_node *domain)
{
    if (domain->op == FEEL_INTERVAL)
        return domain->a->type;
    return domain->type != NULL && domain->type->kind == FEEL_LIST ? domain->type->item : NULL;
}

/* The first variable's domain is evaluated outside of the loop: there `partial` is still that of the loop around it. */
static struct binding *parse_iterators(struct parser *p, struct gather *g)
{
    struct binding *partial = NULL;
    do {
        struct str name = parse_loop_name(p);
        if (name.p == NULL)
            return NULL;
        if (!feel_scan_accept_word(&p->scan, STR("in"))) {
            feel_parse_expected(p, "the `in` of the loop");
            return NULL;
        }
        struct feel_node *domain = parse_domain(p);
        if (g->n == FEEL_MAX_PARAMETERS) {
            feel_parse_fail(p, p->scan.at, "a loop of more than %d variables; split it up", FEEL_MAX_PARAMETERS);
            return NULL;
        }
        if (domain == NULL || !feel_gather_add(p, g, domain, name) ||
            (partial == NULL && (partial = feel_scope_push(p, STR("partial"), NULL)) == NULL) ||
            feel_scope_push(p, name, domain_item_type(domain)) == NULL)
            return NULL;
    } while (feel_scan_accept(&p->scan, STR(",")));
    return partial;
}

/* for … return …, some … satisfies …, every … satisfies …: items are the domains, then the body. */
static struct feel_node *parse_loop(struct parser *p, enum feel_op op, size_t at)
{
    struct binding *outer = p->scope;
    struct gather g = {0};
    struct binding *partial = parse_iterators(p, &g);
    if (partial == NULL)
        return NULL;
    struct str before_body = op == FEEL_FOR ? STR("return") : STR("satisfies");
    if (!feel_scan_accept_word(&p->scan, before_body))
        return feel_parse_expected(p, op == FEEL_FOR ? "the `return` of `for`" : "the `satisfies`");
    struct feel_node *body = feel_parse_expression(p);
    p->scope = outer;
    if (body == NULL || !feel_gather_add(p, &g, body, STR("")))
        return NULL;
    struct feel_node *node = feel_node_many(p, op, at, &g);
    if (node != NULL) {
        node->many.uses_partial = partial->used;
        node->type = op == FEEL_FOR ? NULL : feel_simple_type(FEEL_BOOLEAN);
    }
    return node;
}

static bool parse_parameter(struct parser *p, struct feel_type *function, struct feel_member *members)
{
    struct str name = parse_loop_name(p);
    const struct feel_type *type = NULL;
    if (name.p == NULL || (feel_scan_accept(&p->scan, STR(":")) && (type = feel_parse_type(p)) == NULL))
        return false;
    if (function->n_members == FEEL_MAX_PARAMETERS) {
        feel_parse_fail(p, p->scan.at, "more than %d parameters; pass a context", FEEL_MAX_PARAMETERS);
        return false;
    }
    members[function->n_members++] = (struct feel_member){.name = name, .type = type};
    return feel_scope_push(p, name, type) != NULL;
}

/* Behind the `(`: a function's type, its result not yet known. */
static struct feel_type *parse_parameters(struct parser *p)
{
    struct feel_member gathered[FEEL_MAX_PARAMETERS];
    struct feel_type function = {.kind = FEEL_FUNCTION}, *type;
    if (!feel_scan_accept(&p->scan, STR(")"))) {
        do {
            if (!parse_parameter(p, &function, gathered))
                return NULL;
        } while (feel_scan_accept(&p->scan, STR(",")));
        if (!feel_scan_accept(&p->scan, STR(")")))
            return feel_parse_expected(p, "`,` or the `)` of the parameters");
    }
    struct feel_member *members = arena_alloc_array(p->compiler->arena, function.n_members, sizeof *members);
    if (members == NULL || (type = arena_alloc(p->compiler->arena, sizeof *type)) == NULL)
        return feel_parse_no_memory(p);
    if (function.n_members > 0)
        memcpy(members, gathered, function.n_members * sizeof *members);
    *type = function;
    type->members = members;
    return type;
}

/* An expression, or `external {…}`: where a function of another language is. */
static struct feel_node *parse_body(struct parser *p)
{
    size_t at = p->scan.at;
    struct feel_scan after = p->scan;
    bool external = feel_scan_accept_word(&after, STR("external")) && feel_scan_sees(&after, STR("{"));
    if (external)
        p->scan = after;
    struct feel_node *body = feel_parse_expression(p);
    return body == NULL || !external ? body : feel_node_of(p, FEEL_EXTERNAL, at, body, NULL);
}

static struct feel_node *parse_function(struct parser *p, size_t at)
{
    struct binding *outer = p->scope;
    struct gather g = {0};
    if (!feel_scan_accept(&p->scan, STR("(")))
        return feel_parse_expected(p, "the `(` of the parameters");
    struct feel_type *type = parse_parameters(p);
    struct feel_node *body = type == NULL ? NULL : parse_body(p), *node;
    p->scope = outer;
    if (body == NULL || !feel_gather_add(p, &g, body, STR("")) ||
        (node = feel_node_many(p, FEEL_FUNCTION_OF, at, &g)) == NULL)
        return NULL;
    type->item = body->type;
    node->type = type;
    return node;
}

static const struct {
    struct str word;
    enum feel_op op;
} forms[] = {
    {STR_INIT("if"), FEEL_IF},
    {STR_INIT("for"), FEEL_FOR},
    {STR_INIT("some"), FEEL_SOME},
    {STR_INIT("every"), FEEL_EVERY},
    {STR_INIT("function"), FEEL_FUNCTION_OF},
};

bool feel_parse_sees_form(const struct parser *p)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (feel_scan_sees_word(&p->scan, forms[i].word))
            return !feel_scope_has_longer(p, forms[i].word.n);
    return false;
}

struct feel_node *feel_parse_form(struct parser *p)
{
    size_t at = p->scan.at, i = 0;
    while (i < COUNT_OF(forms) && !feel_scan_accept_word(&p->scan, forms[i].word))
        i++;
    if (i == COUNT_OF(forms))
        return feel_parse_expected(p, "an expression");
    if (forms[i].op == FEEL_IF)
        return parse_if(p, at);
    return forms[i].op == FEEL_FUNCTION_OF ? parse_function(p, at) : parse_loop(p, forms[i].op, at);
}

/* ── contexts ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct str feel_parse_key(struct parser *p)
{
    struct str key = {NULL, 0};
    if (feel_scan_sees(&p->scan, STR("\""))) {
        size_t at = p->scan.at;
        if (!feel_scan_string(&p->scan, p->compiler->arena, &key)) {
            if (key.p == NULL)
                feel_parse_no_memory(p);
            else
                feel_parse_fail(p, at, "the text is never closed; end it with \"");
            return (struct str){NULL, 0};
        }
        (void)feel_scan_space(&p->scan);
        return key;
    }
    size_t bytes = feel_scan_key(&p->scan);
    if (bytes == 0)
        feel_parse_expected(p, "a key and `:`");
    else if ((key = feel_scan_normal_name(p->compiler->arena, str_first(str_skip(p->scan.text, p->scan.at), bytes)))
                 .p == NULL)
        feel_parse_no_memory(p);
    p->scan.at += bytes;
    (void)feel_scan_space(&p->scan);
    return key;
}

static bool parse_entries(struct parser *p, struct gather *g)
{
    do {
        struct str key = feel_parse_key(p);
        if (key.p == NULL)
            return false;
        if (!feel_scan_accept(&p->scan, STR(":"))) {
            feel_parse_expected(p, "`:` after the key");
            return false;
        }
        struct feel_node *value = feel_parse_expression(p);
        if (value == NULL || !feel_gather_add(p, g, value, key) || feel_scope_push(p, key, value->type) == NULL)
            return false;
    } while (feel_scan_accept(&p->scan, STR(",")));
    return true;
}

static const struct feel_type *context_type(struct parser *p, const struct gather *g)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_member *members = arena_alloc_array(p->compiler->arena, g->n, sizeof *members);
    if (type == NULL || members == NULL)
        return feel_parse_no_memory(p);
    for (size_t i = 0; i < g->n; i++)
        members[i] = (struct feel_member){.name = g->names[i], .type = g->items[i]->type};
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = g->n};
    return type;
}

struct feel_node *feel_parse_context(struct parser *p)
{
    size_t at = p->scan.at;
    struct binding *outer = p->scope;
    struct gather g = {0};
    (void)feel_scan_accept(&p->scan, STR("{"));
    if (!feel_scan_accept(&p->scan, STR("}"))) {
        if (!parse_entries(p, &g))
            return NULL;
        if (!feel_scan_accept(&p->scan, STR("}")))
            return feel_parse_expected(p, "`,` or the `}` of the context");
    }
    p->scope = outer;
    struct feel_node *node = feel_node_many(p, FEEL_CONTEXT_OF, at, &g);
    if (node == NULL || (node->type = context_type(p, &g)) == NULL)
        return NULL;
    return node;
}

/* ── brackets ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A range of two constants is a constant: no cell of a table makes it anew. */
static bool fold_interval(struct parser *p, struct feel_node *node)
{
    int order;
    if (node->a->op != FEEL_LITERAL || node->b->op != FEEL_LITERAL ||
        !value_compare(&node->a->literal, &node->b->literal, &order))
        return true;
    struct value_range *range = arena_alloc(p->compiler->arena, sizeof *range);
    if (range == NULL)
        return feel_parse_no_memory(p) != NULL;
    *range = (struct value_range){.form = RANGE_INTERVAL,
                                  .start = node->a->literal,
                                  .end = node->b->literal,
                                  .start_included = node->start_included,
                                  .end_included = node->end_included};
    node->op = FEEL_LITERAL;
    node->literal = (struct value){.kind = VALUE_RANGE, .range = range};
    return true;
}

/* Stands at `..`. */
struct feel_node *feel_parse_interval_end(struct parser *p, struct feel_node *start, bool start_included, size_t at)
{
    (void)feel_scan_accept(&p->scan, STR(".."));
    struct feel_node *end = feel_parse_arithmetic(p), *node;
    if (end == NULL || (node = feel_node_of(p, FEEL_INTERVAL, at, start, end)) == NULL)
        return NULL;
    node->start_included = start_included;
    node->end_included = feel_scan_sees(&p->scan, STR("]"));
    if (!feel_scan_accept(&p->scan, STR("]")) && !feel_scan_accept(&p->scan, STR(")")) &&
        !feel_scan_accept(&p->scan, STR("[")))
        return feel_parse_expected(p, "the `]` or `)` of the range");
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_RANGE, .item = start->type};
    node->type = type;
    return fold_interval(p, node) ? node : NULL;
}

static const struct {
    struct str text;
    enum value_range_form form;
} comparisons[] = {
    {STR_INIT("<="), RANGE_LESS_OR_EQUAL}, {STR_INIT("<"), RANGE_LESS},     {STR_INIT(">="), RANGE_GREATER_OR_EQUAL},
    {STR_INIT(">"), RANGE_GREATER},        {STR_INIT("!="), RANGE_UNEQUAL}, {STR_INIT("="), RANGE_EQUAL},
};

/* NULL without an error: no comparison stands here. */
struct feel_node *feel_parse_comparison_range(struct parser *p)
{
    size_t at = p->scan.at;
    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        if (!feel_scan_accept(&p->scan, comparisons[i].text))
            continue;
        struct feel_node *bound = feel_parse_arithmetic(p), *node;
        if (bound == NULL || (node = feel_node_of(p, FEEL_INTERVAL, at, bound, NULL)) == NULL)
            return NULL;
        node->compare = (uint8_t)comparisons[i].form;
        return node;
    }
    return NULL;
}

static struct feel_node *parse_group(struct parser *p, size_t at)
{
    struct feel_node *inner = feel_parse_comparison_range(p);
    if (inner == NULL && p->rc == OK)
        inner = feel_parse_expression(p);
    if (inner == NULL)
        return NULL;
    if (feel_scan_sees(&p->scan, STR("..")))
        return feel_parse_interval_end(p, inner, false, at);
    if (!feel_scan_accept(&p->scan, STR(")")))
        return feel_parse_expected(p, "an operator or `)`");
    return inner;
}

static struct feel_node *parse_list(struct parser *p, size_t at)
{
    struct gather g = {0};
    const struct feel_type *item = NULL;
    bool closed = feel_scan_accept(&p->scan, STR("]"));
    while (!closed) {
        struct feel_node *node = feel_parse_comparison_range(p);
        if (node == NULL && p->rc == OK)
            node = feel_parse_expression(p);
        if (node == NULL)
            return NULL;
        if (g.n == 0 && feel_scan_sees(&p->scan, STR("..")))
            return feel_parse_interval_end(p, node, true, at);
        if (!feel_gather_add(p, &g, node, STR("")))
            return NULL;
        item = g.n == 1 ? node->type : NULL;
        closed = !feel_scan_accept(&p->scan, STR(","));
        if (closed && !feel_scan_accept(&p->scan, STR("]")))
            return feel_parse_expected(p, "an operator, `,` or `]`");
    }
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_node *node = feel_node_many(p, FEEL_LIST_OF, at, &g);
    if (type == NULL || node == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_LIST, .item = item};
    node->type = type;
    return node;
}

static struct feel_node *parse_open_interval(struct parser *p, size_t at)
{
    struct feel_node *start = feel_parse_arithmetic(p);
    if (start == NULL)
        return NULL;
    if (!feel_scan_sees(&p->scan, STR("..")))
        return feel_parse_expected(p, "the `..` of a range");
    return feel_parse_interval_end(p, start, false, at);
}

struct feel_node *feel_parse_bracket(struct parser *p)
{
    size_t at = p->scan.at;
    if (feel_scan_accept(&p->scan, STR("(")))
        return parse_group(p, at);
    if (feel_scan_accept(&p->scan, STR("[")))
        return parse_list(p, at);
    (void)feel_scan_accept(&p->scan, STR("]"));
    return parse_open_interval(p, at);
}
