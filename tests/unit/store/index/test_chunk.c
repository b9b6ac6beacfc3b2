#include "store/index/chunk.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"
#include "tests/support/test.h"

static struct chunks cut(struct arena *arena, const struct block *items, size_t n, struct chunk_settings settings)
{
    struct chunks chunks = {0};
    struct error error = {0};
    assert_int_equal(chunk_cut(arena, (struct blocks){items, n}, settings, &chunks, &error), OK);
    return chunks;
}

#define CUT(arena, blocks, most, repeated)                                                                             \
    cut((arena), (blocks), COUNT_OF(blocks), (struct chunk_settings){.size = (most), .overlap = (repeated)})

TEST(chunk, small_sections_are_one_chunk_each_with_their_heading_path)
{
    static const struct block blocks[] = {
        {.kind = BLOCK_HEADING, .level = 1, .text = STR_INIT("휴가 규정")},
        {.kind = BLOCK_PARAGRAPH, .text = STR_INIT("모든 직원에게 적용한다.")},
        {.kind = BLOCK_HEADING, .level = 2, .page = 2, .text = STR_INIT("연차")},
        {.kind = BLOCK_PARAGRAPH, .page = 2, .text = STR_INIT("1년에 15일이다. 이월은 없다.")},
        {.kind = BLOCK_LIST_ITEM, .level = 1, .page = 3, .text = STR_INIT("반차도 쓸 수 있다")},
        {.kind = BLOCK_HEADING, .level = 1, .text = STR_INIT("출장")},
        {.kind = BLOCK_PARAGRAPH, .text = STR_INIT("식비는 1만원이다.")},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = CUT(&arena, blocks, 0, 0);
    assert_int_equal(chunks.n, 3);
    assert_str_equal(chunks.items[0].heading, STR("휴가 규정"));
    assert_str_equal(chunks.items[1].heading, STR("휴가 규정 > 연차"));
    assert_str_equal(chunks.items[1].body, STR("1년에 15일이다. 이월은 없다.\n반차도 쓸 수 있다"));
    assert_int_equal(chunks.items[1].page, 2);
    assert_str_equal(chunks.items[2].heading, STR("출장"));
}

TEST(chunk, the_documents_title_is_left_out_of_the_paths)
{
    static const struct block blocks[] = {
        {.kind = BLOCK_HEADING, .level = 1, .text = STR_INIT("휴가 규정")},
        {.kind = BLOCK_HEADING, .level = 2, .text = STR_INIT("연차")},
        {.kind = BLOCK_PARAGRAPH, .text = STR_INIT("1년에 15일이다.")},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = cut(&arena, blocks, COUNT_OF(blocks), (struct chunk_settings){.title = STR("휴가 규정")});
    assert_str_equal(chunks.items[0].heading, STR("연차"));
}

TEST(chunk, a_heading_with_nothing_below_it_keeps_its_words)
{
    static const struct block blocks[] = {
        {.kind = BLOCK_HEADING, .level = 1, .text = STR_INIT("안내")},
        {.kind = BLOCK_HEADING, .level = 2, .text = STR_INIT("비어 있는 절")},
        {.kind = BLOCK_HEADING, .level = 2, .text = STR_INIT("끝")},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = CUT(&arena, blocks, 0, 0);
    assert_int_equal(chunks.n, 2);
    assert_str_equal(chunks.items[0].body, STR("비어 있는 절"));
    assert_str_equal(chunks.items[0].heading, STR("안내 > 비어 있는 절"));
    assert_str_equal(chunks.items[1].body, STR("끝"));
}

TEST(chunk, sentences_stay_whole_and_the_last_ones_are_repeated)
{
    static const struct block blocks[] = {
        {.kind = BLOCK_PARAGRAPH,
         .text =
             STR_INIT("첫째 문장은 여기에서 끝이 납니다. 둘째 문장은 조금 더 길게 써 봅니다.셋째 문장은 2025. 3. 1. "
                      "시행한다. 넷째 문장이 옵니다. 다섯째 문장으로 마칩니다.")},
    };
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = CUT(&arena, blocks, 50, 25);
    assert_int_equal(chunks.n, 4);
    assert_str_equal(chunks.items[0].body,
                     STR("첫째 문장은 여기에서 끝이 납니다. 둘째 문장은 조금 더 길게 써 봅니다."));
    assert_str_equal(chunks.items[1].body, STR("둘째 문장은 조금 더 길게 써 봅니다.셋째 문장은 2025. 3. 1. 시행한다."));
    assert_str_equal(chunks.items[2].body, STR("셋째 문장은 2025. 3. 1. 시행한다. 넷째 문장이 옵니다."));
    assert_str_equal(chunks.items[3].body, STR("넷째 문장이 옵니다. 다섯째 문장으로 마칩니다."));
}

TEST(chunk, a_torn_table_repeats_the_row_that_names_its_columns)
{
    static struct block blocks[40];
    static char texts[40][32];
    blocks[0] = (struct block){.kind = BLOCK_TABLE_ROW, .text = STR("등급 | 한도")};
    for (size_t i = 1; i < 40; i++) {
        int n = snprintf(texts[i], sizeof texts[i], "등급%zu | %zu만원", i, i * 10);
        blocks[i] =
            (struct block){.kind = BLOCK_TABLE_ROW, .text = {texts[i], (size_t)n}, .header = STR("등급 | 한도")};
    }
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = CUT(&arena, blocks, 100, 20);
    assert_true(chunks.n > 3);
    size_t rows = 0;
    for (size_t i = 0; i < chunks.n; i++) {
        struct str rest = chunks.items[i].body, line;
        assert_true(str_starts(rest, STR("등급 | 한도\n")));
        assert_true(text_length(rest) <= 100);
        while (str_split(&rest, '\n', &line))
            rows += !str_eq(line, STR("등급 | 한도"));
    }
    assert_int_equal(rows, 39); /* none lost, none twice */
}

TEST(chunk, what_is_longer_than_a_chunk_is_cut_between_words_or_characters)
{
    static char long_word[3 * 400];
    for (size_t i = 0; i < 400; i++)
        memcpy(long_word + 3 * i, "가", 3);
    struct block blocks[] = {{.kind = BLOCK_PARAGRAPH, .text = {long_word, sizeof long_word}}};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct chunks chunks = CUT(&arena, blocks, 100, 0);
    assert_int_equal(chunks.n, 4);
    for (size_t i = 0; i < chunks.n; i++)
        assert_int_equal(text_length(chunks.items[i].body), 100);
}

/* ── properties, on random documents of numbered words ─────────────────────────────────────────────────────────────── */

struct dice {
    uint64_t state;
};

static size_t roll(struct dice *dice, size_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(dice->state >> 33) % sides;
}

enum { MOST_BLOCKS = 60 };

struct random_document {
    struct block blocks[MOST_BLOCKS];
    size_t n, n_words;
    int section_of_word[20000];
};

static struct str random_text(struct arena *arena, struct dice *dice, struct random_document *document, int section)
{
    static const char *const ends[] = {" ", " ", " ", " ", ". ", "다. ", "요.", "? ", "\n", "-", ""};
    size_t words = 1 + roll(dice, 5) * roll(dice, 12);
    struct str text = STR("");
    for (size_t i = 0; i < words; i++) {
        document->section_of_word[document->n_words] = section;
        text = arena_format(arena, "%.*s[낱말%zu]%s", STR_ARG(text), document->n_words++,
                            i + 1 < words ? ends[roll(dice, COUNT_OF(ends))] : "");
    }
    return text;
}

static void make_random(struct arena *arena, struct dice *dice, struct random_document *document)
{
    int section = 0;
    document->n = 1 + roll(dice, MOST_BLOCKS - 1);
    document->n_words = 0;
    for (size_t i = 0; i < document->n; i++) {
        struct block block = {.kind = (enum block_kind)(1 + roll(dice, 4))};
        if (block.kind == BLOCK_HEADING) {
            block.level = 1 + (int)roll(dice, 6);
            section++;
            block.text = arena_format(arena, "머리%d", section);
        } else {
            block.text = random_text(arena, dice, document, section);
            block.header = block.kind == BLOCK_TABLE_ROW && roll(dice, 2) == 0 ? STR("가 | 나 | 다") : STR("");
        }
        document->blocks[i] = block;
    }
}

/* Every word of the body, in order; checks that all stand in one section. */
static void count_words(const struct random_document *document, const struct chunk *chunk, bool *seen)
{
    int section = -1;
    struct str rest = chunk->body;
    for (size_t at; (at = str_find(rest, STR("[낱말"))) != SIZE_MAX;) {
        rest = str_skip(rest, at + STR("[낱말").n);
        size_t end = str_find_char(rest, ']');
        int64_t word = -1;
        if (end == SIZE_MAX || !str_to_i64(str_first(rest, end), &word))
            continue; /* the repeated end of a sentence may begin in the middle of a word */
        seen[word] = true;
        if (section >= 0)
            assert_int_equal(section, document->section_of_word[word]);
        section = document->section_of_word[word];
    }
}

TEST(chunk, nothing_is_lost_nothing_crosses_a_heading_nothing_is_too_large)
{
    static struct random_document document;
    static bool seen[20000];
    struct dice dice = {42};
    for (size_t round = 0; round < 300; round++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 64 << 20);
        make_random(&arena, &dice, &document);
        size_t size = 60 + roll(&dice, 500);
        struct chunks chunks = cut(&arena, document.blocks, document.n,
                                   (struct chunk_settings){.size = size, .overlap = roll(&dice, 200)});
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < chunks.n; i++) {
            assert_true(chunks.items[i].body.n > 0);
            assert_true(text_is_utf8(chunks.items[i].body));
            assert_true(text_length(chunks.items[i].body) <= size);
            count_words(&document, &chunks.items[i], seen);
        }
        for (size_t i = 0; i < document.n_words; i++)
            assert_true(seen[i]);
    }
}

TEST_MAIN
