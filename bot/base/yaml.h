/* bot/base/yaml.h — YAML 1.2 core documents as trees with positions (libyaml behind it).
 *
 * One document per file.  Refused with a position: duplicate keys, anchors/aliases beyond YAML_MAX_NODES expanded
 * nodes, tags other than the core ones, depth > YAML_MAX_DEPTH, files > YAML_MAX_BYTES, invalid UTF-8.
 * Plain scalars are typed by the core schema of YAML 1.2 (`yes`, `on`, `12:30` are strings); everything quoted or in
 * block style is a string.
 *
 * Thread: any.  Memory: the tree lives in the arena.
 * Errors: ERR_INVALID with "FILE:LINE:COLUMN: what is wrong; what to do" as its sentence.                           */
#ifndef GILBOT_BASE_YAML_H
#define GILBOT_BASE_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { YAML_MAX_NODES = 200000, YAML_MAX_DEPTH = 64, YAML_MAX_BYTES = 8 * 1024 * 1024 };

enum yaml_kind { YAML_NULL, YAML_BOOL, YAML_INT, YAML_FLOAT, YAML_STRING, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    bool plain;            /* a plain (unquoted, not block) scalar                                      */
    bool boolean;          /* YAML_BOOL                                                                 */
    struct str text;       /* every scalar: its text as written (decoded), whatever the kind            */
    struct str key;        /* as member of a map: the key's text                                        */
    uint32_t line, column; /* of the value, from 1; columns count code points                           */
    uint32_t key_line, key_column;
    struct yaml_node *child; /* first element or member, in file order                                    */
    struct yaml_node *next;
    size_t n;
};

/* Parses `text`, known to people as `file` (kept in messages). An empty document gives a YAML_NULL node. */
MUST_USE enum err yaml_read(struct arena *arena, struct str file, struct str text, struct yaml_node **ret_root,
                            struct error *error);
/* Reads the file at `path` (NUL-terminated) and parses it.  ERR_NOT_FOUND when it cannot be opened. */
MUST_USE enum err yaml_read_file(struct arena *arena, const char *path, struct yaml_node **ret_root,
                                 struct error *error);

/* The member called `key`, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, struct str key);

/* ERR_INVALID with the node's place in front: "FILE:LINE:COLUMN: …".  `node` NULL: only the file. */
MUST_USE PRINTF(4, 5) enum err
    yaml_fail(struct error *error, struct str file, const struct yaml_node *node, const char *format, ...);

/* The closest of `n` known words to `word` within two edits, or the empty string: for "did you mean". */
struct str yaml_suggest(struct str word, const char *const *known, size_t n);

#endif
