#include "flows/answer/quote.h"

#include "bot/base/arena.h"
#include "bot/base/endings.h"
#include "bot/base/sentence.h"
#include "bot/base/text.h"
#include "flows/answer/quote_page.h"

#include "bot/base/banned.h"

enum { NEAR_BYTES = 1200 }; /* how far apart the parts of a quote with an ellipsis may stand: some 400 syllables */

static bool is_digit(int32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_latin(int32_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_jamo(int32_t c)
{
    return c >= 0x1100 && c <= 0x11FF;
}

/* Places i and i + 1 stand in the text without anything between them. */
static bool touch(const struct quote_page *page, size_t i)
{
    return page->places[i].to == page->places[i + 1].from;
}

/* The same, or both belong to one code point. */
static bool joined(const struct quote_page *page, size_t i)
{
    return touch(page, i) || page->places[i].from == page->places[i + 1].from;
}

/* The text's code point that place i comes from; 0 for a mark of ours. */
static int32_t source_point(const struct quote_page *page, size_t i)
{
    struct str at = str_skip(page->text, page->places[i].from);
    return page->places[i].to > page->places[i].from ? text_next(&at) : 0;
}

/* ── where a quote may begin and end ───────────────────────────────────────────────────────────────────────────── */

/* A syllable that turns the word behind it into its opposite, or thins it. */
static bool is_negating_prefix(int32_t c)
{
    static const int32_t prefixes[] = {0xBD88 /*불*/, 0xBE44 /*비*/, 0xBBF8 /*미*/, 0xBB34 /*무*/,
                                       0xBD80 /*부*/, 0xC548 /*안*/, 0xBABB /*못*/, 0xBC18 /*반*/};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (prefixes[i] == c)
            return true;
    return false;
}

/* Whether the mark at place i, between two digits, parts two numbers rather than being within one: white space, a full
 * stop or a comma with white space beside it ("1. 15일", "2014. 8. 4.\n3"). */
static bool parts_numbers(const struct quote_page *page, size_t i)
{
    int32_t mark = page->places[i].point - QUOTE_BETWEEN_DIGITS;
    size_t from = page->places[i - 1].to, to = page->places[i].to;
    bool has_space = false;
    for (size_t at = from; at < to; at++)
        has_space = has_space || page->text.p[at] == ' ' || page->text.p[at] == '\n' || page->text.p[at] == '\t';
    return (mark == ' ' || mark == '.' || mark == ',' || mark == ')') && (mark == ' ' || has_space);
}

/* Index of the first place of the code point that place i belongs to. */
static size_t first_of_point(const struct quote_page *page, size_t i)
{
    while (i > 0 && page->places[i - 1].from == page->places[i].from && page->places[i].to > page->places[i].from)
        i--;
    return i;
}

static bool may_begin(const struct quote_page *page, size_t i)
{
    if (i == 0)
        return true;
    const struct quote_place *here = page->places + i, *left = here - 1;
    if (left->from == here->from && left->to > left->from)
        return false; /* within a code point */
    if (left->point == QUOTE_MINUS)
        return false;
    if (is_digit(here->point) && left->point >= QUOTE_BETWEEN_DIGITS)
        return parts_numbers(page, i - 1);
    if (is_digit(here->point))
        return !(is_digit(left->point) && touch(page, i - 1));
    if (is_latin(here->point))
        return !(is_latin(left->point) && touch(page, i - 1));
    if (!is_jamo(here->point) || !touch(page, i - 1) || !is_negating_prefix(source_point(page, i - 1)))
        return true;
    size_t prefix = first_of_point(page, i - 1);
    return prefix > 0 && is_jamo(page->places[prefix - 1].point) && touch(page, prefix - 1);
}

/* What multiplies or relates the number it stands behind, so that the number alone says something else. */
static bool is_multiplier(int32_t c)
{
    static const int32_t multipliers[] = {0xB9CC /*만*/, 0xC5B5 /*억*/, 0xC870 /*조*/, 0xCC9C /*천*/,
                                          0xBC31 /*백*/, 0xD37C /*퍼*/, '%',           0x2030};
    for (size_t i = 0; i < COUNT_OF(multipliers); i++)
        if (multipliers[i] == c)
            return true;
    return false;
}

/* `end` is behind the last place of the quote. */
static bool may_end(const struct quote_page *page, size_t end)
{
    if (end == page->n)
        return true;
    const struct quote_place *right = page->places + end, *here = right - 1;
    if (right->from == here->from && right->to > right->from)
        return false;
    bool is_tail_jamo = right->point >= 0x1160 && right->point <= 0x11FF && is_jamo(here->point);
    if ((is_tail_jamo && touch(page, end - 1) && right->from != here->from) ||
        (right->point >= 0x300 && right->point <= 0x36F))
        return false; /* decomposed text: within a syllable */
    if (is_digit(here->point)) {
        bool is_marked = right->point >= QUOTE_BETWEEN_DIGITS && right->point < QUOTE_MINUS;
        bool is_number_on = is_marked ? !parts_numbers(page, end) : is_digit(right->point) && touch(page, end - 1);
        return !is_number_on && !is_multiplier(source_point(page, end));
    }
    return !(is_latin(here->point) && is_latin(right->point) && touch(page, end - 1));
}

/* Behind a number's unit nothing may be cut off: of "3개월" nobody said "3개".  `from` is the quote's first place. */
static bool keeps_unit(const struct quote_page *page, size_t from, size_t end)
{
    if (end == page->n || !touch(page, end - 1) || !is_jamo(page->places[end].point))
        return true;
    size_t i = end;
    while (i > from && is_jamo(page->places[i - 1].point) && (i == end || joined(page, i - 1)))
        i--;
    if (i == from || i == end || !is_digit(page->places[i - 1].point))
        return true;
    struct str rest = str_skip(page->text, page->places[end].from), run = rest;
    for (struct str next = rest; next.n > 0;) {
        int32_t c = text_next(&next);
        if (c < 0xAC00 || c > 0xD7A3)
            break;
        rest = next;
    }
    run.n -= rest.n;
    return run.n <= (size_t)ENDING_MOST_SYLLABLES * SYLLABLE_BYTES && ending_is(run);
}

/* ── search ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Some of a text's places. */
struct pattern {
    const struct quote_place *places;
    size_t n;
    size_t *fallback; /* [n] of Knuth, Morris and Pratt */
};

static enum err pattern_make(struct arena *arena, const struct quote_page *quote, struct pattern *ret)
{
    struct pattern p = {quote->places, quote->n, arena_alloc_array(arena, quote->n, sizeof *p.fallback)};
    if (p.fallback == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 1, k = 0; i < p.n; i++) {
        while (k > 0 && p.places[i].point != p.places[k].point)
            k = p.fallback[k - 1];
        k += p.places[i].point == p.places[k].point;
        p.fallback[i] = k;
    }
    *ret = p;
    return OK;
}

/* How many characters of the quote count. */
static size_t characters(const struct pattern *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->places[i].to > p->places[i].from && (i == 0 || p->places[i].to != p->places[i - 1].to);
    return n;
}

struct search {
    const struct quote_page *page;
    const struct quote_page *quote; /* the part that is looked for */
    const struct pattern *pattern;
    bool is_exact;
};

static struct str spanned(const struct quote_page *page, size_t from, size_t end)
{
    size_t first = page->places[from].from;
    return (struct str){page->text.p + first, page->places[end - 1].to - first};
}

static bool is_letter_place(const struct quote_page *page, size_t i)
{
    return page->places[i].point < QUOTE_BETWEEN_DIGITS;
}

/* A short quote: the same bytes, and a word of its own but for an ending. */
static bool is_exact(const struct search *s, size_t from, size_t end)
{
    if (!str_eq(spanned(s->page, from, end), spanned(s->quote, 0, s->quote->n)))
        return false;
    if (from > 0 && is_letter_place(s->page, from - 1) && touch(s->page, from - 1))
        return false;
    if (end == s->page->n || !is_letter_place(s->page, end) || !touch(s->page, end - 1))
        return true;
    struct str tail = str_skip(s->page->text, s->page->places[end].from), after = tail;
    for (struct str next = tail; next.n > 0 && text_is_letter(text_next(&next));)
        after = next;
    tail.n -= after.n;
    return tail.n <= (size_t)ENDING_MOST_SYLLABLES * SYLLABLE_BYTES && ending_is(tail);
}

static bool fits(const struct search *s, size_t from, size_t end)
{
    return may_begin(s->page, from) && may_end(s->page, end) && keeps_unit(s->page, from, end) &&
           (!s->is_exact || is_exact(s, from, end));
}

/* The first place at or behind `start` where the pattern fits and ends before byte `limit`; SIZE_MAX: none. */
static size_t find(const struct search *s, size_t start, size_t limit)
{
    const struct pattern *p = s->pattern;
    for (size_t i = start, k = 0; i < s->page->n && s->page->places[i].from < limit; i++) {
        while (k > 0 && s->page->places[i].point != p->places[k].point)
            k = p->fallback[k - 1];
        k += s->page->places[i].point == p->places[k].point;
        if (k < p->n)
            continue;
        if (fits(s, i + 1 - k, i + 1))
            return i + 1 - k;
        k = p->fallback[k - 1];
    }
    return SIZE_MAX;
}

/* ── one piece ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct part {
    struct quote_page quote;
    struct pattern pattern;
    struct search search;
};

static enum err part_make(struct arena *arena, const struct quote_page *page, struct str text, struct part *ret)
{
    enum err rc = quote_page_read(arena, text, &ret->quote);
    if (rc == OK)
        rc = pattern_make(arena, &ret->quote, &ret->pattern);
    if (rc == OK)
        ret->search = (struct search){page, &ret->quote, &ret->pattern, characters(&ret->pattern) < QUOTE_SHORT};
    return rc;
}

static struct quote_span span_at(const struct part *part, size_t at)
{
    struct str found = spanned(part->search.page, at, at + part->pattern.n);
    size_t from = (size_t)(found.p - part->search.page->text.p);
    return (struct quote_span){from, from + found.n};
}

/* A single letter says nothing; a single digit neither. */
static bool is_vague(const struct part *part)
{
    return characters(&part->pattern) < 2;
}

/* ── pieces with ellipses ──────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of the ellipsis at the start of `s`, or 0. */
static size_t ellipsis(struct str s)
{
    static const struct str marks[] = {STR_INIT("…"),      STR_INIT("⋯"),   STR_INIT("(중략)"),
                                       STR_INIT("[중략]"), STR_INIT("..."), STR_INIT("‥")};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (str_starts(s, marks[i]))
            return marks[i].n;
    return 0;
}

/* Cuts the next piece before an ellipsis off *rest; false when it is exhausted. */
static bool next_piece(struct str *rest, struct str *ret_piece)
{
    if (rest->n == 0)
        return false;
    size_t at = 0;
    while (at < rest->n && ellipsis(str_skip(*rest, at)) == 0)
        at++;
    *ret_piece = str_first(*rest, at);
    *rest = str_skip(*rest, at + ellipsis(str_skip(*rest, at)));
    return true;
}

/* Finds the parts one behind the other, beginning with the first one's occurrence at or behind `start`. */
static bool locate_from(const struct part *parts, size_t n, size_t at, struct quote_found *ret)
{
    struct quote_found found = {.n = n};
    for (size_t k = 0; k < n; k++) {
        if (k > 0)
            at = find(&parts[k].search, at, found.parts[k - 1].to + NEAR_BYTES + parts[k].quote.text.n);
        if (at == SIZE_MAX)
            return false;
        found.parts[k] = span_at(parts + k, at);
        at += parts[k].pattern.n;
    }
    *ret = found;
    return true;
}

static enum err locate_parts(struct arena *arena, const struct quote_page *page, struct str quote,
                             enum quote_outcome *ret_outcome, struct quote_found *ret_found)
{
    struct part parts[QUOTE_PARTS];
    size_t n = 0;
    enum quote_outcome outcome = QUOTE_ABSENT;
    struct str rest = quote;
    for (struct str piece; next_piece(&rest, &piece);) {
        struct part part;
        if (piece.n == quote.n)
            break;
        enum err rc = part_make(arena, page, piece, &part);
        if (rc != OK)
            return rc;
        if (part.pattern.n == 0)
            continue;
        if (n == QUOTE_PARTS || part.search.is_exact)
            outcome = QUOTE_VAGUE;
        if (outcome == QUOTE_VAGUE)
            break;
        parts[n] = part;
        parts[n].search.quote = &parts[n].quote;
        parts[n].search.pattern = &parts[n].pattern;
        n++;
    }
    for (size_t at = 0; n > 0 && outcome == QUOTE_ABSENT;) {
        at = find(&parts[0].search, at, SIZE_MAX);
        if (at == SIZE_MAX)
            break;
        if (locate_from(parts, n, at, ret_found))
            outcome = QUOTE_FOUND;
        at++;
    }
    *ret_outcome = outcome;
    return OK;
}

enum err quote_locate(struct arena *arena, const struct quote_page *page, struct str quote,
                      enum quote_outcome *ret_outcome, struct quote_found *ret_found)
{
    struct part whole;
    enum err rc = part_make(arena, page, quote, &whole);
    if (rc != OK)
        return rc;
    if (whole.pattern.n == 0 || is_vague(&whole)) {
        *ret_outcome = whole.pattern.n == 0 ? QUOTE_EMPTY : QUOTE_VAGUE;
        return OK;
    }
    size_t at = find(&whole.search, 0, SIZE_MAX);
    if (at == SIZE_MAX)
        return locate_parts(arena, page, quote, ret_outcome, ret_found); /* it may have an ellipsis */
    *ret_found = (struct quote_found){.parts = {span_at(&whole, at)}, .n = 1};
    *ret_outcome = QUOTE_FOUND;
    return OK;
}

/* ── context ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct str quote_context(struct str page, struct quote_span span)
{
    struct str rest = page, sentence, context = {NULL, 0};
    while (sentence_next(&rest, &sentence)) {
        size_t from = (size_t)(sentence.p - page.p), to = from + sentence.n;
        if (to <= span.from)
            continue;
        if (from >= span.to)
            break;
        if (context.p == NULL)
            context.p = sentence.p;
        context.n = (size_t)(sentence.p + sentence.n - context.p);
    }
    return context;
}
