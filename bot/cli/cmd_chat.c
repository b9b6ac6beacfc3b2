/* gilbot chat — a flow in the terminal: the same engine as in production, nothing is stored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/answers.h"
#include "bot/cli/chat_output.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/flow_set.h"
#include "flows/flow.h"
#include "flows/survey/definition.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

enum {
    TURN_BYTES = 64 * 1024 * 1024,
    SESSION_BYTES = 256 * 1024 * 1024,
    SETTINGS_BYTES = 16 * 1024 * 1024,
    MOST_VARIANTS = 20
};

struct request {
    const char *flow, *user, *locale, *script, *profile, *file;
    struct flow_variant variants[MOST_VARIANTS];
    size_t n_variants;
    bool json;
};

struct chat {
    const struct flow *flow;
    const struct flow_aside *aside; /* who answers what fits no question; NULL: nobody */
    struct db *db;                  /* the documents; NULL: there are none             */
    const struct request *request;
    struct session session;
    struct arena kept; /* what the session remembers: each turn's data until the end */
    struct str locale; /* the service's                                               */
    struct chat_output output;
    FILE *input;
    bool prompts;   /* a person sits at both ends        */
    bool separates; /* `---` between turns               */
};

/* ── words of the command line ─────────────────────────────────────────────────────────────────────────────────── */

/* NAME=VALUE */
static bool take_variant(const char *word, struct request *request)
{
    struct str whole = str_of(word);
    size_t equals = str_find_char(whole, '=');
    if (equals == SIZE_MAX || equals == 0 || request->n_variants == MOST_VARIANTS)
        return false;
    request->variants[request->n_variants++] =
        (struct flow_variant){str_first(whole, equals), str_skip(whole, equals + 1)};
    return true;
}

static bool take_word(const struct command_line *line, int *i, struct request *request)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--flow", &request->flow},     {"--user", &request->user},       {"--locale", &request->locale},
        {"--script", &request->script}, {"--profile", &request->profile},
    };
    if (strcmp(line->argv[*i], "--variant") == 0 && *i + 1 < line->argc)
        return take_variant(line->argv[++*i], request);
    const char *word = line->argv[*i];
    if (strcmp(word, "--json") == 0) {
        request->json = true;
        return true;
    }
    for (size_t k = 0; k < COUNT_OF(options); k++) {
        size_t n = strlen(options[k].name);
        if (strncmp(word, options[k].name, n) != 0)
            continue;
        if (word[n] == '=')
            *options[k].value = word + n + 1;
        else if (word[n] == '\0' && *i + 1 < line->argc)
            *options[k].value = line->argv[++*i];
        else
            continue;
        return true;
    }
    if (word[0] == '-' || request->file != NULL)
        return false;
    request->file = word;
    return true;
}

static bool read_words(const struct command_line *line, struct request *ret_request)
{
    *ret_request = (struct request){.user = "terminal"};
    for (int i = 1; i < line->argc; i++)
        if (!take_word(line, &i, ret_request))
            return false;
    return ret_request->file == NULL || ret_request->flow == NULL;
}

static int bad(const char *what, const char *which)
{
    fprintf(stderr, "gilbot: %s%s%s\n", what, which[0] == '\0' ? "" : ": ", which);
    return 2;
}

/* ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* One turn: `said` NULL begins.  Returns the exit status, 0 to go on. */
static int take_turn(struct chat *chat, const struct str *said)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TURN_BYTES);
    struct error error = {0};
    struct clock clock = clock_system();
    struct flow_ctx ctx = {
        .arena = &arena,
        .clock = clock,
        .error = &error,
        .lane = LANE_SLOW, /* a person waits here, nobody else */
        .locale = chat->locale,
        .utc_offset_min = clock_utc_offset_min(clock_now_ms(clock)),
        .variants = chat->request->variants,
        .n_variants = chat->request->n_variants,
        .aside = chat->aside,
        .db = chat->db,
    };
    struct event event = {
        .platform = STR("terminal"),
        .conversation = STR("terminal"),
        .user = chat->session.user,
        .locale = chat->session.locale,
        .kind = said == NULL ? EVENT_OPENED : EVENT_MESSAGE,
        .text = said == NULL ? STR("") : *said,
    };
    struct turn turn = {0};
    if (said != NULL && text_nfc(&arena, *said, &event.text) != OK)
        return bad("what was said is no UTF-8", "");
    if (chat->flow->step(chat->flow, &ctx, &event, &chat->session, &turn) != OK) {
        fprintf(stderr, "gilbot: %s\n", error.text);
        return 1;
    }
    size_t n = chat->session.data.n;
    chat->session.data = arena_copy(&chat->kept, chat->session.data);
    if (chat->session.data.n != n)
        return bad("the conversation is too long", "");
    for (size_t i = 0; i < turn.n_records; i++)
        if (turn.records[i].kind == RECORD_WARNING)
            fprintf(stderr, "gilbot: warning: step %.*s: %.*s\n", STR_ARG(turn.records[i].step),
                    STR_ARG(turn.records[i].text));
    chat_output_replies(&chat->output, &turn.replies, &arena);
    return 0;
}

