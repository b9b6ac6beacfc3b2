/* flows/survey/engine.h — a survey's step: (definition, session, event) → turn, and nothing else.
 *
 *   SESSION_NEW ─▶ profile ─▶ advance from the first step
 *   waiting     ─▶ incoming: answer, word, old button ─▶ the question again, or advance from behind it
 *   advance: runs steps until a question waits or the flow ends; at most ENGINE_MAX_STEPS in a turn
 *
 * Thread: any, at once.  Memory: all results in ctx->arena.  Errors: see survey.h.                                   */
#ifndef GILBOT_FLOWS_SURVEY_ENGINE_H
#define GILBOT_FLOWS_SURVEY_ENGINE_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "flows/flow.h"

struct definition;

enum { ENGINE_MAX_STEPS = 1000 };

MUST_USE
enum err engine_step(const struct definition *definition, struct flow_ctx *ctx, const struct event *event,
                     struct session *session, struct turn *ret_turn);

#endif
