/* Functions as values: making them, binding arguments, calling (DMN 1.5 §10.3.2.13, table 63). */
#include "bot/base/arena.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"
#include "flows/rules/feel_loop.h"
#include "flows/rules/feel_temporal.h"

#include "bot/base/banned.h"

struct value feel_function_make(struct feel_run *run, struct feel_function function)
{
    struct feel_function *made = feel_run_alloc(run, 1, sizeof *made);
    if (made == NULL)
        return value_null();
    *made = function;
    return (struct value){.kind = VALUE_FUNCTION, .function = made};
}

enum err feel_host_value(struct arena *arena, const struct feel_host *host, struct value *ret_function)
{
    struct feel_function *made = arena_alloc(arena, sizeof *made);
    if (made == NULL)
        return ERR_NO_MEMORY;
    made->host = host;
    *ret_function = (struct value){.kind = VALUE_FUNCTION, .function = made};
    return OK;
}

/* ── binding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct parameters {
    const struct feel_member *items;
    size_t n;
};

static struct parameters parameters_of(const struct feel_function *f)
{
    if (f->host != NULL)
        return (struct parameters){f->host->parameters, f->host->n_parameters};
    return (struct parameters){f->node->type->members, f->node->type->n_members};
}

static size_t parameter_index(const struct parameters *parameters, struct str name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (str_eq(parameters->items[i].name, name))
            return i;
    return SIZE_MAX;
}

/* Puts each argument where its parameter stands; what is not named stays null.  False: they do not fit, with a reason. */
static bool place_arguments(struct feel_run *run, const struct parameters *parameters, const struct feel_given *given,
                            struct value *bound)
{
    if (given->names == NULL && given->n != parameters->n) {
        feel_reason(run, "the function takes %zu arguments, not %zu", parameters->n, given->n);
        return false;
    }
    for (size_t i = 0; i < given->n; i++) {
        size_t at = given->names == NULL ? i : parameter_index(parameters, given->names[i]);
        bool twice = given->names != NULL && strs_contain((struct strs){given->names, i}, given->names[i]);
        if (at == SIZE_MAX || twice) {
            feel_reason(run, twice ? "`%.*s` is given twice" : "the function has no parameter `%.*s`",
                        STR_ARG(given->names[i]));
            return false;
        }
        bound[at] = given->values[i];
    }
    return true;
}

static bool bind(struct feel_run *run, const struct parameters *parameters, const struct feel_given *given,
                 struct value *bound)
{
    if (!place_arguments(run, parameters, given, bound))
        return false;
    for (size_t i = 0; i < parameters->n; i++) {
        struct value argument = bound[i];
        if (feel_convert(run, &argument, parameters->items[i].type, &bound[i]))
            continue;
        feel_reason(run, "the argument for `%.*s` is %s, which is not of the parameter's type",
                    STR_ARG(parameters->items[i].name), value_kind_name(argument.kind));
        return false;
    }
    return true;
}

static bool to_list(struct feel_run *run, const struct value *value, const struct feel_type *type,
                    struct value *ret_value)
{
    struct value *item = feel_run_alloc(run, 1, sizeof *item);
    if (item == NULL)
        return false;
    *item = *value;
    *ret_value = value_list(item, 1);
    return feel_conforms(ret_value, type);
}

/* The date's midnight, in UTC. */
static bool to_moment(struct feel_run *run, struct temporal_date date, struct value *ret_value)
{
    struct temporal_moment midnight = {.date = date, .time = {.second = decimal_from_i64(0), .has_offset = true}};
    *ret_value = feel_temporal_make_moment(run, &midnight);
    return run->rc == OK;
}

