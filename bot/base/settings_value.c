#include "bot/base/settings_value.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/settings_text.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

enum { MAX_SECRET_BYTES = 64 * 1024, MAX_WORDS = 16 };

/* ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err out_of_memory(const struct settings_source *source)
{
    return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
}

/* What a setting of each type must be, and what to write. */
static const char *const expectations[] = {
    [SETTING_TEXT] = "must be a text; put it in quotes",
    [SETTING_SECRET] = "must be a text or {file: PATH}; put it in quotes",
    [SETTING_ID] = "must be a text or a number; correct it",
    [SETTING_TEXTS] = "must be a text or a list of texts; put each in quotes",
    [SETTING_IDS] = "must be an id or a list of ids; correct it",
    [SETTING_BOOL] = "must be true or false; write one of them",
    [SETTING_INT] = "must be a whole number; write one, without quotes",
    [SETTING_NUMBER] = "must be a number; write one, without quotes",
    [SETTING_BYTES] = "must be a size; write a number with B, KiB, MiB or GiB, for example 1MiB",
    [SETTING_DURATION] = "must be a duration; write a whole number with ms, s, m, h or d, for example 30s",
    [SETTING_WORD] = "must be a word; correct it",
    [SETTING_WORDS] = "must be a word or a list of words; correct it",
    [SETTING_PARSED] = "must be a text; correct it",
    [SETTING_SECTION] = "must hold settings; write `name: value` lines below it, indented",
    [SETTING_LIST] = "must be a list; begin each item with '- '",
    [SETTING_NAMED] = "must hold names; write `NAME: {…}` lines below it, indented",
    [SETTING_NAME] = "",
};

enum err settings_value_refuse(const struct settings_source *source, const struct setting *setting,
                               const struct yaml_node *node)
{
    return settings_table_fail(source, setting, node, "%s", expectations[setting->type]);
}

/* ── scalars ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A scalar with its variables replaced. */
struct scalar {
    const struct yaml_node *node;
    struct str text;
    bool replaced; /* then it may be of any type, however it is quoted */
};

/* Fills in the text of `scalar->node`. */
static MUST_USE enum err expand(const struct settings_source *source, struct scalar *scalar)
{
    const struct yaml_node *node = scalar->node;
    struct error why = {.code = OK};
    enum err rc = settings_text_expand(source->arena, node->text, &scalar->text, &scalar->replaced, &why);
    if (rc == ERR_NO_MEMORY)
        return out_of_memory(source);
    if (rc != OK)
        return yaml_fail(source->error, source->file, node, "%s", why.text);
    if (scalar->replaced && !text_is_utf8(scalar->text))
        return yaml_fail(source->error, source->file, node, "the environment variable holds no UTF-8 text; correct it");
    return OK;
}

static bool is_text(const struct scalar *scalar, bool numbers_too)
{
    enum yaml_kind kind = scalar->node->kind;
    return kind == YAML_STRING || scalar->replaced || (numbers_too && (kind == YAML_INT || kind == YAML_FLOAT));
}

static MUST_USE enum err read_text(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node, struct str *ret_text)
{
    bool ids = setting->type == SETTING_ID || setting->type == SETTING_IDS || setting->type == SETTING_PARSED;
    struct scalar scalar = {.node = node};
    enum err rc = expand(source, &scalar);
    if (rc != OK)
        return rc;
    if (!is_text(&scalar, ids))
        return settings_value_refuse(source, setting, node);
    if ((int64_t)scalar.text.n < setting->least)
        return settings_table_fail(source, setting, node, "must not be empty; write %s", setting->help);
    struct str copy = arena_copy(source->arena, scalar.text); /* for its NUL */
    if (copy.p == NULL)
        return out_of_memory(source);
    *ret_text = copy;
    return OK;
}

