/* What people ask, looked at before anything is searched: forbidden words, small talk, class, contrast, approved answers.
 *
 * The first line is taken as a list's entry and as an approved question, the rest as what is asked.  Nothing may crash,
 * whatever the bytes; what is compared with itself has no contrast and is found as the approved question.
 * parts: text model base */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/text/contrast.h"
#include "flows/text/forbidden.h"
#include "flows/text/similarity.h"
#include "flows/text/small_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 * 1024 * 1024, MOST_BYTES = 4096 };

static void look(struct arena *arena, struct str line, struct str asked)
{
    const struct forbidden *forbidden = NULL;
    struct similarity *similarity = NULL;
    const double *scores = NULL;
    enum small_talk small_talk = SMALL_TALK_NONE;
    enum contrast contrast = CONTRAST_NONE;
    struct str hit = {0};
    if (forbidden_read(arena, STR("list"), line, &forbidden, NULL) == OK &&
        forbidden_find(forbidden, arena, asked, &hit) == OK && hit.n > line.n)
        abort();
    if (small_talk_find(arena, asked, &small_talk) == OK && (unsigned)small_talk >= SMALL_TALKS)
        abort();
    if (contrast_find(arena, asked, asked, &contrast) == OK && contrast != CONTRAST_NONE)
        abort();
    if (contrast_find(arena, line, asked, &contrast) == OK && contrast_name(contrast) == NULL)
        abort();
    if (similarity_build(arena, (struct strs){&line, 1}, &similarity) == OK &&
        similarity_scores(similarity, arena, asked, &scores) == OK && !(scores[0] >= 0 && scores[0] < 1.001))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size < MOST_BYTES ? size : MOST_BYTES}, line = {0};
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    if (rest.n > 0 && str_split(&rest, '\n', &line))
        look(&arena, line, rest.p == NULL ? STR("") : rest);
    arena_release(&arena);
    return 0;
}
