#include "bot/base/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/regex.h"
#include "tests/support/test.h"

static struct arena arena;
static struct error error;
static struct settings *settings;
static char folder[] = "/tmp/gilbot-settings-XXXXXX";
static char file[64];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
}

static enum err try_load(const char *text)
{
    if (file[0] == '\0') {
        assert_non_null(mkdtemp(folder));
        snprintf(file, sizeof file, "%s/gilbot.yaml", folder);
    }
    write_file(file, text);
    settings_release(settings);
    settings = NULL;
    arena_release(&arena);
    arena_init(&arena, 4 << 20);
    error = (struct error){.code = OK};
    enum err rc = settings_load(&arena, file, &settings, &error);
    unlink(file);
    return rc;
}

static const struct settings *load(const char *text)
{
    if (try_load(text) != OK)
        fail_msg("%s", error.text);
    return settings;
}

/* The text is refused with exactly this after "…/gilbot.yaml:". */
static void assert_refused(const char *text, const char *sentence)
{
    if (try_load(text) != ERR_INVALID)
        fail_msg("accepted: %s", text);
    assert_true(strlen(error.text) > strlen(file));
    assert_string_equal(error.text + strlen(file) + 1, sentence);
}

static void end(void)
{
    settings_release(settings);
    settings = NULL;
    arena_release(&arena);
    rmdir(folder);
    file[0] = '\0';
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
}

/* A path below the test's folder. */
static struct str below(const char *name)
{
    return arena_format(&arena, "%s/%s", folder, name);
}

/* surface.md, "Configuration", word for word */
static const char surface_example[] =
    "server:\n"
    "  listen: 127.0.0.1:8080         # or unix:/run/gilbot.sock, or systemd's socket\n"
    "  public_url: https://bot.example.com\n"
    "  max_body: 1MiB\n"
    "data_dir: ./data                 # gilbot.db, index, reports, backups\n"
    "timezone: Asia/Seoul\n"
    "locale: ko\n"
    "flows: [./flows]\n"
    "\n"
    "slack:\n"
    "  signing_secret: ${SLACK_SIGNING_SECRET}\n"
    "  bot_token: ${SLACK_BOT_TOKEN}          # single workspace; or client_id and client_secret for installs\n"
    "  app_token: ${SLACK_APP_TOKEN:-}        # set: Socket Mode\n"
    "  staff_channel: C0123456                # where `hand_over` posts; people: {cs: {channel: C…}} for one of "
    "several\n"
    "  api_url: https://slack.com/api/\n"
    "\n"
    "channel_talk:\n"
    "  webhook_token: ${CHANNEL_TALK_WEBHOOK_TOKEN}\n"
    "  access_key: ${CHANNEL_TALK_ACCESS_KEY}\n"
    "  access_secret: ${CHANNEL_TALK_ACCESS_SECRET}\n"
    "  signing_key: ${CHANNEL_TALK_SIGNING_KEY:-}    # app functions\n"
    "  bot_name: 길봇\n"
    "  people: {cs: {managers: [\"123\"], mention: all}}   # whom `hand_over: {to: cs}` means; no managers: a note "
    "only\n"
    "  api_url: https://api.channel.io\n"
    "\n"
    "routes:                          # first match wins; no match: ignored, and counted\n"
    "  - {platform: channel_talk, support_bot: [\"1234\"], tag: 큐레이션, flow: health}   # support bot's or "
    "workflow's id\n"
    "  - {platform: channel_talk, support_bot: [\"1234\"], text: 완료, flow: health}\n"
    "  - {platform: slack, command: /ai-report, flow: report}\n"
    "  - {platform: slack, command: /coach, flow: coach}\n"
    "  - {platform: slack, command: /ask, flow: answer}\n"
    "  - {platform: slack, event: [app_mention, direct_message], flow: answer}\n"
    "  - {platform: web, flow: health}\n"
    "\n"
    "llm:                             # tried in order; OpenAI-compatible endpoints (OpenAI, DeepSeek, vLLM, Ollama, "
    "llama.cpp)\n"
    "  - {name: local, base_url: http://127.0.0.1:11434/v1, chat_model: bllossom-8b, embedding_model: bge-m3}\n"
    "  - {name: openai, base_url: https://api.openai.com/v1, api_key: \"${OPENAI_API_KEY:-}\", chat_model: "
    "gpt-4o-mini,\n"
    "     price: {input: 0.15, output: 0.60}}     # USD per million tokens\n";

