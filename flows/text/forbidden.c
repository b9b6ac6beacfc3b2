#include "flows/text/forbidden.h"

#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* One letter taken apart: a jamo of a Hangul letter, or a whole letter of another script. */
struct unit {
    int32_t c;
    uint32_t run;     /* how often it stands there in a row      */
    bool starts_word; /* first of a word                         */
    bool ends_word;   /* last of one                             */
    bool ends_letter; /* no half of a Hangul letter follows it   */
    bool after_digit; /* a number stands right before, spaces aside */
};

struct units {
    struct unit *items;
    size_t n;
};

enum entry_kind { ENTRY_START, ENTRY_WHOLE, ENTRY_INNOCENT };

struct entry {
    struct str written;
    struct units units;
    enum entry_kind kind;
};

struct forbidden {
    struct entry *items;
    size_t n;
};

/* ── letters ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum {
    SYLLABLE_FIRST = 0xAC00,
    SYLLABLE_LAST = 0xD7A3,
    VOWELS = 21,
    TAILS = 28,
    LEAD_FIRST = 0x1100,
    LEADS = 19,
    VOWEL_FIRST = 0x1161,
    TAIL_FIRST = 0x11A8,
    LETTER_FIRST = 0x3131, /* Hangul compatibility letters: consonants, then from LETTER_VOWEL on vowels */
    LETTER_VOWEL = 0x314F,
    LETTER_LAST = 0x3163,
    LETTER_I = 0x3163,      /* ㅣ */
    LETTER_SILENT = 0x3147, /* ㅇ */
    MOST_UNITS = 3,         /* of one code point */
};

