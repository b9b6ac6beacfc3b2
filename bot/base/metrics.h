/* bot/base/metrics.h — counters, gauges and histograms in the Prometheus text format 0.0.4.
 *
 * A family is declared once (name, help, kind, label names) and gives a handle; series appear when first touched.
 * The number of series of a family is capped (METRICS_MAX_SERIES); beyond it values go to a series whose labels are
 * all "other", so that hostile label values cannot eat memory.
 *
 *   struct metric *acks = metrics_counter(metrics, "gilbot_events_received_total", "Events received.", "platform,type");
 *   metric_add(acks, 1, "slack", "message");          as many label values as names, NUL-terminated
 *
 * Thread: any; every call is safe from every thread.  Families live as long as the registry.
 * Source: Prometheus exposition formats, text format.                                                              */
#ifndef GILBOT_BASE_METRICS_H
#define GILBOT_BASE_METRICS_H

#include "bot/base/attributes.h"
#include "bot/base/str.h"

struct buf;
struct metrics;
struct metric;

enum { METRICS_MAX_SERIES = 1000 };

struct metrics *metrics_new(void); /* NULL when out of memory */
void metrics_free(struct metrics *metrics);

/* `labels`: comma-separated label names, "" for none; all arguments must be string constants.  The same name twice
 * gives the same family.  Never NULL: out of memory gives a family that counts nothing. */
struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *help, const char *labels);
struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *help, const char *labels);
/* `bounds`: n upper bounds in increasing order, base units; +Inf is added. NULL: 1 ms … 10 s in 1-2-5 steps (seconds). */
struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *help, const char *labels,
                                 const double *bounds, size_t n);

/* The variadic label values are `const char *`, exactly as many as label names. */
void metric_add(struct metric *metric, double by, ...);        /* counter (by ≥ 0) or gauge  */
void metric_set(struct metric *metric, double value, ...);     /* gauge                      */
void metric_observe(struct metric *metric, double value, ...); /* histogram                */

/* Reads a counter's or gauge's present value, 0 when it has no such series: for tests and readiness checks. */
double metric_value(struct metric *metric, ...);

/* Appends all families that have a series (and those without labels), sorted by name. */
void metrics_render(struct metrics *metrics, struct buf *out);

#endif
