#include "bot/base/yaml.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "tests/support/test.h"

static struct arena arena;
static struct error error;

static enum err try_read(struct str text)
{
    arena_release(&arena);
    arena_init(&arena, 256 << 20);
    error = (struct error){.code = OK};
    struct yaml_node *root;
    return yaml_read(&arena, STR("f.yaml"), text, &root, &error);
}

static const struct yaml_node *read_text(const char *text)
{
    arena_release(&arena);
    arena_init(&arena, 1 << 20);
    error = (struct error){.code = OK};
    struct yaml_node *root = NULL;
    if (yaml_read(&arena, STR("f.yaml"), str_of(text), &root, &error) != OK)
        fail_msg("%s", error.text);
    return root;
}

/* The text is refused with exactly this sentence. */
static void assert_refused(const char *text, const char *sentence)
{
    if (try_read(str_of(text)) != ERR_INVALID)
        fail_msg("accepted: %s", text);
    assert_string_equal(error.text, sentence);
    arena_release(&arena);
}

static enum yaml_kind kind_of(const char *text)
{
    return read_text(text)->kind;
}

TEST(yaml, an_empty_document_is_null)
{
    assert_int_equal(kind_of(""), YAML_NULL);
    assert_int_equal(kind_of("# only a comment\n"), YAML_NULL);
    assert_int_equal(kind_of("---\n...\n"), YAML_NULL);
    arena_release(&arena);
}

