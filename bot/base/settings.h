/* bot/base/settings.h — `gilbot.yaml`, checked and typed.
 *
 * After parsing, `${NAME}` and `${NAME:-default}` inside scalars are replaced from the environment (`$${` writes a
 * literal `${`); a secret may also be `{file: PATH}`, whose contents count without the white space around them.
 * Relative paths are relative to the file's folder and are made whole here.  Unknown keys and wrong types are errors.
 * Sections that are absent are off.
 *
 * Thread:  load once at start; afterwards read-only and shared by all threads.
 * Memory:  everything lives in the arena handed in, but for the routes' patterns: settings_release gives them back.
 * Errors:  ERR_INVALID with "FILE:LINE:COLUMN: what is wrong; what to do", ERR_NOT_FOUND when there is no such file,
 *          ERR_NO_MEMORY.  The first fault only.  No message holds a secret.                                        */
#ifndef GILBOT_BASE_SETTINGS_H
#define GILBOT_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/log.h"
#include "bot/base/str.h"

struct arena;
struct regex;

enum settings_listen_kind { SETTINGS_LISTEN_TCP, SETTINGS_LISTEN_UNIX, SETTINGS_LISTEN_SYSTEMD };

struct settings_listen {
    enum settings_listen_kind kind;
    struct str host; /* TCP: a name or an address, without the brackets of IPv6 */
    uint16_t port;   /* TCP; 0: any free one                                    */
    struct str path; /* UNIX: the socket's path                                 */
};

struct settings_server {
    struct settings_listen listen; /* 127.0.0.1:8080                                          */
    struct str public_url;         /* empty: unknown; no slash at the end                     */
    int64_t max_body_bytes;        /* 1 MiB                                                   */
    int64_t max_connections;       /* 12000                                                   */
    int64_t keepalive_ms;          /* 75 s                                                    */
    int64_t queue_limit;           /* 100000: inbox rows above which requests get 503         */
};

/* Whom `hand_over: {to: NAME}` means. */
struct settings_person {
    struct str name;
    struct str channel;   /* slack: the channel's id                                     */
    struct strs managers; /* channel_talk: ids; none: a note only                        */
    struct str mention;   /* channel_talk: as written, e.g. `all`                        */
};

struct settings_people {
    const struct settings_person *items;
    size_t n;
};

struct settings_slack {
    struct str signing_secret; /* never empty                                                             */
    struct str bot_token;      /* empty: nothing can be sent but answers to a command's response_url      */
    struct str staff_channel;  /* empty: none                                                             */
    struct settings_people people;
    struct str api_url; /* https://slack.com/api/ ; always ends with a slash                       */
    struct str app_token, client_id, client_secret; /* not yet supported: always empty                    */
};

struct settings_channel_talk {
    struct str webhook_token; /* never empty                                                              */
    struct str access_key, access_secret;
    struct str signing_key; /* hexadecimal; empty: app functions are off                                */
    struct str bot_name;
    struct settings_people people;
    struct str api_url; /* https://api.channel.io ; no slash at the end                             */
};

struct settings_web {
    bool enabled; /* absent: on when a route is for `web` */
};

/* How questions are answered from the documents. */
struct settings_answers {
    struct str folder;     /* of the lists and examples: flows/answer/workspace.h; whole */
    struct str collection; /* only this one's documents; empty: all                      */
    struct str hand_over;  /* whom "a person" means, as in `people`; empty: none          */
};

struct settings_log {
    enum log_format format; /* logfmt */
    enum log_level level;   /* info   */
};

struct settings_retention {
    int64_t raw_ms;  /* 30 d: bodies of done events */
    int64_t keys_ms; /* 90 d: keys of done events   */
};

/* What an event may be, for routes; SETTINGS_MESSAGE includes mentions and direct messages. */
enum settings_event {
    SETTINGS_OPENED = 1,
    SETTINGS_MESSAGE = 2,
    SETTINGS_APP_MENTION = 4,
    SETTINGS_DIRECT_MESSAGE = 8,
    SETTINGS_COMMAND = 16,
};

