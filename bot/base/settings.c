/* bot/base/settings.c — the table of everything that gilbot.yaml may hold. */
#include "bot/base/settings.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/regex.h"
#include "bot/base/settings_check.h"
#include "bot/base/settings_documents.h"
#include "bot/base/settings_model.h"
#include "bot/base/settings_table.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

#define TABLE(settings_, type_, finish_)                                                                               \
    {                                                                                                                  \
        .settings = (settings_), .n = COUNT_OF(settings_), .bytes = sizeof(type_), .finish = (finish_)                 \
    }

/* clang-format off: one line a setting is easier to read than any wrapping */

/* ── server, log, retention, web ───────────────────────────────────────────────────────────────────────────────── */

#define IN(member_) .offset = offsetof(struct settings_server, member_)
static const struct setting server_settings[] = {
    {.name = "listen",
     .type = SETTING_PARSED,
     IN(listen),
     .parse = settings_check_listen,
     .otherwise = "127.0.0.1:8080",
     .help = "where to listen, for example 127.0.0.1:8080"},
    {.name = "public_url",
     .type = SETTING_PARSED,
     IN(public_url),
     .parse = settings_check_url,
     .help = "how the world reaches this server, for example https://bot.example.com"},
    {.name = "max_body",
     .type = SETTING_BYTES,
     IN(max_body_bytes),
     .otherwise = "1MiB",
     .least = 1024,
     .most = 64 << 20,
     .help = "the largest request that is taken"},
    {.name = "max_connections",
     .type = SETTING_INT,
     IN(max_connections),
     .otherwise = "12000",
     .least = 1,
     .most = 1000000,
     .help = "how many connections may be open at once"},
    {.name = "keepalive",
     .type = SETTING_DURATION,
     IN(keepalive_ms),
     .otherwise = "75s",
     .least = 1000,
     .most = 3600000,
     .help = "how long an idle connection stays open"},
    {.name = "queue_limit",
     .type = SETTING_INT,
     IN(queue_limit),
     .otherwise = "100000",
     .least = 1,
     .most = INT64_MAX,
     .help = "how many events may wait before requests are refused for a while"},
};
static const struct settings_table server_table = TABLE(server_settings, struct settings_server, NULL);
#undef IN

static const struct setting_word log_formats[] = {{"logfmt", LOG_LOGFMT}, {"json", LOG_JSON}, {NULL, 0}};
static const struct setting_word log_levels[] = {
    {"debug", LOG_LEVEL_DEBUG},
    {"info", LOG_LEVEL_INFO},
    {"warning", LOG_LEVEL_WARNING},
    {"error", LOG_LEVEL_ERROR},
    {NULL, 0},
};

#define IN(member_) .offset = offsetof(struct settings_log, member_)
static const struct setting log_settings[] = {
    {.name = "format",
     .type = SETTING_WORD,
     IN(format),
     .words = log_formats,
     .otherwise = "logfmt",
     .help = "how log lines are written"},
    {.name = "level",
     .type = SETTING_WORD,
     IN(level),
     .words = log_levels,
     .otherwise = "info",
     .help = "from which level on log lines are written"},
};
static const struct settings_table log_table = TABLE(log_settings, struct settings_log, NULL);
#undef IN

#define IN(member_) .offset = offsetof(struct settings_retention, member_)
static const struct setting retention_settings[] = {
    {.name = "raw",
     .type = SETTING_DURATION,
     IN(raw_ms),
     .otherwise = "30d",
     .least = 0,
     .most = INT64_MAX,
     .help = "how long the bodies of finished events are kept"},
    {.name = "keys",
     .type = SETTING_DURATION,
     IN(keys_ms),
     .otherwise = "90d",
     .least = 86400000,
     .most = INT64_MAX,
     .help = "how long the keys of finished events, and the ledger of models' calls, are kept"},
};
static const struct settings_table retention_table = TABLE(retention_settings, struct settings_retention, NULL);
#undef IN

/* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

#define IN(member_) .offset = offsetof(struct settings_answers, member_)
static const struct setting answers_settings[] = {
    {.name = "folder",
     .type = SETTING_PARSED,
     IN(folder),
     .parse = settings_check_path,
     .otherwise = "./answers",
     .help = "the folder of forbidden words, kinds of questions, approved answers and synonyms"},
    {.name = "collection", .type = SETTING_TEXT, IN(collection), .help = "the documents to answer from"},
    {.name = "hand_over", .type = SETTING_TEXT, IN(hand_over), .help = "who is asked when the documents do not know"},
};
static const struct settings_table answers_table = TABLE(answers_settings, struct settings_answers, NULL);
#undef IN

/* ── slack ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define IN(member_) .offset = offsetof(struct settings_person, member_)
static const struct setting slack_person_settings[] = {
    {.name = "name", .type = SETTING_NAME, IN(name)},
    {.name = "channel", .type = SETTING_ID, IN(channel), .required = true, .least = 1, .help = "the channel's id"},
};
static const struct settings_table slack_person_table = TABLE(slack_person_settings, struct settings_person, NULL);

static const struct setting talk_person_settings[] = {
    {.name = "name", .type = SETTING_NAME, IN(name)},
    {.name = "managers", .type = SETTING_IDS, IN(managers), .least = 1, .help = "the ids of the managers"},
    {.name = "mention", .type = SETTING_TEXT, IN(mention), .help = "whom to call, for example all"},
};
static const struct settings_table talk_person_table = TABLE(talk_person_settings, struct settings_person, NULL);
#undef IN

#define IN(member_) .offset = offsetof(struct settings_slack, member_)
static const struct setting slack_settings[] = {
    {.name = "signing_secret",
     .type = SETTING_SECRET,
     IN(signing_secret),
     .required = true,
     .least = 1,
     .help = "the signing secret from the Slack app's page \"Basic Information\""},
    {.name = "bot_token", .type = SETTING_SECRET, IN(bot_token), .help = "the bot token (xoxb-…) of the Slack app"},
    {.name = "app_token",
     .type = SETTING_PARSED,
     IN(app_token),
     .parse = settings_check_unsupported,
     .help = "nothing"},
    {.name = "client_id",
     .type = SETTING_PARSED,
     IN(client_id),
     .parse = settings_check_unsupported,
     .help = "nothing"},
    {.name = "client_secret",
     .type = SETTING_PARSED,
     IN(client_secret),
     .parse = settings_check_unsupported,
     .help = "nothing"},
    {.name = "staff_channel", .type = SETTING_ID, IN(staff_channel), .help = "the id of the channel for hand-overs"},
    {.name = "people",
     .type = SETTING_NAMED,
     IN(people.items),
     .offset_more = offsetof(struct settings_slack, people.n),
     .table = &slack_person_table,
     .help = "whom hand-overs can go to"},
    {.name = "api_url",
     .type = SETTING_PARSED,
     IN(api_url),
     .parse = settings_check_url_folder,
     .otherwise = "https://slack.com/api/",
     .help = "the address of Slack's Web API"},
};
static const struct settings_table slack_table = TABLE(slack_settings, struct settings_slack, NULL);
#undef IN

/* ── channel_talk ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define IN(member_) .offset = offsetof(struct settings_channel_talk, member_)
static const struct setting channel_talk_settings[] = {
    {.name = "webhook_token",
     .type = SETTING_SECRET,
     IN(webhook_token),
     .required = true,
     .least = 1,
     .help = "the token that Channel Talk shows for its webhook"},
    {.name = "access_key", .type = SETTING_SECRET, IN(access_key), .help = "the access key of Channel Talk's Open API"},
    {.name = "access_secret",
     .type = SETTING_SECRET,
     IN(access_secret),
     .help = "the access secret of Channel Talk's Open API"},
    {.name = "signing_key",
     .type = SETTING_PARSED,
     IN(signing_key),
     .parse = settings_check_hex,
     .help = "the app's signing key"},
    {.name = "bot_name", .type = SETTING_TEXT, IN(bot_name), .help = "the name under which the bot writes"},
    {.name = "people",
     .type = SETTING_NAMED,
     IN(people.items),
     .offset_more = offsetof(struct settings_channel_talk, people.n),
     .table = &talk_person_table,
     .help = "whom hand-overs can go to"},
    {.name = "api_url",
     .type = SETTING_PARSED,
     IN(api_url),
     .parse = settings_check_url,
     .otherwise = "https://api.channel.io",
     .help = "the address of Channel Talk's Open API"},
};
static const struct settings_table channel_talk_table =
    TABLE(channel_talk_settings, struct settings_channel_talk, NULL);
#undef IN

/* ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct setting_word route_events[] = {
    {"opened", SETTINGS_OPENED},
    {"message", SETTINGS_MESSAGE},
    {"app_mention", SETTINGS_APP_MENTION},
    {"direct_message", SETTINGS_DIRECT_MESSAGE},
    {NULL, 0},
};

#define IN(member_) .offset = offsetof(struct settings_route, member_)
static const struct setting route_settings[] = {
    {.name = "name", .type = SETTING_TEXT, IN(name), .least = 1, .help = "what figures call it"},
    {.name = "platform",
     .type = SETTING_PARSED,
     IN(platform),
     .parse = settings_check_platform,
     .required = true,
     .help = "slack, channel_talk or web"},
    {.name = "workspace", .type = SETTING_ID, IN(workspace), .least = 1, .help = "the workspace's id"},
    {.name = "channel", .type = SETTING_ID, IN(channel), .least = 1, .help = "the channel's id"},
    {.name = "user", .type = SETTING_ID, IN(user), .least = 1, .help = "the user's id"},
    {.name = "support_bot",
     .type = SETTING_IDS,
     IN(support_bots),
     .least = 1,
     .help = "the support bot's or workflow's id"},
    {.name = "tag", .type = SETTING_ID, IN(tag), .least = 1, .help = "a tag of the chat"},
    {.name = "text",
     .type = SETTING_PARSED,
     IN(text),
     .parse = settings_check_route_text,
     .help = "the message, or /regex/"},
    {.name = "command",
     .type = SETTING_PARSED,
     IN(command),
     .parse = settings_check_command,
     .help = "a slash command"},
    {.name = "event", .type = SETTING_WORDS, IN(events), .words = route_events, .help = "which events it takes"},
    {.name = "flow",
     .type = SETTING_TEXT,
     IN(flow),
     .required = true,
     .least = 1,
     .help = "the id of the flow that it begins"},
};
#undef IN

/* clang-format on */

