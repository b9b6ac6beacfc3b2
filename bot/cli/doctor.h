/* bot/cli/doctor.h — tries every part that is configured, and says what to mend.
 *
 *   doctor_look        what is here: data folder, database, disk, the service that runs
 *   doctor_reach_out   what is elsewhere: platforms' tokens, models, the clock against theirs
 *
 * Nothing is changed but for a file that is made in the data folder and taken away again; nothing is sent to people.  Models
 * are asked for a few tokens.
 *
 * Thread: one; blocks.  Memory: findings live in the arena.                                                          */
#ifndef GILBOT_CLI_DOCTOR_H
#define GILBOT_CLI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/clock.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct settings;

enum {
    DOCTOR_LITTLE_DISK_MB = 1024, /* less is worth a note          */
    DOCTOR_LEAST_DISK_MB = 100,   /* … less is a fault             */
    DOCTOR_CLOCK_NOTE_S = 30,     /* apart from others: a note     */
    DOCTOR_CLOCK_BAD_S = 240,     /* Slack refuses at 300          */
    DOCTOR_MODEL_MS = 30000,      /* a model may have to be loaded */
};

enum doctor_state { DOCTOR_WELL, DOCTOR_NOTE, DOCTOR_BAD };

struct doctor_finding {
    enum doctor_state state;
    struct str part;  /* "database", "model local (chat)" …     */
    struct str found; /* a sentence                              */
    struct str mend;  /* what to do; empty when there is nothing */
};

enum { DOCTOR_MOST_FINDINGS = 256 };

struct doctor {
    struct arena *arena;
    const struct settings *settings;
    struct clock clock;
    bool korean;
    struct doctor_finding *findings; /* room for DOCTOR_MOST_FINDINGS */
    size_t n;
    size_t tried, silent; /* addresses elsewhere: how many did not answer at all */
};

/* One of two, by the doctor's language. */
const char *doctor_words(const struct doctor *doctor, const char *english, const char *korean);

/* `part` is a constant or lives in the arena; found and mend: texts in the doctor's language; mend NULL: none. */
void doctor_find(struct doctor *doctor, enum doctor_state state, struct str part, struct str found, const char *mend);

void doctor_look(struct doctor *doctor);

/* ERR_NO_MEMORY, ERR_INVALID (an address is no URL): nothing could be tried. */
MUST_USE
enum err doctor_reach_out(struct doctor *doctor, struct error *error);

#endif
