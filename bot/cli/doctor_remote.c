/* bot/cli/doctor_remote.c — doctor.h's second half: everybody whom the service would call. */
#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/cli/doctor.h"
#include "bot/cli/models.h"
#include "bot/cli/reach.h"
#include "integrations/channel_talk/api.h"
#include "integrations/channel_talk/channel_talk.h"
#include "integrations/http/http_client.h"
#include "integrations/llm/llm.h"
#include "integrations/slack/slack.h"

#include "bot/base/banned.h"

enum { HALF_DAY_MS = 12 * 60 * 60 * 1000 };

/* ── platforms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void note_answer(struct doctor *doctor, bool answered)
{
    doctor->tried++;
    doctor->silent += answered ? 0 : 1;
}

static void try_slack(struct doctor *doctor, struct http_client *http)
{
    const struct settings_slack *settings = &doctor->settings->slack;
    struct slack *slack = NULL;
    struct error error = {0};
    if (!doctor->settings->has_slack)
        return;
    if (settings->bot_token.n == 0) {
        doctor_find(
            doctor, DOCTOR_NOTE, STR("Slack"),
            str_of(doctor_words(doctor, "there is no bot token: only slash commands are answered",
                                "봇 토큰이 없어요. 슬래시 명령에만 답해요")),
            doctor_words(doctor, "set slack.bot_token (docs/slack.md)", "slack.bot_token을 넣으세요 (docs/slack.md)"));
        return;
    }
    enum err rc = slack_new(settings, http, &slack, &error);
    if (rc == OK) {
        rc = slack_auth_test(slack, &error);
        note_answer(doctor, rc != ERR_REMOTE);
    }
    slack_free(slack);
    if (rc == OK)
        doctor_find(doctor, DOCTOR_WELL, STR("Slack"),
                    str_of(doctor_words(doctor, "it knows the bot token", "봇 토큰이 맞아요")), NULL);
    else
        doctor_find(doctor, DOCTOR_BAD, STR("Slack"), arena_copy(doctor->arena, str_of(error.text)),
                    rc == ERR_REMOTE ? doctor_words(doctor, "is there a way out, and is slack.api_url right?",
                                                    "바깥으로 나가는 길과 slack.api_url을 확인하세요")
                                     : doctor_words(doctor, "copy the bot token anew from the app's page",
                                                    "앱 페이지에서 봇 토큰을 다시 복사하세요"));
}

static void try_channel_talk(struct doctor *doctor, struct http_client *http)
{
    struct str name = str_of(doctor_words(doctor, "Channel Talk", "채널톡"));
    struct channel_talk *channel_talk = NULL;
    struct error error = {0};
    if (!doctor->settings->has_channel_talk)
        return;
    if (doctor->settings->channel_talk.access_key.n == 0) {
        doctor_find(doctor, DOCTOR_NOTE, name,
                    str_of(doctor_words(doctor, "there is no access key: nothing can be sent",
                                        "access_key가 없어 보낼 수 없어요")),
                    doctor_words(doctor, "set channel_talk.access_key and access_secret",
                                 "channel_talk.access_key와 access_secret을 넣으세요"));
        return;
    }
    struct channel_talk_parts parts = {&doctor->settings->channel_talk, http, doctor->clock};
    if (channel_talk_new(&parts, doctor->arena, &channel_talk, &error) != OK) {
        doctor_find(doctor, DOCTOR_BAD, name, arena_copy(doctor->arena, str_of(error.text)), NULL);
        return;
    }
    struct channel_talk_request request = {.method = "GET", .path = STR("/channel")};
    struct channel_talk_result result = channel_talk_call(channel_talk, &request, doctor->arena);
    note_answer(doctor, result.delivery.result != DELIVERY_LATER);
    if (result.delivery.result == DELIVERY_SENT)
        doctor_find(doctor, DOCTOR_WELL, name,
                    str_of(doctor_words(doctor, "it knows the access key", "액세스 키가 맞아요")), NULL);
    else
        doctor_find(doctor, DOCTOR_BAD, name, result.delivery.reason,
                    result.delivery.result == DELIVERY_LATER
                        ? doctor_words(doctor, "is there a way out, and is channel_talk.api_url right?",
                                       "바깥으로 나가는 길과 channel_talk.api_url을 확인하세요")
                        : doctor_words(doctor, "check channel_talk.access_key and access_secret",
                                       "channel_talk.access_key와 access_secret을 확인하세요"));
}

/* ── the clock ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Their Date against ours, in seconds; false: it sent none that can be read. */
static bool apart_from(struct doctor *doctor, struct http_client *http, struct str url, int64_t *ret_s)
{
    struct http_request_out request = {.method = "GET", .url = url};
    struct http_result result = {0};
    struct error error = {0};
    if (http_call(http, &request, doctor->arena, &result, &error) != OK)
        return false;
    /* the reader of Retry-After counts only what is to come: half a day is what it may be wrong by */
    int64_t now_ms = clock_now_ms(doctor->clock);
    int64_t until_ms = http_retry_after(http_result_header(&result, STR("date")), now_ms - HALF_DAY_MS);
    if (until_ms < 0)
        return false;
    *ret_s = (until_ms - HALF_DAY_MS) / 1000;
    return true;
}

