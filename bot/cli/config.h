/* bot/cli/config.h — which gilbot.yaml a command works with. */
#ifndef GILBOT_CLI_CONFIG_H
#define GILBOT_CLI_CONFIG_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct arena;
struct command_line;
struct settings;

/* -c FILE, else ./gilbot.yaml, else /etc/gilbot/gilbot.yaml.  ERR_NOT_FOUND says what to do. */
MUST_USE
enum err config_load(const struct command_line *line, struct arena *arena, struct settings **ret_settings,
                     struct error *error);

/* The process's time zone is the settings' one from now on.  Before threads start. */
MUST_USE
enum err config_set_time_zone(const struct settings *settings, struct error *error);

/* Prints "gilbot: …" for a failure; returns the exit status: 2 for ERR_INVALID and ERR_NOT_FOUND, else 1. */
int config_failed(const struct error *error);

#endif
