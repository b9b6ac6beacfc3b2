#include "bot/cli/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"
#include "bot/cli/admin.h"
#include "store/store.h"

#include "bot/base/banned.h"

enum { MB = 1024 * 1024 };

const char *doctor_words(const struct doctor *doctor, const char *english, const char *korean)
{
    return doctor->korean ? korean : english;
}

void doctor_find(struct doctor *doctor, enum doctor_state state, struct str part, struct str found, const char *mend)
{
    if (doctor->n < DOCTOR_MOST_FINDINGS)
        doctor->findings[doctor->n++] = (struct doctor_finding){state, part, found, str_of(mend)};
}

static struct str part(const struct doctor *doctor, const char *english, const char *korean)
{
    return str_of(doctor_words(doctor, english, korean));
}

/* ── the data folder ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* A file is made there and taken away; false: errno says why not. */
static bool can_write_in(struct str folder, struct arena *arena)
{
    struct str path = arena_format(arena, "%.*s/doctor.XXXXXX", STR_ARG(folder));
    if (path.p == NULL)
        return false;
    int fd = mkostemp((char *)path.p, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool written = write(fd, "x", 1) == 1 && fsync(fd) == 0;
    int why = errno;
    close(fd);
    unlink(path.p);
    errno = why;
    return written;
}

/* The folder itself, or the one that it will be made in. */
static struct str nearest_folder(const struct doctor *doctor, bool *ret_is_there)
{
    struct str folder = arena_copy(doctor->arena, doctor->settings->data_dir);
    struct stat status;
    *ret_is_there = folder.p != NULL && stat(folder.p, &status) == 0;
    if (*ret_is_there || folder.p == NULL)
        return folder;
    size_t n = folder.n;
    while (n > 0 && folder.p[n - 1] != '/')
        n--;
    return n == 0 ? STR(".") : arena_copy(doctor->arena, str_first(folder, n));
}

static void look_at_folder(struct doctor *doctor)
{
    bool is_there = false;
    struct str folder = nearest_folder(doctor, &is_there), name = part(doctor, "data folder", "데이터 폴더");
    struct str data_dir = doctor->settings->data_dir;
    if (!can_write_in(folder, doctor->arena)) {
        doctor_find(doctor, DOCTOR_BAD, name, arena_format(doctor->arena, "%.*s: %s", STR_ARG(folder), strerror(errno)),
                    doctor_words(doctor, "give this user the right to write there, or change data_dir",
                                 "이 사용자에게 쓰기 권한을 주거나 data_dir을 바꾸세요"));
        return;
    }
    struct str found = arena_format(
        doctor->arena,
        is_there ? doctor_words(doctor, "%.*s can be written", "%.*s: 쓸 수 있어요")
                 : doctor_words(doctor, "%.*s will be made at the first start", "%.*s: 처음 시작할 때 만들어요"),
        STR_ARG(data_dir));
    doctor_find(doctor, DOCTOR_WELL, name, found, NULL);
}

static void look_at_disk(struct doctor *doctor)
{
    bool is_there = false;
    struct str folder = nearest_folder(doctor, &is_there);
    struct statvfs disk;
    if (folder.p == NULL || statvfs(folder.p, &disk) != 0)
        return; /* look_at_folder has said why */
    long long free_mb = (long long)(disk.f_bavail * disk.f_frsize / MB);
    enum doctor_state state = free_mb < DOCTOR_LEAST_DISK_MB    ? DOCTOR_BAD
                              : free_mb < DOCTOR_LITTLE_DISK_MB ? DOCTOR_NOTE
                                                                : DOCTOR_WELL;
    doctor_find(doctor, state, part(doctor, "disk", "디스크"),
                arena_format(doctor->arena, doctor_words(doctor, "%lld MB are free", "%lld MB 남아 있어요"), free_mb),
                state == DOCTOR_WELL ? NULL
                                     : doctor_words(doctor, "free some space: a full disk stops the service",
                                                    "공간을 비우세요. 디스크가 가득 차면 서비스가 멈춰요"));
}

static void look_at_database(struct doctor *doctor)
{
    struct str name = part(doctor, "database", "데이터베이스");
    struct db *db = NULL;
    struct error error = {0};
    enum err rc = store_reader_open_dir(doctor->settings->data_dir, &db, &error);
    store_reader_close(db);
    struct str why = arena_copy(doctor->arena, str_of(error.text));
    if (rc == OK)
        doctor_find(doctor, DOCTOR_WELL, name,
                    part(doctor, "it opens and is of this version", "열려요. 이 버전의 것이에요"), NULL);
    else if (rc == ERR_NOT_FOUND)
        doctor_find(doctor, DOCTOR_WELL, name,
                    part(doctor, "there is none yet; the first start makes it", "아직 없어요. 처음 시작할 때 만들어요"),
                    NULL);
    else if (rc == ERR_CONFLICT)
        doctor_find(doctor, DOCTOR_NOTE, name, why,
                    doctor_words(doctor, "start the service once: it brings an older database up to date",
                                 "서비스를 한 번 시작하세요. 예전 데이터베이스면 새것으로 맞춰 줘요"));
    else
        doctor_find(doctor, DOCTOR_BAD, name, why,
                    doctor_words(doctor, "look at the disk; restore a backup when the file is broken",
                                 "디스크를 확인하고, 파일이 깨졌으면 백업에서 되살리세요"));
}

static void look_at_service(struct doctor *doctor)
{
    struct admin_question question = {doctor->settings->data_dir, STR("/admin/models"), STR("{}")};
    struct str unread;
    struct error error = {0};
    enum err rc = admin_ask(doctor->arena, &question, &unread, &error);
    struct str name = part(doctor, "service", "서비스");
    if (rc == OK)
        doctor_find(doctor, DOCTOR_WELL, name, part(doctor, "it runs and answers", "돌고 있고 대답해요"), NULL);
    else if (rc == ERR_BUSY)
        doctor_find(doctor, DOCTOR_NOTE, name, part(doctor, "it does not run", "돌고 있지 않아요"),
                    doctor_words(doctor, "`gilbot serve` starts it", "`gilbot serve`로 시작해요"));
    else
        doctor_find(doctor, DOCTOR_BAD, name, arena_copy(doctor->arena, str_of(error.text)),
                    doctor_words(doctor, "look at its log", "로그를 보세요"));
}

void doctor_look(struct doctor *doctor)
{
    look_at_folder(doctor);
    look_at_disk(doctor);
    look_at_database(doctor);
    look_at_service(doctor);
}
