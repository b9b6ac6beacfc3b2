/* Office files, made here as their programs make them, and as somebody who means harm would. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "store/import/import.h"
#include "store/import/zip.h"
#include "tests/support/test.h"

#define ARENA(name)                                                                                                    \
    CLEANUP(arena_release) struct arena name;                                                                          \
    arena_init(&name, IMPORT_ARENA_BYTES)

struct member {
    const char *name, *text;
    size_t repeated; /* so many times the text; 0: once */
};

enum { ZIP_ROOM = 1 << 20 };

static struct str zip(struct arena *arena, const struct member *members, size_t n)
{
    char *bytes = arena_alloc(arena, ZIP_ROOM);
    size_t used = 0;
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    assert_int_equal(archive_write_open_memory(archive, bytes, ZIP_ROOM, &used), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        size_t times = members[i].repeated == 0 ? 1 : members[i].repeated, length = strlen(members[i].text);
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, members[i].name);
        archive_entry_set_size(entry, (la_int64_t)(times * length));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        for (size_t k = 0; k < times; k++)
            assert_int_equal(archive_write_data(archive, members[i].text, length), (la_ssize_t)length);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    return (struct str){bytes, used};
}

static struct imported read_as(struct arena *arena, const char *name, struct str bytes)
{
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = bytes};
    if (import_read(arena, &file, &imported, &error) != OK)
        fail_msg("%s: %s", name, error.text);
    return imported;
}

static void assert_refused(const struct member *members, size_t n, const char *name, const char *why)
{
    ARENA(arena);
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = zip(&arena, members, n)};
    enum err rc = import_read(&arena, &file, &imported, &error);
    if (rc != ERR_INVALID || strstr(error.text, why) == NULL)
        fail_msg("%d %s", (int)rc, error.text);
}

static void assert_block(const struct imported *imported, size_t i, enum block_kind kind, const char *text)
{
    assert_true(i < imported->blocks.n);
    assert_str_equal(imported->blocks.items[i].text, str_of(text));
    assert_int_equal(imported->blocks.items[i].kind, kind);
}

#define W "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
#define R "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
#define P "<w:p><w:r><w:t>"
#define END "</w:t></w:r></w:p>"

static const struct member docx[] = {
    {.name = "word/styles.xml",
     .text = "<w:styles " W "><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>"
             "<w:style w:styleId='a3'><w:name w:val='Normal'/></w:style></w:styles>"},
    {.name = "docProps/core.xml",
     .text = "<c xmlns:dc='d' xmlns:t='t'><dc:title>휴가 &amp; 출장</dc:title><t:modified>2025-03-01T09:00:00Z"
             "</t:modified></c>"},
    {.name = "word/document.xml",
     .text = "<w:document " W " xmlns:mc='m'><w:body>"
             "<w:p><w:pPr><w:pStyle w:val='1'/></w:pPr><w:r><w:t>휴가</w:t></w:r></w:p>"
             "<w:p><w:r><w:t>연차는 </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>15일</w:t></w:r><w:r><w:tab/>"
             "<w:t>이다.</w:t></w:r><w:del><w:r><w:delText>지움</w:delText></w:r></w:del></w:p>"
             "<w:p><w:pPr><w:numPr><w:ilvl w:val='1'/></w:numPr></w:pPr><w:r><w:t>안쪽</w:t></w:r></w:p><w:p/>"
             "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>상자</w:t></mc:Choice><mc:Fallback><w:t>상자</w:t>"
             "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
             "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>" P "등급" END "</w:tc><w:tc>" P "한도" END
             "</w:tc></w:tr><w:tr><w:tc>" P "사원" END "</w:tc><w:tc>" P "10" END P "만원" END "<w:tbl><w:tr><w:tc>" P
             "안" END "</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
             "</w:body></w:document>"},
};

TEST(docx, headings_lists_tables_title_and_date)
{
    ARENA(arena);
    struct imported imported = read_as(&arena, "휴가.docx", zip(&arena, docx, COUNT_OF(docx)));
    assert_str_equal(imported.title, STR("휴가 & 출장"));
    assert_str_equal(imported.date, STR("2025-03-01"));
    assert_int_equal(imported.blocks.n, 6);
    assert_block(&imported, 0, BLOCK_HEADING, "휴가");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "연차는 15일 이다.");
    assert_block(&imported, 2, BLOCK_LIST_ITEM, "안쪽");
    assert_int_equal(imported.blocks.items[2].level, 2);
    assert_block(&imported, 3, BLOCK_PARAGRAPH, "상자");
    assert_block(&imported, 4, BLOCK_TABLE_ROW, "등급 | 한도");
    assert_block(&imported, 5, BLOCK_TABLE_ROW, "사원 | 10 만원 안");
    assert_str_equal(imported.blocks.items[5].header, STR("등급 | 한도"));
}

static const struct member pptx[] = {
    {.name = "ppt/presentation.xml",
     .text = "<p:presentation xmlns:p='p' " R "><p:sldIdLst><p:sldId id='256' r:id='rId2'/><p:sldId id='257' "
             "r:id='rId1'/></p:sldIdLst></p:presentation>"},
    {.name = "ppt/_rels/presentation.xml.rels",
     .text = "<Relationships><Relationship Id='rId1' Target='slides/slide1.xml'/><Relationship Id='rId2' "
             "Target='/ppt/slides/slide2.xml'/></Relationships>"},
    {.name = "ppt/slides/slide1.xml",
     .text = "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:txBody><a:p><a:r><a:t>제목 없는 장</a:t></a:r></a:p></p:txBody>"
             "</p:sp></p:sld>"},
    {.name = "ppt/slides/slide2.xml",
     .text =
         "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:nvPr><p:ph idx='1'/></p:nvPr><a:p><a:pPr lvl='1'/><a:r><a:t>"
         "항목</a:t></a:r></a:p></p:sp><p:sp><p:nvPr><p:ph type='title'/></p:nvPr><a:p><a:r><a:t>매출</a:t></a:r>"
         "</a:p></p:sp><p:graphicFrame><a:tbl><a:tblPr firstRow='1'/><a:tr><a:tc><a:p><a:r><a:t>달</a:t></a:r></a:p>"
         "</a:tc><a:tc><a:p><a:r><a:t>억</a:t></a:r></a:p></a:tc></a:tr><a:tr><a:tc><a:p><a:r><a:t>1</a:t></a:r>"
         "</a:p></a:tc><a:tc><a:p><a:r><a:t>20</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:graphicFrame></p:sld>"},
};