static void try_clock(struct doctor *doctor, struct http_client *http, const struct reach *reach)
{
    struct str name = str_of(doctor_words(doctor, "clock", "시계"));
    int64_t apart_s = 0;
    size_t i = 0;
    while (i < reach->n &&
           (reach->items[i].who == REACH_PROXY || !apart_from(doctor, http, reach->items[i].url, &apart_s)))
        i++;
    if (i == reach->n)
        return; /* nobody tells the time */
    long long off_s = (long long)(apart_s < 0 ? -apart_s : apart_s);
    enum doctor_state state = off_s > DOCTOR_CLOCK_BAD_S    ? DOCTOR_BAD
                              : off_s > DOCTOR_CLOCK_NOTE_S ? DOCTOR_NOTE
                                                            : DOCTOR_WELL;
    struct str found = state == DOCTOR_WELL
                           ? str_of(doctor_words(doctor, "it is right", "맞아요"))
                           : arena_format(doctor->arena,
                                          apart_s > 0 ? doctor_words(doctor, "it is %lld s slow", "%lld초 느려요")
                                                      : doctor_words(doctor, "it is %lld s fast", "%lld초 빨라요"),
                                          off_s);
    doctor_find(doctor, state, name, found,
                state == DOCTOR_WELL ? NULL
                                     : doctor_words(doctor, "let the system keep the time: timedatectl set-ntp true",
                                                    "시스템이 시각을 맞추게 하세요: timedatectl set-ntp true"));
}

/* ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void try_skill(struct doctor *doctor, struct llm *llm, size_t place, enum model_skill skill)
{
    static const char *const skills[] = {"chat", "embedding", "rerank"};
    const struct settings_model *model = &doctor->settings->models[place];
    struct llm_trial trial = {place, skill, model->timeout_ms < DOCTOR_MODEL_MS ? model->timeout_ms : DOCTOR_MODEL_MS};
    struct str name = arena_format(doctor->arena, doctor_words(doctor, "model %.*s (%s)", "모델 %.*s (%s)"),
                                   STR_ARG(model->name), skills[skill]);
    struct llm_tried tried = {0};
    struct error error = {0};
    int64_t began_us = clock_tick_us(doctor->clock);
    enum err rc = llm_try(llm, &trial, &tried, &error);
    long long took_ms = (long long)(clock_tick_us(doctor->clock) - began_us) / 1000;
    struct str found =
        rc != OK ? arena_copy(doctor->arena, str_of(error.text))
        : skill == MODEL_EMBED
            ? arena_format(doctor->arena,
                           doctor_words(doctor, "%zu numbers in %lld ms", "%zu차원 벡터를 %lld ms에 줘요"),
                           tried.dimension, took_ms)
            : arena_format(doctor->arena, doctor_words(doctor, "it answers in %lld ms", "%lld ms에 답해요"), took_ms);
    doctor_find(doctor, rc == OK ? DOCTOR_WELL : DOCTOR_BAD, name, found,
                rc == OK
                    ? NULL
                    : doctor_words(doctor, "does the server run, and are base_url, api_key and the model's name right?",
                                   "모델 서버가 도는지, base_url, api_key, 모델 이름이 맞는지 확인하세요"));
    note_answer(doctor, tried.answered);
}

static void try_models(struct doctor *doctor, struct llm *llm)
{
    for (size_t i = 0; i < doctor->settings->n_models; i++) {
        const struct settings_model *model = &doctor->settings->models[i];
        const struct str names[MODEL_SKILLS] = {model->chat_model, model->embedding_model, model->rerank_model};
        for (int skill = 0; skill < MODEL_SKILLS; skill++)
            if (names[skill].n > 0)
                try_skill(doctor, llm, i, (enum model_skill)skill);
    }
}

/* ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void sum_up(struct doctor *doctor)
{
    struct str name = str_of(doctor_words(doctor, "network", "네트워크"));
    if (doctor->tried == 0)
        doctor_find(doctor, DOCTOR_WELL, name,
                    str_of(doctor_words(doctor, "none is needed: nothing that is configured is elsewhere",
                                        "필요 없어요. 설정된 것이 모두 이 안에 있어요")),
                    NULL);
    else if (doctor->silent == doctor->tried)
        doctor_find(
            doctor, DOCTOR_NOTE, name,
            str_of(doctor_words(doctor,
                                "nobody answered: offline?  Surveys, the web chat and quotes from the "
                                "documents work all the same",
                                "아무도 대답하지 않아요. 오프라인인가요? 설문, 웹 채팅, 문서 인용 답변은 그대로 돼요")),
            NULL);
}

static enum err open_client(struct doctor *doctor, const struct reach *reach, struct http_client **ret_http,
                            struct error *error)
{
    struct str *urls = arena_alloc_array(doctor->arena, reach->n, sizeof *urls);
    if (urls == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < reach->n; i++)
        if (reach->items[i].who != REACH_PROXY)
            urls[n++] = reach->items[i].url;
    struct http_client_settings client = {
        .origins = {urls, n}, .clock = doctor->clock, .direct = doctor->settings->airgap};
    return http_client_new(&client, ret_http, error);
}

enum err doctor_reach_out(struct doctor *doctor, struct error *error)
{
    struct reach reach = {0};
    struct http_client *http = NULL;
    struct models *models = NULL;
    struct models_parts parts = {.settings = doctor->settings, .clock = doctor->clock};
    enum err rc = reach_of(doctor->settings, doctor->arena, &reach, error);
    if (rc == OK)
        rc = open_client(doctor, &reach, &http, error);
    if (rc == OK)
        rc = models_open(&parts, &models, error);
    if (rc == OK) {
        try_slack(doctor, http);
        try_channel_talk(doctor, http);
        try_models(doctor, models_llm(models));
        if (doctor->silent < doctor->tried)
            try_clock(doctor, http, &reach);
        sum_up(doctor);
    }
    models_close(models);
    http_client_free(http);
    return rc;
}
