#include "flows/survey/sheet.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/markup.h"
#include "flows/survey/phrases.h"
#include "flows/survey/run.h"

#include "bot/base/banned.h"

enum { MOST_SCALE_OPTIONS = 100, MAX_NUMBER_BYTES = 100 };

static size_t index_of(const struct run *run, const struct step *step)
{
    return (size_t)(step - run->definition->steps);
}

/* ── which questions ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool leaps_over(const struct step *step, size_t target)
{
    if (step->kind == STEP_END || step->kind == STEP_HAND_OVER || (step->kind == STEP_GO && step->go.to > target))
        return true;
    for (size_t i = 0; i < step->n_next; i++)
        if (step->next[i].to > target)
            return true;
    return false;
}

bool sheet_is_sure(const struct definition *definition, size_t step)
{
    for (size_t i = 0; i < step; i++)
        if (leaps_over(&definition->steps[i], step))
            return false;
    return definition->steps[step].when == NULL;
}

/* A file cannot be put into a sheet. */
static bool is_open(const struct run *run, const struct step *step)
{
    struct value value;
    return step->kind == STEP_ASK && step->ask.type != ASK_FILE &&
           (step->ask.always || !state_get(&run->state, step->ask.variable_index, &value));
}

/* ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err markup_of(struct run *run, const struct text *text, struct str *ret_markup)
{
    struct renderer renderer = {.scope = &run->scope, .locale = run->locale, .as = RENDER_MARKUP};
    return render(&renderer, text, ret_markup);
}

static MUST_USE enum err plain_of(struct run *run, const struct text *text, struct str *ret_plain)
{
    struct str markup;
    enum err rc = markup_of(run, text, &markup);
    return rc == OK ? markup_plain(run->ctx->arena, markup, ret_plain) : rc;
}

/* How the question wants to be answered: said below it, and again when the answer does not fit. */
static MUST_USE enum err how_to_answer(struct run *run, const struct ask *ask, struct str *ret_sentence)
{
    if (ask->retry.n > 0)
        return plain_of(run, &ask->retry, ret_sentence);
    *ret_sentence = phrase_retry(run->ctx->arena, ask, run_today(run), run->locale);
    return ret_sentence->p == NULL ? ERR_NO_MEMORY : OK;
}

static bool needs_hint(const struct ask *ask)
{
    bool bounded = ask->has_min || ask->has_max;
    return ask->type == ASK_PHONE || ask->unit.n > 0 || ask->pattern != NULL || (bounded && ask->type != ASK_SCALE);
}

static struct str number(struct run *run, bool has, struct decimal d)
{
    struct buf out;
    buf_init(&out, run->ctx->arena, MAX_NUMBER_BYTES);
    if (has)
        decimal_add_to(&out, decimal_trim(d));
    return buf_str(&out);
}

static size_t length(bool has, struct decimal d)
{
    int64_t n = 0;
    return has && decimal_to_i64(d, &n) && n > 0 ? (size_t)n : 0;
}

static MUST_USE enum err fill_kind(struct run *run, const struct ask *ask, struct sheet_field *field)
{
    static const enum sheet_kind kinds[] = {
        [ASK_CHOICE] = SHEET_ONE,  [ASK_CHOICES] = SHEET_SEVERAL, [ASK_NUMBER] = SHEET_NUMBER, [ASK_TEXT] = SHEET_TEXT,
        [ASK_YES_NO] = SHEET_ONE,  [ASK_SCALE] = SHEET_NUMBER,    [ASK_DATE] = SHEET_DATE,     [ASK_PHONE] = SHEET_TEXT,
        [ASK_EMAIL] = SHEET_EMAIL, [ASK_FILE] = SHEET_TEXT,
    };
    struct reply options = {.kind = REPLY_CHOICES};
    enum err rc = steps_add_options(run, ask, MOST_SCALE_OPTIONS, &options);
    field->options = options.options;
    field->n_options = options.n_options;
    field->kind = ask->type == ASK_SCALE && options.n_options > 0 ? SHEET_ONE : kinds[ask->type];
    if (field->kind == SHEET_NUMBER) {
        field->integer = ask->integer;
        field->min = number(run, ask->has_min, ask->min);
        field->max = number(run, ask->has_max, ask->max);
    } else if (ask->type == ASK_TEXT) {
        field->min_length = length(ask->has_min, ask->min);
        field->max_length = length(ask->has_max, ask->max);
    }
    return rc;
}

