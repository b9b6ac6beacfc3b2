#include "store/index/synonyms.h"

#include <stdlib.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/terms.h"

#include "bot/base/banned.h"

enum { ONE_SYLLABLE = 3, WEIGHT_BYTES = 16 };

static enum err read_weight(struct str text, double *ret_weight)
{
    char copy[WEIGHT_BYTES];
    char *end = copy;
    if (text.n == 0) {
        *ret_weight = SYNONYM_WEIGHT;
        return OK;
    }
    if (text.n >= sizeof copy)
        return ERR_INVALID;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    double weight = strtod(copy, &end);
    if (*end != '\0' || !(weight > 0 && weight <= 1))
        return ERR_INVALID;
    *ret_weight = weight;
    return OK;
}

static enum err add_rule(struct arena *arena, struct synonyms *synonyms, struct str said, struct synonym rule)
{
    struct str normal;
    enum err rc = terms_normal(arena, said, &normal);
    if (rc == OK)
        rc = terms_squeeze(arena, normal, &rule.said);
    if (rc != OK || rule.said.n == 0)
        return rc;
    synonyms->items[synonyms->n++] = rule;
    return OK;
}

/* The rules of a line; a rule for each way of saying it. */
static enum err read_line(struct arena *arena, struct str line, struct synonyms *synonyms, struct error *error)
{
    struct str said = {0}, meant = {0}, weight = {0}, one;
    struct synonym rule = {0};
    (void)str_split(&line, '\t', &said);
    if (!str_split(&line, '\t', &meant) || str_trim(meant).n == 0 || str_trim(said).n == 0)
        return fail(error, ERR_INVALID, "what people say, a tab, what the documents say");
    (void)str_split(&line, '\t', &weight);
    if (read_weight(str_trim(weight), &rule.weight) != OK)
        return fail(error, ERR_INVALID, "the weight must be above 0 and at most 1");
    enum err rc = terms_normal(arena, meant, &rule.meant);
    while (rc == OK && str_split(&said, ',', &one))
        rc = add_rule(arena, synonyms, one, rule);
    return rc == OK ? OK : fail(error, rc, rc == ERR_INVALID ? "it is not UTF-8" : "the file is too large");
}

static bool is_empty(struct str line)
{
    struct str text = str_trim(line);
    return text.n == 0 || text.p[0] == '#';
}

enum err synonyms_read(struct arena *arena, struct str file, struct synonyms *ret_synonyms, struct error *error)
{
    size_t most = 1, number = 0;
    for (size_t i = 0; i < file.n; i++)
        most += file.p[i] == '\n' || file.p[i] == ',';
    struct synonyms synonyms = {arena_alloc_array(arena, most, sizeof *synonyms.items), 0};
    if (synonyms.items == NULL)
        return fail(error, ERR_NO_MEMORY, "the file is too large");
    if (str_starts(file, STR("\xef\xbb\xbf"))) /* editors on Windows */
        file = str_skip(file, 3);
    for (struct str line; file.p != NULL && str_split(&file, '\n', &line);) {
        number++;
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (!is_empty(line) && read_line(arena, line, &synonyms, error) != OK)
            return during(error, "reading line %zu", number);
    }
    *ret_synonyms = synonyms;
    return OK;
}

bool synonym_applies(const struct synonym *synonym, struct str squeezed, struct str normal)
{
    struct word word;
    if (synonym->said.n > ONE_SYLLABLE)
        return str_find(squeezed, synonym->said) != SIZE_MAX;
    while (word_next(&normal, &word))
        if (str_eq(word.stem, synonym->said) ||
            (word.run.n == synonym->said.n + ONE_SYLLABLE && str_starts(word.run, synonym->said)))
            return true;
    return false;
}
