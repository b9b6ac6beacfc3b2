/* bot/cli/service.h — where the parts are put together: one running gilbot.
 *
 *   service_open: settings ▶ flows ▶ store ▶ models ▶ platforms ▶ pipeline ▶ loop with its routes    (in this order)
 *   service_run:  serves until a signal
 *   service_close: the reverse
 *
 * SIGTERM and SIGINT end it within 10 s; SIGHUP reads the flows anew (a faulty one is refused and the old ones serve on).
 * Thread: open, run and close on the main thread, with every signal blocked by the caller first (service_block_signals).
 */
#ifndef GILBOT_CLI_SERVICE_H
#define GILBOT_CLI_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct service;
struct settings;

struct service_settings {
    const struct settings *settings; /* borrowed, outlives the service           */
    struct str listen;               /* not empty: instead of the settings' own   */
    bool demo;                       /* the embedded example flows, web chat only */
};

/* SIGTERM, SIGINT, SIGHUP are blocked in this thread and all that it makes. */
void service_block_signals(void);

/* ERR_INVALID: a fault in a flow or in the settings, with FILE:LINE:COLUMN.  ERR_BUSY: another gilbot works here.
 * ERR_CONFLICT: the address is taken. */
MUST_USE
enum err service_open(const struct service_settings *settings, struct service **ret_service, struct error *error);

/* The port that is listened on; 0 for a unix socket. */
uint16_t service_port(const struct service *service);

MUST_USE
enum err service_run(struct service *service, struct error *error);
void service_close(struct service *service);

#endif
