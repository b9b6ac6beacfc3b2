#include "tests/unit/flows/rules/dmn_fixture.h"

#define ENTRY(name, body) "<contextEntry><variable name=\"" name "\"/>" body "</contextEntry>"
#define TYPED_ENTRY(name, type, body)                                                                                  \
    "<contextEntry><variable name=\"" name "\" typeRef=\"" type "\"/>" body "</contextEntry>"
#define RESULT(body) "<contextEntry>" body "</contextEntry>"
#define CONTEXT(body) "<context>" body "</context>"
#define BOXED_FUNCTION(parameters, body) "<functionDefinition>" parameters body "</functionDefinition>"
#define PARAMETER(name) "<formalParameter name=\"" name "\"/>"
#define BINDING(name, body) "<binding><parameter name=\"" name "\"/>" body "</binding>"

TEST(a_boxed_context, has_entries_that_see_those_before_them)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(ENTRY("x y", LITERAL("2")) ENTRY("z", LITERAL("x y * 3"))))));
    ASSERT_DECIDES(&c, "a", "{}", "{x y: 2, z: 6}");
}

TEST(a_boxed_context, has_the_value_of_its_last_entry_when_that_has_no_name)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(ENTRY("x", LITERAL("2")) RESULT(LITERAL("x + 1"))))));
    ASSERT_DECIDES(&c, "a", "{}", "3");
}

TEST(a_boxed_context, sees_the_names_around_it_and_hides_them_by_its_own)
{
    DMN_CASE(c, DMN(INPUT("x", "number") DECISION(
                    "a", NEEDS_INPUT("x") CONTEXT(ENTRY("y", LITERAL("x")) ENTRY("x", LITERAL("x + 1")) ENTRY(
                             "in", CONTEXT(ENTRY("x", LITERAL("x * 10")) ENTRY("z", LITERAL("x + y"))))
                                                      ENTRY("z", LITERAL("x"))))));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "{y: 1, x: 2, in: {x: 20, z: 21}, z: 2}");
}

TEST(a_boxed_context, converts_entries_to_their_types)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(TYPED_ENTRY("x", "number", LITERAL("[2]"))
                                              TYPED_ENTRY("y", "string", LITERAL("1"))))));
    ASSERT_DECIDES(&c, "a", "{}", "{x: 2, y: null}");
    ASSERT_REASON(&c, "`y` is a number that is no string");
}

TEST(a_boxed_context, with_an_entry_twice_is_a_fault)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(ENTRY("x", LITERAL("1")) ENTRY("x", LITERAL("2"))))));
    ASSERT_FAULT(&c, "a", ": the entry `x` stands twice; rename one");
}

TEST(a_boxed_context, of_a_member_with_spaces_is_known_to_who_needs_it)
{
    DMN_CASE(c, DMN(DECISION("b", NEEDS("a") LITERAL("a.monthly fee + 1"))
                        DECISION("a", CONTEXT(ENTRY("monthly fee", LITERAL("2"))))));
    ASSERT_DECIDES(&c, "b", "{}", "3");
}

TEST(a_boxed_list, has_the_values_of_its_expressions)
{
    DMN_CASE(c, DMN(DECISION("a", "<list>" LITERAL("1") CONTEXT(ENTRY("x", LITERAL("2"))) "</list>")
                        DECISION("b", "<list/>")));
    ASSERT_DECIDES(&c, "a", "{}", "[1, {x: 2}]");
    ASSERT_DECIDES(&c, "b", "{}", "[]");
}

TEST(a_relation, is_a_list_of_contexts)
{
    DMN_CASE(c, DMN(DECISION("a", "<relation><column name='item'/><column name='unit price' typeRef='number'/>"
                                  "<row>" LITERAL("\"x\"") LITERAL("25") "</row><row>" LITERAL("\"y\"")
                                      LITERAL("\"z\"") "</row></relation>")
                        DECISION("b", NEEDS("a") LITERAL("a[item = \"x\"].unit price"))));
    ASSERT_DECIDES(&c, "a", "{}", "[{item: \"x\", unit price: 25}, {item: \"y\", unit price: null}]");
    ASSERT_DECIDES(&c, "b", "{}", "[25]");
}

TEST(a_relation, with_a_row_of_too_few_cells_is_a_fault)
{
    DMN_CASE(
        c, DMN(DECISION("a", "<relation><column name='x'/><column name='y'/><row>" LITERAL("1") "</row></relation>")));
    ASSERT_FAULT(&c, "a", "a row of 1 cells; 2 are wanted, one for each <column>");
    ASSERT_DECIDES(&c, "a", "{}", "null");
}

TEST(a_boxed_function, can_be_called_by_position_and_by_name_and_sees_where_it_was_made)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(ENTRY("k", LITERAL("10")) ENTRY(
                                      "f", BOXED_FUNCTION(PARAMETER("x") PARAMETER("y"), LITERAL("k * x - y")))
                                              ENTRY("l", LITERAL("f(3, 1)")) ENTRY("m", LITERAL("f(y: 1, x: 4)"))
                                                  RESULT(LITERAL("[l, m]"))))));
    ASSERT_DECIDES(&c, "a", "{}", "[29, 39]");
}

