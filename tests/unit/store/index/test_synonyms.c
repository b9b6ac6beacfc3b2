#include "store/index/synonyms.h"

#include "bot/base/arena.h"
#include "bot/base/error.h"
#include "bot/base/terms.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

enum { BYTES = 1024 * 1024 };

struct table {
    struct arena arena;
    struct synonyms synonyms;
    struct error error;
    enum err rc;
};

static void table_release(struct table *table)
{
    arena_release(&table->arena);
}

static struct table read_table(const char *text)
{
    struct table table = {0};
    arena_init(&table.arena, BYTES);
    table.rc = synonyms_read(&table.arena, str_of(text), &table.synonyms, &table.error);
    return table;
}

#define TABLE(name, text) CLEANUP(table_release) struct table name = read_table(text)

static bool applies(struct table *table, size_t i, const char *question)
{
    struct str normal, squeezed;
    assert_int_equal(terms_normal(&table->arena, str_of(question), &normal), OK);
    assert_int_equal(terms_squeeze(&table->arena, normal, &squeezed), OK);
    return synonym_applies(&table->synonyms.items[i], squeezed, normal);
}

TEST(synonyms, each_way_of_saying_it_is_a_rule)
{
    TABLE(table, "# a head\n\n월급, 봉급\t급여, 임금\t0.7\r\n휴가\t연차\n");
    assert_int_equal(table.rc, OK);
    assert_int_equal(table.synonyms.n, 3);
    assert_str_equal(table.synonyms.items[1].said, STR("봉급"));
    assert_true(table.synonyms.items[1].weight > 0.69 && table.synonyms.items[1].weight < 0.71);
    assert_true(table.synonyms.items[2].weight > 0.49 && table.synonyms.items[2].weight < 0.51);
}

TEST(synonyms, what_people_say_is_found_anywhere_whatever_its_spaces)
{
    TABLE(table, "밤에 일\t야간근로\n");
    assert_true(applies(&table, 0, "밤에 일하면 더 받나요"));
    assert_true(applies(&table, 0, "밤에일하면"));
    assert_false(applies(&table, 0, "낮에 일하면"));
}

TEST(synonyms, a_single_syllable_is_found_as_a_word_only)
{
    TABLE(table, "돈\t임금\n");
    assert_true(applies(&table, 0, "돈 언제 주나요"));
    assert_true(applies(&table, 0, "돈은 언제"));
    assert_false(applies(&table, 0, "사돈댁 경조사"));
}

TEST(synonyms, a_faulty_line_is_named)
{
    TABLE(no_tab, "월급\t급여\n봉급 급여\n");
    assert_int_equal(no_tab.rc, ERR_INVALID);
    assert_non_null(strstr(no_tab.error.text, "line 2"));
    TABLE(heavy, "월급\t급여\t1.5\n");
    assert_int_equal(heavy.rc, ERR_INVALID);
    TABLE(no_number, "월급\t급여\tmuch\n");
    assert_int_equal(no_number.rc, ERR_INVALID);
}

TEST(synonyms, no_file_is_no_rule)
{
    TABLE(table, "");
    assert_int_equal(table.rc, OK);
    assert_int_equal(table.synonyms.n, 0);
}

TEST_MAIN
