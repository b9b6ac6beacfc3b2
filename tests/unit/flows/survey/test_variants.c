/* `variants`: how they are written, who gets which, and what the checker says of them. */
#include "flows/survey/check.h"
#include "flows/survey/split.h"
#include "talk.h"

#include "bot/base/banned.h"

#define HEAD "flow: t\nvariants: {greeting: {short: 1, long: 1}}\n"
#define QUESTION "  - {ask: \"몸무게?\", id: weight, as: number, min: 20, max: 300}\n"

/* Begins as somebody who gets this arm, chosen beforehand. */
static void begin_in(struct talk *talk, const char *name, const char *arm)
{
    struct flow_variant variant = {str_of(name), str_of(arm)};
    struct flow_ctx ctx = {.clock = clock_manual(&talk->now_ms),
                           .error = &talk->error,
                           .locale = STR("ko"),
                           .arena = &talk->arena,
                           .variants = &variant,
                           .n_variants = 1};
    talk->session = (struct session){.locale = talk->session.locale, .user = STR("u")};
    if (talk->flow->step(talk->flow, &ctx, NULL, &talk->session, &talk->turn) != OK)
        fail_msg("the step failed: %s", talk->error.text);
    talk->session.data = arena_copy(&talk->kept, talk->session.data);
    talk->heard = 0;
}

/* ── in a text, a step, a table ────────────────────────────────────────────────────────────────────────────────────── */

TEST(variants, a_text_is_the_one_of_the_persons_variant_in_their_language)
{
    struct talk talk;
    talk_open(&talk, HEAD
              "steps:\n  - say: {variants: greeting, short: \"안녕!\", long: {ko: \"안녕하세요\", en: \"Hello\"}}\n");
    begin_in(&talk, "greeting", "short");
    talk_says(&talk, "안녕!");
    begin_in(&talk, "greeting", "long");
    talk_says(&talk, "안녕하세요");
    talk.session.locale = STR("en");
    begin_in(&talk, "greeting", "long");
    talk_says(&talk, "Hello");
    talk_close(&talk);
}

TEST(variants, a_step_may_be_another_one_or_several_in_each_variant)
{
    struct talk talk;
    talk_open(&talk, HEAD "steps:\n"
                          "  - variants: greeting\n"
                          "    short: {say: \"하나\"}\n"
                          "    long:\n"
                          "      - say: \"둘\"\n"
                          "      - {say: \"셋\", when: 1 > 2}\n"
                          "      - say: \"넷\"\n"
                          "  - say: \"끝\"\n");
    begin_in(&talk, "greeting", "short");
    talk_says(&talk, "하나");
    talk_says(&talk, "끝");
    begin_in(&talk, "greeting", "long");
    talk_says(&talk, "둘");
    talk_says(&talk, "넷");
    talk_says(&talk, "끝");
    talk_close(&talk);
}

static const char tables[] =
    "flow: t\nvariants: {pricing: [old, new]}\n"
    "tables:\n"
    "  product:\n"
    "    variants: pricing\n"
    "    old: {inputs: [weight], outputs: [id, why], rules: [['< 60', '\"a\"', '\"light\"'], ['>= 60', '\"b\"', "
    "'\"heavy\"']]}\n"
    "    new: {inputs: [weight], outputs: [id, why], rules: [['< 50', '\"a\"', '\"light\"'], ['>= 50', '\"c\"', "
    "'\"new\"']]}\n"
    "catalog:\n  products: [{id: a}, {id: b}, {id: c}]\n"
    "steps:\n" QUESTION "  - {recommend: '{products[id = product.id][1]}', text: '{product.why}'}\n";

TEST(variants, a_table_may_be_another_one_in_each_variant_and_the_trail_says_which)
{
    struct talk talk;
    talk_open(&talk, tables);
    begin_in(&talk, "pricing", "new");
    talk_says(&talk, "몸무게?");
    talk_say(&talk, "55");
    talk_says(&talk, "new");
    const struct record *record = talk_record(&talk, RECORD_RECOMMENDATION, 0);
    assert_str_equal(record->item, STR("c"));
    assert_true(str_find(record->why, STR("product_new")) != SIZE_MAX);
    begin_in(&talk, "pricing", "old");
    talk_say(&talk, "55");
    talk_says(&talk, "light");
    talk_close(&talk);
}

TEST(variants, their_name_is_known_to_expressions)
{
    struct talk talk;
    talk_open(&talk, HEAD "steps:\n  - {say: \"{greeting}\", when: 'greeting = \"long\"'}\n  - say: \"끝\"\n");
    begin_in(&talk, "greeting", "long");
    talk_says(&talk, "long");
    begin_in(&talk, "greeting", "short");
    talk_says(&talk, "끝");
    talk_close(&talk);
}

