#include "bot/model/markup.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/emoji.h"

#include "bot/base/banned.h"

enum { MAX_EMOJI_NAME_BYTES = 64, MAX_URL_BYTES = 2048 };

struct style {
    bool bold, italic;
};

struct parser {
    struct arena *arena;
    struct markup_span *spans;
    size_t n, capacity;
    enum err rc; /* the first failure sticks */
};

/* ── characters ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* ASCII punctuation of CommonMark §2.1. */
static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_emoji_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '+';
}

/* Is s.p[i] a backslash that makes the next character plain? */
static bool escapes(struct str s, size_t i)
{
    return s.p[i] == '\\' && i + 1 < s.n && is_punctuation(s.p[i + 1]);
}

static size_t run_length(struct str s, size_t i)
{
    size_t n = 1;
    while (i + n < s.n && s.p[i + n] == s.p[i])
        n++;
    return n;
}

/* ── spans ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_span(struct parser *parser, struct markup_span span)
{
    if (parser->rc != OK)
        return;
    if (parser->n == parser->capacity) {
        size_t capacity = parser->capacity == 0 ? 8 : parser->capacity * 2;
        struct markup_span *spans = arena_alloc_array(parser->arena, capacity, sizeof *spans);
        if (spans == NULL) {
            parser->rc = ERR_NO_MEMORY;
            return;
        }
        if (parser->n > 0)
            memcpy(spans, parser->spans, parser->n * sizeof *spans);
        parser->spans = spans;
        parser->capacity = capacity;
    }
    parser->spans[parser->n++] = span;
}

/* The text without the backslashes that make something plain; borrows when there are none. */
static struct str unescaped(struct parser *parser, struct str s)
{
    if (str_find_char(s, '\\') == SIZE_MAX)
        return s;
    char *out = arena_alloc(parser->arena, s.n);
    if (out == NULL) {
        parser->rc = ERR_NO_MEMORY;
        return STR("");
    }
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (escapes(s, i))
            i++;
        out[n++] = s.p[i];
    }
    return (struct str){out, n};
}

static void add_text(struct parser *parser, struct str raw, struct str url, struct style style)
{
    if (raw.n > 0)
        add_span(parser, (struct markup_span){.kind = SPAN_TEXT,
                                              .text = unescaped(parser, raw),
                                              .url = url,
                                              .bold = style.bold,
                                              .italic = style.italic});
}

/* ── one line ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A pair of marks around something: where the inner text ends and where the line goes on; end 0: no pair. */
struct pair {
    size_t end, next;
};

static struct pair find_code(struct str s, size_t i, size_t marks)
{
    for (size_t at = i + marks; at < s.n;) {
        if (escapes(s, at)) {
            at += 2;
        } else if (s.p[at] == '`') {
            size_t run = run_length(s, at);
            if (run == marks)
                return (struct pair){at, at + run};
            at += run;
        } else {
            at++;
        }
    }
    return (struct pair){0};
}

/* 5*3: no emphasis. */
static bool multiplies(struct str s, size_t i, size_t run)
{
    return i > 0 && is_digit(s.p[i - 1]) && i + run < s.n && is_digit(s.p[i + run]);
}

/* The closing '*' (marks 1) or '**' (marks 2) for the opening one at i.  Of a longer run the last ones close. */
static struct pair find_emphasis(struct str s, size_t i, size_t marks)
{
    for (size_t at = i + marks; at < s.n;) {
        if (escapes(s, at)) {
            at += 2;
        } else if (s.p[at] == '`') {
            struct pair code = find_code(s, at, run_length(s, at));
            at = code.end > 0 ? code.next : at + run_length(s, at);
        } else if (s.p[at] == '*') {
            size_t run = run_length(s, at), end = at + run - marks;
            bool fits = marks == 2 ? run >= 2 : run % 2 == 1;
            if (fits && !multiplies(s, at, run) && !is_space(s.p[at - 1]))
                return (struct pair){end, end + marks};
            at += run;
        } else {
            at++;
        }
    }
    return (struct pair){0};
}

static bool may_link(struct str url)
{
    static const struct str schemes[] = {STR_INIT("https://"), STR_INIT("http://"), STR_INIT("mailto:"),
                                         STR_INIT("tel:")};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (url.n > schemes[i].n && str_eq_nocase(str_first(url, schemes[i].n), schemes[i]))
            return true;
    return false;
}

