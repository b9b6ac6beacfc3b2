/* integrations/slack/decode.c — a stored body as a struct event. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/slack/action.h"
#include "integrations/slack/body.h"
#include "integrations/slack/incoming_text.h"
#include "integrations/slack/message.h"
#include "integrations/slack/methods.h"
#include "integrations/slack/pressed.h"
#include "integrations/slack/submission.h"
#include "integrations/slack/tree.h"
#include "integrations/slack/workspace.h"

#include "bot/base/banned.h"

enum { MAX_ADDRESS_BYTES = 64 * 1024 };

struct decoding {
    const struct slack *slack;
    struct arena *arena;
    const struct slack_body *body;
    const struct stored *stored;
    struct json_value *extra; /* what fetch gave; NULL: nothing */
    struct slack_ids ids;
    struct error *error;
    bool full; /* the arena */
};

/* A copy that outlives the body, from which the tree borrows. */
static struct str keep(struct decoding *d, struct str s)
{
    struct str copy = arena_copy(d->arena, s);
    d->full |= copy.p == NULL && s.n > 0;
    return copy;
}

/* "1755000000.000100" → 1755000000000: never through a double, which would lose digits. */
static int64_t milliseconds_of(struct str ts)
{
    int64_t seconds, fraction;
    size_t dot = str_find_char(ts, '.');
    if (!str_to_i64(str_first(ts, dot), &seconds) || seconds < 0 || seconds > INT64_MAX / 1000 - 1)
        return 0;
    struct str digits = str_first(str_skip(ts, dot == SIZE_MAX ? dot : dot + 1), 3);
    return seconds * 1000 + (digits.n == 3 && str_to_i64(digits, &fraction) && fraction >= 0 ? fraction : 0);
}

/* ── where replies go ──────────────────────────────────────────────────────────────────────────────────────────── */

struct address {
    struct str channel, thread_ts, message_ts, user, response_url, trigger_id;
    const struct slack_action *pressed; /* NULL: none */
};

static struct str write_address(struct decoding *d, const struct address *address)
{
    struct buf out;
    buf_init(&out, d->arena, MAX_ADDRESS_BYTES);
    buf_add_char(&out, '{');
    const struct {
        const char *key;
        struct str value;
    } members[] = {
        {"team", slack_body_team(d->body)},  {"channel", address->channel}, {"thread_ts", address->thread_ts},
        {"message_ts", address->message_ts}, {"user", address->user},       {"response_url", address->response_url},
        {"trigger_id", address->trigger_id},
    };
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (members[i].value.n > 0)
            json_add_member(&out, members[i].key, members[i].value);
    if (address->pressed != NULL)
        slack_pressed_keep(&out, d->body->root, address->pressed);
    buf_add_char(&out, '}');
    d->full |= buf_failed(&out);
    return buf_str(&out);
}

/* ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_own(const struct decoding *d, const struct slack_message *message)
{
    static const char *const users[] = {"event.user", "event.message.user", "event.previous_message.user"};
    static const char *const bots[] = {"event.bot_id", "event.message.bot_id", "event.previous_message.bot_id"};
    const struct json_value *root = d->body->root;
    for (size_t i = 0; i < COUNT_OF(users); i++)
        if ((d->ids.user.n > 0 && str_eq(slack_text_at(root, users[i]), d->ids.user)) ||
            (d->ids.bot.n > 0 && str_eq(slack_text_at(root, bots[i]), d->ids.bot)))
            return true;
    struct str app = slack_text_at(root, "event.app_id");
    return message->bot_id.n > 0 && app.n > 0 && str_eq(app, slack_text_at(root, "api_app_id"));
}

static bool is_bot(const struct slack_message *message)
{
    return message->bot_id.n > 0 || str_eq(message->subtype, STR("bot_message")) ||
           str_eq(message->user, STR("USLACKBOT"));
}

static bool is_speech(struct str subtype)
{
    return subtype.n == 0 || str_eq(subtype, STR("file_share")) || str_eq(subtype, STR("thread_broadcast")) ||
           str_eq(subtype, STR("me_message"));
}

/* Why nothing happens; NULL: something does. */
static const char *why_ignored(const struct decoding *d, const struct slack_message *message)
{
    if (str_eq(message->subtype, STR("message_deleted")))
        return "deleted";
    if (str_eq(message->subtype, STR("message_changed")))
        return "edited";
    if (message->is_change)
        return "hidden";
    if (!is_speech(message->subtype))
        return str_eq(message->subtype, STR("bot_message")) ? NULL : "subtype";
    /* An edited mention comes with the key of the first one, so it only gets here when that was never answered: the
     * edit brought the mention. */
    if (!message->is_mention && slack_at(d->body->root, "event.edited") != NULL)
        return "edited";
    if (!message->is_mention && !message->is_direct && slack_mentions(message->text, d->ids.user))
        return "mention_comes_too";
    return message->user.n == 0 && !is_bot(message) ? "no_user" : NULL;
}

