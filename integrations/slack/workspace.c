#include "integrations/slack/workspace.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/settings.h"
#include "integrations/http/http_client.h"
#include "integrations/slack/body.h"
#include "integrations/slack/slack.h"
#include "integrations/slack/tree.h"

#include "bot/base/banned.h"

struct slack_ids_box {
    struct slack_ids ids;
    struct slack_ids_box *older;
    char text[]; /* what ids point to */
};

const struct slack *slack_of(const struct platform *platform)
{
    return CONTAINER_OF(platform, struct slack, platform);
}

struct slack_ids slack_ids(const struct slack *slack)
{
    const struct slack_ids_box *box = atomic_load_explicit(&slack->known, memory_order_acquire);
    return box != NULL ? box->ids : (struct slack_ids){.team = {NULL, 0}};
}

struct slack_ids slack_ids_for(const struct slack *slack, const struct slack_body *body)
{
    struct slack_ids ids = slack_ids(slack);
    if (ids.user.n == 0 && body->kind == SLACK_EVENT && slack_is_true_at(body->root, "authorizations.0.is_bot"))
        ids.user = slack_text_at(body->root, "authorizations.0.user_id");
    return ids;
}

static struct str put(char **at, struct str s)
{
    struct str copy = {*at, s.n};
    if (s.n > 0)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return copy;
}

enum err slack_ids_learn(struct slack *slack, struct slack_ids ids, struct error *error)
{
    struct slack_ids_box *box = malloc(sizeof *box + ids.team.n + ids.user.n + ids.bot.n);
    if (box == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for Slack's ids");
    char *at = box->text;
    box->ids.team = put(&at, ids.team);
    box->ids.user = put(&at, ids.user);
    box->ids.bot = put(&at, ids.bot);
    box->older = atomic_load_explicit(&slack->known, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&slack->known, &box->older, box, memory_order_release,
                                                  memory_order_relaxed))
        ;
    return OK;
}

void slack_ids_free(struct slack *slack)
{
    for (struct slack_ids_box *older, *box = atomic_load(&slack->known); box != NULL; box = older) {
        older = box->older;
        free(box);
    }
}

bool slack_is_response_url(const struct slack *slack, struct str url)
{
    return http_same_origin(url, SLACK_HOOKS_ORIGIN) || http_same_origin(url, slack->settings->api_url);
}