/* The end of the text that begins at `from` and is closed by `close`; SIZE_MAX when it is not, or `never` comes first. */
static size_t closed_at(struct str s, size_t from, char close, const char *never)
{
    for (size_t at = from; at < s.n; at++) {
        if (escapes(s, at))
            at++;
        else if (s.p[at] == close)
            return at;
        else if (strchr(never, s.p[at]) != NULL && s.p[at] != '\0')
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* A line, or what stands between two marks of it. */
struct line {
    struct parser *parser;
    struct str s;
    struct style style;
    size_t plain; /* where the text begins that is not in a span yet                                        */
    /* Known to have no closing mark from here on, so that no line is searched again and again. */
    bool no_bold, no_italic, no_code;
};

static void flush(struct line *line, size_t end)
{
    add_text(line->parser, (struct str){line->s.p + line->plain, end - line->plain}, STR(""), line->style);
}

/* Marks around the whole of a link's label become its style: a link is one span. */
static struct str label_style(struct str label, struct style *style)
{
    if (label.n > 4 && str_starts(label, STR("**")) && str_ends(label, STR("**")) && label.p[label.n - 3] != '\\') {
        style->bold = true;
        label = (struct str){label.p + 2, label.n - 4};
    }
    if (label.n > 2 && label.p[0] == '*' && label.p[label.n - 1] == '*' && label.p[label.n - 2] != '\\') {
        style->italic = true;
        label = (struct str){label.p + 1, label.n - 2};
    }
    return label;
}

/* The take_… functions give where the line goes on after what begins at i, or 0 when nothing does. */

static size_t take_link(struct line *line, size_t i)
{
    struct str s = line->s;
    size_t close = closed_at(s, i + 1, ']', "[");
    if (close == SIZE_MAX || close == i + 1 || close + 1 >= s.n || s.p[close + 1] != '(')
        return 0;
    size_t end = closed_at(str_first(s, close + 2 + MAX_URL_BYTES), close + 2, ')', " \t(<>\"");
    if (end == SIZE_MAX)
        return 0;
    struct str url = unescaped(line->parser, (struct str){s.p + close + 2, end - close - 2});
    if (!may_link(url))
        return 0;
    flush(line, i);
    struct style style = line->style;
    struct str label = label_style((struct str){s.p + i + 1, close - i - 1}, &style);
    add_text(line->parser, label, url, style);
    return end + 1;
}

/* :name:, but not the middle of 10:30:45. */
static size_t take_emoji(struct line *line, size_t i)
{
    struct str s = line->s;
    size_t at = i + 1;
    while (at < s.n && at - i <= MAX_EMOJI_NAME_BYTES && is_emoji_name(s.p[at]))
        at++;
    bool named = at > i + 1 && at < s.n && s.p[at] == ':';
    bool alone = (i == 0 || !is_alphanumeric(s.p[i - 1])) && (at + 1 >= s.n || !is_alphanumeric(s.p[at + 1]));
    if (!named || !alone)
        return 0;
    flush(line, i);
    add_span(line->parser, (struct markup_span){.kind = SPAN_EMOJI, .text = {s.p + i + 1, at - i - 1}});
    return at + 1;
}

static size_t take_code(struct line *line, size_t i)
{
    size_t marks = run_length(line->s, i);
    struct pair code = {0};
    if (!line->no_code)
        code = find_code(line->s, i, marks);
    if (code.end == 0) {
        line->no_code = true;
        return 0;
    }
    flush(line, i);
    struct str text = unescaped(line->parser, (struct str){line->s.p + i + marks, code.end - i - marks});
    add_span(line->parser, (struct markup_span){.kind = SPAN_CODE, .text = text});
    return code.next;
}

static void parse_inline(struct parser *parser, struct str s, struct style style);

static size_t take_emphasis(struct line *line, size_t i)
{
    struct str s = line->s;
    size_t run = run_length(s, i), marks = run >= 2 ? 2 : 1;
    bool *none = marks == 2 ? &line->no_bold : &line->no_italic;
    bool nested = marks == 2 ? line->style.bold : line->style.italic;
    bool opens = i + run < s.n && !is_space(s.p[i + run]) && !multiplies(s, i, run);
    if (!opens || nested || *none)
        return 0;
    struct pair pair = find_emphasis(s, i, marks);
    if (pair.end == 0) {
        *none = true;
        return 0;
    }
    flush(line, i);
    struct style inner = {line->style.bold || marks == 2, line->style.italic || marks == 1};
    parse_inline(line->parser, (struct str){s.p + i + marks, pair.end - i - marks}, inner);
    return pair.next;
}

/* Calls itself for what stands between marks: at most italic within bold within the line. */
static void parse_inline(struct parser *parser, struct str s, struct style style)
{
    struct line line = {.parser = parser, .s = s, .style = style};
    for (size_t i = 0; i < s.n && parser->rc == OK;) {
        size_t next = 0, step = 1;
        switch (s.p[i]) {
        case '\\':
            step = escapes(s, i) ? 2 : 1;
            break;
        case '`':
            step = run_length(s, i);
            next = take_code(&line, i);
            break;
        case '*':
            step = run_length(s, i);
            next = take_emphasis(&line, i);
            break;
        case '[':
            next = take_link(&line, i);
            break;
        case ':':
            next = take_emoji(&line, i);
            break;
        default:
            break;
        }
        if (next > 0)
            line.plain = next;
        i = next > 0 ? next : i + step;
    }
    flush(&line, s.n);
}

enum err markup_parse(struct arena *arena, struct str text, struct markup *ret_markup)
{
    struct parser parser = {.arena = arena};
    struct str rest = text.n > 0 ? text : (struct str){NULL, 0}, line;
    for (bool first = true; str_split(&rest, '\n', &line) && parser.rc == OK; first = false) {
        if (!first)
            add_span(&parser, (struct markup_span){.kind = SPAN_BREAK});
        if (str_ends(line, STR("\r")))
            line.n--;
        if (str_starts(line, STR("- "))) {
            add_span(&parser, (struct markup_span){.kind = SPAN_BULLET});
            line = str_skip(line, 2);
        }
        parse_inline(&parser, line, (struct style){0});
    }
    if (parser.rc != OK)
        return parser.rc;
    *ret_markup = (struct markup){.spans = parser.spans, .n = parser.n};
    return OK;
}

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err finished(const struct buf *out, struct str *ret)
{
    if (buf_failed(out))
        return ERR_NO_MEMORY;
    *ret = buf_str(out);
    return OK;
}

enum err markup_escape(struct arena *arena, struct str text, struct str *ret_escaped)
{
    struct buf out;
    buf_init(&out, arena, arena->limit);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool line_start = i == 0 || text.p[i - 1] == '\n';
        /* Parentheses and colons too: the text may end up within a link's address or next to another colon. */
        if ((c != '\0' && strchr("\\`*[]():", c) != NULL) || (c == '-' && line_start))
            buf_add_char(&out, '\\');
        buf_add_char(&out, c);
    }
    return finished(&out, ret_escaped);
}

enum err markup_plain(struct arena *arena, struct str text, struct str *ret_plain)
{
    struct markup markup;
    enum err rc = markup_parse(arena, text, &markup);
    if (rc != OK)
        return rc;
    struct buf out;
    buf_init(&out, arena, arena->limit);
    for (size_t i = 0; i < markup.n; i++) {
        const struct markup_span *span = &markup.spans[i];
        switch (span->kind) {
        case SPAN_TEXT:
            buf_add(&out, span->text);
            if (span->url.n > 0 && !str_eq(span->url, span->text))
                buf_addf(&out, " (%.*s)", STR_ARG(span->url));
            break;
        case SPAN_CODE:
            buf_add(&out, span->text);
            break;
        case SPAN_EMOJI:
            buf_addf(&out, ":%.*s:", STR_ARG(span->text));
            break;
        case SPAN_BULLET:
            buf_add(&out, STR("- "));
            break;
        case SPAN_BREAK:
            buf_add_char(&out, '\n');
            break;
        }
    }
    return finished(&out, ret_plain);
}

static void add_html(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '&':
            buf_add(out, STR("&amp;"));
            break;
        case '<':
            buf_add(out, STR("&lt;"));
            break;
        case '>':
            buf_add(out, STR("&gt;"));
            break;
        case '"':
            buf_add(out, STR("&quot;"));
            break;
        case '\'':
            buf_add(out, STR("&#39;"));
            break;
        default:
            buf_add_char(out, s.p[i]);
        }
}

