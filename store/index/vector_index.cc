extern "C" {
#include "store/index/vector_index.h"

#include "bot/base/arena.h"
#include "store/index/checksum.h"
}

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library's own vector code reads a number beyond the end of a list to fetch ahead, and needs special builds for what
 * today's processors can; ours is below. */
#define NO_MANUAL_VECTORIZATION
/* The library names std::cerr in places that are never reached, and <iostream> sets all standard streams up when a program
 * starts: half a megabyte for nothing.  This is libstdc++'s own guard of that header. */
#define _GLIBCXX_IOSTREAM 1
namespace std
{
extern ostream cout, cerr;
}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop

namespace
{

/* ── distances ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The scalar product, by several lanes of numbers at a time. */
template <typename lanes> __attribute__((always_inline)) inline float dot(const float *a, const float *b, size_t n)
{
    constexpr size_t WIDTH = sizeof(lanes) / sizeof(float);
    lanes sums[4] = {};
    size_t i = 0;
    for (; n - i >= 4 * WIDTH; i += 4 * WIDTH)
        for (size_t k = 0; k < 4; k++) {
            lanes x, y;
            std::memcpy(&x, a + i + k * WIDTH, sizeof x);
            std::memcpy(&y, b + i + k * WIDTH, sizeof y);
            sums[k] += x * y;
        }
    lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float total = 0;
    for (size_t k = 0; k < WIDTH; k++)
        total += sum[k];
    for (; i < n; i++)
        total += a[i] * b[i];
    return total;
}

using four = float __attribute__((vector_size(16)));
using eight = float __attribute__((vector_size(32)));

float distance(const void *a, const void *b, const void *dimension)
{
    return 1 - dot<four>(static_cast<const float *>(a), static_cast<const float *>(b),
                         *static_cast<const size_t *>(dimension));
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) float distance_avx2(const void *a, const void *b, const void *dimension)
{
    return 1 - dot<eight>(static_cast<const float *>(a), static_cast<const float *>(b),
                          *static_cast<const size_t *>(dimension));
}
#endif

/* 1 − cosine, of vectors of length 1. */
class cosine_space : public hnswlib::SpaceInterface<float>
{
  public:
    explicit cosine_space(size_t dimension) : dimension_(dimension)
    {
    }
    size_t get_data_size() override
    {
        return dimension_ * sizeof(float);
    }
    hnswlib::DISTFUNC<float> get_dist_func() override
    {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            return distance_avx2;
#endif
        return distance;
    }
    void *get_dist_func_param() override
    {
        return &dimension_;
    }

  private:
    size_t dimension_;
};

/* ── hits ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

using graph_type = hnswlib::HierarchicalNSW<float>;
using hit_list = std::vector<vector_hit>;

constexpr size_t FIRST_CAPACITY = 1024;
constexpr char FORMAT[] = "gilbot-vectors 1";

bool is_better(const vector_hit &a, const vector_hit &b)
{
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.id < b.id;
}

/* The best k of what is offered: a heap whose first is the worst of them. */
class best_hits
{
  public:
    explicit best_hits(size_t k) : k_(k)
    {
    }

    void offer(vector_hit hit)
    {
        if (k_ == 0 || (hits_.size() == k_ && !is_better(hit, hits_.front())))
            return;
        if (hits_.size() == k_) {
            std::pop_heap(hits_.begin(), hits_.end(), is_better);
            hits_.pop_back();
        }
        hits_.push_back(hit);
        std::push_heap(hits_.begin(), hits_.end(), is_better);
    }

    hit_list take()
    {
        std::sort(hits_.begin(), hits_.end(), is_better);
        return std::move(hits_);
    }

  private:
    size_t k_;
    hit_list hits_;
};

/* The vector at length 1; false: it has no direction. */
bool scale(const float *vector, size_t dimension, std::vector<float> &ret_scaled)
{
    double sum = 0;
    for (size_t i = 0; i < dimension; i++)
        sum += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
    if (!std::isfinite(sum) || sum <= 0)
        return false;
    ret_scaled.resize(dimension);
    for (size_t i = 0; i < dimension; i++)
        ret_scaled[i] = static_cast<float>(static_cast<double>(vector[i]) / std::sqrt(sum));
    return true;
}

class descriptor
{
  public:
    explicit descriptor(int fd) : fd_(fd)
    {
    }
    ~descriptor()
    {
        if (fd_ >= 0)
            close(fd_);
    }
    descriptor(const descriptor &) = delete;
    descriptor &operator=(const descriptor &) = delete;
    int get() const
    {
        return fd_;
    }

