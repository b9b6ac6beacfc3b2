#include "flows/survey/answers_form.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
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
