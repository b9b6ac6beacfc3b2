#include "flows/survey/nearest.h"

#include "flows/survey/definition.h"
#include "talk.h"

#include "bot/base/banned.h"

#define CATALOG "catalog: {products: [{id: a, name: 샐러드}, {id: b, name: 도시락}, {id: c, name: 죽}]}\n"
#define TABLE(rules) "tables: {product: {hit: F, inputs: [weight], outputs: [id], rules: [" rules "]}}\n"
#define WEIGHT "  - {ask: 몸무게?, id: weight, as: number, min: 20, max: 300, unit: kg}\n"
#define SHOW "  - recommend: 'products[id = product][1]'\n"

struct found {
    struct talk talk;
    struct arena arena;
    struct rerun input;
    struct recommendations items;
    struct nearest nearest;
    struct error error;
};

static void found_close(struct found *f)
{
    talk_close(&f->talk);
    arena_release(&f->arena);
}

/* Talks, to the end or not, and looks. */
static void look(struct found *f, const char *profile, const char *const *said, size_t n)
{
    arena_init(&f->arena, TALK_ARENA_BYTES);
    talk_begin(&f->talk, profile);
    for (size_t i = 0; i < n; i++)
        talk_say(&f->talk, said[i]);
    f->talk.session.flow_version = f->talk.flow->version;
    f->input = (struct rerun){.definition = survey_definition(f->talk.flow),
                              .session = &f->talk.session,
                              .now_ms = f->talk.now_ms,
                              .utc_offset_min = 540};
    if (nearest_find(&f->input, &f->arena, &f->items, &f->nearest, &f->error) != OK)
        fail_msg("%s", f->error.text);
}

#define LOOK(f, yaml, ...)                                                                                             \
    CLEANUP(found_close) struct found f = {0};                                                                         \
    talk_open(&f.talk, yaml);                                                                                          \
    look(&f, NULL, (const char *const[]){__VA_ARGS__}, sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *))

static struct str shown(struct found *f, const struct value *value)
{
    struct str text;
    assert_int_equal(value_to_text(&f->arena, value, &text, NULL), OK);
    return text;
}

TEST(nearest, the_nearest_number_beyond_a_border_is_found)
{
    LOOK(f, "flow: f\n" CATALOG TABLE("['< 60', '\"a\"'], ['-', '\"b\"']") "steps:\n" WEIGHT SHOW, "65");
    assert_true(f.nearest.found);
    assert_int_equal(f.nearest.step, 0);
    assert_str_equal(shown(&f, &f.nearest.now), STR("59.9"));
    assert_int_equal(f.nearest.reach, NEAREST_DOWN);
    assert_str_equal(f.nearest.items.items[0].item, STR("a"));
    assert_true(f.nearest.n_runs < 60);
}

TEST(nearest, a_border_that_belongs_to_the_other_side_is_the_answer_itself)
{
    LOOK(f, "flow: f\n" CATALOG TABLE("['<= 60', '\"a\"'], ['-', '\"b\"']") "steps:\n" WEIGHT SHOW, "60.25");
    assert_str_equal(shown(&f, &f.nearest.now), STR("60"));
}

TEST(nearest, as_many_digits_as_the_answer_has_are_looked_at)
{
    LOOK(f, "flow: f\n" CATALOG TABLE("['< 60', '\"a\"'], ['-', '\"b\"']") "steps:\n" WEIGHT SHOW, "60.25");
    assert_str_equal(shown(&f, &f.nearest.now), STR("59.99"));
}

TEST(nearest, the_nearer_of_two_borders_wins)
{
    LOOK(f,
         "flow: f\n" CATALOG TABLE("['< 60', '\"a\"'], ['[60..70)', '\"b\"'], ['-', '\"c\"']") "steps:\n" WEIGHT SHOW,
         "68");
    assert_str_equal(shown(&f, &f.nearest.now), STR("70"));
    assert_int_equal(f.nearest.reach, NEAREST_UP);
    assert_str_equal(f.nearest.items.items[0].item, STR("c"));
}

