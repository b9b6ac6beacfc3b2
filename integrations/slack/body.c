#include "integrations/slack/body.h"

#include "bot/base/json.h"
#include "bot/model/platform.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

enum slack_format slack_format_of_bytes(struct str body)
{
    struct str text = str_trim(body);
    return text.n > 0 && (text.p[0] == '{' || text.p[0] == '[') ? SLACK_JSON : SLACK_FORM;
}

enum slack_format slack_format_of(const struct inbound *inbound)
{
    struct str type = str_trim(str_first(inbound->content_type, str_find_char(inbound->content_type, ';')));
    if (str_eq_nocase(type, STR("application/json")))
        return SLACK_JSON;
    if (str_eq_nocase(type, STR("application/x-www-form-urlencoded")))
        return SLACK_FORM;
    return slack_format_of_bytes(inbound->body);
}

static void classify_event(struct slack_body *body)
{
    struct str type = slack_text_at(body->root, "type");
    if (str_eq(type, STR("event_callback")) && slack_is_object_at(body->root, "event"))
        body->kind = SLACK_EVENT;
    else if (str_eq(type, STR("app_rate_limited")))
        body->ignored = "app_rate_limited";
    else
        body->ignored = "unknown_type";
}

static enum err classify_form(struct arena *arena, struct slack_body *body, struct error *error)
{
    if (form_get(&body->form, STR("command")).n > 0) {
        body->kind = SLACK_COMMAND;
        return OK;
    }
    struct str payload = form_get(&body->form, STR("payload"));
    if (payload.n == 0) {
        body->ignored = "unknown_form";
        return OK;
    }
    struct json_value *root;
    enum err rc = json_read(arena, payload, &root, error);
    if (rc != OK)
        return rc == ERR_NO_MEMORY ? rc : during(error, "reading the form's payload");
    body->root = root;
    struct str type = slack_text_at(body->root, "type");
    if (str_eq(type, STR("block_actions")))
        body->kind = SLACK_ACTIONS;
    else if (str_eq(type, STR("view_submission")))
        body->kind = SLACK_SUBMISSION;
    else if (str_eq(type, STR("view_closed")))
        body->ignored = "view_closed";
    else
        body->ignored = "unknown_interaction";
    return OK;
}

enum err slack_body_read(struct arena *arena, enum slack_format format, struct str text, struct slack_body *ret_body,
                         struct error *error)
{
    struct slack_body body = {.kind = SLACK_OTHER};
    enum err rc;
    if (format == SLACK_JSON) {
        struct json_value *root;
        rc = json_read(arena, text, &root, error);
        if (rc == OK) {
            body.root = root;
            classify_event(&body);
        }
    } else {
        rc = form_parse(arena, text, &body.form, error);
        if (rc == OK)
            rc = classify_form(arena, &body, error);
    }
    if (rc == OK)
        *ret_body = body;
    return rc;
}

struct str slack_body_team(const struct slack_body *body)
{
    static const char *const of_event[] = {"authorizations.0.team_id", "team_id"};
    static const char *const of_actions[] = {"message.team", "view.app_installed_team_id", "team.id", "user.team_id"};
    bool is_event = body->kind == SLACK_EVENT;
    if (body->kind == SLACK_COMMAND)
        return form_get(&body->form, STR("team_id"));
    struct str team = {NULL, 0};
    for (size_t i = 0; team.n == 0 && i < (is_event ? COUNT_OF(of_event) : COUNT_OF(of_actions)); i++)
        team = slack_text_at(body->root, is_event ? of_event[i] : of_actions[i]);
    return team;
}
