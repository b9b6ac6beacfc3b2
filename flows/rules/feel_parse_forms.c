/* if, for, some, every, function, contexts, lists, ranges, calls, types (DMN 1.5 §10.3.1.2, rules 38–60, 65–68). */
#include "flows/rules/feel_parser.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/feel_builtin.h"

#include "bot/base/banned.h"

/* ── forms that begin with a word ──────────────────────────────────────────────────────────────────────────────── */

static struct feel_node *parse_if(struct parser *p, size_t at)
{
    struct feel_node *condition = parse_expression(p), *yes, *no, *node;
    if (condition == NULL)
        return NULL;
    if (!scan_accept_word(&p->scan, STR("then")))
        return parse_expected(p, "the `then` of `if`");
    if ((yes = parse_expression(p)) == NULL)
        return NULL;
    if (!scan_accept_word(&p->scan, STR("else")))
        return parse_expected(p, "the `else` of `if`");
    if ((no = parse_expression(p)) == NULL || (node = node_of(p, FEEL_IF, at, condition, yes)) == NULL ||
        !node_adopt(p, node, no))
        return NULL;
    node->c = no;
    bool same = yes->type != NULL && no->type != NULL && yes->type->kind == no->type->kind;
    node->type = same && yes->type->kind <= FEEL_STRING ? yes->type : NULL;
    return node;
}

/* The words up to `stop` (a word of its own): the name of a loop's variable. */
static struct str parse_loop_name(struct parser *p)
{
    size_t bytes = scan_unknown_name(&p->scan);
    struct str raw = str_first(str_skip(p->scan.text, p->scan.at), bytes), name = {NULL, 0};
    if (bytes == 0 || scan_is_keyword(raw))
        parse_expected(p, "a variable's name");
    else if ((name = scan_normal_name(p->compiler->arena, raw)).p == NULL)
        parse_no_memory(p);
    if (name.p != NULL) {
        p->scan.at += bytes;
        (void)scan_space(&p->scan);
    }
    return name;
}

