/* Signatures of built-in functions: binding, conversion and checking of their arguments (DMN 1.5 §10.3.2.13). */
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/feel_builtin.h"
#include "flows/rules/feel_eval.h"

#include "bot/base/banned.h"

/* What a letter of a signature asks for; 'a' (anything) is not among them. */
struct letter {
    char letter;
    const char *name;
    enum value_kind value;
    enum feel_kind type;
};

static const struct letter *letter_of(char letter)
{
    static const struct letter letters[] = {
        {'n', "a number", VALUE_NUMBER, FEEL_NUMBER},
        {'s', "a string", VALUE_STRING, FEEL_STRING},
        {'b', "a boolean", VALUE_BOOLEAN, FEEL_BOOLEAN},
        {'l', "a list", VALUE_LIST, FEEL_LIST},
        {'c', "a context", VALUE_CONTEXT, FEEL_CONTEXT},
        {'f', "a function", VALUE_FUNCTION, FEEL_FUNCTION},
        {'r', "a range", VALUE_RANGE, FEEL_RANGE},
        {'d', "a date", VALUE_DATE, FEEL_DATE},
        {'t', "a time", VALUE_TIME, FEEL_TIME},
        {'m', "a date and time", VALUE_DATE_TIME, FEEL_DATE_TIME},
        {'u', "a days and time duration", VALUE_DAYS_DURATION, FEEL_DAYS_DURATION},
        {'y', "a years and months duration", VALUE_MONTHS_DURATION, FEEL_MONTHS_DURATION},
    };
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (letters[i].letter == letter)
            return &letters[i];
    return &letters[0];
}

static enum value_kind type_kind(char letter)
{
    return letter_of(letter)->value;
}

/* ── signatures ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MAX_PARAMETERS = 4 }; /* of built-in functions */

struct parameter {
    char type;   /* a letter of feel_builtin.h */
    char repeat; /* 0, '?', '*' or '+' */
    struct str name;
};

struct signature {
    struct parameter parameters[MAX_PARAMETERS];
    size_t n, n_required;
};

/* Reads one alternative off *text; false when there are no more. */
static bool next_signature(const char **text, struct signature *ret)
{
    const char *s = *text;
    if (*s == '\0')
        return false;
    ret->n = ret->n_required = 0;
    while (*s != '\0' && *s != '|') {
        struct parameter *p = &ret->parameters[ret->n++];
        p->type = *s++;
        p->repeat = *s == ':' ? 0 : *s++;
        ret->n_required += p->repeat != '?';
        const char *name = ++s;
        s += strcspn(s, ",|");
        p->name = (struct str){name, (size_t)(s - name)};
        s += *s == ',';
    }
    *text = s + (*s == '|');
    return true;
}

/* Whether every value of `type` may be given for the parameter. */
static bool takes(const struct parameter *p, const struct feel_type *type)
{
    if (p->type == 'a')
        return true;
    return type != NULL && type->kind == letter_of(p->type)->type;
}

static bool signature_conforms(const struct signature *s, const struct feel_type *type)
{
    if (type->n_members < s->n_required || type->n_members > s->n)
        return false;
    for (size_t i = 0; i < type->n_members; i++)
        if (!takes(&s->parameters[i], type->members[i].type))
            return false;
    return true;
}

/* abs() gives what it is given: a number, or a duration. */
static bool result_conforms(const struct feel_builtin *builtin, const struct signature *s,
                            const struct feel_type *wanted)
{
    if (wanted == NULL || wanted->kind == FEEL_ANY || wanted->kind == builtin->result)
        return true;
    return builtin->call == feel_number_abs && s->n == 1 && wanted->kind == letter_of(s->parameters[0].type)->type;
}

bool feel_builtin_conforms(const struct feel_builtin *builtin, const struct feel_type *type)
{
    struct signature signature;
    const char *text = builtin->signature;
    while (next_signature(&text, &signature))
        if (signature_conforms(&signature, type) && result_conforms(builtin, &signature, type->item))
            return true;
    return false;
}

/* ── binding ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct binding_call {
    struct feel_run *run;
    const struct feel_builtin *builtin;
    const struct feel_given *given;
    struct value bound[MAX_PARAMETERS];
    size_t n_bound;
    struct str why; /* not: the first misfit, for the reason */
};

static struct value singleton(struct feel_run *run, const struct value *value)
{
    struct value *item = feel_run_alloc(run, 1, sizeof *item);
    if (item == NULL)
        return value_null();
    *item = *value;
    return value_list(item, 1);
}