static void close_file(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* {file: PATH} */
static MUST_USE enum err read_secret_file(const struct settings_source *source, const struct setting *setting,
                                          const struct yaml_node *node, struct str *ret_text)
{
    const struct yaml_node *name = yaml_get(node, STR("file"));
    if (name == NULL || node->n != 1)
        return settings_value_refuse(source, setting, node);
    static const struct setting file_setting = {.name = "file", .type = SETTING_TEXT, .least = 1, .help = "a path"};
    struct str path = {0};
    enum err rc = read_text(source, &file_setting, name, &path);
    if (rc == OK)
        rc = settings_table_path(source, path, &path);
    if (rc != OK)
        return rc;
    CLEANUP(close_file) int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return yaml_fail(source->error, source->file, name,
                         "the file cannot be opened (%s); name a file that can be read", strerror(errno));
    char *p = arena_alloc(source->arena, MAX_SECRET_BYTES + 1);
    if (p == NULL)
        return out_of_memory(source);
    ssize_t n = read(fd, p, MAX_SECRET_BYTES);
    if (n < 0)
        return yaml_fail(source->error, source->file, name,
                         "the file cannot be read (%s); name a file that can be read", strerror(errno));
    *ret_text = str_trim((struct str){p, (size_t)n});
    return OK;
}

static MUST_USE enum err read_secret(const struct settings_source *source, const struct setting *setting,
                                     const struct yaml_node *node, struct str *ret_text)
{
    if (node->kind != YAML_MAP)
        return read_text(source, setting, node, ret_text);
    struct str secret = {0};
    enum err rc = read_secret_file(source, setting, node, &secret);
    if (rc != OK)
        return rc;
    if ((int64_t)secret.n < setting->least)
        return settings_table_fail(source, setting, node, "must not be empty; the file named here is");
    secret = arena_copy(source->arena, secret);
    if (secret.p == NULL)
        return out_of_memory(source);
    *ret_text = secret;
    return OK;
}

static bool is_number_or_replaced(const struct scalar *scalar)
{
    enum yaml_kind kind = scalar->node->kind;
    return kind == YAML_INT || kind == YAML_FLOAT || scalar->replaced;
}

static bool read_double(struct str text, double *ret_value)
{
    char digits[64];
    if (text.n == 0 || text.n >= sizeof digits)
        return false;
    memcpy(digits, text.p, text.n);
    digits[text.n] = '\0';
    char *end;
    double value = strtod(digits, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

static MUST_USE enum err check_range(const struct settings_source *source, const struct setting *setting,
                                     const struct yaml_node *node, double value)
{
    if (setting->least == setting->most || (value >= (double)setting->least && value <= (double)setting->most))
        return OK;
    if (setting->most == INT64_MAX)
        return settings_table_fail(source, setting, node, "is too small; write at least %lld%s",
                                   (long long)setting->least, setting->type == SETTING_DURATION ? "ms" : "");
    return settings_table_fail(source, setting, node, "is out of range; write a value from %lld to %lld%s",
                               (long long)setting->least, (long long)setting->most,
                               setting->type == SETTING_DURATION ? "ms"
                               : setting->type == SETTING_BYTES  ? " bytes"
                                                                 : "");
}

static MUST_USE enum err read_number(const struct settings_source *source, const struct setting *setting,
                                     const struct yaml_node *node, void *field)
{
    struct scalar scalar = {.node = node};
    enum err rc = expand(source, &scalar);
    if (rc != OK)
        return rc;
    int64_t whole = 0;
    double number = 0;
    bool fits = false;
    if (setting->type == SETTING_INT)
        fits = is_number_or_replaced(&scalar) && str_to_i64(scalar.text, &whole);
    else if (setting->type == SETTING_NUMBER)
        fits = is_number_or_replaced(&scalar) && read_double(scalar.text, &number);
    else if (setting->type == SETTING_BYTES)
        fits = is_text(&scalar, true) && settings_text_bytes(scalar.text, &whole);
    else
        fits = is_text(&scalar, true) && settings_text_duration(scalar.text, &whole);
    if (!fits)
        return settings_value_refuse(source, setting, node);
    rc = check_range(source, setting, node, setting->type == SETTING_NUMBER ? number : (double)whole);
    if (rc != OK)
        return rc;
    if (setting->type == SETTING_NUMBER)
        *(double *)field = number;
    else
        *(int64_t *)field = whole;
    return OK;
}

static MUST_USE enum err read_bool(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node, bool *ret)
{
    struct scalar scalar = {.node = node};
    enum err rc = expand(source, &scalar);
    if (rc != OK)
        return rc;
    if (node->kind != YAML_BOOL &&
        !(scalar.replaced && (str_eq(scalar.text, STR("true")) || str_eq(scalar.text, STR("false")))))
        return settings_value_refuse(source, setting, node);
    *ret = scalar.replaced ? str_eq(scalar.text, STR("true")) : node->boolean;
    return OK;
}

static MUST_USE enum err read_word(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node, int *ret_value)
{
    struct str text = {0};
    enum err rc = read_text(source, setting, node, &text);
    if (rc != OK)
        return rc;
    const char *known[MAX_WORDS];
    size_t n = 0;
    CLEANUP(buf_release) struct buf list;
    buf_init(&list, NULL, 1024);
    for (const struct setting_word *w = setting->words; w->word != NULL && n < MAX_WORDS; w++) {
        if (str_eq(text, str_of(w->word))) {
            *ret_value = w->value;
            return OK;
        }
        known[n++] = w->word;
        buf_addf(&list, "%s%s", n == 1 ? "" : ", ", w->word);
    }
    struct str near = yaml_suggest(text, known, n);
    if (near.n > 0)
        return settings_table_fail(source, setting, node, "cannot be '%.*s'; did you mean '%.*s'?",
                                   STR_ARG(text_first(text, 40)), STR_ARG(near));
    return settings_table_fail(source, setting, node, "cannot be '%.*s'; write one of %s",
                               STR_ARG(text_first(text, 40)), buf_str(&list).p);
}

/* ── lists of scalars ──────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err read_texts(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, struct strs *ret)
{
    bool one = node->kind != YAML_LIST;
    size_t n = one ? 1 : node->n;
    struct str *items = arena_alloc_array(source->arena, n, sizeof *items);
    if (items == NULL)
        return out_of_memory(source);
    const struct yaml_node *item = one ? node : node->child;
    for (size_t i = 0; i < n; i++, item = item->next) {
        enum err rc = read_text(source, setting, item, &items[i]);
        if (rc != OK)
            return rc;
    }
    *ret = (struct strs){items, n};
    return OK;
}

static MUST_USE enum err read_words(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, unsigned *ret)
{
    unsigned all = 0;
    int value = 0;
    if (node->kind != YAML_LIST) {
        enum err rc = read_word(source, setting, node, &value);
        if (rc == OK)
            *ret = (unsigned)value;
        return rc;
    }
    for (const struct yaml_node *item = node->child; item != NULL; item = item->next) {
        enum err rc = read_word(source, setting, item, &value);
        if (rc != OK)
            return rc;
        all |= (unsigned)value;
    }
    *ret = all;
    return OK;
}

/* ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err read_parsed(const struct settings_source *source, const struct setting *setting,
                                     const struct yaml_node *node, void *object)
{
    struct str text = {0};
    enum err rc = read_text(source, setting, node, &text);
    return rc != OK ? rc : setting->parse(source, setting, node, text, object);
}

enum err settings_value_read(const struct settings_source *source, const struct setting *setting,
                             const struct yaml_node *node, void *object)
{
    void *field = (char *)object + setting->offset;
    switch (setting->type) {
    case SETTING_TEXT:
    case SETTING_ID:
        return read_text(source, setting, node, field);
    case SETTING_SECRET:
        return read_secret(source, setting, node, field);
    case SETTING_TEXTS:
    case SETTING_IDS:
        return read_texts(source, setting, node, field);
    case SETTING_BOOL:
        return read_bool(source, setting, node, field);
    case SETTING_INT:
    case SETTING_NUMBER:
    case SETTING_BYTES:
    case SETTING_DURATION:
        return read_number(source, setting, node, field);
    case SETTING_WORD:
        return read_word(source, setting, node, field);
    case SETTING_WORDS:
        return read_words(source, setting, node, field);
    case SETTING_PARSED:
        return read_parsed(source, setting, node, object);
    case SETTING_SECTION:
    case SETTING_LIST:
    case SETTING_NAMED:
    case SETTING_NAME:
        break;
    }
    return OK;
}
