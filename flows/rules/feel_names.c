#include "flows/rules/feel_parser.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/feel_builtin.h"

#include "bot/base/banned.h"

enum { FIRST_USES = 8, MAX_DISTANCE = 3, MAX_SHOWN = 60 };

struct binding *feel_scope_push(struct parser *p, struct str name, const struct feel_type *type)
{
    size_t depth = p->scope == NULL ? 0 : p->scope->depth + 1;
    if (depth >= FEEL_MAX_NAMES)
        return feel_parse_fail(p, p->scan.at, "more than %d names at once; split the expression up", FEEL_MAX_NAMES);
    struct binding *binding = arena_alloc(p->compiler->arena, sizeof *binding);
    if (binding == NULL)
        return feel_parse_no_memory(p);
    *binding = (struct binding){.up = p->scope, .name = name, .type = type, .depth = depth};
    p->scope = binding;
    return binding;
}

/* The best reading of the text here as a name in scope. */
struct match {
    size_t bytes; /* 0: none */
    struct str name;
    const struct feel_type *type;
    struct binding *local; /* or a slot or a built-in function */
    size_t hops, slot;
    const struct feel_builtin *builtin;
};

static const struct feel_names *outer_names(const struct parser *p)
{
    static const struct feel_names none = {NULL, 0};
    return p->compiler->names == NULL ? &none : p->compiler->names;
}

static void match_locals(const struct parser *p, struct match *best)
{
    size_t hops = 0;
    for (struct binding *b = p->scope; b != NULL; b = b->up, hops++) {
        struct str name = b->is_filter ? STR("item") : b->name;
        size_t bytes = feel_scan_matches_name(&p->scan, name);
        if (bytes > best->bytes)
            *best = (struct match){.bytes = bytes, .name = name, .type = b->type, .local = b, .hops = hops};
    }
}

static void match_outer(const struct parser *p, struct match *best)
{
    const struct feel_names *names = outer_names(p);
    for (size_t i = 0; i < names->n; i++) {
        size_t bytes = feel_scan_matches_name(&p->scan, names->items[i].name);
        if (bytes > best->bytes)
            *best =
                (struct match){.bytes = bytes, .name = names->items[i].name, .type = names->items[i].type, .slot = i};
    }
}

static bool is_called(const struct parser *p, size_t bytes)
{
    struct feel_scan after = {p->scan.text, p->scan.at + bytes};
    return feel_scan_space(&after) && feel_scan_sees(&after, STR("("));
}

/* Whether a call of the name means what was found, not the built-in function: it is a function, or a local of which
 * nothing is known. */
static bool may_be_called(const struct match *match)
{
    if (match->type != NULL && match->type->kind != FEEL_ANY)
        return match->type->kind == FEEL_FUNCTION;
    return match->local != NULL;
}

/* A built-in function wins over a shorter name, and over a variable of the same name that is no function but called. */
static void match_builtins(const struct parser *p, struct match *best)
{
    const struct feel_builtin *builtin;
    for (size_t i = 0; (builtin = feel_builtin_at(i)) != NULL; i++) {
        size_t bytes = feel_scan_matches_name(&p->scan, builtin->name);
        bool same = bytes > 0 && bytes == best->bytes;
        if (bytes > best->bytes || (same && !may_be_called(best) && is_called(p, bytes)))
            *best = (struct match){.bytes = bytes, .name = builtin->name, .builtin = builtin};
    }
}

static struct match best_match(const struct parser *p)
{
    struct match best = {0};
    match_locals(p, &best);
    match_outer(p, &best);
    match_builtins(p, &best);
    return best;
}

bool feel_scope_has_longer(const struct parser *p, size_t bytes)
{
    return best_match(p).bytes > bytes;
}

/* ── members ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct feel_member *find_member(const struct feel_type *type, struct str name)
{
    for (size_t i = 0; i < type->n_members; i++)
        if (str_eq(type->members[i].name, name))
            return &type->members[i];
    return NULL;
}

static const struct feel_member *match_member(const struct parser *p, const struct feel_type *type, size_t *ret_bytes)
{
    const struct feel_member *best = NULL;
    *ret_bytes = 0;
    if (type == NULL || type->kind != FEEL_CONTEXT)
        return NULL;
    for (size_t i = 0; i < type->n_members; i++) {
        size_t bytes = feel_scan_matches_name(&p->scan, type->members[i].name);
        if (bytes > *ret_bytes) {
            best = &type->members[i];
            *ret_bytes = bytes;
        }
    }
    return best;
}

/* Whether a value of this type may have a member of that name. */
static bool may_have(const struct feel_type *type, struct str name)
{
    if (type == NULL || type->kind == FEEL_ANY)
        return true;
    return type->kind == FEEL_CONTEXT && (!type->closed || find_member(type, name) != NULL);
}

