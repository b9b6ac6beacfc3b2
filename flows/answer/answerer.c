#include "flows/answer/answerer.h"

#include <math.h>

#include "bot/base/arena.h"
#include "bot/base/text.h"
#include "bot/model/language_model.h"
#include "flows/answer/abstain.h"
#include "flows/answer/extract.h"
#include "flows/answer/followup.h"
#include "flows/answer/generate.h"
#include "flows/answer/language.h"
#include "flows/answer/render.h"
#include "flows/answer/words.h"
#include "flows/answer/workspace.h"
#include "flows/text/forbidden.h"

#include "bot/base/banned.h"

const char *answer_kind_name(enum answer_kind kind)
{
    static const char *const names[] = {"generated", "extractive", "approved", "refused", "not_found", "small_talk"};
    return names[kind];
}

/* A question on its way through the stages. */
struct way {
    const struct answerer *answerer;
    const struct asked *asked;
    struct arena *arena;
    struct answer *answer;
    bool done; /* a stage answered */
};

typedef enum err stage(struct way *way);

static MUST_USE enum err answered(struct way *way, enum answer_kind kind, struct str text)
{
    way->answer->kind = kind;
    way->answer->text = text;
    way->done = true;
    return OK;
}

/* ── before anything is searched ───────────────────────────────────────────────────────────────────────────────── */

static enum err refuse_forbidden(struct way *way)
{
    const struct workspace *workspace = way->answerer->workspace;
    for (size_t i = 0; i < workspace->n_forbidden; i++) {
        enum err rc = forbidden_find(workspace->forbidden[i], way->arena, way->asked->text, &way->answer->forbidden);
        if (rc != OK)
            return rc;
        if (way->answer->forbidden.n > 0)
            return answered(way, ANSWER_REFUSED, say(SAY_REFUSED, way->answer->language));
    }
    return OK;
}

static enum err refuse_length(struct way *way)
{
    if (way->asked->text.n <= ANSWERER_MOST_BYTES)
        return OK;
    return answered(way, ANSWER_REFUSED, say(SAY_TOO_LONG, way->answer->language));
}

static enum err talk_small(struct way *way)
{
    enum err rc = small_talk_find(way->arena, way->asked->text, &way->answer->small_talk);
    if (rc != OK || way->answer->small_talk == SMALL_TALK_NONE)
        return rc;
    return answered(way, ANSWER_SMALL_TALK, small_talk_line(way->answer->small_talk, way->answer->language));
}

/* A question that leans on those before it. */
static enum err make_whole(struct way *way)
{
    return followup_rewrite(way->arena, way->asked->before, way->asked->text, &way->answer->read_as);
}

static enum err look_up_approved(struct way *way)
{
    struct answer *answer = way->answer;
    enum err rc = faq_find(way->answerer->workspace->faq, way->arena, answer->read_as, &answer->faq);
    if (rc != OK || answer->faq.pair == NULL)
        return rc;
    const struct faq_pair *pair = answer->faq.pair;
    if (pair->title.n > 0 || pair->url.n > 0)
        answer->sources[answer->n_sources++] = (struct answer_source){.title = pair->title, .url = pair->url};
    return answered(way, ANSWER_APPROVED, pair->answer);
}

static enum err classify(struct way *way)
{
    struct answer *answer = way->answer;
    enum err rc = question_classify(way->answerer->workspace->classes, way->arena, answer->read_as, &answer->verdict);
    if (rc != OK || answer->verdict.is != QUESTION_GENERAL)
        return rc;
    return answered(way, ANSWER_SMALL_TALK, say(SAY_GENERAL, answer->language));
}

