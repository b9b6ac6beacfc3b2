/* gilbot eval — how well questions are answered from the documents, with intervals; two configurations side by side. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/settings.h"
#include "bot/cli/answers.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/eval.h"
#include "bot/cli/eval_choose.h"
#include "bot/cli/models.h"
#include "store/index/dense.h"

#include "bot/base/banned.h"

enum { SETTINGS_BYTES = 8 * 1024 * 1024, OUTPUT_BYTES = 64 * 1024, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct words {
    struct eval_set set;
    const char *compare; /* another gilbot.yaml; NULL: none */
    bool json, choose;
};

/* The figures that are shares, in the order in which they are shown. */
static const struct {
    const char *name, *shown;
    size_t offset;
} shares[] = {
    {"recall@1", "the first document is right", offsetof(struct eval_figures, recall1)},
    {"recall@5", "one of the first five is", offsetof(struct eval_figures, recall5)},
    {"recall@10", "one of the first ten is", offsetof(struct eval_figures, recall10)},
    {"answer_hit", "the answer is in what is shown", offsetof(struct eval_figures, answer_hit)},
    {"supported", "sentences that their source holds", offsetof(struct eval_figures, supported)},
    {"refused_right", "refused, and not in the documents", offsetof(struct eval_figures, refused_right)},
    {"refused_wrong", "refused, though in the documents", offsetof(struct eval_figures, refused_wrong)},
};

static struct proportion share_at(const struct eval_figures *figures, size_t i)
{
    return *(const struct proportion *)(const void *)((const char *)figures + shares[i].offset);
}

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool refuse(const char *what, const char *word)
{
    fprintf(stderr, "gilbot: eval %s%s%s; `gilbot eval --help`\n", what, word[0] == '\0' ? "" : " ", word);
    return false;
}

static bool read_words(const struct command_line *line, struct words *words)
{
    *words = (struct words){0};
    for (int i = 1; i < line->argc; i++) {
        const char *word = line->argv[i], *value = i + 1 < line->argc ? line->argv[i + 1] : NULL;
        bool is_collection = strcmp(word, "--collection") == 0, is_compare = strcmp(word, "--compare") == 0;
        if (strcmp(word, "--json") == 0) {
            words->json = true;
        } else if (strcmp(word, "--choose") == 0) {
            words->choose = true;
        } else if (is_collection || is_compare) {
            if (value == NULL)
                return refuse("needs a value after", word);
            if (is_collection)
                words->set.collection = str_of(value);
            else
                words->compare = value;
            i++;
        } else if (word[0] == '-') {
            return refuse("does not know", word);
        } else if (words->set.path != NULL) {
            return refuse("takes one file of questions, not also", word);
        } else {
            words->set.path = word;
        }
    }
    if (words->choose && words->compare != NULL)
        return refuse("does either --choose or", "--compare");
    return words->set.path != NULL || refuse("needs a file of questions", "");
}

/* ── output ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A share, or null when there is nothing that it would be of. */
static void add_share(struct buf *out, struct proportion share)
{
    if (share.n == 0)
        buf_add(out, STR("null"));
    else
        buf_addf(out, "%.4f", (double)share.x / (double)share.n);
}

static void add_intervals(struct buf *out, const struct eval_figures *figures)
{
    json_add_key(out, "intervals");
    buf_add_char(out, '{');
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        struct interval interval = proportion_interval(share_at(figures, i));
        json_add_key(out, shares[i].name);
        buf_addf(out, "[%.4f, %.4f]", interval.low, interval.high);
    }
    buf_add_char(out, '}');
}

