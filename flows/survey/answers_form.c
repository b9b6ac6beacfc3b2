#include "flows/survey/answers_form.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/regex.h"
#include "bot/base/text.h"
#include "flows/survey/definition.h"
#include "flows/survey/fillers.h"

#include "bot/base/banned.h"

static enum err misfit(enum misfit why, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_MISFIT, .misfit = why};
    return OK;
}

static enum err fits_text(struct str text, struct answer *ret_answer)
{
    *ret_answer = (struct answer){.kind = ANSWER_FITS, .value = value_string(text), .label = text};
    return OK;
}

/* ── yes or no ─────────────────────────────────────────────────────────────────────────────────────────────────── */

enum decision { UNDECIDED, YES, NO, UNCLEAR };

static const struct {
    struct str word;
    enum decision decision;
} decisions[] = {
    {STR_INIT("네"), YES},        {STR_INIT("넵"), YES},       {STR_INIT("넹"), YES},
    {STR_INIT("네네"), YES},      {STR_INIT("예"), YES},       {STR_INIT("예예"), YES},
    {STR_INIT("옙"), YES},        {STR_INIT("응"), YES},       {STR_INIT("응응"), YES},
    {STR_INIT("웅"), YES},        {STR_INIT("엉"), YES},       {STR_INIT("어"), YES},
    {STR_INIT("ㅇㅇ"), YES},      {STR_INIT("ㅇ"), YES},       {STR_INIT("ㅇㅇㅇ"), YES},
    {STR_INIT("맞아"), YES},      {STR_INIT("맞습니다"), YES}, {STR_INIT("맞음"), YES},
    {STR_INIT("그래"), YES},      {STR_INIT("그럼"), YES},     {STR_INIT("좋아"), YES},
    {STR_INIT("좋습니다"), YES},  {STR_INIT("있어"), YES},     {STR_INIT("있습니다"), YES},
    {STR_INIT("있음"), YES},      {STR_INIT("해요"), YES},     {STR_INIT("합니다"), YES},
    {STR_INIT("할게요"), YES},    {STR_INIT("물론"), YES},     {STR_INIT("당연하죠"), YES},
    {STR_INIT("yes"), YES},       {STR_INIT("y"), YES},        {STR_INIT("yeah"), YES},
    {STR_INIT("yep"), YES},       {STR_INIT("yup"), YES},      {STR_INIT("ok"), YES},
    {STR_INIT("okay"), YES},      {STR_INIT("sure"), YES},     {STR_INIT("true"), YES},
    {STR_INIT("오케이"), YES},    {STR_INIT("아니요"), NO},    {STR_INIT("아니오"), NO},
    {STR_INIT("아니"), NO},       {STR_INIT("아뇨"), NO},      {STR_INIT("아닙니다"), NO},
    {STR_INIT("아니에"), NO},     {STR_INIT("ㄴㄴ"), NO},      {STR_INIT("ㄴ"), NO},
    {STR_INIT("ㄴㄴㄴ"), NO},     {STR_INIT("노"), NO},        {STR_INIT("노노"), NO},
    {STR_INIT("없어"), NO},       {STR_INIT("없습니다"), NO},  {STR_INIT("없음"), NO},
    {STR_INIT("안해"), NO},       {STR_INIT("안합니다"), NO},  {STR_INIT("싫어"), NO},
    {STR_INIT("no"), NO},         {STR_INIT("n"), NO},         {STR_INIT("nope"), NO},
    {STR_INIT("nah"), NO},        {STR_INIT("false"), NO},     {STR_INIT("글쎄"), UNCLEAR},
    {STR_INIT("모르"), UNCLEAR},  {STR_INIT("몰라"), UNCLEAR}, {STR_INIT("안"), UNCLEAR},
    {STR_INIT("못"), UNCLEAR},    {STR_INIT("가끔"), UNCLEAR}, {STR_INIT("때때로"), UNCLEAR},
    {STR_INIT("maybe"), UNCLEAR},
};