/* ── who gets which ────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t arm_of(const int64_t *weights, size_t n, const char *name, const char *person)
{
    struct split split = {.name = str_of(name), .weights = (int64_t *)weights, .n_arms = n};
    return split_arm_of(&split, STR("health"), str_of(person));
}

TEST(variants, a_person_gets_what_the_hash_of_flow_name_and_person_says)
{
    /* printf 'health\0greeting\0U1' | sha256sum, and so on; with 1:1 the first half of all hashes is the first arm */
    static const int64_t even[] = {1, 1};
    assert_int_equal(arm_of(even, 2, "greeting", "U1"), 1);
    assert_int_equal(arm_of(even, 2, "greeting", "U2"), 0);
    assert_int_equal(arm_of(even, 2, "greeting", "U3"), 0);
    assert_int_equal(arm_of(even, 2, "greeting", "U4"), 1);
}

TEST(variants, people_are_spread_by_the_weights)
{
    enum { PEOPLE = 20000 };
    static const int64_t weights[] = {1, 0, 3};
    size_t n[3] = {0};
    for (int i = 0; i < PEOPLE; i++) {
        char person[16];
        snprintf(person, sizeof person, "u%d", i);
        n[arm_of(weights, 3, "greeting", person)]++;
    }
    assert_int_equal(n[1], 0);
    /* a quarter of 20,000, six standard deviations of sqrt(20000 / 4 * 3 / 4) = 61 either way */
    assert_in_range(n[0], 5000 - 368, 5000 + 368);
}

TEST(variants, two_of_them_are_independent_of_each_other)
{
    enum { PEOPLE = 20000 };
    static const int64_t even[] = {1, 1};
    size_t both = 0;
    for (int i = 0; i < PEOPLE; i++) {
        char person[16];
        snprintf(person, sizeof person, "u%d", i);
        both += arm_of(even, 2, "greeting", person) == 0 && arm_of(even, 2, "pricing", person) == 0;
    }
    assert_in_range(both, 5000 - 368, 5000 + 368);
}

TEST(variants, more_weight_takes_nobody_away_from_the_arm_that_got_it)
{
    static const int64_t before[] = {1, 1}, after[] = {3, 1};
    for (int i = 0; i < 1000; i++) {
        char person[16];
        snprintf(person, sizeof person, "u%d", i);
        if (arm_of(before, 2, "greeting", person) == 0)
            assert_int_equal(arm_of(after, 2, "greeting", person), 0);
    }
}

static const char asking[] = HEAD "steps:\n" QUESTION "  - say: \"{greeting}\"\n";

TEST(variants, the_same_person_gets_the_same_in_every_conversation)
{
    struct talk talk;
    struct str first = {0};
    talk_open(&talk, asking);
    for (int i = 0; i < 3; i++) {
        talk.session = (struct session){.user = STR("U7"), .conversation = i == 0 ? STR("a") : STR("b")};
        talk_step(&talk, NULL);
        talk_say(&talk, "60");
        struct str said = arena_copy(&talk.kept, talk_reply(&talk)->text);
        if (i > 0)
            assert_str_equal(said, first);
        first = said;
    }
    talk_close(&talk);
}

TEST(variants, a_session_keeps_its_variant_over_a_restart_and_writes_it_down_once)
{
    struct talk talk;
    talk_open(&talk, asking);
    begin_in(&talk, "greeting", "long");
    assert_true(str_find(talk.session.data, STR("\"profile\":{\"greeting\":\"long\"}")) != SIZE_MAX);
    talk_say(&talk, "처음부터");
    talk_say(&talk, "60");
    talk_says(&talk, "long");
    talk_close(&talk);
}

TEST(variants, a_session_of_a_flow_that_has_got_them_since_gets_one)
{
    struct talk talk;
    talk_open(&talk, asking);
    talk.session = (struct session){.state = SESSION_WAITING,
                                    .user = STR("U1"),
                                    .data = STR("{\"step\":\"weight\",\"answers\":{},\"profile\":{}}")};
    talk_say(&talk, "60");
    talk_says(&talk, "long");
    talk_close(&talk);
}

TEST(variants, the_profile_of_a_platform_cannot_choose_them)
{
    struct talk talk;
    talk_open(&talk, asking);
    talk.session = (struct session){.user = STR("U1"), .profile = STR("{\"greeting\": \"x\"}")};
    talk_step(&talk, NULL);
    talk_say(&talk, "60");
    talk_says(&talk, "long");
    talk_close(&talk);
}

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(variants, equal_names_are_a_fault)
{
    assert_refused("flow: t\nvariants: {a: [x, x]}\nsteps: [{say: a}]\n", "`x` is there twice");
    assert_refused("flow: t\nvariants: {a: {x: 1, x: 2}}\nsteps: [{say: a}]\n", "flow.yaml:2:");
    assert_refused("flow: t\nvariants: {a: [x, y]}\nsteps: [{ask: b, id: a, as: text}]\n", "the name `a` is taken");
    assert_refused("flow: t\nvariants: {a: [x, y]}\nprofile: {f: a}\nsteps: [{say: b}]\n", "the name `a` is taken");
    assert_refused("flow: t\nvariants: {a: [x, y]}\nsteps: [{set: {a: 1}}]\n", "the name `a` is taken");
}

