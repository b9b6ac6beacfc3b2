/* store/import/import.h — the bytes of a file become a title and a flat list of blocks.
 *
 * The format is told by the content first, by the name's ending where the content does not say it.
 *
 * The readers use foreign libraries on hostile bytes: outside of tests only the fenced child process (fence.h) calls
 * import_read; everybody else calls fence_read.
 *
 * Thread: any.  Memory: results live in the arena and may borrow from the file's bytes.
 * Errors: ERR_INVALID with a sentence for the operator ("this PDF is encrypted; …"); ERR_NO_MEMORY: more than the arena
 *         takes.                                                                                                     */
#ifndef GILBOT_IMPORT_IMPORT_H
#define GILBOT_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "bot/model/block.h"

struct arena;

enum {
    IMPORT_VERSION = 1, /* rises when the same bytes give other blocks: then every document is read again */
    IMPORT_MAX_FILE_BYTES = 64 * 1024 * 1024,
    IMPORT_MAX_TEXT_BYTES = 16 * 1024 * 1024, /* of all blocks together: about 8,000 full pages */
    IMPORT_MAX_BLOCKS = 400000,
    IMPORT_MAX_PAGES = 20000,
    IMPORT_ARENA_BYTES = 256 * 1024 * 1024, /* what a file may need at most while it is read */
};

struct import_file {
    struct str name;    /* with or without a path; only its ending is looked at */
    struct str bytes;   /* may be empty                                         */
    struct str pdf_xml; /* of a PDF: what poppler.h made of the bytes           */
};

struct imported {
    struct str title;                 /* as the file says it; empty: it does not                           */
    struct str date;                  /* "2025-03-01" or empty                                             */
    struct str category, source, url; /* Markdown's front matter; else empty                               */
    int n_pages;                      /* 0: the format has no pages                                        */
    struct blocks blocks;             /* at least one                                                      */
};

MUST_USE
enum err import_read(struct arena *arena, const struct import_file *file, struct imported *ret_imported,
                     struct error *error);

/* Plain text that came as UTF-8 in a record: no foreign library sees it, so it needs no fence. */
MUST_USE
enum err import_text(struct arena *arena, struct str text, struct imported *ret_imported, struct error *error);

/* Whether the ending belongs to a format that is read here: what a walk through a folder picks. */
bool import_knows(struct str name);

/* Told by the content; a text may speak of PDF. */
bool import_is_pdf(const struct import_file *file);

/* What must be opened before the process is fenced: character set tables.  Once, at the process's start. */
void import_prepare(void);

#endif
