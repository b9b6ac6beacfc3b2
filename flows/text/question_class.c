#include "flows/text/question_class.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"
#include "flows/text/similarity.h"

#include "bot/base/banned.h"

/* Found on the demonstration's examples, each left out in turn (test_question_class.c). */
static const double near_enough = 0.40;
static const double clearly_nearer = 1.25; /* times the next class's best */

struct keyword {
    struct str written, key;
};

struct question_classes {
    const struct keyword *keywords[QUESTION_CLASSES];
    size_t n_keywords[QUESTION_CLASSES];
    struct str *examples;          /* of all classes */
    enum question_class *class_of; /* of each example */
    size_t n_examples;
    struct similarity *similarity;
};

static const char *const class_names[QUESTION_CLASSES] = {"general", "basics", "specific"};

const char *question_class_name(enum question_class is)
{
    return class_names[is];
}

const char *question_by_name(enum question_by by)
{
    static const char *const names[] = {"keyword", "example", "default"};
    return names[by];
}

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

/* The list `name` of a class; NULL: it has none.  Refuses all but texts. */
static MUST_USE enum err texts_of(const struct reading *r, const struct yaml_node *of, const char *name,
                                  const struct yaml_node **ret_list)
{
    const struct yaml_node *list = yaml_get(of, str_of(name));
    *ret_list = list;
    if (list == NULL)
        return OK;
    if (list->kind != YAML_LIST)
        return yaml_fail(r->error, r->file, list, "`%s` must be a list; write %s: [one, another]", name, name);
    for (const struct yaml_node *item = list->child; item != NULL; item = item->next)
        if (item->kind == YAML_LIST || item->kind == YAML_MAP || item->text.n == 0)
            return yaml_fail(r->error, r->file, item, "`%s` holds texts; write one, in quotes if need be", name);
    return OK;
}

static MUST_USE enum err read_keywords(const struct reading *r, const struct yaml_node *of, enum question_class is,
                                       struct question_classes *classes)
{
    const struct yaml_node *list = NULL;
    enum err rc = texts_of(r, of, "keywords", &list);
    if (rc != OK || list == NULL)
        return rc;
    struct keyword *keywords = arena_alloc_array(r->arena, list->n, sizeof *keywords);
    if (keywords == NULL)
        return no_memory(r);
    size_t n = 0;
    for (const struct yaml_node *item = list->child; item != NULL; item = item->next, n++) {
        keywords[n].written = item->text;
        if (text_match_key(r->arena, item->text, &keywords[n].key) != OK)
            return no_memory(r);
        if (keywords[n].key.n == 0)
            return yaml_fail(r->error, r->file, item, "a keyword needs a letter or a digit; take it out");
    }
    classes->keywords[is] = keywords;
    classes->n_keywords[is] = n;
    return OK;
}

static MUST_USE enum err read_examples(const struct reading *r, const struct yaml_node *of, enum question_class is,
                                       struct question_classes *classes)
{
    const struct yaml_node *list = NULL;
    enum err rc = texts_of(r, of, "examples", &list);
    for (const struct yaml_node *item = list == NULL ? NULL : list->child; item != NULL && rc == OK;
         item = item->next) {
        classes->examples[classes->n_examples] = item->text;
        classes->class_of[classes->n_examples++] = is;
    }
    return rc;
}

static MUST_USE enum err read_class(const struct reading *r, const struct yaml_node *node,
                                    struct question_classes *classes)
{
    size_t is = 0;
    while (is < QUESTION_CLASSES && !str_eq(node->key, str_of(class_names[is])))
        is++;
    struct yaml_node at_key = {.line = node->key_line, .column = node->key_column};
    if (is == QUESTION_CLASSES)
        return yaml_fail(r->error, r->file, &at_key,
                         "no class is called `%.*s`; there are general, basics and specific", STR_ARG(node->key));
    if (node->kind != YAML_MAP)
        return yaml_fail(r->error, r->file, node, "a class has `keywords` and `examples`; write them below");
    for (const struct yaml_node *member = node->child; member != NULL; member = member->next)
        if (!str_eq(member->key, STR("keywords")) && !str_eq(member->key, STR("examples"))) {
            at_key = (struct yaml_node){.line = member->key_line, .column = member->key_column};
            return yaml_fail(r->error, r->file, &at_key, "unknown key `%.*s`; a class has `keywords` and `examples`",
                             STR_ARG(member->key));
        }
    enum err rc = read_keywords(r, node, (enum question_class)is, classes);
    return rc == OK ? read_examples(r, node, (enum question_class)is, classes) : rc;
}

static size_t count_examples(const struct yaml_node *root)
{
    size_t n = 0;
    for (const struct yaml_node *node = root->child; node != NULL; node = node->next) {
        const struct yaml_node *list = node->kind == YAML_MAP ? yaml_get(node, STR("examples")) : NULL;
        n += list != NULL ? list->n : 0;
    }
    return n;
}

