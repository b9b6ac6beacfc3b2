#include "integrations/slack/modal.h"

#include "bot/model/sheet.h"
#include "integrations/slack/tree.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

static const struct reply_option options[101] = {{STR_INIT("a"), STR_INIT("가")}, {STR_INIT("b"), STR_INIT("나")}};

static const struct json_value *view_of(struct slack_world *w, const struct sheet_field *fields, size_t n)
{
    struct sheet sheet = {.origin = {STR("health"), STR("0a1b"), STR("1770000000000"), STR("ko")},
                          .title = STR("아주 길어서 스물네 글자 안에 도무지 들어가지 않는 제목"),
                          .submit = STR("보내기"),
                          .close = STR("닫기"),
                          .fields = fields,
                          .n_fields = n};
    struct json_value *view = NULL;
    struct str json = slack_modal(&w->arena, &sheet, STR("slack:T1:D1"));
    assert_int_equal(json_read(&w->arena, json, &view, &w->error), OK);
    return view;
}

TEST(modal, a_view_has_its_texts_within_the_limits_and_says_where_it_belongs)
{
    static const struct sheet_field field = {.step = STR_INIT("weight"), .label = STR_INIT("몸무게는요?")};
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    struct sheet_field number = field;
    number.kind = SHEET_NUMBER;
    number.max = STR("300");
    number.hint = STR("숫자로");
    const struct json_value *view = view_of(&w, &number, 1);
    assert_str_equal(slack_text_at(view, "type"), STR("modal"));
    assert_str_equal(slack_text_at(view, "title.text"), STR("아주 길어서 스물네 글자 안에 도무지 들어…"));
    assert_str_equal(slack_text_at(view, "submit.text"), STR("보내기"));
    struct str metadata = slack_text_at(view, "private_metadata");
    assert_str_equal(member(&w, metadata, "flow"), STR("health"));
    assert_str_equal(member(&w, metadata, "conversation"), STR("slack:T1:D1"));
    assert_str_equal(member(&w, metadata, "session"), STR("1770000000000"));
    assert_str_equal(slack_text_at(view, "blocks.0.block_id"), STR("ask:weight"));
    assert_str_equal(slack_text_at(view, "blocks.0.hint.text"), STR("숫자로"));
    assert_str_equal(slack_text_at(view, "blocks.0.element.max_value"), STR("300"));
    assert_true(slack_is_true_at(view, "blocks.0.element.is_decimal_allowed"));
    assert_null(slack_at(view, "blocks.0.element.min_value"));
    world_end(&w);
}

TEST(modal, every_kind_of_question_has_its_element)
{
    static const struct {
        struct sheet_field field;
        const char *element;
    } cases[] = {
        {{.kind = SHEET_ONE, .n_options = 2}, "radio_buttons"},
        {{.kind = SHEET_SEVERAL, .n_options = 2}, "checkboxes"},
        {{.kind = SHEET_NUMBER}, "number_input"},
        {{.kind = SHEET_TEXT, .min_length = 2, .max_length = 2000}, "plain_text_input"},
        {{.kind = SHEET_DATE}, "datepicker"},
        {{.kind = SHEET_EMAIL}, "email_text_input"},
    };
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sheet_field field = cases[i].field;
        field.step = STR("q");
        field.options = options;
        const struct json_value *view = view_of(&w, &field, 1);
        assert_str_equal(slack_text_at(view, "blocks.0.element.type"), str_of(cases[i].element));
        assert_str_equal(slack_text_at(view, "blocks.0.element.action_id"), STR("answer"));
    }
    world_end(&w);
}

TEST(modal, many_options_become_menus)
{
    struct reply_option many[11];
    struct sheet_field field = {.step = STR("q"), .kind = SHEET_ONE, .options = many, .n_options = 6};
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i].value = many[i].label = arena_format(&w.arena, "%zu", i);
    assert_str_equal(slack_text_at(view_of(&w, &field, 1), "blocks.0.element.type"), STR("static_select"));
    field.kind = SHEET_SEVERAL;
    field.n_options = 11;
    assert_str_equal(slack_text_at(view_of(&w, &field, 1), "blocks.0.element.type"), STR("multi_static_select"));
    world_end(&w);
}

TEST(modal, what_slack_could_not_show_is_no_view)
{
    struct sheet_field field = {.step = STR("q"), .kind = SHEET_ONE, .options = options, .n_options = 101};
    struct sheet sheet = {.title = STR("t"), .fields = &field, .n_fields = 1};
    struct slack_world w;
    world_start(&w, NULL, IDS_KNOWN);
    assert_null(slack_modal(&w.arena, &sheet, STR("slack:T1:D1")).p);
    sheet.n_fields = 0;
    assert_null(slack_modal(&w.arena, &sheet, STR("slack:T1:D1")).p);
    world_end(&w);
}

TEST_MAIN
