#include "bot/base/metrics.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum metric_kind { METRIC_NOTHING, METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum {
    MAX_LABELS = 8,
    MAX_VALUE_BYTES = 128, /* a longer label value counts as "other" */
    SLOTS = 256,           /* of a family's hash table              */
};

struct series {
    struct series *next_in_slot, *next; /* `next`: the family's, oldest first */
    uint64_t hash;
    char *values;       /* label values, each with its NUL    */
    double value;       /* histogram: the sum                 */
    uint64_t count;     /* histogram only                     */
    uint64_t buckets[]; /* histogram only; not cumulative     */
};

struct metric {
    struct metric *next; /* by name */
    enum metric_kind kind;
    const char *name, *help;
    struct str labels[MAX_LABELS];
    size_t n_labels;
    double *bounds;
    size_t n_bounds;
    pthread_mutex_t mutex; /* guards all below */
    struct series *slots[SLOTS], *first, *last;
    size_t n_series;
};

struct metrics {
    pthread_mutex_t mutex; /* guards the list, not what is in it: families are never removed */
    struct metric *first;
};

/* Stands in when memory is out; never written to. */
static struct metric nothing = {.kind = METRIC_NOTHING};

/* ── families ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct metrics *metrics_new(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics != NULL)
        pthread_mutex_init(&metrics->mutex, NULL);
    return metrics;
}

static void free_family(struct metric *metric)
{
    while (metric->first != NULL) {
        struct series *series = metric->first;
        metric->first = series->next;
        free(series->values);
        free(series);
    }
    pthread_mutex_destroy(&metric->mutex);
    free(metric->bounds);
    free(metric);
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    while (metrics->first != NULL) {
        struct metric *metric = metrics->first;
        metrics->first = metric->next;
        free_family(metric);
    }
    pthread_mutex_destroy(&metrics->mutex);
    free(metrics);
}

static struct series *find_or_add(struct metric *metric, const char *const *values);

static struct metric *new_family(const struct metric *like, const double *bounds)
{
    struct metric *metric = calloc(1, sizeof *metric);
    double *own = calloc(like->n_bounds + 1, sizeof *own);
    if (metric == NULL || own == NULL) {
        free(metric);
        free(own);
        return NULL;
    }
    *metric = *like;
    if (like->n_bounds > 0)
        memcpy(own, bounds, like->n_bounds * sizeof *own);
    metric->bounds = own;
    pthread_mutex_init(&metric->mutex, NULL);
    if (metric->n_labels == 0) /* its only series shows from the start */
        (void)find_or_add(metric, NULL);
    return metric;
}

static struct metric *declare(struct metrics *metrics, struct metric *like, const char *labels, const double *bounds)
{
    struct str rest = str_of(labels), label;
    while (rest.n > 0 && str_split(&rest, ',', &label)) {
        assert(like->n_labels < MAX_LABELS);
        like->labels[like->n_labels++] = str_trim(label);
    }
    pthread_mutex_lock(&metrics->mutex);
    struct metric **at = &metrics->first;
    while (*at != NULL && strcmp((*at)->name, like->name) < 0)
        at = &(*at)->next;
    struct metric *metric = *at;
    if (metric == NULL || strcmp(metric->name, like->name) != 0) {
        metric = new_family(like, bounds);
        if (metric != NULL) {
            metric->next = *at;
            *at = metric;
        }
    }
    pthread_mutex_unlock(&metrics->mutex);
    return metric == NULL || metric->kind != like->kind ? &nothing : metric;
}

struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *help, const char *labels)
{
    struct metric like = {.kind = METRIC_COUNTER, .name = name, .help = help};
    return declare(metrics, &like, labels, NULL);
}

struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *help, const char *labels)
{
    struct metric like = {.kind = METRIC_GAUGE, .name = name, .help = help};
    return declare(metrics, &like, labels, NULL);
}

struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *help, const char *labels,
                                 const double *bounds, size_t n)
{
    static const double seconds[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};
    if (bounds == NULL) {
        bounds = seconds;
        n = COUNT_OF(seconds);
    }
    struct metric like = {.kind = METRIC_HISTOGRAM, .name = name, .help = help, .n_bounds = n};
    return declare(metrics, &like, labels, bounds);
}

