#include "flows/answer/claims.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/terms.h"
#include "flows/answer/association.h"
#include "flows/answer/polarity.h"
#include "flows/answer/quantity.h"
#include "flows/answer/quote.h"
#include "flows/answer/support.h"

#include "bot/base/banned.h"

/* ── quotes to places ──────────────────────────────────────────────────────────────────────────────────────────── */

struct checker {
    struct arena *arena;
    const struct passages *passages;
    struct quote_page *pages; /* of each passage */
    struct str question;      /* normal          */
};

static enum err read_pages(struct checker *c)
{
    c->pages = arena_alloc_array(c->arena, c->passages->n, sizeof *c->pages);
    enum err rc = c->pages == NULL ? ERR_NO_MEMORY : OK;
    for (size_t i = 0; i < c->passages->n && rc == OK; i++)
        rc = quote_page_read(c->arena, c->passages->items[i].text, c->pages + i);
    return rc;
}

static enum err look_in(struct checker *c, struct claim_quote *quote, size_t passage)
{
    enum quote_outcome outcome;
    struct quote_found found;
    enum err rc = quote_locate(c->arena, c->pages + passage, quote->said, &outcome, &found);
    if (rc != OK || outcome != QUOTE_FOUND)
        return rc;
    size_t from = found.parts[0].from, to = found.parts[found.n - 1].to;
    quote->is_found = true;
    quote->passage = passage;
    quote->found = str_first(str_skip(c->passages->items[passage].text, from), to - from);
    return OK;
}

/* In the passage that was named, else in any. */
static enum err place_quote(struct checker *c, struct claim_quote *quote)
{
    size_t named = quote->named >= 1 ? (size_t)quote->named - 1 : SIZE_MAX;
    enum err rc = named < c->passages->n ? look_in(c, quote, named) : OK;
    for (size_t i = 0; i < c->passages->n && rc == OK && !quote->is_found; i++)
        if (i != named)
            rc = look_in(c, quote, i);
    return rc;
}

/* ── what the quotes say ───────────────────────────────────────────────────────────────────────────────────────── */

enum { MOST_TEXT = 256 * 1024 };

/* Normal text of parts of the passages, one behind the other. */
struct sayings {
    struct str quoted; /* the quotes, each to the end of its predicate          */
    struct str around; /* the quotes, their titles and headings, for numbers    */
    struct str all;    /* their whole sentences, titles, headings, the question */
};

static void add_line(struct buf *out, struct str s)
{
    buf_add(out, s);
    buf_add_char(out, '\n');
}

static enum err normal_of(struct checker *c, const struct buf *buf, struct str *ret)
{
    return buf_failed(buf) ? ERR_NO_MEMORY : terms_normal(c->arena, buf_str(buf), ret);
}

static enum err gather(struct checker *c, const struct claim *claim, struct sayings *ret)
{
    struct buf quoted, around, all;
    buf_init(&quoted, c->arena, MOST_TEXT);
    buf_init(&around, c->arena, MOST_TEXT);
    buf_init(&all, c->arena, MOST_TEXT);
    for (size_t i = 0; i < claim->n_quotes; i++) {
        const struct claim_quote *quote = claim->quotes + i;
        if (!quote->is_found)
            continue;
        const struct passage *passage = c->passages->items + quote->passage;
        size_t from = (size_t)(quote->found.p - passage->text.p), to = from + quote->found.n;
        add_line(&quoted, polarity_reach(passage->text, from, to));
        add_line(&around, quote->found);
        add_line(&around, passage->title);
        add_line(&around, passage->heading);
        add_line(&all, quote_context(passage->text, (struct quote_span){from, to}));
    }
    add_line(&all, buf_str(&around));
    add_line(&all, c->question);
    enum err rc = normal_of(c, &quoted, &ret->quoted);
    if (rc == OK)
        rc = normal_of(c, &around, &ret->around);
    return rc == OK ? normal_of(c, &all, &ret->all) : rc;
}