/* ── the documents ─────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err take_passages(struct way *way)
{
    const struct search_hits *hits = &way->answer->hits;
    struct passage *passages = arena_alloc_array(way->arena, hits->n, sizeof *passages);
    if (passages == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < hits->n; i++) {
        const struct search_hit *hit = &hits->items[i];
        passages[i] = (struct passage){.document = hit->document.key,
                                       .title = hit->document.title,
                                       .heading = hit->chunk.heading,
                                       .url = hit->document.url,
                                       .page = hit->chunk.page,
                                       .text = hit->chunk.body};
    }
    way->answer->passages = (struct passages){passages, hits->n};
    return OK;
}

static struct search_query query_of(const struct way *way)
{
    bool light = way->answer->verdict.is == QUESTION_BASICS;
    return (struct search_query){.text = way->answer->read_as,
                                 .collection = way->answerer->collection,
                                 .channel = way->asked->channel,
                                 .sees_all = way->asked->sees_all,
                                 .k = light ? ANSWERER_LIGHT_PASSAGES : ANSWERER_PASSAGES};
}

static enum err search(struct way *way)
{
    const struct asked *asked = way->asked;
    struct answer *answer = way->answer;
    if (way->answerer->search == NULL || asked->db == NULL)
        return answered(way, ANSWER_NOT_FOUND, say(SAY_NO_DOCUMENTS, answer->language));
    struct search_query query = query_of(way);
    enum err rc = search_run(way->answerer->search, asked->db, &query, way->arena, &answer->hits, asked->error);
    answer->searched = rc == OK;
    if (rc == OK)
        rc = take_passages(way);
    if (rc == OK && answer->hits.n > 0)
        answer->confidence = abstain_score(&answer->hits.items[0].features);
    return rc;
}

/* Where most of the question's words are missing, what it means may still be found. */
static enum err widen(struct way *way)
{
    const struct answerer *answerer = way->answerer;
    struct answer *answer = way->answer;
    if (answerer->dense == NULL || !hybrid_is_weak(&answer->hits, &answerer->weights) ||
        !language_model_ready(answerer->model, MODEL_EMBED))
        return OK;
    if (!way->asked->may_wait)
        return fail(way->asked->error, ERR_BUSY, "a vector is made in the slow lane");
    struct model_embed request = {
        .origin = {.purpose = STR("question"), .flow = STR("answer"), .user = way->asked->user},
        .texts = &answer->read_as,
        .n_texts = 1,
        .budget_ms = ANSWERER_VECTOR_MS};
    struct model_vectors vector = {0};
    enum err rc = language_model_embed(answerer->model, &request, way->arena, &vector, way->asked->error);
    struct search_query query = query_of(way);
    struct hybrid_query hybrid = {.query = &query,
                                  .words = &answer->hits,
                                  .vector = vector.values,
                                  .dimension = vector.dimension,
                                  .weight = answerer->weights.vectors};
    struct search_hits merged = {0};
    if (rc == OK)
        rc = hybrid_merge(answerer->search, answerer->dense, way->asked->db, &hybrid, way->arena, &merged,
                          way->asked->error);
    if (rc == ERR_NO_MEMORY || rc == ERR_INTERNAL)
        return rc;
    if (rc != OK) /* no vector, or none to compare it with: the words' hits stay */
        return OK;
    answer->hits = merged;
    answer->widened = true;
    return take_passages(way);
}

static bool has_source(const struct answer *answer, const struct passage *passage)
{
    for (size_t i = 0; i < answer->n_sources; i++)
        if (str_eq(answer->sources[i].document, passage->document) &&
            str_eq(answer->sources[i].heading, passage->heading))
            return true;
    return false;
}

static void add_source(struct answer *answer, const struct passage *passage, struct str quote)
{
    if (answer->n_sources == ANSWERER_MOST_SOURCES)
        return;
    answer->sources[answer->n_sources++] = (struct answer_source){.document = passage->document,
                                                                  .title = passage->title,
                                                                  .heading = passage->heading,
                                                                  .url = passage->url,
                                                                  .page = passage->page,
                                                                  .quote = quote};
}

/* ── is it in the documents? ───────────────────────────────────────────────────────────────────────────────────── */

