/* integrations/slack/tree.h — looking into Slack's JSON by path.
 *
 * The bodies are read by json_read: its trees live in the arena and cost a sixth of jansson's, which is what naming and
 * decoding an event mostly consist of.
 *
 * `path`: keys joined by '.', a number indexes an array ("authorizations.0.user_id").  null counts as absent.
 * Thread: any (pure).  Memory: nodes and texts are borrowed from the tree, texts perhaps from the body.             */
#ifndef GILBOT_INTEGRATIONS_SLACK_TREE_H
#define GILBOT_INTEGRATIONS_SLACK_TREE_H

#include <stdbool.h>

#include "bot/base/str.h"

struct json_value;

/* The node, or NULL. */
const struct json_value *slack_at(const struct json_value *root, const char *path);

/* Its string; empty when absent or no string. */
struct str slack_text_at(const struct json_value *root, const char *path);

/* Is it there, and `true`? */
bool slack_is_true_at(const struct json_value *root, const char *path);

/* Is it there, and an object? */
bool slack_is_object_at(const struct json_value *root, const char *path);

/* The first element of the array, to be followed by `next`; NULL when absent, empty or no array. */
const struct json_value *slack_items_at(const struct json_value *root, const char *path);

#endif
