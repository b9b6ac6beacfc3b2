/* tests/fuzz/fuzz_settings.c — any file is settings or a sentence with a place.
 * parts: base */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("gilbot.yaml", MFD_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct error error = {.code = OK};
    struct settings *settings = NULL;
    enum err rc = settings_load(&arena, path, &settings, &error);
    if (rc != OK && (rc != ERR_INVALID || !str_starts(str_of(error.text), str_of(path))))
        abort();
    settings_release(settings);
    arena_release(&arena);
    close(fd);
    return 0;
}