/* A value, or those of a list: "a,b". */
static void add_values(struct buf *out, const struct yaml_node *node)
{
    bool list = node->kind == YAML_LIST;
    if (out->n > 0)
        buf_add_char(out, ' ');
    for (const struct yaml_node *value = list ? node->child : node; value != NULL; value = list ? value->next : NULL)
        buf_addf(out, "%s%.*s", list && value != node->child ? "," : "", STR_ARG(value->text));
}

/* What it is called when nobody gave it a name: all that it asks for. */
static enum err name_route(const struct settings_source *source, const struct yaml_node *node, struct str *name)
{
    struct buf words;
    buf_init(&words, source->arena, YAML_MAX_BYTES);
    for (const struct yaml_node *member = node->child; member != NULL && name->n == 0; member = member->next)
        if (!str_eq(member->key, STR("flow")))
            add_values(&words, member);
    if (buf_failed(&words))
        return fail(source->error, ERR_NO_MEMORY, "no memory for the routes' names");
    struct str whole = name->n > 0 ? *name : buf_str(&words);
    size_t n = whole.n < SETTINGS_ROUTE_NAME_BYTES ? whole.n : SETTINGS_ROUTE_NAME_BYTES;
    while (n < whole.n && n > 0 && ((unsigned char)whole.p[n] & 0xc0) == 0x80) /* not in the midst of a character */
        n--;
    *name = str_first(whole, n);
    return OK;
}

