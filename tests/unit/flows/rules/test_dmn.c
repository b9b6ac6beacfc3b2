#include "flows/rules/dmn.h"

#include <stdlib.h>

#include "flows/rules/limits.h"
#include "tests/unit/flows/rules/dmn_fixture.h"

/* ── requirements ──────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(a_decision, needs_its_requirements_whatever_their_order_in_the_file)
{
    DMN_CASE(c, DMN(DECISION("c", NEEDS("b") LITERAL("b + 1")) DECISION("b", NEEDS("a") LITERAL("a + 1"))
                        DECISION("a", NEEDS_INPUT("x") LITERAL("x + 1")) INPUT("x", "number")));
    ASSERT_DECIDES(&c, "c", "{\"x\": 1}", "4");
}

TEST(a_decision, sees_only_what_it_requires)
{
    DMN_CASE(c, DMN(DECISION("a", LITERAL("1")) DECISION("b", LITERAL("a"))));
    ASSERT_FAULT(&c, "b", "`a` is not required here; add a requirement");
}

TEST(a_decision, is_computed_once_however_many_need_it)
{
    DMN_CASE(c, DMN(DECISION("a", LITERAL("for i in 1..1000 return i")) DECISION("b", NEEDS("a") LITERAL("count(a)"))
                        DECISION("c", NEEDS("a") LITERAL("count(a)"))
                            DECISION("d", NEEDS("b") NEEDS("c") NEEDS("a") LITERAL("b + c + count(a)"))));
    ASSERT_DECIDES(&c, "d", "{}", "3000");
    assert_true(c.run.steps < 2 * 3000);
}

TEST(a_required_decision, that_is_given_is_not_computed)
{
    DMN_CASE(c, DMN(TYPED_DECISION("a", "number", LITERAL("1")) DECISION("b", NEEDS("a") LITERAL("a + 1"))));
    ASSERT_DECIDES(&c, "b", "{\"a\": 5}", "6");
    ASSERT_DECIDES(&c, "b", "{\"a\": \"x\"}", "null");
    ASSERT_DECIDES(&c, "a", "{\"a\": 5}", "1");
}

TEST(a_requirement, that_leads_nowhere_is_a_fault)
{
    DMN_CASE(
        c,
        DMN(DECISION("a", NEEDS("nix") LITERAL("1")) DECISION("b", NEEDS("a") LITERAL("a")) DECISION(
            "c", "<informationRequirement><requiredInput/></informationRequirement>" LITERAL("1"))
                DECISION("d",
                         "<informationRequirement><requiredInput href='urn:other#x'/></informationRequirement>" LITERAL(
                             "1"))));
    ASSERT_FAULT(&c, "a", "m.dmn:2:85: there is no element with the id `#nix`; correct the `href`");
    ASSERT_FAULT(&c, "b", "there is no element with the id `#nix`");
    ASSERT_FAULT(&c, "c", "<requiredInput> needs an `href` with `#` and an id; add it");
    ASSERT_FAULT(&c, "d", "`urn:other#x` is in a model that is not imported; add an <import>");
    ASSERT_DECIDES(&c, "b", "{}", "1");
}

TEST(decisions_that_need_each_other, are_refused_and_leave_the_rest)
{
    DMN_CASE(c, DMN(DECISION("a", NEEDS("b") LITERAL("b")) DECISION("b", NEEDS("c") LITERAL("c"))
                        DECISION("c", NEEDS("a") LITERAL("a")) DECISION("d", NEEDS("d") LITERAL("d"))
                            DECISION("e", LITERAL("1")) DECISION("f", NEEDS("a") LITERAL("a"))));
    ASSERT_FAULT(&c, "a", "needs itself by way of ");
    ASSERT_FAULT(&c, "b", "break the circle");
    ASSERT_FAULT(&c, "d", "m.dmn:5:1: `d` needs itself; break the circle");
    ASSERT_FAULT(&c, "f", "break the circle");
    ASSERT_FINE(&c, "e");
    ASSERT_DECIDES(&c, "a", "{}", "null");
    ASSERT_REASON(&c, "break the circle");
    ASSERT_DECIDES(&c, "d", "{}", "null");
    ASSERT_DECIDES(&c, "e", "{}", "1");
}

/* A file of n decisions, each needing the one before. */
static struct str chain(size_t n, bool closed)
{
    size_t most = 1000 + n * 300;
    char *text = malloc(most), *at = text;
    assert_non_null(text);
    at +=
        snprintf(at, most, "<definitions xmlns='" DMN_NS "'><decision name='d0' id='d0'>%s" LITERAL("1") "</decision>",
                 closed ? NEEDS("last") : "");
    for (size_t i = 1; i <= n; i++)
        at += snprintf(at, most - (size_t)(at - text),
                       "<decision name='d%zu' id='%s%zu'>" NEEDS("d%zu") LITERAL("d%zu + 1") "</decision>", i, "d", i,
                       i - 1, i - 1);
    at += snprintf(at, most - (size_t)(at - text),
                   "<decision name='last' id='last'>" NEEDS("d%zu") LITERAL("d%zu") "</decision></definitions>", n, n);
    return (struct str){text, (size_t)(at - text)};
}