/* ── did you mean ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct nearest {
    struct str wanted, name;
    size_t distance;
};

static void consider(struct nearest *nearest, struct str name)
{
    size_t distance = text_distance(nearest->wanted, name, nearest->distance);
    if (distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}

static struct nearest nearest_start(struct str wanted)
{
    size_t limit = text_length(wanted) / 3 + 1;
    return (struct nearest){.wanted = wanted, .distance = 1 + (limit < MAX_DISTANCE ? limit : MAX_DISTANCE)};
}

static struct str nearest_name(const struct parser *p, struct str wanted, bool called)
{
    struct nearest nearest = nearest_start(wanted);
    if (text_length(wanted) < 2)
        return STR("");
    for (const struct binding *b = p->scope; b != NULL; b = b->up)
        consider(&nearest, b->name);
    const struct feel_names *names = outer_names(p);
    for (size_t i = 0; i < names->n; i++)
        consider(&nearest, names->items[i].name);
    const struct feel_builtin *builtin;
    for (size_t i = 0; called && (builtin = feel_builtin_at(i)) != NULL; i++)
        consider(&nearest, builtin->name);
    return nearest.name;
}

static void *unknown_name(struct parser *p, struct str name, bool called)
{
    struct str near = nearest_name(p, name, called), shown = text_first(name, MAX_SHOWN);
    if (near.n > 0)
        return feel_parse_fail(p, p->scan.at, "`%.*s` is no %s; did you mean `%.*s`?", STR_ARG(shown),
                               called ? "function" : "variable", STR_ARG(text_first(near, MAX_SHOWN)));
    if (called)
        return feel_parse_fail(p, p->scan.at, "`%.*s` is no function; use one of FEEL's built-in functions",
                               STR_ARG(shown));
    return feel_parse_fail(p, p->scan.at, "`%.*s` is no variable; did you mean `\"%.*s\"`?", STR_ARG(shown),
                           STR_ARG(shown));
}

static void *unknown_member(struct parser *p, struct str name, const struct feel_type *type)
{
    struct nearest nearest = nearest_start(name);
    struct str shown = text_first(name, MAX_SHOWN);
    for (size_t i = 0; i < type->n_members; i++)
        consider(&nearest, type->members[i].name);
    if (nearest.name.n > 0)
        return feel_parse_fail(p, p->scan.at, "there is no member `%.*s`; did you mean `%.*s`?", STR_ARG(shown),
                               STR_ARG(text_first(nearest.name, MAX_SHOWN)));
    return feel_parse_fail(p, p->scan.at, "there is no member `%.*s`; correct the name", STR_ARG(shown));
}

/* ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool record_use(struct parser *p, const struct match *match, bool maybe)
{
    if (p->n_uses == p->uses_capacity) {
        size_t capacity = p->uses_capacity == 0 ? FIRST_USES : 2 * p->uses_capacity;
        struct feel_use *uses = arena_alloc_array(p->compiler->arena, capacity, sizeof *uses);
        if (uses == NULL) {
            feel_parse_no_memory(p);
            return false;
        }
        if (p->n_uses > 0)
            memcpy(uses, p->uses, p->n_uses * sizeof *uses);
        p->uses = uses;
        p->uses_capacity = capacity;
    }
    p->uses[p->n_uses++] =
        (struct feel_use){.name = match->name, .slot = match->slot, .offset = p->scan.at, .maybe = maybe};
    return true;
}

static struct feel_node *matched_node(struct parser *p, const struct match *match)
{
    enum feel_op op = match->builtin != NULL ? FEEL_BUILTIN : match->local != NULL ? FEEL_LOCAL : FEEL_VARIABLE;
    struct feel_node *node = feel_node_new(p, op, p->scan.at);
    if (node == NULL)
        return NULL;
    node->type = match->type;
    if (match->builtin != NULL) {
        node->builtin = match->builtin;
        return node;
    }
    node->name.text = match->name;
    node->name.slot = (uint32_t)(match->local != NULL ? match->hops : match->slot);
    if (match->local != NULL)
        match->local->used = true;
    return node;
}

static struct feel_node *member_node(struct parser *p, struct str name, size_t hops, const struct feel_node *otherwise)
{
    struct feel_node *node = feel_node_new(p, FEEL_MEMBER, p->scan.at);
    if (node == NULL || (otherwise != NULL && !feel_node_adopt(p, node, otherwise)))
        return NULL;
    node->name.text = name;
    node->name.slot = (uint32_t)hops;
    node->name.otherwise = otherwise;
    return node;
}

/* Puts the elements of the filters around between the name and what it means outside: the innermost is asked first. */
static struct feel_node *within_filters(struct parser *p, struct str name, struct feel_node *outside,
                                        const struct binding *until, const struct binding *from, size_t hops)
{
    for (; from != until && !from->is_filter; from = from->up)
        hops++;
    if (from == until)
        return outside;
    outside = within_filters(p, name, outside, until, from->up, hops + 1);
    if (p->rc != OK || !may_have(from->type, name))
        return outside;
    const struct feel_member *member =
        from->type != NULL && from->type->kind == FEEL_CONTEXT ? find_member(from->type, name) : NULL;
    struct feel_node *node = member_node(p, name, hops, outside);
    if (node != NULL)
        node->type = member == NULL ? NULL : member->type;
    return node;
}

