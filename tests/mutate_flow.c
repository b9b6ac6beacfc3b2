/* tests/mutate_flow.c — judges mutants of a flow, for tests/mutate_flow.py.
 *
 *   mutate_flow FLOW.yaml < mutants        each "LENGTH\n" and so many bytes
 *
 * For each mutant a line: what finds it ("load", "check CODE", "test LINE"), else "same" when made-up conversations go as
 * with the flow itself, else "differs SEED".  Conversations: answers drawn for each question of the flow, some of them
 * misfits, with and without a profile (values of `with` in the flow's tests); always the same ones.                 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/model/reply.h"
#include "flows/survey/check.h"
#include "flows/survey/survey.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { SEEDS = 250, MOST_TURNS = 40, MOST_BYTES = 1024 * 1024, ARENA_BYTES = 64 * 1024 * 1024 };

/* ── talking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct talk {
    const struct flow *flow;
    struct arena arena;
    struct session session;
    struct turn turn;
    int64_t now_ms;
    bool failed;
};

static void talk_step(struct talk *talk, const struct event *event)
{
    struct error error = {0};
    struct flow_ctx ctx = {
        .arena = &talk->arena,
        .clock = clock_manual(&talk->now_ms),
        .error = &error,
        .locale = STR("ko"),
        .utc_offset_min = 540,
    };
    talk->turn = (struct turn){0};
    talk->failed = talk->flow->step(talk->flow, &ctx, event, &talk->session, &talk->turn) != OK;
}

static void talk_open(struct talk *talk, const struct flow *flow, struct str profile)
{
    *talk = (struct talk){.flow = flow, .now_ms = 1770000000000};
    talk->session = (struct session){.locale = STR("ko"), .profile = profile};
    arena_init(&talk->arena, ARENA_BYTES);
    talk_step(talk, NULL);
}

/* ── the flow's own tests ──────────────────────────────────────────────────────────────────────────────────────── */

/* The line of the first expectation that does not come true; 0: all do. */
static uint32_t play_tests(const struct flow *flow, const struct definition *tested)
{
    const struct trial_world world = {.locale = STR("ko"), .utc_offset_min = 540};
    for (size_t i = 0; i < tested->n_trials; i++) {
        CLEANUP(arena_release) struct arena arena;
        struct trial_result result = {.at = tested->trials[i].at};
        arena_init(&arena, ARENA_BYTES);
        if (trial_run(flow, &tested->trials[i], &world, &arena, &result, NULL) != OK || !result.passed)
            return result.at.line;
    }
    return 0;
}

/* ── made-up conversations ─────────────────────────────────────────────────────────────────────────────────────── */

