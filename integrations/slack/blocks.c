#include "integrations/slack/blocks.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/model/markup.h"
#include "bot/model/reply.h"
#include "bot/model/sheet.h"
#include "integrations/slack/action.h"
#include "integrations/slack/mrkdwn.h"

#include "bot/base/banned.h"

enum { MAX_BLOCK_BYTES = 256 * 1024, MAX_LISTED_UNITS = 2000 };

/* ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_block(struct slack_blocks *blocks, const struct buf *json, struct str text)
{
    if (blocks->n == blocks->capacity) {
        size_t capacity = blocks->capacity == 0 ? 16 : blocks->capacity * 2;
        struct slack_block *items = arena_alloc_array(blocks->arena, capacity, sizeof *items);
        if (items == NULL) {
            blocks->failed = true;
            return;
        }
        for (size_t i = 0; i < blocks->n; i++)
            items[i] = blocks->items[i];
        blocks->items = items;
        blocks->capacity = capacity;
    }
    blocks->failed |= buf_failed(json);
    blocks->items[blocks->n++] = (struct slack_block){.json = buf_str(json), .text = text, .units = slack_units(text)};
}

static struct buf new_json(const struct slack_blocks *blocks)
{
    struct buf json;
    buf_init(&json, blocks->arena, MAX_BLOCK_BYTES);
    return json;
}

/* ── composition objects ───────────────────────────────────────────────────────────────────────────────────────── */

static struct str word(const struct slack_blocks *blocks, struct str korean, struct str english)
{
    return blocks->locale.n == 0 || str_starts(blocks->locale, STR("ko")) ? korean : english;
}

/* A plain_text object; Slack refuses an empty one. */
static void add_plain_text(const struct slack_blocks *blocks, struct buf *out, struct str text)
{
    struct str shown = slack_shorten(blocks->arena, str_trim(text), SLACK_MAX_LABEL_UNITS);
    buf_add(out, STR("{\"type\":\"plain_text\",\"emoji\":true,\"text\":"));
    json_add_str(out, shown.n > 0 ? shown : STR("–"));
    buf_add_char(out, '}');
}

static void add_mrkdwn_text(struct buf *out, struct str mrkdwn)
{
    /* verbatim: Slack makes no mentions and links of its own out of the text */
    buf_add(out, STR("{\"type\":\"mrkdwn\",\"verbatim\":true,\"text\":"));
    json_add_str(out, mrkdwn);
    buf_add_char(out, '}');
}

static bool is_web_url(struct str url)
{
    return (str_starts(url, STR("https://")) || str_starts(url, STR("http://"))) && url.n <= SLACK_MAX_URL_BYTES;
}

static void add_image_members(struct buf *out, struct str url, struct str description)
{
    json_add_member(out, "type", STR("image"));
    json_add_member(out, "image_url", url);
    json_add_member(out, "alt_text", description.n > 0 ? description : STR("–"));
}

/* ── text, images, links ───────────────────────────────────────────────────────────────────────────────────────── */

static void add_section(struct slack_blocks *blocks, struct str mrkdwn, struct str accessory)
{
    struct buf json = new_json(blocks);
    buf_add(&json, STR("{\"type\":\"section\",\"text\":"));
    add_mrkdwn_text(&json, mrkdwn);
    if (accessory.n > 0)
        json_add_member_raw(&json, "accessory", accessory);
    buf_add_char(&json, '}');
    add_block(blocks, &json, mrkdwn);
}

/* `accessory` goes beside the last section, where the question ends. */
static void add_sections(struct slack_blocks *blocks, struct str markup, struct str accessory)
{
    struct strs texts;
    if (slack_mrkdwn(blocks->arena, markup, SLACK_MAX_SECTION_UNITS, &texts, NULL) != OK) {
        blocks->failed = true;
        return;
    }
    for (size_t i = 0; i < texts.n; i++)
        add_section(blocks, texts.items[i], i + 1 == texts.n ? accessory : STR(""));
    if (texts.n == 0 && accessory.n > 0)
        add_section(blocks, word(blocks, STR("선택하세요"), STR("Choose")), accessory);
}

