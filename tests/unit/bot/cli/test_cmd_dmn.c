#include <stdlib.h>
#include <unistd.h>

#include "bot/base/attributes.h"
#include "bot/cli/commands.h"
#include "tests/support/test.h"

#define NS "https://www.omg.org/spec/DMN/20230324/MODEL/"

static const char model[] =
    "<definitions xmlns='" NS "' namespace='urn:t'>\n"
    "<inputData id='Age' name='Age'><variable name='Age' typeRef='number'/></inputData>\n"
    "<decision id='g' name='Is grown'><variable name='Is grown' typeRef='boolean'/>"
    "<informationRequirement><requiredInput href='#Age'/></informationRequirement>"
    "<literalExpression><text>Age &gt;= 19</text></literalExpression></decision>\n"
    "<decision name='Price'><informationRequirement><requiredDecision href='#g'/></informationRequirement>"
    "<literalExpression><text>if Is grown then 12000.50 else 8000</text></literalExpression></decision>\n"
    "<decision name='Broken'><literalExpression><text>1 +</text></literalExpression></decision>\n"
    "</definitions>\n";

static const char no_inputs[] =
    "<definitions xmlns='" NS "'><decision name='a'><literalExpression><text>[1.0, \"가\"]</text>"
    "</literalExpression></decision></definitions>";

/* A run of the command: its exit status and what it wrote. */
struct ran {
    int status;
    char out[4096], messages[4096];
};

static void read_into(const char *path, char *text, size_t n)
{
    struct str bytes = test_read_file(path);
    assert_true(bytes.n < n);
    memcpy(text, bytes.p, bytes.n);
    text[bytes.n] = '\0';
    free((char *)bytes.p);
    remove(path);
}

static int redirect(int fd, const char *path, FILE *stream)
{
    fflush(stream);
    int kept = dup(fd);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    dup2(fileno(file), fd);
    fclose(file);
    return kept;
}

static void restore(int fd, int kept, FILE *stream)
{
    fflush(stream);
    dup2(kept, fd);
    close(kept);
}

/* gilbot dmn FILE words…; FILE and a second file for `@` hold the texts. */
static struct ran run(const char *text, const char *second, int n, const char **words)
{
    char folder[] = "/tmp/gilbot-cmd-dmn-XXXXXX", file[64], other[64], out[64], messages[64];
    char *argv[12] = {"dmn", file};
    struct ran ran;
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/m.dmn", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(messages, sizeof messages, "%s/messages", folder);
    FILE *f = fopen(file, "w");
    fputs(text, f);
    fclose(f);
    f = fopen(other, "w");
    fputs(second == NULL ? "" : second, f);
    fclose(f);
    for (int i = 0; i < n; i++)
        argv[2 + i] = strcmp(words[i], "@") == 0 ? other : (char *)words[i];
    int kept_out = redirect(STDOUT_FILENO, out, stdout), kept_messages = redirect(STDERR_FILENO, messages, stderr);
    ran.status = command_dmn.run(&(struct command_line){.argc = 2 + n, .argv = argv});
    restore(STDERR_FILENO, kept_messages, stderr);
    restore(STDOUT_FILENO, kept_out, stdout);
    read_into(out, ran.out, sizeof ran.out);
    read_into(messages, ran.messages, sizeof ran.messages);
    remove(file);
    remove(other);
    remove(folder);
    return ran;
}

#define RUN(text, second, ...)                                                                                         \
    run((text), (second), (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})
#define RUN_ALONE(text) run((text), NULL, 0, NULL)

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        assert_string_equal(text, part);
}

TEST(dmn, prints_the_value_of_a_decision_as_json)
{
    struct ran ran = RUN(model, NULL, "--decision", "Price", "--input", "{\"Age\": 20}");
    assert_string_equal(ran.out, "12000.50\n");
    assert_string_equal(ran.messages, "");
    assert_int_equal(ran.status, 0);
    ran = RUN(no_inputs, NULL, "--decision=a");
    assert_string_equal(ran.out, "[1.0, \"가\"]\n");
}

TEST(dmn, prints_the_value_as_feel_when_asked)
{
    struct ran ran = RUN(no_inputs, NULL, "--feel", "--decision", "a");
    assert_string_equal(ran.out, "[1.0, \"가\"]\n");
}

TEST(dmn, prints_null_and_the_reasons_of_a_failed_evaluation)
{
    struct ran ran = RUN(model, NULL, "--decision", "Is grown", "--input", "{\"Age\": \"old\"}");
    assert_string_equal(ran.out, "null\n");
    assert_says(ran.messages, "gilbot: `Age` is a string that is no number\n");
    assert_int_equal(ran.status, 1);
}

