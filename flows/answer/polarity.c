#include "flows/answer/polarity.h"

#include "bot/base/attributes.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { MOST_NEGATIONS = 32, KEY_BYTES = 2 * 3 /* two syllables name a predicate */ };

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool starts_with_any(struct str s, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, list[i]))
            return true;
    return false;
}

static bool ends_with_any(struct str s, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_ends(s, list[i]))
            return true;
    return false;
}

/* 않-, 아니하-, 못하-, 말-: what negates a verb that ends in -지. */
static bool negates_verb(struct str run)
{
    static const struct str heads[] = {STR_INIT("않"),     STR_INIT("아니하"), STR_INIT("아니한"), STR_INIT("아니합"),
                                       STR_INIT("아니함"), STR_INIT("못하"),   STR_INIT("못한"),   STR_INIT("못합"),
                                       STR_INIT("못함"),   STR_INIT("말"),     STR_INIT("마세"),   STR_INIT("마십")};
    return starts_with_any(run, heads, COUNT_OF(heads));
}

static bool is_verb_in_ji(struct str run)
{
    static const struct str tails[] = {STR_INIT("지"),   STR_INIT("지는"), STR_INIT("지도"), STR_INIT("지를"),
                                       STR_INIT("지가"), STR_INIT("진"),   STR_INIT("질")};
    return run.n > STR("지").n && ends_with_any(run, tails, COUNT_OF(tails)) && !str_ends(run, STR("까지"));
}

/* "수" of "받을 수 없다". */
static bool is_way(struct str run)
{
    static const struct str ways[] = {STR_INIT("수"), STR_INIT("수가"), STR_INIT("수는"), STR_INIT("수도")};
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (str_eq(run, ways[i]))
            return true;
    return false;
}

/* Words with 없 that deny nothing. */
static bool is_idiom(struct str run)
{
    static const struct str idioms[] = {STR_INIT("관계없"), STR_INIT("상관없"), STR_INIT("빠짐없"), STR_INIT("어김없"),
                                        STR_INIT("틀림없"), STR_INIT("끊임없"), STR_INIT("변함없")};
    return starts_with_any(run, idioms, COUNT_OF(idioms));
}

static bool is_english_not(struct str run)
{
    static const struct str words[] = {STR_INIT("not"), STR_INIT("cannot"),  STR_INIT("never"),
                                       STR_INIT("no"),  STR_INIT("without"), STR_INIT("t")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(run, words[i]))
            return true;
    return false;
}

/* Where a word that denies by itself stands in the run, or SIZE_MAX. */
static size_t find_negative(struct str run)
{
    static const struct str words[] = {STR_INIT("불가"),   STR_INIT("금지"), STR_INIT("불허"),   STR_INIT("제외"),
                                       STR_INIT("미지급"), STR_INIT("무효"), STR_INIT("불인정"), STR_INIT("미포함"),
                                       STR_INIT("거부"),   STR_INIT("거절")};
    static const struct str heads[] = {STR_INIT("안됨"), STR_INIT("안됩"), STR_INIT("안된"), STR_INIT("안되"),
                                       STR_INIT("안돼")};
    size_t at = starts_with_any(run, heads, COUNT_OF(heads)) ? 0 : SIZE_MAX;
    for (size_t i = 0; i < COUNT_OF(words) && at == SIZE_MAX; i++)
        at = str_find(run, words[i]);
    return at;
}

/* ── negations ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct negations {
    struct str keys[MOST_NEGATIONS]; /* the first syllables of what is negated, or the English word            */
    bool describes[MOST_NEGATIONS]; /* it says which ("사용하지 않은 연차"), not what is                       */
    size_t n;
    struct str loose[MOST_NEGATIONS]; /* the words before negative ones, any of which may be what these deny    */
    size_t n_loose;
    size_t words; /* negative words: 불가, 금지 … */
};

/* Whether the negation's word goes before a noun. */
static bool is_adnominal(struct str run)
{
    static const struct str tails[] = {STR_INIT("않은"),   STR_INIT("않는"),    STR_INIT("않을"), STR_INIT("없는"),
                                       STR_INIT("없을"),   STR_INIT("아닌"),    STR_INIT("못한"), STR_INIT("못하는"),
                                       STR_INIT("아니한"), STR_INIT("아니하는")};
    return ends_with_any(run, tails, COUNT_OF(tails));
}

