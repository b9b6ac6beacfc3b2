#include "bot/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bot/base/banned.h"

static void append(struct error *error, const char *format, va_list args)
{
    size_t room = sizeof error->text - error->n;
    int n = vsnprintf(error->text + error->n, room, format, args);
    if (n < 0)
        return;
    error->n += (size_t)n < room ? (size_t)n : room - 1;
    /* never end in half a UTF-8 character */
    while (error->n > 0 && (size_t)n >= room && ((unsigned char)error->text[error->n - 1] & 0xC0) == 0x80)
        error->n--;
    if (error->n > 0 && (size_t)n >= room && ((unsigned char)error->text[error->n - 1] & 0xC0) == 0xC0)
        error->n--;
    error->text[error->n] = '\0';
}

enum err fail(struct error *error, enum err code, const char *format, ...)
{
    if (error == NULL)
        return code;
    *error = (struct error){.code = code};
    va_list args;
    va_start(args, format);
    append(error, format, args);
    va_end(args);
    return code;
}

enum err during(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return ERR_INTERNAL;
    if (error->code == OK)
        error->code = ERR_INTERNAL;
    static const char joint[] = "; while ";
    if (error->n + sizeof joint < sizeof error->text) {
        memcpy(error->text + error->n, joint, sizeof joint);
        error->n += sizeof joint - 1;
        va_list args;
        va_start(args, format);
        append(error, format, args);
        va_end(args);
    }
    return error->code;
}

const char *err_name(enum err code)
{
    static const char *const names[] = {
        [OK] = "ok",         [ERR_INVALID] = "invalid", [ERR_NOT_FOUND] = "not_found", [ERR_CONFLICT] = "conflict",
        [ERR_BUSY] = "busy", [ERR_REMOTE] = "remote",   [ERR_NO_MEMORY] = "no_memory", [ERR_INTERNAL] = "internal",
    };
    return names[code];
}
