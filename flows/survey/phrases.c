#include "flows/survey/phrases.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"

#include "bot/base/banned.h"

enum { MAX_PHRASE_BYTES = 1000, MAX_HELP_BYTES = 4000 };

static const struct {
    struct str ko, en;
} phrases[PHRASES] = {
    [PHRASE_YES] = {STR_INIT("예"), STR_INIT("Yes")},
    [PHRASE_NO] = {STR_INIT("아니요"), STR_INIT("No")},
    [PHRASE_STOPPED] = {STR_INIT("여기서 마칠게요. 언제든 다시 시작하실 수 있어요."),
                        STR_INIT("We stop here. You can start again at any time.")},
    [PHRASE_NO_WAY_BACK] = {STR_INIT("첫 질문이라 더 돌아갈 곳이 없어요."),
                            STR_INIT("This is the first question: there is nothing to go back to.")},
    [PHRASE_NO_SKIP] = {STR_INIT("이 질문은 건너뛸 수 없어요."), STR_INIT("This question cannot be skipped.")},
    [PHRASE_OLD_BUTTON] = {STR_INIT("지난 질문의 버튼이에요. 지금은 이 질문에 답해 주세요."),
                           STR_INIT("That button belongs to an earlier question. Please answer this one.")},
    [PHRASE_SEE_MORE] = {STR_INIT("자세히 보기"), STR_INIT("See more")},
    [PHRASE_OUT_OF_ORDER] = {STR_INIT("죄송해요, 설문에 문제가 있어 더 진행할 수 없어요."),
                             STR_INIT("Sorry, something is wrong with this survey and it cannot go on.")},
    [PHRASE_ASK_AGAIN] = {STR_INIT("네, 다시 여쭤볼게요."), STR_INIT("Sure, let me ask again.")},
    [PHRASE_RESUME] = {STR_INIT("다시 오셨네요! 이어서 계속할까요?"), STR_INIT("Welcome back! Shall we go on?")},
    [PHRASE_RESUME_YES] = {STR_INIT("계속하기"), STR_INIT("Go on")},
    [PHRASE_RESUME_NO] = {STR_INIT("처음부터"), STR_INIT("Start over")},
    [PHRASE_SHEET_OPEN] = {STR_INIT("설문 시작"), STR_INIT("Start")},
    [PHRASE_SHEET_SUBMIT] = {STR_INIT("보내기"), STR_INIT("Send")},
    [PHRASE_SHEET_CLOSE] = {STR_INIT("닫기"), STR_INIT("Close")},
    [PHRASE_SHEET_LEAD] = {STR_INIT("버튼을 누르면 한 화면에서 답하실 수 있어요."),
                           STR_INIT("Press the button to answer on one page.")},
    [PHRASE_SHEET_MISSING] = {STR_INIT("이 질문에 답해 주세요."), STR_INIT("Please answer this question.")},
};

static bool is_korean(struct str locale)
{
    return str_eq_nocase(locale_language(locale), STR("ko"));
}

struct str phrase(enum phrase phrase, struct str locale)
{
    return is_korean(locale) ? phrases[phrase].ko : phrases[phrase].en;
}

/* ── retries ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str number(struct arena *arena, struct decimal d)
{
    struct buf out;
    buf_init(&out, arena, MAX_PHRASE_BYTES);
    decimal_add_to(&out, decimal_trim(d));
    return buf_str(&out);
}

static struct str date(struct arena *arena, const struct ask *ask, enum ask_bound bound, int64_t today)
{
    int64_t day = 0;
    if (!ask_day_bound(ask, bound, today, &day))
        return STR("");
    struct clock_date date = clock_date_of_days(day);
    return arena_format(arena, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
}

/* A sentence about a range of something: "20에서 300 사이의 숫자", "a number from 20 to 300". */
struct noun {
    const char *ko, *en; /* "숫자", "a number" */
    struct str min, max; /* empty: none        */
    struct str unit;
};

