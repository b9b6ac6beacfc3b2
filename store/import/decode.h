/* store/import/decode.h — text files come as UTF-8, UTF-16 or CP949 (which holds EUC-KR): all become UTF-8.
 *
 * Told by the byte order mark, else by what the bytes can be: UTF-8 is hardly ever valid by accident; UTF-16 has every
 * other byte zero or of few values; the rest must be valid CP949.
 * Thread: any, after decode_prepare.  Memory: the arena; UTF-8 is not copied.                                         */
#ifndef GILBOT_IMPORT_DECODE_H
#define GILBOT_IMPORT_DECODE_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* Opens the table of CP949; without it the first such file opens it, which a fenced process cannot. */
void decode_prepare(void);

/* Without the byte order mark.  ERR_INVALID: none of the three. */
MUST_USE enum err decode_text(struct arena *arena, struct str bytes, struct str *ret_text, struct error *error);

#endif
