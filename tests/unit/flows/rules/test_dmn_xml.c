#include "flows/rules/dmn_xml.h"

#include <stdlib.h>

#include "flows/rules/limits.h"
#include "tests/unit/flows/rules/dmn_fixture.h"

/* What is said about a file that is refused. */
static void refused(const char *xml, const char *why)
{
    DMN_CASE(c, xml);
    assert_null(c.model);
    assert_str_equal(str_of(c.error.text), str_of(why));
}

TEST(a_dmn_file, may_be_of_any_version_from_1_1_on)
{
    static const char *const namespaces[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20240513/MODEL/",
    };
    for (size_t i = 0; i < COUNT_OF(namespaces); i++) {
        char xml[512];
        snprintf(xml, sizeof xml,
                 "<d:definitions xmlns:d='%s'><d:decision name='a'><d:literalExpression><d:text>1 + 1"
                 "</d:text></d:literalExpression></d:decision></d:definitions>",
                 namespaces[i]);
        DMN_CASE(c, xml);
        ASSERT_DECIDES(&c, "a", "{}", "2");
    }
}

TEST(a_dmn_file, that_is_none_is_refused_with_a_place)
{
    refused("", "m.dmn:1:1: the file is empty; a DMN file begins with <definitions …>");
    refused(" \n", "m.dmn:1:1: the file is empty; a DMN file begins with <definitions …>");
    refused("hello", "m.dmn:1:1: this is no XML; a DMN file begins with <definitions …>");
    refused("<a/>", "m.dmn:1:1: <a> is no DMN model; a DMN file begins with <definitions>");
    refused("<!-- x -->\n <definitions xmlns='urn:x'/>",
            "m.dmn:2:2: <definitions> of the namespace \"urn:x\"; DMN 1.1 to 1.6 is read");
}

TEST(a_dmn_file, that_is_not_well_formed_is_refused_with_a_place)
{
    refused(DMN("<decision>\n  </dec>"),
            "m.dmn:3:3: </dec> closes what began as <decision> in line 2; close that first");
    refused("<definitions xmlns='" DMN_NS "'>\n<decision",
            "m.dmn:2:10: the file ends too early; it seems to be cut off");
    refused("<definitions xmlns='" DMN_NS "'>\n<decision>",
            "m.dmn:2:11: the file ends too early; it seems to be cut off");
    refused(DMN("") "x", "m.dmn:3:1: something follows the end of <definitions>; delete it");
    refused(DMN("<decision name='가' a='1' a='2'/>"), "m.dmn:2:31: the attribute `a` stands twice; delete one");
    refused(DMN("<text>a < b</text>"), "m.dmn:2:10: a name is wanted here; write &lt; for a < and &amp; for an &");
    refused(DMN("<text>&nbsp;</text>"),
            "m.dmn:2:13: `&nbsp;` is not known; write the character itself, or &amp; for an &");
    refused(DMN("<text>\x01</text>"), "m.dmn:2:7: this is no well-formed XML; mend it here, or save the model again");
}

TEST(a_dmn_file, that_is_not_utf_8_is_refused_with_a_place)
{
    refused(DMN("가 <decision name='\xb0\xa1'/>"), "m.dmn:2:19: this is not UTF-8; save the model as UTF-8");
    refused("\xff\xfe<\0", "m.dmn:1:1: this is not UTF-8; save the model as UTF-8");
}

TEST(a_dmn_file, may_begin_with_a_byte_order_mark_and_name_any_encoding_while_it_is_utf_8)
{
    DMN_CASE(c, "\xEF\xBB\xBF<?xml version='1.0' encoding='EUC-KR'?>\n" DMN(DECISION("인사", LITERAL("\"안녕\""))));
    ASSERT_DECIDES(&c, "인사", "{}", "안녕");
}

TEST(a_dtd, is_refused_whatever_is_in_it)
{
    static const char *const why = "m.dmn:1:1: a DTD (<!DOCTYPE …>) is not read, for safety; delete it";
    refused("<!DOCTYPE definitions SYSTEM 'http://127.0.0.1:1/x.dtd'>" DMN(""), why);
    refused("<!DOCTYPE d [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" DMN(DECISION("a", LITERAL("\"&f;\""))), why);
    refused("<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c "
            "'&b;&b;&b;&b;&b;'>]>" DMN(DECISION("a", LITERAL("\"&c;\""))),
            why);
}

