/* bot/base/secret.h — secrets, signatures, hashes and random numbers: everything that libsodium does for us, and the HMAC of
 * OpenSSL's libcrypto, which libcurl and libwebsockets bring along: twice as fast in plain AVX2, ten times with the
 * processor's own SHA-256, and it is the most costly part of taking an event.
 *
 * Thread: any, after secret_start.  Memory: results in the caller's buffers or arena.                               */
#ifndef GILBOT_BASE_SECRET_H
#define GILBOT_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { SECRET_HMAC_BYTES = 32, SECRET_ID_BYTES = 37 };

/* Once per process, before anything else here.  ERR_INTERNAL when the system has no randomness. */
MUST_USE enum err secret_start(struct error *error);

/* HMAC-SHA-256 (RFC 2104, FIPS 180-4) of the concatenation of n pieces; key of any length.  ERR_NO_MEMORY. */
MUST_USE
enum err secret_hmac_sha256(struct str key, const struct str *pieces, size_t n,
                            unsigned char ret_mac[SECRET_HMAC_BYTES]);

/* A key that signs many times: what depends on the key alone is computed once.  One thread at a time. */
struct secret_key;
struct secret_key *secret_key_new(struct str key); /* NULL: no memory */
void secret_key_free(struct secret_key *key);      /* NULL is fine */
void secret_key_freep(struct secret_key **key);

/* As secret_hmac_sha256. */
MUST_USE
enum err secret_key_hmac(struct secret_key *key, const struct str *pieces, size_t n,
                         unsigned char ret_mac[SECRET_HMAC_BYTES]);

/* SHA-256 of one piece. */
void secret_sha256(struct str data, unsigned char ret_hash[SECRET_HMAC_BYTES]);
/* SHA-256 of the concatenation of n pieces. */
void secret_sha256_joined(const struct str *pieces, size_t n, unsigned char ret_hash[SECRET_HMAC_BYTES]);

/* SHA-256 of an open file, from its beginning; its position is moved.  ERR_INTERNAL: it cannot be read. */
MUST_USE enum err secret_sha256_file(int fd, unsigned char ret_hash[SECRET_HMAC_BYTES]);

/* Equal length and bytes, in time that depends on the lengths only. */
bool secret_equal(struct str a, struct str b);

/* Lower-case hex of `data` in the arena; {NULL,0} when it is full. */
struct str secret_hex(struct arena *arena, struct str data);
/* Hex digits of either case, even number, into the arena; ERR_INVALID otherwise. */
MUST_USE enum err secret_unhex(struct arena *arena, struct str hex, struct str *ret_bytes);
/* Standard base64 with padding (RFC 4648 §4), strict. */
MUST_USE enum err secret_unbase64(struct arena *arena, struct str text, struct str *ret_bytes);
struct str secret_base64(struct arena *arena, struct str data);

/* A fresh random UUID version 4 (RFC 9562), 36 characters and a NUL. */
void secret_uuid(char ret_text[SECRET_ID_BYTES]);

/* Random bytes / a number in 0…bound-1 (bound > 0), from the system's generator. */
void secret_random(void *ret_bytes, size_t n);
uint32_t secret_below(uint32_t bound);

#endif