TEST(yaml, plain_scalars_follow_the_core_schema)
{
    static const struct {
        const char *text;
        enum yaml_kind kind;
    } cases[] = {
        {"~", YAML_NULL},       {"null", YAML_NULL},    {"NULL", YAML_NULL},         {"nULL", YAML_STRING},
        {"true", YAML_BOOL},    {"False", YAML_BOOL},   {"tRUE", YAML_STRING},       {"yes", YAML_STRING},
        {"no", YAML_STRING},    {"on", YAML_STRING},    {"y", YAML_STRING},          {"12", YAML_INT},
        {"-12", YAML_INT},      {"+12", YAML_INT},      {"0123", YAML_INT},          {"0o17", YAML_INT},
        {"0o18", YAML_STRING},  {"0xfF", YAML_INT},     {"-0x1", YAML_STRING},       {"0x", YAML_STRING},
        {"1_000", YAML_STRING}, {"12:30", YAML_STRING}, {"1.5", YAML_FLOAT},         {"-.5", YAML_FLOAT},
        {"1.", YAML_FLOAT},     {"1e3", YAML_FLOAT},    {"1e", YAML_STRING},         {".", YAML_STRING},
        {"1.5e-3", YAML_FLOAT}, {".inf", YAML_FLOAT},   {"-.INF", YAML_FLOAT},       {".nan", YAML_FLOAT},
        {"-.nan", YAML_STRING}, {"1.2.3", YAML_STRING}, {"2026-01-31", YAML_STRING}, {"-", YAML_LIST},
        {"+", YAML_STRING},     {"C0123", YAML_STRING}, {"한글", YAML_STRING},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (kind_of(cases[i].text) != cases[i].kind)
            fail_msg("%s", cases[i].text);
    assert_true(read_text("True")->boolean);
    assert_false(read_text("false")->boolean);
    arena_release(&arena);
}

TEST(yaml, quoted_and_block_scalars_are_strings)
{
    const struct yaml_node *list = read_text("- '12'\n- \"true\"\n- |\n  12\n- >\n  null\n- 'it''s'\n- \"\\u00e9\"\n");
    for (const struct yaml_node *v = list->child; v != NULL; v = v->next) {
        assert_int_equal(v->kind, YAML_STRING);
        assert_false(v->plain);
    }
    assert_str_equal(list->child->next->next->text, STR("12\n"));
    assert_str_equal(list->child->next->next->next->next->text, STR("it's"));
    assert_int_equal(list->n, 6);
    arena_release(&arena);
}

TEST(yaml, members_keep_file_order_and_positions)
{
    const struct yaml_node *map = read_text("b: 1\n한글: [x, {y: 2}]\n\"q\":\n  - z\n");
    assert_int_equal(map->n, 3);
    assert_str_equal(map->child->key, STR("b"));
    const struct yaml_node *list = yaml_get(map, STR("한글"));
    assert_int_equal(list->line, 2);
    assert_int_equal(list->column, 5);
    assert_int_equal(list->key_line, 2);
    assert_int_equal(list->key_column, 1);
    const struct yaml_node *y = yaml_get(list->child->next, STR("y"));
    assert_str_equal(y->text, STR("2"));
    assert_int_equal(y->column, 13);
    assert_int_equal(yaml_get(map, STR("q"))->child->line, 4);
    assert_null(yaml_get(map, STR("none")));
    assert_null(yaml_get(NULL, STR("none")));
    assert_null(yaml_get(list, STR("x")));
    arena_release(&arena);
}

TEST(yaml, windows_line_ends_and_byte_order_mark_are_fine)
{
    const struct yaml_node *map = read_text("\xEF\xBB\xBF"
                                            "a: 1\r\nb: 2\r\n");
    assert_str_equal(yaml_get(map, STR("b"))->text, STR("2"));
    assert_int_equal(map->child->key_column, 1);
    arena_release(&arena);
}

TEST(yaml, anchors_and_aliases_repeat_values)
{
    const struct yaml_node *map = read_text("a: &x {k: [1, 2]}\nb: *x\nc: &x 5\nd: *x\n");
    assert_str_equal(yaml_get(yaml_get(map, STR("b")), STR("k"))->child->next->text, STR("2"));
    assert_int_equal(yaml_get(map, STR("b"))->line, 2);
    assert_str_equal(yaml_get(map, STR("d"))->text, STR("5"));
    assert_int_equal(yaml_get(map, STR("d"))->kind, YAML_INT);
    arena_release(&arena);
}

TEST(yaml, an_alias_bomb_is_refused_without_being_expanded)
{
    struct buf text;
    buf_init(&text, NULL, 1 << 20);
    buf_add(&text, STR("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 20; i++) {
        buf_addf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            buf_addf(&text, "%s*a%d", j == 0 ? "" : ", ", i - 1);
        buf_add(&text, STR("]\n"));
    }
    assert_int_equal(try_read(buf_str(&text)), ERR_INVALID);
    assert_non_null(strstr(error.text, "aliases (*) multiply"));
    assert_true(arena.used < 1 << 20);
    arena_release(&arena);
    buf_release(&text);
}

TEST(yaml, aliases_cannot_get_around_the_depth_limit)
{
    struct buf text;
    buf_init(&text, NULL, 1 << 20);
    buf_add(&text, STR("a0: &a0 [x]\n"));
    for (int i = 1; i < 70; i++)
        buf_addf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    assert_int_equal(try_read(buf_str(&text)), ERR_INVALID);
    assert_non_null(strstr(error.text, "nested too deeply"));
    assert_non_null(strstr(error.text, "f.yaml:64:"));
    arena_release(&arena);
    buf_release(&text);
}

TEST(yaml, anchors_are_limited)
{
    struct buf text;
    buf_init(&text, NULL, 1 << 20);
    for (int i = 0; i < 1001; i++)
        buf_addf(&text, "- &a%d x\n", i);
    assert_int_equal(try_read(buf_str(&text)), ERR_INVALID);
    assert_string_equal(error.text, "f.yaml:1001:3: the file holds too many anchors (&); write values out");
    arena_release(&arena);
    buf_release(&text);
}

TEST(yaml, aliases_in_error_are_refused)
{
    assert_refused("a: *none\n", "f.yaml:1:4: there is no '&' with this name above; if this is text that begins with "
                                 "'*', put it in quotes");
    assert_refused("a: &x [*x]\n", "f.yaml:1:8: this alias (*) stands inside of what it repeats; write the value out");
    assert_refused("a: &x k\n*x : v\n",
                   "f.yaml:2:1: a key cannot be an alias (*); write the key out, or put it in quotes");
}

TEST(yaml, duplicate_keys_are_refused_with_both_lines)
{
    assert_refused("b: 1\na: 1\nb: 2\n", "f.yaml:3:1: the key 'b' is already on line 1; take one out");
    assert_refused("- {x: 1, \"x\": 2}\n", "f.yaml:1:10: the key 'x' is already on line 1; take one out");
    assert_int_equal(try_read(STR("a: {x: 1}\nb: {x: 1}\n")), OK);
    arena_release(&arena);
}

TEST(yaml, merge_keys_are_refused)
{
    assert_refused("a: &x {k: 1}\nb:\n  <<: *x\n",
                   "f.yaml:3:3: merge keys (<<) are not supported; write the members out here");
    assert_int_equal(try_read(STR("\"<<\": 1\n")), OK);
    arena_release(&arena);
}

TEST(yaml, core_tags_are_obeyed_and_others_refused)
{
    assert_int_equal(kind_of("!!str 12"), YAML_STRING);
    assert_int_equal(kind_of("! 12"), YAML_STRING);
    assert_int_equal(kind_of("!!int \"12\""), YAML_INT);
    assert_int_equal(kind_of("!!float 1"), YAML_FLOAT);
    assert_int_equal(kind_of("!!map {a: 1}"), YAML_MAP);
    assert_refused("a: !!int x\n", "f.yaml:1:4: the value is not what its tag (!!…) says; take the tag out");
    assert_refused("a: !!seq {}\n", "f.yaml:1:4: the value is not what its tag (!!…) says; take the tag out");
    assert_refused("a: !thing x\n", "f.yaml:1:4: tags (words that begin with '!') are not supported; take it out, or "
                                    "put the text in quotes");
    assert_refused("a: !!python/object x\n", "f.yaml:1:4: tags (words that begin with '!') are not supported; take it "
                                             "out, or put the text in quotes");
}

TEST(yaml, keys_must_be_text)
{
    assert_refused("? [a]\n: 1\n", "f.yaml:1:3: a key must be simple text; if this is text that begins with '{' or "
                                   "'[', put it in quotes");
    assert_refused("a: {{ name }}\n", "f.yaml:1:5: a key must be simple text; if this is text that begins with '{' or "
                                      "'[', put it in quotes");
    assert_refused(": 1\n", "f.yaml:1:1: a key is missing before this ':'; write one");
}

TEST(yaml, one_document_a_file)
{
    assert_refused("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; make it a file of its own");
}

TEST(yaml, faults_are_explained_to_people_who_do_not_program)
{
    assert_refused("a:\n\tb: 1\n", "f.yaml:2:1: tabs are not allowed for indentation; use spaces");
    assert_refused("a:\n  b: 1\n\tc: 2\n", "f.yaml:3:1: tabs are not allowed for indentation; use spaces");
    assert_refused("a: b: c\n", "f.yaml:1:5: a ':' is not expected here; put the value in quotes if the ':' belongs "
                                "to it, or check the indentation");
    assert_refused("a: 1\n b: 2\n", "f.yaml:2:3: a ':' is not expected here; put the value in quotes if the ':' "
                                    "belongs to it, or check the indentation");
    assert_refused("a:\n  b: 1\n c: 2\n", "f.yaml:3:2: this line does not fit to the ones above; give it the same "
                                          "indentation as its neighbours");
    assert_refused("a: 1\nb\nc: 2\n", "f.yaml:2:1: a ':' is missing after this key; write `key: value`, or put the "
                                      "text in quotes");
    assert_refused("a: [1, 2\nb: 3\n", "f.yaml:1:4: this list is not closed; write ',' between its items and ']' at "
                                       "its end");
    assert_refused("a: {b: 1\n", "f.yaml:1:4: this '{' is not closed; write ',' between its members and '}' at its "
                                 "end");
    assert_refused("a: \"open\nb: 1\n", "f.yaml:1:4: this text is never closed; write the closing quote");
    assert_refused("a: 'open\n", "f.yaml:1:4: this text is never closed; write the closing quote");
    assert_refused("a: @x\n", "f.yaml:1:4: a value cannot begin with this character; put the value in quotes");
    assert_refused("a: `x`\n", "f.yaml:1:4: a value cannot begin with this character; put the value in quotes");
    assert_refused("a: %x\n", "f.yaml:1:4: a value cannot begin with this character; put the value in quotes");
    assert_refused("a: *굵게*\n", "f.yaml:1:4: a value that begins with '*' must be in quotes; write \"*…\"");
    assert_refused("a: *bold*\n", "f.yaml:1:4: a value that begins with '*' must be in quotes; write \"*…\"");
    assert_refused("a: & b\n", "f.yaml:1:4: a value that begins with '&' must be in quotes; write \"&…\"");
    assert_refused("a: \"\\d\"\n", "f.yaml:1:5: a backslash has a meaning in double quotes; write \\\\ or use single "
                                   "quotes");
    assert_refused("a:\n- 1\n b: 2\n", "f.yaml:3:3: a ':' is not expected here; put the value in quotes if the ':' "
                                       "belongs to it, or check the indentation");
    assert_refused("a: - 1\n", "f.yaml:1:4: a list cannot begin here; put each '- ' on a line of its own");
    assert_refused("- 1\nb: 2\n", "f.yaml:2:1: a list item is expected here; begin the line with '- ' below the other "
                                  "items, or mend its indentation");
    assert_refused("a: | text\n", "f.yaml:1:6: nothing may follow here on this line; put the text in quotes or on the "
                                  "next lines");
    assert_refused("a: \"x\" y\n", "f.yaml:1:8: this line does not fit to the ones above; give it the same "
                                   "indentation as its neighbours");
    assert_refused("%x\n", "f.yaml:1:1: a line that begins with '%' must be in quotes; write \"%…\"");
}

TEST(yaml, invisible_characters_are_named_with_their_place)
{
    assert_refused("a: 1\nb: x\x01\n", "f.yaml:2:5: an invisible control character is here; delete it");
    assert_refused("a: \"x\\0\"\n", "f.yaml:1:4: the character \\0 is not allowed; take it out");
    assert_int_equal(try_read(STR("a: 1\nb: 한\xFF\n")), ERR_INVALID);
    assert_string_equal(error.text, "f.yaml:2:5: this is not UTF-8 text; save the file as UTF-8");
    assert_int_equal(try_read(STR("\xFF\xFE"
                                  "a\0")),
                     ERR_INVALID);
    assert_string_equal(error.text, "f.yaml:1:1: this is not UTF-8 text; save the file as UTF-8");
    arena_release(&arena);
}

TEST(yaml, depth_64_is_read_and_65_is_not)
{
    char text[131];
    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(try_read((struct str){text, depth * 2}), depth == 64 ? OK : ERR_INVALID);
    }
    assert_string_equal(error.text, "f.yaml:1:65: nested too deeply; make it flatter");
    arena_release(&arena);
}

TEST(yaml, sizes_are_limited)
{
    char *text = malloc(YAML_MAX_BYTES + 1);
    assert_non_null(text);
    memset(text, '#', YAML_MAX_BYTES + 1);
    assert_int_equal(try_read((struct str){text, YAML_MAX_BYTES + 1}), ERR_INVALID);
    assert_string_equal(error.text, "f.yaml: the file is larger than 8 MiB; split it");
    text[0] = '[';
    for (size_t i = 1; i + 2 < 500000; i += 2)
        memcpy(text + i, "1,", 2);
    memcpy(text + 499999, "]", 1);
    assert_int_equal(try_read((struct str){text, 500000}), ERR_INVALID);
    assert_non_null(strstr(error.text, "holds too many values"));
    free(text);
    arena_release(&arena);
}

TEST(yaml, a_full_arena_is_reported)
{
    arena_init(&arena, 100);
    struct yaml_node *root;
    assert_int_equal(yaml_read(&arena, STR("f"), STR("a: [1, 2]"), &root, &error), ERR_NO_MEMORY);
    arena_release(&arena);
}

TEST(yaml, files_are_read_or_the_reason_is_given)
{
    char path[] = "/tmp/gilbot-yaml-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: [1, 2]\nb: !x\n", 10), 10);
    arena_init(&arena, 1 << 20);
    struct yaml_node *root;
    assert_int_equal(yaml_read_file(&arena, path, &root, &error), OK);
    assert_int_equal(yaml_get(root, STR("a"))->n, 2);
    assert_int_equal(write(fd, "a: 1\n", 5), 5);
    assert_int_equal(yaml_read_file(&arena, path, &root, &error), ERR_INVALID);
    assert_true(str_starts(str_of(error.text), str_of(path)));
    close(fd);
    unlink(path);
    assert_int_equal(yaml_read_file(&arena, path, &root, &error), ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "No such file"));
    assert_int_equal(yaml_read_file(&arena, "/tmp", &root, &error), ERR_INVALID);
    arena_release(&arena);
}