static void read_files(struct decoding *d, struct event *event)
{
    const struct json_value *file = slack_items_at(d->body->root, "event.files");
    event->has_files = file != NULL;
    struct event_file *files = file == NULL ? NULL : arena_alloc_array(d->arena, EVENT_MAX_FILES, sizeof *files);
    d->full |= file != NULL && files == NULL;
    for (; file != NULL && files != NULL && event->n_files < EVENT_MAX_FILES; file = file->next)
        files[event->n_files++] = (struct event_file){
            .id = keep(d, json_get_str(file, STR("id"), STR(""))),
            .name = keep(d, json_get_str(file, STR("name"), STR(""))),
            .type = keep(d, json_get_str(file, STR("mimetype"), STR(""))),
            .bytes = json_get_i64(file, STR("size"), 0),
        };
    event->files = files;
}

static enum err decode_message(struct decoding *d, const struct slack_message *message, struct event *event)
{
    bool is_reply = message->thread_ts.n > 0 && !str_eq(message->thread_ts, message->ts);
    event->kind = EVENT_MESSAGE;
    event->author = is_own(d, message)            ? AUTHOR_SELF
                    : is_bot(message)             ? AUTHOR_BOT
                    : is_speech(message->subtype) ? AUTHOR_USER
                                                  : AUTHOR_SYSTEM;
    event->ignored = event->author == AUTHOR_SELF || event->author == AUTHOR_BOT ? NULL : why_ignored(d, message);
    event->channel = keep(d, message->channel);
    event->user = keep(d, message->user);
    event->happened_ms = milliseconds_of(message->ts);
    event->mention = message->is_mention;
    event->direct = message->is_direct;
    event->in_thread = is_reply && !message->is_direct;
    read_files(d, event);
    struct str in_thread = message->thread_ts;
    if (in_thread.n == 0 && !message->is_direct)
        in_thread = message->ts;
    event->address = write_address(
        d, &(struct address){
               .channel = message->channel, .thread_ts = in_thread, .message_ts = message->ts, .user = message->user});
    return slack_incoming_text(d->arena, message->text, d->ids.user, &event->text, d->error);
}

static enum err decode_event(struct decoding *d, struct event *event)
{
    struct str own = slack_ids(d->slack).team;
    if (own.n > 0 && event->workspace.n > 0 && !str_eq(own, event->workspace) &&
        !slack_is_true_at(d->body->root, "authorizations.0.is_enterprise_install")) {
        event->kind = EVENT_OTHER;
        event->ignored = "unknown_team";
        return OK;
    }
    struct slack_message message;
    if (slack_message_of(d->body, &message))
        return decode_message(d, &message, event);
    event->kind = EVENT_OTHER;
    event->ignored = "unknown_type";
    event->user = keep(d, slack_text_at(d->body->root, "event.user"));
    return OK;
}

/* ── commands and buttons ──────────────────────────────────────────────────────────────────────────────────────── */

static enum err decode_command(struct decoding *d, struct event *event)
{
    const struct form *form = &d->body->form;
    struct str direct = json_get_str(d->extra, STR("direct"), STR(""));
    struct str url = form_get(form, STR("response_url"));
    struct address address = {
        .channel = direct, /* the channel's others are not to read the answer: without a response_url there is none */
        .user = form_get(form, STR("user_id")),
        .trigger_id = form_get(form, STR("trigger_id")),
        .response_url = direct.n == 0 && slack_is_response_url(d->slack, url) ? url : STR(""),
    };
    event->kind = EVENT_COMMAND;
    event->author = AUTHOR_USER;
    event->channel = form_get(form, STR("channel_id"));
    event->user = address.user;
    event->command = form_get(form, STR("command"));
    event->address = write_address(d, &address);
    event->missing |= direct.n == 0 ? (unsigned)EVENT_NEEDS_DIRECT : 0u;
    return slack_incoming_text(d->arena, form_get(form, STR("text")), d->ids.user, &event->text, d->error);
}

/* The conversation that a Done button names, as "slack:TEAM:CHANNEL" with perhaps ":THREAD". */
static void address_of_conversation(struct str conversation, struct address *ret_address)
{
    struct str rest = conversation, piece = {NULL, 0};
    for (int i = 0; i < 3; i++)
        if (!str_split(&rest, ':', &piece))
            return;
    ret_address->channel = piece;
    ret_address->thread_ts = rest;
}