static int32_t lead_letter(int32_t index)
{
    static const int32_t letters[LEADS] = {0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141,
                                           0x3142, 0x3143, 0x3145, 0x3146, 0x3147, 0x3148, 0x3149,
                                           0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
    return letters[index];
}

/* `index` from 1, as in the arithmetic of syllables: 0 is no tail. */
static int32_t tail_letter(int32_t index)
{
    static const int32_t letters[TAILS] = {
        0,      0x3131, 0x3132, 0x3133, 0x3134, 0x3135, 0x3136, 0x3137, 0x3139, 0x313A, 0x313B, 0x313C, 0x313D, 0x313E,
        0x313F, 0x3140, 0x3141, 0x3142, 0x3144, 0x3145, 0x3146, 0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
    return letters[index];
}

/* A Hangul letter that stands alone, whatever block it was taken from; else 0. */
static int32_t lone_letter(int32_t c)
{
    if (c >= LETTER_FIRST && c <= LETTER_LAST)
        return c;
    if (c >= LEAD_FIRST && c < LEAD_FIRST + LEADS)
        return lead_letter(c - LEAD_FIRST);
    if (c >= VOWEL_FIRST && c < VOWEL_FIRST + VOWELS)
        return LETTER_VOWEL + (c - VOWEL_FIRST);
    if (c >= TAIL_FIRST && c < TAIL_FIRST + TAILS - 1)
        return tail_letter(c - TAIL_FIRST + 1);
    if (c >= 0xFFA1 && c <= 0xFFBE) /* half width: consonants, then vowels in rows of six with holes between */
        return LETTER_FIRST + (c - 0xFFA1);
    if (c >= 0xFFC2 && c <= 0xFFDC && (c & 7) >= 2)
        return LETTER_VOWEL + (c - 0xFFC2) / 8 * 6 + ((c & 7) - 2);
    return 0;
}

static bool is_consonant(int32_t c)
{
    return c >= LETTER_FIRST && c < LETTER_VOWEL;
}

static bool is_hangul(int32_t c)
{
    return c >= LETTER_FIRST && c <= LETTER_LAST;
}

/* ── taking apart ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct cutter {
    struct units units;
    bool in_word;
    bool lone_consonant; /* the last letter was one that stands alone: what looks like ㅣ after it is meant as ㅣ */
};

static void put(struct cutter *cutter, int32_t c, bool ends_letter)
{
    struct units *units = &cutter->units;
    struct unit *last = units->n > 0 && cutter->in_word ? &units->items[units->n - 1] : NULL;
    if (last != NULL && last->c == c) {
        last->run++;
        last->ends_letter = ends_letter;
        return;
    }
    struct unit unit = {.c = c, .run = 1, .starts_word = !cutter->in_word, .ends_letter = ends_letter};
    unit.after_digit = units->n > 0 && text_is_digit(units->items[units->n - 1].c);
    units->items[units->n++] = unit;
    cutter->in_word = true;
}

static void put_syllable(struct cutter *cutter, int32_t c)
{
    int32_t index = c - SYLLABLE_FIRST;
    int32_t lead = lead_letter(index / (VOWELS * TAILS)), vowel = LETTER_VOWEL + index / TAILS % VOWELS;
    int32_t tail = tail_letter(index % TAILS);
    const struct units *units = &cutter->units;
    bool drawn_out = lead == LETTER_SILENT && cutter->in_word && units->items[units->n - 1].c == vowel;
    if (!drawn_out) /* 시이 is 시 said longer */
        put(cutter, lead, false);
    put(cutter, vowel, tail == 0);
    if (tail != 0)
        put(cutter, tail, true);
}

static void end_word(struct cutter *cutter)
{
    if (cutter->in_word)
        cutter->units.items[cutter->units.n - 1].ends_word = true;
    cutter->in_word = false;
}

static void take(struct cutter *cutter, int32_t c)
{
    bool lone = cutter->lone_consonant;
    int32_t letter = lone_letter(c);
    cutter->lone_consonant = false;
    if (c >= SYLLABLE_FIRST && c <= SYLLABLE_LAST) {
        put_syllable(cutter, c);
    } else if (letter != 0) {
        put(cutter, letter, true);
        cutter->lone_consonant = is_consonant(letter);
    } else if (lone && (c == 'l' || c == 'i' || c == '1' || c == '|')) {
        put(cutter, LETTER_I, true);
    } else if (text_is_letter(c) || text_is_digit(c)) {
        put(cutter, c, true);
    } else {
        end_word(cutter);
    }
}

static MUST_USE enum err take_apart(struct arena *arena, struct str text, struct units *ret_units)
{
    struct str input = {0}, folded = {0};
    enum err rc = text_input(arena, text, &input);
    if (rc == OK)
        rc = text_fold(arena, input, &folded);
    if (rc != OK)
        return rc;
    struct cutter cutter = {.units = {arena_alloc_array(arena, folded.n * MOST_UNITS, sizeof(struct unit)), 0}};
    if (cutter.units.items == NULL)
        return ERR_NO_MEMORY;
    for (int32_t c = text_next(&folded); c >= 0; c = text_next(&folded))
        take(&cutter, c);
    end_word(&cutter);
    *ret_units = cutter.units;
    return OK;
}

/* ── matching ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* May a word of the list end at this unit?  `whole`: only at a word's end. */
static bool may_end(const struct units *text, size_t last, bool whole)
{
    const struct unit *unit = &text->items[last];
    if (unit->ends_word)
        return true;
    if (whole)
        return false;
    return is_hangul(unit->c) ? unit->ends_letter : is_hangul(text->items[last + 1].c);
}

static bool fits(const struct units *text, size_t at, const struct entry *entry)
{
    const struct units *wanted = &entry->units;
    bool across = false;
    if (!text->items[at].starts_word || text->items[at].after_digit || wanted->n > text->n - at)
        return false;
    for (size_t i = 0; i < wanted->n; i++) {
        const struct unit *unit = &text->items[at + i];
        if (unit->c != wanted->items[i].c || unit->run < wanted->items[i].run)
            return false;
        across = across || (i > 0 && unit->starts_word);
    }
    if (entry->kind == ENTRY_INNOCENT)
        return !across;
    return may_end(text, at + wanted->n - 1, across || entry->kind == ENTRY_WHOLE);
}

static bool is_innocent(const struct forbidden *forbidden, const struct units *text, size_t at)
{
    for (size_t i = 0; i < forbidden->n; i++)
        if (forbidden->items[i].kind == ENTRY_INNOCENT && fits(text, at, &forbidden->items[i]))
            return true;
    return false;
}

enum err forbidden_find(const struct forbidden *forbidden, struct arena *arena, struct str text, struct str *ret_hit)
{
    struct units units = {0};
    enum err rc = take_apart(arena, text, &units);
    if (rc != OK)
        return rc;
    *ret_hit = STR("");
    for (size_t at = 0; at < units.n; at++)
        for (size_t i = 0; i < forbidden->n && units.items[at].starts_word; i++) {
            const struct entry *entry = &forbidden->items[i];
            if (entry->kind == ENTRY_INNOCENT || !fits(&units, at, entry) || is_innocent(forbidden, &units, at))
                continue;
            *ret_hit = entry->written;
            return OK;
        }
    return OK;
}

/* ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err read_entry(struct arena *arena, struct str line, struct entry *ret_entry)
{
    struct entry entry = {.kind = ENTRY_START};
    if (line.p[0] == '=' || line.p[0] == '!') {
        entry.kind = line.p[0] == '=' ? ENTRY_WHOLE : ENTRY_INNOCENT;
        line = str_trim(str_skip(line, 1));
    }
    entry.written = arena_copy(arena, line);
    if (line.n > 0 && entry.written.p == NULL)
        return ERR_NO_MEMORY;
    enum err rc = take_apart(arena, line, &entry.units);
    if (rc == OK)
        *ret_entry = entry;
    return rc;
}

enum err forbidden_read(struct arena *arena, struct str file, struct str text, const struct forbidden **ret_forbidden,
                        struct error *error)
{
    struct forbidden *forbidden = arena_alloc(arena, sizeof *forbidden);
    struct str rest = text, line;
    size_t lines = 1, number = 0;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    if (lines > FORBIDDEN_MAX_ENTRIES)
        return fail(error, ERR_INVALID, "%.*s: more than %d lines; take some out", STR_ARG(file),
                    FORBIDDEN_MAX_ENTRIES);
    if (forbidden != NULL)
        forbidden->items = arena_alloc_array(arena, lines, sizeof *forbidden->items);
    if (forbidden == NULL || forbidden->items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for %.*s", STR_ARG(file));
    while (str_split(&rest, '\n', &line)) {
        number++;
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        struct entry *entry = &forbidden->items[forbidden->n];
        enum err rc = read_entry(arena, line, entry);
        if (rc == ERR_INVALID)
            return fail(error, rc, "%.*s:%zu: not UTF-8; save the file as UTF-8", STR_ARG(file), number);
        if (rc != OK)
            return fail(error, rc, "no memory for %.*s", STR_ARG(file));
        if (entry->units.n == 0)
            return fail(error, ERR_INVALID, "%.*s:%zu: no letter in this line; write a word", STR_ARG(file), number);
        forbidden->n++;
    }
    *ret_forbidden = forbidden;
    return OK;
}
