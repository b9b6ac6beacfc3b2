#include "flows/answer/flow.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "flows/answer/answerer.h"
#include "flows/answer/render.h"
#include "flows/answer/words.h"
#include "flows/answer/workspace.h"

#include "bot/base/banned.h"

enum { FLOW_BYTES = 64 * 1024, DATA_BYTES = 32 * 1024, RECORD_BYTES = 64 * 1024, VERSION_BYTES = 17 };

struct answer_flow {
    struct flow flow;
    struct flow_aside aside;
    struct arena arena;
    struct workspace *workspace;
    struct answerer answerer;
    struct str hand_over;
};

struct str answer_flow_name(void)
{
    return STR("answer");
}

/* ── what a session remembers ──────────────────────────────────────────────────────────────────────────────────── */

struct memory {
    struct str asked[ANSWER_FLOW_REMEMBERS]; /* the latest last */
    size_t n_asked;
    int64_t n;   /* answers so far                                   */
    int64_t why; /* the answer whose reason is awaited; 0: none      */
};

static MUST_USE enum err read_memory(struct flow_ctx *ctx, struct str data, struct memory *ret)
{
    struct memory memory = {0};
    struct json_value *root = NULL;
    if (data.n > 0 && json_read(ctx->arena, data, &root, ctx->error) != OK)
        return during(ctx->error, "reading a session of the answerer");
    const struct json_value *asked = json_get(root, STR("asked"));
    for (const struct json_value *item = asked == NULL ? NULL : asked->child;
         item != NULL && memory.n_asked < ANSWER_FLOW_REMEMBERS; item = item->next)
        memory.asked[memory.n_asked++] = item->text;
    memory.n = json_get_i64(root, STR("n"), 0);
    memory.why = json_get_i64(root, STR("why"), 0);
    *ret = memory;
    return OK;
}

static MUST_USE enum err write_memory(struct flow_ctx *ctx, const struct memory *memory, struct session *session)
{
    struct buf out;
    buf_init(&out, ctx->arena, DATA_BYTES);
    buf_add(&out, STR("{\"asked\":["));
    for (size_t i = 0; i < memory->n_asked; i++) {
        json_add_comma(&out);
        json_add_str(&out, memory->asked[i]);
    }
    buf_add_char(&out, ']');
    json_add_member_i64(&out, "n", memory->n);
    json_add_member_i64(&out, "why", memory->why);
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return fail(ctx->error, ERR_NO_MEMORY, "no memory for a session of the answerer");
    session->data = buf_str(&out);
    session->state = SESSION_WAITING;
    session->expires_ms = clock_now_ms(ctx->clock) + ANSWER_FLOW_EXPIRES_MS;
    return OK;
}

static void remember(struct memory *memory, struct str question)
{
    if (memory->n_asked == ANSWER_FLOW_REMEMBERS) {
        for (size_t i = 1; i < ANSWER_FLOW_REMEMBERS; i++)
            memory->asked[i - 1] = memory->asked[i];
        memory->n_asked--;
    }
    memory->asked[memory->n_asked++] = question;
}

/* ── a turn ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct talk {
    const struct answer_flow *self;
    struct flow_ctx *ctx;
    const struct event *event;
    struct session *session;
    struct turn *turn;
    struct memory memory;
};

static MUST_USE enum err no_memory(struct flow_ctx *ctx)
{
    return fail(ctx->error, ERR_NO_MEMORY, "no memory for a reply");
}

static MUST_USE enum err speak(struct talk *talk, struct str text)
{
    struct reply *reply = replies_add(&talk->turn->replies, REPLY_TEXT);
    if (reply == NULL)
        return no_memory(talk->ctx);
    reply->text = text;
    return OK;
}

/* A reply with buttons; `step` names what they belong to. */
struct buttons {
    const char *step;
    int64_t number;
    const struct button {
        struct str value;
        enum say label;
    } * items;
    size_t n;
};