  private:
    int fd_;
};

struct seal {
    size_t dimension;
    int64_t generation;
    uint64_t bytes, checksum;
};

enum err cannot(const char *what, const std::string &path, struct error *error)
{
    return fail(error, ERR_INTERNAL, "%s %s: %s", what, path.c_str(), std::strerror(errno));
}

/* Size and checksum of a file. */
enum err measure(const std::string &path, struct seal *seal, struct error *error)
{
    descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status;
    if (file.get() < 0 || fstat(file.get(), &status) != 0)
        return errno == ENOENT ? fail(error, ERR_NOT_FOUND, "there is no %s", path.c_str())
                               : cannot("reading", path, error);
    seal->bytes = static_cast<uint64_t>(status.st_size);
    if (status.st_size == 0)
        return fail(error, ERR_INVALID, "%s is empty", path.c_str());
    void *bytes = mmap(nullptr, seal->bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.get(), 0);
    if (bytes == MAP_FAILED)
        return cannot("reading", path, error);
    seal->checksum = checksum(CHECKSUM_SEED, bytes, seal->bytes);
    munmap(bytes, seal->bytes);
    return OK;
}

enum err write_seal(const std::string &path, const struct seal *seal, struct error *error)
{
    char text[160];
    int n = std::snprintf(text, sizeof text, "%s %zu %d %" PRId64 " %" PRIu64 " %016" PRIx64 "\n", FORMAT,
                          seal->dimension, VECTOR_LINKS, seal->generation, seal->bytes, seal->checksum);
    descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0 || write(file.get(), text, static_cast<size_t>(n)) != n || fsync(file.get()) != 0)
        return cannot("writing", path, error);
    return OK;
}

enum err read_seal(const std::string &path, struct seal *seal, struct error *error)
{
    char text[160] = "";
    descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        return errno == ENOENT ? fail(error, ERR_NOT_FOUND, "there is no %s", path.c_str())
                               : cannot("reading", path, error);
    ssize_t n = read(file.get(), text, sizeof text - 1);
    int links = 0;
    size_t format = sizeof FORMAT - 1;
    if (n < 0)
        return cannot("reading", path, error);
    if (std::strncmp(text, FORMAT, format) != 0 ||
        std::sscanf(text + format, "%zu %d %" SCNd64 " %" SCNu64 " %" SCNx64, &seal->dimension, &links,
                    &seal->generation, &seal->bytes, &seal->checksum) != 5 ||
        links != VECTOR_LINKS)
        return fail(error, ERR_CONFLICT, "%s is of another program", path.c_str());
    return OK;
}

/* Makes a new file the one of that name; it is on the disk before. */
enum err put_in_place(const std::string &from, const std::string &to, struct error *error)
{
    descriptor file(open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 || fsync(file.get()) != 0 || rename(from.c_str(), to.c_str()) != 0)
        return cannot("writing", to, error);
    return OK;
}

/* What a foreign exception means here; called while it is handled. */
enum err explain(struct error *error)
{
    try {
        throw;
    } catch (const std::bad_alloc &) {
        return fail(error, ERR_NO_MEMORY, "no memory for the vectors");
    } catch (const std::exception &e) {
        bool memory = std::strstr(e.what(), "memory") != nullptr && std::strstr(e.what(), "corruption") == nullptr;
        return fail(error, memory ? ERR_NO_MEMORY : ERR_INTERNAL, "the graph of vectors: %s", e.what());
    }
}

} // namespace

struct vector_index {
    explicit vector_index(size_t n) : dimension(n), space(n)
    {
    }

    size_t dimension;
    cosine_space space;
    std::unique_ptr<graph_type> graph;
    std::shared_mutex mutex; /* guards the graph: searches share it */
    bool broken = false;     /* an addition ended half way           */

    float similarity(const float *vector, hnswlib::tableint at) const
    {
        return 1 - graph->fstdistfunc_(vector, graph->getDataByInternalId(at), graph->dist_func_param_);
    }

    /* Where the vector of an id stands; false: nowhere. */
    bool find(int64_t id, hnswlib::tableint *ret_at) const
    {
        auto found = graph->label_lookup_.find(static_cast<hnswlib::labeltype>(id));
        if (found == graph->label_lookup_.end() || graph->isMarkedDeleted(found->second))
            return false;
        *ret_at = found->second;
        return true;
    }

