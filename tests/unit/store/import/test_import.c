/* Files of each text format become the blocks that a reader would see.  Office files and PDF: test_office.c, test_pdf.c. */
#include "store/import/import.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "tests/support/test.h"

#define MEGABYTES(n) ((size_t)(n)*1024 * 1024)

static struct imported read_as(struct arena *arena, const char *name, struct str bytes)
{
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = bytes};
    if (import_read(arena, &file, &imported, &error) != OK)
        fail_msg("%s: %s", name, error.text);
    return imported;
}

static void assert_block(const struct imported *imported, size_t i, enum block_kind kind, const char *text)
{
    assert_true(i < imported->blocks.n);
    assert_str_equal(imported->blocks.items[i].text, str_of(text));
    assert_int_equal(imported->blocks.items[i].kind, kind);
}

static void assert_refused(const char *name, struct str bytes, const char *why)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MEGABYTES(8));
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = bytes};
    assert_int_equal(import_read(&arena, &file, &imported, &error), ERR_INVALID);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s: %s", name, error.text);
}

#define ARENA(name)                                                                                                    \
    CLEANUP(arena_release) struct arena name;                                                                          \
    arena_init(&name, MEGABYTES(32))

TEST(plain, an_empty_line_parts_paragraphs_and_articles_are_headings)
{
    ARENA(arena);
    struct imported imported = read_as(&arena, "규정.txt",
                                       STR("취업규칙\n========\n\n첫 줄\n둘째 줄\n\n제2장 휴가\n제15조(연차 유급휴가)\n"
                                           "① 1년에 15일을 준다.\n제16조 회사는 제15조에 따라 휴가를 준다.\n"));
    assert_int_equal(imported.blocks.n, 5);
    assert_block(&imported, 0, BLOCK_HEADING, "취업규칙");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "첫 줄\n둘째 줄");
    assert_block(&imported, 2, BLOCK_HEADING, "제2장 휴가");
    assert_block(&imported, 3, BLOCK_HEADING, "제15조(연차 유급휴가)");
    assert_block(&imported, 4, BLOCK_PARAGRAPH, "① 1년에 15일을 준다.\n제16조 회사는 제15조에 따라 휴가를 준다.");
}

TEST(plain, cp949_and_utf_16_are_read_like_utf_8)
{
    static const struct str same[] = {
        STR_INIT("연차 휴가 15일"),
        STR_INIT("\xEF\xBB\xBF연차 휴가 15일"),
        STR_INIT("\xBF\xAC\xC2\xF7 \xC8\xDE\xB0\xA1 15\xC0\xCF"),
        STR_INIT("\xFF\xFE\xF0\xC5\x28\xCC\x20\x00\x34\xD7\x00\xAC\x20\x00\x31\x00\x35\x00\x7C\xC7"),
        STR_INIT("\xFE\xFF\xC5\xF0\xCC\x28\x00\x20\xD7\x34\xAC\x00\x00\x20\x00\x31\x00\x35\xC7\x7C"),
        STR_INIT("\xF0\xC5\x28\xCC\x20\x00\x34\xD7\x00\xAC\x20\x00\x31\x00\x35\x00\x7C\xC7"),
    };
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        ARENA(arena);
        struct imported imported = read_as(&arena, "a.txt", same[i]);
        assert_block(&imported, 0, BLOCK_PARAGRAPH, "연차 휴가 15일");
    }
    ARENA(arena); /* 똠방각하: in CP949 alone, not in EUC-KR */
    struct imported imported = read_as(&arena, "a.txt", STR("\x8C\x63\xB9\xE6\xB0\xA2\xC7\xCF"));
    assert_block(&imported, 0, BLOCK_PARAGRAPH, "똠방각하");
}

TEST(plain, what_is_no_text_is_refused)
{
    assert_refused("a.txt", STR(""), "empty");
    assert_refused("a.txt", STR("  \n \n"), "no text");
    assert_refused("a.bin", STR("\x00\x00\x01\x02\x00\xFF\xFE\x00\x00\xD8\x00\xDC\x00\x00"), "no text in UTF-8");
    assert_refused("a.txt", STR("\xC0\x80\xFF\xFF\xFE\x80\x81\xFF\xFF\x80\xFF\xFF"), "save it as UTF-8");
    assert_refused("a.hwp", STR("\xD0\xCF\x11\xE0"), "HWP");
    assert_refused("a.docx", STR("\xD0\xCF\x11\xE0"), "encrypted");
    assert_refused("a.docx", STR("hello"), "no office file");
    assert_refused("a.pdf", STR("hello"), "no PDF");
    assert_refused("a.zip", STR("PK\x03\x04 and so on"), "archive");
}

