/* bot/pipeline/schedule.h — what the clock brings: sessions that waited too long, leases that ran out, old rows, writes
 * that failed, a clock that was set back.
 *
 * One thread sleeps until the next of these is due (at most a minute, so that clock jumps heal) and hands it to the
 * writer.
 * Thread: schedule_main is the scheduler's life.                                                                     */
#ifndef GILBOT_PIPELINE_SCHEDULE_H
#define GILBOT_PIPELINE_SCHEDULE_H

/* `worker` is a struct worker. */
void *schedule_main(void *worker);

#endif
