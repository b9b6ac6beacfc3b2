#include "tests/unit/flows/rules/dmn_fixture.h"

#define ALLOWED(text) "<allowedValues><text>" text "</text></allowedValues>"
#define ITEM(name, body) "<itemDefinition name=\"" name "\">" body "</itemDefinition>\n"
#define LIST_ITEM(name, body) "<itemDefinition name=\"" name "\" isCollection=\"true\">" body "</itemDefinition>\n"
#define OF(type) "<typeRef>" type "</typeRef>"
#define COMPONENT(name, body) "<itemComponent name=\"" name "\">" body "</itemComponent>"

/* A decision that gives its input, typed. */
#define ECHO(type) INPUT("x", type) DECISION("a", NEEDS_INPUT("x") LITERAL("x"))

TEST(an_input, that_does_not_fit_its_type_is_null_with_a_reason)
{
    DMN_CASE(c, DMN(ECHO("number")));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1.50}", "1.50");
    ASSERT_DECIDES(&c, "a", "{\"x\": null}", "null");
    ASSERT_DECIDES(&c, "a", "{\"x\": \"1\"}", "null");
    ASSERT_REASON(&c, "`x` is a string that is no number");
}

TEST(an_input, that_is_not_given_has_no_value)
{
    DMN_CASE(c, DMN(ECHO("number")));
    ASSERT_DECIDES(&c, "a", "{}", "null");
    ASSERT_REASON(&c, "`x` has no value");
}

