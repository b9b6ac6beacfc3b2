#include "flows/survey/survey.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/regex.h"
#include "bot/base/yaml.h"
#include "flows/survey/check.h"
#include "flows/survey/definition.h"
#include "flows/survey/engine.h"
#include "flows/survey/files.h"
#include "flows/survey/load.h"
#include "flows/survey/sheet.h"

#include "bot/base/banned.h"

enum { FLOW_MAX_BYTES = 128 * 1024 * 1024, LIST_MAX_BYTES = 32 * 1024 * 1024 };

struct survey {
    struct flow flow;
    struct arena arena;
    struct definition definition;
    struct load_pattern *patterns;
};

static void survey_free(struct flow *flow)
{
    if (flow == NULL)
        return;
    struct survey *survey = CONTAINER_OF(flow, struct survey, flow);
    for (struct load_pattern *pattern = survey->patterns; pattern != NULL; pattern = pattern->next)
        regex_free(pattern->regex);
    arena_release(&survey->arena);
    free(survey);
}

static void survey_freep(struct survey **survey)
{
    if (*survey != NULL)
        survey_free(&(*survey)->flow);
}

const struct definition *survey_definition(const struct flow *flow)
{
    if (flow->free != survey_free)
        return NULL;
    return &CONTAINER_OF(flow, const struct survey, flow)->definition;
}

static enum err step(const struct flow *flow, struct flow_ctx *ctx, const struct event *event, struct session *session,
                     struct turn *ret_turn)
{
    return engine_step(survey_definition(flow), ctx, event, session, ret_turn);
}

static enum err check_sheet(const struct flow *flow, struct flow_ctx *ctx, const struct sheet_filled *filled,
                            struct sheet_faults *ret_faults)
{
    return sheet_check(survey_definition(flow), ctx, filled, ret_faults);
}

static bool asks(const struct definition *def)
{
    for (size_t i = 0; i < def->n_steps; i++)
        if (def->steps[i].kind == STEP_ASK)
            return true;
    return false;
}

static bool maps_profile(const struct definition *def)
{
    for (size_t i = 0; i < def->n_variables; i++)
        if (def->variables[i].profile.n > 0)
            return true;
    return false;
}

/* Who hears of faults: `findings` of all, `error` of the first; and what stands in for other files on the disk. */
struct listener {
    struct findings *findings; /* or NULL */
    struct error *error;
    const struct source_file *given; /* or NULL */
    size_t n_given;
};

static void tell(const struct listener *listener, const struct loader *loader)
{
    if (listener->findings == NULL)
        return;
    size_t from = listener->findings->n;
    for (size_t i = 0; i < loader->faults.n; i++)
        findings_add_failure(listener->findings, loader->faults.items[i]);
    findings_sort(listener->findings, from);
    if (loader->faults.n == LOAD_MAX_FAULTS)
        findings_add(listener->findings, &(struct finding){.severity = SEVERITY_ERROR,
                                                           .code = "load",
                                                           .file = listener->findings->items[from].file,
                                                           .message = STR("there may be more; mend these first")});
}

static MUST_USE enum err load_bytes(struct str file, struct str text, const struct listener *listener,
                                    struct flow **ret_flow)
{
    struct error *error = listener->error;
    CLEANUP(survey_freep) struct survey *survey = calloc(1, sizeof *survey);
    if (survey == NULL)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory", STR_ARG(file));
    arena_init(&survey->arena, FLOW_MAX_BYTES);
    struct loader loader = {
        .arena = &survey->arena,
        .error = error,
        .file = arena_copy(&survey->arena, file),
        .text = arena_copy(&survey->arena, text),
        .definition = &survey->definition,
        .given = listener->given,
        .n_given = listener->n_given,
    };
    if (loader.file.p == NULL || loader.text.n != text.n)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory", STR_ARG(file));
    enum err rc = load_flow(&loader);
    survey->patterns = loader.patterns;
    if (rc != OK) {
        tell(listener, &loader);
        return rc;
    }
    const struct definition *def = &survey->definition;
    survey->flow = (struct flow){
        .name = def->id,
        .version = def->version,
        .lane = LANE_QUICK,
        .waits = asks(def),
        .wants_profile = maps_profile(def),
        .recalls = def->recalls,
        .step = step,
        .check_sheet = check_sheet,
        .free = survey_free,
    };
    *ret_flow = &survey->flow;
    survey = NULL;
    return OK;
}

enum err survey_load_text(struct str file, struct str text, struct flow **ret_flow, struct error *error)
{
    struct error unheard = {0};
    return load_bytes(file, text, &(struct listener){.error = error == NULL ? &unheard : error}, ret_flow);
}