static void add_image(struct slack_blocks *blocks, struct str url)
{
    if (!is_web_url(url))
        return;
    struct buf json = new_json(blocks), text = new_json(blocks);
    buf_add_char(&json, '{');
    add_image_members(&json, url, STR(""));
    buf_add_char(&json, '}');
    slack_add_link(&text, url, STR(""));
    add_block(blocks, &json, buf_str(&text));
}

static void add_link_button(struct slack_blocks *blocks, struct buf *out, const struct reply_button *button)
{
    json_add_comma(out);
    buf_add(out, STR("{\"type\":\"button\",\"text\":"));
    add_plain_text(blocks, out, button->label);
    json_add_member(out, "url", button->url);
    buf_addf(out, ",\"action_id\":\"" SLACK_ACTION_LINK "%zu\"}", ++blocks->n_links);
}

static void add_links(struct slack_blocks *blocks, const struct reply_button *buttons, size_t n)
{
    struct buf json = new_json(blocks), text = new_json(blocks);
    buf_add(&json, STR("{\"type\":\"actions\",\"elements\":["));
    size_t n_added = 0;
    for (size_t i = 0; i < n && n_added < SLACK_MAX_BUTTONS; i++) {
        if (!is_web_url(buttons[i].url))
            continue;
        add_link_button(blocks, &json, &buttons[i]);
        if (n_added++ > 0)
            buf_add_char(&text, '\n');
        slack_add_link(&text, buttons[i].url, buttons[i].label);
    }
    buf_add(&json, STR("]}"));
    if (n_added > 0)
        add_block(blocks, &json, buf_str(&text));
}

/* ── choices ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "1. label" a line; what does not fit is left to the menu. */
static struct str list_options(struct slack_blocks *blocks, const struct reply *reply, size_t max_units)
{
    struct buf list = new_json(blocks);
    for (size_t i = 0; i < reply->n_options; i++) {
        size_t before = list.n;
        buf_addf(&list, "%s%zu. ", i > 0 ? "\n" : "", i + 1);
        slack_add_plain(&list, reply->options[i].label, SLACK_NO_LINKS);
        if (slack_units(buf_str(&list)) > max_units) {
            buf_truncate(&list, before);
            break;
        }
    }
    blocks->failed |= buf_failed(&list);
    return buf_str(&list);
}

