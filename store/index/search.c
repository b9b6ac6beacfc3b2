#include "store/index/search.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/log.h"
#include "store/index/features.h"
#include "store/index/synonyms.h"
#include "store/index/text_index.h"
#include "store/query.h"

#include "bot/base/banned.h"

enum {
    PATH_BYTES = 4096,
    SYNONYMS_BYTES = 4 * 1024 * 1024, /* of the file                                       */
    SYNONYMS_ARENA = 64 * 1024 * 1024,
    SCRATCH_BYTES = 64 * 1024 * 1024, /* of one search: ceilings, not reserves             */
};

/* Weights of the re-ranking: korean-rag.md 3.5, P4, set anew beside it for this first stage on the open half of its questions. */
static const struct search_features weights = {.bm = 4.43,
                                               .heading = 2.26,
                                               .cov = 1.90,
                                               .covp = 1.06,
                                               .order = 4.38,
                                               .sent1 = 0.35,
                                               .sent2 = 1.70,
                                               .win60 = 2.31,
                                               .lcs = 2.46,
                                               .num = 1.17,
                                               .lat = 0.83};

/* Which state a file was in when it was read. */
struct file_state {
    int64_t size, modified_s, modified_ns;
    uint64_t inode;
};

struct search {
    struct buf index_path, synonyms_path;
    pthread_rwlock_t lock;    /* guards what follows: searches read, refreshing writes */
    struct text_index *index; /* NULL: there is none yet */
    struct arena synonyms_arena;
    struct synonyms synonyms;
    struct file_state synonyms_state;
};

/* ── synonyms ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct file_state state_of(const char *path)
{
    struct stat about;
    if (path == NULL || stat(path, &about) != 0)
        return (struct file_state){.size = -1};
    return (struct file_state){about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec, about.st_ino};
}

static bool is_same(struct file_state a, struct file_state b)
{
    return a.size == b.size && a.modified_s == b.modified_s && a.modified_ns == b.modified_ns && a.inode == b.inode;
}

static enum err read_file(const char *path, struct arena *arena, struct str *ret_bytes, struct error *error)
{
    char *bytes = arena_alloc(arena, SYNONYMS_BYTES);
    int fd = bytes == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    size_t n = 0;
    for (ssize_t got; n < SYNONYMS_BYTES && (got = read(fd, bytes + n, SYNONYMS_BYTES - n)) > 0;)
        n += (size_t)got;
    close(fd);
    if (n == SYNONYMS_BYTES)
        return fail(error, ERR_INVALID, "%s: larger than %d bytes", path, SYNONYMS_BYTES);
    *ret_bytes = (struct str){bytes, n};
    return OK;
}

/* A file that cannot be read leaves what was read before. */
static void load_synonyms(struct search *search, struct file_state state)
{
    struct error error = {0};
    struct arena arena;
    struct synonyms synonyms = {0};
    struct str bytes = {0};
    arena_init(&arena, SYNONYMS_ARENA);
    enum err rc = state.size < 0 ? OK : read_file(search->synonyms_path.p, &arena, &bytes, &error);
    if (rc == OK)
        rc = synonyms_read(&arena, bytes, &synonyms, &error);
    search->synonyms_state = state;
    if (rc != OK) {
        LOG_WARNING("synonyms.not_read", F_CSTR("file", search->synonyms_path.p), F_CSTR("why", error.text));
        arena_release(&arena);
        return;
    }
    arena_release(&search->synonyms_arena);
    search->synonyms_arena = arena;
    search->synonyms = synonyms;
}

