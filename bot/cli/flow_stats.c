/* The funnel of a flow, as a table with bars or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/flow_text.h"
#include "bot/model/session.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "store/funnel.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { BAR_COLUMNS = 24, NAME_COLUMNS = 18, DEFAULT_DAYS = 30, JSON_BYTES = 4 * 1024 * 1024 };
static const int64_t MS_A_DAY = 86400000;

enum ended { BEGAN, COMPLETED, RECOMMENDED, CONSULTED, ENDS };
static const char *const end_names[ENDS] = {"began", "completed", "recommended", "consulted"};

/* n[BEGAN] and so on of a day or of a platform; a day knows only these two. */
struct group {
    struct str name;
    int64_t began, completed;
};

struct groups {
    struct group *items;
    size_t n;
};

struct step_figures {
    struct str name;
    int64_t asked, answered, misfit, skipped, left;
    int64_t median_ms; /* -1: nobody answered it */
};

struct figures_of {
    struct str flow;
    struct clock_date since;
    int64_t ends[ENDS], states[SESSION_REPLACED + 1];
    struct groups days, platforms;
    struct step_figures *steps;
    size_t n_steps;
    struct funnel_rows items;
};

struct stats_words {
    struct str flow, since;
    bool json;
};

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int usage(void)
{
    fputs("gilbot: usage: gilbot flow stats FLOW [--since DATE] [--json]; DATE as 2026-11-01\n", stderr);
    return 2;
}

static bool read_words(const struct flow_command *command, struct stats_words *ret_words)
{
    struct stats_words words = {0};
    for (int i = 0; i < command->argc; i++) {
        const char *word = command->argv[i];
        if (strcmp(word, "--json") == 0)
            words.json = true;
        else if (strcmp(word, "--since") == 0 && i + 1 < command->argc)
            words.since = str_of(command->argv[++i]);
        else if (word[0] != '-' && words.flow.n == 0)
            words.flow = str_of(word);
        else
            return false;
    }
    *ret_words = words;
    return words.flow.n > 0;
}

/* ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_completed(int64_t state)
{
    return state == SESSION_DONE || state == SESSION_HANDED_OVER;
}

/* `groups` has room for one of each row. */
static void add_to(struct groups *groups, struct str name, int64_t state, int64_t n)
{
    size_t i = 0;
    while (i < groups->n && !str_eq(groups->items[i].name, name))
        i++;
    if (i == groups->n)
        groups->items[groups->n++] = (struct group){.name = name};
    groups->items[i].began += n;
    groups->items[i].completed += is_completed(state) ? n : 0;
}

static enum err count_sessions(struct figures_of *figures, const struct funnel_rows *rows, struct arena *arena)
{
    figures->days.items = arena_alloc_array(arena, rows->n + 1, sizeof(struct group));
    figures->platforms.items = arena_alloc_array(arena, rows->n + 1, sizeof(struct group));
    if (figures->days.items == NULL || figures->platforms.items == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < rows->n; i++) {
        const struct funnel_row *row = &rows->items[i];
        size_t space = str_find_char(row->other, ' ');
        int64_t state = 0;
        if (space == SIZE_MAX || !str_to_i64(str_skip(row->other, space + 1), &state) || state < 0 ||
            state > SESSION_REPLACED)
            continue;
        add_to(&figures->days, row->key, state, row->n);
        add_to(&figures->platforms, str_first(row->other, space), state, row->n);
        figures->states[state] += row->n;
        figures->ends[BEGAN] += row->n;
        figures->ends[COMPLETED] += is_completed(state) ? row->n : 0;
    }
    return OK;
}

/* The figures of a step; one that the present flow does not have comes behind the others. */
static struct step_figures *step_of(struct figures_of *figures, struct str name)
{
    for (size_t i = 0; i < figures->n_steps; i++)
        if (str_eq(figures->steps[i].name, name))
            return &figures->steps[i];
    struct step_figures *step = &figures->steps[figures->n_steps++];
    *step = (struct step_figures){.name = name, .median_ms = -1};
    return step;
}

static void count_steps(struct figures_of *figures, const struct funnel_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct funnel_row *row = &rows->items[i];
        if (str_eq(row->other, STR("said"))) /* a step that asks nothing */
            continue;
        struct step_figures *step = step_of(figures, row->key);
        step->asked += str_eq(row->other, STR("asked")) ? row->n : 0;
        step->answered += str_eq(row->other, STR("answered")) ? row->n : 0;
        step->misfit += str_eq(row->other, STR("misfit")) ? row->n : 0;
        step->skipped += str_eq(row->other, STR("skipped")) ? row->n : 0;
    }
}

/* Rows of one question stand together, shortest first. */
static void count_seconds(struct figures_of *figures, const struct funnel_rows *rows)
{
    for (size_t from = 0, to; from < rows->n; from = to) {
        for (to = from + 1; to < rows->n && str_eq(rows->items[to].key, rows->items[from].key);)
            to++;
        step_of(figures, rows->items[from].key)->median_ms = rows->items[from + (to - from) / 2].n;
    }
}