/* ── checks ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The mark of a list item at the start of a claim is no number of it: "1. ", "2) ". */
static struct str without_item_mark(struct str s)
{
    size_t i = 0;
    while (i < s.n && i < 2 && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    bool is_mark = i > 0 && i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ')') && s.p[i + 1] == ' ';
    return is_mark ? str_skip(s, i + 2) : s;
}

static enum err check_numbers(struct checker *c, struct str claim, const struct sayings *sayings, struct claim *ret)
{
    struct numbered mine = {.text = without_item_mark(claim)}, theirs = {.text = sayings->around};
    enum err rc = quantities_read(c->arena, mine.text, &mine.numbers);
    if (rc == OK)
        rc = quantities_read(c->arena, theirs.text, &theirs.numbers);
    if (rc != OK)
        return rc;
    struct str fault = {NULL, 0};
    for (size_t i = 0; i < mine.numbers.n && fault.n == 0; i++)
        if (!quantity_is_in(mine.numbers.items + i, &theirs.numbers))
            fault = mine.numbers.items[i].text;
    if (fault.n == 0)
        fault = association_fault(&mine, &theirs);
    if (fault.n > 0) {
        ret->verdict = CLAIM_OTHER_NUMBER;
        ret->detail = fault;
    }
    return OK;
}

/* An address in the claim must be one of the quotes' passages, character by character. */
static struct str foreign_address(const struct checker *c, struct str claim)
{
    static const struct str heads[] = {STR_INIT("://"), STR_INIT("www."), STR_INIT("mailto:"), STR_INIT("@")};
    for (struct str rest = claim, word; str_split(&rest, ' ', &word);) {
        bool is_address = false;
        for (size_t i = 0; i < COUNT_OF(heads); i++)
            is_address = is_address || str_find(word, heads[i]) != SIZE_MAX;
        bool is_known = !is_address;
        for (size_t i = 0; i < c->passages->n && !is_known; i++)
            is_known =
                str_find(c->passages->items[i].text, word) != SIZE_MAX || str_eq(c->passages->items[i].url, word);
        if (!is_known)
            return word;
    }
    return (struct str){NULL, 0};
}

/* The claim with its quantities blanked out: they have their own check. */
static enum err without_numbers(struct checker *c, struct str claim, struct str *ret)
{
    struct quantities numbers;
    char *copy = arena_alloc(c->arena, claim.n + 1);
    enum err rc = copy == NULL ? ERR_NO_MEMORY : quantities_read(c->arena, claim, &numbers);
    if (rc != OK)
        return rc;
    if (claim.n > 0)
        memcpy(copy, claim.p, claim.n);
    for (size_t i = 0; i < numbers.n; i++)
        memset(copy + (numbers.items[i].text.p - claim.p), ' ', numbers.items[i].text.n);
    *ret = (struct str){copy, claim.n};
    return OK;
}

static enum err check_words(struct checker *c, struct str claim, const struct sayings *sayings, struct claim *ret)
{
    struct support support;
    struct str words;
    enum err rc = without_numbers(c, claim, &words);
    if (rc == OK)
        rc = support_measure(c->arena, words, sayings->all, &support);
    if (rc == OK && !support_suffices(&support)) {
        ret->verdict = CLAIM_OTHER_WORDS;
        ret->detail = support.clause;
    }
    return rc;
}

/* Checks the text against its quotes that were found; the first fault counts. */
static enum err check_text(struct checker *c, struct claim *claim)
{
    struct sayings sayings;
    struct str normal;
    struct str address = foreign_address(c, claim->text);
    if (address.n > 0) {
        claim->verdict = CLAIM_FOREIGN_ADDRESS;
        claim->detail = address;
        return OK;
    }
    enum err rc = gather(c, claim, &sayings);
    if (rc == OK)
        rc = terms_normal(c->arena, claim->text, &normal);
    claim->verdict = CLAIM_SUPPORTED;
    if (rc == OK)
        rc = check_numbers(c, normal, &sayings, claim);
    if (rc == OK && claim->verdict == CLAIM_SUPPORTED && !polarity_agrees(normal, sayings.quoted))
        claim->verdict = CLAIM_OTHER_POLARITY;
    if (rc == OK && claim->verdict == CLAIM_SUPPORTED)
        rc = check_words(c, normal, &sayings, claim);
    return rc;
}