bool feel_convert(struct feel_run *run, const struct value *value, const struct feel_type *type,
                  struct value *ret_value)
{
    struct value converted = *value;
    if (type != NULL && value->kind != VALUE_NULL && !feel_conforms(value, type)) {
        bool single = value->kind == VALUE_LIST && value->list.n == 1;
        bool done = false;
        if (single && feel_conforms(&value->list.items[0], type)) {
            converted = value->list.items[0];
            done = true;
        } else if (type->kind == FEEL_DATE_TIME && value->kind == VALUE_DATE) {
            done = to_moment(run, value->date, &converted);
        } else if (type->kind == FEEL_LIST && value->kind != VALUE_LIST) {
            done = to_list(run, value, type, &converted);
        }
        if (!done)
            return false;
    }
    *ret_value = converted;
    return true;
}

/* ── calling ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct value call_own(struct feel_run *run, const struct feel_function *f, const struct value *bound)
{
    size_t n = f->node->type->n_members;
    const struct feel_environment *environment = f->environment;
    struct feel_environment *parameters = feel_run_alloc(run, n, sizeof *parameters);
    if (parameters == NULL)
        return value_null();
    for (size_t i = 0; i < n; i++) {
        parameters[i] = (struct feel_environment){.value = bound[i], .up = environment};
        environment = &parameters[i];
    }
    struct feel_scope scope = run->scope;
    const struct value *input = run->input;
    run->scope = f->scope;
    run->input = f->input;
    struct value value = feel_eval_node(run, f->node->many.items[0], environment);
    run->scope = scope;
    run->input = input;
    return value;
}

static struct value call_host(struct feel_run *run, const struct feel_host *host, const struct value *bound)
{
    struct value value = value_null(), result;
    if (run->depth + FEEL_HOST_DEPTH >= FEEL_MAX_DEPTH)
        return feel_run_too_deep(run);
    run->depth += FEEL_HOST_DEPTH;
    enum err rc = host->call(host->self, run, bound, &value);
    run->depth -= FEEL_HOST_DEPTH;
    if (rc != OK)
        return feel_run_fail(run, rc, "%.*s failed", STR_ARG(host->name));
    if (run->rc != OK)
        return value_null();
    if (feel_convert(run, &value, host->result, &result))
        return result;
    return feel_run_null(run, "%.*s gives %s, which is not of its type", STR_ARG(host->name),
                         value_kind_name(value.kind));
}

struct value feel_run_call(struct feel_run *run, const struct value *function, const struct value *arguments,
                           const struct str *names, size_t n)
{
    if (function->kind != VALUE_FUNCTION)
        return feel_run_null(run, "what is called is %s, not a function", value_kind_name(function->kind));
    const struct feel_function *f = function->function;
    struct feel_given given = {arguments, names, n, NULL};
    if (f->builtin != NULL)
        return feel_builtin_invoke(run, f->builtin, &given);
    struct parameters parameters = parameters_of(f);
    struct value *bound = feel_run_alloc(run, parameters.n, sizeof *bound);
    if (bound == NULL || !bind(run, &parameters, &given, bound))
        return value_null();
    return f->host != NULL ? call_host(run, f->host, bound) : call_own(run, f, bound);
}

enum err feel_call(struct feel_run *run, const struct value *function, const struct value *arguments, size_t n,
                   struct value *ret_value)
{
    struct value value = feel_run_call(run, function, arguments, NULL, n);
    if (run->rc == OK)
        *ret_value = value;
    return run->rc;
}

enum err feel_call_named(struct feel_run *run, const struct value *function, const struct value *arguments,
                         struct value *ret_value)
{
    size_t n = arguments->context.n;
    struct value *values = feel_run_alloc(run, n, sizeof *values);
    struct str *names = feel_run_alloc(run, n, sizeof *names);
    if (values == NULL || names == NULL)
        return run->rc;
    for (size_t i = 0; i < n; i++) {
        values[i] = arguments->context.entries[i].value;
        names[i] = arguments->context.entries[i].key;
    }
    struct value value = feel_run_call(run, function, values, names, n);
    if (run->rc == OK)
        *ret_value = value;
    return run->rc;
}
