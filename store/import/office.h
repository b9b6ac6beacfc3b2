/* store/import/office.h — what the three office formats share: core properties, relationships, rows of tables.
 *
 * Thread: one.  Memory: the making's arena.  Source: ECMA-376 (Office Open XML), part 2 (packages).                  */
#ifndef GILBOT_IMPORT_OFFICE_H
#define GILBOT_IMPORT_OFFICE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"
#include "bot/base/str.h"

struct imported;
struct making;
struct zip;

/* Title and date of docProps/core.xml, as far as they are there. */
void office_properties(struct making *making, const struct zip *zip, struct imported *imported);

/* The member that relationship `id` of the part "FOLDER/NAME" leads to, named from the archive's root; empty: none. */
struct office_part {
    const struct zip *zip;
    struct str folder, name; /* "ppt", "presentation.xml" */
};
struct str office_target(struct making *making, const struct office_part *part, struct str id);

enum { OFFICE_MAX_CELLS = 256 };

/* A table while it is read.  Tables within its cells are words of the cell. */
struct office_table {
    struct buf cell;
    struct str cells[OFFICE_MAX_CELLS];
    size_t n_cells, n_rows;
    int depth; /* tables that are open */
    bool is_header;
};
void office_table_init(struct office_table *table, struct making *making);
void office_table_begin(struct office_table *table, struct making *making);
void office_table_end_cell(struct office_table *table, struct making *making);
void office_table_end_row(struct office_table *table, struct making *making);
void office_table_end(struct office_table *table, struct making *making);

/* Whether text goes into the table's cell. */
bool office_table_is_open(const struct office_table *table);

#endif
