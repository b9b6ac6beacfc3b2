#include "flows/survey/memory.h"

#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "flows/rules/feel.h"
#include "tests/unit/flows/survey/talk.h"

/* What the data of a session hold for the value of an expression; and it comes back as it was. */
static struct str kept(struct arena *arena, const char *feel)
{
    struct feel_compiler compiler = {.arena = arena};
    struct feel_source source = {.text = str_of(feel)};
    const struct feel_expr *expr = NULL;
    struct feel_run run = {.arena = arena};
    struct value value, back;
    assert_int_equal(feel_compile(&compiler, &source, &expr), OK);
    assert_int_equal(feel_eval(expr, &run, &value), OK);
    struct buf json;
    buf_init(&json, arena, 10000);
    assert_int_equal(memory_write(&json, &value, NULL), OK);
    struct json_value *tree = NULL;
    assert_int_equal(json_read(arena, buf_str(&json), &tree, NULL), OK);
    assert_int_equal(memory_read(arena, tree, &back, NULL), OK);
    assert_true(value_is(&value, &back));
    return buf_str(&json);
}

TEST(memory, values_come_back_as_they_were)
{
    static const struct {
        const char *feel, *json;
    } rows[] = {
        {"1.50", "1.50"},
        {"[1, \"a\", null]", "[1, \"a\", null]"},
        {"{a: true}", "{\"a\": true}"},
        {"date(\"2026-03-05\")", "{\"@\":\"2026-03-05\"}"},
        {"time(\"10:30:00+09:00\")", "{\"@\":\"10:30:00+09:00\"}"},
        {"date and time(\"2026-03-05T10:30:00@Asia/Seoul\")", "{\"@\":\"2026-03-05T10:30:00@Asia/Seoul\"}"},
        {"duration(\"P1DT2H\")", "{\"@\":\"P1DT2H\"}"},
        {"duration(\"P14M\")", "{\"@\":\"P1Y2M\"}"},
        {"[date(\"2026-03-05\"), {a: duration(\"P1D\"), b: \"x\"}]",
         "[{\"@\":\"2026-03-05\"},{\"a\":{\"@\":\"P1D\"},\"b\":\"x\"}]"},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str_equal(kept(&arena, rows[i].feel), str_of(rows[i].json));
}

TEST(memory, an_object_that_only_looks_like_a_date_is_refused)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct json_value *tree = NULL;
    struct value value;
    assert_int_equal(json_read(&arena, STR("{\"@\":\"soon\"}"), &tree, NULL), OK);
    assert_int_equal(memory_read(&arena, tree, &value, NULL), ERR_INVALID);
}

TEST(memory, a_date_that_was_answered_is_one_in_expressions_also_in_later_turns)
{
    struct talk t;
    talk_open(&t, "flow: t\nsteps:\n- {ask: '언제요?', id: day, as: date}\n- set: {next: 'day + duration(\"P7D\")'}\n"
                  "- {ask: '이름은요?', id: name, as: text}\n"
                  "- {say: 지났어요, when: day < today()}\n"
                  "- say: '{day}, {next}, {day.weekday}, {string(day)}'\n");
    talk_begin(&t, NULL);
    talk_say(&t, "1월 30일");
    assert_str_equal(talk_record(&t, RECORD_ANSWER, 0)->value, STR("\"2026-01-30\""));
    talk_say(&t, "은지");
    talk_says(&t, "지났어요");
    talk_says(&t, "2026년 1월 30일, 2026년 2월 6일, 5, 2026-01-30");
    talk_close(&t);
}

TEST_MAIN