static void add_options(struct slack_blocks *blocks, struct buf *out, const struct reply *reply)
{
    json_add_key(out, "options");
    buf_add_char(out, '[');
    for (size_t i = 0; i < reply->n_options; i++) {
        json_add_comma(out);
        buf_add(out, STR("{\"text\":"));
        add_plain_text(blocks, out, reply->options[i].label);
        json_add_member(out, "value", reply->options[i].value);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

/* {"type":"actions","block_id":"ask:STEP","elements":[ */
static struct buf begin_actions(struct slack_blocks *blocks, const struct reply *reply)
{
    struct buf json = new_json(blocks);
    buf_add(&json, STR("{\"type\":\"actions\""));
    if (reply->step.n > 0 && reply->step.n <= SLACK_MAX_STEP_BYTES) {
        struct str id = arena_format(blocks->arena, SLACK_BLOCK_ASK "%.*s", STR_ARG(reply->step));
        blocks->failed |= id.p == NULL;
        json_add_member(&json, "block_id", id);
    }
    buf_add(&json, STR(",\"elements\":["));
    return json;
}

static void add_buttons(struct slack_blocks *blocks, const struct reply *reply)
{
    struct buf json = begin_actions(blocks, reply);
    for (size_t i = 0; i < reply->n_options; i++) {
        json_add_comma(&json);
        buf_add(&json, STR("{\"type\":\"button\",\"text\":"));
        add_plain_text(blocks, &json, reply->options[i].label);
        json_add_member(&json, "value", reply->options[i].value);
        buf_addf(&json, ",\"action_id\":\"" SLACK_ACTION_CHOICE "%zu\"}", i + 1);
    }
    buf_add(&json, STR("]}"));
    add_block(blocks, &json, list_options(blocks, reply, MAX_LISTED_UNITS));
}

/* A menu or check boxes: {"type", "action_id", "options"[, "placeholder"]}. */
static struct str menu(struct slack_blocks *blocks, const struct reply *reply, const char *type, const char *action_id)
{
    struct buf json = new_json(blocks);
    buf_addf(&json, "{\"type\":\"%s\",\"action_id\":\"%s\"", type, action_id);
    add_options(blocks, &json, reply);
    if (!str_eq(str_of(type), STR("checkboxes"))) {
        json_add_key(&json, "placeholder");
        add_plain_text(blocks, &json, word(blocks, STR("선택하세요"), STR("Choose")));
    }
    buf_add_char(&json, '}');
    blocks->failed |= buf_failed(&json);
    return buf_str(&json);
}

/* A menu, and for several the button that ends choosing. */
static void add_actions(struct slack_blocks *blocks, const struct reply *reply, struct str element, struct str text)
{
    struct buf json = begin_actions(blocks, reply);
    buf_add(&json, element);
    if (reply->several) {
        json_add_comma(&json);
        buf_add(&json, STR("{\"type\":\"button\",\"style\":\"primary\",\"text\":"));
        add_plain_text(blocks, &json, word(blocks, STR("확인"), STR("OK")));
        buf_add(&json, STR(",\"action_id\":\"" SLACK_ACTION_CONFIRM "\"}"));
    }
    buf_add(&json, STR("]}"));
    add_block(blocks, &json, text);
}

/* Do the values fit into a menu's options (or a few buttons)?  Slack also refuses empty ones. */
static bool fits(const struct reply *reply, size_t max_options, size_t max_units)
{
    if (reply->n_options == 0 || reply->n_options > max_options)
        return false;
    for (size_t i = 0; i < reply->n_options; i++)
        if (reply->options[i].value.n == 0 || slack_units(reply->options[i].value) > max_units)
            return false;
    return true;
}

/* Everything as text: what no element can hold is answered by typing. */
static void add_numbered_list(struct slack_blocks *blocks, const struct reply *reply)
{
    struct buf markup = new_json(blocks);
    buf_add(&markup, reply->text);
    for (size_t i = 0; i < reply->n_options; i++) {
        struct str label;
        if (markup_escape(blocks->arena, reply->options[i].label, &label) != OK)
            blocks->failed = true;
        else
            buf_addf(&markup, "%s%zu\\. %.*s", markup.n > 0 ? "\n" : "", i + 1, STR_ARG(label));
    }
    struct str how;
    if (reply->how_to_answer.n > 0 && markup_escape(blocks->arena, reply->how_to_answer, &how) == OK)
        buf_addf(&markup, "\n%.*s", STR_ARG(how));
    blocks->failed |= buf_failed(&markup);
    add_sections(blocks, buf_str(&markup), STR(""));
}

static void add_choices(struct slack_blocks *blocks, const struct reply *reply)
{
    struct str listed = list_options(blocks, reply, MAX_LISTED_UNITS);
    if (!reply->several && fits(reply, SLACK_MAX_BUTTONS, SLACK_MAX_BUTTON_VALUE_UNITS)) {
        add_sections(blocks, reply->text, STR(""));
        add_buttons(blocks, reply);
    } else if (!reply->several && fits(reply, SLACK_MAX_OPTIONS, SLACK_MAX_OPTION_VALUE_UNITS)) {
        add_sections(blocks, reply->text, STR(""));
        add_actions(blocks, reply, menu(blocks, reply, "static_select", SLACK_ACTION_CHOICE "menu"), listed);
    } else if (reply->several && fits(reply, SLACK_MAX_CHECKBOXES, SLACK_MAX_OPTION_VALUE_UNITS)) {
        add_sections(blocks, reply->text, STR(""));
        add_actions(blocks, reply, menu(blocks, reply, "checkboxes", SLACK_ACTION_PICK), listed);
    } else if (reply->several && fits(reply, SLACK_MAX_OPTIONS, SLACK_MAX_OPTION_VALUE_UNITS)) {
        /* menus of several may not stand in an actions block */
        add_sections(blocks, reply->text, menu(blocks, reply, "multi_static_select", SLACK_ACTION_PICK));
        add_actions(blocks, reply, STR(""), listed);
    } else {
        add_numbered_list(blocks, reply);
    }
}

/* Words and the button that opens the modal. */
static void add_sheet(struct slack_blocks *blocks, const struct reply *reply)
{
    struct buf json = begin_actions(blocks, reply);
    add_sections(blocks, reply->text, STR(""));
    buf_add(&json, STR("{\"type\":\"button\",\"style\":\"primary\",\"text\":"));
    add_plain_text(blocks, &json, reply->sheet->open);
    buf_add(&json, STR(",\"value\":\"open\",\"action_id\":\"" SLACK_ACTION_SHEET "\"}]}"));
    add_block(blocks, &json, STR(""));
}

/* ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_escaped_line(struct slack_blocks *blocks, struct buf *markup, struct str plain, const char *mark)
{
    struct str escaped;
    if (plain.n == 0)
        return;
    if (markup_escape(blocks->arena, plain, &escaped) != OK)
        blocks->failed = true;
    else
        buf_addf(markup, "%s%s%.*s%s", markup->n > 0 ? "\n" : "", mark, STR_ARG(escaped), mark);
}

static void add_card(struct slack_blocks *blocks, const struct reply *reply)
{
    const struct reply_card *card = &reply->card;
    struct buf markup = new_json(blocks), image = new_json(blocks);
    add_escaped_line(blocks, &markup, card->name.n > 0 ? card->name : card->id, "**");
    add_escaped_line(blocks, &markup, card->price, "");
    if (reply->text.n > 0)
        buf_addf(&markup, "\n%.*s", STR_ARG(reply->text));
    if (is_web_url(card->image)) {
        buf_add_char(&image, '{');
        add_image_members(&image, card->image, card->name);
        buf_add_char(&image, '}');
    }
    blocks->failed |= buf_failed(&markup) || buf_failed(&image);
    add_sections(blocks, buf_str(&markup), buf_str(&image));
    if (card->button.n > 0)
        add_links(blocks, &(struct reply_button){.label = card->button, .url = card->url}, 1);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

void slack_blocks_add(struct slack_blocks *blocks, const struct reply *reply)
{
    switch (reply->kind) {
    case REPLY_TEXT:
        add_sections(blocks, reply->text, STR(""));
        add_image(blocks, reply->image);
        add_links(blocks, reply->buttons, reply->n_buttons);
        break;
    case REPLY_CHOICES:
        add_choices(blocks, reply);
        break;
    case REPLY_CARD:
        add_card(blocks, reply);
        break;
    case REPLY_SHEET:
        add_sheet(blocks, reply);
        break;
    case REPLY_HAND_OVER: /* to staff; compose.c sends it elsewhere */
    case REPLY_TAG:       /* Slack has no tags                      */
        break;
    }
}

