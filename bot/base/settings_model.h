/* bot/base/settings_model.h — an item of `llm` in gilbot.yaml.
 *
 * Thread: any.  Memory: as settings_table.h says.                                                                    */
#ifndef GILBOT_BASE_SETTINGS_MODEL_H
#define GILBOT_BASE_SETTINGS_MODEL_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"

struct settings;
struct settings_source;
struct settings_table;
struct yaml_node;

/* Fills a struct settings_model. */
extern const struct settings_table settings_model_table;

/* ERR_INVALID: two have one name.  `root`: of the file. */
MUST_USE
enum err settings_model_check_names(const struct settings_source *source, const struct yaml_node *root,
                                    const struct settings *settings);

#endif
