/* What a test expects of the replies, and how it is said when they are others. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"
#include "flows/survey/trial_player.h"

#include "bot/base/banned.h"

enum { MOST_IDS_BYTES = 1000 };

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
    buf_init(&text, player->arena, expect->text.n + expect->contains.n + MOST_IDS_BYTES);
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
        player_fail(player, STR("nothing more is said here"));
        return;
    }
    for (size_t i = first + 1; i < player->n_talk; i++)
        if (is_read(&player->talk[i]) && reads(player, player->talk[i].reply, expect->text)) {
            player_fail(player, STR("this is said, but not next; write what comes before it, too, or use `contains`"));
            return;
        }
    player_fail(player, STR("something else is said next"));
}

static void explain(struct player *player, const struct trial_expect *expect)
{
    const struct reply *card = first_of(player, REPLY_CARD), *people = first_of(player, REPLY_HAND_OVER);
    if (expect->recommend.n > 0 && card == NULL)
        player_fail(player, STR("nothing is recommended here"));
    else if (expect->recommend.n > 0 && !str_eq(card->card.id, expect->recommend))
        player_fail(player, arena_format(player->arena, "`%.*s` is recommended here", STR_ARG(card->card.id)));
    else if (expect->hand_over.n > 0 && people == NULL)
        player_fail(player, STR("nobody takes over here"));
    else if (expect->hand_over.n > 0 && !str_eq(people->to, expect->hand_over))
        player_fail(player, arena_format(player->arena, "`%.*s` takes over here", STR_ARG(people->to)));
    else if (expect->tag.n > 0)
        player_fail(player, STR("the person does not get this tag here"));
    else
        player_fail(player, STR("no reply here contains this"));
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
    player_insert(player, first,
                  (struct trial_entry){.mark = TRIAL_MISSING, .who = TRIAL_BOT, .text = shown(player, expect)});
}

static void expect_end(struct player *player, const struct trial_expect *expect)
{
    const char *state = session_state_name(player->session.state);
    if (str_eq(expect->end, str_of(state)))
        return;
    size_t end = player->n_talk;
    if (player->session.state == SESSION_WAITING)
        player_fail(player, STR("the conversation goes on: a question waits for its answer"));
    else if (str_eq(expect->end, str_of(session_state_name(SESSION_WAITING))))
        player_fail(player, arena_format(player->arena, "the conversation is over: %s", state));
    else
        player_fail(player, arena_format(player->arena, "the conversation ended otherwise: %s", state));
    if (end > 0 && player->session.state != SESSION_WAITING)
        player->talk[--end].mark = TRIAL_INSTEAD;
    struct str text = arena_format(player->arena, "(%.*s)", STR_ARG(expect->end));
    player_insert(player, end, (struct trial_entry){.mark = TRIAL_MISSING, .who = TRIAL_ASIDE, .text = text});
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

void player_expect(struct player *player, const struct trial_expect *expected)
{
    bool of_reply = expected->contains.n + expected->recommend.n + expected->hand_over.n + expected->tag.n > 0;
    if (expected->text.n > 0)
        expect_text(player, expected);
    else if (of_reply)
        expect_reply(player, expected);
    if (expected->end.n > 0 && !player->failed)
        expect_end(player, expected);
}
