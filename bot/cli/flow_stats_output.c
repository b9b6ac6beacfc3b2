#include "bot/cli/flow_stats_output.h"

#include <stdio.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/cli/proportions.h"

#include "bot/base/banned.h"

enum { BAR_COLUMNS = 24, NAME_COLUMNS = 22, NUMBER_COLUMNS = 10, JSON_BYTES = 64 * 1024 * 1024 };
enum { MEDIAN = 50, NINE_IN_TEN = 90 };

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum word {
    WORD_TITLE,
    WORD_BEGAN,
    WORD_COMPLETED,
    WORD_RECOMMENDED,
    WORD_CONSULTED,
    WORD_STATES,
    WORD_QUESTION,
    WORD_REACHED,
    WORD_ANSWERED,
    WORD_MISFIT,
    WORD_SKIPPED,
    WORD_LEFT,
    WORD_MEDIAN,
    WORD_P90,
    WORD_ITEM,
    WORD_PLATFORM,
    WORD_ROUTE,
    WORD_VARIANT,
    WORD_DAY,
    WORD_UNKNOWN,
    WORD_COMPARED,
    WORD_MORE,
    WORD_LESS,
    WORD_TOO_FEW,
    WORD_POINTS,
    WORD_NOTE,
    WORD_NOTE_VARIANTS,
    STATS_WORDS
};

static const struct {
    const char *english, *korean;
} words[STATS_WORDS] = {
    [WORD_TITLE] = {"%.*s, conversations that began since %04lld-%02d-%02d\n\n",
                    "%.*s: %04lld-%02d-%02d부터 시작한 대화\n\n"},
    [WORD_BEGAN] = {"began", "시작"},
    [WORD_COMPLETED] = {"completed", "끝까지"},
    [WORD_RECOMMENDED] = {"recommended", "추천"},
    [WORD_CONSULTED] = {"consulted", "상담"},
    [WORD_STATES] = {"\nwaiting %lld, stopped %lld, expired %lld, replaced %lld\n",
                     "\n대기 %lld, 그만둠 %lld, 만료 %lld, 다른 대화로 %lld\n"},
    [WORD_QUESTION] = {"question", "질문"},
    [WORD_REACHED] = {"reached", "도달"},
    [WORD_ANSWERED] = {"answered", "답변"},
    [WORD_MISFIT] = {"misfits", "안 맞음"},
    [WORD_SKIPPED] = {"skipped", "건너뜀"},
    [WORD_LEFT] = {"left", "떠남"},
    [WORD_MEDIAN] = {"median s", "중앙값 초"},
    [WORD_P90] = {"p90 s", "90% 초"},
    [WORD_ITEM] = {"item", "추천한 것"},
    [WORD_PLATFORM] = {"platform", "플랫폼"},
    [WORD_ROUTE] = {"route", "경로"},
    [WORD_VARIANT] = {"variant", "변형"},
    [WORD_DAY] = {"day", "날짜"},
    [WORD_UNKNOWN] = {"(not known)", "(모름)"},
    [WORD_COMPARED] = {"\n%.*s: %.*s against %.*s (people: %lld, %lld)\n",
                       "\n%.*s: %.*s (%.*s에 견주어; 사람 %lld, %lld)\n"},
    [WORD_MORE] = {"more", "더 많음"},
    [WORD_LESS] = {"less", "더 적음"},
    [WORD_TOO_FEW] = {"too few to tell", "아직 알 수 없음"},
    [WORD_POINTS] = {"%+7.1f points  (%+.1f to %+.1f)", "%+7.1f%%p  (%+.1f ~ %+.1f)"},
    [WORD_NOTE] = {"\nPercentages: of those who began.  Seconds: since the answer before.\n",
                   "\n백분율: 시작한 대화 가운데.  초: 바로 앞 답변부터.\n"},
    [WORD_NOTE_VARIANTS] =
        {"\nEach person once, by their first conversation.  In brackets: 95 %% (Newcombe's interval).\n"
         "Too few to tell: 0 is in it, or a variant has fewer than %d people.\n",
         "\n한 사람은 첫 대화로 한 번만 셉니다.  괄호 안: 95 %% 신뢰 구간(Newcombe).\n"
         "아직 알 수 없음: 구간에 0이 들어 있거나, 한쪽이 %d명보다 적을 때.\n"},
};

