/* store/import/csv.c — RFC 4180, and what spreadsheets make of it: semicolons or tabs, line ends of any kind. */
#include <stdbool.h>

#include "bot/base/arena.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/readers.h"
#include "store/import/record.h"

#include "bot/base/banned.h"

struct cursor {
    struct making *making;
    struct str rest;
    char separator;
};

/* The separator that the first line has most of, outside of quotes. */
static char find_separator(struct str text)
{
    static const char marks[] = {',', ';', '\t'};
    size_t counts[sizeof marks] = {0}, best = 0;
    bool quoted = false;
    for (size_t at = 0; at < text.n && (quoted || (text.p[at] != '\n' && text.p[at] != '\r')); at++) {
        quoted ^= text.p[at] == '"';
        for (size_t i = 0; !quoted && i < sizeof marks; i++)
            counts[i] += text.p[at] == marks[i];
    }
    for (size_t i = 1; i < sizeof marks; i++)
        best = counts[i] > counts[best] ? i : best;
    return marks[best];
}

/* A quoted cell: up to its closing quote, doubled quotes made one; what follows up to the separator is added as it is. */
static struct str take_quoted(struct cursor *cursor)
{
    struct str rest = str_skip(cursor->rest, 1);
    size_t raw = 0;
    while (raw < rest.n && (rest.p[raw] != '"' || (raw + 1 < rest.n && rest.p[raw + 1] == '"')))
        raw += rest.p[raw] == '"' ? 2 : 1;
    raw = raw > rest.n ? rest.n : raw;
    char *cell = arena_alloc(cursor->making->arena, raw + 1);
    size_t n = 0;
    if (cell == NULL)
        making_fail(cursor->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
    for (size_t at = 0; cell != NULL && at < raw; at++) {
        cell[n++] = rest.p[at];
        at += rest.p[at] == '"';
    }
    cursor->rest = str_skip(rest, raw + 1);
    return (struct str){cell, n};
}

static bool at_end_of_line(struct str rest)
{
    return rest.n == 0 || rest.p[0] == '\n' || rest.p[0] == '\r';
}

static struct str take_cell(struct cursor *cursor)
{
    struct str cell = STR("");
    bool quoted = cursor->rest.n > 0 && cursor->rest.p[0] == '"';
    if (quoted)
        cell = take_quoted(cursor);
    size_t n = 0;
    struct str rest = cursor->rest;
    while (!at_end_of_line(str_skip(rest, n)) && rest.p[n] != cursor->separator)
        n++;
    cursor->rest = str_skip(rest, n);
    return quoted ? cell : str_first(rest, n);
}

/* The cells of the next line; their number. */
static size_t take_row(struct cursor *cursor, struct str cells[RECORD_MAX_CELLS])
{
    size_t n = 0;
    for (bool more = true; more;) {
        struct str cell = take_cell(cursor);
        if (n < RECORD_MAX_CELLS)
            cells[n++] = cell;
        more = cursor->rest.n > 0 && cursor->rest.p[0] == cursor->separator;
        cursor->rest = str_skip(cursor->rest, more ? 1 : 0);
    }
    bool both = str_starts(cursor->rest, STR("\r\n"));
    cursor->rest = str_skip(cursor->rest, both ? 2 : 1);
    return n;
}

void csv_read(struct making *making, struct str bytes, struct imported *imported)
{
    (void)imported;
    struct str columns[RECORD_MAX_CELLS], cells[RECORD_MAX_CELLS];
    struct cursor cursor = {.making = making, .rest = bytes, .separator = find_separator(bytes)};
    struct strs first = {columns, take_row(&cursor, columns)};
    if (!record_is_header(first) || cursor.rest.n == 0) {
        record_add(making, (struct strs){NULL, 0}, first);
        first.n = 0;
    }
    while (cursor.rest.n > 0 && making->rc == OK)
        record_add(making, first, (struct strs){cells, take_row(&cursor, cells)});
}
