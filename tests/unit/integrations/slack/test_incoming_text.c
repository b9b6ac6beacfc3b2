#include "integrations/slack/incoming_text.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

static void assert_reads(struct str mrkdwn, struct str expected)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 100000);
    struct str text;
    struct error error;
    assert_int_equal(slack_incoming_text(&arena, mrkdwn, STR("U0BOT"), &text, &error), OK);
    assert_str_equal(text, expected);
}

TEST(incoming_text, our_own_mention_is_no_part_of_what_was_said)
{
    assert_reads(STR("<@U0BOT> what is our refund policy?"), STR("what is our refund policy?"));
    assert_reads(STR("  <@U0BOT|gilbot>   hi"), STR("hi"));
    assert_reads(STR("<@U0BOT> <@U0BOT> hi <@U0BOT>"), STR("hi"));
    assert_reads(STR("<@U0BOT>"), STR(""));
    assert_reads(STR("<@U0BOTHER> hi"), STR("@U0BOTHER hi"));
    assert_reads(STR("ask <@U0BOT> now"), STR("ask @U0BOT now"));
}

TEST(incoming_text, tokens_become_what_people_saw)
{
    assert_reads(STR("a &lt;b&gt; &amp; c <@U2> <#C1|general> <!here> <https://example.com/?a=1&amp;b=2|a link> "
                     "<mailto:x@example.com|x@example.com>"),
                 STR("a <b> & c @U2 #general @here a link x@example.com"));
    assert_reads(STR("<@U2|bob> <#C1> <#C1|> <!subteam^S1|@team> <!date^1^{date}|yesterday>"),
                 STR("@bob #C1 #C1 @team yesterday"));
    assert_reads(STR("<https://example.com/?a=1&amp;b=2>"), STR("https://example.com/?a=1&b=2"));
}

TEST(incoming_text, only_slacks_three_entities_are_decoded_and_only_once)
{
    assert_reads(STR("&amp;lt; &nbsp; &quot; & &amp"), STR("&lt; &nbsp; &quot; & &amp"));
}

TEST(incoming_text, broken_tokens_are_text)
{
    assert_reads(STR("1 < 2"), STR("1 < 2"));
    assert_reads(STR("a <"), STR("a <"));
    assert_reads(STR("<>"), STR(""));
    assert_reads(STR("<|>"), STR(""));
    assert_reads(STR(""), STR(""));
}

TEST(incoming_text, text_is_composed)
{
    assert_reads(STR("\xe1\x84\x92\xe1\x85\xaa\xe1\x86\xab"), STR("환")); /* conjoining jamo, as macOS types them */
}

TEST_MAIN
