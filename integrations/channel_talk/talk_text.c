#include "integrations/channel_talk/talk_text.h"

#include <ctype.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"

#include "bot/base/banned.h"

enum {
    MAX_PIECE_BYTES = TALK_BLOCK_CHARACTERS * 4 + 64,
    MAX_PLAIN_BYTES = TALK_BLOCK_CHARACTERS * 8,
    MAX_RUN_BYTES = 256 * 1024,
    MAX_MARK_CHARACTERS = 600, /* of a run's marks: a longer address is written out instead */
    LEAST_ROOM = 40,           /* a run is rather begun in a new piece than in less room     */
};

/* Text in one style: what stands between marks. */
struct run {
    struct str text, url;
    bool bold, italic;
    bool emoji_follows; /* an emoji's ':' comes right after the text */
};

void talk_text_init(struct talk_text *text, struct arena *arena)
{
    *text = (struct talk_text){.arena = arena};
}

bool talk_text_is_web_url(struct str url)
{
    return str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

/* ── pieces ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* NULL when the arena is full. */
static struct talk_piece *add_piece(struct talk_text *text)
{
    if (text->n == text->capacity) {
        size_t capacity = text->capacity == 0 ? 8 : text->capacity * 2;
        struct talk_piece *pieces = arena_alloc_array(text->arena, capacity, sizeof *pieces);
        if (pieces == NULL) {
            text->failed = true;
            return NULL;
        }
        if (text->n > 0)
            memcpy(pieces, text->pieces, text->n * sizeof *pieces);
        text->pieces = pieces;
        text->capacity = capacity;
    }
    struct talk_piece *piece = &text->pieces[text->n++];
    *piece = (struct talk_piece){.after_blank = text->blank};
    buf_init(&piece->value, text->arena, MAX_PIECE_BYTES);
    buf_init(&piece->plain, text->arena, MAX_PLAIN_BYTES);
    text->blank = false;
    text->line_open = true;
    return piece;
}

static struct talk_piece *open_piece(struct talk_text *text)
{
    return text->line_open ? &text->pieces[text->n - 1] : add_piece(text);
}

static struct talk_piece *continue_line(struct talk_text *text, bool bullet)
{
    struct talk_piece *piece = add_piece(text);
    if (piece != NULL) {
        piece->continues = true;
        piece->bullet = bullet;
    }
    return piece;
}

/* Ends the line that is open, if one is; one that shows nothing is dropped and counts as a blank line. */
static void close_line(struct talk_text *text)
{
    if (!text->line_open)
        return;
    text->line_open = false;
    if (str_trim(buf_str(&text->pieces[text->n - 1].plain)).n > 0)
        return;
    text->n--;
    text->blank = text->n > 0;
}

/* At a line break: a line that was never opened is a blank one. */
static void end_line(struct talk_text *text)
{
    if (!text->line_open)
        text->blank = text->n > 0;
    close_line(text);
}

void talk_text_add_blank(struct talk_text *text)
{
    close_line(text);
    text->blank = text->n > 0;
}

/* ── escaping ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_emoji_character(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '+' || c == '_';
}

/* Would the text after a ':' make it the start of `:name:`? */
static bool begins_emoji(struct str after, bool emoji_follows)
{
    size_t n = 0;
    while (n < after.n && (unsigned char)after.p[n] < 0x80 && is_emoji_character(after.p[n]))
        n++;
    return n > 0 && (n < after.n ? after.p[n] == ':' : emoji_follows);
}

/* One character as Channel Talk must read it. */
struct escaped {
    char bytes[8];
    size_t n, characters;
};

static struct escaped escape(struct str at, bool emoji_follows, struct str *ret_after)
{
    static const struct {
        char c;
        struct str entity;
    } entities[] = {
        {'&', STR_INIT("&amp;")}, {'<', STR_INIT("&lt;")}, {'>', STR_INIT("&gt;")}, {'"', STR_INIT("&quot;")}};
    static const char zero_width_space[] = "\xE2\x80\x8B";
    struct str after = at;
    int32_t c = text_next(&after);
    *ret_after = after;
    struct escaped out = {.characters = 1};
    for (size_t i = 0; i < COUNT_OF(entities); i++)
        if (c == entities[i].c) {
            memcpy(out.bytes, entities[i].entity.p, entities[i].entity.n);
            out.n = out.characters = entities[i].entity.n;
            return out;
        }
    out.n = text_encode(c, out.bytes);
    if ((c == ':' && begins_emoji(after, emoji_follows)) || (c == '$' && str_starts(after, STR("{")))) {
        memcpy(out.bytes + out.n, zero_width_space, 3);
        out.n += 3;
        out.characters++;
    }
    return out;
}

/* Appends the text escaped; returns its characters. */
static size_t add_escaped(struct buf *out, struct str s, bool emoji_follows)
{
    size_t characters = 0;
    while (s.n > 0) {
        struct escaped e = escape(s, emoji_follows, &s);
        buf_add(out, (struct str){e.bytes, e.n});
        characters += e.characters;
    }
    return characters;
}

/* An address as an attribute: escaped, and without the start of a variable. */
static void add_attribute(struct buf *out, struct str url)
{
    for (size_t i = 0; i < url.n; i++) {
        bool begins_variable = url.p[i] == '$' && i + 1 < url.n && url.p[i + 1] == '{';
        if (begins_variable)
            buf_add(out, STR("%24"));
        else if ((unsigned char)url.p[i] < 0x80 && url.p[i] != ':')
            (void)add_escaped(out, (struct str){url.p + i, 1}, false);
        else
            buf_add_char(out, url.p[i]);
    }
}

/* ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct marks {
    struct str open, close;
    size_t characters;
};

static struct marks marks_of(struct talk_text *text, const struct run *run)
{
    struct buf open, close;
    buf_init(&open, text->arena, MAX_RUN_BYTES);
    buf_init(&close, text->arena, MAX_RUN_BYTES);
    if (run->url.n > 0) {
        buf_add(&open, STR("<link type=\"url\" value=\""));
        add_attribute(&open, run->url);
        buf_add(&open, STR("\">"));
    }
    buf_add(&open, run->bold ? STR("<b>") : STR(""));
    buf_add(&open, run->italic ? STR("<i>") : STR(""));
    buf_add(&close, run->italic ? STR("</i>") : STR(""));
    buf_add(&close, run->bold ? STR("</b>") : STR(""));
    buf_add(&close, run->url.n > 0 ? STR("</link>") : STR(""));
    text->failed |= buf_failed(&open) || buf_failed(&close);
    struct marks marks = {.open = buf_str(&open), .close = buf_str(&close)};
    marks.characters = text_length(marks.open) + text_length(marks.close);
    return marks;
}

/* How much of the text fits into `room` characters: all of it, else up to its last space, else what fits. */
static size_t fitting_bytes(const struct run *run, size_t room)
{
    struct str rest = run->text;
    size_t characters = 0, at_space = 0;
    while (rest.n > 0) {
        struct str after;
        struct escaped e = escape(rest, run->emoji_follows, &after);
        size_t at = run->text.n - rest.n;
        if (characters + e.characters > room)
            return at_space > 0 ? at_space : at;
        if (rest.p[0] == ' ' && at > 0)
            at_space = at;
        characters += e.characters;
        rest = after;
    }
    return run->text.n;
}

static void write_run(struct talk_text *text, struct talk_piece *piece, const struct run *run,
                      const struct marks *marks)
{
    buf_add(&piece->value, marks->open);
    piece->characters += marks->characters + add_escaped(&piece->value, run->text, run->emoji_follows);
    buf_add(&piece->value, marks->close);
    buf_add(&piece->plain, run->text);
    if (run->url.n > 0 && !str_eq(run->url, run->text) && run->url.n <= MAX_MARK_CHARACTERS)
        buf_addf(&piece->plain, " (%.*s)", STR_ARG(run->url));
    text->failed |= buf_failed(&piece->value) || buf_failed(&piece->plain);
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 && c != '\t';
}

/* The text without control characters, which nobody sees and an API may refuse. */
static struct str without_controls(struct talk_text *text, struct str s)
{
    size_t n = 0;
    while (n < s.n && !is_control(s.p[n]))
        n++;
    if (n == s.n)
        return s;
    struct buf out;
    buf_init(&out, text->arena, MAX_RUN_BYTES);
    for (size_t i = 0; i < s.n; i++)
        if (!is_control(s.p[i]))
            buf_add_char(&out, s.p[i]);
    text->failed |= buf_failed(&out);
    return buf_str(&out);
}

/* Adds the run to the line, in as many pieces as it needs. */
static void add_run(struct talk_text *text, struct run run)
{
    run.text = without_controls(text, run.text);
    run.url = without_controls(text, run.url);
    struct marks marks = marks_of(text, &run);
    if (marks.characters > MAX_MARK_CHARACTERS) {
        run.text = arena_format(text->arena, "%.*s (%.*s)", STR_ARG(run.text), STR_ARG(run.url));
        run.url = (struct str){NULL, 0};
        marks = marks_of(text, &run);
    }
    struct talk_piece *piece = open_piece(text);
    while (piece != NULL && run.text.n > 0 && !text->failed) {
        size_t used = piece->characters + marks.characters;
        size_t room = used < TALK_BLOCK_CHARACTERS ? TALK_BLOCK_CHARACTERS - used : 0;
        struct run part = run;
        part.text = str_first(run.text, fitting_bytes(&run, room));
        bool whole = part.text.n == run.text.n;
        if (!whole && piece->characters > 0 && room < LEAST_ROOM) {
            piece = continue_line(text, piece->bullet);
            continue;
        }
        part.emoji_follows = run.emoji_follows && whole;
        write_run(text, piece, &part, &marks);
        run.text = str_skip(run.text, part.text.n);
        if (whole)
            return;
        if (run.text.p[0] == ' ')
            run.text = str_skip(run.text, 1);
        piece = continue_line(text, piece->bullet);
    }
}

/* ── gilbot's markup ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_text(const struct markup_span *span)
{
    return span->kind == SPAN_TEXT || span->kind == SPAN_CODE; /* Channel Talk has no marks for code in a line */
}