/* ── series ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_values(const struct metric *metric, const struct series *series, const char *const *values)
{
    const char *own = series->values;
    for (size_t i = 0; i < metric->n_labels; i++) {
        if (strcmp(own, values[i]) != 0) // cppcheck-suppress nullPointer ; NULL only without labels
            return false;
        own += strlen(own) + 1;
    }
    return true;
}

static uint64_t hash_values(const struct metric *metric, const char *const *values)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < metric->n_labels; i++)
        hash = hash * 31 + str_hash(str_of(values[i])); // cppcheck-suppress nullPointer ; NULL only without labels
    return hash;
}

static struct series *find(const struct metric *metric, uint64_t hash, const char *const *values)
{
    struct series *series = metric->slots[hash % SLOTS];
    while (series != NULL && (series->hash != hash || !has_values(metric, series, values)))
        series = series->next_in_slot;
    return series;
}

static struct series *add_series(struct metric *metric, uint64_t hash, const char *const *values)
{
    size_t bytes = 1;
    for (size_t i = 0; i < metric->n_labels; i++)
        bytes += strlen(values[i]) + 1;
    size_t n_buckets = metric->kind == METRIC_HISTOGRAM ? metric->n_bounds + 1 : 0;
    struct series *series = calloc(1, sizeof *series + n_buckets * sizeof *series->buckets);
    char *own = calloc(1, bytes);
    if (series == NULL || own == NULL) {
        free(series);
        free(own);
        return NULL;
    }
    series->hash = hash;
    series->values = own;
    for (size_t i = 0; i < metric->n_labels; i++) {
        memcpy(own, values[i], strlen(values[i]) + 1);
        own += strlen(values[i]) + 1;
    }
    series->next_in_slot = metric->slots[hash % SLOTS];
    metric->slots[hash % SLOTS] = series;
    if (metric->last == NULL)
        metric->first = series;
    else
        metric->last->next = series;
    metric->last = series;
    metric->n_series++;
    return series;
}

static struct series *find_or_add(struct metric *metric, const char *const *values)
{
    static const char *const others[MAX_LABELS] = {"other", "other", "other", "other",
                                                   "other", "other", "other", "other"};
    uint64_t hash = hash_values(metric, values);
    struct series *series = find(metric, hash, values);
    if (series != NULL)
        return series;
    bool too_long = false;
    for (size_t i = 0; i < metric->n_labels; i++)
        too_long = too_long || strlen(values[i]) > MAX_VALUE_BYTES;
    if (metric->n_series >= METRICS_MAX_SERIES || too_long) {
        values = others;
        hash = hash_values(metric, values);
        series = find(metric, hash, values);
    }
    return series != NULL ? series : add_series(metric, hash, values);
}

static void take_values(const struct metric *metric, va_list args, const char *ret_values[MAX_LABELS])
{
    for (size_t i = 0; i < MAX_LABELS; i++) {
        const char *value = i < metric->n_labels ? va_arg(args, const char *) : NULL;
        ret_values[i] = value == NULL ? "" : value;
    }
}

/* ── values ────────────────────────────────────────────────────────────────────────────────────────────────────── */

void metric_add(struct metric *metric, double by, ...)
{
    assert(metric->kind != METRIC_HISTOGRAM && (metric->kind != METRIC_COUNTER || by >= 0));
    if (metric->kind == METRIC_NOTHING)
        return;
    const char *values[MAX_LABELS];
    va_list args;
    va_start(args, by);
    take_values(metric, args, values);
    va_end(args);
    pthread_mutex_lock(&metric->mutex);
    struct series *series = find_or_add(metric, values);
    if (series != NULL)
        series->value += by;
    pthread_mutex_unlock(&metric->mutex);
}

void metric_set(struct metric *metric, double value, ...)
{
    assert(metric->kind == METRIC_GAUGE || metric->kind == METRIC_NOTHING);
    if (metric->kind == METRIC_NOTHING)
        return;
    const char *values[MAX_LABELS];
    va_list args;
    va_start(args, value);
    take_values(metric, args, values);
    va_end(args);
    pthread_mutex_lock(&metric->mutex);
    struct series *series = find_or_add(metric, values);
    if (series != NULL)
        series->value = value;
    pthread_mutex_unlock(&metric->mutex);
}

void metric_observe(struct metric *metric, double value, ...)
{
    assert(metric->kind == METRIC_HISTOGRAM || metric->kind == METRIC_NOTHING);
    if (metric->kind == METRIC_NOTHING)
        return;
    const char *values[MAX_LABELS];
    va_list args;
    va_start(args, value);
    take_values(metric, args, values);
    va_end(args);
    size_t bucket = 0;
    while (bucket < metric->n_bounds && !(value <= metric->bounds[bucket]))
        bucket++;
    pthread_mutex_lock(&metric->mutex);
    struct series *series = find_or_add(metric, values);
    if (series != NULL) {
        series->value += value;
        series->count++;
        series->buckets[bucket]++;
    }
    pthread_mutex_unlock(&metric->mutex);
}

