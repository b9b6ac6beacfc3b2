/* flows/survey/render.h — a text with its expressions replaced by their values (flow-language.md, "Texts").
 *
 * Numbers without trailing zeros, booleans and a choice's labels in the conversation's language, lists joined by ", ",
 * null as nothing; of a context of languages ({ko: "샐러드", en: "Salad"}) the person's.  As markup, values are escaped: what a user typed is never read as markup.
 *
 * Thread: one.  Memory: results in the arena of the event.                                                          */
#ifndef GILBOT_FLOWS_SURVEY_RENDER_H
#define GILBOT_FLOWS_SURVEY_RENDER_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/survey/scope.h"

enum { RENDER_MAX_BYTES = 64 * 1024 };

enum render_as { RENDER_MARKUP, RENDER_PLAIN };

struct renderer {
    struct scope *scope;
    struct str locale; /* of the conversation */
    enum render_as as;
};

/* The text in the conversation's language; empty when it is absent, cut at RENDER_MAX_BYTES.  ERR_NO_MEMORY. */
MUST_USE
enum err render(const struct renderer *renderer, const struct text *text, struct str *ret_text);

/* A value as people read it, without escapes.  ERR_NO_MEMORY. */
MUST_USE
enum err render_value(const struct renderer *renderer, const struct value *value, struct str *ret_text);

#endif
