/* bot/base/yaml_fault.h — libyaml's complaints in words that help somebody who is no programmer.
 *
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_BASE_YAML_FAULT_H
#define GILBOT_BASE_YAML_FAULT_H

#include <stddef.h>

#include "bot/base/str.h"

struct yaml_fault {
    size_t line, column;  /* from 1 */
    const char *sentence; /* "what is wrong; what to do" */
};

/* What libyaml says and where, positions from 0 as it counts; `begun`: where the construct began that it was in. */
struct yaml_complaint {
    const char *problem, *context; /* may be NULL */
    size_t line, column;
    size_t begun_line, begun_column;
};

/* `text`: the whole document. */
struct yaml_fault yaml_fault_explain(const struct yaml_complaint *complaint, struct str text);

#endif
