/* tests/mutate_quotes.c — does the checker of quotes and claims tell false ones from true ones?
 *
 *   mutate_quotes [--show] [--each N] FILE…       N of each kind (250); .tsv (docid, title, text; a line feed within is \n) or plain text and Markdown
 *
 * Takes sentences of the files at random, always the same ones, and makes of them
 *   false quotes   a digit changed, words swapped, a negation flipped, a unit changed, two sentences spliced, a clause added
 *   false claims   the same changes in what is claimed, with the true sentence as its quote; an amount ten times as large
 *   true quotes    other spaces, punctuation, quotation marks, width, case; an ellipsis
 *   true claims    polite endings; amounts and dates written in other ways
 * and prints of each kind how many were caught or refused, and one JSON object.  Exit status 1 when fewer than 99 % of the
 * false ones are caught or more than 1 % of the true ones refused.                                                   */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/sentence.h"
#include "bot/base/text.h"
#include "flows/answer/claims.h"
#include "flows/answer/quote.h"

#include "bot/base/banned.h"

enum {
    EACH = 250,
    MOST_TRIES = 400,  /* for one */
    LEAST_LENGTH = 15, /* code points of a sentence */
    MOST_LENGTH = 150,
    MOST_PAGES = 60000,
    PAGE_BYTES = 2400, /* plain text is cut into pieces of about this size */
};

/* ── chance, always the same ───────────────────────────────────────────────────────────────────────────────────── */

static uint64_t seed = 20240301;

static size_t pick(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

/* ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct arena memory; /* of all pages */
static struct passage pages[MOST_PAGES];
static size_t n_pages;

static struct str read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buf all;
    buf_init(&all, &memory, 1u << 30);
    char piece[65536];
    for (size_t n; file != NULL && (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&all, (struct str){piece, n});
    if (file == NULL || fclose(file) != 0 || buf_failed(&all)) {
        fprintf(stderr, "mutate_quotes: cannot read %s\n", path);
        exit(2);
    }
    return buf_str(&all);
}

static void add_page(struct str title, struct str text)
{
    if (n_pages < MOST_PAGES && text_length(text) >= 2 * LEAST_LENGTH && text_is_utf8(text))
        pages[n_pages++] = (struct passage){.document = title, .title = title, .text = text};
}

static struct str unescaped(struct str s)
{
    char *p = arena_alloc(&memory, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < s.n; i++) {
        bool is_escape = s.p[i] == '\\' && i + 1 < s.n;
        i += is_escape;
        p[n++] = is_escape && s.p[i] == 'n' ? '\n' : s.p[i];
    }
    return (struct str){p, n};
}

static void add_table(struct str all)
{
    struct str line, id, title;
    str_split(&all, '\n', &line);
    while (str_split(&all, '\n', &line) && line.n > 0)
        if (str_split(&line, '\t', &id) && str_split(&line, '\t', &title))
            add_page(title, unescaped(line));
}

static void add_text(struct str title, struct str all)
{
    for (struct str rest = all; rest.n > 0;) {
        struct str piece = str_first(rest, PAGE_BYTES);
        size_t end = piece.n;
        while (piece.n < rest.n && end > 0 && piece.p[end - 1] != '\n')
            end--;
        piece.n = end > 0 ? end : piece.n;
        add_page(title, piece);
        rest = str_skip(rest, piece.n);
    }
}

/* ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct taken {
    const struct passage *page;
    struct str sentence, other; /* other: one of the same page that does not stand beside it; may be empty */
    struct str foreign;         /* one of another page */
};

static size_t sentences_of(struct str text, struct str *sentences, size_t most)
{
    size_t n = 0;
    while (n < most && sentence_next(&text, sentences + n))
        n++;
    return n;
}

static bool is_fit(struct str sentence)
{
    size_t n = text_length(sentence);
    return n >= LEAST_LENGTH && n <= MOST_LENGTH && str_find_char(sentence, '\n') == SIZE_MAX &&
           !sentence_is_table_row(sentence) && (str_ends(sentence, STR(".")) || str_ends(sentence, STR("다")));
}

