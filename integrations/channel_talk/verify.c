/* integrations/channel_talk/verify.c — is the sender genuine?
 *
 *   webhook:   ?token=… , exactly once, equal to the configured one.  Channel Talk signs no webhook.
 *   function:  X-Signature = base64(HMAC-SHA256(key decoded from hex, raw body))                                    */
#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum { SIGNATURE_ARENA_BYTES = 16 * 1024 };

bool channel_talk_is_function(const struct inbound *inbound)
{
    struct str rest = str_skip(inbound->path, sizeof CHANNEL_TALK_FUNCTION_PATH - 1);
    return str_starts(inbound->path, STR(CHANNEL_TALK_FUNCTION_PATH)) && (rest.n == 0 || rest.p[0] == '/');
}

static enum err verify_token(struct str query, struct str token, struct error *error)
{
    struct str rest = query, pair, given = {NULL, 0};
    size_t n_tokens = 0;
    while (str_split(&rest, '&', &pair)) {
        struct str name;
        str_split(&pair, '=', &name);
        if (!str_eq(name, STR("token")))
            continue;
        given = pair;
        n_tokens++;
    }
    if (n_tokens != 1)
        return fail(error, ERR_INVALID, "%zu tokens in the query, one is needed", n_tokens);
    if (token.n == 0 || !secret_equal(given, token))
        return fail(error, ERR_INVALID, "the token in the query is wrong");
    return OK;
}

static enum err verify_signature(struct str key, const struct inbound *inbound, struct error *error)
{
    if (key.n == 0)
        return fail(error, ERR_INVALID, "app functions are off: channel_talk.signing_key is not set");
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SIGNATURE_ARENA_BYTES);
    struct str given;
    if (secret_unbase64(&arena, inbound_header(inbound, STR("x-signature")), &given) != OK)
        return fail(error, ERR_INVALID, "X-Signature is missing, doubled or no base64");
    unsigned char mac[SECRET_HMAC_BYTES];
    if (secret_hmac_sha256(key, &inbound->body, 1, mac) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory to check a signature");
    if (!secret_equal(given, (struct str){(const char *)mac, sizeof mac}))
        return fail(error, ERR_INVALID, "X-Signature is wrong");
    return OK;
}

enum err channel_talk_verify(const struct platform *self, const struct inbound *inbound, int64_t now_ms,
                             struct error *error)
{
    (void)now_ms; /* neither check carries a time */
    const struct channel_talk *ct = channel_talk_of(self);
    return channel_talk_is_function(inbound) ? verify_signature(ct->signing_key, inbound, error)
                                             : verify_token(inbound->query, ct->settings->webhook_token, error);
}
