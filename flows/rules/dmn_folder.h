/* flows/rules/dmn_folder.h — the models that a DMN file imports, looked for beside it.
 *
 *   struct dmn_folder folder = {.path = STR("flows/rules")};
 *   struct dmn_files files = dmn_folder_files(&folder);
 *
 * An import is found by the last part of its location, when a file of that name stands there and has the namespace that is
 * wanted; else by looking for that namespace in all *.dmn and *.xml files of the folder.  Links and other folders are not
 * followed, whatever a file says.
 *
 * Thread: any.  Memory: bytes and names in the arena of the call.                                                   */
#ifndef GILBOT_FLOWS_RULES_DMN_FOLDER_H
#define GILBOT_FLOWS_RULES_DMN_FOLDER_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/rules/dmn.h"

struct arena;

struct dmn_folder {
    struct str path; /* "" is the working directory */
};

/* `folder` must outlive the result. */
struct dmn_files dmn_folder_files(struct dmn_folder *folder);

/* The bytes of the DMN file itself, links allowed.  ERR_NOT_FOUND, ERR_INVALID (no file, too large), ERR_NO_MEMORY; the
 * sentence begins with the path. */
MUST_USE
enum err dmn_folder_open(struct arena *arena, struct str path, struct dmn_source *ret_source, struct error *error);

/* The folder that a file stands in. */
struct str dmn_folder_of(struct str path);

#endif
