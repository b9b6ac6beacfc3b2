#include "store/documents.h"

#include "fixture.h"

#include "bot/base/terms.h"
#include "store/query.h"

#include "bot/base/banned.h"

static struct document manual(const char *hash)
{
    return (struct document){.collection = STR("hr"),
                             .key = STR("manual.md"),
                             .title = STR("취업규칙"),
                             .source = STR("manual.md"),
                             .hash = str_of(hash),
                             .pages = 2};
}

static enum document_change put(struct fixture *f, const struct document *document, const char *first,
                                const char *second)
{
    struct chunk items[] = {{.page = 1, .heading = STR("휴가"), .body = str_of(first)},
                            {.page = 2, .heading = STR("출장"), .body = second == NULL ? STR("") : str_of(second)}};
    enum document_change change = DOCUMENT_SAME;
    assert_ok(
        document_put(f->db, document, (struct chunks){items, second == NULL ? 1 : 2}, f->now_ms, &change, &f->error),
        &f->error);
    return change;
}

/* How many postings the index holds for a term. */
static int postings(struct fixture *f, const char *term)
{
    int n = 0;
    CLEANUP(query_end) struct query q = query_begin(f->db, SQL_CHUNK_POSTINGS);
    while (query_next(&q))
        n += str_eq(column_peek(&q, 0), str_of(term));
    assert_ok(query_done(&q, &f->error), &f->error);
    return n;
}

static int64_t generation(struct fixture *f)
{
    int64_t value = -1;
    assert_ok(documents_generation(f->db, &value, &f->error), &f->error);
    return value;
}

TEST(documents, a_new_one_is_added_with_its_chunks_and_their_terms)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    assert_int_equal(put(&f, &document, "연차는 15일입니다.", "출장비는 실비로."), DOCUMENT_ADDED);
    struct documents list;
    DO(documents_list(f.db, &(struct documents_page){.collection = STR("hr"), .limit = 10}, &f.arena, &list, &f.error));
    assert_int_equal(list.n, 1);
    assert_str_equal(list.items[0].title, STR("취업규칙"));
    assert_int_equal(list.items[0].n_chunks, 2);
    assert_int_equal(postings(&f, "연차"), 1);
    assert_int_equal(postings(&f, "취업"), 2); /* the title, with each chunk */
    assert_int_equal(postings(&f, "휴가"), 1);
}

TEST(documents, the_same_hash_changes_nothing)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    put(&f, &document, "연차", NULL);
    int64_t before = generation(&f);
    document.title = STR("다른 제목");
    assert_int_equal(put(&f, &document, "월차", NULL), DOCUMENT_SAME);
    assert_int_equal(generation(&f), before);
    assert_int_equal(postings(&f, "월차"), 0);
}

TEST(documents, another_hash_replaces_chunks_and_terms_and_no_chunk_id_comes_back)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    put(&f, &document, "연차는 15일", "출장비");
    int64_t before = generation(&f);
    document.hash = STR("2");
    document.title = STR("인사규정");
    assert_int_equal(put(&f, &document, "월차는 없음", NULL), DOCUMENT_REPLACED);
    assert_true(generation(&f) > before);
    assert_int_equal(postings(&f, "연차"), 0);
    assert_int_equal(postings(&f, "취업"), 0);
    assert_int_equal(postings(&f, "인사"), 1);
    assert_int_equal(postings(&f, "월차"), 1);
    struct chunk chunk;
    REFUSED(ERR_NOT_FOUND, chunk_read(f.db, 1, &f.arena, &chunk, &f.error));
    REFUSED(ERR_NOT_FOUND, chunk_read(f.db, 2, &f.arena, &chunk, &f.error));
    DO(chunk_read(f.db, 3, &f.arena, &chunk, &f.error));
    assert_str_equal(chunk.body, STR("월차는 없음"));
}

TEST(documents, a_removed_one_leaves_nothing)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    put(&f, &document, "연차", "출장");
    DO(document_remove(f.db, STR("hr"), STR("manual.md"), &f.error));
    assert_int_equal(postings(&f, "연차"), 0);
    struct collections collections;
    DO(document_collections(f.db, &f.arena, &collections, &f.error));
    assert_int_equal(collections.n, 0);
    REFUSED(ERR_NOT_FOUND, document_remove(f.db, STR("hr"), STR("manual.md"), &f.error));
}

TEST(documents, who_may_see_one_is_kept_in_any_order)
{
    OPEN_DATABASE(f);
    struct str channels[] = {STR_INIT("C2"), STR_INIT("C1")};
    struct document document = manual("1"), read;
    document.access = (struct strs){channels, 2};
    put(&f, &document, "연차", NULL);
    DO(document_read(f.db, 1, &f.arena, &read, &f.error));
    assert_int_equal(read.access.n, 2);
    assert_str_equal(read.access.items[0], STR("C1"));
    assert_str_equal(read.access.items[1], STR("C2"));
}

TEST(documents, neighbours_of_a_chunk_are_read_as_far_as_there_are_any)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    put(&f, &document, "하나", "둘");
    struct chunks chunks;
    DO(chunks_read(f.db, (struct chunk_span){1, -1, 5}, &f.arena, &chunks, &f.error));
    assert_int_equal(chunks.n, 2);
    assert_str_equal(chunks.items[1].body, STR("둘"));
}

TEST(documents, a_text_that_is_not_utf8_is_refused)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    enum document_change change;
    struct chunk chunk = {.body = STR("\xff")};
    REFUSED(ERR_INVALID, document_put(f.db, &document, (struct chunks){&chunk, 1}, 1, &change, &f.error));
}

TEST(documents, terms_of_another_version_are_made_anew)
{
    OPEN_DATABASE(f);
    struct document document = manual("1");
    put(&f, &document, "연차", "출장");
    DO(db_execute(f.db,
                  "INSERT INTO chunk_text (chunk_text) VALUES ('delete-all');"
                  "UPDATE index_info SET value = 12345 WHERE key = 'terms_version'",
                  &f.error));
    bool was_needed = false;
    DO(documents_index_again(f.db, &was_needed, &f.error));
    assert_true(was_needed);
    assert_int_equal(postings(&f, "연차"), 1);
    DO(documents_index_again(f.db, &was_needed, &f.error));
    assert_false(was_needed);
}

TEST_MAIN
