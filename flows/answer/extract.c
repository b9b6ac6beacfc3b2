#include "flows/answer/extract.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/sentence.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"
#include "flows/answer/sought.h"
#include "store/index/question.h"

#include "bot/base/banned.h"

static const double stem_weight = 0.25, kind_bonus = 0.12;

struct scorer {
    struct arena *arena;
    const struct question *question;
    enum sought sought;
    struct str asked_text; /* normal */
    bool *found;           /* [n_own_terms], of one sentence */
};

/* Marks the question's terms that the word holds. */
static void mark_terms(const struct scorer *s, const struct word *word)
{
    for (struct str rest = word->run, term; term_next(word->kind, &rest, &term);)
        for (size_t i = 0; i < s->question->n_own_terms; i++)
            if (str_eq(s->question->terms[i].text, term))
                s->found[i] = true;
}

/* Share of the question's terms, by idf. */
static double coverage(const struct scorer *s, struct str normal)
{
    memset(s->found, 0, s->question->n_own_terms * sizeof *s->found);
    for (struct word word; word_next(&normal, &word);)
        mark_terms(s, &word);
    double sum = 0, all = 0;
    for (size_t i = 0; i < s->question->n_own_terms; i++) {
        all += s->question->terms[i].idf;
        sum += s->found[i] ? s->question->terms[i].idf : 0;
    }
    return all > 0 ? sum / all : 0;
}

/* Share of the question's stems that stand whole in the sentence. */
static double stems(const struct scorer *s, struct str squeezed)
{
    size_t n = 0;
    for (size_t i = 0; i < s->question->n_words; i++)
        n += str_find(squeezed, s->question->words[i].stem) != SIZE_MAX;
    return s->question->n_words == 0 ? 0 : (double)n / (double)s->question->n_words;
}

/* `sentence`: with its header, if it is a row. */
static enum err score_of(struct scorer *s, struct str sentence, double *ret_score)
{
    struct str normal, squeezed;
    enum err rc = terms_normal(s->arena, sentence, &normal);
    if (rc == OK)
        rc = terms_squeeze(s->arena, normal, &squeezed);
    if (rc != OK)
        return rc;
    bool fits = sought_is_in(s->sought, normal, s->asked_text);
    *ret_score = coverage(s, normal) + stem_weight * stems(s, squeezed) + (fits ? kind_bonus : 0);
    return OK;
}

/* ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Takes the next cell off a row; false at its end.  The bars of Markdown at both ends are no cells. */
static bool next_cell(struct str *row, struct str *ret_cell)
{
    *row = str_trim(*row);
    if (str_starts(*row, STR("|")))
        *row = str_trim(str_skip(*row, 1));
    if (row->n == 0)
        return false;
    size_t bar = str_find_char(*row, str_find_char(*row, '|') == SIZE_MAX ? '\t' : '|');
    *ret_cell = str_trim(str_first(*row, bar == SIZE_MAX ? row->n : bar));
    *row = str_skip(*row, bar == SIZE_MAX ? row->n : bar);
    return true;
}

static size_t cells_in(struct str row)
{
    size_t n = 0;
    for (struct str cell; next_cell(&row, &cell);)
        n++;
    return n;
}

/* The line of Markdown between header and rows: |---|:--:|. */
static bool is_rule(struct str row)
{
    for (size_t i = 0; i < row.n; i++)
        if (str_find_char(STR("|-: "), row.p[i]) == SIZE_MAX)
            return false;
    return row.n > 0;
}

/* Names of columns hold no digits first of all. */
static bool may_be_header(struct str row)
{
    for (struct str cell; next_cell(&row, &cell);)
        if (cell.n == 0 || (cell.p[0] >= '0' && cell.p[0] <= '9'))
            return false;
    return true;
}

/* A table while its rows go by. */
struct table {
    struct str header; /* the first row, if it may be one */
    bool is_open;
};

/* Takes note of the sentence; false when it is the header or the rule under it, which are no answers.  `rest`: the text
 * behind it. */