static struct str key_of(struct str predicate)
{
    bool is_latin = predicate.n > 0 && (unsigned char)predicate.p[0] < 0x80;
    return is_latin ? predicate : str_first(predicate, KEY_BYTES);
}

static void negate(struct negations *all, struct str predicate, bool describes)
{
    if (all->n == MOST_NEGATIONS || predicate.n == 0)
        return;
    all->describes[all->n] = describes;
    all->keys[all->n++] = key_of(predicate);
}

enum { LOOK_BACK = 5 };

/* A word and those beside it, the nearest first; those that are not there are empty. */
struct around {
    struct str before[LOOK_BACK], run, after;
};

static bool is_any(struct str run, struct str a, struct str b)
{
    return str_eq(run, a) || str_eq(run, b);
}

static void negate_loosely(struct negations *all, const struct around *w, size_t at)
{
    all->words++;
    struct str within = str_first(w->run, at);
    for (size_t i = 0; i < LOOK_BACK && all->n_loose < MOST_NEGATIONS; i++) {
        struct str word = within.n > 0 ? within : w->before[i];
        if (word.n > 0)
            all->loose[all->n_loose++] = key_of(word);
        if (within.n > 0)
            break;
    }
}

/* What "…지 않다" denies: the verb, or, of 하지 and 되지 alone, the word before. */
static struct str verb_of(struct str verb, struct str before)
{
    size_t ji = SIZE_MAX;
    for (size_t i = 0; i + 3 <= verb.n; i += 3)
        if (str_starts(str_skip(verb, i), STR("지")) || str_starts(str_skip(verb, i), STR("진")) ||
            str_starts(str_skip(verb, i), STR("질")))
            ji = i;
    struct str stem = ji == SIZE_MAX ? verb : str_first(verb, ji);
    return is_any(stem, STR("하"), STR("되")) && before.n > 0 ? before : stem;
}

static struct str denied_by(const struct around *w)
{
    static const struct str become[] = {STR_INIT("되"), STR_INIT("된"), STR_INIT("돼"), STR_INIT("됩"), STR_INIT("됨")};
    static const struct str is_not[] = {STR_INIT("아니"), STR_INIT("아닌"), STR_INIT("아닙"), STR_INIT("아님")};
    struct str before = w->before[0];
    size_t none = str_find(w->run, STR("없")), inside = str_find(w->run, STR("지않"));
    if (inside == SIZE_MAX)
        inside = str_find(w->run, STR("지못"));
    if (is_verb_in_ji(before) && negates_verb(w->run))
        return verb_of(before, w->before[1]);
    if (starts_with_any(w->run, is_not, COUNT_OF(is_not)))
        return str_ends(before, STR("뿐")) || str_ends(before, STR("뿐만")) ? STR("") : before;
    if (inside != SIZE_MAX && inside > 0)
        return verb_of(str_first(w->run, inside), before);
    if (none != SIZE_MAX && !is_idiom(w->run) && !str_ends(before, STR("밖에")))
        return none > 0 ? w->run : is_way(before) ? w->before[1] : before;
    if (is_any(w->run, STR("안"), STR("못")))
        return starts_with_any(w->after, become, COUNT_OF(become)) ? before : w->after;
    return is_english_not(w->run) ? w->after : STR("");
}

static void look_at(const struct around *w, struct negations *all)
{
    struct str denied = denied_by(w);
    size_t negative = find_negative(w->run);
    if (denied.n > 0)
        negate(all, denied, is_adnominal(w->run));
    if (negative != SIZE_MAX)
        negate_loosely(all, w, negative);
}

static struct negations negations_in(struct str text)
{
    struct negations all = {.n = 0};
    struct around w = {.run = {NULL, 0}};
    struct word word;
    bool has_next = true;
    while (has_next) {
        has_next = word_next(&text, &word);
        for (size_t i = LOOK_BACK - 1; i > 0; i--)
            w.before[i] = w.before[i - 1];
        w.before[0] = w.run;
        w.run = w.after;
        w.after = has_next ? word.run : STR("");
        if (w.run.n > 0)
            look_at(&w, &all);
    }
    return all;
}

