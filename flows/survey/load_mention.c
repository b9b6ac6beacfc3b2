/* What people call each question when they come back to it: its label, its id, and the nouns of its text that no other
 * question has. */
#include "flows/survey/load.h"

#include <stdlib.h>

#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { MOST_WORDS = 24, LEAST_BYTES = 2, SYLLABLE = 3 };

struct found {
    struct ask_word items[MOST_WORDS];
    size_t n;
};

static void add(struct found *words, struct str word, bool is_label)
{
    for (size_t i = 0; i < words->n; i++)
        if (str_eq(words->items[i].word, word)) {
            words->items[i].is_label = words->items[i].is_label || is_label;
            return;
        }
    if (words->n < MOST_WORDS && word.n >= LEAST_BYTES)
        words->items[words->n++] = (struct ask_word){word, is_label};
}

static struct str lower(struct loader *loader, struct str s)
{
    struct str result = STR("");
    enum err rc = text_lower(loader->arena, s, &result);
    if (rc == ERR_NO_MEMORY)
        load_no_memory(loader);
    return rc == OK ? result : STR("");
}

/* ── nouns ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Words that say nothing about what is asked. */
static bool is_common(struct str word)
{
    static const struct str words[] = {
        STR_INIT("몇"),     STR_INIT("얼마"),   STR_INIT("얼마나"), STR_INIT("평소"),   STR_INIT("하루"),
        STR_INIT("일주일"), STR_INIT("어떻"),   STR_INIT("어떻게"), STR_INIT("무엇"),   STR_INIT("무슨"),
        STR_INIT("어떤"),   STR_INIT("언제"),   STR_INIT("어디"),   STR_INIT("누구"),   STR_INIT("왜"),
        STR_INIT("주로"),   STR_INIT("보통"),   STR_INIT("최근"),   STR_INIT("지금"),   STR_INIT("현재"),
        STR_INIT("고객"),   STR_INIT("고객님"), STR_INIT("님"),     STR_INIT("답"),     STR_INIT("질문"),
        STR_INIT("숫자"),   STR_INIT("하나"),   STR_INIT("모두"),   STR_INIT("가장"),   STR_INIT("정도"),
        STR_INIT("때"),     STR_INIT("것"),     STR_INIT("수"),     STR_INIT("번"),     STR_INIT("만"),
        STR_INIT("다음"),   STR_INIT("이번"),   STR_INIT("혹시"),   STR_INIT("그럼"),   STR_INIT("마지막"),
        STR_INIT("먼저"),   STR_INIT("예"),     STR_INIT("what"),   STR_INIT("is"),     STR_INIT("are"),
        STR_INIT("your"),   STR_INIT("you"),    STR_INIT("the"),    STR_INIT("an"),     STR_INIT("how"),
        STR_INIT("many"),   STR_INIT("much"),   STR_INIT("do"),     STR_INIT("does"),   STR_INIT("of"),
        STR_INIT("in"),     STR_INIT("for"),    STR_INIT("to"),     STR_INIT("please"), STR_INIT("and"),
        STR_INIT("or"),     STR_INIT("which"),  STR_INIT("when"),   STR_INIT("where"),  STR_INIT("who"),
        STR_INIT("would"),  STR_INIT("like"),   STR_INIT("per"),    STR_INIT("day"),    STR_INIT("week"),
        STR_INIT("it"),     STR_INIT("we"),     STR_INIT("me"),     STR_INIT("my"),     STR_INIT("tell"),
        STR_INIT("us"),     STR_INIT("can"),    STR_INIT("have"),   STR_INIT("at"),     STR_INIT("on"),
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(word, words[i]))
            return true;
    return false;
}

/* What makes a word a noun behind it, the longer ones first. */
static size_t particle_at_end(struct str word)
{
    static const struct str particles[] = {
        STR_INIT("이신가요"), STR_INIT("인가요"), STR_INIT("이에요"), STR_INIT("이세요"), STR_INIT("에서"),
        STR_INIT("는요"),     STR_INIT("은요"),   STR_INIT("까지"),   STR_INIT("부터"),   STR_INIT("으로"),
        STR_INIT("이요"),     STR_INIT("예요"),   STR_INIT("쯤"),     STR_INIT("은"),     STR_INIT("는"),
        STR_INIT("이"),       STR_INIT("가"),     STR_INIT("을"),     STR_INIT("를"),     STR_INIT("의"),
        STR_INIT("에"),       STR_INIT("도"),     STR_INIT("로"),     STR_INIT("과"),     STR_INIT("와"),
        STR_INIT("만"),
    };
    for (size_t i = 0; i < COUNT_OF(particles); i++)
        if (word.n > particles[i].n && str_ends(word, particles[i]))
            return particles[i].n;
    return 0;
}

