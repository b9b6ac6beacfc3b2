#include <unistd.h>

#include "tests/unit/flows/survey/talk.h"

#define MODEL                                                                                                          \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:t'>\n"                           \
    "<inputData id='i1' name='age'><variable name='age' typeRef='number'/></inputData>\n"                              \
    "<inputData id='i2' name='grade'><variable name='grade' typeRef='string'/></inputData>\n"                          \
    "<decision id='d1' name='Tier'><informationRequirement><requiredInput href='#i1'/></informationRequirement>"       \
    "<informationRequirement><requiredInput href='#i2'/></informationRequirement><decisionTable hitPolicy='FIRST'>"    \
    "<input><inputExpression><text>age</text></inputExpression></input>"                                               \
    "<input><inputExpression><text>grade</text></inputExpression></input><output name='tier'/>"                        \
    "<rule><inputEntry><text>&gt;= 19</text></inputEntry><inputEntry><text>\"A\"</text></inputEntry>"                  \
    "<outputEntry><text>\"gold\"</text></outputEntry></rule>"                                                          \
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"                             \
    "<outputEntry><text>\"silver\"</text></outputEntry></rule></decisionTable></decision>\n"                           \
    "<decision name='Offer'><informationRequirement><requiredDecision href='#d1'/></informationRequirement>"           \
    "<literalExpression><text>{id: Tier, discount: if Tier = \"gold\" then 10 else 0}</text></literalExpression>"      \
    "</decision>\n"                                                                                                    \
    "<decision name='Broken'><literalExpression><text>1 +</text></literalExpression></decision>\n"                     \
    "</definitions>\n"

