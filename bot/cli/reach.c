#include "bot/cli/reach.h"

#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "integrations/slack/slack.h"

#include "bot/base/banned.h"

enum { MOST_PLATFORM_ADDRESSES = 3, MOST_PROXIES = 6 };

const char *reach_why(enum reach_who who, bool korean)
{
    static const char *const why[][2] = {
        [REACH_SLACK] = {"messages, names and channels of Slack", "Slack에 답하고 이름과 채널을 알아내요"},
        [REACH_SLACK_HOOKS] = {"answers to slash commands of Slack", "Slack의 슬래시 명령에 답해요"},
        [REACH_CHANNEL_TALK] = {"messages, profiles and tags of Channel Talk",
                                "채널톡에 답하고 프로필과 태그를 읽고 써요"},
        [REACH_MODEL] = {"questions, passages and texts for the language model",
                         "언어 모델에 질문과 문서 구절을 보내요"},
        [REACH_PROXY] = {"the environment's proxy: all of the above goes through it",
                         "환경 변수의 프록시예요. 위의 모든 요청이 여기를 거쳐요"},
    };
    return why[who][korean ? 1 : 0];
}

/* An address that is not written is our own default; behind an air gap settings.c insists that all are. */
static bool is_written(const struct settings *settings, struct str url, struct str otherwise)
{
    return settings->airgap || !str_eq(url, otherwise);
}

static size_t add_platforms(const struct settings *settings, struct reach_address *items)
{
    size_t n = 0;
    if (settings->has_slack) {
        struct str url = settings->slack.api_url;
        items[n++] = (struct reach_address){
            .who = REACH_SLACK, .url = url, .written = is_written(settings, url, STR("https://slack.com/api/"))};
        if (!settings->airgap)
            items[n++] = (struct reach_address){.who = REACH_SLACK_HOOKS, .url = SLACK_HOOKS_ORIGIN};
    }
    if (settings->has_channel_talk) {
        struct str url = settings->channel_talk.api_url;
        items[n++] = (struct reach_address){
            .who = REACH_CHANNEL_TALK, .url = url, .written = is_written(settings, url, STR("https://api.channel.io"))};
    }
    return n;
}

/* Who is called, without the name and password that may stand before it. */
static struct str without_password(struct str url)
{
    size_t scheme = str_find(url, STR("://")), at = str_find_char(url, '@');
    if (at != SIZE_MAX)
        return str_skip(url, at + 1);
    return scheme == SIZE_MAX ? url : str_skip(url, scheme + 3);
}

/* The names that libcurl looks for. */
static size_t add_proxies(struct reach_address *items)
{
    static const char *const names[MOST_PROXIES] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                                    "ALL_PROXY"};
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(names) && names[i] != NULL; i++) {
        const char *url = getenv(names[i]);
        if (url != NULL && url[0] != '\0')
            items[n++] = (struct reach_address){
                .who = REACH_PROXY, .url = without_password(str_of(url)), .name = str_of(names[i])};
    }
    return n;
}

enum err reach_of(const struct settings *settings, struct arena *arena, struct reach *ret_reach, struct error *error)
{
    size_t most = MOST_PLATFORM_ADDRESSES + settings->n_models + MOST_PROXIES;
    struct reach_address *items = arena_alloc_array(arena, most, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    size_t n = add_platforms(settings, items);
    for (size_t i = 0; i < settings->n_models; i++) {
        const struct settings_model *model = &settings->models[i];
        items[n++] =
            (struct reach_address){.who = REACH_MODEL, .url = model->base_url, .name = model->name, .written = true};
    }
    if (n > 0 && !settings->airgap)
        n += add_proxies(items + n);
    *ret_reach = (struct reach){items, n};
    return OK;
}

enum err reach_of_platforms(const struct settings *settings, struct arena *arena, struct strs *ret_urls,
                            struct error *error)
{
    struct reach_address items[MOST_PLATFORM_ADDRESSES];
    size_t n = add_platforms(settings, items);
    struct str *urls = arena_alloc_array(arena, n, sizeof *urls);
    if (urls == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        urls[i] = items[i].url;
    *ret_urls = (struct strs){urls, n};
    return OK;
}