static bool take(struct taken *ret)
{
    struct str list[64];
    const struct passage *page = pages + pick(n_pages), *foreign = pages + pick(n_pages);
    size_t n = sentences_of(page->text, list, COUNT_OF(list));
    if (n == 0 || foreign == page || str_eq(foreign->title, page->title))
        return false;
    size_t at = pick(n), other = pick(n);
    *ret = (struct taken){.page = page, .sentence = list[at]};
    if (other > at + 1 || other + 1 < at)
        ret->other = list[other];
    n = sentences_of(foreign->text, list, COUNT_OF(list));
    ret->foreign = n == 0 ? STR("") : list[pick(n)];
    return is_fit(ret->sentence) && is_fit(ret->foreign);
}

/* ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Each writes what it makes of the sentence and gives false when that cannot be done. */
typedef bool change(const struct taken *t, struct buf *out);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `s` with the first n bytes at `at` replaced. */
static bool replace(struct str s, size_t at, size_t n, struct str by, struct buf *out)
{
    buf_add(out, str_first(s, at));
    buf_add(out, by);
    buf_add(out, str_skip(s, at + n));
    return true;
}

static bool change_digit(const struct taken *t, struct buf *out)
{
    struct str s = t->sentence;
    size_t start = pick(s.n);
    for (size_t i = 0; i < s.n; i++) {
        size_t at = (start + i) % s.n;
        if (!is_digit(s.p[at]))
            continue;
        char other = (char)('0' + (s.p[at] - '0' + 1 + (int)pick(8)) % 10);
        bool leads = (at == 0 || !is_digit(s.p[at - 1])) && at + 1 < s.n && is_digit(s.p[at + 1]);
        return !(leads && other == '0') && replace(s, at, 1, (struct str){&other, 1}, out);
    }
    return false;
}

static bool swap_words(const struct taken *t, struct buf *out)
{
    struct str words[64], rest = t->sentence;
    size_t n = 0;
    while (n < COUNT_OF(words) && str_split(&rest, ' ', words + n))
        n++;
    if (n < 4)
        return false;
    size_t a = pick(n - 1), b = a + 1 + pick(n - 1 - a);
    if (b == n - 1 || words[a].n == 0 || words[b].n == 0 || str_eq(words[a], words[b]))
        return false; /* the last word keeps the full stop */
    struct str kept = words[a];
    words[a] = words[b];
    words[b] = kept;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_char(out, ' ');
        buf_add(out, words[i]);
    }
    return true;
}

struct pair {
    struct str from, to;
};

/* Replaces the last `from` that the sentence holds, trying the pairs in turn. */
static bool replace_one(struct str s, const struct pair *pairs, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = SIZE_MAX;
        for (size_t next, from = 0; (next = str_find(str_skip(s, from), pairs[i].from)) != SIZE_MAX; from += next + 1)
            at = from + next;
        if (at != SIZE_MAX)
            return replace(s, at, pairs[i].from.n, pairs[i].to, out);
    }
    return false;
}

static bool flip_negation(const struct taken *t, struct buf *out)
{
    static const struct pair pairs[] = {
        {STR_INIT("하지 않았다"), STR_INIT("하였다")},
        {STR_INIT("하지 않는다"), STR_INIT("한다")},
        {STR_INIT("되지 않았다"), STR_INIT("되었다")},
        {STR_INIT("되지 않는다"), STR_INIT("된다")},
        {STR_INIT("수 없다"), STR_INIT("수 있다")},
        {STR_INIT("수 없었다"), STR_INIT("수 있었다")},
        {STR_INIT("수 있다"), STR_INIT("수 없다")},
        {STR_INIT("수 있었다"), STR_INIT("수 없었다")},
        {STR_INIT("하였다"), STR_INIT("하지 않았다")},
        {STR_INIT("되었다"), STR_INIT("되지 않았다")},
        {STR_INIT("했다"), STR_INIT("하지 않았다")},
        {STR_INIT("됐다"), STR_INIT("되지 않았다")},
        {STR_INIT("한다."), STR_INIT("하지 않는다.")},
        {STR_INIT("된다."), STR_INIT("되지 않는다.")},
        {STR_INIT("합니다."), STR_INIT("하지 않습니다.")},
        {STR_INIT("됩니다."), STR_INIT("되지 않습니다.")},
        {STR_INIT("가능"), STR_INIT("불가능")},
    };
    return replace_one(t->sentence, pairs, COUNT_OF(pairs), out);
}