static void look_at_synonyms(struct search *search)
{
    struct file_state state = state_of(search->synonyms_path.p);
    pthread_rwlock_rdlock(&search->lock);
    bool same = is_same(state, search->synonyms_state);
    pthread_rwlock_unlock(&search->lock);
    if (same)
        return;
    pthread_rwlock_wrlock(&search->lock);
    if (!is_same(state, search->synonyms_state))
        load_synonyms(search, state);
    pthread_rwlock_unlock(&search->lock);
}

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err search_open(const struct search_settings *settings, struct search **ret_search, struct error *error)
{
    struct search *search = calloc(1, sizeof *search);
    if (search == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the search");
    pthread_rwlock_init(&search->lock, NULL);
    arena_init(&search->synonyms_arena, SYNONYMS_ARENA);
    search->synonyms_state.size = -1;
    buf_init(&search->index_path, NULL, PATH_BYTES);
    buf_init(&search->synonyms_path, NULL, PATH_BYTES);
    buf_addf(&search->index_path, "%.*s/index.bin", STR_ARG(settings->data_dir));
    if (settings->synonyms.n > 0)
        buf_add(&search->synonyms_path, settings->synonyms);
    if (buf_failed(&search->index_path) || buf_failed(&search->synonyms_path)) {
        search_close(search);
        return fail(error, ERR_INVALID, "the path of data_dir or of the synonyms is too long");
    }
    struct error why = {0};
    enum err rc = text_index_open(search->index_path.p, &search->index, &why);
    if (rc != OK && rc != ERR_NOT_FOUND)
        LOG_WARNING("index.not_opened", F_CSTR("why", why.text));
    *ret_search = search;
    return OK;
}

void search_close(struct search *search)
{
    if (search == NULL)
        return;
    text_index_close(search->index);
    arena_release(&search->synonyms_arena);
    buf_release(&search->index_path);
    buf_release(&search->synonyms_path);
    pthread_rwlock_destroy(&search->lock);
    free(search);
}

void search_closep(struct search **search)
{
    search_close(*search);
}

enum err search_is_fresh(struct search *search, struct db *db, bool *ret_fresh, struct error *error)
{
    int64_t generation = 0;
    enum err rc = documents_generation(db, &generation, error);
    if (rc != OK)
        return rc;
    pthread_rwlock_rdlock(&search->lock);
    *ret_fresh = search->index != NULL && text_index_generation(search->index) == generation;
    pthread_rwlock_unlock(&search->lock);
    return OK;
}

enum err search_refresh(struct search *search, struct db *db, bool *ret_made, struct error *error)
{
    bool fresh = false;
    struct text_index *index = NULL;
    enum err rc = search_is_fresh(search, db, &fresh, error);
    if (rc == OK && !fresh)
        rc = text_index_make(db, search->index_path.p, error);
    if (rc == OK && !fresh)
        rc = text_index_open(search->index_path.p, &index, error);
    if (rc != OK)
        return rc;
    if (!fresh) {
        pthread_rwlock_wrlock(&search->lock);
        struct text_index *old = search->index;
        search->index = index;
        pthread_rwlock_unlock(&search->lock);
        text_index_close(old);
    }
    *ret_made = !fresh;
    return OK;
}

/* ── ranking ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct candidate {
    struct search_hit hit;
    struct str title;
};

/* One search: what it works with and on. */
struct run {
    const struct search *search;
    struct db *db;
    const struct search_query *query;
    struct error *error;
    struct arena *scratch;
    struct question question;
    struct candidate *candidates;
    size_t n;
    bool guarded;
};

/* found: false when the chunk is gone since the index was made. */
static enum err read_candidate(struct run *run, const struct text_found *found, bool *ret_found)
{
    struct candidate *candidate = &run->candidates[run->n];
    CLEANUP(query_end) struct query q = query_begin(run->db, SQL_CHUNK_WITH_TITLE);
    bind_i64(&q, ":id", found->chunk);
    *ret_found = query_next(&q);
    if (*ret_found) {
        candidate->hit.chunk = (struct chunk){.id = column_i64(&q, 0),
                                              .document_id = column_i64(&q, 1),
                                              .ordinal = column_i64(&q, 2),
                                              .page = column_i64(&q, 3),
                                              .heading = column_str(&q, 4, run->scratch),
                                              .body = column_str(&q, 5, run->scratch)};
        candidate->title = column_str(&q, 6, run->scratch);
        candidate->hit.first = candidate->hit.score = found->score;
        candidate->hit.features = (struct search_features){.heading = found->bonus};
    }
    return query_done(&q, run->error);
}

static enum err find_candidates(struct run *run)
{
    size_t k = run->query->k > SEARCH_CANDIDATES ? run->query->k : SEARCH_CANDIDATES, n = 0;
    struct text_found *found = arena_alloc_array(run->scratch, k, sizeof *found);
    run->candidates = arena_alloc_array(run->scratch, k, sizeof *run->candidates);
    struct text_lookup lookup = {.question = &run->question,
                                 .filter = {.collection = run->query->collection,
                                            .category = run->query->category,
                                            .source = run->query->source,
                                            .channel = run->query->channel,
                                            .sees_all = run->query->sees_all},
                                 .k = k};
    if (found == NULL || run->candidates == NULL ||
        text_index_search(run->search->index, &lookup, run->scratch, found, &n) != OK)
        return fail(run->error, ERR_NO_MEMORY, "no memory for the search");
    for (size_t i = 0; i < n; i++) {
        bool is_there = false;
        enum err rc = read_candidate(run, &found[i], &is_there);
        if (rc != OK)
            return rc;
        run->n += is_there;
    }
    return OK;
}

static enum err measure(struct run *run)
{
    struct features_finder *finder = NULL;
    enum err rc = features_begin(run->scratch, &run->question, &finder);
    double best = run->n > 0 ? run->candidates[0].hit.first : 1;
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    for (size_t i = 0; rc == OK && i < run->n; i++) {
        struct candidate *candidate = &run->candidates[i];
        struct features_text text = {candidate->title, candidate->hit.chunk.heading, candidate->hit.chunk.body};
        double bonus = candidate->hit.features.heading;
        arena_reset(&scratch);
        rc = features_of(finder, &text, &scratch, &candidate->hit.features);
        candidate->hit.features.bm = candidate->hit.first / best;
        candidate->hit.features.heading = bonus / best;
    }
    return rc == OK ? OK : fail(run->error, rc, "looking at what was found");
}

static double combined(const struct search_features *f)
{
    return weights.bm * f->bm + weights.heading * f->heading + weights.cov * f->cov + weights.covp * f->covp +
           weights.order * f->order + weights.sent1 * f->sent1 + weights.sent2 * f->sent2 + weights.win60 * f->win60 +
           weights.lcs * f->lcs + weights.num * f->num + weights.lat * f->lat;
}

static int best_first(const void *a, const void *b)
{
    const struct search_hit *x = &((const struct candidate *)a)->hit, *y = &((const struct candidate *)b)->hit;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->chunk.id > y->chunk.id) - (x->chunk.id < y->chunk.id);
}