TEST(markdown, headings_lists_tables_and_front_matter)
{
    ARENA(arena);
    struct imported imported =
        read_as(&arena, "휴가.md",
                STR("---\ntitle: 휴가 안내\ndate: 2025-03-01\ncategory: 인사\n---\n"
                    "# 휴가\n\n연차는 **15일**이고\n이월은 [없다](https://a.b).\n\n"
                    "- 하나\n  - 안쪽\n- 둘\n\n## 표\n\n| 등급 | 한도 |\n|---|--:|\n| 가 | 10 |\n"
                    "| 나 | 20<br>원 |\n\n```\ncode  here\nmore\n```\n<div>안<b>녕</b></div>\n"));
    assert_str_equal(imported.title, STR("휴가 안내"));
    assert_str_equal(imported.date, STR("2025-03-01"));
    assert_str_equal(imported.category, STR("인사"));
    assert_block(&imported, 0, BLOCK_HEADING, "휴가");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "연차는 15일이고 이월은 없다.");
    assert_block(&imported, 2, BLOCK_LIST_ITEM, "하나");
    assert_block(&imported, 3, BLOCK_LIST_ITEM, "안쪽");
    assert_int_equal(imported.blocks.items[3].level, 2);
    assert_block(&imported, 5, BLOCK_HEADING, "표");
    assert_int_equal(imported.blocks.items[5].level, 2);
    assert_block(&imported, 6, BLOCK_TABLE_ROW, "등급 | 한도");
    assert_block(&imported, 7, BLOCK_TABLE_ROW, "가 | 10");
    assert_str_equal(imported.blocks.items[7].header, STR("등급 | 한도"));
    assert_block(&imported, 8, BLOCK_TABLE_ROW, "나 | 20 원");
    assert_block(&imported, 9, BLOCK_PARAGRAPH, "code here\nmore");
    assert_block(&imported, 10, BLOCK_PARAGRAPH, "안녕");
}

TEST(markdown, without_front_matter_the_first_heading_is_the_title)
{
    ARENA(arena);
    struct imported imported = read_as(&arena, "a.md", STR("---\nno: [yaml\n---\n# 제목\n글\n"));
    assert_str_equal(imported.title, STR("제목"));
}

TEST(html, menus_scripts_and_hidden_parts_are_left_out)
{
    ARENA(arena);
    struct imported imported = read_as(
        &arena, "a.html",
        STR("<!doctype html><html><head><title>안내 &amp; 도움</title><style>p{}</style></head><body>"
            "<nav><a>홈</a></nav><div role=navigation>길</div><main><h1>배송</h1><p>3일\n안에 <b>온다</b>.<br>늦으면 "
            "말한다</p><p hidden>숨김</p><ul><li>하나<ul><li>안</ul><li>둘</ul>"
            "<table><tr><th>지역<th>요금<tr><td>서울<td><table><tr><td>3<td>천원</table></table>"
            "<script>var x = '<p>no</p>'</script>끝</main><footer>회사</footer></body></html>"));
    assert_str_equal(imported.title, STR("안내 & 도움"));
    assert_int_equal(imported.blocks.n, 8);
    assert_block(&imported, 0, BLOCK_HEADING, "배송");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "3일 안에 온다.\n늦으면 말한다");
    assert_block(&imported, 2, BLOCK_LIST_ITEM, "하나");
    assert_block(&imported, 3, BLOCK_LIST_ITEM, "안");
    assert_int_equal(imported.blocks.items[3].level, 2);
    assert_block(&imported, 4, BLOCK_LIST_ITEM, "둘");
    assert_block(&imported, 5, BLOCK_TABLE_ROW, "지역 | 요금");
    assert_block(&imported, 6, BLOCK_TABLE_ROW, "서울 | 3 천원");
    assert_str_equal(imported.blocks.items[6].header, STR("지역 | 요금"));
    assert_block(&imported, 7, BLOCK_PARAGRAPH, "끝");
}

TEST(html, a_hundred_thousand_nested_tables_are_only_deep)
{
    ARENA(arena);
    enum { DEPTH = 100000 };
    static char page[DEPTH * 15 + 32];
    size_t n = 0;
    for (size_t i = 0; i < DEPTH; i++)
        n += (size_t)snprintf(page + n, sizeof page - n, "<table><tr><td>");
    n += (size_t)snprintf(page + n, sizeof page - n, "ground");
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = STR("a.html"), .bytes = {page, n}};
    enum err rc = import_read(&arena, &file, &imported, &error);
    assert_true(rc == OK || rc == ERR_INVALID);
}

TEST(csv, a_row_is_a_record_under_the_columns_names)
{
    ARENA(arena);
    struct imported imported =
        read_as(&arena, "a.csv", STR("이름,부서,전화\r\n김길동,\"총무, 인사\",02-1\r\n,,\r\n\"이\"\"몽룡\",,02-2\n"));
    assert_int_equal(imported.blocks.n, 2);
    assert_block(&imported, 0, BLOCK_PARAGRAPH, "이름: 김길동, 부서: 총무, 인사, 전화: 02-1");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "이름: 이\"몽룡, 전화: 02-2");
    imported = read_as(&arena, "b.csv", STR("1;2\n3;4\n"));
    assert_block(&imported, 0, BLOCK_PARAGRAPH, "1, 2");
    imported = read_as(&arena, "c.csv", STR("\"open"));
    assert_block(&imported, 0, BLOCK_PARAGRAPH, "open");
}

TEST_MAIN
