/* flows/digest.h — a number that says whether two runs of a conversation were the same, bit for bit.
 *
 *   DIGEST_BEGIN ─ first turn ─▶ digest ─ second turn ─▶ digest …        session->digest, kept with the session
 *
 * It covers what a turn said (every field of every reply), what it recorded (answers, recommendations with their rule
 * trails, misfits, warnings), and what the session is afterwards (data, state, when it expires).  A replay that comes to
 * the same number said the same words; one that does not went another way.
 *
 * 47 bits, so that SQLite keeps it in six bytes: two runs that differ have the same digest once in 10^14.  Not for
 * secrets: who may choose what is said may find two talks with one digest.
 *
 * Thread: any (pure).  Source: FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), 64 bits, folded.                            */
#ifndef GILBOT_FLOWS_DIGEST_H
#define GILBOT_FLOWS_DIGEST_H

#include <stdint.h>

struct session;
struct turn;

enum { DIGEST_BEGIN = 1 }; /* 0: none is kept */

/* session->digest is that of the turns before; all else of the session as this turn left it.  Never 0. */
int64_t digest_turn(const struct turn *turn, const struct session *session);

#endif
