/* bot/base/yaml_scalar.h — what a plain scalar means: the core schema of YAML 1.2.2, §10.3.
 *
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_BASE_YAML_SCALAR_H
#define GILBOT_BASE_YAML_SCALAR_H

#include "bot/base/str.h"
#include "bot/base/yaml.h"

/* YAML_NULL, YAML_BOOL, YAML_INT, YAML_FLOAT or YAML_STRING. */
enum yaml_kind yaml_scalar_kind(struct str text);

/* Whether a text of kind YAML_BOOL means true. */
bool yaml_scalar_is_true(struct str text);

#endif