static MUST_USE enum err add_buttons(struct flow_ctx *ctx, struct reply *reply, const struct buttons *buttons,
                                     struct str language)
{
    reply->options = arena_alloc_array(ctx->arena, buttons->n, sizeof *reply->options);
    reply->step = arena_format(ctx->arena, "%s-%lld", buttons->step, (long long)buttons->number);
    if (reply->options == NULL || reply->step.p == NULL)
        return no_memory(ctx);
    for (size_t i = 0; i < buttons->n; i++)
        reply->options[i] = (struct reply_option){buttons->items[i].value, say(buttons->items[i].label, language)};
    reply->n_options = buttons->n;
    return OK;
}

static struct str language_in(const struct session *session)
{
    return str_starts(session->locale, STR("en")) ? STR("en") : STR("ko");
}

/* ── an answer ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_worth_a_vote(enum answer_kind kind)
{
    return kind == ANSWER_GENERATED || kind == ANSWER_EXTRACTIVE || kind == ANSWER_APPROVED;
}

static MUST_USE enum err offer_person(struct talk *talk, const struct answer *answer)
{
    static const struct button person[] = {{STR_INIT("person"), SAY_PERSON}};
    struct flow_ctx *ctx = talk->ctx;
    if (talk->self->hand_over.n == 0)
        return speak(talk, answer->markup);
    enum say offer = ctx->has_buttons ? SAY_OFFER : SAY_OFFER_TYPED;
    struct str text =
        arena_format(ctx->arena, "%.*s\n\n%.*s", STR_ARG(answer->markup), STR_ARG(say(offer, answer->language)));
    if (text.p == NULL)
        return no_memory(ctx);
    if (!ctx->has_buttons)
        return speak(talk, text);
    struct reply *reply = replies_add(&talk->turn->replies, REPLY_CHOICES);
    if (reply == NULL)
        return no_memory(ctx);
    reply->text = text;
    struct buttons buttons = {"person", talk->memory.n, person, COUNT_OF(person)};
    return add_buttons(ctx, reply, &buttons, answer->language);
}

static MUST_USE enum err show(struct talk *talk, const struct answer *answer)
{
    static const struct button votes[] = {{STR_INIT("up"), SAY_UP}, {STR_INIT("down"), SAY_DOWN}};
    if (answer->kind == ANSWER_NOT_FOUND)
        return offer_person(talk, answer);
    if (!is_worth_a_vote(answer->kind) || !talk->ctx->has_buttons)
        return speak(talk, answer->markup);
    struct reply *reply = replies_add(&talk->turn->replies, REPLY_CHOICES);
    if (reply == NULL)
        return no_memory(talk->ctx);
    reply->text = answer->markup;
    struct buttons buttons = {"vote", talk->memory.n, votes, COUNT_OF(votes)};
    return add_buttons(talk->ctx, reply, &buttons, answer->language);
}

/* What made the answer, as JSON: for those who look into it later. */
static struct str reasons_of(struct arena *arena, const struct answer *answer)
{
    struct buf out;
    buf_init(&out, arena, RECORD_BYTES);
    buf_add_char(&out, '{');
    json_add_member_i64(&out, "confidence", (int64_t)(answer->confidence * 1000));
    json_add_member(&out, "model", answer->model);
    json_add_member_i64(&out, "tokens", answer->tokens);
    json_add_key(&out, "sources");
    buf_add_char(&out, '[');
    for (size_t i = 0; i < answer->n_sources; i++) {
        json_add_comma(&out);
        buf_add_char(&out, '{');
        json_add_member(&out, "document", answer->sources[i].document);
        json_add_member(&out, "title", answer->sources[i].title);
        json_add_member(&out, "heading", answer->sources[i].heading);
        json_add_member_i64(&out, "page", answer->sources[i].page);
        buf_add_char(&out, '}');
    }
    buf_add(&out, STR("]}"));
    return buf_failed(&out) ? STR("{}") : buf_str(&out);
}

