#include "bot/net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/net_client.h"
#include "tests/support/test.h"

static struct listener open_it(const char *listen, unsigned mode)
{
    struct listener listener = {.fd = -1};
    struct error error = {0};
    if (listener_open(str_of(listen), mode, &listener, &error) != OK)
        fail_msg("%s: %s", listen, error.text);
    return listener;
}

static enum err refused(const char *listen)
{
    struct listener listener;
    struct error error = {0};
    enum err rc = listener_open(str_of(listen), 0600, &listener, &error);
    assert_true(rc == OK || error.n > 0);
    return rc;
}

TEST(listener, port_0_is_any_free_one)
{
    static const char *const addresses[] = {"127.0.0.1:0", "localhost:0", ":0"};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct listener listener = open_it(addresses[i], 0);
        assert_int_not_equal(listener.port, 0);
        close(listener.fd);
    }
}

TEST(listener, a_taken_address_is_a_conflict)
{
    struct listener listener = open_it("127.0.0.1:0", 0);
    char again[32];
    snprintf(again, sizeof again, "127.0.0.1:%u", listener.port);
    assert_int_equal(refused(again), ERR_CONFLICT);
    close(listener.fd);
}

TEST(listener, nonsense_is_invalid)
{
    static const char *const wrong[] = {
        "",      "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "999.0.0.1:80",
        "unix:", "fd:",       "fd:x",       "fd:-1",       "fd:999",          "fd:0"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (refused(wrong[i]) != ERR_INVALID)
            fail_msg("%s", wrong[i]);
    char path[200] = "unix:/tmp/";
    memset(path + 10, 'x', 150);
    assert_int_equal(refused(path), ERR_INVALID);
}

TEST(listener, connections_are_taken_without_waiting)
{
    struct listener listener = open_it("127.0.0.1:0", 0);
    assert_int_equal(listener_accept(&listener), -1);
    assert_int_equal(errno, EAGAIN);
    int client = net_connect(listener.port), fd = listener_accept(&listener);
    assert_true(fd >= 0);
    close(fd);
    close(client);
    close(listener.fd);
}

TEST(listener, a_dead_unix_socket_is_replaced_and_a_living_one_is_not)
{
    char folder[] = "/tmp/gilbot-listen-XXXXXX", listen[64], file[64];
    assert_non_null(mkdtemp(folder));
    snprintf(listen, sizeof listen, "unix:%s/a.sock", folder);
    snprintf(file, sizeof file, "unix:%s/file", folder);
    struct listener listener = open_it(listen, 0660);
    struct stat about;
    assert_int_equal(stat(listener.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0660);
    assert_int_equal(listener.port, 0);
    assert_int_equal(refused(listen), ERR_CONFLICT);
    close(listener.fd); /* as after a crash: the file stays */
    listener = open_it(listen, 0600);
    assert_int_equal(stat(listener.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    int client = net_connect_unix(listener.path);
    close(client);
    close(listener.fd);
    listener_unlink(&listener);
    assert_int_not_equal(stat(listener.path, &about), 0);
    FILE *plain = fopen(file + 5, "w");
    assert_non_null(plain);
    fclose(plain);
    assert_int_equal(refused(file), ERR_CONFLICT);
    assert_int_equal(stat(file + 5, &about), 0);
    unlink(file + 5);
    rmdir(folder);
}

TEST(listener, a_socket_that_was_handed_over_is_used)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    char name[32];
    snprintf(name, sizeof name, "fd:%d", fd);
    assert_int_equal(refused(name), ERR_INVALID); /* not listening yet */
    assert_int_equal(listen(fd, 5), 0);
    struct listener listener = open_it(name, 0);
    assert_int_equal(listener.fd, fd);
    int client = net_connect(listener.port), accepted = listener_accept(&listener);
    assert_true(accepted >= 0);
    assert_int_equal(listener_accept(&listener), -1);
    close(accepted);
    close(client);
    close(fd);
}

TEST_MAIN