TEST(a_chain_of_ten_thousand_decisions, is_computed_without_a_deep_stack)
{
    struct str xml = chain(10 * 1000, false);
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, xml, NULL);
    ASSERT_DECIDES(&c, "last", "{}", "10001");
    free((char *)xml.p);
}

TEST(a_circle_of_ten_thousand_decisions, is_refused)
{
    struct str xml = chain(10 * 1000, true);
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, xml, NULL);
    ASSERT_FAULT(&c, "last", "break the circle");
    ASSERT_DECIDES(&c, "last", "{}", "null");
    free((char *)xml.p);
}

TEST(an_expression, of_ten_thousand_brackets_is_a_fault_with_a_place)
{
    enum { DEEP = 10 * 1000 };
    static char xml[2 * DEEP + 500];
    char open[DEEP + 1] = {0}, close[DEEP + 1] = {0};
    memset(open, '(', DEEP);
    memset(close, ')', DEEP);
    snprintf(xml, sizeof xml, DMN("<decision name='a'>" LITERAL("%s1%s") "</decision>"), open, close);
    DMN_CASE(c, xml);
    ASSERT_FAULT(&c, "a", "m.dmn:2:");
    ASSERT_DECIDES(&c, "a", "{}", "null");
}

TEST(names_and_ids, that_stand_twice_are_faults)
{
    DMN_CASE(
        c, DMN(DECISION("a", LITERAL("1")) "<decision id='a' name='b'/><decision id='c' name='a'/><decision id='d'/>"));
    assert_str_equal(dmn_model_fault(c.model, 0), STR("m.dmn:3:55: this <decision> has no name; give it one"));
    assert_str_equal(dmn_model_fault(c.model, 1), STR("m.dmn:3:1: the id `a` stands twice; change one"));
    assert_str_equal(dmn_model_fault(c.model, 2), STR("m.dmn:3:28: the name `a` stands twice; change one"));
    assert_str_equal(dmn_model_fault(c.model, 3), STR(""));
    ASSERT_DECIDES(&c, "a", "{}", "1");
}

/* ── knowledge models and services ─────────────────────────────────────────────────────────────────────────────── */

TEST(a_knowledge_model, may_call_others_and_be_asked_itself)
{
    DMN_CASE(c, DMN(KNOWLEDGE("twice", "", "<formalParameter name='n'/>" LITERAL("2 * n")) KNOWLEDGE(
                    "four times", NEEDS_KNOWLEDGE("twice"), "<formalParameter name='n'/>" LITERAL("twice(twice(n))"))
                        DECISION("a", NEEDS_KNOWLEDGE("four times") LITERAL("four times(3)"))));
    ASSERT_DECIDES(&c, "a", "{}", "12");
    ASSERT_DECIDES(&c, "four times", "{\"n\": 1}", "4");
    ASSERT_DECIDES(&c, "four times", "{}", "null");
}

