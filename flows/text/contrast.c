#include "flows/text/contrast.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { MOST_NUMBERS = 32, UNIT_BYTES = 3 /* one Hangul syllable tells 일, 주, 개월, 원, 명 apart */ };

const char *contrast_name(enum contrast contrast)
{
    static const char *const names[] = {"none", "number", "negation", "asked", "opposite"};
    return names[contrast];
}

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Case folded and with single spaces between words; punctuation parts words too. */
static MUST_USE enum err read_words(struct arena *arena, struct str text, struct strs *ret_words)
{
    struct str input = {0}, folded = {0};
    enum err rc = text_input(arena, text, &input);
    if (rc == OK)
        rc = text_fold(arena, input, &folded);
    if (rc != OK)
        return rc;
    struct str *words = arena_alloc_array(arena, folded.n / 2 + 1, sizeof *words);
    if (words == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    for (struct str rest = folded, before = rest; rest.n > 0; before = rest) {
        int32_t c = text_next(&rest);
        bool apart = text_is_space(c) || (text_is_punctuation(c) && c != '\'' && c != 0x2019 && c != ',');
        size_t bytes = (size_t)(rest.p - before.p);
        if (apart)
            n += words[n].n > 0;
        else if (words[n].n == 0)
            words[n] = (struct str){before.p, bytes};
        else
            words[n].n += bytes;
    }
    n += words[n].n > 0;
    *ret_words = (struct strs){words, n};
    return OK;
}

/* How a word of ours stands in a word of the question. */
typedef bool stands(struct str word, struct str ours);

static bool holds(struct str word, struct str ours)
{
    return str_find(word, ours) != SIZE_MAX;
}

/* Does any of `words` relate like that to any of `ours`, which stand with single spaces between them? */
static bool any(struct strs words, stands *relates, const char *ours)
{
    struct str rest = str_of(ours), one;
    while (str_split(&rest, ' ', &one))
        for (size_t i = 0; i < words.n; i++)
            if (relates(words.items[i], one))
                return true;
    return false;
}

/* ── negation ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool denies(struct strs words)
{
    static const char anywhere[] = "없 않 불가 금지 아닌 아니 아닙 지못 지말 n't n’t";
    /* 안 and 못 begin many other words (안내, 못자리), so only what can follow them as an adverb counts */
    static const char at_start[] =
        "안되 안돼 안됩 안된 안될 안하 안해 안합 안한 안할 안쓰 안써 안쓴 안쓸 안받 안가 안나 안내면 안와 "
        "못하 못해 못한 못할 못합 못쓰 못쓴 못쓸 못받 못가 말아 미사용 미제출 미지급 미납 불참";
    static const char whole[] = "안 못 not no never cannot without unable forbidden prohibited";
    return any(words, holds, anywhere) || any(words, str_starts, at_start) || any(words, str_eq, whole);
}

