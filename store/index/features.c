#include "store/index/features.h"

#include <stdbool.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/sentence.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"
#include "store/index/question.h"
#include "store/index/search.h"

#include "bot/base/banned.h"

enum { BUCKETS = 256, MOST_PLACES = 4096, SET_WORDS = QUESTION_MOST_TERMS / 64, LCS_LEAST = 4 };

/* A word's stem or a term, looked for at every character. */
struct needle {
    const int32_t *points;
    size_t n;
    bool whole; /* only as a whole run: Latin words, numbers */
    bool is_word;
    uint32_t number; /* of the word or of the term */
    struct needle *next;
};

/* Terms found, a bit each. */
struct set {
    uint64_t bits[SET_WORDS];
};

struct features_finder {
    const struct question *question;
    struct needle *needles[BUCKETS]; /* by their first character */
    double own_mass;                 /* idf of all own terms     */
    /* the question's characters, chained by their low bits, for the longest common substring */
    const int32_t *points;
    size_t n_points;
    uint32_t *chain, first[BUCKETS]; /* place + 1; 0 ends; later places first                            */
    uint32_t *run, *run_at; /* [place]: length of the match that ends here, and at which character of the text */
};

/* ── preparing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const int32_t *points_of(struct arena *arena, struct str text, size_t *ret_n)
{
    int32_t *points = arena_alloc_array(arena, text.n, sizeof *points);
    size_t n = 0;
    if (points == NULL)
        return NULL;
    for (int32_t c; (c = text_next(&text)) >= 0;)
        points[n++] = c;
    *ret_n = n;
    return points;
}

static enum err add_needle(struct arena *arena, struct features_finder *finder, struct str text, struct needle like)
{
    struct needle *needle = arena_alloc(arena, sizeof *needle);
    if (needle == NULL)
        return ERR_NO_MEMORY;
    *needle = like;
    needle->points = points_of(arena, text, &needle->n);
    if (needle->points == NULL)
        return ERR_NO_MEMORY;
    struct needle **bucket = &finder->needles[needle->points[0] % BUCKETS];
    needle->next = *bucket;
    *bucket = needle;
    return OK;
}

static bool is_whole(enum word_kind kind)
{
    return kind == WORD_LATIN || kind == WORD_DIGITS;
}

static enum err add_needles(struct arena *arena, struct features_finder *finder)
{
    const struct question *question = finder->question;
    bool *known = arena_alloc_array(arena, question->n_own_terms + 1, sizeof *known);
    enum err rc = known == NULL ? ERR_NO_MEMORY : OK;
    for (size_t i = 0; rc == OK && i < question->n_words; i++) {
        const struct question_word *word = &question->words[i];
        struct needle like = {.whole = is_whole(word->kind), .is_word = true, .number = (uint32_t)i};
        rc = add_needle(arena, finder, word->stem, like);
        for (size_t k = 0; rc == OK && k < word->n; k++) {
            uint32_t term = question->own[word->first + k];
            if (known[term])
                continue;
            known[term] = true;
            finder->own_mass += question->terms[term].idf;
            rc = add_needle(arena, finder, question->terms[term].text,
                            (struct needle){.whole = like.whole, .number = term});
        }
    }
    return rc;
}

enum err features_begin(struct arena *arena, const struct question *question, struct features_finder **ret_finder)
{
    struct features_finder *finder = arena_alloc(arena, sizeof *finder);
    if (finder == NULL)
        return ERR_NO_MEMORY;
    finder->question = question;
    finder->points = points_of(arena, question->squeezed, &finder->n_points);
    finder->chain = arena_alloc_array(arena, finder->n_points + 1, sizeof *finder->chain);
    finder->run = arena_alloc_array(arena, finder->n_points + 1, sizeof *finder->run);
    finder->run_at = arena_alloc_array(arena, finder->n_points + 1, sizeof *finder->run_at);
    if (finder->points == NULL || finder->chain == NULL || finder->run == NULL || finder->run_at == NULL)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < finder->n_points; i++) {
        uint32_t *first = &finder->first[finder->points[i] % BUCKETS];
        finder->chain[i] = *first;
        *first = i + 1;
    }
    enum err rc = add_needles(arena, finder);
    if (rc == OK)
        *ret_finder = finder;
    return rc;
}

/* ── the text, without what stands between words ───────────────────────────────────────────────────────────────── */

struct squeezed {
    int32_t *points;
    bool *begins;       /* [n + 1]: a run begins here */
    uint32_t *sentence; /* its number                 */
    size_t n, most;
    uint32_t n_sentences;
};

