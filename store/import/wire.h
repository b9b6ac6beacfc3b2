/* store/import/wire.h — a document, or why there is none, as bytes on the pipe from the fenced process.
 *
 *   "gilbot1\n"  'E' code:u32 sentence                                          it could not be read
 *              | 'D' title date category source url pages:u32  block…  'Z' n_blocks:u32
 *   block: 'B' kind:u32 level:u32 page:u32 text header      text: length:u32 bytes      header: 'n' none, 's' as before,
 *          't' text                                         numbers in this machine's own order: both ends are one program
 *
 * What comes from there is as little trusted as the file: lengths, numbers, UTF-8 and the end are checked.
 * Thread: any.  Memory: what is read borrows from the bytes; the blocks' array is in the arena.                      */
#ifndef GILBOT_IMPORT_WIRE_H
#define GILBOT_IMPORT_WIRE_H

#include <stdbool.h>

#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct buf;
struct imported;

enum { WIRE_MAX_BYTES = 48 * 1024 * 1024 };

void wire_add_document(struct buf *out, const struct imported *imported);
void wire_add_failure(struct buf *out, const struct error *error);

/* OK: the document is whole.  A failure that
 * was told comes with its own code and sentence.  ERR_REMOTE: they are cut, or nonsense. */
MUST_USE
enum err wire_read(struct arena *arena, struct str bytes, struct imported *ret_imported, struct error *error);

#endif
