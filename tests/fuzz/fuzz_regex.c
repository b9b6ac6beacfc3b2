/* tests/fuzz/fuzz_regex.c — the first line is a pattern, its first byte the flags, the rest the subject: found ranges
 * lie within the subject, and nothing hangs.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/regex.h"
#include "bot/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const flags[] = {"", "i", "s", "m", "x", "ix", "sm", "simx"};
    struct str rest = {(const char *)data, size}, pattern;
    if (size == 0 || !str_split(&rest, '\n', &pattern) || pattern.n == 0)
        return 0;
    struct regex *regex = NULL;
    if (regex_new(str_skip(pattern, 1), flags[(unsigned char)pattern.p[0] % 8], &regex, NULL) != OK)
        return 0;
    size_t start, end;
    bool found, whole;
    enum err rc = regex_find(regex, rest, 0, &start, &end, NULL);
    if (rc == OK && start != SIZE_MAX && (start > end || end > rest.n))
        abort();
    if (rc == OK && (regex_matches(regex, rest, &found, NULL) != OK || found != (start != SIZE_MAX)))
        abort();
    rc = regex_matches_whole(regex, rest, &whole, NULL);
    if (rc == ERR_INTERNAL)
        abort();
    regex_free(regex);
    return 0;
}
