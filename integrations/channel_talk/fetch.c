/* integrations/channel_talk/fetch.c — reads a chat back: where it came from, and what is known of the user.
 *
 * One call answers both needs.  What is kept of its answer is what decode reads.                                    */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/channel_talk/api.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum { MAX_PATH_BYTES = 1024 };

static struct delivery keep_parts(struct str answer, struct arena *arena, struct str *ret_extra)
{
    static const char *const parts[] = {"userChat", "user", "workflow"};
    struct json_value *root = NULL;
    const struct json_value *chat =
        json_read(arena, answer, &root, NULL) == OK ? json_get(root, STR("userChat")) : NULL;
    if (chat == NULL || chat->kind != JSON_OBJECT_)
        return (struct delivery){.result = DELIVERY_LATER, .reason = STR("the answer holds no user chat")};
    struct buf out;
    buf_init(&out, arena, answer.n * 2 + 64);
    buf_add_char(&out, '{');
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const struct json_value *part = json_get(root, str_of(parts[i]));
        if (part == NULL)
            continue;
        json_add_key(&out, parts[i]);
        json_add_value(&out, part);
    }
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("the chat does not fit into memory")};
    *ret_extra = buf_str(&out);
    return (struct delivery){.result = DELIVERY_SENT};
}

struct delivery channel_talk_fetch(const struct platform *self, const struct stored *stored, unsigned needs,
                                   struct arena *arena, struct str *ret_extra, struct str *ret_conversation)
{
    if ((needs & (EVENT_NEEDS_ORIGIN | EVENT_NEEDS_PROFILE)) == 0 ||
        !str_starts(stored->conversation, STR(CHANNEL_TALK_CONVERSATION)))
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("Channel Talk cannot be asked for that")};
    struct buf path;
    buf_init(&path, arena, MAX_PATH_BYTES);
    buf_add(&path, STR("/user-chats/"));
    channel_talk_add_encoded(&path, str_skip(stored->conversation, sizeof CHANNEL_TALK_CONVERSATION - 1));
    if (buf_failed(&path))
        return (struct delivery){.result = DELIVERY_NEVER, .reason = STR("the chat's id is too long")};
    struct channel_talk_result result = channel_talk_call(
        channel_talk_of(self), &(struct channel_talk_request){.method = "GET", .path = buf_str(&path)}, arena);
    if (result.delivery.result != DELIVERY_SENT)
        return result.delivery;
    struct delivery kept = keep_parts(result.body, arena, ret_extra);
    if (kept.result == DELIVERY_SENT)
        *ret_conversation = (struct str){NULL, 0};
    return kept;
}
