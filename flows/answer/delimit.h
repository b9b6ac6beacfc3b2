/* flows/answer/delimit.h — data between delimiters, for prompts: what stands inside cannot end them.
 *
 *   <passage n="1" title="취업규칙" heading="휴가" page="12">
 *   연차는 15일이다.
 *   </passage>
 *
 * Inside, each < (and its wide forms) that begins a tag, as in "</passage>", becomes ‹, which quote.h does not count: a
 * quote of it is still found.  Nothing else is changed, so that quotes are word for word.
 *
 * Thread: any (pure).  Memory: the buffer's.  Errors: the buffer's.                                                  */
#ifndef GILBOT_FLOWS_ANSWER_DELIMIT_H
#define GILBOT_FLOWS_ANSWER_DELIMIT_H

#include <stddef.h>

#include "bot/base/str.h"
#include "flows/answer/passage.h"

struct buf;

void delimit_passage(struct buf *out, size_t number, const struct passage *passage);

/* <name>text</name>, on lines of their own; `name`: "question", "history". */
void delimit_text(struct buf *out, struct str name, struct str text);

#endif