static MUST_USE enum err keep(struct talk *talk, struct str question, const struct answer *answer)
{
    struct flow_ctx *ctx = talk->ctx;
    struct str number = arena_format(ctx->arena, "%lld", (long long)talk->memory.n);
    struct str is = str_of(question_class_name(answer->verdict.is));
    struct record *record = turn_record(talk->turn, RECORD_ASKED, number);
    if (record == NULL || number.p == NULL)
        return no_memory(ctx);
    record->outcome = answer_kind_name(answer->kind);
    record->item = is;
    record->text = question;
    record->value = answer->text;
    record->why = reasons_of(ctx->arena, answer);
    record = turn_record(talk->turn, RECORD_STEP, is);
    if (record == NULL)
        return no_memory(ctx);
    record->outcome = answer_kind_name(answer->kind);
    return OK;
}

static MUST_USE enum err answer_it(struct talk *talk, struct str question)
{
    struct flow_ctx *ctx = talk->ctx;
    struct answer answer = {0};
    struct asked asked = {.text = question,
                          .locale = talk->session->locale,
                          .channel = talk->event->channel,
                          .may_wait = ctx->lane == LANE_SLOW,
                          .user = talk->session->user,
                          .before = {talk->memory.asked, talk->memory.n_asked},
                          .live = ctx->live,
                          .db = ctx->db,
                          .arena = ctx->arena,
                          .error = ctx->error};
    enum err rc = answer_question(&talk->self->answerer, &asked, &answer);
    if (rc != OK)
        return rc;
    talk->memory.n++;
    talk->memory.why = 0;
    rc = show(talk, &answer);
    if (rc == OK)
        rc = keep(talk, question, &answer);
    if (is_worth_a_vote(answer.kind) || answer.kind == ANSWER_NOT_FOUND)
        remember(&talk->memory, question);
    return rc;
}

/* ── a person ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err asks_for_person(struct flow_ctx *ctx, struct str text, bool *ret_asks)
{
    static const struct str words[] = {STR_INIT("담당자"),
                                       STR_INIT("상담원"),
                                       STR_INIT("상담사"),
                                       STR_INIT("사람"),
                                       STR_INIT("담당자연결"),
                                       STR_INIT("상담원연결"),
                                       STR_INIT("담당자연결해주세요"),
                                       STR_INIT("상담원연결해주세요"),
                                       STR_INIT("person"),
                                       STR_INIT("human"),
                                       STR_INIT("agent")};
    struct str key = {0};
    enum err rc = text_match_key(ctx->arena, text, &key);
    *ret_asks = rc == OK && strs_contain((struct strs){words, COUNT_OF(words)}, key);
    return rc;
}

static MUST_USE enum err hand_over(struct talk *talk)
{
    struct memory *memory = &talk->memory;
    enum err rc = speak(talk, say(SAY_HANDED_OVER, language_in(talk->session)));
    struct reply *reply = rc == OK ? replies_add(&talk->turn->replies, REPLY_HAND_OVER) : NULL;
    struct record *record = rc == OK ? turn_record(talk->turn, RECORD_HANDOVER, STR("person")) : NULL;
    if (rc == OK && (reply == NULL || record == NULL))
        return no_memory(talk->ctx);
    if (rc != OK)
        return rc;
    reply->to = record->item = talk->self->hand_over;
    reply->note = memory->n_asked > 0 ? memory->asked[memory->n_asked - 1] : STR("");
    talk->turn->silent_ms = ANSWER_FLOW_EXPIRES_MS;
    return OK;
}

/* ── 👍 👎 ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err keep_feedback(struct talk *talk, int64_t number, const char *vote, struct str reason)
{
    struct str step = arena_format(talk->ctx->arena, "%lld", (long long)number);
    struct record *record = turn_record(talk->turn, RECORD_FEEDBACK, step);
    if (step.p == NULL || record == NULL)
        return no_memory(talk->ctx);
    record->outcome = vote;
    record->text = reason;
    return OK;
}

static MUST_USE enum err ask_why(struct talk *talk, int64_t number)
{
    static const struct button reasons[] = {{STR_INIT("wrong"), SAY_WHY_WRONG},
                                            {STR_INIT("missing"), SAY_WHY_MISSING},
                                            {STR_INIT("unclear"), SAY_WHY_UNCLEAR},
                                            {STR_INIT("other"), SAY_WHY_OTHER}};
    struct str language = language_in(talk->session);
    struct reply *reply = replies_add(&talk->turn->replies, REPLY_CHOICES);
    if (reply == NULL)
        return no_memory(talk->ctx);
    reply->text = say(SAY_WHY, language);
    struct buttons buttons = {"why", number, reasons, COUNT_OF(reasons)};
    return add_buttons(talk->ctx, reply, &buttons, language);
}

static MUST_USE enum err take_vote(struct talk *talk, int64_t number, struct str value)
{
    bool up = str_eq(value, STR("up"));
    enum err rc = keep_feedback(talk, number, up ? "up" : "down", STR(""));
    if (rc != OK)
        return rc;
    return up ? speak(talk, say(SAY_UP_THANKS, language_in(talk->session))) : ask_why(talk, number);
}

static MUST_USE enum err take_reason(struct talk *talk, int64_t number, struct str reason)
{
    enum err rc = keep_feedback(talk, number, "down", reason);
    talk->memory.why = 0;
    return rc == OK ? speak(talk, say(SAY_WHY_THANKS, language_in(talk->session))) : rc;
}

/* "vote-3": what is before the number; *ret_number: it. */
static struct str step_of(struct str step, int64_t *ret_number)
{
    size_t at = str_find_char(step, '-');
    if (at == SIZE_MAX || !str_to_i64(str_skip(step, at + 1), ret_number))
        return STR("");
    return str_first(step, at);
}

