#include "bot/pipeline/record.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/log.h"
#include "bot/pipeline/pipeline.h"
#include "store/inbox.h"
#include "store/store.h"

#include "bot/base/banned.h"

/* One allocation: this, the events, their texts. */
struct record_job {
    struct write_job job;
    struct pipeline *pipeline;
    void (*recorded)(void *arg, enum err rc);
    void *arg;
    size_t n;
    char request_id[17];
    struct inbox_event events[];
};

static enum err run(struct db *db, void *arg, struct error *error)
{
    struct record_job *record = arg;
    int64_t now_ms = clock_now_ms(record->pipeline->parts.clock);
    for (size_t i = 0; i < record->n; i++) {
        bool is_new = false;
        if (inbox_record(db, &record->events[i], now_ms, &is_new, error) != OK)
            return during(error, "recording an event");
    }
    return OK;
}

/* A full disk refuses thousands of events a second; the first of each second says why. */
static void log_outcome(const struct record_job *record, enum err rc, const struct error *error)
{
    struct log_pace *pace = &record->pipeline->not_recorded;
    int64_t left_out = 0;
    if (rc == OK && pace->left_out > 0)
        LOG_INFO("event.recorded_again", F_I64("left_out", log_pace_take_rest(pace)));
    else if (rc != OK && log_pace_passes(pace, clock_tick_us(record->pipeline->parts.clock), &left_out))
        LOG_ERROR("event.not_recorded", F_CSTR("request", record->request_id), F_CSTR("why", error->text),
                  F_I64("left_out", left_out));
}

static void done(void *arg, enum err rc, const struct error *error)
{
    struct record_job *record = arg;
    log_outcome(record, rc, error);
    record->recorded(record->arg, rc);
    free(record);
}

static size_t texts_bytes(const struct record_input *input)
{
    size_t n = strlen(input->platform->name) + input->inbound->path.n + input->inbound->body.n;
    for (size_t i = 0; i < input->arrivals->n; i++) {
        const struct arrival *arrival = &input->arrivals->items[i];
        n += arrival->key.n + arrival->conversation.n + arrival->body.n;
    }
    return n;
}

/* Copies `s` to *at and moves *at on. */
static struct str put(char **at, struct str s)
{
    struct str copy = {*at, s.n};
    if (s.n > 0)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return copy;
}

/* Ids that do not repeat and look unlike each other: a counter from a random start, stirred (splitmix64).  Loop thread. */
static uint64_t next_id(struct pipeline *pipeline)
{
    uint64_t z = pipeline->request_ids += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

enum err record_arrivals(struct pipeline *pipeline, const struct record_input *input)
{
    size_t n = input->arrivals->n;
    struct record_job *record = malloc(sizeof *record + n * sizeof record->events[0] + texts_bytes(input));
    if (record == NULL)
        return ERR_NO_MEMORY;
    *record = (struct record_job){
        .job = {.run = run, .done = done, .arg = record},
        .pipeline = pipeline,
        .recorded = input->recorded,
        .arg = input->arg,
        .n = n,
    };
    uint64_t id = next_id(pipeline);
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof record->request_id - 1; i++)
        record->request_id[i] = digits[id >> 4 * i & 15];
    struct str request_id = {record->request_id, sizeof record->request_id - 1};

    char *at = (char *)&record->events[n];
    struct str platform = put(&at, str_of(input->platform->name));
    struct str kind = put(&at, input->inbound->path);
    struct str body = put(&at, input->inbound->body);
    for (size_t i = 0; i < n; i++) {
        const struct arrival *arrival = &input->arrivals->items[i];
        record->events[i] = (struct inbox_event){
            .key = put(&at, arrival->key),
            .platform = platform,
            .conversation = put(&at, arrival->conversation),
            .kind = kind,
            .type = str_of(arrival->type),
            .body = arrival->body.n > 0 ? put(&at, arrival->body) : body,
            .request_id = request_id,
        };
    }
    store_write_first(pipeline->parts.store, &record->job);
    return OK;
}
