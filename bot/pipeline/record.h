/* bot/pipeline/record.h — keep it, then say 200: the events of one request, durable in one commit.
 *
 * Thread: record_arrivals on the loop; `recorded` on the writer.                                                     */
#ifndef GILBOT_PIPELINE_RECORD_H
#define GILBOT_PIPELINE_RECORD_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/model/platform.h"

struct pipeline;

struct record_input {
    const struct platform *platform;
    const struct inbound *inbound;
    const struct arrivals *arrivals;          /* n > 0 */
    void (*recorded)(void *arg, enum err rc); /* once: OK when all are durable (or were already) */
    void *arg;
};

/* Copies everything and hands it to the writer.  ERR_NO_MEMORY: nothing was taken and `recorded` will not be called. */
MUST_USE
enum err record_arrivals(struct pipeline *pipeline, const struct record_input *input);

#endif
