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
    bool quoted;
};

struct csv {
    struct loader *loader;
    const struct yaml_node *path; /* for messages */
    struct str rest;
    size_t line;
    struct cell *cells; /* of the present record: MAX_COLUMNS */
    size_t n_cells;
};

static void csv_fault(struct csv *csv, const char *sentence)
{
    load_fault(csv->loader, load_place(csv->path), "%.*s, line %zu: %s", STR_ARG(csv->path->text), csv->line, sentence);
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
        csv->line += csv->rest.p[i] == '\n';
        buf_add_char(&out, csv->rest.p[i]);
    }
    if (i >= csv->rest.n)
        csv_fault(csv, "a quote is never closed; close it");
    if (buf_failed(&out))
        load_no_memory(csv->loader);
    csv->rest = str_skip(csv->rest, i + 1);
    return buf_str(&out);
}

static struct str read_plain(struct csv *csv)
{
    size_t n = 0;
    while (n < csv->rest.n && csv->rest.p[n] != ',' && csv->rest.p[n] != '\n')
        n++;
    struct str cell = str_trim(str_first(csv->rest, n));
    csv->rest = str_skip(csv->rest, n);
    return cell;
}

/* The next record's cells; false at the end of the file. */
static bool read_record(struct csv *csv)
{
    csv->n_cells = 0;
    csv->line++;
    if (csv->rest.n == 0 || csv->loader->rc != OK)
        return false;
    for (;;) {
        if (csv->n_cells == MAX_COLUMNS) {
            csv_fault(csv, "more than 200 columns; split the file");
            return false;
        }
        bool quoted = csv->rest.n > 0 && csv->rest.p[0] == '"';
        struct str text = quoted ? read_quoted(csv) : read_plain(csv);
        csv->cells[csv->n_cells++] = (struct cell){text, quoted};
        if (quoted && str_starts(csv->rest, STR("\r")))
            csv->rest = str_skip(csv->rest, 1);
        bool more = str_starts(csv->rest, STR(",")), ends = csv->rest.n == 0 || csv->rest.p[0] == '\n';
        csv->rest = str_skip(csv->rest, 1);
        if (ends)
            return csv->loader->rc == OK;
        if (!more) {
            csv_fault(csv, "something stands after a closing quote; put a comma between");
            return false;
        }
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

static struct value value_of(struct cell cell)
{
    struct decimal number;
    if (cell.quoted)
        return value_string(cell.text);
    if (cell.text.n == 0)
        return value_null();
    if (str_eq(cell.text, STR("true")) || str_eq(cell.text, STR("false")))
        return value_boolean(str_eq(cell.text, STR("true")));
    if (looks_like_number(cell.text) && decimal_from_str(cell.text, &number))
        return value_number(number);
    return value_string(cell.text);
}

static struct str *read_header(struct csv *csv, size_t *ret_n)
{
    struct loader *loader = csv->loader;
    if (!read_record(csv) || is_blank(csv)) {
        csv_fault(csv, "the first line must name the columns; write it");
        return NULL;
    }
    struct str *names = load_alloc(loader, csv->n_cells, sizeof *names);
    for (size_t i = 0; i < csv->n_cells && loader->rc == OK; i++) {
        names[i] = csv->cells[i].text;
        if (names[i].n == 0)
            csv_fault(csv, "a column has no name; name it");
        if (strs_contain((struct strs){names, i}, names[i]))
            csv_fault(csv, "two columns have the same name; rename one");
    }
    *ret_n = csv->n_cells;
    return names;
}

static struct value record_of(struct csv *csv, const struct str *names, size_t n)
{
    if (csv->n_cells != n) {
        csv_fault(csv, "this line has another number of cells than the first; mend it");
        return value_null();
    }
    struct value_entry *entries = load_alloc(csv->loader, n, sizeof *entries);
    for (size_t i = 0; i < n && entries != NULL; i++)
        entries[i] = (struct value_entry){names[i], value_of(csv->cells[i])};
    return value_context(entries, entries == NULL ? 0 : n);
}

void load_csv(struct loader *loader, const struct yaml_node *path, struct str text, struct value *ret_records)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF"; /* spreadsheets write one */
    struct csv csv = {.loader = loader, .path = path, .rest = text};
    csv.cells = load_alloc(loader, MAX_COLUMNS, sizeof *csv.cells);
    if (!text_is_utf8(text))
        load_fault(loader, load_place(path), "the file is not UTF-8; save it as \"CSV UTF-8\"");
    if (str_starts(text, str_of(byte_order_mark)))
        csv.rest = str_skip(text, sizeof byte_order_mark - 1);
    size_t n_names = 0, n = 0;
    struct str *names = loader->rc == OK ? read_header(&csv, &n_names) : NULL;
    struct value *records = NULL;
    while (loader->rc == OK && read_record(&csv)) {
        if (is_blank(&csv))
            continue;
        if (n == MAX_RECORDS)
            csv_fault(&csv, "more than 20000 records; split the file");
        records = load_grow(loader, records, n, sizeof *records);
        if (records != NULL)
            records[n++] = record_of(&csv, names, n_names);
    }
    *ret_records = value_list(records, n);
}
