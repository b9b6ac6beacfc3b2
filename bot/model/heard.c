#include "bot/model/heard.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/model/event.h"
#include "bot/model/sheet.h"

#include "bot/base/banned.h"

enum { MOST_BYTES = 256 * 1024 };

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_file(struct buf *out, const struct event_file *file)
{
    const struct str texts[] = {file->id, file->name, file->type};
    buf_add(out, STR("f["));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        json_add_str(out, texts[i]);
        buf_add_char(out, ',');
    }
    buf_addf(out, "%lld]", (long long)file->bytes);
}

static void add_sheet(struct buf *out, const struct sheet_filled *sheet)
{
    buf_add(out, STR("s["));
    for (size_t i = 0; i < sheet->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '[');
        json_add_str(out, sheet->answers[i].step);
        buf_add_char(out, ',');
        json_add_str(out, sheet->answers[i].text);
        buf_add(out, sheet->answers[i].chosen ? STR(",1]") : STR("]"));
    }
    buf_add_char(out, ']');
}

enum err heard_write(struct arena *arena, const struct event *event, bool starts, struct str *ret_heard)
{
    struct buf out;
    buf_init(&out, arena, MOST_BYTES);
    if (starts) {
        buf_add_char(&out, 'o');
    } else if (event->kind == EVENT_BUTTON) {
        buf_add_char(&out, 'b');
        buf_add(&out, event->step);
    } else if (event->kind == EVENT_SHEET && event->sheet != NULL) {
        add_sheet(&out, event->sheet);
    } else if (event->kind == EVENT_MESSAGE && event->n_files > 0) {
        add_file(&out, &event->files[0]);
    }
    if (buf_failed(&out))
        return ERR_NO_MEMORY;
    *ret_heard = buf_str(&out);
    return OK;
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct json_value *after(const struct json_value *value)
{
    return value == NULL ? NULL : value->next;
}

static struct str text_of(const struct json_value *value)
{
    return value != NULL && (value->kind == JSON_STRING_ || value->kind == JSON_NUMBER_) ? value->text : STR("");
}

static MUST_USE enum err read_file(struct arena *arena, const struct json_value *list, struct event *event)
{
    struct event_file *file = arena_alloc(arena, sizeof *file);
    if (file == NULL)
        return ERR_NO_MEMORY;
    const struct json_value *id = list->child, *name = after(id), *type = after(name);
    *file = (struct event_file){.id = text_of(id), .name = text_of(name), .type = text_of(type)};
    if (!str_to_i64(text_of(after(type)), &file->bytes))
        file->bytes = 0;
    event->files = file;
    event->n_files = 1;
    event->has_files = true;
    return OK;
}

static MUST_USE enum err read_sheet(struct arena *arena, const struct json_value *list, struct event *event)
{
    struct sheet_filled *filled = arena_alloc(arena, sizeof *filled);
    struct sheet_answer *answers = arena_alloc_array(arena, list->n, sizeof *answers);
    if (filled == NULL || answers == NULL)
        return ERR_NO_MEMORY;
    for (const struct json_value *one = list->child; one != NULL; one = one->next) {
        const struct json_value *step = one->kind == JSON_ARRAY_ ? one->child : NULL, *text = after(step);
        answers[filled->n++] =
            (struct sheet_answer){.step = text_of(step), .text = text_of(text), .chosen = after(text) != NULL};
    }
    filled->answers = answers;
    event->kind = EVENT_SHEET;
    event->sheet = filled;
    return OK;
}

enum err heard_read(struct arena *arena, struct str heard, struct str text, struct event *ret_event, bool *ret_starts,
                    struct error *error)
{
    struct event event = {.kind = EVENT_MESSAGE, .author = AUTHOR_USER, .text = text};
    struct json_value *list = NULL;
    char kind = heard.n == 0 ? '\0' : heard.p[0];
    enum err rc = OK;
    bool has_list = kind == 'f' || kind == 's';
    if (kind != '\0' && kind != 'o' && kind != 'b' && !has_list)
        return fail(error, ERR_INVALID, "\"%.*s\" is no note of an event", STR_ARG(str_first(heard, 40)));
    if (has_list)
        rc = json_read(arena, str_skip(heard, 1), &list, error);
    if (rc == OK && list != NULL && list->kind != JSON_ARRAY_)
        rc = fail(error, ERR_INVALID, "it is no list");
    if (rc == OK && list != NULL)
        rc = kind == 'f' ? read_file(arena, list, &event) : read_sheet(arena, list, &event);
    if (rc != OK)
        return during(error, "reading a note of an event");
    if (kind == 'b')
        event = (struct event){.kind = EVENT_BUTTON, .author = AUTHOR_USER, .value = text, .step = str_skip(heard, 1)};
    *ret_event = event;
    *ret_starts = kind == 'o';
    return OK;
}
