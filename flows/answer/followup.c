#include "flows/answer/followup.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/terms.h"
#include "bot/base/text.h"
#include "flows/answer/delimit.h"
#include "flows/answer/support.h"
#include "flows/prompt.h"

#include "bot/base/banned.h"

enum { MOST_TOKENS = 64, MOST_BYTES = 16 * 1024 };

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Takes the next word of letters and digits off *rest ("3년차는요"); false when there is none. */
static bool next_token(struct str *rest, struct str *ret_token)
{
    struct str from = *rest, after = *rest;
    while (after.n > 0) {
        int32_t c = text_next(&after);
        bool is_in = text_is_letter(c) || text_is_digit(c);
        if (!is_in && from.n > rest->n)
            break;
        *rest = after;
        if (!is_in)
            from = after;
    }
    *ret_token = str_first(from, from.n - rest->n);
    return ret_token->n > 0;
}

static bool is_any_of(struct str s, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, list[i]))
            return true;
    return false;
}

static bool starts_any(struct str s, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, list[i]))
            return true;
    return false;
}

static bool ends_any(struct str s, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_ends(s, list[i]))
            return true;
    return false;
}

/* Words that ask, or hold nothing to search for. */
static bool is_asking(struct str t)
{
    static const struct str heads[] = {
        STR_INIT("무엇"), STR_INIT("뭐"),   STR_INIT("누구"), STR_INIT("누가"), STR_INIT("언제"), STR_INIT("어디"),
        STR_INIT("어느"), STR_INIT("어떤"), STR_INIT("어떻"), STR_INIT("얼마"), STR_INIT("몇"),   STR_INIT("며칠"),
        STR_INIT("왜"),   STR_INIT("무슨"), STR_INIT("있"),   STR_INIT("없"),   STR_INIT("알려"), STR_INIT("궁금"),
        STR_INIT("혹시"), STR_INIT("안에"), STR_INIT("경우"), STR_INIT("때"),   STR_INIT("제가"), STR_INIT("저는"),
    };
    static const struct str wholes[] = {
        STR_INIT("수"),   STR_INIT("것"),    STR_INIT("등"),   STR_INIT("좀"),   STR_INIT("the"),    STR_INIT("a"),
        STR_INIT("an"),   STR_INIT("is"),    STR_INIT("are"),  STR_INIT("do"),   STR_INIT("does"),   STR_INIT("did"),
        STR_INIT("can"),  STR_INIT("how"),   STR_INIT("what"), STR_INIT("when"), STR_INIT("where"),  STR_INIT("who"),
        STR_INIT("why"),  STR_INIT("which"), STR_INIT("many"), STR_INIT("much"), STR_INIT("long"),   STR_INIT("i"),
        STR_INIT("we"),   STR_INIT("you"),   STR_INIT("my"),   STR_INIT("to"),   STR_INIT("of"),     STR_INIT("in"),
        STR_INIT("for"),  STR_INIT("on"),    STR_INIT("at"),   STR_INIT("get"),  STR_INIT("have"),   STR_INIT("there"),
        STR_INIT("it"),   STR_INIT("about"), STR_INIT("be"),   STR_INIT("will"), STR_INIT("should"), STR_INIT("must"),
        STR_INIT("need"), STR_INIT("take"),
    };
    return starts_any(t, heads, COUNT_OF(heads)) || is_any_of(t, wholes, COUNT_OF(wholes));
}

