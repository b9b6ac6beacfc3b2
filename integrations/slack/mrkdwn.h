/* integrations/slack/mrkdwn.h — gilbot's markup as Slack's mrkdwn, in texts no longer than Slack takes.
 *
 * &, < and > are escaped everywhere but in links made here, so that no text can mention anybody (<!channel>).  Slack
 * knows no escape for * _ ~ ` and :emoji:, so marks in plain text get a zero-width space at their sides, which keeps
 * them from being read as marks; the same character lets our own marks stand inside Korean words.
 *
 * Thread: any (pure).  Memory: results live in the arena.  Lengths are UTF-16 units, the greatest of what Slack may be
 * counting.  Source: Slack, "Formatting text for app surfaces".                                                     */
#ifndef GILBOT_INTEGRATIONS_SLACK_MRKDWN_H
#define GILBOT_INTEGRATIONS_SLACK_MRKDWN_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct buf;

/* The markup as mrkdwn texts of at most `limit` units each (limit ≥ 2500), split at paragraphs, else at lines, else at
 * words.  None is blank; there are none when the markup is. */
MUST_USE
enum err slack_mrkdwn(struct arena *arena, struct str markup, size_t limit, struct strs *ret_texts,
                      struct error *error);

/* Appends plain text so that it is shown as it is.  `links`: bare http(s) URLs become links. */
enum slack_links { SLACK_NO_LINKS, SLACK_LINKS };
void slack_add_plain(struct buf *out, struct str text, enum slack_links links);

/* Appends "<url|label>"; `label` is plain text, empty: the URL itself. */
void slack_add_link(struct buf *out, struct str url, struct str label);

/* UTF-16 units. */
size_t slack_units(struct str text);

/* `text` cut to `limit` units with "…" at its end when it is longer. */
struct str slack_shorten(struct arena *arena, struct str text, size_t limit);

#endif
