/* store/import/xml_pull.h — an XML text from its beginning to its end, element by element, in bounded memory.
 *
 *   struct xml_pull xml;
 *   xml_open(&xml, making, bytes);
 *   while (xml_next(&xml))
 *       if (xml_begins(&xml, "t")) …
 *   xml_close(&xml);                                       it is a fault of the file when the text is cut or broken
 *
 * Names are without their prefix: the formats read here name nothing twice.  A DTD is refused, and with it every entity
 * but the five of XML itself.
 * Thread: one.  Memory: xml_text and xml_attribute borrow until the next xml_next.                                   */
#ifndef GILBOT_IMPORT_XML_PULL_H
#define GILBOT_IMPORT_XML_PULL_H

#include <stdbool.h>

#include "bot/base/str.h"

struct making;
struct xml_state;

struct xml_pull {
    struct making *making;
    struct xml_state *state; /* the parser's own */
    struct str what;         /* for the message; "this office file" when empty */
    bool ended;
    bool pending_end; /* an empty element ends at the next step */
};

void xml_open(struct xml_pull *xml, struct making *making, struct str bytes);
void xml_close(struct xml_pull *xml);

/* The next begin, end or text.  False: the end, or the making has failed. */
bool xml_next(struct xml_pull *xml);

/* Where it stands.  `name` NULL: any. */
bool xml_begins(const struct xml_pull *xml, const char *name);
bool xml_ends(const struct xml_pull *xml, const char *name);
bool xml_is_text(const struct xml_pull *xml);

struct str xml_text(const struct xml_pull *xml);

/* An attribute of the element that begins; `name` without prefix; empty when absent. */
struct str xml_attribute(const struct xml_pull *xml, const char *name);

/* Its r:id, beside which there is often an `id` without a prefix. */
struct str xml_relationship(const struct xml_pull *xml);

/* How many elements are open around this place. */
int xml_depth(const struct xml_pull *xml);

#endif