/* What one word (or a whole answer without spaces) says.  UNCLEAR words count wherever they begin a word. */
static enum decision decision_of(struct str word)
{
    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        if (!str_starts(word, decisions[i].word))
            continue;
        struct str rest = str_skip(word, decisions[i].word.n);
        if (rest.n == 0 || (decisions[i].decision == UNCLEAR && decisions[i].word.n > STR("안").n) ||
            (decisions[i].decision != UNCLEAR && decisions[i].word.p[0] < 0 && filler_is_only_endings(rest)))
            return decisions[i].decision;
    }
    return UNDECIDED;
}

/* The next run of letters. */
static bool next_word(struct str *rest, struct str *ret_word)
{
    struct str s = *rest;
    for (struct str after = s; s.n > 0 && !text_is_letter(text_next(&after));)
        s = after;
    struct str end = s;
    for (struct str after = end; end.n > 0 && text_is_letter(text_next(&after));)
        end = after;
    *ret_word = str_first(s, s.n - end.n);
    *rest = end;
    return ret_word->n > 0;
}

/* A sentence: its first word must decide, no other may say the contrary, and it must be short. */
static enum decision decide(struct str text)
{
    enum { MOST_UNKNOWN = 3 };
    enum decision decision = UNDECIDED;
    size_t unknown = 0;
    struct str word;
    for (bool first = true; next_word(&text, &word); first = false) {
        enum decision said = decision_of(word);
        if (said == UNDECIDED) {
            unknown++;
            if (first && filler_beginning(word) != word.n)
                return UNDECIDED;
        } else if (decision != UNDECIDED && said != decision && !(decision == NO && said == UNCLEAR)) {
            return UNCLEAR;
        } else if (decision == UNDECIDED) {
            decision = said;
        }
    }
    return unknown > MOST_UNKNOWN ? UNDECIDED : decision;
}

enum err answers_yes_no(const struct answer_input *input, struct str typed, struct arena *arena,
                        struct answer *ret_answer)
{
    struct str text, key;
    if (text_lower(arena, typed, &text) != OK || text_match_key(arena, typed, &key) != OK)
        return ERR_NO_MEMORY;
    enum decision decision = decision_of(key);
    if (decision == UNDECIDED || decision == UNCLEAR)
        decision = decide(text);
    if (decision == UNDECIDED || decision == UNCLEAR)
        return misfit(decision == UNCLEAR ? MISFIT_AMBIGUOUS : MISFIT_NO_OPTION, ret_answer);
    bool yes = decision == YES, korean = str_starts(input->locale, STR("ko"));
    struct str label = korean ? (yes ? STR("예") : STR("아니요")) : (yes ? STR("Yes") : STR("No"));
    *ret_answer = (struct answer){.kind = ANSWER_FITS, .value = value_boolean(yes), .label = label};
    return OK;
}

/* ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Up to three numbers with what may stand between the parts of a date. */
struct date_parts {
    int64_t numbers[3];
    size_t digits[3];
    size_t n;
};

static struct str skip_date_mark(struct str s)
{
    static const struct str marks[] = {STR_INIT(" "),  STR_INIT("-"),  STR_INIT("."),  STR_INIT("/"),
                                       STR_INIT("년"), STR_INIT("월"), STR_INIT("일"), STR_INIT(",")};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (str_starts(s, marks[i])) {
            s = str_skip(s, marks[i].n);
            i = SIZE_MAX; /* begin again */
        }
    return s;
}

