#include "flows/answer/faq.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"
#include "flows/text/contrast.h"
#include "flows/text/similarity.h"

#include "bot/base/banned.h"

struct row {
    const struct faq_pair *pair;
    struct str key; /* under which it reads the same */
};

struct faq {
    struct faq_pair *pairs;
    size_t n_pairs;
    struct str *questions; /* of all pairs */
    struct row *rows;      /* of each question */
    size_t n_rows;
    struct similarity *similarity;
};

/* ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct reading {
    struct arena *arena;
    struct str file;
    struct error *error;
};

static MUST_USE enum err no_memory(const struct reading *r)
{
    return fail(r->error, ERR_NO_MEMORY, "no memory for %.*s", STR_ARG(r->file));
}

static bool is_text(const struct yaml_node *node)
{
    return node->kind != YAML_LIST && node->kind != YAML_MAP && node->kind != YAML_NULL && node->text.n > 0;
}

static MUST_USE enum err read_questions(const struct reading *r, const struct yaml_node *list, struct faq *faq,
                                        struct faq_pair *pair)
{
    if (list == NULL || list->kind != YAML_LIST || list->n == 0)
        return yaml_fail(r->error, r->file, list,
                         "`questions` is a list of at least one; write questions: [how is it asked]");
    pair->questions = (struct strs){&faq->questions[faq->n_rows], list->n};
    for (const struct yaml_node *item = list->child; item != NULL; item = item->next) {
        if (!is_text(item))
            return yaml_fail(r->error, r->file, item, "a question is a text; write one, in quotes if need be");
        struct row row = {.pair = pair};
        if (text_match_key(r->arena, item->text, &row.key) != OK)
            return no_memory(r);
        if (row.key.n == 0)
            return yaml_fail(r->error, r->file, item, "a question needs a letter or a digit; take it out");
        faq->questions[faq->n_rows] = item->text;
        faq->rows[faq->n_rows++] = row;
    }
    return OK;
}

static MUST_USE enum err read_pair(const struct reading *r, const struct yaml_node *node, struct faq *faq)
{
    struct faq_pair *pair = &faq->pairs[faq->n_pairs++];
    if (node->kind != YAML_MAP)
        return yaml_fail(r->error, r->file, node, "an entry has `questions` and `answer`; write them below");
    for (const struct yaml_node *member = node->child; member != NULL; member = member->next) {
        struct yaml_node at_key = {.line = member->key_line, .column = member->key_column};
        struct str *texts[] = {&pair->answer, &pair->title, &pair->url};
        static const char *const names[] = {"answer", "title", "url"};
        size_t i = 0;
        while (i < COUNT_OF(names) && !str_eq(member->key, str_of(names[i])))
            i++;
        if (i < COUNT_OF(names) && !is_text(member))
            return yaml_fail(r->error, r->file, member, "`%s` must be a text", names[i]);
        if (i < COUNT_OF(names))
            *texts[i] = str_trim(member->text);
        else if (!str_eq(member->key, STR("questions")))
            return yaml_fail(r->error, r->file, &at_key,
                             "unknown key `%.*s`; an entry has questions, answer, title and url", STR_ARG(member->key));
    }
    if (pair->answer.n == 0)
        return yaml_fail(r->error, r->file, node, "`answer` is missing; add what is to be said");
    return read_questions(r, yaml_get(node, STR("questions")), faq, pair);
}

static size_t count_questions(const struct yaml_node *root)
{
    size_t n = 0;
    for (const struct yaml_node *node = root->child; node != NULL; node = node->next) {
        const struct yaml_node *list = node->kind == YAML_MAP ? yaml_get(node, STR("questions")) : NULL;
        n += list != NULL ? list->n : 0;
    }
    return n;
}

enum err faq_read(struct arena *arena, struct str file, struct str text, const struct faq **ret_faq,
                  struct error *error)
{
    struct reading r = {arena, file, error};
    struct yaml_node *root = NULL;
    enum err rc = yaml_read(arena, file, text, &root, error);
    if (rc != OK)
        return rc;
    if (root->kind != YAML_LIST && root->kind != YAML_NULL)
        return yaml_fail(error, file, root, "must be a list of entries; write - questions: […] and answer: … below it");
    struct faq *faq = arena_alloc(arena, sizeof *faq);
    size_t most = count_questions(root);
    if (faq == NULL)
        return no_memory(&r);
    faq->pairs = arena_alloc_array(arena, root->n, sizeof *faq->pairs);
    faq->questions = arena_alloc_array(arena, most, sizeof *faq->questions);
    faq->rows = arena_alloc_array(arena, most, sizeof *faq->rows);
    if (faq->pairs == NULL || faq->questions == NULL || faq->rows == NULL)
        return no_memory(&r);
    for (const struct yaml_node *node = root->child; node != NULL && rc == OK; node = node->next)
        rc = read_pair(&r, node, faq);
    if (rc == OK && similarity_build(arena, (struct strs){faq->questions, faq->n_rows}, &faq->similarity) != OK)
        return no_memory(&r);
    if (rc == OK)
        *ret_faq = faq;
    return rc;
}

/* ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct row *same_key(const struct faq *faq, struct str key)
{
    for (size_t i = 0; i < faq->n_rows; i++)
        if (str_eq(faq->rows[i].key, key))
            return &faq->rows[i];
    return NULL;
}

static MUST_USE enum err find_alike(const struct faq *faq, struct arena *arena, struct str question,
                                    struct faq_hit *hit)
{
    const double *scores = NULL;
    enum err rc = similarity_scores(faq->similarity, arena, question, &scores);
    if (rc != OK || faq->n_rows == 0)
        return rc;
    size_t best = 0;
    for (size_t i = 1; i < faq->n_rows; i++)
        best = scores[i] > scores[best] ? i : best;
    hit->likeness = scores[best];
    hit->question = faq->questions[best];
    if (hit->likeness < FAQ_NEAR)
        return OK;
    enum contrast contrast = CONTRAST_NONE;
    rc = contrast_find(arena, question, hit->question, &contrast);
    if (rc == OK && contrast == CONTRAST_NONE)
        hit->pair = faq->rows[best].pair;
    return rc;
}

enum err faq_find(const struct faq *faq, struct arena *arena, struct str question, struct faq_hit *ret_hit)
{
    struct faq_hit hit = {0};
    struct str key = {0};
    enum err rc = text_match_key(arena, question, &key);
    if (rc != OK)
        return rc;
    const struct row *row = faq == NULL ? NULL : same_key(faq, key);
    if (row != NULL)
        hit = (struct faq_hit){row->pair, faq->questions[row - faq->rows], 1, true};
    else if (faq != NULL)
        rc = find_alike(faq, arena, question, &hit);
    if (rc == OK)
        *ret_hit = hit;
    return rc;
}
