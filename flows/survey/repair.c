#include "flows/survey/repair.h"

#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

enum { MOST_TOKENS = 40, MOST_BYTES = 600, SYLLABLE = 3 };

/* A word of the sentence, and what it is to us. */
enum role {
    ROLE_VALUE,   /* perhaps a part of the new answer             */
    ROLE_OLD,     /* of the old one: "60이라고", "60에서"          */
    ROLE_NAME,    /* the name of a question                       */
    ROLE_MARK,    /* 잘못, 고칠게요                               */
    ROLE_EARLIER, /* 아까, 방금                                   */
    ROLE_CUT,     /* 아니, 말고: what stood before is taken back  */
    ROLE_FILLER,
};

struct token {
    struct str typed, lower;
    enum role role;
    size_t step; /* NAME */
};

struct sentence {
    struct token items[MOST_TOKENS];
    size_t n;
    bool too_long;
};

static bool starts_with_any(struct str s, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, words[i]))
            return true;
    return false;
}

static bool is_any(struct str s, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, words[i]))
            return true;
    return false;
}

#define STARTS(s_, words_) starts_with_any((s_), (words_), COUNT_OF(words_))
#define IS(s_, words_) is_any((s_), (words_), COUNT_OF(words_))

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct str wrong[] = {
    STR_INIT("잘못"),     STR_INIT("틀렸"),    STR_INIT("틀리"),    STR_INIT("틀린"),     STR_INIT("고칠"),
    STR_INIT("고쳐"),     STR_INIT("고치"),    STR_INIT("고쳤"),    STR_INIT("수정"),     STR_INIT("변경"),
    STR_INIT("바꿀"),     STR_INIT("바꿔"),    STR_INIT("바꾸"),    STR_INIT("정정"),     STR_INIT("실수"),
    STR_INIT("오타"),     STR_INIT("wrong"),   STR_INIT("mistake"), STR_INIT("mistyped"), STR_INIT("typo"),
    STR_INIT("change"),   STR_INIT("correct"), STR_INIT("fix"),     STR_INIT("edit"),     STR_INIT("update"),
    STR_INIT("actually"), STR_INIT("redo"),    STR_INIT("meant"),
};
/* These only behind 다시. */
static const struct str say_again[] = {
    STR_INIT("말할"), STR_INIT("말씀드릴"), STR_INIT("적을"), STR_INIT("쓸"),     STR_INIT("입력"),
    STR_INIT("답할"), STR_INIT("할게"),     STR_INIT("할래"), STR_INIT("알려드"), STR_INIT("대답"),
};
static const struct str earlier[] = {STR_INIT("아까"),   STR_INIT("방금"),    STR_INIT("앞에"),  STR_INIT("앞에서"),
                                     STR_INIT("이전에"), STR_INIT("earlier"), STR_INIT("before")};