/* Few documents have few words, so a question in a person's own words shares few with them, and abstain.h, which is learnt
 * on 40,000 passages, would decline nearly all.  But then half of the words in one passage, or a heading with some of them,
 * is no accident.  Of the example's 60 questions 26 of 45 are answered then, and 1 of 15 wrongly. */
static const double few_chunks = 5000, heading_share = 0.015, word_share = 0.25, most_words = 0.52, nearly_all = 0.9;

enum { FEW_WORDS = 2 };

/* The idf of a term that stands nowhere tells how many chunks there are: ln(1 + (n + .5) / .5). */
static bool are_few(const struct question *question)
{
    for (size_t i = 0; i < question->n_terms; i++)
        if (question->terms[i].entry < 0)
            return question->terms[i].idf < log(1 + (few_chunks + 0.5) / 0.5);
    return false;
}

bool answerer_is_sure(const struct search_hits *hits)
{
    if (hits->n == 0)
        return false;
    const struct search_features *features = &hits->items[0].features;
    if (abstain_may_answer(abstain_score(features)))
        return true;
    double wanted = hits->question.n_words > FEW_WORDS ? most_words : nearly_all; /* one of two words is chance */
    return are_few(&hits->question) &&
           (features->cov >= wanted || (features->cov >= word_share && features->heading >= heading_share));
}

enum { NEAREST = 3 };

/* Said before any model is asked; what stands nearest may help all the same, or help to ask otherwise. */
static MUST_USE enum err show_nearest(struct way *way)
{
    struct answer *answer = way->answer;
    answer->n_sources = 0;
    for (size_t i = 0; i < answer->passages.n && answer->n_sources < NEAREST; i++) {
        struct extracted extracted = {0};
        struct passages one = {&answer->passages.items[i], 1};
        if (has_source(answer, one.items))
            continue;
        enum err rc = extract_answer(way->arena, answer->read_as, &answer->hits.question, &one, &extracted);
        if (rc != OK)
            return rc;
        add_source(answer, one.items, extracted.n > 0 ? extracted.sentences[0].text : STR(""));
    }
    return answered(way, ANSWER_NOT_FOUND, say(SAY_NOT_FOUND, answer->language));
}

/* What the vectors found shares few words with the question, so words cannot say whether it is the answer.  A model can: what it
 * cannot quote is not said. */
static bool can_be_judged(const struct way *way)
{
    return way->answer->widened && way->answer->hits.n > 0 && language_model_ready(way->answerer->model, MODEL_CHAT);
}

static enum err abstain(struct way *way)
{
    return can_be_judged(way) || answerer_is_sure(&way->answer->hits) ? OK : show_nearest(way);
}

/* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where a model would be asked, but not here. */
static enum err wait_for_model(struct way *way)
{
    if (!way->asked->may_wait && language_model_ready(way->answerer->model, MODEL_CHAT))
        return fail(way->asked->error, ERR_BUSY, "a model is asked in the slow lane");
    return OK;
}

/* A model that fails, finds nothing or can quote nothing leaves the question to the sentences themselves. */
static enum err generate(struct way *way)
{
    struct answer *answer = way->answer;
    struct generated generated = {0};
    struct generate_request request = {.model = way->answerer->model,
                                       .prompts = &way->answerer->workspace->prompts,
                                       .question = answer->read_as,
                                       .language = answer->language,
                                       .user = way->asked->user,
                                       .hits = &answer->hits,
                                       .db = way->asked->db,
                                       .live = way->asked->live};
    if (!language_model_ready(request.model, MODEL_CHAT))
        return OK;
    enum err rc = generate_answer(way->arena, &request, &generated, way->asked->error);
    if (rc == ERR_NO_MEMORY || rc == ERR_INTERNAL)
        return rc;
    answer->prompt = generated.prompt;
    answer->claims = generated.claims;
    if (rc != OK || generated.answer.text.n == 0)
        return OK;
    for (size_t i = 0; i < generated.answer.n_sources; i++)
        add_source(answer, &generated.passages.items[generated.answer.sources[i].passage],
                   generated.answer.sources[i].quote);
    answer->model = generated.usage.model;
    answer->tokens = generated.usage.tokens_in + generated.usage.tokens_out;
    return answered(way, ANSWER_GENERATED, generated.answer.text);
}

