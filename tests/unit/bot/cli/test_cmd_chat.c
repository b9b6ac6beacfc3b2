#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/cli/chat_output.h"
#include "bot/cli/commands.h"
#include "bot/model/reply.h"
#include "tests/support/test.h"

static const char flow[] =
    "flow: t\n"
    "steps:\n"
    "- say: '**안녕** {name}'\n"
    "- {ask: '어느 것?', id: a, as: choice, options: [{value: x, label: 가}, {value: y, label: 나}]}\n"
    "- {say: '{a}!', pause: 1s}\n"
    "profile: {name: name}\n";

struct place {
    char folder[32], flow[64], script[64], out[64];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void place_make(struct place *place, const char *script)
{
    *place = (struct place){.folder = "/tmp/gilbot-chat-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->flow, sizeof place->flow, "%s/t.yaml", place->folder);
    snprintf(place->script, sizeof place->script, "%s/script", place->folder);
    snprintf(place->out, sizeof place->out, "%s/out", place->folder);
    write_file(place->flow, flow);
    write_file(place->script, script);
}

static void place_remove(struct place *place)
{
    remove(place->flow);
    remove(place->script);
    remove(place->out);
    remove(place->folder);
}

/* Runs the command with its standard output in a file; the caller frees *ret_said. */
static int chat(struct place *place, char **words, int n, char **ret_said)
{
    int kept = dup(STDOUT_FILENO);
    fflush(stdout);
    assert_non_null(freopen(place->out, "w", stdout));
    int status = command_chat.run(&(struct command_line){.argc = n, .argv = words});
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    struct str said = test_read_file(place->out);
    *ret_said = calloc(1, said.n + 1);
    memcpy(*ret_said, said.p, said.n);
    free((char *)said.p);
    return status;
}

TEST(chat, a_script_is_said_line_by_line_with_a_rule_between_turns)
{
    struct place place;
    place_make(&place, "# a comment\n셋\n\n2번\n");
    char *words[] = {"chat", place.flow, "--script", place.script, "--profile={\"name\": \"은지\"}"}, *said = NULL;
    assert_int_equal(chat(&place, words, 5, &said), 0);
    assert_string_equal(said, "안녕 은지\n어느 것?\n  1. 가\n  2. 나\n번호나 이름으로 답해 주세요.\n"
                              "---\n아래에서 하나를 골라 주세요.\n  1. 가\n  2. 나\n번호나 이름으로 답해 주세요.\n"
                              "---\n나!\n");
    free(said);
    place_remove(&place);
}

TEST(chat, json_is_one_object_a_reply)
{
    struct place place;
    place_make(&place, "가\n");
    char *words[] = {"chat", "--json", place.flow, "--script", place.script}, *said = NULL;
    assert_int_equal(chat(&place, words, 5, &said), 0);
    assert_string_equal(said,
                        "{\"type\":\"text\",\"text\":\"안녕 \",\"markup\":\"**안녕** \",\"pause_ms\":0}\n"
                        "{\"type\":\"choices\",\"text\":\"어느 것?\",\"options\":[{\"value\":\"x\",\"label\":\"가\"},"
                        "{\"value\":\"y\",\"label\":\"나\"}],\"several\":false,\"pause_ms\":0}\n"
                        "---\n{\"type\":\"text\",\"text\":\"가!\",\"pause_ms\":1000}\n");
    free(said);
    place_remove(&place);
}

TEST(chat, what_is_wrong_on_the_command_line_gives_status_2)
{
    struct place place;
    place_make(&place, "");
    char *unknown[] = {"chat", "--zzz"}, *missing[] = {"chat", "/nowhere.yaml"}, *said = NULL;
    char *script[] = {"chat", place.flow, "--script", "/nowhere"},
         *profile[] = {"chat", place.flow, "--profile", "[1]"};
    assert_int_equal(chat(&place, unknown, 2, &said), 2);
    free(said);
    assert_int_equal(chat(&place, missing, 2, &said), 2);
    free(said);
    assert_int_equal(chat(&place, script, 4, &said), 2);
    free(said);
    assert_int_equal(chat(&place, profile, 4, &said), 2);
    free(said);
    place_remove(&place);
}

TEST(chat, marks_and_links_are_drawn_in_colour_and_escape_sequences_of_others_are_not)
{
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct replies replies = {.arena = &arena};
    replies_add(&replies, REPLY_TEXT)->text = STR("**a** [b](https://x.example)\x1b[2J");
    char *said = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&said, &n);
    chat_output_replies(&(struct chat_output){.out = out, .colour = true}, &replies, &arena);
    fclose(out);
    assert_non_null(strstr(said, "\x1b[1ma\x1b[0m"));
    assert_non_null(strstr(said, "b\x1b[0m (\x1b[4mhttps://x.example\x1b[0m)"));
    assert_null(strstr(said, "\x1b[2J"));
    free(said);
    arena_release(&arena);
}

TEST_MAIN
