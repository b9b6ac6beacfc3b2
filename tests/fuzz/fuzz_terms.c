/* tests/fuzz/fuzz_terms.c — any text: words and terms are pieces of it, in order, and a stem's terms cover it; its normal
 * form is normal.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 64 * 1024 * 1024 };

static void check_terms(const struct word *word)
{
    const char *covered = word->stem.p;
    struct str rest = word->stem, term;
    while (term_next(word->kind, &rest, &term)) {
        if (term.n == 0 || term.p > covered || term.p < word->stem.p || !text_is_utf8(term))
            abort();
        covered = term.p + term.n;
    }
    if (covered != word->stem.p + word->stem.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str normal, again, squeezed;
    struct word word;
    arena_init(&arena, MOST_BYTES);
    if (terms_normal(&arena, (struct str){(const char *)data, size}, &normal) == OK) {
        if (terms_squeeze(&arena, normal, &squeezed) != OK || squeezed.n > normal.n)
            abort();
        if (terms_normal(&arena, normal, &again) != OK)
            abort();
        const char *from = normal.p;
        for (struct str rest = normal; word_next(&rest, &word); from = word.run.p + word.run.n) {
            if (word.run.n == 0 || word.run.p < from || word.stem.p != word.run.p || word.stem.n > word.run.n)
                abort();
            check_terms(&word);
        }
    }
    arena_release(&arena);
    return 0;
}