static void set_surface_environment(void)
{
    setenv("SLACK_SIGNING_SECRET", "12345678901234567890123456789012", 1); /* digits only: still a text */
    setenv("SLACK_BOT_TOKEN", "xoxb-1", 1);
    setenv("CHANNEL_TALK_WEBHOOK_TOKEN", "hook", 1);
    setenv("CHANNEL_TALK_ACCESS_KEY", "key", 1);
    setenv("CHANNEL_TALK_ACCESS_SECRET", "secret", 1);
}

TEST(settings, the_example_of_the_documentation_loads)
{
    set_surface_environment();
    const struct settings *s = load(surface_example);
    assert_int_equal(s->server.listen.kind, SETTINGS_LISTEN_TCP);
    assert_str_equal(s->server.listen.host, STR("127.0.0.1"));
    assert_int_equal(s->server.listen.port, 8080);
    assert_str_equal(s->server.public_url, STR("https://bot.example.com"));
    assert_int_equal(s->server.max_body_bytes, 1048576);
    assert_str_equal(s->data_dir, below("./data"));
    assert_str_equal(s->timezone, STR("Asia/Seoul"));
    assert_str_equal(s->locale, STR("ko"));
    assert_int_equal(s->flows.n, 1);
    assert_str_equal(s->flows.items[0], below("./flows"));
    assert_true(s->has_slack && s->has_channel_talk && s->web.enabled);
    assert_str_equal(s->slack.signing_secret, STR("12345678901234567890123456789012"));
    assert_str_equal(s->slack.bot_token, STR("xoxb-1"));
    assert_str_equal(s->slack.app_token, STR(""));
    assert_str_equal(s->slack.staff_channel, STR("C0123456"));
    assert_str_equal(s->slack.api_url, STR("https://slack.com/api/"));
    assert_str_equal(s->channel_talk.webhook_token, STR("hook"));
    assert_str_equal(s->channel_talk.access_key, STR("key"));
    assert_str_equal(s->channel_talk.access_secret, STR("secret"));
    assert_str_equal(s->channel_talk.bot_name, STR("길봇"));
    assert_int_equal(s->channel_talk.people.n, 1);
    assert_str_equal(s->channel_talk.people.items[0].name, STR("cs"));
    assert_str_equal(s->channel_talk.people.items[0].managers.items[0], STR("123"));
    assert_str_equal(s->channel_talk.people.items[0].mention, STR("all"));
    assert_str_equal(s->channel_talk.api_url, STR("https://api.channel.io"));
    end();
}

TEST(settings, the_example_s_routes_and_models)
{
    set_surface_environment();
    const struct settings *s = load(surface_example);
    assert_int_equal(s->n_routes, 7);
    assert_str_equal(s->routes[0].platform, STR("channel_talk"));
    assert_str_equal(s->routes[0].support_bots.items[0], STR("1234"));
    assert_str_equal(s->routes[0].tag, STR("큐레이션"));
    assert_str_equal(s->routes[0].flow, STR("health"));
    assert_int_equal(s->routes[0].events, SETTINGS_OPENED);
    assert_int_equal(s->routes[0].line, 27);
    assert_int_equal(s->routes[0].column, 5);
    assert_int_equal(s->routes[0].flow_line, 27);
    assert_str_equal(s->routes[1].text, STR("완료"));
    assert_int_equal(s->routes[1].events, SETTINGS_MESSAGE);
    assert_str_equal(s->routes[2].command, STR("/ai-report"));
    assert_int_equal(s->routes[2].events, SETTINGS_COMMAND);
    assert_int_equal(s->routes[5].events, SETTINGS_APP_MENTION | SETTINGS_DIRECT_MESSAGE);
    assert_int_equal(s->routes[6].events, SETTINGS_OPENED | SETTINGS_MESSAGE);
    assert_int_equal(s->n_models, 2);
    assert_str_equal(s->models[0].base_url, STR("http://127.0.0.1:11434/v1"));
    assert_str_equal(s->models[0].embedding_model, STR("bge-m3"));
    assert_str_equal(s->models[1].api_key, STR(""));
    assert_true(s->models[1].price_input_usd == 0.15 && s->models[1].price_output_usd == 0.60);
    end();
}