enum err question_classes_read(struct arena *arena, struct str file, struct str text,
                               const struct question_classes **ret_classes, struct error *error)
{
    struct reading r = {arena, file, error};
    struct yaml_node *root = NULL;
    enum err rc = yaml_read(arena, file, text, &root, error);
    if (rc != OK)
        return rc;
    if (root->kind != YAML_MAP)
        return yaml_fail(error, file, root, "must hold the classes general, basics and specific; write them below");
    struct question_classes *classes = arena_alloc(arena, sizeof *classes);
    size_t most = count_examples(root);
    if (classes == NULL)
        return no_memory(&r);
    classes->examples = arena_alloc_array(arena, most, sizeof *classes->examples);
    classes->class_of = arena_alloc_array(arena, most, sizeof *classes->class_of);
    if (classes->examples == NULL || classes->class_of == NULL)
        return no_memory(&r);
    for (const struct yaml_node *node = root->child; node != NULL && rc == OK; node = node->next)
        rc = read_class(&r, node, classes);
    if (rc == OK &&
        similarity_build(arena, (struct strs){classes->examples, classes->n_examples}, &classes->similarity) != OK)
        return no_memory(&r);
    if (rc == OK)
        *ret_classes = classes;
    return rc;
}

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* A Latin or digit keyword must stand alone ("ot" is not in "note"): so it is looked for in the text, not in its key. */
static bool holds(struct str text, struct str key, const struct keyword *keyword)
{
    if ((unsigned char)keyword->key.p[0] >= 0x80)
        return str_find(key, keyword->key) != SIZE_MAX;
    struct str rest = text;
    for (size_t at = str_find(rest, keyword->key); at != SIZE_MAX; at = str_find(rest, keyword->key)) {
        struct str after = str_skip(rest, at + keyword->key.n);
        bool starts = rest.p + at == text.p || !is_word_byte(rest.p[at - 1]);
        bool ends = after.n == 0 || !is_word_byte(after.p[0]);
        if (starts && ends)
            return true;
        rest = after;
    }
    return false;
}

static MUST_USE enum err by_keyword(const struct question_classes *classes, struct arena *arena, struct str text,
                                    struct question_verdict *verdict)
{
    struct str key = {0}, folded = {0};
    enum err rc = text_match_key(arena, text, &key);
    if (rc == OK)
        rc = text_fold(arena, text, &folded);
    for (size_t is = QUESTION_CLASSES; is-- > 0 && rc == OK;)
        for (size_t i = 0; i < classes->n_keywords[is]; i++)
            if (holds(folded, key, &classes->keywords[is][i])) {
                verdict->is = (enum question_class)is;
                verdict->by = QUESTION_BY_KEYWORD;
                verdict->evidence = classes->keywords[is][i].written;
                return OK;
            }
    return rc;
}

static MUST_USE enum err by_example(const struct question_classes *classes, struct arena *arena, struct str text,
                                    struct question_verdict *verdict)
{
    const double *scores = NULL;
    size_t best_row[QUESTION_CLASSES] = {0}, best = 0;
    enum err rc = similarity_scores(classes->similarity, arena, text, &scores);
    for (size_t i = 0; i < classes->n_examples && rc == OK; i++) {
        size_t is = classes->class_of[i];
        if (scores[i] > verdict->scores[is]) {
            verdict->scores[is] = scores[i];
            best_row[is] = i;
        }
    }
    if (rc != OK || verdict->by != QUESTION_BY_DEFAULT)
        return rc;
    double next = 0;
    for (size_t is = 1; is < QUESTION_CLASSES; is++)
        best = verdict->scores[is] > verdict->scores[best] ? is : best;
    for (size_t is = 0; is < QUESTION_CLASSES; is++)
        next = is != best && verdict->scores[is] > next ? verdict->scores[is] : next;
    if (verdict->scores[best] < near_enough || verdict->scores[best] < next * clearly_nearer)
        return OK;
    verdict->is = (enum question_class)best;
    verdict->by = QUESTION_BY_EXAMPLE;
    verdict->evidence = classes->examples[best_row[best]];
    return OK;
}

enum err question_classify(const struct question_classes *classes, struct arena *arena, struct str text,
                           struct question_verdict *ret_verdict)
{
    struct question_verdict verdict = {.is = QUESTION_SPECIFIC, .by = QUESTION_BY_DEFAULT};
    enum err rc = classes == NULL ? OK : by_keyword(classes, arena, text, &verdict);
    if (rc == OK && classes != NULL)
        rc = by_example(classes, arena, text, &verdict);
    if (rc == OK)
        *ret_verdict = verdict;
    return rc;
}
