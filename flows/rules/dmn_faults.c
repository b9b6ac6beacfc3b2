/* Faults of a model: where they are kept, and where in the file they are. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "flows/rules/dmn_model.h"

#include "bot/base/banned.h"

enum { FIRST_FAULTS = 8, MAX_FAULT = 400 };

void dmn_no_memory(struct dmn_loader *loader)
{
    if (loader->rc == OK)
        loader->rc = fail(loader->error, ERR_NO_MEMORY, "%.*s: the model needs too much memory; split it up",
                          STR_ARG(loader->files[0]->xml.file));
}

void *dmn_alloc(struct dmn_loader *loader, size_t count, size_t size)
{
    void *p = loader->rc == OK ? arena_alloc_array(loader->arena, count, size) : NULL;
    if (p == NULL)
        dmn_no_memory(loader);
    return p;
}

/* A sentence that has its place already. */
static struct str note(struct dmn_loader *loader, struct str text)
{
    if (loader->element != NULL && loader->element->fault.n == 0)
        loader->element->fault = text;
    if (loader->n_faults == loader->faults_capacity) {
        size_t capacity = loader->faults_capacity == 0 ? FIRST_FAULTS : 2 * loader->faults_capacity;
        struct str *faults = dmn_alloc(loader, capacity, sizeof *faults);
        if (faults == NULL)
            return text;
        if (loader->n_faults > 0)
            memcpy(faults, loader->faults, loader->n_faults * sizeof *faults);
        loader->faults = faults;
        loader->faults_capacity = capacity;
    }
    loader->faults[loader->n_faults++] = text;
    return text;
}

struct str dmn_note(struct dmn_loader *loader, const struct dmn_loaded *file, struct dmn_place at, const char *format,
                    ...)
{
    char text[MAX_FAULT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct str fault = arena_format(loader->arena, "%.*s:%u:%u: %s", STR_ARG(file->xml.file), at.line, at.column, text);
    if (fault.p == NULL)
        dmn_no_memory(loader);
    return note(loader, fault);
}

/* ── places in texts with references ───────────────────────────────────────────────────────────────────────────── */

/* How many bytes of the file at `raw` stand for how many of the text; `raw` is within an element's content. */
struct step {
    size_t raw, text;
};

static struct step step_at(struct str raw, bool *is_cdata)
{
    static const struct str cdata = STR_INIT("<![CDATA["), cdata_end = STR_INIT("]]>");
    if (*is_cdata && str_starts(raw, cdata_end)) {
        *is_cdata = false;
        return (struct step){cdata_end.n, 0};
    }
    if (!*is_cdata && str_starts(raw, cdata)) {
        *is_cdata = true;
        return (struct step){cdata.n, 0};
    }
    if (!*is_cdata && raw.p[0] == '<') { /* a comment or a processing instruction */
        size_t end = str_find(raw, str_starts(raw, STR("<!--")) ? STR("-->") : STR("?>"));
        return (struct step){end == SIZE_MAX ? raw.n : end + (raw.p[1] == '!' ? 3 : 2), 0};
    }
    if (!*is_cdata && raw.p[0] == '&') {
        size_t end = str_find_char(raw, ';');
        return (struct step){end == SIZE_MAX ? raw.n : end + 1, 1};
    }
    if (str_starts(raw, STR("\r\n")))
        return (struct step){2, 1};
    struct str rest = raw;
    (void)text_next(&rest);
    return (struct step){raw.n - rest.n, 1};
}

static struct dmn_place moved_by(struct dmn_place place, struct str passed)
{
    while (passed.n > 0)
        place = text_next(&passed) == '\n' ? (struct dmn_place){place.line + 1, 1}
                                           : (struct dmn_place){place.line, place.column + 1};
    return place;
}

/* `at`: a place counted in the text of `node`; ret_place: the same in the file.  False: it is not in this text. */
static bool place_in_file(const struct dmn_loaded *file, const struct dmn_node *node, struct dmn_place at,
                          struct dmn_place *ret_place)
{
    struct dmn_place text = node->text_place, place = text;
    struct str raw = str_skip(file->xml.bytes, node->text_at);
    bool is_cdata = false;
    while (raw.n > 0 && (is_cdata || !str_starts(raw, STR("</")))) {
        struct step step = step_at(raw, &is_cdata);
        bool is_there = text.line == at.line && text.column == at.column;
        if (text.line > at.line || (is_there && step.text > 0))
            break;
        if (step.text > 0 && raw.p[step.raw - 1] == '\n')
            text = (struct dmn_place){text.line + 1, 1};
        else
            text.column += (uint32_t)step.text;
        place = moved_by(place, str_first(raw, step.raw));
        raw = str_skip(raw, step.raw);
    }
    *ret_place = place;
    return text.line == at.line && text.column == at.column;
}

/* Looks for the text that the place belongs to.  Recursive, at most DMN_MAX_DEPTH deep. */
static bool find_place(const struct dmn_loaded *file, const struct dmn_node *node, struct dmn_place at,
                       struct dmn_place *ret_place)
{
    for (const struct dmn_node *child = node->child; child != NULL; child = child->next) {
        bool begins_before = child->text_place.line < at.line ||
                             (child->text_place.line == at.line && child->text_place.column <= at.column);
        if (!begins_before)
            return false;
        if (find_place(file, child, at, ret_place))
            return true;
        if (child->text.n > 0 && !child->is_plain && place_in_file(file, child, at, ret_place))
            return true;
    }
    return false;
}

static bool take_number(struct str *text, uint32_t *ret)
{
    uint32_t number = 0;
    size_t n = 0;
    for (; n < text->n && n < 9 && text->p[n] >= '0' && text->p[n] <= '9'; n++)
        number = number * 10 + (uint32_t)(text->p[n] - '0');
    if (n == 0 || n == text->n || text->p[n] != ':')
        return false;
    *ret = number;
    *text = str_skip(*text, n + 1);
    return true;
}

/* "`X` is no variable; …" where X is an element of the model: it only is not required. */
static const struct dmn_element *not_required(struct dmn_loader *loader, const struct dmn_loaded *file, struct str what)
{
    if (!str_starts(what, STR("`")))
        return NULL;
    struct str name = str_skip(what, 1), rest;
    size_t end = str_find_char(name, '`');
    if (end == SIZE_MAX)
        return NULL;
    rest = str_skip(name, end);
    if (!str_starts(rest, STR("` is no variable")) && !str_starts(rest, STR("` is no function")))
        return NULL;
    return dmn_index_find(&loader->by_name, file->namespace, str_first(name, end));
}

struct str dmn_note_error(struct dmn_loader *loader, const struct dmn_loaded *file, const struct dmn_node *node,
                          const struct error *error)
{
    struct str whole = {error->text, error->n}, rest = whole;
    struct dmn_place at, moved;
    if (error->code == ERR_NO_MEMORY) {
        dmn_no_memory(loader);
        return STR("");
    }
    bool has_place = str_starts(rest, file->xml.file);
    rest = str_skip(rest, file->xml.file.n + 1);
    has_place = has_place && take_number(&rest, &at.line) && take_number(&rest, &at.column);
    if (!has_place)
        return dmn_note(loader, file, node->at, "%.*s", STR_ARG(whole));
    if (!find_place(file, node, at, &moved))
        moved = at;
    const struct dmn_element *element = not_required(loader, file, str_trim(rest));
    if (element != NULL)
        return dmn_note(loader, file, moved, "`%.*s` is not required here; add a requirement", STR_ARG(element->name));
    return dmn_note(loader, file, moved, "%.*s", STR_ARG(str_trim(rest)));
}