static bool is_predicate(struct str t)
{
    static const struct str tails[] = {
        STR_INIT("나요"), STR_INIT("가요"), STR_INIT("까요"), STR_INIT("까"),   STR_INIT("니다"), STR_INIT("어요"),
        STR_INIT("아요"), STR_INIT("해요"), STR_INIT("세요"), STR_INIT("예요"), STR_INIT("에요"), STR_INIT("죠"),
        STR_INIT("지요"), STR_INIT("돼요"), STR_INIT("해야"), STR_INIT("어야"), STR_INIT("아야"), STR_INIT("으면"),
        STR_INIT("하면"), STR_INIT("되면"), STR_INIT("려면"), STR_INIT("해서"), STR_INIT("어서"), STR_INIT("하고"),
        STR_INIT("되고"), STR_INIT("하는"), STR_INIT("되는"), STR_INIT("인가"), STR_INIT("는지"), STR_INIT("은지"),
        STR_INIT("한다"), STR_INIT("된다"), STR_INIT("이야"), STR_INIT("거야"), STR_INIT("하나"), STR_INIT("되나"),
        STR_INIT("지나"), STR_INIT("나"),
    };
    return t.n > STR("나").n && ends_any(t, tails, COUNT_OF(tails)) && !str_ends(t, STR("은요")) &&
           !str_ends(t, STR("는요"));
}

/* Always in front of something said before. */
static bool is_pronoun(struct str t)
{
    static const struct str words[] = {STR_INIT("그건"),   STR_INIT("그것"),   STR_INIT("그것은"), STR_INIT("그게"),
                                       STR_INIT("그거"),   STR_INIT("그거는"), STR_INIT("이건"),   STR_INIT("이것"),
                                       STR_INIT("이것은"), STR_INIT("이거"),   STR_INIT("거기"),   STR_INIT("거긴"),
                                       STR_INIT("거기는"), STR_INIT("그때"),   STR_INIT("그때는"), STR_INIT("그곳"),
                                       STR_INIT("그"),     STR_INIT("it"),     STR_INIT("that"),   STR_INIT("those"),
                                       STR_INIT("this"),   STR_INIT("these")};
    return is_any_of(t, words, COUNT_OF(words));
}

static bool is_consequence(struct str t)
{
    static const struct str words[] = {STR_INIT("그럼"), STR_INIT("그러면"), STR_INIT("그렇다면"), STR_INIT("then")};
    return is_any_of(t, words, COUNT_OF(words));
}

static bool is_connective(struct str t)
{
    static const struct str words[] = {STR_INIT("그런데"), STR_INIT("근데"), STR_INIT("그리고"),
                                       STR_INIT("또"),     STR_INIT("또한"), STR_INIT("아니면"),
                                       STR_INIT("and"),    STR_INIT("or"),   STR_INIT("so")};
    return is_any_of(t, words, COUNT_OF(words));
}

static bool has_syllables_before(struct str t, size_t tail)
{
    return t.n >= tail + STR("연차").n || (t.n > tail && (unsigned char)t.p[0] < 0x80);
}

/* Without a particle that cannot be a noun's own last syllable. */
static struct str bare(struct str t)
{
    static const struct str particles[] = {STR_INIT("에서는"), STR_INIT("은요"), STR_INIT("는요"), STR_INIT("에서"),
                                           STR_INIT("으로"),   STR_INIT("에게"), STR_INIT("까지"), STR_INIT("부터"),
                                           STR_INIT("은"),     STR_INIT("는"),   STR_INIT("을"),   STR_INIT("를")};
    for (size_t i = 0; i < COUNT_OF(particles); i++)
        if (str_ends(t, particles[i]) && has_syllables_before(t, particles[i].n))
            return str_first(t, t.n - particles[i].n);
    return t;
}

/* ── what a question is made of ────────────────────────────────────────────────────────────────────────────────── */

struct tokens {
    struct str items[MOST_TOKENS];
    size_t n;
};

static struct tokens tokens_of(struct str normal)
{
    struct tokens tokens = {.n = 0};
    for (struct str token; tokens.n < MOST_TOKENS && next_token(&normal, &token);)
        tokens.items[tokens.n++] = token;
    return tokens;
}

static bool is_topic(struct str token)
{
    return !is_asking(token) && !is_predicate(token) && !is_pronoun(token) && !is_connective(token) &&
           !is_consequence(token);
}

