#include "bot/cli/flow_set.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "bot/cli/answers.h"
#include "bot/cli/audit.h"
#include "flows/answer/flow.h"
#include "flows/example_files.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"
#include "store/flow_versions.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { AUDIT_BYTES = 64 * 1024 * 1024 };

static bool is_flow_file(struct str name, struct str text)
{
    return str_ends(name, STR(".yaml")) &&
           (str_starts(text, STR("flow:")) || str_find(text, STR("\nflow:")) != SIZE_MAX);
}

static enum err load_examples(struct flows *ret_flows, struct error *error)
{
    size_t n = 0;
    while (example_files[n].name != NULL)
        n++;
    struct flows flows = {.items = calloc(n + 1, sizeof(struct flow *))};
    if (flows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    enum err rc = OK;
    for (size_t i = 0; i < n && rc == OK; i++) {
        struct str name = str_of(example_files[i].name), text = {example_files[i].bytes, example_files[i].n};
        if (!is_flow_file(name, text))
            continue;
        rc = survey_load_text(name, text, &flows.items[flows.n], error);
        flows.n += rc == OK;
    }
    if (rc != OK) {
        survey_release_all(&flows);
        return during(error, "loading the examples");
    }
    *ret_flows = flows;
    return OK;
}

/* The first error of the checks that `gilbot check` makes: a flow with one must not run. */
static enum err refuse_faults(const struct settings *settings, const struct flows *flows, struct error *error)
{
    struct arena arena;
    arena_init(&arena, AUDIT_BYTES);
    struct findings findings = {.arena = &arena};
    enum err rc = OK;
    if (audit(settings, flows, &findings, NULL) != OK)
        rc = fail(error, ERR_NO_MEMORY, "out of memory while checking the flows");
    for (size_t i = 0; rc == OK && i < findings.n; i++) {
        const struct finding *finding = &findings.items[i];
        if (finding->severity == SEVERITY_ERROR)
            rc = fail(error, ERR_INVALID, "%.*s:%u:%u: %.*s", STR_ARG(finding->file), finding->at.line,
                      finding->at.column, STR_ARG(finding->message));
    }
    arena_release(&arena);
    return rc;
}

/* ── lists of flows ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A copy with room for `more`; NULL: out of memory. */
static struct flow **copy_list(struct flow *const *items, size_t n, size_t more)
{
    struct flow **copy = calloc(n + more + 1, sizeof(struct flow *));
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        copy[i] = items[i];
    return copy;
}

static bool own(struct flow_set *set, struct flow *flow)
{
    struct flow **owned = copy_list(set->owned, set->n_owned, 1);
    if (owned == NULL)
        return false;
    owned[set->n_owned++] = flow;
    free(set->owned);
    set->owned = owned;
    return true;
}

static bool add_older(struct flow_set *set, struct flow *flow)
{
    struct flow **older = copy_list(set->flows.older, set->flows.n_older, 1);
    if (older == NULL)
        return false;
    older[set->flows.n_older++] = flow;
    free((void *)set->flows.older);
    set->flows.older = older;
    return true;
}

static bool is_wanted(const struct settings *settings, struct str flow)
{
    for (size_t i = 0; i < settings->n_routes; i++)
        if (str_eq(settings->routes[i].flow, flow))
            return true;
    return settings->has_answers;
}

/* The flow that answers questions stands among the operator's own when a route or a setting speaks of it, unless one of
 * those has its name. */
static MUST_USE enum err add_answers(const struct settings *settings, bool demo, struct flows *flows,
                                     struct error *error)
{
    if (flows_find(flows, answer_flow_name()) != NULL || !(demo || is_wanted(settings, answer_flow_name())))
        return OK;
    struct flow **items = copy_list(flows->items, flows->n, 1);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    free(flows->items);
    flows->items = items;
    enum err rc = answers_flow(settings, demo, &items[flows->n], error);
    if (rc != OK)
        return rc;
    if (demo || settings->has_answers)
        flows->aside = answer_flow_aside(items[flows->n]);
    flows->n++;
    return OK;
}

/* ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err flow_set_load(const struct settings *settings, bool demo, struct flow_set **ret_set, struct error *error)
{
    struct flow_set *set = calloc(1, sizeof *set);
    if (set == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    enum err rc = demo ? load_examples(&set->flows, error) : survey_load_all(settings->flows, &set->flows, error);
    if (rc == OK && add_answers(settings, demo, &set->flows, error) != OK) {
        survey_release_all(&set->flows);
        rc = error->code;
    }
    if (rc == OK) {
        set->owned = copy_list(set->flows.items, set->flows.n, 0);
        if (set->owned == NULL) {
            survey_release_all(&set->flows);
            rc = fail(error, ERR_NO_MEMORY, "out of memory");
        } else {
            set->n_owned = set->flows.n;
            rc = refuse_faults(settings, &set->flows, error);
        }
    }
    if (rc != OK) {
        flow_set_free(set);
        return rc;
    }
    *ret_set = set;
    return OK;
}

/* ── a reload ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct flow *same_in(const struct flows *flows, const struct flow *flow)
{
    for (size_t i = 0; i < flows->n + flows->n_older; i++) {
        struct flow *other = i < flows->n ? flows->items[i] : flows->older[i - flows->n];
        if (str_eq(other->name, flow->name) && str_eq(other->version, flow->version))
            return other;
    }
    return NULL;
}

static void disown(struct flow_set *set, struct flow *flow)
{
    for (size_t i = 0; i < set->n_owned; i++)
        if (set->owned[i] == flow) {
            set->owned[i] = set->owned[--set->n_owned];
            flow->free(flow);
            return;
        }
}

enum err flow_set_follow(struct flow_set *set, struct flow_set *before, bool *ret_changed, struct error *error)
{
    const struct flows *had = &before->flows;
    bool changed = set->flows.n != had->n;
    for (size_t i = 0; i < set->flows.n; i++) {
        struct flow *fresh = set->flows.items[i], *same = same_in(had, fresh);
        const struct flow *present = flows_find(had, fresh->name);
        changed = changed || same == NULL || same != present;
        if (same != NULL) {
            if (set->flows.aside != NULL && set->flows.aside == answer_flow_aside(fresh))
                set->flows.aside = answer_flow_aside(same);
            set->flows.items[i] = same;
            disown(set, fresh);
        }
    }
    for (size_t i = 0; i < had->n + had->n_older; i++) {
        struct flow *other = i < had->n ? had->items[i] : had->older[i - had->n];
        if (same_in(&set->flows, other) == NULL && !add_older(set, other))
            return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    if (changed)
        set->before = before;
    *ret_changed = changed;
    return OK;
}

/* ── the store ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct keeping {
    const struct flows *flows;
    int64_t now_ms;
};

static enum err keep_one(struct db *db, const struct flow *flow, int64_t now_ms, struct error *error)
{
    const struct definition *definition = survey_definition(flow);
    if (definition == NULL)
        return OK;
    struct flow_file *files = calloc(definition->n_sources + 1, sizeof *files);
    if (files == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < definition->n_sources; i++)
        files[i] = (struct flow_file){definition->sources[i].path, definition->sources[i].bytes};
    struct flow_version version = {flow->name, flow->version, {files, definition->n_sources}};
    enum err rc = flow_version_keep(db, &version, now_ms, error);
    free(files);
    return rc;
}

static enum err keep_all(struct db *db, void *arg, struct error *error)
{
    const struct keeping *keeping = arg;
    enum err rc = OK;
    for (size_t i = 0; i < keeping->flows->n && rc == OK; i++)
        rc = keep_one(db, keeping->flows->items[i], keeping->now_ms, error);
    return rc;
}

enum err flow_set_keep(const struct flow_set *set, struct store *store, struct clock clock, struct error *error)
{
    struct keeping keeping = {&set->flows, clock_now_ms(clock)};
    return store_write_wait(store, keep_all, &keeping, error);
}

enum err flow_recall(struct db *db, struct str name, struct str version, struct flow **ret_flow, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, AUDIT_BYTES);
    struct flow_files files = {0};
    if (flow_version_files(db, name, version, &arena, &files, error) != OK)
        return error->code;
    struct source_file *sources = arena_alloc_array(&arena, files.n, sizeof *sources);
    if (sources == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < files.n; i++)
        sources[i] = (struct source_file){files.items[i].path, files.items[i].bytes};
    return survey_load_sources(sources, files.n, ret_flow, error);
}

/* ERR_NO_MEMORY; all else is logged. */
static enum err recall_one(struct flow_set *set, struct db *db, const struct flow_version_waited *waited,
                           struct error *error)
{
    struct flow *flow = NULL;
    enum err rc = flow_recall(db, waited->flow, waited->version, &flow, error);
    if (rc == ERR_NO_MEMORY)
        return rc;
    if (rc != OK || flow == NULL) {
        LOG_WARNING("flow.not_recalled", F_STR("flow", waited->flow), F_STR("version", waited->version),
                    F_I64("sessions", waited->sessions), F_CSTR("why", error->text));
        return OK;
    }
    if (!own(set, flow)) {
        flow->free(flow);
        return fail(error, ERR_NO_MEMORY, "out of memory");
    }
    return add_older(set, flow) ? OK : fail(error, ERR_NO_MEMORY, "out of memory");
}

/* A flow that was not loaded from files has one version only: its sessions always go on with the present one. */
static bool is_built_in(const struct flows *flows, struct str name)
{
    const struct flow *flow = flows_find(flows, name);
    return flow != NULL && survey_definition(flow) == NULL;
}

enum err flow_set_recall(struct flow_set *set, struct store *store, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, AUDIT_BYTES);
    struct db *db = NULL;
    struct flow_versions waited = {0};
    if (store_reader_open(store, &db, error) != OK)
        return error->code;
    enum err rc = flow_versions_waited_for(db, &arena, &waited, error);
    for (size_t i = 0; i < waited.n && rc == OK; i++)
        if (!is_built_in(&set->flows, waited.items[i].flow) &&
            flows_find_version(&set->flows, waited.items[i].flow, waited.items[i].version) == NULL)
            rc = recall_one(set, db, &waited.items[i], error);
    store_reader_close(db);
    return rc;
}

void flow_set_connect(struct flow_set *set, const struct answer_means *means)
{
    for (size_t i = 0; i < set->flows.n; i++)
        if (answer_flow_answerer(set->flows.items[i]) != NULL)
            answer_flow_connect(set->flows.items[i], means);
}

void flow_set_free(struct flow_set *set)
{
    while (set != NULL) {
        struct flow_set *before = set->before;
        for (size_t i = 0; i < set->n_owned; i++)
            set->owned[i]->free(set->owned[i]);
        free(set->owned);
        free(set->flows.items);
        free((void *)set->flows.older);
        free(set);
        set = before;
    }
}