static const struct str cuts[] = {
    STR_INIT("아니"),   STR_INIT("아니라"), STR_INIT("아니고"), STR_INIT("아니고요"), STR_INIT("아니에요"),
    STR_INIT("아니요"), STR_INIT("아뇨"),   STR_INIT("아니다"), STR_INIT("아니야"),   STR_INIT("말고"),
    STR_INIT("말구"),   STR_INIT("말고요"), STR_INIT("no"),     STR_INIT("but"),
};
static const struct str fillers[] = {
    STR_INIT("제가"),     STR_INIT("저"),       STR_INIT("저는"),   STR_INIT("내가"),     STR_INIT("그"),
    STR_INIT("그거"),     STR_INIT("그게"),     STR_INIT("음"),     STR_INIT("어"),       STR_INIT("아"),
    STR_INIT("앗"),       STR_INIT("헉"),       STR_INIT("잠깐"),   STR_INIT("잠깐만"),   STR_INIT("잠깐만요"),
    STR_INIT("잠시만"),   STR_INIT("잠시만요"), STR_INIT("좀"),     STR_INIT("다시"),     STR_INIT("답"),
    STR_INIT("답을"),     STR_INIT("답변"),     STR_INIT("답변을"), STR_INIT("질문"),     STR_INIT("값"),
    STR_INIT("값을"),     STR_INIT("부분"),     STR_INIT("부분을"), STR_INIT("거"),       STR_INIT("것"),
    STR_INIT("걸"),       STR_INIT("걸로"),     STR_INIT("네"),     STR_INIT("근데"),     STR_INIT("그런데"),
    STR_INIT("사실"),     STR_INIT("실은"),     STR_INIT("주세요"), STR_INIT("줘"),       STR_INIT("줘요"),
    STR_INIT("주실래요"), STR_INIT("싶어요"),   STR_INIT("싶은데"), STR_INIT("싶은데요"), STR_INIT("되나요"),
    STR_INIT("돼요"),     STR_INIT("될까요"),   STR_INIT("할게요"), STR_INIT("해"),       STR_INIT("했어요"),
    STR_INIT("했네요"),   STR_INIT("했습니다"), STR_INIT("했는데"), STR_INIT("했는데요"), STR_INIT("그리고"),
    STR_INIT("i"),        STR_INIT("i'd"),      STR_INIT("my"),     STR_INIT("the"),      STR_INIT("is"),
    STR_INIT("was"),      STR_INIT("it"),       STR_INIT("it's"),   STR_INIT("to"),       STR_INIT("want"),
    STR_INIT("would"),    STR_INIT("like"),     STR_INIT("can"),    STR_INIT("let"),      STR_INIT("me"),
    STR_INIT("please"),   STR_INIT("sorry"),    STR_INIT("oh"),     STR_INIT("wait"),     STR_INIT("made"),
    STR_INIT("a"),        STR_INIT("should"),   STR_INIT("be"),     STR_INIT("in"),       STR_INIT("answer"),
    STR_INIT("said"),
};
static const struct str filler_stems[] = {
    STR_INIT("죄송"), STR_INIT("미안"),   STR_INIT("적었"), STR_INIT("썼"),   STR_INIT("말했"), STR_INIT("말씀드렸"),
    STR_INIT("답했"), STR_INIT("입력했"), STR_INIT("눌렀"), STR_INIT("골랐"), STR_INIT("할게"), STR_INIT("드릴게"),
};

/* ── cutting into words ────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_digit_at(struct str s, size_t i)
{
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* Bytes of the mark at `at` that parts words; 0: none.  The point and comma of a number do not. */
static size_t mark_at(struct str s, size_t at)
{
    static const struct str marks[] = {STR_INIT("\""), STR_INIT("'"), STR_INIT("“"), STR_INIT("”"), STR_INIT("‘"),
                                       STR_INIT("’"),  STR_INIT("…"), STR_INIT("→"), STR_INIT("->")};
    struct str rest = str_skip(s, at);
    char c = rest.p[0];
    if (c == ' ' || c == '\n' || c == '\t' || c == '!' || c == '?' || c == '~' || c == ';')
        return 1;
    if (c == '.' || c == ',')
        return at > 0 && is_digit_at(s, at - 1) && is_digit_at(s, at + 1) ? 0 : 1;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (str_starts(rest, marks[i]) && !(c == '\'' && at > 0 && at + 1 < s.n && s.p[at + 1] != ' ')) /* i'd */
            return marks[i].n;
    return 0;
}

static void add_token(struct sentence *sentence, struct str typed)
{
    if (typed.n == 0)
        return;
    if (sentence->n == MOST_TOKENS)
        sentence->too_long = true;
    else
        sentence->items[sentence->n++] = (struct token){.typed = typed, .step = SIZE_MAX};
}

static bool has_digit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_digit_at(s, i))
            return true;
    return false;
}

/* "63이아니라65" is three words. */
static void add_glued(struct sentence *sentence, struct str word)
{
    static const struct str inner[] = {STR_INIT("아니라"), STR_INIT("아니고"), STR_INIT("말고"), STR_INIT("아니")};
    for (size_t i = 0; i < COUNT_OF(inner); i++) {
        size_t at = str_find(word, inner[i]);
        if (at == SIZE_MAX || !has_digit(str_first(word, at)))
            continue;
        add_token(sentence, str_first(word, at));
        add_token(sentence, (struct str){word.p + at, inner[i].n});
        add_token(sentence, str_skip(word, at + inner[i].n));
        return;
    }
    add_token(sentence, word);
}

static void cut(struct sentence *sentence, struct str typed)
{
    size_t from = 0;
    for (size_t at = 0; at < typed.n;) {
        size_t mark = mark_at(typed, at);
        if (mark > 0)
            add_glued(sentence, (struct str){typed.p + from, at - from});
        at += mark > 0 ? mark : 1;
        from = mark > 0 ? at : from;
    }
    add_glued(sentence, str_skip(typed, from));
}

