#include "store/import/record.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/making.h"

#include "bot/base/banned.h"

void record_add(struct making *making, struct strs columns, struct strs cells)
{
    size_t room = 1;
    for (size_t i = 0; i < cells.n; i++)
        room += 4 + cells.items[i].n + (i < columns.n ? columns.items[i].n : 0);
    struct buf text;
    buf_init(&text, making->arena, room);
    for (size_t i = 0; i < cells.n; i++) {
        struct str cell = str_trim(cells.items[i]), column = i < columns.n ? str_trim(columns.items[i]) : STR("");
        if (cell.n == 0)
            continue;
        if (text.n > 0)
            buf_add(&text, STR(", "));
        buf_add(&text, column);
        if (column.n > 0)
            buf_add(&text, STR(": "));
        buf_add(&text, cell);
    }
    if (buf_failed(&text))
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
    else
        making_add(making, BLOCK_PARAGRAPH, 0, buf_str(&text));
}

static bool has_letter(struct str s)
{
    for (struct str rest = s; rest.n > 0;)
        if (text_is_letter(text_next(&rest)))
            return true;
    return false;
}

bool record_is_header(struct strs cells)
{
    size_t filled = 0;
    for (size_t i = 0; i < cells.n; i++) {
        struct str cell = str_trim(cells.items[i]);
        if (cell.n == 0)
            continue;
        filled++;
        if (!has_letter(cell) || text_length(cell) > 40)
            return false;
        for (size_t k = 0; k < i; k++)
            if (str_eq(cell, str_trim(cells.items[k])))
                return false;
    }
    return filled > 0;
}
