/* store/import/xlsx.c — a workbook: each sheet is a heading, each row a record under the columns' names. */
#include <stdbool.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/office.h"
#include "store/import/readers.h"
#include "store/import/record.h"
#include "store/import/xlsx_number.h"
#include "store/import/xml_pull.h"
#include "store/import/zip.h"

#include "bot/base/banned.h"

enum { MAX_STRINGS = 2000000, ROWS_ABOVE_HEADER = 10 };

struct workbook {
    struct making *making;
    struct zip zip;
    struct str *strings; /* shared ones */
    size_t n_strings, string_room;
    struct xlsx_formats formats;
};

struct sheet {
    struct workbook *book;
    struct str columns[RECORD_MAX_CELLS], cells[RECORD_MAX_CELLS];
    size_t n_columns, n_cells; /* up to the last filled one */
    size_t n_rows;
    bool has_header, header_decided;
};

static bool wants(struct str name)
{
    return str_eq(name, STR("xl/workbook.xml")) || str_eq(name, STR("xl/_rels/workbook.xml.rels")) ||
           str_eq(name, STR("xl/sharedStrings.xml")) || str_eq(name, STR("xl/styles.xml")) ||
           str_eq(name, STR("docProps/core.xml")) ||
           (str_starts(name, STR("xl/worksheets/")) && str_ends(name, STR(".xml")));
}

/* ── shared strings ────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_string(struct workbook *book, struct str text)
{
    if (book->n_strings == book->string_room) {
        size_t room = book->string_room == 0 ? 256 : 2 * book->string_room;
        struct str *strings = room > MAX_STRINGS ? NULL : arena_alloc_array(book->making->arena, room, sizeof *strings);
        if (strings == NULL) {
            making_fail(book->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
            return;
        }
        if (book->n_strings > 0)
            memcpy(strings, book->strings, book->n_strings * sizeof *strings);
        book->strings = strings;
        book->string_room = room;
    }
    book->strings[book->n_strings++] = arena_copy(book->making->arena, text);
}

/* Runs of a string that differ in their looks are one text; what tells its pronunciation (rPh) is left out. */
static void read_strings(struct workbook *book)
{
    struct str bytes = zip_find(&book->zip, STR("xl/sharedStrings.xml"));
    struct xml_pull xml = {0};
    struct buf text;
    bool in_text = false, sounds = false;
    if (bytes.n == 0)
        return;
    buf_init(&text, book->making->arena, IMPORT_MAX_TEXT_BYTES);
    xml_open(&xml, book->making, bytes);
    while (xml_next(&xml)) {
        if (xml_begins(&xml, "t"))
            in_text = !sounds;
        else if (xml_ends(&xml, "t"))
            in_text = false;
        else if (xml_begins(&xml, "rPh") || xml_ends(&xml, "rPh"))
            sounds = xml_begins(&xml, "rPh");
        else if (in_text && xml_is_text(&xml))
            buf_add(&text, xml_text(&xml));
        if (xml_ends(&xml, "si")) {
            add_string(book, buf_str(&text));
            buf_truncate(&text, 0);
        }
    }
    xml_close(&xml);
}

/* ── cells ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "BC12" → 54; RECORD_MAX_CELLS and more: too far to the right. */
static size_t column_of(struct str reference)
{
    size_t column = 0;
    for (size_t i = 0; i < reference.n && reference.p[i] >= 'A' && reference.p[i] <= 'Z' && column < 100000; i++)
        column = 26 * column + (size_t)(reference.p[i] - 'A') + 1;
    return column == 0 ? RECORD_MAX_CELLS : column - 1;
}

struct cell {
    size_t column;
    char type; /* s shared, i inline or formula's text, b truth value, e error, n number */
    size_t style;
};

static struct cell begin_cell(const struct sheet *sheet, const struct xml_pull *xml)
{
    struct str reference = xml_attribute(xml, "r");
    struct cell cell = {.column = reference.n > 0 ? column_of(reference) : sheet->n_cells, .type = 'n'};
    struct str type = xml_attribute(xml, "t");
    int64_t style = 0;
    if (str_eq(type, STR("s")) || str_eq(type, STR("b")) || str_eq(type, STR("e")))
        cell.type = type.p[0];
    else if (str_eq(type, STR("inlineStr")) || str_eq(type, STR("str")) || str_eq(type, STR("d")))
        cell.type = 'i';
    if (str_to_i64(xml_attribute(xml, "s"), &style) && style >= 0)
        cell.style = (size_t)style;
    return cell;
}

