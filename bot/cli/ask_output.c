#include "bot/cli/ask_output.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "bot/model/markup.h"
#include "flows/answer/answerer.h"
#include "flows/answer/render.h"

#include "bot/base/banned.h"

enum { OUTPUT_BYTES = 1024 * 1024, SHOWN_CHARACTERS = 60, US_IN_MS = 1000 };

static MUST_USE enum err print(const struct ask_output *output, const struct buf *text, struct error *error)
{
    if (buf_failed(text))
        return fail(error, ERR_NO_MEMORY, "no memory for an answer");
    if (fwrite(text->p, 1, text->n, output->out) != text->n || fflush(output->out) != 0)
        return fail(error, ERR_INTERNAL, "the answer cannot be written");
    return OK;
}

enum err ask_output_text(const struct ask_output *output, struct error *error)
{
    struct buf out;
    struct str plain = {0};
    buf_init(&out, output->arena, OUTPUT_BYTES);
    if (markup_plain(output->arena, output->answer->markup, &plain) != OK)
        return fail(error, ERR_NO_MEMORY, "no memory for an answer");
    buf_add(&out, plain);
    buf_add_char(&out, '\n');
    return print(output, &out, error);
}

/* ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_number(struct buf *out, const char *key, double value)
{
    json_add_key(out, key);
    buf_addf(out, "%.4f", value);
}

static void add_source(struct buf *out, const struct answer_source *source)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "document", source->document);
    json_add_member_i64(out, "page", source->page);
    json_add_member(out, "title", source->title);
    json_add_member(out, "heading", source->heading);
    json_add_member(out, "url", source->url);
    json_add_member(out, "quote", source->quote);
    buf_add_char(out, '}');
}

/* Of the re-ranking, in the order of search.h. */
static void add_features(struct buf *out, const struct search_features *f)
{
    const struct {
        const char *name;
        double value;
    } features[] = {{"bm", f->bm},         {"heading", f->heading}, {"cov", f->cov},     {"covp", f->covp},
                    {"order", f->order},   {"sent1", f->sent1},     {"sent2", f->sent2}, {"win60", f->win60},
                    {"win150", f->win150}, {"lcs", f->lcs},         {"num", f->num},     {"lat", f->lat}};
    json_add_key(out, "features");
    buf_add_char(out, '{');
    for (size_t i = 0; i < COUNT_OF(features); i++)
        add_number(out, features[i].name, features[i].value);
    buf_add_char(out, '}');
}

static void add_claim(struct buf *out, const struct claim *claim)
{
    json_add_comma(out);
    buf_add_char(out, '{');
    json_add_member(out, "text", claim->text);
    json_add_member(out, "verdict", str_of(claim_verdict_name(claim->verdict)));
    json_add_member(out, "detail", claim->detail);
    json_add_key(out, "quotes");
    buf_add_char(out, '[');
    for (size_t i = 0; i < claim->n_quotes; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "said", claim->quotes[i].said);
        json_add_member_bool(out, "found", claim->quotes[i].is_found);
        buf_add_char(out, '}');
    }
    buf_add(out, STR("]}"));
}

static void add_explanation(struct buf *out, const struct answer *answer)
{
    json_add_key(out, "explain");
    buf_add_char(out, '{');
    json_add_member(out, "read_as", answer->read_as);
    json_add_member(out, "small_talk", str_of(small_talk_name(answer->small_talk)));
    json_add_member(out, "class_by", str_of(question_by_name(answer->verdict.by)));
    json_add_member(out, "class_evidence", answer->verdict.evidence);
    for (int i = 0; i < QUESTION_CLASSES; i++)
        add_number(out, question_class_name((enum question_class)i), answer->verdict.scores[i]);
    add_number(out, "approved_likeness", answer->faq.likeness);
    add_number(out, "confidence", answer->confidence);
    json_add_key(out, "passages");
    buf_add_char(out, '[');
    for (size_t i = 0; i < answer->hits.n; i++) {
        const struct search_hit *hit = &answer->hits.items[i];
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "document", hit->document.key);
        json_add_member(out, "heading", hit->chunk.heading);
        add_number(out, "score", hit->score);
        add_number(out, "first", hit->first);
        add_features(out, &hit->features);
        json_add_member(out, "text", hit->chunk.body);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    json_add_member(out, "prompt", answer->prompt);
    json_add_key(out, "claims");
    buf_add_char(out, '[');
    for (size_t i = 0; i < answer->claims.n; i++)
        add_claim(out, &answer->claims.items[i]);
    buf_add(out, STR("]}"));
}

