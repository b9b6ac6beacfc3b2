/* Models in a few lines: DMN(…) is a whole file, LITERAL(…) and the like are pieces of it. */
#ifndef GILBOT_TESTS_UNIT_FLOWS_RULES_DMN_FIXTURE_H
#define GILBOT_TESTS_UNIT_FLOWS_RULES_DMN_FIXTURE_H

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/dmn.h"
#include "tests/support/test.h"

enum { DMN_ARENA_BYTES = 256 * 1024 * 1024 };

#define DMN_NS "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define DMN(body) "<definitions xmlns=\"" DMN_NS "\" namespace=\"urn:t\" name=\"t\">\n" body "</definitions>\n"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
#define INPUT(name, type)                                                                                              \
    "<inputData id=\"" name "\" name=\"" name "\"><variable name=\"" name "\" typeRef=\"" type "\"/></inputData>\n"
#define NEEDS(id) "<informationRequirement><requiredDecision href=\"#" id "\"/></informationRequirement>"
#define NEEDS_INPUT(id) "<informationRequirement><requiredInput href=\"#" id "\"/></informationRequirement>"
#define NEEDS_KNOWLEDGE(id) "<knowledgeRequirement><requiredKnowledge href=\"#" id "\"/></knowledgeRequirement>"
#define TYPED_DECISION(name, type, body)                                                                               \
    "<decision id=\"" name "\" name=\"" name "\"><variable name=\"" name "\" typeRef=\"" type "\"/>" body              \
    "</decision>\n"
#define DECISION(name, body) TYPED_DECISION(name, "Any", body)
#define KNOWLEDGE(name, needs, body)                                                                                   \
    "<businessKnowledgeModel id=\"" name "\" name=\"" name "\"><variable name=\"" name "\"/>"                          \
    "<encapsulatedLogic>" body "</encapsulatedLogic>" needs "</businessKnowledgeModel>\n"

struct dmn_case {
    struct arena arena;
    struct error error;
    const struct dmn_model *model; /* NULL: it was refused */
    struct feel_run run;           /* the last */
};

static inline void dmn_case_release(struct dmn_case *c)
{
    arena_release(&c->arena);
}

__attribute__((unused)) static void dmn_case_load(struct dmn_case *c, struct str xml, const struct dmn_files *files)
{
    *c = (struct dmn_case){0};
    arena_init(&c->arena, DMN_ARENA_BYTES);
    const struct dmn_source source = {STR("m.dmn"), xml};
    if (dmn_load(&c->arena, &source, files, &c->model, &c->error) != OK)
        c->model = NULL;
}

#define DMN_CASE(c, xml)                                                                                               \
    CLEANUP(dmn_case_release) struct dmn_case c;                                                                       \
    dmn_case_load(&c, str_of(xml), NULL)

/* The decision's value for JSON inputs as FEEL text. */
__attribute__((unused)) static struct str dmn_case_eval(struct dmn_case *c, const char *name, const char *json)
{
    struct value inputs, value;
    struct str text;
    const struct dmn_element *element = c->model == NULL ? NULL : dmn_find(c->model, str_of(name));
    if (element == NULL)
        return STR("nothing of that name");
    c->run = (struct feel_run){.arena = &c->arena};
    if (value_from_json(&c->arena, str_of(json), &inputs, NULL) != OK)
        return STR("bad JSON in the test");
    enum err rc = dmn_eval(element, &c->run, &inputs, &value, NULL);
    if (rc != OK)
        return str_of(err_name(rc));
    return value_to_text(&c->arena, &value, &text, NULL) == OK ? text : STR("no text");
}

#define ASSERT_DECIDES(c, name, json, expected) assert_str_equal(dmn_case_eval((c), (name), (json)), STR(expected))

/* The first reason of the last evaluation holds the text. */
#define ASSERT_REASON(c, text)                                                                                         \
    do {                                                                                                               \
        assert_true((c)->run.n_reasons > 0);                                                                           \
        if (str_find((c)->run.reasons[0], STR(text)) == SIZE_MAX)                                                      \
            assert_str_equal((c)->run.reasons[0], STR(text));                                                          \
    } while (0)

#define ASSERT_FAULT(c, name, text)                                                                                    \
    do {                                                                                                               \
        assert_non_null((c)->model);                                                                                   \
        struct str fault_ = dmn_fault(dmn_find((c)->model, STR(name)));                                                \
        if (str_find(fault_, STR(text)) == SIZE_MAX)                                                                   \
            assert_str_equal(fault_, STR(text));                                                                       \
    } while (0)

#define ASSERT_FINE(c, name) assert_str_equal(dmn_fault(dmn_find((c)->model, STR(name))), STR(""))

#define ASSERT_REFUSED(c, says)                                                                                        \
    do {                                                                                                               \
        assert_null((c)->model);                                                                                       \
        struct str why_ = str_of((c)->error.text);                                                                     \
        if (str_find(why_, STR(says)) == SIZE_MAX)                                                                     \
            assert_str_equal(why_, STR(says));                                                                         \
    } while (0)

#endif
