/* tests/support/test.h — a test's name is the requirement:
 *
 *   TEST(inbox, second_delivery_of_an_event_changes_nothing) { … assert_int_equal(…); }
 *   TEST_MAIN
 *
 * Tests register themselves (constructor order = file order) and run under cmocka, one group per program.            */
#ifndef GILBOT_TESTS_SUPPORT_TEST_H
#define GILBOT_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bot/base/str.h"

void test_register(const char *name, void (*run)(void **state));
int test_run_all(void);

#define TEST(subject, requirement)                                                                                     \
    static void test_##subject##_##requirement(void **state);                                                          \
    __attribute__((constructor)) static void register_##subject##_##requirement(void)                                  \
    {                                                                                                                  \
        test_register(#subject ": " #requirement, test_##subject##_##requirement);                                     \
    }                                                                                                                  \
    static void test_##subject##_##requirement(__attribute__((unused)) void **state)

#define TEST_MAIN                                                                                                      \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        return test_run_all();                                                                                         \
    }

/* Fails with both texts shown. */
void assert_str_equal(struct str got, struct str expected);

/* The file's bytes; the test fails when it cannot be read.  Caller frees .p. */
struct str test_read_file(const char *path);

/* False (and says so) when the read-only shared folder is not beside the repository: the test then calls skip(). */
bool test_has_shared(void);

#endif
