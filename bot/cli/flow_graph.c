/* A flow as a picture, with what became of its conversations. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/settings.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_command.h"
#include "bot/cli/flow_period.h"
#include "bot/cli/graph_figures.h"
#include "bot/cli/graph_output.h"
#include "bot/cli/graph_text.h"
#include "bot/cli/graphviz.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { MOST_BYTES = 64 * 1024 * 1024 };

enum graph_format { FORMAT_MERMAID, FORMAT_SVG, FORMAT_DOT, FORMATS };
static const char *const format_names[FORMATS] = {"mermaid", "svg", "dot"};

struct graph_words {
    struct str flow, since;
    const char *file; /* NULL: standard output */
    enum graph_format format;
    bool without_numbers;
};

static int usage(void)
{
    fputs("gilbot: usage: gilbot flow graph [FLOW] [--format mermaid|svg|dot] [-o FILE] [--since DATE] [--no-numbers]; "
          "DATE "
          "as 2026-11-01\n",
          stderr);
    return 2;
}

static bool read_format(const char *word, enum graph_format *ret_format)
{
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(word, format_names[i]) == 0) {
            *ret_format = (enum graph_format)i;
            return true;
        }
    return false;
}

/* Without --format a file's name says it. */
static enum graph_format format_of(const char *file)
{
    struct str name = str_of(file);
    return str_ends(name, STR(".svg")) ? FORMAT_SVG : str_ends(name, STR(".dot")) ? FORMAT_DOT : FORMAT_MERMAID;
}

static bool read_words(const struct flow_command *command, struct graph_words *ret_words)
{
    struct graph_words words = {0};
    bool has_format = false;
    for (int i = 0; i < command->argc; i++) {
        const char *word = command->argv[i];
        bool more = i + 1 < command->argc;
        if (strcmp(word, "--no-numbers") == 0)
            words.without_numbers = true;
        else if (strcmp(word, "--format") == 0 && more && read_format(command->argv[i + 1], &words.format))
            has_format = (i++, true);
        else if (strcmp(word, "--since") == 0 && more)
            words.since = str_of(command->argv[++i]);
        else if (strcmp(word, "-o") == 0 && more)
            words.file = command->argv[++i];
        else if (word[0] != '-' && words.flow.n == 0)
            words.flow = str_of(word);
        else
            return false;
    }
    if (!has_format && words.file != NULL)
        words.format = format_of(words.file);
    *ret_words = words;
    return true;
}

/* ── the numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Without a database, or without conversations, there are none: *ret_any false. */
static enum err read_numbers(const struct flow_command *command, const struct graph_shown *shown,
                             const struct flow_period *period, struct graph_figures *ret_figures, struct error *error)
{
    struct figures_wanted wanted = {.filter = {shown->definition->id, period->since_ms},
                                    .offset_ms = period->offset_ms,
                                    .definition = shown->definition};
    struct db *db = NULL;
    enum err rc = store_reader_open_dir(command->settings->data_dir, &db, error);
    if (rc != OK)
        return rc;
    rc = store_snapshot_begin(db, error);
    if (rc == OK)
        rc = graph_figures_read(db, &wanted, shown->graph, command->arena, ret_figures, error);
    store_snapshot_end(db);
    store_reader_close(db);
    return rc;
}

/* A flow that never ran is drawn without numbers. */
static enum err add_numbers(const struct flow_command *command, struct graph_shown *shown,
                            const struct flow_period *period, struct graph_figures *figures, struct error *error)
{
    enum err rc = read_numbers(command, shown, period, figures, error);
    if (rc == ERR_NOT_FOUND) {
        fprintf(stderr, "gilbot: no numbers: %s\n", error->text);
        return OK;
    }
    if (rc != OK)
        return rc;
    if (figures->lost > 0)
        fprintf(stderr, "gilbot: the way of %lld conversations could not be found again; they are in no box\n",
                (long long)figures->lost);
    if (figures->funnel.others > 0)
        fprintf(stderr, "gilbot: %lld conversations began with another version of the flow; they are not counted\n",
                (long long)figures->funnel.others);
    if (figures->funnel.all.ends[FIGURES_BEGAN] == 0)
        return OK;
    shown->figures = figures;
    shown->since = period->since;
    return OK;
}

