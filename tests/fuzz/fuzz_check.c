/* Flow files that load go through the checker: whatever they say, it ends, and every finding has a code and a sentence.
 * parts: survey flow rules model base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "flows/survey/check.h"
#include "flows/survey/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flow *flow = NULL;
    if (survey_load_text(STR("fuzz.yaml"), (struct str){(const char *)data, size}, &flow, NULL) != OK)
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct check_figures figures;
    if (check_definition(survey_definition(flow), CHECK_EVERYWHERE, &findings, &figures) == OK)
        for (size_t i = 0; i < findings.n; i++)
            if (findings.items[i].code == NULL || findings.items[i].message.n == 0)
                abort();
    flow->free(flow);
    return 0;
}
