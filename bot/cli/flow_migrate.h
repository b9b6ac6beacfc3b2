/* bot/cli/flow_migrate.h — sessions that wait are moved to the present version of their flow: by the service itself, over
 * its admin socket, or directly, when no service runs.
 *
 *   POST /admin/flow  {"flow", "to", "moves": [{"id", "updated_ms", "from"}]}
 *   200 {"moved": N}   400; 409: the service does not serve version `to`
 *
 * A session that was answered meanwhile (another updated_ms) stays what it is.
 * Thread: admin_flow on the loop.                                                                                     */
#ifndef GILBOT_CLI_FLOW_MIGRATE_H
#define GILBOT_CLI_FLOW_MIGRATE_H

struct http_request;

/* Route handler of the admin socket; `arg` is a struct admin. */
void admin_flow(const struct http_request *request, void *arg);

#endif
