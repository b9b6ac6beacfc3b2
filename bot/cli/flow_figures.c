#include "bot/cli/flow_figures.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

enum { SESSION_BYTES = 16 * 1024 * 1024, FIRST_CAPACITY = 8, PERCENT = 100 };
static const int64_t MS_A_DAY = 86400000;

const char *const figures_end_names[FIGURES_ENDS] = {"began", "completed", "recommended", "consulted"};

static const char *const by_names[FIGURES_DIMENSIONS] = {"platform", "route", "variant", "day"};

const char *figures_by_name(enum figures_by by)
{
    return by_names[by];
}

bool figures_by_from_str(struct str word, enum figures_by *ret_by)
{
    for (int by = 0; by < FIGURES_DIMENSIONS; by++)
        if (str_eq(word, str_of(by_names[by]))) {
            *ret_by = (enum figures_by)by;
            return true;
        }
    return false;
}

int64_t figures_time_ms(const struct figures_step *step, int percent)
{
    if (step->n_times == 0)
        return -1;
    size_t rank = (step->n_times * (size_t)percent + PERCENT - 1) / PERCENT;
    return step->times_ms[rank == 0 ? 0 : rank - 1];
}

/* ── one session ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A question that the session came to. */
struct seen {
    struct str step;
    bool answered, skipped, left;
    int64_t misfits, ms; /* ms -1: not measured */
};

struct seens {
    struct seen *items;
    size_t n, capacity;
};

struct counting {
    const struct figures_wanted *wanted;
    struct flow_figures *figures;
    struct arena *arena;  /* of the figures    */
    struct arena scratch; /* of one session    */
    bool failed;
};

/* `items` with room for one more; NULL: the arena is full. */
static void *grow(struct arena *arena, void *items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return items;
    size_t more = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *grown = arena_alloc_array(arena, more, size);
    if (grown != NULL && n > 0)
        memcpy(grown, items, n * size);
    *capacity = more;
    return grown;
}

/* The session's row of a question; NULL: no memory. */
static struct seen *seen_at(struct counting *counting, struct seens *seens, struct str step)
{
    for (size_t i = 0; i < seens->n; i++)
        if (str_eq(seens->items[i].step, step))
            return &seens->items[i];
    seens->items = grow(&counting->scratch, seens->items, seens->n, &seens->capacity, sizeof *seens->items);
    if (seens->items == NULL) {
        counting->failed = true;
        return NULL;
    }
    seens->items[seens->n] = (struct seen){.step = step, .ms = -1};
    return &seens->items[seens->n++];
}

/* Those that were answered at the same moment have no time of their own, and the first of them not either. */
static bool is_alone(const struct funnel_session *session, size_t i)
{
    const struct funnel_answer *answers = session->answers;
    bool before = i > 0 && answers[i - 1].at_ms == answers[i].at_ms;
    bool behind = i + 1 < session->n_answers && answers[i + 1].at_ms == answers[i].at_ms;
    return !before && !behind;
}

static void see_answers(struct counting *counting, const struct funnel_session *session, struct seens *seens)
{
    int64_t before_ms = session->session.started_ms;
    for (size_t i = 0; i < session->n_answers; i++) {
        const struct funnel_answer *answer = &session->answers[i];
        struct seen *seen = seen_at(counting, seens, answer->variable);
        if (seen == NULL)
            return;
        seen->answered = true;
        seen->ms = is_alone(session, i) ? answer->at_ms - before_ms : -1;
        before_ms = answer->at_ms;
    }
}

static bool has_left(enum session_state state)
{
    return state == SESSION_STOPPED || state == SESSION_EXPIRED || state == SESSION_REPLACED;
}

