#include "store/import/decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

enum { TOLERATED_SHARE = 200 }; /* one broken character in so many bytes: a cut or mended file, not another encoding */

static const int32_t replacement = 0xFFFD;

static void iconv_closep(iconv_t *table)
{
    if (*table != (iconv_t)-1)
        iconv_close(*table);
}

void decode_prepare(void)
{
    static const char probe[] = "\xB0\xA1";
    iconv_t table = iconv_open("UTF-8", "CP949"); /* never closed: what is open stays loaded */
    char *in = (char *)probe, out[8], *to = out;
    size_t in_left = sizeof probe - 1, out_left = sizeof out;
    if (table != (iconv_t)-1)
        (void)iconv(table, &in, &in_left, &to, &out_left);
}

static enum err no_memory(struct error *error)
{
    return fail(error, ERR_NO_MEMORY, "it needs more memory than a document gets");
}

/* ── UTF-16 ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int32_t unit(struct str bytes, size_t at, bool big)
{
    unsigned char first = (unsigned char)bytes.p[at], second = (unsigned char)bytes.p[at + 1];
    return big ? first << 8 | second : second << 8 | first;
}

static bool is_low_surrogate(int32_t c)
{
    return c >= 0xDC00 && c <= 0xDFFF;
}

static enum err from_utf16(struct arena *arena, struct str bytes, bool big, struct str *ret_text, size_t *ret_broken,
                           struct error *error)
{
    char *text = arena_alloc(arena, bytes.n / 2 * 3 + 1);
    if (text == NULL)
        return no_memory(error);
    size_t n = 0, broken = bytes.n % 2;
    for (size_t at = 0; at + 1 < bytes.n; at += 2) {
        int32_t c = unit(bytes, at, big);
        if (c >= 0xD800 && c <= 0xDBFF && at + 3 < bytes.n && is_low_surrogate(unit(bytes, at + 2, big))) {
            c = 0x10000 + ((c - 0xD800) << 10) + (unit(bytes, at + 2, big) - 0xDC00);
            at += 2;
        } else if (c >= 0xD800 && c <= 0xDFFF) {
            c = replacement;
            broken++;
        }
        n += text_encode(c, text + n);
    }
    *ret_text = (struct str){text, n};
    *ret_broken = broken;
    return OK;
}

/* ── CP949 ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err from_cp949(struct arena *arena, struct str bytes, struct str *ret_text, size_t *ret_broken,
                           struct error *error)
{
    CLEANUP(iconv_closep) iconv_t table = iconv_open("UTF-8", "CP949");
    if (table == (iconv_t)-1)
        return fail(error, ERR_INTERNAL, "this system's C library cannot read CP949");
    size_t out_left = 3 * bytes.n, broken = 0; /* a byte gives three at most: U+FFFD */
    char *text = arena_alloc(arena, out_left + 1);
    if (text == NULL)
        return no_memory(error);
    char *in = (char *)bytes.p, *to = text;
    size_t in_left = bytes.n;
    while (in_left > 0 && iconv(table, &in, &in_left, &to, &out_left) == (size_t)-1) {
        if (errno != EILSEQ && errno != EINVAL)
            return fail(error, ERR_INTERNAL, "CP949 cannot be converted");
        size_t written = text_encode(replacement, to);
        to += written;
        out_left -= written;
        in++;
        in_left--;
        broken++;
    }
    *ret_text = (struct str){text, (size_t)(to - text)};
    *ret_broken = broken;
    return OK;
}

/* ── which it is ───────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t broken_utf8(struct str bytes)
{
    if (text_is_utf8(bytes))
        return 0;
    size_t broken = 0;
    for (struct str rest = bytes; rest.n > 0;) {
        size_t before = rest.n;
        if (text_next(&rest) == replacement && before - rest.n == 1)
            broken++;
    }
    return broken;
}

/* Zero bytes stand in no other text than UTF-16's: mostly at the even places, or at the odd ones. */
static void count_zeros(struct str bytes, size_t ret_zeros[2])
{
    ret_zeros[0] = ret_zeros[1] = 0;
    for (size_t i = 0; i < bytes.n; i++)
        ret_zeros[i % 2] += bytes.p[i] == '\0';
}

static bool tolerable(size_t broken, struct str bytes)
{
    return broken <= bytes.n / TOLERATED_SHARE;
}

static enum err refuse(struct error *error)
{
    return fail(error, ERR_INVALID, "it is no text in UTF-8, CP949 or UTF-16; save it as UTF-8");
}

static enum err take_utf16(struct arena *arena, struct str bytes, bool big, struct str *ret_text, struct error *error)
{
    struct str text = STR("");
    size_t broken = 0;
    enum err rc = from_utf16(arena, bytes, big, &text, &broken, error);
    if (rc != OK)
        return rc;
    if (!tolerable(broken, bytes) || str_find_char(text, '\0') != SIZE_MAX)
        return refuse(error);
    *ret_text = text;
    return OK;
}

enum err decode_text(struct arena *arena, struct str bytes, struct str *ret_text, struct error *error)
{
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = str_skip(bytes, 3);
    else if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF")))
        return take_utf16(arena, str_skip(bytes, 2), bytes.p[0] == '\xFE', ret_text, error);
    size_t zeros[2];
    count_zeros(bytes, zeros);
    if (zeros[0] != zeros[1])
        return take_utf16(arena, bytes, zeros[0] > zeros[1], ret_text, error);
    size_t broken = broken_utf8(bytes);
    if (zeros[0] > 0)
        return refuse(error);
    if (broken == 0) {
        *ret_text = bytes;
        return OK;
    }
    struct str korean = STR("");
    size_t broken_korean = 0;
    enum err rc = from_cp949(arena, bytes, &korean, &broken_korean, error);
    if (rc != OK)
        return rc;
    if (!tolerable(broken, bytes) && !tolerable(broken_korean, bytes))
        return refuse(error);
    *ret_text = broken <= broken_korean ? bytes : korean; /* what is broken becomes U+FFFD when it is tidied up */
    return OK;
}