static MUST_USE enum err fill_field(struct run *run, const struct step *step, struct sheet_field *field)
{
    const struct ask *ask = &step->ask;
    bool waits = index_of(run, step) == run->state.step;
    *field = (struct sheet_field){
        .step = step->id,
        .optional = ask->optional || (!waits && !sheet_is_sure(run->definition, index_of(run, step))),
    };
    enum err rc = fill_kind(run, ask, field);
    if (rc == OK)
        rc = plain_of(run, &ask->text, &field->label);
    return rc == OK && needs_hint(ask) ? how_to_answer(run, ask, &field->hint) : rc;
}

static MUST_USE enum err fill_sheet(struct run *run, struct sheet *sheet)
{
    const struct definition *def = run->definition;
    struct arena *arena = run->ctx->arena;
    struct sheet_field *fields = arena_alloc_array(arena, SHEET_MAX_FIELDS, sizeof *fields);
    if (fields == NULL)
        return ERR_NO_MEMORY;
    *sheet = (struct sheet){
        .origin = {.flow = def->id,
                   .version = def->version,
                   .session = arena_format(arena, "%lld", (long long)run->session->started_ms),
                   .locale = run->locale},
        .open = phrase(PHRASE_SHEET_OPEN, run->locale),
        .submit = phrase(PHRASE_SHEET_SUBMIT, run->locale),
        .close = phrase(PHRASE_SHEET_CLOSE, run->locale),
        .fields = fields,
    };
    enum err rc = plain_of(run, &def->title, &sheet->title);
    if (sheet->title.n == 0)
        sheet->title = def->id;
    for (size_t i = run->state.step; i < def->n_steps && sheet->n_fields < SHEET_MAX_FIELDS && rc == OK; i++)
        if (is_open(run, &def->steps[i]))
            rc = fill_field(run, &def->steps[i], &fields[sheet->n_fields++]);
    return rc == OK && sheet->origin.session.p == NULL ? ERR_NO_MEMORY : rc;
}

/* What stands above the button: the survey's name, what it is about, what the button does. */
static MUST_USE enum err add_words(struct run *run, struct reply *reply)
{
    struct str title = {0}, about = {0}, lead;
    enum err rc = markup_of(run, &run->definition->title, &title);
    if (rc == OK)
        rc = markup_of(run, &run->definition->about, &about);
    if (rc == OK)
        rc = markup_escape(run->ctx->arena, phrase(PHRASE_SHEET_LEAD, run->locale), &lead);
    if (rc != OK)
        return rc;
    const char *mark = title.n > 0 ? "**" : "";
    reply->text = arena_format(run->ctx->arena, "%s%.*s%s%s%.*s%s%.*s", mark, STR_ARG(title), mark,
                               title.n > 0 ? "\n" : "", STR_ARG(about), about.n > 0 ? "\n" : "", STR_ARG(lead));
    return reply->text.p == NULL ? ERR_NO_MEMORY : OK;
}

bool sheet_is_due(const struct run *run)
{
    return run->definition->modal && run->ctx->shows_sheets && run->state.sheet == STATE_SHEET_NONE;
}

enum err sheet_show(struct run *run, const struct step *step)
{
    struct sheet *sheet = arena_alloc(run->ctx->arena, sizeof *sheet);
    struct reply *reply = steps_add_reply(run, REPLY_SHEET);
    if (sheet == NULL || reply == NULL)
        return ERR_NO_MEMORY;
    run->state.step = index_of(run, step);
    run->state.sheet = STATE_SHEET_OUT;
    reply->step = STR(SHEET_STEP);
    reply->sheet = sheet;
    enum err rc = fill_sheet(run, sheet);
    if (rc == OK)
        rc = add_words(run, reply);
    run->state_after = SESSION_WAITING;
    run->stays = true;
    return rc;
}

/* ── filled in ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err parse(const struct run *run, const struct ask *ask, const struct sheet_answer *given,
                               struct answer *ret_answer)
{
    struct answer_input input = run_input(run, given->text, given->chosen ? ANSWER_BUTTON : ANSWER_DATA);
    return answer_parse(ask, &input, run->ctx->arena, ret_answer);
}

/* What the sheet says of a question: an answer that fits, or that an optional one was left out. */
static MUST_USE enum err read_answer(struct run *run, const struct sheet_answer *given)
{
    size_t at = state_question(run->definition, given->step);
    if (at == SIZE_MAX)
        return OK; /* of an older flow */
    const struct ask *ask = &run->definition->steps[at].ask;
    struct answer answer = {.kind = ANSWER_MISFIT, .value = value_null()};
    enum err rc = given->text.n > 0 ? parse(run, ask, given, &answer) : OK;
    bool skipped = given->text.n == 0 && ask->optional;
    if (rc == OK && (answer.kind == ANSWER_FITS || skipped))
        run->filled[run->n_filled++] = (struct filled){.step = at, .value = answer.value, .typed = given->text};
    return rc;
}