static void see_way(struct counting *counting, const struct json_value *data, enum session_state state,
                    struct seens *seens)
{
    const struct json_value *history = json_get(data, STR("history")), *answers = json_get(data, STR("answers"));
    const struct json_value *missed = json_get(data, STR("missed"));
    struct str waiting = json_get_str(data, STR("step"), STR(""));
    for (const struct json_value *entry = history == NULL ? NULL : history->child; entry != NULL; entry = entry->next) {
        struct seen *seen = seen_at(counting, seens, json_get_str(entry, STR("step"), STR("")));
        const struct json_value *answer = seen == NULL ? NULL : json_get(answers, seen->step);
        if (answer != NULL && answer->kind == JSON_NULL_)
            seen->skipped = !seen->answered;
    }
    struct seen *at = waiting.n == 0 ? NULL : seen_at(counting, seens, waiting);
    if (at != NULL)
        at->left = has_left(state);
    for (const struct json_value *entry = missed == NULL ? NULL : missed->child; entry != NULL; entry = entry->next) {
        struct seen *seen = seen_at(counting, seens, entry->key);
        if (seen != NULL)
            seen->misfits = json_get_i64(missed, entry->key, 0);
    }
}

/* ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct figures_step *step_of(struct counting *counting, struct funnel_figures *figures, struct str name)
{
    for (size_t i = 0; i < figures->n_steps; i++)
        if (str_eq(figures->steps[i].name, name))
            return &figures->steps[i];
    figures->steps =
        grow(counting->arena, figures->steps, figures->n_steps, &figures->capacity, sizeof *figures->steps);
    struct str copy = arena_copy(counting->arena, name);
    if (figures->steps == NULL || copy.p == NULL) {
        counting->failed = true;
        return NULL;
    }
    figures->steps[figures->n_steps] = (struct figures_step){.name = copy};
    return &figures->steps[figures->n_steps++];
}

/* The present flow's questions, in its order. */
static void list_steps(struct counting *counting, struct funnel_figures *figures)
{
    const struct definition *def = counting->wanted->definition;
    for (size_t i = 0; def != NULL && i < def->n_steps && !counting->failed; i++)
        if (def->steps[i].kind == STEP_ASK)
            step_of(counting, figures, def->steps[i].id);
}

static void add_step(struct counting *counting, struct funnel_figures *figures, const struct seen *seen)
{
    struct figures_step *step = step_of(counting, figures, seen->step);
    if (step == NULL)
        return;
    step->reached++;
    step->answered += seen->answered;
    step->skipped += seen->skipped;
    step->left += seen->left;
    step->misfit += seen->misfits;
    if (seen->ms < 0)
        return;
    step->times_ms = grow(counting->arena, step->times_ms, step->n_times, &step->capacity, sizeof *step->times_ms);
    if (step->times_ms == NULL)
        counting->failed = true;
    else
        step->times_ms[step->n_times++] = seen->ms;
}

static void add_session(struct counting *counting, struct funnel_figures *figures, const struct funnel_session *session,
                        const struct seens *seens)
{
    enum session_state state = session->session.state;
    const bool ends[FIGURES_ENDS] = {[FIGURES_BEGAN] = true,
                                     [FIGURES_COMPLETED] = state == SESSION_DONE || state == SESSION_HANDED_OVER,
                                     [FIGURES_RECOMMENDED] = session->recommended,
                                     [FIGURES_CONSULTED] = session->consulted};
    for (int i = 0; i < FIGURES_ENDS; i++) {
        figures->ends[i] += ends[i];
        figures->people[i] += ends[i] && session->first;
    }
    if (state <= SESSION_REPLACED)
        figures->states[state]++;
    for (size_t i = 0; i < seens->n && !counting->failed; i++)
        add_step(counting, figures, &seens->items[i]);
}

/* The group of that name, made when there is none yet; NULL: no memory. */
static struct funnel_figures *group_of(struct counting *counting, enum figures_by by, struct str split, struct str name)
{
    struct figures_groups *groups = &counting->figures->by[by];
    for (size_t i = 0; i < groups->n; i++)
        if (str_eq(groups->items[i].name, name) && str_eq(groups->items[i].split, split))
            return &groups->items[i];
    groups->items = grow(counting->arena, groups->items, groups->n, &groups->capacity, sizeof *groups->items);
    struct str copy = arena_copy(counting->arena, name);
    if (groups->items == NULL || copy.n != name.n) {
        counting->failed = true;
        return NULL;
    }
    struct funnel_figures *group = &groups->items[groups->n++];
    *group = (struct funnel_figures){.name = copy, .split = arena_copy(counting->arena, split)};
    list_steps(counting, group);
    return group;
}

