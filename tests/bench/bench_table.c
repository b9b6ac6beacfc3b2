/* tests/bench/bench_table.c — how many decisions of a table of 3 inputs and 9 rules are made in a second, on one thread.
 *
 * Two tables: hit policy U, where every rule is looked at, and F, where the first that fits ends it.  Each decision is as
 * in the service: inputs by their names, the value with its outputs, the trail of rules, an arena that is emptied.  The
 * cells hold comparisons, ranges, texts and alternatives; people of all kinds are decided on in turn.
 * Prints decisions per second of CPU time, the median of the batches, and by how many bytes the heap grew.          */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "flows/rules/table.h"

#include "bot/base/banned.h"

enum { INPUTS = 3, OUTPUTS = 2, RULES = 9, CELLS = INPUTS + OUTPUTS, PEOPLE = 64, BATCHES = 11, ROUNDS = 1500 };
enum { TABLE_BYTES = 1024 * 1024, RUN_BYTES = 64 * 1024 };

/* BMI, activity, goal; product, minutes of sport. */
static const char *const cells[RULES][CELLS] = {
    {"< 18.5", "\"low\"", "[-50..50]", "\"shake\"", "20"},
    {"< 18.5", "\"mid\", \"high\"", "> 0", "\"shake_plus\"", "30"},
    {"< 18.5", "\"mid\", \"high\"", "<= 0", "\"shake\"", "30"},
    {"[18.5..25)", "\"low\"", "[-50..50]", "\"salad\"", "40"},
    {"[18.5..25)", "\"mid\", \"high\"", "< 0", "\"salad_light\"", "45"},
    {"[18.5..25)", "\"mid\", \"high\"", ">= 0", "\"lunch\"", "45"},
    {">= 25", "\"low\"", "[-50..50]", "\"soup\"", "50"},
    {">= 25", "not(\"low\")", "< 0", "\"soup_light\"", "60"},
    {">= 25", "not(\"low\")", ">= 0", "\"fish\"", "60"},
};
static const struct feel_name names[] = {
    {STR_INIT("bmi"), NULL}, {STR_INIT("activity"), NULL}, {STR_INIT("goal"), NULL}};

struct person {
    struct value values[INPUTS];
};

static bool look_up(void *self, size_t slot, struct value *ret_value)
{
    *ret_value = ((const struct person *)self)->values[slot];
    return true;
}

static const struct table *compile(struct arena *arena, enum table_hit hit)
{
    const struct feel_names known = {names, COUNT_OF(names)};
    struct error error = {0};
    struct feel_compiler compiler = {.arena = arena, .names = &known, .error = &error};
    struct table_input_source inputs[INPUTS] = {
        {.expr = {.text = STR("bmi")}}, {.expr = {.text = STR("activity")}}, {.expr = {.text = STR("goal")}}};
    struct table_output_source outputs[OUTPUTS] = {{.name = STR("product")}, {.name = STR("minutes")}};
    struct feel_source sources[RULES][CELLS] = {0};
    struct table_rule_source rules[RULES] = {0};
    for (size_t i = 0; i < RULES; i++) {
        for (size_t k = 0; k < CELLS; k++)
            sources[i][k].text = str_of(cells[i][k]);
        rules[i] = (struct table_rule_source){.cells = sources[i], .n_cells = CELLS};
    }
    struct table_source source = {
        .name = STR("product"),
        .hit = hit,
        .inputs = inputs,
        .n_inputs = INPUTS,
        .outputs = outputs,
        .n_outputs = OUTPUTS,
        .rules = rules,
        .n_rules = RULES,
    };
    const struct table *table = NULL;
    if (table_compile(&compiler, &source, &table) != OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    return table;
}

/* BMI 16 to 33.9, every activity, goals of both signs. */
static void make_people(struct person *people)
{
    static const struct str activities[] = {STR_INIT("low"), STR_INIT("mid"), STR_INIT("high")};
    for (int i = 0; i < PEOPLE; i++) {
        struct decimal bmi = decimal_from_i64(0);
        (void)!decimal_div(decimal_from_i64(160 + i * 37 % 180), decimal_from_i64(10), &bmi);
        people[i] =
            (struct person){.values = {value_number(bmi), value_string(activities[i % 3]), value_i64(i * 7 % 21 - 10)}};
    }
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void decide(const struct table *table, struct person *person, struct arena *arena)
{
    struct feel_run run = {.arena = arena, .scope = {look_up, person}};
    struct value value = value_null();
    struct table_trail trail = {0};
    if (table_eval(table, &run, &value, &trail) != OK || value.kind != VALUE_CONTEXT || trail.n_rules != 1) {
        fprintf(stderr, "a decision was not made\n");
        exit(1);
    }
    arena_reset(arena);
}

static int by_size(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

static void measure(const struct table *table, struct arena *arena, struct person *people)
{
    double seconds[BATCHES];
    size_t before = 0;
    for (int batch = -1; batch < BATCHES; batch++) { /* the first takes the arena's blocks */
        double begin = cpu_seconds();
        for (int i = 0; i < ROUNDS; i++)
            for (int k = 0; k < PEOPLE; k++)
                decide(table, &people[k], arena);
        if (batch < 0)
            before = mallinfo2().uordblks;
        else
            seconds[batch] = cpu_seconds() - begin;
    }
    size_t grown = mallinfo2().uordblks - before;
    qsort(seconds, BATCHES, sizeof *seconds, by_size);
    printf("%s: %.0f decisions a second, heap grew by %zu bytes\n", table_hit_name(table->hit),
           ROUNDS * PEOPLE / seconds[BATCHES / 2], grown);
}

int main(void)
{
    struct arena tables, arena;
    struct person people[PEOPLE];
    arena_init(&tables, TABLE_BYTES);
    arena_init(&arena, RUN_BYTES);
    make_people(people);
    measure(compile(&tables, TABLE_UNIQUE), &arena, people);
    measure(compile(&tables, TABLE_FIRST), &arena, people);
    arena_release(&tables);
    arena_release(&arena);
    return 0;
}
