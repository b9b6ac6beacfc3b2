/* flows/survey/files.h — the flow files that a list of files and folders means, and their bytes.
 *
 * Thread: any.  Memory: as said.                                                                                    */
#ifndef GILBOT_FLOWS_SURVEY_FILES_H
#define GILBOT_FLOWS_SURVEY_FILES_H

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"

struct arena;

enum { FILES_MAX_BYTES = 8 * 1024 * 1024, FILES_MAX_DEPTH = 8, FILES_MAX = 5000 };

/* The file's bytes, in the arena.  ERR_NOT_FOUND, ERR_INVALID (a folder, too large), ERR_NO_MEMORY; the sentence names
 * the path. */
MUST_USE
enum err files_read(struct arena *arena, const char *path, struct str *ret_bytes, struct error *error);

/* "health.test.yaml": a file of tests, and no flow. */
bool files_is_test(struct str path);

/* Whether two paths are the same but for "./" before them. */
bool files_same(struct str a, struct str b);

/* Every file named in `paths`, and every *.yaml and *.yml below the folders named there, each once, but for files of tests
 * (sorted; hidden ones and links to folders are left out).  The paths are NUL-terminated and live in the arena.  `ret_named[i]`: it
 * was named itself, not found in a folder. */
MUST_USE
enum err files_list(struct arena *arena, struct strs paths, struct strs *ret_files, const bool **ret_named,
                    struct error *error);

/* Only the files of tests, named or found. */
MUST_USE
enum err files_list_tests(struct arena *arena, struct strs paths, struct strs *ret_files, struct error *error);

#endif
