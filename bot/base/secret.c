#include "bot/base/secret.h"

#include <sodium.h>
#include <stdio.h>

#include "bot/base/arena.h"

#include "bot/base/banned.h"

static const unsigned char *bytes_of(struct str s)
{
    return (const unsigned char *)(s.p == NULL ? "" : s.p);
}

enum err secret_start(struct error *error)
{
    if (sodium_init() < 0)
        return fail(error, ERR_INTERNAL, "the system gives no random numbers; is /dev/urandom there?");
    return OK;
}

void secret_hmac_sha256(struct str key, const struct str *pieces, size_t n, unsigned char ret_mac[SECRET_HMAC_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.n);
    for (size_t i = 0; i < n; i++)
        crypto_auth_hmacsha256_update(&state, bytes_of(pieces[i]), pieces[i].n);
    crypto_auth_hmacsha256_final(&state, ret_mac);
    sodium_memzero(&state, sizeof state);
}

void secret_sha256(struct str data, unsigned char ret_hash[SECRET_HMAC_BYTES])
{
    crypto_hash_sha256(ret_hash, bytes_of(data), data.n);
}

bool secret_equal(struct str a, struct str b)
{
    return a.n == b.n && sodium_memcmp(bytes_of(a), bytes_of(b), a.n) == 0;
}

struct str secret_hex(struct arena *arena, struct str data)
{
    char *p = data.n > (SIZE_MAX - 1) / 2 ? NULL : arena_alloc(arena, data.n * 2 + 1);
    if (p == NULL)
        return (struct str){NULL, 0};
    sodium_bin2hex(p, data.n * 2 + 1, bytes_of(data), data.n);
    return (struct str){p, data.n * 2};
}

enum err secret_unhex(struct arena *arena, struct str hex, struct str *ret_bytes)
{
    unsigned char *p = arena_alloc(arena, hex.n / 2 + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    if (sodium_hex2bin(p, hex.n / 2, hex.p == NULL ? "" : hex.p, hex.n, NULL, &n, NULL) != 0)
        return ERR_INVALID;
    *ret_bytes = (struct str){(const char *)p, n};
    return OK;
}

enum err secret_unbase64(struct arena *arena, struct str text, struct str *ret_bytes)
{
    size_t most = text.n / 4 * 3;
    unsigned char *p = arena_alloc(arena, most + 1);
    if (p == NULL)
        return ERR_NO_MEMORY;
    size_t n = 0;
    if (sodium_base642bin(p, most, text.p == NULL ? "" : text.p, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return ERR_INVALID;
    *ret_bytes = (struct str){(const char *)p, n};
    return OK;
}

struct str secret_base64(struct arena *arena, struct str data)
{
    size_t room = sodium_base64_ENCODED_LEN(data.n, sodium_base64_VARIANT_ORIGINAL);
    char *p = arena_alloc(arena, room);
    if (p == NULL)
        return (struct str){NULL, 0};
    sodium_bin2base64(p, room, bytes_of(data), data.n, sodium_base64_VARIANT_ORIGINAL);
    return (struct str){p, room - 1};
}

void secret_uuid(char ret_text[SECRET_ID_BYTES])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)(0x40 | (b[6] & 0x0F)); /* version 4 */
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3F)); /* variant of RFC 9562 */
    snprintf(ret_text, SECRET_ID_BYTES, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

void secret_random(void *ret_bytes, size_t n)
{
    randombytes_buf(ret_bytes, n);
}

uint32_t secret_below(uint32_t bound)
{
    return randombytes_uniform(bound);
}