static enum err decode_actions(struct decoding *d, struct event *event)
{
    struct slack_action action;
    enum err rc = slack_action_of(d->body, d->arena, &action, d->error);
    if (rc != OK)
        return rc;
    if (action.kind == SLACK_NO_ACTION) {
        event->kind = EVENT_OTHER;
        event->ignored = action.ignored;
        return OK;
    }
    struct address address = {.channel = action.channel, .user = action.user, .pressed = &action};
    if (str_eq(action.id, STR(SLACK_ACTION_SHEET))) { /* this button stays: the modal may be opened again */
        address.pressed = NULL;
        address.trigger_id = slack_text_at(d->body->root, "trigger_id");
    }
    if (action.kind == SLACK_DONE)
        address_of_conversation(action.value, &address);
    else if (action.thread_ts.n > 0 || !str_starts(action.channel, STR("D")))
        address.thread_ts = action.thread_ts.n > 0 ? action.thread_ts : action.message_ts;
    event->kind = action.kind == SLACK_DONE ? EVENT_RELEASED : EVENT_BUTTON;
    event->author = AUTHOR_USER;
    event->channel = keep(d, action.channel);
    event->user = keep(d, action.user);
    event->direct = str_starts(action.channel, STR("D"));
    event->happened_ms = milliseconds_of(action.action_ts);
    event->value = action.value;
    event->step = keep(d, action.step);
    event->address = write_address(d, &address);
    rc = text_nfc(d->arena, action.label, &event->text);
    return rc == OK ? OK : fail(d->error, rc, "a button's label cannot be normalised");
}

static enum err decode_submission(struct decoding *d, struct event *event)
{
    struct slack_submission submission;
    enum err rc = slack_submission_of(d->body, d->arena, &submission, d->error);
    if (rc != OK)
        return rc;
    if (submission.ignored != NULL) {
        event->kind = EVENT_OTHER;
        event->ignored = submission.ignored;
        return OK;
    }
    struct address address = {.user = submission.user};
    address_of_conversation(submission.conversation, &address);
    struct sheet_filled *filled = arena_alloc(d->arena, sizeof *filled);
    struct sheet_answer *answers = arena_alloc_array(d->arena, submission.filled.n, sizeof *answers);
    if (filled == NULL || answers == NULL)
        return fail(d->error, ERR_NO_MEMORY, "a modal's answers do not fit into memory");
    *filled = submission.filled;
    for (size_t i = 0; i < filled->n; i++)
        answers[i] = (struct sheet_answer){.step = keep(d, submission.filled.answers[i].step),
                                           .text = keep(d, submission.filled.answers[i].text),
                                           .chosen = submission.filled.answers[i].chosen};
    filled->answers = answers;
    event->kind = EVENT_SHEET;
    event->author = AUTHOR_USER;
    event->channel = keep(d, address.channel);
    event->user = keep(d, submission.user);
    event->direct = str_starts(address.channel, STR("D"));
    event->sheet = filled;
    event->address = write_address(d, &address);
    rc = text_nfc(d->arena, submission.plain, &event->text);
    return rc == OK ? OK : fail(d->error, rc, "a modal's answers cannot be normalised");
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err decode_body(struct decoding *d, struct event *event)
{
    switch (d->body->kind) {
    case SLACK_EVENT:
        return decode_event(d, event);
    case SLACK_COMMAND:
        return decode_command(d, event);
    case SLACK_ACTIONS:
        return decode_actions(d, event);
    case SLACK_SUBMISSION:
        return decode_submission(d, event);
    case SLACK_OTHER:
        event->kind = EVENT_OTHER;
        event->ignored = d->body->ignored;
        return OK;
    }
    return fail(d->error, ERR_INTERNAL, "a body of no kind");
}

/* What users.info told, if it was asked. */
static enum err add_profile(struct decoding *d, struct event *event)
{
    const struct json_value *profile = json_get(d->extra, STR("profile"));
    if (profile == NULL) {
        if (event->kind == EVENT_MESSAGE || event->kind == EVENT_COMMAND)
            event->missing |= EVENT_NEEDS_PROFILE;
        return OK;
    }
    struct buf out;
    buf_init(&out, d->arena, MAX_ADDRESS_BYTES);
    json_add_value(&out, profile);
    event->profile = buf_str(&out);
    event->locale = json_get_str(profile, STR("locale"), STR(""));
    return buf_failed(&out) ? fail(d->error, ERR_NO_MEMORY, "a profile does not fit into memory") : OK;
}

enum err slack_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                      struct event *ret_event, struct error *error)
{
    struct slack_body body;
    struct decoding d = {.slack = slack_of(self), .arena = arena, .body = &body, .stored = stored, .error = error};
    enum err rc = slack_body_read(arena, slack_format_of_bytes(stored->body), stored->body, &body, error);
    if (rc == OK && stored->extra.n > 0)
        rc = json_read(arena, stored->extra, &d.extra, error);
    if (rc != OK)
        return rc;
    d.ids = slack_ids_for(d.slack, &body);
    struct event event = {
        .key = stored->key,
        .platform = STR("slack"),
        .workspace = keep(&d, slack_body_team(&body)),
        .conversation = stored->conversation,
    };
    rc = decode_body(&d, &event);
    if (rc == OK)
        rc = add_profile(&d, &event);
    if (rc == OK && d.full)
        rc = fail(error, ERR_NO_MEMORY, "a Slack event does not fit into memory");
    if (rc == OK)
        *ret_event = event;
    return rc;
}
