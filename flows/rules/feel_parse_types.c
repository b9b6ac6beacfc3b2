/* Types, as `instance of` and parameters name them (DMN 1.5 §10.3.1.2, rules 65–68). */
#include "flows/rules/feel_parser.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"

#include "bot/base/banned.h"

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
        return feel_parse_no_memory(p);
    type->kind = kind;
    if (!feel_scan_accept(&p->scan, STR("<")))
        return type;
    if ((type->item = feel_parse_type(p)) == NULL)
        return NULL;
    return feel_scan_accept(&p->scan, STR(">")) ? type : feel_parse_expected(p, "the `>` of the type");
}

static const struct feel_type *parse_context_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    struct feel_member *members = arena_alloc_array(p->compiler->arena, FEEL_MAX_PARAMETERS, sizeof *members);
    if (type == NULL || members == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .members = members};
    if (!feel_scan_accept(&p->scan, STR("<")) || feel_scan_accept(&p->scan, STR(">")))
        return type;
    do {
        struct feel_member *member = &members[type->n_members];
        if (type->n_members == FEEL_MAX_PARAMETERS)
            return feel_parse_fail(p, p->scan.at, "a type of more than %d members", FEEL_MAX_PARAMETERS);
        if ((member->name = feel_parse_key(p)).p == NULL)
            return NULL;
        if (!feel_scan_accept(&p->scan, STR(":")))
            return feel_parse_expected(p, "`:` after the member's name");
        if ((member->type = feel_parse_type(p)) == NULL)
            return NULL;
        type->n_members++;
    } while (feel_scan_accept(&p->scan, STR(",")));
    return feel_scan_accept(&p->scan, STR(">")) ? type : feel_parse_expected(p, "the `>` of the type");
}

static const struct feel_type *parse_function_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return feel_parse_no_memory(p);
    type->kind = FEEL_FUNCTION;
    if (feel_scan_accept(&p->scan, STR("<")) && !feel_scan_accept(&p->scan, STR(">"))) {
        do {
            if (feel_parse_type(p) == NULL)
                return NULL;
        } while (feel_scan_accept(&p->scan, STR(",")));
        if (!feel_scan_accept(&p->scan, STR(">")))
            return feel_parse_expected(p, "the `>` of the type");
    }
    if (feel_scan_accept(&p->scan, STR("->")) && (type->item = feel_parse_type(p)) == NULL)
        return NULL;
    return type;
}

static const struct feel_type *parse_any_type(struct parser *p)
{
    for (size_t i = 0; i < COUNT_OF(simple_types); i++)
        if (feel_scan_accept_word(&p->scan, simple_types[i].name))
            return &simple_types[i].type;
    if (feel_scan_accept_word(&p->scan, STR("list")))
        return parse_generic(p, FEEL_LIST);
    if (feel_scan_accept_word(&p->scan, STR("range")))
        return parse_generic(p, FEEL_RANGE);
    if (feel_scan_accept_word(&p->scan, STR("context")))
        return parse_context_type(p);
    if (feel_scan_accept_word(&p->scan, STR("function")))
        return parse_function_type(p);
    return feel_parse_expected(
        p, "a type (number, string, boolean, list<…>, context<…>, range<…>, function<…> -> …, Any)");
}

const struct feel_type *feel_parse_type(struct parser *p)
{
    if (!feel_parse_enter(p))
        return NULL;
    const struct feel_type *type = parse_any_type(p);
    feel_parse_leave(p);
    return type;
}