static bool is_candidate(struct table *table, struct str sentence, struct str rest)
{
    if (!sentence_is_table_row(sentence)) {
        *table = (struct table){.is_open = false};
        return true;
    }
    struct str next = {NULL, 0};
    bool has_next = sentence_next(&rest, &next) && sentence_is_table_row(next);
    if (!table->is_open) {
        bool is_header = has_next && may_be_header(sentence);
        *table = (struct table){is_header ? sentence : STR(""), true};
        return !is_header;
    }
    return !is_rule(sentence);
}

enum err extract_readable(struct arena *arena, const struct extract_sentence *sentence, struct str *ret_text)
{
    struct str header = sentence->header, row = sentence->text, name, cell;
    if (header.n == 0 || cells_in(header) < cells_in(row)) {
        *ret_text = sentence->text;
        return OK;
    }
    struct buf out;
    buf_init(&out, arena, header.n + 2 * row.n + 64);
    while (next_cell(&row, &cell) && next_cell(&header, &name)) {
        if (cell.n == 0)
            continue;
        if (out.n > 0)
            buf_add(&out, STR(", "));
        buf_add(&out, name);
        buf_add(&out, STR(": "));
        buf_add(&out, cell);
    }
    *ret_text = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

/* ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Puts the sentence among the best, if it is. */
static void keep(struct extracted *best, struct extract_sentence sentence)
{
    size_t at = best->n;
    while (at > 0 && best->sentences[at - 1].score < sentence.score)
        at--;
    if (at == EXTRACT_MOST)
        return;
    size_t last = best->n == EXTRACT_MOST ? EXTRACT_MOST - 1 : best->n++;
    for (size_t i = last; i > at; i--)
        best->sentences[i] = best->sentences[i - 1];
    best->sentences[at] = sentence;
}

static enum err choose_from(struct scorer *s, const struct passages *passages, size_t passage, struct extracted *best)
{
    struct str rest = passages->items[passage].text, text;
    struct table table = {.is_open = false};
    while (sentence_next(&rest, &text)) {
        if (!is_candidate(&table, text, rest))
            continue;
        struct extract_sentence sentence = {.passage = passage, .text = text, .header = table.header};
        struct str judged = text;
        if (table.header.n > 0)
            judged = arena_join(s->arena, (struct str[]){table.header, STR("\n"), text}, 3);
        if (judged.p == NULL)
            return ERR_NO_MEMORY;
        enum err rc = score_of(s, judged, &sentence.score);
        if (rc != OK)
            return rc;
        keep(best, sentence);
    }
    return OK;
}

enum err extract_answer(struct arena *arena, struct str text, const struct question *question,
                        const struct passages *passages, struct extracted *ret_extracted)
{
    struct scorer s = {.arena = arena, .question = question};
    struct extracted best = {.n = 0};
    s.found = arena_alloc_array(arena, question->n_own_terms, sizeof *s.found);
    enum err rc = s.found == NULL ? ERR_NO_MEMORY : terms_normal(arena, text, &s.asked_text);
    if (rc == OK)
        s.sought = sought_by(s.asked_text);
    for (size_t i = 0; i < passages->n && rc == OK && best.n == 0; i++)
        rc = choose_from(&s, passages, i, &best);
    if (rc == OK)
        *ret_extracted = best;
    return rc;
}

/* Whether sentence a stands before b. */
static bool is_before(const struct extract_sentence *a, const struct extract_sentence *b)
{
    return a->passage != b->passage ? a->passage < b->passage : a->text.p < b->text.p;
}

void extract_reading_order(const struct extracted *extracted, size_t ret_order[EXTRACT_MOST])
{
    for (size_t i = 0; i < extracted->n; i++) {
        size_t at = i;
        while (at > 0 && is_before(extracted->sentences + i, extracted->sentences + ret_order[at - 1])) {
            ret_order[at] = ret_order[at - 1];
            at--;
        }
        ret_order[at] = i;
    }
}
