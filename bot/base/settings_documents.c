#include "bot/base/settings_documents.h"

#include "bot/base/settings.h"
#include "bot/base/settings_check.h"
#include "bot/base/settings_table.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

#define TABLE(settings_, type_, finish_)                                                                               \
    {                                                                                                                  \
        .settings = (settings_), .n = COUNT_OF(settings_), .bytes = sizeof(type_), .finish = (finish_)                 \
    }

/* clang-format off: one line a setting is easier to read than any wrapping */

#define IN(member_) .offset = offsetof(struct settings_chunk, member_)
static const struct setting chunk_settings[] = {
    {.name = "size",
     .type = SETTING_INT,
     IN(size),
     .otherwise = "500",
     .least = 50,
     .most = 8000,
     .help = "how many characters a chunk has at most"},
    {.name = "overlap",
     .type = SETTING_INT,
     IN(overlap),
     .otherwise = "100",
     .least = 0,
     .most = 4000,
     .help = "how many characters of the chunk before are repeated"},
};
#undef IN

static enum err finish_chunk(const struct settings_source *source, const struct yaml_node *node, void *object)
{
    const struct settings_chunk *chunk = object;
    if (2 * chunk->overlap > chunk->size)
        return yaml_fail(source->error, source->file, node, "overlap is more than half of size; make it smaller");
    return OK;
}

static const struct settings_table chunk_table = TABLE(chunk_settings, struct settings_chunk, finish_chunk);

#define IN(member_) .offset = offsetof(struct settings_documents, member_)
static const struct setting documents_settings[] = {
    {.name = "path",
     .type = SETTING_PARSED,
     IN(path),
     .parse = settings_check_path,
     .help = "a folder, for example ./documents"},
    {.name = "collection",
     .type = SETTING_TEXT,
     IN(collection),
     .otherwise = "default",
     .least = 1,
     .help = "the collection that they belong to"},
    {.name = "source", .type = SETTING_TEXT, IN(source), .least = 1, .help = "where they come from, as a filter"},
    {.name = "category", .type = SETTING_TEXT, IN(category), .least = 1, .help = "their category, as a filter"},
    {.name = "access", .type = SETTING_IDS, IN(access), .least = 1, .help = "the channels that may see them"},
    {.name = "chunk", .type = SETTING_SECTION, IN(chunk), .table = &chunk_table},
};
#undef IN
const struct settings_table settings_documents_table = TABLE(documents_settings, struct settings_documents, NULL);

#define IN(member_) .offset = offsetof(struct settings_token, member_)
static const struct setting token_settings[] = {
    {.name = "name", .type = SETTING_NAME, IN(name)},
    {.name = "token",
     .type = SETTING_SECRET,
     IN(token),
     .required = true,
     .least = 16,
     .help = "a secret of 16 characters or more, for example of `openssl rand -hex 24`"},
};
#undef IN
static const struct settings_table token_table = TABLE(token_settings, struct settings_token, NULL);

#define IN(member_) .offset = offsetof(struct settings_api, member_)
static const struct setting api_settings[] = {
    {.name = "tokens",
     .type = SETTING_NAMED,
     IN(tokens),
     .offset_more = offsetof(struct settings_api, n_tokens),
     .table = &token_table,
     .help = "who may use it: {NAME: {token: …}}"},
    {.name = "max_body",
     .type = SETTING_BYTES,
     IN(max_body_bytes),
     .otherwise = "32MiB",
     .least = 1024,
     .most = 64 << 20,
     .help = "the largest document that is taken"},
};
#undef IN
const struct settings_table settings_api_table = TABLE(api_settings, struct settings_api, NULL);
