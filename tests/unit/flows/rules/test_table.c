#include "flows/rules/table.h"

#include "tests/unit/flows/rules/feel_fixture.h"

enum { MAX_CELLS = 8, MAX_RULES = 12, MAX_COLUMNS = 4 };

/* A table as a test writes it; unused places are NULL. */
struct written {
    const char *hit;
    const char *inputs[MAX_COLUMNS], *input_values[MAX_COLUMNS];
    const char *outputs[MAX_COLUMNS], *output_values[MAX_COLUMNS], *defaults[MAX_COLUMNS];
    const char *rules[MAX_RULES][MAX_CELLS];
};

static size_t count(const char *const *texts, size_t most)
{
    size_t n = 0;
    while (n < most && texts[n] != NULL)
        n++;
    return n;
}

static enum err compile(struct fixture *f, const struct written *w, const struct table **ret)
{
    static struct table_input_source inputs[MAX_COLUMNS];
    static struct table_output_source outputs[MAX_COLUMNS];
    static struct table_rule_source rules[MAX_RULES];
    static struct feel_source cells[MAX_RULES][MAX_CELLS];
    struct table_source source = {.name = STR("product"),
                                  .inputs = inputs,
                                  .n_inputs = count(w->inputs, MAX_COLUMNS),
                                  .outputs = outputs,
                                  .n_outputs = count(w->outputs, MAX_COLUMNS),
                                  .rules = rules};
    assert_true(table_hit_from_str(str_of(w->hit), &source.hit));
    for (size_t i = 0; i < source.n_inputs; i++)
        inputs[i] =
            (struct table_input_source){.expr.text = str_of(w->inputs[i]), .values.text = str_of(w->input_values[i])};
    for (size_t i = 0; i < source.n_outputs; i++)
        outputs[i] = (struct table_output_source){.name = str_of(w->outputs[i]),
                                                  .values.text = str_of(w->output_values[i]),
                                                  .otherwise.text = str_of(w->defaults[i])};
    for (; source.n_rules < MAX_RULES && w->rules[source.n_rules][0] != NULL; source.n_rules++) {
        size_t rule = source.n_rules, n = count(w->rules[rule], MAX_CELLS);
        for (size_t i = 0; i < n; i++)
            cells[rule][i] = (struct feel_source){
                .text = str_of(w->rules[rule][i]), .file = STR("f.yaml"), .line = (uint32_t)rule + 10, .column = 5};
        rules[rule] = (struct table_rule_source){.cells = cells[rule], .n_cells = n, .at = cells[rule][0]};
    }
    struct feel_compiler compiler = fixture_compiler(f);
    return table_compile(&compiler, &source, ret);
}

static struct str decide(struct fixture *f, const struct written *w, struct table_trail *ret_trail)
{
    const struct table *table = NULL;
    struct value value;
    struct buf out;
    if (compile(f, w, &table) != OK)
        fail_msg("%s", f->error.text);
    assert_int_equal(table_eval(table, &f->run, &value, ret_trail), OK);
    buf_init(&out, &f->arena, 65536);
    assert_int_equal(value_to_json(&out, &value, NULL), OK);
    return buf_str(&out);
}

static void check_table(const struct written *w, const char *names, const char *expected)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, names);
    struct str got = decide(&f, w, NULL);
    if (!str_eq(got, str_of(expected)))
        fail_msg("with %s: %.*s, not %s", names, STR_ARG(got), expected);
}

static const struct written products = {
    .hit = "F",
    .inputs = {"carb_g", "protein_g"},
    .outputs = {"id", "reason"},
    .rules = {{"< 56", "< 36", "\"salad_a\"", "\"가볍게 시작해 보세요\""},
              {"[56..69)", "[36..40)", "\"protein_b\"", "\"단백질을 조금 더\""},
              {"-", "-", "\"salad_a\"", "\"기본 추천입니다\""}},
};

TEST(table, several_outputs_are_a_context)
{
    check_table(&products, "{\"carb_g\": 60, \"protein_g\": 38.5}",
                "{\"id\": \"protein_b\", \"reason\": \"단백질을 조금 더\"}");
    check_table(&products, "{\"carb_g\": 55.9, \"protein_g\": 20}",
                "{\"id\": \"salad_a\", \"reason\": \"가볍게 시작해 보세요\"}");
    check_table(&products, "{\"carb_g\": 100, \"protein_g\": null}",
                "{\"id\": \"salad_a\", \"reason\": \"기본 추천입니다\"}");
}

TEST(table, the_trail_says_which_rules_counted_and_what_was_seen)
{
    CLEANUP(fixture_release) struct fixture f;
    struct table_trail trail;
    fixture_init(&f, "{\"carb_g\": 60, \"protein_g\": 38}");
    decide(&f, &products, &trail);
    assert_int_equal(trail.n_rules, 1);
    assert_int_equal(trail.rules[0], 1);
    assert_int_equal(trail.n_inputs, 2);
    assert_int_equal(decimal_cmp(trail.inputs[0].number, decimal_from_i64(60)), 0);
}

