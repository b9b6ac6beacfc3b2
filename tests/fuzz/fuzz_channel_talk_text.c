/* tests/fuzz/fuzz_channel_talk_text.c — text on its way into Channel Talk's markup: whatever a user typed.
 *
 * As plain text (first byte 'p') no mark of Channel Talk survives; as gilbot's markup every size is kept.
 *
 * parts: channel_talk http model base                                                                               */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/channel_talk/talk_pack.h"
#include "integrations/channel_talk/talk_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right)
{
    if (!right)
        abort();
}

static bool is_entity(struct str s)
{
    return str_starts(s, STR("&amp;")) || str_starts(s, STR("&lt;")) || str_starts(s, STR("&gt;")) ||
           str_starts(s, STR("&quot;"));
}

static bool begins_emoji(struct str s)
{
    size_t n = 1;
    while (n < s.n && (isalnum((unsigned char)s.p[n]) || s.p[n] == '-' || s.p[n] == '+' || s.p[n] == '_'))
        n++;
    return n > 1 && n < s.n && s.p[n] == ':';
}

static void must_be_harmless(struct str value)
{
    for (; value.n > 0; value = str_skip(value, 1)) {
        char c = value.p[0];
        must(c != '<' && c != '>' && c != '"');
        must(c != '&' || is_entity(value));
        must(c != ':' || !begins_emoji(value));
        must(!str_starts(value, STR("${")));
    }
}

static size_t check_block(const struct json_value *block, bool plain)
{
    struct str value = json_get_str(block, STR("value"), STR(""));
    if (plain)
        must_be_harmless(value);
    size_t n = text_length(value);
    const struct json_value *list = json_get(block, STR("blocks"));
    for (const struct json_value *item = list == NULL ? NULL : list->child; item != NULL; item = item->next)
        n += check_block(item, plain);
    must(n > 0 && n <= TALK_BLOCK_CHARACTERS);
    return n;
}

static void check(struct arena *arena, const struct talk_message *message, bool plain)
{
    struct json_value *blocks;
    must(json_read(arena, message->blocks, &blocks, NULL) == OK && blocks->n > 0);
    size_t n = 0;
    for (const struct json_value *b = blocks->child; b != NULL; b = b->next)
        n += check_block(b, plain);
    must(n <= TALK_MESSAGE_CHARACTERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data + 1, size - 1};
    if (size == 0 || !text_is_utf8(s))
        return 0;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct talk_text text;
    talk_text_init(&text, &arena);
    bool plain = data[0] == 'p';
    if (plain)
        talk_text_add_plain(&text, s, TALK_PLAIN);
    else
        talk_text_add_markup(&text, s);
    struct talk_messages messages;
    must(talk_pack(&text, &messages, NULL) == OK);
    for (size_t i = 0; i < messages.n; i++)
        check(&arena, &messages.items[i], plain);
    return 0;
}
