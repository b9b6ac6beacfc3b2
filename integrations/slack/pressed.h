/* integrations/slack/pressed.h — a message whose button was pressed, rewritten so that it shows what was chosen.
 *
 * decode keeps what is needed of the pressed message beside the event's address; compose makes the chat.update of it.
 * Without it the buttons would stay and invite a second press.
 *
 * Thread: any (pure).                                                                                               */
#ifndef GILBOT_INTEGRATIONS_SLACK_PRESSED_H
#define GILBOT_INTEGRATIONS_SLACK_PRESSED_H

#include <stdbool.h>

#include "bot/base/str.h"

struct arena;
struct buf;
struct json_value;
struct slack_action;

/* Writes the member "pressed" into the address; nothing when the message is not in the payload (an ephemeral one). */
void slack_pressed_keep(struct buf *address, const struct json_value *root, const struct slack_action *action);

/* The arguments of chat.update as a JSON object; false: nothing was kept. */
bool slack_pressed_args(struct buf *out, const struct json_value *address);

#endif
