/* Why a product was recommended: the rules that fired, the values that they saw, and the smallest change of one answer that
 * would have changed it. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/flow_set.h"
#include "bot/cli/flow_text.h"
#include "bot/cli/stored_talk.h"
#include "flows/survey/definition.h"
#include "flows/survey/nearest.h"
#include "flows/survey/survey.h"
#include "store/sessions.h"
#include "store/store.h"
#include "store/surveys.h"

#include "bot/base/banned.h"

enum { LISTED = 10, JSON_BYTES = 4 * 1024 * 1024 };

struct asked {
    const struct flow_command *command;
    struct arena *arena;
    struct db *db;
    bool json, korean;
};

/* What there is to say of a session. */
struct answer_to_why {
    struct stored_talk talk;
    const struct survey_recommendation *made; /* talk.items.n of them, with their times */
    struct flow *flow;                        /* NULL: the version that it ran with is not there any more */
    struct nearest nearest;
    bool has_nearest;
    const char *hindrance; /* why there is no nearest; NULL: there is, or nothing was recommended */
};

/* ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err items_of(struct asked *asked, int64_t session, struct survey_recommendations *made,
                         struct recommendations *items, struct error *error)
{
    enum err rc = survey_recommendations_of(asked->db, session, session, asked->arena, made, error);
    items->items = arena_alloc_array(asked->arena, made->n, sizeof *items->items);
    if (rc != OK)
        return rc;
    if (items->items == NULL)
        return fail(error, ERR_NO_MEMORY, "too many recommendations");
    for (size_t i = 0; i < made->n; i++) {
        const struct survey_recommendation *one = &made->items[i];
        items->items[items->n++] = (struct recommended){one->step, one->item, one->value, one->why};
    }
    return OK;
}

static void print_row(struct asked *asked, const struct session *session, const struct recommendations *items)
{
    printf("%8lld  %.*s  %-12.*s  %-13.*s  %-11s  %.*s\n", (long long)session->id,
           STR_ARG(flow_moment(asked->arena, session->started_ms)), STR_ARG(session->platform), STR_ARG(session->flow),
           session_state_name(session->state),
           STR_ARG(items->n > 0 ? flow_items(asked->arena, items, asked->korean) : STR("-")));
}

static void add_row(struct buf *out, const struct session *session, const struct recommendations *items)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member_i64(out, "session", session->id);
    json_add_member(out, "flow", session->flow);
    json_add_member(out, "conversation", session->conversation);
    json_add_member(out, "user", session->user);
    json_add_member(out, "platform", session->platform);
    json_add_member(out, "state", str_of(session_state_name(session->state)));
    json_add_member_i64(out, "started_ms", session->started_ms);
    json_add_key(out, "items");
    buf_add_char(out, '[');
    for (size_t i = 0; i < items->n; i++) {
        json_add_comma(out);
        json_add_str(out, items->items[i].item);
    }
    buf_add(out, STR("]}"));
}

static enum err list(struct asked *asked, const struct sessions *sessions, struct error *error)
{
    struct buf out;
    buf_init(&out, asked->arena, JSON_BYTES);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < sessions->n; i++) {
        struct survey_recommendations made = {0};
        struct recommendations items = {0};
        if (items_of(asked, sessions->items[i].id, &made, &items, error) != OK)
            return error->code;
        recommendations_keep_last(&items);
        if (asked->json)
            add_row(&out, &sessions->items[i], &items);
        else
            print_row(asked, &sessions->items[i], &items);
    }
    buf_add_char(&out, ']');
    if (asked->json)
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    return buf_failed(&out) ? fail(error, ERR_NO_MEMORY, "too many sessions") : OK;
}

/* ── one session ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The version that the session ran with, from the store; NULL: it was not kept, or cannot be read any more. */
static struct flow *flow_of(struct asked *asked, const struct session *session)
{
    struct flow *flow = NULL;
    struct error unread = {0};
    return flow_recall(asked->db, session->flow, session->flow_version, &flow, &unread) == OK ? flow : NULL;
}

