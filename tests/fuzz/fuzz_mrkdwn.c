/* Whatever is written as mrkdwn keeps within its limit, and every '<' in it begins a link to http, https, mailto or tel:
 * nobody can be mentioned.
 * parts: slack http model base */
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "integrations/slack/mrkdwn.h"

enum { LIMIT = 2900 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_links(struct str text)
{
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://"), STR_INIT("mailto:"),
                                         STR_INIT("tel:")};
    for (size_t at; (at = str_find_char(text, '<')) != SIZE_MAX;) {
        text = str_skip(text, at + 1);
        bool is_link = false;
        for (size_t i = 0; i < COUNT_OF(schemes); i++)
            is_link |= str_eq_nocase(str_first(text, schemes[i].n), schemes[i]);
        if (!is_link)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str markup = {(const char *)data, size};
    if (!text_is_utf8(markup))
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 256 * 1024 * 1024);
    struct strs texts;
    struct error error;
    if (slack_mrkdwn(&arena, markup, LIMIT, &texts, &error) != OK)
        return 0;
    for (size_t i = 0; i < texts.n; i++) {
        if (slack_units(texts.items[i]) > LIMIT || str_trim(texts.items[i]).n == 0)
            abort();
        check_links(texts.items[i]);
    }
    return 0;
}