static bool change_unit(const struct taken *t, struct buf *out)
{
    static const struct pair units[] = {
        {STR_INIT("개월"), STR_INIT("일")}, {STR_INIT("시간"), STR_INIT("분")}, {STR_INIT("년"), STR_INIT("개월")},
        {STR_INIT("월"), STR_INIT("개월")}, {STR_INIT("일"), STR_INIT("년")},   {STR_INIT("만"), STR_INIT("억")},
        {STR_INIT("원"), STR_INIT("달러")}, {STR_INIT("명"), STR_INIT("%")},    {STR_INIT("%"), STR_INIT("명")},
        {STR_INIT("회"), STR_INIT("명")},   {STR_INIT("세"), STR_INIT("년")},   {STR_INIT("kg"), STR_INIT("g")},
        {STR_INIT("m"), STR_INIT("km")},    {STR_INIT("위"), STR_INIT("회")},   {STR_INIT("개"), STR_INIT("명")},
        {STR_INIT("시"), STR_INIT("일")},
    };
    struct str s = t->sentence;
    size_t start = pick(s.n);
    for (size_t k = 0; k < s.n; k++) {
        size_t i = (start + k) % s.n;
        if (i == 0 || !is_digit(s.p[i - 1]) || is_digit(s.p[i]))
            continue;
        for (size_t u = 0; u < COUNT_OF(units); u++)
            if (str_starts(str_skip(s, i), units[u].from))
                return replace(s, i, units[u].from.n, units[u].to, out);
    }
    return false;
}

static bool splice(const struct taken *t, struct buf *out)
{
    if (!is_fit(t->other) || str_find(t->page->text, t->sentence) == SIZE_MAX)
        return false;
    buf_add(out, t->sentence);
    buf_add_char(out, ' ');
    buf_add(out, t->other);
    return true;
}

/* "…하며" + a sentence of another page in place of the end, or the other sentence before it. */
static bool invent_clause(const struct taken *t, struct buf *out)
{
    static const struct pair ends[] = {
        {STR_INIT("하였다."), STR_INIT("하였으며, ")}, {STR_INIT("했다."), STR_INIT("했으며, ")},
        {STR_INIT("한다."), STR_INIT("하며, ")},       {STR_INIT("이다."), STR_INIT("이며, ")},
        {STR_INIT("된다."), STR_INIT("되며, ")},       {STR_INIT("되었다."), STR_INIT("되었으며, ")},
        {STR_INIT("있다."), STR_INIT("있으며, ")},     {STR_INIT("합니다."), STR_INIT("하며, ")},
        {STR_INIT("입니다."), STR_INIT("이며, ")},
    };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        if (!str_ends(t->sentence, ends[i].from))
            continue;
        buf_add(out, str_first(t->sentence, t->sentence.n - ends[i].from.n));
        buf_add(out, ends[i].to);
        buf_add(out, t->foreign);
        return true;
    }
    return false;
}

static bool enlarge_amount(const struct taken *t, struct buf *out)
{
    struct str s = t->sentence;
    for (size_t i = pick(s.n); i > 0; i--) {
        size_t from = i;
        while (from > 0 && is_digit(s.p[from - 1]))
            from--;
        bool is_decimal = from > 0 && s.p[from - 1] == '.';
        bool ends =
            is_digit(s.p[i - 1]) && !is_decimal && (i == s.n || (!is_digit(s.p[i]) && s.p[i] != ',' && s.p[i] != '.'));
        if (ends)
            return replace(s, i, 0, STR("0"), out);
    }
    return false;
}

