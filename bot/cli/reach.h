/* bot/cli/reach.h — every address that this program would ever call, and why: one list for the clients that call and for
 * `gilbot doctor`, which shows it.
 *
 * Thread: any.  Memory: the arena given; texts also borrow from the settings.                                        */
#ifndef GILBOT_CLI_REACH_H
#define GILBOT_CLI_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct settings;

enum reach_who { REACH_SLACK, REACH_SLACK_HOOKS, REACH_CHANNEL_TALK, REACH_MODEL, REACH_PROXY };

struct reach_address {
    enum reach_who who;
    struct str url;  /* its origin is what is called; PROXY: its host only */
    struct str name; /* MODEL: the provider's; PROXY: the environment variable            */
    bool written;    /* it stands in gilbot.yaml (a default address of ours does not)     */
};

struct reach {
    const struct reach_address *items;
    size_t n;
};

/* Behind an air gap only addresses that are written in the settings are left, and no proxy. */
MUST_USE
enum err reach_of(const struct settings *settings, struct arena *arena, struct reach *ret_reach, struct error *error);

/* The addresses that the platforms' client calls. */
MUST_USE
enum err reach_of_platforms(const struct settings *settings, struct arena *arena, struct strs *ret_urls,
                            struct error *error);

/* "answers and channels on Slack" … */
const char *reach_why(enum reach_who who, bool korean);

#endif
