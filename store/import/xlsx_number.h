/* store/import/xlsx_number.h — the numbers of a workbook as people see them: dates, times and shares are numbers there.
 *
 * Source: ECMA-376 part 1, 18.8.30 (number formats), 18.17.4 (dates).  Thread: one.  Memory: the arena.             */
#ifndef GILBOT_IMPORT_XLSX_NUMBER_H
#define GILBOT_IMPORT_XLSX_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/str.h"

struct arena;
struct making;
struct zip;

enum xlsx_look { XLSX_PLAIN, XLSX_DATE, XLSX_TIME, XLSX_DATE_TIME, XLSX_PERCENT };

struct xlsx_formats {
    unsigned char *looks; /* enum xlsx_look of each cell style */
    size_t n;
    bool from_1904; /* day 0 is 1904-01-01 */
};

/* xl/styles.xml; without it every number is plain. */
void xlsx_formats_read(struct making *making, const struct zip *zip, struct xlsx_formats *formats);

/* The number `value` in the look of cell style `style`; what is no number stays as it is. */
struct str xlsx_number(struct arena *arena, const struct xlsx_formats *formats, size_t style, struct str value);

#endif
