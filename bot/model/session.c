#include "bot/model/session.h"

#include "bot/base/banned.h"

const char *session_state_name(enum session_state state)
{
    static const char *const names[] = {
        [SESSION_NEW] = "new",           [SESSION_WAITING] = "waiting",         [SESSION_DONE] = "done",
        [SESSION_STOPPED] = "stopped",   [SESSION_HANDED_OVER] = "handed_over", [SESSION_EXPIRED] = "expired",
        [SESSION_REPLACED] = "replaced",
    };
    return names[state];
}
