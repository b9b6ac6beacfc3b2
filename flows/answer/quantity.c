#include "flows/answer/quantity.h"

#include <math.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/answer/quantity_date.h"

#include "bot/base/banned.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hangul(int32_t c)
{
    return c >= 0xAC00 && c <= 0xD7A3;
}

static int32_t point_at(struct str s, size_t at)
{
    struct str rest = str_skip(s, at);
    return text_next(&rest);
}

static size_t point_end(struct str s, size_t at)
{
    struct str rest = str_skip(s, at);
    text_next(&rest);
    return s.n - rest.n;
}

/* ── numerals ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A run of digits with its thousands' commas and its decimals; its bytes. */
static size_t read_digits(struct str s, long double *ret_value)
{
    size_t i = 0, n = 0;
    long double value = 0;
    while (i < s.n && is_digit(s.p[i])) {
        value = value * 10 + (s.p[i++] - '0');
        n = 0;
        if (i + 3 < s.n && s.p[i] == ',')
            while (n < 4 && i + 1 + n < s.n && is_digit(s.p[i + 1 + n]))
                n++;
        if (n == 3)
            i++;
    }
    if (i + 1 < s.n && s.p[i] == '.' && is_digit(s.p[i + 1])) {
        long double scale = 1;
        for (i++; i < s.n && is_digit(s.p[i]); i++)
            value += (s.p[i] - '0') * (scale /= 10);
    }
    *ret_value = value;
    return i;
}

/* 일 이 삼 …: 1 to 9, 0 when it is no numeral. */
static int numeral(int32_t c)
{
    static const int32_t numerals[] = {0xC77C, 0xC774, 0xC0BC, 0xC0AC, 0xC624, 0xC721, 0xCE60, 0xD314, 0xAD6C};
    for (size_t i = 0; i < COUNT_OF(numerals); i++)
        if (numerals[i] == c)
            return (int)i + 1;
    return 0;
}

static long double small_power(int32_t c)
{
    return c == 0xC2ED /*십*/ ? 10 : c == 0xBC31 /*백*/ ? 100 : c == 0xCC9C /*천*/ ? 1000 : 0;
}

/* 조 is a statute's article too: it multiplies only before money or more digits. */
static long double large_power(struct str s, size_t at)
{
    int32_t c = point_at(s, at);
    struct str behind = str_trim(str_skip(s, point_end(s, at)));
    bool is_trillion =
        str_starts(behind, STR("원")) || str_starts(behind, STR("달러")) || (behind.n > 0 && is_digit(behind.p[0]));
    return c == 0xB9CC /*만*/ ? 1e4L : c == 0xC5B5 /*억*/ ? 1e8L : c == 0xC870 /*조*/ && is_trillion ? 1e12L : 0;
}

/* 15만 5천, 삼천오백: groups of thousands, each times a large power. */
struct numerals {
    long double total, group, pending;
    bool has_pending, has_power;
    size_t end; /* bytes that surely belong to the number */
};

static void take_power(struct numerals *n, long double small, long double large)
{
    if (small > 0) {
        n->group += (n->has_pending ? n->pending : 1) * small;
    } else {
        long double group = n->group + (n->has_pending ? n->pending : 0);
        n->total += (group == 0 ? 1 : group) * large;
        n->group = 0;
    }
    n->pending = 0;
    n->has_pending = false;
    n->has_power = true;
}

/* Takes one more piece of the number at byte `at`; its bytes, 0 at the number's end. */
static size_t take_piece(struct numerals *n, struct str s, size_t at)
{
    if (at < s.n && is_digit(s.p[at]) && !n->has_pending) {
        size_t bytes = read_digits(str_skip(s, at), &n->pending);
        n->has_pending = true;
        n->end = at + bytes;
        return bytes;
    }
    int32_t c = point_at(s, at);
    long double small = small_power(c), large = small > 0 ? 0 : large_power(s, at);
    if (small > 0 || large > 0) {
        take_power(n, small, large);
        n->end = point_end(s, at);
        return n->end - at;
    }
    int one = numeral(c);
    size_t bytes = point_end(s, at) - at;
    if (one > 0 && !n->has_pending && (small_power(point_at(s, at + bytes)) > 0 || large_power(s, at + bytes) > 0)) {
        n->pending = one;
        n->has_pending = true;
        return bytes;
    }
    bool goes_on = c == ' ' && n->has_power && !n->has_pending &&
                   (is_digit((char)(at + 1 < s.n ? s.p[at + 1] : ' ')) || small_power(point_at(s, at + 1)) > 0 ||
                    (numeral(point_at(s, at + 1)) > 0 && small_power(point_at(s, at + 4)) > 0));
    return goes_on ? 1 : 0;
}

