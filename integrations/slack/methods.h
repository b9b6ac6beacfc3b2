/* integrations/slack/methods.h — the methods of struct platform that this folder implements; contracts in
 * bot/model/platform.h.                                                                                              */
#ifndef GILBOT_INTEGRATIONS_SLACK_METHODS_H
#define GILBOT_INTEGRATIONS_SLACK_METHODS_H

#include "bot/base/attributes.h"
#include "bot/model/platform.h"

struct arena;

MUST_USE
enum err slack_identify(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                        struct arrivals *ret_arrivals, struct error *error);
MUST_USE
enum err slack_decode(const struct platform *self, const struct stored *stored, struct arena *arena,
                      struct event *ret_event, struct error *error);
struct delivery slack_fetch(const struct platform *self, const struct stored *stored, unsigned needs,
                            struct arena *arena, struct str *ret_extra, struct str *ret_conversation);
MUST_USE
enum err slack_compose(const struct platform *self, const struct compose_input *input, struct arena *arena,
                       struct outgoings *ret_outgoings, struct error *error);
struct delivery slack_show(const struct platform *self, const struct showing *showing, struct arena *arena);
struct delivery slack_send(const struct platform *self, const struct outgoing *outgoing, struct arena *arena);

#endif
