/* flows/survey/words.h — what a person may say at any time instead of an answer: again, back, stop, …
 *
 * Every locale has defaults; a flow may replace the list of any word (`words: {stop: [그만]}`), for all locales at once.
 * Words are compared by text_match_key: case, spaces and punctuation do not count.
 *
 * Thread: any (pure functions over constant tables).  Memory: as said.                                              */
#ifndef GILBOT_FLOWS_SURVEY_WORDS_H
#define GILBOT_FLOWS_SURVEY_WORDS_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum word {
    WORD_RESTART, /* forget this session's answers and begin again    */
    WORD_BACK,    /* the question before                               */
    WORD_STOP,    /* end the survey                                    */
    WORD_HELP,    /* say what may be said                              */
    WORD_SKIP,    /* leave this question out, where it is optional     */
    WORD_REPEAT,  /* show the question again                           */
    WORDS
};

/* A flow's own lists.  Zeroed: nothing is replaced. */
struct words {
    struct strs said[WORDS]; /* as written; n = 0: the locale's defaults */
    struct strs keys[WORDS]; /* their match keys                         */
};

/* "restart", "back", "stop", "help", "skip", "repeat": the keys of `words` in a flow. */
const char *word_name(enum word word);
bool word_from_name(struct str name, enum word *ret_word);

/* Replaces a word's list by `said` (as written in the flow); `said` is borrowed, the keys
 * live in `arena`.  ERR_INVALID: one of them has nothing
 * but spaces and punctuation, or is no UTF-8. */
MUST_USE
enum err words_replace(struct words *words, enum word word, struct strs said, struct arena *arena);

/* The word that `key` (a match key) stands for.  `words` NULL: only the defaults of `locale` ("ko", "en-US"; the
 * defaults of an unknown locale are the English ones). */
bool words_find(const struct words *words, struct str locale, struct str key, enum word *ret_word);

/* What to show people as the way to say `word`: the flow's first, else the locale's first. */
struct str words_first(const struct words *words, struct str locale, enum word word);

#endif
