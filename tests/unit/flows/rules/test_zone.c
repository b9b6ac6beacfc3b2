#include "flows/rules/zone.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "flows/rules/temporal_text.h"
#include "flows/rules/zone_rule.h"

#include "tests/support/test.h"

enum { ARENA_BYTES = 1024 * 1024 };

static int32_t offset(const char *name, const char *utc)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    const struct zone *zone = zone_find(&zones, str_of(name));
    struct temporal_moment moment;
    assert_non_null(zone);
    assert_true(temporal_read_moment(str_of(utc), &moment));
    return zone_offset_at(zone, temporal_moment_local_s(&moment));
}

TEST(zone, offsets_are_those_of_the_place_at_the_time)
{
    assert_int_equal(offset("Asia/Seoul", "2026-03-05T00:00:00"), 9 * 3600);
    assert_int_equal(offset("Asia/Seoul", "1988-07-01T00:00:00"), 10 * 3600); /* summer time for the games */
    assert_int_equal(offset("Etc/UTC", "2026-03-05T00:00:00"), 0);
    assert_int_equal(offset("Europe/Paris", "2026-03-29T00:59:59"), 3600);
    assert_int_equal(offset("Europe/Paris", "2026-03-29T01:00:00"), 7200);
    assert_int_equal(offset("America/New_York", "2026-11-01T05:59:59"), -4 * 3600);
    assert_int_equal(offset("America/New_York", "2026-11-01T06:00:00"), -5 * 3600);
    assert_int_equal(offset("Australia/Sydney", "2026-01-01T00:00:00"), 11 * 3600);
    assert_int_equal(offset("Europe/Paris", "1800-01-01T00:00:00"), 561); /* local mean time */
    assert_int_equal(offset("Asia/Kathmandu", "2026-01-01T00:00:00"), 20700);
}

TEST(zone, the_rule_at_the_end_of_a_file_goes_on_for_ever)
{
    assert_int_equal(offset("Europe/Paris", "2099-07-01T00:00:00"), 7200);
    assert_int_equal(offset("Europe/Paris", "2099-12-01T00:00:00"), 3600);
    assert_int_equal(offset("Australia/Sydney", "2500-01-01T00:00:00"), 11 * 3600);
    assert_int_equal(offset("Australia/Sydney", "999999998-07-01T00:00:00"), 10 * 3600);
    assert_int_equal(offset("Europe/Dublin", "2100-01-15T00:00:00"), 0); /* winter is the exception there */
    assert_int_equal(offset("Europe/Dublin", "2100-07-15T00:00:00"), 3600);
}

TEST(zone, names_are_exactly_those_of_the_database)
{
    static const char *const unknown[] = {"",           "Asia/seoul", "xyz/abc",     "../../etc/passwd", "/etc/passwd",
                                          "Asia",       "Asia/",      "Asia//Seoul", "posix/Asia/Seoul", "right/UTC",
                                          "posixrules", "localtime",  "leapseconds", "+09:00",           "Asia/Seoul "};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (zone_find(&zones, str_of(unknown[i])) != NULL)
            fail_msg("\"%s\" is found", unknown[i]);
    assert_non_null(zone_find(&zones, STR("America/Argentina/Buenos_Aires")));
    assert_non_null(zone_find(&zones, STR("Etc/GMT+5")));
}

TEST(zone, is_read_once_and_only_so_many_are_kept)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    const struct zone *seoul = zone_find(&zones, STR("Asia/Seoul"));
    size_t used = arena.used;
    assert_ptr_equal(zone_find(&zones, STR("Asia/Seoul")), seoul);
    assert_int_equal(arena.used, used);
    zones.n = ZONE_MAX_CACHED;
    assert_null(zone_find(&zones, STR("Asia/Tokyo")));
    assert_ptr_equal(zone_find(&zones, STR("Asia/Seoul")), seoul);
}

static void check_settled(const char *text, const char *expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    struct temporal_moment moment;
    struct buf out;
    assert_true(temporal_read_moment(str_of(text), &moment));
    assert_true(zone_settle_moment(&zones, &moment));
    moment.time.zone = STR(""); /* so that the offset is written */
    buf_init(&out, &arena, 100);
    temporal_add_moment(&out, &moment);
    if (!str_eq(buf_str(&out), str_of(expected)))
        fail_msg("%s is settled as %.*s, not %s", text, STR_ARG(buf_str(&out)), expected);
}

