/* A form that is accepted can be written and read again with the same fields.
 * parts: slack http model base */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "integrations/slack/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    struct form form, again;
    struct error error;
    if (form_parse(&arena, (struct str){(const char *)data, size}, &form, &error) != OK)
        return 0;
    struct buf out;
    buf_init(&out, &arena, 4 * 1024 * 1024);
    for (size_t i = 0; i < form.n; i++)
        form_add(&out, form.fields[i].name, form.fields[i].value);
    if (buf_failed(&out))
        return 0;
    if (form_parse(&arena, buf_str(&out), &again, &error) != OK || again.n != form.n)
        abort();
    for (size_t i = 0; i < form.n; i++)
        if (!str_eq(form.fields[i].name, again.fields[i].name) || !str_eq(form.fields[i].value, again.fields[i].value))
            abort();
    return 0;
}