static enum err squeeze(struct squeezed *text, struct str part, struct arena *scratch)
{
    struct str sentence, normal;
    struct word word;
    while (text->n < text->most && sentence_next(&part, &sentence)) {
        enum err rc = terms_normal(scratch, sentence, &normal);
        if (rc != OK)
            return rc;
        while (word_next(&normal, &word)) {
            bool begins = true;
            for (int32_t c; text->n < text->most && (c = text_next(&word.run)) >= 0; begins = false) {
                text->points[text->n] = c;
                text->begins[text->n] = begins;
                text->sentence[text->n++] = text->n_sentences;
            }
        }
        text->n_sentences++;
    }
    return OK;
}

static enum err squeeze_all(const struct features_text *text, struct arena *scratch, struct squeezed *ret_squeezed)
{
    size_t most = text->title.n + text->heading.n + text->body.n;
    most = most < FEATURES_MOST_CHARACTERS ? most : FEATURES_MOST_CHARACTERS;
    struct squeezed squeezed = {.points = arena_alloc_array(scratch, most, sizeof *squeezed.points),
                                .begins = arena_alloc_array(scratch, most + 1, sizeof *squeezed.begins),
                                .sentence = arena_alloc_array(scratch, most, sizeof *squeezed.sentence),
                                .most = most};
    if (squeezed.points == NULL || squeezed.begins == NULL || squeezed.sentence == NULL)
        return ERR_NO_MEMORY;
    enum err rc = squeeze(&squeezed, text->title, scratch);
    if (rc == OK)
        rc = squeeze(&squeezed, text->heading, scratch);
    if (rc == OK)
        rc = squeeze(&squeezed, text->body, scratch);
    squeezed.begins[squeezed.n] = true;
    *ret_squeezed = squeezed;
    return rc;
}

/* ── one pass ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct place {
    uint32_t at, word;
};

struct pass {
    struct features_finder *finder;
    const struct squeezed *text;
    bool *word_found;
    struct set found, before, here; /* anywhere; in the sentence before; in this one */
    struct place *places;           /* where words were found                        */
    size_t n_places;
    double sent1, sent2; /* masses */
    uint32_t lcs;
};

static double mass_of(const struct question *question, const struct set *set)
{
    double mass = 0;
    for (size_t i = 0; i < SET_WORDS; i++)
        for (uint64_t bits = set->bits[i]; bits != 0; bits &= bits - 1)
            mass += question->terms[i * 64 + (size_t)__builtin_ctzll(bits)].idf;
    return mass;
}

static bool has(const struct set *set, uint32_t term)
{
    return (set->bits[term / 64] >> (term % 64) & 1) != 0;
}

static void join(struct set *set, const struct set *other)
{
    for (size_t i = 0; i < SET_WORDS; i++)
        set->bits[i] |= other->bits[i];
}

static void end_sentence(struct pass *pass)
{
    const struct question *question = pass->finder->question;
    double one = mass_of(question, &pass->here);
    pass->sent1 = one > pass->sent1 ? one : pass->sent1;
    join(&pass->found, &pass->here);
    join(&pass->before, &pass->here);
    double two = mass_of(question, &pass->before);
    pass->sent2 = two > pass->sent2 ? two : pass->sent2;
    pass->before = pass->here;
    pass->here = (struct set){0};
}

static bool stands_at(const struct needle *needle, const struct squeezed *text, size_t at)
{
    if (needle->n > text->n - at || memcmp(needle->points, text->points + at, needle->n * sizeof *needle->points) != 0)
        return false;
    return !needle->whole || (text->begins[at] && text->begins[at + needle->n]);
}

static void look_at(struct pass *pass, size_t at)
{
    for (const struct needle *needle = pass->finder->needles[pass->text->points[at] % BUCKETS]; needle != NULL;
         needle = needle->next) {
        if (!stands_at(needle, pass->text, at))
            continue;
        if (!needle->is_word) {
            pass->here.bits[needle->number / 64] |= (uint64_t)1 << (needle->number % 64);
            continue;
        }
        pass->word_found[needle->number] = true;
        if (pass->n_places < MOST_PLACES)
            pass->places[pass->n_places++] = (struct place){(uint32_t)at, needle->number};
    }
}

/* Lengthens the matches of the question that end at the character before.  Later places of the question first, so that
 * the place before still holds what it held there. */
static void lengthen(struct pass *pass, size_t at)
{
    struct features_finder *finder = pass->finder;
    int32_t c = pass->text->points[at];
    for (uint32_t next = finder->first[c % BUCKETS]; next != 0; next = finder->chain[next - 1]) {
        uint32_t place = next - 1;
        if (finder->points[place] != c)
            continue;
        bool goes_on = place > 0 && at > 0 && finder->run_at[place - 1] == at; /* kept as at + 1: 0 is nowhere */
        finder->run[place] = goes_on ? finder->run[place - 1] + 1 : 1;
        finder->run_at[place] = (uint32_t)at + 1;
        pass->lcs = finder->run[place] > pass->lcs ? finder->run[place] : pass->lcs;
    }
}

