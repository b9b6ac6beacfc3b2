#include "flows/answer/prompt.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/sentence.h"
#include "flows/answer/delimit.h"
#include "flows/answer/prompt_files.h"
#include "flows/prompt.h"

#include "bot/base/banned.h"

enum { MOST_PROMPT_BYTES = 1024 * 1024, MOST_FILES = 16, PASSAGE_FRAME_TOKENS = 24 };

enum err answer_prompts_load(struct arena *arena, struct str folder, struct prompts *ret_prompts, struct error *error)
{
    struct prompt_source sources[MOST_FILES];
    size_t n = 0;
    for (; n < MOST_FILES && prompt_files[n].name != NULL; n++)
        sources[n] = (struct prompt_source){str_of(prompt_files[n].name), {prompt_files[n].bytes, prompt_files[n].n}};
    return prompts_load(arena, sources, n, folder, ret_prompts, error);
}

struct str answer_schema(void)
{
    return STR("{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"claims\"],\"properties\":{"
               "\"claims\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
               "\"required\":[\"text\",\"quotes\"],\"properties\":{\"text\":{\"type\":\"string\"},"
               "\"quotes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
               "\"required\":[\"passage\",\"quote\"],\"properties\":{\"passage\":{\"type\":\"integer\"},"
               "\"quote\":{\"type\":\"string\"}}}}}}}}}");
}

struct str answer_language_name(struct str code)
{
    return str_eq(code, STR("en")) ? STR("English") : STR("한국어");
}

/* ── neighbours ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of b's beginning that are a's end, ending where a sentence of b ends; 0: none. */
static size_t repeated(struct str a, struct str b)
{
    size_t best = 0;
    struct str rest = b, sentence;
    while (sentence_next(&rest, &sentence)) {
        struct str head = str_first(b, (size_t)(sentence.p + sentence.n - b.p));
        if (head.n > a.n)
            break;
        if (str_ends(a, head))
            best = head.n;
    }
    return best;
}

enum err answer_join_chunks(struct arena *arena, struct str a, struct str b, struct str *ret_joined)
{
    a = str_trim(a);
    b = str_trim(b);
    struct str new = str_trim(str_skip(b, repeated(a, b)));
    struct str joined = arena_join(arena, (struct str[]){a, a.n > 0 && new.n > 0 ? STR("\n") : STR(""), new}, 3);
    if (joined.p == NULL && a.n + new.n > 0)
        return ERR_NO_MEMORY;
    *ret_joined = joined;
    return OK;
}

/* ── the budget ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct budget {
    const struct language_model *model;
    int64_t left; /* tokens */
};

static int64_t tokens_of(const struct budget *budget, struct str text)
{
    return language_model_tokens(budget->model, text);
}

/* Takes the tokens when they are there. */
static bool afford(struct budget *budget, int64_t tokens)
{
    if (tokens > budget->left)
        return false;
    budget->left -= tokens;
    return true;
}

static int64_t passage_tokens(const struct budget *budget, const struct passage *passage)
{
    return PASSAGE_FRAME_TOKENS + tokens_of(budget, passage->title) + tokens_of(budget, passage->heading) +
           tokens_of(budget, passage->text);
}

/* The first sentences of a passage that is too long for the whole context. */
static struct str sentences_that_fit(const struct budget *budget, const struct passage *passage)
{
    struct passage frame = *passage;
    frame.text = STR("");
    int64_t left = budget->left - passage_tokens(budget, &frame);
    struct str rest = passage->text, sentence, fit = {passage->text.p, 0};
    while (sentence_next(&rest, &sentence)) {
        struct str longer = str_first(passage->text, (size_t)(sentence.p + sentence.n - passage->text.p));
        if (tokens_of(budget, longer) > left)
            break;
        fit = longer;
    }
    return fit;
}

static size_t take_whole(struct budget *budget, const struct answer_prompt_request *request, struct passage *passages)
{
    size_t n = 0;
    for (size_t i = 0; i < request->n_candidates && n < request->most_passages; i++) {
        passages[n] = request->candidates[i].passage;
        if (afford(budget, passage_tokens(budget, passages + n))) {
            n++;
            continue;
        }
        if (n > 0)
            break;
        passages[0].text = sentences_that_fit(budget, passages);
        if (passages[0].text.n > 0 && afford(budget, passage_tokens(budget, passages)))
            n = 1;
        break;
    }
    return n;
}