static void assert_defaults(const struct settings *s)
{
    assert_str_equal(s->server.listen.host, STR("127.0.0.1"));
    assert_int_equal(s->server.listen.port, 8080);
    assert_str_equal(s->server.public_url, STR(""));
    assert_int_equal(s->server.max_body_bytes, 1048576);
    assert_int_equal(s->server.max_connections, 12000);
    assert_int_equal(s->server.keepalive_ms, 75000);
    assert_int_equal(s->server.queue_limit, 100000);
    assert_str_equal(s->timezone, STR("Asia/Seoul"));
    assert_str_equal(s->locale, STR("ko"));
    assert_int_equal(s->log.format, LOG_LOGFMT);
    assert_int_equal(s->log.level, LOG_LEVEL_INFO);
    assert_int_equal(s->retention.raw_ms, 30ll * 86400000);
    assert_int_equal(s->retention.keys_ms, 90ll * 86400000);
    assert_false(s->has_slack || s->has_channel_talk || s->web.enabled);
    assert_int_equal(s->n_routes, 0);
    assert_int_equal(s->n_models, 0);
}

TEST(settings, an_empty_file_gives_the_defaults)
{
    assert_defaults(load("# nothing\n"));
    assert_str_equal(settings->data_dir, below("./data"));
    end();
}

TEST(settings, defaults_need_no_file)
{
    arena_init(&arena, 1 << 20);
    assert_int_equal(settings_defaults(&arena, &settings, &error), OK);
    assert_defaults(settings);
    assert_str_equal(settings->data_dir, STR("./data"));
    assert_str_equal(settings->flows.items[0], STR("./flows"));
    assert_str_equal(settings->file, STR(""));
    assert_str_equal(settings->folder, STR("."));
    end();
}

TEST(settings, a_missing_file_is_not_found)
{
    arena_init(&arena, 1 << 20);
    assert_int_equal(settings_load(&arena, "/nonexistent/gilbot.yaml", &settings, &error), ERR_NOT_FOUND);
    assert_true(str_starts(str_of(error.text), STR("/nonexistent/gilbot.yaml: ")));
    end();
}

TEST(settings, sections_whose_lines_are_all_commented_out_are_absent)
{
    assert_defaults(load("server:\n#  listen: x\nslack:\nchannel_talk:\nroutes:\nllm:\nweb:\n"));
    end();
}

TEST(settings, unknown_keys_are_errors_with_a_suggestion)
{
    assert_refused("sever:\n  listen: 1\n", "1:1: unknown key 'sever' in this file; did you mean 'server'?");
    assert_refused("server:\n  max_boddy: 1MiB\n", "2:3: unknown key 'max_boddy' in server; did you mean 'max_body'?");
    assert_refused("server:\n  zzz: 1\n", "2:3: unknown key 'zzz' in server; take it out");
    assert_refused("routes:\n  - {platform: web, flows: x}\n",
                   "2:21: unknown key 'flows' in routes; did you mean 'flow'?");
    end();
}

TEST(settings, wrong_types_are_errors)
{
    assert_refused("server: 8080\n", "1:9: server must hold settings; write `name: value` lines below it, indented");
    assert_refused("server: {max_connections: many}\n",
                   "1:27: server.max_connections must be a whole number; write one, without quotes");
    assert_refused("server: {max_connections: \"12\"}\n",
                   "1:27: server.max_connections must be a whole number; write one, without quotes");
    assert_refused("server: {max_connections: 1.5}\n",
                   "1:27: server.max_connections must be a whole number; write one, without quotes");
    assert_refused("server: {keepalive: 75}\n", "1:21: server.keepalive must be a duration; write a whole number with "
                                                "ms, s, m, h or d, for example 30s");
    assert_refused("server: {max_body: 1MB}\n", "1:20: server.max_body must be a size; write a number with B, KiB, MiB "
                                                "or GiB, for example 1MiB");
    assert_refused("web: {enabled: yes}\n", "1:16: web.enabled must be true or false; write one of them");
    assert_refused("flows: 12\n", "1:8: flows must be a text or a list of texts; put each in quotes");
    assert_refused("flows: {a: b}\n", "1:8: flows must be a text or a list of texts; put each in quotes");
    assert_refused("routes: {platform: web}\n", "1:9: routes must be a list; begin each item with '- '");
    assert_refused("routes: [web]\n", "1:10: routes must hold settings; write {name: value, …}");
    assert_refused("timezone: [a]\n", "1:11: timezone must be a text; correct it");
    assert_refused("llm: [{name: 12, base_url: http://a}]\n", "1:14: llm.name must be a text; put it in quotes");
    assert_refused("- a\n", "1:1: settings are expected here; write `name: value` lines");
    assert_refused("data_dir:\n", "1:10: data_dir has no value; write one, or take the line out");
    end();
}