/* The number at the start of `s`; its bytes, 0 when there is none.  A last numeral (삼천오) is left out. */
static size_t read_number(struct str s, long double *ret_value)
{
    struct numerals n = {0};
    for (size_t at = 0, bytes; (bytes = take_piece(&n, s, at)) > 0;)
        at += bytes;
    *ret_value = n.total + n.group + n.pending;
    return n.end;
}

/* ── numbers in native words ───────────────────────────────────────────────────────────────────────────────────── */

struct native {
    struct str word;
    int value;
};

/* Days that have names. */
static const struct native days[] = {{STR_INIT("하루"), 1},  {STR_INIT("이틀"), 2},  {STR_INIT("사흘"), 3},
                                     {STR_INIT("나흘"), 4},  {STR_INIT("닷새"), 5},  {STR_INIT("엿새"), 6},
                                     {STR_INIT("이레"), 7},  {STR_INIT("열흘"), 10}, {STR_INIT("보름"), 15},
                                     {STR_INIT("일주일"), 7}};

static const struct native counts[] = {{STR_INIT("두"), 2},   {STR_INIT("세"), 3},   {STR_INIT("석"), 3},
                                       {STR_INIT("네"), 4},   {STR_INIT("넉"), 4},   {STR_INIT("다섯"), 5},
                                       {STR_INIT("여섯"), 6}, {STR_INIT("일곱"), 7}, {STR_INIT("여덟"), 8},
                                       {STR_INIT("아홉"), 9}, {STR_INIT("열"), 10},  {STR_INIT("스무"), 20}};

/* Only before these; 한 only before 달 and 시간, as it is a mere "a" elsewhere. */
static bool takes_native(enum unit unit, int value)
{
    if (value == 1)
        return unit == UNIT_MONTHS || unit == UNIT_HOUR;
    return unit == UNIT_MONTHS || unit == UNIT_HOUR || unit == UNIT_CLOCK || unit == UNIT_PERSON ||
           unit == UNIT_TIMES || unit == UNIT_PIECE || unit == UNIT_AGE || unit == UNIT_CASE || unit == UNIT_MACHINE;
}

static size_t read_native(struct str s, struct quantity *q)
{
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        if (!str_starts(s, days[i].word))
            continue;
        bool is_week = str_eq(days[i].word, STR("일주일"));
        q->value = is_week ? 1 : days[i].value;
        q->unit = is_week ? UNIT_WEEK : UNIT_DAY;
        return days[i].word.n;
    }
    static const struct native one = {STR_INIT("한"), 1};
    for (size_t i = 0; i <= COUNT_OF(counts); i++) {
        const struct native *word = i == COUNT_OF(counts) ? &one : counts + i;
        size_t bytes = 0;
        enum unit unit = str_starts(s, word->word) ? unit_read(str_skip(s, word->word.n), &bytes) : UNIT_NONE;
        if (!takes_native(unit, word->value))
            continue;
        q->value = word->value;
        q->unit = unit;
        return word->word.n + bytes;
    }
    return 0;
}

/* ── quantities ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Words that look like a numeral and a unit. */
static bool is_no_number(struct str s)
{
    static const struct str words[] = {STR_INIT("만일"), STR_INIT("십분"), STR_INIT("천명하"), STR_INIT("백분")};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts(s, words[i]))
            return true;
    return false;
}

static size_t read_plain(struct str normal, size_t at, struct quantity *q)
{
    struct str s = str_skip(normal, at), left = str_first(normal, at);
    size_t n = read_number(s, &q->value), unit_bytes = 0;
    if (n == 0)
        return 0;
    if (at > 0 && is_digit(s.p[0]) && (normal.p[at - 1] == '-' || str_ends(left, STR("−"))) &&
        (at == 1 || normal.p[at - 2] == ' ' || normal.p[at - 2] == '(' || normal.p[at - 1] != '-'))
        q->value = -q->value;
    q->unit = unit_read(str_skip(s, n), &unit_bytes);
    if (!is_digit(s.p[0]) && (q->unit == UNIT_NONE || is_no_number(s)))
        return 0;
    if (q->unit == UNIT_NONE) {
        q->unit = unit_sign_before(left);
        struct str letter = str_skip(s, n);
        int32_t c = point_at(letter, 0);
        if (c >= 0 && (text_is_letter(c)))
            q->unit_letter = str_first(letter, point_end(letter, 0));
    }
    return n + unit_bytes;
}

/* The quantity that begins at byte `at`, where a word or a number begins; its bytes or 0. */
static size_t read_one(struct str normal, size_t at, struct quantity *ret)
{
    struct quantity q = {0};
    bool is_number = is_digit(normal.p[at]), is_word = is_hangul(point_at(normal, at));
    size_t bytes = quantity_date(normal, at, &q);
    if (bytes == 0)
        q = (struct quantity){0};
    if (bytes == 0 && is_word)
        bytes = read_native(str_skip(normal, at), &q);
    if (bytes == 0 && (is_number || is_word))
        bytes = read_plain(normal, at, &q);
    q.text = str_first(str_skip(normal, at), bytes);
    *ret = q;
    return bytes;
}

