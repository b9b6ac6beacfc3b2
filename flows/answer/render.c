#include "flows/answer/render.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/model/markup.h"
#include "flows/answer/answerer.h"
#include "flows/answer/words.h"

#include "bot/base/banned.h"

/* Headings come as a path with " > " between. */
static void add_path(struct buf *out, struct str heading, struct str title)
{
    while (heading.n > 0) {
        size_t at = str_find(heading, STR(" > "));
        struct str part = at == SIZE_MAX ? heading : str_first(heading, at);
        heading = at == SIZE_MAX ? STR("") : str_skip(heading, at + 3);
        if (str_eq(part, title)) /* a document's first heading often is its title */
            continue;
        if (out->n > 0)
            buf_add(out, STR(" › "));
        buf_add(out, part);
    }
}

struct str render_source(struct arena *arena, const struct answer_source *source, struct str language)
{
    struct buf out;
    buf_init(&out, arena, RENDER_BYTES);
    buf_add(&out, source->title.n > 0 ? source->title : source->document);
    add_path(&out, source->heading, source->title);
    if (source->page > 0)
        buf_addf(&out, str_eq(language, STR("ko")) ? " (%lld쪽)" : " (p. %lld)", (long long)source->page);
    return buf_failed(&out) ? (struct str){NULL, 0} : buf_str(&out);
}

static MUST_USE enum err add_escaped(struct arena *arena, struct buf *out, struct str text)
{
    struct str escaped = {0};
    enum err rc = markup_escape(arena, text, &escaped);
    if (rc == OK)
        buf_add(out, escaped);
    return rc;
}

static bool is_web_address(struct str url)
{
    return (str_starts(url, STR("https://")) || str_starts(url, STR("http://"))) &&
           str_find_char(url, ')') == SIZE_MAX && str_find_char(url, ' ') == SIZE_MAX;
}

/* One that is only near shows what it says. */
static MUST_USE enum err add_source(struct arena *arena, struct buf *out, const struct answer_source *source,
                                    const struct answer *answer)
{
    struct str label = render_source(arena, source, answer->language);
    bool links = is_web_address(source->url);
    if (label.p == NULL)
        return ERR_NO_MEMORY;
    if (answer->kind != ANSWER_GENERATED)
        buf_add(out, STR("- "));
    if (links)
        buf_add_char(out, '[');
    enum err rc = add_escaped(arena, out, label);
    if (links) {
        buf_add(out, STR("]("));
        buf_add(out, source->url);
        buf_add_char(out, ')');
    }
    if (rc == OK && answer->kind == ANSWER_NOT_FOUND && source->quote.n > 0) {
        buf_add(out, STR(": "));
        rc = add_escaped(arena, out, source->quote);
    }
    return rc;
}

static bool same_place(const struct answer_source *a, const struct answer_source *b)
{
    return str_eq(a->document, b->document) && str_eq(a->title, b->title) && str_eq(a->heading, b->heading) &&
           a->page == b->page;
}

/* Each place once, however many sentences come from it. */
static MUST_USE enum err add_sources(struct arena *arena, struct buf *out, const struct answer *answer)
{
    enum err rc = OK;
    if (answer->n_sources == 0)
        return OK;
    buf_add(out, STR("\n\n"));
    if (answer->kind == ANSWER_NOT_FOUND)
        buf_add(out, say(SAY_NEAREST, answer->language));
    else
        buf_addf(out, "**%.*s**", STR_ARG(say(SAY_SOURCES, answer->language)));
    for (size_t i = 0; i < answer->n_sources && rc == OK; i++) {
        size_t k = 0;
        while (k < i && !same_place(&answer->sources[k], &answer->sources[i]))
            k++;
        if (k < i && answer->kind != ANSWER_GENERATED) /* there each has its number */
            continue;
        buf_add_char(out, '\n');
        if (answer->kind == ANSWER_GENERATED)
            buf_addf(out, "\\[%zu\\] ", i + 1);
        rc = add_source(arena, out, &answer->sources[i], answer);
    }
    return rc;
}

enum err render_answer(struct arena *arena, const struct answer *answer, struct str *ret_markup)
{
    struct buf out;
    enum err rc = OK;
    buf_init(&out, arena, RENDER_BYTES);
    if (answer->kind == ANSWER_EXTRACTIVE)
        buf_addf(&out, "%.*s\n\n", STR_ARG(say(SAY_FOUND, answer->language)));
    if (answer->kind == ANSWER_EXTRACTIVE || answer->kind == ANSWER_GENERATED)
        rc = add_escaped(arena, &out, answer->text);
    else
        buf_add(&out, answer->text);
    if (rc == OK)
        rc = add_sources(arena, &out, answer);
    if (rc == OK && buf_failed(&out))
        rc = ERR_NO_MEMORY;
    if (rc == OK)
        *ret_markup = buf_str(&out);
    return rc;
}