/* The longest member of an element around that the text starts with. */
static size_t match_filter_members(const struct parser *p)
{
    size_t longest = 0, bytes;
    for (const struct binding *b = p->scope; b != NULL; b = b->up) {
        if (b->is_filter && match_member(p, b->type, &bytes) != NULL && bytes > longest)
            longest = bytes;
    }
    return longest;
}

static bool is_in_filter(const struct parser *p)
{
    for (const struct binding *b = p->scope; b != NULL; b = b->up)
        if (b->is_filter)
            return true;
    return false;
}

static struct str text_here(const struct parser *p, size_t bytes)
{
    return str_first(str_skip(p->scan.text, p->scan.at), bytes);
}

struct feel_node *feel_parse_name(struct parser *p)
{
    struct match match = best_match(p);
    size_t run = feel_scan_unknown_name(&p->scan), members = match_filter_members(p);
    size_t bytes = match.bytes > members ? match.bytes : members;
    if (run > bytes)
        bytes = run;
    if (bytes == 0)
        return feel_parse_expected(p, "a value");
    bool known = match.bytes == bytes, in_filter = is_in_filter(p);
    if (!known && !in_filter)
        return unknown_name(p, text_here(p, run), is_called(p, run));

    struct str name = known ? match.name : feel_scan_normal_name(p->compiler->arena, text_here(p, bytes));
    if (name.p == NULL)
        return feel_parse_no_memory(p);
    struct feel_node *node = known ? matched_node(p, &match) : NULL;
    if (known && node == NULL)
        return NULL;
    struct binding *until = known && match.local != NULL ? match.local : NULL;
    if (until != NULL && until->is_filter)
        until = until->up; /* `item` may be a member of the element, too */
    struct feel_node *outside = node;
    if (!known || match.builtin == NULL || !is_called(p, bytes))
        node = within_filters(p, name, node, until, p->scope, 0);
    if (p->rc != OK)
        return NULL;
    if (node == NULL)
        return unknown_name(p, name, is_called(p, bytes));
    if (known && match.builtin == NULL && match.local == NULL && !record_use(p, &match, node != outside))
        return NULL;
    p->scan.at += bytes;
    (void)feel_scan_space(&p->scan);
    return node;
}

struct str feel_parse_member_name(struct parser *p, const struct feel_type *type, const struct feel_type **ret_type)
{
    const struct str failed = {NULL, 0};
    if (type != NULL && type->kind == FEEL_LIST)
        type = type->item;
    size_t bytes, run = feel_scan_unknown_name(&p->scan);
    const struct feel_member *member = match_member(p, type, &bytes);
    *ret_type = NULL;
    if (member != NULL && bytes >= run) {
        *ret_type = member->type;
        p->scan.at += bytes;
        (void)feel_scan_space(&p->scan);
        return member->name;
    }
    if (run == 0) {
        feel_parse_expected(p, "the name of a member");
        return failed;
    }
    struct str name = feel_scan_normal_name(p->compiler->arena, text_here(p, run));
    if (name.p == NULL) {
        feel_parse_no_memory(p);
        return failed;
    }
    if (type != NULL && type->kind == FEEL_CONTEXT && type->closed) {
        unknown_member(p, name, type);
        return failed;
    }
    p->scan.at += run;
    (void)feel_scan_space(&p->scan);
    return name;
}