/* Numbers and marks, then nothing but endings and the day of the week.  False: another form. */
static bool read_date_parts(struct str s, struct date_parts *ret_parts)
{
    enum { MOST_DIGITS = 8 };
    struct date_parts parts = {0};
    while (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9') {
        if (parts.n == COUNT_OF(parts.numbers))
            return false;
        size_t n = 0;
        for (; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++) {
            if (n == MOST_DIGITS)
                return false;
            parts.numbers[parts.n] = parts.numbers[parts.n] * 10 + (s.p[n] - '0');
        }
        parts.digits[parts.n++] = n;
        s = skip_date_mark(str_skip(s, n));
    }
    s = filler_skip_marks(s);
    static const struct str weekdays[] = {STR_INIT("월"), STR_INIT("화"), STR_INIT("수"), STR_INIT("목"),
                                          STR_INIT("금"), STR_INIT("토"), STR_INIT("일")};
    for (size_t i = 0; i < COUNT_OF(weekdays); i++)
        if (str_starts(s, weekdays[i])) {
            s = str_skip(s, weekdays[i].n);
            s = str_starts(s, STR("요일")) ? str_skip(s, STR("요일").n) : s;
            break;
        }
    *ret_parts = parts;
    return parts.n > 0 && filler_is_only_endings(s);
}

/* False: no such day. */
static bool days_of(int64_t year, int64_t month, int64_t day, int64_t *ret_days)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct clock_date date = {.year = year, .month = (int)month, .day = (int)day};
    int64_t days = clock_days_of_date(date);
    struct clock_date back = clock_date_of_days(days);
    *ret_days = days;
    return back.month == date.month && back.day == date.day;
}

static int64_t full_year(int64_t year, size_t digits, int64_t today)
{
    enum { YEARS_AHEAD = 10 };
    if (digits > 2)
        return year;
    int64_t latest = clock_date_of_days(today).year + YEARS_AHEAD;
    int64_t full = latest - latest % 100 + year;
    return full > latest ? full - 100 : full;
}

/* 20260305 and 260305 in three parts. */
static bool split_digits(struct date_parts *parts)
{
    if (parts->n != 1 || (parts->digits[0] != 8 && parts->digits[0] != 6))
        return parts->n > 1;
    int64_t all = parts->numbers[0];
    *parts = (struct date_parts){
        .numbers = {all / 10000, all / 100 % 100, all % 100}, .digits = {parts->digits[0] - 4, 2, 2}, .n = 3};
    return true;
}

static bool is_within(const struct ask *ask, int64_t days)
{
    struct decimal day = decimal_from_i64(days);
    return (!ask->has_min || decimal_cmp(day, ask->min) >= 0) && (!ask->has_max || decimal_cmp(day, ask->max) <= 0);
}

/* The day and month of this year, or of one beside it where only that is asked for. */
static bool nearest_day(const struct ask *ask, int64_t today, const struct date_parts *parts, int64_t *ret_days)
{
    static const int64_t years[] = {0, 1, -1};
    int64_t year = clock_date_of_days(today).year;
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(years); i++) {
        int64_t days;
        if (!days_of(year + years[i], parts->numbers[0], parts->numbers[1], &days))
            continue;
        if (!any || is_within(ask, days))
            *ret_days = days;
        any = true;
        if (is_within(ask, days))
            break;
    }
    return any;
}

static bool relative_day(struct str text, int64_t today, int64_t *ret_days)
{
    static const struct {
        struct str word;
        int64_t days;
    } words[] = {
        {STR_INIT("오늘"), 0},  {STR_INIT("어제"), -1},      {STR_INIT("내일"), 1},     {STR_INIT("그저께"), -2},
        {STR_INIT("그제"), -2}, {STR_INIT("엊그제"), -2},    {STR_INIT("모레"), 2},     {STR_INIT("글피"), 3},
        {STR_INIT("today"), 0}, {STR_INIT("yesterday"), -1}, {STR_INIT("tomorrow"), 1},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(text, words[i].word) && filler_is_only_endings(str_skip(text, words[i].word.n))) {
            *ret_days = today + words[i].days;
            return true;
        }
    return false;
}

