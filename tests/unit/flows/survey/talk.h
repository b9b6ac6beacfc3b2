/* tests/unit/flows/survey/talk.h — a conversation with a flow, line by line.
 *
 *   struct talk talk;
 *   talk_open(&talk, "flow: t\nsteps: …");      loads the flow, or fails the test with the reason
 *   talk_begin(&talk, "{\"name\": \"은지\"}");    the first turn, with the platform's profile; NULL: none
 *   talk_says(&talk, "몸무게가 몇 kg인가요?");     the next reply, as plain text
 *   talk_say(&talk, "60");                      the person answers
 *   talk_close(&talk);
 *
 * Every turn goes through session->data: the arena of the turn before is gone.                                      */
#ifndef GILBOT_TESTS_TALK_H
#define GILBOT_TESTS_TALK_H

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/model/reply.h"
#include "flows/flow.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

enum { TALK_ARENA_BYTES = 16 * 1024 * 1024 };

struct talk {
    struct flow *flow;
    struct arena arena; /* of the present turn  */
    struct arena kept;  /* of the session's data */
    struct session session;
    struct turn turn;
    size_t heard; /* replies of this turn that were looked at */
    int64_t now_ms;
    const struct flow_past *past; /* for the next turn; NULL: none */
    const struct flow_aside *aside;
    bool shows_sheets; /* the platform does */
    struct error error;
};

static inline void talk_open_flow(struct talk *talk, struct flow *flow)
{
    *talk = (struct talk){.flow = flow, .now_ms = 1770000000000};
    arena_init(&talk->arena, TALK_ARENA_BYTES);
    arena_init(&talk->kept, TALK_ARENA_BYTES);
}

static inline void talk_open(struct talk *talk, const char *yaml)
{
    struct flow *flow = NULL;
    struct error error = {0};
    if (survey_load_text(STR("flow.yaml"), str_of(yaml), &flow, &error) != OK)
        fail_msg("the flow is refused: %s", error.text);
    talk_open_flow(talk, flow);
}

static inline void talk_close(struct talk *talk)
{
    arena_release(&talk->arena);
    arena_release(&talk->kept);
    talk->flow->free(talk->flow);
}

static inline void talk_step(struct talk *talk, const struct event *event)
{
    struct flow_ctx ctx = {
        .clock = clock_manual(&talk->now_ms),
        .error = &talk->error,
        .locale = STR("ko"),
        .utc_offset_min = 540,
        .arena = &talk->arena,
        .past = talk->past,
        .n_past = talk->past == NULL ? 0 : 1,
        .aside = talk->aside,
        .shows_sheets = talk->shows_sheets,
    };
    arena_release(&talk->arena);
    arena_init(&talk->arena, TALK_ARENA_BYTES);
    if (talk->flow->step(talk->flow, &ctx, event, &talk->session, &talk->turn) != OK)
        fail_msg("the step failed: %s", talk->error.text);
    talk->session.data = arena_copy(&talk->kept, talk->session.data);
    talk->session.updated_ms = talk->now_ms;
    talk->heard = 0;
}

static inline void talk_begin(struct talk *talk, const char *profile)
{
    talk->session = (struct session){.locale = talk->session.locale, .profile = str_of(profile)};
    talk_step(talk, NULL);
}

static inline void talk_say(struct talk *talk, const char *text)
{
    talk_step(talk, &(struct event){.kind = EVENT_MESSAGE, .text = str_of(text)});
}

static inline void talk_choose(struct talk *talk, const char *value)
{
    talk_step(talk, &(struct event){.kind = EVENT_BUTTON, .value = str_of(value)});
}

/* A button of that question. */
static inline void talk_press(struct talk *talk, const char *step, const char *value)
{
    talk_step(talk, &(struct event){.kind = EVENT_BUTTON, .step = str_of(step), .value = str_of(value)});
}

/* The next reply, whatever it is. */
static inline const struct reply *talk_reply(struct talk *talk)
{
    if (talk->heard == talk->turn.replies.n)
        fail_msg("no more replies in this turn");
    return &talk->turn.replies.items[talk->heard++];
}

/* The text of the next reply, without options. */
static inline const struct reply *talk_says(struct talk *talk, const char *text)
{
    const struct reply *reply = talk_reply(talk);
    assert_str_equal(reply->text, str_of(text));
    return reply;
}

/* The next reply as people read it, without options. */
static inline const struct reply *talk_reads(struct talk *talk, const char *text)
{
    const struct reply *reply = talk_reply(talk);
    struct reply words = *reply;
    words.n_options = 0;
    words.how_to_answer = STR("");
    assert_str_equal(reply_plain(&talk->arena, &words), str_of(text));
    return reply;
}

static inline void talk_is_silent(struct talk *talk)
{
    if (talk->heard < talk->turn.replies.n)
        fail_msg("one more reply: %.*s", STR_ARG(talk->turn.replies.items[talk->heard].text));
}

/* The n-th record of a kind, from 0; NULL when there is none. */
static inline const struct record *talk_record(const struct talk *talk, enum record_kind kind, size_t n)
{
    for (size_t i = 0; i < talk->turn.n_records; i++)
        if (talk->turn.records[i].kind == kind && n-- == 0)
            return &talk->turn.records[i];
    return NULL;
}

/* The reason why a flow is refused; fails the test when it is not. */
static inline void assert_refused(const char *yaml, const char *reason)
{
    struct flow *flow = NULL;
    struct error error = {0};
    enum err rc = survey_load_text(STR("flow.yaml"), str_of(yaml), &flow, &error);
    if (rc == OK)
        flow->free(flow);
    assert_int_equal(rc, ERR_INVALID);
    if (strstr(error.text, reason) == NULL)
        fail_msg("got:      %s\nexpected: %s", error.text, reason);
}

static inline void assert_loads(const char *yaml)
{
    struct talk talk;
    talk_open(&talk, yaml);
    talk_close(&talk);
}

#endif