/* ── names of questions ────────────────────────────────────────────────────────────────────────────────────────── */

/* What may stand behind a name within its word. */
static bool is_tail(struct str rest)
{
    static const struct str tails[] = {
        STR_INIT(""),     STR_INIT("은"),   STR_INIT("는"),   STR_INIT("이"),   STR_INIT("가"), STR_INIT("을"),
        STR_INIT("를"),   STR_INIT("도"),   STR_INIT("만"),   STR_INIT("의"),   STR_INIT("에"), STR_INIT("로"),
        STR_INIT("으로"), STR_INIT("요"),   STR_INIT("는요"), STR_INIT("은요"), STR_INIT("랑"), STR_INIT("이랑"),
        STR_INIT("값"),   STR_INIT("값을"), STR_INIT("부분"), STR_INIT("쪽"),   STR_INIT("좀"), STR_INIT("이요"),
        STR_INIT("값이"), STR_INIT("거"),
    };
    return IS(rest, tails);
}

/* The words of `name` are the tokens from `at` on, the last perhaps with a tail.  How many; 0: they are not.  What
 * follows a name without a space is a word of its own: "몸무게63이에요", "몸무게잘못적었어요". */
static size_t match_name(const struct sentence *sentence, size_t at, struct str name, struct str *ret_rest)
{
    struct str rest = name, word;
    size_t n = 0;
    *ret_rest = STR("");
    while (rest.n > 0 && str_split(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (at + n >= sentence->n || !str_starts(sentence->items[at + n].lower, word))
            return 0;
        struct str behind = str_skip(sentence->items[at + n++].lower, word.n);
        if (at > 0 && str_eq(behind, STR("로")) && is_digit_at(sentence->items[at - 1].lower, 0))
            return 0; /* 65 키로: the unit */
        bool last = str_trim(rest).n == 0;
        if (!last && behind.n > 0)
            return 0;
        if (!last || is_tail(behind))
            continue;
        if (!is_digit_at(behind, 0) && !STARTS(behind, wrong))
            return 0;
        *ret_rest = behind;
    }
    return n;
}

struct name {
    size_t step, n;
    struct str rest;
    bool is_label;
};

/* The longest name of a question at a token, a label before a word of its text. */
static struct name name_at(const struct definition *def, const bool *may_be_meant, const struct sentence *sentence,
                           size_t at)
{
    struct name best = {.step = SIZE_MAX};
    size_t best_bytes = 0;
    for (size_t i = 0; i < def->n_steps; i++) {
        const struct ask *ask = &def->steps[i].ask;
        for (size_t k = 0; may_be_meant[i] && k < ask->n_words; k++) {
            const struct ask_word *word = &ask->words[k];
            struct str rest;
            size_t n = match_name(sentence, at, word->word, &rest);
            bool better = word->is_label != best.is_label ? word->is_label : word->word.n > best_bytes;
            if (n == 0 || !better)
                continue;
            best = (struct name){i, n, rest, word->is_label};
            best_bytes = word->word.n;
        }
    }
    return best;
}

/* ── roles ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum role role_of(const struct sentence *sentence, size_t i)
{
    struct str word = sentence->items[i].lower;
    bool again = i > 0 && (str_eq(sentence->items[i - 1].lower, STR("다시")) ||
                           str_ends(sentence->items[i - 1].lower, STR("부터")));
    bool after_not = i > 0 && str_eq(sentence->items[i - 1].lower, STR("not"));
    if (after_not)
        return ROLE_OLD;
    if (STARTS(word, wrong) || (again && STARTS(word, say_again)))
        return ROLE_MARK;
    if (str_starts(word, STR("다시")) && word.n > STR("다시").n)
        return STARTS(str_skip(word, STR("다시").n), say_again) ? ROLE_MARK : ROLE_VALUE;
    if (IS(word, earlier))
        return ROLE_EARLIER;
    if (IS(word, cuts))
        return ROLE_CUT;
    if (str_eq(word, STR("not")))
        return ROLE_MARK;
    return IS(word, fillers) || STARTS(word, filler_stems) ? ROLE_FILLER : ROLE_VALUE;
}

/* "60이라고", "60에서", "60이었는데": the old value, where another one follows. */
static bool is_old(struct str word)
{
    static const struct str endings[] = {STR_INIT("라고"),   STR_INIT("에서"),   STR_INIT("였는데"),
                                         STR_INIT("었는데"), STR_INIT("라고요"), STR_INIT("이라")};
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (word.n > endings[i].n && str_ends(word, endings[i]))
            return true;
    return false;
}

static void find_old_values(struct sentence *sentence)
{
    bool value_follows = false;
    for (size_t i = sentence->n; i > 0; i--) {
        struct token *token = &sentence->items[i - 1];
        if (token->role != ROLE_VALUE)
            continue;
        if (value_follows && is_old(token->lower))
            token->role = ROLE_OLD;
        value_follows = true;
    }
}

/* Where the words begin that count: behind the last 아니 or 말고 that has a value or a name behind it. */
static size_t find_begin(const struct sentence *sentence)
{
    bool follows = false;
    for (size_t i = sentence->n; i > 0; i--) {
        enum role role = sentence->items[i - 1].role;
        if (role == ROLE_CUT && follows)
            return i;
        follows = follows || role == ROLE_VALUE || role == ROLE_NAME;
    }
    return 0;
}

static void find_names(const struct definition *def, const bool *may_be_meant, struct sentence *sentence)
{
    for (size_t i = 0; i < sentence->n;) {
        struct name name = name_at(def, may_be_meant, sentence, i);
        if (name.step == SIZE_MAX) {
            sentence->items[i].role = role_of(sentence, i);
            i++;
            continue;
        }
        for (size_t k = 0; k < name.n; k++) {
            sentence->items[i + k].role = ROLE_NAME;
            sentence->items[i + k].step = name.step;
        }
        i += name.n;
        if (name.rest.n == 0)
            continue;
        struct token *last = &sentence->items[i - 1]; /* the name and what is glued to it: that goes on as a word */
        last->typed = str_skip(last->typed, last->typed.n - name.rest.n);
        last->lower = name.rest;
        last->role = STARTS(name.rest, wrong) ? ROLE_MARK : ROLE_VALUE;
    }
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err join_values(const struct sentence *sentence, size_t from, struct arena *arena,
                                     struct str *ret_value)
{
    struct buf out;
    buf_init(&out, arena, MOST_BYTES + 1);
    for (size_t i = from; i < sentence->n; i++) {
        if (sentence->items[i].role != ROLE_VALUE)
            continue;
        if (out.n > 0)
            buf_add_char(&out, ' ');
        buf_add(&out, sentence->items[i].typed);
    }
    *ret_value = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

static size_t named_from(const struct sentence *sentence, size_t from)
{
    for (size_t i = from; i < sentence->n; i++)
        if (sentence->items[i].step != SIZE_MAX)
            return sentence->items[i].step;
    return SIZE_MAX;
}

enum err repair_read(const struct definition *definition, const bool *may_be_meant, struct str typed,
                     struct arena *arena, struct repair *ret_repair)
{
    struct sentence sentence = {.n = 0};
    struct repair repair = {.step = SIZE_MAX};
    *ret_repair = repair;
    if (typed.n > MOST_BYTES)
        return OK;
    cut(&sentence, typed);
    if (sentence.too_long)
        return OK;
    for (size_t i = 0; i < sentence.n; i++)
        if (text_lower(arena, sentence.items[i].typed, &sentence.items[i].lower) != OK)
            return ERR_NO_MEMORY;
    find_names(definition, may_be_meant, &sentence);
    find_old_values(&sentence);
    size_t begin = find_begin(&sentence);
    repair.step = named_from(&sentence, begin);
    if (repair.step == SIZE_MAX)
        repair.step = named_from(&sentence, 0);
    repair.is_cut = begin > 0;
    repair.names_first = sentence.n > 0 && sentence.items[0].step != SIZE_MAX;
    for (size_t i = 0; i < sentence.n; i++) {
        enum role role = sentence.items[i].role;
        repair.is_marked = repair.is_marked || role == ROLE_MARK || role == ROLE_EARLIER || role == ROLE_CUT;
    }
    enum err rc = join_values(&sentence, begin, arena, &repair.value);
    if (rc == OK)
        *ret_repair = repair;
    return rc;
}