    hit_list compare_all(const float *vector, size_t k) const
    {
        best_hits best(k);
        for (hnswlib::tableint at = 0; at < graph->cur_element_count; at++)
            if (!graph->isMarkedDeleted(at))
                best.offer({static_cast<int64_t>(graph->getExternalLabel(at)), similarity(vector, at)});
        return best.take();
    }

    hit_list compare_only(const float *vector, const vector_query &query) const
    {
        best_hits best(query.k);
        for (size_t i = 0; i < query.n_only; i++) {
            hnswlib::tableint at;
            if (find(query.only[i], &at))
                best.offer({query.only[i], similarity(vector, at)});
        }
        return best.take();
    }

    hit_list ask_graph(const float *vector, size_t k) const
    {
        hit_list hits;
        auto found = graph->searchKnn(vector, k);
        for (; !found.empty(); found.pop())
            hits.push_back({static_cast<int64_t>(found.top().second), 1 - found.top().first});
        std::sort(hits.begin(), hits.end(), is_better);
        return hits;
    }

    /* Asks for more until k of what is found may be found, or comparing would be cheaper. */
    hit_list ask_for_more(const float *vector, const vector_query &query) const
    {
        size_t count = graph->cur_element_count;
        for (size_t k = std::max<size_t>(query.k * 2, VECTOR_BREADTH); k < count / 4; k *= 4) {
            hit_list hits = ask_graph(vector, k);
            auto may_not = [&query](const vector_hit &hit) {
                return !std::binary_search(query.only, query.only + query.n_only, hit.id);
            };
            hits.erase(std::remove_if(hits.begin(), hits.end(), may_not), hits.end());
            if (hits.size() >= query.k) {
                hits.resize(query.k);
                return hits;
            }
        }
        return compare_only(vector, query);
    }

    hit_list search(const float *vector, const vector_query &query) const
    {
        if (query.k == 0 || graph->cur_element_count == 0)
            return {};
        if (query.only == nullptr)
            return ask_graph(vector, query.k);
        return query.n_only <= VECTOR_EXACT_IDS ? compare_only(vector, query) : ask_for_more(vector, query);
    }

    uint64_t file_bytes() const
    {
        uint64_t bytes = 10 * sizeof(size_t) + sizeof(int) + sizeof(hnswlib::tableint) + sizeof(double);
        for (size_t i = 0; i < graph->cur_element_count; i++)
            bytes += graph->size_data_per_element_ + sizeof(unsigned) +
                     (graph->element_levels_[i] > 0
                          ? graph->size_links_per_element_ * static_cast<size_t>(graph->element_levels_[i])
                          : 0);
        return bytes;
    }
};

enum err vector_index_new(size_t dimension, struct vector_index **ret_index, struct error *error)
{
    if (dimension == 0 || dimension > VECTOR_MAX_DIMENSION)
        return fail(error, ERR_INVALID, "vectors of %zu numbers; 1 to %d are possible", dimension,
                    VECTOR_MAX_DIMENSION);
    try {
        auto index = std::make_unique<struct vector_index>(dimension);
        index->graph =
            std::make_unique<graph_type>(&index->space, FIRST_CAPACITY, VECTOR_LINKS, VECTOR_BREADTH_BUILDING);
        index->graph->setEf(VECTOR_BREADTH);
        *ret_index = index.release();
        return OK;
    } catch (...) {
        return explain(error);
    }
}

void vector_index_free(struct vector_index *index)
{
    delete index;
}

size_t vector_index_dimension(const struct vector_index *index)
{
    return index->dimension;
}

size_t vector_index_count(struct vector_index *index)
{
    std::shared_lock<std::shared_mutex> lock(index->mutex);
    return index->graph->cur_element_count - index->graph->num_deleted_;
}

enum err vector_index_put(struct vector_index *index, int64_t id, const float *vector, struct error *error)
{
    if (id < 0)
        return fail(error, ERR_INVALID, "an id below 0");
    try {
        std::vector<float> scaled;
        if (!scale(vector, index->dimension, scaled))
            return fail(error, ERR_INVALID, "a vector without a direction");
        std::unique_lock<std::shared_mutex> lock(index->mutex);
        graph_type &graph = *index->graph;
        index->broken = true; /* until it is in */
        if (graph.cur_element_count == graph.max_elements_)
            graph.resizeIndex(graph.max_elements_ + graph.max_elements_ / 2);
        graph.addPoint(scaled.data(), static_cast<hnswlib::labeltype>(id));
        index->broken = false;
        return OK;
    } catch (...) {
        return explain(error);
    }
}