/* What a loop runs over: a list, a range, or two numbers with .. between them. */
static struct feel_node *parse_domain(struct parser *p)
{
    size_t at = p->scan.at;
    struct feel_node *from = parse_expression(p);
    if (from == NULL || !scan_accept(&p->scan, STR("..")))
        return from;
    struct feel_node *to = parse_expression(p), *node;
    if (to == NULL || (node = node_of(p, FEEL_INTERVAL, at, from, to)) == NULL)
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

static bool parse_iterators(struct parser *p, struct gather *g)
{
    do {
        struct str name = parse_loop_name(p);
        if (name.p == NULL)
            return false;
        if (!scan_accept_word(&p->scan, STR("in"))) {
            parse_expected(p, "the `in` of the loop");
            return false;
        }
        struct feel_node *domain = parse_domain(p);
        if (g->n == FEEL_MAX_PARAMETERS) {
            parse_fail(p, p->scan.at, "a loop of more than %d variables; split it up", FEEL_MAX_PARAMETERS);
            return false;
        }
        if (domain == NULL || !gather_add(p, g, domain, name) || scope_push(p, name, domain_item_type(domain)) == NULL)
            return false;
    } while (scan_accept(&p->scan, STR(",")));
    return true;
}

/* for … return …, some … satisfies …, every … satisfies …: items are the domains, then the body. */
static struct feel_node *parse_loop(struct parser *p, enum feel_op op, size_t at)
{
    struct binding *outer = p->scope, *partial = scope_push(p, STR("partial"), NULL);
    struct gather g = {0};
    if (partial == NULL || !parse_iterators(p, &g))
        return NULL;
    struct str before_body = op == FEEL_FOR ? STR("return") : STR("satisfies");
    if (!scan_accept_word(&p->scan, before_body))
        return parse_expected(p, op == FEEL_FOR ? "the `return` of `for`" : "the `satisfies`");
    struct feel_node *body = parse_expression(p);
    p->scope = outer;
    if (body == NULL || !gather_add(p, &g, body, STR("")))
        return NULL;
    struct feel_node *node = node_many(p, op, at, &g);
    if (node != NULL) {
        node->many.uses_partial = partial->used;
        node->type = op == FEEL_FOR ? NULL : &parse_type_boolean;
    }
    return node;
}

static bool parse_parameters(struct parser *p, struct gather *g)
{
    if (scan_accept(&p->scan, STR(")")))
        return true;
    do {
        struct str name = parse_loop_name(p);
        const struct feel_type *type = NULL;
        if (name.p == NULL || (scan_accept(&p->scan, STR(":")) && (type = parse_type(p)) == NULL))
            return false;
        if (g->n == FEEL_MAX_PARAMETERS) {
            parse_fail(p, p->scan.at, "more than %d parameters; pass a context", FEEL_MAX_PARAMETERS);
            return false;
        }
        if (!gather_add(p, g, NULL, name) || scope_push(p, name, type) == NULL)
            return false;
    } while (scan_accept(&p->scan, STR(",")));
    if (scan_accept(&p->scan, STR(")")))
        return true;
    parse_expected(p, "`,` or the `)` of the parameters");
    return false;
}

static struct feel_node *parse_function(struct parser *p, size_t at)
{
    static const struct feel_type function_type = {.kind = FEEL_FUNCTION};
    struct binding *outer = p->scope;
    struct gather g = {0};
    if (!scan_accept(&p->scan, STR("(")))
        return parse_expected(p, "the `(` of the parameters");
    if (!parse_parameters(p, &g))
        return NULL;
    if (scan_sees_word(&p->scan, STR("external")))
        return parse_fail(p, p->scan.at, "functions of other languages are not run here; write the function in FEEL");
    struct feel_node *body = parse_expression(p);
    p->scope = outer;
    struct gather all = {0};
    if (body == NULL || !gather_add(p, &all, body, STR("")))
        return NULL;
    struct feel_node *node = node_many(p, FEEL_FUNCTION_OF, at, &all);
    if (node == NULL)
        return NULL;
    node->many.names = g.names;
    node->many.n = (uint32_t)g.n;
    node->type = &function_type;
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

bool parse_sees_form(const struct parser *p)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (scan_sees_word(&p->scan, forms[i].word))
            return !scope_has_longer(p, forms[i].word.n);
    return false;
}

struct feel_node *parse_form(struct parser *p)
{
    size_t at = p->scan.at, i = 0;
    while (i < COUNT_OF(forms) && !scan_accept_word(&p->scan, forms[i].word))
        i++;
    if (i == COUNT_OF(forms))
        return parse_expected(p, "an expression");
    if (forms[i].op == FEEL_IF)
        return parse_if(p, at);
    return forms[i].op == FEEL_FUNCTION_OF ? parse_function(p, at) : parse_loop(p, forms[i].op, at);
}

/* ── contexts ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str parse_key(struct parser *p)
{
    struct str key = {NULL, 0};
    if (scan_sees(&p->scan, STR("\""))) {
        size_t at = p->scan.at;
        if (!scan_string(&p->scan, p->compiler->arena, &key)) {
            if (key.p == NULL)
                parse_no_memory(p);
            else
                parse_fail(p, at, "the text is never closed; end it with \"");
            return (struct str){NULL, 0};
        }
        (void)scan_space(&p->scan);
        return key;
    }
    size_t bytes = scan_key(&p->scan);
    if (bytes == 0)
        parse_expected(p, "a key and `:`");
    else if ((key = scan_normal_name(p->compiler->arena, str_first(str_skip(p->scan.text, p->scan.at), bytes))).p ==
             NULL)
        parse_no_memory(p);
    p->scan.at += bytes;
    (void)scan_space(&p->scan);
    return key;
}

static bool parse_entries(struct parser *p, struct gather *g)
{
    do {
        struct str key = parse_key(p);
        if (key.p == NULL)
            return false;
        if (!scan_accept(&p->scan, STR(":"))) {
            parse_expected(p, "`:` after the key");
            return false;
        }
        struct feel_node *value = parse_expression(p);
        if (value == NULL || !gather_add(p, g, value, key) || scope_push(p, key, value->type) == NULL)
            return false;
    } while (scan_accept(&p->scan, STR(",")));
    return true;
}

static const struct feel_type *context_type(struct parser *p, const struct gather *g)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_member *members = arena_alloc_array(p->compiler->arena, g->n, sizeof *members);
    if (type == NULL || members == NULL)
        return parse_no_memory(p);
    for (size_t i = 0; i < g->n; i++)
        members[i] = (struct feel_member){.name = g->names[i], .type = g->items[i]->type};
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members, .n_members = g->n};
    return type;
}

struct feel_node *parse_context(struct parser *p)
{
    size_t at = p->scan.at;
    struct binding *outer = p->scope;
    struct gather g = {0};
    (void)scan_accept(&p->scan, STR("{"));
    if (!scan_accept(&p->scan, STR("}"))) {
        if (!parse_entries(p, &g))
            return NULL;
        if (!scan_accept(&p->scan, STR("}")))
            return parse_expected(p, "`,` or the `}` of the context");
    }
    p->scope = outer;
    struct feel_node *node = node_many(p, FEEL_CONTEXT_OF, at, &g);
    if (node == NULL || (node->type = context_type(p, &g)) == NULL)
        return NULL;
    return node;
}

/* ── brackets ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_fixed(const struct feel_node *bound)
{
    return bound->op == FEEL_LITERAL && (bound->literal.kind == VALUE_NUMBER || bound->literal.kind == VALUE_STRING);
}

/* A range of two constants is a constant: no cell of a table makes it anew. */
static bool fold_interval(struct parser *p, struct feel_node *node)
{
    if (!is_fixed(node->a) || !is_fixed(node->b) || node->a->literal.kind != node->b->literal.kind)
        return true;
    struct value_range *range = arena_alloc(p->compiler->arena, sizeof *range);
    if (range == NULL)
        return parse_no_memory(p) != NULL;
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
struct feel_node *parse_interval_end(struct parser *p, struct feel_node *start, bool start_included, size_t at)
{
    (void)scan_accept(&p->scan, STR(".."));
    struct feel_node *end = parse_arithmetic(p), *node;
    if (end == NULL || (node = node_of(p, FEEL_INTERVAL, at, start, end)) == NULL)
        return NULL;
    node->start_included = start_included;
    node->end_included = scan_sees(&p->scan, STR("]"));
    if (!scan_accept(&p->scan, STR("]")) && !scan_accept(&p->scan, STR(")")) && !scan_accept(&p->scan, STR("[")))
        return parse_expected(p, "the `]` or `)` of the range");
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return parse_no_memory(p);
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
struct feel_node *parse_comparison_range(struct parser *p)
{
    size_t at = p->scan.at;
    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        if (!scan_accept(&p->scan, comparisons[i].text))
            continue;
        struct feel_node *bound = parse_arithmetic(p), *node;
        if (bound == NULL || (node = node_of(p, FEEL_INTERVAL, at, bound, NULL)) == NULL)
            return NULL;
        node->compare = (uint8_t)comparisons[i].form;
        return node;
    }
    return NULL;
}

static struct feel_node *parse_group(struct parser *p, size_t at)
{
    struct feel_node *inner = parse_comparison_range(p);
    if (inner == NULL && p->rc == OK)
        inner = parse_expression(p);
    if (inner == NULL)
        return NULL;
    if (scan_sees(&p->scan, STR("..")))
        return parse_interval_end(p, inner, false, at);
    if (!scan_accept(&p->scan, STR(")")))
        return parse_expected(p, "an operator or `)`");
    return inner;
}

static struct feel_node *parse_list(struct parser *p, size_t at)
{
    struct gather g = {0};
    const struct feel_type *item = NULL;
    bool closed = scan_accept(&p->scan, STR("]"));
    while (!closed) {
        struct feel_node *node = parse_comparison_range(p);
        if (node == NULL && p->rc == OK)
            node = parse_expression(p);
        if (node == NULL)
            return NULL;
        if (g.n == 0 && scan_sees(&p->scan, STR("..")))
            return parse_interval_end(p, node, true, at);
        if (!gather_add(p, &g, node, STR("")))
            return NULL;
        item = g.n == 1 ? node->type : NULL;
        closed = !scan_accept(&p->scan, STR(","));
        if (closed && !scan_accept(&p->scan, STR("]")))
            return parse_expected(p, "an operator, `,` or `]`");
    }
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_node *node = node_many(p, FEEL_LIST_OF, at, &g);
    if (type == NULL || node == NULL)
        return parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_LIST, .item = item};
    node->type = type;
    return node;
}

static struct feel_node *parse_open_interval(struct parser *p, size_t at)
{
    struct feel_node *start = parse_arithmetic(p);
    if (start == NULL)
        return NULL;
    if (!scan_sees(&p->scan, STR("..")))
        return parse_expected(p, "the `..` of a range");
    return parse_interval_end(p, start, false, at);
}

struct feel_node *parse_bracket(struct parser *p)
{
    size_t at = p->scan.at;
    if (scan_accept(&p->scan, STR("(")))
        return parse_group(p, at);
    if (scan_accept(&p->scan, STR("[")))
        return parse_list(p, at);
    (void)scan_accept(&p->scan, STR("]"));
    return parse_open_interval(p, at);
}

/* ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool parse_argument(struct parser *p, bool named, struct gather *g)
{
    struct str name = STR("");
    if (named) {
        name = parse_key(p);
        if (name.p == NULL)
            return false;
        if (!scan_accept(&p->scan, STR(":"))) {
            parse_expected(p, "`:` after the parameter's name");
            return false;
        }
    }
    struct feel_node *value = parse_comparison_range(p);
    if (value == NULL && p->rc == OK)
        value = parse_expression(p);
    return value != NULL && gather_add(p, g, value, name);
}

static const struct feel_type *call_type(const struct feel_node *callee)
{
    static const struct feel_type types[] = {
        [FEEL_BOOLEAN] = {.kind = FEEL_BOOLEAN}, [FEEL_NUMBER] = {.kind = FEEL_NUMBER},
        [FEEL_STRING] = {.kind = FEEL_STRING},   [FEEL_LIST] = {.kind = FEEL_LIST},
        [FEEL_CONTEXT] = {.kind = FEEL_CONTEXT}, [FEEL_RANGE] = {.kind = FEEL_RANGE}};
    if (callee->op != FEEL_BUILTIN)
        return callee->type != NULL && callee->type->kind == FEEL_FUNCTION ? callee->type->item : NULL;
    enum feel_kind kind = callee->builtin->result;
    return kind > FEEL_ANY && kind <= FEEL_RANGE ? &types[kind] : NULL;
}

struct feel_node *parse_call(struct parser *p, const struct feel_node *callee, size_t at)
{
    struct gather g = {0};
    bool named = scan_key(&p->scan) > 0;
    bool closed = scan_accept(&p->scan, STR(")"));
    while (!closed) {
        if (!parse_argument(p, named, &g))
            return NULL;
        closed = !scan_accept(&p->scan, STR(","));
        if (closed && !scan_accept(&p->scan, STR(")")))
            return parse_expected(p, "an operator, `,` or `)`");
    }
    struct feel_node *node = node_many(p, FEEL_CALL, at, &g);
    if (node == NULL || !node_adopt(p, node, callee))
        return NULL;
    node->many.callee = callee;
    if (!named)
        node->many.names = NULL;
    node->type = call_type(callee);
    return node;
}

/* ── types ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    struct str name;
    struct feel_type type;
} simple_types[] = {
    {STR_INIT("number"), {.kind = FEEL_NUMBER}},   {STR_INIT("string"), {.kind = FEEL_STRING}},
    {STR_INIT("boolean"), {.kind = FEEL_BOOLEAN}}, {STR_INIT("Any"), {.kind = FEEL_ANY}},
    {STR_INIT("Null"), {.kind = FEEL_NULL}},       {STR_INIT("null"), {.kind = FEEL_NULL}},
};

static const struct feel_type *parse_generic(struct parser *p, enum feel_kind kind)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return parse_no_memory(p);
    type->kind = kind;
    if (!scan_accept(&p->scan, STR("<")))
        return type;
    if ((type->item = parse_type(p)) == NULL)
        return NULL;
    return scan_accept(&p->scan, STR(">")) ? type : parse_expected(p, "the `>` of the type");
}

static const struct feel_type *parse_context_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_member *members = arena_alloc_array(p->compiler->arena, FEEL_MAX_PARAMETERS, sizeof *members);
    if (type == NULL || members == NULL)
        return parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members};
    if (!scan_accept(&p->scan, STR("<")) || scan_accept(&p->scan, STR(">")))
        return type;
    do {
        struct feel_member *member = &members[type->n_members];
        if (type->n_members == FEEL_MAX_PARAMETERS)
            return parse_fail(p, p->scan.at, "a type of more than %d members", FEEL_MAX_PARAMETERS);
        if ((member->name = parse_key(p)).p == NULL)
            return NULL;
        if (!scan_accept(&p->scan, STR(":")))
            return parse_expected(p, "`:` after the member's name");
        if ((member->type = parse_type(p)) == NULL)
            return NULL;
        type->n_members++;
    } while (scan_accept(&p->scan, STR(",")));
    return scan_accept(&p->scan, STR(">")) ? type : parse_expected(p, "the `>` of the type");
}

static const struct feel_type *parse_function_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return parse_no_memory(p);
    type->kind = FEEL_FUNCTION;
    if (scan_accept(&p->scan, STR("<")) && !scan_accept(&p->scan, STR(">"))) {
        do {
            if (parse_type(p) == NULL)
                return NULL;
        } while (scan_accept(&p->scan, STR(",")));
        if (!scan_accept(&p->scan, STR(">")))
            return parse_expected(p, "the `>` of the type");
    }
    if (scan_accept(&p->scan, STR("->")) && (type->item = parse_type(p)) == NULL)
        return NULL;
    return type;
}

static const struct feel_type *parse_any_type(struct parser *p)
{
    for (size_t i = 0; i < COUNT_OF(simple_types); i++)
        if (scan_accept_word(&p->scan, simple_types[i].name))
            return &simple_types[i].type;
    if (scan_accept_word(&p->scan, STR("list")))
        return parse_generic(p, FEEL_LIST);
    if (scan_accept_word(&p->scan, STR("range")))
        return parse_generic(p, FEEL_RANGE);
    if (scan_accept_word(&p->scan, STR("context")))
        return parse_context_type(p);
    if (scan_accept_word(&p->scan, STR("function")))
        return parse_function_type(p);
    return parse_expected(p, "a type (number, string, boolean, list<…>, context<…>, range<…>, function<…> -> …, Any)");
}

const struct feel_type *parse_type(struct parser *p)
{
    if (!parse_enter(p))
        return NULL;
    const struct feel_type *type = parse_any_type(p);
    parse_leave(p);
    return type;
}
