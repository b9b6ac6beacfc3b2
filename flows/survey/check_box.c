#include "flows/survey/check_box.h"

#include <string.h>

#include "bot/base/arena.h"
#include "flows/rules/feel_builtin.h"

#include "bot/base/banned.h"

enum { BOX_NEW, BOX_OPEN, BOX_DONE };

static const struct box unknown = {.kind = FEEL_ANY};
static const struct box any_number = {.kind = FEEL_NUMBER};

void boxes_init(struct boxes *boxes, struct checker *checker)
{
    size_t n = checker->definition->names.n;
    *boxes = (struct boxes){
        .checker = checker,
        .known = arena_alloc_array(checker->arena, n, sizeof *boxes->known),
        .state = arena_alloc_array(checker->arena, n, sizeof *boxes->state),
    };
    checker->findings->failed = checker->findings->failed || boxes->known == NULL || boxes->state == NULL;
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct box number_between(struct decimal min, struct decimal max, bool integer)
{
    return (struct box){
        .kind = FEEL_NUMBER, .has_min = true, .has_max = true, .min = min, .max = max, .integer = integer};
}

static bool is_bounded(const struct box *box)
{
    return box->kind == FEEL_NUMBER && box->has_min && box->has_max;
}

static struct box negate(struct box a)
{
    struct box result = a;
    result.has_min = a.has_max;
    result.has_max = a.has_min;
    if (a.has_max)
        result.min = decimal_negate(a.max);
    if (a.has_min)
        result.max = decimal_negate(a.min);
    return result;
}

static struct box add(struct box a, struct box b)
{
    struct box sum = {.kind = FEEL_NUMBER, .integer = a.integer && b.integer};
    sum.has_min = a.has_min && b.has_min && decimal_add(a.min, b.min, &sum.min);
    sum.has_max = a.has_max && b.has_max && decimal_add(a.max, b.max, &sum.max);
    return sum;
}

/* The least and greatest of what `operation` makes of the ends. */
static struct box of_ends(struct box a, struct box b,
                          bool (*operation)(struct decimal, struct decimal, struct decimal *))
{
    struct decimal ends_a[2] = {a.min, a.max}, ends_b[2] = {b.min, b.max}, value;
    struct box result = {.kind = FEEL_NUMBER, .integer = a.integer && b.integer};
    if (!is_bounded(&a) || !is_bounded(&b))
        return any_number;
    for (size_t i = 0; i < 4; i++) {
        if (!operation(ends_a[i / 2], ends_b[i % 2], &value))
            return any_number;
        if (i == 0 || decimal_cmp(value, result.min) < 0)
            result.min = value;
        if (i == 0 || decimal_cmp(value, result.max) > 0)
            result.max = value;
    }
    result.has_min = result.has_max = true;
    return result;
}

static struct box divide(struct box a, struct box b)
{
    struct decimal zero = decimal_from_i64(0);
    if (!is_bounded(&b) || (decimal_cmp(b.min, zero) <= 0 && decimal_cmp(b.max, zero) >= 0))
        return any_number;
    struct box result = of_ends(a, b, decimal_div);
    result.integer = false;
    return result;
}

/* Of what is not negative: the power grows with its base. */
static struct box power(struct box a, struct box b)
{
    bool fixed = is_bounded(&b) && decimal_cmp(b.min, b.max) == 0 && !decimal_is_negative(b.min);
    if (!fixed || !is_bounded(&a) || decimal_is_negative(a.min))
        return any_number;
    struct box result = number_between(a.min, a.max, false);
    if (!decimal_pow(a.min, b.min, &result.min) || !decimal_pow(a.max, b.min, &result.max))
        return any_number;
    return result;
}

/* ── sets ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_item(const struct box *box, struct str item)
{
    return strs_contain((struct strs){box->items, box->n}, item);
}

static struct box unite_strings(struct boxes *boxes, struct box a, struct box b)
{
    struct str *items = arena_alloc_array(boxes->checker->arena, a.n + b.n, sizeof *items);
    if (items == NULL || !a.is_listed || !b.is_listed)
        return (struct box){.kind = FEEL_STRING};
    if (a.n > 0)
        memcpy(items, a.items, a.n * sizeof *items);
    size_t n = a.n;
    for (size_t i = 0; i < b.n; i++)
        if (!has_item(&a, b.items[i]))
            items[n++] = b.items[i];
    return (struct box){.kind = FEEL_STRING, .is_listed = true, .items = items, .n = n};
}

static struct box unite(struct boxes *boxes, struct box a, struct box b)
{
    if (a.kind != b.kind)
        return unknown;
    if (a.kind == FEEL_STRING)
        return unite_strings(boxes, a, b);
    if (a.kind != FEEL_NUMBER)
        return (struct box){.kind = a.kind};
    struct box both = {.kind = FEEL_NUMBER,
                       .integer = a.integer && b.integer,
                       .has_min = a.has_min && b.has_min,
                       .has_max = a.has_max && b.has_max,
                       .min = a.min,
                       .max = a.max};
    if (both.has_min && decimal_cmp(b.min, both.min) < 0)
        both.min = b.min;
    if (both.has_max && decimal_cmp(b.max, both.max) > 0)
        both.max = b.max;
    return both;
}

/* ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct box of_options(struct boxes *boxes, const struct ask *ask)
{
    struct str *items = arena_alloc_array(boxes->checker->arena, ask->n_options, sizeof *items);
    if (items == NULL)
        return unknown;
    for (size_t i = 0; i < ask->n_options; i++)
        items[i] = ask->options[i].value;
    return (struct box){.kind = FEEL_STRING, .is_listed = true, .items = items, .n = ask->n_options};
}

static struct box of_variable(struct boxes *boxes, const struct variable *variable)
{
    const struct ask *ask = variable->ask;
    if (ask == NULL || variable->is_set)
        return unknown;
    switch (ask->type) {
    case ASK_NUMBER:
    case ASK_SCALE:
        return (struct box){.kind = FEEL_NUMBER,
                            .has_min = ask->has_min,
                            .has_max = ask->has_max,
                            .integer = ask->integer || ask->type == ASK_SCALE,
                            .min = ask->min,
                            .max = ask->max};
    case ASK_CHOICE:
        return of_options(boxes, ask);
    case ASK_YES_NO:
        return (struct box){.kind = FEEL_BOOLEAN};
    case ASK_TEXT:
    case ASK_PHONE:
    case ASK_EMAIL:
        return (struct box){.kind = FEEL_STRING};
    case ASK_CHOICES:
    case ASK_DATE:
    case ASK_FILE:
        return unknown;
    }
    return unknown;
}

/* Of one output, over all rules and the default. */
static struct box of_output(struct boxes *boxes, const struct table *table, size_t output)
{
    struct box all = unknown;
    switch (table->hit) {
    case TABLE_UNIQUE:
    case TABLE_ANY:
    case TABLE_PRIORITY:
    case TABLE_FIRST:
        break;
    case TABLE_RULE_ORDER:
    case TABLE_OUTPUT_ORDER:
    case TABLE_COLLECT:
    case TABLE_SUM:
    case TABLE_MIN:
    case TABLE_MAX:
    case TABLE_COUNT:
        return unknown;
    }
    for (size_t r = 0; r < table->n_rules; r++) {
        struct box one = boxes_of(boxes, table->rules[r].outputs[output]->root);
        all = r == 0 ? one : unite(boxes, all, one);
    }
    const struct feel_expr *otherwise = table->outputs[output].otherwise;
    return otherwise == NULL ? all : unite(boxes, all, boxes_of(boxes, otherwise->root));
}

static struct box of_slot(struct boxes *boxes, size_t slot)
{
    const struct definition *def = boxes->checker->definition;
    if (boxes->known == NULL || boxes->state == NULL || boxes->state[slot] == BOX_OPEN)
        return unknown;
    if (boxes->state[slot] == BOX_DONE)
        return boxes->known[slot];
    boxes->state[slot] = BOX_OPEN;
    struct box box = unknown;
    size_t index = def->slots[slot].index;
    switch (def->slots[slot].kind) {
    case SLOT_VARIABLE:
        box = of_variable(boxes, &def->variables[index]);
        break;
    case SLOT_LET:
        box = boxes_of(boxes, def->lets[index].expr->root);
        break;
    case SLOT_TABLE:
        if (def->tables[index].table->n_outputs == 1)
            box = of_output(boxes, def->tables[index].table, 0);
        break;
    case SLOT_DECISION:
    case SLOT_CATALOG:
        break;
    }
    boxes->state[slot] = BOX_DONE;
    boxes->known[slot] = box;
    return box;
}

/* The output of a table, or of those that an `if` picks from.  As deep as lets need each other. */
static struct box of_member(struct boxes *boxes, const struct feel_node *of, struct str member)
{
    const struct definition *def = boxes->checker->definition;
    if (of->op == FEEL_IF)
        return unite(boxes, of_member(boxes, of->b, member), of_member(boxes, of->c, member));
    if (of->op != FEEL_VARIABLE)
        return unknown;
    struct slot slot = def->slots[of->name.slot];
    if (slot.kind == SLOT_LET)
        return of_member(boxes, def->lets[slot.index].expr->root, member);
    if (slot.kind != SLOT_TABLE)
        return unknown;
    const struct table *table = def->tables[slot.index].table;
    for (size_t i = 0; i < table->n_outputs; i++)
        if (str_eq(table->outputs[i].name, member))
            return of_output(boxes, table, i);
    return unknown;
}

/* ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_rounding(struct str name)
{
    static const struct str names[] = {STR_INIT("floor"),          STR_INIT("ceiling"),    STR_INIT("decimal"),
                                       STR_INIT("round up"),       STR_INIT("round down"), STR_INIT("round half up"),
                                       STR_INIT("round half down")};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

/* Every rounding stays between the floor and the ceiling. */
static struct box rounded(struct boxes *boxes, const struct feel_node *call)
{
    struct box a = boxes_of(boxes, call->many.items[0]);
    struct box scale = number_between(decimal_from_i64(0), decimal_from_i64(0), true);
    int64_t digits = 0;
    if (call->many.n > 1)
        scale = boxes_of(boxes, call->many.items[1]);
    if (!is_bounded(&a) || !is_bounded(&scale) || decimal_cmp(scale.min, scale.max) != 0 ||
        !decimal_to_i64(scale.min, &digits))
        return any_number;
    struct box result = number_between(a.min, a.max, digits <= 0);
    if (!decimal_scale(a.min, digits, DECIMAL_FLOOR, &result.min) ||
        !decimal_scale(a.max, digits, DECIMAL_CEILING, &result.max))
        return any_number;
    return result;
}

/* max(a, b, …): not below any of its arguments.  min is the same upside down. */
static struct box greatest(struct boxes *boxes, const struct feel_node *call, bool least)
{
    struct box result = any_number;
    for (size_t i = 0; i < call->many.n; i++) {
        struct box a = boxes_of(boxes, call->many.items[i]);
        if (a.kind != FEEL_NUMBER)
            return any_number;
        a = least ? negate(a) : a;
        if (i == 0) {
            result = a;
            continue;
        }
        result.integer = result.integer && a.integer;
        if (a.has_min && (!result.has_min || decimal_cmp(a.min, result.min) > 0))
            result.min = a.min;
        result.has_min = result.has_min || a.has_min;
        result.has_max = result.has_max && a.has_max;
        if (result.has_max && decimal_cmp(a.max, result.max) > 0)
            result.max = a.max;
    }
    return least ? negate(result) : result;
}

static struct box of_call(struct boxes *boxes, const struct feel_node *node)
{
    const struct feel_node *callee = node->many.callee;
    if (callee == NULL || callee->op != FEEL_BUILTIN || node->many.n == 0 || node->many.names != NULL)
        return unknown;
    struct str name = callee->builtin->name;
    if (is_rounding(name))
        return rounded(boxes, node);
    bool least = str_eq(name, STR("min"));
    if (node->many.n > 1 && (least || str_eq(name, STR("max"))))
        return greatest(boxes, node, least);
    return node->type == NULL ? unknown : (struct box){.kind = node->type->kind};
}

/* ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────── */

static struct box of_literal(struct boxes *boxes, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return number_between(value->number, value->number, decimal_is_integer(value->number));
    case VALUE_BOOLEAN:
        return (struct box){.kind = FEEL_BOOLEAN};
    case VALUE_STRING: {
        struct str *item = arena_alloc(boxes->checker->arena, sizeof *item);
        if (item == NULL)
            return unknown;
        *item = value->string;
        return (struct box){.kind = FEEL_STRING, .is_listed = true, .items = item, .n = 1};
    }
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
    case VALUE_KINDS:
        break;
    }
    return unknown;
}