static struct str range_sentence(struct arena *arena, const struct noun *noun, bool korean)
{
    struct str min = noun->min, max = noun->max, unit = noun->unit;
    struct buf out;
    buf_init(&out, arena, MAX_PHRASE_BYTES);
    if (korean) {
        if (min.n > 0 && max.n > 0)
            buf_addf(&out, "%.*s에서 %.*s 사이의 ", STR_ARG(min), STR_ARG(max));
        else if (min.n > 0)
            buf_addf(&out, "%.*s 이상의 ", STR_ARG(min));
        else if (max.n > 0)
            buf_addf(&out, "%.*s 이하의 ", STR_ARG(max));
        buf_addf(&out, "%s로 적어 주세요.", noun->ko);
        if (unit.n > 0)
            buf_addf(&out, " (단위: %.*s)", STR_ARG(unit));
        return buf_str(&out);
    }
    buf_addf(&out, "Please write %s", noun->en);
    if (min.n > 0 && max.n > 0)
        buf_addf(&out, " from %.*s to %.*s", STR_ARG(min), STR_ARG(max));
    else if (min.n > 0)
        buf_addf(&out, " of at least %.*s", STR_ARG(min));
    else if (max.n > 0)
        buf_addf(&out, " of at most %.*s", STR_ARG(max));
    if (unit.n > 0)
        buf_addf(&out, " (in %.*s)", STR_ARG(unit));
    buf_add_char(&out, '.');
    return buf_str(&out);
}

static struct str number_retry(struct arena *arena, const struct ask *ask, bool korean)
{
    struct noun noun = {
        .ko = ask->integer ? "소수점 없는 숫자" : "숫자",
        .en = ask->integer ? "a whole number" : "a number",
        .min = ask->has_min ? number(arena, ask->min) : STR(""),
        .max = ask->has_max ? number(arena, ask->max) : STR(""),
        .unit = ask->unit,
    };
    return range_sentence(arena, &noun, korean);
}

static struct str text_retry(struct arena *arena, const struct ask *ask, bool korean)
{
    struct str min = number(arena, ask->min), max = number(arena, ask->max);
    if (ask->has_min && ask->has_max)
        return arena_format(arena,
                            korean ? "%.*s자 이상 %.*s자 이하로 적어 주세요." : "Please write %.*s to %.*s characters.",
                            STR_ARG(min), STR_ARG(max));
    if (ask->has_min)
        return arena_format(arena, korean ? "%.*s자 이상으로 적어 주세요." : "Please write at least %.*s characters.",
                            STR_ARG(min));
    if (ask->has_max)
        return arena_format(arena, korean ? "%.*s자 이하로 적어 주세요." : "Please write at most %.*s characters.",
                            STR_ARG(max));
    return korean ? STR("형식에 맞게 다시 적어 주세요.") : STR("Please write it in the form asked for.");
}

static struct str date_retry(struct arena *arena, const struct ask *ask, int64_t today, bool korean)
{
    struct noun noun = {
        .ko = "날짜",
        .en = "a date, as 2026-03-05,",
        .min = date(arena, ask, ASK_MIN, today),
        .max = date(arena, ask, ASK_MAX, today),
    };
    struct str sentence = range_sentence(arena, &noun, korean);
    return korean ? arena_format(arena, "%.*s (예: 2026-03-05)", STR_ARG(sentence)) : sentence;
}

static struct str choices_retry(struct arena *arena, const struct ask *ask, bool korean)
{
    struct str min = ask->has_min ? number(arena, ask->min) : STR("");
    struct str max = ask->has_max ? number(arena, ask->max) : STR("");
    if (min.n > 0 && max.n > 0)
        return arena_format(
            arena, korean ? "아래에서 %.*s개부터 %.*s개까지 골라 주세요." : "Please choose %.*s to %.*s of these.",
            STR_ARG(min), STR_ARG(max));
    if (min.n > 0)
        return arena_format(arena,
                            korean ? "아래에서 %.*s개 이상 골라 주세요." : "Please choose at least %.*s of these.",
                            STR_ARG(min));
    if (max.n > 0)
        return arena_format(arena, korean ? "아래에서 %.*s개까지 골라 주세요." : "Please choose at most %.*s of these.",
                            STR_ARG(max));
    return korean ? STR("아래에서 골라 주세요. 여러 개도 좋아요.") : STR("Please choose from these; several are fine.");
}

