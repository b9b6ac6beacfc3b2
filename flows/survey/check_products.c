/* Products that are never recommended: records of a catalog whose id is nothing that a `recommend` looks for; and ids that
 * are looked for and not there.
 *
 * Understood is what such steps look like: `catalog[id = EXPR][1]`, where the values of EXPR are known (what the outputs of
 * a table can be, options, literals).  A catalog that is used in any other way is left alone.                        */
#include "bot/base/arena.h"
#include "flows/survey/check_box.h"

#include "bot/base/banned.h"

struct products {
    struct checker *checker;
    struct boxes boxes;
    bool **named; /* by catalog: by record; NULL: no step looks for its records */
    bool *opaque; /* by catalog: somebody uses it in a way that is not understood */
};

static bool is_id(const struct feel_node *node)
{
    return node->op == FEEL_MEMBER && str_eq(node->name.text, STR("id"));
}

/* Of `catalog[id = EXPR]`, with or without an index behind it: the catalog and EXPR. */
static const struct feel_node *looked_up(const struct definition *def, const struct feel_node *node,
                                         size_t *ret_catalog)
{
    if (node->op == FEEL_FILTER && node->b->op == FEEL_LITERAL && node->b->literal.kind == VALUE_NUMBER)
        node = node->a;
    if (node->op != FEEL_FILTER || node->a->op != FEEL_VARIABLE || node->b->op != FEEL_EQUAL)
        return NULL;
    struct slot slot = def->slots[node->a->name.slot];
    const struct feel_node *left = node->b->a, *right = node->b->b;
    if (slot.kind != SLOT_CATALOG || (!is_id(left) && !is_id(right)))
        return NULL;
    *ret_catalog = slot.index;
    return is_id(left) ? right : left;
}

static struct str id_of(const struct value *record)
{
    struct value id;
    return value_get(record, STR("id"), &id) && id.kind == VALUE_STRING ? id.string : STR("");
}

static void name_records(struct products *products, size_t catalog, const struct box *box)
{
    const struct value *records = &products->checker->definition->catalogs[catalog].records;
    if (products->named[catalog] == NULL)
        products->named[catalog] = arena_alloc_array(products->checker->arena, records->list.n + 1, sizeof(bool));
    if (products->named[catalog] == NULL) {
        products->checker->findings->failed = true;
        return;
    }
    for (size_t i = 0; i < records->list.n; i++)
        if (strs_contain((struct strs){box->items, box->n}, id_of(&records->list.items[i])))
            products->named[catalog][i] = true;
}

/* What is looked for must be there: else nothing would be recommended. */
static void check_ids(struct products *products, size_t catalog, const struct box *box, const struct feel_expr *expr)
{
    const struct catalog *named = &products->checker->definition->catalogs[catalog];
    for (size_t i = 0; i < box->n; i++) {
        size_t k = 0, n = named->records.list.n;
        while (k < n && !str_eq(id_of(&named->records.list.items[k]), box->items[i]))
            k++;
        if (k == n)
            check_error(products->checker, "unknown_record", check_place(expr, 0), STR(""),
                        "`%.*s` may look for \"%.*s\", and no record of `%.*s` has this id; add the record, or change "
                        "what names it",
                        STR_ARG(feel_expr_text(expr)), STR_ARG(box->items[i]), STR_ARG(named->name));
    }
}

/* Any use of a catalog but the one that is understood. */
static void look(void *self, const struct feel_expr *expr, enum check_use use)
{
    struct products *products = self;
    const struct definition *def = products->checker->definition;
    struct feel_use name;
    size_t catalog = SIZE_MAX;
    const struct feel_node *wanted = use == CHECK_RECOMMEND ? looked_up(def, expr->root, &catalog) : NULL;
    if (wanted != NULL) {
        struct box box = boxes_of(&products->boxes, wanted);
        if (box.kind == FEEL_STRING && box.is_listed) {
            name_records(products, catalog, &box);
            check_ids(products, catalog, &box, expr);
        } else {
            products->opaque[catalog] = true;
        }
    }
    for (size_t i = 0; feel_names_used(expr, i, &name); i++)
        if (def->slots[name.slot].kind == SLOT_CATALOG && def->slots[name.slot].index != catalog)
            products->opaque[def->slots[name.slot].index] = true;
}

static void report(struct products *products, size_t i)
{
    const struct catalog *catalog = &products->checker->definition->catalogs[i];
    for (size_t k = 0; k < catalog->records.list.n; k++) {
        struct str id = id_of(&catalog->records.list.items[k]);
        struct place at = catalog->records_at[k].line > 0 ? catalog->records_at[k] : catalog->at;
        if (id.n > 0 && !products->named[i][k])
            check_error(
                products->checker, "never_recommended", at, STR(""),
                "`%.*s` of `%.*s` is never recommended: nothing that is looked for has this id; write a rule for "
                "it, or take it out",
                STR_ARG(id), STR_ARG(catalog->name));
    }
}

void check_products(struct checker *checker)
{
    const struct definition *def = checker->definition;
    struct products products = {
        .checker = checker,
        .named = arena_alloc_array(checker->arena, def->n_catalogs + 1, sizeof *products.named),
        .opaque = arena_alloc_array(checker->arena, def->n_catalogs + 1, sizeof *products.opaque),
    };
    boxes_init(&products.boxes, checker);
    if (products.named == NULL || products.opaque == NULL || checker->findings->failed) {
        checker->findings->failed = true;
        return;
    }
    check_each_expr(def, look, &products);
    for (size_t i = 0; i < def->n_catalogs && !checker->findings->failed; i++)
        if (products.named[i] != NULL && !products.opaque[i])
            report(&products, i);
}
