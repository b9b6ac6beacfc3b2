#include "bot/cli/document_rules.h"

#include "bot/base/settings.h"

#include "bot/base/banned.h"

static struct chunk_settings cut_of(const struct settings_documents *entry)
{
    return (struct chunk_settings){.size = (size_t)entry->chunk.size, .overlap = (size_t)entry->chunk.overlap};
}

struct document_rules document_rules_of(const struct settings *settings, struct str collection)
{
    struct document_rules rules = {.collection = collection, .chunk = {.size = CHUNK_SIZE, .overlap = CHUNK_OVERLAP}};
    for (size_t i = 0; i < settings->n_documents; i++) {
        const struct settings_documents *entry = &settings->documents[i];
        if (!str_eq(entry->collection, collection))
            continue;
        rules.access = entry->access;
        rules.chunk = cut_of(entry);
        break;
    }
    return rules;
}

struct document_rules document_rules_of_entry(const struct settings_documents *entry)
{
    struct str name = entry->path;
    while (name.n > 1 && str_ends(name, STR("/")))
        name.n--;
    for (size_t slash; (slash = str_find_char(name, '/')) != SIZE_MAX && slash + 1 < name.n;)
        name = str_skip(name, slash + 1);
    return (struct document_rules){.collection = entry->collection,
                                   .source = entry->source.n > 0 ? entry->source : name,
                                   .category = entry->category,
                                   .access = entry->access,
                                   .chunk = cut_of(entry)};
}
