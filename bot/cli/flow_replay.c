/* Stored conversations, run through a changed flow: who would have been recommended something else, and by which rules.
 *
 *   the version that a session ran with   event by event: all that was said comes out again, bit for bit, or not
 *   another                               by its answers, through both versions; where that one was not kept, against
 *                                         what was recommended then
 * Nothing is written, and the store is read some sessions at a time, so the service may run meanwhile.                */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
#include "flows/survey/rerun.h"
#include "flows/survey/survey.h"
#include "store/sessions.h"
#include "store/store.h"
#include "store/surveys.h"

#include "bot/base/banned.h"

enum {
    AT_ONCE = 200, /* sessions of one look into the store */
    PAGE_BYTES = 512 * 1024 * 1024,
    TALK_BYTES = 256 * 1024 * 1024,
    JSON_BYTES = 1024 * 1024,
    MOST_VERSIONS = 64,
    BAR_COLUMNS = 24,
    LINE_EVERY = 1000,
};
static const int64_t MS_A_DAY = 86400000, MS_A_MINUTE = 60000;

struct replay_words {
    struct str since, until, flow;
    const char *with;
    bool json, exit_code;
};

enum verdict { SAME, DIFFERENT, NOT_REPLAYED };

/* What came of one session. */
struct judged {
    enum verdict verdict;
    bool exact; /* event by event */
    struct recommendations before, after;
    struct str why_not; /* NOT_REPLAYED */
};

struct replaying {
    const struct flow_command *command;
    struct replay_words words;
    struct flows flows; /* the changed ones */
    struct db *db;
    struct sessions_period period;
    struct flow *older[MOST_VERSIONS]; /* versions of the past */
    size_t n_older;
    bool korean;
    int64_t total, done, n[NOT_REPLAYED + 1], exact;
    bool printed; /* some session, in JSON */
};

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int usage(void)
{
    fputs("gilbot: usage: gilbot flow replay --since DATE [--until DATE] [--flow ID] [--with FILE_OR_DIR] [--json] "
          "[--exit-code]; DATE as 2026-11-01\n",
          stderr);
    return 2;
}

static bool read_words(const struct flow_command *command, struct replay_words *words)
{
    for (int i = 0; i < command->argc; i++) {
        const char *word = command->argv[i];
        bool has_next = i + 1 < command->argc;
        if (strcmp(word, "--json") == 0)
            words->json = true;
        else if (strcmp(word, "--exit-code") == 0)
            words->exit_code = true;
        else if (strcmp(word, "--since") == 0 && has_next)
            words->since = str_of(command->argv[++i]);
        else if (strcmp(word, "--until") == 0 && has_next)
            words->until = str_of(command->argv[++i]);
        else if (strcmp(word, "--flow") == 0 && has_next)
            words->flow = str_of(command->argv[++i]);
        else if (strcmp(word, "--with") == 0 && has_next)
            words->with = command->argv[++i];
        else
            return false;
    }
    return words->since.n > 0;
}

/* A day begins where the process's time zone has it. */
static int64_t day_ms(int64_t day)
{
    int64_t ms = day * MS_A_DAY;
    return ms - clock_utc_offset_min(ms) * MS_A_MINUTE;
}

static bool read_period(const struct replay_words *words, struct sessions_period *period)
{
    int64_t since = 0, until = 0;
    if (!flow_read_day(words->since, &since) || (words->until.n > 0 && !flow_read_day(words->until, &until)))
        return false;
    *period = (struct sessions_period){.since_ms = day_ms(since),
                                       .until_ms = words->until.n > 0 ? day_ms(until + 1) : INT64_MAX,
                                       .flow = words->flow,
                                       .limit = AT_ONCE};
    return true;
}

/* ── flows ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err load_flows(struct replaying *r, struct error *error)
{
    struct str path = str_of(r->words.with);
    struct strs one = {&path, 1};
    enum err rc = survey_load_all(r->words.with == NULL ? r->command->settings->flows : one, &r->flows, error);
    if (rc == OK && r->words.with != NULL && r->flows.n == 1 && r->period.flow.n == 0)
        r->period.flow = r->flows.items[0]->name; /* one flow was changed: nobody asks about the others */
    return rc;
}

/* The version that a session ran with; NULL: it was not kept, or there are too many.  It stays loaded. */
static const struct flow *version_of(struct replaying *r, const struct session *session)
{
    struct error unread = {0};
    struct flow *flow = NULL;
    const struct flow *present = flows_find_version(&r->flows, session->flow, session->flow_version);
    if (present != NULL)
        return present;
    for (size_t i = 0; i < r->n_older; i++)
        if (str_eq(r->older[i]->name, session->flow) && str_eq(r->older[i]->version, session->flow_version))
            return r->older[i];
    if (r->n_older == MOST_VERSIONS || flow_recall(r->db, session->flow, session->flow_version, &flow, &unread) != OK)
        return NULL;
    r->older[r->n_older++] = flow;
    return flow;
}