TEST(nearest, where_the_new_stretch_ends_is_said_too)
{
    LOOK(f,
         "flow: f\n" CATALOG TABLE("['< 60', '\"a\"'], ['[60..70)', '\"b\"'], ['-', '\"c\"']") "steps:\n" WEIGHT SHOW,
         "58");
    assert_str_equal(shown(&f, &f.nearest.now), STR("60"));
    assert_int_equal(f.nearest.reach, NEAREST_UNTIL);
    assert_str_equal(shown(&f, &f.nearest.until), STR("69.9"));
}

TEST(nearest, whole_numbers_stay_whole)
{
    LOOK(f,
         "flow: f\n" CATALOG TABLE("['< 60', '\"a\"'], ['-', '\"b\"']") "steps:\n  - {ask: 몸무게?, id: weight, as: "
                                                                        "number, integer: true}\n" SHOW,
         "65");
    assert_str_equal(shown(&f, &f.nearest.now), STR("59"));
}

#define SIDE                                                                                                           \
    "  - {ask: 어느 쪽?, id: side, as: choice, options: [{value: tea, label: 차}, {value: cola, label: 콜라}]}\n"
#define BY_SIDE "  - recommend: 'products[id = (if side = \"tea\" then \"a\" else \"b\")][1]'\n"

TEST(nearest, another_option_is_a_change)
{
    LOOK(f, "flow: f\n" CATALOG "steps:\n" SIDE BY_SIDE, "차");
    assert_true(f.nearest.found);
    assert_str_equal(f.nearest.now.string, STR("cola"));
    assert_int_equal(f.nearest.reach, NEAREST_ONLY);
    assert_str_equal(f.nearest.items.items[0].item, STR("b"));
}

TEST(nearest, a_number_a_little_away_is_a_smaller_change_than_another_option)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n" SIDE WEIGHT
         "  - recommend: 'products[id = (if side = \"tea\" and weight > 60 then \"a\" else \"b\")][1]'\n",
         "차", "65");
    assert_int_equal(f.nearest.step, 1);
    assert_str_equal(shown(&f, &f.nearest.now), STR("60"));
}

TEST(nearest, when_no_single_answer_changes_it_nothing_is_found)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n" SIDE WEIGHT
         "  - recommend: 'products[id = (if side = \"cola\" and weight > 60 then \"a\" else \"b\")][1]'\n",
         "차", "30");
    assert_false(f.nearest.found);
    assert_int_equal(f.nearest.asks, SIZE_MAX);
    assert_str_equal(f.items.items[0].item, STR("b"));
}

TEST(nearest, nothing_recommended_is_something_else)
{
    LOOK(f, "flow: f\n" CATALOG "steps:\n" WEIGHT "  - {recommend: 'products[1]', when: weight > 60}\n", "65");
    assert_str_equal(shown(&f, &f.nearest.now), STR("60"));
    assert_int_equal(f.nearest.items.n, 0);
}

TEST(nearest, a_question_that_nobody_answered_is_no_change_that_counts)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n" WEIGHT
         "  - {ask: 더?, id: more, as: yes_no, when: weight < 60}\n  - recommend: 'products[id = (if more = true then "
         "\"a\" else \"b\")][1]'\n",
         "65");
    assert_false(f.nearest.found);
    assert_int_equal(f.nearest.asks, 1);
}

TEST(nearest, a_question_that_is_left_out_then_is_left_out)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n" WEIGHT
         "  - {ask: 더?, id: more, as: yes_no, when: weight < 60}\n  - recommend: 'products[id = (if more = true then "
         "\"a\" else \"b\")][1]'\n",
         "55", "네");
    assert_int_equal(f.nearest.step, 0);
    assert_str_equal(shown(&f, &f.nearest.now), STR("60"));
}

TEST(nearest, skipping_is_a_change)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n  - {ask: 한마디?, id: word, as: yes_no, optional: true}\n  - recommend: "
         "'products[id = (if word = null "
         "then \"a\" else \"b\")][1]'\n",
         "네");
    assert_int_equal(f.nearest.now.kind, VALUE_NULL);
    assert_str_equal(f.nearest.items.items[0].item, STR("a"));
}

