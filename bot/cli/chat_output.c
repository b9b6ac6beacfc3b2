#include "bot/cli/chat_output.h"

#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"
#include "bot/model/reply.h"

#include "bot/base/banned.h"

enum { MAX_LINE_BYTES = 1024 * 1024, LONGEST_PAUSE_MS = 700, PAUSE_DIVISOR = 3 };

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Without control characters: texts hold what people typed, and a terminal obeys escape sequences. */
static void put(FILE *out, struct str text)
{
    struct str rest = text;
    for (int32_t c = text_next(&rest); c >= 0; c = text_next(&rest)) {
        char bytes[4];
        bool control = (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0);
        size_t n = text_encode(control ? ' ' : c, bytes);
        fwrite(bytes, 1, n, out);
    }
}

static void put_span(FILE *out, const struct markup_span *span)
{
    switch (span->kind) {
    case SPAN_BREAK:
        fputc('\n', out);
        return;
    case SPAN_BULLET:
        fputs("  • ", out);
        return;
    case SPAN_EMOJI:
        fputc(':', out);
        put(out, span->text);
        fputc(':', out);
        return;
    case SPAN_CODE:
        fputs("\x1b[36m", out);
        break;
    case SPAN_TEXT:
        fputs(span->bold ? "\x1b[1m" : "", out);
        fputs(span->italic ? "\x1b[3m" : "", out);
        break;
    }
    put(out, span->text);
    fputs("\x1b[0m", out);
    if (span->url.n > 0) {
        fputs(" (\x1b[4m", out);
        put(out, span->url);
        fputs("\x1b[0m)", out);
    }
}

static void put_markup(const struct chat_output *output, struct str text, struct arena *arena)
{
    struct markup markup = {0};
    struct str plain = text;
    if (text.n == 0)
        return;
    if (output->colour && markup_parse(arena, text, &markup) == OK) {
        for (size_t i = 0; i < markup.n; i++)
            put_span(output->out, &markup.spans[i]);
    } else if (markup_plain(arena, text, &plain) == OK) {
        put(output->out, plain);
    }
    fputc('\n', output->out);
}

static void put_line(FILE *out, const char *before, struct str text)
{
    if (text.n == 0)
        return;
    fputs(before, out);
    put(out, text);
    fputc('\n', out);
}

static void put_card(FILE *out, const struct reply_card *card)
{
    put_line(out, "  ▪ ", card->name.n > 0 ? card->name : card->id);
    put_line(out, "    ", card->price);
    if (card->button.n > 0) {
        fputs("    ", out);
        put(out, card->button);
        put_line(out, ": ", card->url);
    }
}

static void put_reply(const struct chat_output *output, const struct reply *reply, struct arena *arena)
{
    FILE *out = output->out;
    put_markup(output, reply->text, arena);
    put_line(out, "  ", reply->image);
    for (size_t i = 0; i < reply->n_buttons; i++) {
        fputs("  → ", out);
        put(out, reply->buttons[i].label);
        put_line(out, ": ", reply->buttons[i].url);
    }
    for (size_t i = 0; i < reply->n_options; i++) {
        fprintf(out, "  %zu. ", i + 1);
        put_line(out, "", reply->options[i].label);
    }
    put_line(out, "", reply->how_to_answer);
    if (reply->kind == REPLY_CARD)
        put_card(out, &reply->card);
    if (reply->kind == REPLY_HAND_OVER) {
        put_line(out, "[hand over to] ", reply->to);
        put_line(out, "  ", reply->note);
    }
    for (size_t i = 0; i < reply->tags.n; i++)
        put_line(out, "[tag] ", reply->tags.items[i]);
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *kind_name(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_TEXT:
        return "text";
    case REPLY_CHOICES:
        return "choices";
    case REPLY_CARD:
        return "card";
    case REPLY_HAND_OVER:
        return "hand_over";
    case REPLY_TAG:
        return "tag";
    case REPLY_SHEET:
        return "sheet";
    }
    return "";
}

static void add_present(struct buf *out, const char *key, struct str value)
{
    if (value.n > 0)
        json_add_member(out, key, value);
}

static void add_text(struct buf *out, struct str text, struct arena *arena)
{
    struct str plain = text;
    if (markup_plain(arena, text, &plain) == OK)
        json_add_member(out, "text", plain);
    if (!str_eq(plain, text))
        json_add_member(out, "markup", text);
}

static void add_options(struct buf *out, const struct reply *reply)
{
    json_add_key(out, "options");
    buf_add_char(out, '[');
    for (size_t i = 0; i < reply->n_options; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "value", reply->options[i].value);
        json_add_member(out, "label", reply->options[i].label);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    json_add_member_bool(out, "several", reply->several);
}

static void add_buttons(struct buf *out, const struct reply *reply)
{
    json_add_key(out, "buttons");
    buf_add_char(out, '[');
    for (size_t i = 0; i < reply->n_buttons; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "label", reply->buttons[i].label);
        json_add_member(out, "url", reply->buttons[i].url);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_card(struct buf *out, const struct reply_card *card)
{
    json_add_key(out, "item");
    buf_add_char(out, '{');
    json_add_member(out, "id", card->id);
    add_present(out, "name", card->name);
    add_present(out, "price", card->price);
    add_present(out, "image", card->image);
    add_present(out, "url", card->url);
    add_present(out, "button", card->button);
    buf_add_char(out, '}');
}

static void add_tags(struct buf *out, struct strs tags)
{
    json_add_key(out, "tags");
    buf_add_char(out, '[');
    for (size_t i = 0; i < tags.n; i++) {
        json_add_comma(out);
        json_add_str(out, tags.items[i]);
    }
    buf_add_char(out, ']');
}

static void put_json(FILE *file, const struct reply *reply, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, MAX_LINE_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "type", str_of(kind_name(reply->kind)));
    if (reply->kind != REPLY_HAND_OVER && reply->kind != REPLY_TAG)
        add_text(&out, reply->text, arena);
    add_present(&out, "image", reply->image);
    if (reply->kind == REPLY_CHOICES)
        add_options(&out, reply);
    if (reply->n_buttons > 0)
        add_buttons(&out, reply);
    if (reply->kind == REPLY_CARD)
        add_card(&out, &reply->card);
    if (reply->kind == REPLY_HAND_OVER) {
        json_add_member(&out, "to", reply->to);
        json_add_member(&out, "note", reply->note);
    }
    if (reply->kind == REPLY_TAG)
        add_tags(&out, reply->tags);
    json_add_member_i64(&out, "pause_ms", reply->pause_ms);
    buf_add_char(&out, '}');
    struct str line = buf_str(&out);
    fwrite(line.p, 1, line.n, file);
    fputc('\n', file);
}

/* ── both ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void wait_a_little(int64_t pause_ms)
{
    int64_t ms = pause_ms / PAUSE_DIVISOR > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause_ms / PAUSE_DIVISOR;
    struct timespec time = {.tv_nsec = (long)ms * 1000000};
    nanosleep(&time, NULL);
}

void chat_output_replies(const struct chat_output *output, const struct replies *replies, struct arena *arena)
{
    for (size_t i = 0; i < replies->n; i++) {
        if (output->pauses && replies->items[i].pause_ms > 0)
            wait_a_little(replies->items[i].pause_ms);
        if (output->json)
            put_json(output->out, &replies->items[i], arena);
        else
            put_reply(output, &replies->items[i], arena);
        fflush(output->out);
    }
}