/* ── harmless changes ──────────────────────────────────────────────────────────────────────────────────────────── */

static bool other_spaces(const struct taken *t, struct buf *out)
{
    for (size_t i = 0; i < t->sentence.n; i++) {
        char c = t->sentence.p[i];
        bool is_between_digits = i > 0 && i + 1 < t->sentence.n &&
                                 (is_digit(t->sentence.p[i - 1]) || t->sentence.p[i - 1] == '.') &&
                                 is_digit(t->sentence.p[i + 1]);
        if (c == ' ' && !is_between_digits && pick(2) == 0)
            continue;
        buf_add_char(out, c);
        if (c == ' ' && pick(4) == 0)
            buf_add(out, STR("\n"));
    }
    return true;
}

static bool other_marks(const struct taken *t, struct buf *out)
{
    static const struct pair marks[] = {{STR_INIT("“"), STR_INIT("”")},
                                        {STR_INIT("「"), STR_INIT("」")},
                                        {STR_INIT("\""), STR_INIT("\"")},
                                        {STR_INIT("**"), STR_INIT("**")}};
    const struct pair *pair = marks + pick(COUNT_OF(marks));
    buf_add(out, pair->from);
    struct str s = t->sentence;
    for (size_t i = 0; i < s.n; i++) {
        bool is_loose = (s.p[i] == ',' || s.p[i] == '\'' || s.p[i] == '"') && !(i > 0 && is_digit(s.p[i - 1]));
        if (!is_loose)
            buf_add_char(out, s.p[i]);
    }
    if (str_ends(buf_str(out), STR(".")))
        buf_truncate(out, out->n - 1);
    buf_add(out, pair->to);
    return true;
}

static bool other_width(const struct taken *t, struct buf *out)
{
    char four[4];
    for (struct str rest = t->sentence; rest.n > 0;) {
        int32_t c = text_next(&rest);
        bool is_wide = c > ' ' && c < 0x7F && c != '<';
        size_t n = text_encode(is_wide ? c - '!' + 0xFF01 : c, four);
        buf_add(out, (struct str){four, n});
    }
    return true;
}

static bool other_case(const struct taken *t, struct buf *out)
{
    for (size_t i = 0; i < t->sentence.n; i++) {
        char c = t->sentence.p[i];
        bool is_latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buf_add_char(out, is_latin ? (char)(c ^ 0x20) : c);
    }
    return true;
}

/* The beginning and the end, joined by an ellipsis. */
static bool shorten(const struct taken *t, struct buf *out)
{
    struct str words[64], rest = t->sentence;
    size_t n = 0;
    while (n < COUNT_OF(words) && str_split(&rest, ' ', words + n))
        n++;
    if (n < 9 || n == COUNT_OF(words))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (i >= 4 && i < n - 4)
            continue;
        buf_add(out, words[i]);
        buf_add(out, i == 3 ? STR(" … ") : STR(" "));
    }
    struct str head = {t->sentence.p, (size_t)(words[3].p + words[3].n - t->sentence.p)},
               tail = {words[n - 4].p, (size_t)(t->sentence.p + t->sentence.n - words[n - 4].p)};
    return text_length(head) > 12 && text_length(tail) > 12;
}

static bool same_words(const struct taken *t, struct buf *out)
{
    buf_add(out, t->sentence);
    return true;
}

