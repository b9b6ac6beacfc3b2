/* integrations/slack/form.h — application/x-www-form-urlencoded, read strictly and written.
 *
 * Refused: broken percent escapes, bytes that no form writer leaves bare (spaces, controls, quotes, braces, beyond
 * ASCII), decoded text that is no UTF-8 or holds a NUL, the same name twice, more than FORM_MAX_FIELDS fields.
 *
 * Thread: any (pure).  Memory: decoded texts live in the arena.
 * Source: URL Standard (WHATWG) §5.                                                                                  */
#ifndef GILBOT_INTEGRATIONS_SLACK_FORM_H
#define GILBOT_INTEGRATIONS_SLACK_FORM_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct buf;

enum { FORM_MAX_FIELDS = 200 };

struct form_field {
    struct str name, value;
};

struct form {
    struct form_field *fields;
    size_t n;
};

/* ERR_INVALID: it is no form.  ERR_NO_MEMORY.  The empty text is a form without fields. */
MUST_USE
enum err form_parse(struct arena *arena, struct str body, struct form *ret_form, struct error *error);

/* The field's value; empty when there is none. */
struct str form_get(const struct form *form, struct str name);

/* Appends "name=value", with '&' before it when the buffer is not empty. */
void form_add(struct buf *out, struct str name, struct str value);

#endif
