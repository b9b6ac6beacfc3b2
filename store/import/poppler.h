/* store/import/poppler.h — executes poppler's pdftohtml, fenced, and takes its XML.
 *
 * Poppler is GPL and parses hostile bytes in C++: it is never linked.
 * Thread: the only one of the reading process (it forks), before that process is sealed.  The file is descriptor 0.
 * Memory: the XML is in the arena.                                                                                   */
#ifndef GILBOT_IMPORT_POPPLER_H
#define GILBOT_IMPORT_POPPLER_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { POPPLER_MAX_BYTES = 64 * 1024 * 1024 };

/* ERR_INVALID: the operator's reason (encrypted, no pages, broken, …). */
MUST_USE enum err poppler_run(struct arena *arena, struct str *ret_xml, struct error *error);

#endif