enum err sheet_answer(struct run *run, const struct step *step, bool *ret_done)
{
    size_t at = 0;
    *ret_done = false;
    while (at < run->n_filled && (run->filled[at].used || run->filled[at].step != index_of(run, step)))
        at++;
    if (at == run->n_filled)
        return OK;
    struct filled *filled = &run->filled[at];
    bool skipped = filled->typed.n == 0;
    filled->used = *ret_done = true;
    enum err rc = skipped ? OK : run_record_answer(run, step, &filled->value, filled->typed);
    if (rc == OK)
        rc = run_leave(run, step, &(struct known){true, filled->value});
    return rc == OK ? run_record(run, step, skipped ? "skipped" : "answered") : rc;
}

/* A question in words waits: the answers to those behind it are kept for when the flow comes to them. */
static MUST_USE enum err keep_rest(struct run *run)
{
    struct state *state = &run->state;
    struct kept *kept = arena_alloc_array(run->ctx->arena, state->n_kept + run->n_filled, sizeof *kept);
    if (kept == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < state->n_kept; i++)
        kept[i] = state->kept[i];
    state->kept = kept;
    enum err rc = OK;
    for (size_t i = 0; i < run->n_filled && rc == OK; i++) {
        const struct filled *filled = &run->filled[i];
        const struct step *step = &run->definition->steps[filled->step];
        if (filled->used || filled->step <= state->step || state->answers[step->ask.variable_index].known)
            continue;
        kept[state->n_kept++] = (struct kept){.step = filled->step, .answer = {true, filled->value}};
        rc = run_record_answer(run, step, &filled->value, filled->typed);
    }
    return rc;
}

enum err sheet_take(struct run *run, const struct sheet_filled *filled)
{
    run->filled = arena_alloc_array(run->ctx->arena, filled->n, sizeof *run->filled);
    if (run->filled == NULL)
        return ERR_NO_MEMORY;
    enum err rc = OK;
    for (size_t i = 0; i < filled->n && rc == OK; i++)
        rc = read_answer(run, &filled->answers[i]);
    run->state.sheet = STATE_SHEET_OVER;
    run->state.resuming = run->state.nudged = false;
    if (run->state.step != SIZE_MAX)
        run->at = run->state.step;
    if (rc == OK)
        rc = run_advance(run);
    return rc == OK && run->state_after == SESSION_WAITING && run->state.step != SIZE_MAX ? keep_rest(run) : rc;
}

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Empty: nothing is wrong with it. */
static MUST_USE enum err fault_of(struct run *run, size_t at, const struct sheet_answer *given, struct str *ret_fault)
{
    const struct ask *ask = &run->definition->steps[at].ask;
    struct answer answer;
    *ret_fault = STR("");
    if (given->text.n == 0) {
        if (!ask->optional && sheet_is_sure(run->definition, at))
            *ret_fault = phrase(PHRASE_SHEET_MISSING, run->locale);
        return OK;
    }
    enum err rc = parse(run, ask, given, &answer);
    return rc == OK && answer.kind != ANSWER_FITS ? how_to_answer(run, ask, ret_fault) : rc;
}

enum err sheet_check(const struct definition *definition, struct flow_ctx *ctx, const struct sheet_filled *filled,
                     struct sheet_faults *ret_faults)
{
    struct turn turn = {0};
    struct session session = {.locale = filled->origin.locale};
    struct run run = {.definition = definition, .ctx = ctx, .session = &session, .turn = &turn};
    struct sheet_faults faults = {.items = arena_alloc_array(ctx->arena, filled->n, sizeof *faults.items)};
    enum err rc = faults.items == NULL ? ERR_NO_MEMORY : run_begin(&run, NULL);
    size_t n = str_eq(filled->origin.version, definition->version) ? filled->n : 0;
    for (size_t i = 0; i < n && rc == OK; i++) {
        struct str fault = {0};
        size_t at = state_question(definition, filled->answers[i].step);
        rc = at == SIZE_MAX ? OK : fault_of(&run, at, &filled->answers[i], &fault);
        if (fault.n > 0)
            faults.items[faults.n++] = (struct sheet_fault){filled->answers[i].step, fault};
    }
    if (rc != OK)
        return fail(ctx->error, rc, "looking over a sheet of the flow %.*s", STR_ARG(definition->id));
    *ret_faults = faults;
    return OK;
}
