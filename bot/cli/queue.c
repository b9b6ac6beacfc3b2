#include "bot/cli/queue.h"

#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/clock.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/admin.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { QUEUE_BYTES = 32 * 1024 * 1024, LISTED_STATES = 7 /* the first ones: a row in another is never at rest */ };

struct queue_words {
    const char *verb, *argument;
    bool json;
};

static int usage(const struct queue *queue)
{
    fprintf(stderr, "gilbot: usage: gilbot %s " QUEUE_USAGE "\n", queue->name);
    return 2;
}

static const char *iso(int64_t ms, char text[CLOCK_ISO_BYTES])
{
    if (ms == 0)
        return "-";
    clock_iso(ms, text);
    return text;
}

static void print_json(const struct queue_row *row, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, QUEUE_BYTES / 4);
    buf_add_char(&out, '{');
    json_add_member_i64(&out, "id", row->id);
    json_add_member(&out, "state", str_of(row->state));
    json_add_member(&out, "platform", row->platform);
    json_add_member(&out, "conversation", row->conversation);
    if (row->type.n > 0)
        json_add_member(&out, "type", row->type);
    json_add_member_i64(&out, "attempts", row->attempts);
    json_add_member_i64(&out, "at_ms", row->at_ms);
    json_add_member_i64(&out, "due_ms", row->due_ms);
    json_add_member_i64(&out, "finished_ms", row->finished_ms);
    json_add_member(&out, "request", row->request_id);
    json_add_member(&out, "error", row->error);
    if (row->body.n > 0)
        json_add_member(&out, "body", row->body);
    buf_add_char(&out, '}');
    printf("%.*s\n", STR_ARG(buf_str(&out)));
}

static void print_line(const struct queue_row *row)
{
    char at[CLOCK_ISO_BYTES];
    printf("%8lld  %-8s %s  %-12.*s %-9.*s tries %-3d %.*s  %.*s\n", (long long)row->id, row->state,
           iso(row->at_ms, at), STR_ARG(row->platform), STR_ARG(row->type), row->attempts, STR_ARG(row->conversation),
           STR_ARG(row->error));
}

static void print_whole(const struct queue_row *row)
{
    char at[CLOCK_ISO_BYTES], due[CLOCK_ISO_BYTES], finished[CLOCK_ISO_BYTES];
    printf("id            %lld\nstate         %s\nplatform      %.*s\nconversation  %.*s\ntype          %.*s\n",
           (long long)row->id, row->state, STR_ARG(row->platform), STR_ARG(row->conversation), STR_ARG(row->type));
    printf("tries         %d\nat            %s\ndue           %s\nfinished      %s\nrequest       %.*s\n",
           row->attempts, iso(row->at_ms, at), iso(row->due_ms, due), iso(row->finished_ms, finished),
           STR_ARG(row->request_id));
    printf("error         %.*s\n\n%.*s\n", STR_ARG(row->error), STR_ARG(row->body));
}

static int state_number(const struct queue *queue, const char *name)
{
    for (int i = 0; i < LISTED_STATES; i++)
        if (strcmp(queue->state_name(i), name) == 0)
            return i;
    return -1;
}

static int list(const struct queue *queue, const struct queue_words *words, struct db *db, struct arena *arena)
{
    int state = state_number(queue, words->argument == NULL ? "dead" : words->argument);
    if (state < 0) {
        fprintf(stderr, "gilbot: there is no state %s; one of:", words->argument);
        for (int i = 0; i < LISTED_STATES; i++)
            fprintf(stderr, " %s", queue->state_name(i));
        fputc('\n', stderr);
        return 2;
    }
    struct queue_rows rows = {0};
    struct error error = {0};
    if (queue->list(db, state, arena, &rows, &error) != OK)
        return config_failed(&error);
    for (size_t i = 0; i < rows.n; i++) {
        if (words->json)
            print_json(&rows.items[i], arena);
        else
            print_line(&rows.items[i]);
    }
    fprintf(stderr, "%zu %s in the %s%s\n", rows.n, queue->state_name(state), queue->name,
            rows.n == QUEUE_LIST_ROWS ? " shown; there may be more" : "");
    return 0;
}

static int show(const struct queue *queue, const struct queue_words *words, struct db *db, struct arena *arena)
{
    int64_t id = 0;
    if (words->argument == NULL || !str_to_i64(str_of(words->argument), &id))
        return usage(queue);
    struct queue_row row = {0};
    struct error error = {0};
    enum err rc = queue->show(db, id, arena, &row, &error);
    if (rc != OK)
        return config_failed(&error);
    if (words->json)
        print_json(&row, arena);
    else
        print_whole(&row);
    return 0;
}

static int change(const struct queue *queue, const struct queue_words *words, struct str data_dir)
{
    struct admin_change wanted = {.queue = str_of(queue->name), .verb = str_of(words->verb)};
    if (words->argument == NULL || !str_to_i64(str_of(words->argument), &wanted.id))
        return usage(queue);
    struct error error = {0};
    if (admin_change(data_dir, &wanted, &error) != OK) {
        fprintf(stderr, "gilbot: %s\n", error.text);
        return error.code == ERR_NOT_FOUND || error.code == ERR_CONFLICT ? 2 : 1;
    }
    printf("%s %lld: %s\n", queue->name, (long long)wanted.id,
           strcmp(words->verb, "retry") == 0 ? "will be tried again" : "dropped");
    return 0;
}

static bool read_words(const struct command_line *line, struct queue_words *ret)
{
    struct queue_words words = {0};
    for (int i = 1; i < line->argc; i++) {
        if (strcmp(line->argv[i], "--json") == 0)
            words.json = true;
        else if (words.verb == NULL)
            words.verb = line->argv[i];
        else if (words.argument == NULL)
            words.argument = line->argv[i];
        else
            return false;
    }
    *ret = words;
    return words.verb != NULL;
}

static int look(const struct queue *queue, const struct queue_words *words, struct str data_dir, struct arena *arena)
{
    struct db *db = NULL;
    struct error error = {0};
    if (store_reader_open_dir(data_dir, &db, &error) != OK)
        return config_failed(&error);
    int status = strcmp(words->verb, "list") == 0 ? list(queue, words, db, arena) : show(queue, words, db, arena);
    store_reader_close(db);
    return status;
}

int queue_command(const struct queue *queue, const struct command_line *line)
{
    struct queue_words words = {0};
    if (!read_words(line, &words))
        return usage(queue);
    struct arena arena;
    arena_init(&arena, QUEUE_BYTES);
    struct settings *settings = NULL;
    struct error error = {0};
    int status = 2;
    if (config_load(line, &arena, &settings, &error) != OK)
        status = config_failed(&error);
    else if (strcmp(words.verb, "list") == 0 || strcmp(words.verb, "show") == 0)
        status = look(queue, &words, settings->data_dir, &arena);
    else if (strcmp(words.verb, "retry") == 0 || strcmp(words.verb, "drop") == 0)
        status = change(queue, &words, settings->data_dir);
    else
        status = usage(queue);
    settings_release(settings);
    arena_release(&arena);
    return status;
}