static MUST_USE enum err take_button(struct talk *talk, bool *ret_ends)
{
    const struct event *event = talk->event;
    int64_t number = 0;
    struct str step = step_of(event->step, &number);
    bool ours = number > 0 && number <= talk->memory.n;
    if (ours && str_eq(step, STR("vote")))
        return take_vote(talk, number, event->value);
    if (ours && str_eq(step, STR("why")) && str_eq(event->value, STR("other"))) {
        talk->memory.why = number;
        return speak(talk, say(SAY_WHY_WRITE, language_in(talk->session)));
    }
    if (ours && str_eq(step, STR("why")))
        return take_reason(talk, number, event->value);
    *ret_ends = str_eq(step, STR("person")) && talk->self->hand_over.n > 0;
    return *ret_ends ? hand_over(talk) : OK;
}

/* ── events ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err greet(struct talk *talk)
{
    return speak(talk, small_talk_line(SMALL_TALK_GREETING, language_in(talk->session)));
}

static MUST_USE enum err take_text(struct talk *talk, bool *ret_ends)
{
    struct str text = str_trim(talk->event->text);
    if (text.n == 0)
        return talk->session->state == SESSION_NEW ? greet(talk) : OK;
    enum err rc = asks_for_person(talk->ctx, text, ret_ends);
    *ret_ends = *ret_ends && talk->self->hand_over.n > 0;
    if (rc != OK)
        return during(talk->ctx->error, "reading a question");
    if (*ret_ends)
        return hand_over(talk);
    return talk->memory.why > 0 ? take_reason(talk, talk->memory.why, text) : answer_it(talk, text);
}

static MUST_USE enum err take(struct talk *talk, bool *ret_ends)
{
    if (talk->event == NULL)
        return greet(talk);
    switch (talk->event->kind) {
    case EVENT_OPENED:
        return greet(talk);
    case EVENT_MESSAGE:
    case EVENT_COMMAND:
        return take_text(talk, ret_ends);
    case EVENT_BUTTON:
        return take_button(talk, ret_ends);
    case EVENT_SHEET:
    case EVENT_TIMER:
    case EVENT_RELEASED:
    case EVENT_CLOSED:
    case EVENT_OTHER:
        break;
    }
    return OK;
}

static enum err step(const struct flow *flow, struct flow_ctx *ctx, const struct event *event, struct session *session,
                     struct turn *ret_turn)
{
    struct turn turn = {.replies = {.arena = ctx->arena}};
    struct talk talk = {
        .self = CONTAINER_OF(flow, const struct answer_flow, flow), ctx, event, session, &turn, {.n = 0}};
    bool ends = false;
    enum err rc = read_memory(ctx, session->data, &talk.memory);
    if (rc == OK)
        rc = take(&talk, &ends);
    if (rc == OK)
        rc = write_memory(ctx, &talk.memory, session);
    if (rc != OK)
        return rc;
    if (ends) {
        session->state = SESSION_HANDED_OVER;
        session->expires_ms = 0;
    }
    *ret_turn = turn;
    return OK;
}

/* ── in the middle of a survey ─────────────────────────────────────────────────────────────────────────────────── */

