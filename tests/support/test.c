#include "tests/support/test.h"

#include <stdlib.h>
#include <unistd.h>

enum { MAX_TESTS = 1000 };
static struct CMUnitTest registered[MAX_TESTS];
static size_t n_registered;

void test_register(const char *name, void (*run)(void **state))
{
    if (n_registered == MAX_TESTS)
        abort();
    registered[n_registered++] = (struct CMUnitTest){.name = name, .test_func = run};
}

int test_run_all(void)
{
    const char *only = getenv("TEST_FILTER");
    if (only != NULL)
        cmocka_set_test_filter(only);
    return _cmocka_run_group_tests("", registered, n_registered, NULL, NULL);
}

void assert_str_equal(struct str got, struct str expected)
{
    if (!str_eq(got, expected))
        fail_msg("got \"%.*s\", expected \"%.*s\"", STR_ARG(got), STR_ARG(expected));
}

struct str test_read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot open %s", path);
    char *p = NULL;
    size_t n = 0, got;
    do {
        p = realloc(p, n + 65537);
        if (p == NULL)
            abort();
        got = fread(p + n, 1, 65536, f);
        n += got;
    } while (got > 0);
    fclose(f);
    p[n] = '\0';
    return (struct str){p, n};
}

bool test_has_shared(void)
{
    if (access(SHARED_DIR "/design.md", R_OK) == 0)
        return true;
    print_message("skipped: the folder ../shared is not here\n");
    return false;
}
