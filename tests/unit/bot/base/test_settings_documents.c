/* `documents` and `api` in gilbot.yaml. */
#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/settings.h"
#include "tests/support/test.h"

static enum err load(struct arena *arena, const char *yaml, struct settings **ret, struct error *error)
{
    char path[] = "/tmp/gilbot-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    enum err rc = settings_load(arena, path, ret, error);
    unlink(path);
    return rc;
}

static void assert_refused(const char *yaml, const char *why)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct settings *settings = NULL;
    struct error error = {0};
    assert_int_equal(load(&arena, yaml, &settings, &error), ERR_INVALID);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s", error.text);
}

TEST(settings_documents, folders_and_collections_have_their_defaults)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct settings *settings = NULL;
    struct error error = {0};
    assert_int_equal(load(&arena,
                          "documents:\n  - {path: ./docs}\n  - {collection: laws, access: [C1, 2], chunk: {size: 300, "
                          "overlap: 50}}\napi: {tokens: {erp: {token: 0123456789abcdef}}}\n",
                          &settings, &error),
                     OK);
    assert_int_equal(settings->n_documents, 2);
    assert_str_equal(settings->documents[0].path, STR("/tmp/./docs"));
    assert_str_equal(settings->documents[0].collection, STR("default"));
    assert_int_equal(settings->documents[0].chunk.size, 500);
    assert_int_equal(settings->documents[0].chunk.overlap, 100);
    assert_int_equal(settings->documents[1].path.n, 0);
    assert_int_equal(settings->documents[1].chunk.size, 300);
    assert_str_equal(settings->documents[1].access.items[1], STR("2"));
    assert_str_equal(settings->api.tokens[0].name, STR("erp"));
    assert_int_equal(settings->api.max_body_bytes, 32 << 20);
}

TEST(settings_documents, what_cannot_be_is_refused_without_showing_a_token)
{
    assert_refused("documents: [{path: ./a, chunk: {size: 100, overlap: 60}}]\n", "more than half");
    assert_refused("documents: [{path: ./a, chunk: {size: 10}}]\n", "size");
    assert_refused("documents: [{folder: ./a}]\n", "unknown key");
    assert_refused("api: {tokens: {erp: {token: short}}}\n", "token");
    assert_refused("api: {tokens: {erp: {}}}\n", "is missing");
}

TEST_MAIN
