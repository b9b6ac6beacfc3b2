#include "bot/base/text.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

static struct arena arena;

static struct str input(const char *typed)
{
    struct str ret = STR("?");
    assert_int_equal(text_input(&arena, str_of(typed), &ret), OK);
    return ret;
}

static struct str nfc(const char *s)
{
    struct str ret = STR("?");
    assert_int_equal(text_nfc(&arena, str_of(s), &ret), OK);
    return ret;
}

static struct str match_key(const char *s)
{
    struct str ret = STR("?");
    assert_int_equal(text_match_key(&arena, str_of(s), &ret), OK);
    return ret;
}

static struct str fold(const char *s)
{
    struct str ret = STR("?");
    assert_int_equal(text_fold(&arena, str_of(s), &ret), OK);
    return ret;
}

TEST(text, well_formed_utf8_is_accepted)
{
    assert_true(text_is_utf8(STR("")));
    assert_true(text_is_utf8(STR("plain text of more than eight bytes")));
    assert_true(text_is_utf8(STR("안녕하세요 \xF0\x9F\x98\x80 é")));
    assert_true(text_is_utf8(STR("a\0b")));
    assert_true(text_is_utf8(STR("\xF4\x8F\xBF\xBF")));
}

TEST(text, malformed_utf8_is_refused)
{
    static const char *const wrong[] = {"\x80",         "\xC0\x80",     "\xC1\xBF",         "\xC3",
                                        "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
                                        "\xF5",         "\xEA\xB0",     "abcdefgh\xFF",     "\xED\xBF\xBF"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(text_is_utf8(str_of(wrong[i])));
}

TEST(text, malformed_bytes_come_as_replacement_one_at_a_time)
{
    struct str rest = STR("a\xEA\xB0z");
    assert_int_equal(text_next(&rest), 'a');
    assert_int_equal(text_next(&rest), 0xFFFD);
    assert_int_equal(text_next(&rest), 0xFFFD);
    assert_int_equal(text_next(&rest), 'z');
    assert_int_equal(text_next(&rest), -1);
}

TEST(text, every_code_point_survives_encoding_and_decoding)
{
    for (int32_t c = 1; c <= 0x10FFFF; c += 37) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char bytes[4];
        struct str s = {bytes, text_encode(c, bytes)};
        assert_int_equal(text_next(&s), c);
        assert_int_equal(s.n, 0);
    }
    char bytes[4];
    assert_int_equal(text_encode(0xD800, bytes), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

TEST(text, length_and_first_count_code_points)
{
    assert_int_equal(text_length(STR("한글ab")), 4);
    assert_str_equal(text_first(STR("한글ab"), 3), STR("한글a"));
    assert_str_equal(text_first(STR("한"), 9), STR("한"));
    assert_str_equal(text_first(STR("한"), 0), STR(""));
}

TEST(text, columns_follow_east_asian_width)
{
    assert_int_equal(text_columns(STR("ab")), 2);
    assert_int_equal(text_columns(STR("한글")), 4);
    assert_int_equal(text_columns(STR("e\xCC\x81")), 1);
}

TEST(text, nfc_composes_latin_and_hangul)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(nfc("e\xCC\x81"), STR("\xC3\xA9"));
    assert_str_equal(nfc("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), STR("한"));
    assert_str_equal(nfc("한\xCC\x81"), STR("한\xCC\x81"));
    assert_str_equal(nfc("가\xE1\x86\xA8"), STR("각"));
    arena_release(&arena);
}

TEST(text, nfc_orders_combining_marks)
{
    arena_init(&arena, 1 << 20);
    /* U+0323 (below, 220) comes before U+0307 (above, 230); UAX #15, table 6 */
    assert_str_equal(nfc("q\xCC\x87\xCC\xA3"), STR("q\xCC\xA3\xCC\x87"));
    assert_str_equal(nfc("\xE1\xB8\x8B\xCC\xA3"), STR("\xE1\xB8\x8D\xCC\x87"));
    arena_release(&arena);
}

TEST(text, nfc_leaves_normal_text_in_place)
{
    arena_init(&arena, 1 << 20);
    struct str s = STR("이미 정규화된 문장입니다. café"), ret;
    assert_int_equal(text_nfc(&arena, s, &ret), OK);
    assert_ptr_equal(ret.p, s.p);
    arena_release(&arena);
}

TEST(text, a_million_combining_marks_take_no_quadratic_time)
{
    enum { N = 500000 };
    char *p = malloc(N * 2);
    assert_non_null(p);
    for (size_t i = 0; i < N; i++)
        memcpy(p + i * 2, i % 2 == 0 ? "\xCC\x87" : "\xCC\xA3", 2);
    arena_init(&arena, 8 << 20);
    struct str ret;
    assert_int_equal(text_nfc(&arena, (struct str){p, N * 2}, &ret), OK);
    assert_int_equal(ret.n, N * 2);
    assert_memory_equal(ret.p, "\xCC\xA3\xCC\xA3", 4);
    arena_release(&arena);
    free(p);
}

TEST(text, what_is_no_utf8_is_invalid)
{
    arena_init(&arena, 1 << 20);
    struct str ret = STR("untouched");
    assert_int_equal(text_nfc(&arena, STR("\xFF"), &ret), ERR_INVALID);
    assert_int_equal(text_input(&arena, STR("\xFF"), &ret), ERR_INVALID);
    assert_int_equal(text_fold(&arena, STR("\xFF"), &ret), ERR_INVALID);
    assert_str_equal(ret, STR("untouched"));
    arena_release(&arena);
}

TEST(text, a_full_arena_is_reported)
{
    arena_init(&arena, 0);
    struct str ret;
    assert_int_equal(text_nfc(&arena, STR("e\xCC\x81"), &ret), ERR_NO_MEMORY);
    assert_int_equal(text_upper(&arena, STR("a"), &ret), ERR_NO_MEMORY);
}

TEST(text, input_makes_full_width_forms_plain)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(input("\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\xA1\xEF\xBD\x9E"), STR("12A~"));
    assert_str_equal(input("가\xE3\x80\x80나\xC2\xA0다"), STR("가 나 다"));
    arena_release(&arena);
}

TEST(text, input_drops_controls_and_outer_space_but_keeps_lines)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(input(" \r\n a\r\n\tb\x07\xC2\x85 \xE2\x80\xA9"), STR("a\n\tb"));
    assert_str_equal(input(" \xE3\x80\x80 "), STR(""));
    assert_str_equal(input(""), STR(""));
    arena_release(&arena);
}

TEST(text, input_composes_what_full_width_forms_kept_apart)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(input("\xEF\xBC\xA1\xCC\x81"), STR("\xC3\x81"));
    assert_str_equal(input("e\x01\xCC\x81"), STR("\xC3\xA9"));
    arena_release(&arena);
}

