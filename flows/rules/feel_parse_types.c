/* Types, as `instance of` and parameters name them (DMN 1.5 §10.3.1.2, rules 65–68). */
#include "flows/rules/feel_parser.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static const struct feel_type any_type = {.kind = FEEL_ANY};

static const struct {
    struct str name;
    struct feel_type type;
} simple_types[] = {
    {STR_INIT("number"), {.kind = FEEL_NUMBER}},
    {STR_INIT("string"), {.kind = FEEL_STRING}},
    {STR_INIT("boolean"), {.kind = FEEL_BOOLEAN}},
    {STR_INIT("Any"), {.kind = FEEL_ANY}},
    {STR_INIT("date"), {.kind = FEEL_DATE}},
    {STR_INIT("time"), {.kind = FEEL_TIME}},
    {STR_INIT("date and time"), {.kind = FEEL_DATE_TIME}},
    {STR_INIT("days and time duration"), {.kind = FEEL_DAYS_DURATION}},
    {STR_INIT("years and months duration"), {.kind = FEEL_MONTHS_DURATION}},
    {STR_INIT("Null"), {.kind = FEEL_NULL}},
    {STR_INIT("null"), {.kind = FEEL_NULL}},
};

/* `type` says the whole of what it names only when its part does. */
static const struct feel_type *parse_generic(struct parser *p, enum feel_kind kind)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = kind, .bare = true};
    if (!feel_scan_accept(&p->scan, STR("<")))
        return type;
    if ((type->item = feel_parse_type(p)) == NULL)
        return NULL;
    type->bare = type->item->bare;
    return feel_scan_accept(&p->scan, STR(">")) ? type : feel_parse_expected(p, "the `>` of the type");
}

static bool parse_member(struct parser *p, struct feel_type *type, struct feel_member *members, bool named)
{
    struct feel_member *member = &members[type->n_members];
    if (type->n_members == FEEL_MAX_PARAMETERS) {
        feel_parse_fail(p, p->scan.at, "a type of more than %d parts", FEEL_MAX_PARAMETERS);
        return false;
    }
    *member = (struct feel_member){.name = STR("")};
    if (named && (member->name = feel_parse_key(p)).p == NULL)
        return false;
    if (named && !feel_scan_accept(&p->scan, STR(":"))) {
        feel_parse_expected(p, "`:` after the member's name");
        return false;
    }
    if ((member->type = feel_parse_type(p)) == NULL)
        return false;
    type->bare = type->bare || member->type->bare;
    type->n_members++;
    return true;
}

/* Behind the `<`, up to the `>`: the members of a context, or the parameters of a function. */
static bool parse_members(struct parser *p, struct feel_type *type, bool named)
{
    struct feel_member gathered[FEEL_MAX_PARAMETERS], *members;
    type->bare = false;
    if (feel_scan_accept(&p->scan, STR(">")))
        return true;
    do {
        if (!parse_member(p, type, gathered, named))
            return false;
    } while (feel_scan_accept(&p->scan, STR(",")));
    if (!feel_scan_accept(&p->scan, STR(">"))) {
        feel_parse_expected(p, "the `>` of the type");
        return false;
    }
    if ((members = arena_alloc_array(p->compiler->arena, type->n_members, sizeof *members)) == NULL)
        return feel_parse_no_memory(p) != NULL;
    memcpy(members, gathered, type->n_members * sizeof *members);
    type->members = members;
    return true;
}

static const struct feel_type *parse_context_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_CONTEXT, .bare = true};
    return !feel_scan_accept(&p->scan, STR("<")) || parse_members(p, type, true) ? type : NULL;
}

static const struct feel_type *parse_function_type(struct parser *p)
{
    struct feel_type *type = arena_alloc(p->compiler->arena, sizeof *type);
    if (type == NULL)
        return feel_parse_no_memory(p);
    *type = (struct feel_type){.kind = FEEL_FUNCTION, .bare = true};
    if (feel_scan_accept(&p->scan, STR("<")) && !parse_members(p, type, false))
        return NULL;
    if (!feel_scan_accept(&p->scan, STR("->")))
        return type;
    if ((type->item = feel_parse_type(p)) == NULL)
        return NULL;
    type->bare = type->bare || type->item->bare;
    return type;
}

/* The longest name of a type that the text goes on with, FEEL's own or the compiler's. */
static const struct feel_type *match_named(const struct parser *p, size_t *ret_bytes)
{
    const struct feel_names *types = p->compiler->types;
    const struct feel_type *best = NULL;
    *ret_bytes = 0;
    for (size_t i = 0; i < COUNT_OF(simple_types); i++) {
        size_t bytes = feel_scan_matches_name(&p->scan, simple_types[i].name);
        if (bytes > *ret_bytes) {
            best = &simple_types[i].type;
            *ret_bytes = bytes;
        }
    }
    for (size_t i = 0; types != NULL && i < types->n; i++) {
        size_t bytes = feel_scan_matches_name(&p->scan, types->items[i].name);
        if (bytes > *ret_bytes) {
            best = types->items[i].type != NULL ? types->items[i].type : &any_type;
            *ret_bytes = bytes;
        }
    }
    return best;
}

static const struct feel_type *parse_any_type(struct parser *p)
{
    size_t bytes;
    const struct feel_type *named = match_named(p, &bytes);
    if (named != NULL) {
        p->scan.at += bytes;
        (void)feel_scan_space(&p->scan);
        return named;
    }
    if (feel_scan_accept_word(&p->scan, STR("list")))
        return parse_generic(p, FEEL_LIST);
    if (feel_scan_accept_word(&p->scan, STR("range")))
        return parse_generic(p, FEEL_RANGE);
    if (feel_scan_accept_word(&p->scan, STR("context")))
        return parse_context_type(p);
    if (feel_scan_accept_word(&p->scan, STR("function")))
        return parse_function_type(p);
    return feel_parse_expected(p,
                               "a type (number, string, date, list<…>, context<…>, range<…>, function<…> -> …, Any)");
}

const struct feel_type *feel_parse_type(struct parser *p)
{
    if (!feel_parse_enter(p))
        return NULL;
    const struct feel_type *type = parse_any_type(p);
    feel_parse_leave(p);
    return type;
}