static bool same_style(const struct markup_span *a, const struct markup_span *b)
{
    return is_text(b) && a->bold == b->bold && a->italic == b->italic && str_eq(a->url, b->url);
}

/* Writes the neighbouring spans of one style as one run, so that no `:name:` hides across two of them; returns how
 * many there were. */
static size_t add_spans(struct talk_text *text, const struct markup_span *spans, size_t n)
{
    struct buf joined;
    buf_init(&joined, text->arena, MAX_RUN_BYTES);
    size_t taken = 0;
    for (; taken < n && same_style(&spans[0], &spans[taken]); taken++)
        buf_add(&joined, spans[taken].text);
    text->failed |= buf_failed(&joined);
    bool is_web = talk_text_is_web_url(spans[0].url);
    if (spans[0].url.n > 0 && !is_web)
        buf_addf(&joined, " (%.*s)", STR_ARG(spans[0].url));
    add_run(text, (struct run){.text = buf_str(&joined),
                               .url = is_web ? spans[0].url : STR(""),
                               .bold = spans[0].bold,
                               .italic = spans[0].italic,
                               .emoji_follows = taken < n && spans[taken].kind == SPAN_EMOJI});
    return taken;
}

static void add_emoji(struct talk_text *text, struct str name)
{
    size_t characters = text_length(name) + 2;
    struct talk_piece *piece = open_piece(text);
    if (piece != NULL && piece->characters + characters > TALK_BLOCK_CHARACTERS)
        piece = continue_line(text, piece->bullet);
    if (piece == NULL)
        return;
    buf_addf(&piece->value, ":%.*s:", STR_ARG(name));
    buf_addf(&piece->plain, ":%.*s:", STR_ARG(name));
    piece->characters += characters;
    text->failed |= buf_failed(&piece->value) || buf_failed(&piece->plain);
}

