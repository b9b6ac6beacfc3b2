/* flows/survey/trial_player.h — a test while it runs; inside flows/survey only.
 *
 *   trial.c         turns, what the person does, time
 *   trial_expect.c  what is expected of the replies
 *
 * Functions return nothing: a test that fails, and a full arena, stick in the player.                                */
#ifndef GILBOT_FLOWS_SURVEY_TRIAL_PLAYER_H
#define GILBOT_FLOWS_SURVEY_TRIAL_PLAYER_H

#include "bot/model/reply.h"
#include "flows/survey/trial.h"

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

/* Writes an entry down before the one of index `at`. */
void player_insert(struct player *player, size_t at, struct trial_entry entry);
/* The test fails, unless it did before.  `reason`: {NULL, 0} when there was no memory for it. */
void player_fail(struct player *player, struct str reason);
/* Looks at what was said from player->next on. */
void player_expect(struct player *player, const struct trial_expect *expected);

#endif
