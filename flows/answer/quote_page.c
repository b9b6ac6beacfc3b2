/* What counts of a text, place by place (flows/answer/quote.h). */
#include "flows/answer/quote_page.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/answer/quote.h"

#include "bot/base/banned.h"

/* Writes places, or only counts them (places NULL). */
struct maker {
    struct str text;
    struct quote_place *places;
    size_t n;
    int32_t previous; /* the last point, 0 at the start                                       */
    int32_t gap;      /* what stood since then that does not count: 0, ' ', or the first mark */
    size_t gap_marks; /* how many code points that was                                        */
};

static bool is_digit(int32_t c)
{
    return c >= '0' && c <= '9';
}

/* Marks and symbols that mean something on their own.  The currencies, %, arithmetic, and # & @ of names like C#, R&D. */
static bool is_symbol(int32_t c)
{
    static const int32_t symbols[] = {'%',    '$',    '#',  '&',  '@',  '+',    '=',    0xA2,   0xA3,   0xA5,   0x2030,
                                      0x20A9, 0x20AC, 0xB1, 0xD7, 0xF7, 0x2264, 0x2265, 0x2260, 0x221E, 0x221A, 0x2044};
    for (size_t i = 0; i < COUNT_OF(symbols); i++)
        if (symbols[i] == c)
            return true;
    return false;
}

/* Enclosed numbers and letters mark list items: ① ⑴ ⒈ ❶ ㉠. */
static bool is_list_mark(int32_t c)
{
    return (c >= 0x2460 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793) || (c >= 0x3260 && c <= 0x327B);
}

/* The middle dots that Korean text uses; U+318D is a letter for Unicode. */
static bool is_middle_dot(int32_t c)
{
    return c == 0x318D || c == 0x119E || c == 0xB7 || c == 0x30FB || c == 0x2027 || c == 0x2022;
}

static bool counts(int32_t c)
{
    return !is_middle_dot(c) && (is_symbol(c) || c == 0xFFFD || text_is_letter(c) || text_is_digit(c) ||
                                 (c >= 0x1100 && c <= 0x11FF) || (c >= 0x300 && c <= 0x36F));
}

/* One mark for all that may stand between two digits and mean the same. */
static int32_t plain_mark(int32_t c)
{
    static const int32_t ranges[] = {'~', '-', 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212, 0x223C, 0x301C, 0x2053};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (ranges[i] == c)
            return '~';
    if (is_middle_dot(c))
        return ',';
    return text_is_space(c) ? ' ' : c;
}

static void put(struct maker *m, int32_t point, struct quote_span at)
{
    if (m->places != NULL)
        m->places[m->n] = (struct quote_place){point, (uint32_t)at.from, (uint32_t)at.to};
    m->n++;
}

/* Whether exactly three digits stand at byte `at`: then a comma before them only groups. */
static bool is_thousand_group(struct str text, size_t at)
{
    struct str rest = str_skip(text, at);
    size_t n = 0;
    for (int32_t points[TEXT_MEANING_MOST]; n < 4; n++) {
        int32_t c = text_next(&rest);
        if (c < 0 || text_meaning(c, points) != 1 || !is_digit(points[0]))
            break;
    }
    return n == 3;
}

/* What stood between the last point, a digit, and the digit at `at`, when it changes the number. */
static void put_number_mark(struct maker *m, size_t at)
{
    bool groups = m->gap == ',' && m->gap_marks == 1 && is_thousand_group(m->text, at);
    if (m->gap != 0 && !groups)
        put(m, QUOTE_BETWEEN_DIGITS | m->gap, (struct quote_span){at, at});
}

/* A minus stands behind white space, an opening bracket or nothing, and right before its digit; the black and white
 * triangles are the accountants' minus. */
static void look_for_minus(struct maker *m, int32_t c, struct str rest, int32_t left)
{
    struct str next = rest;
    bool is_sign = (plain_mark(c) == '~' && c != '~' && (left < 0 || text_is_space(left) || left == '(')) ||
                   c == 0x25B3 || c == 0x25B2;
    if (is_sign && is_digit(text_next(&next)) && !is_digit(m->previous))
        put(m, QUOTE_MINUS, (struct quote_span){m->text.n - rest.n, m->text.n - rest.n});
}

static void take_gap(struct maker *m, int32_t c)
{
    int32_t mark = plain_mark(c);
    if (m->gap == 0 || m->gap == ' ')
        m->gap = mark;
    m->gap_marks++;
}

static void take(struct maker *m, int32_t c, struct quote_span at)
{
    int32_t points[TEXT_MEANING_MOST];
    size_t n = is_list_mark(c) ? 0 : text_meaning(c, points);
    bool is_any = false;
    for (size_t i = 0; i < n; i++) {
        if (!counts(points[i]))
            continue;
        if (is_digit(points[i]) && is_digit(m->previous) && !is_any)
            put_number_mark(m, at.from);
        put(m, points[i], at);
        m->previous = points[i];
        is_any = true;
    }
    if (!is_any) {
        take_gap(m, n == 1 ? points[0] : c);
        return;
    }
    m->gap = 0;
    m->gap_marks = 0;
}

static size_t make(struct maker *m)
{
    struct str rest = m->text;
    int32_t left = -1;
    while (rest.n > 0) {
        size_t from = m->text.n - rest.n;
        int32_t c = text_next(&rest);
        take(m, c, (struct quote_span){from, m->text.n - rest.n});
        look_for_minus(m, c, rest, left);
        left = c;
    }
    return m->n;
}

enum err quote_page_read(struct arena *arena, struct str text, struct quote_page *ret_page)
{
    if (text.n > UINT32_MAX)
        return ERR_NO_MEMORY;
    struct maker counting = {.text = text};
    size_t n = make(&counting);
    struct quote_place *places = arena_alloc_array(arena, n, sizeof *places);
    if (places == NULL)
        return ERR_NO_MEMORY;
    struct maker making = {.text = text, .places = places};
    *ret_page = (struct quote_page){text, places, make(&making)};
    return OK;
}