struct place {
    char folder[40], flow[64], model[64];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void place_make(struct place *place, const char *model)
{
    *place = (struct place){.folder = "/tmp/gilbot-flow-dmn-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->flow, sizeof place->flow, "%s/flow.yaml", place->folder);
    snprintf(place->model, sizeof place->model, "%s/rules.dmn", place->folder);
    write_file(place->model, model);
}

static void place_remove(struct place *place)
{
    remove(place->model);
    remove(place->folder);
}

#define FLOW(let, tables, text)                                                                                        \
    "flow: t\nlet: {grade: 'if points > 10 then \"A\" else \"B\"'" let "}\ntables:\n" tables "steps:\n"                \
    "- {ask: 몇 살?, id: age, as: number}\n- {ask: 몇 점?, id: points, as: number}\n- say: '" text "'\n"

/* The flow beside the model; NULL and an error when it is refused. */
static struct flow *load(const char *model, const char *yaml, struct error *error)
{
    struct place place;
    struct flow *flow = NULL;
    place_make(&place, model);
    enum err rc = survey_load_text(str_of(place.flow), str_of(yaml), &flow, error);
    place_remove(&place);
    return rc == OK ? flow : NULL;
}

static void refused(const char *yaml, const char *why)
{
    struct error error = {0};
    assert_null(load(MODEL, yaml, &error));
    if (str_find(str_of(error.text), str_of(why)) == SIZE_MAX)
        assert_str_equal(str_of(error.text), str_of(why));
}

TEST(a_table_of_a_dmn_file, decides_by_variables_and_lets_of_the_same_names)
{
    struct error error = {0};
    struct flow *flow =
        load(MODEL, FLOW("", "  offer: {dmn: rules.dmn, decision: Offer}\n", "{offer.id} {offer.discount}"), &error);
    assert_str_equal(str_of(error.text), STR(""));
    struct talk talk;
    talk_open_flow(&talk, flow);
    talk_begin(&talk, NULL);
    talk_says(&talk, "몇 살?");
    talk_say(&talk, "20");
    talk_says(&talk, "몇 점?");
    talk_say(&talk, "11");
    talk_says(&talk, "gold 10");
    talk_close(&talk);
}

TEST(a_table_of_a_dmn_file, says_which_of_its_rules_led_to_a_recommendation)
{
    struct flow *flow = load(MODEL,
                             "flow: t\nlet: {age: 20, grade: '\"A\"'}\ncatalog: {shop: [{id: gold, name: 금}]}\n"
                             "tables:\n  offer: {dmn: rules.dmn, decision: Offer}\n"
                             "steps:\n- {recommend: '{shop[id = offer.id][1]}'}\n",
                             NULL);
    assert_non_null(flow);
    struct talk talk;
    talk_open_flow(&talk, flow);
    talk_begin(&talk, NULL);
    assert_str_equal(
        talk_record(&talk, RECORD_RECOMMENDATION, 0)->why,
        STR("{\"expr\":\"shop[id = offer.id][1]\",\"tables\":[{\"name\":\"Tier\",\"hit\":\"F\",\"rules\":[1],"
            "\"inputs\":[{\"expr\":\"age\",\"value\":20},{\"expr\":\"grade\",\"value\":\"A\"}]}]}"));
    talk_close(&talk);
}

TEST(a_table_of_a_dmn_file, changes_the_flows_version_when_it_changes)
{
    struct flow *one = load(MODEL, FLOW("", "  t: {dmn: rules.dmn, decision: Tier}\n", "{t}"), NULL);
    struct flow *other = load(MODEL " ", FLOW("", "  t: {dmn: rules.dmn, decision: Tier}\n", "{t}"), NULL);
    assert_non_null(one);
    assert_non_null(other);
    assert_false(str_eq(one->version, other->version));
    one->free(one);
    other->free(other);
}

TEST(a_table_of_a_dmn_file, needs_a_decision_that_is_there)
{
    refused(FLOW("", "  t: {dmn: rules.dmn, decision: Tiers}\n", "{t}"),
            "flow.yaml:4:33: there is no decision `Tiers` in the file; did you mean `Tier`?");
    refused(FLOW("", "  t: {dmn: rules.dmn}\n", "{t}"),
            "flow.yaml:4:3: a table of a DMN file is {dmn: FILE, decision: NAME}; write both");
    refused(FLOW("", "  t: {dmn: rules.dmn, decision: Tier, hit: F}\n", "{t}"), "`hit`");
    refused(FLOW("", "  t: {dmn: nix.dmn, decision: Tier}\n", "{t}"), "nix.dmn cannot be opened");
}

TEST(a_table_of_a_dmn_file, that_is_wrong_is_refused_with_the_place_in_that_file)
{
    refused(FLOW("", "  t: {dmn: rules.dmn, decision: Broken}\n", "{t}"), "rules.dmn:6:53: ");
}

TEST(a_table_of_a_dmn_file, needs_all_its_inputs)
{
    refused("flow: t\ntables:\n  t: {dmn: rules.dmn, decision: Tier}\nsteps:\n- {ask: a, id: Age, as: number}\n- say: "
            "'{t}'\n",
            "flow.yaml:3:33: the decision asks for `age`, and the flow has nothing of that name; is `Age` meant? "
            "Rename one");
    refused("flow: t\nlet: {age: 5}\ntables:\n  t: {dmn: rules.dmn, decision: Tier}\nsteps:\n- say: '{t}'\n",
            "the decision asks for `grade`, and the flow has nothing of that name; ask for it, or put it into `let`");
    refused("flow: t\nlet: {age: '\"x\"', grade: '\"A\"'}\ntables:\n  t: {dmn: rules.dmn, decision: Tier}\nsteps:\n- "
            "say: '{t}'\n",
            "the decision asks for `age` as a number, and here it is another kind of value; convert it in `let`");
}

TEST(a_table_of_a_dmn_file, may_not_need_itself)
{
    refused("flow: t\nlet: {age: 5, grade: t}\ntables:\n  t: {dmn: rules.dmn, decision: Tier}\nsteps:\n- say: '{t}'\n",
            "needs itself (");
}

TEST_MAIN
