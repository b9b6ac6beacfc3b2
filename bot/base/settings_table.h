/* bot/base/settings_table.h — fills a struct from a YAML map by a table: one line a setting.
 *
 *   static const struct setting log_settings[] = {
 *       {.name = "level", .type = SETTING_WORD, .offset = offsetof(struct settings_log, level), .words = levels,
 *        .otherwise = "info", .help = "from which level on lines are written"},
 *   };
 *
 * A setting that the file does not hold gets `otherwise`, read as if it stood there; without one it stays zero.
 * A null where a section, list or map is expected counts as absent, so that all its lines may be commented out.
 *
 * Thread: any.  Memory: texts and items live in the arena.  Errors: as settings.h says.                             */
#ifndef GILBOT_BASE_SETTINGS_TABLE_H
#define GILBOT_BASE_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct setting;
struct yaml_node;

enum setting_type { /* the field's type                                                                      */
                    SETTING_TEXT, /* struct str                                                                            */
                    SETTING_SECRET, /* struct str; also {file: PATH}; never shown in a message                               */
                    SETTING_ID, /* struct str: a text, or a number as it is written                                      */
                    SETTING_TEXTS, /* struct strs: one or a list                                                            */
                    SETTING_IDS, /* struct strs: one or a list                                                            */
                    SETTING_BOOL, /* bool                                                                                  */
                    SETTING_INT, /* int64_t                                                                               */
                    SETTING_NUMBER, /* double                                                                                */
                    SETTING_BYTES, /* int64_t bytes: 512, 64KiB, 1MiB, 2GiB                                                 */
                    SETTING_DURATION, /* int64_t milliseconds: 500ms, 30s, 5m, 2h, 7d                                          */
                    SETTING_WORD, /* an enum: one of `words`                                                               */
                    SETTING_WORDS, /* unsigned: one or a list of `words`, or-ed                                             */
                    SETTING_PARSED, /* whatever `parse` fills from a text (or a number as written)                           */
                    SETTING_SECTION, /* a struct filled by `table`; `offset_more`: of a bool that says whether it is there,
                            0: none, the section's defaults count when it is absent                               */
                    SETTING_LIST, /* a pointer to structs filled by `table`; `offset_more`: of their size_t count          */
                    SETTING_NAMED, /* the same from a map; each item's SETTING_NAME is its key                              */
                    SETTING_NAME, /* struct str: the key of the map's member that this item is                             */
};

struct setting_word {
    const char *word; /* NULL ends a list */
    int value;
};

/* What every reading function needs. */
struct settings_source {
    struct arena *arena;
    struct error *error;
    struct str file, folder;
    struct str section; /* "slack.people.cs", "routes": for messages; empty at the root */
};

/* Fills its part of `object` (the struct that the table describes) from `text`, which stood at `node`. */
typedef enum err setting_parse(const struct settings_source *source, const struct setting *setting,
                               const struct yaml_node *node, struct str text, void *object);
/* Looks at the whole struct after all its settings were read. */
typedef enum err settings_finish(const struct settings_source *source, const struct yaml_node *node, void *object);

struct setting {
    const char *name;
    enum setting_type type;
    bool required;
    size_t offset, offset_more;
    const char *otherwise;
    int64_t least, most; /* numbers: the range, when they differ; texts: the least number of bytes */
    const struct setting_word *words;
    const struct settings_table *table;
    setting_parse *parse;
    const char *help; /* what it is, in a few words that end the sentence "…; add it: " */
};

struct settings_table {
    const struct setting *settings;
    size_t n;
    size_t bytes;            /* of the struct            */
    settings_finish *finish; /* NULL: nothing to look at */
};

/* Fills `object` from `map` (NULL: nothing but defaults). */
MUST_USE enum err settings_table_read(const struct settings_source *source, const struct settings_table *table,
                                      const struct yaml_node *map, void *object);

/* "FILE:LINE:COLUMN: SECTION.NAME <sentence>" */
MUST_USE PRINTF(4, 5) enum err settings_table_fail(const struct settings_source *source, const struct setting *setting,
                                                   const struct yaml_node *node, const char *format, ...);

/* `path`, or the folder's file of this name when it is relative; NUL-terminated. */
MUST_USE enum err settings_table_path(const struct settings_source *source, struct str path, struct str *ret_path);

#endif