bool vector_index_remove(struct vector_index *index, int64_t id)
{
    std::unique_lock<std::shared_mutex> lock(index->mutex);
    hnswlib::tableint at;
    if (!index->find(id, &at))
        return false;
    index->graph->markDeletedInternal(at);
    return true;
}

bool vector_index_wants_rebuild(struct vector_index *index)
{
    std::shared_lock<std::shared_mutex> lock(index->mutex);
    return index->broken || index->graph->num_deleted_ > index->graph->cur_element_count / 3;
}

namespace
{

/* Runs a search and copies what it found into the arena. */
template <typename search_type>
enum err answer(struct vector_index *index, const struct vector_query *query, struct arena *arena, search_type search,
                struct vector_hits *ret_hits, struct error *error)
{
    try {
        std::vector<float> scaled;
        if (!scale(query->vector, index->dimension, scaled))
            return fail(error, ERR_INVALID, "a vector without a direction");
        std::shared_lock<std::shared_mutex> lock(index->mutex);
        hit_list hits = search(scaled.data());
        lock.unlock();
        auto *items =
            static_cast<struct vector_hit *>(arena_alloc_array(arena, hits.size(), sizeof(struct vector_hit)));
        if (items == nullptr)
            return fail(error, ERR_NO_MEMORY, "no memory for %zu hits", hits.size());
        std::copy(hits.begin(), hits.end(), items);
        *ret_hits = {items, hits.size()};
        return OK;
    } catch (...) {
        return explain(error);
    }
}

} // namespace

enum err vector_index_search(struct vector_index *index, const struct vector_query *query, struct arena *arena,
                             struct vector_hits *ret_hits, struct error *error)
{
    auto search = [index, query](const float *vector) { return index->search(vector, *query); };
    return answer(index, query, arena, search, ret_hits, error);
}

enum err vector_index_search_exactly(struct vector_index *index, const struct vector_query *query, struct arena *arena,
                                     struct vector_hits *ret_hits, struct error *error)
{
    auto search = [index, query](const float *vector) {
        return query->only != nullptr ? index->compare_only(vector, *query) : index->compare_all(vector, query->k);
    };
    return answer(index, query, arena, search, ret_hits, error);
}

/* ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err vector_index_save(struct vector_index *index, const char *path, int64_t generation, struct error *error)
{
    try {
        std::string to = path, part = to + ".part", sum = to + ".sum", sum_part = to + ".sum.part";
        struct seal seal = {index->dimension, generation, 0, 0};
        std::shared_lock<std::shared_mutex> lock(index->mutex);
        index->graph->saveIndex(part); /* reports nothing: the size says whether all of it was written */
        uint64_t expected = index->file_bytes();
        lock.unlock();
        if (measure(part, &seal, error) != OK || seal.bytes != expected) {
            unlink(part.c_str());
            return fail(error, ERR_INTERNAL, "%s could not be written; is the disk full?", path);
        }
        if (write_seal(sum_part, &seal, error) != OK || put_in_place(part, to, error) != OK ||
            put_in_place(sum_part, sum, error) != OK)
            return during(error, "saving the index of vectors");
        return OK;
    } catch (...) {
        return explain(error);
    }
}

enum err vector_index_load(const char *path, size_t dimension, int64_t generation, struct vector_index **ret_index,
                           struct error *error)
{
    try {
        std::string from = path;
        struct seal wanted = {}, is = {};
        if (read_seal(from + ".sum", &wanted, error) != OK)
            return error->code;
        if (wanted.dimension != dimension || wanted.generation != generation)
            return fail(error, ERR_CONFLICT, "%s is older than the documents", path);
        if (measure(from, &is, error) != OK)
            return error->code;
        if (is.bytes != wanted.bytes || is.checksum != wanted.checksum)
            return fail(error, ERR_INVALID, "%s is damaged", path);
        auto index = std::make_unique<struct vector_index>(dimension);
        index->graph = std::make_unique<graph_type>(&index->space, from);
        graph_type &graph = *index->graph;
        graph.setEf(VECTOR_BREADTH);
        graph.num_deleted_ = 0; /* 0.6.2 counts on from whatever was there */
        for (hnswlib::tableint at = 0; at < graph.cur_element_count; at++)
            graph.num_deleted_ += graph.isMarkedDeleted(at) ? 1 : 0;
        *ret_index = index.release();
        return OK;
    } catch (...) {
        return explain(error);
    }
}