static void add_figures(struct buf *out, const struct eval_figures *figures)
{
    buf_add_char(out, '{');
    json_add_member_i64(out, "n", figures->n);
    json_add_key(out, "recall");
    buf_add(out, STR("{\"1\": "));
    add_share(out, figures->recall1);
    buf_add(out, STR(", \"5\": "));
    add_share(out, figures->recall5);
    buf_add(out, STR(", \"10\": "));
    add_share(out, figures->recall10);
    buf_add_char(out, '}');
    json_add_key(out, "mrr");
    buf_addf(out, "%.4f", figures->mrr);
    json_add_key(out, "ndcg");
    buf_addf(out, "%.4f", figures->ndcg);
    for (size_t i = 3; i < COUNT_OF(shares); i++) {
        json_add_key(out, shares[i].name);
        add_share(out, share_at(figures, i));
    }
    add_intervals(out, figures);
    json_add_key(out, "ms");
    buf_addf(out, "{\"p50\": %.2f, \"p99\": %.2f}}", figures->p50_ms, figures->p99_ms);
}

static void print_share(const char *shown, struct proportion share)
{
    if (share.n == 0)
        return;
    struct interval interval = proportion_interval(share);
    printf("  %-36s %5.1f %%  (%.1f to %.1f), %lld of %lld\n", shown, 100 * (double)share.x / (double)share.n,
           100 * interval.low, 100 * interval.high, (long long)share.x, (long long)share.n);
}

static void print_figures(const struct eval_figures *figures)
{
    printf("%lld questions\n", (long long)figures->n);
    for (size_t i = 0; i < COUNT_OF(shares); i++)
        print_share(shares[i].shown, share_at(figures, i));
    printf("  %-36s %7.3f\n  %-36s %7.3f\n", "mean reciprocal rank", figures->mrr, "nDCG@10", figures->ndcg);
    printf("  %-36s %7.1f ms, the slowest hundredth %.1f ms\n", "a question takes", figures->p50_ms, figures->p99_ms);
}

static void print_difference(const struct eval_figures *here, const struct eval_figures *there)
{
    puts("\nthe second less the first");
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        struct proportion a = share_at(there, i), b = share_at(here, i);
        if (a.n == 0 || b.n == 0)
            continue;
        struct difference difference = proportion_difference(a, b);
        printf("  %-36s %+5.1f points  (%+.1f to %+.1f)%s\n", shares[i].shown, 100 * difference.value,
               100 * difference.interval.low, 100 * difference.interval.high,
               difference.tells ? "" : "  may be chance");
    }
}

/* ── at work ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err evaluate(const struct command_line *line, const struct words *words, struct eval_figures *ret_figures,
                         struct error *error)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SETTINGS_BYTES);
    struct settings *settings = NULL;
    struct answers answers = {0};
    enum err rc = config_load(line, &arena, &settings, error);
    if (rc == OK)
        rc = answers_need(settings, &answers, error);
    if (rc == OK)
        rc = eval_run(&answers, &words->set, ret_figures, error);
    answers_close(&answers);
    settings_release(settings);
    return rc;
}

/* ── vectors ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct choosing {
    struct arena arena;
    struct settings *settings;
    struct answers answers;
    struct dense *dense;
    struct models *models;
};

static enum err open_choosing(struct choosing *choosing, const struct command_line *line, struct error *error)
{
    bool changed = false;
    enum err rc = config_load(line, &choosing->arena, &choosing->settings, error);
    if (rc == OK)
        rc = answers_need(choosing->settings, &choosing->answers, error);
    if (rc == OK)
        rc = models_open(&(struct models_parts){.settings = choosing->settings, .clock = clock_system()},
                         &choosing->models, error);
    if (rc == OK)
        rc = dense_open(choosing->settings->data_dir, &choosing->dense, error);
    if (rc == OK)
        rc = dense_refresh(choosing->dense, choosing->answers.db, &changed, error);
    return rc;
}

static void close_choosing(struct choosing *choosing)
{
    dense_close(choosing->dense);
    models_close(choosing->models);
    answers_close(&choosing->answers);
    settings_release(choosing->settings);
    arena_release(&choosing->arena);
}

static int print_choice(const struct words *words, const struct eval_choice *choice)
{
    bool helps = choice->weights.vectors > 0;
    if (words->json)
        return printf("{\"n\": %zu, \"words\": %.4f, \"best\": %.4f, \"error\": %.4f, \"coverage\": %.2f, "
                      "\"vectors\": %.2f}\n",
                      choice->n, choice->words, choice->best, choice->error, choice->weights.coverage,
                      choice->weights.vectors) >= 0
                   ? 0
                   : EXIT_FAILED;
    printf("%zu questions with documents\n  %-36s %7.3f\n  %-36s %7.3f  (standard error of the difference %.3f)\n",
           choice->n, "nDCG@10 by words alone", choice->words, "nDCG@10 with vectors, at best", choice->best,
           choice->error);
    if (helps)
        printf("Vectors help: they count with %.0f %% where less than %.0f %% of a question's words are found.\n"
               "The service uses this from its next start.\n",
               100 * choice->weights.vectors, 100 * choice->weights.coverage);
    else
        puts("Vectors do not help clearly on these questions: words alone stay.");
    return 0;
}

static int choose(const struct command_line *line, const struct words *words)
{
    CLEANUP(close_choosing) struct choosing choosing = {0};
    arena_init(&choosing.arena, SETTINGS_BYTES);
    struct error error = {0};
    struct eval_choice choice = {0};
    enum err rc = open_choosing(&choosing, line, &error);
    struct eval_choose_parts parts = {.answers = &choosing.answers,
                                      .dense = choosing.dense,
                                      .model = choosing.models == NULL ? NULL : models_port(choosing.models),
                                      .set = &words->set};
    if (rc == OK)
        rc = eval_choose(&parts, &choice, &error);
    if (rc == OK)
        rc = hybrid_weights_write(choosing.settings->data_dir, &choice.weights, &error);
    return rc == OK ? print_choice(words, &choice) : config_failed(&error);
}

/* ── output of all ─────────────────────────────────────────────────────────────────────────────────────────────── */

