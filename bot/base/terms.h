/* bot/base/terms.h — the terms of a text: what is looked up when documents are searched.  One code for the index and for
 * questions, as each strips words in the same way; a stored index says with which TERMS_VERSION it was made.
 *
 *   text ──terms_normal──▶ NFKC, lower case ──word_next──▶ runs of one script: Hangul, Latin, digits, Han, kana
 *   Hangul run: one particle or ending stripped when two syllables are left ("회사에서는" → "회사")
 *   stem ──term_next──▶ pairs of neighbouring characters (a single one: itself); Latin and digit runs are one term
 *
 * So two-syllable words, compounds ("연말정산" holds "정산") and missing spaces all match, and no dictionary is needed.
 *
 * Thread: any.  Memory: terms_normal in the arena (or the text itself when nothing changes); the others borrow.
 * Errors: ERR_INVALID for what is not UTF-8, ERR_NO_MEMORY.                                                          */
#ifndef GILBOT_BASE_TERMS_H
#define GILBOT_BASE_TERMS_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* Rises with every change of what terms a text has, the table of endings included. */
enum { TERMS_VERSION = 1 };

enum word_kind { WORD_HANGUL, WORD_LATIN, WORD_DIGITS, WORD_HAN, WORD_KANA };

struct word {
    enum word_kind kind;
    struct str run;  /* the whole run                                                       */
    struct str stem; /* what its terms are made of: the run, but for a Hangul run's ending  */
};

/* NFKC and lower case: what the functions below work on. */
MUST_USE enum err terms_normal(struct arena *arena, struct str text, struct str *ret_normal);

/* Cuts the next run off *rest (normal text); false when there is none. */
bool word_next(struct str *rest, struct word *ret_word);

/* Cuts the next term off *rest, which begins as a word's stem; false when there is none. */
bool term_next(enum word_kind kind, struct str *rest, struct str *ret_term);

/* The stem of a Hangul run: without the longest particle or ending that leaves two syllables. */
struct str terms_stem(struct str hangul_run);

/* Of normal text what its words are made of, one behind the other: without spaces and punctuation. */
MUST_USE enum err terms_squeeze(struct arena *arena, struct str normal, struct str *ret_squeezed);

#endif