/* When most of the question's words are missing even from the best, nearness rewards accidents: the first stage's order
 * is kept. */
static void rank(struct run *run)
{
    size_t best = 0;
    for (size_t i = 0; i < run->n; i++) {
        run->candidates[i].hit.score = combined(&run->candidates[i].hit.features);
        if (run->candidates[i].hit.score > run->candidates[best].hit.score)
            best = i;
    }
    run->guarded = run->n > 0 && run->candidates[best].hit.features.covp < SEARCH_GUARD;
    for (size_t i = 0; run->guarded && i < run->n; i++)
        run->candidates[i].hit.score = run->candidates[i].hit.first;
    if (run->n > 0)
        qsort(run->candidates, run->n, sizeof *run->candidates, best_first);
}

static enum err hand_out(struct run *run, struct arena *arena, struct search_hits *ret_hits)
{
    size_t n = run->n < run->query->k ? run->n : run->query->k;
    struct search_hits hits = {.items = arena_alloc_array(arena, n, sizeof *hits.items), .guarded = run->guarded};
    if (hits.items == NULL)
        return fail(run->error, ERR_NO_MEMORY, "no memory for what was found");
    for (size_t i = 0; i < n; i++) {
        struct search_hit *hit = &hits.items[hits.n];
        *hit = run->candidates[i].hit;
        hit->chunk.heading = arena_copy(arena, hit->chunk.heading);
        hit->chunk.body = arena_copy(arena, hit->chunk.body);
        if ((hit->chunk.heading.p == NULL && run->candidates[i].hit.chunk.heading.n > 0) ||
            (hit->chunk.body.p == NULL && run->candidates[i].hit.chunk.body.n > 0))
            return fail(run->error, ERR_NO_MEMORY, "no memory for what was found");
        enum err rc = document_read(run->db, hit->chunk.document_id, arena, &hit->document, run->error);
        if (rc != OK && rc != ERR_NOT_FOUND)
            return rc;
        hits.n += rc == OK;
    }
    hits.question = run->question;
    *ret_hits = hits;
    return OK;
}

