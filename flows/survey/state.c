#include "flows/survey/state.h"

#include <stdint.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "flows/survey/definition.h"
#include "flows/survey/memory.h"

#include "bot/base/banned.h"

enum err state_init(struct state *state, const struct definition *definition, struct arena *arena)
{
    *state = (struct state){
        .definition = definition,
        .arena = arena,
        .answers = arena_alloc_array(arena, definition->n_variables, sizeof *state->answers),
        .profile = arena_alloc_array(arena, definition->n_variables, sizeof *state->profile),
        .missed = arena_alloc_array(arena, definition->n_variables, sizeof *state->missed),
        .step = SIZE_MAX,
    };
    return state->answers == NULL || state->profile == NULL || state->missed == NULL ? ERR_NO_MEMORY : OK;
}

bool state_get(const struct state *state, size_t variable, struct value *ret_value)
{
    const struct known *known = &state->answers[variable];
    if (!known->known)
        known = &state->profile[variable];
    if (known->known)
        *ret_value = known->value;
    return known->known;
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Looks from *hint on: members come in the order in which they were written. */
static size_t variable_named(const struct definition *def, struct str name, size_t *hint)
{
    for (size_t i = 0; i < def->n_variables; i++) {
        size_t at = (*hint + i) % def->n_variables;
        if (str_eq(def->variables[at].name, name)) {
            *hint = at + 1;
            return at;
        }
    }
    return SIZE_MAX;
}

size_t state_question(const struct definition *def, struct str name)
{
    for (size_t i = 0; i < def->n_steps; i++)
        if (def->steps[i].kind == STEP_ASK && str_eq(def->steps[i].id, name))
            return i;
    return SIZE_MAX;
}

static MUST_USE enum err read_known(const struct state *state, const struct json_value *members, struct known *known,
                                    struct error *error)
{
    size_t hint = 0;
    for (const struct json_value *member = members == NULL ? NULL : members->child; member != NULL;
         member = member->next) {
        size_t at = variable_named(state->definition, member->key, &hint);
        if (at == SIZE_MAX)
            continue; /* of an older flow */
        enum err rc = memory_read(state->arena, member, &known[at].value, error);
        if (rc != OK)
            return rc;
        known[at].known = true;
    }
    return OK;
}

/* Only that of a variable that may have changed since stands here. */
static MUST_USE enum err read_answer(const struct state *state, const struct json_value *entry, struct asked *asked,
                                     struct error *error)
{
    const struct json_value *answer = json_get(entry, STR("answer"));
    size_t variable = state->definition->steps[asked->step].ask.variable_index;
    asked->answer = state->answers[variable];
    if (answer == NULL)
        return OK;
    asked->answer.known = true;
    return memory_read(state->arena, answer, &asked->answer.value, error);
}

static MUST_USE enum err read_asked(struct state *state, const struct json_value *entry, struct error *error)
{
    const struct definition *def = state->definition;
    struct asked asked = {.step = state_question(def, json_get_str(entry, STR("step"), STR("")))};
    const struct json_value *before = json_get(entry, STR("before"));
    if (asked.step == SIZE_MAX || state->n_history == STATE_MAX_HISTORY)
        return OK; /* of an older flow */
    asked.before = arena_alloc_array(state->arena, def->n_changing, sizeof *asked.before);
    if (asked.before == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a session's history");
    for (size_t i = 0; i < def->n_changing && before != NULL; i++) {
        const struct json_value *member = json_get(before, def->variables[def->changing[i]].name);
        if (member == NULL)
            continue;
        enum err rc = memory_read(state->arena, member, &asked.before[i].value, error);
        if (rc != OK)
            return rc;
        asked.before[i].known = true;
    }
    enum err rc = read_answer(state, entry, &asked, error);
    state->history[state->n_history++] = asked;
    return rc;
}

static MUST_USE enum err read_history(struct state *state, const struct json_value *history, struct error *error)
{
    if (history == NULL || history->n == 0)
        return OK;
    state->history = arena_alloc_array(state->arena, history->n, sizeof *state->history);
    if (state->history == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a session's history");
    enum err rc = OK;
    for (const struct json_value *entry = history->child; entry != NULL && rc == OK; entry = entry->next)
        rc = read_asked(state, entry, error);
    return rc;
}

static MUST_USE enum err read_kept(struct state *state, const struct json_value *list, struct error *error)
{
    size_t n = list == NULL ? 0 : list->n;
    state->kept = arena_alloc_array(state->arena, n, sizeof *state->kept);
    if (state->kept == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a session's answers");
    for (const struct json_value *entry = n == 0 ? NULL : list->child; entry != NULL; entry = entry->next) {
        struct kept kept = {.step = state_question(state->definition, json_get_str(entry, STR("step"), STR("")))};
        const struct json_value *value = json_get(entry, STR("value"));
        enum err rc = value == NULL ? OK : memory_read(state->arena, value, &kept.answer.value, error);
        if (rc != OK)
            return rc;
        kept.answer.known = value != NULL;
        kept.asks = json_get_bool(entry, STR("asks"), false);
        if (kept.step != SIZE_MAX) /* else of an older flow */
            state->kept[state->n_kept++] = kept;
    }
    return OK;
}

static void read_missed(struct state *state, const struct json_value *root)
{
    const struct definition *def = state->definition;
    const struct json_value *missed = json_get(root, STR("missed"));
    size_t hint = 0;
    for (const struct json_value *member = missed == NULL ? NULL : missed->child; member != NULL;
         member = member->next) {
        int64_t n = json_get_i64(missed, member->key, 0);
        size_t at = variable_named(def, member->key, &hint);
        if (at != SIZE_MAX && n > 0)
            state->missed[at] = (size_t)n;
    }
}

enum err state_read(struct state *state, struct str data, struct error *error)
{
    struct json_value *root = NULL;
    enum err rc = json_read(state->arena, data, &root, error);
    if (rc == OK && root->kind != JSON_OBJECT_)
        rc = fail(error, ERR_INVALID, "it is no object");
    if (rc == OK)
        rc = read_known(state, json_get(root, STR("answers")), state->answers, error);
    if (rc == OK)
        rc = read_known(state, json_get(root, STR("profile")), state->profile, error);
    if (rc == OK)
        rc = read_history(state, json_get(root, STR("history")), error);
    if (rc != OK)
        return during(error, "reading a session's data");
    rc = read_kept(state, json_get(root, STR("kept")), error);
    if (rc != OK)
        return during(error, "reading a session's data");
    int64_t misfits = json_get_i64(root, STR("misfits"), 0), reminded = json_get_i64(root, STR("reminded"), 0);
    state->reminded = reminded > 0 ? (size_t)reminded : 0;
    state->resuming = json_get_bool(root, STR("resuming"), false);
    state->nudged = json_get_bool(root, STR("nudged"), false);
    struct str sheet = json_get_str(root, STR("sheet"), STR(""));
    state->sheet = str_eq(sheet, STR("out"))    ? STATE_SHEET_OUT
                   : str_eq(sheet, STR("over")) ? STATE_SHEET_OVER
                                                : STATE_SHEET_NONE;
    state->step = state_question(state->definition, json_get_str(root, STR("step"), STR("")));
    state->misfits = misfits > 0 ? (size_t)misfits : 0;
    read_missed(state, root);
    return OK;
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err write_value(struct buf *out, struct str name, const struct known *known, struct error *error)
{
    if (!known->known)
        return OK;
    json_add_comma(out);
    json_add_str(out, name);
    buf_add_char(out, ':');
    return memory_write(out, &known->value, error);
}

static MUST_USE enum err write_known(struct buf *out, const struct definition *def, const struct known *known,
                                     struct error *error)
{
    enum err rc = OK;
    buf_add_char(out, '{');
    for (size_t i = 0; i < def->n_variables && rc == OK; i++)
        rc = write_value(out, def->variables[i].name, &known[i], error);
    buf_add_char(out, '}');
    return rc;
}

static bool is_changing(const struct definition *def, size_t variable)
{
    for (size_t i = 0; i < def->n_changing; i++)
        if (def->changing[i] == variable)
            return true;
    return false;
}

static MUST_USE enum err write_history(struct buf *out, const struct state *state, struct error *error)
{
    const struct definition *def = state->definition;
    enum err rc = OK;
    json_add_key(out, "history");
    buf_add_char(out, '[');
    for (size_t i = 0; i < state->n_history && rc == OK; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        const struct asked *asked = &state->history[i];
        json_add_member(out, "step", def->steps[asked->step].id);
        if (is_changing(def, def->steps[asked->step].ask.variable_index))
            rc = write_value(out, STR("answer"), &asked->answer, error);
        if (def->n_changing > 0) {
            json_add_key(out, "before");
            buf_add_char(out, '{');
            for (size_t c = 0; c < def->n_changing && rc == OK; c++)
                rc = write_value(out, def->variables[def->changing[c]].name, &state->history[i].before[c], error);
            buf_add_char(out, '}');
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    return rc;
}

static MUST_USE enum err write_kept(struct buf *out, const struct state *state, struct error *error)
{
    enum err rc = OK;
    json_add_key(out, "kept");
    buf_add_char(out, '[');
    for (size_t i = 0; i < state->n_kept && rc == OK; i++) {
        const struct kept *kept = &state->kept[i];
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "step", state->definition->steps[kept->step].id);
        if (kept->asks)
            json_add_member_bool(out, "asks", true);
        rc = write_value(out, STR("value"), &kept->answer, error);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    return rc;
}

/* Nothing where all fitted, as mostly. */
static void write_missed(struct buf *out, const struct state *state)
{
    const struct definition *def = state->definition;
    size_t n = 0;
    for (size_t i = 0; i < def->n_variables; i++) {
        if (state->missed[i] == 0)
            continue;
        if (n++ == 0) {
            json_add_key(out, "missed");
            buf_add_char(out, '{');
        }
        struct str name = arena_copy(state->arena, def->variables[i].name);
        json_add_member_i64(out, name.p == NULL ? "" : name.p, (int64_t)state->missed[i]);
    }
    if (n > 0)
        buf_add_char(out, '}');
}

enum err state_write(const struct state *state, struct str *ret_data, struct error *error)
{
    const struct definition *def = state->definition;
    struct buf out;
    buf_init(&out, state->arena, STATE_MAX_BYTES);
    buf_add_char(&out, '{');
    if (state->step != SIZE_MAX)
        json_add_member(&out, "step", def->steps[state->step].id);
    if (state->misfits > 0)
        json_add_member_i64(&out, "misfits", (int64_t)state->misfits);
    write_missed(&out, state);
    if (state->reminded > 0)
        json_add_member_i64(&out, "reminded", (int64_t)state->reminded);
    if (state->resuming)
        json_add_member_bool(&out, "resuming", true);
    if (state->nudged)
        json_add_member_bool(&out, "nudged", true);
    if (state->sheet != STATE_SHEET_NONE)
        json_add_member(&out, "sheet", state->sheet == STATE_SHEET_OUT ? STR("out") : STR("over"));
    json_add_key(&out, "answers");
    enum err rc = write_known(&out, def, state->answers, error);
    json_add_key(&out, "profile");
    if (rc == OK)
        rc = write_known(&out, def, state->profile, error);
    if (rc == OK)
        rc = write_history(&out, state, error);
    if (rc == OK && state->n_kept > 0)
        rc = write_kept(&out, state, error);
    buf_add_char(&out, '}');
    if (rc == OK && buf_failed(&out))
        rc = fail(error, ERR_NO_MEMORY, "it is larger than %d bytes, or the event's memory is full", STATE_MAX_BYTES);
    if (rc != OK)
        return during(error, "writing a session's data");
    *ret_data = buf_str(&out);
    return OK;
}

/* ── moving ────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err state_leave(struct state *state, const struct known *answer)
{
    const struct definition *def = state->definition;
    size_t keep = state->n_history < STATE_MAX_HISTORY ? state->n_history : STATE_MAX_HISTORY - 1;
    struct asked *history = arena_alloc_array(state->arena, keep + 1, sizeof *history);
    struct known *before = arena_alloc_array(state->arena, def->n_changing, sizeof *before);
    if (history == NULL || before == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < def->n_changing; i++)
        before[i] = state->answers[def->changing[i]];
    if (keep > 0)
        memcpy(history, state->history + state->n_history - keep, keep * sizeof *history);
    history[keep] = (struct asked){state->step, before, *answer};
    state->history = history;
    state->n_history = keep + 1;
    state->step = SIZE_MAX;
    state->misfits = 0;
    return OK;
}

bool state_back(struct state *state)
{
    const struct definition *def = state->definition;
    if (state->n_history == 0)
        return false;
    struct asked last = state->history[--state->n_history];
    state->answers[def->steps[last.step].ask.variable_index].known = false;
    for (size_t i = 0; i < def->n_changing; i++)
        state->answers[def->changing[i]] = last.before[i];
    state->step = last.step;
    state->misfits = 0;
    return true;
}

void state_restart(struct state *state)
{
    memset(state->answers, 0, state->definition->n_variables * sizeof *state->answers);
    state->n_history = 0;
    state->n_kept = 0;
    state->step = SIZE_MAX;
    state->misfits = 0;
}

enum err state_rewind(struct state *state, size_t extra)
{
    struct kept *kept = arena_alloc_array(state->arena, state->n_history + state->n_kept + extra, sizeof *kept);
    size_t n = 0;
    if (kept == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < state->n_history; i++)
        kept[n++] = (struct kept){.step = state->history[i].step, .answer = state->history[i].answer};
    for (size_t i = 0; i < state->n_kept; i++)
        kept[n++] = state->kept[i];
    state_restart(state);
    state->kept = kept;
    state->n_kept = n;
    return OK;
}

void state_change_kept(struct state *state, size_t step, const struct known *answer)
{
    size_t at = state->n_kept;
    while (at > 0 && state->kept[at - 1].step != step)
        at--;
    if (at == 0) {
        memmove(&state->kept[1], &state->kept[0], state->n_kept++ * sizeof *state->kept);
        at = 1;
    }
    state->kept[at - 1] = (struct kept){.step = step, .asks = !answer->known, .answer = *answer};
}

bool state_take_kept(struct state *state, size_t step, struct kept *ret_kept)
{
    size_t at = 0;
    while (at < state->n_kept && state->kept[at].step != step)
        at++;
    if (at == state->n_kept)
        return false;
    *ret_kept = state->kept[at];
    memmove(&state->kept[at], &state->kept[at + 1], (--state->n_kept - at) * sizeof *state->kept);
    return true;
}
