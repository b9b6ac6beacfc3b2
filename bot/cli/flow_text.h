/* bot/cli/flow_text.h — how sessions, recommendations and what led to them read at the command line.
 *
 * Memory: the arena; a full one gives empty texts.                                                                   */
#ifndef GILBOT_CLI_FLOW_TEXT_H
#define GILBOT_CLI_FLOW_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

struct arena;
struct definition;
struct nearest;
struct recommended;
struct recommendations;

/* "2026-11-01" → days since 1970-01-01; false: it is no day. */
bool flow_read_day(struct str text, int64_t *ret_day);

/* "2026-11-01 14:05" in the process's time zone. */
struct str flow_moment(struct arena *arena, int64_t unix_ms);

/* "가벼운 샐러드 (salad_a)"; the id alone where the record has no name. */
struct str flow_item(struct arena *arena, const struct recommended *item);
/* Their names with commas between them; "추천 없음" when there are none. */
struct str flow_items(struct arena *arena, const struct recommendations *items, bool korean);

/* The rule trail in one line: "product 2 (carb_g = 60, protein_g = 33)"; tables with semicolons between them. */
struct str flow_trail(struct arena *arena, struct str why);

/* Prints the rule trail: each table with the values that it saw and its rules; `definition`, unless NULL, has the rules
 * as they are written. */
void flow_print_trail(struct arena *arena, struct str why, const struct definition *definition, bool korean);

/* "몸무게가 60이 아니라 58.9 이하였다면 샐러드 A"; or that there is no such change. */
struct str flow_nearest(struct arena *arena, const struct definition *definition, const struct nearest *nearest,
                        bool korean);

/* What a question is called: its label, else its id. */
struct str flow_question(const struct definition *definition, size_t step, bool korean);

#endif
