/* What a model says is read and checked, whatever it is.
 * parts: answer index flow model base
 * The input: the model's text, a NUL, the passage.  Nothing is supported without a quote that was found.              */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/answer/claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, said;
    str_split(&rest, '\0', &said);
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct passage passage = {.document = STR("d"), .title = STR("규정 2024"), .text = rest};
    struct passages passages = {&passage, 1};
    struct claims claims;
    struct claims_answer answer;
    if (text_is_utf8(rest) && claims_read(&arena, said, &claims, NULL) == OK &&
        claims_verify(&arena, &claims, &passages, STR("며칠인가요?"), NULL) == OK &&
        claims_answer_make(&arena, &claims, &answer) == OK) {
        for (size_t i = 0; i < claims.n; i++) {
            bool is_found = false;
            for (size_t k = 0; k < claims.items[i].n_quotes; k++)
                is_found = is_found || claims.items[i].quotes[k].is_found;
            if (claims.items[i].verdict == CLAIM_SUPPORTED && !is_found)
                abort();
        }
    }
    arena_release(&arena);
    return 0;
}
