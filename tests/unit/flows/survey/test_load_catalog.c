#include <stdlib.h>
#include <unistd.h>

#include "flows/survey/check.h"
#include "flows/survey/definition.h"
#include "tests/unit/flows/survey/talk.h"

/* A folder with one flow, whose catalog `shop` is the file beside it. */
struct shop {
    char folder[32], file[64];
    struct arena arena;
    struct findings findings;
    struct flow *flow;
    enum err rc;
};

static void shop_open(struct shop *shop, const char *name, struct str bytes)
{
    *shop = (struct shop){.folder = "/tmp/gilbot-shop-XXXXXX"};
    arena_init(&shop->arena, 16 * 1024 * 1024);
    shop->findings.arena = &shop->arena;
    assert_non_null(mkdtemp(shop->folder));
    struct str path = arena_format(&shop->arena, "%s/%s", shop->folder, name);
    struct str flow_path = arena_format(&shop->arena, "%s/flow.yaml", shop->folder);
    struct str text = arena_format(&shop->arena,
                                   "flow: t\ncatalog:\n  shop: {file: %s}\n"
                                   "steps:\n- {recommend: 'shop[1]', text: '{shop[1].name}'}\n",
                                   name);
    memcpy(shop->file, path.p, path.n + 1);
    FILE *file = fopen(shop->file, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    fclose(file);
    shop->rc = survey_load_text_checked(flow_path, text, &shop->findings, &shop->flow, NULL);
}

static void shop_close(struct shop *shop)
{
    if (shop->rc == OK)
        shop->flow->free(shop->flow);
    arena_release(&shop->arena);
    remove(shop->file);
    remove(shop->folder);
}

static struct value records_of(const struct shop *shop)
{
    if (shop->rc != OK)
        fail_msg("%.*s", STR_ARG(shop->findings.items[0].message));
    return survey_definition(shop->flow)->catalogs[0].records;
}

static struct value cell_of(const struct shop *shop, size_t record, struct str column)
{
    struct value cell = value_null();
    assert_true(value_get(&records_of(shop).list.items[record], column, &cell));
    return cell;
}

/* The one fault, in the catalog's own file. */
static void check_fault(const char *name, struct str bytes, const char *expected)
{
    struct shop shop;
    shop_open(&shop, name, bytes);
    assert_int_equal(shop.rc, ERR_INVALID);
    const struct finding *got = &shop.findings.items[0];
    struct str said = arena_format(&shop.arena, "%u:%u: %.*s", got->at.line, got->at.column, STR_ARG(got->message));
    if (shop.findings.n != 1 || !str_starts(said, str_of(expected)))
        fail_msg("got %.*s, expected %s", STR_ARG(said), expected);
    assert_true(str_ends(got->file, str_of(name)));
    shop_close(&shop);
}

TEST(catalog, comes_from_a_csv_file_with_a_mark_quotes_and_empty_cells)
{
    struct shop shop;
    shop_open(&shop, "p.csv",
              STR("\xEF\xBB\xBFid,name,price,code\r\n"
                  "a,\"샐러드, \"\"가벼운\"\"\",8900,007\r\n"
                  "\r\n"
                  "b,,1.50,\"8\"\r\n"
                  "c,\"두\n줄\",,true"));
    assert_int_equal(records_of(&shop).list.n, 3);
    assert_str_equal(cell_of(&shop, 0, STR("name")).string, STR("샐러드, \"가벼운\""));
    assert_int_equal(cell_of(&shop, 0, STR("price")).kind, VALUE_NUMBER);
    assert_str_equal(cell_of(&shop, 0, STR("code")).string, STR("007"));
    assert_int_equal(cell_of(&shop, 1, STR("name")).kind, VALUE_NULL);
    assert_str_equal(cell_of(&shop, 1, STR("code")).string, STR("8"));
    assert_str_equal(cell_of(&shop, 2, STR("name")).string, STR("두\n줄"));
    assert_true(cell_of(&shop, 2, STR("code")).boolean);
    shop_close(&shop);
}

TEST(catalog, comes_from_a_yaml_file)
{
    struct shop shop;
    shop_open(&shop, "p.yaml", STR("- {id: a, name: 샐러드, price: 8900}\n- {id: b}\n"));
    assert_int_equal(records_of(&shop).list.n, 2);
    assert_str_equal(cell_of(&shop, 0, STR("name")).string, STR("샐러드"));
    shop_close(&shop);
}

TEST(catalog, a_spreadsheets_korean_encoding_is_converted)
{
    struct shop shop;
    shop_open(&shop, "p.csv", STR("id,name\r\na,\xBB\xF8\xB7\xAF\xB5\xE5\r\n")); /* 샐러드 in CP949 */
    assert_str_equal(cell_of(&shop, 0, STR("name")).string, STR("샐러드"));
    shop_close(&shop);
}

TEST(catalog, an_encoding_that_nobody_knows_is_refused_where_it_begins)
{
    check_fault("p.csv", STR("id,name\na,\xFF\xFF\n"), "2:3: from here on the file is neither UTF-8 nor CP949");
    check_fault("p.csv", STR("\xFF\xFEi\0d\0"), "1:1: the file is UTF-16; save it as \"CSV UTF-8\"");
}

TEST(catalog, a_ragged_line_is_refused_where_it_is_too_long_or_too_short)
{
    check_fault("p.csv", STR("id,name\na,b,이것\n"), "2:5: 3 cells, but the first line names 2 columns");
    check_fault("p.csv", STR("id,name\na,b\nc\n"), "3:1: 1 cells, but the first line names 2 columns");
}

TEST(catalog, every_ragged_line_is_found)
{
    struct shop shop;
    shop_open(&shop, "p.csv", STR("id,name\na\nb,c\nd,e,f\n"));
    assert_int_equal(shop.rc, ERR_INVALID);
    assert_int_equal(shop.findings.n, 2);
    assert_int_equal(shop.findings.items[0].at.line, 2);
    assert_int_equal(shop.findings.items[1].at.line, 4);
    assert_int_equal(shop.findings.items[1].at.column, 5);
    shop_close(&shop);
}

TEST(catalog, a_broken_file_is_refused_where_it_is_broken)
{
    check_fault("p.csv", STR("id,name\na,\"가나\n"), "2:3: this quote is never closed");
    check_fault("p.csv", STR("id,name\na,\"가나\"다\n"), "2:7: something stands after a closing quote");
    check_fault("p.csv", STR("id,,name\n"), "1:4: this column has no name");
    check_fault("p.csv", STR("id,name,id\n"), "1:9: two columns are called `id`");
    check_fault("p.csv", STR(""), "1:1: the first line must name the columns");
    check_fault("p.yaml", STR("- {id: a}\n- 3\n"), "2:3: record 2 is no map");
    check_fault("p.yaml", STR("id: a\n"), "1:1: a catalog is a list of records");
}

TEST(catalog, a_file_that_is_missing_is_named)
{
    assert_refused("flow: t\ncatalog: {shop: {file: nowhere.csv}}\nsteps: [{say: hi}]\n", "nowhere.csv cannot be");
    assert_refused("flow: t\ncatalog: {shop: {file: a.xlsx}}\nsteps: [{say: hi}]\n", "a.xlsx cannot be opened");
}

TEST(catalog, texts_of_records_may_be_in_several_languages)
{
    struct talk t;
    talk_open(
        &t,
        "flow: t\nlocale: ko\ncatalog: {shop: [{id: a, name: {ko: 샐러드, en: Salad}, price: {ko: 8900원, en: $8}}]}\n"
        "steps:\n- {recommend: 'shop[1]', text: {ko: '{shop[1].name}요', en: 'A {shop[1].name}'}}\n");
    t.session.locale = STR("en-US");
    talk_begin(&t, NULL);
    const struct reply *card = talk_says(&t, "A Salad");
    assert_str_equal(card->card.name, STR("Salad"));
    assert_str_equal(card->card.price, STR("$8"));
    t.session.locale = STR("ja");
    talk_begin(&t, NULL);
    assert_str_equal(talk_says(&t, "샐러드요")->card.name, STR("샐러드"));
    talk_close(&t);
}

TEST_MAIN