enum err contrast_denies(struct arena *arena, struct str text, bool *ret_denies)
{
    struct strs words = {0};
    enum err rc = read_words(arena, text, &words);
    if (rc == OK)
        *ret_denies = denies(words);
    return rc;
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct number {
    struct str digits; /* without commas and leading zeros; of a number word its digits */
    struct str unit;   /* the first letters of what follows in the word                */
};

static const struct number_word {
    struct str word, digits, unit;
} number_words[] = {
    {STR_INIT("하루"), STR_INIT("1"), STR_INIT("일")},      {STR_INIT("이틀"), STR_INIT("2"), STR_INIT("일")},
    {STR_INIT("사흘"), STR_INIT("3"), STR_INIT("일")},      {STR_INIT("나흘"), STR_INIT("4"), STR_INIT("일")},
    {STR_INIT("닷새"), STR_INIT("5"), STR_INIT("일")},      {STR_INIT("엿새"), STR_INIT("6"), STR_INIT("일")},
    {STR_INIT("이레"), STR_INIT("7"), STR_INIT("일")},      {STR_INIT("여드레"), STR_INIT("8"), STR_INIT("일")},
    {STR_INIT("열흘"), STR_INIT("10"), STR_INIT("일")},     {STR_INIT("보름"), STR_INIT("15"), STR_INIT("일")},
    {STR_INIT("일주일"), STR_INIT("1"), STR_INIT("주")},    {STR_INIT("이주일"), STR_INIT("2"), STR_INIT("주")},
    {STR_INIT("한달"), STR_INIT("1"), STR_INIT("달")},      {STR_INIT("두달"), STR_INIT("2"), STR_INIT("달")},
    {STR_INIT("세달"), STR_INIT("3"), STR_INIT("달")},      {STR_INIT("석달"), STR_INIT("3"), STR_INIT("달")},
    {STR_INIT("일년"), STR_INIT("1"), STR_INIT("년")},      {STR_INIT("이년"), STR_INIT("2"), STR_INIT("년")},
    {STR_INIT("삼년"), STR_INIT("3"), STR_INIT("년")},      {STR_INIT("반차"), STR_INIT("0.5"), STR_INIT("일")},
    {STR_INIT("반반차"), STR_INIT("0.25"), STR_INIT("일")},
};

/* Counting words that stand alone before what they count: 한 번, 두 명, three days. */
static const struct number_word counting[] = {
    {STR_INIT("한"), STR_INIT("1"), STR_INIT("")},     {STR_INIT("두"), STR_INIT("2"), STR_INIT("")},
    {STR_INIT("세"), STR_INIT("3"), STR_INIT("")},     {STR_INIT("네"), STR_INIT("4"), STR_INIT("")},
    {STR_INIT("다섯"), STR_INIT("5"), STR_INIT("")},   {STR_INIT("여섯"), STR_INIT("6"), STR_INIT("")},
    {STR_INIT("열"), STR_INIT("10"), STR_INIT("")},    {STR_INIT("one"), STR_INIT("1"), STR_INIT("")},
    {STR_INIT("two"), STR_INIT("2"), STR_INIT("")},    {STR_INIT("three"), STR_INIT("3"), STR_INIT("")},
    {STR_INIT("four"), STR_INIT("4"), STR_INIT("")},   {STR_INIT("five"), STR_INIT("5"), STR_INIT("")},
    {STR_INIT("half"), STR_INIT("0.5"), STR_INIT("")},
};

static bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str word)
{
    size_t n = 0;
    while (n < word.n && (is_ascii_digit(word.p[n]) || ((word.p[n] == ',' || word.p[n] == '.') && n > 0 &&
                                                        n + 1 < word.n && is_ascii_digit(word.p[n + 1]))))
        n++;
    return n;
}

static MUST_USE enum err plain_digits(struct arena *arena, struct str written, struct str *ret_digits)
{
    char *digits = arena_alloc(arena, written.n + 1);
    size_t n = 0;
    if (digits == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < written.n; i++)
        if (written.p[i] != ',' && (n > 0 || written.p[i] != '0'))
            digits[n++] = written.p[i];
    *ret_digits = (struct str){digits, n};
    return OK;
}

/* The number that the word holds: its first digits, else a number word at its start. */
static MUST_USE enum err read_number(struct arena *arena, struct strs words, size_t i, struct number *ret_number)
{
    struct str word = words.items[i], next = i + 1 < words.n ? words.items[i + 1] : STR("");
    for (size_t at = 0; at < word.n; at++) {
        size_t n = digits_at(str_skip(word, at));
        if (n == 0)
            continue;
        struct str after = str_skip(word, at + n);
        ret_number->unit = str_first(after.n > 0 ? after : next, UNIT_BYTES);
        return plain_digits(arena, str_first(str_skip(word, at), n), &ret_number->digits);
    }
    for (size_t k = 0; k < COUNT_OF(number_words); k++)
        if (str_starts(word, number_words[k].word))
            *ret_number = (struct number){number_words[k].digits, number_words[k].unit};
    for (size_t k = 0; k < COUNT_OF(counting) && next.n > 0; k++)
        if (str_eq(word, counting[k].word))
            *ret_number = (struct number){counting[k].digits, str_first(next, UNIT_BYTES)};
    return OK;
}

