#include "bot/cli/flow_set.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/cli/audit.h"
#include "flows/example_files.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

enum { AUDIT_BYTES = 64 * 1024 * 1024 };

static bool is_flow_file(struct str name, struct str text)
{
    return str_ends(name, STR(".yaml")) &&
           (str_starts(text, STR("flow:")) || str_find(text, STR("\nflow:")) != SIZE_MAX);
}

static enum err load_examples(struct flow_set *set, struct error *error)
{
    size_t n = 0;
    while (example_files[n].name != NULL)
        n++;
    set->embedded = true;
    set->flows.items = calloc(n + 1, sizeof *set->flows.items);
    if (set->flows.items == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct str name = str_of(example_files[i].name), text = {example_files[i].bytes, example_files[i].n};
        if (!is_flow_file(name, text))
            continue;
        if (survey_load_text(name, text, &set->flows.items[set->flows.n], error) != OK)
            return during(error, "loading the examples");
        set->flows.n++;
    }
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

enum err flow_set_load(const struct settings *settings, bool demo, struct flow_set **ret_set, struct error *error)
{
    struct flow_set *set = calloc(1, sizeof *set);
    if (set == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    enum err rc = demo ? load_examples(set, error) : survey_load_all(settings->flows, &set->flows, error);
    if (rc == OK)
        rc = refuse_faults(settings, &set->flows, error);
    if (rc != OK) {
        flow_set_free(set);
        return rc;
    }
    *ret_set = set;
    return OK;
}

void flow_set_free(struct flow_set *set)
{
    while (set != NULL) {
        struct flow_set *older = set->older;
        if (set->embedded) {
            for (size_t i = 0; i < set->flows.n; i++)
                set->flows.items[i]->free(set->flows.items[i]);
            free(set->flows.items);
        } else {
            survey_release_all(&set->flows);
        }
        free(set);
        set = older;
    }
}
