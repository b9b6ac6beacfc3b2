/* bot/base/json.h — JSON in three ways.
 *
 *   1. struct reader: fields out of a jansson tree by path and type; the first failure sticks.  For platform bodies.
 *   2. struct json_value: an own tree in an arena that keeps every digit of a number.  For FEEL values, flows' data.
 *   3. json_add_…: writing into a struct buf.
 *
 * Strict (RFC 8259): UTF-8 only, no NUL (\u0000), no lone surrogates, no duplicate keys, depth ≤ JSON_MAX_DEPTH.
 * Thread: any.  Memory: results are copied into the arena; trees never outlive their function.                      */
#ifndef GILBOT_BASE_JSON_H
#define GILBOT_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct buf;

enum { JSON_MAX_DEPTH = 64 };

/* ── 1. jansson with paths ─────────────────────────────────────────────────────────────────────────────────────── */

struct reader {
    struct arena *arena;
    struct error *error;
    enum err rc; /* OK until the first need_ fails */
};

/* Parses a platform's body strictly.  The caller releases the tree with CLEANUP(json_releasep).
 * ERR_INVALID: "byte N: …".  Numbers outside int64 become reals instead of failing. */
MUST_USE enum err json_parse_body(struct str body, json_t **ret_root, struct error *error);
void json_releasep(json_t **v);

/* `path`: keys joined by '.', a number indexes an array ("event.files.0.id"). json null counts as absent.
 * need_…: absence or another type is a failure.  may_…: absence gives the default; another type too.
 * Strings are copied into the arena.  …_id takes a string or an integer (as its decimal text): ids come as either. */
struct str json_need_str(struct reader *r, const json_t *root, const char *path);
int64_t json_need_i64(struct reader *r, const json_t *root, const char *path);
struct str json_need_id(struct reader *r, const json_t *root, const char *path);
struct str json_may_str(struct reader *r, const json_t *root, const char *path, struct str otherwise);
struct str json_may_id(struct reader *r, const json_t *root, const char *path, struct str otherwise);
int64_t json_may_i64(struct reader *r, const json_t *root, const char *path, int64_t otherwise);
bool json_may_bool(struct reader *r, const json_t *root, const char *path, bool otherwise);
/* The node itself (borrowed from the tree) or NULL; json null gives NULL. */
const json_t *json_at(const json_t *root, const char *path);
/* All strings (and integers as text) of an array; empty when absent. */
struct strs json_may_strs(struct reader *r, const json_t *root, const char *path);
/* A subtree as JSON text in the arena; {NULL,0} when absent. */
struct str json_text_of(struct reader *r, const json_t *node);

/* ── 2. exact values ───────────────────────────────────────────────────────────────────────────────────────────── */

enum json_kind { JSON_NULL_, JSON_BOOL_, JSON_NUMBER_, JSON_STRING_, JSON_ARRAY_, JSON_OBJECT_ };

struct json_value {
    enum json_kind kind;
    bool boolean;
    struct str text;          /* number: as written, a valid JSON number; string: decoded UTF-8  */
    struct str key;           /* as member of an object                                          */
    struct json_value *child; /* first element or member                                        */
    struct json_value *next;  /* next sibling                                                    */
    size_t n;                 /* array, object: number of children                               */
};

/* ERR_INVALID "byte N: …", ERR_NO_MEMORY.  The tree lives in the arena; texts without escapes borrow from `text`. */
MUST_USE enum err json_read(struct arena *arena, struct str text, struct json_value **ret_root, struct error *error);
/* The member called `key`, or NULL (also when `object` is NULL or no object). */
const struct json_value *json_get(const struct json_value *object, struct str key);
/* Its string, or `otherwise` when absent or no string. */
struct str json_get_str(const struct json_value *object, struct str key, struct str otherwise);
/* Its whole number within int64, or `otherwise`. */
int64_t json_get_i64(const struct json_value *object, struct str key, int64_t otherwise);
bool json_get_bool(const struct json_value *object, struct str key, bool otherwise);
/* The number nearest to it; 0 when `value` is NULL, no number, or one of 400 digits.  For what is measured, never for what is counted. */
double json_to_double(const struct json_value *value);

/* ── 3. writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A quoted, escaped string.  Bytes that are no UTF-8 become U+FFFD. */
void json_add_str(struct buf *out, struct str s);
/* "key": with the comma before it when the buffer's last byte is neither '{' nor '['. */
void json_add_key(struct buf *out, const char *key);
/* A comma when one is needed before the next array element (same rule). */
void json_add_comma(struct buf *out);
void json_add_value(struct buf *out, const struct json_value *value);
/* Shorthands: a whole member. */
void json_add_member(struct buf *out, const char *key, struct str value);
void json_add_member_i64(struct buf *out, const char *key, int64_t value);
void json_add_member_bool(struct buf *out, const char *key, bool value);
void json_add_member_raw(struct buf *out, const char *key, struct str json);

#endif
