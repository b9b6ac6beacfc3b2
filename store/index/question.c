#include "store/index/question.h"

#include <string.h>

#include "bot/base/arena.h"
#include "store/index/question_words.h"
#include "store/index/synonyms.h"
#include "store/index/text_index.h"

#include "bot/base/banned.h"

struct parser {
    struct arena *arena;
    const struct text_index *index;
    struct question *question;
    size_t n_own;
};

/* The term's number in the question; UINT32_MAX: there are too many already. */
static uint32_t take_term(struct parser *parser, struct str text, double weight)
{
    struct question *question = parser->question;
    for (size_t i = 0; i < question->n_terms; i++)
        if (str_eq(question->terms[i].text, text)) {
            if (question->terms[i].weight < weight)
                question->terms[i].weight = weight;
            return (uint32_t)i;
        }
    if (question->n_terms == QUESTION_MOST_TERMS)
        return UINT32_MAX;
    int32_t entry = text_index_find(parser->index, text);
    question->terms[question->n_terms] = (struct question_term){
        .text = text, .idf = text_index_idf(parser->index, entry), .weight = weight, .entry = entry};
    return (uint32_t)question->n_terms++;
}

static void take_word(struct parser *parser, const struct word *word)
{
    struct question *question = parser->question;
    struct question_word *taken = &question->words[question->n_words];
    *taken = (struct question_word){.kind = word->kind, .stem = word->stem, .first = parser->n_own};
    struct str rest = word->stem, term;
    while (parser->n_own < QUESTION_MOST_TERMS && term_next(word->kind, &rest, &term)) {
        uint32_t number = take_term(parser, term, 1);
        if (number == UINT32_MAX)
            break;
        question->own[parser->n_own++] = number;
        taken->mass += question->terms[number].idf;
    }
    taken->n = parser->n_own - taken->first;
    if (taken->n == 0)
        return;
    taken->mass /= (double)taken->n;
    question->mass += taken->mass;
    question->n_words++;
}

static void take_words(struct parser *parser, struct str normal, bool all)
{
    struct word word;
    while (parser->n_own < QUESTION_MOST_TERMS && word_next(&normal, &word))
        if (all || !question_word_asks_only(&word))
            take_word(parser, &word);
}

static void take_synonyms(struct parser *parser, const struct synonyms *synonyms, struct str normal)
{
    struct word word;
    struct str term;
    for (size_t i = 0; synonyms != NULL && i < synonyms->n; i++) {
        const struct synonym *synonym = &synonyms->items[i];
        if (!synonym_applies(synonym, parser->question->squeezed, normal))
            continue;
        for (struct str meant = synonym->meant; word_next(&meant, &word);)
            for (struct str rest = word.stem; term_next(word.kind, &rest, &term);)
                (void)take_term(parser, term, synonym->weight); /* the first ones count when there are too many */
    }
}

enum err question_read(struct arena *arena, const struct question_source *source, struct question *ret_question,
                       struct error *error)
{
    if (source->text.n > QUESTION_MOST_BYTES)
        return fail(error, ERR_INVALID, "the question is longer than %d bytes", QUESTION_MOST_BYTES);
    struct str normal = {0};
    struct question question = {0};
    enum err rc = terms_normal(arena, source->text, &normal);
    if (rc == OK)
        rc = terms_squeeze(arena, normal, &question.squeezed);
    if (rc != OK)
        return fail(error, rc, rc == ERR_INVALID ? "the question is not UTF-8" : "the question is too long");
    struct parser parser = {.arena = arena, .index = source->index, .question = &question};
    question.words = arena_alloc_array(arena, QUESTION_MOST_TERMS, sizeof *question.words);
    question.own = arena_alloc_array(arena, QUESTION_MOST_TERMS, sizeof *question.own);
    question.terms = arena_alloc_array(arena, QUESTION_MOST_TERMS, sizeof *question.terms);
    if (question.words == NULL || question.own == NULL || question.terms == NULL)
        return fail(error, ERR_NO_MEMORY, "the question is too long");
    take_words(&parser, normal, false);
    if (question.n_words == 0)
        take_words(&parser, normal, true);
    question.n_own_terms = question.n_terms;
    take_synonyms(&parser, source->synonyms, normal);
    *ret_question = question;
    return OK;
}