static void walk(struct pass *pass)
{
    const struct squeezed *text = pass->text;
    memset(pass->finder->run_at, 0, (pass->finder->n_points + 1) * sizeof *pass->finder->run_at);
    for (size_t at = 0; at < text->n; at++) {
        for (uint32_t s = at == 0 ? text->sentence[0] : text->sentence[at - 1]; s < text->sentence[at]; s++)
            end_sentence(pass);
        look_at(pass, at);
        lengthen(pass, at);
    }
    end_sentence(pass);
}

/* ── features ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double found_share(const struct pass *pass, const struct question_word *word)
{
    size_t found = 0;
    for (size_t i = 0; i < word->n; i++)
        found += has(&pass->found, pass->finder->question->own[word->first + i]);
    return share((double)found, (double)word->n);
}

static void cover(const struct pass *pass, struct search_features *features)
{
    const struct question *question = pass->finder->question;
    double found = 0, partly = 0, digits = 0, digits_found = 0, latin = 0, latin_found = 0;
    for (size_t i = 0; i < question->n_words; i++) {
        const struct question_word *word = &question->words[i];
        bool is_found = pass->word_found[i];
        found += is_found ? word->mass : 0;
        partly += word->mass * (is_found ? 1 : found_share(pass, word));
        digits += word->kind == WORD_DIGITS;
        digits_found += word->kind == WORD_DIGITS && is_found;
        latin += word->kind == WORD_LATIN;
        latin_found += word->kind == WORD_LATIN && is_found;
    }
    features->cov = share(found, question->mass);
    features->covp = share(partly, question->mass);
    features->num = share(digits_found, digits);
    features->lat = share(latin_found, latin);
}

static double order_of(const struct pass *pass, bool *scratch_in_order)
{
    const struct question *question = pass->finder->question;
    double in_order = 0, all = 0;
    for (size_t i = 0; i < pass->n_places; i++) {
        struct place place = pass->places[i];
        size_t reach = text_length(question->words[place.word].stem) + FEATURES_REACH;
        for (size_t k = i + 1; k < pass->n_places && pass->places[k].at <= place.at + reach; k++)
            if (pass->places[k].word == place.word + 1 && pass->places[k].at > place.at)
                scratch_in_order[place.word] = true;
    }
    for (size_t i = 0; i + 1 < question->n_words; i++) {
        double mass = question->words[i].mass + question->words[i + 1].mass;
        all += mass;
        in_order += scratch_in_order[i] ? mass : 0;
    }
    return share(in_order, all);
}

/* The most mass of different words that begin within so many characters. */
static double window(const struct pass *pass, uint32_t width, uint32_t *scratch_counts)
{
    const struct question *question = pass->finder->question;
    double mass = 0, most = 0;
    memset(scratch_counts, 0, question->n_words * sizeof *scratch_counts);
    for (size_t i = 0, from = 0; i < pass->n_places; i++) {
        struct place place = pass->places[i];
        for (; pass->places[from].at + width <= place.at; from++)
            if (--scratch_counts[pass->places[from].word] == 0)
                mass -= question->words[pass->places[from].word].mass;
        if (scratch_counts[place.word]++ == 0)
            mass += question->words[place.word].mass;
        most = mass > most ? mass : most;
    }
    return share(most, question->mass);
}

enum err features_of(struct features_finder *finder, const struct features_text *text, struct arena *scratch,
                     struct search_features *ret_features)
{
    struct squeezed squeezed;
    const struct question *question = finder->question;
    struct pass pass = {.finder = finder,
                        .text = &squeezed,
                        .word_found = arena_alloc_array(scratch, question->n_words, sizeof *pass.word_found),
                        .places = arena_alloc_array(scratch, MOST_PLACES, sizeof *pass.places)};
    bool *in_order = arena_alloc_array(scratch, question->n_words, sizeof *in_order);
    uint32_t *counts = arena_alloc_array(scratch, question->n_words, sizeof *counts);
    if (pass.word_found == NULL || pass.places == NULL || in_order == NULL || counts == NULL)
        return ERR_NO_MEMORY;
    enum err rc = squeeze_all(text, scratch, &squeezed);
    if (rc != OK)
        return rc;
    walk(&pass);
    struct search_features features = {
        .order = order_of(&pass, in_order),
        .sent1 = share(pass.sent1, finder->own_mass),
        .sent2 = share(pass.sent2, finder->own_mass),
        .win60 = window(&pass, FEATURES_NEAR, counts),
        .win150 = window(&pass, FEATURES_WIDE, counts),
        .lcs = (double)pass.lcs / (double)(finder->n_points > LCS_LEAST ? finder->n_points : LCS_LEAST),
    };
    cover(&pass, &features);
    *ret_features = features;
    return OK;
}