TEST(settings, a_model_has_limits_of_its_own)
{
    const struct settings *s =
        load("llm:\n  - {name: a, base_url: 'http://a/v1/', chat_model: m}\n  - {name: b-2, base_url: 'https://b', "
             "embedding_model: e, rerank_model: r, context: 32768, concurrency: 2, timeout: 90s, daily_budget: 1.5, "
             "price: {input: 0.15, output: 0.6, embedding: 0.02}}\n");
    assert_str_equal(s->models[0].base_url, STR("http://a/v1"));
    assert_int_equal(s->models[0].context_tokens, 8192);
    assert_int_equal(s->models[0].concurrency, 4);
    assert_int_equal(s->models[0].timeout_ms, 60000);
    assert_true(s->models[0].daily_budget_usd == 0);
    assert_str_equal(s->models[1].rerank_model, STR("r"));
    assert_int_equal(s->models[1].context_tokens, 32768);
    assert_int_equal(s->models[1].concurrency, 2);
    assert_int_equal(s->models[1].timeout_ms, 90000);
    assert_true(s->models[1].daily_budget_usd == 1.5 && s->models[1].price_embedding_usd == 0.02);
    end();
    assert_refused("llm: [{name: a, base_url: http://a}]\n",
                   "1:7: llm has no model; write chat_model, embedding_model or rerank_model");
    assert_refused("llm: [{name: a b, base_url: http://a, chat_model: m}]\n",
                   "1:14: llm.name must be at most 40 letters, digits, '-', '_' or '.'; rename it");
    assert_refused("llm:\n  - {name: a, base_url: http://a, chat_model: m}\n"
                   "  - {name: a, base_url: http://b, chat_model: m}\n",
                   "3:5: llm.name 'a' is there twice; rename one");
    assert_refused("llm: [{name: a, base_url: http://a, chat_model: m, daily_budget: 0}]\n",
                   "1:66: llm.daily_budget must be more than 0; without a limit take the line out");
    assert_refused("llm: [{name: a, base_url: http://a, chat_model: m, daily_budget: 1}]\n",
                   "1:66: llm.daily_budget needs a price; add it: price: {input: USD, output: USD} per million tokens");
    end();
}

TEST(settings, behind_an_air_gap_every_address_is_written_out)
{
    assert_true(load("airgap: true\nslack: {signing_secret: s, api_url: 'http://proxy.local/api/'}\n")->airgap);
    end();
    assert_false(load("slack: {signing_secret: s}\n")->airgap);
    end();
    assert_refused("airgap: true\nslack: {signing_secret: s}\n",
                   "2:8: with airgap: true no address is understood; write slack.api_url out");
    assert_refused("airgap: true\nchannel_talk: {webhook_token: t}\n",
                   "2:15: with airgap: true no address is understood; write channel_talk.api_url out");
    end();
}

TEST(settings, numbers_have_ranges)
{
    assert_refused("server: {max_connections: 0}\n",
                   "1:27: server.max_connections is out of range; write a value from 1 to 1000000");
    assert_refused("server: {queue_limit: -1}\n", "1:23: server.queue_limit is too small; write at least 1");
    assert_refused("server: {keepalive: 10ms}\n",
                   "1:21: server.keepalive is out of range; write a value from 1000 to 3600000ms");
    assert_refused("server: {max_body: 1GiB}\n",
                   "1:20: server.max_body is out of range; write a value from 1024 to 67108864 bytes");
    end();
}

