#include "bot/base/secret.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

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

/* libcrypto's names: a struct secret_key is its context, so that nothing has to be allocated around it. */
static EVP_MAC_CTX *context_of(struct secret_key *key)
{
    return (EVP_MAC_CTX *)key;
}

struct secret_key *secret_key_new(struct str key)
{
    char digest[] = "SHA256"; /* OSSL_PARAM takes no const */
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac); /* the context holds it */
    if (context != NULL && EVP_MAC_init(context, bytes_of(key), key.n, params) == 1)
        return (struct secret_key *)context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

void secret_key_free(struct secret_key *key)
{
    EVP_MAC_CTX_free(context_of(key)); /* wipes the key */
}

void secret_key_freep(struct secret_key **key)
{
    secret_key_free(*key);
}

enum err secret_key_hmac(struct secret_key *key, const struct str *pieces, size_t n,
                         unsigned char ret_mac[SECRET_HMAC_BYTES])
{
    EVP_MAC_CTX *context = context_of(key);
    size_t n_mac = 0;
    bool is_done = EVP_MAC_init(context, NULL, 0, NULL) == 1; /* the key stays */
    for (size_t i = 0; is_done && i < n; i++)
        is_done = EVP_MAC_update(context, bytes_of(pieces[i]), pieces[i].n) == 1;
    is_done = is_done && EVP_MAC_final(context, ret_mac, &n_mac, SECRET_HMAC_BYTES) == 1;
    return is_done && n_mac == SECRET_HMAC_BYTES ? OK : ERR_NO_MEMORY;
}

enum err secret_hmac_sha256(struct str key, const struct str *pieces, size_t n,
                            unsigned char ret_mac[SECRET_HMAC_BYTES])
{
    CLEANUP(secret_key_freep) struct secret_key *made = secret_key_new(key);
    return made == NULL ? ERR_NO_MEMORY : secret_key_hmac(made, pieces, n, ret_mac);
}

void secret_sha256(struct str data, unsigned char ret_hash[SECRET_HMAC_BYTES])
{
    crypto_hash_sha256(ret_hash, bytes_of(data), data.n);
}

void secret_sha256_joined(const struct str *pieces, size_t n, unsigned char ret_hash[SECRET_HMAC_BYTES])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++)
        crypto_hash_sha256_update(&state, bytes_of(pieces[i]), pieces[i].n);
    crypto_hash_sha256_final(&state, ret_hash);
}

enum err secret_sha256_file(int fd, unsigned char ret_hash[SECRET_HMAC_BYTES])
{
    enum { PIECE_BYTES = 64 * 1024 };
    unsigned char piece[PIECE_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    if (lseek(fd, 0, SEEK_SET) != 0)
        return ERR_INTERNAL;
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) != 0;) {
        if (n < 0 && errno != EINTR)
            return ERR_INTERNAL;
        crypto_hash_sha256_update(&state, piece, n > 0 ? (size_t)n : 0);
    }
    crypto_hash_sha256_final(&state, ret_hash);
    return OK;
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
