#include "bot/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"

#include "bot/base/banned.h"

enum {
    HEAP_LIMIT_KIB = 16 * 1024,
    WINDOW_BYTES = 32,        /* start positions tried before looking at the time */
    TIME_LIMIT_MS = 250,      /* of this thread's processor time, for one call     */
    UNLIMITED_SUBJECT = 1024, /* so short that the step limit is limit enough      */
};

struct regex {
    pcre2_code *code;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* XPath's flag x removes white space everywhere but within a character class, even after a backslash or between the
 * braces of \p{…}, and knows no comments, unlike PCRE2_EXTENDED. */
static void add_without_space(struct buf *out, struct str pattern)
{
    int depth = 0; /* of character classes: XPath nests them in subtractions */
    bool escaped = false;
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (depth == 0 && is_space(c))
            continue;
        buf_add_char(out, c);
        if (!escaped && c == '[')
            depth++;
        else if (!escaped && c == ']' && depth > 0)
            depth--;
        escaped = !escaped && c == '\\';
    }
}

static MUST_USE enum err read_flags(const char *flags, uint32_t *ret_options, bool *ret_strip, struct error *error)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_USE_OFFSET_LIMIT;
    bool strip = false;
    for (const char *f = flags; *f != '\0'; f++) {
        switch (*f) {
        case 'i':
            options |= PCRE2_CASELESS;
            break;
        case 's':
            options |= PCRE2_DOTALL;
            break;
        case 'm':
            options |= PCRE2_MULTILINE;
            break;
        case 'x':
            strip = true;
            break;
        default:
            return fail(error, ERR_INVALID, "unknown flag '%c' of a regular expression; use i, s, m or x", *f);
        }
    }
    *ret_options = options;
    *ret_strip = strip;
    return OK;
}

static void free_compile_context(pcre2_compile_context **context)
{
    pcre2_compile_context_free(*context);
}

/* What a pattern says, once the flags were read. */
struct source {
    struct str pattern;
    uint32_t options;
    pcre2_general_context *memory; /* NULL: the heap */
};

static MUST_USE enum err compile(const struct source *source, pcre2_code **ret_code, struct error *error)
{
    CLEANUP(free_compile_context) pcre2_compile_context *context = pcre2_compile_context_create(source->memory);
    struct str pattern = source->pattern;
    if (context == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a regular expression");
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF); /* XPath's dot matches neither \r nor \n */
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(pattern.p == NULL ? "" : pattern.p), pattern.n, source->options,
                                         &code, &offset, context);
    if (compiled == NULL && code == PCRE2_ERROR_HEAP_FAILED)
        return fail(error, ERR_NO_MEMORY, "no memory for a regular expression");
    if (compiled == NULL) {
        PCRE2_UCHAR why[120];
        pcre2_get_error_message(code, why, sizeof why);
        return fail(error, ERR_INVALID, "regular expression, byte %zu: %s", offset + 1, (const char *)why);
    }
    *ret_code = compiled;
    return OK;
}

/* The flags read, and what x strips stripped into `stripped`. */
static MUST_USE enum err prepare(struct source *source, const char *flags, struct buf *stripped, struct error *error)
{
    if (source->pattern.n > REGEX_MAX_PATTERN)
        return fail(error, ERR_INVALID, "regular expression of %zu bytes; %d are allowed", source->pattern.n,
                    REGEX_MAX_PATTERN);
    bool strip = false;
    enum err rc = read_flags(flags, &source->options, &strip, error);
    if (rc == OK && strip) {
        add_without_space(stripped, source->pattern);
        source->pattern = buf_str(stripped);
    }
    return rc;
}