/* `value` as a parameter of that type; false: it cannot be. */
static bool coerce(struct feel_run *run, const struct parameter *p, const struct value *value, struct value *ret)
{
    *ret = *value;
    bool may_be_null = p->repeat == '?' && (p->type == 's' || p->type == 'u');
    if (p->type == 'a' || (may_be_null && value->kind == VALUE_NULL) || value->kind == type_kind(p->type))
        return true;
    if (value->kind == VALUE_NULL)
        return false;
    if (p->type == 'l') {
        *ret = singleton(run, value);
        return true;
    }
    if (value->kind == VALUE_LIST && value->list.n == 1 && value->list.items[0].kind == type_kind(p->type)) {
        *ret = value->list.items[0];
        return true;
    }
    return false;
}

static bool misfit(struct binding_call *call, const struct parameter *p, const struct value *value)
{
    if (call->why.n == 0)
        call->why = arena_format(call->run->arena, "`%.*s` of %.*s() must be %s, not %s", STR_ARG(p->name),
                                 STR_ARG(call->builtin->name), letter_of(p->type)->name, value_kind_name(value->kind));
    return false;
}

/* All arguments from `first` on, as one list. */
static bool bind_rest(struct binding_call *call, const struct parameter *p, size_t first, struct value *ret)
{
    size_t n = call->given->n - first;
    const struct value *rest = call->given->values + first;
    if (n == 0)
        return false;
    if (p->repeat == '*' && n == 1) {
        if (rest->kind == VALUE_LIST)
            *ret = *rest;
        else
            *ret = singleton(call->run, rest);
        return rest->kind != VALUE_NULL || misfit(call, &(struct parameter){.type = 'l', .name = p->name}, rest);
    }
    struct value *items = feel_run_alloc(call->run, n, sizeof *items);
    for (size_t i = 0; items != NULL && i < n; i++)
        if (!coerce(call->run, p, &rest[i], &items[i]))
            return misfit(call, p, &rest[i]);
    *ret = value_list(items, items == NULL ? 0 : n);
    return true;
}

static bool bind_positions(struct binding_call *call, const struct signature *s)
{
    bool takes_rest = s->n > 0 && (s->parameters[s->n - 1].repeat == '*' || s->parameters[s->n - 1].repeat == '+');
    if (call->given->n < s->n_required || (call->given->n > s->n && !takes_rest))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        const struct parameter *p = &s->parameters[i];
        if (p->repeat == '*' || p->repeat == '+') {
            if (!bind_rest(call, p, i, &call->bound[i]))
                return false;
        } else if (i >= call->given->n) {
            call->bound[i] = value_null();
        } else if (!coerce(call->run, p, &call->given->values[i], &call->bound[i])) {
            return misfit(call, p, &call->given->values[i]);
        }
    }
    call->n_bound = call->given->n < s->n ? call->given->n : s->n;
    return true;
}

static bool bind_names(struct binding_call *call, const struct signature *s)
{
    size_t n_found = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct parameter p = s->parameters[i];
        const struct value *given = NULL;
        for (size_t j = 0; j < call->given->n; j++)
            if (str_eq(call->given->names[j], p.name))
                given = &call->given->values[j];
        call->bound[i] = value_null();
        if (given == NULL && p.repeat != '?')
            return false;
        if (given == NULL)
            continue;
        n_found++;
        if (p.repeat == '*' || p.repeat == '+')
            p.type = 'l';
        if (!coerce(call->run, &p, given, &call->bound[i]))
            return misfit(call, &p, given);
    }
    call->n_bound = s->n;
    return n_found == call->given->n;
}

struct value feel_builtin_invoke(struct feel_run *run, const struct feel_builtin *builtin,
                                 const struct feel_given *given)
{
    struct binding_call call = {.run = run, .builtin = builtin, .given = given};
    struct signature signature;
    const char *text = builtin->signature;
    for (size_t alternative = 0; run->rc == OK && next_signature(&text, &signature); alternative++) {
        if (given->names == NULL ? !bind_positions(&call, &signature) : !bind_names(&call, &signature))
            continue;
        struct feel_arguments args = {.items = call.bound,
                                      .n = call.n_bound,
                                      .alternative = alternative,
                                      .function = builtin->name,
                                      .pattern = given->pattern};
        return run->rc == OK ? builtin->call(run, &args) : value_null();
    }
    if (run->rc != OK)
        return value_null();
    if (call.why.n > 0)
        return feel_run_null(run, "%.*s", STR_ARG(call.why));
    return feel_run_null(run, "%.*s() does not take these %zu %s", STR_ARG(builtin->name), given->n,
                         given->names == NULL ? "arguments" : "named arguments");
}

struct value feel_builtin_call(struct feel_run *run, const struct feel_builtin *builtin, const struct value *arguments,
                               const struct str *names, size_t n)
{
    return feel_builtin_invoke(run, builtin, &(struct feel_given){arguments, names, n, NULL});
}
