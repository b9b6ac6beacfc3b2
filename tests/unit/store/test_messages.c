#include "store/messages.h"

#include "fixture.h"

#include "bot/base/banned.h"

static int64_t say(struct fixture *f, const char *text, enum message_direction direction, int64_t sent_ms)
{
    struct message message = {.conversation = STR("c"),
                              .session_id = 3,
                              .direction = direction,
                              .author = STR("u"),
                              .text = str_of(text),
                              .payload = STR("{\"type\":\"text\"}"),
                              .event_key = STR("k"),
                              .at_ms = 5,
                              .sent_ms = sent_ms};
    int64_t id = 0;
    assert_ok(message_add(f->db, &message, &id, &f->error), &f->error);
    return id;
}

static struct messages said_in(struct fixture *f, const char *conversation, size_t limit, bool only_sent)
{
    struct messages_query query = {str_of(conversation), limit, only_sent};
    struct messages messages = {0};
    assert_ok(messages_of(f->db, &query, &f->arena, &messages, &f->error), &f->error);
    return messages;
}

TEST(messages, a_message_comes_back_whole)
{
    OPEN_DATABASE(f);
    int64_t id = say(&f, "안녕", MESSAGE_OUT, 9);
    struct messages messages = said_in(&f, "c", 1, false);
    assert_int_equal(messages.n, 1);
    assert_int_equal(messages.items[0].id, id);
    assert_int_equal(messages.items[0].session_id, 3);
    assert_int_equal(messages.items[0].direction, MESSAGE_OUT);
    assert_str_equal(messages.items[0].author, STR("u"));
    assert_str_equal(messages.items[0].text, STR("안녕"));
    assert_str_equal(messages.items[0].payload, STR("{\"type\":\"text\"}"));
    assert_str_equal(messages.items[0].event_key, STR("k"));
    assert_int_equal(messages.items[0].at_ms, 5);
    assert_int_equal(messages.items[0].sent_ms, 9);
}

TEST(messages, the_newest_are_given_oldest_first)
{
    OPEN_DATABASE(f);
    static const char *const texts[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        say(&f, texts[i], MESSAGE_IN, 5);
    for (size_t limit = 1; limit <= COUNT_OF(texts); limit++) {
        struct messages messages = said_in(&f, "c", limit, false);
        assert_int_equal(messages.n, limit);
        for (size_t i = 0; i < limit; i++)
            assert_str_equal(messages.items[i].text, str_of(texts[COUNT_OF(texts) - limit + i]));
    }
    assert_int_equal(said_in(&f, "other", 10, false).n, 0);
}

TEST(messages, what_is_not_sent_yet_can_be_left_out)
{
    OPEN_DATABASE(f);
    say(&f, "question", MESSAGE_IN, 5);
    say(&f, "answer", MESSAGE_OUT, 0);
    assert_int_equal(said_in(&f, "c", 10, false).n, 2);
    struct messages messages = said_in(&f, "c", 10, true);
    assert_int_equal(messages.n, 1);
    assert_str_equal(messages.items[0].text, STR("question"));
}

TEST_MAIN