TEST(nearest, one_option_more_is_a_change_of_several)
{
    LOOK(f,
         "flow: f\n" CATALOG
         "steps:\n  - {ask: 무엇을?, id: what, as: choices, options: [{value: x, label: 하나}, {value: "
         "y, label: 둘}, {value: z, label: 셋}]}\n  - recommend: 'products[id = (if list "
         "contains(what, \"z\") then \"a\" else \"b\")][1]'\n",
         "하나, 둘");
    assert_int_equal(f.nearest.now.list.n, 3);
    assert_true(f.nearest.size < 0.34 && f.nearest.size > 0.33);
}

TEST(nearest, days_are_looked_at_one_by_one)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n  - {ask: 언제?, id: day, as: date, min: 2026-01-01, max: 2026-12-31}\n  - "
         "recommend: 'products[id = (if "
         "day < date(\"2026-03-05\") then \"a\" else \"b\")][1]'\n",
         "2026-03-10");
    assert_str_equal(shown(&f, &f.nearest.now), STR("2026-03-04"));
    assert_int_equal(f.nearest.reach, NEAREST_DOWN);
}

TEST(nearest, an_expression_that_cannot_be_reasoned_about_is_tried_number_by_number)
{
    LOOK(f,
         "flow: f\n" CATALOG "steps:\n" WEIGHT
         "  - recommend: 'products[id = (if contains(string(weight), \"7\") then \"a\" else \"b\")][1]'\n",
         "65");
    assert_str_equal(shown(&f, &f.nearest.now), STR("64.7"));
    assert_int_equal(f.nearest.reach, NEAREST_ONLY);
}

TEST(nearest, what_the_profile_knew_counts_as_an_answer)
{
    CLEANUP(found_close) struct found f = {0};
    talk_open(&f.talk, "flow: f\nprofile: {weight: weight}\n" CATALOG TABLE(
                           "['< 60', '\"a\"'], ['-', '\"b\"']") "steps:\n" WEIGHT SIDE SHOW);
    look(&f, "{\"weight\": 65}", (const char *const[]){"차"}, 1);
    assert_str_equal(shown(&f, &f.nearest.now), STR("59.9"));
}

/* ── against trying everything ─────────────────────────────────────────────────────────────────────────────────── */

static bool is_other(struct found *f, struct arena *arena, size_t step, struct value value)
{
    struct rerun input = f->input;
    struct rerun_change change = {step, value};
    struct rerun_result result;
    struct recommendations items;
    input.change = &change;
    arena_reset(arena);
    assert_int_equal(rerun(&input, arena, &result, &f->error), OK);
    assert_int_equal(recommendations_of(&result.turn, arena, &items), OK);
    return (result.waits == SIZE_MAX || result.waited) && !recommendations_same(&items, &f->items);
}

/* The nearest tenth of a number question that changes what is recommended, in tenths; INT64_MAX: none. */
static int64_t by_trying(struct found *f, size_t step, int64_t at)
{
    const struct ask *ask = &f->input.definition->steps[step].ask;
    struct arena arena;
    int64_t min = 0, max = 0, unit = ask->integer ? 10 : 1, nearest = INT64_MAX;
    assert_true(decimal_to_i64(ask->min, &min) && decimal_to_i64(ask->max, &max));
    arena_init(&arena, TALK_ARENA_BYTES);
    for (int64_t d = unit; d <= (max - min) * 10 && nearest == INT64_MAX; d += unit)
        for (int side = -1; side <= 1; side += 2) {
            struct decimal value, tenths = decimal_from_i64(at + side * d);
            bool inside = at + side * d >= min * 10 && at + side * d <= max * 10;
            if (inside && decimal_div(tenths, decimal_from_i64(10), &value) &&
                is_other(f, &arena, step, value_number(value)))
                nearest = d;
        }
    arena_release(&arena);
    return nearest;
}

