/* bot/base/metrics_process.h — what the operating system knows about this process, in the Prometheus text format.
 *
 * process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
 * process_max_fds, process_start_time_seconds: the names of the Prometheus client libraries.  A figure that cannot be
 * read is left out.
 *
 * Thread: any.  Source: proc(5).                                                                                     */
#ifndef GILBOT_BASE_METRICS_PROCESS_H
#define GILBOT_BASE_METRICS_PROCESS_H

struct buf;

/* Appends them; takes some 50 µs. */
void metrics_process_render(struct buf *out);

#endif
