#include "store/index/text_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/base/terms.h"
#include "store/index/checksum.h"
#include "store/index/text_file.h"

#include "bot/base/banned.h"

/* ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *fault_of(const struct text_head *head, size_t bytes)
{
    const size_t from = offsetof(struct text_head, generation);
    if (bytes < sizeof *head || head->magic != TEXT_FILE_MAGIC || head->bytes != bytes || bytes % 8 != 0)
        return "it is cut short, or no index";
    if (head->terms_version != TERMS_VERSION || head->formula != TEXT_FORMULA)
        return "it was made by another version";
    if (checksum(CHECKSUM_SEED, (const char *)head + from, bytes - from) != head->checksum)
        return "it is damaged";
    return NULL;
}

static const void *section(const struct text_head *head, uint64_t at)
{
    return (const char *)head + at;
}

static struct text_index *index_of(const struct text_head *head)
{
    struct text_index *index = calloc(1, sizeof *index);
    if (index != NULL)
        *index = (struct text_index){.head = head,
                                     .ids = section(head, head->ids),
                                     .lengths = section(head, head->lengths),
                                     .facet_of = section(head, head->facet_of),
                                     .facets = section(head, head->facets),
                                     .terms = section(head, head->terms),
                                     .blocks = section(head, head->blocks),
                                     .texts = section(head, head->texts),
                                     .postings = section(head, head->postings)};
    return index;
}

static enum err take(void *mapped, size_t bytes, const char *path, struct text_index **ret_index, struct error *error)
{
    const char *fault = fault_of(mapped, bytes);
    if (fault != NULL)
        return fail(error, ERR_CONFLICT, "%s: %s", path, fault);
    *ret_index = index_of(mapped);
    if (*ret_index == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the index");
    /* checking it has read all of it; searches need little */
    madvise(mapped, bytes, MADV_DONTNEED);
    madvise(mapped, bytes, MADV_RANDOM);
    return OK;
}

enum err text_index_open(const char *path, struct text_index **ret_index, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_INTERNAL, "%s: %s", path, strerror(errno));
    struct stat about;
    void *mapped = MAP_FAILED;
    if (fstat(fd, &about) == 0 && about.st_size > 0)
        mapped = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return fail(error, ERR_CONFLICT, "%s: it cannot be mapped", path);
    enum err rc = take(mapped, (size_t)about.st_size, path, ret_index, error);
    if (rc != OK)
        munmap(mapped, (size_t)about.st_size);
    return rc;
}

void text_index_close(struct text_index *index)
{
    if (index == NULL)
        return;
    munmap((void *)(uintptr_t)index->head, index->head->bytes);
    free(index);
}

int64_t text_index_generation(const struct text_index *index)
{
    return index->head->generation;
}

size_t text_index_chunks(const struct text_index *index)
{
    return index->head->n_chunks;
}

/* ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

int32_t text_index_find(const struct text_index *index, struct str term)
{
    uint32_t from = 0, to = index->head->n_terms;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        struct text_piece piece = index->terms[middle].text;
        int order = str_cmp(term, (struct str){index->texts + piece.at, piece.n});
        if (order == 0)
            return (int32_t)middle;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return -1;
}

double text_index_idf(const struct text_index *index, int32_t entry)
{
    return text_idf(index->head->n_chunks, entry < 0 ? 0 : index->terms[entry].df);
}
