#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "flows/survey/check.h"
#include "flows/survey/load.h"
#include "flows/survey/survey.h"
#include "tests/support/test.h"

struct fault {
    uint32_t line, column;
    const char *says; /* a part of the message */
};

static bool is(const struct finding *finding, const struct fault *fault)
{
    return finding->at.line == fault->line && finding->at.column == fault->column &&
           str_find(finding->message, str_of(fault->says)) != SIZE_MAX;
}

/* Exactly these faults, in this order. */
static void check_faults(const char *yaml, const struct fault *faults, size_t n)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct flow *flow = NULL;
    enum err rc = survey_load_text_checked(STR("flow.yaml"), str_of(yaml), &findings, &flow, NULL);
    bool same = findings.n == n && rc == ERR_INVALID;
    for (size_t i = 0; i < n && same; i++)
        same = is(&findings.items[i], &faults[i]);
    if (same)
        return;
    for (size_t i = 0; i < findings.n; i++)
        print_error("%u:%u: %.*s\n", findings.items[i].at.line, findings.items[i].at.column,
                    STR_ARG(findings.items[i].message));
    fail_msg("other faults than expected");
}

#define CHECK_FAULTS(yaml, faults) check_faults((yaml), (faults), sizeof(faults) / sizeof(faults)[0])

TEST(faults, every_fault_of_a_file_is_found_with_its_place_in_the_files_order)
{
    static const struct fault faults[] = {
        {2, 1, "unknown key `titel`"},           {3, 21, "`heigt` is no variable; did you mean `height`?"},
        {5, 16, "`who` is no variable"},         {5, 25, "this brace is never closed"},
        {6, 35, "`as: numbr` is unknown"},       {6, 60, "`optional` is true or false"},
        {7, 47, "no step has the id `nowhere`"}, {8, 20, "`pause` is a duration"},
    };
    CHECK_FAULTS("flow: a\n"
                 "titel: x\n"
                 "let: {bmi: weight / heigt}\n"
                 "steps:\n"
                 "- say: \"안녕하세요 {who} 그리고 {\"\n"
                 "- {ask: \"몸무게는요?\", id: weight, as: numbr, min: 3, optional: maybe}\n"
                 "- {ask: '키는요?', id: height, as: number, next: nowhere}\n"
                 "- {say: hi, pause: soon}\n",
                 faults);
}

TEST(faults, every_cell_of_a_table_is_looked_at)
{
    static const struct fault faults[] = {
        {4, 8, "`Z` is no hit policy"},
        {5, 15, "`nothing` is no variable"},
        {8, 7, "did you mean the text '\"low\"'?"},
        {9, 8, "the expression ends here"},
        {9, 12, "`hi` is no variable"},
        {10, 16, "nothing is written here"},
    };
    CHECK_FAULTS("flow: a\n"
                 "tables:\n"
                 " t:\n"
                 "  hit: Z\n"
                 "  inputs: [c, nothing + 1]\n"
                 "  outputs: [x]\n"
                 "  rules:\n"
                 "  - ['low', '-', '1']\n"
                 "  - ['<', 'hi +', '2']\n"
                 "  - ['-', '-', '']\n"
                 "steps:\n"
                 "- {ask: 'c?', id: c, as: choice, options: [low, high]}\n",
                 faults);
}

TEST(faults, a_fault_brings_no_faults_that_are_only_its_consequence)
{
    static const struct fault faults[] = {
        {3, 7, "record 1 is no map"},
        {6, 4, "`aks` is no kind of step; did you mean `ask`?"},
        {7, 25, "`as: txt` is unknown"},
        {8, 46, "another option has the value `a`"},
    };
    CHECK_FAULTS("flow: a\n"
                 "catalog:\n"
                 "  p: [3]\n"
                 "let: {x: y + 1, w: z}\n"
                 "steps:\n"
                 "- {aks: '?', id: y, as: number}\n"
                 "- {ask: '?', id: z, as: txt, options: [b]}\n"
                 "- {ask: '?', id: c, as: choice, options: [a, a]}\n"
                 "- {say: '{p[1].price} {x} {y} {z} {w}', when: c = \"a\"}\n",
                 faults);
}

TEST(faults, they_end_after_fifty_with_a_word_about_it)
{
    char yaml[8000] = "flow: a\nsteps:\n";
    size_t n = strlen(yaml);
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(yaml + n, sizeof yaml - n, "- say: '{x%d}'\n", i);
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct flow *flow = NULL;
    assert_int_equal(survey_load_text_checked(STR("a"), (struct str){yaml, n}, &findings, &flow, NULL), ERR_INVALID);
    assert_int_equal(findings.n, LOAD_MAX_FAULTS + 1);
    assert_str_equal(findings.items[LOAD_MAX_FAULTS].message, STR("there may be more; mend these first"));
}

TEST(faults, yaml_that_cannot_be_read_is_one_fault)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct flow *flow = NULL;
    assert_int_equal(survey_load_text_checked(STR("a"), STR("flow: t\nsteps: [\n"), &findings, &flow, NULL),
                     ERR_INVALID);
    assert_int_equal(findings.n, 1);
    assert_str_equal(findings.items[0].file, STR("a"));
    assert_true(findings.items[0].at.line > 0);
}

/* ── many files ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

TEST(faults, the_faults_of_all_files_are_found_and_the_flows_without_any_are_loaded)
{
    char folder[] = "/tmp/gilbot_faults_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    write_file("a.yaml", "flow: a\nsteps:\n- {go: x}\n- {go: y}\n");
    write_file("b.yaml", "flow: b\nsteps:\n- say: hi\n");
    write_file("c.yaml", "flow: c\nsteps:\n- {say: hi, puase: 1s}\n");
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 16 * 1024 * 1024);
    struct findings findings = {.arena = &arena};
    struct flows flows = {0};
    struct str here = STR(".");
    assert_int_equal(survey_load_all_checked((struct strs){&here, 1}, &findings, &flows, NULL), OK);
    assert_int_equal(flows.n, 1);
    assert_str_equal(flows.items[0]->name, STR("b"));
    assert_int_equal(findings.n, 3);
    assert_str_equal(findings.items[0].file, STR("./a.yaml"));
    assert_str_equal(findings.items[2].file, STR("./c.yaml"));
    assert_int_equal(findings.items[2].at.line, 3);
    survey_release_all(&flows);
    unlink("a.yaml");
    unlink("b.yaml");
    unlink("c.yaml");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}

TEST_MAIN