static enum err run_locked(struct run *run, struct arena *arena, struct search_hits *ret_hits)
{
    struct question_source source = {run->query->text, run->search->index, &run->search->synonyms};
    enum err rc = question_read(arena, &source, &run->question, run->error);
    if (rc == OK)
        rc = find_candidates(run);
    if (rc == OK)
        rc = measure(run);
    if (rc != OK)
        return rc;
    rank(run);
    return hand_out(run, arena, ret_hits);
}

enum err search_run(struct search *search, struct db *db, const struct search_query *query, struct arena *arena,
                    struct search_hits *ret_hits, struct error *error)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct run run = {.search = search, .db = db, .query = query, .error = error, .scratch = &scratch};
    look_at_synonyms(search);
    pthread_rwlock_rdlock(&search->lock);
    enum err rc = OK;
    if (search->index != NULL)
        rc = run_locked(&run, arena, ret_hits);
    else
        *ret_hits = (struct search_hits){0};
    pthread_rwlock_unlock(&search->lock);
    return rc == OK ? OK : during(error, "searching the documents");
}

/* ── chunks that were found in another way ─────────────────────────────────────────────────────────────────────── */

enum err search_allowed(struct search *search, const struct search_query *query, struct arena *arena,
                        struct text_ids *ret_ids, struct error *error)
{
    struct text_filter filter = {query->collection, query->category, query->source, query->channel, query->sees_all};
    struct text_ids ids = {0};
    pthread_rwlock_rdlock(&search->lock);
    enum err rc = search->index == NULL ? OK : text_index_allowed(search->index, &filter, arena, &ids);
    pthread_rwlock_unlock(&search->lock);
    if (rc != OK)
        return fail(error, rc, "no memory for the chunks that may be found");
    *ret_ids = ids;
    return OK;
}

static enum err look_at(struct db *db, int64_t id, struct features_finder *finder, struct arena *arena,
                        struct search_hit *ret_hit, struct error *error)
{
    struct search_hit hit = {0};
    enum err rc = chunk_read(db, id, arena, &hit.chunk, error);
    if (rc == OK)
        rc = document_read(db, hit.chunk.document_id, arena, &hit.document, error);
    if (rc != OK)
        return rc;
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct features_text text = {hit.document.title, hit.chunk.heading, hit.chunk.body};
    if (features_of(finder, &text, &scratch, &hit.features) != OK)
        return fail(error, ERR_NO_MEMORY, "looking at what was found");
    *ret_hit = hit;
    return OK;
}

enum err search_look_at(struct db *db, const struct search_look *look, struct arena *arena,
                        struct search_hits *ret_hits, struct error *error)
{
    struct features_finder *finder = NULL;
    struct search_hits hits = {.items = arena_alloc_array(arena, look->n, sizeof *hits.items),
                               .question = *look->question};
    if (hits.items == NULL || features_begin(arena, look->question, &finder) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory for what was found");
    for (size_t i = 0; i < look->n; i++) {
        enum err rc = look_at(db, look->ids[i], finder, arena, &hits.items[hits.n], error);
        if (rc != OK && rc != ERR_NOT_FOUND)
            return rc;
        hits.n += rc == OK;
    }
    *ret_hits = hits;
    return OK;
}