TEST(nearest, it_is_what_trying_every_number_finds)
{
    static const char *const bodies[] = {
        "{\"name\":\"은지\",\"sex\":\"female\",\"weight\":62,\"height\":165,\"age\":31,\"activation\":2,\"goal\":-5,"
        "\"hydrate\":\"1.2\",\"number_dining\":3}",
        "{\"name\":\"민수\",\"sex\":\"male\",\"weight\":95,\"height\":181,\"age\":44,\"activation\":3,\"goal\":-10,"
        "\"hydrate\":\"2\",\"number_dining\":3}",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        CLEANUP(found_close) struct found f = {0};
        struct flow *flow = NULL;
        assert_int_equal(survey_load(SOURCE_DIR "/flows/examples/health.yaml", &flow, &f.error), OK);
        talk_open_flow(&f.talk, flow);
        look(&f, bodies[i], NULL, 0);
        assert_int_equal(f.talk.session.state == SESSION_WAITING, false);
        assert_true(f.nearest.found);
        const struct definition *def = f.input.definition;
        assert_int_equal(def->steps[f.nearest.step].ask.type, ASK_NUMBER);
        struct decimal was, now, ten = decimal_from_i64(10);
        int64_t at = 0, to = 0;
        assert_true(decimal_mul(f.nearest.was.number, ten, &was) && decimal_to_i64(was, &at));
        assert_true(decimal_mul(f.nearest.now.number, ten, &now) && decimal_to_i64(now, &to));
        assert_int_equal(by_trying(&f, f.nearest.step, at), to > at ? to - at : at - to);
        assert_true(f.nearest.n_runs < 2000);
        print_message("%zu runs\n", f.nearest.n_runs);
    }
}

/* Each decides between two products; `grade` has a hole, so its value may be null. */
TEST(nearest, whatever_the_condition_is_it_is_what_trying_every_number_finds)
{
    static const char *const conditions[] = {
        "weight * 2 - 30 < 100",
        "round half up(weight / 7, 0) = 9",
        "max(weight, 50) > 61 or weight < 22",
        "weight between 55 and 62",
        "weight in [55..62)",
        "weight in (< 30, > 64.5)",
        "(if side = \"tea\" then weight else weight + 20) > 70",
        "weight ** 2 > 3600",
        "100 / (weight - 64) > 20",
        "not(weight > 60)",
        "grade = 2",
        "grade < 3",
        "grade != 1",
        "half > 40 and side = \"tea\"",
        "if weight > 66 then half < 34 else half > 31",
        "modulo(floor(weight), 5) = 0",
        "sqrt(weight) > 8.1",
        "(if grade = null then 0 else weight) > 61",
        "string(weight) = \"64.9\"",
    };
    static const char head[] =
        "flow: f\n" CATALOG "let: {half: weight / 2 + 1.5}\n"
        "tables:\n  grade:\n    hit: U\n    inputs: [half]\n    outputs: [n]\n"
        "    rules: [['< 25', '1'], ['[25..33]', '2'], ['[34.2..60)', '3'], ['not(< 60)', '4']]\n"
        "steps:\n" SIDE WEIGHT "  - {say: 무거워요, when: weight > 64.5}\n  - recommend: 'products[id = (if ";
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        CLEANUP(found_close) struct found f = {0};
        CLEANUP(arena_release) struct arena texts;
        arena_init(&texts, TALK_ARENA_BYTES);
        struct str yaml = arena_format(&texts, "%s%s then \"a\" else \"b\")][1]'\n", head, conditions[i]);
        talk_open(&f.talk, yaml.p);
        look(&f, NULL, (const char *const[]){"차", "65"}, 2);
        int64_t tried = by_trying(&f, 1, 650), found = INT64_MAX, to = 0;
        struct decimal now, ten = decimal_from_i64(10);
        if (f.nearest.found && f.nearest.step == 1) {
            assert_true(decimal_mul(f.nearest.now.number, ten, &now) && decimal_to_i64(now, &to));
            found = to > 650 ? to - 650 : 650 - to;
        }
        if (found != tried)
            fail_msg("%s: found %lld, tried %lld", conditions[i], (long long)found, (long long)tried);
    }
}

TEST_MAIN
