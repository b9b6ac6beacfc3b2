/* bot/cli/test_output.h — what came of a flow's tests: for people (a line each; of one that failed the whole talk, with
 * what was expected and what came instead), for programs (one JSON object).
 *
 * Thread: one.  Memory: an arena of the test for what is made on the way.                                            */
#ifndef GILBOT_CLI_TEST_OUTPUT_H
#define GILBOT_CLI_TEST_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct trial;
struct trial_result;

struct test_output {
    FILE *out;
    bool json;
    bool colour; /* for people: red and green where the terminal shows them */
    size_t n;    /* tests so far                                            */
};

struct test_outcome {
    struct str flow;
    const struct trial *trial;
    const struct trial_result *result;
};

/* ERR_NO_MEMORY. */
MUST_USE
enum err test_output_one(struct test_output *output, const struct test_outcome *outcome, struct arena *arena,
                         struct error *error);
/* "N passed, N failed" */
void test_output_end(struct test_output *output, size_t passed, size_t failed);

#endif