static bool polite(const struct taken *t, struct buf *out)
{
    static const struct pair ends[] = {
        {STR_INIT("하였다."), STR_INIT("하였습니다.")}, {STR_INIT("했다."), STR_INIT("했습니다.")},
        {STR_INIT("한다."), STR_INIT("합니다.")},       {STR_INIT("이다."), STR_INIT("입니다.")},
        {STR_INIT("된다."), STR_INIT("됩니다.")},       {STR_INIT("되었다."), STR_INIT("되었습니다.")},
        {STR_INIT("있다."), STR_INIT("있습니다.")},     {STR_INIT("없다."), STR_INIT("없습니다.")},
        {STR_INIT("않는다."), STR_INIT("않습니다.")},   {STR_INIT("않았다."), STR_INIT("않았습니다.")},
        {STR_INIT("였다."), STR_INIT("였습니다.")},     {STR_INIT("았다."), STR_INIT("았습니다.")},
    };
    return replace_one(t->sentence, ends, COUNT_OF(ends), out);
}

/* 1,000 → 1000; 2024년 3월 1일 → 2024-03-01; 30% → 30퍼센트. */
static bool other_notation(const struct taken *t, struct buf *out)
{
    struct str s = t->sentence;
    size_t comma = str_find_char(s, ','), percent = str_find(s, STR("%"));
    for (size_t i = 0; i + 20 < s.n; i++) {
        int year, month, day, n = 0;
        char copy[40];
        size_t m = s.n - i < sizeof copy - 1 ? s.n - i : sizeof copy - 1;
        memcpy(copy, s.p + i, m);
        copy[m] = '\0';
        bool begins = i == 0 || !is_digit(s.p[i - 1]);
        if (begins && sscanf(copy, "%4d년 %2d월 %2d일%n", &year, &month, &day, &n) == 3 && n > 0 && year > 1000) {
            char date[32];
            int length = snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
            return replace(s, i, (size_t)n, (struct str){date, (size_t)length}, out);
        }
    }
    if (comma != SIZE_MAX && comma > 0 && is_digit(s.p[comma - 1]) && comma + 3 < s.n && is_digit(s.p[comma + 1]) &&
        is_digit(s.p[comma + 2]) && is_digit(s.p[comma + 3]))
        return replace(s, comma, 1, STR(""), out);
    return percent != SIZE_MAX && percent > 0 && is_digit(s.p[percent - 1]) &&
           !str_starts(str_skip(s, percent), STR("%p")) && replace(s, percent, 1, STR("퍼센트"), out);
}

/* ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether the checker lets the quote pass. */
static bool quote_passes(struct arena *arena, const struct taken *t, struct str made)
{
    struct quote_page page;
    struct quote_found found;
    enum quote_outcome outcome;
    if (quote_page_read(arena, t->page->text, &page) != OK || quote_locate(arena, &page, made, &outcome, &found) != OK)
        exit(2);
    return outcome == QUOTE_FOUND;
}

/* Whether it lets the claim pass, with the true sentence as quote. */
static bool claim_passes(struct arena *arena, const struct taken *t, struct str made)
{
    struct buf json;
    buf_init(&json, arena, 1 << 20);
    buf_add(&json, STR("{\"claims\": [{\"text\": "));
    json_add_str(&json, made);
    buf_add(&json, STR(", \"quotes\": [{\"passage\": 1, \"quote\": "));
    json_add_str(&json, t->sentence);
    buf_add(&json, STR("}]}]}"));
    struct claims claims;
    struct passages passages = {t->page, 1};
    if (claims_read(arena, buf_str(&json), &claims, NULL) != OK || claims.n != 1 ||
        claims_verify(arena, &claims, &passages, STR(""), NULL) != OK)
        exit(2);
    return claims.items[0].verdict == CLAIM_SUPPORTED;
}

struct kind {
    const char *name;
    change *make;
    bool (*passes)(struct arena *arena, const struct taken *t, struct str made);
    bool is_true;
};