TEST(a_knowledge_model, that_calls_itself_is_refused)
{
    DMN_CASE(c, DMN(KNOWLEDGE("f", NEEDS_KNOWLEDGE("f"), "<formalParameter name='n'/>" LITERAL("f(n)"))));
    ASSERT_FAULT(&c, "f", "`f` needs itself; break the circle");
    ASSERT_DECIDES(&c, "f", "{\"n\": 1}", "null");
}

TEST(functions_that_call_each_other_forever, end_with_a_reason)
{
    DMN_CASE(c, DMN(KNOWLEDGE("f", "", "<formalParameter name='g'/>" LITERAL("g(g)"))
                        DECISION("a", NEEDS_KNOWLEDGE("f") LITERAL("f(f)"))));
    ASSERT_DECIDES(&c, "a", "{}", "invalid");
    assert_true(c.run.n_reasons > 0);
}

#define SERVICE(name, body)                                                                                            \
    "<decisionService id=\"" name "\" name=\"" name "\"><variable name=\"" name "\"/>" body "</decisionService>\n"
#define HREF(element, id) "<" element " href=\"#" id "\"/>"
#define PRICES                                                                                                         \
    INPUT("n", "number")                                                                                               \
    INPUT("each", "number")                                                                                            \
    TYPED_DECISION("rebate", "number", LITERAL("0"))                                                                   \
    DECISION("price", NEEDS_INPUT("n") NEEDS_INPUT("each") NEEDS("rebate") LITERAL("n * each - rebate"))               \
    DECISION("tax", NEEDS("price") LITERAL("price / 10"))

TEST(a_service, takes_its_inputs_and_gives_its_output)
{
    DMN_CASE(c, DMN(PRICES SERVICE("s", HREF("outputDecision", "tax") HREF("encapsulatedDecision", "price") HREF(
                                            "inputDecision", "rebate") HREF("inputData", "n") HREF("inputData", "each"))
                        DECISION("a", NEEDS_KNOWLEDGE("s") LITERAL("s(2, 10, 5)"))
                            DECISION("b", NEEDS_KNOWLEDGE("s") LITERAL("s(rebate: 0, each: 1, n: 10)"))
                                DECISION("c", NEEDS_KNOWLEDGE("s") LITERAL("s(2, \"x\", 5)"))));
    ASSERT_DECIDES(&c, "s", "{\"n\": 2, \"each\": 10, \"rebate\": 5}", "1.5");
    ASSERT_DECIDES(&c, "a", "{\"n\": 1000}", "1.5");
    ASSERT_DECIDES(&c, "b", "{}", "1");
    ASSERT_DECIDES(&c, "c", "{}", "null");
}

TEST(a_service_of_several_outputs, gives_a_context)
{
    DMN_CASE(c, DMN(PRICES SERVICE("s", HREF("outputDecision", "price") HREF("outputDecision", "tax")
                                            HREF("inputData", "n") HREF("inputData", "each"))
                        DECISION("a", NEEDS_KNOWLEDGE("s") LITERAL("s(2, 10).tax"))));
    ASSERT_DECIDES(&c, "s", "{\"n\": 2, \"each\": 10}", "{price: 20, tax: 2}");
    ASSERT_DECIDES(&c, "a", "{}", "2");
}

TEST(a_service, knows_nothing_but_what_it_is_given)
{
    DMN_CASE(c, DMN(PRICES SERVICE("s", HREF("outputDecision", "price") HREF("inputData", "n"))
                        DECISION("a", NEEDS_INPUT("each") NEEDS_KNOWLEDGE("s") LITERAL("s(2)"))));
    ASSERT_DECIDES(&c, "a", "{\"each\": 10}", "null");
    ASSERT_REASON(&c, "`each` has no value");
}

TEST(a_service, without_an_output_is_a_fault)
{
    DMN_CASE(c, DMN(PRICES SERVICE("s", HREF("inputData", "n"))));
    ASSERT_FAULT(&c, "s", "the decision service `s` has no <outputDecision>; add one");
    ASSERT_DECIDES(&c, "s", "{\"n\": 1}", "{}");
}