/* splitmix64 (S. Vigna) of a seed and a name: one draw that does not depend on what was drawn before. */
static uint64_t draw(uint64_t seed, struct str name, uint64_t salt)
{
    uint64_t z = seed * UINT64_C(0x9E3779B97F4A7C15) + salt * UINT64_C(0xD1B54A32D192ED03);
    for (size_t i = 0; i < name.n; i++)
        z = (z ^ (unsigned char)name.p[i]) * UINT64_C(0x100000001B3);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* One of the ends, just beyond them (a misfit), or something between. */
static void add_number(struct buf *text, const struct ask *ask, uint64_t chance)
{
    int64_t min = 0, max = 1000;
    if ((ask->has_min && !decimal_to_i64(ask->min, &min)) || (ask->has_max && !decimal_to_i64(ask->max, &max)))
        min = max = 1;
    int64_t width = max > min ? max - min : 1, way = (int64_t)(chance % 16);
    int64_t value = way == 0   ? min
                    : way == 1 ? max
                    : way == 2 ? min - 1
                    : way == 3 ? max + 1
                               : min + (int64_t)(chance / 16 % (uint64_t)(width + 1));
    buf_addf(text, "%lld", (long long)value);
    if (way > 3 && way < 10 && value < max)
        buf_addf(text, ".%u", (unsigned)(chance / 4096 % 10));
}

static void add_answer(struct buf *text, const struct ask *ask, uint64_t chance)
{
    switch (ask->type) {
    case ASK_CHOICE:
    case ASK_CHOICES: {
        const struct option *option = &ask->options[chance / 8 % ask->n_options];
        if (chance % 8 < 3)
            buf_addf(text, "%llu", (unsigned long long)(chance / 8 % ask->n_options + 1));
        else
            buf_add(text, chance % 8 == 3 ? option->value : option->labels[0].text);
        break;
    }
    case ASK_NUMBER:
    case ASK_SCALE:
        add_number(text, ask, chance);
        break;
    case ASK_YES_NO:
        buf_add(text, chance % 2 == 0 ? STR("네") : STR("아니요"));
        break;
    case ASK_TEXT:
        buf_addf(text, "글 %u", (unsigned)(chance % 100));
        break;
    case ASK_DATE:
        buf_addf(text, "2026-%02u-%02u", (unsigned)(chance % 12 + 1), (unsigned)(chance / 12 % 28 + 1));
        break;
    case ASK_PHONE:
        buf_add(text, STR("010-1234-5678"));
        break;
    case ASK_EMAIL:
        buf_add(text, STR("a@example.com"));
        break;
    case ASK_FILE:
        buf_add(text, STR("사진"));
        break;
    }
}

/* What the person says to the question called `id`, the n-th time. */
static struct str answer_to(const struct definition *def, struct arena *arena, uint64_t seed, struct str id, size_t n)
{
    struct buf text;
    buf_init(&text, arena, 1024);
    uint64_t chance = draw(seed, id, n + 1);
    if (n == 0 && chance % 7 == 0)
        return STR("글쎄요 잘 모르겠어요");
    for (size_t i = 0; i < def->n_steps; i++)
        if (def->steps[i].kind == STEP_ASK && str_eq(def->steps[i].ask.variable, id))
            add_answer(&text, &def->steps[i].ask, chance / 7);
    return text.n == 0 ? STR("1") : buf_str(&text);
}

/* The question that waits: {"step":"weight",…} */
static struct str waiting_question(struct str data)
{
    size_t at = str_find(data, STR("\"step\":"));
    struct str rest = at == SIZE_MAX ? STR("") : str_trim(str_skip(data, at + 7));
    return rest.n > 1 && rest.p[0] == '"' ? str_first(str_skip(rest, 1), str_find_char(str_skip(rest, 1), '"'))
                                          : STR("");
}

/* Some of the fields that a test of the flow gives, or none. */
static struct str make_profile(const struct definition *def, struct arena *arena, uint64_t seed)
{
    struct buf json;
    buf_init(&json, arena, MOST_BYTES);
    buf_add_char(&json, '{');
    for (size_t i = 0; seed % 3 != 0 && i < def->n_variables; i++) {
        struct str field = def->variables[i].profile;
        uint64_t chance = draw(seed, field, 77);
        const struct json_value *value = NULL;
        if (field.n == 0 || chance % 2 == 0)
            continue;
        for (size_t k = 1; k <= def->n_trials; k++) {
            struct json_value *with = NULL;
            struct str profile = def->trials[k - 1].profile;
            bool has = profile.n > 0 && json_read(arena, profile, &with, NULL) == OK;
            const struct json_value *one = has ? json_get(with, field) : NULL;
            if (one != NULL && draw(chance, field, k) % k == 0) /* each with much the same chance */
                value = one;
        }
        struct buf made;
        buf_init(&made, arena, 1024);
        if (def->variables[i].ask != NULL && chance / 2 % 2 == 0)
            add_answer(&made, def->variables[i].ask, chance / 4);
        else if (value != NULL)
            buf_add(&made, value->text);
        if (made.n == 0)
            continue;
        json_add_member(&json, arena_copy(arena, field).p, buf_str(&made));
    }
    buf_add_char(&json, '}');
    return buf_str(&json);
}

static void add_reply(struct buf *out, struct arena *arena, const struct reply *reply)
{
    buf_addf(out, "[%d %lld] ", (int)reply->kind, (long long)reply->pause_ms);
    buf_add(out, reply_plain(arena, reply));
    buf_addf(out, "|%.*s|%.*s|%.*s|", STR_ARG(reply->card.id), STR_ARG(reply->to), STR_ARG(reply->note));
    for (size_t i = 0; i < reply->n_options; i++)
        buf_addf(out, "%.*s;", STR_ARG(reply->options[i].label));
    for (size_t i = 0; i < reply->tags.n; i++)
        buf_addf(out, "#%.*s", STR_ARG(reply->tags.items[i]));
    buf_add_char(out, '\n');
}

/* All that is said with this seed; `def`: the flow that the answers are made for. */
static struct str converse(const struct definition *def, const struct flow *flow, uint64_t seed, struct arena *arena)
{
    struct buf out;
    struct talk talk;
    buf_init(&out, arena, MOST_BYTES);
    talk_open(&talk, flow, make_profile(def, arena, seed));
    for (size_t n = 0; n < MOST_TURNS && !talk.failed; n++) {
        for (size_t i = 0; i < talk.turn.replies.n; i++)
            add_reply(&out, &talk.arena, &talk.turn.replies.items[i]);
        buf_addf(&out, "= %s\n", session_state_name(talk.session.state));
        if (talk.session.state != SESSION_WAITING)
            break;
        struct str id = arena_copy(&talk.arena, waiting_question(talk.session.data));
        struct str data = talk.session.data;
        size_t asked = 0; /* misfits so far */
        for (size_t at; (at = str_find(data, STR("\"misfits\":"))) != SIZE_MAX; data = str_skip(data, at + 10))
            asked = (size_t)(data.p[at + 10] - '0');
        talk_step(&talk, &(struct event){.kind = EVENT_MESSAGE, .text = answer_to(def, arena, seed, id, asked)});
    }
    if (talk.failed)
        buf_add(&out, STR("failed"));
    arena_release(&talk.arena);
    return buf_str(&out);
}

/* ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct judge {
    struct flow *flow; /* as it is written */
    struct str file;
    struct arena arena;
    struct str said[SEEDS]; /* what it says */
};

