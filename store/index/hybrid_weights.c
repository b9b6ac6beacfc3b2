#include "store/index/hybrid_weights.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/base/banned.h"

enum { PATH_BYTES = 4096, LINE_BYTES = 80 };

/* "NAME NUMBER", from 0 to 1; the text behind it ends with a NUL. */
static bool read_share(struct str *line, struct str name, double *ret_share)
{
    struct str word, number;
    char *end = NULL;
    if (!str_split(line, ' ', &word) || !str_eq(word, name) || !str_split(line, ' ', &number) || number.n == 0)
        return false;
    *ret_share = strtod(number.p, &end);
    return end == number.p + number.n && *ret_share >= 0 && *ret_share <= 1; /* a NaN is not */
}

struct hybrid_weights hybrid_weights_read(struct str data_dir)
{
    static const struct hybrid_weights nothing;
    char path[PATH_BYTES], text[LINE_BYTES] = "";
    struct hybrid_weights weights = nothing;
    snprintf(path, sizeof path, "%.*s/hybrid", STR_ARG(data_dir));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return nothing;
    struct str line = {text, fread(text, 1, sizeof text - 1, file)};
    (void)fclose(file);
    line = str_trim(line);
    return read_share(&line, STR("coverage"), &weights.coverage) && read_share(&line, STR("vectors"), &weights.vectors)
               ? weights
               : nothing;
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
