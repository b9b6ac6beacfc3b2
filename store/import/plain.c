/* store/import/plain.c — plain text: an empty line parts paragraphs; a line of its own that reads like the head of a
 * chapter or an article ("제2장 휴가", "제15조(연차 유급휴가)") is a heading, as is one that is underlined with = or -. */
#include <stdbool.h>

#include "bot/base/text.h"
#include "store/import/article.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/readers.h"

#include "bot/base/banned.h"

enum { HEADING_CHARACTERS = 60 };

/* "=====" 1, "-----" 2, else 0. */
static int underline_level(struct str line)
{
    if (line.n < 3 || (line.p[0] != '=' && line.p[0] != '-'))
        return 0;
    for (size_t i = 1; i < line.n; i++)
        if (line.p[i] != line.p[0])
            return 0;
    return line.p[0] == '=' ? 1 : 2;
}

static struct str take_line(struct str *rest)
{
    struct str line = STR("");
    if (rest->n > 0)
        (void)str_split(rest, '\n', &line);
    return str_trim(line);
}

void plain_read(struct making *making, struct str bytes, struct imported *imported)
{
    (void)imported;
    struct str rest = bytes;
    const char *start = NULL, *end = NULL; /* of the paragraph under way */
    while (rest.n > 0 && making->rc == OK) {
        struct str line = take_line(&rest);
        struct str peeked = rest, next = take_line(&peeked);
        int level = start == NULL && line.n > 0 && text_length(line) <= HEADING_CHARACTERS ? underline_level(next) : 0;
        if (level > 0)
            rest = peeked;
        else
            level = article_level(line);
        if ((line.n == 0 || level > 0) && start != NULL) {
            making_add(making, BLOCK_PARAGRAPH, 0, (struct str){start, (size_t)(end - start)});
            start = NULL;
        }
        if (level > 0) {
            making_add(making, BLOCK_HEADING, level, line);
        } else if (line.n > 0) {
            start = start == NULL ? line.p : start;
            end = line.p + line.n;
        }
    }
    if (start != NULL)
        making_add(making, BLOCK_PARAGRAPH, 0, (struct str){start, (size_t)(end - start)});
}