/* Works out what the route takes: what `event` says, or what its other keys imply. */
static enum err finish_route(const struct settings_source *source, const struct yaml_node *node, void *object)
{
    struct settings_route *route = object;
    enum { ANY_MESSAGE = SETTINGS_MESSAGE | SETTINGS_APP_MENTION | SETTINGS_DIRECT_MESSAGE };
    unsigned possible = ~0u, implied = 0;
    if (route->tag.n > 0) {
        possible &= SETTINGS_OPENED;
        implied |= SETTINGS_OPENED;
    }
    if (route->text.n > 0 || route->text_pattern != NULL) {
        possible &= ANY_MESSAGE;
        implied |= SETTINGS_MESSAGE;
    }
    if (route->command.n > 0) {
        possible &= SETTINGS_COMMAND;
        implied |= SETTINGS_COMMAND;
    }
    if (implied == 0)
        implied = SETTINGS_OPENED | SETTINGS_MESSAGE;
    route->events = (route->events != 0 ? route->events : implied) & possible;
    if (route->events == 0)
        return yaml_fail(source->error, source->file, node,
                         "this route can never match: `tag` is for opened chats, `text` for messages, `command` for "
                         "commands; make several routes of it");
    const struct yaml_node *flow = yaml_get(node, STR("flow"));
    route->line = node->line;
    route->column = node->column;
    route->flow_line = flow->line;
    route->flow_column = flow->column;
    return name_route(source, node, &route->name);
}

static const struct settings_table route_table = TABLE(route_settings, struct settings_route, finish_route);

/* ── the whole file ────────────────────────────────────────────────────────────────────────────────────────────── */

/* clang-format off: as above */

#define IN(member_) .offset = offsetof(struct settings, member_)
#define MORE(member_) .offset_more = offsetof(struct settings, member_)
static const struct setting web_settings[] = {
    {.name = "enabled", .type = SETTING_BOOL, IN(web.enabled), .help = "whether there is a web chat"},
};
static const struct settings_table web_table = TABLE(web_settings, struct settings, NULL);

static const struct setting root_settings[] = {
    {.name = "server", .type = SETTING_SECTION, IN(server), .table = &server_table},
    {.name = "data_dir",
     .type = SETTING_PARSED,
     IN(data_dir),
     .parse = settings_check_path,
     .otherwise = "./data",
     .help = "the folder of the database, reports and backups"},
    {.name = "timezone",
     .type = SETTING_PARSED,
     IN(timezone),
     .parse = settings_check_timezone,
     .otherwise = "Asia/Seoul",
     .help = "for example Asia/Seoul"},
    {.name = "locale",
     .type = SETTING_PARSED,
     IN(locale),
     .parse = settings_check_locale,
     .otherwise = "ko",
     .help = "for example ko"},
    {.name = "airgap", .type = SETTING_BOOL, IN(airgap), .help = "whether only addresses in this file may be called"},
    {.name = "flows", .type = SETTING_TEXTS, IN(flows), .otherwise = "./flows", .least = 1, .help = "a file or folder"},
    {.name = "log", .type = SETTING_SECTION, IN(log), .table = &log_table},
    {.name = "retention", .type = SETTING_SECTION, IN(retention), .table = &retention_table},
    {.name = "slack", .type = SETTING_SECTION, IN(slack), MORE(has_slack), .table = &slack_table},
    {.name = "channel_talk",
     .type = SETTING_SECTION,
     IN(channel_talk),
     MORE(has_channel_talk),
     .table = &channel_talk_table},
    {.name = "web", .type = SETTING_SECTION, .table = &web_table}, /* fills this very struct */
    {.name = "answers", .type = SETTING_SECTION, IN(answers), MORE(has_answers), .table = &answers_table},
    {.name = "routes", .type = SETTING_LIST, IN(routes), MORE(n_routes), .table = &route_table},
    {.name = "llm", .type = SETTING_LIST, IN(models), MORE(n_models), .table = &settings_model_table},
    {.name = "documents", .type = SETTING_LIST, IN(documents), MORE(n_documents), .table = &settings_documents_table},
    {.name = "api", .type = SETTING_SECTION, IN(api), MORE(has_api), .table = &settings_api_table},
};
#undef IN
#undef MORE

