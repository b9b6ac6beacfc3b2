/* Expressions that cannot have a value, whatever people answer: "a" < 5, a choice compared with what is no option.
 *
 * Only what is certain is reported: where the type of a part is not known, nothing is said about it.                 */
#include "bot/base/arena.h"
#include "bot/base/yaml.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

enum { MOST_SUGGESTED = 64 }; /* options looked at for "did you mean" */

struct types {
    struct checker *checker;
    const struct feel_expr *expr; /* the one being looked at */
};

/* What is tested in a cell, or before `in`. */
struct input {
    enum feel_kind kind;
    const struct ask *choice; /* it is the answer of this question; or NULL */
    struct str name;
};

static const char *kind_name(enum feel_kind kind)
{
    static const char *const names[FEEL_KINDS] = {
        [FEEL_ANY] = "anything",
        [FEEL_NULL] = "null",
        [FEEL_BOOLEAN] = "a boolean",
        [FEEL_NUMBER] = "a number",
        [FEEL_STRING] = "a string",
        [FEEL_LIST] = "a list",
        [FEEL_CONTEXT] = "a record",
        [FEEL_RANGE] = "a range",
        [FEEL_FUNCTION] = "a function",
        [FEEL_DATE] = "a date",
        [FEEL_TIME] = "a time",
        [FEEL_DATE_TIME] = "a date and time",
        [FEEL_DAYS_DURATION] = "a days and time duration",
        [FEEL_MONTHS_DURATION] = "a years and months duration",
    };
    return names[kind];
}

static bool is_null(const struct feel_node *node)
{
    return node->op == FEEL_LITERAL && node->literal.kind == VALUE_NULL;
}

static enum feel_kind kind_of(const struct feel_node *node)
{
    if (node == NULL || is_null(node))
        return FEEL_ANY;
    if (node->op == FEEL_LITERAL)
        return feel_value_kind(&node->literal);
    return node->type == NULL || node->type->kind == FEEL_NULL ? FEEL_ANY : node->type->kind;
}

static struct place place_of(const struct types *types, const struct feel_node *node)
{
    return check_place(types->expr, node->at);
}

/* ── choices ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The question behind a variable whose value is always one of its options; NULL: it is something else. */
static const struct ask *choice_of(const struct types *types, const struct feel_node *node, struct str *ret_name)
{
    const struct definition *def = types->checker->definition;
    if (node->op != FEEL_VARIABLE || def->slots[node->name.slot].kind != SLOT_VARIABLE)
        return NULL;
    const struct variable *variable = &def->variables[def->slots[node->name.slot].index];
    if (variable->ask == NULL || variable->ask->type != ASK_CHOICE || variable->is_set)
        return NULL;
    *ret_name = variable->name;
    return variable->ask;
}

static bool has_option(const struct ask *ask, struct str value)
{
    for (size_t i = 0; i < ask->n_options; i++)
        if (str_eq(ask->options[i].value, value))
            return true;
    return false;
}

/* A literal compared with a choice must be one of its options. */
static void check_option(const struct types *types, const struct ask *ask, struct str name,
                         const struct feel_node *literal)
{
    if (ask == NULL || literal->op != FEEL_LITERAL || literal->literal.kind != VALUE_STRING ||
        has_option(ask, literal->literal.string))
        return;
    const char *known[MOST_SUGGESTED];
    size_t n = 0;
    for (; n < ask->n_options && n < MOST_SUGGESTED; n++)
        known[n] = arena_copy(types->checker->arena, ask->options[n].value).p;
    struct str meant = yaml_suggest(literal->literal.string, known, n);
    bool has_meant = meant.n > 0;
    check_error(types->checker, "unknown_option", place_of(types, literal), STR(""),
                "\"%.*s\" is no option of `%.*s`; %s%.*s%s", STR_ARG(literal->literal.string), STR_ARG(name),
                has_meant ? "did you mean \"" : "write the value of an option", STR_ARG(meant), has_meant ? "\"?" : "");
}

/* ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_tested(const struct types *types, const struct input *input, const struct feel_node *with)
{
    enum feel_kind kind = kind_of(with);
    if (with->op == FEEL_INTERVAL)
        kind = kind_of(with->a) != FEEL_ANY ? kind_of(with->a) : kind_of(with->b);
    check_option(types, input->choice, input->name, with);
    bool fits = kind == FEEL_ANY || input->kind == FEEL_ANY || kind == input->kind || kind == FEEL_BOOLEAN ||
                kind == FEEL_LIST || kind == FEEL_RANGE || kind == FEEL_FUNCTION || input->kind == FEEL_LIST;
    if (!fits)
        check_error(types->checker, "type", place_of(types, with), STR(""),
                    "`%.*s` is %s and can never be %s; write %s", STR_ARG(input->name), kind_name(input->kind),
                    kind_name(kind), kind_name(input->kind));
}

static void check_test(const struct types *types, const struct input *input, const struct feel_node *test)
{
    switch (test->op) {
    case FEEL_TEST_COMPARE:
    case FEEL_TEST_VALUE:
        if (!test->a->uses_input)
            check_tested(types, input, test->a);
        break;
    case FEEL_TEST_NOT:
        check_test(types, input, test->a);
        break;
    case FEEL_TEST_ANY_OF:
        for (size_t i = 0; i < test->many.n; i++)
            check_test(types, input, test->many.items[i]);
        break;
    default:
        break;
    }
}

/* ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void need(const struct types *types, const struct feel_node *node, enum feel_kind wanted, const char *where)
{
    enum feel_kind kind = kind_of(node);
    if (kind != FEEL_ANY && kind != wanted)
        check_error(types->checker, "type", place_of(types, node), STR(""), "%s needs %s, this is %s; change it", where,
                    kind_name(wanted), kind_name(kind));
}

static void check_comparison(const struct types *types, const struct feel_node *node, bool ordered)
{
    enum feel_kind a = kind_of(node->a), b = kind_of(node->b);
    struct str name = STR("");
    if (a != FEEL_ANY && b != FEEL_ANY && a != b)
        check_error(types->checker, "type", place_of(types, node), STR(""),
                    "this compares %s with %s, which is never true; write both alike", kind_name(a), kind_name(b));
    else if (ordered && (a == FEEL_BOOLEAN || a == FEEL_CONTEXT || b == FEEL_BOOLEAN || b == FEEL_CONTEXT))
        check_error(types->checker, "type", place_of(types, node), STR(""),
                    "%s has no order; compare it with = or !=", kind_name(a == FEEL_ANY ? b : a));
    const struct ask *choice = choice_of(types, node->a, &name);
    check_option(types, choice, name, node->b);
    choice = choice_of(types, node->b, &name);
    check_option(types, choice, name, node->a);
}

static void check_sum(const struct types *types, const struct feel_node *node)
{
    enum feel_kind a = kind_of(node->a), b = kind_of(node->b);
    bool strings = a == FEEL_STRING || b == FEEL_STRING;
    need(types, node->a, strings ? FEEL_STRING : FEEL_NUMBER, strings ? "`+` with a string" : "`+`");
    need(types, node->b, strings ? FEEL_STRING : FEEL_NUMBER, strings ? "`+` with a string" : "`+`");
}

static bool is_temporal(enum feel_kind kind)
{
    return kind >= FEEL_DATE && kind <= FEEL_MONTHS_DURATION;
}

/* Dates, times and durations have tables of their own of what goes with what. */
static void check_temporal(const struct types *types, const struct feel_node *node)
{
    enum feel_kind a = kind_of(node->a), b = kind_of(node->b);
    bool known = a != FEEL_ANY && (node->b == NULL || b != FEEL_ANY);
    if (known && feel_temporal_result((enum feel_op)node->op, a, b) == FEEL_ANY)
        check_error(types->checker, "type", place_of(types, node), STR(""),
                    "%s and %s cannot be calculated with like this; change one of them", kind_name(a),
                    node->b == NULL ? "a sign" : kind_name(b));
}

static void check_arithmetic(const struct types *types, const struct feel_node *node)
{
    if (is_temporal(kind_of(node->a)) || is_temporal(kind_of(node->b))) {
        check_temporal(types, node);
    } else if (node->op == FEEL_ADD) {
        check_sum(types, node);
    } else if (node->op == FEEL_NEGATE) {
        need(types, node->a, FEEL_NUMBER, "`-`");
    } else {
        need(types, node->a, FEEL_NUMBER, "arithmetic");
        need(types, node->b, FEEL_NUMBER, "arithmetic");
    }
}

/* What the node itself says, without its parts. */
static void check_node(const struct types *types, const struct feel_node *node)
{
    struct input input = {0};
    switch ((enum feel_op)node->op) {
    case FEEL_NEGATE:
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
    case FEEL_DIVIDE:
    case FEEL_POWER:
        check_arithmetic(types, node);
        break;
    case FEEL_EQUAL:
    case FEEL_UNEQUAL:
        check_comparison(types, node, false);
        break;
    case FEEL_LESS:
    case FEEL_LESS_OR_EQUAL:
    case FEEL_GREATER:
    case FEEL_GREATER_OR_EQUAL:
        check_comparison(types, node, true);
        break;
    case FEEL_AND:
    case FEEL_OR:
        need(types, node->a, FEEL_BOOLEAN, "`and` and `or`");
        need(types, node->b, FEEL_BOOLEAN, "`and` and `or`");
        break;
    case FEEL_IF:
        need(types, node->a, FEEL_BOOLEAN, "`if`");
        break;
    case FEEL_IN:
        input.kind = kind_of(node->a);
        input.choice = choice_of(types, node->a, &input.name);
        if (input.choice != NULL)
            check_test(types, &input, node->b);
        break;
    default:
        break;
    }
}

/* ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void walk(const struct types *types, const struct feel_node *node);

static void walk_three(const struct types *types, const struct feel_node *node)
{
    walk(types, node->a);
    walk(types, node->b);
    walk(types, node->c);
}

static void walk_many(const struct types *types, const struct feel_node *node)
{
    for (size_t i = 0; i < node->many.n; i++)
        walk(types, node->many.items[i]);
}

/* As deep as the tree, which FEEL_MAX_HEIGHT bounds. */
static void walk(const struct types *types, const struct feel_node *node)
{
    if (node == NULL)
        return;
    check_node(types, node);
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
    case FEEL_VARIABLE:
    case FEEL_LOCAL:
    case FEEL_MEMBER:
    case FEEL_INPUT:
    case FEEL_BUILTIN:
    case FEEL_TEST_ANYTHING:
    case FEEL_EXTERNAL:
    case FEEL_FUNCTION_OF: /* what its parameters will be is not known */
        break;
    case FEEL_NEGATE:
    case FEEL_TEST_COMPARE:
    case FEEL_TEST_VALUE:
    case FEEL_TEST_NOT:
        walk(types, node->a);
        break;
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
    case FEEL_DIVIDE:
    case FEEL_POWER:
    case FEEL_EQUAL:
    case FEEL_UNEQUAL:
    case FEEL_LESS:
    case FEEL_LESS_OR_EQUAL:
    case FEEL_GREATER:
    case FEEL_GREATER_OR_EQUAL:
    case FEEL_AND:
    case FEEL_OR:
    case FEEL_IN:
    case FEEL_FILTER:
    case FEEL_INTERVAL:
        walk(types, node->a);
        walk(types, node->b);
        break;
    case FEEL_BETWEEN:
    case FEEL_IF:
        walk_three(types, node);
        break;
    case FEEL_PATH:
        walk(types, node->path.of);
        break;
    case FEEL_INSTANCE:
        walk(types, node->instance.of);
        break;
    case FEEL_LIST_OF:
    case FEEL_CONTEXT_OF:
    case FEEL_CALL:
    case FEEL_FOR:
    case FEEL_SOME:
    case FEEL_EVERY:
    case FEEL_TEST_ANY_OF:
        walk_many(types, node);
        break;
    }
}

/* ── what an expression is for ─────────────────────────────────────────────────────────────────────────────────── */

static void check_result(const struct types *types, enum check_use use)
{
    const struct feel_node *root = types->expr->root;
    enum feel_kind kind = kind_of(root);
    switch (use) {
    case CHECK_CONDITION:
        if (kind != FEEL_ANY && kind != FEEL_BOOLEAN)
            check_error(types->checker, "not_boolean", place_of(types, root), STR(""),
                        "a condition is true or false, this is %s; compare it with something", kind_name(kind));
        break;
    case CHECK_TEXT:
        if (kind == FEEL_CONTEXT || kind == FEEL_FUNCTION || kind == FEEL_RANGE)
            check_error(types->checker, "not_text", place_of(types, root), STR(""),
                        "%s cannot stand in a text; write one of its members, as `.name`", kind_name(kind));
        break;
    case CHECK_RECOMMEND:
        if (kind != FEEL_ANY && kind != FEEL_CONTEXT)
            check_error(types->checker, "not_record", place_of(types, root), STR(""),
                        "`recommend` needs a record with an `id`, this is %s; write `list[id = …][1]`",
                        kind_name(kind));
        break;
    case CHECK_VALUE:
    case CHECK_TEST:
        break;
    }
}

static void look(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct types types = {self, expr};
    walk(&types, expr->root);
    check_result(&types, use);
}

static void look_at_cells(struct checker *checker, const struct table *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        struct types types = {checker, table->inputs[i].expr};
        const struct feel_node *root = table->inputs[i].expr->root;
        struct input input = {.kind = kind_of(root), .name = feel_expr_text(table->inputs[i].expr)};
        struct str name;
        input.choice = choice_of(&types, root, &name);
        for (size_t r = 0; r < table->n_rules; r++) {
            types.expr = table->rules[r].tests[i];
            if (types.expr != NULL)
                check_test(&types, &input, types.expr->root);
        }
    }
}

void check_types(struct checker *checker)
{
    check_each_expr(checker->definition, look, checker);
    for (size_t i = 0; i < checker->definition->n_tables; i++)
        look_at_cells(checker, checker->definition->tables[i].table);
}
