#include "flows/survey/lexicon.h"

#include "bot/base/banned.h"

struct str lexicon_word(const struct lexicon *lexicon, size_t i)
{
    return *(const struct str *)((const char *)lexicon->entries + i * lexicon->size);
}

/* Bytes of the UTF-8 character that begins with `lead`. */
static size_t character_bytes(unsigned char lead)
{
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The first entry that does not come before `key`. */
static size_t lower_bound(const struct lexicon *lexicon, struct str key)
{
    size_t from = 0, to = lexicon->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_cmp(lexicon_word(lexicon, middle), key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

size_t lexicon_range(const struct lexicon *lexicon, struct str s, size_t *ret_from)
{
    if (s.n == 0)
        return 0;
    struct str first = str_first(s, character_bytes((unsigned char)s.p[0]));
    size_t from = lower_bound(lexicon, first), to = from;
    while (to < lexicon->n && str_starts(lexicon_word(lexicon, to), first))
        to++;
    *ret_from = from;
    return to - from;
}

bool lexicon_is_sorted(const struct lexicon *lexicon)
{
    for (size_t i = 1; i < lexicon->n; i++)
        if (str_cmp(lexicon_word(lexicon, i - 1), lexicon_word(lexicon, i)) >= 0)
            return false;
    return true;
}