TEST(settings, sizes_and_durations_have_units)
{
    const struct settings *s = load("server: {max_body: 64KiB, keepalive: 2m}\nretention: {raw: 12h, keys: 7d}\n");
    assert_int_equal(s->server.max_body_bytes, 65536);
    assert_int_equal(s->server.keepalive_ms, 120000);
    assert_int_equal(s->retention.raw_ms, 43200000);
    assert_int_equal(s->retention.keys_ms, 7 * 86400000);
    assert_int_equal(load("server: {max_body: 2048}\n")->server.max_body_bytes, 2048);
    assert_int_equal(load("server: {max_body: 4096B}\n")->server.max_body_bytes, 4096);
    end();
}

TEST(settings, words_are_checked)
{
    const struct settings *s = load("log: {format: json, level: warning}\n");
    assert_int_equal(s->log.format, LOG_JSON);
    assert_int_equal(s->log.level, LOG_LEVEL_WARNING);
    assert_refused("log: {level: warn}\n",
                   "1:14: log.level cannot be 'warn'; write one of debug, info, warning, error");
    assert_refused("log: {level: inof}\n", "1:14: log.level cannot be 'inof'; did you mean 'info'?");
    end();
}

TEST(settings, variables_are_replaced_inside_scalars_after_parsing)
{
    setenv("GILBOT_TEST_PORT", "9000", 1);
    setenv("GILBOT_TEST_EMPTY", "", 1);
    setenv("GILBOT_TEST_YAML", "x\nlocale: en", 1);
    unsetenv("GILBOT_TEST_NONE");
    const struct settings *s = load("server:\n"
                                    "  listen: 0.0.0.0:${GILBOT_TEST_PORT}\n"
                                    "  max_connections: ${GILBOT_TEST_PORT}\n"
                                    "  queue_limit: \"${GILBOT_TEST_PORT}0\"\n"
                                    "  public_url: ${GILBOT_TEST_NONE:-https://x.example}\n"
                                    "data_dir: /d/${GILBOT_TEST_YAML}/$HOME/$${x}\n"
                                    "web: {enabled: \"${GILBOT_TEST_EMPTY:-true}\"}\n");
    assert_int_equal(s->server.listen.port, 9000);
    assert_int_equal(s->server.max_connections, 9000);
    assert_int_equal(s->server.queue_limit, 90000);
    assert_str_equal(s->server.public_url, STR("https://x.example"));
    assert_str_equal(s->data_dir, STR("/d/x\nlocale: en/$HOME/${x}"));
    assert_str_equal(s->locale, STR("ko"));
    assert_true(s->web.enabled);
    end();
}

TEST(settings, variables_that_are_not_set_or_misspelt_are_errors)
{
    unsetenv("GILBOT_TEST_NONE");
    assert_refused("data_dir: ${GILBOT_TEST_NONE}\n", "1:11: the environment variable GILBOT_TEST_NONE is not set; set "
                                                      "it, or write ${GILBOT_TEST_NONE:-} if it may be empty");
    assert_refused("data_dir: ${GILBOT-X}\n", "1:11: '${GILBOT-X}' is no variable; write ${NAME} or ${NAME:-default}");
    assert_refused("data_dir: ${}\n", "1:11: '${}' is no variable; write ${NAME} or ${NAME:-default}");
    assert_refused("data_dir: ${HOME\n", "1:11: a '${' without its '}'; close it, or write $${ for the characters "
                                         "themselves");
    end();
}

TEST(settings, variables_hold_utf8)
{
    setenv("GILBOT_TEST_BYTES", "a\xFF", 1);
    assert_refused("data_dir: ${GILBOT_TEST_BYTES}\n",
                   "1:11: the environment variable holds no UTF-8 text; correct it");
    unsetenv("GILBOT_TEST_BYTES");
    end();
}

TEST(settings, secrets_may_stand_in_files)
{
    load("locale: ko\n"); /* makes the folder */
    char path[80];
    snprintf(path, sizeof path, "%s/secret.txt", folder);
    write_file(path, "  top secret\n");
    const struct settings *s = load("slack: {signing_secret: {file: secret.txt}, bot_token: \"\"}\n");
    assert_str_equal(s->slack.signing_secret, STR("top secret"));
    write_file(path, "\n");
    assert_refused("slack: {signing_secret: {file: secret.txt}}\n",
                   "1:25: slack.signing_secret must not be empty; the file named here is");
    unlink(path);
    assert_refused("slack: {signing_secret: {file: secret.txt}}\n",
                   "1:32: the file cannot be opened (No such file or directory); name a file that can be read");
    assert_refused("slack: {signing_secret: {path: secret.txt}}\n",
                   "1:25: slack.signing_secret must be a text or {file: PATH}; put it in quotes");
    end();
}

