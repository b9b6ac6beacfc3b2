/* bot/pipeline/reply.h — the repliers: claim a request from the outbox, send it, note what came of it.
 *
 * Order within a conversation is the outbox's; pace (one message a second to a Slack channel) is kept here; when to try
 * again is retry.h's.  Each platform has repliers of its own, so that one that hangs holds up nobody else.
 *
 * Thread: reply_main is a replier's life.                                                                            */
#ifndef GILBOT_PIPELINE_REPLY_H
#define GILBOT_PIPELINE_REPLY_H

/* `worker` is a struct worker with its platform set. */
void *reply_main(void *worker);

#endif