/* Whether this text is shown already, by a passage of the same document. */
static bool is_shown(struct passages shown, struct str document, struct str text)
{
    for (size_t i = 0; i < shown.n; i++)
        if (str_eq(shown.items[i].document, document) && str_find(shown.items[i].text, str_trim(text)) != SIZE_MAX)
            return true;
    return false;
}

/* Puts one neighbour to the passage, if it is new and there is room. */
static enum err widen(struct arena *arena, struct budget *budget, struct passage *passage, struct str before,
                      struct str behind)
{
    struct str wider;
    enum err rc = answer_join_chunks(arena, before, behind, &wider);
    if (rc == OK && afford(budget, tokens_of(budget, wider) - tokens_of(budget, passage->text)))
        passage->text = wider;
    return rc;
}

static enum err widen_all(struct arena *arena, struct budget *budget, const struct answer_prompt_request *request,
                          struct passage *passages, size_t n)
{
    enum err rc = OK;
    for (size_t i = 0; i < n && rc == OK; i++) {
        const struct prompt_candidate *candidate = request->candidates + i;
        struct passage *passage = passages + i;
        if (passage->text.n < candidate->passage.text.n)
            break; /* not even this one was shown whole */
        if (candidate->behind.n > 0 && !is_shown((struct passages){passages, n}, passage->document, candidate->behind))
            rc = widen(arena, budget, passage, passage->text, candidate->behind);
        if (rc == OK && candidate->before.n > 0 &&
            !is_shown((struct passages){passages, n}, passage->document, candidate->before))
            rc = widen(arena, budget, passage, candidate->before, passage->text);
    }
    return rc;
}

/* ── the messages ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum err user_message(struct arena *arena, const struct answer_prompt_request *request, struct passages passages,
                             struct str *ret)
{
    struct buf out;
    buf_init(&out, arena, MOST_PROMPT_BYTES);
    for (size_t i = 0; i < passages.n; i++)
        delimit_passage(&out, i + 1, passages.items + i);
    delimit_text(&out, STR("question"), request->question);
    *ret = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

static enum err choose_passages(struct arena *arena, struct budget *budget, const struct answer_prompt_request *request,
                                struct passages *ret)
{
    struct passage *passages = arena_alloc_array(arena, request->most_passages + 1, sizeof *passages);
    if (passages == NULL)
        return ERR_NO_MEMORY;
    size_t n = take_whole(budget, request, passages);
    *ret = (struct passages){passages, n};
    return widen_all(arena, budget, request, passages, n);
}

enum err answer_prompt_make(struct arena *arena, const struct answer_prompt_request *request,
                            struct answer_prompt *ret_prompt, struct error *error)
{
    const struct prompt *rules = prompts_find(request->prompts, STR("answer"));
    if (rules == NULL)
        return fail(error, ERR_INVALID, "there is no prompt called answer");
    struct prompt_value language = {STR("language"), answer_language_name(request->language)};
    struct str system, user;
    enum err rc = prompt_fill(arena, rules, &language, 1, &system, error);
    if (rc != OK)
        return rc;
    int64_t context = language_model_context(request->model);
    struct budget budget = {request->model, context > 0 ? context : ANSWER_LEAST_CONTEXT};
    budget.left -= ANSWER_TOKENS + PASSAGE_FRAME_TOKENS + tokens_of(&budget, system) +
                   tokens_of(&budget, request->question) + tokens_of(&budget, answer_schema());
    struct passages passages;
    rc = choose_passages(arena, &budget, request, &passages);
    if (rc == OK)
        rc = user_message(arena, request, passages, &user);
    if (rc != OK)
        return fail(error, rc, "no memory for the prompt");
    *ret_prompt = (struct answer_prompt){
        .messages = {{MODEL_SYSTEM, system}, {MODEL_USER, user}}, .passages = passages, .label = rules->label};
    return OK;
}
