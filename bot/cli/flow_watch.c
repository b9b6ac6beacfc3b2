#include "bot/cli/flow_watch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/log.h"
#include "flows/flow.h"
#include "flows/survey/definition.h"
#include "flows/survey/files.h"
#include "flows/survey/survey.h"

#include "bot/base/banned.h"

enum { WATCH_BYTES = 1024 * 1024, EVENT_BYTES = 16 * 1024 };

static const uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR;

void flow_watch_open(struct flow_watch *watch)
{
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0)
        LOG_WARNING("flows.not_watched", F_I64("errno", errno));
}

void flow_watch_close(struct flow_watch *watch)
{
    if (watch->fd >= 0)
        close(watch->fd);
    watch->fd = -1;
}

/* ── what is watched ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_folder(struct flow_watch *watch, const char *path)
{
    if (inotify_add_watch(watch->fd, path, changes) < 0 && errno == ENOSPC)
        LOG_WARNING("flows.not_watched", F_CSTR("folder", path), F_CSTR("why", "fs.inotify.max_user_watches"));
}

/* The folder that a file stands in. */
static void add_folder_of(struct flow_watch *watch, struct str file)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, WATCH_BYTES);
    size_t n = file.n;
    while (n > 0 && file.p[n - 1] != '/')
        n--;
    struct str folder = n == 0 ? STR(".") : arena_copy(&arena, str_first(file, n));
    if (folder.p != NULL)
        add_folder(watch, folder.p);
}

static void closedirp(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

/* As files.h finds flows: no hidden folders, no links to folders. */
static void add_below(struct flow_watch *watch, struct arena *arena, const char *path, int depth)
{
    CLEANUP(closedirp) DIR *dir = opendir(path);
    add_folder(watch, path);
    for (struct dirent *entry; dir != NULL && depth > 0 && (entry = readdir(dir)) != NULL;) {
        struct stat about;
        struct str below = arena_format(arena, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && below.p != NULL && lstat(below.p, &about) == 0 && S_ISDIR(about.st_mode))
            add_below(watch, arena, below.p, depth - 1);
    }
}

void flow_watch_add(struct flow_watch *watch, struct strs paths, const struct flows *flows)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, WATCH_BYTES);
    if (watch->fd < 0)
        return;
    for (size_t i = 0; i < paths.n; i++) {
        struct stat about;
        struct str path = arena_copy(&arena, paths.items[i]);
        if (path.p != NULL && stat(path.p, &about) == 0 && S_ISDIR(about.st_mode))
            add_below(watch, &arena, path.p, FILES_MAX_DEPTH);
        else
            add_folder_of(watch, paths.items[i]);
    }
    for (size_t i = 0; i < flows->n; i++) {
        const struct definition *definition = survey_definition(flows->items[i]);
        for (size_t k = 0; definition != NULL && k < definition->n_sources; k++)
            add_folder_of(watch, definition->sources[k].path);
    }
}

/* ── what changed ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Other files (a database, a log, an editor's own) may stand in the same folders. */
static bool concerns_flows(const struct inotify_event *event)
{
    static const struct str endings[] = {STR_INIT(".yaml"), STR_INIT(".yml"), STR_INIT(".csv"), STR_INIT(".dmn"),
                                         STR_INIT(".xml")};
    if ((event->mask & (IN_ISDIR | IN_Q_OVERFLOW)) != 0)
        return true;
    if ((event->mask & IN_CREATE) != 0) /* nothing is in it yet: it will be closed; a hard link comes by a rename */
        return false;
    struct str name = event->len > 0 ? str_of(event->name) : STR("");
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (name.n > 0 && name.p[0] != '.' && str_ends(name, endings[i]))
            return true;
    return false;
}

bool flow_watch_take(struct flow_watch *watch)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    bool changed = false;
    for (ssize_t n; (n = read(watch->fd, bytes, sizeof bytes)) > 0;)
        for (const char *at = bytes; at < bytes + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            changed = concerns_flows(event) || changed;
            at += sizeof *event + event->len;
        }
    return changed;
}
