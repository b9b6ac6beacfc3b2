#include "integrations/slack/action.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/slack/body.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

enum { MAX_VALUE_BYTES = 32 * 1024 };

struct chosen {
    struct buf value, label;
};

static void add_chosen(struct chosen *chosen, const struct json_value *option)
{
    if (option == NULL || option->kind != JSON_OBJECT_)
        return;
    if (chosen->value.n > 0) {
        buf_add_char(&chosen->value, ',');
        buf_add(&chosen->label, STR(", "));
    }
    buf_add(&chosen->value, slack_text_at(option, "value"));
    buf_add(&chosen->label, slack_text_at(option, "text.text"));
}

/* An element's answer: a menu's option, all that is ticked, or the button's value. */
static void add_answer(struct chosen *chosen, const struct json_value *element)
{
    const struct json_value *one = slack_at(element, "selected_option");
    const struct json_value *several = slack_at(element, "selected_options");
    if (one != NULL)
        add_chosen(chosen, one);
    else if (several != NULL)
        for (const struct json_value *option = several->child; option != NULL; option = option->next)
            add_chosen(chosen, option);
    else
        add_chosen(chosen, element);
}

/* What is ticked in the message: `state.values` holds block_id → action_id → element. */
static void add_ticked(struct chosen *chosen, const struct json_value *root)
{
    const struct json_value *values = slack_at(root, "state.values");
    for (const struct json_value *block = values != NULL ? values->child : NULL; block != NULL; block = block->next) {
        const struct json_value *picked = json_get(block, STR(SLACK_ACTION_PICK));
        if (picked != NULL)
            add_answer(chosen, picked);
    }
}

static void classify(struct slack_action *action)
{
    action->kind = SLACK_NO_ACTION;
    if (action->channel.n == 0 || action->message_ts.n == 0 || action->user.n == 0)
        action->ignored = "unknown_interaction";
    else if (str_starts(action->id, STR(SLACK_ACTION_CHOICE)) || str_eq(action->id, STR(SLACK_ACTION_CONFIRM)) ||
             str_eq(action->id, STR(SLACK_ACTION_SHEET)))
        action->kind = SLACK_CHOSEN;
    else if (str_eq(action->id, STR(SLACK_ACTION_DONE)))
        action->kind = SLACK_DONE;
    else if (str_eq(action->id, STR(SLACK_ACTION_PICK)))
        action->ignored = "ticked";
    else if (str_starts(action->id, STR(SLACK_ACTION_LINK)))
        action->ignored = "link_button";
    else
        action->ignored = "unknown_action";
}

/* The first path that leads to a text. */
static struct str first_text(const struct json_value *root, const char *one, const char *two)
{
    struct str text = slack_text_at(root, one);
    return text.n > 0 ? text : slack_text_at(root, two);
}

static struct str step_of(struct str block_id)
{
    struct str ask = STR(SLACK_BLOCK_ASK);
    return str_starts(block_id, ask) ? str_skip(block_id, ask.n) : STR("");
}

enum err slack_action_of(const struct slack_body *body, struct arena *arena, struct slack_action *ret_action,
                         struct error *error)
{
    const struct json_value *root = body->root, *used = slack_at(root, "actions.0");
    struct slack_action action = {
        .id = slack_text_at(used, "action_id"),
        .step = step_of(slack_text_at(used, "block_id")),
        .action_ts = slack_text_at(used, "action_ts"),
        .channel = first_text(root, "container.channel_id", "channel.id"),
        .message_ts = first_text(root, "container.message_ts", "message.ts"),
        .thread_ts = first_text(root, "container.thread_ts", "message.thread_ts"),
        .user = slack_text_at(root, "user.id"),
        .response_url = slack_text_at(root, "response_url"),
    };
    classify(&action);
    struct chosen chosen;
    buf_init(&chosen.value, arena, MAX_VALUE_BYTES);
    buf_init(&chosen.label, arena, MAX_VALUE_BYTES);
    if (str_eq(action.id, STR(SLACK_ACTION_CONFIRM)))
        add_ticked(&chosen, root);
    else
        add_answer(&chosen, used);
    action.value = buf_str(&chosen.value);
    action.label = buf_str(&chosen.label);
    if (buf_failed(&chosen.value) || buf_failed(&chosen.label))
        return fail(error, ERR_NO_MEMORY, "a pressed button's value does not fit into memory");
    *ret_action = action;
    return OK;
}
