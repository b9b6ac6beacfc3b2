/* flows/rules/value.h — what a FEEL expression may be: null, boolean, number, string, list, context, range, function,
 * date, time, date and time, and the two kinds of durations.
 *
 * A value is 24 bytes, copied freely, immutable, and borrows everything it points to from the arena it was made in:
 * it is valid as long as that arena.  Switches over value_kind name every kind, so that a new kind shows up in the
 * compiler's warnings everywhere it matters.
 *
 * Thread: any (values are immutable).  Memory: as said per function; NULL / {NULL, 0} results mean a full arena.
 * Source: DMN 1.5 §10.3.2 (semantic domains), table 42 (equality), table 45 (comparison).                          */
#ifndef GILBOT_FLOWS_RULES_VALUE_H
#define GILBOT_FLOWS_RULES_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/decimal.h"
#include "flows/rules/temporal.h"

struct arena;
struct buf;
struct json_value;
struct value_entry;
struct value_range;
struct feel_function;

enum value_kind {
    VALUE_NULL, /* 0: a zeroed struct value is null */
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_CONTEXT,
    VALUE_RANGE,
    VALUE_FUNCTION,
    VALUE_DATE,
    VALUE_TIME,
    VALUE_DATE_TIME,
    VALUE_DAYS_DURATION,   /* days and time */
    VALUE_MONTHS_DURATION, /* years and months */
    VALUE_KINDS
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        struct decimal number;
        struct str string; /* UTF-8 */
        struct {
            const struct value *items;
            size_t n;
        } list;
        struct {
            const struct value_entry *entries; /* in the order written; keys are unique */
            size_t n;
        } context;
        const struct value_range *range;
        const struct feel_function *function;
        struct temporal_date date;
        const struct temporal_time *time;
        const struct temporal_moment *moment; /* VALUE_DATE_TIME */
        struct decimal seconds;               /* VALUE_DAYS_DURATION */
        int64_t months;                       /* VALUE_MONTHS_DURATION */
    };
};

struct value_entry {
    struct str key;
    struct value value;
};

/* How a range was written: an interval [1..5), or one comparison, (< 5), whose other side is open to infinity. */
enum value_range_form {
    RANGE_INTERVAL,
    RANGE_LESS,
    RANGE_LESS_OR_EQUAL,
    RANGE_GREATER,
    RANGE_GREATER_OR_EQUAL,
    RANGE_EQUAL,   /* start = end */
    RANGE_UNEQUAL, /* all but start = end; null as FEEL's property `start` */
};

/* A bound that is null: the open side of a comparison, or in an interval a bound nobody knows: then nothing is known
 * about what lies inside. */
struct value_range {
    enum value_range_form form;
    struct value start, end;
    bool start_included, end_included;
};

/* Three-valued logic: the answer of a comparison or a test. */
enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NULL };

/* ── making ────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define VALUE_NULL_INIT ((struct value){.kind = VALUE_NULL})
struct value value_null(void);
struct value value_boolean(bool boolean);
struct value value_truth(enum truth truth); /* TRUTH_NULL gives null */
struct value value_number(struct decimal number);
struct value value_i64(int64_t number);
struct value value_string(struct str borrowed);
struct value value_list(const struct value *borrowed_items, size_t n);
struct value value_context(const struct value_entry *borrowed_entries, size_t n);
struct value value_date(struct temporal_date date);
struct value value_time(const struct temporal_time *borrowed);
struct value value_moment(const struct temporal_moment *borrowed);
struct value value_seconds(struct decimal seconds); /* a days and time duration */
struct value value_months(int64_t months);          /* a years and months duration */

/* The same value with everything it points to copied into `arena`; functions are copied as null (they belong to their
 * evaluation).  ERR_NO_MEMORY; ERR_INVALID when nested deeper than VALUE_MAX_DEPTH. */
MUST_USE
enum err value_copy(struct arena *arena, struct value value, struct value *ret_copy);

/* ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "null", "boolean", "number", … as FEEL calls the type. */
const char *value_kind_name(enum value_kind kind);

/* The member called `key`; false when there is none or `context` is no context. */
bool value_get(const struct value *context, struct str key, struct value *ret_value);

/* FEEL's `=`: null = null is true, null against anything else false; different kinds are null.  Functions are equal when
 * they are the same text over the same names. */
enum truth value_equal(const struct value *a, const struct value *b);

/* FEEL's is(): the same kind and the same value; times differ in fractions of a second and in their zones, too. */
bool value_is(const struct value *a, const struct value *b);

/* The order of two numbers, strings (by code points), dates, times or durations.  False: they have none (other kinds,
 * two kinds, null). */
bool value_compare(const struct value *a, const struct value *b, int *ret_order);

bool value_is_true(const struct value *value); /* the boolean true, nothing else */

/* ── text and JSON ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* FEEL's string(): a string as it is, null as "null", numbers with all their digits, dates, times and durations as ISO 8601
 * has them, [1, "a", @"2026-03-05"], {a: 1}.
 * ERR_NO_MEMORY, ERR_INVALID (nested too deep, longer than VALUE_MAX_TEXT). */
MUST_USE
enum err value_to_text(struct arena *arena, const struct value *value, struct str *ret_text, struct error *error);

/* Appends JSON with every digit.  Dates, times and durations are written as strings, ranges and functions as their FEEL
 * text in a string.  What is nested deeper than VALUE_MAX_DEPTH makes ERR_INVALID; a full `out` shows in buf_failed. */
MUST_USE
enum err value_to_json(struct buf *out, const struct value *value, struct error *error);

/* JSON text → value, numbers exact up to 34 digits.  ERR_INVALID "byte N: …". */
MUST_USE
enum err value_from_json(struct arena *arena, struct str json, struct value *ret_value, struct error *error);
/* The same from a tree of json_read; texts are borrowed from it. */
MUST_USE
enum err value_from_json_value(struct arena *arena, const struct json_value *json, struct value *ret_value,
                               struct error *error);

#endif