static const enum word end_words[FIGURES_ENDS] = {WORD_BEGAN, WORD_COMPLETED, WORD_RECOMMENDED, WORD_CONSULTED};
static const enum word by_words[FIGURES_DIMENSIONS] = {
    [FIGURES_BY_PLATFORM] = WORD_PLATFORM,
    [FIGURES_BY_ROUTE] = WORD_ROUTE,
    [FIGURES_BY_VARIANT] = WORD_VARIANT,
    [FIGURES_BY_DAY] = WORD_DAY,
};

static const char *word(const struct stats_shown *shown, enum word which)
{
    return shown->korean ? words[which].korean : words[which].english;
}

/* ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_spaces(size_t n)
{
    printf("%*s", (int)n, "");
}

static void print_left(struct str text, size_t wide)
{
    size_t columns = text_columns(text);
    printf("%.*s", STR_ARG(text));
    print_spaces(columns < wide ? wide - columns : 1);
}

static void print_right(struct str text, size_t wide)
{
    size_t columns = text_columns(text);
    print_spaces(columns < wide ? wide - columns : 1);
    printf("%.*s", STR_ARG(text));
}

static void print_number(int64_t n)
{
    printf("%*lld", NUMBER_COLUMNS, (long long)n);
}

static double percent(int64_t n, int64_t of)
{
    return of > 0 ? 100.0 * (double)n / (double)of : 0.0;
}

/* In eighths of a column: U+2588 … U+258F. */
static void print_bar(int64_t n, int64_t of)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int64_t eighths = of > 0 ? n * BAR_COLUMNS * 8 / of : 0;
    for (; eighths >= 8; eighths -= 8)
        fputs("█", stdout);
    puts(parts[eighths > 0 ? eighths : 0]);
}

static void print_share(struct str name, int64_t n, int64_t of)
{
    print_left(name, NAME_COLUMNS);
    print_number(n);
    printf(" %5.1f %%  ", percent(n, of));
    print_bar(n, of);
}

/* ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_seconds(int64_t ms)
{
    if (ms < 0)
        print_right(STR("-"), NUMBER_COLUMNS);
    else
        printf("%*.1f", NUMBER_COLUMNS, (double)ms / 1000);
}

static void print_step(const struct figures_step *step, int64_t most)
{
    print_left(step->name, NAME_COLUMNS);
    print_number(step->reached);
    print_number(step->answered);
    print_number(step->misfit);
    print_number(step->skipped);
    print_number(step->left);
    print_seconds(figures_time_ms(step, MEDIAN));
    print_seconds(figures_time_ms(step, NINE_IN_TEN));
    fputs("  ", stdout);
    print_bar(step->reached, most);
}

static void print_steps(const struct stats_shown *shown, const struct funnel_figures *figures, struct str title)
{
    static const enum word heads[] = {WORD_REACHED, WORD_ANSWERED, WORD_MISFIT, WORD_SKIPPED,
                                      WORD_LEFT,    WORD_MEDIAN,   WORD_P90};
    putchar('\n');
    print_left(title, NAME_COLUMNS);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        print_right(str_of(word(shown, heads[i])), NUMBER_COLUMNS);
    putchar('\n');
    for (size_t i = 0; i < figures->n_steps; i++)
        if (figures->steps[i].reached > 0)
            print_step(&figures->steps[i], figures->ends[FIGURES_BEGAN]);
}

/* ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "greeting = short", "web", "2026-11-01" */
static void name_group(const struct stats_shown *shown, const struct funnel_figures *group, struct buf *out)
{
    if (group->split.n > 0)
        buf_addf(out, "%.*s = ", STR_ARG(group->split));
    buf_add(out, group->name.n > 0 ? group->name : str_of(word(shown, WORD_UNKNOWN)));
}

static void print_group(const struct stats_shown *shown, const struct funnel_figures *group, int64_t most)
{
    CLEANUP(buf_release) struct buf name;
    buf_init(&name, NULL, JSON_BYTES);
    name_group(shown, group, &name);
    print_left(buf_str(&name), NAME_COLUMNS);
    print_number(group->ends[FIGURES_BEGAN]);
    for (int i = FIGURES_COMPLETED; i < FIGURES_ENDS; i++)
        printf("%*.1f %%", NUMBER_COLUMNS - 2, percent(group->ends[i], group->ends[FIGURES_BEGAN]));
    fputs("  ", stdout);
    print_bar(group->ends[FIGURES_BEGAN], most);
}