static void add_html_text(struct buf *out, const struct markup_span *span)
{
    if (span->url.n > 0) {
        buf_add(out, STR("<a href=\""));
        add_html(out, span->url);
        buf_add(out, STR("\" rel=\"noopener noreferrer\" target=\"_blank\">"));
    }
    buf_add(out, span->bold ? STR("<b>") : STR(""));
    buf_add(out, span->italic ? STR("<i>") : STR(""));
    add_html(out, span->text);
    buf_add(out, span->italic ? STR("</i>") : STR(""));
    buf_add(out, span->bold ? STR("</b>") : STR(""));
    buf_add(out, span->url.n > 0 ? STR("</a>") : STR(""));
}

/* Between lines: a list opens and closes by itself, so that only other lines need a <br>. */
static void add_html_break(struct buf *out, bool in_list, bool before_bullet)
{
    if (in_list)
        buf_add(out, before_bullet ? STR("</li>") : STR("</li></ul>"));
    else if (!before_bullet)
        buf_add(out, STR("<br>"));
}

enum err markup_html(struct arena *arena, struct str text, struct str *ret_html)
{
    struct markup markup;
    enum err rc = markup_parse(arena, text, &markup);
    if (rc != OK)
        return rc;
    struct buf out;
    buf_init(&out, arena, arena->limit);
    bool in_list = false;
    for (size_t i = 0; i < markup.n; i++) {
        const struct markup_span *span = &markup.spans[i];
        bool before_bullet = i + 1 < markup.n && markup.spans[i + 1].kind == SPAN_BULLET;
        switch (span->kind) {
        case SPAN_TEXT:
            add_html_text(&out, span);
            break;
        case SPAN_CODE:
            buf_add(&out, STR("<code>"));
            add_html(&out, span->text);
            buf_add(&out, STR("</code>"));
            break;
        case SPAN_EMOJI:
            if (emoji_unicode(span->text).n > 0)
                buf_add(&out, emoji_unicode(span->text));
            else
                buf_addf(&out, ":%.*s:", STR_ARG(span->text));
            break;
        case SPAN_BULLET:
            buf_add(&out, in_list ? STR("<li>") : STR("<ul><li>"));
            in_list = true;
            break;
        case SPAN_BREAK:
            add_html_break(&out, in_list, before_bullet);
            in_list = in_list && before_bullet;
            break;
        }
    }
    if (in_list)
        buf_add(&out, STR("</li></ul>"));
    return finished(&out, ret_html);
}
