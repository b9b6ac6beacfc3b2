/* bot/model/heard.h — what a flow took from an event beside its text, in as few bytes as possible: kept in the log of what
 * was said, so that a conversation can be run again when the platforms' bodies are long gone.
 *
 *   ""          a message that answered             "o"       what began the session: a message, a command
 *   "bSTEP"     a button, of that question          "fJSON"   a message with a file: ["id","name","type",bytes]
 *   "sJSON"     a sheet: [["step","text"],["step","text",1]]; the 1: chosen, not typed
 *
 * Most answers are messages and buttons, so most rows grow by nothing or by the name of their question.
 *
 * Thread: any.  Memory: the arena; heard_read borrows from what it reads.                                            */
#ifndef GILBOT_MODEL_HEARD_H
#define GILBOT_MODEL_HEARD_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct event;

/* `starts`: a session began with it.  Empty for events that nobody said.  ERR_NO_MEMORY. */
MUST_USE
enum err heard_write(struct arena *arena, const struct event *event, bool starts, struct str *ret_heard);

/* The event again, as far as a flow looks at it; `text`: what was logged beside it.  *ret_starts: it is what the session
 * began with.  ERR_INVALID: it was not written by heard_write; ERR_NO_MEMORY. */
MUST_USE
enum err heard_read(struct arena *arena, struct str heard, struct str text, struct event *ret_event, bool *ret_starts,
                    struct error *error);

#endif
