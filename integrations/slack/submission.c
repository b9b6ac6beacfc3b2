#include "integrations/slack/submission.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "integrations/slack/action.h"
#include "integrations/slack/body.h"
#include "integrations/slack/modal.h"
#include "integrations/slack/mrkdwn.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

enum {
    MAX_ANSWER_BYTES = 32 * 1024,
    MAX_PLAIN_BYTES = 64 * 1024,
    MAX_FAULT_UNITS = 1900,
    MAX_ERRORS_BYTES = 64 * 1024
};

struct reading {
    struct arena *arena;
    const struct json_value *root;
    struct buf plain;
    bool failed;
};

/* ── one answer ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The options' values and labels, as many as were chosen. */
static void add_option(struct buf *value, struct buf *label, const struct json_value *option)
{
    if (option == NULL || option->kind != JSON_OBJECT_)
        return;
    if (value->n > 0) {
        buf_add_char(value, ',');
        buf_add(label, STR(", "));
    }
    buf_add(value, slack_text_at(option, "value"));
    buf_add(label, slack_text_at(option, "text.text"));
}

static void add_line(struct reading *r, const struct json_value *block, struct str shown)
{
    if (shown.n == 0)
        return;
    struct str question = slack_text_at(block, "label.text");
    if (r->plain.n > 0)
        buf_add_char(&r->plain, '\n');
    buf_addf(&r->plain, "%.*s: %.*s", STR_ARG(question), STR_ARG(shown));
}

/* What was typed, or picked; `element` NULL: the modal's state says nothing of it. */
static struct sheet_answer read_answer(struct reading *r, const struct json_value *block,
                                       const struct json_value *element)
{
    struct str id = slack_text_at(block, "block_id");
    struct sheet_answer answer = {.step = str_skip(id, sizeof SLACK_BLOCK_ASK - 1)};
    const struct json_value *one = slack_at(element, "selected_option");
    const struct json_value *several = slack_items_at(element, "selected_options");
    struct buf value, label;
    buf_init(&value, r->arena, MAX_ANSWER_BYTES);
    buf_init(&label, r->arena, MAX_ANSWER_BYTES);
    add_option(&value, &label, one);
    for (const struct json_value *option = several; option != NULL; option = option->next)
        add_option(&value, &label, option);
    r->failed |= buf_failed(&value) || buf_failed(&label);
    answer.chosen = value.n > 0;
    answer.text = buf_str(&value);
    if (!answer.chosen)
        answer.text = str_trim(slack_text_at(element, "value"));
    if (answer.text.n == 0)
        answer.text = slack_text_at(element, "selected_date");
    add_line(r, block, answer.chosen ? buf_str(&label) : answer.text);
    return answer;
}

/* In the order of the blocks, which is that of the flow's steps; `state` is an object and keeps none. */
static void read_answers(struct reading *r, struct sheet_filled *filled)
{
    struct sheet_answer *answers = arena_alloc_array(r->arena, SHEET_MAX_FIELDS, sizeof *answers);
    const struct json_value *values = slack_at(r->root, "view.state.values");
    const struct json_value *block = slack_items_at(r->root, "view.blocks");
    r->failed |= answers == NULL;
    for (; block != NULL && answers != NULL && filled->n < SHEET_MAX_FIELDS; block = block->next) {
        struct str id = slack_text_at(block, "block_id");
        if (!str_starts(id, STR(SLACK_BLOCK_ASK)))
            continue;
        const struct json_value *state = values != NULL ? json_get(values, id) : NULL;
        answers[filled->n++] = read_answer(r, block, slack_at(state, SLACK_MODAL_ANSWER));
    }
    filled->answers = answers;
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A copy that outlives the metadata's own tree. */
static struct str keep(struct reading *r, const struct json_value *metadata, const char *key)
{
    struct str text = slack_text_at(metadata, key), copy = arena_copy(r->arena, text);
    r->failed |= copy.p == NULL && text.n > 0;
    return copy;
}

enum err slack_submission_of(const struct slack_body *body, struct arena *arena,
                             struct slack_submission *ret_submission, struct error *error)
{
    struct reading r = {.arena = arena, .root = body->root};
    struct json_value *metadata = NULL;
    struct slack_submission submission = {.view = slack_text_at(r.root, "view.id"),
                                          .user = slack_text_at(r.root, "user.id")};
    bool ours = str_eq(slack_text_at(r.root, "view.callback_id"), STR(SLACK_MODAL_ID)) &&
                json_read(arena, slack_text_at(r.root, "view.private_metadata"), &metadata, NULL) == OK;
    if (ours) {
        buf_init(&r.plain, arena, MAX_PLAIN_BYTES);
        submission.conversation = keep(&r, metadata, "conversation");
        submission.filled.origin = (struct sheet_origin){
            .flow = keep(&r, metadata, "flow"),
            .version = keep(&r, metadata, "version"),
            .session = keep(&r, metadata, "session"),
            .locale = keep(&r, metadata, "locale"),
        };
        read_answers(&r, &submission.filled);
        submission.plain = buf_str(&r.plain);
        r.failed |= buf_failed(&r.plain);
    }
    if (r.failed)
        return fail(error, ERR_NO_MEMORY, "a modal's answers do not fit into memory");
    bool whole = submission.view.n > 0 && submission.user.n > 0 && str_starts(submission.conversation, STR("slack:"));
    if (!ours)
        submission.ignored = "unknown_view";
    else if (!whole || submission.filled.n == 0)
        submission.ignored = "malformed";
    *ret_submission = submission;
    return OK;
}

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err slack_read_sheet(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                          struct sheet_filled *ret_filled, struct error *error)
{
    struct slack_body body = {.kind = SLACK_OTHER};
    struct slack_submission submission = {0};
    (void)self;
    *ret_filled = (struct sheet_filled){.n = 0};
    /* a search before parsing: nearly every request is something else */
    if (slack_format_of(inbound) != SLACK_FORM || str_find(inbound->body, STR("view_submission")) == SIZE_MAX)
        return OK;
    enum err rc = slack_body_read(arena, SLACK_FORM, inbound->body, &body, error);
    if (rc != OK || body.kind != SLACK_SUBMISSION)
        return rc;
    rc = slack_submission_of(&body, arena, &submission, error);
    if (rc == OK && submission.ignored == NULL)
        *ret_filled = submission.filled;
    return rc;
}

enum err slack_refuse_sheet(const struct platform *self, const struct sheet_faults *faults, struct arena *arena,
                            struct immediate *ret_immediate, struct error *error)
{
    struct buf json;
    (void)self;
    buf_init(&json, arena, MAX_ERRORS_BYTES);
    buf_add(&json, STR("{\"response_action\":\"errors\",\"errors\":{"));
    for (size_t i = 0; i < faults->n; i++) {
        json_add_comma(&json);
        json_add_str(&json, arena_format(arena, SLACK_BLOCK_ASK "%.*s", STR_ARG(faults->items[i].step)));
        buf_add_char(&json, ':');
        json_add_str(&json, slack_shorten(arena, faults->items[i].text, MAX_FAULT_UNITS));
    }
    buf_add(&json, STR("}}"));
    if (buf_failed(&json))
        return fail(error, ERR_NO_MEMORY, "a modal's errors do not fit into memory");
    *ret_immediate = (struct immediate){
        .final = true, .status = 200, .content_type = STR("application/json"), .body = buf_str(&json)};
    return OK;
}
