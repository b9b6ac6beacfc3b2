/* gilbot init — writes a commented gilbot.yaml, the example flows, documents and what answers are made with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "flows/example_files.h"

#include "bot/base/banned.h"

enum { MEMORY_BYTES = 1024 * 1024, FOLDER_MODE = 0755, FILE_MODE = 0644, EXIT_USAGE = 2 };

static const char *const settings_name = "gilbot.yaml";

/* DIR/gilbot.yaml, DIR/answers/…, DIR/documents/…; all others DIR/flows/NAME. */
static struct str path_of(struct arena *arena, const char *folder, const char *name)
{
    struct str entry = str_of(name);
    bool on_top =
        strcmp(name, settings_name) == 0 || str_starts(entry, STR("answers/")) || str_starts(entry, STR("documents/"));
    return arena_format(arena, "%s/%s%s", folder, on_top ? "" : "flows/", name);
}

/* Every folder on the way to `path` (NUL-terminated, writable for the call). */
static MUST_USE enum err make_folders(char *path, struct error *error)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int rc = mkdir(path, FOLDER_MODE), why = errno;
        bool made = rc == 0 || why == EEXIST;
        if (!made)
            return fail(error, ERR_INTERNAL, "cannot make the folder %s: %s", path, strerror(why));
        *slash = '/';
    }
    return OK;
}

static MUST_USE enum err write_whole(int file, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(file, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return ERR_INTERNAL;
        bytes += written;
        n -= (size_t)written;
    }
    return OK;
}

/* Never over a file that is there already. */
static MUST_USE enum err write_file(char *path, const struct example_files_entry *entry, struct error *error)
{
    if (make_folders(path, error) != OK)
        return error->code;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return fail(error, ERR_INTERNAL, "cannot write %s: %s", path, strerror(errno));
    enum err rc = write_whole(file, entry->bytes, entry->n);
    int why = errno;
    if (close(file) != 0 && rc == OK) {
        why = errno;
        rc = ERR_INTERNAL;
    }
    return rc == OK ? OK : fail(error, rc, "cannot write %s: %s", path, strerror(why));
}

/* Looks before anything is written, so that a refusal leaves nothing behind. */
static MUST_USE enum err refuse_existing(struct arena *arena, const char *folder, struct error *error)
{
    for (const struct example_files_entry *entry = example_files; entry->name != NULL; entry++) {
        struct str path = path_of(arena, folder, entry->name);
        if (path.p == NULL)
            return fail(error, ERR_NO_MEMORY, "out of memory");
        if (access(path.p, F_OK) == 0)
            return fail(error, ERR_INVALID, "%s is there already; move it away, or name another folder", path.p);
    }
    return OK;
}

static MUST_USE enum err write_all(struct arena *arena, const char *folder, struct error *error)
{
    enum err rc = refuse_existing(arena, folder, error);
    for (const struct example_files_entry *entry = example_files; rc == OK && entry->name != NULL; entry++) {
        struct str path = path_of(arena, folder, entry->name);
        rc = path.p == NULL ? fail(error, ERR_NO_MEMORY, "out of memory") : write_file((char *)path.p, entry, error);
        if (rc == OK)
            printf("wrote %s\n", path.p);
    }
    return rc;
}

static void print_next(const char *folder)
{
    bool here = strcmp(folder, ".") == 0;
    printf("\nNext:\n");
    if (!here)
        printf("  cd %s\n", folder);
    printf("  gilbot check                 looks through gilbot.yaml and the flows\n"
           "  gilbot chat --flow health    try the health survey in the terminal\n"
           "  gilbot ingest documents      take in the example documents; then: gilbot ask \"연차는 며칠 전에 "
           "신청하나요?\"\n"
           "  gilbot serve                 then open http://127.0.0.1:8080/chat\n"
           "Slack and Channel Talk are switched on in gilbot.yaml; what they need is written there.\n");
}

static int run(const struct command_line *line)
{
    const char *folder = line->argc > 1 ? line->argv[1] : ".";
    struct error error = {0};
    if (line->argc > 2 || folder[0] == '-' || folder[0] == '\0') {
        fprintf(stderr, "gilbot: init takes one folder at most; `gilbot init --help`\n");
        return EXIT_USAGE;
    }
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, MEMORY_BYTES);
    if (write_all(&arena, folder, &error) != OK)
        return config_failed(&error);
    print_next(folder);
    return 0;
}

const struct command command_init = {
    .name = "init",
    .usage = "[DIR]",
    .summary = "writes a commented gilbot.yaml, the example flows and documents",
    .help = "Writes DIR/gilbot.yaml, DIR/flows/, DIR/documents/ and DIR/answers/ (DIR: the present folder).  Files "
            "that are\n"
            "there already are never overwritten: then nothing is written at all.\n",
    .run = run,
};
