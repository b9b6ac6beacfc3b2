/* gilbot check — looks through the configuration and all flows before anything runs. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/audit.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "flows/survey/survey.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { MEMORY_BYTES = 512 * 1024 * 1024, MOST_JSON_BYTES = 64 * 1024 * 1024, EXIT_FAILED = 1, EXIT_FAULTS = 2 };

struct check {
    struct arena arena;
    struct settings *settings;
    struct strs files; /* flows and folders of them that were named: then there is no gilbot.yaml */
    struct flows flows;
    struct findings findings;
    struct check_figures *figures; /* by flow; NULL: not all could be loaded */
    bool json;
};

/* ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "flows/health.yaml:12:5: ", without what is not known. */
static void print_place(const struct finding *finding)
{
    if (finding->file.n == 0)
        return;
    fprintf(stderr, "%.*s:", STR_ARG(finding->file));
    if (finding->at.line > 0)
        fprintf(stderr, "%u:%u:", finding->at.line, finding->at.column);
    fputc(' ', stderr);
}

static void print_finding(const struct finding *finding)
{
    fputs("gilbot: ", stderr);
    print_place(finding);
    fprintf(stderr, "%s%.*s\n", finding->severity == SEVERITY_WARNING ? "warning: " : "", STR_ARG(finding->message));
    if (finding->example.n > 0)
        fprintf(stderr, "        for example: %.*s\n", STR_ARG(finding->example));
}

static void add_json(struct buf *out, const struct finding *finding)
{
    json_add_comma(out);
    buf_add(out, STR("\n  {"));
    json_add_member(out, "severity", str_of(severity_name(finding->severity)));
    json_add_member(out, "code", str_of(finding->code));
    json_add_member(out, "file", finding->file);
    json_add_member_i64(out, "line", finding->at.line);
    json_add_member_i64(out, "column", finding->at.column);
    json_add_member(out, "message", finding->message);
    json_add_member(out, "example", finding->example);
    buf_add_char(out, '}');
}

static int print_json(struct check *check)
{
    struct buf out;
    buf_init(&out, &check->arena, MOST_JSON_BYTES);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < check->findings.n; i++)
        add_json(&out, &check->findings.items[i]);
    buf_add(&out, check->findings.n == 0 ? STR("]\n") : STR("\n]\n"));
    if (buf_failed(&out) || fwrite(out.p, 1, out.n, stdout) != out.n)
        return EXIT_FAILED;
    return findings_have_error(&check->findings) ? EXIT_FAULTS : 0;
}

/* ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_figures(struct check *check, size_t i)
{
    const struct check_figures *figures = &check->figures[i];
    struct str name = check->flows.items[i]->name;
    struct buf paths;
    if (survey_definition(check->flows.items[i]) == NULL)
        return;
    buf_init(&paths, &check->arena, 128);
    decimal_add_to(&paths, figures->paths);
    bool one = str_eq(buf_str(&paths), STR("1"));
    printf("%.*s: %.*s path%s; ", STR_ARG(name), STR_ARG(buf_str(&paths)), one ? "" : "s");
    if (figures->longest_questions == 0)
        printf("it asks nothing\n");
    else
        printf("the longest asks %zu question%s and takes about %lld s to answer\n", figures->longest_questions,
               plural(figures->longest_questions), (long long)(figures->longest_ms / 1000));
}

static void print_sum(const struct check *check)
{
    size_t errors = 0, n = check->findings.n;
    for (size_t i = 0; i < n; i++)
        errors += check->findings.items[i].severity == SEVERITY_ERROR;
    if (n == 0 && check->files.n > 0)
        printf("no faults in %zu flow%s\n", check->flows.n, plural(check->flows.n));
    else if (n == 0)
        printf("no faults in %.*s and %zu flow%s\n", STR_ARG(check->settings->file), check->flows.n,
               plural(check->flows.n));
    else
        printf("%zu error%s, %zu warning%s\n", errors, plural(errors), n - errors, plural(n - errors));
}

static int print_text(struct check *check)
{
    fflush(stdout);
    for (size_t i = 0; i < check->findings.n; i++)
        print_finding(&check->findings.items[i]);
    for (size_t i = 0; check->figures != NULL && i < check->flows.n; i++)
        print_figures(check, i);
    print_sum(check);
    return findings_have_error(&check->findings) ? EXIT_FAULTS : 0;
}

/* ── the check ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A fault in a file is a finding; anything else ends the command. */
static enum err settle(struct check *check, enum err rc, const struct error *error)
{
    if (rc != ERR_INVALID && rc != ERR_NOT_FOUND)
        return rc;
    findings_add_failure(&check->findings, (struct str){error->text, error->n});
    return OK;
}