static const struct kind kinds[] = {
    {"quote: digit changed", change_digit, quote_passes, false},
    {"quote: words swapped", swap_words, quote_passes, false},
    {"quote: negation flipped", flip_negation, quote_passes, false},
    {"quote: unit changed", change_unit, quote_passes, false},
    {"quote: two sentences spliced", splice, quote_passes, false},
    {"quote: clause invented", invent_clause, quote_passes, false},
    {"claim: digit changed", change_digit, claim_passes, false},
    {"claim: negation flipped", flip_negation, claim_passes, false},
    {"claim: unit changed", change_unit, claim_passes, false},
    {"claim: clause invented", invent_clause, claim_passes, false},
    {"claim: amount ten times as large", enlarge_amount, claim_passes, false},
    {"quote: other spaces", other_spaces, quote_passes, true},
    {"quote: other marks", other_marks, quote_passes, true},
    {"quote: other width", other_width, quote_passes, true},
    {"quote: other case", other_case, quote_passes, true},
    {"quote: ellipsis", shorten, quote_passes, true},
    {"claim: the same words", same_words, claim_passes, true},
    {"claim: polite", polite, claim_passes, true},
    {"claim: other notation", other_notation, claim_passes, true},
};

struct tally {
    size_t n, passed;
};

/* A change that makes nothing new, or what stands elsewhere in the page, is no mutant. */
static bool is_mutant(const struct kind *kind, const struct taken *t, struct str made)
{
    return kind->is_true || (!str_eq(made, t->sentence) && str_find(t->page->text, made) == SIZE_MAX);
}

static struct tally run(const struct kind *kind, size_t each, bool shows)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 256u << 20);
    struct tally tally = {0, 0};
    for (size_t tries = 0; tries < MOST_TRIES * each && tally.n < each; tries++) {
        struct taken t;
        struct buf made;
        arena_reset(&arena);
        buf_init(&made, &arena, 1 << 16);
        if (!take(&t) || !kind->make(&t, &made) || !is_mutant(kind, &t, buf_str(&made)))
            continue;
        bool passes = kind->passes(&arena, &t, buf_str(&made));
        tally.n++;
        tally.passed += passes;
        if (shows && passes != kind->is_true)
            printf("%s\n  %.*s\n  %.*s\n", kind->name, STR_ARG(t.sentence), STR_ARG(buf_str(&made)));
    }
    return tally;
}

int main(int argc, char **argv)
{
    arena_init(&memory, SIZE_MAX);
    bool shows = false;
    int64_t each = EACH;
    int first = 1;
    for (; first < argc && str_starts(str_of(argv[first]), STR("--")); first++) {
        bool is_each = str_eq(str_of(argv[first]), STR("--each")) && first + 1 < argc;
        shows = shows || str_eq(str_of(argv[first]), STR("--show"));
        if (is_each && (!str_to_i64(str_of(argv[++first]), &each) || each < 1))
            return 2;
    }
    for (int i = first; i < argc; i++) {
        struct str path = str_of(argv[i]);
        if (str_ends(path, STR(".tsv")))
            add_table(read_file(argv[i]));
        else
            add_text(path, read_file(argv[i]));
    }
    if (n_pages < 2) {
        fputs("usage: mutate_quotes [--show] [--each N] FILE…\n", stderr);
        return 2;
    }
    struct tally all[2] = {{0, 0}, {0, 0}};
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        struct tally one = run(kinds + k, (size_t)each, shows);
        all[kinds[k].is_true].n += one.n;
        all[kinds[k].is_true].passed += one.passed;
        fprintf(stderr, "%-34s %4zu made, %4zu %s\n", kinds[k].name, one.n, one.n - one.passed,
                kinds[k].is_true ? "refused" : "caught");
    }
    arena_release(&memory);
    double caught = (double)(all[0].n - all[0].passed) / (double)all[0].n;
    double refused = (double)(all[1].n - all[1].passed) / (double)all[1].n;
    printf("{\"false\": %zu, \"caught\": %.4f, \"true\": %zu, \"refused\": %.4f}\n", all[0].n, caught, all[1].n,
           refused);
    return caught >= 0.99 && refused <= 0.01 ? 0 : 1;
}
