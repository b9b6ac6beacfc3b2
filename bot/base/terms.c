#include "bot/base/terms.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/endings.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { NO_WORD = -1, KEPT_SYLLABLES = 2 };

enum err terms_normal(struct arena *arena, struct str text, struct str *ret_normal)
{
    struct str normal;
    enum err rc = text_nfkc(arena, text, &normal);
    return rc != OK ? rc : text_lower(arena, normal, ret_normal);
}

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Jamo on their own count as Hangul: people write ㅋㅋ and ㄱ자. */
static bool is_hangul(int32_t c)
{
    return (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3131 && c <= 0x318E);
}

static bool is_han(int32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x2FFFF);
}

/* enum word_kind, or NO_WORD.  Every letter that is neither Hangul nor Han nor kana goes with the Latin ones. */
static int kind_of(int32_t c)
{
    if (is_hangul(c))
        return WORD_HANGUL;
    if (c < 0x80) {
        if (c >= '0' && c <= '9')
            return WORD_DIGITS;
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? WORD_LATIN : NO_WORD;
    }
    if (is_han(c))
        return WORD_HAN;
    if (c >= 0x3041 && c <= 0x30FF && c != 0x30FB)
        return WORD_KANA;
    if (text_is_digit(c))
        return WORD_DIGITS;
    return text_is_letter(c) ? WORD_LATIN : NO_WORD;
}

struct str terms_stem(struct str run)
{
    for (size_t syllables = ENDING_MOST_SYLLABLES; syllables > 0; syllables--) {
        size_t tail = syllables * SYLLABLE_BYTES;
        if (run.n >= tail + (size_t)KEPT_SYLLABLES * SYLLABLE_BYTES &&
            ending_is((struct str){run.p + run.n - tail, tail}))
            return str_first(run, run.n - tail);
    }
    return run;
}

bool word_next(struct str *rest, struct word *ret_word)
{
    struct str after = *rest;
    int kind = NO_WORD;
    while (kind == NO_WORD && rest->n > 0) {
        after = *rest;
        kind = kind_of(text_next(&after));
        if (kind == NO_WORD)
            *rest = after;
    }
    if (kind == NO_WORD)
        return false;
    struct str run = *rest;
    for (*rest = after; after.n > 0 && kind_of(text_next(&after)) == kind;)
        *rest = after;
    run.n -= rest->n;
    *ret_word = (struct word){(enum word_kind)kind, run, kind == WORD_HANGUL ? terms_stem(run) : run};
    return true;
}

/* ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool term_next(enum word_kind kind, struct str *rest, struct str *ret_term)
{
    struct str all = *rest, second = *rest;
    if (all.n == 0)
        return false;
    if (kind == WORD_LATIN || kind == WORD_DIGITS) {
        *ret_term = all;
        *rest = str_skip(all, all.n);
        return true;
    }
    (void)text_next(&second);
    struct str third = second;
    (void)text_next(&third);
    *ret_term = str_first(all, all.n - third.n);
    *rest = third.n == 0 ? third : second; /* the last pair is the last term */
    return true;
}

enum err terms_squeeze(struct arena *arena, struct str normal, struct str *ret_squeezed)
{
    char *p = arena_alloc(arena, normal.n + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    struct word word;
    while (word_next(&normal, &word)) {
        memcpy(p + n, word.run.p, word.run.n);
        n += word.run.n;
    }
    *ret_squeezed = (struct str){p, n};
    return OK;
}
