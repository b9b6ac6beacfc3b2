/* integrations/slack/verify.h — is a request Slack's?
 *
 *   "v0=" + hex(HMAC-SHA-256(signing secret, "v0:" timestamp ":" raw body)), at most five minutes old or early.
 *
 * Thread: any, but one at a time for each key.  Source: Slack, "Verifying requests from Slack".                                              */
#ifndef GILBOT_INTEGRATIONS_SLACK_VERIFY_H
#define GILBOT_INTEGRATIONS_SLACK_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct inbound;
struct secret_key;

enum { SLACK_MAX_AGE_S = 300 };

/* `secret`: the signing secret; NULL when there is none (an HMAC with an empty key can be made by anybody).
 * ERR_INVALID: not Slack's, too old or too early, a header missing or doubled, or no secret.  ERR_NO_MEMORY. */
MUST_USE
enum err slack_verify(struct secret_key *secret, const struct inbound *inbound, int64_t now_ms, struct error *error);

/* A form with the bare field ssl_check=1: Slack tests the certificate, unsigned.  Such a request is answered 200 and
 * nothing else of it is ever looked at, or anybody could smuggle events past the signature. */
bool slack_is_ssl_check(const struct inbound *inbound);

#endif