static bool read_day(const struct ask *ask, struct str text, int64_t today, int64_t *ret_days)
{
    struct date_parts parts;
    if (relative_day(text, today, ret_days))
        return true;
    if (!read_date_parts(text, &parts) || !split_digits(&parts))
        return false;
    if (parts.n == 2)
        return nearest_day(ask, today, &parts, ret_days);
    return days_of(full_year(parts.numbers[0], parts.digits[0], today), parts.numbers[1], parts.numbers[2], ret_days);
}

enum err answers_date(const struct ask *ask, const struct answer_input *input, struct str typed, struct arena *arena,
                      struct answer *ret_answer)
{
    struct str text;
    int64_t days;
    if (text_lower(arena, typed, &text) != OK)
        return ERR_NO_MEMORY;
    if (!read_day(ask, text, input->today, &days))
        return misfit(MISFIT_FORM, ret_answer);
    struct decimal day = decimal_from_i64(days);
    if (ask->has_min && decimal_cmp(day, ask->min) < 0)
        return misfit(MISFIT_TOO_SMALL, ret_answer);
    if (ask->has_max && decimal_cmp(day, ask->max) > 0)
        return misfit(MISFIT_TOO_LARGE, ret_answer);
    struct clock_date date = clock_date_of_days(days);
    struct str iso = arena_format(arena, "%04d-%02d-%02d", (int)date.year, date.month, date.day);
    return iso.p == NULL ? ERR_NO_MEMORY : fits_text(iso, ret_answer);
}

/* ── phone numbers ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* As dialled within Korea: mobile and area numbers begin with 0, service numbers (1588-…) have eight digits. */
static bool is_korean_number(struct str digits)
{
    if (digits.n == 8)
        return digits.p[0] == '1' && digits.p[1] >= '5';
    return digits.n >= 9 && digits.n <= 12 && digits.p[0] == '0' && digits.p[1] != '0';
}

static bool is_phone_mark(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')';
}

enum err answers_phone(struct str typed, struct arena *arena, struct answer *ret_answer)
{
    enum { LEAST_ABROAD = 8, MOST_ABROAD = 15 /* ITU-T E.164 */ };
    char *digits = arena_alloc(arena, typed.n + 2);
    if (digits == NULL)
        return ERR_NO_MEMORY;
    size_t n = 1, i = 0; /* room for a 0 or + in front */
    bool abroad = typed.p[0] == '+';
    for (i = abroad; i < typed.n && ((typed.p[i] >= '0' && typed.p[i] <= '9') || is_phone_mark(typed.p[i])); i++)
        if (!is_phone_mark(typed.p[i]))
            digits[n++] = typed.p[i];
    struct str number = {digits + 1, n - 1};
    if (!filler_is_only_endings(str_skip(typed, i)) || number.n < LEAST_ABROAD)
        return misfit(MISFIT_FORM, ret_answer);
    if (abroad && str_starts(number, STR("82"))) {
        number = str_skip(number, 2);
        if (number.p[0] != '0') {
            digits[2] = '0';
            number = (struct str){digits + 2, number.n + 1};
        }
    } else if (abroad) {
        digits[0] = '+';
        bool fits = number.n <= MOST_ABROAD && number.p[0] != '0';
        return fits ? fits_text((struct str){digits, n}, ret_answer) : misfit(MISFIT_FORM, ret_answer);
    } else if (number.n == 10 && str_starts(number, STR("10"))) { /* a spreadsheet dropped the 0 */
        digits[0] = '0';
        number = (struct str){digits, n};
    }
    return is_korean_number(number) ? fits_text(number, ret_answer) : misfit(MISFIT_FORM, ret_answer);
}