static enum err check_claim(struct checker *c, struct claim *claim)
{
    enum err rc = OK;
    bool is_any = false;
    for (size_t i = 0; i < claim->n_quotes && rc == OK; i++) {
        rc = place_quote(c, claim->quotes + i);
        is_any = is_any || claim->quotes[i].is_found;
    }
    if (rc != OK)
        return rc;
    if (is_any)
        return check_text(c, claim);
    claim->verdict = claim->n_quotes == 0 ? CLAIM_WITHOUT_QUOTE : CLAIM_QUOTE_NOT_FOUND;
    return OK;
}

enum err claims_verify(struct arena *arena, struct claims *claims, const struct passages *passages, struct str question,
                       struct error *error)
{
    struct checker c = {.arena = arena, .passages = passages};
    enum err rc = terms_normal(arena, question, &c.question);
    if (rc == OK)
        rc = read_pages(&c);
    for (size_t i = 0; i < claims->n && rc == OK; i++)
        rc = check_claim(&c, claims->items + i);
    return rc == OK ? OK : fail(error, rc, "checking the model's claims");
}

const char *claim_verdict_name(enum claim_verdict verdict)
{
    switch (verdict) {
    case CLAIM_UNCHECKED:
        return "unchecked";
    case CLAIM_SUPPORTED:
        return "supported";
    case CLAIM_WITHOUT_QUOTE:
        return "without_quote";
    case CLAIM_QUOTE_NOT_FOUND:
        return "quote_not_found";
    case CLAIM_OTHER_NUMBER:
        return "other_number";
    case CLAIM_OTHER_POLARITY:
        return "other_polarity";
    case CLAIM_OTHER_WORDS:
        return "other_words";
    case CLAIM_FOREIGN_ADDRESS:
        return "foreign_address";
    }
    return "";
}

/* ── the answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The mark's number of the quote's passage, which becomes a source when it is none yet. */
static size_t source_number(struct claims_answer *answer, const struct claim_quote *quote)
{
    for (size_t i = 0; i < answer->n_sources; i++)
        if (answer->sources[i].passage == quote->passage)
            return i + 1;
    answer->sources[answer->n_sources++] = (struct claims_source){quote->passage, quote->found};
    return answer->n_sources;
}

static void add_supported(struct buf *out, struct claims_answer *answer, const struct claim *claim)
{
    uint64_t marked = 0;
    if (out->n > 0)
        buf_add_char(out, ' ');
    buf_add(out, claim->text);
    for (size_t i = 0; i < claim->n_quotes; i++) {
        if (!claim->quotes[i].is_found)
            continue;
        size_t number = source_number(answer, claim->quotes + i);
        bool is_new = number >= 64 || (marked >> number & 1) == 0;
        if (number < 64)
            marked |= (uint64_t)1 << number;
        if (is_new)
            buf_addf(out, " [%zu]", number);
    }
}

enum err claims_answer_make(struct arena *arena, const struct claims *claims, struct claims_answer *ret_answer)
{
    struct claims_answer answer = {
        .sources = arena_alloc_array(arena, (size_t)CLAIMS_MOST * CLAIM_MOST_QUOTES, sizeof *answer.sources)};
    if (answer.sources == NULL)
        return ERR_NO_MEMORY;
    struct buf out;
    buf_init(&out, arena, MOST_TEXT);
    for (size_t i = 0; i < claims->n; i++) {
        if (claims->items[i].verdict == CLAIM_SUPPORTED)
            add_supported(&out, &answer, claims->items + i);
        else
            answer.n_removed++;
    }
    if (buf_failed(&out))
        return ERR_NO_MEMORY;
    answer.text = buf_str(&out);
    *ret_answer = answer;
    return OK;
}