double metric_value(struct metric *metric, ...)
{
    if (metric->kind == METRIC_NOTHING)
        return 0;
    const char *values[MAX_LABELS];
    va_list args;
    va_start(args, metric);
    take_values(metric, args, values);
    va_end(args);
    pthread_mutex_lock(&metric->mutex);
    const struct series *series = find(metric, hash_values(metric, values), values);
    double value = series == NULL ? 0 : series->value;
    pthread_mutex_unlock(&metric->mutex);
    return value;
}

/* ── the text format ───────────────────────────────────────────────────────────────────────────────────────────── */

static void add_number(struct buf *out, double value)
{
    if (isnan(value))
        buf_add(out, STR("NaN"));
    else if (isinf(value))
        buf_add(out, value > 0 ? STR("+Inf") : STR("-Inf"));
    else if (value == floor(value) && fabs(value) < 1e15)
        buf_addf(out, "%.0f", value);
    else
        buf_addf(out, "%.15g", value);
}

static void add_label_value(struct buf *out, struct str value)
{
    for (int32_t c; (c = text_next(&value)) >= 0;) {
        char bytes[4];
        if (c == '\n')
            buf_add(out, STR("\\n"));
        else if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", (char)c);
        else
            buf_add(out, (struct str){bytes, text_encode(c, bytes)});
    }
}

/* {a="x",b="y",le="0.5"}; `bound` NULL: no le. */
static void add_labels(struct buf *out, const struct metric *metric, const struct series *series, const double *bound)
{
    if (metric->n_labels == 0 && bound == NULL)
        return;
    buf_add_char(out, '{');
    const char *value = series->values;
    for (size_t i = 0; i < metric->n_labels; i++) {
        buf_addf(out, "%s%.*s=\"", i == 0 ? "" : ",", STR_ARG(metric->labels[i]));
        add_label_value(out, str_of(value));
        buf_add_char(out, '"');
        value += strlen(value) + 1;
    }
    if (bound != NULL) {
        buf_add(out, metric->n_labels == 0 ? STR("le=\"") : STR(",le=\""));
        add_number(out, *bound);
        buf_add_char(out, '"');
    }
    buf_add_char(out, '}');
}

static void add_sample(struct buf *out, double value)
{
    buf_add_char(out, ' ');
    add_number(out, value);
    buf_add_char(out, '\n');
}

static void render_histogram(struct buf *out, const struct metric *metric, const struct series *series)
{
    uint64_t so_far = 0;
    for (size_t i = 0; i <= metric->n_bounds; i++) {
        double bound = i < metric->n_bounds ? metric->bounds[i] : INFINITY;
        so_far += series->buckets[i];
        buf_addf(out, "%s_bucket", metric->name);
        add_labels(out, metric, series, &bound);
        add_sample(out, (double)so_far);
    }
    buf_addf(out, "%s_sum", metric->name);
    add_labels(out, metric, series, NULL);
    add_sample(out, series->value);
    buf_addf(out, "%s_count", metric->name);
    add_labels(out, metric, series, NULL);
    add_sample(out, (double)series->count);
}

static void render_family(struct buf *out, struct metric *metric)
{
    static const char *const kinds[] = {
        [METRIC_NOTHING] = "untyped",
        [METRIC_COUNTER] = "counter",
        [METRIC_GAUGE] = "gauge",
        [METRIC_HISTOGRAM] = "histogram",
    };
    pthread_mutex_lock(&metric->mutex);
    if (metric->first != NULL)
        buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name, kinds[metric->kind]);
    for (const struct series *series = metric->first; series != NULL; series = series->next) {
        if (metric->kind == METRIC_HISTOGRAM) {
            render_histogram(out, metric, series);
            continue;
        }
        buf_addf(out, "%s", metric->name);
        add_labels(out, metric, series, NULL);
        add_sample(out, series->value);
    }
    pthread_mutex_unlock(&metric->mutex);
}

void metrics_render(struct metrics *metrics, struct buf *out)
{
    pthread_mutex_lock(&metrics->mutex);
    for (struct metric *metric = metrics->first; metric != NULL; metric = metric->next)
        render_family(out, metric);
    pthread_mutex_unlock(&metrics->mutex);
}
