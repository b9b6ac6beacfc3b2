#include "integrations/slack/mrkdwn.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"

#include "bot/base/banned.h"

#define ZERO_WIDTH_SPACE STR("\xe2\x80\x8b")

enum {
    CHUNK_CODE_POINTS = 300, /* at most ×7 when written: "&amp;" is 5, a mark between zero-width spaces 3 */
    MAX_LINK_BYTES = 1500,   /* longer ones would not fit; their label stays */
    MAX_TEXT_BYTES = 1024 * 1024,
};

/* ── plain text ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

static bool is_mark(char c)
{
    return c == '*' || c == '_' || c == '~' || c == '`';
}

/* ":name:" at the start of `text`: Slack would show an emoji. */
static bool is_emoji(struct str text)
{
    size_t n = 1;
    while (n < text.n && (is_alnum(text.p[n]) || str_find_char(STR("_+-'"), text.p[n]) != SIZE_MAX))
        n++;
    return n > 1 && n < text.n && text.p[n] == ':';
}

/* Bytes of the bare URL at the start of `text`; 0: none. */
static size_t url_length(struct str text)
{
    if (!str_starts(text, STR("http://")) && !str_starts(text, STR("https://")))
        return 0;
    size_t n = 0;
    while (n < text.n && text.p[n] > 0x20 && text.p[n] < 0x7f &&
           str_find_char(STR("\"<>`|\\^{}"), text.p[n]) == SIZE_MAX)
        n++;
    while (n > 0 && str_find_char(STR(".,;:!?)'*_~"), text.p[n - 1]) != SIZE_MAX)
        n--;
    return n > sizeof "https://" - 1 ? n : 0;
}

static void add_escaped(struct buf *out, char c)
{
    switch (c) {
    case '&':
        buf_add(out, STR("&amp;"));
        break;
    case '<':
        buf_add(out, STR("&lt;"));
        break;
    case '>':
        buf_add(out, STR("&gt;"));
        break;
    default:
        buf_add_char(out, c);
    }
}

/* The first bytes of `text` that nothing here cares about. */
static size_t harmless(struct str text)
{
    size_t n = 0;
    while (n < text.n && str_find_char(STR("*_~`:&<>h\n"), text.p[n]) == SIZE_MAX)
        n++;
    return n;
}

/* A mark that Slack could take for one: not between letters and digits, not between blanks. */
static bool is_live_mark(char before, char after)
{
    return !(is_alnum(before) && is_alnum(after)) && !(is_blank(before) && is_blank(after));
}

static bool at_line_start(const struct buf *out)
{
    struct str rest = buf_str(out);
    while (str_ends(rest, STR(" ")))
        rest.n--;
    return rest.n == 0 || str_ends(rest, STR("\n"));
}

void slack_add_plain(struct buf *out, struct str text, enum slack_links links)
{
    for (size_t i = 0, n; i < text.n; i += n) {
        struct str rest = str_skip(text, i);
        char c = rest.p[0], before = i > 0 ? text.p[i - 1] : '\0', after = rest.n > 1 ? rest.p[1] : '\0';
        n = harmless(rest);
        if (n > 0) {
            buf_add(out, str_first(rest, n));
            continue;
        }
        n = 1;
        size_t url = c == 'h' && links == SLACK_LINKS && !is_alnum(before) ? url_length(rest) : 0;
        if (url > 0) {
            slack_add_link(out, str_first(rest, url), STR(""));
            n = url;
        } else if (is_mark(c) && is_live_mark(before, after)) {
            buf_add(out, ZERO_WIDTH_SPACE);
            buf_add_char(out, c);
            buf_add(out, ZERO_WIDTH_SPACE);
        } else if (c == ':' && is_emoji(rest)) {
            buf_add_char(out, c);
            buf_add(out, ZERO_WIDTH_SPACE);
        } else {
            if (c == '>' && at_line_start(out)) /* else a quotation */
                buf_add(out, ZERO_WIDTH_SPACE);
            add_escaped(out, c);
        }
    }
}

void slack_add_link(struct buf *out, struct str url, struct str label)
{
    buf_add_char(out, '<');
    for (size_t i = 0; i < url.n; i++) {
        char c = url.p[i];
        if (c == '|' || c == '<' || c == '>' || c == '"' || c == ' ')
            buf_addf(out, "%%%02X", (unsigned)c);
        else
            add_escaped(out, c);
    }
    if (label.n > 0) {
        buf_add_char(out, '|');
        slack_add_plain(out, label, SLACK_NO_LINKS);
    }
    buf_add_char(out, '>');
}

