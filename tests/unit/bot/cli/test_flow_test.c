#include <stdlib.h>
#include <unistd.h>

#include "bot/cli/commands.h"
#include "tests/support/test.h"

static const char flow[] =
    "flow: t\n"
    "steps:\n"
    "- {ask: '어느 것?', id: a, as: choice, options: [{value: x, label: 가}, {value: y, label: 나}]}\n"
    "- say: '{a}!'\n"
    "tests:\n"
    "- name: 가를 고른다\n"
    "  talk: [{choose: x}, {expect: 가!}]\n";
static const char failing[] = "flow: t\n"
                              "tests:\n"
                              "- name: it fails\n"
                              "  talk:\n"
                              "  - say: \"2\"\n"
                              "  - expect: 가!\n";

struct place {
    char folder[32], flow[64], tests[64], settings[64], out[64];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* t.yaml, gilbot.yaml, and t.test.yaml unless `tests` is NULL. */
static void place_make(struct place *place, const char *tests)
{
    *place = (struct place){.folder = "/tmp/gilbot-test-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->flow, sizeof place->flow, "%s/t.yaml", place->folder);
    snprintf(place->tests, sizeof place->tests, "%s/t.test.yaml", place->folder);
    snprintf(place->settings, sizeof place->settings, "%s/gilbot.yaml", place->folder);
    snprintf(place->out, sizeof place->out, "%s/out", place->folder);
    write_file(place->flow, flow);
    write_file(place->settings, "data_dir: ./data\nflows: [t.yaml, t.test.yaml]\nroutes: []\n");
    if (tests != NULL)
        write_file(place->tests, tests);
}

static void place_remove(struct place *place)
{
    remove(place->flow);
    remove(place->tests);
    remove(place->settings);
    remove(place->out);
    remove(place->folder);
}

/* Runs `flow test WORD OPTION…` with its standard output in a file; the caller frees *ret_said. */
static int test_flows(struct place *place, const char *config, const char *const words[3], char **ret_said)
{
    char *argv[] = {"flow", "test", (char *)words[0], (char *)words[1], (char *)words[2]};
    int argc = 2, kept = dup(STDOUT_FILENO);
    while (argc < 5 && argv[argc] != NULL)
        argc++;
    fflush(stdout);
    assert_non_null(freopen(place->out, "w", stdout));
    int status = command_flow.run(&(struct command_line){.argc = argc, .argv = argv, .config_path = config});
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    struct str said = test_read_file(place->out);
    *ret_said = calloc(1, said.n + 1);
    memcpy(*ret_said, said.p, said.n);
    free((char *)said.p);
    return status;
}

static const char *const none[3];

static void check(struct place *place, const char *const words[3], int status, const char *expected)
{
    char *said = NULL;
    assert_int_equal(test_flows(place, place->settings, words, &said), status);
    assert_string_equal(said, expected);
    free(said);
}

TEST(flow_test, says_a_line_for_each_test_and_how_many_passed)
{
    struct place place;
    place_make(&place, NULL);
    check(&place, (const char *const[3]){place.flow}, 0, "ok    t: 가를 고른다\n1 passed, 0 failed\n");
    place_remove(&place);
}

TEST(flow_test, shows_the_talk_of_a_test_that_fails_and_what_came_instead)
{
    struct place place;
    char expected[500];
    place_make(&place, failing);
    snprintf(expected, sizeof expected,
             "ok    t: 가를 고른다\n"
             "FAIL  t: it fails\n"
             "  %s:6:5: something else is said next\n"
             "    bot  어느 것?\n"
             "           1. 가\n"
             "           2. 나\n"
             "         번호나 이름으로 답해 주세요.\n"
             "    you  2\n"
             "  - bot  가!\n"
             "  + bot  나!\n"
             "         (done)\n"
             "1 passed, 1 failed\n",
             place.tests);
    check(&place, (const char *const[3]){place.folder}, 1, expected);
    place_remove(&place);
}

TEST(flow_test, of_a_file_of_tests_alone_finds_the_flow_beside_it_and_runs_only_that_file)
{
    struct place place;
    place_make(&place, "flow: t\ntests: [{name: alone, talk: [{expect: 어느 것?}]}]\n");
    check(&place, (const char *const[3]){place.tests}, 0, "ok    t: alone\n1 passed, 0 failed\n");
    place_remove(&place);
}

TEST(flow_test, runs_only_the_tests_that_only_names_in_any_language)
{
    struct place place;
    place_make(&place, failing);
    check(&place, (const char *const[3]){place.folder, "--only", "고른다"}, 0,
          "ok    t: 가를 고른다\n1 passed, 0 failed\n");
    check(&place, (const char *const[3]){place.folder, "--only=nothing like it"}, 2, "");
    place_remove(&place);
}

TEST(flow_test, without_a_name_runs_all_tests_of_the_flows_of_gilbot_yaml)
{
    struct place place;
    place_make(&place, "flow: t\ntests: [{name: other, talk: [{expect: 어느 것?}]}]\n");
    const char *all = "ok    t: 가를 고른다\nok    t: other\n2 passed, 0 failed\n";
    check(&place, none, 0, all);
    check(&place, (const char *const[3]){"t"}, 0, all);
    check(&place, (const char *const[3]){"u"}, 2, "");
    place_remove(&place);
}

TEST(flow_test, with_json_is_one_object)
{
    struct place place;
    char *said = NULL, expected[200];
    place_make(&place, failing);
    assert_int_equal(test_flows(&place, NULL, (const char *const[3]){place.folder, "--json"}, &said), 1);
    snprintf(expected, sizeof expected,
             "{\"tests\": [\n  {\"flow\":\"t\",\"name\":\"가를 고른다\",\"passed\":true,\"file\":\"%s\",\"line\":6,",
             place.flow);
    assert_memory_equal(said, expected, strlen(expected));
    assert_non_null(strstr(said, "\"reason\":\"something else is said next\",\"talk\":[{\"who\":\"bot\","));
    assert_non_null(strstr(said, "{\"who\":\"bot\",\"mark\":\"missing\",\"text\":\"가!\"}"));
    assert_non_null(strstr(said, "],\n \"passed\": 1, \"failed\": 1}\n"));
    free(said);
    place_remove(&place);
}

TEST(flow_test, of_a_faulty_file_runs_nothing_and_ends_with_status_2)
{
    struct place place;
    place_make(&place, "flow: t\ntests: [{name: other, talk: [{expct: 어느 것?}]}]\n");
    check(&place, (const char *const[3]){place.folder}, 2, "");
    check(&place, none, 2, "");
    check(&place, (const char *const[3]){"--wrong"}, 2, "");
    check(&place, (const char *const[3]){place.flow, "/nowhere/t.yaml"}, 2, "");
    place_remove(&place);
}

TEST(check, looks_at_files_of_tests_too)
{
    struct place place;
    char *words[] = {"check"};
    place_make(&place, failing);
    struct command_line line = {.argc = 1, .argv = words, .config_path = place.settings};
    assert_int_equal(command_check.run(&line), 0);
    write_file(place.tests, "flow: t\ntests: [{name: other, talk: [{expct: 어느 것?}]}]\n");
    assert_int_equal(command_check.run(&line), 2);
    place_remove(&place);
}

TEST_MAIN
