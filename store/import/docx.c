/* store/import/docx.c — a Word document: word/document.xml, with the styles' names for what is a heading. */
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

enum { MAX_STYLES = 512 };

struct style {
    struct str id;
    int level; /* of a heading */
};

struct docx {
    struct making *making;
    struct style styles[MAX_STYLES]; /* those of headings only */
    size_t n_styles;
    struct office_table table;
    struct buf text; /* of the paragraph under way */
    int heading, list;
    int skipped; /* depth of an element whose contents stand elsewhere too; 0: none */
    bool in_text;
};

static bool wants(struct str name)
{
    return str_eq(name, STR("word/document.xml")) || str_eq(name, STR("word/styles.xml")) ||
           str_eq(name, STR("docProps/core.xml"));
}

/* ── styles ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "heading 3", whatever the program's language; "Title"; 0: no heading. */
static int level_of_name(struct str name)
{
    int64_t level = 0;
    if (str_eq_nocase(name, STR("title")))
        return 1;
    if (str_eq_nocase(str_first(name, 8), STR("heading ")) && str_to_i64(str_skip(name, 8), &level) && level >= 1 &&
        level <= 9)
        return (int)level;
    return 0;
}

/* w:outlineLvl counts from 0; 9 is body text. */
static int level_of_outline(struct str value)
{
    int64_t level = 9;
    return str_to_i64(value, &level) && level >= 0 && level < 9 ? (int)level + 1 : 0;
}

static void read_styles(struct docx *docx, struct str bytes)
{
    struct xml_pull xml = {0};
    struct style style = {0};
    if (bytes.n == 0)
        return;
    xml_open(&xml, docx->making, bytes);
    while (xml_next(&xml)) {
        if (xml_begins(&xml, "style"))
            style = (struct style){.id = arena_copy(docx->making->arena, xml_attribute(&xml, "styleId"))};
        else if (xml_begins(&xml, "name") && style.level == 0)
            style.level = level_of_name(xml_attribute(&xml, "val"));
        else if (xml_begins(&xml, "outlineLvl") && style.level == 0)
            style.level = level_of_outline(xml_attribute(&xml, "val"));
        else if (xml_ends(&xml, "style") && style.level > 0 && docx->n_styles < MAX_STYLES)
            docx->styles[docx->n_styles++] = style;
    }
    xml_close(&xml);
}

static int level_of_style(const struct docx *docx, struct str id)
{
    for (size_t i = 0; i < docx->n_styles; i++)
        if (str_eq(docx->styles[i].id, id))
            return docx->styles[i].level;
    return 0;
}

/* ── the text ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct buf *target(struct docx *docx)
{
    return office_table_is_open(&docx->table) ? &docx->table.cell : &docx->text;
}

static void end_paragraph(struct docx *docx)
{
    if (office_table_is_open(&docx->table)) {
        buf_add_char(&docx->table.cell, ' ');
    } else {
        struct str text = buf_str(&docx->text);
        if (docx->heading > 0)
            making_add(docx->making, BLOCK_HEADING, docx->heading, text);
        else if (docx->list > 0)
            making_add(docx->making, BLOCK_LIST_ITEM, docx->list, text);
        else
            making_add(docx->making, BLOCK_PARAGRAPH, 0, text);
        buf_truncate(&docx->text, 0);
    }
    docx->heading = docx->list = 0;
}

static void begin_element(struct docx *docx, const struct xml_pull *xml)
{
    int64_t level = 0;
    if (xml_begins(xml, "p") || xml_begins(xml, "tbl")) {
        if (docx->text.n > 0 && !office_table_is_open(&docx->table))
            end_paragraph(docx);
        if (xml_begins(xml, "tbl"))
            office_table_begin(&docx->table, docx->making);
    } else if (xml_begins(xml, "pStyle")) {
        docx->heading = level_of_style(docx, xml_attribute(xml, "val"));
    } else if (xml_begins(xml, "outlineLvl")) {
        docx->heading = level_of_outline(xml_attribute(xml, "val"));
    } else if (xml_begins(xml, "numPr")) {
        docx->list = 1;
    } else if (xml_begins(xml, "ilvl")) {
        docx->list = str_to_i64(xml_attribute(xml, "val"), &level) && level > 0 && level < 9 ? (int)level + 1 : 1;
    } else if (xml_begins(xml, "tblHeader")) {
        docx->table.is_header = docx->table.depth == 1;
    } else if (xml_begins(xml, "t")) {
        docx->in_text = true;
    } else if (xml_begins(xml, "tab")) {
        buf_add_char(target(docx), ' ');
    } else if (xml_begins(xml, "br") || xml_begins(xml, "cr")) {
        buf_add_char(target(docx), '\n');
    } else if (xml_begins(xml, "Fallback")) {
        docx->skipped = xml_depth(xml);
    }
}

static void end_element(struct docx *docx, const struct xml_pull *xml)
{
    if (xml_ends(xml, "t"))
        docx->in_text = false;
    else if (xml_ends(xml, "p"))
        end_paragraph(docx);
    else if (xml_ends(xml, "tc"))
        office_table_end_cell(&docx->table, docx->making);
    else if (xml_ends(xml, "tr"))
        office_table_end_row(&docx->table, docx->making);
    else if (xml_ends(xml, "tbl"))
        office_table_end(&docx->table, docx->making);
}

static void read_document(struct docx *docx, struct str bytes)
{
    struct xml_pull xml = {0};
    xml_open(&xml, docx->making, bytes);
    while (xml_next(&xml)) {
        if (docx->skipped > 0) {
            if (xml_ends(&xml, "Fallback") && xml_depth(&xml) == docx->skipped)
                docx->skipped = 0;
        } else if (xml_begins(&xml, NULL)) {
            begin_element(docx, &xml);
        } else if (xml_ends(&xml, NULL)) {
            end_element(docx, &xml);
        } else if (docx->in_text && xml_is_text(&xml)) {
            buf_add(target(docx), xml_text(&xml));
        }
    }
    xml_close(&xml);
    if (buf_failed(&docx->text))
        making_fail(docx->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
}

void docx_read(struct making *making, struct str bytes, struct imported *imported)
{
    struct docx *docx = arena_alloc(making->arena, sizeof *docx);
    struct zip zip;
    if (docx == NULL || !zip_open(making, bytes, wants, &zip))
        return;
    docx->making = making;
    buf_init(&docx->text, making->arena, IMPORT_MAX_TEXT_BYTES);
    office_table_init(&docx->table, making);
    office_properties(making, &zip, imported);
    read_styles(docx, zip_find(&zip, STR("word/styles.xml")));
    read_document(docx, zip_find(&zip, STR("word/document.xml")));
}