/* ── the picture ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err draw(const struct graph_shown *shown, enum graph_format format, struct buf *out, struct error *error)
{
    struct str svg;
    struct buf dot;
    enum err rc = OK;
    switch (format) {
    case FORMAT_MERMAID:
        rc = graph_output_mermaid(shown, out);
        break;
    case FORMAT_DOT:
        rc = graph_output_dot(shown, out);
        break;
    case FORMAT_SVG:
        buf_init(&dot, shown->arena, MOST_BYTES);
        rc = graph_output_dot(shown, &dot);
        if (rc == OK && graphviz_svg(buf_str(&dot), shown->arena, &svg, error) != OK)
            return error->code;
        if (rc == OK)
            rc = graph_output_svg(shown, svg, out);
        break;
    case FORMATS:
        break;
    }
    if (rc == ERR_INVALID)
        return fail(error, ERR_INTERNAL, "dot wrote no SVG");
    return rc == OK ? OK : fail(error, ERR_NO_MEMORY, "the picture is too large");
}

static enum err write_out(struct str text, const char *path, struct error *error)
{
    if (path == NULL)
        return fwrite(text.p, 1, text.n, stdout) == text.n
                   ? OK
                   : fail(error, ERR_INTERNAL, "the output could not be written");
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return fail(error, ERR_NOT_FOUND, "%s cannot be written", path);
    bool whole = fwrite(text.p, 1, text.n, file) == text.n;
    if (fclose(file) != 0 || !whole)
        return fail(error, ERR_INTERNAL, "%s could not be written", path);
    return OK;
}

static enum err graph_flow(const struct flow_command *command, const struct definition *definition,
                           const struct graph_words *words, const struct flow_period *period, struct error *error)
{
    struct graph graph;
    struct graph_figures figures = {0};
    struct graph_shown shown = {.definition = definition,
                                .graph = &graph,
                                .korean = str_starts(command->settings->locale, STR("ko")),
                                .arena = command->arena};
    struct buf out;
    if (graph_of(definition, command->arena, &graph) != OK)
        return fail(error, ERR_NO_MEMORY, "the flow is too large to be drawn");
    if (!words->without_numbers && add_numbers(command, &shown, period, &figures, error) != OK)
        return error->code;
    buf_init(&out, command->arena, MOST_BYTES);
    enum err rc = draw(&shown, words->format, &out, error);
    return rc == OK ? write_out(buf_str(&out), words->file, error) : rc;
}

/* ── which flow ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int which_flow(const struct flows *flows, struct str wanted)
{
    if (wanted.n > 0)
        fprintf(stderr, "gilbot: no flow is called %.*s; there are:", STR_ARG(wanted));
    else
        fputs("gilbot: several flows; say which:", stderr);
    for (size_t i = 0; i < flows->n; i++)
        fprintf(stderr, " %.*s", STR_ARG(flows->items[i]->name));
    fputs("\n", stderr);
    return 2;
}

static int graph_of_flows(const struct flow_command *command, const struct flows *flows,
                          const struct graph_words *words, const struct flow_period *period)
{
    struct error error = {0};
    bool is_the_only = words->flow.n == 0 && flows->n == 1;
    const struct flow *flow = is_the_only ? flows->items[0] : flows_find(flows, words->flow);
    if (!is_the_only && flow == NULL)
        return which_flow(flows, words->flow);
    if (graph_flow(command, survey_definition(flow), words, period, &error) != OK)
        return config_failed(&error);
    return 0;
}

int flow_graph(const struct flow_command *command)
{
    struct graph_words words = {0};
    struct flow_period period = {0};
    struct flows flows = {0};
    struct error error = {0};
    if (!read_words(command, &words) || !flow_period_read(words.since, &period))
        return usage();
    if (survey_load_all(command->settings->flows, &flows, &error) != OK)
        return config_failed(&error);
    int status = graph_of_flows(command, &flows, &words, &period);
    survey_release_all(&flows);
    return status;
}
