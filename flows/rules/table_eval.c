/* Which rules fit, and what the hit policy makes of them (DMN 1.5 §8.2.8). */
#include <string.h>

#include "bot/base/arena.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/table.h"

#include "bot/base/banned.h"

/* One decision on its way. */
struct decision {
    const struct table *table;
    struct feel_run *run;
    struct value *inputs;
    size_t *fits; /* rules that fit */
    size_t n_fits;
    struct value *values; /* of those rules, when they are needed */
};

/* ── which rules fit ───────────────────────────────────────────────────────────────────────────────────────────── */

/* False: an input is none of its allowed values, or the evaluation failed. */
static bool read_inputs(struct decision *d)
{
    for (size_t i = 0; i < d->table->n_inputs; i++) {
        const struct table_input *input = &d->table->inputs[i];
        enum truth allowed = TRUTH_TRUE;
        if (feel_eval(input->expr, d->run, &d->inputs[i]) != OK)
            return false;
        if (input->values != NULL && feel_eval_unary(input->values, d->run, &d->inputs[i], &allowed) != OK)
            return false;
        if (allowed != TRUTH_TRUE) {
            struct str expr = feel_expr_text(input->expr);
            feel_reason(d->run, "`%.*s` has a value that the table `%.*s` does not allow", STR_ARG(expr),
                        STR_ARG(d->table->name));
            return false;
        }
    }
    return true;
}

static bool rule_fits(struct decision *d, const struct table_rule *rule)
{
    for (size_t i = 0; i < d->table->n_inputs; i++) {
        enum truth truth;
        if (rule->tests[i] == NULL)
            continue;
        if (feel_eval_unary(rule->tests[i], d->run, &d->inputs[i], &truth) != OK || truth != TRUTH_TRUE)
            return false;
    }
    return true;
}

static void find_fits(struct decision *d)
{
    bool first_only = d->table->hit == TABLE_FIRST;
    for (size_t i = 0; i < d->table->n_rules && d->run->rc == OK; i++) {
        if (!rule_fits(d, &d->table->rules[i]))
            continue;
        d->fits[d->n_fits++] = i;
        if (first_only)
            return;
    }
}

/* ── their outputs ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* One output is its value, several are a context. */
static struct value outputs_of(struct decision *d, const struct feel_expr *const *exprs)
{
    size_t n = d->table->n_outputs;
    struct value value = value_null();
    if (n == 1)
        return feel_eval(exprs[0], d->run, &value) == OK ? value : value_null();
    struct value_entry *entries = feel_run_alloc(d->run, n, sizeof *entries);
    for (size_t i = 0; entries != NULL && i < n; i++) {
        entries[i].key = d->table->outputs[i].name;
        if (feel_eval(exprs[i], d->run, &entries[i].value) != OK)
            return value_null();
    }
    return value_context(entries, entries == NULL ? 0 : n);
}

static struct value defaults_of(struct decision *d)
{
    const struct table *table = d->table;
    const struct feel_expr **exprs = feel_run_alloc(d->run, table->n_outputs, sizeof(struct feel_expr *));
    for (size_t i = 0; exprs != NULL && i < table->n_outputs; i++) {
        exprs[i] = table->outputs[i].otherwise;
        if (exprs[i] == NULL)
            return value_null();
    }
    return exprs == NULL ? value_null() : outputs_of(d, exprs);
}

static bool read_outputs(struct decision *d)
{
    d->values = feel_run_alloc(d->run, d->n_fits, sizeof *d->values);
    for (size_t i = 0; d->values != NULL && i < d->n_fits; i++)
        d->values[i] = outputs_of(d, d->table->rules[d->fits[i]].outputs);
    return d->run->rc == OK;
}

/* ── order of outputs ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Where `value` stands among the output's values; one that is not among them comes last. */
static size_t rank(const struct value *values, const struct value *value)
{
    size_t i = 0;
    while (i < values->list.n && value_equal(&values->list.items[i], value) != TRUTH_TRUE)
        i++;
    return i;
}

/* Ranks of all fitting rules, output by output: n_outputs for each rule. */
static size_t *rank_all(struct decision *d)
{
    size_t n = d->table->n_outputs, *ranks = feel_run_alloc(d->run, d->n_fits * n, sizeof *ranks);
    for (size_t j = 0; ranks != NULL && j < n; j++) {
        struct value values;
        if (d->table->outputs[j].values == NULL)
            continue;
        if (feel_eval(d->table->outputs[j].values, d->run, &values) != OK)
            return NULL;
        for (size_t i = 0; i < d->n_fits; i++) {
            const struct value *value = n == 1 ? &d->values[i] : &d->values[i].context.entries[j].value;
            ranks[i * n + j] = rank(&values, value);
        }
    }
    return ranks;
}