/* 하다 and 되다 in their forms: the second syllable of a verb says only when and how. */
static bool same_auxiliary(struct str a, struct str b)
{
    static const struct str rows[][8] = {
        {STR_INIT("하"), STR_INIT("했"), STR_INIT("한"), STR_INIT("할"), STR_INIT("합"), STR_INIT("해"),
         STR_INIT("함")},
        {STR_INIT("되"), STR_INIT("됐"), STR_INIT("된"), STR_INIT("될"), STR_INIT("됩"), STR_INIT("돼"),
         STR_INIT("됨")},
    };
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        bool has_a = false, has_b = false;
        for (size_t i = 0; i < COUNT_OF(rows[r]) && rows[r][i].n > 0; i++) {
            has_a = has_a || str_eq(rows[r][i], a);
            has_b = has_b || str_eq(rows[r][i], b);
        }
        if (has_a && has_b)
            return true;
    }
    return false;
}

/* Whether two keys name the same; a shorter one names all that begin with it. */
static bool same_key(struct str a, struct str b)
{
    enum { SYLLABLE = 3 };
    if (a.n == 0 || b.n == 0)
        return false;
    if (a.n <= b.n ? str_starts(b, a) : str_starts(a, b))
        return true;
    return a.n == KEY_BYTES && b.n == KEY_BYTES && str_eq(str_first(a, SYLLABLE), str_first(b, SYLLABLE)) &&
           same_auxiliary(str_skip(a, SYLLABLE), str_skip(b, SYLLABLE));
}

static size_t times_negated(const struct negations *all, struct str key)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += same_key(all->keys[i], key);
    return n;
}

static bool negates(const struct negations *all, struct str key)
{
    bool is_loose = false;
    for (size_t i = 0; i < all->n_loose; i++)
        is_loose = is_loose || same_key(all->loose[i], key);
    return is_loose || times_negated(all, key) > 0;
}

static size_t times_named(struct str text, struct str key)
{
    size_t n = 0;
    for (struct word word; word_next(&text, &word);)
        n += same_key(key_of(word.run), key);
    return n;
}

/* Whether the text names what `key` stands for without negating it. */
static bool states(struct str text, const struct negations *in, struct str key)
{
    return key.n >= KEY_BYTES && times_named(text, key) > times_negated(in, key);
}

/* "신청하지 않으면 지급하지 않는다" says what "신청하면 지급한다" says. */
static bool is_condition(struct str text)
{
    static const struct str forms[] = {STR_INIT("않으면"),  STR_INIT("아니하면"),  STR_INIT("없으면"),
                                       STR_INIT("않는 한"), STR_INIT("않을 경우"), STR_INIT("않은 경우"),
                                       STR_INIT("unless")};
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (str_find(text, forms[i]) != SIZE_MAX)
            return true;
    return false;
}

/* What the claim denies, the quotes must deny: of the same thing, or, where they do not speak of it, of anything. */
static bool denials_are_theirs(const struct negations *mine, const struct negations *theirs, struct str quoted)
{
    size_t they_deny = theirs->n + theirs->words;
    for (size_t i = 0; i < mine->n; i++) {
        struct str key = mine->keys[i];
        if (!negates(theirs, key) && (they_deny == 0 || states(quoted, theirs, key)))
            return false;
    }
    return mine->words == 0 || they_deny > 0;
}

static bool negations_agree(struct str claim, struct str quoted)
{
    struct negations mine = negations_in(claim), theirs = negations_in(quoted);
    if (!denials_are_theirs(&mine, &theirs, quoted))
        return false;
    size_t matched = 0, left = theirs.words;
    for (size_t i = 0; i < mine.n; i++)
        matched += negates(&theirs, mine.keys[i]);
    if (mine.n + mine.words > matched)
        return true; /* it denies something in words of its own */
    for (size_t i = 0; i < theirs.n; i++)
        left += !theirs.describes[i] && !negates(&mine, theirs.keys[i]);
    if ((theirs.n + theirs.words) % 2 == 0 && matched == 0 && is_condition(quoted))
        return true;
    for (size_t i = 0; i < theirs.n; i++) {
        struct str key = theirs.keys[i];
        if (!negates(&mine, key) && states(claim, &mine, key) && !states(quoted, &theirs, key))
            return false;
    }
    return left % 2 == 0;
}

