#include "store/flow_versions.h"

#include "bot/model/session.h"
#include "fixture.h"
#include "store/sessions.h"

#include "bot/base/banned.h"

static struct flow_file files[] = {{STR_INIT("flows/a.yaml"), STR_INIT("flow: a\n")},
                                   {STR_INIT("flows/b.csv"), STR_INIT("\xB0\xA1\0x")}};

static void keep(struct fixture *f, const char *version, int64_t now_ms)
{
    struct flow_version kept = {STR("a"), str_of(version), {files, COUNT_OF(files)}};
    assert_ok(flow_version_keep(f->db, &kept, now_ms, &f->error), &f->error);
}

static void wait_with(struct fixture *f, const char *conversation, const char *version)
{
    int64_t id = 0;
    struct session session = {.conversation = str_of(conversation),
                              .platform = STR("web"),
                              .user = STR("u"),
                              .flow = STR("a"),
                              .flow_version = str_of(version),
                              .locale = STR("ko"),
                              .profile = STR("{}"),
                              .data = STR("{}"),
                              .state = SESSION_WAITING};
    assert_ok(session_save(f->db, &session, &id, &f->error), &f->error);
}

TEST(flow_versions, files_come_back_byte_for_byte_and_in_their_order)
{
    OPEN_DATABASE(f);
    keep(&f, "v1", 10);
    struct flow_files kept = {0};
    DO(flow_version_files(f.db, STR("a"), STR("v1"), &f.arena, &kept, &f.error));
    assert_int_equal(kept.n, 2);
    for (size_t i = 0; i < kept.n; i++) {
        assert_str_equal(kept.items[i].path, files[i].path);
        assert_str_equal(kept.items[i].bytes, files[i].bytes);
    }
    REFUSED(ERR_NOT_FOUND, flow_version_files(f.db, STR("a"), STR("v2"), &f.arena, &kept, &f.error));
}

TEST(flow_versions, a_version_is_kept_once_however_often_it_is_loaded)
{
    OPEN_DATABASE(f);
    keep(&f, "v1", 10);
    keep(&f, "v1", 20);
    struct flow_files kept = {0};
    DO(flow_version_files(f.db, STR("a"), STR("v1"), &f.arena, &kept, &f.error));
    assert_int_equal(kept.n, 2);
}

TEST(flow_versions, it_is_known_which_versions_sessions_wait_with)
{
    OPEN_DATABASE(f);
    wait_with(&f, "c1", "v1");
    wait_with(&f, "c2", "v1");
    wait_with(&f, "c3", "v2");
    struct flow_versions waited = {0};
    DO(flow_versions_waited_for(f.db, &f.arena, &waited, &f.error));
    assert_int_equal(waited.n, 2);
    assert_str_equal(waited.items[0].version, STR("v1"));
    assert_int_equal(waited.items[0].sessions, 2);
    assert_str_equal(waited.items[1].version, STR("v2"));
}

TEST(flow_versions, a_sweep_forgets_old_versions_but_none_that_a_session_waits_with)
{
    OPEN_DATABASE(f);
    struct flow_files kept = {0};
    keep(&f, "waited_for", 10);
    keep(&f, "old", 10);
    keep(&f, "present", 10);
    keep(&f, "present", 30);
    wait_with(&f, "c1", "waited_for");
    DO(flow_versions_sweep(f.db, 20, &f.error));
    DO(flow_version_files(f.db, STR("a"), STR("waited_for"), &f.arena, &kept, &f.error));
    DO(flow_version_files(f.db, STR("a"), STR("present"), &f.arena, &kept, &f.error));
    REFUSED(ERR_NOT_FOUND, flow_version_files(f.db, STR("a"), STR("old"), &f.arena, &kept, &f.error));
}

TEST_MAIN