/* 주세요, 드시나요, 할까요, 있습니까: what is done is no name of a question. */
static bool is_verb(struct str word)
{
    static const struct str endings[] = {
        STR_INIT("세요"), STR_INIT("나요"), STR_INIT("까요"), STR_INIT("어요"), STR_INIT("아요"), STR_INIT("해요"),
        STR_INIT("니다"), STR_INIT("니까"), STR_INIT("시죠"), STR_INIT("려"),   STR_INIT("싶은"), STR_INIT("하는"),
        STR_INIT("하고"), STR_INIT("시는"), STR_INIT("인지"), STR_INIT("는지"), STR_INIT("할"),   STR_INIT("적어"),
        STR_INIT("써"),   STR_INIT("해"),   STR_INIT("써요"), STR_INIT("돼요"),
    };
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (str_ends(word, endings[i]))
            return true;
    return false;
}

static void add_noun(struct found *words, struct str word)
{
    bool korean = word.n > 0 && word.p[0] < 0;
    size_t particle = korean ? particle_at_end(word) : 0;
    struct str noun = str_first(word, word.n - particle);
    if (korean && is_verb(word) && particle <= SYLLABLE)
        return;
    if (korean && noun.n <= SYLLABLE && particle == 0) /* one syllable alone may be anything */
        return;
    if (!is_common(noun) && !is_common(word))
        add(words, noun, false);
}

/* The runs of letters of a text, each of one script: "cm인가요" is two. */
static void add_nouns(struct loader *loader, struct found *words, struct str plain)
{
    struct str rest = lower(loader, plain);
    while (rest.n > 0) {
        struct str word = rest, after = rest;
        bool latin = rest.p[0] > 0;
        while (after.n > 0 && (after.p[0] > 0) == latin && text_is_letter(text_next(&after)))
            rest = after;
        word = str_first(word, word.n - rest.n);
        if (word.n == 0)
            text_next(&rest);
        else
            add_noun(words, word);
    }
}

/* ── one question ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_labels(struct loader *loader, struct found *words, const struct ask *ask)
{
    for (size_t i = 0; i < ask->n_labels; i++) {
        struct str rest = lower(loader, ask->labels[i].text), name;
        while (rest.n > 0 && str_split(&rest, ',', &name))
            add(words, str_trim(name), true);
    }
}

static void add_text(struct loader *loader, struct found *words, const struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        for (size_t j = 0; j < text->variants[i].n_parts; j++)
            add_nouns(loader, words, text->variants[i].parts[j].plain);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A word of a question, while those of two questions are looked for. */
struct use {
    struct ask_word word;
    size_t step;
    bool shared;
};

static int compare_uses(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    int words = str_cmp(x->word.word, y->word.word);
    if (words != 0)
        return words;
    return x->step < y->step ? -1 : x->step > y->step;
}

/* A word of two questions is the one's whose label it is; else nobody knows which is meant. */
static void mark_shared(struct use *uses, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        size_t labels = 0;
        for (end = i; end < n && str_eq(uses[end].word.word, uses[i].word.word); end++)
            labels += uses[end].word.is_label;
        for (size_t k = i; k < end && end - i > 1; k++)
            uses[k].shared = labels != 1 || !uses[k].word.is_label;
    }
}

static void keep(struct loader *loader, struct ask *ask, const struct use *uses, size_t n)
{
    struct ask_word *items = load_alloc(loader, n, sizeof *items);
    for (size_t i = 0; i < n && items != NULL; i++)
        items[i] = uses[i].word;
    ask->words = items;
    ask->n_words = items == NULL ? 0 : n;
}

static int compare_steps(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    return x->step < y->step ? -1 : x->step > y->step;
}

/* Those that are left, question by question. */
static void share_out(struct loader *loader, struct use *uses, size_t n)
{
    size_t left = 0;
    mark_shared(uses, n);
    for (size_t i = 0; i < n; i++)
        if (!uses[i].shared)
            uses[left++] = uses[i];
    if (left > 0)
        qsort(uses, left, sizeof *uses, compare_steps);
    for (size_t i = 0, end; i < left; i = end) {
        for (end = i; end < left && uses[end].step == uses[i].step; end++)
            ;
        keep(loader, &loader->step_items[uses[i].step].ask, &uses[i], end - i);
    }
}

void load_mentions(struct loader *loader)
{
    const struct definition *def = loader->definition;
    if (loader->rc != OK || loader->faults.n > 0)
        return;
    struct use *uses = load_alloc(loader, def->n_steps * MOST_WORDS, sizeof *uses);
    size_t n = 0;
    for (size_t i = 0; i < def->n_steps && uses != NULL; i++) {
        const struct ask *ask = &def->steps[i].ask;
        struct found words = {0};
        if (def->steps[i].kind != STEP_ASK)
            continue;
        add_labels(loader, &words, ask);
        add(&words, lower(loader, ask->variable), false);
        add_text(loader, &words, &ask->text);
        for (size_t k = 0; k < words.n; k++)
            uses[n++] = (struct use){.word = words.items[k], .step = i};
    }
    if (n > 0) {
        qsort(uses, n, sizeof *uses, compare_uses);
        share_out(loader, uses, n);
    }
}
