#include "flows/rules/dmn_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/flows/rules/dmn_fixture.h"

struct place {
    char folder[40], inside[64], link[64], outside[64], sub[64];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define MODEL_OF(namespace, value)                                                                                     \
    "<definitions xmlns=\"" DMN_NS "\" namespace=\"" namespace "\">" DECISION("d", LITERAL(value)) "</definitions>"

/* inside.dmn (urn:in), link.dmn → ../outside (urn:out), sub/. */
static void place_make(struct place *place)
{
    *place = (struct place){.folder = "/tmp/gilbot-dmn-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->inside, sizeof place->inside, "%s/inside.dmn", place->folder);
    snprintf(place->link, sizeof place->link, "%s/link.dmn", place->folder);
    snprintf(place->outside, sizeof place->outside, "%s-outside", place->folder);
    snprintf(place->sub, sizeof place->sub, "%s/sub.dmn", place->folder);
    write_file(place->inside, MODEL_OF("urn:in", "\"in\""));
    write_file(place->outside, MODEL_OF("urn:out", "\"out\""));
    assert_int_equal(symlink(place->outside, place->link), 0);
    assert_int_equal(mkdir(place->sub, 0700), 0);
}

static void place_remove(struct place *place)
{
    remove(place->inside);
    remove(place->link);
    remove(place->outside);
    remove(place->sub);
    remove(place->folder);
}

#define IMPORTING(namespace, location)                                                                                 \
    DMN("<import name='o' namespace='" namespace "' locationURI='" location "' importType='" DMN_NS "'/>"              \
                                                 "<decision name='a'><informationRequirement><requiredDecision "       \
                                                 "href='" namespace "#d'/></informationRequirement>" LITERAL(          \
                                                     "o.d") "</decision>")

/* The value of the decision that an import leads to; its fault when it leads nowhere. */
static void assert_import(const char *xml, const char *expected)
{
    struct place place;
    place_make(&place);
    struct dmn_folder folder = {str_of(place.folder)};
    struct dmn_files files = dmn_folder_files(&folder);
    CLEANUP(dmn_case_release) struct dmn_case c;
    dmn_case_load(&c, str_of(xml), &files);
    place_remove(&place);
    assert_non_null(c.model);
    struct str fault = dmn_fault(dmn_find(c.model, STR("a"))), got = fault.n > 0 ? fault : dmn_case_eval(&c, "a", "{}");
    if (str_find(got, str_of(expected)) == SIZE_MAX)
        assert_str_equal(got, str_of(expected));
}

TEST(an_import, is_found_by_its_location_or_its_namespace)
{
    assert_import(IMPORTING("urn:in", "inside.dmn"), "in");
    assert_import(IMPORTING("urn:in", ""), "in");
    assert_import(IMPORTING("urn:in", "file:///C:/models/elsewhere.dmn"), "in");
    assert_import(IMPORTING("urn:nix", "inside.dmn"), "has the namespace \"urn:nix\"; put the model there");
}

TEST(an_import, does_not_leave_the_folder)
{
    assert_import(IMPORTING("urn:out", "link.dmn"), "has the namespace \"urn:out\"; put the model there");
    assert_import(IMPORTING("urn:out", "../../../../../../../../tmp"), "has the namespace \"urn:out\"");
    assert_import(IMPORTING("urn:out", "/etc/passwd"), "has the namespace \"urn:out\"");
    assert_import(IMPORTING("urn:out", "sub.dmn"), "has the namespace \"urn:out\"");
}

TEST(a_file, that_is_none_is_refused)
{
    CLEANUP(arena_release) struct arena arena;
    struct error error = {0};
    struct dmn_source source;
    arena_init(&arena, 4096);
    assert_int_equal(dmn_folder_open(&arena, STR("/nix/nix.dmn"), &source, &error), ERR_NOT_FOUND);
    assert_str_equal(str_of(error.text), STR("/nix/nix.dmn: cannot be opened: No such file or directory"));
    assert_int_equal(dmn_folder_open(&arena, STR("/tmp"), &source, &error), ERR_INVALID);
    assert_str_equal(str_of(error.text), STR("/tmp: is no file; name a DMN file"));
}

TEST(the_folder_of_a_file, is_what_stands_before_its_name)
{
    assert_str_equal(dmn_folder_of(STR("a/b/c.dmn")), STR("a/b"));
    assert_str_equal(dmn_folder_of(STR("/c.dmn")), STR("/"));
    assert_str_equal(dmn_folder_of(STR("c.dmn")), STR(""));
}

TEST_MAIN
