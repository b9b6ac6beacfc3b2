#include "bot/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

enum { REPLACEMENT = 0xFFFD };

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The code point at the start of `s` (not empty) and its bytes; 0 bytes when malformed (Unicode 15, table 3-7). */
static size_t decode(struct str s, int32_t *ret_c)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if (p[0] < 0x80) {
        *ret_c = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF && s.n >= 2 && is_tail(p[1])) {
        *ret_c = (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
        return 2;
    }
    if (p[0] >= 0xE0 && p[0] <= 0xEF && s.n >= 3 && is_tail(p[1]) && is_tail(p[2])) {
        int32_t c = (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
        if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))
            return 0;
        *ret_c = c;
        return 3;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4 && s.n >= 4 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3])) {
        int32_t c = (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
        if (c < 0x10000 || c > 0x10FFFF)
            return 0;
        *ret_c = c;
        return 4;
    }
    return 0;
}

/* s without its leading ASCII bytes, eight at a time. */
static struct str skip_ascii(struct str s)
{
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, s.p + i, 8);
        if ((eight & 0x8080808080808080u) != 0)
            break;
    }
    while (i < s.n && (unsigned char)s.p[i] < 0x80)
        i++;
    return str_skip(s, i);
}

bool text_is_utf8(struct str s)
{
    for (s = skip_ascii(s); s.n > 0; s = skip_ascii(s)) {
        int32_t c;
        size_t bytes = decode(s, &c);
        if (bytes == 0)
            return false;
        s = str_skip(s, bytes);
    }
    return true;
}

int32_t text_next(struct str *rest)
{
    if (rest->n == 0)
        return -1;
    int32_t c = REPLACEMENT;
    size_t bytes = decode(*rest, &c);
    *rest = str_skip(*rest, bytes == 0 ? 1 : bytes);
    return c;
}

size_t text_encode(int32_t c, char ret_bytes[4])
{
    if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = REPLACEMENT;
    return (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)ret_bytes);
}

size_t text_length(struct str s)
{
    size_t n = 0;
    while (text_next(&s) >= 0)
        n++;
    return n;
}

struct str text_first(struct str s, size_t n)
{
    struct str rest = s;
    while (n > 0 && text_next(&rest) >= 0)
        n--;
    return str_first(s, s.n - rest.n);
}

size_t text_columns(struct str s)
{
    size_t columns = 0;
    for (int32_t c; (c = text_next(&s)) >= 0;)
        columns += (size_t)utf8proc_charwidth(c);
    return columns;
}

/* ── normalisation ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* True for most of what people write here: text of code points that neither compose nor reorder (NFC_Quick_Check is
 * Yes and the combining class 0 for all of these ranges). */
static bool is_surely_nfc(struct str s)
{
    for (s = skip_ascii(s); s.n > 0; s = skip_ascii(s)) {
        int32_t c = text_next(&s);
        bool fine = c < 0x300 || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x4E00 && c <= 0x9FFF) ||
                    (c >= 0x3000 && c < 0x302A) || (c >= 0xFF00 && c <= 0xFFEF);
        if (!fine)
            return false;
    }
    return true;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static unsigned combining_class(int32_t c)
{
    return (unsigned)utf8proc_get_property(c)->combining_class;
}

/* Canonical ordering (UAX #15) of one run of combining marks.  Own, because utf8proc's takes quadratic time, which a
 * message made of nothing but marks would turn into minutes.  `scratch` has room for the run. */
static void order_run(int32_t *run, size_t n, uint64_t *scratch)
{
    for (size_t i = 0; i < n; i++) /* class, position, code point: sorting by value is stable */
        scratch[i] = (uint64_t)combining_class(run[i]) << 56 | (uint64_t)i << 21 | (uint64_t)run[i];
    qsort(scratch, n, sizeof *scratch, compare_u64);
    for (size_t i = 0; i < n; i++)
        run[i] = (int32_t)(scratch[i] & 0x1FFFFF);
}

static void order_marks(int32_t *points, size_t n, uint64_t *scratch)
{
    for (size_t i = 0; i < n; i++) {
        size_t from = i;
        while (i < n && combining_class(points[i]) != 0)
            i++;
        if (i - from > 1)
            order_run(points + from, i - from, scratch);
    }
}

/* Code points → text in the arena. */
static enum err encode_all(struct arena *arena, const int32_t *points, size_t n, struct str *ret)
{
    char four[4];
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += text_encode(points[i], four);
    char *p = arena_alloc(arena, bytes + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t more = text_encode(points[i], four);
        memcpy(p + at, four, more);
        at += more;
    }
    *ret = (struct str){p, bytes};
    return OK;
}

