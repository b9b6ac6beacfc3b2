#include "store/fts_tokenizer.h"

#include <stddef.h>

#include <sqlite3.h>

#include "bot/base/arena.h"
#include "bot/base/terms.h"

#include "bot/base/banned.h"

enum { SCRATCH_BYTES = 256 * 1024 * 1024 }; /* normal text of one chunk: a ceiling, not a reserve */

static int create(void *context, const char **words, int n_words, Fts5Tokenizer **ret_tokenizer)
{
    static char nothing; /* there is nothing to remember, but NULL would mean a failure */
    (void)context, (void)words, (void)n_words;
    *ret_tokenizer = (Fts5Tokenizer *)&nothing;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

typedef int take_token(void *context, int flags, const char *token, int n, int start, int end);

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int n, take_token *take)
{
    (void)tokenizer, (void)flags;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SCRATCH_BYTES);
    struct str normal;
    enum err rc = terms_normal(&arena, (struct str){text, (size_t)n}, &normal);
    if (rc != OK)
        return rc == ERR_NO_MEMORY ? SQLITE_NOMEM : SQLITE_MISMATCH;
    int code = SQLITE_OK;
    struct word word;
    while (code == SQLITE_OK && word_next(&normal, &word)) {
        struct str rest = word.stem, term;
        while (code == SQLITE_OK && term_next(word.kind, &rest, &term))
            code = take(context, 0, term.p, (int)term.n, 0, 0);
    }
    return code;
}

/* FTS5 hands its interface out as the value of a query (sqlite.org/fts5.html, section 7). */
static fts5_api *interface_of(sqlite3 *handle)
{
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &stmt, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
        sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    return api;
}

enum err fts_tokenizer_register(sqlite3 *handle, struct error *error)
{
    static fts5_tokenizer methods = {.xCreate = create, .xDelete = destroy, .xTokenize = tokenize};
    fts5_api *api = interface_of(handle);
    if (api == NULL || api->xCreateTokenizer(api, "gilbot", NULL, &methods, NULL) != SQLITE_OK)
        return fail(error, ERR_INTERNAL, "this SQLite has no FTS5");
    return OK;
}
