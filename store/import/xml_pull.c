#include "store/import/xml_pull.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "store/import/import.h"
#include "store/import/making.h"
#include "store/import/zip.h"

#include "bot/base/banned.h"

static xmlTextReader *reader_of(const struct xml_pull *xml)
{
    return (xmlTextReader *)(void *)xml->state;
}

static void broken(struct xml_pull *xml)
{
    struct str what = xml->what.n > 0 ? xml->what : STR("this office file");
    making_fail(xml->making, ERR_INVALID, "%.*s is broken; open it in its program and save it again", STR_ARG(what));
}

void xml_open(struct xml_pull *xml, struct making *making, struct str bytes)
{
    *xml = (struct xml_pull){.making = making, .what = xml->what};
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
    if (bytes.n > 0 && bytes.n <= ZIP_MAX_BYTES)
        xml->state = (struct xml_state *)(void *)xmlReaderForMemory(bytes.p, (int)bytes.n, NULL, NULL, options);
    if (xml->state == NULL)
        broken(xml);
}

void xml_close(struct xml_pull *xml)
{
    if (xml->state != NULL)
        xmlFreeTextReader(reader_of(xml));
    xml->state = NULL;
}

bool xml_next(struct xml_pull *xml)
{
    if (xml->making->rc != OK || xml->ended || xml->state == NULL)
        return false;
    if (xml->pending_end) {
        xml->pending_end = false;
        return true;
    }
    int code = xmlTextReaderRead(reader_of(xml));
    xml->ended = code != 1;
    if (code < 0)
        broken(xml);
    if (code != 1)
        return false;
    int type = xmlTextReaderNodeType(reader_of(xml));
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE) {
        making_fail(xml->making, ERR_INVALID, "it holds entities of its own; no office program writes them");
        return false;
    }
    xml->pending_end = type == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement(reader_of(xml)) == 1;
    return true;
}

static bool is_named(const struct xml_pull *xml, const char *name)
{
    const xmlChar *have = xmlTextReaderConstLocalName(reader_of(xml));
    return name == NULL || (have != NULL && strcmp((const char *)have, name) == 0);
}

bool xml_begins(const struct xml_pull *xml, const char *name)
{
    bool empty = xmlTextReaderIsEmptyElement(reader_of(xml)) == 1;
    return xmlTextReaderNodeType(reader_of(xml)) == XML_READER_TYPE_ELEMENT && (!empty || xml->pending_end) &&
           is_named(xml, name);
}

bool xml_ends(const struct xml_pull *xml, const char *name)
{
    int type = xmlTextReaderNodeType(reader_of(xml));
    bool empty_ends =
        type == XML_READER_TYPE_ELEMENT && !xml->pending_end && xmlTextReaderIsEmptyElement(reader_of(xml)) == 1;
    return (type == XML_READER_TYPE_END_ELEMENT || empty_ends) && is_named(xml, name);
}

bool xml_is_text(const struct xml_pull *xml)
{
    int type = xmlTextReaderNodeType(reader_of(xml));
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE || type == XML_READER_TYPE_WHITESPACE;
}

struct str xml_text(const struct xml_pull *xml)
{
    return str_of((const char *)xmlTextReaderConstValue(reader_of(xml)));
}

struct str xml_attribute(const struct xml_pull *xml, const char *name)
{
    xmlTextReader *reader = reader_of(xml);
    struct str value = STR("");
    for (int more = xmlTextReaderMoveToFirstAttribute(reader); more == 1;
         more = xmlTextReaderMoveToNextAttribute(reader))
        if (strcmp((const char *)xmlTextReaderConstLocalName(reader), name) == 0) {
            value = str_of((const char *)xmlTextReaderConstValue(reader));
            break;
        }
    xmlTextReaderMoveToElement(reader);
    return value;
}

struct str xml_relationship(const struct xml_pull *xml)
{
    xmlTextReader *reader = reader_of(xml);
    struct str value = STR("");
    for (int more = xmlTextReaderMoveToFirstAttribute(reader); more == 1;
         more = xmlTextReaderMoveToNextAttribute(reader))
        if (xmlTextReaderConstPrefix(reader) != NULL &&
            strcmp((const char *)xmlTextReaderConstLocalName(reader), "id") == 0)
            value = str_of((const char *)xmlTextReaderConstValue(reader));
    xmlTextReaderMoveToElement(reader);
    return value;
}

int xml_depth(const struct xml_pull *xml)
{
    return xmlTextReaderDepth(reader_of(xml));
}
