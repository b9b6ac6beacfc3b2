#include "store/import/article.h"

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { HEADING_CHARACTERS = 60, LEVEL_ARTICLE = 4 };

static struct str without_digits(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return str_skip(s, n);
}

int article_level(struct str line)
{
    static const struct {
        struct str word;
        int level;
    } parts[] = {{STR_INIT("편"), 1}, {STR_INIT("장"), 2}, {STR_INIT("절"), 3}, {STR_INIT("조"), LEVEL_ARTICLE}};
    struct str after = str_starts(line, STR("제")) ? str_trim(str_skip(line, STR("제").n)) : STR("");
    struct str word = without_digits(after);
    if (word.n == after.n || text_length(line) > HEADING_CHARACTERS)
        return 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (!str_starts(word, parts[i].word))
            continue;
        struct str rest = str_skip(word, parts[i].word.n);
        if (str_starts(rest, STR("의")))
            rest = without_digits(str_skip(rest, STR("의").n));
        bool spaced = rest.n == 0 || rest.p[0] == ' ' || rest.p[0] == '(';
        rest = str_trim(rest);
        bool titled = rest.n == 0 || (rest.p[0] == '(' && str_ends(rest, STR(")")));
        return spaced && (parts[i].level < LEVEL_ARTICLE || titled) ? parts[i].level : 0;
    }
    return 0;
}
