/* Item definitions, and what type references mean (DMN 1.5 §7.3.2, §7.3.3). */
#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"
#include "flows/rules/feel_ast.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60, MAX_DISTANCE = 4 };

/* ── FEEL's types ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* As models, XML Schema and other engines write them. */
static const struct {
    struct str name;
    enum feel_kind kind;
} builtin_types[] = {
    {STR_INIT("number"), FEEL_NUMBER},
    {STR_INIT("integer"), FEEL_NUMBER},
    {STR_INIT("long"), FEEL_NUMBER},
    {STR_INIT("double"), FEEL_NUMBER},
    {STR_INIT("decimal"), FEEL_NUMBER},
    {STR_INIT("string"), FEEL_STRING},
    {STR_INIT("boolean"), FEEL_BOOLEAN},
    {STR_INIT("date"), FEEL_DATE},
    {STR_INIT("time"), FEEL_TIME},
    {STR_INIT("dateTime"), FEEL_DATE_TIME},
    {STR_INIT("date and time"), FEEL_DATE_TIME},
    {STR_INIT("dayTimeDuration"), FEEL_DAYS_DURATION},
    {STR_INIT("days and time duration"), FEEL_DAYS_DURATION},
    {STR_INIT("yearMonthDuration"), FEEL_MONTHS_DURATION},
    {STR_INIT("years and months duration"), FEEL_MONTHS_DURATION},
};

/* A type written in FEEL; NULL: it is none. */
static const struct feel_type *feel_type_called(struct dmn_loader *loader, struct str text)
{
    const struct feel_expr *expr;
    struct feel_compiler compiler = {.arena = loader->arena};
    struct str test = arena_format(loader->arena, "null instance of %.*s", STR_ARG(text));
    if (test.p == NULL || feel_compile(&compiler, &(struct feel_source){.text = test}, &expr) != OK ||
        expr->root->op != FEEL_INSTANCE)
        return NULL;
    return expr->root->instance.type;
}

static struct dmn_type *new_type(struct dmn_loader *loader, struct str name)
{
    struct dmn_type *type = dmn_alloc(loader, 1, sizeof *type);
    if (type == NULL)
        return NULL;
    type->name = name;
    type->feel = &type->own;
    return type;
}

static struct dmn_type *builtin_type(struct dmn_loader *loader, struct str name)
{
    size_t i = 0;
    while (i < COUNT_OF(builtin_types) && !str_eq(builtin_types[i].name, name))
        i++;
    if (i < COUNT_OF(builtin_types) && loader->builtin_types[i] != NULL)
        return loader->builtin_types[i];
    const struct feel_type *feel =
        i < COUNT_OF(builtin_types) ? feel_simple_type(builtin_types[i].kind) : feel_type_called(loader, name);
    struct dmn_type *type = feel == NULL ? NULL : new_type(loader, name);
    if (type == NULL)
        return NULL;
    type->feel = feel;
    type->is_resolved = true;
    if (i < COUNT_OF(builtin_types))
        loader->builtin_types[i] = type;
    return type;
}

const struct feel_type *dmn_function_type(struct dmn_loader *loader, const struct feel_member *parameters, size_t n,
                                          const struct feel_type *result)
{
    struct feel_type *type = dmn_alloc(loader, 1, sizeof *type);
    if (type != NULL)
        *type = (struct feel_type){.kind = FEEL_FUNCTION, .item = result, .members = parameters, .n_members = n};
    return type;
}

const struct feel_type *dmn_parameter_type(const struct feel_type *type)
{
    return type != NULL && type->kind == FEEL_DATE_TIME ? NULL : type;
}

const struct dmn_type *dmn_result_type(const struct dmn_type *type)
{
    if (type == NULL || type->feel->kind != FEEL_FUNCTION)
        return type;
    while (type->base != NULL)
        type = type->base;
    return type->result;
}

/* ── references ────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct dmn_type *defined(struct dmn_loader *loader, const struct dmn_loaded *file, struct str name)
{
    return dmn_index_find(&loader->by_type, file->namespace, name);
}

/* "loan:tLoan": of the model whose namespace the prefix stands for, or FEEL's own. */
static struct dmn_type *prefixed(struct dmn_loader *loader, const struct dmn_loaded *file, struct str name)
{
    size_t colon = str_find_char(name, ':');
    if (colon == SIZE_MAX)
        return NULL;
    struct str prefix = str_first(name, colon), local = str_skip(name, colon + 1);
    for (size_t i = 0; i < file->xml.n_prefixes; i++) {
        if (!str_eq(file->xml.prefixes[i].prefix, prefix))
            continue;
        struct dmn_type *type = dmn_index_find(&loader->by_type, file->xml.prefixes[i].uri, local);
        if (type != NULL)
            return type;
    }
    return builtin_type(loader, local);
}

