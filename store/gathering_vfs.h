/* store/gathering_vfs.h — SQLite's own VFS, but a transaction reaches the write-ahead log in one write, a checkpoint the
 * database file in few.
 *
 * SQLite writes each frame as two: 24 bytes of header, then the page; a commit of twenty pages is forty system calls, more
 * than the fdatasync costs here.  This VFS gathers what is contiguous and hands it on before anything that could tell the
 * difference: a sync, a read, a truncation, a question for the size.  With synchronous=FULL every commit syncs the log
 * before readers are told of its frames, so nothing that is told is ever only in memory.
 *
 * Only the writer's connection uses it.  What cannot be written is reported by the call that had to write it, usually the
 * commit's sync, and forgotten: SQLite takes the transaction back and writes anew.
 *
 * Source: https://sqlite.org/vfs.html, https://sqlite.org/fileformat2.html#walformat
 * Thread: gathering_vfs_register: any, before connections are opened; the files: their connection's.                        */
#ifndef GILBOT_STORE_GATHERING_VFS_H
#define GILBOT_STORE_GATHERING_VFS_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"

enum { GATHERING_VFS_BYTES = 0x1ffff }; /* gathered at most: what SQLite's unix VFS takes in one write */

#define GATHERING_VFS_NAME "gathering"

/* Once or often. */
MUST_USE
enum err gathering_vfs_register(struct error *error);

#endif