static struct box of_arithmetic(struct boxes *boxes, const struct feel_node *node)
{
    struct box a = boxes_of(boxes, node->a), b = boxes_of(boxes, node->b);
    if (a.kind != FEEL_NUMBER || b.kind != FEEL_NUMBER)
        return unknown;
    switch ((enum feel_op)node->op) {
    case FEEL_ADD:
        return add(a, b);
    case FEEL_SUBTRACT:
        return add(a, negate(b));
    case FEEL_MULTIPLY:
        return of_ends(a, b, decimal_mul);
    case FEEL_DIVIDE:
        return divide(a, b);
    case FEEL_POWER:
        return power(a, b);
    default:
        return any_number;
    }
}

static struct box of_if(struct boxes *boxes, const struct feel_node *node)
{
    enum truth truth = boxes->more == NULL ? TRUTH_NULL : boxes->more->decide(boxes->more->self, node->a);
    if (truth != TRUTH_NULL)
        return boxes_of(boxes, truth == TRUTH_TRUE ? node->b : node->c);
    return unite(boxes, boxes_of(boxes, node->b), boxes_of(boxes, node->c));
}

struct box boxes_of(struct boxes *boxes, const struct feel_node *node)
{
    struct box known;
    bool names = node->op == FEEL_VARIABLE || node->op == FEEL_PATH;
    if (names && boxes->more != NULL && boxes->more->know(boxes->more->self, node, &known))
        return known;
    switch ((enum feel_op)node->op) {
    case FEEL_LITERAL:
        return of_literal(boxes, &node->literal);
    case FEEL_VARIABLE:
        return of_slot(boxes, node->name.slot);
    case FEEL_PATH:
        return of_member(boxes, node->path.of, node->path.member);
    case FEEL_NEGATE: {
        struct box a = boxes_of(boxes, node->a);
        return a.kind == FEEL_NUMBER ? negate(a) : unknown;
    }
    case FEEL_ADD:
    case FEEL_SUBTRACT:
    case FEEL_MULTIPLY:
    case FEEL_DIVIDE:
    case FEEL_POWER:
        return of_arithmetic(boxes, node);
    case FEEL_IF:
        return of_if(boxes, node);
    case FEEL_CALL:
        return of_call(boxes, node);
    default:
        break;
    }
    struct box box = unknown;
    if (node->type != NULL && node->type->kind != FEEL_NULL)
        box.kind = node->type->kind;
    return box;
}
