/* integrations/channel_talk/profile.h — what Channel Talk knows of a user, as one JSON object.
 *
 * Keys of user.profile, then of userChat.profile, each as the webhook has them and then, newer, as they were fetched;
 * a later one replaces an earlier one.  Values stay as they were written, to the digit; a null says "not known" and
 * replaces nothing.  Where no profile holds a `name`, the user's own name is it.                                    */
#ifndef GILBOT_INTEGRATIONS_CHANNEL_TALK_PROFILE_H
#define GILBOT_INTEGRATIONS_CHANNEL_TALK_PROFILE_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct stored;

/* Empty when nothing is known.  ERR_INVALID: the stored JSON is broken.  ERR_NO_MEMORY. */
MUST_USE
enum err channel_talk_profile(struct arena *arena, const struct stored *stored, struct str *ret_profile,
                              struct error *error);

#endif
