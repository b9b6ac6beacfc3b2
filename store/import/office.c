#include "store/import/office.h"

#include "bot/base/arena.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/record.h"
#include "store/import/xml_pull.h"
#include "store/import/zip.h"

#include "bot/base/banned.h"

enum { DATE_BYTES = sizeof "2025-03-01" - 1, UNMARKED_HEADER_CELLS = 3 };

void office_properties(struct making *making, const struct zip *zip, struct imported *imported)
{
    struct xml_pull xml = {0};
    struct str bytes = zip_find(zip, STR("docProps/core.xml"));
    if (bytes.n == 0)
        return;
    xml_open(&xml, making, bytes);
    for (bool in_title = false, in_date = false; xml_next(&xml);) {
        if (xml_begins(&xml, NULL)) {
            in_title = xml_begins(&xml, "title");
            in_date = xml_begins(&xml, "modified");
        } else if (xml_ends(&xml, NULL)) {
            in_title = in_date = false;
        } else if (in_title && xml_is_text(&xml)) {
            imported->title = making_tidy(making, xml_text(&xml));
        } else if (in_date && xml_is_text(&xml)) {
            imported->date = making_tidy(making, xml_text(&xml));
        }
    }
    xml_close(&xml);
    imported->date = str_first(imported->date, DATE_BYTES);
}

/* "../slides/a.xml" from "ppt/x" is "ppt/slides/a.xml"; "/ppt/a.xml" stands by itself. */
static struct str resolve(struct making *making, struct str folder, struct str target)
{
    if (str_starts(target, STR("/")))
        return arena_copy(making->arena, str_skip(target, 1));
    while (str_starts(target, STR("../"))) {
        target = str_skip(target, 3);
        while (folder.n > 0 && folder.p[folder.n - 1] != '/')
            folder.n--;
        folder.n -= folder.n > 0 ? 1 : 0;
    }
    return arena_format(making->arena, "%.*s%s%.*s", STR_ARG(folder), folder.n > 0 ? "/" : "", STR_ARG(target));
}

struct str office_target(struct making *making, const struct office_part *part, struct str id)
{
    struct str rels = arena_format(making->arena, "%.*s/_rels/%.*s.rels", STR_ARG(part->folder), STR_ARG(part->name));
    struct str bytes = zip_find(part->zip, rels), found = STR("");
    struct xml_pull xml = {0};
    if (bytes.n == 0)
        return found;
    xml_open(&xml, making, bytes);
    while (found.n == 0 && xml_next(&xml))
        if (xml_begins(&xml, "Relationship") && str_eq(xml_attribute(&xml, "Id"), id))
            found = resolve(making, part->folder, xml_attribute(&xml, "Target"));
    xml_close(&xml);
    return found;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

void office_table_init(struct office_table *table, struct making *making)
{
    *table = (struct office_table){0};
    buf_init(&table->cell, making->arena, IMPORT_MAX_TEXT_BYTES);
}

bool office_table_is_open(const struct office_table *table)
{
    return table->depth > 0;
}

void office_table_begin(struct office_table *table, struct making *making)
{
    if (table->depth++ > 0)
        return;
    table->n_cells = table->n_rows = 0;
    table->is_header = false;
    buf_truncate(&table->cell, 0);
    making_begin_table(making);
}

void office_table_end_cell(struct office_table *table, struct making *making)
{
    if (table->depth != 1)
        return;
    if (table->n_cells < OFFICE_MAX_CELLS)
        table->cells[table->n_cells++] = arena_copy(making->arena, buf_str(&table->cell));
    buf_truncate(&table->cell, 0);
}

void office_table_end_row(struct office_table *table, struct making *making)
{
    if (table->depth != 1)
        return;
    struct strs cells = {table->cells, table->n_cells};
    bool looks_so = table->n_rows == 0 && cells.n >= UNMARKED_HEADER_CELLS && record_is_header(cells);
    making_add_row(making, cells, table->is_header || looks_so);
    table->n_rows++;
    table->n_cells = 0;
    table->is_header = false;
}

void office_table_end(struct office_table *table, struct making *making)
{
    if (table->depth > 0 && --table->depth == 0)
        making_end_table(making);
    if (buf_failed(&table->cell))
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
}