static void print_groups(const struct stats_shown *shown, enum figures_by by)
{
    const struct figures_groups *groups = &shown->figures->by[by];
    int64_t most = 1;
    putchar('\n');
    print_left(str_of(word(shown, by_words[by])), NAME_COLUMNS);
    for (int i = 0; i < FIGURES_ENDS; i++)
        print_right(str_of(word(shown, end_words[i])), NUMBER_COLUMNS);
    putchar('\n');
    for (size_t i = 0; i < groups->n; i++)
        most = groups->items[i].ends[FIGURES_BEGAN] > most ? groups->items[i].ends[FIGURES_BEGAN] : most;
    for (size_t i = 0; i < groups->n; i++)
        print_group(shown, &groups->items[i], most);
}

static void print_steps_of_groups(const struct stats_shown *shown)
{
    const struct figures_groups *groups = &shown->figures->by[shown->by];
    for (size_t i = 0; i < groups->n; i++) {
        CLEANUP(buf_release) struct buf name;
        buf_init(&name, NULL, JSON_BYTES);
        name_group(shown, &groups->items[i], &name);
        print_steps(shown, &groups->items[i], buf_str(&name));
    }
}

/* ── variants against each other ───────────────────────────────────────────────────────────────────────────────────── */

static struct difference difference_of(const struct funnel_figures *one, const struct funnel_figures *first, int end)
{
    return proportion_difference((struct proportion){one->people[end], one->people[FIGURES_BEGAN]},
                                 (struct proportion){first->people[end], first->people[FIGURES_BEGAN]});
}

/* The first arm of the same split: what the others are measured by. */
static const struct funnel_figures *first_arm(const struct figures_groups *groups, const struct funnel_figures *one)
{
    const struct funnel_figures *first = groups->items;
    while (!str_eq(first->split, one->split))
        first++;
    return first;
}

static void print_difference(const struct stats_shown *shown, const struct funnel_figures *one,
                             const struct funnel_figures *first)
{
    printf(word(shown, WORD_COMPARED), STR_ARG(one->split), STR_ARG(one->name), STR_ARG(first->name),
           (long long)one->people[FIGURES_BEGAN], (long long)first->people[FIGURES_BEGAN]);
    for (int i = FIGURES_COMPLETED; i < FIGURES_ENDS; i++) {
        struct difference difference = difference_of(one, first, i);
        enum word verdict = !difference.tells ? WORD_TOO_FEW : difference.value > 0 ? WORD_MORE : WORD_LESS;
        fputs("  ", stdout);
        print_left(str_of(word(shown, end_words[i])), NAME_COLUMNS - 2);
        printf(word(shown, WORD_POINTS), 100 * difference.value, 100 * difference.interval.low,
               100 * difference.interval.high);
        printf("  %s\n", word(shown, verdict));
    }
}

static void print_differences(const struct stats_shown *shown)
{
    const struct figures_groups *groups = &shown->figures->by[FIGURES_BY_VARIANT];
    for (size_t i = 0; i < groups->n; i++) {
        const struct funnel_figures *first = first_arm(groups, &groups->items[i]);
        if (first != &groups->items[i])
            print_difference(shown, &groups->items[i], first);
    }
    if (groups->n > 0)
        printf(word(shown, WORD_NOTE_VARIANTS), PROPORTION_LEAST);
}

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void print_whole(const struct stats_shown *shown)
{
    const struct funnel_figures *all = &shown->figures->all;
    printf(word(shown, WORD_TITLE), STR_ARG(shown->flow), (long long)shown->since.year, shown->since.month,
           shown->since.day);
    for (int i = 0; i < FIGURES_ENDS; i++)
        print_share(str_of(word(shown, end_words[i])), all->ends[i], all->ends[FIGURES_BEGAN]);
    printf(word(shown, WORD_STATES), (long long)all->states[SESSION_WAITING], (long long)all->states[SESSION_STOPPED],
           (long long)all->states[SESSION_EXPIRED], (long long)all->states[SESSION_REPLACED]);
}

static void print_items(const struct stats_shown *shown)
{
    const struct funnel_items *items = &shown->figures->items;
    if (items->n > 0)
        printf("\n%s\n", word(shown, WORD_ITEM));
    for (size_t i = 0; i < items->n; i++)
        print_share(items->items[i].item, items->items[i].sessions, shown->figures->all.ends[FIGURES_RECOMMENDED]);
}