static struct str day_of(struct counting *counting, int64_t ms)
{
    struct clock_date date = clock_date_of_days((ms + counting->wanted->offset_ms) / MS_A_DAY);
    return arena_format(&counting->scratch, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
}

static enum err count_session(void *self, const struct funnel_session *session, struct error *error)
{
    struct counting *counting = self;
    const struct definition *def = counting->wanted->definition;
    struct json_value *data = NULL;
    struct seens seens = {0};
    if (counting->wanted->version.n > 0 && !str_eq(session->session.flow_version, counting->wanted->version)) {
        counting->figures->others++;
        return OK;
    }
    arena_reset(&counting->scratch);
    if (json_read(&counting->scratch, session->session.data, &data, NULL) == ERR_NO_MEMORY)
        return fail(error, ERR_NO_MEMORY, "session %lld is too large", (long long)session->session.id);
    see_answers(counting, session, &seens);
    see_way(counting, data, session->session.state, &seens);
    struct funnel_figures *groups[FIGURES_DIMENSIONS] = {
        [FIGURES_BY_PLATFORM] = group_of(counting, FIGURES_BY_PLATFORM, STR(""), session->session.platform),
        [FIGURES_BY_ROUTE] = group_of(counting, FIGURES_BY_ROUTE, STR(""), session->session.route),
        [FIGURES_BY_DAY] = group_of(counting, FIGURES_BY_DAY, STR(""), day_of(counting, session->session.started_ms)),
    };
    add_session(counting, &counting->figures->all, session, &seens);
    for (int by = 0; by < FIGURES_DIMENSIONS; by++)
        if (groups[by] != NULL)
            add_session(counting, groups[by], session, &seens);
    for (size_t i = 0; def != NULL && i < def->n_splits && !counting->failed; i++) {
        struct str name = def->splits[i].name;
        struct str arm = json_get_str(json_get(data, STR("profile")), name, STR(""));
        struct funnel_figures *group = arm.n == 0 ? NULL : group_of(counting, FIGURES_BY_VARIANT, name, arm);
        if (group != NULL)
            add_session(counting, group, session, &seens);
    }
    if (counting->failed)
        return fail(error, ERR_NO_MEMORY, "too many figures; ask for fewer days, with --since");
    const struct funnel_visitor *also = counting->wanted->also;
    return also == NULL ? OK : also->visit(also->self, session, error);
}

/* ── afterwards ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void sort_times(struct funnel_figures *figures)
{
    for (size_t i = 0; i < figures->n_steps; i++)
        if (figures->steps[i].n_times > 0)
            qsort(figures->steps[i].times_ms, figures->steps[i].n_times, sizeof(int64_t), compare_times);
}

/* Every arm of the present flow is there, in its order, also one that nobody got yet. */
static void list_arms(struct counting *counting)
{
    const struct definition *def = counting->wanted->definition;
    for (size_t i = 0; def != NULL && i < def->n_splits; i++) {
        struct str name = def->splits[i].name;
        for (size_t k = 0; k < def->splits[i].n_arms && !counting->failed; k++)
            group_of(counting, FIGURES_BY_VARIANT, name, def->splits[i].arms[k].value);
    }
}

enum err flow_figures_read(struct db *db, const struct figures_wanted *wanted, struct arena *arena,
                           struct flow_figures *ret_figures, struct error *error)
{
    struct flow_figures figures = {0};
    struct counting counting = {.wanted = wanted, .figures = &figures, .arena = arena};
    struct funnel_visitor visitor = {count_session, &counting};
    arena_init(&counting.scratch, SESSION_BYTES);
    list_steps(&counting, &figures.all);
    list_arms(&counting);
    enum err rc = funnel_each(db, &wanted->filter, &visitor, error);
    arena_release(&counting.scratch);
    if (rc == OK)
        rc = funnel_items(db, &wanted->filter, arena, &figures.items, error);
    if (rc != OK)
        return rc;
    sort_times(&figures.all);
    for (int by = 0; by < FIGURES_DIMENSIONS; by++)
        for (size_t i = 0; i < figures.by[by].n; i++)
            sort_times(&figures.by[by].items[i]);
    *ret_figures = figures;
    return OK;
}
