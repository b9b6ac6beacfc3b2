#include "flows/digest.h"

#include <stdlib.h>

#include "flows/flow.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

static int64_t digest_of(const struct reply *reply, const struct record *record, struct str data)
{
    struct reply replies[] = {*reply};
    struct record records[] = {*record};
    struct turn turn = {.replies = {.items = replies, .n = 1}, .records = records, .n_records = 1};
    struct session session = {.digest = DIGEST_BEGIN, .state = SESSION_WAITING, .data = data};
    return digest_turn(&turn, &session);
}

TEST(digest, the_same_turn_has_the_same_digest_and_six_bytes_hold_it)
{
    struct reply reply = {.text = STR("안녕하세요")};
    struct record record = {.kind = RECORD_STEP, .outcome = "said", .step = STR("say_1")};
    int64_t digest = digest_of(&reply, &record, STR("{}"));
    assert_int_equal(digest, digest_of(&reply, &record, STR("{}")));
    assert_true(digest > 0 && digest < INT64_C(1) << 47);
}

TEST(digest, whatever_is_different_shows)
{
    struct reply reply = {.kind = REPLY_CHOICES, .text = STR("a"), .step = STR("b")}, other = reply;
    struct record record = {.kind = RECORD_ANSWER, .step = STR("weight"), .value = STR("60")}, another = record;
    int64_t digest = digest_of(&reply, &record, STR("{}"));
    other.text = STR("ab");
    other.step = STR("");
    assert_int_not_equal(digest, digest_of(&other, &record, STR("{}")));
    other = reply;
    other.pause_ms = 1;
    assert_int_not_equal(digest, digest_of(&other, &record, STR("{}")));
    another.why = STR("{}");
    assert_int_not_equal(digest, digest_of(&reply, &another, STR("{}")));
    assert_int_not_equal(digest, digest_of(&reply, &record, STR("{ }")));
}

TEST_MAIN
