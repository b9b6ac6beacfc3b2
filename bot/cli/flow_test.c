/* gilbot flow test — runs the tests of flows with the engine as it runs in production, and shows where a talk went
 * otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/test_output.h"
#include "flows/survey/check.h"
#include "flows/survey/files.h"
#include "flows/survey/survey.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { TEST_BYTES = 256 * 1024 * 1024, SEOUL_MIN = 9 * 60, MS_A_MINUTE = 60 * 1000, EXIT_BAD = 2 };

struct test_words {
    struct strs names; /* of flows, or paths */
    struct str only;   /* empty: all         */
    bool json;
};

struct tester {
    const struct flow_command *command;
    struct test_words words;
    struct flows flows;
    struct findings findings;
    struct test_output output;
    size_t passed, failed;
};

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int usage(void)
{
    fputs("gilbot: usage: gilbot flow test [FLOW… | PATH…] [--only NAME] [--json]\n", stderr);
    return EXIT_BAD;
}

static enum err read_words(const struct flow_command *command, struct test_words *ret_words)
{
    struct test_words words = {0};
    struct str *names = arena_alloc_array(command->arena, (size_t)command->argc + 1, sizeof *names);
    if (names == NULL)
        return ERR_NO_MEMORY;
    for (int i = 0; i < command->argc; i++) {
        const char *word = command->argv[i];
        if (strcmp(word, "--json") == 0)
            words.json = true;
        else if (strcmp(word, "--only") == 0 && i + 1 < command->argc)
            words.only = str_of(command->argv[++i]);
        else if (strncmp(word, "--only=", 7) == 0)
            words.only = str_of(word + 7);
        else if (word[0] != '-')
            names[words.names.n++] = str_of(word);
        else
            return ERR_INVALID;
    }
    words.names.items = names;
    enum err rc = text_nfc(command->arena, str_trim(words.only), &words.only);
    *ret_words = words;
    return rc;
}

bool flow_test_has_files(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--only") == 0)
            i++;
        else if (argv[i][0] != '-')
            return access(argv[i], F_OK) == 0;
    }
    return false;
}

/* ── what there is ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* The files named, and the folders of files of tests: their flows are looked for there. */
static enum err places_of_flows(struct tester *tester, struct strs *ret_paths)
{
    struct strs names = tester->words.names;
    struct str *paths = arena_alloc_array(tester->command->arena, names.n * 2, sizeof *paths);
    size_t n = 0;
    if (paths == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < names.n; i++) {
        const char *slash = strrchr(names.items[i].p, '/');
        paths[n++] = names.items[i];
        if (files_is_test(names.items[i]))
            paths[n++] = slash == NULL ? STR(".") : str_first(names.items[i], (size_t)(slash - names.items[i].p) + 1);
    }
    *ret_paths = (struct strs){paths, n};
    return OK;
}

static bool is_file_of(struct strs files, struct str file)
{
    for (size_t i = 0; i < files.n; i++)
        if (files_same(files.items[i], file))
            return true;
    return false;
}

/* Whether the tests within the flow's own file are wanted. */
static bool is_wanted(const struct tester *tester, const struct flow *flow, struct strs files)
{
    if (tester->command->settings == NULL)
        return is_file_of(files, survey_definition(flow)->file);
    return tester->words.names.n == 0 || strs_contain(tester->words.names, flow->name);
}

static enum err refuse_unknown_flows(struct tester *tester, struct error *error)
{
    struct strs names = tester->words.names;
    for (size_t i = 0; i < names.n && tester->command->settings != NULL; i++)
        if (flows_find(&tester->flows, names.items[i]) == NULL)
            return fail(error, ERR_NOT_FOUND, "%s: no flow is called that, and no file; `gilbot check` lists the flows",
                        names.items[i].p);
    return OK;
}

/* ── running ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The offset where that is the time on the wall. */
static int64_t offset_min(const struct tester *tester, int64_t local_ms)
{
    if (tester->command->settings == NULL)
        return SEOUL_MIN;
    int64_t guess = clock_utc_offset_min(local_ms);
    return clock_utc_offset_min(local_ms - guess * MS_A_MINUTE);
}

static enum err run_one(struct tester *tester, const struct flow *flow, const struct trial *trial, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TEST_BYTES);
    const struct settings *settings = tester->command->settings;
    struct trial_world world = {.locale = settings == NULL ? STR("ko") : settings->locale,
                                .utc_offset_min = offset_min(tester, trial->local_ms)};
    struct trial_result result;
    enum err rc = trial_run(flow, trial, &world, &arena, &result, error);
    if (rc != OK)
        return rc;
    tester->passed += result.passed;
    tester->failed += !result.passed;
    return test_output_one(&tester->output, &(struct test_outcome){flow->name, trial, &result}, &arena, error);
}