struct numbers {
    struct number items[MOST_NUMBERS];
    size_t n;
};

static MUST_USE enum err read_numbers(struct arena *arena, struct strs words, struct numbers *ret)
{
    ret->n = 0;
    for (size_t i = 0; i < words.n && ret->n < MOST_NUMBERS; i++) {
        struct number number = {0};
        enum err rc = read_number(arena, words, i, &number);
        if (rc != OK)
            return rc;
        if (number.unit.n > 0 || number.digits.n > 0)
            ret->items[ret->n++] = number;
    }
    return OK;
}

/* The same numbers, in any order. */
static bool same_numbers(const struct numbers *a, const struct numbers *b)
{
    bool taken[MOST_NUMBERS] = {false};
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        size_t k = 0;
        while (k < b->n && (taken[k] || !str_eq(a->items[i].digits, b->items[k].digits) ||
                            !str_eq(a->items[i].unit, b->items[k].unit)))
            k++;
        if (k == b->n)
            return false;
        taken[k] = true;
    }
    return true;
}

/* ── what is asked for ─────────────────────────────────────────────────────────────────────────────────────────── */

/* 어떻게, 무엇 and the like go with any question; these do not go with each other. */
static unsigned asked_for(struct strs words)
{
    static const char *const kinds[] = {
        "언제 며칠 몇일 기한 마감 when", "어디 where",           "누구 누가 누굴 담당자 who", "왜 이유 why",
        "얼마 금액 비용 much",           "방법 어떻게 절차 how",
    };
    unsigned asked = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (any(words, str_starts, kinds[i]))
            asked |= 1u << i;
    return asked;
}

/* ── opposites ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool are_opposed(struct strs a, struct strs b)
{
    static const char *const pairs[][2] = {
        {"국내", "해외"},     {"입사", "퇴사"},         {"출근", "퇴근"},         {"신청", "취소"}, {"이상", "이하"},
        {"이상", "미만"},     {"이하", "초과"},         {"최대", "최소"},         {"유급", "무급"}, {"과세", "비과세"},
        {"정규직", "계약직"}, {"본인", "배우자"},       {"본인", "가족"},         {"부모", "자녀"}, {"오전", "오후"},
        {"평일", "주말"},     {"월세", "전세"},         {"신용카드", "체크카드"}, {"결혼", "이혼"}, {"출산", "육아"},
        {"시작", "종료"},     {"전에", "후에"},         {"올해", "작년"},         {"올해", "내년"}, {"작년", "내년"},
        {"before", "after"},  {"domestic", "overseas"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        for (size_t k = 0; k < 2; k++)
            if (any(a, holds, pairs[i][k]) && !any(b, holds, pairs[i][k]) && any(b, holds, pairs[i][1 - k]))
                return true;
    return false;
}

/* ── both ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err contrast_find(struct arena *arena, struct str a, struct str b, enum contrast *ret_contrast)
{
    struct strs words[2] = {{0}};
    struct numbers numbers[2];
    struct str texts[2] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        enum err rc = read_words(arena, texts[i], &words[i]);
        if (rc == OK)
            rc = read_numbers(arena, words[i], &numbers[i]);
        if (rc != OK)
            return rc;
    }
    unsigned asked[2] = {asked_for(words[0]), asked_for(words[1])};
    if (!same_numbers(&numbers[0], &numbers[1]))
        *ret_contrast = CONTRAST_NUMBER;
    else if (denies(words[0]) != denies(words[1]))
        *ret_contrast = CONTRAST_NEGATION;
    else if (asked[0] != 0 && asked[1] != 0 && (asked[0] & asked[1]) == 0)
        *ret_contrast = CONTRAST_ASKED;
    else if (are_opposed(words[0], words[1]))
        *ret_contrast = CONTRAST_OPPOSITE;
    else
        *ret_contrast = CONTRAST_NONE;
    return OK;
}
