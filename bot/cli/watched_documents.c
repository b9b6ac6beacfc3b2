#include "bot/cli/watched_documents.h"

#include <dirent.h>
#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/log.h"
#include "bot/base/settings.h"
#include "bot/cli/background.h"
#include "bot/cli/document_rules.h"
#include "bot/cli/document_sink.h"
#include "bot/cli/ingest.h"
#include "bot/cli/ingest_list.h"

#include "bot/base/banned.h"

enum { WATCH_BYTES = 4 * 1024 * 1024, EVENT_BYTES = 16 * 1024 };

/* A file counts when it is whole: closed, or moved here. */
static const uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;

bool watched_documents_any(const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_documents; i++)
        if (settings->documents[i].path.n > 0)
            return true;
    return false;
}

void watched_documents_open(struct watched_documents *watched)
{
    watched->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watched->fd < 0)
        LOG_WARNING("documents.not_watched", F_I64("errno", errno));
}

void watched_documents_close(struct watched_documents *watched)
{
    if (watched->fd >= 0)
        close(watched->fd);
    watched->fd = -1;
}

static int64_t now_ms(const struct watched_documents *watched)
{
    return clock_tick_us(watched->clock) / 1000;
}

bool watched_documents_changed(struct watched_documents *watched)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    bool changed = false;
    for (ssize_t n; (n = read(watched->fd, bytes, sizeof bytes)) > 0;)
        for (const char *at = bytes; at < bytes + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            bool hidden = event->len > 0 && event->name[0] == '.';
            bool begun = (event->mask & IN_CREATE) != 0 && (event->mask & IN_ISDIR) == 0; /* it will be closed */
            changed = changed || !(hidden || begun);
            at += sizeof *event + event->len;
        }
    if (changed)
        atomic_store(&watched->changed_ms, now_ms(watched));
    return changed;
}

/* ── what is watched ───────────────────────────────────────────────────────────────────────────────────────────── */

static void closedirp(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static void watch_below(struct watched_documents *watched, struct arena *arena, const char *path, int depth)
{
    CLEANUP(closedirp) DIR *dir = opendir(path);
    if (inotify_add_watch(watched->fd, path, changes) < 0 && errno == ENOSPC)
        LOG_WARNING("documents.not_watched", F_CSTR("path", path), F_CSTR("why", "fs.inotify.max_user_watches"));
    for (struct dirent *entry; dir != NULL && depth > 0 && (entry = readdir(dir)) != NULL;) {
        struct stat about;
        struct str below = arena_format(arena, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && below.p != NULL && lstat(below.p, &about) == 0 && S_ISDIR(about.st_mode))
            watch_below(watched, arena, below.p, depth - 1);
    }
}

static void watch(struct watched_documents *watched, struct str path)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, WATCH_BYTES);
    struct str copy = arena_copy(&arena, path);
    if (copy.p != NULL && watched->fd >= 0)
        watch_below(watched, &arena, copy.p, INGEST_MAX_DEPTH);
}

/* ── the ingest ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void tell_failure(void *arg, struct str where, const char *why)
{
    (void)arg;
    LOG_WARNING("document.refused", F_STR("file", where), F_CSTR("why", why));
}

static bool may_go_on(void *arg, int64_t done, int64_t total)
{
    const struct watched_documents *watched = arg;
    (void)done;
    (void)total;
    return !background_stopping(watched->background);
}

static enum err take_in(struct watched_documents *watched, const struct settings_documents *entry, struct error *error)
{
    struct document_sink *sink = NULL;
    if (document_sink_of_store(watched->store, &sink, error) != OK)
        return error->code;
    struct ingest_job job = {.rules = document_rules_of_entry(entry),
                             .paths = {&entry->path, 1},
                             .prune = true,
                             .sink = sink,
                             .failed = tell_failure,
                             .advanced = may_go_on,
                             .arg = watched};
    struct ingest_result result = {0};
    enum err rc = ingest_run(&job, &result, error);
    struct document_counts counts = document_sink_counts(sink);
    document_sink_close(sink);
    if (counts.added + counts.replaced + counts.removed > 0)
        document_listener_tell(watched->listener);
    if (rc == OK && counts.added + counts.replaced + counts.removed + result.n_failed > 0)
        LOG_INFO("documents.ingested", F_STR("path", entry->path), F_I64("added", counts.added),
                 F_I64("replaced", counts.replaced), F_I64("removed", counts.removed),
                 F_I64("unchanged", result.n_same), F_I64("failed", result.n_failed), F_I64("chunks", counts.chunks));
    return rc;
}

enum err watched_documents_run(void *arg, struct background *background, int64_t *ret_again_ms, struct error *error)
{
    struct watched_documents *watched = arg;
    int64_t quiet_ms = now_ms(watched) - atomic_load(&watched->changed_ms);
    enum err rc = OK;
    watched->background = background;
    if (atomic_load(&watched->changed_ms) > 0 && quiet_ms < WATCHED_QUIET_MS) {
        *ret_again_ms = WATCHED_QUIET_MS - quiet_ms;
        return OK;
    }
    for (size_t i = 0; i < watched->settings->n_documents && !background_stopping(background); i++) {
        const struct settings_documents *entry = &watched->settings->documents[i];
        struct error why = {0};
        if (entry->path.n == 0)
            continue;
        watch(watched, entry->path); /* first: what changes meanwhile is told */
        if (take_in(watched, entry, &why) != OK)
            rc = fail(error, why.code, "%s", why.text);
    }
    return rc;
}
