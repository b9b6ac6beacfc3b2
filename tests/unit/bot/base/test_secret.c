#include "bot/base/secret.h"

#include "bot/base/arena.h"
#include "tests/support/test.h"

static struct arena arena;

static struct str hex_of(const unsigned char *bytes, size_t n)
{
    arena_init(&arena, 1 << 20);
    return secret_hex(&arena, (struct str){(const char *)bytes, n});
}

TEST(secret, starts_more_than_once)
{
    assert_int_equal(secret_start(NULL), OK);
    assert_int_equal(secret_start(NULL), OK);
}

TEST(secret, hmac_gives_rfc_4231_case_2)
{
    unsigned char mac[SECRET_HMAC_BYTES];
    struct str pieces[] = {STR("what do ya want "), STR(""), STR("for nothing?")};
    assert_int_equal(secret_hmac_sha256(STR("Jefe"), pieces, 3, mac), OK);
    assert_str_equal(hex_of(mac, sizeof mac), STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    arena_release(&arena);
}

TEST(secret, hmac_takes_keys_longer_than_a_block)
{
    char key[131]; /* RFC 4231 case 6 */
    memset(key, 0xAA, sizeof key);
    unsigned char mac[SECRET_HMAC_BYTES];
    struct str data = STR("Test Using Larger Than Block-Size Key - Hash Key First");
    assert_int_equal(secret_hmac_sha256((struct str){key, sizeof key}, &data, 1, mac), OK);
    assert_str_equal(hex_of(mac, sizeof mac), STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
    arena_release(&arena);
}

TEST(secret, hmac_of_nothing_with_no_key)
{
    unsigned char mac[SECRET_HMAC_BYTES];
    assert_int_equal(secret_hmac_sha256((struct str){NULL, 0}, NULL, 0, mac), OK);
    assert_str_equal(hex_of(mac, sizeof mac), STR("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
    arena_release(&arena);
}

TEST(secret, a_key_signs_any_number_of_times)
{
    CLEANUP(secret_key_freep) struct secret_key *key = secret_key_new(STR("Jefe"));
    assert_non_null(key);
    unsigned char mac[SECRET_HMAC_BYTES];
    struct str pieces[] = {STR("what do ya want "), STR("for nothing?")}, other = STR("something else");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(secret_key_hmac(key, &other, 1, mac), OK);
        assert_int_equal(secret_key_hmac(key, pieces, 2, mac), OK);
        assert_str_equal(hex_of(mac, sizeof mac),
                         STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
        arena_release(&arena);
    }
    secret_key_free(NULL);
}

TEST(secret, sha256_gives_fips_180_vector)
{
    unsigned char hash[SECRET_HMAC_BYTES];
    secret_sha256(STR("abc"), hash);
    assert_str_equal(hex_of(hash, sizeof hash),
                     STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    arena_release(&arena);
}

TEST(secret, equality_needs_length_and_bytes)
{
    assert_true(secret_equal(STR("abc"), STR("abc")));
    assert_true(secret_equal(STR(""), (struct str){NULL, 0}));
    assert_false(secret_equal(STR("abc"), STR("abd")));
    assert_false(secret_equal(STR("abc"), STR("abcd")));
    assert_false(secret_equal(STR(""), STR("a")));
}

TEST(secret, hex_goes_both_ways)
{
    arena_init(&arena, 1 << 20);
    struct str bytes;
    assert_int_equal(secret_unhex(&arena, STR("00fFA9"), &bytes), OK);
    assert_str_equal(bytes, STR("\x00\xFF\xA9"));
    assert_str_equal(secret_hex(&arena, bytes), STR("00ffa9"));
    assert_int_equal(secret_unhex(&arena, STR(""), &bytes), OK);
    assert_int_equal(bytes.n, 0);
    assert_int_equal(secret_unhex(&arena, STR("abc"), &bytes), ERR_INVALID);
    assert_int_equal(secret_unhex(&arena, STR("zz"), &bytes), ERR_INVALID);
    assert_int_equal(secret_unhex(&arena, STR("a b1"), &bytes), ERR_INVALID);
    arena_release(&arena);
}

TEST(secret, base64_is_strict)
{
    arena_init(&arena, 1 << 20);
    struct str bytes;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_str_equal(secret_base64(&arena, str_of(pairs[i][0])), str_of(pairs[i][1]));
        assert_int_equal(secret_unbase64(&arena, str_of(pairs[i][1]), &bytes), OK);
        assert_str_equal(bytes, str_of(pairs[i][0]));
    }
    static const char *const wrong[] = {"Zg", "Zg=", "Zh==", "Zg==\n", "Z", "Zm9v!", "-_-_", "====", "Zm9v Zm9v"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(secret_unbase64(&arena, str_of(wrong[i]), &bytes), ERR_INVALID);
    arena_release(&arena);
}

TEST(secret, a_full_arena_is_reported)
{
    arena_init(&arena, 0);
    struct str bytes;
    assert_null(secret_hex(&arena, STR("a")).p);
    assert_null(secret_base64(&arena, STR("a")).p);
    assert_int_equal(secret_unhex(&arena, STR("aa"), &bytes), ERR_NO_MEMORY);
    assert_int_equal(secret_unbase64(&arena, STR("Zg=="), &bytes), ERR_NO_MEMORY);
}

TEST(secret, uuids_are_version_4_and_differ)
{
    char a[SECRET_ID_BYTES], b[SECRET_ID_BYTES];
    secret_uuid(a);
    secret_uuid(b);
    assert_int_equal(strlen(a), 36);
    assert_int_equal(a[14], '4');
    assert_non_null(strchr("89ab", a[19]));
    assert_true(a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
    assert_string_not_equal(a, b);
}

TEST(secret, random_numbers_stay_below_their_bound)
{
    for (int i = 0; i < 1000; i++)
        assert_true(secret_below(7) < 7);
    assert_int_equal(secret_below(1), 0);
    char a[32] = {0}, b[32] = {0};
    secret_random(a, sizeof a);
    secret_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

TEST_MAIN