enum err regex_new(struct str pattern, const char *flags, struct regex **ret_regex, struct error *error)
{
    struct source source = {.pattern = pattern};
    CLEANUP(buf_release) struct buf stripped;
    buf_init(&stripped, NULL, REGEX_MAX_PATTERN);
    enum err rc = prepare(&source, flags, &stripped, error);
    if (rc != OK)
        return rc;
    struct regex *regex = calloc(1, sizeof *regex);
    if (regex == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a regular expression");
    rc = compile(&source, &regex->code, error);
    if (rc == OK)
        *ret_regex = regex;
    else
        free(regex);
    return rc;
}

void regex_free(struct regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    free(regex);
}

static void *take_from_arena(size_t bytes, void *arena)
{
    return arena_alloc(arena, bytes);
}

static void leave_in_arena(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

enum err regex_new_in(struct arena *arena, struct str pattern, const char *flags, const struct regex **ret_regex,
                      struct error *error)
{
    struct regex *regex = arena_alloc(arena, sizeof *regex);
    struct source source = {.pattern = pattern,
                            .memory = pcre2_general_context_create(take_from_arena, leave_in_arena, arena)};
    if (regex == NULL || source.memory == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for a regular expression");
    struct buf stripped;
    buf_init(&stripped, arena, REGEX_MAX_PATTERN);
    enum err rc = prepare(&source, flags, &stripped, error);
    if (rc == OK)
        rc = compile(&source, &regex->code, error);
    if (rc == OK)
        *ret_regex = regex;
    return rc;
}

/* ── matching ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t thread_ms(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void free_match_data(pcre2_match_data **data)
{
    pcre2_match_data_free(*data);
}

static void free_match_context(pcre2_match_context **context)
{
    pcre2_match_context_free(*context);
}

/* NULL: no memory. */
static pcre2_match_context *limits_new(void)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (limits != NULL) {
        pcre2_set_match_limit(limits, REGEX_MATCH_LIMIT);
        pcre2_set_heap_limit(limits, HEAP_LIMIT_KIB);
    }
    return limits;
}

/* PCRE2 counts steps anew for every start position, so that a long subject multiplies the limit.  Hence start
 * positions are tried in windows, with a look at the time between them. */
static int match_in_windows(const struct regex *regex, struct str subject, size_t from, pcre2_match_data *data)
{
    CLEANUP(free_match_context) pcre2_match_context *limits = limits_new();
    if (limits == NULL)
        return PCRE2_ERROR_NOMEMORY;
    int64_t until = thread_ms() + TIME_LIMIT_MS;
    uint32_t options = 0;
    for (size_t start = from;; options = PCRE2_NO_UTF_CHECK) {
        size_t last = subject.n - start > WINDOW_BYTES ? start + WINDOW_BYTES : subject.n;
        while (last < subject.n && ((unsigned char)subject.p[last] & 0xC0) == 0x80)
            last++;
        pcre2_set_offset_limit(limits, last);
        int rc = pcre2_match(regex->code, (PCRE2_SPTR)subject.p, subject.n, start, options, data, limits);
        if (rc != PCRE2_ERROR_NOMATCH || last == subject.n)
            return rc;
        if (thread_ms() > until)
            return PCRE2_ERROR_MATCHLIMIT;
        start = last;
    }
}

/* `options`: of PCRE2, for this match. */
static int match_at_once(const struct regex *regex, struct str subject, size_t from, uint32_t options,
                         pcre2_match_data *data)
{
    CLEANUP(free_match_context) pcre2_match_context *limits = limits_new();
    if (limits == NULL)
        return PCRE2_ERROR_NOMEMORY;
    return pcre2_match(regex->code, (PCRE2_SPTR)(subject.p == NULL ? "" : subject.p), subject.n, from, options, data,
                       limits);
}

/* PCRE2's result in our terms: *ret_found, or a failure. */
static MUST_USE enum err judge(int rc, bool *ret_found, struct error *error)
{
    switch (rc) {
    case PCRE2_ERROR_NOMATCH:
        *ret_found = false;
        return OK;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
        return fail(error, ERR_BUSY, "the regular expression needs too many steps for this text");
    case PCRE2_ERROR_NOMEMORY:
        return fail(error, ERR_NO_MEMORY, "no memory for matching a regular expression");
    default:
        break;
    }
    if ((rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21) || rc == PCRE2_ERROR_BADUTFOFFSET)
        return fail(error, ERR_INVALID, "the text to match is no UTF-8");
    if (rc < 0)
        return fail(error, ERR_INTERNAL, "matching a regular expression failed with code %d", rc);
    *ret_found = true;
    return OK;
}

enum err regex_matches(const struct regex *regex, struct str subject, bool *ret_matches, struct error *error)
{
    size_t start, end;
    enum err rc = regex_find(regex, subject, 0, &start, &end, error);
    if (rc == OK)
        *ret_matches = start != SIZE_MAX;
    return rc;
}

enum err regex_matches_whole(const struct regex *regex, struct str subject, bool *ret_matches, struct error *error)
{
    CLEANUP(free_match_data) pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (data == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for matching a regular expression");
    return judge(match_at_once(regex, subject, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, data), ret_matches, error);
}

enum err regex_find(const struct regex *regex, struct str subject, size_t from, size_t *ret_start, size_t *ret_end,
                    struct error *error)
{
    struct regex_span span;
    enum err rc = regex_find_groups(regex, subject, from, &span, 1, error);
    if (rc != OK)
        return rc;
    *ret_start = span.start;
    *ret_end = span.end;
    return OK;
}

size_t regex_groups(const struct regex *regex)
{
    uint32_t n = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &n);
    return n;
}

enum err regex_find_groups(const struct regex *regex, struct str subject, size_t from, struct regex_span *ret_spans,
                           size_t n_spans, struct error *error)
{
    if (subject.p == NULL)
        subject = STR("");
    for (size_t i = 0; i < n_spans; i++)
        ret_spans[i] = (struct regex_span){SIZE_MAX, SIZE_MAX};
    if (from > subject.n)
        return OK;
    CLEANUP(free_match_data) pcre2_match_data *data = pcre2_match_data_create((uint32_t)n_spans, NULL);
    if (data == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for matching a regular expression");
    int code = subject.n - from > UNLIMITED_SUBJECT ? match_in_windows(regex, subject, from, data)
                                                    : match_at_once(regex, subject, from, 0, data);
    bool found = false;
    enum err rc = judge(code, &found, error);
    if (rc != OK || !found)
        return rc;
    size_t n_set = code == 0 ? n_spans : (size_t)code; /* 0: more groups than asked for */
    const PCRE2_SIZE *ranges = pcre2_get_ovector_pointer(data);
    for (size_t i = 0; i < n_set && i < n_spans; i++)
        if (ranges[2 * i] != PCRE2_UNSET)
            ret_spans[i] = (struct regex_span){ranges[2 * i], ranges[2 * i + 1]};
    return OK;
}
