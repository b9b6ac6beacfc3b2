/* A small company's documents in a real store, and one to ask about them. */
#ifndef GILBOT_TESTS_FLOWS_ANSWER_TALK_H
#define GILBOT_TESTS_FLOWS_ANSWER_TALK_H

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "flows/answer/answerer.h"
#include "flows/answer/workspace.h"
#include "store/documents.h"
#include "store/index/search.h"
#include "store/store.h"
#include "tests/support/test.h"

struct world {
    char folder[64];
    struct store *store;
    struct db *db;
    struct search *search;
    struct workspace *workspace;
    struct arena arena;
    struct error error;
};

static const struct {
    const char *key, *title, *heading, *body;
} world_chunks[] = {
    {"leave", "휴가 규정", "연차 휴가 > 신청 방법",
     "연차는 쓰기 3일 전까지 인사 시스템에서 올리고 팀장이 승인합니다. 닷새 이상 이어서 쉬려면 2주 전에 신청합니다."},
    {"leave", "휴가 규정", "병가", "아파서 일하기 어려우면 1년에 10일까지 유급 병가를 쓸 수 있습니다."},
    {"travel", "출장 규정", "국내 출장 > 숙박비", "서울의 숙박비는 하룻밤 120,000원까지 영수증을 보고 드립니다."},
    {"security", "보안 규정", "비밀번호", "비밀번호는 12자 이상으로 만들고 1년에 한 번 바꿉니다."},
};

static enum err world_put(struct db *db, void *arg, struct error *error)
{
    (void)arg;
    const char *const keys[] = {"leave", "travel", "security"};
    for (size_t k = 0; k < 3; k++) {
        struct chunk chunks[4] = {0};
        struct document document = {.collection = documents_collection(),
                                    .key = str_of(keys[k]),
                                    .hash = STR("1"),
                                    .url = STR("https://docs.example/r")};
        size_t n = 0;
        for (size_t i = 0; i < 4; i++)
            if (strcmp(world_chunks[i].key, keys[k]) == 0) {
                document.title = str_of(world_chunks[i].title);
                chunks[n++] =
                    (struct chunk){.heading = str_of(world_chunks[i].heading), .body = str_of(world_chunks[i].body)};
            }
        enum document_change change;
        enum err rc = document_put(db, &document, (struct chunks){chunks, n}, 1, &change, error);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static void world_open(struct world *w)
{
    *w = (struct world){0};
    bool made = false;
    snprintf(w->folder, sizeof w->folder, "/tmp/gilbot-answer-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    arena_init(&w->arena, 64 << 20);
    struct store_settings settings = {.data_dir = str_of(w->folder), .clock = clock_system()};
    struct search_settings search = {.data_dir = str_of(w->folder)};
    static const struct workspace_file files[] = {
        {STR_INIT("answers/forbidden.ko.txt"), STR_INIT("바보\n")},
        {STR_INIT("answers/classes.yaml"), STR_INIT("general: {keywords: [날씨]}\nspecific: {keywords: [연차]}\n")},
        {STR_INIT("answers/faq.yaml"),
         STR_INIT("- questions: [급여일이 언제인가요?]\n  answer: 매달 **25일**이에요.\n  title: 급여\n")},
    };
    assert_int_equal(store_open(&settings, &w->store, &w->error), OK);
    assert_int_equal(store_write_wait(w->store, world_put, NULL, &w->error), OK);
    assert_int_equal(store_reader_open(w->store, &w->db, &w->error), OK);
    assert_int_equal(search_open(&search, &w->search, &w->error), OK);
    assert_int_equal(search_refresh(w->search, w->db, &made, &w->error), OK);
    assert_int_equal(workspace_read(files, 3, &w->workspace, &w->error), OK);
}

static void world_close(struct world *w)
{
    char command[128];
    search_close(w->search);
    store_reader_close(w->db);
    store_close(w->store);
    workspace_free(w->workspace);
    arena_release(&w->arena);
    snprintf(command, sizeof command, "rm -r %s", w->folder);
    assert_int_equal(system(command), 0);
}

#endif
