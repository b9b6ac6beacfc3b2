/* store/index/hybrid_weights.h — when vectors count, and how much: what `gilbot eval --choose` found on the operator's own
 * questions, kept in data_dir/hybrid.
 *
 * Thread: any.                                                                                                       */
#ifndef GILBOT_STORE_INDEX_HYBRID_WEIGHTS_H
#define GILBOT_STORE_INDEX_HYBRID_WEIGHTS_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct hybrid_weights {
    double coverage; /* 0 … 1: vectors count where the best hit's covp is lower */
    double vectors;  /* w, 0 … 1; 0: never                                      */
};

/* No such file, or none that can be read: {0, 0}. */
struct hybrid_weights hybrid_weights_read(struct str data_dir);

/* ERR_INTERNAL: the disk. */
MUST_USE
enum err hybrid_weights_write(struct str data_dir, const struct hybrid_weights *weights, struct error *error);

#endif