enum err ask_output_json(const struct ask_output *output, struct error *error)
{
    const struct answer *answer = output->answer;
    struct buf out;
    buf_init(&out, output->arena, OUTPUT_BYTES);
    buf_add_char(&out, '{');
    json_add_member(&out, "question", output->question);
    json_add_member(&out, "answer", answer->text);
    json_add_member(&out, "kind", str_of(answer_kind_name(answer->kind)));
    json_add_member(&out, "class", str_of(question_class_name(answer->verdict.is)));
    json_add_key(&out, "sources");
    buf_add_char(&out, '[');
    for (size_t i = 0; i < answer->n_sources; i++)
        add_source(&out, &answer->sources[i]);
    buf_add_char(&out, ']');
    json_add_member(&out, "model", answer->model);
    json_add_member_i64(&out, "tokens", answer->tokens);
    json_add_key(&out, "ms");
    buf_addf(&out, "%.3f", (double)output->us / US_IN_MS);
    add_explanation(&out, answer);
    buf_add(&out, STR("}\n"));
    return print(output, &out, error);
}

/* ── every stage ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void explain_question(struct buf *out, const struct answer *answer)
{
    buf_addf(out, "read as     %.*s\n", STR_ARG(answer->read_as));
    buf_addf(out, "language    %.*s\n", STR_ARG(answer->language));
    if (answer->forbidden.n > 0)
        buf_addf(out, "forbidden   %.*s\n", STR_ARG(answer->forbidden));
    buf_addf(out, "small talk  %s\n", small_talk_name(answer->small_talk));
    buf_addf(out, "class       %s, by %s", question_class_name(answer->verdict.is),
             question_by_name(answer->verdict.by));
    if (answer->verdict.evidence.n > 0)
        buf_addf(out, ": %.*s", STR_ARG(answer->verdict.evidence));
    buf_add(out, STR("\n            likeness to examples:"));
    for (int i = 0; i < QUESTION_CLASSES; i++)
        buf_addf(out, " %s %.2f", question_class_name((enum question_class)i), answer->verdict.scores[i]);
    buf_addf(out, "\napproved    %.2f", answer->faq.likeness);
    if (answer->faq.question.n > 0)
        buf_addf(out, " %s %.*s", answer->faq.pair != NULL ? "is" : "near", STR_ARG(answer->faq.question));
    buf_add_char(out, '\n');
}

/* The passage's beginning in one line. */
static void add_beginning(struct buf *out, struct str body)
{
    struct str shown = text_first(body, SHOWN_CHARACTERS);
    for (size_t i = 0; i < shown.n; i++)
        buf_add_char(out, shown.p[i] == '\n' ? ' ' : shown.p[i]);
    if (shown.n < body.n)
        buf_add(out, STR("…"));
}

static void explain_passages(struct buf *out, const struct answer *answer)
{
    if (!answer->searched) {
        buf_add(out, STR("search      not done\n\n"));
        return;
    }
    buf_addf(out, "passages    %zu; confidence in the first %.2f%s\n", answer->hits.n, answer->confidence,
             answer->hits.guarded ? "; many words of the question are missing there" : "");
    for (size_t i = 0; i < answer->hits.n; i++) {
        const struct search_hit *hit = &answer->hits.items[i];
        buf_addf(out, "  %zu  %7.3f  (first %.2f, words %.2f, order %.2f)  %.*s › %.*s\n     ", i + 1, hit->score,
                 hit->first, hit->features.covp, hit->features.order, STR_ARG(hit->document.title),
                 STR_ARG(hit->chunk.heading));
        add_beginning(out, hit->chunk.body);
        buf_add_char(out, '\n');
    }
    buf_add_char(out, '\n');
}

enum err ask_output_explain(const struct ask_output *output, struct error *error)
{
    const struct answer *answer = output->answer;
    struct buf out;
    buf_init(&out, output->arena, OUTPUT_BYTES);
    explain_question(&out, answer);
    explain_passages(&out, answer);
    if (answer->prompt.n > 0)
        buf_addf(&out, "prompt\n%.*s\n\n", STR_ARG(answer->prompt));
    for (size_t i = 0; i < answer->claims.n; i++) {
        const struct claim *claim = &answer->claims.items[i];
        buf_addf(&out, "claim       %s%s%.*s: %.*s\n", claim_verdict_name(claim->verdict),
                 claim->detail.n > 0 ? ", " : "", STR_ARG(claim->detail), STR_ARG(claim->text));
        for (size_t k = 0; k < claim->n_quotes; k++)
            buf_addf(&out, "            %s %.*s\n", claim->quotes[k].is_found ? "quotes" : "NOT THERE",
                     STR_ARG(claim->quotes[k].said));
    }
    buf_addf(&out, "answer      %s, %.1f ms\n\n", answer_kind_name(answer->kind), (double)output->us / US_IN_MS);
    return print(output, &out, error);
}
