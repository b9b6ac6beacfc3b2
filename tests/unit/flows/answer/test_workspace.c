#include "flows/answer/workspace.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/support/test.h"

TEST(workspace, files_that_are_absent_leave_their_stage_out)
{
    struct workspace *workspace = NULL;
    struct error error = {0};
    assert_int_equal(workspace_read(NULL, 0, &workspace, &error), OK);
    assert_int_equal(workspace->n_forbidden, 0);
    assert_null(workspace->classes);
    assert_null(workspace->faq);
    workspace_free(workspace);
    assert_int_equal(workspace_read_folder("/nowhere/at/all", &workspace, &error), OK);
    workspace_free(workspace);
}

TEST(workspace, the_folder_of_the_examples_is_read)
{
    struct workspace *workspace = NULL;
    struct error error = {0};
    assert_int_equal(workspace_read_folder(SOURCE_DIR "/flows/examples/answers", &workspace, &error), OK);
    assert_int_equal(workspace->n_forbidden, 2);
    assert_non_null(workspace->classes);
    assert_non_null(workspace->faq);
    workspace_free(workspace);
}

TEST(workspace, other_bytes_give_another_hash)
{
    struct workspace_file one = {STR("answers/forbidden.ko.txt"), STR("가\n")};
    struct workspace_file other = {STR("answers/forbidden.ko.txt"), STR("나\n")};
    struct workspace_file ignored = {STR("answers/notes.txt"), STR("나\n")};
    struct workspace *workspaces[3] = {NULL};
    struct error error = {0};
    assert_int_equal(workspace_read(&one, 1, &workspaces[0], &error), OK);
    assert_int_equal(workspace_read(&other, 1, &workspaces[1], &error), OK);
    assert_int_equal(workspace_read(&ignored, 1, &workspaces[2], &error), OK);
    assert_true(workspaces[0]->hash != workspaces[1]->hash);
    assert_true(workspaces[0]->prompts.n > 0);
    for (size_t i = 0; i < 3; i++)
        workspace_free(workspaces[i]);
}

TEST(workspace, a_fault_names_the_file)
{
    struct workspace_file file = {STR("answers/faq.yaml"), STR("a: b\n")};
    struct workspace *workspace = NULL;
    struct error error = {0};
    assert_int_equal(workspace_read(&file, 1, &workspace, &error), ERR_INVALID);
    assert_int_equal(str_find(str_of(error.text), STR("answers/faq.yaml:1:1")), 0);
    assert_null(workspace);
}

TEST_MAIN