/* No more than a topic: one or two nouns, the last with 은, 는, 도 or 요; no verb, nothing that asks. */
static bool is_elliptic(const struct tokens *tokens, size_t from)
{
    static const struct str tails[] = {STR_INIT("은"), STR_INIT("는"),   STR_INIT("은요"), STR_INIT("는요"),
                                       STR_INIT("도"), STR_INIT("도요"), STR_INIT("이요"), STR_INIT("요")};
    enum { MOST_NOUNS = 2 };
    if (tokens->n == from || tokens->n - from > MOST_NOUNS)
        return false;
    for (size_t i = from; i < tokens->n; i++)
        if (!is_topic(tokens->items[i]))
            return false;
    return ends_any(tokens->items[tokens->n - 1], tails, COUNT_OF(tails));
}

static bool leans(const struct tokens *tokens)
{
    if (tokens->n == 0)
        return false;
    struct str first = tokens->items[0];
    bool is_english_about = tokens->n > 1 && str_eq(tokens->items[1], STR("about")) &&
                            (str_eq(first, STR("what")) || str_eq(first, STR("how")));
    if (is_pronoun(first) || is_consequence(first) || is_english_about)
        return true;
    struct tokens rest = *tokens;
    bool is_linked = is_connective(first);
    bool is_about = is_linked && tokens->n > 2 && str_eq(tokens->items[2], STR("about"));
    return is_about || is_elliptic(&rest, is_linked ? 1 : 0) ||
           (is_linked && tokens->n > 1 && is_pronoun(tokens->items[1]));
}

enum err followup_is(struct arena *arena, struct str question, bool *ret_is)
{
    struct str normal;
    enum err rc = terms_normal(arena, question, &normal);
    if (rc != OK)
        return rc;
    struct tokens tokens = tokens_of(normal);
    *ret_is = leans(&tokens);
    return OK;
}

/* ── rewriting ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t digits_at_start(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

/* The last syllable of a Hangul word; empty for others. */
static struct str last_syllable(struct str s)
{
    return s.n > 3 && (unsigned char)s.p[s.n - 3] >= 0xEA ? str_skip(s, s.n - 3) : STR("");
}

/* Whether the new question's word is of the old one's kind, and so takes its place: 3년차 and 5년차, 정규직 and 계약직. */
static bool takes_place(struct str old, struct str new)
{
    size_t a = digits_at_start(old), b = digits_at_start(new);
    if (a > 0 || b > 0)
        return a > 0 && b > 0 && str_eq(str_skip(old, a), str_skip(new, b));
    struct str end = last_syllable(old);
    return end.n > 0 && str_eq(end, last_syllable(new));
}

static bool is_replaced(struct str topic, const struct tokens *question)
{
    for (size_t i = 0; i < question->n; i++) {
        struct str word = bare(question->items[i]);
        if (is_topic(question->items[i]) && (str_eq(word, topic) || takes_place(topic, word)))
            return true;
    }
    return false;
}

/* The topic words of the normal text `before` that the question does not name or replace, then the question without the
 * words that point back. */
