/* flows/answer/render.h — an answer as it is sent: markup with its sources.
 *
 * Thread: any (pure).  Memory: the arena.  Errors: ERR_NO_MEMORY.                                                    */
#ifndef GILBOT_FLOWS_ANSWER_RENDER_H
#define GILBOT_FLOWS_ANSWER_RENDER_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct answer;
struct answer_source;
struct arena;

enum { RENDER_BYTES = 64 * 1024 };

/* Everything that comes from a document or a person is plain text in it; approved answers are markup themselves. */
MUST_USE enum err render_answer(struct arena *arena, const struct answer *answer, struct str *ret_markup);

/* "휴가 규정 › 연차 휴가 › 신청 방법 (3쪽)", plain. */
struct str render_source(struct arena *arena, const struct answer_source *source, struct str language);

#endif
