/* bot/base/sentence.h — where sentences end in Korean and English text.
 *
 *   struct str rest = page, sentence;
 *   while (sentence_next(&rest, &sentence)) …
 *
 * A sentence ends
 *   - after . ! ? … and their wide forms, with the closing quotes and brackets behind them,
 *   - after a polite Korean ending without a full stop ("…합니다 그리고 …"),
 *   - at an empty line, around list items, headings and table rows, and at a line break behind a short line; a long
 *     line without an end is taken for wrapped text and goes on in the next.
 * It does not end
 *   - in numbers, versions and addresses (3.5, 1.2.3, example.com), dates ("2024. 3. 1. 시행"), abbreviations (Dr., e.g.),
 *   - behind the mark of a list item ("1. ", "가. ", "a. "),
 *   - within brackets or quotes that are closed soon, and before a quoting particle ("…했다."라고).
 *
 * The rules are heuristics over characters, without a dictionary of words; malformed UTF-8 is passed over as other text.
 * Thread: any (pure).  Memory: none; sentences are cut from the text.  Time: linear in the text.                     */
#ifndef GILBOT_BASE_SENTENCE_H
#define GILBOT_BASE_SENTENCE_H

#include <stdbool.h>

#include "bot/base/str.h"

/* Cuts the next sentence off *rest: never empty, without white space at either end; what lies between two sentences is
 * white space only.  False when nothing but white space is left. */
bool sentence_next(struct str *rest, struct str *ret_sentence);

/* Whether a line begins like a list item ("- ", "1. ", "가. ", "① ", "※ "), a heading of Markdown or of a statute
 * ("제3조"), or a table row. */
bool sentence_is_new_block(struct str line);

/* Whether a line is a row of a table: cells parted by " | " or tabs, or a first bar as in Markdown.  A line of more
 * than 1,000 bytes is text. */
bool sentence_is_table_row(struct str line);

#endif