static int print_all(const struct words *words, const struct eval_figures *figures)
{
    CLEANUP(buf_release) struct buf out;
    buf_init(&out, NULL, OUTPUT_BYTES);
    if (!words->json) {
        print_figures(&figures[0]);
        if (words->compare != NULL) {
            printf("\n%s: ", words->compare);
            print_figures(&figures[1]);
            print_difference(&figures[0], &figures[1]);
        }
        return 0;
    }
    if (words->compare == NULL) {
        add_figures(&out, &figures[0]);
    } else {
        buf_add(&out, STR("{\"first\": "));
        add_figures(&out, &figures[0]);
        buf_add(&out, STR(", \"second\": "));
        add_figures(&out, &figures[1]);
        buf_add_char(&out, '}');
    }
    return !buf_failed(&out) && puts(out.p) >= 0 ? 0 : EXIT_FAILED;
}

static int run(const struct command_line *line)
{
    struct words words;
    struct eval_figures figures[2] = {0};
    struct error error = {0};
    if (!read_words(line, &words))
        return EXIT_USAGE;
    if (words.choose)
        return choose(line, &words);
    enum err rc = evaluate(line, &words, &figures[0], &error);
    struct command_line other = *line;
    other.config_path = words.compare;
    if (rc == OK && words.compare != NULL)
        rc = evaluate(&other, &words, &figures[1], &error);
    return rc == OK ? print_all(&words, figures) : config_failed(&error);
}

const struct command command_eval = {
    .name = "eval",
    .usage = "[--json] [--collection C] [--compare OTHER.yaml | --choose] QA.jsonl",
    .summary = "retrieval and answer figures over a question set",
    .help = "QA.jsonl: {\"question\", \"answer\", \"documents\": [id…]} a line; without documents the right answer is "
            "\"not in\n"
            "the documents\".  Figures come with intervals of 95 %: with few questions they are wide.\n"
            "  --collection C        only there\n"
            "  --compare OTHER.yaml  the same questions with another gilbot.yaml (other documents, synonyms): the "
            "differences\n"
            "  --choose              tries whether an embedding model's vectors help, when and how much, and keeps it\n"
            "  --json                one object\n",
    .run = run,
};
