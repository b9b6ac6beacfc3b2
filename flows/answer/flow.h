/* flows/answer/flow.h — the flow `answer`: every message is a question.
 *
 *   opened, empty command ─▶ greeting          message ─▶ answerer.h ─▶ answer, 👍 👎   (not found: "ask a person")
 *   👎 ─▶ what was wrong? ─▶ reason kept       "person", "담당자" ─▶ hand-over
 *
 * It goes on waiting: what comes next is a question too, and may lean on the ones before.  Quick lane; a turn that would
 * ask a model fails there with ERR_BUSY and is run again in the slow one.
 * As struct flow_aside it answers what somebody asks in the middle of a survey, when the documents know it.
 *
 * Session data: {"asked": [the last questions], "n": answers so far, "why": the answer whose reason is awaited}
 * Records: RECORD_ASKED for each answer, RECORD_FEEDBACK, RECORD_HANDOVER, RECORD_STEP (step: the class, outcome: the kind).
 *
 * Thread: as flow.h says.  Memory: the flow owns its workspace.                                                      */
#ifndef GILBOT_FLOWS_ANSWER_FLOW_H
#define GILBOT_FLOWS_ANSWER_FLOW_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/flow.h"
#include "store/index/hybrid_weights.h"

struct answerer;
struct dense;
struct language_model;
struct search;
struct workspace;

enum { ANSWER_FLOW_REMEMBERS = 3, ANSWER_FLOW_EXPIRES_MS = 7 * 24 * 3600 * 1000 };

/* The name that routes call it by. */
struct str answer_flow_name(void);

struct answer_flow_settings {
    struct workspace *workspace; /* taken over, also when it fails */
    struct str collection;       /* empty: all                     */
    struct str hand_over;        /* whom "a person" means; empty: no person is offered */
};

MUST_USE enum err answer_flow_new(const struct answer_flow_settings *settings, struct flow **ret_flow,
                                  struct error *error);

/* What it searches and asks; before the flow is used.  Any may be NULL. */
struct answer_means {
    struct search *search;
    const struct language_model *model;
    struct dense *dense;
    struct hybrid_weights weights;
};
void answer_flow_connect(struct flow *flow, const struct answer_means *means);

/* NULL: `flow` is NULL or another flow. */
const struct answerer *answer_flow_answerer(const struct flow *flow);
const struct flow_aside *answer_flow_aside(const struct flow *flow);

#endif
