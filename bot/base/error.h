/* bot/base/error.h — an outcome, and a sentence that grows on the way up.
 *
 *   return fail(error, ERR_INVALID, "byte %d: %s", at, why);      at the source
 *   return during(error, "reading a Slack event");                where more is known: "…; while reading a Slack event"
 *
 * Handle or return, never both log and return; the worker that owns the event logs once.
 * Thread: a struct error belongs to its caller.  Memory: none; text is cut to fit, on purpose: reporting never fails.
 * `error` may be NULL everywhere: then only the code is returned.                                               */
#ifndef GILBOT_BASE_ERROR_H
#define GILBOT_BASE_ERROR_H

#include <stddef.h>

#include "bot/base/attributes.h"

enum err {
    OK,
    ERR_INVALID,   /* the input is wrong: trying again will not help                 */
    ERR_NOT_FOUND, /* what was named does not exist                                  */
    ERR_CONFLICT,  /* somebody else was first                                        */
    ERR_BUSY,      /* not now: try again later                                       */
    ERR_REMOTE,    /* another service failed: try again later                        */
    ERR_NO_MEMORY, /* an arena's or a buffer's limit, or the machine's memory        */
    ERR_INTERNAL,  /* a bug, a full or broken disk                                   */
};

struct error {
    enum err code;
    size_t n;       /* bytes in text */
    char text[240]; /* NUL-terminated UTF-8 sentence without a full stop */
};

/* Sets the code and the sentence; returns `code`. */
MUST_USE
PRINTF(3, 4) enum err fail(struct error *error, enum err code, const char *format, ...);

/* Appends "; while …" to a failure; returns its code (ERR_INTERNAL when error is NULL or holds OK). */
MUST_USE
PRINTF(2, 3) enum err during(struct error *error, const char *format, ...);

/* "ok", "invalid", "not_found", "conflict", "busy", "remote", "no_memory", "internal". */
const char *err_name(enum err code);

#endif
