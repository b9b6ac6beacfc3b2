/* store/import/child.h — the fenced process: reads one file, sends its blocks, ends.
 *
 *   descriptor 0: the file, at its beginning      1: where the wire's bytes go (wire.h)
 *   limits ▶ (PDF: poppler, fenced by itself) ▶ seal ▶ import_read ▶ wire ▶ _exit                                     */
#ifndef GILBOT_IMPORT_CHILD_H
#define GILBOT_IMPORT_CHILD_H

/* Never returns.  `name`: the file's, for its ending. */
_Noreturn void child_main(const char *name);

#endif