TEST(text, labels_match_without_case_space_and_punctuation)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(match_key(" 비타민 C, (500mg)! "), STR("비타민c500mg"));
    assert_str_equal(match_key("\xEF\xBC\xA3"), match_key("c"));
    assert_str_equal(match_key("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB글"), STR("한글"));
    assert_str_equal(match_key("?!"), STR(""));
    assert_str_equal(match_key("\xC4\xB0(\xCC\xA3"), STR("\xE1\xBB\x8B\xCC\x87"));
    arena_release(&arena);
}

TEST(text, folding_follows_unicode_simple_case_folding)
{
    arena_init(&arena, 1 << 20);
    assert_str_equal(fold("ABC가"), STR("abc가"));
    assert_str_equal(fold("\xCF\x82"), STR("\xCF\x83"));     /* final sigma */
    assert_str_equal(fold("\xC5\xBF"), STR("s"));            /* long s      */
    assert_str_equal(fold("\xE1\xBA\x9E"), STR("\xC3\x9F")); /* capital ß   */
    assert_str_equal(fold("\xC3\x9F"), STR("\xC3\x9F"));
    assert_str_equal(fold("\xC4\xB1"), STR("\xC4\xB1")); /* dotless i   */
    assert_str_equal(fold("\xEA\xAD\xB0"), STR("\xE1\x8E\xA0"));
    arena_release(&arena);
}

TEST(text, lower_and_upper_map_single_code_points)
{
    arena_init(&arena, 1 << 20);
    struct str ret;
    assert_int_equal(text_upper(&arena, STR("straße é"), &ret), OK);
    assert_str_equal(ret, STR("STRAßE É"));
    assert_int_equal(text_lower(&arena, STR("ÀÉ Ж"), &ret), OK);
    assert_str_equal(ret, STR("àé ж"));
    assert_int_equal(text_lower(&arena, STR("\xC8\xBA"), &ret), OK); /* grows from two bytes to three */
    assert_str_equal(ret, STR("\xE2\xB1\xA5"));
    arena_release(&arena);
}

TEST(text, categories)
{
    assert_true(text_is_space(0x3000) && text_is_space('\n') && text_is_space(0x2028));
    assert_false(text_is_space('a') || text_is_space(0x200B) || text_is_space(-1));
    assert_true(text_is_punctuation('!') && text_is_punctuation(0x3002) && text_is_punctuation(0x00B7));
    assert_false(text_is_punctuation('+') || text_is_punctuation('a') || text_is_punctuation(-1));
    assert_true(text_is_letter(0xAC00) && text_is_letter('z') && text_is_letter(0x3131));
    assert_false(text_is_letter('1'));
    assert_true(text_is_digit('7') && text_is_digit(0x0669));
    assert_false(text_is_digit(0x00B2));
}

TEST(text, distance_is_levenshteins)
{
    assert_int_equal(text_distance(STR("kitten"), STR("sitting"), 10), 3);
    assert_int_equal(text_distance(STR(""), STR("abc"), 10), 3);
    assert_int_equal(text_distance(STR("abc"), STR(""), 10), 3);
    assert_int_equal(text_distance(STR("같은"), STR("같은"), 10), 0);
    assert_int_equal(text_distance(STR("한국어"), STR("한국말"), 10), 1);
    assert_int_equal(text_distance(STR("a"), STR("b"), 1), 1);
}

TEST(text, distance_stops_at_its_limit)
{
    assert_int_equal(text_distance(STR("kitten"), STR("sitting"), 3), 3);
    assert_int_equal(text_distance(STR("kitten"), STR("sitting"), 2), 2);
    assert_int_equal(text_distance(STR("abcdefgh"), STR("z"), 3), 3);
    assert_int_equal(text_distance(STR("same"), STR("same"), 0), 0);
}

/* The table without bands, for comparison. */
static size_t whole_distance(const char *a, const char *b)
{
    size_t d[12][12];
    size_t n = strlen(a), m = strlen(b);
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            d[i][j] = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
        }
    return d[n][m];
}

TEST(text, distance_in_bands_equals_the_whole_table)
{
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        char a[10] = "", b[10] = "";
        for (char *w = a; w != NULL; w = w == a ? b : NULL) {
            seed = seed * 1103515245 + 12345;
            size_t n = seed >> 16 & 7;
            for (size_t i = 0; i < n; i++) {
                seed = seed * 1103515245 + 12345;
                w[i] = (char)('a' + (seed >> 16) % 3);
            }
        }
        size_t whole = whole_distance(a, b);
        for (size_t limit = 0; limit <= 8; limit++)
            assert_int_equal(text_distance(str_of(a), str_of(b), limit), whole < limit ? whole : limit);
    }
}

TEST_MAIN