enum { SETTINGS_ROUTE_NAME_BYTES = 60 }; /* cut between characters */

/* Empty strings and lists match anything.  Ids are compared as strings. */
struct settings_route {
    struct str
        name; /* in figures: its `name`, else its values as written, "slack /health"; at most SETTINGS_ROUTE_NAME_BYTES */
    struct str platform; /* "slack", "channel_talk" or "web" */
    struct str workspace, channel, user;
    struct strs support_bots;
    struct str tag;
    struct str text;            /* exact; empty when text_pattern is set                                       */
    struct regex *text_pattern; /* of `/regex/`, may match anywhere in the message; NULL: none                 */
    struct str command;         /* with its slash                                                              */
    unsigned events;            /* bits of enum settings_event: what this route takes, worked out from the keys */
    struct str flow;            /* never empty                                                                 */
    uint32_t line, column;      /* in the file, for messages                                                   */
    uint32_t flow_line, flow_column;
};

/* An endpoint that speaks OpenAI's language, with the models that are asked there. */
struct settings_model {
    struct str name;                                      /* letters, digits, '-', '_', '.'; no two alike        */
    struct str base_url;                                  /* no slash at the end                                 */
    struct str api_key;                                   /* empty: none is sent                                 */
    struct str chat_model, embedding_model, rerank_model; /* empty: not for that; at least one is set */
    double price_input_usd, price_output_usd, price_embedding_usd; /* per million tokens                       */
    double daily_budget_usd;                                       /* 0: no limit                              */
    int64_t context_tokens;                                        /* 8192: question and answer together       */
    int64_t concurrency;                                           /* 4: calls at once                         */
    int64_t timeout_ms;                                            /* 60 s: of one call                        */
};

/* A folder (or file) of documents that is watched, and how what is in a collection is cut. */
struct settings_documents {
    struct str path;       /* made whole; empty: nothing is watched, the other lines count for the collection */
    struct str collection; /* "default"                                                                       */
    struct str source, category;
    struct strs access; /* ids of the channels that may see them; none: all */
    struct settings_chunk {
        int64_t size, overlap; /* characters; 500 and 100 */
    } chunk;
};

/* Who may use /api/v1, by the name that is given to the token. */
struct settings_token {
    struct str name, token;
};

struct settings_api {
    const struct settings_token *tokens;
    size_t n_tokens;
    int64_t max_body_bytes; /* of a document; 32 MiB */
};

struct settings {
    struct str file;   /* as given to settings_load; empty for settings_defaults */
    struct str folder; /* its folder, "." when it has none                       */
    struct settings_server server;
    struct str data_dir; /* ./data                                  */
    struct str timezone; /* IANA name; Asia/Seoul                   */
    struct str locale;   /* ko                                      */
    bool airgap;         /* nothing but addresses that are written in the file is called, and no proxy */
    struct strs flows;   /* files or folders; ./flows               */
    struct settings_log log;
    struct settings_retention retention;
    bool has_slack, has_channel_talk;
    struct settings_slack slack;
    struct settings_channel_talk channel_talk;
    struct settings_web web;
    bool has_answers; /* the section is there */
    struct settings_answers answers;
    const struct settings_route *routes;
    size_t n_routes;
    const struct settings_model *models; /* `llm` */
    size_t n_models;
    const struct settings_documents *documents;
    size_t n_documents;
    bool has_api;
    struct settings_api api;
};

/* Reads the file at `path`. */
MUST_USE enum err settings_load(struct arena *arena, const char *path, struct settings **ret_settings,
                                struct error *error);

/* What an empty file in the present folder gives. */
MUST_USE enum err settings_defaults(struct arena *arena, struct settings **ret_settings, struct error *error);

/* Gives back what is not in the arena; afterwards the settings must not be used.  NULL is fine. */
void settings_release(struct settings *settings);

#endif
