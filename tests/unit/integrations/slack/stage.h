/* tests/unit/integrations/slack/stage.h — a Slack with a stub behind it that answers what a test says. */
#ifndef GILBOT_TESTS_UNIT_INTEGRATIONS_SLACK_STAGE_H
#define GILBOT_TESTS_UNIT_INTEGRATIONS_SLACK_STAGE_H

#include "bot/base/buf.h"
#include "tests/unit/integrations/slack/slack_fixture.h"

/* Answers are taken off a list, the last one stays. */
struct stage {
    struct slack_world world;
    struct stub_server *server;
    struct str responses[4];
    size_t n_responses, n_requests;
    char paths[8][64], bodies[8][4096], authorization[64], content_type[80];
    bool hang;
};

static inline void stage_answer(void *self, const struct stub_request *request, struct buf *response)
{
    struct stage *s = self;
    size_t i = s->n_requests++;
    *request->hang = s->hang;
    if (i < COUNT_OF(s->paths)) {
        snprintf(s->paths[i], sizeof s->paths[i], "%.*s", STR_ARG(request->target));
        snprintf(s->bodies[i], sizeof s->bodies[i], "%.*s", STR_ARG(request->body));
    }
    snprintf(s->authorization, sizeof s->authorization, "%.*s", STR_ARG(stub_header(request, STR("authorization"))));
    snprintf(s->content_type, sizeof s->content_type, "%.*s", STR_ARG(stub_header(request, STR("content-type"))));
    buf_add(response, s->responses[i < s->n_responses ? i : s->n_responses - 1]);
}

static inline void stage_start(struct stage *s)
{
    *s = (struct stage){.n_requests = 0};
    s->server = stub_server_start(stage_answer, s);
    world_start(&s->world, s->server, IDS_KNOWN);
}

static inline void stage_end(struct stage *s)
{
    world_end(&s->world);
    stub_server_stop(s->server);
}

static inline void respond(struct stage *s, int status, const char *headers, const char *body)
{
    s->responses[s->n_responses++] = arena_format(&s->world.arena, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
                                                  status, headers, strlen(body), body);
}

/* Forgets what was asked and answers this from now on. */
static inline void respond_only(struct stage *s, int status, const char *headers, const char *body)
{
    s->n_responses = s->n_requests = 0;
    respond(s, status, headers, body);
}

#endif
