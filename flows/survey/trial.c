/* The test as a whole: turns, what the person does, time. */
#include "flows/survey/trial.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "flows/survey/trial_player.h"

#include "bot/base/banned.h"

enum { MOST_OPTIONS_BYTES = 500, MOST_CHOSEN_BYTES = 8000, MS_A_MINUTE = 60 * 1000 };

/* ── what is written down ──────────────────────────────────────────────────────────────────────────────────────── */

void player_insert(struct player *player, size_t at, struct trial_entry entry)
{
    if (player->n_talk == player->capacity) {
        size_t capacity = player->capacity == 0 ? 32 : player->capacity * 2;
        struct trial_entry *talk = arena_alloc_array(player->arena, capacity, sizeof *talk);
        if (talk == NULL) {
            player->rc = ERR_NO_MEMORY;
            return;
        }
        if (player->n_talk > 0)
            memcpy(talk, player->talk, player->n_talk * sizeof *talk);
        player->talk = talk;
        player->capacity = capacity;
    }
    memmove(&player->talk[at + 1], &player->talk[at], (player->n_talk - at) * sizeof *player->talk);
    player->talk[at] = entry;
    player->n_talk++;
}

static void note(struct player *player, struct trial_entry entry)
{
    player_insert(player, player->n_talk, entry);
}

void player_fail(struct player *player, struct str reason)
{
    if (player->failed)
        return;
    player->failed = true;
    player->reason = reason;
    if (reason.p == NULL)
        player->rc = ERR_NO_MEMORY;
}

/* ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void hear(struct player *player, const struct turn *turn)
{
    for (size_t i = 0; i < turn->replies.n; i++)
        note(player, (struct trial_entry){.who = TRIAL_BOT, .reply = &turn->replies.items[i]});
    for (size_t i = 0; i < turn->n_records; i++) {
        const struct record *record = &turn->records[i];
        if (record->kind == RECORD_WARNING)
            note(player, (struct trial_entry){.who = TRIAL_ASIDE,
                                              .text = arena_format(player->arena, "warning: step %.*s: %.*s",
                                                                   STR_ARG(record->step), STR_ARG(record->text))});
    }
}

static void note_end(struct player *player)
{
    if (player->session.state != SESSION_WAITING)
        note(player, (struct trial_entry){
                         .who = TRIAL_ASIDE,
                         .text = arena_format(player->arena, "(%s)", session_state_name(player->session.state))});
}

/* NULL begins. */
static void step(struct player *player, const struct event *event)
{
    struct error error = {0};
    struct flow_ctx ctx = {
        .arena = player->arena,
        .clock = clock_manual(&player->now_ms),
        .error = &error,
        .locale = player->world->locale,
        .utc_offset_min = player->world->utc_offset_min,
        .past = player->trial->past,
        .n_past = event == NULL ? player->trial->n_past : 0,
        .variants = player->trial->variants,
        .n_variants = player->trial->n_variants,
    };
    struct turn turn = {0};
    if (player->flow->step(player->flow, &ctx, event, &player->session, &turn) != OK) {
        player_fail(player, arena_format(player->arena, "the flow broke off: %s", error.text));
        return;
    }
    player->session.updated_ms = player->now_ms;
    hear(player, &turn);
    note_end(player);
}

static bool is_over(struct player *player)
{
    if (player->session.state == SESSION_WAITING)
        return false;
    player_fail(player, arena_format(player->arena, "the conversation is over (%s): nobody listens any more",
                                     session_state_name(player->session.state)));
    return true;
}

/* The person does something: what was said before is forgotten. */
static void speak(struct player *player, struct str shown, const struct event *event)
{
    note(player, (struct trial_entry){.who = TRIAL_PERSON, .text = shown});
    if (is_over(player))
        return;
    player->next = player->turn = player->n_talk;
    step(player, event);
}

static void say(struct player *player, const struct trial_line *line)
{
    speak(player, line->text, &(struct event){.kind = EVENT_MESSAGE, .text = line->text});
}

static void send_file(struct player *player, const struct trial_line *line)
{
    const struct event_file file = {.id = line->text, .name = line->text};
    struct str shown = arena_format(player->arena, "[file] %.*s", STR_ARG(line->text));
    speak(player, shown, &(struct event){.kind = EVENT_MESSAGE, .has_files = true, .files = &file, .n_files = 1});
}

/* ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The question with options of this turn; NULL: there is none. */
static const struct reply *question(const struct player *player)
{
    for (size_t i = player->n_talk; i-- > player->turn;)
        if (player->talk[i].reply != NULL && player->talk[i].reply->n_options > 0)
            return player->talk[i].reply;
    return NULL;
}

/* By its value, else by its label. */
static const struct reply_option *option(const struct reply *reply, struct str written)
{
    for (size_t i = 0; i < reply->n_options; i++)
        if (str_eq(reply->options[i].value, written))
            return &reply->options[i];
    for (size_t i = 0; i < reply->n_options; i++)
        if (str_eq(reply->options[i].label, written))
            return &reply->options[i];
    return NULL;
}

