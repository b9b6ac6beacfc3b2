/* bot/cli/document_rules.h — what gilbot.yaml says of a collection's documents.
 *
 * Thread: any (pure).  Memory: borrows from the settings.                                                            */
#ifndef GILBOT_CLI_DOCUMENT_RULES_H
#define GILBOT_CLI_DOCUMENT_RULES_H

#include "bot/cli/document_make.h"

struct settings;
struct settings_documents;

/* Who may see the collection's documents, and how they are cut: by the first entry of `documents` for it. */
struct document_rules document_rules_of(const struct settings *settings, struct str collection);

/* The whole of one entry; without a source of its own, the last part of its path is the source. */
struct document_rules document_rules_of_entry(const struct settings_documents *entry);

#endif
