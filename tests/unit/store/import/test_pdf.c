/* What poppler says of a page becomes what a person reads on it.  Real files: tests/system/test_ingest.py. */
#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "store/import/import.h"
#include "tests/support/test.h"

struct sheet {
    struct buf xml;
};

static void begin(struct sheet *sheet)
{
    buf_init(&sheet->xml, NULL, 1 << 20);
    buf_add(&sheet->xml, STR("<?xml version=\"1.0\"?><!DOCTYPE pdf2xml SYSTEM \"x\"><pdf2xml>\n"));
}

static void page(struct sheet *sheet, int number)
{
    buf_addf(&sheet->xml,
             "%s<page number=\"%d\" top=\"0\" left=\"0\" height=\"1600\" width=\"1200\">\n"
             "<fontspec id=\"0\" size=\"20\"/><fontspec id=\"1\" size=\"40\"/><fontspec id=\"2\" size=\"28\"/>\n",
             number > 1 ? "</page>" : "", number);
}

/* Each letter of the text is as wide as half of the font, in bytes' thirds for Hangul: near enough. */
static void text(struct sheet *sheet, int left, int top, int font, const char *words)
{
    static const int sizes[] = {20, 40, 28};
    int width = (int)strlen(words) * sizes[font] / 3;
    buf_addf(&sheet->xml, "<text top=\"%d\" left=\"%d\" width=\"%d\" height=\"%d\" font=\"%d\">%s</text>\n", top, left,
             width, sizes[font], font, words);
}

static struct imported read_sheet(struct arena *arena, struct sheet *sheet)
{
    struct imported imported = {0};
    struct error error = {0};
    buf_add(&sheet->xml, STR("</page></pdf2xml>"));
    struct import_file file = {
        .name = STR("a.pdf"), .bytes = STR("%PDF-1.7"), .pdf_xml = arena_copy(arena, buf_str(&sheet->xml))};
    buf_release(&sheet->xml);
    if (import_read(arena, &file, &imported, &error) != OK)
        fail_msg("%s", error.text);
    return imported;
}

static void assert_block(const struct imported *imported, size_t i, enum block_kind kind, const char *words)
{
    assert_true(i < imported->blocks.n);
    assert_str_equal(imported->blocks.items[i].text, str_of(words));
    assert_int_equal(imported->blocks.items[i].kind, kind);
}

#define ARENA(name)                                                                                                    \
    CLEANUP(arena_release) struct arena name;                                                                          \
    arena_init(&name, 32 << 20)

static const char *const full = "이 줄은 본문의 한 줄이며 오른쪽 끝까지 글자로 꽉 차 있어서 다음 줄로 이어지는";

TEST(pdf, sizes_make_headings_and_lines_make_paragraphs)
{
    ARENA(arena);
    struct sheet sheet;
    begin(&sheet);
    page(&sheet, 1);
    text(&sheet, 100, 200, 1, "취업 규칙");
    text(&sheet, 100, 300, 2, "제1장 &lt;휴가&gt;");
    text(&sheet, 100, 400, 0, full);
    text(&sheet, 100, 432, 0, "문장이다.");
    text(&sheet, 100, 464, 0, "• 항목 하나");
    text(&sheet, 100, 496, 0, "• 항목 &#52;");
    text(&sheet, 100, 700, 0, "먼 문단.");
    struct imported imported = read_sheet(&arena, &sheet);
    assert_str_equal(imported.title, STR("취업 규칙"));
    assert_block(&imported, 0, BLOCK_HEADING, "취업 규칙");
    assert_int_equal(imported.blocks.items[0].level, 1);
    assert_block(&imported, 1, BLOCK_HEADING, "제1장 <휴가>");
    assert_int_equal(imported.blocks.items[1].level, 2);
    assert_block(&imported, 2, BLOCK_PARAGRAPH,
                 "이 줄은 본문의 한 줄이며 오른쪽 끝까지 글자로 꽉 차 있어서 다음 줄로 이어지는 문장이다.");
    assert_block(&imported, 3, BLOCK_PARAGRAPH, "• 항목 하나");
    assert_block(&imported, 4, BLOCK_PARAGRAPH, "• 항목 4");
    assert_block(&imported, 5, BLOCK_PARAGRAPH, "먼 문단.");
}