/* ── imports ───────────────────────────────────────────────────────────────────────────────────────────────────── */

#define IMPORT(name, namespace) "<import name=\"" name "\" namespace=\"" namespace "\" importType=\"" DMN_NS "\"/>"
#define FILE_OF(namespace, body) "<definitions xmlns=\"" DMN_NS "\" namespace=\"" namespace "\">" body "</definitions>"
#define NEEDS_OF(namespace, id)                                                                                        \
    "<informationRequirement><requiredDecision href=\"" namespace "#" id "\"/></informationRequirement>"

/* Files by namespace. */
static enum err read_file(void *self, const struct dmn_import *import, struct arena *arena,
                          struct dmn_source *ret_source, struct error *error)
{
    const char *const *files = self;
    (void)arena;
    for (; files[0] != NULL; files += 2) {
        if (!str_eq(str_of(files[0]), import->namespace))
            continue;
        *ret_source = (struct dmn_source){import->namespace, str_of(files[1])};
        return OK;
    }
    return (fail)(error, ERR_NOT_FOUND, "no such file"); /* a macro of cmocka has the same name */
}

static void load_with(struct dmn_case *c, const char *xml, const char *const *others)
{
    struct dmn_files files = {read_file, (void *)others};
    dmn_case_load(c, str_of(xml), &files);
}

TEST(an_import, brings_decisions_and_types_under_its_name)
{
    static const char *const others[] = {
        "urn:b",
        FILE_OF("urn:b", "<itemDefinition name='tB'><typeRef>number</typeRef></itemDefinition>" INPUT("x", "tB")
                             KNOWLEDGE("f", "", "<formalParameter name='n'/>" LITERAL("n + 1"))
                                 DECISION("d", NEEDS_INPUT("x") LITERAL("x * 2"))),
        NULL};
    CLEANUP(dmn_case_release) struct dmn_case c;
    load_with(&c,
              DMN(IMPORT("the b", "urn:b") INPUT("y", "the b.tB") DECISION(
                  "a", NEEDS_INPUT("y") NEEDS_OF("urn:b", "d") "<knowledgeRequirement><requiredKnowledge "
                                                               "href='urn:b#f'/></knowledgeRequirement>" LITERAL(
                                                                   "the b.d + the b.f(y)"))),
              others);
    ASSERT_FINE(&c, "a");
    ASSERT_DECIDES(&c, "a", "{\"x\": 10, \"y\": 1}", "22");
    ASSERT_DECIDES(&c, "a", "{\"the b\": {\"x\": 20}, \"x\": 10, \"y\": 1}", "42");
    ASSERT_DECIDES(&c, "a", "{\"x\": \"10\", \"y\": 1}", "null");
    ASSERT_DECIDES(&c, "the b.d", "{\"x\": 3}", "6");
}

TEST(an_import_without_a_name, brings_its_elements_as_if_they_stood_here)
{
    static const char *const others[] = {"urn:b", FILE_OF("urn:b", DECISION("d", LITERAL("2"))), NULL};
    CLEANUP(dmn_case_release) struct dmn_case c;
    load_with(&c, DMN(IMPORT("", "urn:b") DECISION("a", NEEDS_OF("urn:b", "d") LITERAL("d + 1"))), others);
    ASSERT_DECIDES(&c, "a", "{}", "3");
    ASSERT_DECIDES(&c, "d", "{}", "2");
}

TEST(imports, may_import_each_other_and_are_read_once)
{
    static const char *const others[] = {"urn:b",
                                         FILE_OF("urn:b", IMPORT("t", "urn:t") IMPORT("c", "urn:c")
                                                              DECISION("d", NEEDS_OF("urn:c", "e") LITERAL("c.e + 1"))),
                                         "urn:c",
                                         FILE_OF("urn:c", IMPORT("b", "urn:b") DECISION("e", LITERAL("1"))
                                                              DECISION("g", NEEDS_OF("urn:b", "d") LITERAL("b.d"))),
                                         NULL};
    CLEANUP(dmn_case_release) struct dmn_case c;
    load_with(&c,
              DMN(IMPORT("b", "urn:b") IMPORT("c", "urn:c")
                      DECISION("a", NEEDS_OF("urn:b", "d") NEEDS_OF("urn:c", "g") LITERAL("b.d + c.g"))),
              others);
    ASSERT_FINE(&c, "a");
    ASSERT_DECIDES(&c, "a", "{}", "4");
}