/* ── lengths ───────────────────────────────────────────────────────────────────────────────────────────────────── */

size_t slack_units(struct str text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        units += (c & 0xc0) != 0x80; /* one for each first byte */
        units += c >= 0xf0;          /* beyond U+FFFF: a pair   */
    }
    return units;
}

struct str slack_shorten(struct arena *arena, struct str text, size_t limit)
{
    if (slack_units(text) <= limit)
        return text;
    size_t units = 1, n = 0; /* "…" */
    for (struct str rest = text; rest.n > 0;) {
        int32_t c = text_next(&rest);
        units += c > 0xffff ? 2 : 1;
        if (units > limit)
            break;
        n = text.n - rest.n;
    }
    return arena_format(arena, "%.*s…", STR_ARG(str_first(text, n)));
}

/* ── spans ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* May a mark of ours stand beside this byte?  Slack wants blanks or punctuation there. */
static bool is_boundary(char c)
{
    return c == '\0' || (c > 0 && !is_alnum(c));
}

static char last_byte(struct str text)
{
    return text.n > 0 ? text.p[text.n - 1] : '\0';
}

/* *bold*, _italic_: marks hug the text, so blanks at its ends go outside. */
static void add_styled(struct buf *out, const struct markup_span *span, struct str text, char next)
{
    size_t lead = 0, n = text.n;
    while (lead < n && text.p[lead] == ' ')
        lead++;
    while (n > lead && text.p[n - 1] == ' ')
        n--;
    struct str inner = str_skip(str_first(text, n), lead);
    bool styled = (span->bold || span->italic) && inner.n > 0;
    buf_add(out, str_first(text, lead));
    if (styled && !is_boundary(last_byte(buf_str(out))))
        buf_add(out, ZERO_WIDTH_SPACE);
    if (styled && span->bold)
        buf_add_char(out, '*');
    if (styled && span->italic)
        buf_add_char(out, '_');
    if (span->url.n > 0 && span->url.n <= MAX_LINK_BYTES)
        slack_add_link(out, span->url, inner);
    else
        slack_add_plain(out, inner, SLACK_LINKS);
    if (styled && span->italic)
        buf_add_char(out, '_');
    if (styled && span->bold)
        buf_add_char(out, '*');
    if (styled && n == text.n && !is_boundary(next))
        buf_add(out, ZERO_WIDTH_SPACE);
    buf_add(out, str_skip(text, n));
}

static void add_code(struct buf *out, struct str text)
{
    buf_add_char(out, '`');
    for (size_t i = 0; i < text.n; i++)
        add_escaped(out, text.p[i] == '`' ? '\'' : text.p[i]);
    buf_add_char(out, '`');
}

static void add_span(struct buf *out, const struct markup_span *span, struct str text, char next)
{
    switch (span->kind) {
    case SPAN_TEXT:
        add_styled(out, span, text, next);
        break;
    case SPAN_CODE:
        add_code(out, text);
        break;
    case SPAN_EMOJI:
        buf_addf(out, ":%.*s:", STR_ARG(text));
        break;
    case SPAN_BULLET:
        buf_add(out, STR("• "));
        break;
    case SPAN_BREAK:
        break;
    }
}

/* The first CHUNK_CODE_POINTS of a text, or less, so that it ends with a word where there is one. */
static struct str chunk_of(struct str text)
{
    struct str chunk = text_first(text, CHUNK_CODE_POINTS);
    if (chunk.n == text.n)
        return chunk;
    for (size_t n = chunk.n; n > chunk.n / 2; n--)
        if (chunk.p[n - 1] == ' ')
            return str_first(chunk, n);
    return chunk;
}

/* ── lines, paragraphs, texts ──────────────────────────────────────────────────────────────────────────────────── */

struct piece {
    struct str text;
    size_t units;
    bool goes_on; /* belongs to the line before: no line break between */
};

struct pieces {
    struct arena *arena;
    struct piece *items;
    size_t n, capacity;
    bool failed;
};