TEST(settings, slack_needs_its_signing_secret)
{
    assert_refused("slack:\n  bot_token: x\n",
                   "2:3: slack.signing_secret is missing; add it: the signing secret from the Slack app's page \"Basic "
                   "Information\"");
    assert_refused("slack: {signing_secret: \"\"}\n",
                   "1:25: slack.signing_secret must not be empty; write the signing secret from the Slack app's page "
                   "\"Basic Information\"");
    end();
}

TEST(settings, channel_talk_needs_its_webhook_token)
{
    assert_refused("channel_talk: {access_key: a}\n", "1:15: channel_talk.webhook_token is missing; add it: the token "
                                                      "that Channel Talk shows for its webhook");
    assert_refused("channel_talk: {webhook_token: a, signing_key: xyz}\n",
                   "1:47: channel_talk.signing_key must be hexadecimal digits; copy it once more, whole");
    end();
}

TEST(settings, what_is_not_yet_built_is_said_so)
{
    assert_refused("slack: {signing_secret: a, app_token: xapp}\n",
                   "1:39: slack.app_token is not yet supported; take the line out");
    assert_refused("slack: {signing_secret: a, client_id: \"1.2\"}\n",
                   "1:39: slack.client_id is not yet supported; take the line out");
    assert_refused("slack: {signing_secret: a, client_secret: x}\n",
                   "1:43: slack.client_secret is not yet supported; take the line out");
    load("slack: {signing_secret: a, app_token: \"\", client_id: \"\", client_secret: \"\"}\n");
    end();
}

TEST(settings, people_of_slack_have_channels)
{
    const struct settings *s =
        load("slack:\n  signing_secret: a\n  people:\n    cs: {channel: C1}\n    정비: {channel: 2}\n");
    assert_int_equal(s->slack.people.n, 2);
    assert_str_equal(s->slack.people.items[1].name, STR("정비"));
    assert_str_equal(s->slack.people.items[1].channel, STR("2"));
    assert_refused("slack: {signing_secret: a, people: {cs: {}}}\n",
                   "1:41: slack.people.cs.channel is missing; add it: the channel's id");
    assert_refused("slack: {signing_secret: a, people: {cs: C1}}\n",
                   "1:41: slack.people.cs must hold settings; write {name: value, …}");
    end();
}

TEST(settings, listen_takes_an_address_a_socket_or_systemd)
{
    assert_int_equal(load("server: {listen: systemd}\n")->server.listen.kind, SETTINGS_LISTEN_SYSTEMD);
    const struct settings *s = load("server: {listen: \"unix:/run/gilbot.sock\"}\n");
    assert_int_equal(s->server.listen.kind, SETTINGS_LISTEN_UNIX);
    assert_str_equal(s->server.listen.path, STR("/run/gilbot.sock"));
    s = load("server: {listen: \"unix:g.sock\"}\n");
    assert_str_equal(s->server.listen.path, below("g.sock"));
    s = load("server: {listen: \"[::1]:0\"}\n");
    assert_str_equal(s->server.listen.host, STR("::1"));
    assert_int_equal(s->server.listen.port, 0);
    static const char *const wrong[] = {"8080", "localhost", ":80",     "a:65536", "a:-1",
                                        "a:b",  "::1:80",    "[::1]80", "a b:80",  "[]:80"};
    char text[80];
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        snprintf(text, sizeof text, "server:\n  listen: \"%s\"\n", wrong[i]);
        assert_refused(text, "2:11: server.listen must be HOST:PORT, unix:PATH or systemd; write for example "
                             "127.0.0.1:8080");
    }
    assert_refused("server: {listen: \"unix:\"}\n",
                   "1:18: server.listen lacks the socket's path; write unix:/run/gilbot.sock");
    end();
}