/* "Loans.tLoan": of the import of that name; the name alone when the import has none. */
static struct dmn_type *imported(struct dmn_loader *loader, const struct dmn_loaded *file, struct str name)
{
    for (size_t i = 0; i < file->n_links; i++) {
        const struct dmn_link *link = &file->links[i];
        struct str import = link->import.name, local = name;
        if (link->file == NULL)
            continue;
        if (import.n > 0 && (!str_starts(name, import) || name.n <= import.n || name.p[import.n] != '.'))
            continue;
        if (import.n > 0)
            local = str_skip(name, import.n + 1);
        struct dmn_type *type = defined(loader, link->file, local);
        if (type != NULL)
            return type;
    }
    return NULL;
}

static struct str near_type(struct dmn_loader *loader, const struct dmn_loaded *file, struct str name)
{
    size_t best = text_length(name) / 3 + 1;
    struct str near = STR("");
    if (best > MAX_DISTANCE)
        best = MAX_DISTANCE;
    for (size_t i = 0; i < loader->by_type.n + COUNT_OF(builtin_types); i++) {
        bool is_own = i < loader->by_type.n;
        if (is_own && !str_eq(loader->by_type.items[i].namespace, file->namespace))
            continue;
        struct str other = is_own ? loader->by_type.items[i].name : builtin_types[i - loader->by_type.n].name;
        size_t distance = text_distance(name, other, best);
        if (distance < best) {
            best = distance;
            near = other;
        }
    }
    return near;
}

/* A type's fault is one of the element that uses it. */
static void inherit_fault(struct dmn_loader *loader, const struct dmn_type *type)
{
    struct str fault = STR("");
    for (; type != NULL && type->is_resolved && fault.n == 0; type = type->base)
        fault = type->fault;
    if (loader->element != NULL && loader->element->fault.n == 0)
        loader->element->fault = fault;
}

struct dmn_type *dmn_type_of(struct dmn_loader *loader, const struct dmn_loaded *file, struct str reference,
                             struct dmn_place at)
{
    struct str name = str_trim(reference), shown = text_first(name, MAX_SHOWN);
    if (name.n == 0 || str_eq(name, STR("Any")) || str_ends(name, STR(":Any")))
        return NULL;
    struct dmn_type *type = defined(loader, file, name);
    if (type == NULL)
        type = imported(loader, file, name);
    if (type == NULL)
        type = prefixed(loader, file, name);
    if (type == NULL)
        type = builtin_type(loader, name);
    if (type != NULL || loader->rc != OK) {
        inherit_fault(loader, type);
        return type;
    }
    /* looking for near names costs a look at all of them: not for every fault of a file that is full of them */
    struct str near = loader->n_faults < MAX_SHOWN ? near_type(loader, file, name) : STR("");
    if (near.n > 0)
        (void)dmn_note(loader, file, at, "the type `%.*s` is not defined; did you mean `%.*s`?", STR_ARG(shown),
                       STR_ARG(text_first(near, MAX_SHOWN)));
    else
        (void)dmn_note(loader, file, at, "the type `%.*s` is not defined; add an <itemDefinition>", STR_ARG(shown));
    return NULL;
}

const struct dmn_type *dmn_node_type(struct dmn_loader *loader, const struct dmn_loaded *file,
                                     const struct dmn_node *node)
{
    return node == NULL ? NULL : dmn_type_of(loader, file, dmn_attribute(node, "typeRef"), node->at);
}

/* ── item definitions ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Where a definition is being read. */
struct place {
    struct dmn_loader *loader;
    const struct dmn_loaded *file;
};

static struct dmn_type *listed_type(struct dmn_loader *loader, struct str name)
{
    struct dmn_type *type = new_type(loader, name);
    if (type != NULL) {
        type->next = loader->types;
        loader->types = type;
    }
    return type;
}

static bool is_true(const struct dmn_node *node, const char *attribute)
{
    struct str value = str_trim(dmn_attribute(node, attribute));
    return str_eq(value, STR("true")) || str_eq(value, STR("1"));
}

/* The allowed values are compiled when all types are known. */
static void read_allowed(const struct place *p, const struct dmn_node *node, const char *name, struct dmn_type *type)
{
    const struct dmn_node *allowed = dmn_child(node, name);
    if (allowed != NULL) {
        type->allowed_text = dmn_source_of(p->file, allowed);
        type->allowed_node = allowed;
    }
}

