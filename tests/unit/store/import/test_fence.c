/* The fence around readers.  The program that it executes anew is this test: main knows the hidden command, and for some
 * endings does what a reader under attack may do. */
#include "store/import/fence.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "store/import/child.h"
#include "store/import/seal.h"
#include "tests/support/test.h"

#define ARENA(name)                                                                                                    \
    CLEANUP(arena_release) struct arena name;                                                                          \
    arena_init(&name, FENCE_ARENA_BYTES)

static struct imported read_bytes(struct arena *arena, const char *name, struct str bytes)
{
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = bytes};
    if (fence_read_bytes(arena, &file, &imported, &error) != OK)
        fail_msg("%s: %s", name, error.text);
    return imported;
}

static void assert_refused(const char *name, struct str bytes, const char *why)
{
    ARENA(arena);
    struct imported imported = {0};
    struct error error = {0};
    struct import_file file = {.name = str_of(name), .bytes = bytes};
    assert_int_equal(fence_read_bytes(&arena, &file, &imported, &error), ERR_INVALID);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s: %s", name, error.text);
}

static struct str make_pdf(struct arena *arena, const char *page)
{
    return arena_format(arena,
                        "%%PDF-1.4\n"
                        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
                        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\n"
                        "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
                        "4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n"
                        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
                        "trailer<</Root 1 0 R/Size 6>>\n",
                        strlen(page), page);
}

TEST(fence, a_document_comes_through_whole)
{
    ARENA(arena);
    struct imported imported = read_bytes(
        &arena, "휴가.규정.md", STR("# 휴가\n\n연차는 15일.\n\n| 가 | 나 |\n|--|--|\n| 1 | 2 |\n| 3 | 4 |\n"));
    assert_str_equal(imported.title, STR("휴가"));
    assert_int_equal(imported.blocks.n, 5);
    assert_str_equal(imported.blocks.items[1].text, STR("연차는 15일."));
    assert_str_equal(imported.blocks.items[4].header, STR("가 | 나"));
}

TEST(fence, cp949_is_read_behind_it)
{
    ARENA(arena);
    struct imported imported = read_bytes(&arena, "a.txt", STR("\xBF\xAC\xC2\xF7 \xC8\xDE\xB0\xA1 15\xC0\xCF"));
    assert_str_equal(imported.blocks.items[0].text, STR("연차 휴가 15일"));
}

TEST(fence, a_pdf_is_read_by_poppler)
{
    ARENA(arena);
    struct str bytes =
        make_pdf(&arena, "BT /F 20 Tf 72 770 Td (Rules) Tj ET BT /F 11 Tf 72 740 Td (Fifteen days.) Tj ET");
    struct imported imported = read_bytes(&arena, "rules.pdf", bytes);
    assert_int_equal(imported.n_pages, 1);
    assert_int_equal(imported.blocks.n, 2);
    assert_int_equal(imported.blocks.items[0].kind, BLOCK_HEADING);
    assert_str_equal(imported.title, STR("Rules"));
    assert_str_equal(imported.blocks.items[1].text, STR("Fifteen days."));
    assert_int_equal(imported.blocks.items[1].page, 1);
}

TEST(fence, a_pdf_without_text_or_pages_or_sense_is_a_reason)
{
    ARENA(arena);
    assert_refused("scan.pdf", make_pdf(&arena, ""), "it is a scan");
    assert_refused("broken.pdf", STR("%PDF-1.7\nand then nothing"), "broken");
    assert_refused("none.pdf",
                   STR("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>"
                       "endobj\ntrailer<</Root 1 0 R>>\n"),
                   "no pages");
}

TEST(fence, a_refusal_comes_in_the_readers_own_words)
{
    assert_refused("a.txt", STR(""), "it is empty");
    assert_refused("a.hwp", STR("x"), "HWP");
    assert_refused("a.docx", STR("PK\x03\x04 nothing"), "broken");
}

TEST(fence, a_file_of_a_gigabyte_is_refused_unread)
{
    ARENA(arena);
    struct imported imported = {0};
    struct error error = {0};
    int fd = memfd_create("large", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, 1 << 30), 0);
    struct fence_file file = {.fd = fd, .name = STR("large.pdf")};
    assert_int_equal(fence_read(&arena, &file, &imported, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "1024 MB"));
    close(fd);
}

TEST(fence, a_reader_that_takes_too_long_is_ended)
{
    ARENA(arena);
    struct imported imported = {0};
    struct error error = {0};
    int fd = memfd_create("slow", MFD_CLOEXEC);
    struct fence_file file = {.fd = fd, .name = STR("a.slow"), .limit_ms = 300};
    assert_int_equal(fence_read(&arena, &file, &imported, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "longer than"));
    close(fd);
}

TEST(fence, a_reader_that_crashes_reaches_out_or_lies_is_a_reason)
{
    assert_refused("a.crash", STR("x"), "crash");
    assert_refused("a.reach", STR("x"), "not to be trusted");
    assert_refused("a.lie", STR("x"), "did not finish");
    assert_refused("a.start", STR("x"), "not to be trusted");
}

static void misbehave(struct str name)
{
    struct error error = {0};
    if (str_ends(name, STR(".slow")))
        pause();
    if (str_ends(name, STR(".crash")))
        raise(SIGSEGV);
    if (str_ends(name, STR(".lie")) && write(STDOUT_FILENO, "gilbot1\nD\1\0\0\0", 13) == 13)
        _exit(0);
    if (str_ends(name, STR(".reach")) && seal_reader(&error) == OK)
        _exit(socket(AF_INET, SOCK_STREAM, 0));
    if (str_ends(name, STR(".start")) && seal_reader(&error) == OK)
        _exit(execl("/bin/true", "true", NULL));
}

int main(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[1], FENCE_COMMAND) != 0)
        return test_run_all();
    signal(SIGSEGV, SIG_DFL); /* not the sanitizer's */
    misbehave(str_of(argv[2]));
    child_main(argv[2]);
}