/* Reads from the start; with `items` NULL it only counts. */
static size_t read_all(struct str normal, struct quantity *items)
{
    size_t n = 0;
    bool is_inside = false; /* within a Hangul or Latin word */
    for (size_t at = 0; at < normal.n;) {
        struct quantity q;
        size_t bytes = is_inside && !is_digit(normal.p[at]) ? 0 : read_one(normal, at, &q);
        if (bytes > 0) {
            if (items != NULL)
                items[n] = q;
            n++;
            at += bytes;
            is_inside = true;
            continue;
        }
        int32_t c = point_at(normal, at);
        is_inside = text_is_letter(c) || text_is_digit(c);
        at = point_end(normal, at);
    }
    return n;
}

enum err quantities_read(struct arena *arena, struct str normal, struct quantities *ret_quantities)
{
    size_t n = read_all(normal, NULL);
    struct quantity *items = arena_alloc_array(arena, n, sizeof *items);
    if (items == NULL)
        return ERR_NO_MEMORY;
    *ret_quantities = (struct quantities){items, read_all(normal, items)};
    return OK;
}

/* ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool same_value(long double a, long double b)
{
    return fabsl(a - b) <= fabsl(a) * 1e-15L;
}

static bool same_unit(const struct quantity *a, const struct quantity *b)
{
    if (a->unit != UNIT_NONE && b->unit != UNIT_NONE)
        return a->unit == b->unit;
    bool is_either_bare =
        (a->unit == UNIT_NONE && a->unit_letter.n == 0) || (b->unit == UNIT_NONE && b->unit_letter.n == 0);
    if (is_either_bare)
        return true;
    if (a->unit != UNIT_NONE || b->unit != UNIT_NONE)
        return false;
    bool same_script = is_hangul(point_at(a->unit_letter, 0)) == is_hangul(point_at(b->unit_letter, 0));
    return !same_script || str_eq(a->unit_letter, b->unit_letter);
}

/* A number that is part of a date: "2024년", "3월". */
static bool is_part_of_date(const struct quantity *number, const struct quantity *date)
{
    return ((number->unit == UNIT_YEAR || number->unit == UNIT_NONE) && number->value == date->year) ||
           (number->unit == UNIT_MONTH_OF_YEAR && number->value == date->month);
}

static bool is_year_in(int year, const struct quantities *quoted)
{
    for (size_t i = 0; i < quoted->n; i++) {
        const struct quantity *q = quoted->items + i;
        if (q->is_date ? q->year == year : q->unit == UNIT_YEAR && q->value == year)
            return true;
    }
    return false;
}

static bool is_month_in(int month, const struct quantities *quoted)
{
    for (size_t i = 0; i < quoted->n; i++) {
        const struct quantity *q = quoted->items + i;
        if (!q->is_date && q->unit == UNIT_MONTH_OF_YEAR && q->value == month)
            return true;
    }
    return false;
}

static bool date_is_in(const struct quantity *claimed, const struct quantities *quoted)
{
    bool year_is_there = claimed->year == 0 || is_year_in(claimed->year, quoted);
    for (size_t i = 0; i < quoted->n; i++) {
        const struct quantity *q = quoted->items + i;
        if (q->is_date && q->month == claimed->month && (claimed->day == 0 || q->day == claimed->day) &&
            (q->year == 0 || claimed->year == 0 || q->year == claimed->year) && year_is_there)
            return true;
    }
    return claimed->day == 0 && year_is_there && is_month_in(claimed->month, quoted);
}

static bool is_bare(const struct quantity *q)
{
    return !q->is_date && q->unit == UNIT_NONE && q->unit_letter.n == 0;
}

bool quantity_is_in(const struct quantity *claimed, const struct quantities *quoted)
{
    if (claimed->is_date)
        return date_is_in(claimed, quoted);
    bool is_in_bare = false, is_otherwise = false;
    for (size_t i = 0; i < quoted->n; i++) {
        const struct quantity *q = quoted->items + i;
        bool is_value = q->is_date ? claimed->value == q->year : same_value(claimed->value, q->value);
        bool is_there = q->is_date ? is_part_of_date(claimed, q) : is_value && same_unit(claimed, q);
        if (is_there && !is_bare(q))
            return true;
        is_in_bare = is_in_bare || is_there;
        is_otherwise = is_otherwise || (is_value && !is_there);
    }
    return is_in_bare && !is_otherwise; /* a number without a unit proves little where the same has another one */
}
