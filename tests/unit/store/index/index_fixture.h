/* tests/unit/store/index/index_fixture.h — a database with documents of one chunk each, and its index. */
#ifndef GILBOT_TESTS_UNIT_STORE_INDEX_INDEX_FIXTURE_H
#define GILBOT_TESTS_UNIT_STORE_INDEX_INDEX_FIXTURE_H

#include "store/documents.h"
#include "store/index/search.h"
#include "store/index/text_index.h"

#include "tests/unit/store/fixture.h"

struct indexed {
    struct fixture f;
    struct search *search;
    char index_path[80], synonyms_path[80];
};

static inline void indexed_open(struct indexed *i)
{
    *i = (struct indexed){0};
    fixture_open(&i->f);
    snprintf(i->index_path, sizeof i->index_path, "%s/index.bin", i->f.dir);
    snprintf(i->synonyms_path, sizeof i->synonyms_path, "%s/synonyms.tsv", i->f.dir);
    struct search_settings settings = {.data_dir = str_of(i->f.dir), .synonyms = str_of(i->synonyms_path)};
    assert_ok(search_open(&settings, &i->search, &i->f.error), &i->f.error);
}

static inline void indexed_close(struct indexed *i)
{
    search_close(i->search);
    unlink(i->index_path);
    unlink(i->synonyms_path);
    fixture_close(&i->f);
}

#define OPEN_INDEXED(i)                                                                                                \
    CLEANUP(indexed_close) struct indexed i;                                                                           \
    indexed_open(&i)

/* Every call is a new version. */
static inline void add_document(struct indexed *i, struct document document, const char *body)
{
    struct chunk chunk = {.body = str_of(body), .page = 1};
    enum document_change change;
    document.hash = arena_format(&i->f.arena, "%zu", i->f.arena.used + strlen(body));
    if (document.collection.n == 0)
        document.collection = documents_collection();
    assert_ok(document_put(i->f.db, &document, (struct chunks){&chunk, 1}, 1, &change, &i->f.error), &i->f.error);
}

static inline void add(struct indexed *i, const char *key, const char *title, const char *body)
{
    add_document(i, (struct document){.key = str_of(key), .title = str_of(title)}, body);
}

static inline void refresh(struct indexed *i)
{
    bool made = false;
    assert_ok(search_refresh(i->search, i->f.db, &made, &i->f.error), &i->f.error);
}

static inline struct search_hits find(struct indexed *i, struct search_query query)
{
    struct search_hits hits = {0};
    query.k = query.k == 0 ? 10 : query.k;
    assert_ok(search_run(i->search, i->f.db, &query, &i->f.arena, &hits, &i->f.error), &i->f.error);
    return hits;
}

static inline struct search_hits ask(struct indexed *i, const char *question)
{
    return find(i, (struct search_query){.text = str_of(question)});
}

#define FIRST_IS(hits, key_)                                                                                           \
    do {                                                                                                               \
        assert_true((hits).n > 0);                                                                                     \
        assert_str_equal((hits).items[0].document.key, STR(key_));                                                     \
    } while (0)

#endif
