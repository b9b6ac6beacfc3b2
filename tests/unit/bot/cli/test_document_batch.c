#include "bot/cli/document_batch.h"

#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/cli/progress.h"
#include "tests/support/test.h"

static void freep(struct document_batch **batch)
{
    document_batch_free(*batch);
}

static struct made_document example(void)
{
    static struct str access[] = {STR_INIT("C1"), STR_INIT("C2")};
    static struct chunk chunks[] = {{.page = 3, .heading = STR_INIT("가 > 나"), .body = STR_INIT("본문\n\"둘째\"")},
                                    {.page = 0, .heading = STR_INIT(""), .body = STR_INIT("끝")}};
    return (struct made_document){.document = {.collection = STR("default"),
                                               .key = STR("hr/휴가.pdf"),
                                               .title = STR("휴가"),
                                               .source = STR("hr"),
                                               .category = STR("인사"),
                                               .url = STR("https://a.b/c"),
                                               .date = STR("2025-03-01"),
                                               .access = {access, COUNT_OF(access)},
                                               .hash = STR("abc"),
                                               .pages = 7},
                                  .chunks = {chunks, COUNT_OF(chunks)}};
}

TEST(document_batch, what_goes_to_the_service_arrives_there_the_same)
{
    struct error error = {0};
    struct made_document made = example();
    CLEANUP(freep) struct document_batch *here = document_batch_new();
    CLEANUP(freep) struct document_batch *there = document_batch_new();
    assert_int_equal(document_batch_put(here, &made, &error), OK);
    assert_int_equal(document_batch_remove(here, (struct document_key){STR("default"), STR("gone")}, &error), OK);
    CLEANUP(buf_release) struct buf json;
    buf_init(&json, NULL, 1 << 16);
    document_batch_to_json(here, &json);
    assert_int_equal(document_batch_from_json(there, buf_str(&json), &error), OK);
    assert_int_equal(there->n_puts, 1);
    assert_int_equal(there->n_removes, 1);
    assert_int_equal(there->n_chunks, 2);
    const struct made_document *got = &there->puts[0];
    assert_str_equal(got->document.key, made.document.key);
    assert_str_equal(got->document.access.items[1], STR("C2"));
    assert_int_equal(got->document.pages, 7);
    assert_int_equal(got->chunks.items[0].page, 3);
    assert_str_equal(got->chunks.items[0].heading, STR("가 > 나"));
    assert_str_equal(got->chunks.items[0].body, STR("본문\n\"둘째\""));
    assert_str_equal(there->removes[0].key, STR("gone"));
    CLEANUP(buf_release) struct buf again;
    buf_init(&again, NULL, 1 << 16);
    document_batch_to_json(there, &again);
    assert_str_equal(buf_str(&again), buf_str(&json));
}

TEST(document_batch, what_is_no_batch_is_refused)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{\"put\":[]}",
        "{\"put\":[],\"remove\":[[\"a\"]]}",
        "{\"put\":[{\"collection\":\"c\",\"key\":\"k\",\"access\":[],\"chunks\":[[1,\"h\"]]}],\"remove\":[]}",
        "{\"put\":[{\"collection\":\"c\",\"key\":\"\",\"access\":[],\"chunks\":[]}],\"remove\":[]}",
        "{\"put\":[{\"collection\":\"c\",\"key\":\"k\",\"chunks\":[]}],\"remove\":[]}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CLEANUP(freep) struct document_batch *batch = document_batch_new();
        struct error error = {0};
        assert_int_equal(document_batch_from_json(batch, str_of(wrong[i]), &error), ERR_INVALID);
    }
}

TEST(progress, times_are_written_as_people_read_them)
{
    static const struct {
        int64_t ms;
        const char *text;
    } times[] = {{-1, "?"}, {0, "0:00"}, {1, "0:01"}, {61000, "1:01"}, {3599000, "59:59"}, {3725000, "1:02:05"}};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        char text[24];
        progress_time(times[i].ms, text);
        assert_string_equal(text, times[i].text);
    }
}

TEST_MAIN
