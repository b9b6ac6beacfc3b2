#include "integrations/slack/tree.h"

#include "bot/base/json.h"

#include "bot/base/banned.h"

static const struct json_value *element(const struct json_value *array, struct str key)
{
    int64_t index;
    if (!str_to_i64(key, &index) || index < 0)
        return NULL;
    const struct json_value *node = array->child;
    while (node != NULL && index-- > 0)
        node = node->next;
    return node;
}

const struct json_value *slack_at(const struct json_value *root, const char *path)
{
    struct str rest = str_of(path), key;
    const struct json_value *node = root;
    while (node != NULL && str_split(&rest, '.', &key))
        node = node->kind == JSON_ARRAY_ ? element(node, key) : json_get(node, key);
    return node != NULL && node->kind != JSON_NULL_ ? node : NULL;
}

struct str slack_text_at(const struct json_value *root, const char *path)
{
    const struct json_value *node = slack_at(root, path);
    return node != NULL && node->kind == JSON_STRING_ ? node->text : (struct str){NULL, 0};
}

bool slack_is_true_at(const struct json_value *root, const char *path)
{
    const struct json_value *node = slack_at(root, path);
    return node != NULL && node->kind == JSON_BOOL_ && node->boolean;
}

bool slack_is_object_at(const struct json_value *root, const char *path)
{
    const struct json_value *node = slack_at(root, path);
    return node != NULL && node->kind == JSON_OBJECT_;
}

const struct json_value *slack_items_at(const struct json_value *root, const char *path)
{
    const struct json_value *node = slack_at(root, path);
    return node != NULL && node->kind == JSON_ARRAY_ ? node->child : NULL;
}
