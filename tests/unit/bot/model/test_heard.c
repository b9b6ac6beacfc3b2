#include "bot/model/heard.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/model/event.h"
#include "bot/model/sheet.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

struct note {
    struct arena arena;
    struct str heard;
    struct event event;
    bool starts;
};

static void release(struct note *note)
{
    arena_release(&note->arena);
}

/* Written and read again. */
static void take(struct note *note, const struct event *event, struct str text, bool starts)
{
    struct error error = {0};
    *note = (struct note){0};
    arena_init(&note->arena, 1024 * 1024);
    assert_int_equal(heard_write(&note->arena, event, starts, &note->heard), OK);
    if (heard_read(&note->arena, note->heard, text, &note->event, &note->starts, &error) != OK)
        fail_msg("%s", error.text);
}

TEST(heard, an_answer_in_words_costs_nothing)
{
    CLEANUP(release) struct note note;
    take(&note, &(struct event){.kind = EVENT_MESSAGE, .text = STR("60")}, STR("60"), false);
    assert_int_equal(note.heard.n, 0);
    assert_int_equal(note.event.kind, EVENT_MESSAGE);
    assert_str_equal(note.event.text, STR("60"));
    assert_false(note.starts);
}

TEST(heard, what_began_a_session_is_no_answer)
{
    CLEANUP(release) struct note note;
    take(&note, &(struct event){.kind = EVENT_COMMAND, .text = STR("x")}, STR("x"), true);
    assert_str_equal(note.heard, STR("o"));
    assert_true(note.starts);
}

TEST(heard, a_button_costs_the_name_of_its_question)
{
    CLEANUP(release) struct note note;
    take(&note, &(struct event){.kind = EVENT_BUTTON, .value = STR("low"), .step = STR("activity")}, STR("low"), false);
    assert_str_equal(note.heard, STR("bactivity"));
    assert_int_equal(note.event.kind, EVENT_BUTTON);
    assert_str_equal(note.event.value, STR("low"));
    assert_str_equal(note.event.step, STR("activity"));
}

TEST(heard, a_file_comes_back_with_all_that_is_known_of_it)
{
    CLEANUP(release) struct note note;
    struct event_file file = {STR("F1"), STR("사진 \"1\".png"), STR("image/png"), 12345};
    take(&note, &(struct event){.kind = EVENT_MESSAGE, .text = STR(""), .files = &file, .n_files = 1}, STR(""), false);
    assert_int_equal(note.event.n_files, 1);
    assert_str_equal(note.event.files[0].id, file.id);
    assert_str_equal(note.event.files[0].name, file.name);
    assert_str_equal(note.event.files[0].type, file.type);
    assert_int_equal(note.event.files[0].bytes, 12345);
}

TEST(heard, a_sheet_comes_back_answer_by_answer)
{
    CLEANUP(release) struct note note;
    struct sheet_answer answers[] = {{STR("weight"), STR("60"), false}, {STR("side"), STR("tea"), true}};
    struct sheet_filled filled = {.answers = answers, .n = 2};
    take(&note, &(struct event){.kind = EVENT_SHEET, .sheet = &filled}, STR("60, 차"), false);
    assert_str_equal(note.heard, STR("s[[\"weight\",\"60\"],[\"side\",\"tea\",1]]"));
    assert_int_equal(note.event.kind, EVENT_SHEET);
    assert_int_equal(note.event.sheet->n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_str_equal(note.event.sheet->answers[i].step, answers[i].step);
        assert_str_equal(note.event.sheet->answers[i].text, answers[i].text);
        assert_int_equal(note.event.sheet->answers[i].chosen, answers[i].chosen);
    }
}

TEST(heard, what_is_no_note_is_refused)
{
    static const char *const bad[] = {"x", "{}", "s", "s{}", "f\"a\"", "s[[1,"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CLEANUP(release) struct note note = {0};
        struct error error = {0};
        arena_init(&note.arena, 1024 * 1024);
        assert_int_equal(heard_read(&note.arena, str_of(bad[i]), STR(""), &note.event, &note.starts, &error),
                         ERR_INVALID);
    }
}

TEST_MAIN