TEST(variants, they_are_at_least_two_with_some_weight)
{
    assert_refused("flow: t\nvariants: {a: [x]}\nsteps: [{say: a}]\n", "needs 2 to 20 variants");
    assert_refused("flow: t\nvariants: {a: {x: 0, y: 0}}\nsteps: [{say: a}]\n", "all weights of `a` are 0");
    assert_refused("flow: t\nvariants: {a: {x: -1, y: 1}}\nsteps: [{say: a}]\n", "flow.yaml:2:");
    assert_refused("flow: t\nvariants: {a: ['1-x', z]}\nsteps: [{say: a}]\n", "cannot be the name of a variant");
}

TEST(variants, each_of_them_is_written_and_no_other)
{
    assert_refused(HEAD "steps:\n  - say: {variants: greeting, short: a}\n",
                   "the variant `long` of `greeting` is missing");
    assert_refused(HEAD "steps:\n  - say: {variants: greeting, short: a, lonk: b}\n", "did you mean `long`?");
    assert_refused(HEAD "steps:\n  - say: {variants: greetin, short: a, long: b}\n", "did you mean `greeting`?");
    assert_refused(HEAD "steps:\n  - {variants: other, short: {say: a}, long: {say: b}}\n",
                   "no `variants` are called `other`");
    assert_refused(HEAD
                   "steps:\n  - variants: greeting\n    short: {variants: greeting, short: {say: a}, long: {say: b}}\n"
                   "    long: {say: b}\n",
                   "variants within variants");
}

TEST(variants, a_fault_in_any_of_them_is_found_at_its_place)
{
    assert_refused(HEAD "steps:\n  - say: {variants: greeting, short: \"a\", long: \"{x}\"}\n", "flow.yaml:4:51");
    assert_refused(HEAD "steps:\n  - variants: greeting\n    short: {say: a}\n    long: {sai: b}\n", "flow.yaml:6:12");
}

TEST(variants, those_of_a_table_have_the_same_outputs)
{
    assert_refused("flow: t\nvariants: {p: [old, new]}\n"
                   "tables:\n  x:\n    variants: p\n"
                   "    old: {inputs: [1], outputs: [id], rules: [['-', '1']]}\n"
                   "    new: {inputs: [1], outputs: [id, why], rules: [['-', '1', '2']]}\n"
                   "steps: [{say: '{x}'}]\n",
                   "the variants `old` and `new` of a table have different outputs");
}

static size_t count_findings(const char *yaml, const char *code)
{
    struct talk talk;
    talk_open(&talk, yaml);
    struct findings findings = {.arena = &talk.kept};
    struct check_figures figures = {0};
    size_t n = 0;
    assert_int_equal(check_definition(survey_definition(talk.flow), CHECK_EVERYWHERE, &findings, &figures), OK);
    for (size_t i = 0; i < findings.n; i++)
        n += strcmp(findings.items[i].code, code) == 0;
    talk_close(&talk);
    return n;
}

TEST(variants, the_checker_looks_into_each_of_them)
{
    assert_int_equal(count_findings(tables, "never_recommended"), 0);
    assert_int_equal(
        count_findings("flow: t\nvariants: {p: [old, new]}\n"
                       "tables:\n  x:\n    variants: p\n"
                       "    old: {inputs: [weight], outputs: [id], rules: [['< 60', '1'], ['>= 60', '2']]}\n"
                       "    new: {inputs: [weight], outputs: [id], rules: [['< 60', '1'], ['> 60', '2']]}\n"
                       "steps:\n" QUESTION "  - say: '{x}'\n",
                       "hole"),
        1);
    assert_int_equal(
        count_findings(HEAD "steps:\n  - {say: a, when: 'greeting = \"shrt\"'}\n  - say: b\n", "unknown_option"), 1);
    assert_int_equal(
        count_findings(HEAD
                       "locale: ko\nsteps:\n  - say: {variants: greeting, short: {ko: 가, en: a}, long: {ko: 나}}\n",
                       "untranslated"),
        1);
}

TEST(variants, a_condition_of_a_variant_is_neither_always_nor_never_true)
{
    static const char yaml[] =
        HEAD "steps:\n  - {variants: greeting, short: {say: a}, long: {say: b, when: 'greeting != null'}}\n";
    assert_int_equal(count_findings(yaml, "always_true") + count_findings(yaml, "never_true"), 0);
}

TEST_MAIN
