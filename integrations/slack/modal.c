#include "integrations/slack/modal.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/model/sheet.h"
#include "integrations/slack/action.h"
#include "integrations/slack/blocks.h"
#include "integrations/slack/mrkdwn.h"

#include "bot/base/banned.h"

enum {
    MAX_VIEW_BYTES = 250 * 1000, /* Slack's own */
    MAX_TITLE_UNITS = 24,        /* title, submit, close */
    MAX_LABEL_UNITS = 1900,      /* of 2000; hints too   */
    MAX_METADATA_UNITS = 3000,
    MAX_METADATA_BYTES = 4096,
    MAX_INPUT_LENGTH = 3000,
    MAX_LINE_LENGTH = 150, /* longer answers get a field of several lines */
    MAX_RADIO_BUTTONS = 5, /* Slack takes 10; more than five are easier to find in a menu */
};

struct view {
    struct arena *arena;
    struct buf json;
    bool failed;
};

static void add_plain_text(struct view *view, const char *key, struct str text, size_t max_units)
{
    struct str shown = slack_shorten(view->arena, str_trim(text), max_units);
    json_add_key(&view->json, key);
    buf_add(&view->json, STR("{\"type\":\"plain_text\",\"emoji\":true,\"text\":"));
    json_add_str(&view->json, shown.n > 0 ? shown : STR("–"));
    buf_add_char(&view->json, '}');
}

/* ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void begin_element(struct view *view, const char *type)
{
    json_add_key(&view->json, "element");
    buf_addf(&view->json, "{\"type\":\"%s\",\"action_id\":\"" SLACK_MODAL_ANSWER "\"", type);
}

static const char *menu_type(const struct sheet_field *field)
{
    if (field->kind == SHEET_SEVERAL)
        return field->n_options <= SLACK_MAX_CHECKBOXES ? "checkboxes" : "multi_static_select";
    return field->n_options <= MAX_RADIO_BUTTONS ? "radio_buttons" : "static_select";
}

static void add_menu(struct view *view, const struct sheet_field *field)
{
    begin_element(view, menu_type(field));
    json_add_key(&view->json, "options");
    buf_add_char(&view->json, '[');
    for (size_t i = 0; i < field->n_options; i++) {
        const struct reply_option *option = &field->options[i];
        view->failed |= option->value.n == 0 || slack_units(option->value) > SLACK_MAX_OPTION_VALUE_UNITS;
        json_add_comma(&view->json);
        buf_add_char(&view->json, '{');
        add_plain_text(view, "text", option->label, SLACK_MAX_LABEL_UNITS);
        json_add_member(&view->json, "value", option->value);
        buf_add_char(&view->json, '}');
    }
    buf_add_char(&view->json, ']');
    view->failed |= field->n_options == 0 || field->n_options > SLACK_MAX_OPTIONS;
}

static void add_number(struct view *view, const struct sheet_field *field)
{
    begin_element(view, "number_input");
    json_add_member_bool(&view->json, "is_decimal_allowed", !field->integer);
    if (field->min.n > 0)
        json_add_member(&view->json, "min_value", field->min);
    if (field->max.n > 0)
        json_add_member(&view->json, "max_value", field->max);
}

static void add_text(struct view *view, const struct sheet_field *field)
{
    begin_element(view, "plain_text_input");
    json_add_member_bool(&view->json, "multiline", field->max_length > MAX_LINE_LENGTH);
    if (field->min_length > 0 && field->min_length <= MAX_INPUT_LENGTH)
        json_add_member_i64(&view->json, "min_length", (int64_t)field->min_length);
    if (field->max_length > 0 && field->max_length <= MAX_INPUT_LENGTH)
        json_add_member_i64(&view->json, "max_length", (int64_t)field->max_length);
}

static void add_element(struct view *view, const struct sheet_field *field)
{
    switch (field->kind) {
    case SHEET_ONE:
    case SHEET_SEVERAL:
        add_menu(view, field);
        break;
    case SHEET_NUMBER:
        add_number(view, field);
        break;
    case SHEET_TEXT:
        add_text(view, field);
        break;
    case SHEET_DATE:
        begin_element(view, "datepicker");
        break;
    case SHEET_EMAIL:
        begin_element(view, "email_text_input");
        break;
    }
    buf_add_char(&view->json, '}');
}

static void add_input(struct view *view, const struct sheet_field *field)
{
    struct str id = arena_format(view->arena, SLACK_BLOCK_ASK "%.*s", STR_ARG(field->step));
    view->failed |= id.p == NULL || field->step.n > SLACK_MAX_STEP_BYTES;
    json_add_comma(&view->json);
    buf_add_char(&view->json, '{');
    json_add_member(&view->json, "type", STR("input"));
    json_add_member(&view->json, "block_id", id);
    json_add_member_bool(&view->json, "optional", field->optional);
    add_plain_text(view, "label", field->label, MAX_LABEL_UNITS);
    if (field->hint.n > 0)
        add_plain_text(view, "hint", field->hint, MAX_LABEL_UNITS);
    add_element(view, field);
    buf_add_char(&view->json, '}');
}

/* ── the view ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_metadata(struct view *view, const struct sheet_origin *origin, struct str conversation)
{
    struct buf metadata;
    buf_init(&metadata, view->arena, MAX_METADATA_BYTES);
    buf_add_char(&metadata, '{');
    json_add_member(&metadata, "flow", origin->flow);
    json_add_member(&metadata, "version", origin->version);
    json_add_member(&metadata, "session", origin->session);
    json_add_member(&metadata, "locale", origin->locale);
    json_add_member(&metadata, "conversation", conversation);
    buf_add_char(&metadata, '}');
    view->failed |= buf_failed(&metadata) || slack_units(buf_str(&metadata)) > MAX_METADATA_UNITS;
    json_add_member(&view->json, "private_metadata", buf_str(&metadata));
}

struct str slack_modal(struct arena *arena, const struct sheet *sheet, struct str conversation)
{
    struct view view = {.arena = arena};
    buf_init(&view.json, arena, MAX_VIEW_BYTES);
    buf_add_char(&view.json, '{');
    json_add_member(&view.json, "type", STR("modal"));
    json_add_member(&view.json, "callback_id", STR(SLACK_MODAL_ID));
    add_metadata(&view, &sheet->origin, conversation);
    add_plain_text(&view, "title", sheet->title, MAX_TITLE_UNITS);
    add_plain_text(&view, "submit", sheet->submit, MAX_TITLE_UNITS);
    add_plain_text(&view, "close", sheet->close, MAX_TITLE_UNITS);
    json_add_key(&view.json, "blocks");
    buf_add_char(&view.json, '[');
    for (size_t i = 0; i < sheet->n_fields; i++)
        add_input(&view, &sheet->fields[i]);
    buf_add(&view.json, STR("]}"));
    return view.failed || buf_failed(&view.json) || sheet->n_fields == 0 ? (struct str){NULL, 0} : buf_str(&view.json);
}