/* ── opposites ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MOST_OPPOSITES = 4 };

/* Of each row a text that means one does not mean another. */
static const struct str opposites[][MOST_OPPOSITES] = {
    {STR_INIT("이상"), STR_INIT("이하"), STR_INIT("미만"), STR_INIT("초과")},
    {STR_INIT("이전"), STR_INIT("이후")},
    {STR_INIT("최대"), STR_INIT("최소")},
    {STR_INIT("상한"), STR_INIT("하한")},
    {STR_INIT("유급"), STR_INIT("무급")},
    {STR_INIT("과세"), STR_INIT("비과세")},
    {STR_INIT("가능"), STR_INIT("불가")},
    {STR_INIT("필수"), STR_INIT("선택")},
    {STR_INIT("허용"), STR_INIT("금지")},
    {STR_INIT("승인"), STR_INIT("반려")},
    {STR_INIT("포함"), STR_INIT("제외")},
    {STR_INIT("증가"), STR_INIT("감소")},
    {STR_INIT("상승"), STR_INIT("하락")},
    {STR_INIT("인상"), STR_INIT("인하")},
    {STR_INIT("찬성"), STR_INIT("반대")},
    {STR_INIT("오전"), STR_INIT("오후")},
    {STR_INIT("상반기"), STR_INIT("하반기")},
    {STR_INIT("국내"), STR_INIT("해외")},
    {STR_INIT("입사"), STR_INIT("퇴사")},
    {STR_INIT("시작"), STR_INIT("종료")},
    {STR_INIT("매일"), STR_INIT("매주"), STR_INIT("매월"), STR_INIT("매년")},
    {STR_INIT("남성"), STR_INIT("여성")},
    {STR_INIT("before"), STR_INIT("after")},
    {STR_INIT("minimum"), STR_INIT("maximum")},
    {STR_INIT("paid"), STR_INIT("unpaid")},
};

/* Whether a run holds the word, not turned around by 비-, 불-, 미- before it. */
static bool holds(struct str text, struct str word)
{
    static const struct str turns[] = {STR_INIT("비"), STR_INIT("불"), STR_INIT("미")};
    for (struct word w; word_next(&text, &w);) {
        size_t at = str_find(w.run, word);
        if (at != SIZE_MAX && !ends_with_any(str_first(w.run, at), turns, COUNT_OF(turns)))
            return true;
    }
    return false;
}

static bool row_agrees(const struct str row[MOST_OPPOSITES], struct str claim, struct str quoted)
{
    bool any_other = false, any_same = false, any_mine = false;
    for (size_t i = 0; i < MOST_OPPOSITES && row[i].n > 0; i++) {
        bool mine = holds(claim, row[i]), theirs = holds(quoted, row[i]);
        any_mine = any_mine || mine;
        any_same = any_same || (mine && theirs);
        any_other = any_other || (theirs && !mine);
    }
    return !any_mine || any_same || !any_other;
}

static bool opposites_agree(struct str claim, struct str quoted)
{
    for (size_t i = 0; i < COUNT_OF(opposites); i++)
        if (!row_agrees(opposites[i], claim, quoted))
            return false;
    return true;
}

bool polarity_agrees(struct str claim, struct str quoted)
{
    return negations_agree(claim, quoted) && opposites_agree(claim, quoted);
}

/* ── reach ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Byte offset behind the word (white space to white space) that stands at or behind `at`. */
static size_t word_end(struct str page, size_t at)
{
    while (at < page.n && is_space(page.p[at]))
        at++;
    while (at < page.n && !is_space(page.p[at]))
        at++;
    return at;
}

/* The last run of letters of the first `to` bytes. */
static struct str last_run(struct str page, size_t from, size_t to)
{
    struct str rest = str_skip(str_first(page, to), from), run = {NULL, 0};
    for (struct word word; word_next(&rest, &word);)
        run = word.run;
    return run;
}

static bool denies(struct str run)
{
    static const struct str heads[] = {STR_INIT("없"), STR_INIT("아니"), STR_INIT("아닌"), STR_INIT("아닙")};
    return negates_verb(run) || find_negative(run) != SIZE_MAX || starts_with_any(run, heads, COUNT_OF(heads));
}

struct str polarity_reach(struct str page, size_t from, size_t to)
{
    enum { MOST_STEPS = 4 };
    while (from > 0 && !is_space(page.p[from - 1]))
        from--;
    if (to < page.n && to > 0 && !is_space(page.p[to]) && !is_space(page.p[to - 1]))
        to = word_end(page, to);
    for (int i = 0; i < MOST_STEPS; i++) {
        size_t next = word_end(page, to);
        struct str last = last_run(page, from, to), run = last_run(page, to, next);
        bool goes_on =
            next > to && (is_verb_in_ji(last) || is_way(last) || denies(run) || is_any(run, STR("수"), STR("수가")));
        char closing = to > from ? page.p[to - 1] : ' ';
        if (!goes_on || closing == '.' || closing == ',')
            break;
        to = next;
    }
    return str_first(str_skip(page, from), to - from);
}