TEST(settings, a_socket_s_path_must_fit_into_the_system_s_limit)
{
    char text[200] = "server: {listen: \"unix:/";
    memset(text + strlen(text), 'x', 120);
    memcpy(text + strlen(text), "\"}\n", 4);
    assert_refused(text, "1:18: server.listen has a socket path of more than 107 bytes; choose a shorter one");
    end();
}

TEST(settings, addresses_are_web_addresses_with_the_slash_where_it_belongs)
{
    const struct settings *s = load("server: {public_url: \"https://a.example/b/\"}\n"
                                    "slack: {signing_secret: a, api_url: \"http://127.0.0.1:99\"}\n"
                                    "channel_talk: {webhook_token: a, api_url: \"http://127.0.0.1:98/\"}\n");
    assert_str_equal(s->server.public_url, STR("https://a.example/b"));
    assert_str_equal(s->slack.api_url, STR("http://127.0.0.1:99/"));
    assert_str_equal(s->channel_talk.api_url, STR("http://127.0.0.1:98"));
    assert_refused("server: {public_url: bot.example.com}\n",
                   "1:22: server.public_url must be a web address; write for example https://bot.example.com");
    assert_refused("slack: {signing_secret: a, api_url: \"https:///x\"}\n",
                   "1:37: slack.api_url must be a web address; write for example https://bot.example.com");
    end();
}

TEST(settings, time_zones_and_locales_are_checked)
{
    assert_str_equal(load("timezone: UTC\nlocale: en-US\n")->locale, STR("en-US"));
    assert_refused("timezone: Asia/Soul\n", "1:11: timezone is no known time zone; write for example Asia/Seoul");
    assert_refused("timezone: ../../etc/passwd\n",
                   "1:11: timezone is no known time zone; write for example Asia/Seoul");
    assert_refused("locale: Korean\n", "1:9: locale must be a language; write for example ko or en-US");
    assert_refused("locale: ko-\n", "1:9: locale must be a language; write for example ko or en-US");
    end();
}

TEST(settings, routes_take_one_or_several_and_ids_as_numbers)
{
    const struct settings *s =
        load("routes:\n"
             "  - {platform: slack, workspace: T1, channel: 0123, user: U1, event: message, flow: a}\n"
             "  - {platform: channel_talk, support_bot: 12, flow: b}\n"
             "  - {platform: channel_talk, support_bot: [12, \"x\"], event: opened, tag: t, flow: c}\n");
    assert_str_equal(s->routes[0].workspace, STR("T1"));
    assert_str_equal(s->routes[0].channel, STR("0123"));
    assert_str_equal(s->routes[0].user, STR("U1"));
    assert_int_equal(s->routes[0].events, SETTINGS_MESSAGE);
    assert_str_equal(s->routes[1].support_bots.items[0], STR("12"));
    assert_int_equal(s->routes[1].events, SETTINGS_OPENED | SETTINGS_MESSAGE);
    assert_int_equal(s->routes[2].support_bots.n, 2);
    assert_int_equal(s->routes[2].events, SETTINGS_OPENED);
    assert_false(s->web.enabled);
    end();
}

TEST(settings, a_route_is_called_by_its_name_or_by_what_it_asks_for)
{
    const struct settings *s =
        load("routes:\n"
             "  - {platform: channel_talk, support_bot: [12, \"x\"], tag: 큐레이션, flow: b}\n"
             "  - {platform: slack, text: \"/^(완료|끝)$/\", flow: a}\n"
             "  - {flow: a, name: 가을 광고, platform: slack, command: /hello}\n"
             "  - {platform: slack, tag: 가나다라마바사아자차카타파하가나다라마바사아자차카타파하, flow: a}\n");
    assert_str_equal(s->routes[0].name, STR("channel_talk 12,x 큐레이션"));
    assert_str_equal(s->routes[1].name, STR("slack /^(완료|끝)$/"));
    assert_str_equal(s->routes[2].name, STR("가을 광고"));
    assert_str_equal(s->routes[3].name, STR("slack 가나다라마바사아자차카타파하가나다라"));
    end();
}