/* The channel of "slack:TEAM:CHANNEL…" when it is one that staff can open. */
static struct str shared_channel(struct str conversation)
{
    struct str rest = conversation, piece = {NULL, 0};
    for (int i = 0; i < 3; i++)
        if (!str_split(&rest, ':', &piece))
            return (struct str){NULL, 0};
    return str_starts(piece, STR("D")) ? (struct str){NULL, 0} : piece;
}

void slack_blocks_add_hand_over(struct slack_blocks *blocks, const struct slack_hand_over *hand_over)
{
    struct buf who = new_json(blocks), button = new_json(blocks);
    struct str channel = shared_channel(hand_over->conversation), note;
    buf_addf(&who, ":raised_hand: <@%.*s>", STR_ARG(hand_over->user));
    if (channel.n > 0)
        buf_addf(&who, " <#%.*s>", STR_ARG(channel));
    add_section(blocks, buf_str(&who), STR(""));
    if (markup_escape(blocks->arena, hand_over->note, &note) == OK)
        add_sections(blocks, note, STR(""));
    else
        blocks->failed = true;

    buf_add(&button, STR("{\"type\":\"actions\",\"elements\":[{\"type\":\"button\",\"text\":"));
    add_plain_text(blocks, &button, word(blocks, STR("완료"), STR("Done")));
    json_add_member(&button, "value", hand_over->conversation);
    buf_add(&button, STR(",\"action_id\":\"" SLACK_ACTION_DONE "\"}]}"));
    add_block(blocks, &button, STR(""));
    blocks->failed |= buf_failed(&who);
}
