/* bot/pipeline/run.h — the runners: claim an event, decode it, decide, take the flow's step, commit.
 *
 *   claim ─▶ decode ─▶ route ─┬─ ignore ───────────────────────────────▶ commit
 *                             ├─ fetch: park / (slow lane) read, unpark ─▶ commit
 *                             └─ start, continue ─▶ step ─▶ compose ─────▶ commit
 *
 * Thread: run_main is a runner's life; each has its own read-only connection.                                       */
#ifndef GILBOT_PIPELINE_RUN_H
#define GILBOT_PIPELINE_RUN_H

/* `worker` is a struct worker with its lane set. */
void *run_main(void *worker);

#endif