static int compare_ranks(const size_t *a, const size_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* Stable, by insertion: few rules fit at once, and the work is counted. */
static bool order_outputs(struct decision *d)
{
    size_t n = d->table->n_outputs, *ranks = rank_all(d);
    size_t *order = feel_run_alloc(d->run, d->n_fits, sizeof *order),
           *fits = feel_run_alloc(d->run, d->n_fits, sizeof *fits);
    struct value *values = feel_run_alloc(d->run, d->n_fits, sizeof *values);
    if (ranks == NULL || order == NULL || fits == NULL || values == NULL)
        return false;
    for (size_t i = 0; i < d->n_fits; i++) {
        size_t at = i;
        for (; at > 0 && compare_ranks(&ranks[i * n], &ranks[order[at - 1] * n], n) < 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
        if (!feel_run_spend(d->run, 1 + (i - at) / 4))
            return false;
    }
    for (size_t i = 0; i < d->n_fits; i++) {
        fits[i] = d->fits[order[i]];
        values[i] = d->values[order[i]];
    }
    d->fits = fits;
    d->values = values;
    return true;
}

/* ── hit policies ──────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value unique(struct decision *d)
{
    if (d->n_fits == 1)
        return d->values[0];
    return feel_run_null(d->run, "rules %zu and %zu of the table `%.*s` both fit, and its hit policy is U",
                         d->fits[0] + 1, d->fits[1] + 1, STR_ARG(d->table->name));
}

static struct value any(struct decision *d)
{
    for (size_t i = 1; i < d->n_fits; i++)
        if (value_equal(&d->values[0], &d->values[i]) != TRUTH_TRUE)
            return feel_run_null(d->run, "rules %zu and %zu of the table `%.*s` differ, and its hit policy is A",
                                 d->fits[0] + 1, d->fits[i] + 1, STR_ARG(d->table->name));
    return d->values[0];
}

static struct value sum(struct decision *d)
{
    struct decimal total = decimal_from_i64(0);
    for (size_t i = 0; i < d->n_fits; i++)
        if (d->values[i].kind != VALUE_NUMBER || !decimal_add(total, d->values[i].number, &total))
            return feel_run_null(d->run, "the outputs of the table `%.*s` have no sum", STR_ARG(d->table->name));
    return value_number(total);
}

static struct value extreme(struct decision *d, int wanted)
{
    struct value best = d->values[0];
    int order;
    for (size_t i = 0; i < d->n_fits; i++) {
        if (!value_compare(&d->values[i], &best, &order))
            return feel_run_null(d->run, "the outputs of the table `%.*s` cannot be compared", STR_ARG(d->table->name));
        if (order == wanted)
            best = d->values[i];
    }
    return best;
}

static struct value result_of(struct decision *d)
{
    switch (d->table->hit) {
    case TABLE_UNIQUE:
        return unique(d);
    case TABLE_ANY:
        return any(d);
    case TABLE_FIRST:
        return d->values[0];
    case TABLE_PRIORITY:
        if (!order_outputs(d))
            return value_null();
        d->n_fits = 1;
        return d->values[0];
    case TABLE_OUTPUT_ORDER:
        if (!order_outputs(d))
            return value_null();
        return value_list(d->values, d->n_fits);
    case TABLE_RULE_ORDER:
    case TABLE_COLLECT:
        return value_list(d->values, d->n_fits);
    case TABLE_SUM:
        return sum(d);
    case TABLE_MIN:
        return extreme(d, -1);
    case TABLE_MAX:
        return extreme(d, 1);
    case TABLE_COUNT:
        return value_i64((int64_t)d->n_fits);
    }
    return value_null();
}

enum err table_eval(const struct table *table, struct feel_run *run, struct value *ret_value,
                    struct table_trail *ret_trail)
{
    struct decision d = {.table = table, .run = run};
    d.inputs = feel_run_alloc(run, table->n_inputs, sizeof *d.inputs);
    d.fits = feel_run_alloc(run, table->n_rules, sizeof *d.fits);
    if (d.inputs == NULL || d.fits == NULL)
        return run->rc;
    struct value value = value_null();
    bool allowed = read_inputs(&d);
    if (allowed)
        find_fits(&d);
    if (allowed && run->rc == OK && d.n_fits == 0)
        value = defaults_of(&d);
    else if (allowed && run->rc == OK && read_outputs(&d))
        value = result_of(&d);
    if (run->rc != OK)
        return run->rc;
    *ret_value = value;
    if (ret_trail != NULL)
        *ret_trail =
            (struct table_trail){.inputs = d.inputs, .n_inputs = table->n_inputs, .rules = d.fits, .n_rules = d.n_fits};
    return OK;
}