/* Only where the answers that are kept still lead to what was recommended. */
static enum err look_for_nearest(struct asked *asked, struct answer_to_why *answer, struct error *error)
{
    struct recommendations last = answer->talk.items, again;
    const struct definition *definition = answer->flow == NULL ? NULL : survey_definition(answer->flow);
    struct recommended *copy = arena_alloc_array(asked->arena, last.n, sizeof *copy);
    if (copy == NULL)
        return fail(error, ERR_NO_MEMORY, "too many recommendations");
    if (last.n == 0)
        return OK;
    if (definition == NULL) {
        answer->hindrance = asked->korean ? "그때의 흐름이 남아 있지 않아 찾을 수 없어요"
                                          : "the version of the flow that it ran with was not kept";
        return OK;
    }
    memcpy(copy, last.items, last.n * sizeof *copy);
    last.items = copy;
    recommendations_keep_last(&last);
    struct rerun input = stored_talk_rerun(&answer->talk, definition);
    if (nearest_find(&input, asked->arena, &again, &answer->nearest, error) != OK)
        return error->code;
    answer->has_nearest = recommendations_same(&last, &again);
    if (!answer->has_nearest)
        answer->hindrance = asked->korean ? "그 뒤에 답이 바뀌어, 남은 답으로는 같은 추천이 나오지 않아요"
                                          : "the answers changed afterwards: those that are kept do not lead there";
    return OK;
}