/* How a normal form takes code points apart: utf8proc's option, and the longest that becomes of one. */
struct decomposition {
    utf8proc_option_t option;
    size_t most;
};

static enum err normalise(struct arena *arena, struct str s, struct decomposition form, struct str *ret)
{
    size_t most = text_length(s) * form.most, n = 0;
    CLEANUP(arena_release) struct arena scratch_arena;
    arena_init(&scratch_arena, SIZE_MAX);
    int32_t *points = arena_alloc_array(&scratch_arena, most, sizeof *points);
    uint64_t *scratch = arena_alloc_array(&scratch_arena, most, sizeof *scratch);
    if (points == NULL || scratch == NULL)
        return ERR_NO_MEMORY;
    for (int32_t c; (c = text_next(&s)) >= 0;) {
        utf8proc_ssize_t got =
            utf8proc_decompose_char(c, points + n, (utf8proc_ssize_t)(most - n), form.option, &(int){0});
        if (got < 0 || (size_t)got > most - n)
            return ERR_INVALID;
        n += (size_t)got;
    }
    order_marks(points, n, scratch);
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(points, (utf8proc_ssize_t)n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    return composed < 0 ? ERR_INVALID : encode_all(arena, points, (size_t)composed, ret);
}

enum err text_nfc(struct arena *arena, struct str s, struct str *ret)
{
    if (!text_is_utf8(s))
        return ERR_INVALID;
    if (is_surely_nfc(s)) {
        *ret = s;
        return OK;
    }
    return normalise(arena, s, (struct decomposition){UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, 4}, ret);
}

/* True for most of what documents hold: nothing in these ranges composes, reorders or stands for something else. */
static bool is_surely_nfkc(struct str s)
{
    for (s = skip_ascii(s); s.n > 0; s = skip_ascii(s)) {
        int32_t c = text_next(&s);
        bool fine = c < 0xA0 || c == 0xB7 || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x4E00 && c <= 0x9FFF) ||
                    (c >= 0x2013 && c <= 0x2016) || (c >= 0x2018 && c <= 0x201D) || (c >= 0x3001 && c <= 0x301B);
        if (!fine)
            return false;
    }
    return true;
}

enum err text_nfkc(struct arena *arena, struct str s, struct str *ret)
{
    if (!text_is_utf8(s))
        return ERR_INVALID;
    if (is_surely_nfkc(s)) {
        *ret = s;
        return OK;
    }
    utf8proc_option_t option = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE;
    return normalise(arena, s, (struct decomposition){option, 18}, ret);
}

/* ── mapping code points ───────────────────────────────────────────────────────────────────────────────────────── */

enum { DROP = -1 };
typedef int32_t point_map(int32_t c); /* the new code point, or DROP */

