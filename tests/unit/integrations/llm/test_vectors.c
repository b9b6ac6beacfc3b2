#include "world.h"

#include "bot/base/banned.h"

#define TWO                                                                                                            \
    "{\"data\":[{\"index\":1,\"embedding\":[3,4.5]},{\"index\":0,\"embedding\":[1,-2e-1]}],\"usage\":{\"prompt_"       \
    "tokens\":7}}"

static const struct str texts[] = {STR_INIT("휴가"), STR_INIT("출장")};

static void start(struct world *w)
{
    world_start(w);
    for (size_t i = 0; i < WORLD_PROVIDERS; i++) {
        w->models[i].embedding_model = STR("bge-m3");
        w->models[i].rerank_model = STR("r-1");
        w->models[i].price_embedding_usd = 1;
    }
}

static enum err embed(struct world *w, struct model_embed request, struct model_vectors *ret_vectors)
{
    if (request.texts == NULL) {
        request.texts = texts;
        request.n_texts = 2;
    }
    request.budget_ms = 5000;
    return language_model_embed(w->model, &request, &w->arena, ret_vectors, &w->error);
}

TEST(embed, vectors_come_in_the_order_of_the_texts)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    will_say(&w, 0, 200, "", TWO);
    world_open(&w);
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){0}, &vectors), OK);
    assert_int_equal(vectors.n, 2);
    assert_int_equal(vectors.dimension, 2);
    static const float expected[] = {1, -0.2f, 3, 4.5f};
    assert_memory_equal(vectors.values, expected, sizeof expected);
    assert_str_equal(vectors.usage.model, STR("bge-m3"));
    assert_int_equal(vectors.usage.cost_microusd, 7);
    assert_string_equal(w.stubs[0].target, "/v1/embeddings");
    assert_string_equal(w.stubs[0].body,
                        "{\"model\":\"bge-m3\",\"input\":[\"휴가\",\"출장\"],\"encoding_format\":\"float\"}");
    assert_str_equal(w.calls[0].skill, STR("embed"));
}

TEST(embed, many_texts_go_in_batches)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    struct buf body;
    buf_init(&body, &w.arena, 65536);
    buf_add(&body, STR("{\"data\":["));
    for (int i = 0; i < LLM_EMBED_BATCH; i++)
        buf_addf(&body, "%s{\"embedding\":[%d]}", i == 0 ? "" : ",", i);
    buf_add(&body, STR("]}"));
    will_say(&w, 0, 200, "", body.p);
    will_say(&w, 0, 200, "", "{\"data\":[{\"embedding\":[100]}]}");
    world_open(&w);
    struct str many[LLM_EMBED_BATCH + 1];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = STR("x");
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){.texts = many, .n_texts = COUNT_OF(many)}, &vectors), OK);
    assert_int_equal(w.stubs[0].n_requests, 2);
    assert_true(vectors.values[LLM_EMBED_BATCH - 1] == LLM_EMBED_BATCH - 1 && vectors.values[LLM_EMBED_BATCH] == 100);
}

TEST(embed, a_batch_that_is_too_large_is_halved)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    w.settings.n_models = 1;
    will_say(&w, 0, 413, "", "");
    will_say(&w, 0, 200, "", "{\"data\":[{\"embedding\":[1]}]}");
    will_say(&w, 0, 200, "", "{\"data\":[{\"embedding\":[2]}]}");
    world_open(&w);
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){0}, &vectors), OK);
    assert_true(vectors.values[0] == 1 && vectors.values[1] == 2);
}

/* However the first one is broken, the second gives the vectors. */
static void assert_goes_on(const char *body)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    will_say(&w, 0, 200, "", body);
    will_say(&w, 1, 200, "", TWO);
    world_open(&w);
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){.dimension = 2}, &vectors), OK);
    assert_true(vectors.values[0] == 1);
    assert_str_equal(vectors.usage.provider, STR("b"));
}

TEST(embed, vectors_that_are_not_what_they_should_be_are_another_s_to_make)
{
    assert_goes_on("");
    assert_goes_on("[]");
    assert_goes_on("{\"data\":[]}");
    assert_goes_on("{\"data\":[{\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"embedding\":[1,2]},{\"embedding\":[1]}]}");
    assert_goes_on("{\"data\":[{\"embedding\":[1,2,3]},{\"embedding\":[1,2,3]}]}"); /* another size than before */
    assert_goes_on("{\"data\":[{\"embedding\":[]},{\"embedding\":[]}]}");
    assert_goes_on("{\"data\":[{\"embedding\":[1,null]},{\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"embedding\":[1,1e400]},{\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":2,\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"index\":-1,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1,2]}]}");
    assert_goes_on("{\"data\":[{\"index\":0},{\"index\":1}]}");
}

