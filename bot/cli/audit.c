#include "bot/cli/audit.h"

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/base/yaml.h"
#include "flows/answer/flow.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

enum { MOST_SUGGESTED = 64 };

/* Adds an error whose message is made in the arena; {NULL, 0} is a full arena. */
static void add(struct findings *findings, const char *code, struct str file, struct place at, struct str message)
{
    findings->failed = findings->failed || message.p == NULL;
    findings_add(findings, &(struct finding){
                               .severity = SEVERITY_ERROR, .code = code, .file = file, .at = at, .message = message});
}

/* ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str closest_flow(const struct flows *flows, struct str name, struct arena *arena)
{
    const char *known[MOST_SUGGESTED];
    size_t n = 0;
    for (size_t i = 0; i < flows->n && n < COUNT_OF(known); i++)
        known[n++] = arena_copy(arena, flows->items[i]->name).p;
    return yaml_suggest(name, known, n);
}

static void audit_routes(const struct settings *settings, const struct flows *flows, struct findings *findings)
{
    for (size_t i = 0; i < settings->n_routes; i++) {
        const struct settings_route *route = &settings->routes[i];
        if (flows_find(flows, route->flow) != NULL || str_eq(route->flow, answer_flow_name()))
            continue;
        struct str meant = closest_flow(flows, route->flow, findings->arena);
        bool has_meant = meant.n > 0;
        add(findings, "unknown_flow", settings->file, (struct place){route->flow_line, route->flow_column},
            arena_format(findings->arena, "no flow is called `%.*s`; %s%.*s%s", STR_ARG(route->flow),
                         has_meant ? "did you mean `" : "look at the files that `flows:` names", STR_ARG(meant),
                         has_meant ? "`?" : ""));
    }
}

/* The platforms whose routes lead to the flow; none: it may be meant for any. */
static unsigned platforms_of(const struct settings *settings, struct str flow)
{
    unsigned platforms = 0;
    for (size_t i = 0; i < settings->n_routes; i++) {
        const struct settings_route *route = &settings->routes[i];
        if (!str_eq(route->flow, flow))
            continue;
        if (str_eq(route->platform, STR("slack")))
            platforms |= CHECK_SLACK;
        else if (str_eq(route->platform, STR("channel_talk")))
            platforms |= CHECK_CHANNEL_TALK;
        else
            platforms |= CHECK_WEB;
    }
    return platforms;
}

/* ── people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_person(const struct settings_people *people, struct str name)
{
    for (size_t i = 0; i < people->n; i++)
        if (str_eq(people->items[i].name, name))
            return true;
    return false;
}

/* Whom a hand-over goes to, as written somewhere. */
struct recipient {
    struct str to, file;
    struct place at;
};

static void audit_recipient(const struct settings *settings, unsigned platforms, const struct recipient *recipient,
                            struct findings *findings)
{
    struct str to = recipient->to;
    bool slack = (platforms & CHECK_SLACK) != 0 && settings->has_slack && settings->slack.staff_channel.n == 0 &&
                 !has_person(&settings->slack.people, to);
    bool talk = (platforms & CHECK_CHANNEL_TALK) != 0 && settings->has_channel_talk &&
                !has_person(&settings->channel_talk.people, to);
    if (slack)
        add(findings, "unknown_people", recipient->file, recipient->at,
            arena_format(
                findings->arena,
                "nobody is called `%.*s` in `slack.people`; add {channel: …} there, or set `slack.staff_channel`",
                STR_ARG(to)));
    if (talk)
        add(findings, "unknown_people", recipient->file, recipient->at,
            arena_format(findings->arena, "nobody is called `%.*s` in `channel_talk.people`; add {managers: […]} there",
                         STR_ARG(to)));
}

static void audit_hand_over(const struct settings *settings, const struct definition *flow, const struct step *step,
                            struct findings *findings)
{
    struct recipient recipient = {step->hand_over.to, flow->file, step->hand_over.to_at};
    audit_recipient(settings, platforms_of(settings, flow->id), &recipient, findings);
}

static void audit_people(const struct settings *settings, const struct definition *flow, struct findings *findings)
{
    for (size_t i = 0; i < flow->n_steps; i++)
        if (flow->steps[i].kind == STEP_HAND_OVER)
            audit_hand_over(settings, flow, &flow->steps[i], findings);
}

/* ── answers of other flows ────────────────────────────────────────────────────────────────────────────────────── */

static bool has_variable(const struct definition *flow, struct str name)
{
    for (size_t i = 0; i < flow->n_variables; i++)
        if (str_eq(flow->variables[i].name, name))
            return true;
    return false;
}

static void audit_recalls(const struct flows *flows, const struct definition *flow, struct findings *findings)
{
    for (size_t i = 0; i < flow->n_variables; i++) {
        const struct recall *recall = &flow->variables[i].recall;
        if (recall->flow.n == 0)
            continue;
        const struct flow *other = flows_find(flows, recall->flow);
        const struct definition *asked = other == NULL ? NULL : survey_definition(other);
        if (other == NULL)
            add(findings, "unknown_flow", flow->file, recall->at,
                arena_format(findings->arena, "no flow is called `%.*s`; look at the files that `flows:` names",
                             STR_ARG(recall->flow)));
        else if (asked != NULL && !has_variable(asked, recall->variable))
            add(findings, "unknown_answer", flow->file, recall->at,
                arena_format(findings->arena,
                             "the flow `%.*s` has no answer `%.*s`; write the id of one of its questions",
                             STR_ARG(recall->flow), STR_ARG(recall->variable)));
    }
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err audit(const struct settings *settings, const struct flows *flows, struct findings *findings,
               struct check_figures *ret_figures)
{
    struct recipient person = {.to = settings->answers.hand_over, .file = settings->file};
    audit_routes(settings, flows, findings);
    if (person.to.n > 0)
        audit_recipient(settings, platforms_of(settings, answer_flow_name()), &person, findings);
    for (size_t i = 0; i < flows->n; i++)
        if (survey_definition(flows->items[i]) != NULL)
            audit_recalls(flows, survey_definition(flows->items[i]), findings);
    return audit_flows(settings, flows, findings, ret_figures);
}

enum err audit_flows(const struct settings *settings, const struct flows *flows, struct findings *findings,
                     struct check_figures *ret_figures)
{
    for (size_t i = 0; i < flows->n; i++) {
        const struct definition *flow = survey_definition(flows->items[i]);
        struct check_figures figures = {0};
        if (flow == NULL)
            continue;
        unsigned platforms = platforms_of(settings, flow->id);
        enum err rc = check_definition(flow, platforms == 0 ? CHECK_EVERYWHERE : platforms, findings, &figures);
        if (rc != OK)
            return rc;
        audit_people(settings, flow, findings);
        if (ret_figures != NULL)
            ret_figures[i] = figures;
    }
    return findings->failed ? ERR_NO_MEMORY : OK;
}