TEST(a_boxed_function, may_be_a_table_or_a_context)
{
    DMN_CASE(c,
             DMN(DECISION("a", CONTEXT(ENTRY("f", BOXED_FUNCTION(PARAMETER("x"), CONTEXT(ENTRY("y", LITERAL("x + 1"))
                                                                                             RESULT(LITERAL("y * y")))))
                                           RESULT(LITERAL("for i in 1..3 return f(i)"))))));
    ASSERT_DECIDES(&c, "a", "{}", "[4, 9, 16]");
}

TEST(a_function_of_another_language, gives_null_with_a_reason_and_is_no_fault)
{
    DMN_CASE(c,
             DMN(DECISION("a", CONTEXT(ENTRY("f", "<functionDefinition kind='Java'><formalParameter name='x'/>" CONTEXT(
                                                      ENTRY("class", LITERAL("\"java.lang.Math\""))
                                                          ENTRY("method signature",
                                                                LITERAL("\"cos(double)\""))) "</functionDefinition>")
                                           RESULT(LITERAL("f(1)"))))));
    ASSERT_FINE(&c, "a");
    ASSERT_DECIDES(&c, "a", "{}", "null");
    ASSERT_REASON(&c, "functions in Java are not run; write the function in FEEL");
}

TEST(a_boxed_invocation, gives_its_bindings_by_name)
{
    DMN_CASE(c, DMN(KNOWLEDGE("price of", "", PARAMETER("n") PARAMETER("each") LITERAL("n * each"))
                        DECISION("a", NEEDS_KNOWLEDGE("price of") "<invocation>" LITERAL("price of")
                                          BINDING("each", LITERAL("3")) BINDING("n", LITERAL("2")) "</invocation>")
                            DECISION("b", "<invocation>" LITERAL("abs") BINDING("n", LITERAL("-3")) "</invocation>")
                                DECISION("c", NEEDS_KNOWLEDGE("price of") "<invocation>" LITERAL("price of")
                                                  BINDING("nn", LITERAL("3")) "</invocation>")));
    ASSERT_DECIDES(&c, "a", "{}", "6");
    ASSERT_DECIDES(&c, "b", "{}", "3");
    ASSERT_DECIDES(&c, "c", "{}", "null");
    assert_true(c.run.n_reasons > 0);
}

TEST(a_boxed_if, takes_else_unless_its_condition_is_true)
{
    DMN_CASE(
        c, DMN(INPUT("x", "Any") DECISION("a", NEEDS_INPUT("x") "<conditional><if>" LITERAL("x") "</if><then>" LITERAL(
                                                   "1") "</then><else>" LITERAL("2") "</else></conditional>")));
    ASSERT_DECIDES(&c, "a", "{\"x\": true}", "1");
    ASSERT_DECIDES(&c, "a", "{\"x\": false}", "2");
    ASSERT_DECIDES(&c, "a", "{\"x\": null}", "2");
    ASSERT_DECIDES(&c, "a", "{\"x\": 3}", "2");
    ASSERT_REASON(&c, "the condition of `if` is a number, not a boolean");
}

#define LOOP(word, in, inner, body)                                                                                    \
    "<" word " iteratorVariable='i'><in>" LITERAL(in) "</in><" inner ">" body "</" inner "></" word ">"

TEST(a_boxed_for, runs_over_lists_and_ranges_and_knows_the_results_so_far)
{
    DMN_CASE(c, DMN(DECISION("a", LOOP("for", "[1, 2, 3]", "return", LITERAL("i * 2")))
                        DECISION("b", LOOP("for", "[3..1]", "return", LITERAL("i + count(partial)")))
                            DECISION("c", LOOP("for", "null", "return", LITERAL("i")))
                                DECISION("d", LOOP("for", "5", "return", CONTEXT(ENTRY("x", LITERAL("i")))))));
    ASSERT_DECIDES(&c, "a", "{}", "[2, 4, 6]");
    ASSERT_DECIDES(&c, "b", "{}", "[3, 3, 3]");
    ASSERT_DECIDES(&c, "c", "{}", "null");
    ASSERT_DECIDES(&c, "d", "{}", "[{x: 5}]");
}

TEST(a_boxed_some_or_every, answers_as_feel_does)
{
    DMN_CASE(c, DMN(DECISION("a", LOOP("some", "[1, 2, 3]", "satisfies", LITERAL("i > 2")))
                        DECISION("b", LOOP("every", "[1, 2, 3]", "satisfies", LITERAL("i > 2")))
                            DECISION("c", LOOP("every", "[]", "satisfies", LITERAL("false")))
                                DECISION("d", LOOP("some", "[1, 2]", "satisfies", LITERAL("i")))));
    ASSERT_DECIDES(&c, "a", "{}", "true");
    ASSERT_DECIDES(&c, "b", "{}", "false");
    ASSERT_DECIDES(&c, "c", "{}", "true");
    ASSERT_DECIDES(&c, "d", "{}", "null");
}

