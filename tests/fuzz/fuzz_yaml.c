/* tests/fuzz/fuzz_yaml.c — any bytes are a tree or a sentence with a place.
 * parts: base */
#include <stdint.h>
#include <stdlib.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nodes below `node`, it included; stops the program when they are more than the reader promises. */
static size_t count(const struct yaml_node *node, int depth)
{
    size_t n = 1, children = 0;
    if (depth > YAML_MAX_DEPTH || !text_is_utf8(node->text) || !text_is_utf8(node->key))
        abort();
    for (const struct yaml_node *child = node->child; child != NULL; child = child->next, children++)
        n += count(child, depth + 1);
    if (children != node->n || n > YAML_MAX_NODES)
        abort();
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct error error = {.code = OK};
    struct yaml_node *root = NULL;
    enum err rc = yaml_read(&arena, STR("f"), (struct str){(const char *)data, size}, &root, &error);
    if (rc == OK)
        count(root, 0);
    else if (rc != ERR_INVALID || !str_starts(str_of(error.text), STR("f:")) || !text_is_utf8(str_of(error.text)))
        abort();
    arena_release(&arena);
    return 0;
}
