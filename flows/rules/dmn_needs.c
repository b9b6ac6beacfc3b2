/* What elements need: requirements become bindings of names; then all elements are put into an order in which each comes
 * after what it needs (DMN 1.5 §6.3, §10.4). */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

enum { MAX_SHOWN = 60, MAX_WAY = 160 };

/* ── references ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct dmn_link *link_to(const struct dmn_loaded *file, struct str namespace)
{
    for (size_t i = 0; i < file->n_links; i++)
        if (str_eq(file->links[i].import.namespace, namespace))
            return &file->links[i];
    return NULL;
}

/* The element that an href means; NULL, and a fault, when there is none. */
static struct dmn_element *referred(struct dmn_loader *loader, const struct dmn_loaded *file,
                                    const struct dmn_node *node)
{
    struct str href = str_trim(dmn_attribute(node, "href")), shown = text_first(href, MAX_SHOWN);
    size_t hash = str_find_char(href, '#');
    if (hash == SIZE_MAX) {
        (void)dmn_note(loader, file, node->at, "<%.*s> needs an `href` with `#` and an id; add it",
                       STR_ARG(node->name));
        return NULL;
    }
    struct str namespace = hash == 0 ? file->namespace : str_first(href, hash);
    struct dmn_element *element = dmn_index_find(&loader->by_id, namespace, str_skip(href, hash + 1));
    if (element != NULL)
        return element;
    const struct dmn_link *link = link_to(file, namespace);
    if (link != NULL && link->fault.n > 0)
        loader->element->fault = loader->element->fault.n > 0 ? loader->element->fault : link->fault;
    else if (link == NULL && !str_eq(namespace, file->namespace))
        (void)dmn_note(loader, file, node->at, "`%.*s` is in a model that is not imported; add an <import>",
                       STR_ARG(shown));
    else
        (void)dmn_note(loader, file, node->at, "there is no element with the id `%.*s`; correct the `href`",
                       STR_ARG(shown));
    return NULL;
}

/* ── bindings ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Needs while they are gathered. */
struct needs {
    struct dmn_loader *loader;
    struct dmn_element *element;
    struct dmn_element **items;
    size_t n;
};

static void add_need(struct needs *needs, const struct dmn_node *reference)
{
    struct dmn_element *found = referred(needs->loader, needs->element->home, reference);
    if (found == NULL || needs->loader->rc != OK)
        return;
    for (size_t i = 0; i < needs->n; i++)
        if (needs->items[i] == found)
            return;
    if (needs->n == DMN_MAX_NAMES) {
        (void)dmn_note(needs->loader, needs->element->home, reference->at,
                       "`%.*s` needs more than %d elements; split it up", STR_ARG(needs->element->name), DMN_MAX_NAMES);
        return;
    }
    needs->items[needs->n++] = found;
}

/* More references than that cannot be below it. */
static size_t most_references(const struct dmn_node *node)
{
    size_t n = 0;
    for (const struct dmn_node *child = node->child; child != NULL; child = child->next) {
        n++;
        for (const struct dmn_node *inner = child->child; inner != NULL; inner = inner->next)
            n++;
    }
    return n < DMN_MAX_NAMES ? n : DMN_MAX_NAMES;
}

static void gather_requirements(struct needs *needs)
{
    for (const struct dmn_node *node = needs->element->node->child; node != NULL; node = node->next) {
        bool wanted = dmn_is(node, "informationRequirement") || dmn_is(node, "knowledgeRequirement");
        for (const struct dmn_node *reference = wanted ? node->child : NULL; reference != NULL;
             reference = reference->next)
            if (dmn_is(reference, "requiredDecision") || dmn_is(reference, "requiredInput") ||
                dmn_is(reference, "requiredKnowledge"))
                add_need(needs, reference);
    }
}

/* The name of an element in expressions: that of its variable. */
static struct str bound_name(const struct dmn_element *element)
{
    const struct dmn_node *variable = dmn_child(element->node, "variable");
    struct str name = variable == NULL ? STR("") : str_trim(dmn_attribute(variable, "name"));
    return name.n > 0 ? name : element->name;
}

