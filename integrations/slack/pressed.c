#include "integrations/slack/pressed.h"

#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/slack/action.h"
#include "integrations/slack/mrkdwn.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

enum { MAX_BLOCKS = 45, MAX_BLOCKS_BYTES = 32 * 1024, MAX_TEXT_UNITS = 3500, MAX_TEXT_BYTES = 65536 };

/* Texts, pictures, lines: what cannot be used. */
static bool is_kept(const struct json_value *block)
{
    static const struct str kinds[] = {STR_INIT("section"), STR_INIT("image"), STR_INIT("context"),
                                       STR_INIT("divider")};
    return strs_contain((struct strs){kinds, COUNT_OF(kinds)}, slack_text_at(block, "type"));
}

/* One block of the pressed message without the menu that may stand beside its text. */
static void keep_block(struct buf *out, const struct json_value *block)
{
    bool has_image = str_eq(slack_text_at(block, "accessory.type"), STR("image"));
    json_add_comma(out);
    buf_add_char(out, '{');
    for (const struct json_value *member = block->child; member != NULL; member = member->next) {
        if (str_eq(member->key, STR("accessory")) && !has_image)
            continue;
        json_add_comma(out);
        json_add_str(out, member->key);
        buf_add_char(out, ':');
        json_add_value(out, member);
    }
    buf_add_char(out, '}');
}

static void keep_blocks(struct buf *out, const struct json_value *message)
{
    size_t n = 0, start = out->n;
    for (const struct json_value *block = slack_items_at(message, "blocks"); block != NULL; block = block->next) {
        if (n == MAX_BLOCKS || out->n - start > MAX_BLOCKS_BYTES)
            return;
        if (is_kept(block)) {
            keep_block(out, block);
            n++;
        }
    }
}

void slack_pressed_keep(struct buf *address, const struct json_value *root, const struct slack_action *action)
{
    const struct json_value *message = slack_at(root, "message");
    if (message == NULL || message->kind != JSON_OBJECT_)
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
    keep_blocks(address, message);
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
