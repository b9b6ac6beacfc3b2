/* integrations/llm/chat.c — a chat: its request, the pieces of its answer, the schema, the one repair. */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/inside.h"
#include "integrations/llm/schema.h"
#include "integrations/llm/sse.h"
#include "integrations/llm/thinking.h"

#include "bot/base/banned.h"

enum {
    REQUEST_BYTES = 16 * 1024 * 1024,
    ATTEMPT_BYTES = 64 * 1024 * 1024,
    EVENT_BYTES = 1024 * 1024,
    PLAIN_BYTES = 4 * LLM_MAX_TEXT_BYTES,
    STREAM_BYTES = 16 * LLM_MAX_TEXT_BYTES,
    EVENT_ARENA_BYTES = 8 * 1024 * 1024,
    TRAITS_TO_LEARN = 6,  /* a request is sent anew so often, with less in it each time */
    TOKENS_A_MESSAGE = 4, /* what marks its role and its end                            */
};

/* One chat of a flow, over all who are asked. */
struct talk {
    struct llm *llm;
    struct model_chat request;
    struct arena *arena; /* the caller's: what is said */
    struct json_value *schema;
    struct arena schema_arena;
    struct str text; /* of the last answer */
    enum model_finish finish;
    struct error misfit; /* why the last answer does not keep to the schema */
    bool heard;          /* pieces of an answer that failed                 */
};

/* One answer while it comes in. */
struct answer {
    struct talk *talk;
    struct attempt *attempt;
    int64_t began_us;
    struct sse sse;
    struct thinking thinking;
    struct arena event_arena;
    struct buf text, plain; /* plain: a body that is no stream, though one was asked for */
    enum { FORM_UNKNOWN, FORM_EVENTS, FORM_PLAIN } form;
    enum model_finish finish;
    bool finished, done, unwanted, broken;
    struct error why; /* broken */
};

/* ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void break_off(struct answer *answer, const char *why)
{
    answer->broken = true;
    answer->why.code = fail(&answer->why, ERR_REMOTE, "%s", why);
}

static void say(struct answer *answer, struct str text)
{
    const struct model_listener *listener = answer->talk->request.listener;
    if (text.n == 0 || answer->unwanted)
        return;
    buf_add(&answer->text, text);
    if (buf_failed(&answer->text)) {
        break_off(answer, "the answer is too long");
        return;
    }
    if (listener == NULL)
        return;
    if (answer->attempt->first_piece_ms < 0)
        answer->attempt->first_piece_ms = (clock_tick_us(answer->talk->llm->parts.clock) - answer->began_us) / 1000;
    answer->talk->heard = true;
    answer->unwanted = !listener->piece(listener->self, text);
}

static void take_said(struct answer *answer, const struct wire_said *said)
{
    struct thinking_said part = thinking_pass(&answer->thinking, said->text);
    say(answer, part.held);
    say(answer, part.rest);
    if (said->finished) {
        answer->finished = true;
        answer->finish = said->finish;
    }
    if (said->usage.tokens_in >= 0)
        answer->attempt->usage = said->usage;
}

/* ── what comes in ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_event(void *self, struct str data)
{
    struct answer *answer = self;
    struct wire_said said;
    if (answer->done)
        return true; /* to the end, so that the connection can be used again */
    if (str_eq(str_trim(data), STR("[DONE]"))) {
        answer->done = true;
        return true;
    }
    arena_reset(&answer->event_arena);
    if (wire_chat_piece(&answer->event_arena, data, &said, &answer->why) != OK)
        answer->broken = true;
    else
        take_said(answer, &said);
    return !answer->broken && !answer->unwanted;
}

static bool take_bytes(void *self, struct str bytes)
{
    struct answer *answer = self;
    struct sse_listener listener = {take_event, answer};
    if (answer->form == FORM_UNKNOWN) {
        struct str begin = str_trim(bytes);
        if (begin.n == 0)
            return true;
        answer->form = begin.p[0] == '{' ? FORM_PLAIN : FORM_EVENTS;
    }
    if (answer->form == FORM_PLAIN)
        buf_add(&answer->plain, bytes);
    else if (sse_feed(&answer->sse, bytes, &listener) == SSE_TOO_LONG)
        break_off(answer, "an event of the answer is too long");
    return !answer->broken && !answer->unwanted;
}

static enum err take_whole(struct answer *answer, struct str body, struct error *error)
{
    struct wire_said said;
    enum err rc = wire_chat_answer(&answer->event_arena, body, &said, error);
    if (rc == OK) {
        said.finished = true;
        take_said(answer, &said);
    }
    return rc;
}

