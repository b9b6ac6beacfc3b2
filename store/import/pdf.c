/* store/import/pdf.c — pdftohtml's XML.  Its writer escapes texts but nests tags wrongly at times, and lets control
 * characters through: so it is taken by what its tags are, not by a parser that must refuse it. */
#include "store/import/pdf.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/readers.h"

#include "bot/base/banned.h"

enum { MAX_FONTS = 20000, MAX_PIECES_A_PAGE = 200000, MOST_UNITS = 200000 };

struct font {
    int64_t id;
    int size;
};

struct scan {
    struct making *making;
    struct font *fonts;
    size_t n_fonts;
    struct pdf_page page;
    struct pdf_lines lines;
    struct pdf_piece piece; /* of the <text> that is open */
    struct buf text;
    size_t bold_bytes; /* of the text, within <b> */
    bool in_text, in_bold;
};

/* The value of NAME="…" in a tag, or the empty string. */
static struct str attribute(struct str tag, const char *name)
{
    for (size_t at; (at = str_find(tag, str_of(name))) != SIZE_MAX;) {
        bool whole = at > 0 && tag.p[at - 1] == ' ';
        tag = str_skip(tag, at + strlen(name));
        if (!whole || !str_starts(tag, STR("=\"")))
            continue;
        struct str value = str_skip(tag, 2);
        size_t end = str_find_char(value, '"');
        return end == SIZE_MAX ? STR("") : str_first(value, end);
    }
    return STR("");
}

static int number(struct str tag, const char *name)
{
    int64_t value = 0;
    if (!str_to_i64(attribute(tag, name), &value) || value < -MOST_UNITS || value > MOST_UNITS)
        return 0;
    return (int)value;
}

/* &amp; &lt; &gt; &quot; &apos; &#160; &#xa0; — else the '&' itself. */
static size_t add_entity(struct buf *out, struct str rest)
{
    static const struct {
        struct str name;
        char c;
    } named[] = {{STR_INIT("&amp;"), '&'},
                 {STR_INIT("&lt;"), '<'},
                 {STR_INIT("&gt;"), '>'},
                 {STR_INIT("&quot;"), '"'},
                 {STR_INIT("&apos;"), '\''}};
    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (str_starts(rest, named[i].name)) {
            buf_add_char(out, named[i].c);
            return named[i].name.n;
        }
    size_t end = str_find_char(str_first(rest, 12), ';');
    int64_t code = 0;
    if (end != SIZE_MAX && str_starts(rest, STR("&#")) && str_to_i64(str_first(str_skip(rest, 2), end - 2), &code) &&
        code > 0 && code < 0x10FFFF && (code < 0xD800 || code > 0xDFFF)) {
        char bytes[4];
        buf_add(out, (struct str){bytes, text_encode((int32_t)code, bytes)});
        return end + 1;
    }
    buf_add_char(out, '&');
    return 1;
}

static void add_text(struct scan *scan, struct str text)
{
    size_t before = scan->text.n;
    while (text.n > 0) {
        size_t n = str_find_char(text, '&');
        buf_add(&scan->text, str_first(text, n));
        text = str_skip(text, n);
        if (text.n > 0)
            text = str_skip(text, add_entity(&scan->text, text));
    }
    scan->bold_bytes += scan->in_bold ? scan->text.n - before : 0;
}

static void end_text(struct scan *scan)
{
    struct pdf_page *page = &scan->page;
    struct str text = making_tidy(scan->making, buf_str(&scan->text));
    scan->in_text = scan->in_bold = false;
    if (text.n == 0 || page->n_pieces >= MAX_PIECES_A_PAGE)
        return;
    if (page->n_pieces == page->room) {
        size_t room = page->room == 0 ? 256 : 2 * page->room;
        struct pdf_piece *pieces = arena_alloc_array(scan->making->arena, room, sizeof *pieces);
        if (pieces == NULL) {
            making_fail(scan->making, ERR_NO_MEMORY, "it needs more memory than a document gets");
            return;
        }
        if (page->n_pieces > 0)
            memcpy(pieces, page->pieces, page->n_pieces * sizeof *pieces);
        page->pieces = pieces;
        page->room = room;
    }
    scan->piece.text = text;
    scan->piece.bold = 2 * scan->bold_bytes > scan->text.n;
    page->pieces[page->n_pieces++] = scan->piece;
}

static int size_of_font(const struct scan *scan, int64_t id)
{
    for (size_t i = scan->n_fonts; i > 0; i--) /* the newest first: pages tell their own */
        if (scan->fonts[i - 1].id == id)
            return scan->fonts[i - 1].size;
    return 0;
}

static void begin_text(struct scan *scan, struct str tag)
{
    int left = number(tag, "left"), top = number(tag, "top"), size = size_of_font(scan, number(tag, "font"));
    int height = number(tag, "height");
    scan->piece = (struct pdf_piece){.left = left,
                                     .right = left + number(tag, "width"),
                                     .top = top,
                                     .bottom = top + height,
                                     .size = size > 0 ? size : height};
    scan->in_text = true;
    scan->bold_bytes = 0;
    buf_truncate(&scan->text, 0);
}

static void take_tag(struct scan *scan, struct str tag)
{
    if (str_starts(tag, STR("text "))) {
        begin_text(scan, tag);
    } else if (str_starts(tag, STR("/text")) && scan->in_text) {
        end_text(scan);
    } else if (str_eq(tag, STR("b")) || str_eq(tag, STR("/b"))) {
        scan->in_bold = tag.n == 1;
    } else if (str_starts(tag, STR("fontspec ")) && scan->n_fonts < MAX_FONTS) {
        scan->fonts[scan->n_fonts++] = (struct font){number(tag, "id"), number(tag, "size")};
    } else if (str_starts(tag, STR("page "))) {
        scan->page.number = number(tag, "number");
        scan->page.width = number(tag, "width");
        scan->page.height = number(tag, "height");
        scan->page.n_pieces = 0;
        if (scan->page.number < 1 || scan->page.number > IMPORT_MAX_PAGES)
            making_fail(scan->making, ERR_INVALID, "this PDF has more than %d pages; split it", IMPORT_MAX_PAGES);
    } else if (str_starts(tag, STR("/page"))) {
        pdf_lines_add(scan->making, &scan->page, &scan->lines);
    }
}

void pdf_read(struct making *making, struct str bytes, struct imported *imported)
{
    struct scan scan = {.making = making};
    scan.fonts = arena_alloc_array(making->arena, MAX_FONTS, sizeof *scan.fonts);
    buf_init(&scan.text, making->arena, IMPORT_MAX_TEXT_BYTES);
    if (scan.fonts == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return;
    }
    for (struct str rest = bytes; rest.n > 0 && making->rc == OK;) {
        size_t open = str_find_char(rest, '<');
        if (scan.in_text)
            add_text(&scan, str_first(rest, open));
        rest = str_skip(rest, open);
        size_t close = str_find_char(rest, '>');
        if (close == SIZE_MAX)
            break;
        take_tag(&scan, str_first(str_skip(rest, 1), close - 1));
        rest = str_skip(rest, close + 1);
    }
    imported->n_pages = scan.page.number;
    if (making->rc == OK && scan.lines.n == 0)
        making_fail(making, ERR_INVALID, "this PDF holds no text: it is a scan; have its text recognized (OCR) first");
    pdf_blocks_add(making, &scan.lines);
    for (size_t i = 0; i < making->n && imported->title.n == 0 && making->items[i].page <= 1; i++)
        if (making->items[i].kind == BLOCK_HEADING && making->items[i].level == 1)
            imported->title = making->items[i].text;
}
