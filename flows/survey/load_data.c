#include "flows/survey/load.h"

#include "bot/base/arena.h"

#include "bot/base/banned.h"

/* ── records ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void read_records(struct loader *loader, struct str file, const struct yaml_node *list, struct catalog *catalog)
{
    bool here = str_eq(file, loader->file);
    if (list->kind != YAML_LIST) {
        load_fault_in(loader, file, load_place(list), "a catalog is a list of records; write `- {id: …}` for each");
        return;
    }
    struct place *places = load_alloc(loader, list->n, sizeof *places);
    size_t n = 0;
    bool all = true;
    for (const struct yaml_node *record = list->child; record != NULL && loader->rc == OK; record = record->next) {
        if (here)
            places[n] = load_place(record);
        n++;
        if (record->kind == YAML_MAP)
            continue;
        load_fault_in(loader, file, load_place(record), "record %zu is no map; write `{id: …, name: …}`", n);
        load_settle(loader);
        all = false;
    }
    catalog->records_at = places;
    catalog->records = all ? load_value(loader, list) : value_list(NULL, 0);
}

static void read_yaml_file(struct loader *loader, const struct load_file *file, struct catalog *catalog)
{
    struct yaml_node *root = NULL;
    loader->rc = yaml_read(loader->arena, file->name, file->text, &root, loader->error);
    if (loader->rc == OK)
        read_records(loader, file->name, root, catalog);
}

static void read_file(struct loader *loader, const struct yaml_node *node, struct catalog *catalog)
{
    LOAD_KEYS(loader, node, "a catalog's file", "file");
    const struct yaml_node *path = load_get(loader, node, "file");
    if (path == NULL) {
        load_fault(loader, load_place(node), "a catalog is a list of records, or {file: PATH}; write one of them");
        return;
    }
    struct load_file file = load_other_file(loader, path);
    if (loader->rc != OK)
        return;
    if (str_ends(path->text, STR(".csv"))) {
        load_csv(loader, &file, &catalog->records);
        catalog->records_at = load_alloc(loader, catalog->records.list.n, sizeof *catalog->records_at);
    } else if (str_ends(path->text, STR(".yaml")) || str_ends(path->text, STR(".yml"))) {
        read_yaml_file(loader, &file, catalog);
    } else {
        load_fault(loader, load_place(path), "only .yaml and .csv files can be catalogs; save it as one of them");
    }
}

void load_catalog(struct loader *loader, const struct yaml_node *node, struct catalog *ret_catalog)
{
    if (loader->rc != OK)
        return;
    ret_catalog->records = value_list(NULL, 0);
    if (node->kind == YAML_MAP)
        read_file(loader, node, ret_catalog);
    else
        read_records(loader, loader->file, node, ret_catalog);
}

/* ── what expressions may say of them ──────────────────────────────────────────────────────────────────────────── */

static bool has_member(const struct feel_type *type, struct str name)
{
    for (size_t i = 0; i < type->n_members; i++)
        if (str_eq(type->members[i].name, name))
            return true;
    return false;
}

/* Some, and each of them could be read. */
static bool has_only_records(const struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->records.list.n; i++)
        if (catalog->records.list.items[i].kind != VALUE_CONTEXT)
            return false;
    return catalog->records.list.n > 0;
}

/* A record has the members that any record has: another one after a dot is a slip of the pen. */
void load_catalog_type(struct loader *loader, const struct catalog *catalog, struct feel_name *name)
{
    struct feel_type *list = load_alloc(loader, 1, sizeof *list), *record = load_alloc(loader, 1, sizeof *record);
    struct feel_member *members = NULL;
    if (loader->rc != OK || !has_only_records(catalog)) /* what they would hold is not known */
        return;
    *record = (struct feel_type){.kind = FEEL_CONTEXT, .closed = true};
    for (size_t i = 0; i < catalog->records.list.n; i++) {
        const struct value *item = &catalog->records.list.items[i];
        for (size_t k = 0; k < item->context.n && loader->rc == OK; k++) {
            if (has_member(record, item->context.entries[k].key))
                continue;
            members = load_grow(loader, members, record->n_members, sizeof *members);
            if (members == NULL)
                return;
            members[record->n_members++].name = item->context.entries[k].key;
            record->members = members;
        }
    }
    *list = (struct feel_type){.kind = FEEL_LIST, .item = record};
    name->type = list;
}
