/* The funnel of a flow. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/flow_figures.h"
#include "bot/cli/flow_period.h"
#include "bot/cli/flow_stats_output.h"
#include "flows/survey/survey.h"
#include "store/store.h"

#include "bot/base/banned.h"

struct stats_words {
    struct str flow, since, by;
    bool json;
};

static int usage(void)
{
    fputs("gilbot: usage: gilbot flow stats FLOW [--by platform|route|variant|day] [--since DATE] [--json]; DATE as "
          "2026-11-01\n",
          stderr);
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
        else if (strcmp(word, "--by") == 0 && i + 1 < command->argc)
            words.by = str_of(command->argv[++i]);
        else if (word[0] != '-' && words.flow.n == 0)
            words.flow = str_of(word);
        else
            return false;
    }
    *ret_words = words;
    return words.flow.n > 0;
}

static enum err read_store(const struct flow_command *command, const struct figures_wanted *wanted,
                           struct flow_figures *ret_figures, struct error *error)
{
    struct db *db = NULL;
    enum err rc = store_reader_open_dir(command->settings->data_dir, &db, error);
    if (rc == OK)
        rc = store_snapshot_begin(db, error);
    if (rc == OK)
        rc = flow_figures_read(db, wanted, command->arena, ret_figures, error);
    if (db != NULL)
        store_snapshot_end(db);
    store_reader_close(db);
    return rc;
}

/* The present flow's questions give the order, and its variants their names; a flow that is gone has none. */
static enum err read_figures(const struct flow_command *command, struct figures_wanted *wanted,
                             struct flow_figures *ret_figures, struct error *error)
{
    struct flows flows = {0};
    struct error unread = {0};
    if (survey_load_all(command->settings->flows, &flows, &unread) != OK)
        fprintf(stderr, "gilbot: %s; the questions stand in no order, and nothing is known of variants\n", unread.text);
    const struct flow *flow = flows_find(&flows, wanted->filter.flow);
    wanted->definition = flow == NULL ? NULL : survey_definition(flow);
    enum err rc = read_store(command, wanted, ret_figures, error);
    survey_release_all(&flows);
    return rc;
}

int flow_stats(const struct flow_command *command)
{
    struct stats_words words = {0};
    struct flow_period period = {0};
    struct flow_figures figures = {0};
    struct stats_shown shown = {.figures = &figures, .korean = str_starts(command->settings->locale, STR("ko"))};
    if (!read_words(command, &words) || !flow_period_read(words.since, &period))
        return usage();
    shown.grouped = words.by.n > 0;
    if (shown.grouped && !figures_by_from_str(words.by, &shown.by))
        return usage();
    struct figures_wanted wanted = {.filter = {words.flow, period.since_ms}, .offset_ms = period.offset_ms};
    struct error error = {0};
    if (read_figures(command, &wanted, &figures, &error) != OK)
        return config_failed(&error);
    if (figures.all.n_steps == 0 && figures.all.ends[FIGURES_BEGAN] == 0) {
        fprintf(stderr, "gilbot: no flow is called %.*s, and none of that name ran since then\n", STR_ARG(words.flow));
        return 2;
    }
    shown.flow = words.flow;
    shown.since = period.since;
    if (words.json)
        return flow_stats_print_json(&shown, command->arena, &error) == OK ? 0 : config_failed(&error);
    flow_stats_print(&shown);
    return 0;
}