TEST(settings, texts_between_slashes_are_patterns)
{
    const struct settings *s = load("routes:\n"
                                    "  - {platform: slack, text: \"/^(완료|끝)$/\", flow: a}\n"
                                    "  - {platform: slack, text: \"//\", flow: a}\n"
                                    "  - {platform: slack, text: 12, event: [app_mention, message], flow: a}\n");
    bool matches = false;
    assert_int_equal(regex_matches(s->routes[0].text_pattern, STR("끝"), &matches, &error), OK);
    assert_true(matches);
    assert_int_equal(s->routes[0].text.n, 0);
    assert_int_equal(s->routes[0].events, SETTINGS_MESSAGE);
    assert_null(s->routes[1].text_pattern);
    assert_str_equal(s->routes[1].text, STR("//"));
    assert_str_equal(s->routes[2].text, STR("12"));
    assert_int_equal(s->routes[2].events, SETTINGS_MESSAGE | SETTINGS_APP_MENTION);
    s = load("routes: [{platform: slack, text: \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB, flow: a}]\n");
    assert_str_equal(s->routes[0].text, STR("한"));
    end();
}

TEST(settings, routes_in_error_are_refused)
{
    assert_refused("routes:\n  - {platform: slak, flow: a}\n",
                   "2:16: routes.platform cannot be 'slak'; did you mean 'slack'?");
    assert_refused("routes:\n  - {platform: telegram, flow: a}\n",
                   "2:16: routes.platform cannot be 'telegram'; write slack, channel_talk or web");
    assert_refused("routes:\n  - {platform: web}\n",
                   "2:5: routes.flow is missing; add it: the id of the flow that it begins");
    assert_refused("routes:\n  - {flow: a}\n", "2:5: routes.platform is missing; add it: slack, channel_talk or web");
    assert_refused("routes:\n  - {platform: web, flow: \"\"}\n",
                   "2:27: routes.flow must not be empty; write the id of the flow that it begins");
    assert_refused("routes:\n  - {platform: slack, command: ask, flow: a}\n",
                   "2:32: routes.command must be a slash command; write for example /ask");
    assert_refused("routes:\n  - {platform: slack, event: mesage, flow: a}\n",
                   "2:30: routes.event cannot be 'mesage'; did you mean 'message'?");
    assert_refused(
        "routes:\n  - {platform: slack, text: \"/ok/\", flow: a}\n  - {platform: slack, text: \"/(/\", flow: a}\n",
        "3:29: routes.text cannot be understood (regular expression, byte 2: missing closing parenthesis); "
        "correct it");
    assert_refused("routes:\n  - {platform: slack, tag: t, text: x, flow: a}\n",
                   "2:5: this route can never match: `tag` is for opened chats, `text` for messages, `command` for "
                   "commands; make several routes of it");
    assert_refused("routes:\n  - {platform: slack, tag: t, event: message, flow: a}\n",
                   "2:5: this route can never match: `tag` is for opened chats, `text` for messages, `command` for "
                   "commands; make several routes of it");
    end();
}

TEST(settings, the_web_chat_can_be_switched_off_and_on)
{
    assert_false(load("web: {enabled: false}\nroutes: [{platform: web, flow: a}]\n")->web.enabled);
    assert_true(load("web: {enabled: true}\n")->web.enabled);
    assert_true(load("web: {}\nroutes: [{platform: web, flow: a}]\n")->web.enabled);
    end();
}

TEST(settings, no_message_holds_a_secret)
{
    setenv("GILBOT_TEST_SECRET", "hunter2", 1);
    assert_int_equal(try_load("slack: {signing_secret: [\"hunter2\"]}\n"), ERR_INVALID);
    assert_null(strstr(error.text, "hunter2"));
    assert_int_equal(try_load("slack: {signing_secret: a, app_token: \"${GILBOT_TEST_SECRET}\"}\n"), ERR_INVALID);
    assert_null(strstr(error.text, "hunter2"));
    assert_int_equal(try_load("channel_talk: {webhook_token: a, signing_key: hunter2}\n"), ERR_INVALID);
    assert_null(strstr(error.text, "hunter2"));
    end();
}

TEST(settings, a_full_arena_is_reported)
{
    load("locale: ko\n");
    write_file(file, "locale: ko\n");
    struct arena small;
    for (size_t limit = 0; limit < 6000; limit += 50) {
        arena_init(&small, limit);
        struct settings *s = NULL;
        enum err rc = settings_load(&small, file, &s, &error);
        assert_true(rc == ERR_NO_MEMORY || rc == OK);
        arena_release(&small);
    }
    unlink(file);
    end();
}

TEST_MAIN