static void no_option(struct player *player, const struct reply *asked, struct str written)
{
    struct buf list;
    buf_init(&list, player->arena, MOST_OPTIONS_BYTES);
    for (size_t i = 0; i < asked->n_options && !buf_failed(&list); i++) {
        const struct reply_option *shown = &asked->options[i];
        buf_addf(&list, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(shown->value));
        if (!str_eq(shown->value, shown->label))
            buf_addf(&list, " (%.*s)", STR_ARG(shown->label));
    }
    player_fail(player, arena_format(player->arena, "the question has no option `%.*s`; it has %.*s", STR_ARG(written),
                                     STR_ARG(buf_str(&list))));
}

/* Presses the buttons of the question, as they stand there. */
static void choose(struct player *player, const struct trial_line *line)
{
    const struct reply *asked = question(player);
    struct buf values, labels;
    buf_init(&values, player->arena, MOST_CHOSEN_BYTES);
    buf_init(&labels, player->arena, MOST_CHOSEN_BYTES);
    for (size_t i = 0; i < line->values.n && !player->failed; i++) {
        const struct reply_option *chosen = asked == NULL ? NULL : option(asked, line->values.items[i]);
        struct str label = chosen == NULL ? line->values.items[i] : chosen->label;
        buf_addf(&values, "%s%.*s", i == 0 ? "" : ",", STR_ARG(chosen == NULL ? label : chosen->value));
        buf_addf(&labels, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(label));
        if (asked != NULL && chosen == NULL)
            no_option(player, asked, line->values.items[i]);
    }
    struct str shown = arena_format(player->arena, "[%.*s]", STR_ARG(buf_str(&labels)));
    if (shown.p == NULL || buf_failed(&values))
        player->rc = ERR_NO_MEMORY;
    if (player->session.state == SESSION_WAITING && asked == NULL)
        player_fail(player, STR("no question with options was asked here; answer with `say`"));
    else if (asked != NULL && line->values.n > 1 && !asked->several)
        player_fail(player, STR("only one of the options may be chosen here"));
    if (player->failed)
        note(player, (struct trial_entry){.mark = TRIAL_MISSING, .who = TRIAL_PERSON, .text = shown});
    else
        speak(player, shown,
              &(struct event){
                  .kind = EVENT_BUTTON, .step = asked == NULL ? STR("") : asked->step, .value = buf_str(&values)});
}

/* ── waiting ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Time goes by: reminders come when they are due, and then the conversation expires. */
static void wait_for(struct player *player, const struct trial_line *line)
{
    int64_t until_ms = player->now_ms + line->wait_ms;
    struct session *session = &player->session;
    note(player, (struct trial_entry){.who = TRIAL_ASIDE,
                                      .text = arena_format(player->arena, "(%.*s later)", STR_ARG(line->text))});
    player->next = player->n_talk; /* the question that waits still has its buttons: the turn is the same */
    while (session->state == SESSION_WAITING && session->remind_ms > 0 && session->remind_ms <= until_ms &&
           (session->expires_ms == 0 || session->remind_ms < session->expires_ms) && !player->failed &&
           player->rc == OK) {
        player->now_ms = session->remind_ms;
        step(player, &(struct event){.kind = EVENT_TIMER, .since_ms = session->updated_ms});
    }
    player->now_ms = until_ms;
    if (session->state == SESSION_WAITING && session->expires_ms > 0 && session->expires_ms <= until_ms) {
        session->state = SESSION_EXPIRED;
        note_end(player);
    }
}

/* ── the test ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void play(struct player *player, const struct trial_line *line)
{
    switch (line->act) {
    case TRIAL_EXPECT:
        player_expect(player, &line->expect);
        break;
    case TRIAL_SAY:
        say(player, line);
        break;
    case TRIAL_CHOOSE:
        choose(player, line);
        break;
    case TRIAL_FILE:
        send_file(player, line);
        break;
    case TRIAL_WAIT:
        wait_for(player, line);
        break;
    }
    player->at = line->at;
}

enum err trial_run(const struct flow *flow, const struct trial *trial, const struct trial_world *world,
                   struct arena *arena, struct trial_result *ret_result, struct error *error)
{
    struct player player = {
        .flow = flow,
        .trial = trial,
        .world = world,
        .arena = arena,
        .at = trial->at,
        .now_ms = trial->local_ms - world->utc_offset_min * MS_A_MINUTE,
        .session = {.conversation = STR("test"),
                    .platform = STR("terminal"),
                    .user = STR("test"),
                    .flow = flow->name,
                    .flow_version = flow->version,
                    .locale = trial->locale.n > 0 ? trial->locale : world->locale,
                    .profile = trial->profile},
    };
    player.session.started_ms = player.now_ms;
    step(&player, NULL);
    for (size_t i = 0; i < trial->n_lines && !player.failed && player.rc == OK; i++)
        play(&player, &trial->lines[i]);
    if (player.rc != OK)
        return fail(error, player.rc, "the test `%.*s` is too long to be run", STR_ARG(trial->name));
    *ret_result = (struct trial_result){.passed = !player.failed,
                                        .at = player.at,
                                        .reason = player.reason,
                                        .talk = player.talk,
                                        .n_talk = player.n_talk};
    return OK;
}