TEST(embed, only_the_very_same_model_stands_in_for_another)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    w.models[1].embedding_model = STR("other");
    will_say(&w, 0, 500, "", "");
    will_say(&w, 1, 200, "", TWO);
    world_open(&w);
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){0}, &vectors), ERR_REMOTE);
    assert_int_equal(w.stubs[1].n_requests, 0);
    assert_int_equal(embed(&w, (struct model_embed){.model = STR("other")}, &vectors), OK);
    assert_int_equal(embed(&w, (struct model_embed){.model = STR("third")}, &vectors), ERR_BUSY);
}

TEST(embed, without_a_model_for_it_nobody_is_asked)
{
    CLEANUP(world_end) struct world w;
    world_start(&w);
    world_open(&w);
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){0}, &vectors), ERR_BUSY);
    assert_false(language_model_ready(w.model, MODEL_EMBED));
    assert_true(language_model_ready(w.model, MODEL_CHAT));
}

TEST(embed, an_empty_text_is_invalid)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    world_open(&w);
    struct str empty = STR("");
    struct model_vectors vectors;
    assert_int_equal(embed(&w, (struct model_embed){.texts = &empty, .n_texts = 1}, &vectors), ERR_INVALID);
}

static enum err rerank(struct world *w, struct model_order *ret_order)
{
    struct model_rerank request = {.query = STR("며칠"), .texts = texts, .n_texts = 2, .budget_ms = 5000};
    return language_model_rerank(w->model, &request, &w->arena, ret_order, &w->error);
}

TEST(rerank, scores_come_in_the_order_of_the_texts_in_either_dialect)
{
    static const char *const bodies[] = {
        "{\"results\":[{\"index\":1,\"relevance_score\":0.9},{\"index\":0,\"relevance_score\":-1}]}",
        "[{\"index\":1,\"score\":0.9},{\"index\":0,\"score\":-1}]"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        CLEANUP(world_end) struct world w;
        start(&w);
        will_say(&w, 0, 200, "", bodies[i]);
        world_open(&w);
        struct model_order order;
        assert_int_equal(rerank(&w, &order), OK);
        assert_int_equal(order.n, 2);
        assert_true(order.scores[0] == -1 && order.scores[1] == 0.9);
        assert_string_equal(w.stubs[0].target, "/v1/rerank");
        assert_string_equal(w.stubs[0].body, "{\"model\":\"r-1\",\"query\":\"며칠\",\"documents\":[\"휴가\",\"출장\"],"
                                             "\"top_n\":2,\"return_documents\":false}");
    }
}

TEST(rerank, scores_that_are_missing_are_another_s_to_give)
{
    static const char *const bodies[] = {"{\"results\":[]}",
                                         "{\"results\":[{\"index\":0,\"score\":1},{\"index\":0,\"score\":1}]}",
                                         "{\"results\":[{\"index\":0,\"score\":1},{\"index\":1}]}", "nope"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        CLEANUP(world_end) struct world w;
        start(&w);
        will_say(&w, 0, 200, "", bodies[i]);
        will_say(&w, 1, 200, "", "[{\"index\":1,\"score\":2},{\"index\":0,\"score\":1}]");
        world_open(&w);
        struct model_order order;
        assert_int_equal(rerank(&w, &order), OK);
        assert_true(order.scores[1] == 2);
    }
}

TEST(trial, each_skill_is_tried_with_the_smallest_thing_there_is)
{
    CLEANUP(world_end) struct world w;
    start(&w);
    will_say(&w, 0, 200, "", "{\"choices\":[{\"message\":{\"content\":\"\"}}]}");
    will_say(&w, 0, 200, "", "{\"data\":[{\"embedding\":[1,2,3]}]}");
    will_say(&w, 0, 200, "", "[{\"index\":1,\"score\":2},{\"index\":0,\"score\":1}]");
    will_say(&w, 0, 401, "", "{}");
    will_send(&w, 1, "");
    world_open(&w);
    struct llm_tried tried;
    struct llm_trial trial = {.place = 0, .skill = MODEL_CHAT, .limit_ms = 5000};
    assert_int_equal(llm_try(w.llm, &trial, &tried, &w.error), OK);
    trial.skill = MODEL_EMBED;
    assert_int_equal(llm_try(w.llm, &trial, &tried, &w.error), OK);
    assert_int_equal(tried.dimension, 3);
    trial.skill = MODEL_RERANK;
    assert_int_equal(llm_try(w.llm, &trial, &tried, &w.error), OK);
    assert_int_equal(llm_try(w.llm, &trial, &tried, &w.error), ERR_REMOTE);
    assert_string_equal(w.error.text, "it refuses the key or does not know the model (401)");
    assert_true(tried.answered);
    trial.place = 1;
    assert_int_equal(llm_try(w.llm, &trial, &tried, &w.error), ERR_REMOTE);
    assert_false(tried.answered);
    assert_int_equal(w.n_calls, 0);
}

TEST_MAIN