/* The import that brings the element; NULL: it is of the same file. */
static const struct dmn_link *link_of(const struct dmn_loaded *file, const struct dmn_element *element)
{
    for (size_t i = 0; element->home != file && i < file->n_links; i++)
        if (file->links[i].file == element->home)
            return &file->links[i];
    return NULL;
}

/* Elements of this file and of imports without a name are bound themselves, those of another import are its members. */
static void bind(struct needs *needs)
{
    struct dmn_element *element = needs->element;
    const struct dmn_loaded *file = element->home;
    struct dmn_binding *bindings = dmn_alloc(needs->loader, needs->n, sizeof *bindings);
    struct dmn_binding *members = dmn_alloc(needs->loader, needs->n, sizeof *members);
    if (needs->loader->rc != OK)
        return;
    element->bindings = bindings;
    for (size_t i = 0; i < needs->n; i++) {
        const struct dmn_link *link = link_of(file, needs->items[i]);
        if (link == NULL || link->import.name.n == 0)
            bindings[element->n_bindings++] =
                (struct dmn_binding){.name = bound_name(needs->items[i]), .element = needs->items[i]};
    }
    for (size_t k = 0; k < file->n_links; k++) {
        const struct dmn_link *link = &file->links[k];
        struct dmn_binding group = {.name = link->import.name, .members = members};
        for (size_t i = 0; group.name.n > 0 && i < needs->n; i++)
            if (link_of(file, needs->items[i]) == link)
                members[group.n_members++] =
                    (struct dmn_binding){.name = bound_name(needs->items[i]), .element = needs->items[i]};
        members += group.n_members;
        if (group.n_members > 0)
            bindings[element->n_bindings++] = group;
    }
}

static struct dmn_element **references(struct needs *needs, const char *name, const char *and_name, size_t *ret_n)
{
    size_t n = 0, from = needs->n;
    struct dmn_element **list;
    for (const struct dmn_node *node = needs->element->node->child; node != NULL; node = node->next)
        if (dmn_is(node, name))
            add_need(needs, node);
    for (const struct dmn_node *node = needs->element->node->child; node != NULL && and_name != NULL; node = node->next)
        if (dmn_is(node, and_name))
            add_need(needs, node);
    list = dmn_alloc(needs->loader, needs->n - from, sizeof(struct dmn_element *));
    for (size_t i = from; list != NULL && i < needs->n; i++)
        list[n++] = needs->items[i];
    *ret_n = n;
    return list;
}

static void read_service(struct needs *needs)
{
    struct dmn_service *service = dmn_alloc(needs->loader, 1, sizeof *service);
    if (service == NULL)
        return;
    service->parameters = references(needs, "inputData", "inputDecision", &service->n_parameters);
    service->outputs = references(needs, "outputDecision", NULL, &service->n_outputs);
    needs->element->service = service;
    if (service->n_outputs == 0 && needs->element->fault.n == 0)
        (void)dmn_note(needs->loader, needs->element->home, needs->element->node->at,
                       "the decision service `%.*s` has no <outputDecision>; add one", STR_ARG(needs->element->name));
}

static void read_needs(struct dmn_loader *loader, struct dmn_element *element)
{
    struct needs needs = {.loader = loader,
                          .element = element,
                          .items = dmn_alloc(loader, most_references(element->node), sizeof(struct dmn_element *))};
    if (needs.items == NULL)
        return;
    if (element->kind == DMN_SERVICE)
        read_service(&needs);
    else
        gather_requirements(&needs);
    element->needs = needs.items;
    element->n_needs = needs.n;
    if (element->kind != DMN_SERVICE)
        bind(&needs);
}

/* ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { NEVER = 0 }; /* a visit's number */

/* Tarjan's walk along "needs", without recursion: elements that need each other come out together. */
struct order {
    struct dmn_loader *loader;
    size_t *visits, *lowest; /* by element: when it was met, and the earliest one that it leads to */
    bool *is_open;
    size_t n_visits;
    struct way {
        struct dmn_element *element;
        size_t next; /* of its needs */
    } * way;
    size_t depth;
    struct dmn_element **open, **done;
    size_t n_open, n_done;
};