void flow_stats_print(const struct stats_shown *shown)
{
    print_whole(shown);
    if (shown->grouped) {
        print_groups(shown, shown->by);
        if (shown->by == FIGURES_BY_VARIANT)
            print_differences(shown);
        print_steps_of_groups(shown);
    } else {
        print_steps(shown, &shown->figures->all, str_of(word(shown, WORD_QUESTION)));
        print_items(shown);
        print_groups(shown, FIGURES_BY_PLATFORM);
        print_groups(shown, FIGURES_BY_DAY);
    }
    fputs(word(shown, WORD_NOTE), stdout);
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_steps(struct buf *out, const struct funnel_figures *figures)
{
    json_add_key(out, "steps");
    buf_add_char(out, '[');
    for (size_t i = 0; i < figures->n_steps; i++) {
        const struct figures_step *step = &figures->steps[i];
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "step", step->name);
        json_add_member_i64(out, "asked", step->reached);
        json_add_member_i64(out, "answered", step->answered);
        json_add_member_i64(out, "misfit", step->misfit);
        json_add_member_i64(out, "skipped", step->skipped);
        json_add_member_i64(out, "left", step->left);
        if (step->n_times > 0) {
            json_add_member_i64(out, "median_ms", figures_time_ms(step, MEDIAN));
            json_add_member_i64(out, "p90_ms", figures_time_ms(step, NINE_IN_TEN));
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_figures(struct buf *out, const struct funnel_figures *figures)
{
    for (int i = 0; i < FIGURES_ENDS; i++)
        json_add_member_i64(out, figures_end_names[i], figures->ends[i]);
    for (int state = SESSION_WAITING; state <= SESSION_REPLACED; state++)
        if (state != SESSION_DONE && state != SESSION_HANDED_OVER)
            json_add_member_i64(out, session_state_name((enum session_state)state), figures->states[state]);
    add_steps(out, figures);
}

static void add_real(struct buf *out, const char *key, double value)
{
    json_add_key(out, key);
    buf_addf(out, "%.6f", value);
}

static void add_differences(struct buf *out, const struct funnel_figures *one, const struct funnel_figures *first)
{
    json_add_member_i64(out, "people", one->people[FIGURES_BEGAN]);
    json_add_key(out, "differences");
    buf_add_char(out, '[');
    for (int i = FIGURES_COMPLETED; i < FIGURES_ENDS && one != first; i++) {
        struct difference difference = difference_of(one, first, i);
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "of", str_of(figures_end_names[i]));
        json_add_member(out, "to", first->name);
        add_real(out, "difference", difference.value);
        add_real(out, "low", difference.interval.low);
        add_real(out, "high", difference.interval.high);
        json_add_member_bool(out, "tells", difference.tells);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_groups(struct buf *out, const struct stats_shown *shown, enum figures_by by)
{
    const struct figures_groups *groups = &shown->figures->by[by];
    static const char *const plurals[FIGURES_DIMENSIONS] = {"platforms", "routes", "variants", "days"};
    json_add_key(out, plurals[by]);
    buf_add_char(out, '[');
    for (size_t i = 0; i < groups->n; i++) {
        const struct funnel_figures *group = &groups->items[i];
        json_add_comma(out);
        buf_add_char(out, '{');
        if (by == FIGURES_BY_VARIANT)
            json_add_member(out, "name", group->split);
        json_add_member(out, figures_by_name(by), group->name);
        if (by == FIGURES_BY_VARIANT)
            add_differences(out, group, first_arm(groups, group));
        add_figures(out, group);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_items(struct buf *out, const struct funnel_items *items)
{
    json_add_key(out, "items");
    buf_add_char(out, '[');
    for (size_t i = 0; i < items->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "item", items->items[i].item);
        json_add_member_i64(out, "sessions", items->items[i].sessions);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

enum err flow_stats_print_json(const struct stats_shown *shown, struct arena *arena, struct error *error)
{
    struct buf out;
    buf_init(&out, arena, JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "flow", shown->flow);
    add_figures(&out, &shown->figures->all);
    add_items(&out, &shown->figures->items);
    for (int by = 0; by < FIGURES_DIMENSIONS; by++)
        if (!shown->grouped || shown->by == (enum figures_by)by)
            add_groups(&out, shown, (enum figures_by)by);
    buf_add_char(&out, '}');
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "too many figures; ask for fewer days, with --since");
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    return OK;
}
