/* bot/base/settings_value.h — one scalar (or list of scalars) of gilbot.yaml into its field.
 *
 * Thread: any.  Memory: texts live in the source's arena.  Errors: as settings.h says.                              */
#ifndef GILBOT_BASE_SETTINGS_VALUE_H
#define GILBOT_BASE_SETTINGS_VALUE_H

#include "bot/base/settings_table.h"

/* Reads `node` by the setting's type, which is no section, list of structs or map of them. */
MUST_USE enum err settings_value_read(const struct settings_source *source, const struct setting *setting,
                                      const struct yaml_node *node, void *object);

/* "FILE:LINE:COLUMN: SECTION.NAME must be …; …": the node is of another type than the setting. */
MUST_USE enum err settings_value_refuse(const struct settings_source *source, const struct setting *setting,
                                        const struct yaml_node *node);

#endif
