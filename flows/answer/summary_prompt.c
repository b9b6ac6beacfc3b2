/* What a model is asked when a document is summed up (flows/answer/summary.h). */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/sentence.h"
#include "flows/answer/delimit.h"
#include "flows/answer/prompt.h"
#include "flows/answer/summary.h"
#include "flows/prompt.h"

#include "bot/base/banned.h"

enum { FRAME_TOKENS = 48, MOST_BYTES = 1024 * 1024, LEAST_TOKENS = 200 };

static enum err system_message(struct arena *arena, const struct summary_request *request, struct str name,
                               struct summary_prompt *ret, struct error *error)
{
    const struct prompt *rules = prompts_find(request->prompts, name);
    if (rules == NULL)
        return fail(error, ERR_INVALID, "there is no prompt called %.*s", STR_ARG(name));
    struct prompt_value language = {STR("language"), answer_language_name(request->language)};
    struct str system;
    enum err rc = prompt_fill(arena, rules, &language, 1, &system, error);
    if (rc == OK)
        *ret = (struct summary_prompt){.messages = {{MODEL_SYSTEM, system}}, .label = rules->label};
    return rc;
}

/* What a part may hold beside the rules and the answer. */
static int64_t tokens_for_text(const struct summary_request *request, struct str system)
{
    int64_t context = language_model_context(request->model);
    int64_t left = (context > 0 ? context : ANSWER_LEAST_CONTEXT) - ANSWER_TOKENS - FRAME_TOKENS -
                   language_model_tokens(request->model, system);
    return left > LEAST_TOKENS ? left : LEAST_TOKENS;
}

/* Takes whole sentences off *rest while they fit; at least one. */
static struct str take_sentences(const struct summary_request *request, struct str *rest, int64_t *left)
{
    struct str text = str_trim(*rest), sentence, taken = {text.p, 0};
    struct str behind = text;
    while (sentence_next(&behind, &sentence)) {
        int64_t tokens = language_model_tokens(request->model, sentence);
        if (taken.n > 0 && tokens > *left)
            break;
        *left -= tokens;
        taken.n = (size_t)(sentence.p + sentence.n - text.p);
    }
    *rest = str_skip(text, taken.n);
    return taken;
}

/* Where in the document the next part begins. */
struct place {
    size_t page;
    struct str rest; /* of this page */
};

/* The next part as a user's message; empty at the document's end. */
static enum err next_part(struct arena *arena, const struct summary_request *request, struct place *place, int64_t left,
                          struct str *ret)
{
    struct buf out;
    buf_init(&out, arena, MOST_BYTES);
    size_t number = 0;
    while (place->page < request->n_pages && (number == 0 || left > 0)) {
        if (place->rest.p == NULL)
            place->rest = request->pages[place->page].text;
        struct str text = take_sentences(request, &place->rest, &left);
        struct passage passage = {.title = request->title, .page = request->pages[place->page].page, .text = text};
        if (text.n > 0)
            delimit_passage(&out, ++number, &passage);
        left -= FRAME_TOKENS;
        if (str_trim(place->rest).n > 0)
            break;
        *place = (struct place){.page = place->page + 1};
    }
    *ret = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

enum err summary_part_prompts(struct arena *arena, const struct summary_request *request,
                              struct summary_prompt **ret_prompts, size_t *ret_n, struct error *error)
{
    struct summary_prompt rules = {.label = {NULL, 0}};
    struct summary_prompt *prompts = arena_alloc_array(arena, SUMMARY_MOST_PARTS, sizeof *prompts);
    if (prompts == NULL)
        return fail(error, ERR_NO_MEMORY, "no memory for the prompts");
    enum err rc = system_message(arena, request, STR("summary_part"), &rules, error);
    if (rc != OK)
        return rc;
    int64_t left = tokens_for_text(request, rules.messages[0].text);
    struct place place = {.page = 0};
    size_t n = 0;
    while (n < SUMMARY_MOST_PARTS && place.page < request->n_pages) {
        struct str user;
        if (next_part(arena, request, &place, left, &user) != OK)
            return fail(error, ERR_NO_MEMORY, "no memory for the prompts");
        if (user.n == 0)
            continue;
        prompts[n] = rules;
        prompts[n++].messages[1] = (struct model_message){MODEL_USER, user};
    }
    *ret_prompts = prompts;
    *ret_n = n;
    return OK;
}

enum err summary_whole_prompt(struct arena *arena, const struct summary_request *request, struct strs parts,
                              struct summary_prompt *ret_prompt, struct error *error)
{
    struct summary_prompt prompt = {.label = {NULL, 0}};
    enum err rc = system_message(arena, request, STR("summary_whole"), &prompt, error);
    if (rc != OK)
        return rc;
    struct buf out;
    buf_init(&out, arena, MOST_BYTES);
    int64_t left = tokens_for_text(request, prompt.messages[0].text);
    for (size_t i = 0; i < parts.n; i++) {
        struct str rest = parts.items[i];
        struct passage part = {.title = request->title, .text = take_sentences(request, &rest, &left)};
        left -= FRAME_TOKENS;
        if (i > 0 && left < 0)
            break;
        delimit_passage(&out, i + 1, &part);
    }
    if (buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "no memory for the prompt");
    prompt.messages[1] = (struct model_message){MODEL_USER, buf_str(&out)};
    *ret_prompt = prompt;
    return OK;
}