/* ── one answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void answer_init(struct answer *answer, struct talk *talk, struct attempt *attempt)
{
    *answer = (struct answer){.talk = talk, .attempt = attempt, .began_us = clock_tick_us(talk->llm->parts.clock)};
    sse_init(&answer->sse, EVENT_BYTES);
    arena_init(&answer->event_arena, EVENT_ARENA_BYTES);
    buf_init(&answer->text, NULL, LLM_MAX_TEXT_BYTES);
    buf_init(&answer->plain, NULL, PLAIN_BYTES);
}

static void answer_release(struct answer *answer)
{
    sse_release(&answer->sse);
    arena_release(&answer->event_arena);
    buf_release(&answer->text);
    buf_release(&answer->plain);
}

/* What the endpoint sent is all there: is it an answer? */
static enum err conclude(struct answer *answer, struct str body, struct error *error)
{
    struct sse_listener listener = {take_event, answer};
    if (answer->form == FORM_PLAIN)
        body = buf_str(&answer->plain);
    if (answer->form == FORM_EVENTS && !answer->broken && !answer->unwanted)
        (void)sse_end(&answer->sse, &listener);
    if (answer->form != FORM_EVENTS && !answer->unwanted && take_whole(answer, body, error) != OK)
        return error->code;
    if (!answer->broken && !answer->unwanted)
        say(answer, thinking_end(&answer->thinking));
    if (answer->broken) {
        *error = answer->why;
        return error->code;
    }
    if (answer->unwanted)
        return OK;
    if (!answer->done && !answer->finished)
        return fail(error, ERR_REMOTE, "the answer broke off");
    if (answer->text.n == 0 && answer->finish != MODEL_FILTERED)
        return fail(error, ERR_REMOTE, "it said nothing");
    return OK;
}

/* The request in the words that this endpoint takes; it is asked again when it shows that there is one it does not take. */
static enum err send(struct answer *answer, struct arena *arena, struct http_result *ret_result, struct error *error)
{
    struct talk *talk = answer->talk;
    struct provider *provider = answer->attempt->provider;
    struct http_listener listener = {take_bytes, answer};
    bool streams = talk->request.listener != NULL;
    enum err rc = OK;
    for (int i = 0; i <= TRAITS_TO_LEARN; i++) {
        pthread_mutex_lock(&talk->llm->lock);
        struct wire_traits traits = provider->traits;
        pthread_mutex_unlock(&talk->llm->lock);
        struct buf body;
        buf_init(&body, arena, REQUEST_BYTES);
        wire_chat_request(&body, &(struct wire_chat){provider->model->chat_model, &talk->request, traits, streams});
        if (buf_failed(&body))
            return fail(error, ERR_NO_MEMORY, "the request is too long");
        struct post post = {.path = "/chat/completions",
                            .body = buf_str(&body),
                            .streams = streams,
                            .listener = streams ? &listener : NULL,
                            .max_bytes = STREAM_BYTES};
        rc = attempt_post(talk->llm, answer->attempt, &post, arena, ret_result, error);
        if (answer->attempt->outcome != ATTEMPT_REJECTED || !wire_learn(&traits, ret_result->body, &talk->request))
            break;
        pthread_mutex_lock(&talk->llm->lock);
        provider->traits = traits;
        pthread_mutex_unlock(&talk->llm->lock);
    }
    return rc;
}

/* Keeps what was said; with a schema, only if it keeps to that. */
static enum err keep(struct answer *answer, struct error *error)
{
    struct talk *talk = answer->talk;
    struct str text = buf_str(&answer->text);
    struct json_value *value = NULL;
    struct error why = {0};
    talk->finish = answer->unwanted ? MODEL_UNWANTED : answer->finish;
    if (talk->schema != NULL && !answer->unwanted) {
        struct str object = schema_object_in(text);
        enum err rc = json_read(&answer->event_arena, object, &value, &why);
        if (rc == OK)
            rc = schema_check(talk->schema, value, &answer->event_arena, &why);
        if (rc != OK) {
            talk->misfit = why;
            talk->text = arena_copy(talk->arena, text);
            answer->attempt->outcome = ATTEMPT_MISFIT;
            return fail(error, ERR_INVALID, "the answer does not keep to the schema");
        }
        text = object;
    }
    talk->text = arena_copy(talk->arena, text);
    if (talk->text.p == NULL && text.n > 0)
        return fail(error, ERR_NO_MEMORY, "the answer does not fit into the arena");
    answer->attempt->outcome = answer->unwanted ? ATTEMPT_UNWANTED : ATTEMPT_OK;
    return OK;
}

/* Out-tokens by our own count when the endpoint does not say. */
static void estimate_out(struct answer *answer)
{
    if (answer->attempt->usage.tokens_out < 0 && answer->text.n > 0)
        answer->attempt->usage.tokens_out = model_tokens(buf_str(&answer->text));
}