TEST(an_import, that_cannot_be_read_is_a_fault_of_who_needs_it)
{
    static const char *const others[] = {"urn:b", "<definitions", "urn:c", FILE_OF("urn:z", ""), NULL};
    CLEANUP(dmn_case_release) struct dmn_case c;
    load_with(&c,
              DMN(IMPORT("b", "urn:b") IMPORT("c", "urn:c") IMPORT("d", "urn:d") IMPORT("e", "")
                      DECISION("x", NEEDS_OF("urn:b", "d") LITERAL("1"))
                          DECISION("y", NEEDS_OF("urn:c", "d") LITERAL("1")) DECISION("z", LITERAL("1"))),
              others);
    ASSERT_FAULT(&c, "x", "m.dmn:2:1: the import `b` cannot be read: urn:b:1:1: <definitions> of the namespace");
    ASSERT_FAULT(&c, "y",
                 "the import `c` cannot be read: urn:c:1:1: its namespace is another one than the import says");
    ASSERT_FINE(&c, "z");
    assert_true(str_find(dmn_model_fault(c.model, 2), STR("the import `d` cannot be read: no such file")) != SIZE_MAX);
    assert_true(str_find(dmn_model_fault(c.model, 3), STR("an import needs the `namespace` of a model; add it")) !=
                SIZE_MAX);
}

TEST(an_import, needs_somebody_who_finds_it)
{
    DMN_CASE(c, DMN(IMPORT("b", "urn:b") "<import name='s' namespace='urn:s' "
                                         "importType='http://www.w3.org/2001/XMLSchema'/>" DECISION(
                                             "x", NEEDS_OF("urn:b", "d") LITERAL("1"))));
    ASSERT_FAULT(&c, "x", "nothing can be imported here; put it into one file");
    assert_str_equal(dmn_model_fault(c.model, 1), STR("")); /* schemas are no models */
}

/* ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

TEST(a_model, says_what_is_in_it)
{
    DMN_CASE(c, DMN(PRICES SERVICE("s", HREF("outputDecision", "rebate") HREF("inputData", "each"))
                        KNOWLEDGE("f", "",
                                  "<formalParameter name='p' typeRef='string'/><literalExpression "
                                  "typeRef='number'><text>1</text></literalExpression>")));
    const struct dmn_input *inputs;
    size_t n;
    assert_int_equal(dmn_kind(dmn_at(c.model, 0)), DMN_INPUT);
    assert_str_equal(dmn_name(dmn_at(c.model, 1)), STR("each"));
    assert_str_equal(dmn_type_name(dmn_at(c.model, 1)), STR("number"));
    assert_int_equal(dmn_type(dmn_at(c.model, 1))->kind, FEEL_NUMBER);
    assert_str_equal(dmn_type_name(dmn_find(c.model, STR("tax"))), STR("Any"));
    assert_int_equal(dmn_kind(dmn_find(c.model, STR("s"))), DMN_SERVICE);
    assert_str_equal(dmn_type_name(dmn_find(c.model, STR("s"))), STR("number"));
    assert_str_equal(dmn_type_name(dmn_find(c.model, STR("f"))), STR("number"));
    assert_null(dmn_at(c.model, 7));
    assert_null(dmn_find(c.model, STR("nix")));

    assert_int_equal(dmn_inputs(dmn_find(c.model, STR("tax")), &c.arena, &inputs, &n), OK);
    assert_int_equal(n, 2);
    assert_str_equal(inputs[0].name, STR("n"));
    assert_int_equal(dmn_inputs(dmn_find(c.model, STR("f")), &c.arena, &inputs, &n), OK);
    assert_int_equal(n, 1);
    assert_str_equal(inputs[0].type_name, STR("string"));
    assert_int_equal(dmn_inputs(dmn_find(c.model, STR("s")), &c.arena, &inputs, &n), OK);
    assert_str_equal(inputs[0].name, STR("each"));
    assert_int_equal(dmn_inputs(dmn_find(c.model, STR("n")), &c.arena, &inputs, &n), OK);
    assert_int_equal(n, 1);
}

TEST(a_name, that_is_nearly_right_is_found)
{
    DMN_CASE(c, DMN(DECISION("Approval Status", LITERAL("1")) INPUT("Age", "number")));
    assert_str_equal(dmn_near(c.model, STR("ApprovalStatus")), STR("Approval Status"));
    assert_str_equal(dmn_near(c.model, STR("Something else")), STR(""));
}

TEST(an_evaluation, leaves_the_run_its_scope)
{
    DMN_CASE(c, DMN(DECISION("a", LITERAL("1"))));
    struct value inputs = value_context(NULL, 0), value;
    int self;
    struct feel_run run = {.arena = &c.arena, .scope = {.self = &self}};
    assert_int_equal(dmn_eval(dmn_find(c.model, STR("a")), &run, &inputs, &value, NULL), OK);
    assert_ptr_equal(run.scope.self, &self);
}

TEST(a_model, that_needs_more_memory_than_there_is_is_refused)
{
    struct arena arena;
    struct error error = {0};
    const struct dmn_model *model;
    const struct dmn_source source = {STR("m.dmn"), STR(DMN(PRICES SERVICE("s", HREF("outputDecision", "tax"))))};
    size_t limit = 8 * 1024;
    enum err rc;
    do {
        arena_init(&arena, limit);
        rc = dmn_load(&arena, &source, NULL, &model, &error);
        arena_release(&arena);
        limit += 1024;
    } while (rc == ERR_NO_MEMORY && error.n > 0);
    assert_int_equal(rc, OK);
    assert_true(limit > 16 * 1024);
}

#define ENTRY(name, body) "<contextEntry><variable name='" name "'/>" body "</contextEntry>"
#define PART(name, body) "<" name ">" body "</" name ">"

/* A decision with every kind of box in it. */
static const char rich[] = DMN(
    PRICES SERVICE("s", HREF("outputDecision", "price") HREF("outputDecision", "tax") HREF("inputData", "n")
                            HREF("inputData", "each")) KNOWLEDGE("f", "", "<formalParameter name='p'/>" LITERAL("[p]"))
        DECISION(
            "all",
            NEEDS_KNOWLEDGE("s") NEEDS_KNOWLEDGE("f") NEEDS_INPUT("n") PART(
                "context",
                ENTRY("l", PART("list", LITERAL("s(n, 2)") LITERAL("f(n)")))
                    ENTRY("r", PART("relation", "<column name='c'/>" PART("row", LITERAL("n"))))
                        ENTRY("o", "<for iteratorVariable='i'>" PART("in", LITERAL("[1..20]"))
                                       PART("return", LITERAL("i * n")) "</for>")
                            ENTRY("m", PART("filter", PART("in", LITERAL("o")) PART("match", LITERAL("item &gt; 20"))))
                                ENTRY("v", PART("invocation",
                                                LITERAL("f") PART("binding", "<parameter name='p'/>" LITERAL("1")))))));

TEST(an_evaluation, that_needs_more_memory_than_there_is_ends)
{
    DMN_CASE(c, rich);
    ASSERT_FINE(&c, "all");
    struct value inputs, value;
    struct dmn_trail trail;
    assert_int_equal(value_from_json(&c.arena, STR("{\"n\": 3}"), &inputs, NULL), OK);
    size_t limit = 512, n_failed = 0;
    enum err rc;
    do {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, limit);
        struct feel_run run = {.arena = &arena};
        rc = dmn_eval(dmn_find(c.model, STR("all")), &run, &inputs, &value, &trail);
        n_failed += rc == ERR_NO_MEMORY;
        limit += 64;
    } while (rc == ERR_NO_MEMORY);
    assert_int_equal(rc, OK);
    assert_true(n_failed > 10);
}

TEST_MAIN
