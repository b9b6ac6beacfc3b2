#include "integrations/slack/shown.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"

#include "bot/base/banned.h"

enum { MAX_RECEIPT_BYTES = 1024 };

struct str slack_shown_write(struct arena *arena, const struct slack_shown *shown)
{
    struct buf out;
    buf_init(&out, arena, MAX_RECEIPT_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "channel", shown->channel);
    json_add_member(&out, "ts", shown->ts);
    json_add_member_bool(&out, "streams", shown->streams);
    buf_add_char(&out, '}');
    return buf_failed(&out) ? STR("") : buf_str(&out);
}

bool slack_shown_read(struct arena *arena, struct str receipt, struct slack_shown *ret_shown)
{
    struct json_value *root;
    struct error error;
    if (receipt.n == 0 || json_read(arena, receipt, &root, &error) != OK)
        return false;
    *ret_shown = (struct slack_shown){.channel = json_get_str(root, STR("channel"), STR("")),
                                      .ts = json_get_str(root, STR("ts"), STR("")),
                                      .streams = json_get_bool(root, STR("streams"), false)};
    return ret_shown->channel.n > 0 && ret_shown->ts.n > 0;
}
