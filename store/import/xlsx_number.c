#include "store/import/xlsx_number.h"

#include <math.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/clock.h"
#include "store/import/making.h"
#include "store/import/xml_pull.h"
#include "store/import/zip.h"

#include "bot/base/banned.h"

enum {
    MAX_STYLES = 65536,
    MAX_FORMATS = 4096,
    DAYS_TO_1970 = 25569,
    DAYS_1900_TO_1904 = 1462,
    SECONDS_A_DAY = 86400,
    MOST_DAYS = 2958465, /* 9999-12-31 */
};

struct format {
    int64_t id;
    enum xlsx_look look;
};

/* ── formats ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum xlsx_look look_of_builtin(int64_t id)
{
    if (id == 9 || id == 10)
        return XLSX_PERCENT;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return XLSX_DATE;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
        return XLSX_TIME;
    return id == 22 ? XLSX_DATE_TIME : XLSX_PLAIN;
}

/* Letters count only outside of quotes, of brackets and behind no backslash. */
static enum xlsx_look look_of_code(struct str code)
{
    bool day = false, time = false, percent = false, quoted = false, bracketed = false;
    for (size_t i = 0; i < code.n && code.p[i] != ';'; i++) {
        char c = code.p[i];
        if (c == '\\' || c == '_' || c == '*')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '[' || c == ']')
            bracketed = c == '[';
        else if (!quoted && !bracketed) {
            day = day || c == 'y' || c == 'Y' || c == 'd' || c == 'D';
            time = time || c == 'h' || c == 'H' || c == 's' || c == 'S';
            percent = percent || c == '%';
        }
    }
    if (day || time)
        return day && time ? XLSX_DATE_TIME : day ? XLSX_DATE : XLSX_TIME;
    return percent ? XLSX_PERCENT : XLSX_PLAIN;
}

static enum xlsx_look look_of(const struct format *formats, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (formats[i].id == id)
            return formats[i].look;
    return look_of_builtin(id);
}

void xlsx_formats_read(struct making *making, const struct zip *zip, struct xlsx_formats *formats)
{
    struct str bytes = zip_find(zip, STR("xl/styles.xml"));
    if (bytes.n == 0)
        return;
    struct format *own = arena_alloc_array(making->arena, MAX_FORMATS, sizeof *own);
    formats->looks = arena_alloc(making->arena, MAX_STYLES);
    size_t n_own = 0;
    if (own == NULL || formats->looks == NULL) {
        making_fail(making, ERR_NO_MEMORY, "it needs more memory than a document gets");
        return;
    }
    struct xml_pull xml = {0};
    bool in_cells = false;
    xml_open(&xml, making, bytes);
    while (xml_next(&xml)) {
        int64_t id = 0;
        if (xml_begins(&xml, "cellXfs") || xml_ends(&xml, "cellXfs")) {
            in_cells = xml_begins(&xml, "cellXfs");
        } else if (xml_begins(&xml, "numFmt") && n_own < MAX_FORMATS) {
            if (str_to_i64(xml_attribute(&xml, "numFmtId"), &id))
                own[n_own++] = (struct format){id, look_of_code(xml_attribute(&xml, "formatCode"))};
        } else if (in_cells && xml_begins(&xml, "xf") && formats->n < MAX_STYLES) {
            bool known = str_to_i64(xml_attribute(&xml, "numFmtId"), &id);
            formats->looks[formats->n++] = (unsigned char)(known ? look_of(own, n_own, id) : XLSX_PLAIN);
        }
    }
    xml_close(&xml);
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str moment(struct arena *arena, enum xlsx_look look, bool from_1904, double serial)
{
    double days = floor(serial);
    int64_t second = (int64_t)llround((serial - days) * SECONDS_A_DAY);
    int64_t day = (int64_t)days - DAYS_TO_1970 + (from_1904 ? DAYS_1900_TO_1904 : 0) + second / SECONDS_A_DAY;
    second %= SECONDS_A_DAY;
    struct clock_date date = clock_date_of_days(day);
    int hour = (int)(second / 3600), minute = (int)(second / 60 % 60);
    if (look == XLSX_TIME)
        return arena_format(arena, "%02d:%02d", hour, minute);
    if (look == XLSX_DATE || second == 0)
        return arena_format(arena, "%04d-%02d-%02d", (int)date.year, date.month, date.day);
    return arena_format(arena, "%04d-%02d-%02d %02d:%02d", (int)date.year, date.month, date.day, hour, minute);
}

struct str xlsx_number(struct arena *arena, const struct xlsx_formats *formats, size_t style, struct str value)
{
    enum xlsx_look look = style < formats->n ? (enum xlsx_look)formats->looks[style] : XLSX_PLAIN;
    struct str text = arena_copy(arena, value); /* strtod wants its NUL */
    char *end = NULL;
    double number = text.n == 0 ? 0 : strtod(text.p, &end);
    if (text.n == 0 || end != text.p + text.n || !isfinite(number))
        return text;
    if (look == XLSX_PERCENT)
        return arena_format(arena, "%.15g%%", number * 100);
    if (look != XLSX_PLAIN && number >= 0 && number <= MOST_DAYS)
        return moment(arena, look, formats->from_1904, number);
    if (fabs(number) < 1e15)
        return arena_format(arena, "%.15g", number); /* 0.1 is kept as 0.10000000000000001 */
    return text;
}