TEST(zone, clocks_that_are_put_forward_or_back_have_their_offset)
{
    check_settled("2026-03-05T10:00:00@Asia/Seoul", "2026-03-05T10:00:00+09:00");
    check_settled("2026-03-29T01:59:59@Europe/Paris", "2026-03-29T01:59:59+01:00");
    check_settled("2026-03-29T02:30:00@Europe/Paris", "2026-03-29T03:30:00+02:00"); /* skipped */
    check_settled("2026-03-29T03:00:00@Europe/Paris", "2026-03-29T03:00:00+02:00");
    check_settled("2026-10-25T02:30:00@Europe/Paris", "2026-10-25T02:30:00+02:00"); /* the first of two */
    check_settled("2026-10-25T03:00:00@Europe/Paris", "2026-10-25T03:00:00+01:00");
    check_settled("2011-12-30T12:00:00@Pacific/Apia", "2011-12-31T12:00:00+14:00"); /* a day that was left out */
    check_settled("2026-03-05T10:00:00+02:00", "2026-03-05T10:00:00+02:00");
    check_settled("2026-03-05T10:00:00", "2026-03-05T10:00:00");
}

TEST(zone, a_moment_that_moves_over_a_change_has_the_offset_of_then)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    struct temporal_moment moment;
    assert_true(temporal_read_moment(STR("2026-03-28T12:00:00@Europe/Paris"), &moment));
    assert_true(zone_settle_moment(&zones, &moment));
    assert_true(zone_move_moment(&zones, &moment, decimal_from_i64(86400)));
    assert_int_equal(moment.time.hour, 13);
    assert_int_equal(moment.time.offset_s, 7200);
    assert_false(zone_move_moment(&zones, &moment, decimal_from_i64(INT64_MAX)));
}

TEST(zone, a_time_has_the_standard_offset_of_its_zone)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct zone_cache zones = {.arena = &arena};
    struct temporal_time time;
    assert_true(temporal_read_time(STR("10:00:00@Europe/Paris"), &time));
    assert_true(zone_settle_time(&zones, &time));
    assert_int_equal(time.offset_s, 3600);
    assert_true(temporal_read_time(STR("10:00:00@Nowhere/Else"), &time));
    assert_false(zone_settle_time(&zones, &time));
}

/* ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(zone_rule, forms_of_posix_are_read)
{
    static const char *const good[] = {"KST-9",
                                       "<+03>-3",
                                       "<-1030>10:30",
                                       "CET-1CEST,M3.5.0,M10.5.0/3",
                                       "EST5EDT,M3.2.0,M11.1.0",
                                       "IST-1GMT0,M10.5.0,M3.5.0/1",
                                       "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                       "XXX3EDT4,0/0,J365/23",
                                       "EET-2EEST,M3.4.4/50,M10.4.4/50"};
    static const char *const bad[] = {"",
                                      "9",
                                      "KS-9",
                                      "KST",
                                      "KST-25",
                                      "KST-9:60",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "<+03-3",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,J0,J365",
                                      "CET-1CEST,M3.5.0/168,M10.5.0",
                                      "KST-9x"};
    struct zone_rule rule;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!zone_rule_read(str_of(good[i]), &rule))
            fail_msg("%s is not read", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_rule_read(str_of(bad[i]), &rule))
            fail_msg("%s is read", bad[i]);
}

TEST(zone_rule, days_may_be_counted_from_the_year)
{
    struct zone_rule rule;
    assert_true(zone_rule_read(STR("AAA0BBB,J60/0,J61/1"), &rule)); /* 1 March, for a day, in every year */
    assert_int_equal(zone_rule_offset_at(&rule, 1709164800), 0);    /* 2024-02-29T00:00Z */
    assert_int_equal(zone_rule_offset_at(&rule, 1709251200), 3600); /* 2024-03-01T00:00Z */
    assert_true(zone_rule_read(STR("AAA0BBB,59/0,60/1"), &rule));   /* the sixtieth day, 29 February in 2024 */
    assert_int_equal(zone_rule_offset_at(&rule, 1709164800), 3600);
    assert_int_equal(zone_rule_offset_at(&rule, 1709251200), 0);
}

TEST_MAIN
