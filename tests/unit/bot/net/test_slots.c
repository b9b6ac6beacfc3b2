#include "bot/net/slots.h"

#include "tests/support/test.h"

TEST(slots, a_number_names_one_thing_and_is_never_given_twice)
{
    struct slots slots = {0};
    int a, b, c;
    uint64_t number_a = slots_add(&slots, &a), number_b = slots_add(&slots, &b);
    assert_true(number_a != 0 && number_b != 0 && number_a != number_b);
    assert_ptr_equal(slots_get(&slots, number_a), &a);
    assert_ptr_equal(slots_get(&slots, number_b), &b);
    slots_remove(&slots, number_a);
    slots_remove(&slots, number_a);
    assert_null(slots_get(&slots, number_a));
    uint64_t number_c = slots_add(&slots, &c);
    assert_true(number_c != number_a);
    assert_null(slots_get(&slots, number_a));
    assert_ptr_equal(slots_get(&slots, number_c), &c);
    slots_release(&slots);
}

TEST(slots, places_are_used_again)
{
    struct slots slots = {0};
    int a;
    for (int i = 0; i < 10000; i++)
        slots_remove(&slots, slots_add(&slots, &a));
    assert_int_equal(slots.n, 1);
    slots_release(&slots);
}

TEST(slots, nonsense_names_nothing)
{
    struct slots slots = {0};
    int a;
    uint64_t number = slots_add(&slots, &a);
    assert_null(slots_get(&slots, 0));
    assert_null(slots_get(&slots, number + 1));
    assert_null(slots_get(&slots, UINT64_MAX));
    slots_remove(&slots, UINT64_MAX);
    slots_release(&slots);
}

TEST_MAIN