static void release_flows(struct replaying *r)
{
    for (size_t i = 0; i < r->n_older; i++)
        r->older[i]->free(r->older[i]);
    survey_release_all(&r->flows);
}

/* ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct judged not_replayed(struct str why)
{
    return (struct judged){.verdict = NOT_REPLAYED, .why_not = why};
}

/* With the flow that it ran with. */
static enum err judge_exactly(const struct replaying *r, const struct stored_talk *talk, const struct flow *flow,
                              struct arena *arena, struct judged *ret_judged, struct error *error)
{
    struct talk_outcome outcome;
    enum err rc = stored_talk_again(talk, flow, arena, &outcome, error);
    if (rc == ERR_INVALID) {
        *ret_judged = not_replayed(arena_copy(arena, (struct str){error->text, error->n}));
        return OK;
    }
    if (rc != OK)
        return rc;
    if (outcome.digest != talk->session.digest)
        *ret_judged = not_replayed(r->korean ? STR("그때의 흐름으로도 그때와 같은 말이 나오지 않아요")
                                             : STR("its own flow does not say again what it said then"));
    else
        *ret_judged = (struct judged){.verdict = SAME, .exact = true, .before = talk->items, .after = outcome.items};
    return OK;
}

static struct str why_stopped(const struct replaying *r, const struct definition *definition,
                              const struct rerun_result *result, struct arena *arena)
{
    struct str id = definition->steps[result->waits].id;
    if (result->misfits)
        return r->korean ? arena_format(arena, "`%.*s`의 답이 바뀐 질문에 맞지 않아요", STR_ARG(id))
                         : arena_format(arena, "the answer to `%.*s` does not fit the changed question", STR_ARG(id));
    return r->korean ? arena_format(arena, "`%.*s`에 답한 적이 없어요", STR_ARG(id))
                     : arena_format(arena, "nobody answered `%.*s`", STR_ARG(id));
}

/* What the version that it ran with makes of the answers; where that is gone, what was recommended. */
static enum err recommended_before(const struct stored_talk *talk, const struct flow *then, struct arena *arena,
                                   struct recommendations *ret_items, struct error *error)
{
    struct rerun_result result;
    if (then == NULL) {
        *ret_items = talk->items;
        recommendations_keep_last(ret_items);
        return OK;
    }
    struct rerun input = stored_talk_rerun(talk, survey_definition(then));
    enum err rc = rerun(&input, arena, &result, error);
    return rc == OK ? recommendations_of(&result.turn, arena, ret_items) : rc;
}

/* With another flow, or where what a turn needs was not kept. */
static enum err judge_by_answers(const struct replaying *r, const struct stored_talk *talk, const struct flow *then,
                                 const struct flow *now, struct arena *arena, struct judged *ret_judged,
                                 struct error *error)
{
    struct judged judged = {.verdict = SAME};
    struct rerun_result result;
    const struct definition *definition = survey_definition(now);
    struct rerun input = stored_talk_rerun(talk, definition);
    enum err rc = rerun(&input, arena, &result, error);
    if (rc == ERR_INVALID) {
        *ret_judged = not_replayed(arena_copy(arena, (struct str){error->text, error->n}));
        return OK;
    }
    if (rc == OK)
        rc = recommended_before(talk, then == now ? NULL : then, arena, &judged.before, error);
    if (rc == OK && recommendations_of(&result.turn, arena, &judged.after) != OK)
        rc = fail(error, ERR_NO_MEMORY, "no memory for recommendations");
    if (rc != OK)
        return rc;
    if (result.waits != SIZE_MAX && !result.waited)
        *ret_judged = not_replayed(why_stopped(r, definition, &result, arena));
    else {
        judged.verdict = recommendations_same(&judged.before, &judged.after) ? SAME : DIFFERENT;
        *ret_judged = judged;
    }
    return OK;
}

static enum err judge(const struct replaying *r, const struct stored_talk *talk, const struct flow *then,
                      struct arena *arena, struct judged *ret_judged, struct error *error)
{
    const struct flow *now = flows_find(&r->flows, talk->session.flow);
    if (now == NULL) {
        *ret_judged = not_replayed(r->korean ? STR("이 흐름이 없어요") : STR("there is no such flow"));
        return OK;
    }
    if (now == then && talk->session.digest != 0)
        return judge_exactly(r, talk, now, arena, ret_judged, error);
    return judge_by_answers(r, talk, then, now, arena, ret_judged, error);
}

