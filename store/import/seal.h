/* store/import/seal.h — what a process that reads hostile bytes may still do: nearly nothing.
 *
 *   seal_limits   CPU time, memory, no new files, no core: for the process and all it starts; the first to go when the
 *                 memory of the machine or of the service is full
 *   seal_reader   this process from now on: computes, reads and writes what is open already; a call that opens anything
 *                 fails, any other one kills it
 *   seal_program  before executing a foreign program: it may read files, where the kernel knows Landlock only those of the
 *                 system's own folders; it may write to what is open, not create, not connect, not start anything else
 *
 * Linux: seccomp(2) by libseccomp, landlock(7), setrlimit(2).  A sanitizer's build keeps its memory unlimited: its shadow
 * alone is larger than any limit.
 * Thread: the only one of a process made for this.  Errors: ERR_INTERNAL; then nothing hostile may be touched.       */
#ifndef GILBOT_IMPORT_SEAL_H
#define GILBOT_IMPORT_SEAL_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"

enum {
    SEAL_CPU_SECONDS = 25,
    SEAL_MEMORY_BYTES = 512 * 1024 * 1024, /* address space */
    SEAL_FILES = 64,
};

MUST_USE enum err seal_limits(struct error *error);
MUST_USE enum err seal_reader(struct error *error);
MUST_USE enum err seal_program(struct error *error);

#endif