TEST(dmn, says_where_the_model_is_wrong)
{
    struct ran ran = RUN(model, NULL, "--decision", "Broken");
    assert_string_equal(ran.out, "null\n");
    assert_says(ran.messages, "m.dmn:5:53: ");
    assert_int_equal(ran.status, 2);
    ran = RUN("<definitions xmlns='" NS "'>\n<decision>", NULL, "--decision", "x");
    assert_string_equal(ran.out, "");
    assert_says(ran.messages, "m.dmn:2:11: the file ends too early; it seems to be cut off\n");
    assert_int_equal(ran.status, 2);
}

TEST(dmn, names_the_decision_that_may_be_meant)
{
    struct ran ran = RUN(model, NULL, "--decision", "Prize", "--input", "{}");
    assert_says(ran.messages, "m.dmn: there is no decision `Prize`; did you mean `Price`?\n");
    assert_int_equal(ran.status, 2);
    ran = RUN(model, NULL, "--decision", "Age", "--input", "{}");
    assert_says(ran.messages, "there is no decision `Age`");
    assert_int_equal(ran.status, 2);
}

TEST(dmn, refuses_inputs_that_are_no_json_object)
{
    struct ran ran = RUN(model, NULL, "--decision", "Price", "--input", "{\"Age\": }");
    assert_says(ran.messages, "gilbot: --input: byte ");
    assert_int_equal(ran.status, 2);
    ran = RUN(model, NULL, "--decision", "Price", "--input", "[1]");
    assert_says(ran.messages, "gilbot: --input: a JSON object is wanted, a member for each input\n");
    assert_int_equal(ran.status, 2);
}

TEST(dmn, prints_all_decisions_without_a_name)
{
    struct ran ran = RUN(model, NULL, "--input", "{\"Age\": 3}");
    assert_string_equal(ran.out, "{\"Is grown\": false, \"Price\": 8000, \"Broken\": null}\n");
    assert_int_equal(ran.status, 2);
    ran = RUN_ALONE(no_inputs);
    assert_string_equal(ran.out, "{\"a\": [1.0, \"가\"]}\n");
    assert_int_equal(ran.status, 0);
}

TEST(dmn, lists_a_model_that_asks_for_inputs)
{
    struct ran ran = RUN_ALONE(model);
    assert_string_equal(ran.out, "input     Age       number\n"
                                 "decision  Is grown  boolean  from Age\n"
                                 "decision  Price     Any      from Age\n"
                                 "decision  Broken    Any\n");
    assert_says(ran.messages, "m.dmn:5:53: ");
    assert_int_equal(ran.status, 2);
    ran = RUN(no_inputs, NULL, "--list");
    assert_string_equal(ran.out, "decision  a  Any\n");
    assert_int_equal(ran.status, 0);
}

TEST(dmn, answers_a_batch_line_by_line)
{
    struct ran ran = RUN(model,
                         "{\"decision\": \"Price\", \"input\": {\"Age\": 20}}\n\n"
                         "{\"decision\": \"Is grown\", \"input\": {\"Age\": true}}\n"
                         "{\"decision\": \"nix\"}\nnonsense\n{\"input\": {}}\n{\"decision\": \"Price\", \"input\": 3}",
                         "--batch", "@");
    assert_string_equal(ran.out,
                        "{\"value\":12000.50}\n"
                        "{\"value\":null,\"reasons\":[\"`Age` is a boolean that is no number\",\"`>=` does not go with "
                        "null and a number\"]}\n"
                        "{\"error\":\"there is no decision `nix`; `gilbot dmn FILE --list` shows all\"}\n"
                        "{\"error\":\"byte 1: a value is expected here\"}\n"
                        "{\"error\":\"an object {\\\"decision\\\": \\\"…\\\", \\\"input\\\": {…}} is wanted\"}\n"
                        "{\"error\":\"an object {\\\"decision\\\": \\\"…\\\", \\\"input\\\": {…}} is wanted\"}\n");
    assert_int_equal(ran.status, 0);
    ran = RUN(model, "{\"input\": {\"Age\": 20}}", "--decision", "Price", "--batch", "@");
    assert_string_equal(ran.out, "{\"value\":12000.50}\n");
    ran = RUN(model, NULL, "--batch", "/nix/nix");
    assert_int_equal(ran.status, 2);
}

TEST(dmn, knows_the_time)
{
    struct ran ran = RUN("<definitions xmlns='" NS "'><decision name='a'><literalExpression><text>now() &gt; "
                         "@\"2024-01-01T00:00:00Z\"</text></literalExpression></decision></definitions>",
                         NULL, "--decision", "a");
    assert_string_equal(ran.out, "true\n");
}

TEST(dmn, refuses_words_that_make_no_sense)
{
    assert_int_equal(RUN(model, NULL, "--nix").status, 2);
    assert_int_equal(RUN(model, NULL, "second.dmn").status, 2);
    assert_int_equal(RUN(model, NULL, "--list", "--decision", "Price").status, 2);
    assert_int_equal(RUN(model, NULL, "--batch", "@", "--input", "{}").status, 2);
    assert_says(RUN(model, NULL, "--decision").messages, "usage: gilbot dmn FILE ");
}

TEST_MAIN
