/* flows/text/question_class.h — what kind of question it is: general talk, the basics of the field, or this company's own
 * matters.  Keywords decide first; else the likeness to example questions (flows/text/similarity.h).
 *
 *   general:   {keywords: [날씨, 로또], examples: [오늘 서울 날씨 어때요?, …]}
 *   basics:    {keywords: [뜻, 이란], examples: [연말정산이 뭔가요?, …]}
 *   specific:  {keywords: [연차, 법인카드], examples: [연차는 며칠 전에 신청하나요?, …]}
 *
 * When keywords of several classes stand there the more specific class wins: a wrong "general" would keep somebody from
 * an answer.  Likeness decides only when the best example is near enough and clearly nearer than any of another class;
 * else the question counts as specific, which gets the full treatment.
 *
 * Thread:  any; immutable.
 * Memory:  in the arena given.
 * Errors:  ERR_INVALID with FILE:LINE:COLUMN for a fault in the file, without for a text that is not UTF-8;
 *          ERR_NO_MEMORY.                                                                                            */
#ifndef GILBOT_FLOWS_TEXT_QUESTION_CLASS_H
#define GILBOT_FLOWS_TEXT_QUESTION_CLASS_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;
struct question_classes;

enum question_class { QUESTION_GENERAL, QUESTION_BASICS, QUESTION_SPECIFIC, QUESTION_CLASSES };

enum question_by {
    QUESTION_BY_KEYWORD,
    QUESTION_BY_EXAMPLE,
    QUESTION_BY_DEFAULT, /* nothing spoke for any class */
};

struct question_verdict {
    enum question_class is;
    enum question_by by;
    struct str evidence;             /* the keyword or the nearest example; empty for BY_DEFAULT              */
    double scores[QUESTION_CLASSES]; /* likeness to the nearest example of each class, 0…1; 0: has none       */
};

/* A class name in files and output: "general", "basics", "specific". */
const char *question_class_name(enum question_class is);
/* "keyword", "example", "default" */
const char *question_by_name(enum question_by by);

/* `file`: how people know the YAML text. */
MUST_USE enum err question_classes_read(struct arena *arena, struct str file, struct str text,
                                        const struct question_classes **ret_classes, struct error *error);

/* classes NULL: no file; everything is specific. */
MUST_USE enum err question_classify(const struct question_classes *classes, struct arena *arena, struct str text,
                                    struct question_verdict *ret_verdict);

#endif