static enum err find_answer(struct asked *asked, const struct session *session, struct answer_to_why *answer,
                            struct error *error)
{
    struct survey_recommendations made = {0};
    struct recommendations items = {0};
    answer->flow = flow_of(asked, session);
    struct strs recalls = {0};
    if (answer->flow != NULL)
        recalls = answer->flow->recalls;
    enum err rc = stored_talk_read(asked->db, session, recalls, asked->arena, &answer->talk, error);
    if (rc == OK)
        rc = items_of(asked, session->id, &made, &items, error);
    if (rc != OK)
        return rc;
    answer->talk.items = items;
    answer->made = made.items;
    if (made.n > 0)
        answer->talk.decided_ms = made.items[made.n - 1].at_ms;
    return look_for_nearest(asked, answer, error);
}

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_answer(struct asked *asked, const struct answer_to_why *answer)
{
    const struct session *session = &answer->talk.session;
    const struct definition *definition = answer->flow == NULL ? NULL : survey_definition(answer->flow);
    printf("%s %lld  %.*s  %.*s  %.*s  %s\n", asked->korean ? "대화" : "session", (long long)session->id,
           STR_ARG(session->flow), STR_ARG(session->conversation),
           STR_ARG(flow_moment(asked->arena, session->started_ms)), session_state_name(session->state));
    for (size_t i = 0; i < answer->talk.items.n; i++) {
        const struct recommended *item = &answer->talk.items.items[i];
        printf("\n%s: %.*s\n", asked->korean ? "추천" : "recommended", STR_ARG(flow_item(asked->arena, item)));
        flow_print_trail(asked->arena, item->why, definition, asked->korean);
    }
    if (answer->talk.items.n == 0)
        printf("\n%s\n", asked->korean ? "추천한 것이 없어요" : "nothing was recommended");
    if (answer->has_nearest)
        printf("\n%s: %.*s\n", asked->korean ? "가장 작은 변화" : "smallest change",
               STR_ARG(flow_nearest(asked->arena, definition, &answer->nearest, asked->korean)));
    else if (answer->hindrance != NULL)
        printf("\n%s: %s\n", asked->korean ? "가장 작은 변화" : "smallest change", answer->hindrance);
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_value(struct buf *out, const char *key, const struct value *value)
{
    json_add_key(out, key);
    size_t before = out->n;
    if (value_to_json(out, value, NULL) != OK) {
        buf_truncate(out, before);
        buf_add(out, STR("null"));
    }
}

static void add_nearest(struct asked *asked, struct buf *out, const struct answer_to_why *answer)
{
    static const char *const reaches[] = {
        [NEAREST_ONLY] = "only", [NEAREST_DOWN] = "down", [NEAREST_UP] = "up", [NEAREST_UNTIL] = "until"};
    const struct nearest *nearest = &answer->nearest;
    const struct definition *definition = survey_definition(answer->flow);
    buf_add_char(out, '{');
    json_add_member_bool(out, "found", nearest->found);
    if (nearest->found) {
        json_add_member(out, "question", definition->steps[nearest->step].id);
        add_value(out, "was", &nearest->was);
        add_value(out, "now", &nearest->now);
        json_add_member(out, "reach", str_of(reaches[nearest->reach]));
        if (nearest->reach == NEAREST_UNTIL)
            add_value(out, "until", &nearest->until);
        json_add_key(out, "size");
        buf_addf(out, "%.6f", nearest->size);
        json_add_key(out, "items");
        buf_add_char(out, '[');
        for (size_t i = 0; i < nearest->items.n; i++) {
            json_add_comma(out);
            json_add_str(out, nearest->items.items[i].item);
        }
        buf_add_char(out, ']');
    }
    if (nearest->asks != SIZE_MAX)
        json_add_member(out, "asks", definition->steps[nearest->asks].id);
    json_add_member_bool(out, "gave_up", nearest->gave_up);
    json_add_member(out, "sentence", flow_nearest(asked->arena, definition, nearest, asked->korean));
    buf_add_char(out, '}');
}

static enum err print_json(struct asked *asked, const struct answer_to_why *answer, struct error *error)
{
    const struct session *session = &answer->talk.session;
    struct buf out;
    buf_init(&out, asked->arena, JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member_i64(&out, "session", session->id);
    json_add_member(&out, "flow", session->flow);
    json_add_member(&out, "version", session->flow_version);
    json_add_member(&out, "conversation", session->conversation);
    json_add_member(&out, "user", session->user);
    json_add_member(&out, "platform", session->platform);
    json_add_member(&out, "state", str_of(session_state_name(session->state)));
    json_add_member_i64(&out, "started_ms", session->started_ms);
    json_add_key(&out, "recommendations");
    buf_add_char(&out, '[');
    for (size_t i = 0; i < answer->talk.items.n; i++) {
        const struct recommended *item = &answer->talk.items.items[i];
        json_add_comma(&out);
        buf_add_char(&out, '{');
        json_add_member(&out, "step", item->step);
        json_add_member(&out, "item", item->item);
        json_add_member_i64(&out, "at_ms", answer->made[i].at_ms);
        json_add_member_raw(&out, "record", item->value.n > 0 ? item->value : STR("null"));
        json_add_member_raw(&out, "why", item->why.n > 0 ? item->why : STR("null"));
        buf_add_char(&out, '}');
    }
    buf_add_char(&out, ']');
    json_add_key(&out, "nearest");
    if (answer->has_nearest)
        add_nearest(asked, &out, answer);
    else
        buf_add(&out, STR("null"));
    if (answer->hindrance != NULL)
        json_add_member(&out, "hindrance", str_of(answer->hindrance));
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "what there is to say is too long");
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    return OK;
}

static enum err explain(struct asked *asked, const struct session *session, struct error *error)
{
    struct answer_to_why answer = {0};
    enum err rc = find_answer(asked, session, &answer, error);
    if (rc == OK && asked->json)
        rc = print_json(asked, &answer, error);
    else if (rc == OK)
        print_answer(asked, &answer);
    if (answer.flow != NULL)
        answer.flow->free(answer.flow);
    return rc;
}

/* ── which session ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A number is a session, if there is one; else it is a conversation or a user. */
static enum err find(struct asked *asked, struct str name, struct sessions *ret_sessions, struct error *error)
{
    int64_t id = 0;
    struct session *one = arena_alloc(asked->arena, sizeof *one);
    if (one == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    if (name.n > 0 && str_to_i64(name, &id)) {
        enum err rc = session_by_id(asked->db, id, asked->arena, one, error);
        if (rc == OK)
            *ret_sessions = (struct sessions){one, 1};
        if (rc != ERR_NOT_FOUND)
            return rc;
    }
    if (sessions_newest(asked->db, name, LISTED, asked->arena, ret_sessions, error) != OK)
        return error->code;
    if (name.n > 0 && ret_sessions->n == 0)
        return fail(error, ERR_NOT_FOUND,
                    "no session, conversation or user is called %.*s; `gilbot flow why` lists the last", STR_ARG(name));
    return OK;
}

int flow_why(const struct flow_command *command)
{
    struct asked asked = {.command = command, .arena = command->arena};
    struct str name = {0};
    for (int i = 0; i < command->argc; i++) {
        const char *word = command->argv[i];
        if (strcmp(word, "--json") == 0) {
            asked.json = true;
        } else if (word[0] != '-' && name.n == 0) {
            name = str_of(word);
        } else {
            fputs("gilbot: usage: gilbot flow why [SESSION | CONVERSATION | USER] [--json]\n", stderr);
            return 2;
        }
    }
    asked.korean = str_starts(command->settings->locale, STR("ko"));
    struct error error = {0};
    struct sessions sessions = {0};
    enum err rc = store_reader_open_dir(command->settings->data_dir, &asked.db, &error);
    if (rc == OK)
        rc = find(&asked, name, &sessions, &error);
    if (rc == OK)
        rc = name.n > 0 && sessions.n == 1 ? explain(&asked, &sessions.items[0], &error)
                                           : list(&asked, &sessions, &error);
    store_reader_close(asked.db);
    return rc == OK ? 0 : config_failed(&error);
}
