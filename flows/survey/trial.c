#include "flows/survey/trial.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"

#include "bot/base/banned.h"

enum { MOST_REASON_BYTES = 1000, MOST_CHOSEN_BYTES = 8000, MS_A_MINUTE = 60 * 1000 };

/* A test while it runs.  What is out of memory sticks in `rc`. */
struct player {
    const struct flow *flow;
    const struct trial *trial;
    const struct trial_world *world;
    struct arena *arena;
    struct session session;
    int64_t now_ms;
    struct trial_entry *talk;
    size_t n_talk, capacity;
    size_t next; /* of `talk`: from here on nobody has looked at what was said */
    size_t turn; /* where the last turn begins                                  */
    enum err rc;
    bool failed;
    struct place at;
    struct str reason;
};

/* ── what is written down ──────────────────────────────────────────────────────────────────────────────────────── */

static struct trial_entry *insert(struct player *player, size_t at, struct trial_entry entry)
{
    if (player->n_talk == player->capacity) {
        size_t capacity = player->capacity == 0 ? 32 : player->capacity * 2;
        struct trial_entry *talk = arena_alloc_array(player->arena, capacity, sizeof *talk);
        if (talk == NULL) {
            player->rc = ERR_NO_MEMORY;
            return NULL;
        }
        if (player->n_talk > 0)
            memcpy(talk, player->talk, player->n_talk * sizeof *talk);
        player->talk = talk;
        player->capacity = capacity;
    }
    memmove(&player->talk[at + 1], &player->talk[at], (player->n_talk - at) * sizeof *player->talk);
    player->talk[at] = entry;
    player->n_talk++;
    return &player->talk[at];
}

static void note(struct player *player, struct trial_entry entry)
{
    insert(player, player->n_talk, entry);
}

