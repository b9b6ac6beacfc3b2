#include "bot/cli/flow_text.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "flows/survey/definition.h"
#include "flows/survey/nearest.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

#define FLOW                                                                                                           \
    "flow: f\nsteps:\n"                                                                                                \
    "  - {ask: 몸무게?, id: weight, label: 몸무게, as: number}\n"                                                \
    "  - {ask: 어느 쪽?, id: side, as: choice, options: [{value: tea, label: 차}, {value: rice, label: 밥}]}\n"

struct page {
    struct flow *flow;
    struct arena arena;
};

static void page_open(struct page *page)
{
    struct error error = {0};
    arena_init(&page->arena, 1024 * 1024);
    if (survey_load_text(STR("f.yaml"), STR(FLOW), &page->flow, &error) != OK)
        fail_msg("%s", error.text);
}

static void page_close(struct page *page)
{
    page->flow->free(page->flow);
    arena_release(&page->arena);
}

#define OPEN_PAGE(page)                                                                                                \
    CLEANUP(page_close) struct page page = {0};                                                                        \
    page_open(&page)

static struct recommended salad = {
    .step = STR_INIT("recommend_1"), .item = STR_INIT("salad_a"), .value = STR_INIT("{\"name\":\"샐러드 A\"}")};

static struct nearest number_change(int64_t was, const char *now, enum nearest_reach reach)
{
    struct decimal number = decimal_from_i64(0);
    assert_true(decimal_from_str(str_of(now), &number));
    return (struct nearest){.found = true,
                            .was = value_i64(was),
                            .now = value_number(number),
                            .reach = reach,
                            .items = {&salad, 1},
                            .asks = SIZE_MAX};
}

TEST(flow_text, the_smallest_change_is_a_sentence)
{
    OPEN_PAGE(page);
    const struct definition *definition = survey_definition(page.flow);
    struct nearest change = number_change(60, "58.9", NEAREST_DOWN);
    assert_str_equal(flow_nearest(&page.arena, definition, &change, true),
                     STR("몸무게가 60이 아니라 58.9 이하였다면 샐러드 A"));
    assert_str_equal(flow_nearest(&page.arena, definition, &change, false),
                     STR("had 몸무게 been 58.9 or less, not 60: 샐러드 A"));
    change = number_change(62, "65.0", NEAREST_UP);
    assert_str_equal(flow_nearest(&page.arena, definition, &change, true),
                     STR("몸무게가 62가 아니라 65 이상이었다면 샐러드 A"));
}

TEST(flow_text, a_stretch_is_told_from_its_least_to_its_greatest)
{
    OPEN_PAGE(page);
    struct nearest change = number_change(60, "58", NEAREST_UNTIL);
    change.until = value_i64(51);
    assert_str_equal(flow_nearest(&page.arena, survey_definition(page.flow), &change, true),
                     STR("몸무게가 60이 아니라 51에서 58까지였다면 샐러드 A"));
}

TEST(flow_text, options_are_told_by_their_labels_and_particles_follow_the_sound)
{
    OPEN_PAGE(page);
    struct nearest change = {.found = true,
                             .step = 1,
                             .was = value_string(STR("tea")),
                             .now = value_string(STR("rice")),
                             .items = {&salad, 1},
                             .asks = SIZE_MAX};
    assert_str_equal(flow_nearest(&page.arena, survey_definition(page.flow), &change, true),
                     STR("side가 차가 아니라 밥이었다면 샐러드 A"));
    change.items.n = 0;
    assert_str_equal(flow_nearest(&page.arena, survey_definition(page.flow), &change, false),
                     STR("had side been 밥, not 차: nothing recommended"));
}

TEST(flow_text, that_there_is_no_such_change_is_said)
{
    OPEN_PAGE(page);
    struct nearest none = {.asks = SIZE_MAX};
    assert_str_equal(flow_nearest(&page.arena, survey_definition(page.flow), &none, false),
                     STR("no other single answer would have changed it"));
    none.asks = 1;
    assert_str_equal(
        flow_nearest(&page.arena, survey_definition(page.flow), &none, false),
        STR("no other single answer would have changed it (some would have led to `side`, which nobody answered)"));
}

TEST(flow_text, a_rule_trail_is_one_line)
{
    OPEN_PAGE(page);
    assert_str_equal(
        flow_trail(
            &page.arena,
            STR("{\"expr\":\"x\",\"tables\":[{\"name\":\"product\",\"hit\":\"F\",\"rules\":[2],\"inputs\":[{\"expr\":"
                "\"carb_g\",\"value\":60},{\"expr\":\"side\",\"value\":\"tea\"}]}]}")),
        STR("product 2 (carb_g = 60, side = tea)"));
    assert_str_equal(flow_trail(&page.arena, STR("{\"expr\":\"products[1]\",\"tables\":[]}")), STR("products[1]"));
    assert_str_equal(flow_item(&page.arena, &salad), STR("샐러드 A (salad_a)"));
}

TEST(flow_text, days_are_read_strictly)
{
    int64_t day = 0;
    assert_true(flow_read_day(STR("1970-01-02"), &day));
    assert_int_equal(day, 1);
    assert_false(flow_read_day(STR("2021-02-29"), &day));
    assert_false(flow_read_day(STR("2021-2-3"), &day));
}

TEST_MAIN
