#include "store/index/search.h"

#include <fcntl.h>

#include "index_fixture.h"

#include "bot/base/banned.h"

static void write_synonyms(struct indexed *i, const char *text)
{
    unlink(i->synonyms_path);
    int fd = open(i->synonyms_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void add_manual(struct indexed *i)
{
    add(i, "leave", "연차휴가", "연차휴가는 입사 1년이 지나면 15일이 주어집니다. 3일 전에 신청합니다.");
    add(i, "trip", "출장비", "출장비는 실비로 지급합니다. 숙박비는 하루 10만 원까지입니다.");
    add(i, "pay", "급여", "급여는 매월 25일에 지급합니다. 명세서는 인사 시스템에서 봅니다.");
    refresh(i);
}

TEST(search, finds_the_document_that_answers)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    FIRST_IS(ask(&i, "연차는 며칠인가요?"), "leave");
    FIRST_IS(ask(&i, "숙박비는 얼마까지 되나요"), "trip");
    FIRST_IS(ask(&i, "급여 지급일이 언제죠"), "pay");
}

TEST(search, spaces_do_not_matter)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    FIRST_IS(ask(&i, "연차휴가신청은며칠전에하나요"), "leave");
    FIRST_IS(ask(&i, "하루 숙박비 얼마"), "trip");
}

TEST(search, gives_what_is_asked_for_and_no_more)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    struct search_hits hits = find(&i, (struct search_query){.text = STR("지급합니다"), .k = 1});
    assert_int_equal(hits.n, 1);
    assert_true(hits.items[0].chunk.body.n > 0);
    assert_int_equal(hits.items[0].chunk.page, 1);
    assert_int_equal(ask(&i, "우주선 발사").n, 0);
    assert_int_equal(ask(&i, "").n, 0);
    assert_int_equal(ask(&i, "?!").n, 0);
}

TEST(search, a_question_of_question_words_only_is_still_looked_for)
{
    OPEN_INDEXED(i);
    add(&i, "how", "도움말", "무엇을 어떻게 하나요 하는 물음에 답합니다.");
    refresh(&i);
    FIRST_IS(ask(&i, "무엇을 어떻게 하나요"), "how");
}

TEST(search, filters_count_before_ranking)
{
    OPEN_INDEXED(i);
    add_document(&i, (struct document){.collection = STR("a"), .key = STR("1"), .category = STR("hr")},
                 "연차 연차 연차");
    add_document(&i, (struct document){.collection = STR("b"), .key = STR("2"), .source = STR("s.pdf")},
                 "연차와 다른 말");
    refresh(&i);
    struct search_query query = {.text = STR("연차")};
    assert_int_equal(find(&i, query).n, 2);
    query.collection = STR("b");
    FIRST_IS(find(&i, query), "2");
    query.source = STR("s.pdf");
    assert_int_equal(find(&i, query).n, 1);
    query.category = STR("hr");
    assert_int_equal(find(&i, query).n, 0);
}

TEST(search, what_a_channel_may_not_see_is_not_found_there)
{
    OPEN_INDEXED(i);
    struct str channels[] = {STR_INIT("C1"), STR_INIT("C2")};
    add_document(&i, (struct document){.key = STR("secret"), .access = {channels, 2}}, "임원 급여표");
    add_document(&i, (struct document){.key = STR("open")}, "급여일 안내");
    refresh(&i);
    struct search_query query = {.text = STR("급여")};
    assert_int_equal(find(&i, query).n, 1);
    query.channel = STR("C3");
    assert_int_equal(find(&i, query).n, 1);
    query.channel = STR("C");
    assert_int_equal(find(&i, query).n, 1);
    query.channel = STR("C2");
    assert_int_equal(find(&i, query).n, 2);
    query.channel = STR("");
    query.sees_all = true;
    assert_int_equal(find(&i, query).n, 2);
}

TEST(search, an_old_index_serves_on_without_what_is_gone)
{
    OPEN_INDEXED(i);
    bool fresh = false;
    add_manual(&i);
    assert_ok(document_remove(i.f.db, documents_collection(), STR("leave"), &i.f.error), &i.f.error);
    assert_ok(search_is_fresh(i.search, i.f.db, &fresh, &i.f.error), &i.f.error);
    assert_false(fresh);
    assert_int_equal(ask(&i, "연차휴가").n, 0);
    FIRST_IS(ask(&i, "출장비"), "trip");
    refresh(&i);
    assert_ok(search_is_fresh(i.search, i.f.db, &fresh, &i.f.error), &i.f.error);
    assert_true(fresh);
}

TEST(search, a_made_index_is_opened_at_the_next_start)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    search_close(i.search);
    i.search = NULL;
    struct search_settings settings = {.data_dir = str_of(i.f.dir)};
    assert_ok(search_open(&settings, &i.search, &i.f.error), &i.f.error);
    FIRST_IS(ask(&i, "출장비"), "trip");
}

TEST(search, without_an_index_nothing_is_found)
{
    OPEN_INDEXED(i);
    assert_int_equal(ask(&i, "연차").n, 0);
}

TEST(search, synonyms_lead_lay_words_to_the_documents_own_and_are_read_again_when_the_file_changes)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    assert_int_equal(ask(&i, "월급날").n, 0);
    write_synonyms(&i, "# what people say\n월급\t급여\n");
    FIRST_IS(ask(&i, "월급날"), "pay");
    write_synonyms(&i, "월급, 봉급\t출장비\t0.9\n\n");
    FIRST_IS(ask(&i, "봉급"), "trip");
}

TEST(search, synonyms_with_a_fault_leave_the_old_ones)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    write_synonyms(&i, "월급\t급여\n");
    FIRST_IS(ask(&i, "월급"), "pay");
    write_synonyms(&i, "월급 출장비 without a tab\n");
    FIRST_IS(ask(&i, "월급"), "pay");
}

TEST(search, a_question_that_is_not_utf8_or_too_long_is_refused)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    struct search_hits hits;
    struct search_query query = {.text = STR("\xff"), .k = 1};
    assert_int_equal(search_run(i.search, i.f.db, &query, &i.f.arena, &hits, &i.f.error), ERR_INVALID);
    char *longest = arena_alloc(&i.f.arena, QUESTION_MOST_BYTES + 1);
    memset(longest, 'a', QUESTION_MOST_BYTES + 1);
    query.text = (struct str){longest, QUESTION_MOST_BYTES + 1};
    assert_int_equal(search_run(i.search, i.f.db, &query, &i.f.arena, &hits, &i.f.error), ERR_INVALID);
}

TEST(search, features_say_how_much_of_the_question_was_found)
{
    OPEN_INDEXED(i);
    add_manual(&i);
    struct search_hits hits = ask(&i, "출장비는 실비로 지급합니다");
    struct search_features features = hits.items[0].features;
    assert_true(features.cov > 0.99 && features.covp > 0.99 && features.order > 0.99 && features.sent1 > 0.99);
    assert_true(features.lcs > 0.99);
    hits = ask(&i, "출장비 우주선");
    features = hits.items[0].features;
    assert_true(features.cov > 0.2 && features.cov < 0.8);
}

TEST_MAIN