/* The model could say nothing of what only the vectors found. */
static enum err doubt(struct way *way)
{
    return !way->answer->widened || answerer_is_sure(&way->answer->hits) ? OK : show_nearest(way);
}

/* Passages whose scores are this near to each other are as likely: then the better sentence decides. */
static const double near_tie = 0.9;

/* The passage to take sentences from: the first, or one as good whose best sentence answers better. */
static MUST_USE enum err pick_passage(struct way *way, struct extracted *ret_extracted, size_t *ret_passage)
{
    const struct answer *answer = way->answer;
    double best = -1;
    for (size_t i = 0; i < answer->passages.n && answer->hits.items[i].score >= near_tie * answer->hits.items[0].score;
         i++) {
        struct extracted extracted = {0};
        struct passages one = {&answer->passages.items[i], 1};
        enum err rc = extract_answer(way->arena, answer->read_as, &answer->hits.question, &one, &extracted);
        if (rc != OK)
            return rc;
        if (extracted.n == 0 || extracted.sentences[0].score <= best)
            continue;
        best = extracted.sentences[0].score;
        *ret_extracted = extracted;
        *ret_passage = i;
    }
    return OK;
}

static enum err extract(struct way *way)
{
    struct answer *answer = way->answer;
    struct extracted extracted = {0};
    size_t order[EXTRACT_MOST] = {0}, passage = 0, n = 0;
    struct str parts[2 * EXTRACT_MOST];
    enum err rc = pick_passage(way, &extracted, &passage);
    if (rc != OK)
        return rc;
    if (extracted.n == 0) /* passages without any sentence */
        return show_nearest(way);
    extract_reading_order(&extracted, order);
    for (size_t i = 0; i < extracted.n; i++) {
        const struct extract_sentence *sentence = &extracted.sentences[order[i]];
        add_source(answer, &answer->passages.items[passage], sentence->text);
        if (n > 0)
            parts[n++] = STR("\n");
        rc = extract_readable(way->arena, sentence, &parts[n++]); /* a row says what its cells are */
        if (rc != OK)
            return rc;
    }
    struct str text = arena_join(way->arena, parts, n);
    return text.p == NULL ? ERR_NO_MEMORY : answered(way, ANSWER_EXTRACTIVE, text);
}

/* ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct str language_for(struct str text, struct str locale)
{
    enum language language = language_of(text);
    if (language == LANGUAGE_KOREAN || language == LANGUAGE_ENGLISH)
        return language == LANGUAGE_KOREAN ? STR("ko") : STR("en");
    return str_starts(locale, STR("en")) ? STR("en") : STR("ko");
}

enum err answer_question(const struct answerer *answerer, const struct asked *asked, struct answer *ret_answer)
{
    static stage *const stages[] = {
        refuse_length, refuse_forbidden, talk_small,     make_whole, classify, look_up_approved, search,
        widen,         abstain,          wait_for_model, generate,   doubt,    extract};
    struct answer answer = {.language = language_for(asked->text, asked->locale), .read_as = asked->text};
    struct way way = {answerer, asked, asked->arena, &answer, false};
    enum err rc = OK;
    for (size_t i = 0; i < COUNT_OF(stages) && rc == OK && !way.done; i++)
        rc = stages[i](&way);
    if (rc == OK)
        rc = render_answer(asked->arena, &answer, &answer.markup);
    if (rc == ERR_NO_MEMORY)
        return fail(asked->error, rc, "no memory for an answer");
    if (rc == OK)
        *ret_answer = answer;
    return rc;
}