static enum err answer_aside(void *arg, struct flow_ctx *ctx, struct str text, struct replies *replies,
                             bool *ret_answered)
{
    const struct answer_flow *self = arg;
    struct answer answer = {0};
    struct asked asked = {.text = text,
                          .locale = ctx->locale,
                          .may_wait = ctx->lane == LANE_SLOW,
                          .db = ctx->db,
                          .arena = ctx->arena,
                          .error = ctx->error};
    *ret_answered = false;
    enum err rc = answer_question(&self->answerer, &asked, &answer);
    if (rc != OK || !is_worth_a_vote(answer.kind))
        return rc;
    struct reply *reply = replies_add(replies, REPLY_TEXT);
    if (reply == NULL)
        return no_memory(ctx);
    reply->text = answer.markup;
    *ret_answered = true;
    return OK;
}

/* ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void free_flow(struct flow *flow)
{
    if (flow == NULL)
        return;
    struct answer_flow *self = CONTAINER_OF(flow, struct answer_flow, flow);
    workspace_free(self->workspace);
    arena_release(&self->arena);
    free(self);
}

static MUST_USE enum err fill_in(struct answer_flow *self, const struct answer_flow_settings *settings)
{
    struct arena *arena = &self->arena;
    self->hand_over = arena_copy(arena, settings->hand_over);
    self->answerer.collection = arena_copy(arena, settings->collection);
    uint64_t hash = self->workspace->hash * 31 + str_hash(settings->hand_over) * 7 + str_hash(settings->collection);
    self->flow.version = arena_format(arena, "%016llx", (unsigned long long)hash);
    bool copied = self->hand_over.n == settings->hand_over.n && self->answerer.collection.n == settings->collection.n;
    return copied && self->flow.version.p != NULL ? OK : ERR_NO_MEMORY;
}

enum err answer_flow_new(const struct answer_flow_settings *settings, struct flow **ret_flow, struct error *error)
{
    struct answer_flow *self = calloc(1, sizeof *self);
    if (self == NULL) {
        workspace_free(settings->workspace);
        return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    arena_init(&self->arena, FLOW_BYTES);
    self->workspace = settings->workspace;
    self->answerer.workspace = settings->workspace;
    self->aside = (struct flow_aside){.answer = answer_aside, .self = self};
    self->flow =
        (struct flow){.name = answer_flow_name(), .lane = LANE_QUICK, .waits = true, .step = step, .free = free_flow};
    if (fill_in(self, settings) != OK) {
        free_flow(&self->flow);
        return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    *ret_flow = &self->flow;
    return OK;
}

void answer_flow_connect(struct flow *flow, const struct answer_means *means)
{
    struct answer_flow *self = CONTAINER_OF(flow, struct answer_flow, flow);
    self->answerer.search = means->search;
    self->answerer.model = means->model;
    self->answerer.dense = means->dense;
    self->answerer.weights = means->weights;
}

static const struct answer_flow *ours(const struct flow *flow)
{
    return flow != NULL && flow->free == free_flow ? CONTAINER_OF(flow, const struct answer_flow, flow) : NULL;
}

const struct answerer *answer_flow_answerer(const struct flow *flow)
{
    const struct answer_flow *self = ours(flow);
    return self == NULL ? NULL : &self->answerer;
}

const struct flow_aside *answer_flow_aside(const struct flow *flow)
{
    const struct answer_flow *self = ours(flow);
    return self == NULL ? NULL : &self->aside;
}
