/* flows/answer/summary.h — a document in a few sentences, with the pages where they stand.
 *
 * Without a model: TextRank.  Sentences are alike by the terms they share (bot/base/terms.h), weighed by how rare a term is
 * in the document; the best are those that are alike to many that are good themselves (PageRank, damping 0.85).  They
 * are given in the document's order, none twice in almost the same words.
 * With a model: the document is cut into parts that its context holds, each is summed up (prompts/summary_part.txt), and
 * the sums are summed up (prompts/summary_whole.txt).
 * Source: Mihalcea and Tarau, TextRank: Bringing Order into Texts (2004), with cosine similarity in place of overlap.
 *
 * Thread: any (pure).  Memory: the arena; sentences borrow from the pages.
 * Errors: ERR_INVALID — a page is not UTF-8, a prompt file is faulty; ERR_NO_MEMORY.                                  */
#ifndef GILBOT_FLOWS_ANSWER_SUMMARY_H
#define GILBOT_FLOWS_ANSWER_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/language_model.h"

struct arena;
struct prompts;

enum {
    SUMMARY_MOST = 10,            /* sentences that can be asked for                                       */
    SUMMARY_MOST_SENTENCES = 400, /* looked at, evenly over the document: the time is quadratic in them     */
    SUMMARY_MOST_PARTS = 32,      /* of a document for a model; what is behind them is left out             */
};

struct summary_page {
    int64_t page; /* 0: none */
    struct str text;
};

struct summary_sentence {
    int64_t page;
    struct str text;
    double rank;
};

struct summary {
    struct summary_sentence sentences[SUMMARY_MOST]; /* in the document's order */
    size_t n;                                        /* 0: there is no sentence */
};

/* At most `most` (≤ SUMMARY_MOST) sentences of the pages, which are in their order. */
MUST_USE enum err summary_rank(struct arena *arena, const struct summary_page *pages, size_t n_pages, size_t most,
                               struct summary *ret_summary);

struct summary_prompt {
    struct model_message messages[2];
    struct str label; /* of the prompt, for struct model_origin */
};

struct summary_request {
    const struct prompts *prompts;
    const struct language_model *model;
    struct str title, language; /* language: "ko", "en" */
    const struct summary_page *pages;
    size_t n_pages;
};

/* One prompt for each part of the document, as many as SUMMARY_MOST_PARTS. */
MUST_USE enum err summary_part_prompts(struct arena *arena, const struct summary_request *request,
                                       struct summary_prompt **ret_prompts, size_t *ret_n, struct error *error);

/* The prompt that makes one of the parts' summaries; `pages` of the request are not looked at. */
MUST_USE enum err summary_whole_prompt(struct arena *arena, const struct summary_request *request, struct strs parts,
                                       struct summary_prompt *ret_prompt, struct error *error);

#endif
