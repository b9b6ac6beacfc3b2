/* A file and what it imports; their elements. */
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

/* ── an index ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_entries(const void *a, const void *b)
{
    const struct dmn_index_entry *x = a, *y = b;
    int order = str_cmp(x->namespace, y->namespace);
    if (order == 0)
        order = str_cmp(x->name, y->name);
    return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

void dmn_index_sort(struct dmn_index *index)
{
    if (index->items != NULL)
        qsort(index->items, index->n, sizeof *index->items, compare_entries);
}

void *dmn_index_find(const struct dmn_index *index, struct str namespace, struct str name)
{
    size_t from = 0, to = index->n;
    const struct dmn_index_entry wanted = {.namespace = namespace, .name = name};
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare_entries(&index->items[middle], &wanted) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == index->n || !str_eq(index->items[from].namespace, namespace) || !str_eq(index->items[from].name, name))
        return NULL;
    return index->items[from].item;
}

/* ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct dmn_loaded *loaded_file(struct dmn_loader *loader, struct str namespace)
{
    for (size_t i = 0; i < loader->n_files; i++)
        if (str_eq(loader->files[i]->namespace, namespace))
            return loader->files[i];
    return NULL;
}

/* Reads and keeps one file; what is wrong with it goes to `error`. */
static enum err read_file(struct dmn_loader *loader, const struct dmn_source *source, struct error *error,
                          struct dmn_loaded **ret_file)
{
    struct dmn_loaded *file = dmn_alloc(loader, 1, sizeof *file);
    if (file == NULL)
        return ERR_NO_MEMORY;
    enum err rc = dmn_xml_read(loader->arena, source->file, source->bytes, &file->xml, error);
    if (rc != OK)
        return rc;
    file->namespace = dmn_attribute(file->xml.root, "namespace");
    loader->files[loader->n_files++] = *ret_file = file;
    return OK;
}

static enum err read_import(struct dmn_loader *loader, const struct dmn_import *import, struct error *error,
                            struct dmn_loaded **ret_file)
{
    struct dmn_source source = {0};
    if (loader->n_files == DMN_MAX_FILES)
        return fail(error, ERR_INVALID, "more than %d files are imported; join some", DMN_MAX_FILES);
    if (loader->resolver == NULL)
        return fail(error, ERR_NOT_FOUND, "nothing can be imported here; put it into one file");
    enum err rc = loader->resolver->read(loader->resolver->self, import, loader->arena, &source, error);
    struct dmn_loaded *file = NULL;
    if (rc == OK)
        rc = read_file(loader, &source, error, &file);
    if (file == NULL)
        return rc;
    *ret_file = file;
    if (str_eq(file->namespace, import->namespace))
        return OK;
    loader->n_files--;
    return fail(error, ERR_INVALID, "%.*s:%u:%u: its namespace is another one than the import says",
                STR_ARG(file->xml.file), file->xml.root->at.line, file->xml.root->at.column);
}

/* Schemas and PMML models can be imported, too; there is nothing in them that is read here. */
static bool is_model(struct str import_type)
{
    return import_type.n == 0 || str_find(import_type, STR("/spec/DMN/")) != SIZE_MAX;
}

static void follow_import(struct dmn_loader *loader, struct dmn_loaded *file, const struct dmn_node *node)
{
    struct dmn_link *link = &file->links[file->n_links++];
    struct error error = {0};
    struct dmn_loaded *found;
    link->import = (struct dmn_import){.file = file->xml.file,
                                       .namespace = dmn_attribute(node, "namespace"),
                                       .location = dmn_attribute(node, "locationURI"),
                                       .name = str_trim(dmn_attribute(node, "name"))};
    if (!is_model(dmn_attribute(node, "importType")))
        return;
    found = loaded_file(loader, link->import.namespace);
    if (found == NULL && link->import.namespace.n == 0)
        link->fault = dmn_note(loader, file, node->at, "an import needs the `namespace` of a model; add it");
    else if (found == NULL && read_import(loader, &link->import, &error, &found) != OK)
        link->fault = dmn_note(loader, file, node->at, "the import `%.*s` cannot be read: %s",
                               STR_ARG(link->import.name), error.text);
    link->file = link->fault.n == 0 ? found : NULL;
}

static void follow_imports(struct dmn_loader *loader, struct dmn_loaded *file)
{
    file->links = dmn_alloc(loader, DMN_MAX_FILES, sizeof *file->links);
    for (const struct dmn_node *node = file->xml.root->child; node != NULL && loader->rc == OK; node = node->next) {
        if (!dmn_is(node, "import"))
            continue;
        if (file->n_links == DMN_MAX_FILES) {
            (void)dmn_note(loader, file, node->at, "more than %d imports; join some models", DMN_MAX_FILES);
            return;
        }
        follow_import(loader, file, node);
    }
}

/* ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_element(const struct dmn_node *node, enum dmn_kind *ret_kind)
{
    static const char *const names[] = {
        [DMN_INPUT] = "inputData",
        [DMN_DECISION] = "decision",
        [DMN_SERVICE] = "decisionService",
        [DMN_KNOWLEDGE] = "businessKnowledgeModel",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (dmn_is(node, names[i])) {
            *ret_kind = (enum dmn_kind)i;
            return true;
        }
    }
    return false;
}

static void add_element(struct dmn_loader *loader, struct dmn_loaded *file, const struct dmn_node *node,
                        enum dmn_kind kind)
{
    struct dmn_element *element = dmn_alloc(loader, 1, sizeof *element);
    if (element == NULL)
        return;
    *element = (struct dmn_element){.kind = kind,
                                    .name = str_trim(dmn_attribute(node, "name")),
                                    .id = dmn_attribute(node, "id"),
                                    .home = file,
                                    .node = node};
    file->elements[file->n_elements++] = loader->elements[loader->n_elements++] = element;
    loader->element = element;
    if (element->name.n == 0)
        (void)dmn_note(loader, file, node->at, "this <%.*s> has no name; give it one", STR_ARG(node->name));
    loader->element = NULL;
}

static void read_elements(struct dmn_loader *loader)
{
    size_t n = 0;
    for (size_t i = 0; i < loader->n_files; i++)
        for (const struct dmn_node *node = loader->files[i]->xml.root->child; node != NULL; node = node->next)
            n++;
    loader->elements = dmn_alloc(loader, n, sizeof(struct dmn_element *));
    struct dmn_element **elements = dmn_alloc(loader, n, sizeof(struct dmn_element *));
    for (size_t i = 0; i < loader->n_files && loader->rc == OK; i++) {
        struct dmn_loaded *file = loader->files[i];
        enum dmn_kind kind;
        file->elements = elements + loader->n_elements;
        for (const struct dmn_node *node = file->xml.root->child; node != NULL && loader->rc == OK; node = node->next)
            if (is_element(node, &kind))
                add_element(loader, file, node, kind);
    }
}

/* `namespace` and a key of every element, sorted; a key that stands twice in a file is a fault of the second. */
static void index_elements(struct dmn_loader *loader, const char *key, struct dmn_index *index)
{
    bool by_id = key[0] == 'i';
    index->items = dmn_alloc(loader, loader->n_elements, sizeof *index->items);
    for (size_t i = 0; index->items != NULL && i < loader->n_elements; i++) {
        struct dmn_element *element = loader->elements[i];
        struct str name = by_id ? element->id : element->name;
        if (name.n > 0)
            index->items[index->n++] = (struct dmn_index_entry){element->home->namespace, name, element, i};
    }
    dmn_index_sort(index);
    for (size_t i = 1; index->items != NULL && i < index->n && loader->rc == OK; i++) {
        const struct dmn_index_entry *a = &index->items[i - 1], *b = &index->items[i];
        struct dmn_element *second = b->item;
        if (!str_eq(a->namespace, b->namespace) || !str_eq(a->name, b->name))
            continue;
        loader->element = second;
        (void)dmn_note(loader, second->home, second->node->at, "the %s `%.*s` stands twice; change one", key,
                       STR_ARG(text_first(b->name, 60)));
        loader->element = NULL;
    }
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct dmn_model *model_of(struct dmn_loader *loader)
{
    struct dmn_model *model = dmn_alloc(loader, 1, sizeof *model);
    struct dmn_loaded **files = dmn_alloc(loader, loader->n_files, sizeof(struct dmn_loaded *));
    if (loader->rc != OK)
        return NULL;
    memcpy(files, loader->files, loader->n_files * sizeof(struct dmn_loaded *));
    *model = (struct dmn_model){.files = files,
                                .n_files = loader->n_files,
                                .elements = loader->elements,
                                .n_elements = loader->n_elements,
                                .faults = loader->faults,
                                .n_faults = loader->n_faults};
    for (size_t i = 0; i < loader->n_elements; i++)
        loader->elements[i]->model = model;
    return model;
}

enum err dmn_load(struct arena *arena, const struct dmn_source *source, const struct dmn_files *files,
                  const struct dmn_model **ret_model, struct error *error)
{
    struct dmn_loader *loader = arena_alloc(arena, sizeof *loader);
    struct dmn_loaded *first;
    if (loader == NULL)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory to read it", STR_ARG(source->file));
    *loader = (struct dmn_loader){.arena = arena, .error = error, .resolver = files};
    enum err rc = read_file(loader, source, error, &first);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < loader->n_files && loader->rc == OK; i++)
        follow_imports(loader, loader->files[i]);
    read_elements(loader);
    index_elements(loader, "id", &loader->by_id);
    index_elements(loader, "name", &loader->by_name);
    if (loader->rc == OK)
        dmn_types_read(loader);
    if (loader->rc == OK)
        dmn_needs_read(loader);
    if (loader->rc == OK)
        dmn_logic_read(loader);
    const struct dmn_model *model = loader->rc == OK ? model_of(loader) : NULL;
    if (loader->rc == OK)
        *ret_model = model;
    return loader->rc;
}
