#include "bot/model/event.h"

#include "bot/base/banned.h"

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {
        [EVENT_OPENED] = "opened",     [EVENT_MESSAGE] = "message", [EVENT_COMMAND] = "command",
        [EVENT_BUTTON] = "button",     [EVENT_SHEET] = "sheet",     [EVENT_CLOSED] = "closed",
        [EVENT_RELEASED] = "released", [EVENT_OTHER] = "other",     [EVENT_TIMER] = "timer",
    };
    return names[kind];
}