static enum err join(struct arena *arena, struct str before, struct str question, struct str *ret)
{
    struct tokens old = tokens_of(before), new = tokens_of(question);
    struct buf out;
    buf_init(&out, arena, MOST_BYTES);
    size_t topics = 0;
    for (size_t i = 0; i < old.n && topics < FOLLOWUP_MOST_TOPICS; i++) {
        struct str topic = bare(old.items[i]);
        if (!is_topic(old.items[i]) || is_replaced(topic, &new))
            continue;
        buf_add(&out, topic);
        buf_add_char(&out, ' ');
        topics++;
    }
    size_t from = 0;
    while (from < new.n &&
           (is_pronoun(new.items[from]) || is_connective(new.items[from]) || is_consequence(new.items[from])))
        from++;
    if (from < new.n)
        buf_add(&out, str_skip(question, (size_t)(new.items[from].p - question.p)));
    *ret = str_trim(buf_str(&out));
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

enum err followup_rewrite(struct arena *arena, struct strs before, struct str question, struct str *ret_whole)
{
    struct str context = {NULL, 0}; /* the question before, made whole itself */
    size_t from = before.n > FOLLOWUP_MOST_BEFORE ? before.n - FOLLOWUP_MOST_BEFORE : 0;
    for (size_t i = from; i <= before.n; i++) {
        struct str normal, raw = i < before.n ? before.items[i] : question;
        enum err rc = terms_normal(arena, raw, &normal);
        if (rc != OK)
            return rc;
        struct tokens tokens = tokens_of(normal);
        bool is_leaning = context.n > 0 && leans(&tokens);
        if (i == before.n && !is_leaning) {
            *ret_whole = question;
            return OK;
        }
        rc = is_leaning ? join(arena, context, normal, &context) : OK;
        if (rc != OK)
            return rc;
        if (!is_leaning)
            context = normal;
    }
    *ret_whole = context;
    return OK;
}

/* ── by a model ────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct strs latest(struct strs before)
{
    size_t skip = before.n > FOLLOWUP_MOST_BEFORE ? before.n - FOLLOWUP_MOST_BEFORE : 0;
    return (struct strs){before.items + skip, before.n - skip};
}

/* The talk's questions, a line each. */
static struct str talk_of(struct arena *arena, struct strs before, struct str question)
{
    struct buf talk;
    buf_init(&talk, arena, MOST_BYTES);
    before = latest(before);
    for (size_t i = 0; i < before.n; i++) {
        buf_add(&talk, before.items[i]);
        buf_add_char(&talk, '\n');
    }
    buf_add(&talk, question);
    return buf_failed(&talk) ? (struct str){NULL, 0} : buf_str(&talk);
}

enum err followup_prompt_make(struct arena *arena, const struct prompts *prompts, struct strs before,
                              struct str question, struct followup_prompt *ret_prompt, struct error *error)
{
    const struct prompt *rules = prompts_find(prompts, STR("rewrite"));
    if (rules == NULL)
        return fail(error, ERR_INVALID, "there is no prompt called rewrite");
    struct str system;
    enum err rc = prompt_fill(arena, rules, NULL, 0, &system, error);
    if (rc != OK)
        return rc;
    struct buf user;
    buf_init(&user, arena, MOST_BYTES);
    delimit_text(&user, STR("history"), talk_of(arena, before, STR("")));
    delimit_text(&user, STR("question"), question);
    if (buf_failed(&user))
        return fail(error, ERR_NO_MEMORY, "no memory for the prompt");
    *ret_prompt = (struct followup_prompt){.messages = {{MODEL_SYSTEM, system}, {MODEL_USER, buf_str(&user)}},
                                           .label = rules->label};
    return OK;
}

/* Whether every number of `text` stands in `talk` too. */
static bool numbers_are_in(struct str text, struct str talk)
{
    for (struct word word; word_next(&text, &word);) {
        bool is_known = word.kind != WORD_DIGITS;
        struct str rest = talk;
        for (struct word said; !is_known && word_next(&rest, &said);)
            is_known = str_eq(said.run, word.run);
        if (!is_known)
            return false;
    }
    return true;
}

enum err followup_accepts(struct arena *arena, struct strs before, struct str question, struct str rewritten,
                          bool *ret_accepts)
{
    static const double least_known = 0.7;
    struct str talk, line = str_trim(rewritten), normal_talk, normal_line;
    talk = talk_of(arena, before, question);
    enum err rc = talk.p == NULL ? ERR_NO_MEMORY : terms_normal(arena, talk, &normal_talk);
    if (rc == OK)
        rc = terms_normal(arena, line, &normal_line);
    struct support support;
    if (rc == OK)
        rc = support_measure(arena, normal_line, normal_talk, &support);
    if (rc != OK)
        return rc;
    bool is_one_line = line.n > 0 && str_find_char(line, '\n') == SIZE_MAX && line.n <= talk.n + 30;
    *ret_accepts = is_one_line && !support.is_other_script && support.whole >= least_known &&
                   numbers_are_in(normal_line, normal_talk);
    return OK;
}
