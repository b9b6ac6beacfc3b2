#include "flows/answer/support.h"

#include "bot/base/arena.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* Set on claims that are quotes in other words, and on such with a clause of another document joined to them
 * (tests/bench/bench_quotes.c). */
static const double least_whole = 0.45, least_clause = 0.3;

/* ── the set of terms ──────────────────────────────────────────────────────────────────────────────────────────── */

struct term_set {
    uint64_t *slots; /* 0: free */
    size_t mask;
};

/* The slot where the term is, or would be. */
static uint64_t *slot_of(const struct term_set *set, uint64_t hash)
{
    size_t i = (size_t)(hash >> 1) & set->mask;
    while (set->slots[i] != 0 && set->slots[i] != hash)
        i = (i + 1) & set->mask;
    return set->slots + i;
}

/* 0 means free. */
static uint64_t hash_of(struct str term)
{
    return str_hash(term) | 1;
}

static void set_add(struct term_set *set, struct str term)
{
    *slot_of(set, hash_of(term)) = hash_of(term);
}

static bool set_has(const struct term_set *set, struct str term)
{
    return *slot_of(set, hash_of(term)) != 0;
}

static enum err set_of(struct arena *arena, struct str text, struct term_set *ret)
{
    size_t size = 64;
    while (size < text.n) /* a term is at least one byte of its own: at most n of them, mostly n / 3 */
        size *= 2;
    struct term_set set = {arena_alloc_array(arena, size * 2, sizeof *set.slots), size * 2 - 1};
    if (set.slots == NULL)
        return ERR_NO_MEMORY;
    for (struct word word; word_next(&text, &word);)
        for (struct str rest = word.run, term; term_next(word.kind, &rest, &term);)
            set_add(&set, term);
    *ret = set;
    return OK;
}

/* ── words that say nothing of the matter ──────────────────────────────────────────────────────────────────────── */

static bool is_empty_word(const struct word *word)
{
    static const struct str heads[] = {
        STR_INIT("있"),   STR_INIT("없"),   STR_INIT("합니"),   STR_INIT("하여"), STR_INIT("해야"), STR_INIT("됩니"),
        STR_INIT("되며"), STR_INIT("입니"), STR_INIT("경우"),   STR_INIT("따르"), STR_INIT("따라"), STR_INIT("의하"),
        STR_INIT("대한"), STR_INIT("대해"), STR_INIT("위해"),   STR_INIT("위한"), STR_INIT("관련"), STR_INIT("해당"),
        STR_INIT("또는"), STR_INIT("또한"), STR_INIT("그리고"), STR_INIT("다음"), STR_INIT("같습"), STR_INIT("같이"),
        STR_INIT("문서"), STR_INIT("규정"), STR_INIT("안내"),   STR_INIT("질문"), STR_INIT("답변"), STR_INIT("아니"),
        STR_INIT("가능"), STR_INIT("이는"), STR_INIT("하며"),   STR_INIT("않"),   STR_INIT("못하"), STR_INIT("했"),
        STR_INIT("된"),   STR_INIT("되어"), STR_INIT("한다"),   STR_INIT("하는"), STR_INIT("하지"), STR_INIT("하고"),
    };
    static const struct str wholes[] = {STR_INIT("수"), STR_INIT("것"), STR_INIT("등"),  STR_INIT("및"),
                                        STR_INIT("때"), STR_INIT("네"), STR_INIT("the"), STR_INIT("a"),
                                        STR_INIT("of"), STR_INIT("is"), STR_INIT("are"), STR_INIT("to"),
                                        STR_INIT("in")};
    bool is_empty = word->kind == WORD_DIGITS;
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        is_empty = is_empty || str_starts(word->run, heads[i]);
    for (size_t i = 0; i < COUNT_OF(wholes); i++)
        is_empty = is_empty || str_eq(word->run, wholes[i]);
    return is_empty;
}

/* ── clauses ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A connective ending: what stands behind it is another clause. */
static bool closes_clause(struct str run)
{
    static const struct str tails[] = {STR_INIT("고"),   STR_INIT("며"),   STR_INIT("지만"), STR_INIT("으나"),
                                       STR_INIT("는데"), STR_INIT("면서"), STR_INIT("므로"), STR_INIT("니다"),
                                       STR_INIT("으며"), STR_INIT("되"),   STR_INIT("거나"), STR_INIT("어서"),
                                       STR_INIT("아서"), STR_INIT("and"),  STR_INIT("but")};
    for (size_t i = 0; i < COUNT_OF(tails); i++)
        if (str_ends(run, tails[i]) && run.n >= STR("하고").n)
            return true;
    return str_eq(run, STR("and")) || str_eq(run, STR("but"));
}

struct tally {
    size_t terms, found, words;
};

/* The next clause of *rest with its tally; false when there is none. */
static bool next_clause(struct str *rest, const struct term_set *quoted, struct str *ret_clause, struct tally *ret)
{
    struct tally tally = {0, 0, 0};
    struct str from = *rest;
    bool is_any = false;
    for (struct word word; word_next(rest, &word);) {
        is_any = true;
        if (!is_empty_word(&word)) {
            tally.words++;
            for (struct str stem = word.stem, term; term_next(word.kind, &stem, &term); tally.terms++)
                tally.found += set_has(quoted, term);
        }
        char next = rest->n > 0 ? rest->p[0] : '.';
        bool is_comma = (next == ',' || next == ';' || next == '.') && word.kind != WORD_DIGITS;
        if (is_comma || (closes_clause(word.run) && tally.words > 1))
            break;
    }
    *ret_clause = str_trim(str_first(from, from.n - rest->n));
    *ret = tally;
    return is_any;
}

static double share(const struct tally *tally)
{
    return tally->terms == 0 ? 1 : (double)tally->found / (double)tally->terms;
}

/* ── scripts ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_mostly_hangul(struct str text)
{
    size_t hangul = 0, latin = 0;
    for (struct word word; word_next(&text, &word);) {
        hangul += word.kind == WORD_HANGUL;
        latin += word.kind == WORD_LATIN;
    }
    return hangul >= latin;
}

enum err support_measure(struct arena *arena, struct str claim, struct str quoted, struct support *ret_support)
{
    struct term_set set;
    if (set_of(arena, quoted, &set) != OK)
        return ERR_NO_MEMORY;
    struct support support = {.weakest = 1, .is_other_script = is_mostly_hangul(claim) != is_mostly_hangul(quoted)};
    struct tally whole = {0, 0, 0}, one;
    struct str rest = claim, clause;
    while (next_clause(&rest, &set, &clause, &one)) {
        whole.terms += one.terms;
        whole.found += one.found;
        if (one.words > 1 && share(&one) < support.weakest) {
            support.weakest = share(&one);
            support.clause = clause;
        }
    }
    support.whole = share(&whole);
    *ret_support = support;
    return OK;
}

bool support_suffices(const struct support *support)
{
    return support->is_other_script || (support->whole >= least_whole && support->weakest >= least_clause);
}