static enum err run_trials(struct tester *tester, const struct flow *flow, struct trials trials, struct error *error)
{
    struct str only = tester->words.only;
    enum err rc = OK;
    for (size_t i = 0; i < trials.n && rc == OK; i++)
        if (only.n == 0 || str_find(trials.items[i].name, only) != SIZE_MAX)
            rc = run_one(tester, flow, &trials.items[i], error);
    return rc;
}

struct test_file {
    const struct flow *flow;
    struct trials trials;
};

/* All are read before any is run, so that a fault is all that is said. */
static enum err read_files(struct tester *tester, struct strs files, struct test_file **ret_files, struct error *error)
{
    struct test_file *read = arena_alloc_array(tester->command->arena, files.n, sizeof *read);
    enum err rc = read == NULL ? fail(error, ERR_NO_MEMORY, "no memory for the tests") : OK;
    for (size_t i = 0; i < files.n && rc == OK; i++)
        rc = trials_read(files.items[i].p, &tester->flows, &tester->findings, &read[i].flow, &read[i].trials, error);
    *ret_files = read;
    return rc;
}

static enum err run_all(struct tester *tester, struct strs paths, struct error *error)
{
    struct strs flow_files = {0}, test_files = {0};
    struct test_file *files = NULL;
    const bool *named;
    enum err rc = files_list(tester->command->arena, paths, &flow_files, &named, error);
    if (rc == OK)
        rc = files_list_tests(tester->command->arena, paths, &test_files, error);
    if (rc == OK)
        rc = read_files(tester, test_files, &files, error);
    if (rc != OK || files == NULL || tester->findings.n > 0)
        return rc;
    for (size_t i = 0; i < tester->flows.n && rc == OK; i++) {
        const struct flow *flow = tester->flows.items[i];
        const struct definition *def = survey_definition(flow);
        if (is_wanted(tester, flow, flow_files))
            rc = run_trials(tester, flow, (struct trials){def->trials, def->n_trials}, error);
        for (size_t k = 0; k < test_files.n && rc == OK; k++)
            if (files[k].flow == flow && (tester->command->settings == NULL || is_wanted(tester, flow, flow_files)))
                rc = run_trials(tester, flow, files[k].trials, error);
    }
    return rc;
}

/* OK, and findings: something in the files is wrong. */
static enum err test(struct tester *tester, struct error *error)
{
    const struct settings *settings = tester->command->settings;
    struct strs places = {0};
    enum err rc = OK;
    if (settings != NULL)
        places = settings->flows;
    else
        rc = places_of_flows(tester, &places);
    if (rc == OK)
        rc = survey_load_all_checked(places, &tester->findings, &tester->flows, error);
    if (rc == OK && tester->findings.n == 0)
        rc = refuse_unknown_flows(tester, error);
    if (rc != OK || tester->findings.n > 0)
        return rc;
    return run_all(tester, settings == NULL ? tester->words.names : places, error);
}

/* ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int print_faults(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *fault = &findings->items[i];
        fprintf(stderr, "gilbot: %.*s:%u:%u: %.*s\n", STR_ARG(fault->file), fault->at.line, fault->at.column,
                STR_ARG(fault->message));
    }
    return EXIT_BAD;
}

static int report(struct tester *tester)
{
    if (tester->findings.n > 0)
        return print_faults(&tester->findings);
    if (tester->passed + tester->failed == 0 && tester->words.only.n > 0) {
        fprintf(stderr, "gilbot: no test has \"%.*s\" in its name\n", STR_ARG(tester->words.only));
        return EXIT_BAD;
    }
    if (tester->passed + tester->failed == 0)
        fputs("gilbot: there are no tests; write `tests:` into the flow, or into NAME.test.yaml beside it\n", stderr);
    test_output_end(&tester->output, tester->passed, tester->failed);
    return tester->failed > 0 ? 1 : 0;
}

int flow_test(const struct flow_command *command)
{
    struct tester tester = {.command = command, .findings = {.arena = command->arena}};
    struct error error = {0};
    const char *no_colour = getenv("NO_COLOR");
    if (read_words(command, &tester.words) != OK)
        return usage();
    bool colour = isatty(STDOUT_FILENO) != 0 && (no_colour == NULL || no_colour[0] == '\0');
    tester.output = (struct test_output){.out = stdout, .json = tester.words.json, .colour = colour};
    enum err rc = test(&tester, &error);
    int status = rc == OK ? report(&tester) : config_failed(&error);
    survey_release_all(&tester.flows);
    return status;
}