static void free_line(char **line)
{
    free(*line);
}

/* Every line that is said, until the flow ends or nothing more comes. */
static int converse(struct chat *chat)
{
    CLEANUP(free_line) char *line = NULL;
    size_t capacity = 0;
    int status = take_turn(chat, NULL);
    while (status == 0 && chat->session.state == SESSION_WAITING) {
        if (chat->prompts) {
            fputs("> ", stdout);
            fflush(stdout);
        }
        ssize_t n = getline(&line, &capacity, chat->input);
        if (n < 0)
            break;
        struct str said = str_trim((struct str){line, (size_t)n});
        bool comment = chat->separates && str_starts(said, STR("#"));
        if (said.n == 0 || comment)
            continue;
        if (chat->separates)
            puts("---");
        status = take_turn(chat, &said);
    }
    if (status == 0 && chat->prompts)
        fprintf(stderr, "(%s)\n", session_state_name(chat->session.state));
    return status;
}

static bool is_object(const char *json)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, TURN_BYTES);
    struct json_value *root = NULL;
    return json_read(&arena, str_of(json), &root, NULL) == OK && root->kind == JSON_OBJECT_;
}

/* What a talk is held with. */
struct partner {
    const struct flow *flow;
    const struct flow_aside *aside;
    struct db *db;
    struct str locale; /* the service's */
};

/* `script`: NULL for standard input. */
static int chat_from(FILE *script, const struct partner *partner, const struct request *request)
{
    const struct flow *flow = partner->flow;
    struct str locale = partner->locale;
    bool terminal = isatty(STDOUT_FILENO) != 0, person = terminal && isatty(STDIN_FILENO) != 0 && script == NULL;
    const char *no_colour = getenv("NO_COLOR");
    struct chat chat = {
        .flow = flow,
        .aside = partner->aside,
        .db = partner->db,
        .request = request,
        .locale = locale,
        .session = {.conversation = STR("terminal"),
                    .platform = STR("terminal"),
                    .user = str_of(request->user),
                    .flow = flow->name,
                    .flow_version = flow->version,
                    .locale = request->locale == NULL ? locale : str_of(request->locale),
                    .profile = str_of(request->profile)},
        .output = {.out = stdout,
                   .json = request->json,
                   .colour = terminal && !request->json && (no_colour == NULL || no_colour[0] == '\0'),
                   .pauses = person && !request->json},
        .input = script == NULL ? stdin : script,
        .prompts = person && !request->json,
        .separates = script != NULL,
    };
    arena_init(&chat.kept, SESSION_BYTES);
    int status = converse(&chat);
    arena_release(&chat.kept);
    return status;
}

static bool has_variant(const struct definition *def, const struct flow_variant *wanted)
{
    for (size_t i = 0; i < def->n_splits; i++)
        for (size_t k = 0; k < def->splits[i].n_arms && str_eq(def->splits[i].name, wanted->name); k++)
            if (str_eq(def->splits[i].arms[k].value, wanted->value))
                return true;
    return false;
}

/* Says which there are when one is wanted that is not. */
static bool has_variants(const struct flow *flow, const struct request *request)
{
    static const struct definition none;
    const struct definition *own = survey_definition(flow), *def = own == NULL ? &none : own;
    size_t i = 0;
    while (i < request->n_variants && has_variant(def, &request->variants[i]))
        i++;
    if (i == request->n_variants)
        return true;
    fprintf(stderr, "gilbot: no variant %.*s=%.*s; the flow has:", STR_ARG(request->variants[i].name),
            STR_ARG(request->variants[i].value));
    for (size_t t = 0; t < def->n_splits; t++)
        for (size_t k = 0; k < def->splits[t].n_arms; k++)
            fprintf(stderr, " %.*s=%.*s", STR_ARG(def->splits[t].name), STR_ARG(def->splits[t].arms[k].value));
    fputs(def->n_splits == 0 ? " none\n" : "\n", stderr);
    return false;
}