/* A conversation that goes another way; SEEDS: none. */
static uint64_t difference(const struct judge *judge, const struct flow *mutant)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, ARENA_BYTES);
        if (!str_eq(judge->said[seed], converse(survey_definition(judge->flow), mutant, seed, &arena)))
            return seed;
    }
    return SEEDS;
}

static void judge_one(const struct judge *judge, struct str text)
{
    CLEANUP(arena_release) struct arena arena;
    struct error error = {0};
    struct flow *flow = NULL;
    struct check_figures figures;
    arena_init(&arena, ARENA_BYTES);
    struct findings findings = {.arena = &arena};
    if (survey_load_text(judge->file, text, &flow, &error) != OK) {
        printf("load %s\n", error.text);
        return;
    }
    const struct definition *def = survey_definition(flow);
    uint32_t line = 0;
    uint64_t seed = SEEDS;
    if (check_definition(def, CHECK_EVERYWHERE, &findings, &figures) != OK)
        printf("check no_memory\n");
    else if (findings.n > 0)
        printf("check %s\n", findings.items[0].code);
    else if ((line = play_tests(flow, survey_definition(judge->flow))) != 0)
        printf("test %u\n", line);
    else if ((seed = difference(judge, flow)) == SEEDS)
        printf("same\n");
    else
        printf("differs %llu\n", (unsigned long long)seed);
    flow->free(flow);
}

static bool read_mutant(struct buf *text)
{
    char line[32];
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    long n = strtol(line, NULL, 10);
    buf_truncate(text, 0);
    for (int c; n > 0 && (c = getchar()) != EOF; n--)
        buf_add_char(text, (char)c);
    return n == 0;
}

int main(int argc, char **argv)
{
    struct judge judge = {.file = str_of(argc > 1 ? argv[1] : "")};
    struct error error = {0};
    if (argc != 2 || survey_load(argv[1], &judge.flow, &error) != OK) {
        fprintf(stderr, "mutate_flow: %s\n", argc != 2 ? "give one flow" : error.text);
        return 2;
    }
    arena_init(&judge.arena, (size_t)SEEDS * MOST_BYTES);
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        judge.said[seed] = converse(survey_definition(judge.flow), judge.flow, seed, &judge.arena);
    struct buf text;
    buf_init(&text, NULL, MOST_BYTES);
    while (read_mutant(&text)) {
        judge_one(&judge, buf_str(&text));
        fflush(stdout);
    }
    buf_release(&text);
    arena_release(&judge.arena);
    judge.flow->free(judge.flow);
    return 0;
}
