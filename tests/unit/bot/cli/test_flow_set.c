#include "bot/cli/flow_set.h"

#include <stdlib.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "store/sessions.h"
#include "store/store.h"
#include "tests/support/test.h"

#define QUESTION "flow: a\ncatalog: {cups: {file: cups.csv}}\nsteps:\n- {ask: '%s', id: n, as: number}\n"

struct stand {
    char folder[40];
    struct str path;
    struct settings settings;
    struct store *store;
    int64_t now_ms;
    struct error error;
};

static void write_flow(const struct stand *stand, const char *name, const char *format, const char *word)
{
    char path[80];
    snprintf(path, sizeof path, "%s/%s", stand->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, format, word);
    fclose(file);
}

static void open_stand(struct stand *stand)
{
    *stand = (struct stand){.folder = "/tmp/gilbot-set-XXXXXX", .now_ms = 1000};
    assert_int_equal(secret_start(&stand->error), OK);
    assert_non_null(mkdtemp(stand->folder));
    stand->path = str_of(stand->folder);
    stand->settings.flows = (struct strs){&stand->path, 1};
    struct store_settings store = {.data_dir = stand->path, .clock = clock_manual(&stand->now_ms)};
    assert_int_equal(store_open(&store, &stand->store, &stand->error), OK);
    write_flow(stand, "cups.csv", "%s\n", "id\nx");
}

static void close_stand(struct stand *stand)
{
    static const char *const names[] = {"a.yaml",        "b.yaml",        "cups.csv",   "gilbot.db",
                                        "gilbot.db-wal", "gilbot.db-shm", "gilbot.lock"};
    store_close(stand->store);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%s", stand->folder, names[i]);
        unlink(path);
    }
    rmdir(stand->folder);
}

static struct flow_set *load(struct stand *stand)
{
    struct flow_set *set = NULL;
    if (flow_set_load(&stand->settings, false, &set, &stand->error) != OK)
        fail_msg("%s", stand->error.text);
    return set;
}

static bool follow(struct stand *stand, struct flow_set *set, struct flow_set *before)
{
    bool changed = false;
    assert_int_equal(flow_set_follow(set, before, &changed, &stand->error), OK);
    return changed;
}

TEST(flow_set, a_reload_that_changes_nothing_is_none)
{
    CLEANUP(close_stand) struct stand stand;
    open_stand(&stand);
    write_flow(&stand, "a.yaml", QUESTION, "몇?");
    struct flow_set *first = load(&stand), *second = load(&stand);
    assert_false(follow(&stand, second, first));
    flow_set_free(second);
    flow_set_free(first);
}

TEST(flow_set, a_changed_catalog_is_another_version_and_the_old_one_stays_known)
{
    CLEANUP(close_stand) struct stand stand;
    open_stand(&stand);
    write_flow(&stand, "a.yaml", QUESTION, "몇?");
    write_flow(&stand, "b.yaml", "flow: b\nsteps: [{say: %s}]\n", "hi");
    struct flow_set *first = load(&stand);
    struct str old = first->flows.items[0]->version;
    write_flow(&stand, "cups.csv", "%s\n", "id\ny");
    struct flow_set *second = load(&stand);
    assert_true(follow(&stand, second, first));
    assert_ptr_equal(second->flows.items[1], first->flows.items[1]);
    assert_int_equal(second->flows.n_older, 1);
    assert_ptr_equal(flows_find_version(&second->flows, STR("a"), old), first->flows.items[0]);
    assert_ptr_equal(flows_find(&second->flows, STR("a")), second->flows.items[0]);
    assert_null(flows_find_version(&second->flows, STR("a"), STR("never")));
    flow_set_free(second);
}

TEST(flow_set, a_change_that_is_taken_back_gives_the_first_flow_again)
{
    CLEANUP(close_stand) struct stand stand;
    open_stand(&stand);
    write_flow(&stand, "a.yaml", QUESTION, "몇?");
    struct flow_set *first = load(&stand);
    write_flow(&stand, "a.yaml", QUESTION, "몇 잔?");
    struct flow_set *second = load(&stand);
    assert_true(follow(&stand, second, first));
    write_flow(&stand, "a.yaml", QUESTION, "몇?");
    struct flow_set *third = load(&stand);
    assert_true(follow(&stand, third, second));
    assert_ptr_equal(third->flows.items[0], first->flows.items[0]);
    assert_int_equal(third->flows.n_older, 1);
    flow_set_free(third);
}

static enum err add_waiting(struct db *db, void *arg, struct error *error)
{
    int64_t id = 0;
    struct session session = {.conversation = STR("c"),
                              .platform = STR("web"),
                              .user = STR("u"),
                              .flow = STR("a"),
                              .flow_version = *(struct str *)arg,
                              .locale = STR("ko"),
                              .profile = STR("{}"),
                              .data = STR("{}"),
                              .state = SESSION_WAITING};
    return session_save(db, &session, &id, error);
}

TEST(flow_set, after_a_restart_the_version_that_a_session_waits_with_is_there_though_its_files_are_gone)
{
    CLEANUP(close_stand) struct stand stand;
    open_stand(&stand);
    write_flow(&stand, "a.yaml", QUESTION, "몇?");
    struct flow_set *first = load(&stand);
    struct str version = first->flows.items[0]->version;
    assert_int_equal(flow_set_keep(first, stand.store, clock_manual(&stand.now_ms), &stand.error), OK);
    assert_int_equal(store_write_wait(stand.store, add_waiting, &version, &stand.error), OK);

    write_flow(&stand, "a.yaml", "flow: a\nsteps: [{say: %s}]\n", "bye");
    write_flow(&stand, "cups.csv", "%s\n", "id\nother");
    struct flow_set *second = load(&stand);
    assert_int_equal(flow_set_recall(second, stand.store, &stand.error), OK);
    assert_int_equal(second->flows.n_older, 1);
    const struct flow *kept = flows_find_version(&second->flows, STR("a"), version);
    assert_non_null(kept);
    assert_true(kept->waits);
    flow_set_free(second);
    flow_set_free(first);
}

TEST_MAIN