static int chat_with(const struct partner *partner, const struct request *request)
{
    if (request->profile != NULL && !is_object(request->profile))
        return bad("--profile: a JSON object is wanted, as '{\"name\": \"은지\"}'", "");
    if (!has_variants(partner->flow, request))
        return 2;
    if (request->script == NULL)
        return chat_from(NULL, partner, request);
    FILE *script = fopen(request->script, "re");
    if (script == NULL)
        return bad("the script cannot be opened", request->script);
    int status = chat_from(script, partner, request);
    (void)fclose(script); /* only read */
    return status;
}

/* ── which flow ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void free_flow(struct flow **flow)
{
    if (*flow != NULL)
        (*flow)->free(*flow);
}

static int chat_with_file(const struct request *request)
{
    CLEANUP(free_flow) struct flow *flow = NULL;
    struct error error = {0};
    if (survey_load(request->file, &flow, &error) != OK)
        return config_failed(&error);
    return chat_with(&(struct partner){.flow = flow, .locale = STR("ko")}, request);
}

/* The flow asked for, else that of the first route for the web, else the only one. */
static const struct flow *pick_flow(const struct settings *settings, const struct flows *flows,
                                    const struct request *request)
{
    if (request->flow != NULL)
        return flows_find(flows, str_of(request->flow));
    for (size_t i = 0; i < settings->n_routes; i++)
        if (str_eq(settings->routes[i].platform, STR("web")))
            return flows_find(flows, settings->routes[i].flow);
    return flows->n == 1 ? flows->items[0] : NULL;
}

static void free_set(struct flow_set **set)
{
    flow_set_free(*set);
}

static void release_settings(struct settings **settings)
{
    settings_release(*settings);
}

static int chat_with_settings(const struct command_line *line, const struct request *request)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SETTINGS_BYTES);
    CLEANUP(release_settings) struct settings *settings = NULL;
    CLEANUP(free_set) struct flow_set *set = NULL;
    struct error error = {0};
    if (config_load(line, &arena, &settings, &error) != OK || flow_set_load(settings, false, &set, &error) != OK)
        return config_failed(&error);
    const struct flow *flow = pick_flow(settings, &set->flows, request);
    if (flow == NULL && request->flow != NULL)
        return bad("no flow is called that; `gilbot check` lists them", request->flow);
    if (flow == NULL)
        return bad("several flows, and no route for `platform: web`; say which with --flow ID", "");
    struct partner partner = {.flow = flow, .aside = set->flows.aside, .locale = settings->locale};
    CLEANUP(answers_close) struct answers answers = {0};
    if (config_set_time_zone(settings, &error) != OK || answers_open(settings, &answers, &error) != OK)
        return config_failed(&error);
    flow_set_connect(set, &(struct answer_means){.search = answers.search});
    partner.db = answers.db;
    return chat_with(&partner, request);
}

static int run_chat(const struct command_line *line)
{
    struct request request;
    if (!read_words(line, &request)) {
        fprintf(stderr, "usage: gilbot %s %s\n", command_chat.name, command_chat.usage);
        return 2;
    }
    return request.file != NULL ? chat_with_file(&request) : chat_with_settings(line, &request);
}

const struct command command_chat = {
    .name = "chat",
    .usage =
        "[--flow ID | FILE] [--user ID] [--locale L] [--profile JSON] [--variant NAME=VALUE] [--script FILE] [--json]",
    .summary = "the same bot in the terminal; nothing is stored",
    .help = "FILE            a flow's file, without any gilbot.yaml\n"
            "--flow ID       a flow of gilbot.yaml; else that of the first route with `platform: web`\n"
            "--user ID       who is speaking\n"
            "--locale L      the person's language, as en or ko-KR\n"
            "--profile JSON  what the platform would know of the person: '{\"name\": \"은지\"}'\n"
            "--variant NAME=VALUE  that one of the flow's `variants`, whoever is speaking; again for others\n"
            "--script FILE   each line is what the user says, # begins a comment; --- between turns on output\n"
            "--json          one object a reply\n"
            "\n"
            "Options are answered by their number or label; \"그만\" or \"stop\" ends the conversation.\n",
    .run = run_chat,
};
