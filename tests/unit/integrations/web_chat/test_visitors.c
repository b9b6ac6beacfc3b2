#include "integrations/web_chat/visitors.h"

#include "tests/support/test.h"

TEST(visitors, a_visitor_may_have_several_pages)
{
    struct visitors *visitors = visitors_new();
    uint64_t connections[4];
    assert_true(visitors_seat(visitors, 1, STR("ann")));
    assert_true(visitors_seat(visitors, 2, STR("bob")));
    assert_true(visitors_seat(visitors, 3, STR("ann")));
    assert_int_equal(visitors_connections(visitors, STR("ann"), connections, 4), 2);
    assert_int_equal(connections[0], 3);
    assert_int_equal(connections[1], 1);
    assert_int_equal(visitors_connections(visitors, STR("ann"), connections, 1), 1);
    visitors_leave(visitors, 3);
    visitors_leave(visitors, 3);
    assert_int_equal(visitors_connections(visitors, STR("ann"), connections, 4), 1);
    assert_int_equal(visitors_connections(visitors, STR("eve"), connections, 4), 0);
    visitors_free(visitors);
}

TEST(visitors, sitting_down_again_changes_the_name)
{
    struct visitors *visitors = visitors_new();
    struct visitor_name name;
    uint64_t connection;
    assert_false(visitors_name(visitors, 1, &name));
    assert_true(visitors_seat(visitors, 1, STR("ann")));
    assert_true(visitors_seat(visitors, 1, STR("bob")));
    assert_true(visitors_name(visitors, 1, &name));
    assert_string_equal(name.text, "bob");
    assert_int_equal(visitors_connections(visitors, STR("ann"), &connection, 1), 0);
    assert_int_equal(visitors_connections(visitors, STR("bob"), &connection, 1), 1);
    visitors_free(visitors);
}

TEST(visitors, many_connections_are_kept_apart)
{
    struct visitors *visitors = visitors_new();
    char text[32];
    struct visitor_name name;
    for (uint64_t i = 1; i <= 10000; i++) {
        snprintf(text, sizeof text, "visitor-%d", (int)(i % 5000));
        assert_true(visitors_seat(visitors, i << 32 | 7, str_of(text)));
    }
    for (uint64_t i = 1; i <= 10000; i++) {
        snprintf(text, sizeof text, "visitor-%d", (int)(i % 5000));
        assert_true(visitors_name(visitors, i << 32 | 7, &name));
        assert_string_equal(name.text, text);
        visitors_leave(visitors, i << 32 | 7);
    }
    visitors_free(visitors);
}

TEST(visitors, messages_are_settled_from_either_end)
{
    struct visitors *visitors = visitors_new();
    struct visitor_name id;
    assert_false(visitors_add_unsettled(visitors, 1, STR("nobody")));
    assert_true(visitors_seat(visitors, 1, STR("ann")));
    assert_true(visitors_add_unsettled(visitors, 1, STR("a")));
    assert_true(visitors_add_unsettled(visitors, 1, STR("")));
    assert_true(visitors_add_unsettled(visitors, 1, STR("c")));
    assert_true(visitors_settle(visitors, 1, true, &id));
    assert_string_equal(id.text, "c");
    assert_true(visitors_settle(visitors, 1, false, &id));
    assert_string_equal(id.text, "a");
    assert_true(visitors_settle(visitors, 1, false, &id));
    assert_string_equal(id.text, "");
    assert_false(visitors_settle(visitors, 1, false, &id));
    for (int i = 0; i < VISITOR_MAX_UNSETTLED; i++)
        assert_true(visitors_add_unsettled(visitors, 1, STR("x")));
    assert_false(visitors_add_unsettled(visitors, 1, STR("x")));
    visitors_free(visitors);
}

TEST_MAIN