TEST(a_boxed_loop, without_a_variable_is_a_fault)
{
    DMN_CASE(c, DMN(DECISION("a", "<for><in>" LITERAL("[1]") "</in><return>" LITERAL("1") "</return></for>")));
    ASSERT_FAULT(&c, "a", "the loop needs an `iteratorVariable`; add it");
}

#define FILTER(in, match) "<filter><in>" LITERAL(in) "</in><match>" match "</match></filter>"

TEST(a_boxed_filter, keeps_the_elements_whose_match_is_true)
{
    DMN_CASE(c, DMN(DECISION("a", FILTER("[1, 2, 3]", LITERAL("item &gt; 1")))
                        DECISION("b", FILTER("[{x: 1}, {x: 2}]", LITERAL("x = 2"))) DECISION(
                            "c", FILTER("[{x: 1}, {x: 2}]",
                                        "<conditional><if>" LITERAL("item.x = 1") "</if><then>" LITERAL(
                                            "true") "</then><else>" LITERAL("item.x = 3") "</else></conditional>"))
                            DECISION("d", FILTER("[1]", LITERAL("item] + [2")))
                                DECISION("e", FILTER("[1]", LITERAL("item &gt;&gt; 2")))));
    ASSERT_DECIDES(&c, "a", "{}", "[2, 3]");
    ASSERT_DECIDES(&c, "b", "{}", "[{x: 2}]");
    ASSERT_DECIDES(&c, "c", "{}", "[{x: 1}]");
    ASSERT_FAULT(&c, "d", "the brackets of this expression do not match; correct them");
    ASSERT_FAULT(&c, "e", "m.dmn:6:174: ");
}

TEST(an_expression_that_is_not_there, is_null_with_a_reason)
{
    DMN_CASE(c, DMN(DECISION("a", "") DECISION("b", CONTEXT(ENTRY("x", ""))) DECISION("c", "<literalExpression/>")));
    ASSERT_DECIDES(&c, "a", "{}", "null");
    ASSERT_REASON(&c, "`a` has no decision logic; give its value");
    ASSERT_DECIDES(&c, "b", "{}", "{x: null}");
    ASSERT_REASON(&c, "nothing is written where an expression is wanted");
    ASSERT_DECIDES(&c, "c", "{}", "null");
    ASSERT_FINE(&c, "a");
}

TEST(an_expression_in_another_language, is_a_fault)
{
    DMN_CASE(
        c,
        DMN(DECISION(
            "a",
            "<literalExpression expressionLanguage='http://www.w3.org/TR/xpath'><text>1</text></literalExpression>")
                DECISION(
                    "b",
                    "<literalExpression "
                    "expressionLanguage='http://www.omg.org/spec/FEEL/20140401'><text>1</text></literalExpression>")));
    ASSERT_FAULT(&c, "a",
                 "m.dmn:2:61: the expression language `http://www.w3.org/TR/xpath` is not read; write it in FEEL");
    ASSERT_DECIDES(&c, "b", "{}", "1");
}

TEST(a_fault_in_an_expression, has_its_place_in_the_file)
{
    DMN_CASE(c,
             "<definitions xmlns='" DMN_NS "'>\n<decision name='a'><literalExpression><text>\n  1 +\n  가 + nix</text>"
             "</literalExpression></decision>\n<decision name='b'><literalExpression><text>1 &lt; 2 &amp; "
             "3</text></literalExpression></decision>\n"
             "<decision name='c'><literalExpression><text>\r\n\"&#44032;\" &lt;\r\n <!-- x\n --> 1 "
             "+</text></literalExpression></decision>\n"
             "<decision name='d'><literalExpression><text><![CDATA[1 < 2 ]]>! "
             "3</text></literalExpression></decision></definitions>");
    ASSERT_FAULT(&c, "a", "m.dmn:4:3: `가` is no variable");
    ASSERT_FAULT(&c, "b", "m.dmn:5:54: ");
    ASSERT_FAULT(&c, "c", "m.dmn:9:9: ");
    ASSERT_FAULT(&c, "d", "m.dmn:10:63: ");
}

TEST(a_fault_in_one_entry, leaves_the_others_their_values)
{
    DMN_CASE(c, DMN(DECISION("a", CONTEXT(ENTRY("x", LITERAL("1 +")) ENTRY("y", LITERAL("2"))))));
    ASSERT_FAULT(&c, "a", "m.dmn:2:");
    ASSERT_DECIDES(&c, "a", "{}", "{x: null, y: 2}");
    ASSERT_REASON(&c, "m.dmn:2:");
}

TEST_MAIN
