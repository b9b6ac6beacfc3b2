/* flows/prompt.h — what is said to a language model: texts with a name and a version, kept as files.
 *
 *   embedded NAME.txt ─┐
 *                      ├─▶ struct prompts ─▶ prompt_fill ─▶ a message's text
 *   FOLDER/NAME.txt ───┘    (the folder's file, when it is there, counts instead of the embedded one)
 *
 * The version is a hash of the text: whoever changes a word has another version, and the ledger shows which answers were
 * made with which.  Places to be filled in are written {{name}}.
 *
 * Thread: immutable once loaded.  Memory: everything lives in the arena given.                                       */
#ifndef GILBOT_FLOWS_PROMPT_H
#define GILBOT_FLOWS_PROMPT_H

#include <stddef.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { PROMPT_MAX_BYTES = 64 * 1024, PROMPT_VERSION_DIGITS = 8 };

struct prompt {
    struct str name;    /* the file's, without .txt                                      */
    struct str version; /* the first PROMPT_VERSION_DIGITS hexadecimal digits of SHA-256 */
    struct str label;   /* NAME@VERSION, for struct model_origin                         */
    struct str text;    /* without white space at both ends                              */
};

struct prompts {
    const struct prompt *items;
    size_t n;
};

struct prompt_source {
    struct str name, text; /* name: "answer" or "answer.txt" */
};

/* `embedded`: those that there are; files of the folder with other names are not looked at.  `folder`: empty for none; need
 * not exist.  ERR_INVALID: a file of the folder is too long, empty or no UTF-8, with its path.  ERR_NO_MEMORY. */
MUST_USE
enum err prompts_load(struct arena *arena, const struct prompt_source *embedded, size_t n, struct str folder,
                      struct prompts *ret_prompts, struct error *error);

/* NULL: there is none of that name. */
const struct prompt *prompts_find(const struct prompts *prompts, struct str name);

struct prompt_value {
    struct str name, text; /* text: put in as it is; a {{…}} in it is text like any other */
};

/* ERR_INVALID: the prompt has a place that no value is for, or a value has no place (somebody's own file is faulty).
 * ERR_NO_MEMORY. */
MUST_USE
enum err prompt_fill(struct arena *arena, const struct prompt *prompt, const struct prompt_value *values, size_t n,
                     struct str *ret_text, struct error *error);

#endif