static struct str cell_text(struct workbook *book, const struct cell *cell, struct str value)
{
    int64_t index = -1;
    if (cell->type == 's')
        return str_to_i64(value, &index) && index >= 0 && (size_t)index < book->n_strings ? book->strings[index]
                                                                                          : STR("");
    if (cell->type == 'b')
        return str_eq(value, STR("1")) ? STR("TRUE") : STR("FALSE");
    if (cell->type == 'e')
        return STR("");
    if (cell->type == 'n')
        return xlsx_number(book->making->arena, &book->formats, cell->style, value);
    return arena_copy(book->making->arena, value);
}

static void end_cell(struct sheet *sheet, const struct cell *cell, struct str value)
{
    struct str text = cell_text(sheet->book, cell, value);
    if (text.n == 0 || cell->column >= RECORD_MAX_CELLS)
        return;
    while (sheet->n_cells <= cell->column)
        sheet->cells[sheet->n_cells++] = STR("");
    sheet->cells[cell->column] = text;
}

static size_t count_filled(const struct sheet *sheet)
{
    size_t filled = 0;
    for (size_t i = 0; i < sheet->n_cells; i++)
        filled += sheet->cells[i].n > 0;
    return filled;
}

/* Lines of one cell above the table are its title and remarks. */
static void end_row(struct sheet *sheet)
{
    struct strs cells = {sheet->cells, sheet->n_cells};
    size_t filled = count_filled(sheet);
    if (filled == 0)
        return;
    sheet->n_rows++;
    if (!sheet->header_decided && (filled > 1 || sheet->n_rows > ROWS_ABOVE_HEADER)) {
        sheet->header_decided = true;
        if (record_is_header(cells)) {
            memcpy(sheet->columns, sheet->cells, sheet->n_cells * sizeof sheet->cells[0]);
            sheet->n_columns = sheet->n_cells;
            return;
        }
    }
    record_add(sheet->book->making, (struct strs){sheet->columns, sheet->n_columns}, cells);
}

static void read_sheet(struct sheet *sheet, struct str bytes)
{
    struct making *making = sheet->book->making;
    struct xml_pull xml = {0};
    struct cell cell = {0};
    struct buf value;
    bool in_value = false;
    buf_init(&value, making->arena, IMPORT_MAX_TEXT_BYTES);
    xml_open(&xml, making, bytes);
    while (xml_next(&xml)) {
        if (xml_begins(&xml, "row")) {
            sheet->n_cells = 0;
        } else if (xml_begins(&xml, "c")) {
            cell = begin_cell(sheet, &xml);
            buf_truncate(&value, 0);
        } else if (xml_begins(&xml, "v") || xml_begins(&xml, "t")) {
            in_value = true;
        } else if (in_value && xml_is_text(&xml)) {
            buf_add(&value, xml_text(&xml));
        }
        if (xml_ends(&xml, "v") || xml_ends(&xml, "t"))
            in_value = false;
        else if (xml_ends(&xml, "c"))
            end_cell(sheet, &cell, buf_str(&value));
        else if (xml_ends(&xml, "row"))
            end_row(sheet);
    }
    xml_close(&xml);
    if (sheet->n_rows == 1 && sheet->n_columns > 0) /* a header alone is a row all the same */
        record_add(making, (struct strs){NULL, 0}, (struct strs){sheet->columns, sheet->n_columns});
}

void xlsx_read(struct making *making, struct str bytes, struct imported *imported)
{
    struct workbook book = {.making = making};
    struct sheet *sheet = arena_alloc(making->arena, sizeof *sheet);
    if (sheet == NULL || !zip_open(making, bytes, wants, &book.zip))
        return;
    office_properties(making, &book.zip, imported);
    read_strings(&book);
    xlsx_formats_read(making, &book.zip, &book.formats);
    struct office_part part = {&book.zip, STR("xl"), STR("workbook.xml")};
    struct xml_pull xml = {0};
    xml_open(&xml, making, zip_find(&book.zip, STR("xl/workbook.xml")));
    while (xml_next(&xml)) {
        if (xml_begins(&xml, "workbookPr"))
            book.formats.from_1904 = str_eq(xml_attribute(&xml, "date1904"), STR("1"));
        if (!xml_begins(&xml, "sheet") || str_ends(xml_attribute(&xml, "state"), STR("idden")))
            continue;
        making_add(making, BLOCK_HEADING, 1, xml_attribute(&xml, "name"));
        struct str member = office_target(making, &part, arena_copy(making->arena, xml_relationship(&xml)));
        memset(sheet, 0, sizeof *sheet);
        sheet->book = &book;
        if (zip_find(&book.zip, member).n > 0)
            read_sheet(sheet, zip_find(&book.zip, member));
    }
    xml_close(&xml);
}
