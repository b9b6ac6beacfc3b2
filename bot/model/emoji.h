/* bot/model/emoji.h — the emoji names people use most, as Unicode.
 *
 * Names are those that Slack and Channel Talk share (the short names of emoji-data), so that a flow written for one
 * looks right everywhere.  Thread: any.                                                                             */
#ifndef GILBOT_MODEL_EMOJI_H
#define GILBOT_MODEL_EMOJI_H

#include "bot/base/str.h"

/* "wave" → "👋"; empty for a name that is not in the table. */
struct str emoji_unicode(struct str name);

#endif
