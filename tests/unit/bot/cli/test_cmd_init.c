#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/settings.h"
#include "bot/cli/commands.h"
#include "flows/example_files.h"
#include "tests/support/test.h"

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/gilbot-init-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/new/%s", folder, name);
    return path;
}

static int init(void)
{
    char dir[128], name[] = "init";
    snprintf(dir, sizeof dir, "%s/new", folder);
    char *argv[] = {name, dir, NULL};
    return command_init.run(&(struct command_line){.argc = 2, .argv = argv});
}

static int check(char *option)
{
    char name[] = "check", config[256];
    char *argv[] = {name, option, NULL};
    snprintf(config, sizeof config, "%s", in_folder("gilbot.yaml"));
    return command_check.run(
        &(struct command_line){.argc = option == NULL ? 1 : 2, .argv = argv, .config_path = config});
}

static void remove_all(void)
{
    for (const struct example_files_entry *entry = example_files; entry->name != NULL; entry++) {
        char path[256];
        struct str name = str_of(entry->name);
        bool on_top = strcmp(entry->name, "gilbot.yaml") == 0 || str_starts(name, STR("answers/")) ||
                      str_starts(name, STR("documents/"));
        snprintf(path, sizeof path, "%s%s", on_top ? "" : "flows/", entry->name);
        unlink(in_folder(path));
    }
    rmdir(in_folder("flows"));
    rmdir(in_folder("answers"));
    rmdir(in_folder("documents"));
    rmdir(in_folder(""));
    rmdir(folder);
}

TEST(init, what_it_writes_passes_the_check)
{
    make_folder();
    assert_int_equal(init(), 0);
    assert_int_equal(access(in_folder("flows/health.yaml"), R_OK), 0);
    assert_int_equal(access(in_folder("answers/classes.yaml"), R_OK), 0);
    assert_int_equal(check(NULL), 0);
    char json[] = "--json";
    assert_int_equal(check(json), 0);
    remove_all();
}

TEST(init, files_that_are_there_are_not_touched)
{
    make_folder();
    assert_int_equal(init(), 0);
    unlink(in_folder("flows/hello.yaml"));
    assert_int_equal(init(), 2);
    assert_int_not_equal(access(in_folder("flows/hello.yaml"), F_OK), 0); /* nothing was written */
    remove_all();
}

TEST(check, a_fault_in_a_flow_gives_status_2)
{
    make_folder();
    assert_int_equal(init(), 0);
    FILE *hello = fopen(in_folder("flows/hello.yaml"), "w");
    assert_non_null(hello);
    fputs("flow: hello\nsteps:\n  - {end: done}\n  - {say: never}\n", hello);
    fclose(hello);
    assert_int_equal(check(NULL), 2);
    hello = fopen(in_folder("flows/hello.yaml"), "w");
    assert_non_null(hello);
    fputs("flow: hello\nsteps:\n  - {sya: x}\n", hello);
    fclose(hello);
    assert_int_equal(check(NULL), 2);
    char unknown[] = "--jsno";
    assert_int_equal(check(unknown), 2);
    remove_all();
}

TEST_MAIN
