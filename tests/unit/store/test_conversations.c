#include "store/conversations.h"

#include "fixture.h"

#include "bot/base/banned.h"

TEST(conversations, what_is_known_comes_back_whole)
{
    OPEN_DATABASE(f);
    struct str bots[] = {STR("1234"), STR("a \"quoted\" 이름")};
    struct conversation known = {
        .id = STR("channel_talk:1:uc"),
        .platform = STR("channel_talk"),
        .workspace = STR("1"),
        .user = STR("u"),
        .bots = {bots, COUNT_OF(bots)},
        .bots_known = true,
        .address = STR("{\"chat\":\"uc\"}"),
        .opening = STR("1700"),
        .taken_over = true,
        .silent_until_ms = 99,
        .updated_ms = 7,
    };
    struct conversation found = {0};
    DO(conversation_put(f.db, &known, &f.error));
    DO(conversation_get(f.db, known.id, &f.arena, &found, &f.error));
    assert_str_equal(found.id, known.id);
    assert_str_equal(found.platform, known.platform);
    assert_str_equal(found.workspace, known.workspace);
    assert_str_equal(found.user, known.user);
    assert_int_equal(found.bots.n, 2);
    assert_str_equal(found.bots.items[0], bots[0]);
    assert_str_equal(found.bots.items[1], bots[1]);
    assert_true(found.bots_known);
    assert_str_equal(found.address, known.address);
    assert_str_equal(found.opening, known.opening);
    assert_true(found.taken_over);
    assert_int_equal(found.silent_until_ms, 99);
    assert_int_equal(found.updated_ms, 7);
}

TEST(conversations, a_later_word_replaces_all_that_was_known)
{
    OPEN_DATABASE(f);
    struct conversation known = {.id = STR("c"), .platform = STR("web"), .taken_over = true}, found = {0};
    DO(conversation_put(f.db, &known, &f.error));
    known.taken_over = false;
    DO(conversation_put(f.db, &known, &f.error));
    DO(conversation_get(f.db, STR("c"), &f.arena, &found, &f.error));
    assert_false(found.taken_over);
    assert_int_equal(found.bots.n, 0);
}

TEST(conversations, an_unknown_one_is_not_found)
{
    OPEN_DATABASE(f);
    struct conversation found = {0};
    REFUSED(ERR_NOT_FOUND, conversation_get(f.db, STR("c"), &f.arena, &found, &f.error));
}

TEST_MAIN