/* ── saying ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_items(const char *title, const struct recommendations *items, struct arena *arena, bool korean)
{
    for (size_t i = 0; i < items->n; i++)
        printf("  %s %.*s  %.*s\n", title, STR_ARG(flow_item(arena, &items->items[i])),
               STR_ARG(flow_trail(arena, items->items[i].why)));
    if (items->n == 0)
        printf("  %s %s\n", title, korean ? "추천 없음" : "nothing recommended");
}

static void print_judged(const struct replaying *r, const struct session *session, const struct judged *judged,
                         struct arena *arena)
{
    printf("%s %lld  %.*s  %.*s  %.*s\n", r->korean ? "대화" : "session", (long long)session->id,
           STR_ARG(session->flow), STR_ARG(session->conversation), STR_ARG(flow_moment(arena, session->started_ms)));
    if (judged->verdict == NOT_REPLAYED) {
        printf("  %s: %.*s\n", r->korean ? "다시 해 볼 수 없음" : "not replayed", STR_ARG(judged->why_not));
        return;
    }
    print_items(r->korean ? "그때" : "was  ", &judged->before, arena, r->korean);
    print_items(r->korean ? "이제" : "would", &judged->after, arena, r->korean);
}

static void add_items(struct buf *out, const char *key, const struct recommendations *items)
{
    json_add_key(out, key);
    buf_add_char(out, '[');
    for (size_t i = 0; i < items->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "step", items->items[i].step);
        json_add_member(out, "item", items->items[i].item);
        json_add_member_raw(out, "why", items->items[i].why.n > 0 ? items->items[i].why : STR("null"));
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void print_judged_json(struct replaying *r, const struct session *session, const struct judged *judged,
                              struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member_i64(&out, "session", session->id);
    json_add_member(&out, "flow", session->flow);
    json_add_member(&out, "conversation", session->conversation);
    json_add_member_i64(&out, "started_ms", session->started_ms);
    json_add_member(&out, "result", judged->verdict == DIFFERENT ? STR("different") : STR("not_replayed"));
    if (judged->verdict == DIFFERENT) {
        add_items(&out, "before", &judged->before);
        add_items(&out, "after", &judged->after);
    } else {
        json_add_member(&out, "why_not", judged->why_not);
    }
    buf_add_char(&out, '}');
    printf("%s%.*s", r->printed ? ",\n" : "", STR_ARG(buf_str(&out)));
    r->printed = true;
}

static void clear_bar(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void show_progress(const struct replaying *r)
{
    if (!isatty(STDERR_FILENO)) {
        if (r->done % LINE_EVERY == 0 && r->done < r->total)
            fprintf(stderr, "replayed %lld of %lld\n", (long long)r->done, (long long)r->total);
        return;
    }
    int64_t full = r->total > 0 ? r->done * BAR_COLUMNS / r->total : BAR_COLUMNS;
    fputs("\r[", stderr);
    for (int64_t i = 0; i < BAR_COLUMNS; i++)
        fputc(i < full ? '#' : ' ', stderr);
    fprintf(stderr, "] %lld/%lld", (long long)r->done, (long long)r->total);
}

static void print_summary(const struct replaying *r)
{
    if (r->words.json)
        printf("],\"conversations\":%lld,\"same\":%lld,\"exact\":%lld,\"different\":%lld,\"not_replayed\":%lld}\n",
               (long long)r->done, (long long)r->n[SAME], (long long)r->exact, (long long)r->n[DIFFERENT],
               (long long)r->n[NOT_REPLAYED]);
    else
        printf(r->korean ? "대화 %lld: 같음 %lld (그중 한 글자까지 같음 %lld), 달라짐 %lld, 다시 해 볼 수 없음 %lld\n"
                         : "%lld conversations: %lld the same (%lld of them bit for bit), %lld different, %lld not "
                           "replayed\n",
               (long long)r->done, (long long)r->n[SAME], (long long)r->exact, (long long)r->n[DIFFERENT],
               (long long)r->n[NOT_REPLAYED]);
}

/* ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct page {
    struct arena arena;
    struct sessions sessions;
    struct stored_talk *talks; /* one each */
};

/* Flows that either version takes answers over from. */
static struct strs recalls_of(const struct replaying *r, const struct session *session, const struct flow *then,
                              struct arena *arena)
{
    const struct flow *of[] = {then, flows_find(&r->flows, session->flow)};
    size_t most = (of[0] == NULL ? 0 : of[0]->recalls.n) + (of[1] == NULL ? 0 : of[1]->recalls.n), n = 0;
    struct str *items = arena_alloc_array(arena, most, sizeof *items);
    for (size_t k = 0; k < COUNT_OF(of) && items != NULL; k++)
        for (size_t i = 0; of[k] != NULL && i < of[k]->recalls.n; i++)
            if (!strs_contain((struct strs){items, n}, of[k]->recalls.items[i]))
                items[n++] = of[k]->recalls.items[i];
    return (struct strs){items, n};
}