/* Some flows could not be loaded: the others are looked at by themselves, for what routes name may be among the lost. */
static enum err look_at_loaded(struct check *check, struct error *error)
{
    static const struct settings none;
    const struct settings *settings = check->files.n > 0 ? &none : check->settings;
    if (audit_flows(settings, &check->flows, &check->findings, check->figures) != OK)
        return fail(error, ERR_NO_MEMORY, "the flows are too large to be checked here");
    return OK;
}

/* Nobody says where these flows run, nor which others there are. */
static enum err look_at_files(struct check *check, struct error *error)
{
    enum err rc = survey_load_all_checked(check->files, &check->findings, &check->flows, error);
    if (rc == OK && check->findings.n == 0) {
        rc = trials_check(check->files, &check->flows, &check->findings, error);
        check->figures = arena_alloc_array(&check->arena, check->flows.n, sizeof *check->figures);
    }
    return rc == OK ? look_at_loaded(check, error) : settle(check, rc, error);
}

static enum err look(struct check *check, const struct command_line *line, struct error *error)
{
    if (check->files.n > 0)
        return look_at_files(check, error);
    enum err rc = config_load(line, &check->arena, &check->settings, error);
    if (rc != OK)
        return settle(check, rc, error);
    rc = survey_load_all_checked(check->settings->flows, &check->findings, &check->flows, error);
    if (rc != OK)
        return settle(check, rc, error);
    if (check->findings.n > 0)
        return look_at_loaded(check, error);
    rc = trials_check(check->settings->flows, &check->flows, &check->findings, error);
    if (rc != OK)
        return settle(check, rc, error);
    struct check_figures *figures = arena_alloc_array(&check->arena, check->flows.n, sizeof *figures);
    if (figures == NULL || audit(check->settings, &check->flows, &check->findings, figures) != OK)
        return fail(error, ERR_NO_MEMORY, "the flows are too large to be checked here");
    check->figures = figures;
    return OK;
}

static bool read_words(const struct command_line *line, struct check *check)
{
    struct str *files = arena_alloc_array(&check->arena, (size_t)line->argc, sizeof *files);
    for (int i = 1; i < line->argc && files != NULL; i++) {
        if (strcmp(line->argv[i], "--json") == 0) {
            check->json = true;
        } else if (line->argv[i][0] != '-') {
            files[check->files.n++] = str_of(line->argv[i]);
        } else {
            fprintf(stderr, "gilbot: check does not know %s; `gilbot check --help`\n", line->argv[i]);
            return false;
        }
    }
    check->files.items = files;
    return files != NULL;
}

static int report(struct check *check)
{
    if (check->json)
        return print_json(check);
    if (check->settings != NULL || check->files.n > 0)
        return print_text(check);
    print_finding(&check->findings.items[0]);
    return EXIT_FAULTS;
}

static int run(const struct command_line *line)
{
    struct check check = {0};
    struct error error = {0};
    arena_init(&check.arena, MEMORY_BYTES);
    check.findings.arena = &check.arena;
    int status = EXIT_FAULTS;
    if (read_words(line, &check))
        status = look(&check, line, &error) == OK ? report(&check) : config_failed(&error);
    survey_release_all(&check.flows);
    settings_release(check.settings);
    arena_release(&check.arena);
    return status;
}

const struct command command_check = {
    .name = "check",
    .usage = "[FILE…] [--json]",
    .summary = "looks through the configuration, the flows and their tables",
    .help =
        "Finds all at once, with file, line and column: unknown keys and names, steps that cannot be reached, circles\n"
        "without a question, types that cannot fit, conditions that no answer changes, variables read before they are\n"
        "set, products that are never recommended, texts without a translation, options and texts over a platform's\n"
        "limits, routes to flows that do not exist, and decision tables that overlap or have holes, with answers that\n"
        "lead there.  Then it says how many paths each flow has, and how long the longest takes to answer.\n\n"
        "  FILE…    only these flows, or the flows in these folders, without any gilbot.yaml\n"
        "  --json   prints the findings as a JSON array of {severity, code, file, line, column, message, example}\n\n"
        "Exit status: 0 no errors (there may be warnings), 2 errors, 1 it could not be done.\n",
    .run = run,
};
