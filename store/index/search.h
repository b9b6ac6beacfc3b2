/* store/index/search.h — finds the chunks that a question asks for.
 *
 *   question ─▶ terms + synonyms ─▶ BM25 + heading bonus, best SEARCH_CANDIDATES (text_index.h) ─▶ features of each
 *   ─▶ linear re-ranking, unless the words of the question are mostly missing (SEARCH_GUARD) ─▶ best k
 *
 * No model and no network.  Filters and access are applied before ranking.  The index file is made from the database
 * (search_refresh) and is of one generation; until it is made anew the old one serves on, and chunks that are gone
 * meanwhile are left out.
 *
 * Thread:  a struct search is shared by all threads; each brings its own connection.  search_refresh: one at a time, slow.
 * Memory:  results live in the arena given; arguments are borrowed for the call.
 * Errors:  ERR_INVALID — the question is not UTF-8 or longer than QUESTION_MOST_BYTES; ERR_NO_MEMORY; ERR_INTERNAL.
 *          Nothing found is OK with n = 0.
 * Source:  korean-rag.md 3.5 (formula, features, weights) and 3.6.                                                   */
#ifndef GILBOT_STORE_INDEX_SEARCH_H
#define GILBOT_STORE_INDEX_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "store/documents.h"
#include "store/index/question.h"

struct arena;
struct db;
struct search;
struct text_ids;

enum { SEARCH_CANDIDATES = 30, SEARCH_MOST_RESULTS = 100 };
#define SEARCH_GUARD 0.15 /* covp of the best under which re-ranking is left */

/* What re-ranking looks at; each from 0 to about 1, over the heading and the body of one chunk without spaces. */
struct search_features {
    double bm;      /* first-stage score (BM25 and heading bonus) / that of the best candidate                 */
    double heading; /* heading bonus / score of the best candidate                                             */
    double cov;     /* mass of the question's words found / mass of all                                        */
    double covp;    /* the same, a missing word counts its share of found terms                                */
    double order;   /* mass of neighbouring words that stand in this order, the next at most 8 characters on   */
    double sent1;   /* best idf coverage of the question's terms by one sentence                               */
    double sent2;   /* … by two neighbouring sentences                                                         */
    double win60;   /* most mass of words inside 60 characters / mass of all                                   */
    double win150;  /* … inside 150 characters                                                                 */
    double lcs;     /* longest common substring / length of the question (at least 4)                          */
    double num;     /* share of the question's digit runs found; 0 when it has none                            */
    double lat;     /* … of its Latin runs                                                                     */
};

struct search_hit {
    struct chunk chunk;
    struct document document;
    double score; /* comparable within one search only */
    double first; /* the first stage's                 */
    struct search_features features;
};

struct search_hits {
    struct search_hit *items; /* best first */
    size_t n;
    struct question question; /* what was looked for */
    bool guarded;             /* the best hit lacks so many words that the first stage's order was kept */
};

struct search_query {
    struct str text;
    struct str collection, category, source; /* empty: any */
    struct str channel;                      /* where it is asked; empty: only what all channels may see */
    bool sees_all;                           /* an operator asks: access does not count                  */
    size_t k;                                /* 1…SEARCH_MOST_RESULTS                                    */
};

/* `synonyms`: path of synonyms.tsv, looked at again when it changes; empty, or no such file: none. */
struct search_settings {
    struct str data_dir, synonyms;
};

/* Maps the index file of data_dir, when there is a sound one.  Any later search_refresh brings it up to date. */
MUST_USE
enum err search_open(const struct search_settings *settings, struct search **ret_search, struct error *error);

/* NULL is fine.  No search may be under way. */
void search_close(struct search *search);
void search_closep(struct search **search);

/* True: the index is of the database's present generation. */
MUST_USE
enum err search_is_fresh(struct search *search, struct db *db, bool *ret_fresh, struct error *error);

/* Makes the index file anew when it is not of the present generation, and takes it into use.  ret_made: it was. */
MUST_USE
enum err search_refresh(struct search *search, struct db *db, bool *ret_made, struct error *error);

MUST_USE
enum err search_run(struct search *search, struct db *db, const struct search_query *query, struct arena *arena,
                    struct search_hits *ret_hits, struct error *error);

/* ── for those who find chunks in another way (hybrid_search.h) ────────────────────────────────────────────────── */

/* The chunks that a query's filters and access leave. */
MUST_USE
enum err search_allowed(struct search *search, const struct search_query *query, struct arena *arena,
                        struct text_ids *ret_ids, struct error *error);

/* Chunks as hits of a question that search_run has read: with features, but bm and heading, and without scores.  What is gone is
 * left out. */
struct search_look {
    const struct question *question;
    const int64_t *ids;
    size_t n;
};
MUST_USE
enum err search_look_at(struct db *db, const struct search_look *look, struct arena *arena,
                        struct search_hits *ret_hits, struct error *error);

#endif