static void read_definition(const struct place *p, const struct dmn_node *node, struct dmn_type *type);

/* Recursive, as deep as components stand inside each other in the file (DMN_MAX_DEPTH). */
static void read_components(const struct place *p, const struct dmn_node *node, struct dmn_type *type)
{
    struct dmn_component *components =
        dmn_alloc(p->loader, dmn_count_children(node, "itemComponent"), sizeof *components);
    type->own.kind = FEEL_CONTEXT;
    type->components = components;
    for (const struct dmn_node *child = node->child; child != NULL && p->loader->rc == OK; child = child->next) {
        if (!dmn_is(child, "itemComponent"))
            continue;
        struct dmn_type *one = listed_type(p->loader, STR(""));
        if (one == NULL)
            return;
        read_definition(p, child, one);
        components[type->n_components++] =
            (struct dmn_component){.name = str_trim(dmn_attribute(child, "name")), .type = one};
    }
}

/* The parameters are kept as components. */
static void read_function(const struct place *p, const struct dmn_node *node, struct dmn_type *type)
{
    struct dmn_component *parameters = dmn_alloc(p->loader, dmn_count_children(node, "parameters"), sizeof *parameters);
    type->own.kind = FEEL_FUNCTION;
    type->result = dmn_type_of(p->loader, p->file, dmn_attribute(node, "outputTypeRef"), node->at);
    type->components = parameters;
    for (const struct dmn_node *child = node->child; parameters != NULL && child != NULL; child = child->next)
        if (dmn_is(child, "parameters"))
            parameters[type->n_components++] = (struct dmn_component){.name = str_trim(dmn_attribute(child, "name")),
                                                                      .type = dmn_node_type(p->loader, p->file, child)};
}

/* What a definition says of one value, whether or not it means a list of them. */
static void read_item(const struct place *p, const struct dmn_node *node, struct dmn_type *type)
{
    const struct dmn_node *reference = dmn_child(node, "typeRef"), *function = dmn_child(node, "functionItem");
    if (function != NULL) {
        read_function(p, function, type);
    } else if (dmn_child(node, "itemComponent") != NULL) {
        read_components(p, node, type);
    } else if (reference != NULL) {
        type->base = dmn_type_of(p->loader, p->file, reference->text, reference->at);
    }
    read_allowed(p, node, "allowedValues", type);
}

static void read_definition(const struct place *p, const struct dmn_node *node, struct dmn_type *type)
{
    type->file = p->file;
    type->node = node;
    if (!is_true(node, "isCollection")) {
        read_item(p, node, type);
        if (type->allowed_node == NULL)
            read_allowed(p, node, "typeConstraint", type);
        return;
    }
    struct dmn_type *item = listed_type(p->loader, STR(""));
    if (item == NULL)
        return;
    item->file = p->file;
    item->node = node;
    read_item(p, node, item);
    type->own.kind = FEEL_LIST;
    type->item = item;
    read_allowed(p, node, "typeConstraint", type);
}

/* ── putting them together ─────────────────────────────────────────────────────────────────────────────────────── */

static void cut_base(struct dmn_loader *loader, struct dmn_type *type, const char *why)
{
    (void)dmn_note(loader, type->file, type->node->at, "%s", why);
    type->base = NULL;
}

/* Finds the type whose values this one has, base by base; without recursion, as a file may have a long chain. */
static void resolve(struct dmn_loader *loader, struct dmn_type *type)
{
    struct dmn_type *last = type, *before = NULL;
    size_t n = 0;
    for (; !last->is_resolved && !last->is_open && last->base != NULL && n < VALUE_MAX_DEPTH; n++) {
        last->is_open = true;
        before = last;
        last = last->base;
    }
    bool is_circle = before != NULL && last->is_open;
    struct dmn_type *each = type;
    for (size_t i = 0; i < n; i++, each = each->base)
        each->is_open = false;
    if (is_circle) {
        last = before;
        cut_base(loader, last, "this type is defined by itself; correct its <typeRef>");
    } else if (n + last->depth >= VALUE_MAX_DEPTH) {
        last = type;
        cut_base(loader, last, "this type is defined by way of too many others; correct its <typeRef>");
    }
    n = last->depth;
    for (each = type; each != last; each = each->base)
        n++;
    for (each = type; each != last; each = each->base, n--) {
        each->feel = last->feel;
        each->depth = n;
        each->is_resolved = true;
    }
    last->is_resolved = true;
}