static void add_piece(struct pieces *pieces, struct buf *line, bool goes_on)
{
    if (pieces->n == pieces->capacity) {
        size_t capacity = pieces->capacity == 0 ? 32 : pieces->capacity * 2;
        struct piece *items = arena_alloc_array(pieces->arena, capacity, sizeof *items);
        if (items == NULL) {
            pieces->failed = true;
            return;
        }
        for (size_t i = 0; i < pieces->n; i++)
            items[i] = pieces->items[i];
        pieces->items = items;
        pieces->capacity = capacity;
    }
    struct str text = arena_copy(pieces->arena, buf_str(line));
    if (buf_failed(line) || text.p == NULL) {
        pieces->failed = true;
        return;
    }
    pieces->items[pieces->n++] = (struct piece){.text = text, .units = slack_units(text), .goes_on = goes_on};
    buf_truncate(line, 0);
}

static char first_byte(const struct markup *markup, size_t i)
{
    return i < markup->n && markup->spans[i].text.n > 0 ? markup->spans[i].text.p[0] : '\0';
}

/* Every line of the markup; lines longer than `limit` in several pieces, each with whole marks. */
static void cut_lines(struct pieces *pieces, const struct markup *markup, size_t limit)
{
    struct buf line;
    buf_init(&line, pieces->arena, MAX_TEXT_BYTES);
    bool goes_on = false;
    for (size_t i = 0; i < markup->n; i++) {
        const struct markup_span *span = &markup->spans[i];
        if (span->kind == SPAN_BREAK) {
            add_piece(pieces, &line, goes_on);
            goes_on = false;
            continue;
        }
        struct str rest = span->text;
        do {
            struct str chunk = chunk_of(rest);
            rest = str_skip(rest, chunk.n);
            size_t before = line.n;
            add_span(&line, span, chunk, rest.n > 0 ? rest.p[0] : first_byte(markup, i + 1));
            if (before > 0 && slack_units(buf_str(&line)) > limit) {
                buf_truncate(&line, before);
                add_piece(pieces, &line, goes_on);
                goes_on = true;
                add_span(&line, span, chunk, rest.n > 0 ? rest.p[0] : first_byte(markup, i + 1));
            }
        } while (rest.n > 0);
    }
    add_piece(pieces, &line, goes_on);
}

/* Past the paragraph that begins at `i`: at the next blank line, or the end.  Its units, line breaks included. */
static size_t paragraph_end(const struct pieces *pieces, size_t i, size_t *ret_units)
{
    size_t units = 0;
    for (; i < pieces->n && str_trim(pieces->items[i].text).n > 0; i++)
        units += pieces->items[i].units + 1;
    *ret_units = units;
    return i;
}

struct packing {
    struct arena *arena;
    struct buf text;
    size_t units, limit;
    struct str *texts;
    size_t n;
};

static void finish_text(struct packing *p)
{
    struct str text = str_trim(buf_str(&p->text));
    if (text.n > 0)
        p->texts[p->n++] = arena_copy(p->arena, text);
    buf_truncate(&p->text, 0);
    p->units = 0;
}

static void pack_piece(struct packing *p, const struct piece *piece)
{
    if (p->units > 0 && p->units + 1 + piece->units > p->limit)
        finish_text(p);
    if (p->text.n > 0 && !piece->goes_on) {
        buf_add_char(&p->text, '\n');
        p->units++;
    }
    buf_add(&p->text, piece->text);
    p->units += piece->units;
}

static void pack(struct packing *p, const struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->n;) {
        size_t units, end = paragraph_end(pieces, i, &units);
        if (p->units + units > p->limit && units <= p->limit)
            finish_text(p);
        if (end == i) /* a blank line */
            end++;
        for (; i < end; i++)
            pack_piece(p, &pieces->items[i]);
    }
    finish_text(p);
}

enum err slack_mrkdwn(struct arena *arena, struct str markup_text, size_t limit, struct strs *ret_texts,
                      struct error *error)
{
    struct markup markup;
    if (markup_parse(arena, markup_text, &markup) != OK)
        return fail(error, ERR_NO_MEMORY, "a reply's text does not fit into memory");
    struct pieces pieces = {.arena = arena};
    cut_lines(&pieces, &markup, limit);
    struct packing packing = {.arena = arena, .limit = limit};
    buf_init(&packing.text, arena, MAX_TEXT_BYTES);
    packing.texts = arena_alloc_array(arena, pieces.n, sizeof *packing.texts);
    if (pieces.failed || packing.texts == NULL)
        return fail(error, ERR_NO_MEMORY, "a reply's text does not fit into memory");
    pack(&packing, &pieces);
    if (buf_failed(&packing.text))
        return fail(error, ERR_NO_MEMORY, "a reply's text does not fit into memory");
    *ret_texts = (struct strs){packing.texts, packing.n};
    return OK;
}
