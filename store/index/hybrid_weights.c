#include "store/index/hybrid_weights.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/banned.h"

enum { PATH_BYTES = 4096 };

struct hybrid_weights hybrid_weights_read(struct str data_dir)
{
    static const struct hybrid_weights nothing;
    char path[PATH_BYTES];
    struct hybrid_weights weights;
    snprintf(path, sizeof path, "%.*s/hybrid", STR_ARG(data_dir));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return nothing;
    bool read = fscanf(file, "coverage %lf vectors %lf", &weights.coverage, &weights.vectors) == 2;
    (void)fclose(file);
    bool makes_sense = read && weights.coverage >= 0 && weights.coverage <= 1 && weights.vectors >= 0 &&
                       weights.vectors <= 1; /* a NaN does not */
    return makes_sense ? weights : nothing;
}

enum err hybrid_weights_write(struct str data_dir, const struct hybrid_weights *weights, struct error *error)
{
    char path[PATH_BYTES], part[PATH_BYTES + 8];
    snprintf(path, sizeof path, "%.*s/hybrid", STR_ARG(data_dir));
    snprintf(part, sizeof part, "%s.part", path);
    FILE *file = fopen(part, "we");
    bool written = file != NULL &&
                   fprintf(file, "coverage %.3f vectors %.3f\n", weights->coverage, weights->vectors) > 0 &&
                   fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written || rename(part, path) != 0)
        return fail(error, ERR_INTERNAL, "writing %s: %s", path, strerror(errno));
    return OK;
}
