/* integrations/llm/schema.h — does a model's answer keep to the schema it was given?
 *
 * The part of JSON Schema that endpoints themselves understand in `response_format`: type (one or several), enum, const,
 * properties, required, additionalProperties: false, items, minItems, maxItems, minLength, maxLength (code points), minimum,
 * maximum, anyOf.  Other words are passed over, as JSON Schema wants it.
 *
 * Thread: any (pure).  Source: JSON Schema 2020-12, validation vocabulary.                                           */
#ifndef GILBOT_INTEGRATIONS_LLM_SCHEMA_H
#define GILBOT_INTEGRATIONS_LLM_SCHEMA_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct json_value;

/* OK, or ERR_INVALID with the place and the rule, in words for the model: "claims[0].text: is missing". */
MUST_USE
enum err schema_check(const struct json_value *schema, const struct json_value *value, struct arena *arena,
                      struct error *error);

/* The JSON object in what a model said: without white space, a ``` fence or words around it.  Empty: there is none. */
struct str schema_object_in(struct str text);

#endif
