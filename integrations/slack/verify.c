#include "integrations/slack/verify.h"

#include "bot/base/secret.h"
#include "bot/model/platform.h"
#include "integrations/slack/body.h"

#include "bot/base/banned.h"

enum { SIGNATURE_BYTES = 3 + 2 * SECRET_HMAC_BYTES, MAX_TIMESTAMP_DIGITS = 12 };

/* Digits only: no sign, no blanks. */
static bool read_timestamp(struct str text, int64_t *ret_seconds)
{
    return text.n > 0 && text.n <= MAX_TIMESTAMP_DIGITS && text.p[0] != '-' && str_to_i64(text, ret_seconds);
}

static void write_signature(const unsigned char mac[SECRET_HMAC_BYTES], char ret_text[SIGNATURE_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    ret_text[0] = 'v';
    ret_text[1] = '0';
    ret_text[2] = '=';
    for (size_t i = 0; i < SECRET_HMAC_BYTES; i++) {
        ret_text[3 + 2 * i] = digits[mac[i] >> 4];
        ret_text[4 + 2 * i] = digits[mac[i] & 15];
    }
}

enum err slack_verify(struct secret_key *secret, const struct inbound *inbound, int64_t now_ms, struct error *error)
{
    if (secret == NULL)
        return fail(error, ERR_INVALID, "no signing secret");
    struct str timestamp = inbound_header(inbound, STR("x-slack-request-timestamp"));
    struct str signature = inbound_header(inbound, STR("x-slack-signature"));
    int64_t seconds;
    if (!read_timestamp(timestamp, &seconds))
        return fail(error, ERR_INVALID, "no readable X-Slack-Request-Timestamp");
    int64_t age_s = now_ms / 1000 - seconds;
    if (age_s > SLACK_MAX_AGE_S || age_s < -SLACK_MAX_AGE_S)
        return fail(error, ERR_INVALID, "the request is not of the last five minutes");

    unsigned char mac[SECRET_HMAC_BYTES];
    char expected[SIGNATURE_BYTES];
    struct str pieces[] = {STR("v0:"), timestamp, STR(":"), inbound->body};
    if (secret_key_hmac(secret, pieces, COUNT_OF(pieces), mac) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory to check a signature");
    write_signature(mac, expected);
    if (!secret_equal(signature, (struct str){expected, sizeof expected}))
        return fail(error, ERR_INVALID, "the signature is wrong");
    return OK;
}

bool slack_is_ssl_check(const struct inbound *inbound)
{
    if (slack_format_of(inbound) != SLACK_FORM)
        return false;
    struct str rest = inbound->body, piece;
    while (rest.n > 0 && str_split(&rest, '&', &piece))
        if (str_eq(piece, STR("ssl_check=1")))
            return true;
    return false;
}