static enum err map_points(struct arena *arena, struct str s, point_map *map, struct str *ret)
{
    if (!text_is_utf8(s))
        return ERR_INVALID;
    char four[4];
    size_t bytes = 0;
    bool same = true;
    for (struct str rest = s; rest.n > 0;) {
        int32_t c = text_next(&rest), to = map(c);
        same = same && c == to;
        bytes += to == DROP ? 0 : text_encode(to, four);
    }
    if (same) {
        *ret = s;
        return OK;
    }
    char *p = arena_alloc(arena, bytes + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t at = 0;
    for (struct str rest = s; rest.n > 0;) {
        int32_t to = map(text_next(&rest));
        size_t more = to == DROP ? 0 : text_encode(to, four);
        memcpy(p + at, four, more);
        at += more;
    }
    *ret = (struct str){p, bytes};
    return OK;
}

static int32_t plain_point(int32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFF01 + '!';
    if (c == 0x3000 || c == 0xA0 || c == 0x2007 || c == 0x202F)
        return ' ';
    bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    return control && c != '\n' && c != '\t' ? DROP : c;
}

static struct str trim(struct str s)
{
    for (struct str rest = s; text_is_space(text_next(&rest));)
        s = rest;
    for (size_t end = s.n; end > 0;) {
        do
            end--;
        while (end > 0 && is_tail((unsigned char)s.p[end]));
        struct str last = str_skip(s, end);
        if (!text_is_space(text_next(&last)))
            break;
        s.n = end;
    }
    return s;
}

enum err text_input(struct arena *arena, struct str s, struct str *ret)
{
    struct str plain, normal;
    enum err rc = map_points(arena, s, plain_point, &plain); /* first: it may bring a letter and its mark together */
    if (rc == OK)
        rc = text_nfc(arena, plain, &normal);
    if (rc == OK)
        *ret = trim(normal);
    return rc;
}

/* CaseFolding.txt, statuses C and S, by way of upper case, which joins ς with σ, ſ with s, and the like. */
static int32_t fold_point(int32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    if (c == 0x130 || c == 0x131) /* Turkish dotted and dotless i fold only in Turkish */
        return c;
    if ((c >= 0x13A0 && c <= 0x13F5) || (c >= 0xAB70 && c <= 0xABBF) || (c >= 0x13F8 && c <= 0x13FD))
        return utf8proc_toupper(c); /* Cherokee folds to upper case */
    return utf8proc_tolower(utf8proc_toupper(c));
}

static int32_t lower_point(int32_t c)
{
    return utf8proc_tolower(c);
}

static int32_t upper_point(int32_t c)
{
    return c == 0xDF ? c : utf8proc_toupper(c); /* ß has no simple upper case; utf8proc takes U+1E9E */
}

static int32_t without_gaps(int32_t c)
{
    return text_is_space(c) || text_is_punctuation(c) ? DROP : c;
}

enum err text_match_key(struct arena *arena, struct str s, struct str *ret)
{
    struct str typed, joined, normal, folded;
    enum err rc = text_input(arena, s, &typed);
    if (rc == OK)
        rc = map_points(arena, typed, without_gaps, &joined);
    if (rc == OK) /* what was dropped may have stood between a letter and its mark */
        rc = text_nfc(arena, joined, &normal);
    if (rc == OK)
        rc = map_points(arena, normal, fold_point, &folded);
    return rc != OK ? rc : text_nfc(arena, folded, ret);
}

size_t text_meaning(int32_t c, int32_t ret_points[TEXT_MEANING_MOST])
{
    utf8proc_option_t option = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STABLE;
    utf8proc_ssize_t n = c < 0x80 ? 0 : utf8proc_decompose_char(c, ret_points, TEXT_MEANING_MOST, option, &(int){0});
    if (n > 0 && n <= TEXT_MEANING_MOST)
        return (size_t)n;
    ret_points[0] = fold_point(c);
    return 1;
}

enum err text_fold(struct arena *arena, struct str s, struct str *ret)
{
    return map_points(arena, s, fold_point, ret);
}

enum err text_lower(struct arena *arena, struct str s, struct str *ret)
{
    return map_points(arena, s, lower_point, ret);
}

enum err text_upper(struct arena *arena, struct str s, struct str *ret)
{
    return map_points(arena, s, upper_point, ret);
}

/* ── categories ────────────────────────────────────────────────────────────────────────────────────────────────── */

bool text_is_space(int32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    utf8proc_category_t category = utf8proc_category(c);
    return c == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

bool text_is_punctuation(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool text_is_letter(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool text_is_digit(int32_t c)
{
    return utf8proc_category(c) == UTF8PROC_CATEGORY_ND;
}

/* ── distance ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table: row[j] becomes the distance of a's first i code points from b's first j.  Only the band
 * |i - j| < limit matters; what lies outside counts as `limit`.  Gives the row's least value. */
static size_t next_row(size_t *row, int32_t c, const int32_t *b, size_t n_b, size_t i, size_t limit)
{
    size_t from = i >= limit ? i - limit + 1 : 1, to = least(n_b, i + limit - 1);
    size_t diagonal = row[from - 1];
    row[from - 1] = from == 1 ? least(i, limit) : limit;
    size_t best = row[from - 1];
    for (size_t j = from; j <= to; j++) {
        size_t above = row[j];
        size_t value = least(least(above, row[j - 1]) + 1, diagonal + (b[j - 1] != c));
        row[j] = least(value, limit);
        best = least(best, row[j]);
        diagonal = above;
    }
    return best;
}

size_t text_distance(struct str a, struct str b, size_t limit)
{
    size_t n_a = text_length(a), n_b = text_length(b);
    if ((n_a > n_b ? n_a - n_b : n_b - n_a) >= limit)
        return limit;
    int32_t *points = calloc(n_b + 1, sizeof *points);
    size_t *row = calloc(n_b + 1, sizeof *row);
    size_t distance = limit;
    if (points != NULL && row != NULL) {
        for (size_t j = 0; j < n_b; j++)
            points[j] = text_next(&b);
        for (size_t j = 0; j <= n_b; j++)
            row[j] = least(j, limit);
        size_t best = 0, i = 1;
        for (int32_t c; best < limit && (c = text_next(&a)) >= 0; i++)
            best = next_row(row, c, points, n_b, i, limit);
        distance = best < limit ? row[n_b] : limit;
    }
    free(points);
    free(row);
    return distance;
}
