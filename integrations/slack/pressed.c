#include "integrations/slack/pressed.h"

#include <stdlib.h>

#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/slack/action.h"
#include "integrations/slack/body.h"
#include "integrations/slack/mrkdwn.h"

#include "bot/base/banned.h"

enum { MAX_BLOCKS = 45, MAX_BLOCKS_BYTES = 32 * 1024, MAX_TEXT_UNITS = 3500, MAX_TEXT_BYTES = 65536 };

/* One block of the pressed message without what can be used: buttons, menus, check boxes. */
static void keep_block(struct buf *out, json_t *block)
{
    struct str type = slack_text_at(block, "type");
    bool is_kept = str_eq(type, STR("section")) || str_eq(type, STR("image")) || str_eq(type, STR("context")) ||
                   str_eq(type, STR("divider"));
    if (!is_kept)
        return;
    if (!str_eq(slack_text_at(block, "accessory.type"), STR("image")))
        json_object_del(block, "accessory");
    char *text = json_dumps(block, JSON_COMPACT);
    if (text == NULL)
        return;
    json_add_comma(out);
    buf_add(out, str_of(text));
    free(text);
}

static void keep_blocks(struct buf *out, const json_t *blocks)
{
    for (size_t i = 0; i < json_array_size(blocks) && i < MAX_BLOCKS && out->n < MAX_BLOCKS_BYTES; i++) {
        json_t *copy = json_copy(json_array_get(blocks, i)); /* shallow: only the accessory is taken off */
        keep_block(out, copy);
        json_decref(copy);
    }
}

void slack_pressed_keep(struct buf *address, const json_t *root, const struct slack_action *action)
{
    const json_t *message = json_at(root, "message");
    if (!json_is_object(message))
        return;
    struct str text = slack_text_at(message, "text");
    json_add_key(address, "pressed");
    buf_add_char(address, '{');
    json_add_member(address, "channel", action->channel);
    json_add_member(address, "ts", action->message_ts);
    json_add_member(address, "text", slack_units(text) <= MAX_TEXT_UNITS ? text : STR(""));
    json_add_member(address, "label", action->label);
    json_add_member(address, "by", action->kind == SLACK_DONE ? action->user : STR(""));
    json_add_key(address, "blocks");
    buf_add_char(address, '[');
    keep_blocks(address, json_at(message, "blocks"));
    buf_add(address, STR("]}"));
}

/* "✓ *label*", and who pressed it where that matters. */
static void add_choice(struct buf *out, const struct json_value *pressed)
{
    struct str by = json_get_str(pressed, STR("by"), STR(""));
    buf_add(out, STR("✓ *"));
    slack_add_plain(out, text_first(json_get_str(pressed, STR("label"), STR("")), 300), SLACK_NO_LINKS);
    buf_add_char(out, '*');
    if (by.n > 0)
        buf_addf(out, " <@%.*s>", STR_ARG(by));
}

bool slack_pressed_args(struct buf *out, const struct json_value *address)
{
    const struct json_value *pressed = json_get(address, STR("pressed"));
    if (pressed == NULL)
        return false;
    CLEANUP(buf_release) struct buf choice, text;
    buf_init(&choice, NULL, MAX_TEXT_BYTES);
    buf_init(&text, NULL, MAX_TEXT_BYTES);
    add_choice(&choice, pressed);
    buf_add(&text, json_get_str(pressed, STR("text"), STR("")));
    if (text.n > 0)
        buf_add_char(&text, '\n');
    buf_add(&text, buf_str(&choice));

    buf_add_char(out, '{');
    json_add_member(out, "channel", json_get_str(pressed, STR("channel"), STR("")));
    json_add_member(out, "ts", json_get_str(pressed, STR("ts"), STR("")));
    json_add_member(out, "text", buf_str(&text));
    json_add_key(out, "blocks");
    buf_add_char(out, '[');
    const struct json_value *blocks = json_get(pressed, STR("blocks"));
    for (const struct json_value *b = blocks != NULL ? blocks->child : NULL; b != NULL; b = b->next) {
        json_add_comma(out);
        json_add_value(out, b);
    }
    json_add_comma(out);
    buf_add(out, STR("{\"type\":\"context\",\"elements\":[{\"type\":\"mrkdwn\",\"text\":"));
    json_add_str(out, buf_str(&choice));
    buf_add(out, STR("}]}]}"));
    return true;
}