enum err survey_load_sources(const struct source_file *sources, size_t n, struct flow **ret_flow, struct error *error)
{
    struct error unheard = {0};
    struct listener listener = {.error = error == NULL ? &unheard : error, .given = sources, .n_given = n};
    return load_bytes(sources[0].path, sources[0].bytes, &listener, ret_flow);
}

enum err survey_load_text_checked(struct str file, struct str text, struct findings *findings, struct flow **ret_flow,
                                  struct error *error)
{
    struct error unheard = {0};
    struct listener listener = {.findings = findings, .error = error == NULL ? &unheard : error};
    size_t before = findings->n;
    enum err rc = load_bytes(file, text, &listener, ret_flow);
    if (rc == ERR_INVALID && findings->n == before)
        findings_add_failure(findings, (struct str){listener.error->text, listener.error->n});
    return rc;
}

static MUST_USE enum err load_file(const char *path, const struct listener *listener, struct flow **ret_flow)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, LIST_MAX_BYTES);
    struct str text;
    enum err rc = files_read(&arena, path, &text, listener->error);
    return rc == OK ? load_bytes(str_of(path), text, listener, ret_flow) : rc;
}

enum err survey_load(const char *path, struct flow **ret_flow, struct error *error)
{
    struct error unheard = {0};
    return load_file(path, &(struct listener){.error = error == NULL ? &unheard : error}, ret_flow);
}

/* ── many ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

void survey_release_all(struct flows *flows)
{
    for (size_t i = 0; i < flows->n; i++)
        flows->items[i]->free(flows->items[i]);
    free(flows->items);
    *flows = (struct flows){0};
}

/* Whether a file of a folder is meant to be a flow, and not a catalog or something else. */
static MUST_USE enum err is_flow(const char *path, bool *ret_is_flow, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, FLOW_MAX_BYTES);
    struct yaml_node *root;
    enum err rc = yaml_read_file(&arena, path, &root, error);
    if (rc == OK)
        *ret_is_flow = root->kind == YAML_MAP && yaml_get(root, STR("flow")) != NULL;
    return rc;
}

static MUST_USE enum err add_flow(struct flows *flows, const char *path, const struct listener *listener)
{
    struct flow *flow = NULL;
    enum err rc = load_file(path, listener, &flow);
    if (rc != OK || flow == NULL)
        return rc;
    const struct flow *same = flows_find(flows, flow->name);
    if (same != NULL) {
        rc = fail(listener->error, ERR_INVALID, "%s:1:1: the flow `%.*s` is in %.*s too; rename one, or take one away",
                  path, STR_ARG(flow->name), STR_ARG(survey_definition(same)->file));
        flow->free(flow);
        return rc;
    }
    flows->items[flows->n++] = flow;
    return OK;
}

static MUST_USE enum err look_at(struct flows *flows, const char *path, bool named, const struct listener *listener)
{
    bool flow = true;
    enum err rc = named ? OK : is_flow(path, &flow, listener->error);
    return rc == OK && flow ? add_flow(flows, path, listener) : rc;
}

/* Goes on after a fault when somebody wants to hear all of them. */
static MUST_USE enum err add_flows(struct flows *flows, struct strs files, const bool *named,
                                   const struct listener *listener)
{
    for (size_t i = 0; i < files.n; i++) {
        size_t before = listener->findings == NULL ? 0 : listener->findings->n;
        enum err rc = look_at(flows, files.items[i].p, named[i], listener);
        bool fault = rc == ERR_INVALID || rc == ERR_NOT_FOUND;
        if (rc != OK && (!fault || listener->findings == NULL))
            return rc;
        if (fault && listener->findings->n == before)
            findings_add_failure(listener->findings, (struct str){listener->error->text, listener->error->n});
    }
    return OK;
}

static MUST_USE enum err load_all(struct strs paths, const struct listener *listener, struct flows *ret_flows)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, LIST_MAX_BYTES);
    struct strs files;
    const bool *named;
    enum err rc = files_list(&arena, paths, &files, &named, listener->error);
    if (rc != OK)
        return rc;
    struct flows flows = {.items = calloc(files.n + 1, sizeof(void *))};
    if (flows.items == NULL)
        return fail(listener->error, ERR_NO_MEMORY, "no memory for the flows");
    rc = add_flows(&flows, files, named, listener);
    if (rc == OK)
        *ret_flows = flows;
    else
        survey_release_all(&flows);
    return rc;
}

enum err survey_load_all(struct strs paths, struct flows *ret_flows, struct error *error)
{
    struct error unheard = {0};
    return load_all(paths, &(struct listener){.error = error == NULL ? &unheard : error}, ret_flows);
}

enum err survey_load_all_checked(struct strs paths, struct findings *findings, struct flows *ret_flows,
                                 struct error *error)
{
    struct error unheard = {0};
    return load_all(paths, &(struct listener){.findings = findings, .error = error == NULL ? &unheard : error},
                    ret_flows);
}
