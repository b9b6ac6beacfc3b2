/* store/import/pptx.c — a presentation: each slide is a page, its title the heading over its texts and tables. */
#include <stdbool.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/office.h"
#include "store/import/readers.h"
#include "store/import/xml_pull.h"
#include "store/import/zip.h"

#include "bot/base/banned.h"

enum slide_pass { FIND_TITLE, READ_REST };

struct slide {
    struct making *making;
    enum slide_pass pass;
    struct office_table table;
    struct buf text;
    struct str title;
    bool in_title, in_body, in_text; /* kinds of the shape under way */
    int level;                       /* of the paragraph, from 1 */
};

static bool wants(struct str name)
{
    return str_eq(name, STR("ppt/presentation.xml")) || str_eq(name, STR("ppt/_rels/presentation.xml.rels")) ||
           str_eq(name, STR("docProps/core.xml")) ||
           (str_starts(name, STR("ppt/slides/")) && str_ends(name, STR(".xml")));
}

static void end_paragraph(struct slide *slide)
{
    struct str text = buf_str(&slide->text);
    if (slide->in_title != (slide->pass == FIND_TITLE)) {
        buf_truncate(&slide->text, 0);
        return;
    }
    if (slide->pass == FIND_TITLE) {
        buf_add_char(&slide->text, ' ');
        return; /* a title of two lines is one heading */
    }
    if (office_table_is_open(&slide->table))
        buf_add(&slide->table.cell, text);
    else
        making_add(slide->making, slide->in_body ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH, slide->in_body ? slide->level : 0,
                   text);
    if (office_table_is_open(&slide->table))
        buf_add_char(&slide->table.cell, ' ');
    buf_truncate(&slide->text, 0);
}

static void begin_element(struct slide *slide, const struct xml_pull *xml)
{
    int64_t level = 0;
    if (xml_begins(xml, "sp") || xml_begins(xml, "graphicFrame")) {
        slide->in_title = slide->in_body = false;
    } else if (xml_begins(xml, "ph")) {
        struct str type = xml_attribute(xml, "type");
        slide->in_title = str_eq(type, STR("title")) || str_eq(type, STR("ctrTitle"));
        slide->in_body = type.n == 0 || str_eq(type, STR("body"));
    } else if (xml_begins(xml, "p")) {
        slide->level = 1;
    } else if (xml_begins(xml, "pPr")) {
        slide->level = str_to_i64(xml_attribute(xml, "lvl"), &level) && level > 0 && level < 9 ? (int)level + 1 : 1;
    } else if (xml_begins(xml, "t")) {
        slide->in_text = true;
    } else if (xml_begins(xml, "br")) {
        buf_add_char(&slide->text, slide->pass == FIND_TITLE ? ' ' : '\n');
    } else if (xml_begins(xml, "tbl") && slide->pass == READ_REST) {
        office_table_begin(&slide->table, slide->making);
    } else if (xml_begins(xml, "tblPr")) {
        slide->table.is_header = str_eq(xml_attribute(xml, "firstRow"), STR("1"));
    }
}

static void end_element(struct slide *slide, const struct xml_pull *xml)
{
    if (xml_ends(xml, "t")) {
        slide->in_text = false;
    } else if (xml_ends(xml, "p")) {
        end_paragraph(slide);
    } else if (xml_ends(xml, "sp")) {
        if (slide->pass == FIND_TITLE && slide->in_title && slide->title.n == 0)
            slide->title = making_tidy(slide->making, buf_str(&slide->text));
        buf_truncate(&slide->text, 0);
        slide->in_title = slide->in_body = false;
    } else if (slide->pass == READ_REST) {
        if (xml_ends(xml, "tc"))
            office_table_end_cell(&slide->table, slide->making);
        else if (xml_ends(xml, "tr"))
            office_table_end_row(&slide->table, slide->making);
        else if (xml_ends(xml, "tbl"))
            office_table_end(&slide->table, slide->making);
    }
}

static void go_through(struct slide *slide, struct str bytes)
{
    struct xml_pull xml = {0};
    xml_open(&xml, slide->making, bytes);
    while (xml_next(&xml)) {
        if (xml_begins(&xml, NULL))
            begin_element(slide, &xml);
        else if (xml_ends(&xml, NULL))
            end_element(slide, &xml);
        else if (slide->in_text && xml_is_text(&xml))
            buf_add(&slide->text, xml_text(&xml));
    }
    xml_close(&xml);
}

/* A slide without a title gets its number: else its text would stand under the title of the one before. */
static void read_slide(struct slide *slide, struct str bytes)
{
    struct making *making = slide->making;
    making->page++;
    slide->title = STR("");
    slide->pass = FIND_TITLE;
    go_through(slide, bytes);
    if (slide->title.n == 0)
        slide->title = arena_format(making->arena, "슬라이드 %d", making->page);
    making_add(making, BLOCK_HEADING, 1, slide->title);
    slide->pass = READ_REST;
    go_through(slide, bytes);
}

void pptx_read(struct making *making, struct str bytes, struct imported *imported)
{
    struct slide *slide = arena_alloc(making->arena, sizeof *slide);
    struct zip zip;
    if (slide == NULL || !zip_open(making, bytes, wants, &zip))
        return;
    slide->making = making;
    buf_init(&slide->text, making->arena, IMPORT_MAX_TEXT_BYTES);
    office_table_init(&slide->table, making);
    office_properties(making, &zip, imported);
    struct office_part show = {&zip, STR("ppt"), STR("presentation.xml")};
    struct xml_pull xml = {0};
    xml_open(&xml, making, zip_find(&zip, STR("ppt/presentation.xml")));
    while (xml_next(&xml))
        if (xml_begins(&xml, "sldId") && making->page < IMPORT_MAX_PAGES) {
            struct str id = arena_copy(making->arena, xml_relationship(&xml));
            read_slide(slide, zip_find(&zip, office_target(making, &show, id)));
        }
    xml_close(&xml);
    imported->n_pages = making->page;
    if (buf_failed(&slide->text))
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
}
