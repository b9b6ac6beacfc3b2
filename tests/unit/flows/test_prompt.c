#include "flows/prompt.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "tests/support/test.h"

#include "bot/base/banned.h"

static const struct prompt_source embedded[] = {
    {STR_INIT("answer.txt"), STR_INIT("Answer {{question}} from {{ passages }}.\n")},
    {STR_INIT("rewrite"), STR_INIT("Rewrite.")},
};

struct world {
    struct arena arena;
    struct error error;
    struct prompts prompts;
    char folder[40], path[60];
};

static void world_start(struct world *w, const char *own)
{
    *w = (struct world){.folder = "/tmp/gilbot-prompt.XXXXXX"};
    arena_init(&w->arena, 8 * 1024 * 1024);
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/answer.txt", w->folder);
    if (own != NULL) {
        FILE *file = fopen(w->path, "w");
        assert_non_null(file);
        fputs(own, file);
        fclose(file);
    }
}

static void world_end(struct world *w)
{
    unlink(w->path);
    rmdir(w->folder);
    arena_release(&w->arena);
}

static enum err load(struct world *w)
{
    return prompts_load(&w->arena, embedded, 2, str_of(w->folder), &w->prompts, &w->error);
}

TEST(prompt, its_version_is_a_hash_of_its_words)
{
    CLEANUP(world_end) struct world w;
    world_start(&w, NULL);
    assert_int_equal(load(&w), OK);
    const struct prompt *prompt = prompts_find(&w.prompts, STR("rewrite"));
    assert_str_equal(prompt->version, STR("879e38d7")); /* sha256sum */
    assert_str_equal(prompt->label, STR("rewrite@879e38d7"));
    assert_str_equal(prompts_find(&w.prompts, STR("answer"))->text, STR("Answer {{question}} from {{ passages }}."));
    assert_null(prompts_find(&w.prompts, STR("other")));
}

TEST(prompt, a_file_of_the_folder_counts_instead_and_has_its_own_version)
{
    CLEANUP(world_end) struct world w, plain;
    world_start(&plain, NULL);
    assert_int_equal(load(&plain), OK);
    world_start(&w, "\n{{question}}? {{passages}}!\n\n");
    assert_int_equal(load(&w), OK);
    const struct prompt *own = prompts_find(&w.prompts, STR("answer"));
    assert_str_equal(own->text, STR("{{question}}? {{passages}}!"));
    assert_false(str_eq(own->version, prompts_find(&plain.prompts, STR("answer"))->version));
    assert_str_equal(prompts_find(&w.prompts, STR("rewrite"))->text, STR("Rewrite."));
}

TEST(prompt, a_file_that_is_empty_or_no_text_is_refused_by_its_path)
{
    static const char *const faulty[] = {" \n", "\xff\xfe"};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(world_end) struct world w;
        world_start(&w, faulty[i]);
        assert_int_equal(load(&w), ERR_INVALID);
        assert_non_null(strstr(w.error.text, w.path));
    }
}

TEST(prompt, values_are_put_in_as_they_are_and_never_looked_at_again)
{
    CLEANUP(world_end) struct world w;
    world_start(&w, NULL);
    assert_int_equal(load(&w), OK);
    struct prompt_value values[] = {{STR("question"), STR("{{passages}}")}, {STR("passages"), STR("[1] {{question}}")}};
    struct str text;
    const struct prompt *prompt = prompts_find(&w.prompts, STR("answer"));
    assert_int_equal(prompt_fill(&w.arena, prompt, values, 2, &text, &w.error), OK);
    assert_str_equal(text, STR("Answer {{passages}} from [1] {{question}}."));
}

TEST(prompt, a_place_without_a_value_and_a_value_without_a_place_are_faults)
{
    CLEANUP(world_end) struct world w;
    world_start(&w, "{{question}} {{pasages}}");
    assert_int_equal(load(&w), OK);
    struct prompt_value values[] = {{STR("question"), STR("?")}, {STR("passages"), STR("!")}};
    struct str text;
    const struct prompt *prompt = prompts_find(&w.prompts, STR("answer"));
    assert_int_equal(prompt_fill(&w.arena, prompt, values, 1, &text, &w.error), ERR_INVALID);
    assert_non_null(strstr(w.error.text, "{{pasages}}"));
    assert_int_equal(prompt_fill(&w.arena, prompt, values, 2, &text, &w.error), ERR_INVALID);
    assert_non_null(strstr(w.error.text, "{{passages}}"));
}

TEST_MAIN
