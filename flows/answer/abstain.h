/* flows/answer/abstain.h — is the answer in the documents at all?  Decided on what the re-ranker saw in the best passage,
 * before any model is asked.
 *
 * A logistic regression of the shares of the question that the passage holds, each 0…1:
 *   p = 1 / (1 + exp(-(bias + Σ weight · feature)))
 * Source: korean-rag.md §3.6 (features, form and weights); scripts/train/abstain learns such weights from the cases that
 * tests/bench/bench_sentences.c writes, and finds none that are better.
 *
 * Thread: any (pure).  Memory: none.                                                                                 */
#ifndef GILBOT_FLOWS_ANSWER_ABSTAIN_H
#define GILBOT_FLOWS_ANSWER_ABSTAIN_H

#include <stdbool.h>

struct search_features;

/* 0…1: how surely the passage holds the answer. */
double abstain_score(const struct search_features *features);

/* Whether to answer: the score reaches the threshold that ships. */
bool abstain_may_answer(double score);

#endif