TEST(pdf, cells_that_stand_under_each_other_are_a_table)
{
    ARENA(arena);
    struct sheet sheet;
    begin(&sheet);
    page(&sheet, 1);
    text(&sheet, 100, 200, 0, full);
    const char *const rows[][3] = {{"등급", "한도", "비고"}, {"사원", "10만원", "국내"}, {"부장", "", "해외"}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            if (rows[i][k][0] != '\0')
                text(&sheet, 100 + 300 * k, 300 + 40 * i, 0, rows[i][k]);
    text(&sheet, 700, 402, 0, "출장만");
    struct imported imported = read_sheet(&arena, &sheet);
    assert_int_equal(imported.blocks.n, 4);
    assert_block(&imported, 1, BLOCK_TABLE_ROW, "등급 | 한도 | 비고");
    assert_block(&imported, 2, BLOCK_TABLE_ROW, "사원 | 10만원 | 국내");
    assert_block(&imported, 3, BLOCK_TABLE_ROW, "부장 |  | 해외 출장만");
    assert_str_equal(imported.blocks.items[3].header, STR("등급 | 한도 | 비고"));
}

TEST(pdf, two_columns_are_read_one_after_the_other)
{
    ARENA(arena);
    struct sheet sheet;
    begin(&sheet);
    page(&sheet, 1);
    text(&sheet, 100, 200, 1, "두 단을 가로지르는 긴 제목이 여기에 있다");
    for (int i = 0; i < 8; i++) {
        text(&sheet, 100, 400 + 30 * i, 0, "왼쪽 단의 줄은 길어서 이어지고");
        text(&sheet, 650, 400 + 30 * i, 0, "오른쪽 단의 줄은 길어서 이어지");
    }
    struct imported imported = read_sheet(&arena, &sheet);
    struct str body = imported.blocks.items[1].text;
    assert_block(&imported, 0, BLOCK_HEADING, "두 단을 가로지르는 긴 제목이 여기에 있다");
    assert_true(str_starts(body, STR("왼쪽 단의 줄은 길어서 이어지고 왼쪽 단의")));
    assert_true(str_find(body, STR("이어지고 오른쪽 단의")) != SIZE_MAX); /* only where the columns meet */
}

TEST(pdf, running_heads_and_page_numbers_are_left_out)
{
    ARENA(arena);
    struct sheet sheet;
    begin(&sheet);
    for (int i = 1; i <= 3; i++) {
        page(&sheet, i);
        text(&sheet, 100, 60, 0, i == 1 ? "회사 규정집 1쪽" : i == 2 ? "회사 규정집 2쪽" : "회사 규정집 3쪽");
        text(&sheet, 100, 400, 0, "내용이다.");
        text(&sheet, 600, 1550, 0, i == 1 ? "- 1 -" : "2 / 3");
    }
    struct imported imported = read_sheet(&arena, &sheet);
    assert_int_equal(imported.n_pages, 3);
    assert_int_equal(imported.blocks.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_block(&imported, i, BLOCK_PARAGRAPH, "내용이다.");
        assert_int_equal(imported.blocks.items[i].page, (int)i + 1);
    }
}

TEST(pdf, a_sentence_goes_on_over_the_end_of_a_page)
{
    ARENA(arena);
    struct sheet sheet;
    begin(&sheet);
    page(&sheet, 1);
    text(&sheet, 100, 1300, 0, full);
    page(&sheet, 2);
    text(&sheet, 100, 200, 0, "문장이다.");
    struct imported imported = read_sheet(&arena, &sheet);
    assert_int_equal(imported.blocks.n, 1);
    assert_int_equal(imported.blocks.items[0].page, 1);
}

TEST_MAIN