static struct written one_output(const char *hit)
{
    return (struct written){.hit = hit,
                            .inputs = {"x"},
                            .outputs = {"tier"},
                            .output_values = {"3, 2, 1"},
                            .rules = {{"> 0", "1"}, {"> 10", "3"}, {"> 20", "2"}, {"> 100", "2"}}};
}

static void check_hit(const char *hit, const char *x, const char *expected)
{
    struct written w = one_output(hit);
    check_table(&w, x, expected);
}

TEST(table, hit_policies_choose_and_order)
{
    check_hit("U", "{\"x\": 5}", "1");
    check_hit("U", "{\"x\": 15}", "null");
    check_hit("", "{\"x\": 5}", "1");
    check_hit("A", "{\"x\": 15}", "null");
    check_hit("F", "{\"x\": 25}", "1");
    check_hit("P", "{\"x\": 25}", "3");
    check_hit("R", "{\"x\": 25}", "[1, 3, 2]");
    check_hit("O", "{\"x\": 25}", "[3, 2, 1]");
    check_hit("C", "{\"x\": 25}", "[1, 3, 2]");
    check_hit("C+", "{\"x\": 101}", "8");
    check_hit("C<", "{\"x\": 25}", "1");
    check_hit("C>", "{\"x\": 25}", "3");
    check_hit("C#", "{\"x\": 101}", "4");
}

TEST(table, any_takes_rules_that_agree)
{
    struct written w = {.hit = "A", .inputs = {"x"}, .outputs = {"y"}, .rules = {{"> 0", "1"}, {"> 10", "1"}}};
    check_table(&w, "{\"x\": 25}", "1");
}

TEST(table, without_a_rule_the_defaults_count_else_null)
{
    struct written w = one_output("U");
    check_table(&w, "{\"x\": -1}", "null");
    w.defaults[0] = "0";
    check_table(&w, "{\"x\": -1}", "0");
    struct written sum = one_output("C+");
    check_table(&sum, "{\"x\": -1}", "null");
    struct written list = one_output("C");
    check_table(&list, "{\"x\": -1}", "null");
}

TEST(table, two_rules_under_u_give_a_reason)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"x\": 15}");
    struct written w = one_output("U");
    decide(&f, &w, NULL);
    assert_str_equal(f.run.reasons[0], STR("rules 1 and 2 of the table `product` both fit, and its hit policy is U"));
}

TEST(table, an_input_outside_its_values_gives_null_and_a_reason)
{
    CLEANUP(fixture_release) struct fixture f;
    fixture_init(&f, "{\"x\": 1000}");
    struct written w = one_output("F");
    w.input_values[0] = "[0..200]";
    assert_str_equal(decide(&f, &w, NULL), STR("null"));
    assert_str_equal(f.run.reasons[0], STR("`x` has a value that the table `product` does not allow"));
}

TEST(table, priorities_go_output_by_output)
{
    struct written w = {.hit = "O",
                        .inputs = {"x"},
                        .outputs = {"a", "b"},
                        .output_values = {"\"hi\", \"lo\"", "1, 2"},
                        .rules = {{"> 0", "\"lo\"", "1"}, {"> 0", "\"hi\"", "2"}, {"> 0", "\"hi\"", "1"}}};
    check_table(&w, "{\"x\": 1}", "[{\"a\": \"hi\", \"b\": 1}, {\"a\": \"hi\", \"b\": 2}, {\"a\": \"lo\", \"b\": 1}]");
}

static void check_table_error(const struct written *w, const char *expected)
{
    CLEANUP(fixture_release) struct fixture f;
    const struct table *table;
    fixture_init(&f, "{\"x\": 1}");
    assert_int_equal(compile(&f, w, &table), ERR_INVALID);
    assert_string_equal(f.error.text, expected);
}

TEST(table, errors_name_the_cell)
{
    struct written w = one_output("U");
    w.rules[2][0] = "> ten";
    check_table_error(&w, "f.yaml:12:7: `ten` is no variable; did you mean `\"ten\"`?; while reading the table "
                          "`product`");
    w = one_output("U");
    w.rules[1][2] = "5";
    check_table_error(&w, "f.yaml:11:5: a rule of 3 cells; 1 for the inputs and 1 for the outputs are wanted; while "
                          "reading the table `product`");
}

TEST(table, priorities_need_values_and_sums_one_output)
{
    struct written w = one_output("P");
    w.output_values[0] = NULL;
    check_table_error(&w, "the table `product`: hit policy P needs the outputs' `values` in their order; list them");
    w = products;
    w.hit = "C+";
    check_table_error(&w, "the table `product`: hit policy C+ goes with one output only");
}

TEST_MAIN