static void give_items(struct stored_talk *talk, const struct survey_recommendations *made, struct arena *arena)
{
    talk->items.items = arena_alloc_array(arena, made->n, sizeof *talk->items.items);
    for (size_t i = 0; i < made->n && talk->items.items != NULL; i++) {
        const struct survey_recommendation *one = &made->items[i];
        if (one->session_id != talk->session.id)
            continue;
        talk->items.items[talk->items.n++] = (struct recommended){one->step, one->item, one->value, one->why};
        talk->decided_ms = one->at_ms;
    }
}

static enum err read_talks(struct replaying *r, struct page *page, struct error *error)
{
    const struct sessions *sessions = &page->sessions;
    struct survey_recommendations made = {0};
    page->talks = arena_alloc_array(&page->arena, sessions->n, sizeof *page->talks);
    if (page->talks == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %zu conversations", sessions->n);
    enum err rc = sessions->n == 0
                      ? OK
                      : survey_recommendations_of(r->db, sessions->items[0].id, sessions->items[sessions->n - 1].id,
                                                  &page->arena, &made, error);
    for (size_t i = 0; i < sessions->n && rc == OK; i++) {
        const struct session *session = &sessions->items[i];
        struct strs recalls = recalls_of(r, session, version_of(r, session), &page->arena);
        rc = stored_talk_read(r->db, session, recalls, &page->arena, &page->talks[i], error);
        give_items(&page->talks[i], &made, &page->arena);
    }
    return rc;
}

static enum err read_page(struct replaying *r, struct page *page, struct error *error)
{
    arena_reset(&page->arena);
    enum err rc = store_snapshot_begin(r->db, error);
    if (rc == OK)
        rc = sessions_between(r->db, &r->period, &page->arena, &page->sessions, error);
    if (rc == OK)
        rc = read_talks(r, page, error);
    store_snapshot_end(r->db);
    return rc;
}

static enum err take(struct replaying *r, const struct stored_talk *talk, struct arena *arena, struct error *error)
{
    struct judged judged = {0};
    arena_reset(arena);
    enum err rc = judge(r, talk, version_of(r, &talk->session), arena, &judged, error);
    if (rc != OK)
        return during(error, "replaying session %lld", (long long)talk->session.id);
    r->done++;
    r->n[judged.verdict]++;
    r->exact += judged.exact;
    if (judged.verdict != SAME) {
        clear_bar();
        if (r->words.json)
            print_judged_json(r, &talk->session, &judged, arena);
        else
            print_judged(r, &talk->session, &judged, arena);
    }
    show_progress(r);
    return OK;
}

static enum err replay_all(struct replaying *r, struct error *error)
{
    struct page page = {0};
    struct arena arena;
    arena_init(&page.arena, PAGE_BYTES);
    arena_init(&arena, TALK_BYTES);
    enum err rc = sessions_count_between(r->db, &r->period, &r->total, error);
    if (rc == OK && r->words.json)
        fputs("{\"sessions\":[", stdout);
    do {
        if (rc == OK)
            rc = read_page(r, &page, error);
        for (size_t i = 0; i < page.sessions.n && rc == OK; i++)
            rc = take(r, &page.talks[i], &arena, error);
        if (rc == OK && page.sessions.n > 0)
            r->period.after_id = page.sessions.items[page.sessions.n - 1].id;
    } while (rc == OK && page.sessions.n == AT_ONCE);
    clear_bar();
    arena_release(&arena);
    arena_release(&page.arena);
    return rc;
}

int flow_replay(const struct flow_command *command)
{
    struct replaying r = {.command = command, .korean = str_starts(command->settings->locale, STR("ko"))};
    struct error error = {0};
    if (!read_words(command, &r.words) || !read_period(&r.words, &r.period))
        return usage();
    enum err rc = load_flows(&r, &error);
    if (rc == OK && r.words.flow.n > 0 && flows_find(&r.flows, r.words.flow) == NULL)
        rc = fail(&error, ERR_NOT_FOUND, "no flow is called %.*s", STR_ARG(r.words.flow));
    if (rc == OK)
        rc = store_reader_open_dir(command->settings->data_dir, &r.db, &error);
    if (rc == OK)
        rc = replay_all(&r, &error);
    if (rc == OK)
        print_summary(&r);
    release_flows(&r);
    store_reader_close(r.db);
    if (rc != OK)
        return config_failed(&error);
    return r.words.exit_code && r.n[DIFFERENT] > 0 ? 1 : 0;
}