/* n times `piece`, between `before` and `after`. */
static struct str repeated(const char *before, const char *piece, size_t n, const char *after)
{
    size_t most = strlen(before) + n * strlen(piece) + strlen(after);
    char *text = malloc(most + 1), *at = text;
    assert_non_null(text);
    at += snprintf(at, most + 1, "%s", before);
    for (size_t i = 0; i < n; i++, at += strlen(piece))
        memcpy(at, piece, strlen(piece));
    snprintf(at, strlen(after) + 1, "%s", after);
    return (struct str){text, most};
}

static void refused_repeated(const char *piece, size_t n, const char *why)
{
    struct str xml = repeated("<definitions xmlns='" DMN_NS "'>", piece, n, "");
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, xml, NULL);
    assert_null(c.model);
    assert_str_equal(str_of(c.error.text), str_of(why));
    free((char *)xml.p);
}

TEST(a_dmn_file, of_ten_thousand_nested_elements_is_refused)
{
    refused_repeated("<context>", 10 * 1000,
                     "m.dmn:1:1858: elements are nested more than 200 deep; split the expression up");
    refused_repeated("<x:y xmlns:x='urn:x'>", 10 * 1000,
                     "m.dmn:1:4246: elements are nested more than 200 deep; split the expression up");
}

TEST(a_dmn_file, of_too_many_elements_or_bytes_is_refused)
{
    refused_repeated("<a/>", DMN_MAX_ELEMENTS + 1, "m.dmn:1:1200063: more than 300000 elements; split the model up");
    refused_repeated("          ", 1024 * 1024, "m.dmn:1:1: more than 8 MiB; split the model up");
}

TEST(a_text, may_be_written_with_references_cdata_and_comments)
{
    DMN_CASE(c, DMN(DECISION(
                    "a", LITERAL("1 &lt; 2 and <![CDATA[2 < 3]]> and \"&amp;&#44032;\" = <!-- no -->\"&amp;가\""))));
    ASSERT_DECIDES(&c, "a", "{}", "true");
}

TEST(a_text, of_more_than_an_expression_may_have_is_refused)
{
    struct str xml = repeated("<definitions xmlns='" DMN_NS "'>\n<decision name='a'><literalExpression><text>", "1 + ",
                              20 * 1000, "1</text></literalExpression></decision></definitions>");
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, xml, NULL);
    ASSERT_REFUSED(&c, "m.dmn:2:45: a text of more than 65536 bytes; split the expression up");
    free((char *)xml.p);
}

TEST(what_is_not_of_dmn, is_read_over)
{
    DMN_CASE(c, DMN("<extensionElements><v:decision xmlns:v='urn:v' name='b'><decision name='c'/></v:decision>"
                    "</extensionElements>" DECISION("a", "<v:x xmlns:v='urn:v'>" LITERAL("2") "</v:x>" LITERAL("1"))));
    ASSERT_DECIDES(&c, "a", "{}", "1");
    assert_null(dmn_find(c.model, STR("c")));
}

TEST(the_namespace_of_a_model, is_found_in_the_beginning_of_its_file)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 4096);
    assert_str_equal(dmn_namespace(&arena, STR(DMN(""))), STR("urn:t"));
    assert_str_equal(dmn_namespace(&arena, str_first(STR(DMN("")), 95)), STR("urn:t"));
    assert_str_equal(dmn_namespace(&arena, STR("<definitions namespace='x'/>")), STR(""));
    assert_str_equal(dmn_namespace(&arena, STR("<!DOCTYPE x>" DMN(""))), STR(""));
    assert_str_equal(dmn_namespace(&arena, STR("<!DOCTYPE x\xEE\xEE [<!ENTITY a \"b\" ")), STR("")); /* a leak once */
    assert_str_equal(dmn_namespace(&arena, STR("x")), STR(""));
    assert_str_equal(dmn_namespace(&arena, STR("")), STR(""));
}

TEST_MAIN