/* `reason`: {NULL, 0} when there was no memory for it. */
static void fail_here(struct player *player, struct str reason)
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
    };
    struct turn turn = {0};
    if (player->flow->step(player->flow, &ctx, event, &player->session, &turn) != OK) {
        fail_here(player, arena_format(player->arena, "the flow broke off: %s", error.text));
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
    fail_here(player, arena_format(player->arena, "the conversation is over (%s): nobody listens any more",
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
    buf_init(&list, player->arena, MOST_REASON_BYTES / 2);
    for (size_t i = 0; i < asked->n_options && !buf_failed(&list); i++) {
        const struct reply_option *shown = &asked->options[i];
        buf_addf(&list, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(shown->value));
        if (!str_eq(shown->value, shown->label))
            buf_addf(&list, " (%.*s)", STR_ARG(shown->label));
    }
    fail_here(player, arena_format(player->arena, "the question has no option `%.*s`; it has %.*s", STR_ARG(written),
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
        fail_here(player, STR("no question with options was asked here; answer with `say`"));
    else if (asked != NULL && line->values.n > 1 && !asked->several)
        fail_here(player, STR("only one of the options may be chosen here"));
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

/* ── expecting ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What a person reads of it: nothing of tags. */
static bool is_read(const struct trial_entry *entry)
{
    return entry->reply != NULL && entry->reply->kind != REPLY_TAG;
}

/* In the form in which tests are loaded. */
static struct str composed(struct player *player, struct str text)
{
    struct str made = text;
    if (text_nfc(player->arena, text, &made) == ERR_NO_MEMORY)
        player->rc = ERR_NO_MEMORY;
    return str_trim(made);
}

static struct str plain(struct player *player, struct str markup)
{
    struct str text = markup;
    if (markup_plain(player->arena, markup, &text) != OK)
        player->rc = ERR_NO_MEMORY;
    return composed(player, text);
}

/* As it is written in the flow, as people read it, or with its options, too. */
static bool reads(struct player *player, const struct reply *reply, struct str text)
{
    return str_eq(composed(player, reply->text), text) || str_eq(plain(player, reply->text), text) ||
           str_eq(composed(player, reply_plain(player->arena, reply)), text);
}

static bool contains(struct player *player, const struct reply *reply, struct str text)
{
    return str_find(composed(player, reply->text), text) != SIZE_MAX ||
           str_find(composed(player, reply_plain(player->arena, reply)), text) != SIZE_MAX;
}

/* Notes are for people inside: only who looks for a hand-over sees them. */
static bool fits(struct player *player, const struct reply *reply, const struct trial_expect *expect)
{
    bool hand_over = reply->kind == REPLY_HAND_OVER;
    if (expect->recommend.n > 0 && (reply->kind != REPLY_CARD || !str_eq(reply->card.id, expect->recommend)))
        return false;
    if (expect->hand_over.n > 0 && (!hand_over || !str_eq(reply->to, expect->hand_over)))
        return false;
    if (expect->tag.n > 0 && (reply->kind != REPLY_TAG || !strs_contain(reply->tags, expect->tag)))
        return false;
    if (hand_over && expect->hand_over.n == 0)
        return false;
    return expect->contains.n == 0 || contains(player, reply, expect->contains);
}

static struct str shown(struct player *player, const struct trial_expect *expect)
{
    struct buf text;
    buf_init(&text, player->arena, expect->text.n + expect->contains.n + MOST_REASON_BYTES);
    if (expect->text.n > 0)
        return expect->text;
    if (expect->recommend.n > 0)
        buf_addf(&text, "[recommend] %.*s ", STR_ARG(expect->recommend));
    if (expect->hand_over.n > 0)
        buf_addf(&text, "[hand over to] %.*s ", STR_ARG(expect->hand_over));
    if (expect->tag.n > 0)
        buf_addf(&text, "[tag] %.*s ", STR_ARG(expect->tag));
    if (expect->contains.n > 0)
        buf_addf(&text, "… %.*s …", STR_ARG(expect->contains));
    if (buf_failed(&text))
        player->rc = ERR_NO_MEMORY;
    return str_trim(buf_str(&text));
}

static const struct reply *first_of(const struct player *player, enum reply_kind kind)
{
    for (size_t i = player->next; i < player->n_talk; i++)
        if (player->talk[i].reply != NULL && player->talk[i].reply->kind == kind)
            return player->talk[i].reply;
    return NULL;
}

static void explain_text(struct player *player, const struct trial_expect *expect, size_t first)
{
    if (first == player->n_talk) {
        fail_here(player, STR("nothing more is said here"));
        return;
    }
    for (size_t i = first + 1; i < player->n_talk; i++)
        if (is_read(&player->talk[i]) && reads(player, player->talk[i].reply, expect->text)) {
            fail_here(player, STR("this is said, but not next; write what comes before it, too, or use `contains`"));
            return;
        }
    fail_here(player, STR("something else is said next"));
}

static void explain(struct player *player, const struct trial_expect *expect)
{
    const struct reply *card = first_of(player, REPLY_CARD), *people = first_of(player, REPLY_HAND_OVER);
    if (expect->recommend.n > 0 && card == NULL)
        fail_here(player, STR("nothing is recommended here"));
    else if (expect->recommend.n > 0 && !str_eq(card->card.id, expect->recommend))
        fail_here(player, arena_format(player->arena, "`%.*s` is recommended here", STR_ARG(card->card.id)));
    else if (expect->hand_over.n > 0 && people == NULL)
        fail_here(player, STR("nobody takes over here"));
    else if (expect->hand_over.n > 0 && !str_eq(people->to, expect->hand_over))
        fail_here(player, arena_format(player->arena, "`%.*s` takes over here", STR_ARG(people->to)));
    else if (expect->tag.n > 0)
        fail_here(player, STR("the person does not get this tag here"));
    else
        fail_here(player, STR("no reply here contains this"));
}

/* Expected, and instead of it these replies: the one of that kind, where there is one. */
static void mark(struct player *player, const struct trial_expect *expect, size_t first)
{
    const struct reply *other = expect->recommend.n > 0   ? first_of(player, REPLY_CARD)
                                : expect->hand_over.n > 0 ? first_of(player, REPLY_HAND_OVER)
                                                          : NULL;
    while (other != NULL && player->talk[first].reply != other)
        first++;
    bool one = other != NULL || (expect->text.n > 0 && first < player->n_talk);
    size_t last = one ? first + 1 : player->n_talk;
    for (size_t i = first; i < last; i++)
        if (player->talk[i].reply != NULL)
            player->talk[i].mark = TRIAL_INSTEAD;
    insert(player, first, (struct trial_entry){.mark = TRIAL_MISSING, .who = TRIAL_BOT, .text = shown(player, expect)});
}

static void expect_end(struct player *player, const struct trial_expect *expect)
{
    const char *state = session_state_name(player->session.state);
    if (str_eq(expect->end, str_of(state)))
        return;
    size_t end = player->n_talk;
    if (player->session.state == SESSION_WAITING)
        fail_here(player, STR("the conversation goes on: a question waits for its answer"));
    else if (str_eq(expect->end, str_of(session_state_name(SESSION_WAITING))))
        fail_here(player, arena_format(player->arena, "the conversation is over: %s", state));
    else
        fail_here(player, arena_format(player->arena, "the conversation ended otherwise: %s", state));
    if (end > 0 && player->session.state != SESSION_WAITING)
        player->talk[--end].mark = TRIAL_INSTEAD;
    struct str text = arena_format(player->arena, "(%.*s)", STR_ARG(expect->end));
    insert(player, end, (struct trial_entry){.mark = TRIAL_MISSING, .who = TRIAL_ASIDE, .text = text});
}

static void expect_text(struct player *player, const struct trial_expect *expect)
{
    size_t i = player->next;
    while (i < player->n_talk && !is_read(&player->talk[i]))
        i++;
    if (i < player->n_talk && reads(player, player->talk[i].reply, expect->text)) {
        player->next = i + 1;
        return;
    }
    explain_text(player, expect, i);
    mark(player, expect, i);
}

static void expect_reply(struct player *player, const struct trial_expect *expect)
{
    for (size_t i = player->next; i < player->n_talk; i++)
        if (player->talk[i].reply != NULL && fits(player, player->talk[i].reply, expect)) {
            player->next = i + 1;
            return;
        }
    explain(player, expect);
    mark(player, expect, player->next);
}

static void expect(struct player *player, const struct trial_line *line)
{
    const struct trial_expect *expected = &line->expect;
    bool of_reply = expected->contains.n + expected->recommend.n + expected->hand_over.n + expected->tag.n > 0;
    if (expected->text.n > 0)
        expect_text(player, expected);
    else if (of_reply)
        expect_reply(player, expected);
    if (expected->end.n > 0 && !player->failed)
        expect_end(player, expected);
}

/* ── the test ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void play(struct player *player, const struct trial_line *line)
{
    switch (line->act) {
    case TRIAL_EXPECT:
        expect(player, line);
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