/* The questions of the present flow, in its order; a flow that is gone has none. */
static enum err list_steps(const struct flow_command *command, struct figures_of *figures, size_t others,
                           struct error *error)
{
    struct flows flows = {0};
    struct error unread = {0};
    const struct flow *flow = NULL;
    if (survey_load_all(command->settings->flows, &flows, &unread) != OK)
        fprintf(stderr, "gilbot: %s; the steps stand in no order\n", unread.text);
    else
        flow = flows_find(&flows, figures->flow);
    const struct definition *definition = flow == NULL ? NULL : survey_definition(flow);
    size_t n = definition == NULL ? 0 : definition->n_steps;
    figures->steps = arena_alloc_array(command->arena, n + others + 1, sizeof *figures->steps);
    enum err rc = figures->steps == NULL ? fail(error, ERR_NO_MEMORY, "too many steps") : OK;
    for (size_t i = 0; i < n && rc == OK; i++)
        if (definition->steps[i].kind == STEP_ASK)
            step_of(figures, arena_copy(command->arena, definition->steps[i].name));
    survey_release_all(&flows);
    return rc;
}

static enum err read_figures(const struct flow_command *command, const struct funnel_filter *filter,
                             struct figures_of *figures, struct error *error)
{
    struct arena *arena = command->arena;
    struct funnel_rows rows[FUNNEL_ENDS + 1] = {0};
    struct db *db = NULL;
    enum err rc = store_reader_open_dir(command->settings->data_dir, &db, error);
    if (rc == OK)
        rc = store_snapshot_begin(db, error);
    for (int part = 0; part <= FUNNEL_ENDS && rc == OK; part++)
        rc = funnel_read(db, (enum funnel_part)part, filter, arena, &rows[part], error);
    if (db != NULL)
        store_snapshot_end(db);
    store_reader_close(db);
    if (rc == OK)
        rc = list_steps(command, figures, rows[FUNNEL_STEPS].n + rows[FUNNEL_LEFT].n + rows[FUNNEL_SECONDS].n, error);
    if (rc == OK && count_sessions(figures, &rows[FUNNEL_SESSIONS], arena) != OK)
        rc = fail(error, ERR_NO_MEMORY, "too many days");
    if (rc != OK)
        return rc;
    count_steps(figures, &rows[FUNNEL_STEPS]);
    count_seconds(figures, &rows[FUNNEL_SECONDS]);
    for (size_t i = 0; i < rows[FUNNEL_LEFT].n; i++)
        if (rows[FUNNEL_LEFT].items[i].key.n > 0)
            step_of(figures, rows[FUNNEL_LEFT].items[i].key)->left += rows[FUNNEL_LEFT].items[i].n;
    for (size_t i = 0; i < rows[FUNNEL_ENDS].n; i++)
        figures->ends[i == 0 ? RECOMMENDED : CONSULTED] = rows[FUNNEL_ENDS].items[i].n;
    figures->items = rows[FUNNEL_RECOMMENDED];
    return OK;
}

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_name(struct str name)
{
    size_t columns = text_columns(name);
    printf("%.*s%*s", STR_ARG(name), columns < NAME_COLUMNS ? (int)(NAME_COLUMNS - columns) : 1, "");
}

/* In eighths of a column: U+2588 … U+258F. */
static void print_bar(int64_t n, int64_t of)
{
    int64_t eighths = of > 0 ? n * BAR_COLUMNS * 8 / of : 0;
    for (; eighths >= 8; eighths -= 8)
        fputs("█", stdout);
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    puts(parts[eighths > 0 ? eighths : 0]);
}

static void print_share(struct str name, int64_t n, int64_t of)
{
    print_name(name);
    printf("%8lld %5.1f %%  ", (long long)n, of > 0 ? 100.0 * (double)n / (double)of : 0.0);
    print_bar(n, of);
}