/* clang-format on */

static bool has_web_route(const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_routes; i++)
        if (str_eq(settings->routes[i].platform, STR("web")))
            return true;
    return false;
}

/* Behind an air gap no address may come from anywhere but the file: not even one of ours. */
static enum err check_airgap(const struct settings_source *source, const struct yaml_node *root,
                             const struct settings *settings)
{
    static const struct str platforms[] = {STR_INIT("slack"), STR_INIT("channel_talk")};
    for (size_t i = 0; settings->airgap && i < COUNT_OF(platforms); i++) {
        const struct yaml_node *platform = yaml_get(root, platforms[i]);
        if (platform != NULL && platform->kind == YAML_MAP && yaml_get(platform, STR("api_url")) == NULL)
            return yaml_fail(source->error, source->file, platform,
                             "with airgap: true no address is understood; write %.*s.api_url out",
                             STR_ARG(platforms[i]));
    }
    return OK;
}

static enum err finish_root(const struct settings_source *source, const struct yaml_node *node, void *object)
{
    struct settings *settings = object;
    enum err rc = check_airgap(source, node, settings);
    if (rc == OK)
        rc = settings_model_check_names(source, node, settings);
    if (rc != OK)
        return rc;
    if (yaml_get(yaml_get(node, STR("web")), STR("enabled")) == NULL)
        settings->web.enabled = has_web_route(settings);
    struct str *flows = arena_alloc_array(source->arena, settings->flows.n, sizeof *flows);
    if (flows == NULL)
        return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
    for (size_t i = 0; i < settings->flows.n; i++) {
        rc = settings_table_path(source, settings->flows.items[i], &flows[i]);
        if (rc != OK)
            return rc;
    }
    settings->flows.items = flows;
    return OK;
}

static const struct settings_table root_table = TABLE(root_settings, struct settings, finish_root);

/* ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "." for a bare name, "/" for a file in the root. */
static struct str folder_of(struct str path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    if (n == 0)
        return STR(".");
    return str_first(path, n == 1 ? 1 : n - 1);
}

static MUST_USE enum err fill(struct arena *arena, const struct yaml_node *root, struct settings *settings,
                              struct error *error)
{
    struct settings_source source = {
        .arena = arena, .error = error, .file = settings->file, .folder = settings->folder};
    if (root != NULL && root->kind == YAML_NULL)
        root = NULL;
    if (root != NULL && root->kind != YAML_MAP)
        return yaml_fail(error, settings->file, root, "settings are expected here; write `name: value` lines");
    return settings_table_read(&source, &root_table, root, settings);
}

static MUST_USE enum err make(struct arena *arena, struct str file, const struct yaml_node *root,
                              struct settings **ret_settings, struct error *error)
{
    struct settings *settings = arena_alloc(arena, sizeof *settings);
    struct str name = arena_copy(arena, file), folder = arena_copy(arena, folder_of(file));
    if (settings == NULL || name.p == NULL || folder.p == NULL)
        return fail(error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(file));
    settings->file = name;
    settings->folder = folder;
    enum err rc = fill(arena, root, settings, error);
    if (rc == OK)
        *ret_settings = settings;
    else
        settings_release(settings);
    return rc;
}

enum err settings_load(struct arena *arena, const char *path, struct settings **ret_settings, struct error *error)
{
    struct yaml_node *root;
    enum err rc = yaml_read_file(arena, path, &root, error);
    return rc != OK ? rc : make(arena, str_of(path), root, ret_settings, error);
}

enum err settings_defaults(struct arena *arena, struct settings **ret_settings, struct error *error)
{
    return make(arena, STR(""), NULL, ret_settings, error);
}

void settings_release(struct settings *settings)
{
    if (settings == NULL)
        return;
    for (size_t i = 0; i < settings->n_routes; i++)
        regex_free(settings->routes[i].text_pattern);
    settings->routes = NULL;
    settings->n_routes = 0;
}
