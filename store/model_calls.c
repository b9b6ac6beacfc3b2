#include "store/model_calls.h"

#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/secret.h"
#include "store/db.h"
#include "store/query.h"

#include "bot/base/banned.h"

/* ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The first digits of HMAC(key, user); nobody stays nobody. */
static enum err pseudonym(struct db *db, struct str user, char ret_name[MODEL_CALL_PSEUDONYM_BYTES], size_t *ret_n,
                          struct error *error)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[SECRET_HMAC_BYTES];
    *ret_n = 0;
    if (user.n == 0)
        return OK;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALL_KEY);
    if (!query_next(&q))
        return query_done(&q, error) != OK ? error->code
                                           : fail(error, ERR_INTERNAL, "the ledger of models has lost its key");
    if (secret_hmac_sha256(column_peek(&q, 0), &user, 1, mac) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory for a pseudonym");
    for (size_t i = 0; i < MODEL_CALL_PSEUDONYM_BYTES; i++)
        ret_name[i] = digits[(mac[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15];
    *ret_n = MODEL_CALL_PSEUDONYM_BYTES;
    return OK;
}

enum err model_call_record(struct db *db, const struct model_call *call, struct error *error)
{
    char name[MODEL_CALL_PSEUDONYM_BYTES];
    struct str user = {name, 0};
    enum err rc = pseudonym(db, call->user, name, &user.n, error);
    if (rc != OK)
        return rc;
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALL_INSERT);
    bind_i64(&q, ":at_ms", call->at_ms);
    bind_str(&q, ":provider", call->provider);
    bind_str(&q, ":model", call->model);
    bind_str(&q, ":skill", call->skill);
    bind_str(&q, ":purpose", call->purpose);
    bind_str(&q, ":prompt", call->prompt);
    bind_str(&q, ":flow", call->flow);
    bind_str(&q, ":user", user);
    bind_str(&q, ":outcome", call->outcome);
    bind_i64(&q, ":tokens_in", call->tokens_in);
    bind_i64(&q, ":tokens_out", call->tokens_out);
    bind_i64(&q, ":cost_microusd", call->cost_microusd);
    bind_i64(&q, ":latency_ms", call->latency_ms);
    bind_i64(&q, ":first_piece_ms", call->first_piece_ms);
    return query_run(&q, error) == OK ? OK : during(error, "noting a model's call");
}

enum err model_calls_sweep(struct db *db, int64_t before_ms, struct error *error)
{
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALLS_SWEEP);
    bind_i64(&q, ":before_ms", before_ms);
    return query_run(&q, error);
}

/* ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* `items` with room for one element more than `n`; NULL: no memory. */
static void *grow(struct arena *arena, void *items, size_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return items; /* the next power of two is allocated */
    void *more = arena_alloc_array(arena, n == 0 ? 1 : 2 * n, size);
    if (more != NULL && n > 0)
        memcpy(more, items, n * size);
    return more;
}

enum err model_calls_spent(struct db *db, int64_t since_ms, struct arena *arena, struct model_spends *ret_spends,
                           struct error *error)
{
    struct model_spends spends = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALLS_SPENT);
    bind_i64(&q, ":since_ms", since_ms);
    while (query_next(&q)) {
        spends.items = grow(arena, spends.items, spends.n, sizeof *spends.items);
        if (spends.items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many providers");
        spends.items[spends.n++] = (struct model_spend){column_str(&q, 0, arena), column_i64(&q, 1)};
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading what models cost");
    *ret_spends = spends;
    return OK;
}

const char *model_calls_by_name(enum model_calls_by by)
{
    static const char *const names[MODEL_CALLS_WAYS] = {"provider", "model",  "flow",   "user",
                                                        "purpose",  "prompt", "outcome"};
    return names[by];
}

enum err model_calls_sums(struct db *db, enum model_calls_by by, int64_t since_ms, struct arena *arena,
                          struct model_sums *ret_sums, struct error *error)
{
    struct model_sums sums = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALLS_SUMS);
    bind_str(&q, ":by", str_of(model_calls_by_name(by)));
    bind_i64(&q, ":since_ms", since_ms);
    while (query_next(&q)) {
        sums.items = grow(arena, sums.items, sums.n, sizeof *sums.items);
        if (sums.items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many different calls");
        sums.items[sums.n++] = (struct model_sum){
            .name = column_str(&q, 0, arena),
            .calls = column_i64(&q, 1),
            .failed = column_i64(&q, 2),
            .tokens_in = column_i64(&q, 3),
            .tokens_out = column_i64(&q, 4),
            .cost_microusd = column_i64(&q, 5),
            .latency_ms = column_i64(&q, 6),
        };
    }
    if (query_done(&q, error) != OK)
        return during(error, "adding up models' calls");
    *ret_sums = sums;
    return OK;
}

static struct model_call read_call(struct query *q, struct arena *arena)
{
    return (struct model_call){
        .at_ms = column_i64(q, 0),
        .provider = column_str(q, 1, arena),
        .model = column_str(q, 2, arena),
        .skill = column_str(q, 3, arena),
        .purpose = column_str(q, 4, arena),
        .prompt = column_str(q, 5, arena),
        .flow = column_str(q, 6, arena),
        .user = column_str(q, 7, arena),
        .outcome = column_str(q, 8, arena),
        .tokens_in = column_i64(q, 9),
        .tokens_out = column_i64(q, 10),
        .cost_microusd = column_i64(q, 11),
        .latency_ms = column_i64(q, 12),
        .first_piece_ms = column_i64(q, 13),
    };
}

enum err model_calls_last(struct db *db, size_t most, struct arena *arena, struct model_calls *ret_calls,
                          struct error *error)
{
    struct model_calls calls = {0};
    CLEANUP(query_end) struct query q = query_begin(db, SQL_MODEL_CALLS_LAST);
    bind_i64(&q, ":most", (int64_t)most);
    while (query_next(&q)) {
        calls.items = grow(arena, calls.items, calls.n, sizeof *calls.items);
        if (calls.items == NULL)
            return fail(error, ERR_NO_MEMORY, "too many calls");
        calls.items[calls.n++] = read_call(&q, arena);
    }
    if (query_done(&q, error) != OK)
        return during(error, "reading models' calls");
    *ret_calls = calls;
    return OK;
}