TEST(a_list_of_one, and_its_element_stand_for_each_other)
{
    DMN_CASE(c, DMN(LIST_ITEM("tNumbers", OF("number")) ECHO("number") TYPED_DECISION("b", "tNumbers", LITERAL("5"))
                        TYPED_DECISION("c", "tNumbers", LITERAL("[1, 2]")) TYPED_DECISION(
                            "d", "string", LITERAL("[\"z\"]")) TYPED_DECISION("e", "string", LITERAL("[\"y\", \"z\"]"))
                            TYPED_DECISION("f", "tNumbers", LITERAL("[1, \"z\"]"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": [7]}", "7");
    ASSERT_DECIDES(&c, "a", "{\"x\": [7, 8]}", "null");
    ASSERT_DECIDES(&c, "b", "{}", "[5]");
    ASSERT_DECIDES(&c, "c", "{}", "[1, 2]");
    ASSERT_DECIDES(&c, "d", "{}", "z");
    ASSERT_DECIDES(&c, "e", "{}", "null");
    ASSERT_DECIDES(&c, "f", "{}", "null");
    ASSERT_REASON(&c, "`f` is a list that is no tNumbers");
}

TEST(a_value, has_to_be_among_those_its_type_allows)
{
    DMN_CASE(c,
             DMN(ITEM("tGrade", OF("string") ALLOWED("\"A\", \"B\"")) ITEM("tPoints", OF("number") ALLOWED("[0..100]"))
                     ITEM("tGood", OF("tPoints") ALLOWED("? &gt; 50 and ? != 77")) ECHO("tGrade") INPUT("y", "tGood")
                         DECISION("b", NEEDS_INPUT("y") LITERAL("y"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": \"A\"}", "A");
    ASSERT_DECIDES(&c, "a", "{\"x\": \"C\"}", "null");
    ASSERT_REASON(&c, "`x` is a string that is no tGrade");
    ASSERT_DECIDES(&c, "b", "{\"y\": 60}", "60");
    ASSERT_DECIDES(&c, "b", "{\"y\": 50}", "null");
    ASSERT_DECIDES(&c, "b", "{\"y\": 77}", "null");
    ASSERT_DECIDES(&c, "b", "{\"y\": 101}", "null");
    ASSERT_DECIDES(&c, "b", "{\"y\": null}", "null");
    assert_int_equal(c.run.n_reasons, 0);
}

TEST(allowed_values_of_a_collection, are_for_its_elements_a_type_constraint_for_the_whole)
{
    DMN_CASE(
        c, DMN(LIST_ITEM("tGrades", OF("string") ALLOWED(
                                        "\"A\", \"B\"") "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint>")
                   ECHO("tGrades")));
    ASSERT_DECIDES(&c, "a", "{\"x\": [\"A\", \"B\"]}", "[\"A\", \"B\"]");
    ASSERT_DECIDES(&c, "a", "{\"x\": [\"A\", \"C\"]}", "null");
    ASSERT_DECIDES(&c, "a", "{\"x\": [\"A\", \"A\", \"A\"]}", "null");
    ASSERT_DECIDES(&c, "a", "{\"x\": \"A\"}", "[\"A\"]");
}

TEST(a_type_of_components, looks_at_each_of_them)
{
    DMN_CASE(c, DMN(ITEM("tLoan", COMPONENT("amount due", OF("number")) COMPONENT(
                                      "kind", OF("string") ALLOWED("\"A\",\"B\""))) LIST_ITEM("tLoans", OF("tLoan"))
                        ECHO("tLoan") INPUT("l", "tLoans") DECISION("b", NEEDS_INPUT("l") LITERAL("sum(l.amount due)"))
                            DECISION("c", NEEDS_INPUT("x") LITERAL("x.amount due + 1"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"amount due\": 1, \"kind\": \"A\", \"more\": 2}}",
                   "{amount due: 1, kind: \"A\", more: 2}");
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"amount due\": 1}}", "{amount due: 1}");
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"amount due\": 1, \"kind\": \"Z\"}}", "null");
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"amount due\": \"1\"}}", "null");
    ASSERT_DECIDES(&c, "a", "{\"x\": 3}", "null");
    ASSERT_DECIDES(&c, "b", "{\"l\": [{\"amount due\": 1}, {\"amount due\": 2}]}", "3");
    ASSERT_DECIDES(&c, "c", "{\"x\": {\"amount due\": 1}}", "2");
}

TEST(a_type, may_be_defined_by_others_and_stand_within_itself)
{
    DMN_CASE(
        c,
        DMN(ITEM("tA", OF("tB")) ITEM("tB", OF("tC")) ITEM("tC", OF("number") ALLOWED("&gt; 0")) ITEM(
            "tTree",
            COMPONENT(
                "v", OF("tA")) "<itemComponent name='sub' isCollection='true'><typeRef>tTree</typeRef></itemComponent>")
                ECHO("tTree")));
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"v\": 1, \"sub\": [{\"v\": 2, \"sub\": []}]}}",
                   "{v: 1, sub: [{v: 2, sub: []}]}");
    ASSERT_DECIDES(&c, "a", "{\"x\": {\"v\": 1, \"sub\": [{\"v\": 0}]}}", "null");
    assert_str_equal(dmn_model_fault(c.model, 0), STR(""));
}

TEST(a_type, that_is_defined_by_itself_is_a_fault)
{
    DMN_CASE(c, DMN(ITEM("tA", OF("tB")) ITEM("tB", OF("tC")) ITEM("tC", OF("tB")) ITEM("tL", OF("tL")) ECHO("tA")));
    assert_true(str_find(dmn_model_fault(c.model, 0), STR("this type is defined by itself; correct its <typeRef>")) !=
                SIZE_MAX);
    assert_true(dmn_model_fault(c.model, 1).n > 0);
    assert_str_equal(dmn_model_fault(c.model, 2), STR(""));
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
}

TEST(a_type, of_too_many_bases_is_a_fault)
{
    enum { TYPES = 200 };
    static char xml[TYPES * 100];
    size_t n = (size_t)snprintf(xml, sizeof xml, "<definitions xmlns='" DMN_NS "'>" ECHO("t0"));
    for (int i = 0; i < TYPES; i++)
        n += (size_t)snprintf(xml + n, sizeof xml - n,
                              "<itemDefinition name='t%d'><typeRef>t%d</typeRef></itemDefinition>", i, i + 1);
    snprintf(xml + n, sizeof xml - n, ITEM("t200", OF("number")) "</definitions>");
    DMN_CASE(c, xml);
    assert_true(str_find(dmn_model_fault(c.model, 0), STR("this type is defined by way of too many others")) !=
                SIZE_MAX);
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
}

TEST(a_type, that_is_a_list_of_itself_ends)
{
    DMN_CASE(c, DMN(LIST_ITEM("tL", OF("tL")) ECHO("tL")));
    ASSERT_DECIDES(&c, "a", "{\"x\": [[[]]]}", "[[[]]]");
    ASSERT_DECIDES(&c, "a", "{\"x\": [[1]]}", "null");
}

TEST(a_type, that_is_not_defined_is_a_fault_with_a_near_name)
{
    DMN_CASE(c, DMN(ITEM("tGrade", OF("string")) ECHO("tGrad") INPUT("y", "nmber")
                        DECISION("b", NEEDS_INPUT("y") LITERAL("y")) INPUT("z", "tSomethingElse")
                            DECISION("c", NEEDS_INPUT("z") LITERAL("z"))));
    ASSERT_FAULT(&c, "a", "m.dmn:3:28: the type `tGrad` is not defined; did you mean `tGrade`?");
    ASSERT_FAULT(&c, "b", "the type `nmber` is not defined; did you mean `number`?");
    ASSERT_FAULT(&c, "c", "the type `tSomethingElse` is not defined; add an <itemDefinition>");
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
}

TEST(types_of_feel, may_have_prefixes_and_the_names_that_other_engines_use)
{
    DMN_CASE(c, "<definitions xmlns='http://www.omg.org/spec/DMN/20151101/dmn.xsd' "
                "xmlns:feel='http://www.omg.org/spec/FEEL/20140401' "
                "xmlns:me='urn:t' namespace='urn:t'>" ITEM("tX", OF("feel:string")) ECHO("feel:number")
                    INPUT("y", "me:tX") DECISION("b", NEEDS_INPUT("y") LITERAL("y")) INPUT("z", "integer")
                        DECISION("c", NEEDS_INPUT("z") LITERAL("z")) "</definitions>");
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
    ASSERT_DECIDES(&c, "a", "{\"x\": \"1\"}", "null");
    ASSERT_DECIDES(&c, "b", "{\"y\": \"1\"}", "1");
    ASSERT_DECIDES(&c, "b", "{\"y\": 1}", "null");
    ASSERT_DECIDES(&c, "c", "{\"z\": 1}", "1");
}

TEST(allowed_values_that_do_not_compile, are_a_fault_of_the_model)
{
    DMN_CASE(c, DMN(ITEM("tX", OF("number") ALLOWED("\n 1 &lt;&lt;")) ECHO("tX")));
    assert_true(str_starts(dmn_model_fault(c.model, 0), STR("m.dmn:3:8: ")));
    ASSERT_FAULT(&c, "a", "m.dmn:3:8: ");
    ASSERT_DECIDES(&c, "a", "{\"x\": 1}", "1");
}

TEST(types_of_the_model, can_be_named_in_expressions)
{
    DMN_CASE(c, DMN(ITEM("tLoan", COMPONENT("amount", OF("number"))) DECISION(
                    "a", LITERAL("{amount: 1} instance of tLoan")) DECISION("b", LITERAL("1 instance of tLoan"))));
    ASSERT_DECIDES(&c, "a", "{}", "true");
    ASSERT_DECIDES(&c, "b", "{}", "false");
}

TEST(arguments_and_results_of_knowledge_models, are_kept_to_their_types)
{
    DMN_CASE(c, DMN(ITEM("tSmall", OF("number") ALLOWED("&lt; 10")) KNOWLEDGE(
                    "f", "",
                    "<formalParameter name='n' typeRef='tSmall'/><literalExpression typeRef='tSmall'><text>n * "
                    "2</text></literalExpression>") DECISION("a", NEEDS_KNOWLEDGE("f") LITERAL("f(4)"))
                        DECISION("b", NEEDS_KNOWLEDGE("f") LITERAL("f(5)"))
                            DECISION("c", NEEDS_KNOWLEDGE("f") LITERAL("f(11)"))
                                DECISION("d", NEEDS_KNOWLEDGE("f") LITERAL("f(\"x\")"))
                                    DECISION("e", NEEDS_KNOWLEDGE("f") LITERAL("f([3])"))));
    ASSERT_DECIDES(&c, "a", "{}", "8");
    ASSERT_DECIDES(&c, "b", "{}", "null");
    ASSERT_REASON(&c, "`f` is a number that is no tSmall");
    ASSERT_DECIDES(&c, "c", "{}", "null");
    ASSERT_REASON(&c, "`n` is a number that is no tSmall");
    ASSERT_DECIDES(&c, "d", "{}", "null");
    ASSERT_DECIDES(&c, "e", "{}", "6");
    ASSERT_DECIDES(&c, "f", "{\"n\": 2}", "4");
}

TEST(functions, may_be_values_of_decisions_and_have_types)
{
    DMN_CASE(
        c,
        DMN(ITEM("tFn", "<functionItem outputTypeRef='number'><parameters name='a' typeRef='number'/></functionItem>")
                TYPED_DECISION("f", "tFn", LITERAL("function(b) b + 1"))
                    TYPED_DECISION("g", "tFn",
                                   "<functionDefinition><formalParameter name='z' typeRef='number'/>" LITERAL(
                                       "z * 2") "</functionDefinition>") TYPED_DECISION("h", "tFn", LITERAL("3"))
                        DECISION("a", NEEDS("f") NEEDS("g") NEEDS("h") LITERAL("[f(1), g(z: 2), h]"))));
    ASSERT_DECIDES(&c, "a", "{}", "[2, 4, null]");
    ASSERT_REASON(&c, "`h` is a number that is no tFn");
}

TEST(inputs_of_dates_and_durations, are_read_from_texts)
{
    static const struct {
        const char *type, *json, *expected;
    } cases[] = {
        {"date", "\"2024-02-29\"", "2024-02-29"},
        {"time", "\"09:30:00\"", "09:30:00"},
        {"dateTime", "\"2024-02-29T09:30:00Z\"", "2024-02-29T09:30:00Z"},
        {"date and time", "\"2024-02-29T09:30:00\"", "2024-02-29T09:30:00"},
        {"dayTimeDuration", "\"P1DT2H\"", "P1DT2H"},
        {"yearMonthDuration", "\"P1Y2M\"", "P1Y2M"},
        {"yearMonthDuration", "\"P1D\"", "null"},
        {"date", "\"2023-02-29\"", "null"},
        {"date", "20240229", "null"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char xml[1024], json[128];
        snprintf(xml, sizeof xml, DMN(ECHO("%s")), cases[i].type);
        snprintf(json, sizeof json, "{\"x\": %s}", cases[i].json);
        DMN_CASE(c, xml);
        assert_str_equal(dmn_case_eval(&c, "a", json), str_of(cases[i].expected));
    }
}

TEST(dates_inside_of_inputs, are_read_too)
{
    DMN_CASE(c, DMN(ITEM("tStay", COMPONENT("from", OF("date")) COMPONENT("to", OF("date")))
                        LIST_ITEM("tStays", OF("tStay")) INPUT("x", "tStays")
                            DECISION("a", NEEDS_INPUT("x") LITERAL("for s in x return (s.to - s.from).days"))));
    ASSERT_DECIDES(&c, "a", "{\"x\": [{\"from\": \"2024-02-28\", \"to\": \"2024-03-01\"}]}", "[2]");
}

TEST(a_date, becomes_midnight_in_utc_where_a_date_and_time_is_wanted)
{
    DMN_CASE(c, DMN(TYPED_DECISION("a", "dateTime", LITERAL("date(\"2024-02-29\")"))
                        KNOWLEDGE("f", "", "<formalParameter name='p' typeRef='dateTime'/>" LITERAL("p.hour"))
                            DECISION("b", NEEDS_KNOWLEDGE("f") LITERAL("f(date(\"2024-02-29\"))"))
                                DECISION("c", NEEDS_KNOWLEDGE("f") LITERAL("f(3)"))));
    ASSERT_DECIDES(&c, "a", "{}", "2024-02-29T00:00:00Z");
    ASSERT_DECIDES(&c, "b", "{}", "0");
    ASSERT_DECIDES(&c, "c", "{}", "null");
    ASSERT_REASON(&c, "`p` is a number that is no dateTime");
}

TEST_MAIN
