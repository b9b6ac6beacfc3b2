#include "flows/answer/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/buf.h"
#include "flows/answer/faq.h"
#include "flows/answer/prompt.h"
#include "flows/text/forbidden.h"
#include "flows/text/question_class.h"

#include "bot/base/banned.h"

enum { WORKSPACE_BYTES = 128 * 1024 * 1024, FOLDER_BYTES = 64 * 1024 * 1024, MAX_FILES = 64, READ_BYTES = 64 * 1024 };

/* ── what the files say ────────────────────────────────────────────────────────────────────────────────────────── */

static struct str base_of(struct str path)
{
    for (size_t i = path.n; i-- > 0;)
        if (path.p[i] == '/')
            return str_skip(path, i + 1);
    return path;
}

static MUST_USE enum err take_forbidden(struct workspace *w, struct str name, struct str text, struct error *error)
{
    if (w->n_forbidden == WORKSPACE_MAX_LISTS)
        return fail(error, ERR_INVALID, "%.*s: more than %d lists of forbidden words; put some together", STR_ARG(name),
                    WORKSPACE_MAX_LISTS);
    enum err rc = forbidden_read(&w->arena, name, text, &w->forbidden[w->n_forbidden], error);
    w->n_forbidden += rc == OK;
    return rc;
}

/* The texts are borrowed by what is read of them, so they are copied first. */
static MUST_USE enum err take_file(struct workspace *w, const struct workspace_file *file, struct error *error)
{
    struct str base = base_of(file->name);
    bool forbidden = str_starts(base, STR("forbidden.")) && str_ends(base, STR(".txt"));
    bool classes = str_eq(base, STR("classes.yaml")), faq = str_eq(base, STR("faq.yaml"));
    if (!forbidden && !classes && !faq)
        return OK;
    struct str name = arena_copy(&w->arena, file->name), text = arena_copy(&w->arena, file->bytes);
    if (name.n != file->name.n || text.n != file->bytes.n)
        return fail(error, ERR_NO_MEMORY, "no memory for %.*s", STR_ARG(file->name));
    w->hash = w->hash * 31 + str_hash(base) + str_hash(text);
    if (forbidden)
        return take_forbidden(w, name, text, error);
    return classes ? question_classes_read(&w->arena, name, text, &w->classes, error)
                   : faq_read(&w->arena, name, text, &w->faq, error);
}

/* `prompts`: the folder of the operator's own prompts; empty: none. */
static MUST_USE enum err make(const struct workspace_file *files, size_t n, struct str prompts,
                              struct workspace **ret_workspace, struct error *error)
{
    CLEANUP(workspace_freep) struct workspace *w = calloc(1, sizeof *w);
    if (w == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    arena_init(&w->arena, WORKSPACE_BYTES);
    enum err rc = answer_prompts_load(&w->arena, prompts, &w->prompts, error);
    for (size_t i = 0; i < w->prompts.n; i++)
        w->hash = w->hash * 31 + str_hash(w->prompts.items[i].label);
    for (size_t i = 0; i < n && rc == OK; i++)
        rc = take_file(w, &files[i], error);
    if (rc != OK)
        return rc;
    *ret_workspace = w;
    w = NULL;
    return OK;
}

enum err workspace_read(const struct workspace_file *files, size_t n, struct workspace **ret_workspace,
                        struct error *error)
{
    return make(files, n, STR(""), ret_workspace, error);
}

void workspace_free(struct workspace *workspace)
{
    if (workspace == NULL)
        return;
    arena_release(&workspace->arena);
    free(workspace);
}

void workspace_freep(struct workspace **workspace)
{
    workspace_free(*workspace);
}

/* ── a folder ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void close_file(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file); /* only read */
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static MUST_USE enum err read_file(struct arena *arena, struct workspace_file *file, struct error *error)
{
    CLEANUP(close_file) FILE *opened = fopen(file->name.p, "re");
    if (opened == NULL)
        return fail(error, ERR_INVALID, "%s: %s", file->name.p, strerror(errno));
    struct buf bytes;
    char *piece = arena_alloc(arena, READ_BYTES);
    buf_init(&bytes, arena, WORKSPACE_FILE_BYTES);
    for (size_t n = 1; piece != NULL && n > 0;) {
        n = fread(piece, 1, READ_BYTES, opened);
        buf_add(&bytes, (struct str){piece, n});
    }
    if (ferror(opened))
        return fail(error, ERR_INVALID, "%s: cannot be read", file->name.p);
    if (piece == NULL || buf_failed(&bytes))
        return fail(error, ERR_INVALID, "%s: larger than %d bytes; split it, or take something out", file->name.p,
                    WORKSPACE_FILE_BYTES);
    file->bytes = buf_str(&bytes);
    return OK;
}

static int by_name(const void *a, const void *b)
{
    const struct workspace_file *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static bool is_ours(const char *name)
{
    struct str base = str_of(name);
    return str_eq(base, STR("classes.yaml")) || str_eq(base, STR("faq.yaml")) ||
           (str_starts(base, STR("forbidden.")) && str_ends(base, STR(".txt")));
}

enum err workspace_read_folder(const char *folder, struct workspace **ret_workspace, struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(close_folder) DIR *opened = opendir(folder);
    struct workspace_file files[MAX_FILES];
    size_t n = 0;
    arena_init(&arena, FOLDER_BYTES);
    if (opened == NULL && errno != ENOENT)
        return fail(error, ERR_INVALID, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry = opened == NULL ? NULL : readdir(opened); entry != NULL && n < MAX_FILES;
         entry = readdir(opened)) {
        if (!is_ours(entry->d_name))
            continue;
        files[n].name = arena_format(&arena, "%s/%s", folder, entry->d_name);
        if (files[n].name.p == NULL)
            return fail(error, ERR_NO_MEMORY, "out of memory");
        enum err rc = read_file(&arena, &files[n++], error);
        if (rc != OK)
            return rc;
    }
    struct str prompts = arena_format(&arena, "%s/prompts", folder);
    if (prompts.p == NULL)
        return fail(error, ERR_NO_MEMORY, "out of memory");
    qsort(files, n, sizeof files[0], by_name);
    return make(files, n, prompts, ret_workspace, error);
}
