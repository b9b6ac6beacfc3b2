/* flows/rules/dmn_xml.h — the XML of a DMN file as a small tree; the only home of libxml2 for DMN.  Internal.
 *
 * Only elements of DMN's own namespaces come into the tree: diagrams and vendors' extensions are read over.
 * Hostile files: a DTD is refused at its first word (so there are no entities but XML's five), nothing is fetched, no
 * other file is opened, and bytes, elements and depth are bounded by limits.h.
 *
 * Memory: the tree lives in the arena; texts are copied into it.  Errors: "FILE:LINE:COLUMN: what is wrong; what to do".
 * Source: XML 1.0, Namespaces in XML 1.0.                                                                           */
#ifndef GILBOT_FLOWS_RULES_DMN_XML_H
#define GILBOT_FLOWS_RULES_DMN_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

/* A place in the file: from 1, the column in code points. */
struct dmn_place {
    uint32_t line, column;
};

struct dmn_attribute {
    struct str name, value; /* without those of other namespaces */
};

struct dmn_node {
    struct str name; /* without prefix */
    const struct dmn_attribute *attributes;
    size_t n_attributes;
    struct str text; /* of <text> and <typeRef>, references resolved, not trimmed */
    size_t text_at;  /* where it begins: bytes into the file                      */
    bool is_plain;   /* in the file stand the same bytes                          */
    struct dmn_place at, text_place;
    struct dmn_node *child, *next;
};

/* A prefix that the root element declares. */
struct dmn_prefix {
    struct str prefix, uri;
};

struct dmn_xml {
    struct str file, bytes;
    const struct dmn_node *root; /* <definitions> */
    struct str version;          /* "1.1" … "1.6" */
    const struct dmn_prefix *prefixes;
    size_t n_prefixes;
};

/* `file`: its name in messages.  `bytes` must outlive the tree.  ERR_INVALID, ERR_NO_MEMORY. */
MUST_USE
enum err dmn_xml_read(struct arena *arena, struct str file, struct str bytes, struct dmn_xml *ret_xml,
                      struct error *error);

/* The attribute's value; "" when there is none. */
struct str dmn_attribute(const struct dmn_node *node, const char *name);
/* The first child of that name, or NULL; `node` may be NULL. */
const struct dmn_node *dmn_child(const struct dmn_node *node, const char *name);
bool dmn_is(const struct dmn_node *node, const char *name);

#endif
