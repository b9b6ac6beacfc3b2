/* Tables that are decisions of DMN files: {dmn: FILE, decision: NAME}. */
#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_folder.h"
#include "flows/survey/load.h"

#include "bot/base/banned.h"

enum { MAX_DISTANCE = 4 };

/* ── models ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What a model imports counts for the flow's version, too. */
struct importer {
    struct loader *loader;
    struct dmn_folder folder;
};

/* The model of a namespace among the files that stand in for the disk. */
static enum err read_given(const struct loader *loader, const struct dmn_import *import, struct arena *arena,
                           struct dmn_source *ret_source, struct error *error)
{
    for (size_t i = 0; i < loader->n_given; i++)
        if (str_eq(dmn_namespace(arena, loader->given[i].bytes), import->namespace)) {
            *ret_source = (struct dmn_source){loader->given[i].path, loader->given[i].bytes};
            return OK;
        }
    return fail(error, ERR_NOT_FOUND, "no file that was kept has the namespace \"%.*s\"", STR_ARG(import->namespace));
}

static enum err read_import(void *self, const struct dmn_import *import, struct arena *arena,
                            struct dmn_source *ret_source, struct error *error)
{
    struct importer *importer = self;
    struct dmn_files beside = dmn_folder_files(&importer->folder);
    enum err rc = importer->loader->given != NULL ? read_given(importer->loader, import, arena, ret_source, error)
                                                  : beside.read(beside.self, import, arena, ret_source, error);
    if (rc == OK)
        load_note_file(importer->loader, ret_source->file, ret_source->bytes);
    return rc;
}

/* A fault that has its place already. */
static void fault_of_model(struct loader *loader, struct str fault)
{
    if (loader->rc == OK)
        loader->rc = fail(loader->error, ERR_INVALID, "%.*s", STR_ARG(fault));
}

/* The model of a file; of one that several tables name, the same. */
static const struct dmn_model *model_of(struct loader *loader, const struct yaml_node *path)
{
    struct load_file file = load_other_bytes(loader, path);
    for (struct load_model *known = loader->models; known != NULL && loader->rc == OK; known = known->next)
        if (str_eq(known->file, file.name))
            return known->model;
    struct load_model *loaded = load_alloc(loader, 1, sizeof *loaded);
    if (loaded == NULL)
        return NULL;
    struct importer importer = {loader, {dmn_folder_of(file.name)}};
    struct dmn_files files = {read_import, &importer};
    const struct dmn_source source = {file.name, file.text};
    struct error error = {0};
    enum err rc = dmn_load(loader->arena, &source, &files, &loaded->model, &error);
    if (rc == ERR_NO_MEMORY)
        load_no_memory(loader);
    else if (rc != OK)
        fault_of_model(loader, (struct str){error.text, error.n});
    if (loader->rc != OK)
        return NULL;
    loaded->file = file.name;
    loaded->next = loader->models;
    loader->models = loaded;
    return loaded->model;
}

/* ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct dmn_element *find_decision(struct loader *loader, const struct dmn_model *model,
                                               const struct yaml_node *node)
{
    struct str name = load_str(loader, node);
    const struct dmn_element *element = loader->rc == OK ? dmn_find(model, name) : NULL;
    if (loader->rc != OK || (element != NULL && dmn_kind(element) != DMN_INPUT))
        return element;
    struct str near = dmn_near(model, name);
    if (near.n > 0)
        load_fault(loader, load_place(node), "there is no decision `%.*s` in the file; did you mean `%.*s`?",
                   STR_ARG(name), STR_ARG(near));
    else
        load_fault(loader, load_place(node),
                   "there is no decision `%.*s` in the file; `gilbot dmn FILE --list` shows all", STR_ARG(name));
    return NULL;
}

bool load_is_decision(const struct yaml_node *table)
{
    return table->kind == YAML_MAP && yaml_get(table, STR("dmn")) != NULL;
}

void load_decision(struct loader *loader, struct named_decision *decision, struct feel_name *name)
{
    const struct yaml_node *table = decision->written;
    LOAD_KEYS(loader, table, "a table of a DMN file", "dmn", "decision");
    const struct yaml_node *file = load_get(loader, table, "dmn"), *wanted = load_get(loader, table, "decision");
    if (file == NULL || wanted == NULL) {
        load_fault(loader, decision->at, "a table of a DMN file is {dmn: FILE, decision: NAME}; write both");
        return;
    }
    const struct dmn_model *model = model_of(loader, file);
    const struct dmn_element *element = model == NULL ? NULL : find_decision(loader, model, wanted);
    if (element == NULL)
        return;
    if (dmn_fault(element).n > 0)
        fault_of_model(loader, dmn_fault(element));
    decision->element = element;
    name->type = dmn_type(element);
}

/* ── inputs ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str near_name(const struct definition *def, struct str wanted)
{
    size_t best = text_length(wanted) / 2 + 1;
    struct str near = STR("");
    if (best > MAX_DISTANCE)
        best = MAX_DISTANCE;
    for (size_t i = 0; i < def->names.n; i++) {
        size_t distance = text_distance(wanted, def->names.items[i].name, best);
        if (distance < best) {
            best = distance;
            near = def->names.items[i].name;
        }
    }
    return near;
}

static const struct feel_name *find_name(const struct definition *def, struct str name)
{
    for (size_t i = 0; i < def->names.n; i++)
        if (str_eq(def->names.items[i].name, name))
            return &def->names.items[i];
    return NULL;
}

/* The name that the input has here, as an expression. */
static const struct feel_expr *bind(struct loader *loader, const struct named_decision *decision,
                                    const struct dmn_input *input)
{
    const struct yaml_node *node = yaml_get(decision->written, STR("decision"));
    const struct definition *def = loader->definition;
    const struct feel_name *name = find_name(def, input->name);
    struct str near = name == NULL ? near_name(def, input->name) : STR("");
    const struct feel_expr *expr = NULL;
    if (near.n > 0)
        load_fault(loader, load_place(node),
                   "the decision asks for `%.*s`, and the flow has nothing of that name; is `%.*s` meant? Rename one",
                   STR_ARG(input->name), STR_ARG(near));
    else if (name == NULL)
        load_fault(
            loader, load_place(node),
            "the decision asks for `%.*s`, and the flow has nothing of that name; ask for it, or put it into `let`",
            STR_ARG(input->name));
    if (loader->rc != OK)
        return NULL;
    struct feel_compiler compiler = {.arena = loader->arena, .names = &def->names, .error = loader->error};
    const struct feel_source source = {
        .text = input->name, .file = loader->file, .line = node->line, .column = node->column};
    loader->rc = feel_compile(&compiler, &source, &expr);
    return expr;
}

void load_decisions(struct loader *loader)
{
    for (size_t i = 0; i < loader->definition->n_decisions && loader->rc == OK; i++) {
        struct named_decision *decision = &loader->decisions[i];
        if (decision->element == NULL)
            continue; /* load_decision said why */
        if (dmn_inputs(decision->element, loader->arena, &decision->inputs, &decision->n_inputs) != OK)
            load_no_memory(loader);
        const struct feel_expr **exprs = load_alloc(loader, decision->n_inputs, sizeof(struct feel_expr *));
        for (size_t k = 0; exprs != NULL && k < decision->n_inputs; k++) {
            exprs[k] = bind(loader, decision, &decision->inputs[k]);
            load_settle(loader);
        }
        decision->exprs = exprs;
    }
}

/* ── types ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Values of these kinds never become another one. */
static bool is_plain(const struct feel_type *type)
{
    return type != NULL && (type->kind == FEEL_BOOLEAN || type->kind == FEEL_NUMBER || type->kind == FEEL_STRING);
}

void load_decision_kinds(struct loader *loader)
{
    for (size_t i = 0; i < loader->definition->n_decisions && loader->rc == OK; i++) {
        const struct named_decision *decision = &loader->decisions[i];
        for (size_t k = 0; decision->exprs != NULL && k < decision->n_inputs; k++) {
            const struct dmn_input *input = &decision->inputs[k];
            const struct feel_name *name = find_name(loader->definition, input->name);
            if (name == NULL || !is_plain(name->type) || !is_plain(input->type) ||
                name->type->kind == input->type->kind)
                continue;
            load_fault(loader, load_place(yaml_get(decision->written, STR("decision"))),
                       "the decision asks for `%.*s` as a %.*s, and here it is another kind of value; convert it in "
                       "`let`",
                       STR_ARG(input->name), STR_ARG(input->type_name));
            load_settle(loader);
        }
    }
}