TEST(pptx, slides_are_pages_in_the_shows_order_under_their_titles)
{
    ARENA(arena);
    struct imported imported = read_as(&arena, "a.pptx", zip(&arena, pptx, COUNT_OF(pptx)));
    assert_int_equal(imported.n_pages, 2);
    assert_int_equal(imported.blocks.n, 6);
    assert_block(&imported, 0, BLOCK_HEADING, "매출");
    assert_block(&imported, 1, BLOCK_LIST_ITEM, "항목");
    assert_int_equal(imported.blocks.items[1].level, 2);
    assert_block(&imported, 2, BLOCK_TABLE_ROW, "달 | 억");
    assert_str_equal(imported.blocks.items[3].header, STR("달 | 억"));
    assert_block(&imported, 4, BLOCK_HEADING, "슬라이드 2");
    assert_block(&imported, 5, BLOCK_PARAGRAPH, "제목 없는 장");
    assert_int_equal(imported.blocks.items[5].page, 2);
}

static const struct member xlsx[] = {
    {.name = "xl/workbook.xml",
     .text = "<workbook " R "><workbookPr/><sheets><sheet name='직원' sheetId='1' r:id='rId1'/><sheet name='숨김' "
             "state='hidden' r:id='rId2'/></sheets></workbook>"},
    {.name = "xl/_rels/workbook.xml.rels",
     .text = "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/><Relationship Id='rId2' "
             "Target='worksheets/sheet1.xml'/></Relationships>"},
    {.name = "xl/sharedStrings.xml",
     .text =
         "<sst><si><t>이름</t></si><si><r><t>입사</t></r><r><t>일</t></r><rPh><t>x</t></rPh></si><si><t>비율</t></si>"
         "</sst>"},
    {.name = "xl/styles.xml",
     .text = "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='yyyy\"년\" m\"월\"'/></numFmts><cellXfs>"
             "<xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='9'/></cellXfs></styleSheet>"},
    {.name = "xl/worksheets/sheet1.xml",
     .text = "<worksheet><sheetData><row><c r='A1' t='inlineStr'><is><t>2025년 명부</t></is></c></row>"
             "<row><c r='A2' t='s'><v>0</v></c><c r='B2' t='s'><v>1</v></c><c r='D2' t='s'><v>2</v></c></row>"
             "<row><c r='A3' t='str'><v>김길동</v></c><c r='B3' s='1'><v>45717</v></c><c r='D3' s='2'><v>0.1</v></c>"
             "<c r='XFD3'><v>1</v></c></row><row/><row><c r='A5'><v>0.10000000000000001</v></c></row>"
             "</sheetData></worksheet>"},
};

TEST(xlsx, rows_are_records_with_dates_and_shares_as_people_see_them)
{
    ARENA(arena);
    struct imported imported = read_as(&arena, "a.xlsx", zip(&arena, xlsx, COUNT_OF(xlsx)));
    assert_int_equal(imported.blocks.n, 4);
    assert_block(&imported, 0, BLOCK_HEADING, "직원");
    assert_block(&imported, 1, BLOCK_PARAGRAPH, "2025년 명부");
    assert_block(&imported, 2, BLOCK_PARAGRAPH, "이름: 김길동, 입사일: 2025-03-01, 비율: 10%");
    assert_block(&imported, 3, BLOCK_PARAGRAPH, "이름: 0.1");
}

TEST(office, a_bomb_ends_at_the_ceiling)
{
    static char zeros[64 * 1024];
    memset(zeros, ' ', sizeof zeros - 1);
    const struct member bomb[] = {{.name = "word/document.xml", .text = zeros, .repeated = 4000}};
    assert_refused(bomb, COUNT_OF(bomb), "a.docx", "unpacks to more than");
}

TEST(office, entities_cut_xml_and_missing_parts_are_reasons)
{
    static const struct member laughs[] = {
        {.name = "word/document.xml",
         .text = "<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><d><p><t>&b;</t></p></d>"}};
    static const struct member cut[] = {{.name = "word/document.xml", .text = "<d><p><t>half"}};
    static const struct member other[] = {{.name = "mimetype", .text = "application/epub+zip"}};
    assert_refused(laughs, 1, "a.docx", "entities");
    assert_refused(cut, 1, "a.docx", "broken");
    assert_refused(other, 1, "a.docx", "broken");
    assert_refused(other, 1, "a.pptx", "broken");
    assert_refused(other, 1, "a.xlsx", "broken");
}

TEST(office, tens_of_thousands_of_nested_elements_are_refused)
{
    ARENA(arena);
    enum { DEPTH = 20000 };
    char *text = malloc(DEPTH * 13 + 64);
    size_t n = 0;
    for (size_t i = 0; i < DEPTH; i++)
        n += (size_t)snprintf(text + n, 16, "<tbl><tr><tc>");
    text[n] = '\0';
    struct member deep[] = {{.name = "word/document.xml", .text = text}};
    assert_refused(deep, 1, "a.docx", "broken");
    free(text);
}

TEST_MAIN
