/* bot/cli/proportions.h — how far two shares are apart, and whether that says anything.
 *
 * The interval is R. G. Newcombe's hybrid score interval (method 10): "Interval estimation for the difference between
 * independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998) 873–890.  It is put together from
 * E. B. Wilson's score intervals of the two shares (J. Am. Stat. Assoc. 22 (1927) 209–212), keeps its 95 % for small numbers
 * and for shares near 0 and 1, where the textbook's interval does not, and never leaves -1 … 1.
 *
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_CLI_PROPORTIONS_H
#define GILBOT_CLI_PROPORTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Fewer people than this in one of two groups say nothing, whatever the interval: who comes first is seldom like who
 * comes later. */
enum { PROPORTION_LEAST = 30 };

/* x of n; 0 ≤ x ≤ n. */
struct proportion {
    int64_t x, n;
};

struct interval {
    double low, high;
};

/* 95 %; of nobody: 0 … 1. */
struct interval proportion_interval(struct proportion share);

/* The share of `a` less that of `b`, and its interval of 95 %. */
struct difference {
    double value;
    struct interval interval;
    bool tells; /* both groups are large enough, and the interval does not hold 0 */
};
struct difference proportion_difference(struct proportion a, struct proportion b);

#endif
