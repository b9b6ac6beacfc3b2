/* Comma-separated values (RFC 4180): the first line names the columns.  A cell that is not quoted and looks like a
 * number (without leading zeros), true or false is one; an empty one is null; all else is text. */
#include "flows/survey/load.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { MAX_COLUMNS = 200, MAX_RECORDS = 20000 };

struct cell {
    struct str text;
    struct place at;
    bool quoted;
};

struct csv {
    struct loader *loader;
    const struct load_file *file;
    struct str rest;
    struct place at;    /* where `rest` begins                     */
    struct cell *cells; /* of the present record: MAX_COLUMNS + 1  */
    size_t n_cells;
};

#define FAULT(csv_, at_, ...) load_fault_in((csv_)->loader, (csv_)->file->name, (at_), __VA_ARGS__)

/* Goes on behind `n` bytes. */
static void advance(struct csv *csv, size_t n)
{
    struct str taken = str_first(csv->rest, n);
    for (size_t i; (i = str_find_char(taken, '\n')) != SIZE_MAX; taken = str_skip(taken, i + 1)) {
        csv->at.line++;
        csv->at.column = 1;
    }
    csv->at.column += (uint32_t)text_length(taken);
    csv->rest = str_skip(csv->rest, n);
}

static struct str read_quoted(struct csv *csv)
{
    struct buf out;
    buf_init(&out, csv->loader->arena, csv->rest.n + 1);
    size_t i = 1;
    for (; i < csv->rest.n; i++) {
        if (csv->rest.p[i] == '"') {
            if (i + 1 >= csv->rest.n || csv->rest.p[i + 1] != '"')
                break;
            i++;
        }
        buf_add_char(&out, csv->rest.p[i]);
    }
    if (i >= csv->rest.n)
        FAULT(csv, csv->at, "this quote is never closed; close it");
    if (buf_failed(&out))
        load_no_memory(csv->loader);
    advance(csv, i + 1);
    return buf_str(&out);
}

static struct str read_plain(struct csv *csv)
{
    size_t n = 0;
    while (n < csv->rest.n && csv->rest.p[n] != ',' && csv->rest.p[n] != '\n')
        n++;
    struct str cell = str_trim(str_first(csv->rest, n));
    advance(csv, n);
    return cell;
}

/* The next record's cells; false at the end of the file, and after a fault that makes the rest unreadable. */
static bool read_record(struct csv *csv)
{
    csv->n_cells = 0;
    if (csv->rest.n == 0 || csv->loader->rc != OK)
        return false;
    for (;;) {
        struct cell cell = {.at = csv->at, .quoted = csv->rest.n > 0 && csv->rest.p[0] == '"'};
        cell.text = cell.quoted ? read_quoted(csv) : read_plain(csv);
        if (csv->n_cells == MAX_COLUMNS)
            FAULT(csv, cell.at, "more than %d columns; split the file", MAX_COLUMNS);
        if (csv->loader->rc != OK)
            return false;
        csv->cells[csv->n_cells++] = cell;
        if (cell.quoted && str_starts(csv->rest, STR("\r")))
            advance(csv, 1);
        bool more = str_starts(csv->rest, STR(",")), ends = csv->rest.n == 0 || csv->rest.p[0] == '\n';
        if (!more && !ends) {
            FAULT(csv, csv->at, "something stands after a closing quote; put a comma between");
            return false;
        }
        advance(csv, 1);
        if (ends)
            return true;
    }
}

static bool is_blank(const struct csv *csv)
{
    return csv->n_cells == 1 && csv->cells[0].text.n == 0 && !csv->cells[0].quoted;
}

/* "001" is an article's number, not 1. */
static bool looks_like_number(struct str text)
{
    struct str digits = str_starts(text, STR("-")) ? str_skip(text, 1) : text;
    if (digits.n == 0 || digits.p[0] < '0' || digits.p[0] > '9')
        return false;
    return digits.p[0] != '0' || digits.n == 1 || digits.p[1] == '.';
}

static struct value value_of(const struct cell *cell)
{
    struct decimal number;
    if (cell->quoted)
        return value_string(cell->text);
    if (cell->text.n == 0)
        return value_null();
    if (str_eq(cell->text, STR("true")) || str_eq(cell->text, STR("false")))
        return value_boolean(str_eq(cell->text, STR("true")));
    if (looks_like_number(cell->text) && decimal_from_str(cell->text, &number))
        return value_number(number);
    return value_string(cell->text);
}

static struct str *read_header(struct csv *csv, size_t *ret_n)
{
    struct loader *loader = csv->loader;
    bool found = read_record(csv);
    if (loader->rc == OK && (!found || is_blank(csv)))
        FAULT(csv, ((struct place){1, 1}), "the first line must name the columns; write it");
    struct str *names = load_alloc(loader, csv->n_cells, sizeof *names);
    for (size_t i = 0; i < csv->n_cells && loader->rc == OK; i++) {
        const struct cell *cell = &csv->cells[i];
        names[i] = cell->text;
        if (names[i].n == 0)
            FAULT(csv, cell->at, "this column has no name; name it");
        if (strs_contain((struct strs){names, i}, names[i]))
            FAULT(csv, cell->at, "two columns are called `%.*s`; rename one", STR_ARG(names[i]));
    }
    *ret_n = csv->n_cells;
    return names;
}

static struct value record_of(struct csv *csv, const struct str *names, size_t n)
{
    struct value_entry *entries = load_alloc(csv->loader, n, sizeof *entries);
    if (csv->n_cells != n) {
        struct place at = csv->n_cells > n ? csv->cells[n].at : csv->cells[0].at;
        FAULT(csv, at, "%zu cells, but the first line names %zu columns; add or take out commas", csv->n_cells, n);
        load_settle(csv->loader);
        return value_null();
    }
    for (size_t i = 0; i < n && entries != NULL; i++)
        entries[i] = (struct value_entry){names[i], value_of(&csv->cells[i])};
    return value_context(entries, entries == NULL ? 0 : n);
}

void load_csv(struct loader *loader, const struct load_file *file, struct value *ret_records)
{
    struct csv csv = {.loader = loader, .file = file, .rest = file->text, .at = {1, 1}};
    csv.cells = load_alloc(loader, MAX_COLUMNS, sizeof *csv.cells);
    size_t n_names = 0, n = 0;
    struct str *names = loader->rc == OK ? read_header(&csv, &n_names) : NULL;
    struct value *records = NULL;
    while (loader->rc == OK && read_record(&csv)) {
        if (is_blank(&csv))
            continue;
        if (n == MAX_RECORDS)
            FAULT(&csv, csv.cells[0].at, "more than %d records; split the file", MAX_RECORDS);
        records = load_grow(loader, records, n, sizeof *records);
        if (records != NULL)
            records[n++] = record_of(&csv, names, n_names);
    }
    *ret_records = value_list(records, loader->rc == OK ? n : 0);
}
