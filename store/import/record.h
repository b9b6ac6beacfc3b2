/* store/import/record.h — a row of a sheet that stands for itself: "이름: 김길동, 부서: 총무".
 *
 * Thread: any.  Memory: the making's arena.                                                                          */
#ifndef GILBOT_IMPORT_RECORD_H
#define GILBOT_IMPORT_RECORD_H

#include <stdbool.h>

#include "bot/base/str.h"

struct making;

enum { RECORD_MAX_CELLS = 1024 }; /* columns; what stands to the right of them is not read */

/* Adds the row as a paragraph; empty cells are left out, cells without a column's name stand alone. */
void record_add(struct making *making, struct strs columns, struct strs cells);

/* Whether the first row of a sheet names the columns: every filled cell is a text without digits only, and no two are the
 * same; at least two are filled, or all rows have one cell. */
bool record_is_header(struct strs cells);

#endif
