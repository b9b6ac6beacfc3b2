#include "flows/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/secret.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { FILLED_MAX_BYTES = 4 * 1024 * 1024 };

/* ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void close_file(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Leaves *text alone when there is no such file. */
static enum err read_own(struct arena *arena, struct str path, struct str *text, struct error *error)
{
    CLEANUP(close_file) int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return OK;
    if (fd < 0)
        return fail(error, ERR_INVALID, "%.*s: %s", STR_ARG(path), strerror(errno));
    char *bytes = arena_alloc(arena, PROMPT_MAX_BYTES + 1);
    if (bytes == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %.*s", STR_ARG(path));
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n <= PROMPT_MAX_BYTES; n += got > 0 ? (size_t)got : 0)
        if ((got = read(fd, bytes + n, PROMPT_MAX_BYTES + 1 - n)) < 0)
            return fail(error, ERR_INVALID, "%.*s: %s", STR_ARG(path), strerror(errno));
    struct str read_text = {bytes, n};
    if (n > PROMPT_MAX_BYTES || !text_is_utf8(read_text) || str_trim(read_text).n == 0)
        return fail(error, ERR_INVALID, "%.*s: a prompt is UTF-8 text of 1 to %d bytes; correct it or take it away",
                    STR_ARG(path), PROMPT_MAX_BYTES);
    *text = read_text;
    return OK;
}

static enum err load_one(struct arena *arena, const struct prompt_source *source, struct str folder,
                         struct prompt *ret_prompt, struct error *error)
{
    struct str name = source->name, text = source->text;
    if (str_ends(name, STR(".txt")))
        name = str_first(name, name.n - 4);
    if (folder.n > 0) {
        struct str path = arena_format(arena, "%.*s/%.*s.txt", STR_ARG(folder), STR_ARG(name));
        enum err rc = path.p == NULL ? fail(error, ERR_NO_MEMORY, "no memory for the prompts")
                                     : read_own(arena, path, &text, error);
        if (rc != OK)
            return rc;
    }
    text = str_trim(text);
    unsigned char hash[SECRET_HMAC_BYTES];
    secret_sha256(text, hash);
    struct str hex = secret_hex(arena, (struct str){(const char *)hash, PROMPT_VERSION_DIGITS / 2});
    *ret_prompt = (struct prompt){
        .name = arena_copy(arena, name),
        .version = hex,
        .label = arena_format(arena, "%.*s@%.*s", STR_ARG(name), STR_ARG(hex)),
        .text = arena_copy(arena, text),
    };
    if (hex.p == NULL || ret_prompt->name.p == NULL || ret_prompt->label.p == NULL || ret_prompt->text.p == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the prompts");
    return OK;
}

enum err prompts_load(struct arena *arena, const struct prompt_source *embedded, size_t n, struct str folder,
                      struct prompts *ret_prompts, struct error *error)
{
    struct prompt *items = arena_alloc_array(arena, n, sizeof *items);
    if (items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the prompts");
    for (size_t i = 0; i < n; i++) {
        enum err rc = load_one(arena, &embedded[i], folder, &items[i], error);
        if (rc != OK)
            return rc;
    }
    *ret_prompts = (struct prompts){items, n};
    return OK;
}

const struct prompt *prompts_find(const struct prompts *prompts, struct str name)
{
    for (size_t i = 0; i < prompts->n; i++)
        if (str_eq(prompts->items[i].name, name))
            return &prompts->items[i];
    return NULL;
}

/* ── filling ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct prompt_value *value_of(const struct prompt_value *values, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(values[i].name, name))
            return &values[i];
    return NULL;
}

static enum err fill(const struct prompt *prompt, const struct prompt_value *values, size_t n, struct buf *out,
                     struct error *error)
{
    struct str rest = prompt->text;
    for (size_t at; (at = str_find(rest, STR("{{"))) != SIZE_MAX;) {
        struct str after = str_skip(rest, at + 2);
        size_t end = str_find(after, STR("}}"));
        struct str name = str_trim(str_first(after, end == SIZE_MAX ? 0 : end));
        const struct prompt_value *value = value_of(values, n, name);
        if (value == NULL)
            return fail(error, ERR_INVALID, "prompt %.*s: there is nothing to put in for {{%.*s}}",
                        STR_ARG(prompt->name), STR_ARG(text_first(name, 40)));
        buf_add(out, str_first(rest, at));
        buf_add(out, value->text);
        rest = str_skip(after, end + 2);
    }
    buf_add(out, rest);
    return OK;
}

static bool has_place(const struct prompt *prompt, struct str name)
{
    struct str rest = prompt->text;
    for (size_t at; (at = str_find(rest, STR("{{"))) != SIZE_MAX;) {
        rest = str_skip(rest, at + 2);
        size_t end = str_find(rest, STR("}}"));
        if (end != SIZE_MAX && str_eq(str_trim(str_first(rest, end)), name))
            return true;
    }
    return false;
}

enum err prompt_fill(struct arena *arena, const struct prompt *prompt, const struct prompt_value *values, size_t n,
                     struct str *ret_text, struct error *error)
{
    for (size_t i = 0; i < n; i++)
        if (!has_place(prompt, values[i].name))
            return fail(error, ERR_INVALID, "prompt %.*s: it needs a place {{%.*s}}", STR_ARG(prompt->name),
                        STR_ARG(values[i].name));
    struct buf out;
    buf_init(&out, arena, FILLED_MAX_BYTES);
    enum err rc = fill(prompt, values, n, &out, error);
    if (rc == OK && buf_failed(&out))
        rc = fail(error, ERR_NO_MEMORY, "prompt %.*s becomes too long", STR_ARG(prompt->name));
    if (rc == OK)
        *ret_text = buf_str(&out);
    return rc;
}