TEST(yaml, failures_of_readers_name_the_place)
{
    const struct yaml_node *map = read_text("a: 1\nb: 2\n");
    assert_int_equal(yaml_fail(&error, STR("f.yaml"), yaml_get(map, STR("b")), "%s is wrong; mend it", "b"),
                     ERR_INVALID);
    assert_string_equal(error.text, "f.yaml:2:4: b is wrong; mend it");
    assert_int_equal(yaml_fail(&error, STR("f.yaml"), NULL, "empty"), ERR_INVALID);
    assert_string_equal(error.text, "f.yaml: empty");
    assert_int_equal(yaml_fail(NULL, STR("f.yaml"), NULL, "empty"), ERR_INVALID);
    arena_release(&arena);
}

TEST(yaml, misspelt_words_find_their_neighbour_within_two_edits)
{
    static const char *const known[] = {"server", "slack", "data_dir", "channel_talk"};
    assert_str_equal(yaml_suggest(STR("sever"), known, 4), STR("server"));
    assert_str_equal(yaml_suggest(STR("chanel_tak"), known, 4), STR("channel_talk"));
    assert_str_equal(yaml_suggest(STR("slakc"), known, 4), STR("slack"));
    assert_str_equal(yaml_suggest(STR("something"), known, 4), STR(""));
    assert_str_equal(yaml_suggest(STR("x"), (const char *const[]){"y"}, 1), STR(""));
}

TEST_MAIN
