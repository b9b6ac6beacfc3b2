/* What a model wrote → claims, as long as there is anything to read (flows/answer/claims.h). */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "flows/answer/claims.h"

#include "bot/base/banned.h"

enum { MOST_NUMBER = 1000000 };

/* ── from text to objects ──────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of the JSON object at the start of `s`, strings minded; 0 when it does not end. */
static size_t object_bytes(struct str s)
{
    size_t depth = 0;
    bool is_string = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (is_string) {
            i += c == '\\';
            is_string = c != '"';
        } else if (c == '"') {
            is_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* ── from objects to claims ────────────────────────────────────────────────────────────────────────────────────── */

/* 1, "1", "[1]", "passage 1" → 1; anything else → 0. */
static int64_t passage_number(const struct json_value *value)
{
    if (value == NULL || (value->kind != JSON_NUMBER_ && value->kind != JSON_STRING_))
        return 0;
    int64_t number = 0;
    bool is_any = false;
    for (size_t i = 0; i < value->text.n && number < MOST_NUMBER; i++) {
        char c = value->text.p[i];
        if (c >= '0' && c <= '9')
            number = number * 10 + (c - '0');
        else if (is_any || c == '-' || c == '.')
            break;
        is_any = c >= '0' && c <= '9';
    }
    return number >= MOST_NUMBER ? 0 : number;
}

static void add_quote(struct claim *claim, const struct json_value *value)
{
    struct claim_quote quote = {.named = 0};
    if (value->kind == JSON_STRING_)
        quote.said = value->text;
    quote.said = json_get_str(value, STR("quote"), quote.said);
    quote.named = passage_number(json_get(value, STR("passage")));
    if (quote.said.n > 0 && claim->n_quotes < CLAIM_MOST_QUOTES)
        claim->quotes[claim->n_quotes++] = quote;
}

/* A mark like "[1]" or "[1, 2]" at the start of `s`: its bytes, or 0. */
static size_t mark_bytes(struct str s)
{
    if (s.n < 3 || s.p[0] != '[')
        return 0;
    size_t i = 1;
    while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ',' || s.p[i] == ' '))
        i++;
    return i > 1 && i < s.n && s.p[i] == ']' ? i + 1 : 0;
}

/* The claim's text without such marks: the sources are ours to name. */
static enum err without_marks(struct arena *arena, struct str text, struct str *ret)
{
    struct buf out;
    buf_init(&out, arena, text.n + 1);
    for (size_t i = 0; i < text.n;) {
        size_t mark = mark_bytes(str_skip(text, i));
        if (mark == 0) {
            buf_add_char(&out, text.p[i++]);
            continue;
        }
        if (out.n > 0 && out.p[out.n - 1] == ' ')
            buf_truncate(&out, out.n - 1);
        i += mark;
    }
    *ret = str_trim(buf_str(&out));
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

static enum err add_claim(struct arena *arena, struct claims *claims, const struct json_value *value)
{
    struct claim claim = {.verdict = CLAIM_UNCHECKED};
    enum err rc = without_marks(arena, str_trim(json_get_str(value, STR("text"), STR(""))), &claim.text);
    if (rc != OK || claim.text.n == 0)
        return rc;
    const struct json_value *quotes = json_get(value, STR("quotes"));
    if (quotes != NULL && quotes->kind != JSON_ARRAY_)
        add_quote(&claim, quotes);
    else
        for (const struct json_value *q = quotes == NULL ? NULL : quotes->child; q != NULL; q = q->next)
            add_quote(&claim, q);
    if (claims->n == CLAIMS_MOST) {
        claims->is_cut = true;
        return OK;
    }
    claims->items[claims->n++] = claim;
    return OK;
}

static enum err add_all(struct arena *arena, struct claims *claims, const struct json_value *list)
{
    enum err rc = OK;
    for (const struct json_value *claim = list->child; claim != NULL && rc == OK; claim = claim->next)
        rc = add_claim(arena, claims, claim);
    return rc;
}

/* Of JSON that ended early: every whole object behind the list's bracket. */
static enum err read_cut(struct arena *arena, struct str text, struct claims *claims, struct error *error)
{
    size_t at = str_find(text, STR("\"claims\""));
    if (at == SIZE_MAX)
        return fail(error, ERR_INVALID, "the model's answer is no JSON with claims");
    struct str rest = str_skip(text, at);
    claims->is_cut = true;
    enum err rc = OK;
    while (rc == OK) {
        size_t open = str_find_char(rest, '{');
        rest = str_skip(rest, open == SIZE_MAX ? rest.n : open);
        size_t bytes = object_bytes(rest);
        if (bytes == 0)
            break;
        struct json_value *value;
        if (json_read(arena, str_first(rest, bytes), &value, NULL) == OK)
            rc = add_claim(arena, claims, value);
        rest = str_skip(rest, bytes);
    }
    if (rc == OK && claims->n == 0)
        return fail(error, ERR_INVALID, "the model's answer ends before its first claim");
    return rc;
}

/* The text's first object that has a list of claims; NULL when there is none. */
static const struct json_value *whole_list(struct arena *arena, struct str text)
{
    enum { MOST_TRIES = 8 };
    for (int i = 0; i < MOST_TRIES; i++) {
        size_t open = str_find_char(text, '{');
        size_t bytes = open == SIZE_MAX ? 0 : object_bytes(str_skip(text, open));
        struct json_value *root;
        if (bytes == 0)
            return NULL;
        text = str_skip(text, open);
        if (json_read(arena, str_first(text, bytes), &root, NULL) == OK) {
            const struct json_value *list = json_get(root, STR("claims"));
            if (list != NULL && list->kind == JSON_ARRAY_)
                return list;
        }
        text = str_skip(text, bytes);
    }
    return NULL;
}

enum err claims_read(struct arena *arena, struct str text, struct claims *ret_claims, struct error *error)
{
    struct claims claims = {.items = arena_alloc_array(arena, CLAIMS_MOST, sizeof *claims.items)};
    if (claims.items == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the model's answer");
    if (!text_is_utf8(text))
        return fail(error, ERR_INVALID, "the model's answer is not UTF-8");
    const struct json_value *list = whole_list(arena, text);
    enum err rc = list != NULL ? add_all(arena, &claims, list) : read_cut(arena, text, &claims, error);
    if (rc == ERR_NO_MEMORY)
        return fail(error, rc, "no memory for the model's answer");
    if (rc == OK)
        *ret_claims = claims;
    return rc;
}
