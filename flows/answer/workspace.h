/* flows/answer/workspace.h — the files of an operator's folder `answers` that decide how questions are answered:
 *
 *   forbidden.LANG.txt   words that are refused          flows/text/forbidden.h
 *   classes.yaml         kinds of questions              flows/text/question_class.h
 *   faq.yaml             approved questions and answers  flows/answer/faq.h
 *   prompts/NAME.txt     what models are told            flows/prompt.h; those that ship count where there is none
 *
 * (Beside them: synonyms.tsv, which the search reads.)  A file that is absent: that stage is left out.
 *
 * Thread:  any; a workspace is immutable.
 * Memory:  its own arena.
 * Errors:  ERR_INVALID with FILE:LINE[:COLUMN]; ERR_NO_MEMORY.                                                        */
#ifndef GILBOT_FLOWS_ANSWER_WORKSPACE_H
#define GILBOT_FLOWS_ANSWER_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/prompt.h"

struct faq;
struct forbidden;
struct question_classes;

enum { WORKSPACE_MAX_LISTS = 8, WORKSPACE_FILE_BYTES = 8 * 1024 * 1024 };

struct workspace {
    struct arena arena;
    const struct forbidden *forbidden[WORKSPACE_MAX_LISTS];
    size_t n_forbidden;
    const struct question_classes *classes; /* NULL: everything is specific */
    const struct faq *faq;                  /* NULL: none                   */
    struct prompts prompts;
    uint64_t hash; /* of all the files             */
};

struct workspace_file {
    struct str name; /* as people know it: "answers/faq.yaml" */
    struct str bytes;
};

/* Files of other names are passed over; the prompts are those that ship. */
MUST_USE enum err workspace_read(const struct workspace_file *files, size_t n, struct workspace **ret_workspace,
                                 struct error *error);

/* The files of a folder (NUL-terminated path); one that is not there gives an empty workspace. */
MUST_USE enum err workspace_read_folder(const char *folder, struct workspace **ret_workspace, struct error *error);

/* NULL is fine. */
void workspace_free(struct workspace *workspace);
void workspace_freep(struct workspace **workspace);

#endif
