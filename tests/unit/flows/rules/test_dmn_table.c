#include <stdlib.h>

#include "flows/rules/limits.h"
#include "tests/unit/flows/rules/dmn_fixture.h"

#define TEXT(element, text) "<" element "><text>" text "</text></" element ">"
#define TABLE(attributes, columns, rules) "<decisionTable " attributes ">" columns rules "</decisionTable>"
#define IN(text) "<input>" TEXT("inputExpression", text) "</input>"
#define OUT(name) "<output name=\"" name "\"/>"
#define RULE(in, out) "<rule>" TEXT("inputEntry", in) TEXT("outputEntry", out) "</rule>"
#define ON_X(attributes, output, rules)                                                                                \
    INPUT("x", "number") DECISION("a", NEEDS_INPUT("x") TABLE(attributes, IN("x"), output rules))

TEST(a_table, decides_by_its_rules)
{
    DMN_CASE(c, DMN(ON_X("", OUT(""),
                         RULE("&lt; 10", "\"small\"") RULE("[10..20)", "\"middle\"") RULE("&gt;= 20, null", "x * 2"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "small");
    ASSERT_DECIDES(&c, "a", "{\"x\": 10}", "middle");
    ASSERT_DECIDES(&c, "a", "{\"x\": 20}", "40");
}

TEST(a_table, keeps_to_its_hit_policy)
{
    static const struct {
        const char *attributes, *expected;
    } cases[] = {
        {"hitPolicy='FIRST'", "2"},
        {"hitPolicy='RULE ORDER'", "[2, 1]"},
        {"hitPolicy='COLLECT'", "[2, 1]"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "3"},
        {"hitPolicy='COLLECT' aggregation='MIN'", "1"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "2"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", "2"},
        {"hitPolicy='UNIQUE'", "null"},
        {"hitPolicy='ANY'", "null"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char xml[2048];
        snprintf(xml, sizeof xml, DMN(ON_X("%s", OUT(""), RULE("-", "2") RULE("", "1"))), cases[i].attributes);
        DMN_CASE(c, xml);
        assert_str_equal(dmn_case_eval(&c, "a", "{\"x\": 1}"), str_of(cases[i].expected));
    }
}

TEST(a_table_of_several_outputs, gives_a_context)
{
    DMN_CASE(c, DMN(INPUT("x", "number")
                        DECISION("a", NEEDS_INPUT("x") TABLE(
                                          "hitPolicy='FIRST'", IN("x"),
                                          "<output name='monthly fee'/><output name='n'/><rule>" TEXT("inputEntry", "1")
                                              TEXT("outputEntry", "2") TEXT("outputEntry", "") "</rule>"))
                            DECISION("b", NEEDS("a") LITERAL("a.monthly fee"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "{monthly fee: 2, n: null}");
    ASSERT_DECIDES(&c, "a", "{\"x\": 2}", "null");
    ASSERT_DECIDES(&c, "b", "{\"x\": 1}", "2");
}

TEST(priorities, come_from_the_output_or_from_its_type)
{
    DMN_CASE(c,
             DMN("<itemDefinition name='tR'><typeRef>string</typeRef><allowedValues><text>\"hi\", "
                 "\"lo\"</text></allowedValues></itemDefinition>" ON_X("hitPolicy='PRIORITY'", "<output typeRef='tR'/>",
                                                                       RULE("-", "\"lo\"") RULE("1", "\"hi\""))
                     DECISION("b", NEEDS_INPUT("x") TABLE("hitPolicy='OUTPUT ORDER'", IN("x"),
                                                          "<output>" TEXT("outputValues", "1, 2, 3") "</output>" RULE(
                                                              "-", "3") RULE("-", "1")))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "hi");
    ASSERT_DECIDES(&c, "a", "{\"x\": 2}", "lo");
    ASSERT_DECIDES(&c, "b", "{\"x\": 2}", "[1, 3]");
}

TEST(a_default, is_given_when_no_rule_fits)
{
    DMN_CASE(c, DMN(ON_X("", "<output>" TEXT("defaultOutputEntry", "0 - x") "</output>", RULE("1", "\"one\""))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "one");
    ASSERT_DECIDES(&c, "a", "{\"x\": 2}", "-2");
}

TEST(an_input_value, that_the_column_or_its_type_does_not_allow_makes_the_table_null)
{
    DMN_CASE(
        c,
        DMN("<itemDefinition name='tS'><typeRef>number</typeRef><allowedValues><text>&lt; "
            "5</text></allowedValues></itemDefinition>" INPUT("x", "number") DECISION(
                "a", NEEDS_INPUT("x")
                         TABLE("", "<input>" TEXT("inputExpression", "x") TEXT("inputValues", "&lt; 5") "</input>",
                               OUT("") RULE("-", "1")))
                DECISION("b", NEEDS_INPUT("x") TABLE(
                                  "", "<input><inputExpression typeRef='tS'><text>x</text></inputExpression></input>",
                                  OUT("") RULE("-", "1")))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
    ASSERT_DECIDES(&c, "a", "{\"x\": 9}", "null");
    ASSERT_REASON(&c, "`x` has a value that the table `a` does not allow");
    ASSERT_DECIDES(&c, "b", "{\"x\": 9}", "null");
}

TEST(a_table_in_a_knowledge_model, sees_the_parameters)
{
    DMN_CASE(c, DMN(KNOWLEDGE("f", "",
                              "<formalParameter name='p q'/>" TABLE(
                                  "", IN("p q"), OUT("") RULE("&gt; 1", "p q * 2") RULE("&lt;= 1", "0")))
                        DECISION("a", NEEDS_KNOWLEDGE("f") LITERAL("for i in [1, 2, 3] return f(i)"))));
    ASSERT_DECIDES(&c, "a", "{}", "[0, 4, 6]");
}

TEST(the_trail, says_which_rules_counted)
{
    DMN_CASE(c, DMN(ON_X("hitPolicy='COLLECT'", OUT(""), RULE("1", "5") RULE("2", "6") RULE("1", "7"))
                        DECISION("b", NEEDS("a") NEEDS_INPUT("x") TABLE("", IN("count(a)"), OUT("") RULE("2", "x")))));
    struct value inputs, value;
    struct dmn_trail trail;
    struct feel_run run = {.arena = &c.arena};
    assert_int_equal(value_from_json(&c.arena, STR("{\"x\": 1}"), &inputs, NULL), OK);
    assert_int_equal(dmn_eval(dmn_find(c.model, STR("b")), &run, &inputs, &value, &trail), OK);
    assert_int_equal(trail.n, 2);
    assert_str_equal(trail.items[0].name, STR("a"));
    assert_int_equal(trail.items[0].rules.n_rules, 2);
    assert_int_equal(trail.items[0].rules.rules[1], 2);
    assert_int_equal(trail.items[0].table->n_rules, 3);
    assert_str_equal(trail.items[1].name, STR("b"));
}

TEST(the_trail, is_bounded)
{
    DMN_CASE(c, DMN(KNOWLEDGE("f", "", "<formalParameter name='p'/>" TABLE("", IN("p"), OUT("") RULE("-", "1")))
                        DECISION("a", NEEDS_KNOWLEDGE("f") LITERAL("count(for i in 1..1000 return f(i))"))));
    struct value inputs = value_context(NULL, 0), value;
    struct dmn_trail trail;
    struct feel_run run = {.arena = &c.arena};
    assert_int_equal(dmn_eval(dmn_find(c.model, STR("a")), &run, &inputs, &value, &trail), OK);
    assert_int_equal(trail.n, DMN_MAX_TRAIL);
    assert_int_equal(trail.n_dropped, 1000 - DMN_MAX_TRAIL);
}

TEST(a_table_that_is_wrong, is_a_fault_with_its_place)
{
    DMN_CASE(c,
             DMN(ON_X("hitPolicy='BEST'", OUT(""),
                      RULE("1", "1")) DECISION("b", TABLE("", "<input/>", OUT("") RULE("1", "1")))
                     DECISION("c", TABLE("", IN("1"), OUT("") "\n <rule>" TEXT("outputEntry", "1") "</rule>")) DECISION(
                         "d", TABLE("", IN("1"),
                                    "<output/><output/><rule>" TEXT("inputEntry", "1") TEXT("outputEntry", "1")
                                        TEXT("outputEntry", "1") "</rule>"))
                         DECISION("e", TABLE("", IN("1"), OUT("") RULE("1", "1") "\n" RULE("&lt; 1, &lt;&lt; 2", "1")))
                             DECISION("f", TABLE("", IN("1"), ""))
                                 DECISION("g", TABLE("hitPolicy='PRIORITY'", IN("1"), OUT("") RULE("1", "1")))));
    ASSERT_FAULT(&c, "a", "m.dmn:3:136: `BEST` is no hit policy; take one of UNIQUE");
    ASSERT_FAULT(&c, "b", "input 1 of the table has no expression; write one into its <inputExpression>");
    ASSERT_FAULT(&c, "c", "m.dmn:6:2: a rule of 0 inputs and 1 outputs; the table has 1 and 1 columns");
    ASSERT_FAULT(&c, "d", "output 1 of the table has no name; of several outputs each needs one");
    ASSERT_FAULT(&c, "e", "m.dmn:9:37: ");
    ASSERT_FAULT(&c, "f", "the table `f` has no output; name one");
    ASSERT_FAULT(&c, "g", "hit policy P needs the outputs' `values` in their order; list them");
    ASSERT_DECIDES(&c, "e", "{}", "null");
    ASSERT_REASON(&c, "m.dmn:9:37: ");
}

TEST(a_table_without_rules, is_null_with_a_reason)
{
    DMN_CASE(c, DMN(ON_X("", OUT(""), "")));
    ASSERT_FINE(&c, "a");
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "null");
    ASSERT_REASON(&c, "the table `a` has no rules; add one");
}

static struct str table_of(size_t n_rules)
{
    const char *rule = RULE("%zu", "%zu");
    size_t most = 1000 + n_rules * (strlen(rule) + 20);
    char *text = malloc(most), *at = text;
    assert_non_null(text);
    at += snprintf(at, most,
                   "<definitions xmlns='" DMN_NS
                   "'>" INPUT("x", "number") "<decision name='a'>" NEEDS_INPUT("x") "<decisionTable>" IN("x") OUT(""));
    for (size_t i = 0; i < n_rules; i++)
        at += snprintf(at, most - (size_t)(at - text), RULE("%zu", "%zu"), i, i * 2);
    at += snprintf(at, most - (size_t)(at - text), "</decisionTable></decision></definitions>");
    return (struct str){text, (size_t)(at - text)};
}

TEST(a_table_of_ten_thousand_rules, is_read_and_one_more_refused)
{
    struct str xml = table_of(TABLE_MAX_RULES);
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, xml, NULL);
    ASSERT_FINE(&c, "a");
    ASSERT_DECIDES(&c, "a", "{\"x\": 9999}", "19998");
    free((char *)xml.p);

    xml = table_of(TABLE_MAX_RULES + 1);
    CLEANUP(dmn_case_release) struct dmn_case d;
    dmn_case_load(&d, xml, NULL);
    ASSERT_FAULT(&d, "a", "m.dmn:2:");
    ASSERT_FAULT(&d, "a", "the table `a` has more than 10000 rules; split it up");
    free((char *)xml.p);
}

TEST_MAIN