static enum err ask(void *self, struct attempt *attempt, struct error *error)
{
    struct talk *talk = self;
    const struct model_listener *listener = talk->request.listener;
    if (talk->heard && listener->again != NULL)
        listener->again(listener->self);
    talk->heard = false;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ATTEMPT_BYTES);
    CLEANUP(answer_release) struct answer answer;
    answer_init(&answer, talk, attempt);
    struct http_result result = {0};
    enum err rc = send(&answer, &arena, &result, error);
    bool whole = answer.done || answer.finished || answer.unwanted; /* what came after it does not matter */
    if (rc == OK || (whole && rc == ERR_REMOTE && attempt->outcome != ATTEMPT_BUSY)) {
        attempt->outcome = ATTEMPT_FAILED;
        rc = conclude(&answer, result.body, error);
        if (rc == OK)
            rc = keep(&answer, error);
    }
    estimate_out(&answer);
    attempt->last = talk->heard && listener->again == NULL;
    return rc;
}

/* ── the chat ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t tokens_of(const struct model_chat *request)
{
    int64_t tokens = model_tokens(request->schema);
    for (size_t i = 0; i < request->n_messages; i++)
        tokens += model_tokens(request->messages[i].text) + TOKENS_A_MESSAGE;
    return tokens;
}

static enum err climb(struct talk *talk, int64_t deadline_us, struct model_usage *ret_usage, bool *ret_misfit,
                      struct error *error)
{
    struct ladder ladder = {.skill = MODEL_CHAT,
                            .origin = &talk->request.origin,
                            .deadline_us = deadline_us,
                            .tokens_in = tokens_of(&talk->request),
                            .max_tokens_out =
                                talk->request.max_tokens > 0 ? talk->request.max_tokens : MODEL_MAX_TOKENS,
                            .ask = ask,
                            .self = talk};
    return ladder_climb(talk->llm, &ladder, ret_usage, ret_misfit, error);
}

/* The same question with what was said to it, and what is wrong with that. */
static enum err ask_to_repair(struct talk *talk, struct error *error)
{
    size_t n = talk->request.n_messages;
    struct model_message *messages = arena_alloc_array(talk->arena, n + 2, sizeof *messages);
    struct str wrong = arena_format(
        talk->arena, "That does not keep to the JSON Schema: %s. Answer again, with the JSON object alone.",
        talk->misfit.text);
    if (messages == NULL || wrong.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory to have an answer repaired");
    memcpy(messages, talk->request.messages, n * sizeof *messages);
    messages[n] = (struct model_message){MODEL_ASSISTANT, talk->text};
    messages[n + 1] = (struct model_message){MODEL_USER, wrong};
    talk->request.messages = messages;
    talk->request.n_messages = n + 2;
    return OK;
}

static enum err read_schema(struct talk *talk, struct error *error)
{
    arena_init(&talk->schema_arena, EVENT_ARENA_BYTES);
    if (talk->request.n_messages == 0)
        return fail(error, ERR_INVALID, "a chat needs a message");
    if (talk->request.schema.n == 0)
        return OK;
    if (json_read(&talk->schema_arena, talk->request.schema, &talk->schema, error) != OK)
        return during(error, "reading the schema of an answer");
    return OK;
}

static void talk_release(struct talk *talk)
{
    arena_release(&talk->schema_arena);
}

enum err chat_ask(const struct language_model *self, const struct model_chat *request, struct arena *arena,
                  struct model_said *ret_said, struct error *error)
{
    struct error unwanted_words = {0};
    if (error == NULL)
        error = &unwanted_words;
    struct llm *llm = CONTAINER_OF((struct language_model *)self, struct llm, model);
    CLEANUP(talk_release) struct talk talk = {.llm = llm, .request = *request, .arena = arena};
    int64_t deadline_us = ladder_deadline_us(llm, request->budget_ms);
    struct model_usage usage = {0};
    bool misfit = false;
    enum err rc = read_schema(&talk, error);
    if (rc == OK)
        rc = climb(&talk, deadline_us, &usage, &misfit, error);
    bool may_begin_anew = !talk.heard || request->listener->again != NULL;
    if (misfit && may_begin_anew) {
        struct model_usage first = usage;
        rc = ask_to_repair(&talk, error);
        if (rc == OK)
            rc = climb(&talk, deadline_us, &usage, &misfit, error);
        usage.tokens_in += first.tokens_in;
        usage.tokens_out += first.tokens_out;
        usage.cost_microusd += first.cost_microusd;
        usage.latency_ms += first.latency_ms;
    }
    if (rc == OK)
        *ret_said = (struct model_said){talk.text, talk.finish, usage};
    return rc;
}