/* ── email addresses ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_address_char(char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c != '\0' && str_find_char(STR(".!#$%&'*+/=?^_`{|}~-@"), c) != SIZE_MAX);
}

/* Labels of letters, digits and inner hyphens, at least two of them (RFC 1035 §2.3.1). */
static bool is_domain(struct str domain)
{
    size_t labels = 0;
    struct str label;
    for (struct str rest = domain; str_split(&rest, '.', &label); labels++) {
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
            return false;
        for (size_t i = 0; i < label.n; i++)
            if (label.p[i] != '-' &&
                (!is_address_char(label.p[i]) || str_find_char(STR("!#$%&'*+/=?^_`{|}~@"), label.p[i]) != SIZE_MAX))
                return false;
    }
    return labels >= 2;
}

/* The run of address characters around the '@'. */
static struct str address_in(struct str typed)
{
    size_t at = str_find_char(typed, '@');
    if (at == SIZE_MAX)
        return (struct str){0};
    size_t from = at, to = at;
    while (from > 0 && is_address_char(typed.p[from - 1]))
        from--;
    while (to < typed.n && is_address_char(typed.p[to]))
        to++;
    while (to > at && typed.p[to - 1] == '.') /* the full stop of a sentence */
        to--;
    return (struct str){typed.p + from, to - from};
}

/* The common part of RFC 5321 §4.1.2: a dot-string and a domain. */
static bool is_address(struct str address)
{
    enum { MOST = 254, MOST_LOCAL = 64 };
    size_t at = str_find_char(address, '@');
    if (at == SIZE_MAX || at == 0 || at > MOST_LOCAL || address.n > MOST)
        return false;
    struct str local = str_first(address, at);
    bool dots = local.p[0] == '.' || local.p[at - 1] == '.' || str_find(local, STR("..")) != SIZE_MAX;
    return !dots && is_domain(str_skip(address, at + 1));
}

enum err answers_email(struct str typed, struct arena *arena, struct answer *ret_answer)
{
    struct str address = address_in(typed), domain;
    if (!is_address(address))
        return misfit(MISFIT_FORM, ret_answer);
    size_t at = str_find_char(address, '@');
    if (text_lower(arena, str_skip(address, at), &domain) != OK)
        return ERR_NO_MEMORY;
    struct str whole = arena_format(arena, "%.*s%.*s", (int)at, address.p, STR_ARG(domain));
    return whole.p == NULL ? ERR_NO_MEMORY : fits_text(whole, ret_answer);
}

/* ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str trim(struct str s)
{
    for (struct str rest = s; s.n > 0 && text_is_space(text_next(&rest));)
        s = rest;
    while (s.n > 0) {
        size_t last = s.n - 1;
        while (last > 0 && ((unsigned char)s.p[last] & 0xC0) == 0x80)
            last--;
        struct str point = str_skip(s, last);
        if (!text_is_space(text_next(&point)))
            break;
        s.n = last;
    }
    return s;
}

enum err answers_text(const struct ask *ask, struct str raw, struct arena *arena, struct answer *ret_answer)
{
    struct str text;
    enum err rc = text_nfc(arena, raw, &text);
    if (rc != OK)
        return rc == ERR_INVALID ? misfit(MISFIT_EMPTY, ret_answer) : rc;
    text = trim(text);
    size_t length = text_length(text);
    struct decimal count = decimal_from_i64((int64_t)length);
    if (length == 0)
        return misfit(MISFIT_EMPTY, ret_answer);
    if (ask->has_min && decimal_cmp(count, ask->min) < 0)
        return misfit(MISFIT_TOO_SHORT, ret_answer);
    if (ask->has_max ? decimal_cmp(count, ask->max) > 0 : length > ANSWER_MAX_TEXT)
        return misfit(MISFIT_TOO_LONG, ret_answer);
    bool matches = true;
    if (ask->pattern != NULL && regex_matches_whole(ask->pattern, text, &matches, NULL) != OK)
        matches = false; /* it took too long: not a text that the pattern was made for */
    return matches ? fits_text(text, ret_answer) : misfit(MISFIT_PATTERN, ret_answer);
}
