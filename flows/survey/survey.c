#include "flows/survey/survey.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/regex.h"
#include "bot/base/yaml.h"
#include "flows/survey/definition.h"
#include "flows/survey/engine.h"
#include "flows/survey/files.h"
#include "flows/survey/load.h"

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

enum err survey_load_text(struct str file, struct str text, struct flow **ret_flow, struct error *error)
{
    struct error unheard = {0};
    error = error == NULL ? &unheard : error;
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
    };
    if (loader.file.p == NULL || loader.text.n != text.n)
        return fail(error, ERR_NO_MEMORY, "%.*s: no memory", STR_ARG(file));
    enum err rc = load_flow(&loader);
    survey->patterns = loader.patterns;
    if (rc != OK)
        return rc;
    const struct definition *def = &survey->definition;
    survey->flow = (struct flow){
        .name = def->id,
        .version = def->version,
        .lane = LANE_QUICK,
        .waits = asks(def),
        .wants_profile = maps_profile(def),
        .step = step,
        .free = survey_free,
    };
    *ret_flow = &survey->flow;
    survey = NULL;
    return OK;
}

enum err survey_load(const char *path, struct flow **ret_flow, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, LIST_MAX_BYTES);
    struct str text;
    enum err rc = files_read(&arena, path, &text, error);
    return rc == OK ? survey_load_text(str_of(path), text, ret_flow, error) : rc;
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

static MUST_USE enum err add_flow(struct flows *flows, const char *path, struct error *error)
{
    struct flow *flow = NULL;
    enum err rc = survey_load(path, &flow, error);
    if (rc != OK || flow == NULL)
        return rc;
    const struct flow *same = flows_find(flows, flow->name);
    if (same != NULL) {
        rc = fail(error, ERR_INVALID, "%s:1:1: the flow `%.*s` is in %.*s too; rename one, or take one away", path,
                  STR_ARG(flow->name), STR_ARG(survey_definition(same)->file));
        flow->free(flow);
        return rc;
    }
    flows->items[flows->n++] = flow;
    return OK;
}

static MUST_USE enum err add_flows(struct flows *flows, struct strs files, const bool *named, struct error *error)
{
    for (size_t i = 0; i < files.n; i++) {
        bool flow = true;
        enum err rc = named[i] ? OK : is_flow(files.items[i].p, &flow, error);
        if (rc == OK && flow)
            rc = add_flow(flows, files.items[i].p, error);
        if (rc != OK)
            return rc;
    }
    return OK;
}

enum err survey_load_all(struct strs paths, struct flows *ret_flows, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, LIST_MAX_BYTES);
    struct strs files;
    const bool *named;
    enum err rc = files_list(&arena, paths, &files, &named, error);
    if (rc != OK)
        return rc;
    struct flows flows = {.items = calloc(files.n + 1, sizeof(void *))};
    if (flows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the flows");
    rc = add_flows(&flows, files, named, error);
    if (rc == OK)
        *ret_flows = flows;
    else
        survey_release_all(&flows);
    return rc;
}