static void meet(struct order *order, struct dmn_element *element)
{
    size_t i = element->index;
    order->visits[i] = order->lowest[i] = ++order->n_visits;
    order->is_open[i] = true;
    order->open[order->n_open++] = element;
    order->way[order->depth++] = (struct way){element, 0};
}

static void lower(struct order *order, const struct dmn_element *element, size_t visit)
{
    if (visit < order->lowest[element->index])
        order->lowest[element->index] = visit;
}

static bool needs_itself(const struct dmn_element *element)
{
    for (size_t i = 0; i < element->n_needs; i++)
        if (element->needs[i] == element)
            return true;
    return false;
}

/* Elements in a circle have no value. */
static void refuse_circle(struct order *order, struct dmn_element *const *circle, size_t n)
{
    struct buf names;
    buf_init(&names, order->loader->arena, MAX_WAY);
    for (size_t i = 1; i < n && !buf_failed(&names); i++)
        buf_addf(&names, "%s`%.*s`", i == 1 ? " by way of " : ", ", STR_ARG(circle[i]->name));
    struct str fault =
        dmn_note(order->loader, circle[0]->home, circle[0]->node->at, "`%.*s` needs itself%.*s%s; break the circle",
                 STR_ARG(circle[0]->name), STR_ARG(buf_str(&names)), buf_failed(&names) ? "…" : "");
    for (size_t i = 0; i < n; i++) {
        circle[i]->is_circular = true;
        if (circle[i]->fault.n == 0)
            circle[i]->fault = fault;
    }
}

/* All that the walk has come to since `element`, unless it leads further back. */
static void leave(struct order *order, const struct dmn_element *element)
{
    size_t from = order->n_open;
    order->depth--;
    if (order->depth > 0)
        lower(order, order->way[order->depth - 1].element, order->lowest[element->index]);
    if (order->lowest[element->index] != order->visits[element->index])
        return;
    do {
        from--;
        order->is_open[order->open[from]->index] = false;
        order->done[order->n_done++] = order->open[from];
    } while (order->open[from] != element);
    if (order->n_open - from > 1 || needs_itself(element))
        refuse_circle(order, order->open + from, order->n_open - from);
    order->n_open = from;
}

static void walk(struct order *order, struct dmn_element *first)
{
    meet(order, first);
    while (order->depth > 0 && order->loader->rc == OK) {
        struct way *here = &order->way[order->depth - 1];
        if (here->next == here->element->n_needs) {
            leave(order, here->element);
            continue;
        }
        struct dmn_element *need = here->element->needs[here->next++];
        if (order->visits[need->index] == NEVER)
            meet(order, need);
        else if (order->is_open[need->index])
            lower(order, here->element, order->visits[need->index]);
    }
}

static void put_in_order(struct dmn_loader *loader)
{
    size_t n = loader->n_elements;
    struct order order = {.loader = loader,
                          .visits = dmn_alloc(loader, n, sizeof *order.visits),
                          .lowest = dmn_alloc(loader, n, sizeof *order.lowest),
                          .is_open = dmn_alloc(loader, n, sizeof *order.is_open),
                          .way = dmn_alloc(loader, n, sizeof *order.way),
                          .open = dmn_alloc(loader, n, sizeof(struct dmn_element *)),
                          .done = dmn_alloc(loader, n, sizeof(struct dmn_element *))};
    for (size_t i = 0; i < n; i++)
        loader->elements[i]->index = i;
    for (size_t i = 0; i < n && loader->rc == OK; i++)
        if (order.visits[i] == NEVER)
            walk(&order, loader->elements[i]);
    if (loader->rc != OK)
        return;
    loader->elements = order.done;
    for (size_t i = 0; i < n; i++)
        order.done[i]->index = i;
}

void dmn_needs_read(struct dmn_loader *loader)
{
    for (size_t i = 0; i < loader->n_elements && loader->rc == OK; i++) {
        loader->element = loader->elements[i];
        read_needs(loader, loader->elements[i]);
    }
    loader->element = NULL;
    put_in_order(loader);
}