static struct str day_text(struct arena *arena, struct str day)
{
    int64_t days = 0;
    if (!str_to_i64(day, &days))
        return day;
    struct clock_date date = clock_date_of_days(days);
    return arena_format(arena, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
}

static void print_steps(const struct figures_of *figures)
{
    int64_t most = 1;
    for (size_t i = 0; i < figures->n_steps; i++)
        most = figures->steps[i].asked > most ? figures->steps[i].asked : most;
    printf("\n%-*s%8s %8s %8s %8s %8s\n", NAME_COLUMNS, "question", "asked", "answered", "misfits", "left", "seconds");
    for (size_t i = 0; i < figures->n_steps; i++) {
        const struct step_figures *step = &figures->steps[i];
        if (step->asked + step->answered + step->misfit + step->left == 0)
            continue;
        print_name(step->name);
        printf("%8lld %8lld %8lld %8lld ", (long long)step->asked, (long long)step->answered, (long long)step->misfit,
               (long long)step->left);
        if (step->median_ms < 0)
            printf("%8s  ", "-");
        else
            printf("%8.1f  ", (double)step->median_ms / 1000);
        print_bar(step->asked, most);
    }
}

static void print_groups(const char *title, const struct groups *groups, struct arena *arena, bool days)
{
    printf("\n%-*s%8s\n", NAME_COLUMNS, title, "began");
    int64_t most = 1;
    for (size_t i = 0; i < groups->n; i++)
        most = groups->items[i].began > most ? groups->items[i].began : most;
    for (size_t i = 0; i < groups->n; i++) {
        const struct group *group = &groups->items[i];
        print_name(days ? day_text(arena, group->name) : group->name);
        printf("%8lld %5.1f %%  ", (long long)group->began, 100.0 * (double)group->completed / (double)group->began);
        print_bar(group->began, most);
    }
}

static void print_figures(const struct figures_of *figures, struct arena *arena)
{
    printf("%.*s, sessions that began since %04lld-%02d-%02d\n\n", STR_ARG(figures->flow),
           (long long)figures->since.year, figures->since.month, figures->since.day);
    for (int i = 0; i < ENDS; i++)
        print_share(str_of(end_names[i]), figures->ends[i], figures->ends[BEGAN]);
    printf("\nwaiting %lld, stopped %lld, expired %lld, replaced %lld\n", (long long)figures->states[SESSION_WAITING],
           (long long)figures->states[SESSION_STOPPED], (long long)figures->states[SESSION_EXPIRED],
           (long long)figures->states[SESSION_REPLACED]);
    print_steps(figures);
    if (figures->items.n > 0)
        printf("\n%-*s%8s\n", NAME_COLUMNS, "item", "sessions");
    for (size_t i = 0; i < figures->items.n; i++)
        print_share(figures->items.items[i].key, figures->items.items[i].n, figures->ends[RECOMMENDED]);
    print_groups("platform", &figures->platforms, arena, false);
    print_groups("day", &figures->days, arena, true);
    puts("\nPercentages of platforms and days: completed.  Seconds: the median since the answer before.");
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_groups(struct buf *out, const char *key, const struct groups *groups, struct arena *arena)
{
    json_add_key(out, key);
    buf_add_char(out, '[');
    for (size_t i = 0; i < groups->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        bool day = strcmp(key, "days") == 0;
        json_add_member(out, day ? "day" : "platform",
                        day ? day_text(arena, groups->items[i].name) : groups->items[i].name);
        json_add_member_i64(out, "began", groups->items[i].began);
        json_add_member_i64(out, "completed", groups->items[i].completed);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_steps(struct buf *out, const struct figures_of *figures)
{
    json_add_key(out, "steps");
    buf_add_char(out, '[');
    for (size_t i = 0; i < figures->n_steps; i++) {
        const struct step_figures *step = &figures->steps[i];
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "step", step->name);
        json_add_member_i64(out, "asked", step->asked);
        json_add_member_i64(out, "answered", step->answered);
        json_add_member_i64(out, "misfit", step->misfit);
        json_add_member_i64(out, "skipped", step->skipped);
        json_add_member_i64(out, "left", step->left);
        if (step->median_ms >= 0)
            json_add_member_i64(out, "median_ms", step->median_ms);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static int print_json(const struct figures_of *figures, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "flow", figures->flow);
    for (int i = 0; i < ENDS; i++)
        json_add_member_i64(&out, end_names[i], figures->ends[i]);
    for (int state = SESSION_WAITING; state <= SESSION_REPLACED; state++)
        if (!is_completed(state))
            json_add_member_i64(&out, session_state_name((enum session_state)state), figures->states[state]);
    add_steps(&out, figures);
    json_add_key(&out, "items");
    buf_add_char(&out, '[');
    for (size_t i = 0; i < figures->items.n; i++) {
        json_add_comma(&out);
        buf_add_char(&out, '{');
        json_add_member(&out, "item", figures->items.items[i].key);
        json_add_member_i64(&out, "sessions", figures->items.items[i].n);
        buf_add_char(&out, '}');
    }
    buf_add_char(&out, ']');
    add_groups(&out, "platforms", &figures->platforms, arena);
    add_groups(&out, "days", &figures->days, arena);
    buf_add_char(&out, '}');
    if (buf_failed(&out)) {
        fputs("gilbot: too many figures\n", stderr);
        return 1;
    }
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    return 0;
}

int flow_stats(const struct flow_command *command)
{
    struct stats_words words = {0};
    if (!read_words(command, &words))
        return usage();
    int64_t now_ms = clock_now_ms(clock_system()), offset_ms = clock_utc_offset_min(now_ms) * 60000;
    int64_t day = (now_ms + offset_ms) / MS_A_DAY - DEFAULT_DAYS;
    if (words.since.n > 0 && !flow_read_day(words.since, &day))
        return usage();
    struct funnel_filter filter = {words.flow, day * MS_A_DAY - offset_ms, offset_ms};
    struct figures_of figures = {.flow = words.flow, .since = clock_date_of_days(day)};
    struct error error = {0};
    if (read_figures(command, &filter, &figures, &error) != OK)
        return config_failed(&error);
    if (figures.n_steps == 0 && figures.ends[BEGAN] == 0) {
        fprintf(stderr, "gilbot: no flow is called %.*s, and none of that name ran since then\n", STR_ARG(words.flow));
        return 2;
    }
    if (words.json)
        return print_json(&figures, command->arena);
    print_figures(&figures, command->arena);
    return 0;
}
