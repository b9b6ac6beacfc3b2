#include "bot/model/reply.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/markup.h"

#include "bot/base/banned.h"

enum { MAX_PLAIN_BYTES = 64 * 1024 };

struct reply *replies_add(struct replies *replies, enum reply_kind kind)
{
    if (replies->n == replies->capacity) {
        size_t capacity = replies->capacity == 0 ? 8 : replies->capacity * 2;
        struct reply *items = arena_alloc_array(replies->arena, capacity, sizeof *items);
        if (items == NULL)
            return NULL;
        if (replies->n > 0)
            memcpy(items, replies->items, replies->n * sizeof *items);
        replies->items = items;
        replies->capacity = capacity;
    }
    struct reply *reply = &replies->items[replies->n++];
    *reply = (struct reply){.kind = kind};
    return reply;
}

static void add_line(struct buf *out, struct str line)
{
    if (line.n == 0)
        return;
    if (out->n > 0)
        buf_add_char(out, '\n');
    buf_add(out, line);
}

struct str reply_plain(struct arena *arena, const struct reply *reply)
{
    struct buf out;
    buf_init(&out, arena, MAX_PLAIN_BYTES);
    struct str text = STR("");
    if (markup_plain(arena, reply->text, &text) == OK)
        add_line(&out, text);
    for (size_t i = 0; i < reply->n_options; i++)
        buf_addf(&out, "%s%zu. %.*s", out.n > 0 ? "\n" : "", i + 1, STR_ARG(reply->options[i].label));
    for (size_t i = 0; i < reply->n_buttons; i++)
        buf_addf(&out, "%s%.*s: %.*s", out.n > 0 ? "\n" : "", STR_ARG(reply->buttons[i].label),
                 STR_ARG(reply->buttons[i].url));
    add_line(&out, reply->card.name);
    add_line(&out, reply->card.price);
    add_line(&out, reply->card.url);
    add_line(&out, reply->note);
    return buf_str(&out);
}