void talk_text_add_markup(struct talk_text *text, struct str source)
{
    struct markup markup = {.n = 0};
    if (markup_parse(text->arena, source, &markup) != OK) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < markup.n;) {
        const struct markup_span *span = &markup.spans[i];
        size_t taken = 1;
        if (is_text(span)) {
            taken = add_spans(text, span, markup.n - i);
        } else if (span->kind == SPAN_EMOJI) {
            add_emoji(text, span->text);
        } else if (span->kind == SPAN_BREAK) {
            end_line(text);
        } else {
            struct talk_piece *piece = open_piece(text);
            if (piece != NULL)
                piece->bullet = true;
        }
        i += taken;
    }
    close_line(text);
}

/* ── plain text, links, mentions ───────────────────────────────────────────────────────────────────────────────── */

void talk_text_add_plain(struct talk_text *text, struct str plain, enum talk_style style)
{
    struct str rest = plain, line;
    while (rest.n > 0 && str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.n > 0)
            add_run(text, (struct run){.text = line, .bold = style == TALK_BOLD});
        end_line(text);
    }
    close_line(text);
}

void talk_text_add_link(struct talk_text *text, struct str label, struct str url)
{
    if (label.n > 0 && !talk_text_is_web_url(url))
        talk_text_add_plain(text, arena_format(text->arena, "%.*s: %.*s", STR_ARG(label), STR_ARG(url)), TALK_PLAIN);
    else if (talk_text_is_web_url(url))
        add_run(text, (struct run){.text = label.n > 0 ? label : url, .url = url});
    else
        talk_text_add_plain(text, url, TALK_PLAIN);
    close_line(text);
}

void talk_text_add_mention(struct talk_text *text, struct str manager, struct str name)
{
    struct talk_piece *piece = open_piece(text);
    if (piece == NULL)
        return;
    size_t before = text_length(buf_str(&piece->value));
    buf_add(&piece->value, STR("<link type=\"manager\" value=\""));
    (void)add_escaped(&piece->value, manager, false);
    buf_add(&piece->value, STR("\">@"));
    (void)add_escaped(&piece->value, name, false);
    buf_add(&piece->value, STR("</link> "));
    piece->characters += text_length(buf_str(&piece->value)) - before;
    buf_addf(&piece->plain, "@%.*s ", STR_ARG(name));
    text->failed |= buf_failed(&piece->value) || buf_failed(&piece->plain);
}