struct str phrase_retry(struct arena *arena, const struct ask *ask, int64_t today, struct str locale)
{
    bool korean = is_korean(locale);
    switch (ask->type) {
    case ASK_CHOICE:
        return korean ? STR("아래에서 하나를 골라 주세요.") : STR("Please choose one of these.");
    case ASK_CHOICES:
        return choices_retry(arena, ask, korean);
    case ASK_NUMBER:
    case ASK_SCALE:
        return number_retry(arena, ask, korean);
    case ASK_TEXT:
        return text_retry(arena, ask, korean);
    case ASK_YES_NO:
        return korean ? STR("‘예’ 또는 ‘아니요’로 답해 주세요.") : STR("Please answer yes or no.");
    case ASK_DATE:
        return date_retry(arena, ask, today, korean);
    case ASK_PHONE:
        return korean ? STR("전화번호를 적어 주세요. (예: 010-1234-5678)")
                      : STR("Please write a phone number, as 010-1234-5678.");
    case ASK_EMAIL:
        return korean ? STR("이메일 주소를 적어 주세요. (예: name@example.com)")
                      : STR("Please write an email address, as name@example.com.");
    case ASK_FILE:
        return korean ? STR("파일을 올려 주세요.") : STR("Please send a file.");
    }
    return STR("");
}

struct str phrase_changed(struct arena *arena, struct str label, struct str answer, struct str locale)
{
    return arena_format(arena, "%s: %.*s%s%.*s", is_korean(locale) ? "고쳤어요" : "Changed", STR_ARG(label),
                        label.n > 0 ? " " : "", STR_ARG(answer));
}

/* ── how to answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct str phrase_how_to_answer(struct arena *arena, const struct ask *ask, const struct words *words,
                                struct str locale)
{
    bool korean = is_korean(locale), several = ask->type == ASK_CHOICES;
    struct str how = several ? (korean ? STR("번호나 이름을 쉼표로 나눠 적어 주세요. (예: 1, 2)")
                                       : STR("Answer with numbers or names, separated by commas (1, 2)."))
                             : (korean ? STR("번호나 이름으로 답해 주세요.") : STR("Answer with a number or a name."));
    if (!ask->optional)
        return how;
    struct str skip = words_first(words, locale, WORD_SKIP);
    return arena_format(arena, korean ? "%.*s 건너뛰려면 ‘%.*s’." : "%.*s To leave it out: \"%.*s\".", STR_ARG(how),
                        STR_ARG(skip));
}

struct str phrase_help(struct arena *arena, const struct words *words, struct str locale)
{
    static const struct {
        enum word word;
        const char *ko, *en;
    } lines[] = {
        {WORD_BACK, "앞 질문으로", "the question before"},
        {WORD_REPEAT, "질문을 다시 보기", "the question again"},
        {WORD_SKIP, "건너뛰기 (꼭 답하지 않아도 되는 질문)", "leave it out, where that is possible"},
        {WORD_RESTART, "처음부터 다시", "begin again"},
        {WORD_STOP, "그만하기", "stop"},
    };
    bool korean = is_korean(locale);
    struct buf out;
    buf_init(&out, arena, MAX_HELP_BYTES);
    buf_add(&out, korean ? STR("이렇게 말씀하실 수 있어요.") : STR("You can say:"));
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        buf_addf(&out, "\n- %.*s: %s", STR_ARG(words_first(words, locale, lines[i].word)),
                 korean ? lines[i].ko : lines[i].en);
    static const struct str none;
    return buf_failed(&out) ? none : buf_str(&out);
}