static void describe(struct dmn_loader *loader, struct dmn_type *type)
{
    struct feel_member *members = dmn_alloc(loader, type->n_components, sizeof *members);
    for (size_t i = 0; members != NULL && i < type->n_components; i++)
        members[i] =
            (struct feel_member){.name = type->components[i].name,
                                 .type = type->components[i].type == NULL ? NULL : type->components[i].type->feel};
    type->own.members = members;
    type->own.n_members = type->n_components;
    if (type->item != NULL)
        type->own.item = type->item->feel;
    if (type->own.kind == FEEL_FUNCTION && type->result != NULL)
        type->own.item = type->result->feel;
}

static void compile_allowed(struct dmn_loader *loader, struct dmn_type *type)
{
    struct error error = {0};
    struct feel_compiler compiler = {.arena = loader->arena, .error = &error};
    if (str_trim(type->allowed_text.text).n == 0)
        return;
    if (feel_compile_unary(&compiler, &type->allowed_text, type->feel, &type->allowed) != OK) {
        type->allowed = NULL;
        type->fault = dmn_note_error(loader, type->file, type->allowed_node, &error);
    }
}

static void read_all(struct dmn_loader *loader)
{
    for (size_t i = 0; i < loader->by_type.n && loader->rc == OK; i++) {
        struct dmn_type *type = loader->by_type.items[i].item;
        const struct place place = {loader, type->file};
        read_definition(&place, type->node, type);
    }
    for (struct dmn_type *type = loader->types; type != NULL && loader->rc == OK; type = type->next)
        resolve(loader, type);
    for (struct dmn_type *type = loader->types; type != NULL && loader->rc == OK; type = type->next)
        describe(loader, type);
    for (struct dmn_type *type = loader->types; type != NULL && loader->rc == OK; type = type->next)
        compile_allowed(loader, type);
}

/* The types that expressions of the file may name: its own, and those of its imports after the import's name. */
static void name_types(struct dmn_loader *loader, struct dmn_loaded *file)
{
    struct feel_names *types = dmn_alloc(loader, 1, sizeof *types);
    struct feel_name *items = dmn_alloc(loader, loader->by_type.n, sizeof *items);
    size_t n = 0;
    for (size_t i = 0; loader->rc == OK && i < loader->by_type.n && n < DMN_MAX_NAMES; i++) {
        const struct dmn_type *type = loader->by_type.items[i].item;
        const struct dmn_link *link = NULL;
        for (size_t k = 0; k < file->n_links && link == NULL; k++)
            link = file->links[k].file == type->file ? &file->links[k] : NULL;
        if (type->file != file && link == NULL)
            continue;
        struct str name = type->name;
        if (type->file != file && link->import.name.n > 0)
            name = arena_format(loader->arena, "%.*s.%.*s", STR_ARG(link->import.name), STR_ARG(type->name));
        items[n++] = (struct feel_name){.name = name, .type = type->feel};
    }
    if (loader->rc != OK)
        return;
    *types = (struct feel_names){items, n};
    file->types = types;
}

void dmn_types_read(struct dmn_loader *loader)
{
    size_t n = 0;
    for (size_t i = 0; i < loader->n_files; i++)
        for (const struct dmn_node *node = loader->files[i]->xml.root->child; node != NULL; node = node->next)
            n += dmn_is(node, "itemDefinition");
    loader->builtin_types = dmn_alloc(loader, COUNT_OF(builtin_types), sizeof(struct dmn_type *));
    loader->by_type.items = dmn_alloc(loader, n, sizeof *loader->by_type.items);
    for (size_t i = 0; i < loader->n_files && loader->rc == OK; i++) {
        const struct dmn_loaded *file = loader->files[i];
        for (const struct dmn_node *node = file->xml.root->child; node != NULL && loader->rc == OK; node = node->next) {
            if (!dmn_is(node, "itemDefinition"))
                continue;
            struct dmn_type *type = listed_type(loader, str_trim(dmn_attribute(node, "name")));
            if (type == NULL)
                return;
            type->file = file;
            type->node = node;
            loader->by_type.items[loader->by_type.n] =
                (struct dmn_index_entry){file->namespace, type->name, type, loader->by_type.n};
            loader->by_type.n++;
        }
    }
    dmn_index_sort(&loader->by_type);
    if (loader->rc == OK)
        read_all(loader);
    for (size_t i = 0; i < loader->n_files && loader->rc == OK; i++)
        name_types(loader, loader->files[i]);
}
