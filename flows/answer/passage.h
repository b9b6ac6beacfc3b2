/* flows/answer/passage.h — what an answer may be made of: passages of the stored documents, numbered from 1 in the order
 * given.  The number is what a model cites and what a quote is found in.                                             */
#ifndef GILBOT_FLOWS_ANSWER_PASSAGE_H
#define GILBOT_FLOWS_ANSWER_PASSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/str.h"

/* Borrowed texts, UTF-8; all but `document` and `text` may be empty. */
struct passage {
    struct str document; /* the document's id                                                     */
    struct str title;
    struct str heading; /* the headings above the text, outermost first                          */
    struct str url;
    int64_t page;    /* 0: the document has no pages                                           */
    struct str text; /* as stored, with the neighbours that shall be read and quoted with it   */
};

struct passages {
    const struct passage *items;
    size_t n;
};

#endif
