/* What people read: options they can tell apart, and the limits of the platforms.
 *
 * A text's length is counted without its expressions, whose values are not known beforehand.                         */
#include "bot/base/text.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

/* Counted in code points.  Sources: Slack Block Kit reference; Channel Talk Open API v5. */
struct limit {
    enum check_platform platform;
    const char *name;
    size_t most;
};

static const struct limit option_label_limits[] = {{CHECK_SLACK, "Slack", 75}};
static const struct limit option_value_limits[] = {{CHECK_SLACK, "Slack", 150}};
static const struct limit options_limits[] = {{CHECK_SLACK, "Slack", 100}};
static const struct limit button_label_limits[] = {{CHECK_SLACK, "Slack", 75},
                                                   {CHECK_CHANNEL_TALK, "Channel Talk", 30}};
static const struct limit button_url_limits[] = {{CHECK_SLACK, "Slack", 3000}};
static const struct limit buttons_limits[] = {{CHECK_SLACK, "Slack", 25}, {CHECK_CHANNEL_TALK, "Channel Talk", 2}};
static const struct limit image_limits[] = {{CHECK_SLACK, "Slack", 3000}};
static const struct limit tags_limits[] = {{CHECK_CHANNEL_TALK, "Channel Talk", 20}};
static const struct limit text_limits[] = {{CHECK_SLACK, "Slack", 3000}, {CHECK_CHANNEL_TALK, "Channel Talk", 5000}};

#define OVER(checker_, limits_, n_) over((checker_), (limits_), COUNT_OF(limits_), (n_))

/* The narrowest limit that `n` is over, so that one correction does for all platforms; NULL: none. */
static const struct limit *over(const struct checker *checker, const struct limit *limits, size_t n_limits, size_t n)
{
    const struct limit *narrowest = NULL;
    for (size_t i = 0; i < n_limits; i++)
        if ((checker->platforms & limits[i].platform) != 0 && n > limits[i].most &&
            (narrowest == NULL || limits[i].most < narrowest->most))
            narrowest = &limits[i];
    return narrowest;
}

static void report_long(struct checker *checker, struct place at, const char *what, size_t n, const struct limit *limit)
{
    if (limit != NULL)
        check_error(checker, "too_long", at, STR(""), "%s has %zu characters, %s takes %zu; make it shorter", what, n,
                    limit->name, limit->most);
}

static void report_many(struct checker *checker, struct place at, const char *what, size_t n, const struct limit *limit)
{
    if (limit != NULL)
        check_error(checker, "too_many", at, STR(""), "%zu %s, %s takes %zu; leave some out", n, what, limit->name,
                    limit->most);
}

/* ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Of the longest language. */
static size_t length_of(const struct text *text)
{
    size_t longest = 0;
    for (size_t i = 0; i < text->n; i++) {
        size_t n = 0;
        for (size_t j = 0; j < text->variants[i].n_parts; j++)
            n += text_length(text->variants[i].parts[j].plain);
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void check_text(struct checker *checker, const struct text *text)
{
    size_t n = length_of(text);
    report_long(checker, text->at, "this text", n, OVER(checker, text_limits, n));
}

static void check_button(struct checker *checker, const struct text *label)
{
    size_t n = length_of(label);
    report_long(checker, label->at, "this button", n, OVER(checker, button_label_limits, n));
}

static void check_say(struct checker *checker, const struct step *step)
{
    const struct say *say = &step->say;
    size_t n_image = length_of(&say->image);
    check_text(checker, &say->text);
    report_long(checker, say->image.at, "this address", n_image, OVER(checker, image_limits, n_image));
    report_many(checker, step->at, "buttons", say->n_buttons, OVER(checker, buttons_limits, say->n_buttons));
    for (size_t i = 0; i < say->n_buttons; i++) {
        size_t n = length_of(&say->buttons[i].url);
        check_button(checker, &say->buttons[i].label);
        report_long(checker, say->buttons[i].url.at, "this address", n, OVER(checker, button_url_limits, n));
    }
}

/* ── options ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_for(struct str a, struct str b)
{
    return a.n == 0 || b.n == 0 || str_eq(a, b);
}

/* A label of the two that people cannot tell apart in some language; NULL: none. */
static const struct option_label *equal_label(const struct option *a, const struct option *b)
{
    for (size_t i = 0; i < a->n_labels; i++)
        for (size_t j = 0; j < b->n_labels; j++)
            if (is_for(a->labels[i].locale, b->labels[j].locale) && str_eq(a->labels[i].key, b->labels[j].key) &&
                (a->labels[i].key.n > 0 || str_eq(a->labels[i].text, b->labels[j].text)))
                return &b->labels[j];
    return NULL;
}

static void check_labels_differ(struct checker *checker, const struct ask *ask, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        const struct option_label *label = equal_label(&ask->options[j], &ask->options[i]);
        if (label == NULL)
            continue;
        check_error(checker, "equal_labels", ask->options[i].at, STR(""),
                    "the options `%.*s` and `%.*s` have the same label \"%.*s\" (spaces, case and punctuation do not "
                    "count); change one",
                    STR_ARG(ask->options[j].value), STR_ARG(ask->options[i].value), STR_ARG(label->text));
        return;
    }
}

static void check_options(struct checker *checker, const struct step *step)
{
    const struct ask *ask = &step->ask;
    report_many(checker, step->at, "options", ask->n_options, OVER(checker, options_limits, ask->n_options));
    for (size_t i = 0; i < ask->n_options; i++) {
        const struct option *option = &ask->options[i];
        size_t n = text_length(option->value);
        report_long(checker, option->at, "this option's value", n, OVER(checker, option_value_limits, n));
        for (size_t j = 0; j < option->n_labels; j++) {
            n = text_length(option->labels[j].text);
            report_long(checker, option->at, "this option's label", n, OVER(checker, option_label_limits, n));
        }
        check_labels_differ(checker, ask, i);
    }
}

/* ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_step(struct checker *checker, const struct step *step)
{
    switch (step->kind) {
    case STEP_SAY:
        check_say(checker, step);
        break;
    case STEP_ASK:
        check_text(checker, &step->ask.text);
        check_text(checker, &step->ask.retry);
        check_options(checker, step);
        break;
    case STEP_RECOMMEND:
        check_text(checker, &step->recommend.text);
        check_button(checker, &step->recommend.button);
        break;
    case STEP_HAND_OVER:
        check_text(checker, &step->hand_over.note);
        break;
    case STEP_TAG:
        report_many(checker, step->at, "tags", step->tag.n, OVER(checker, tags_limits, step->tag.n));
        break;
    case STEP_SET:
    case STEP_GO:
    case STEP_END:
        break;
    }
}

void check_texts(struct checker *checker)
{
    for (size_t i = 0; i < checker->definition->n_steps; i++)
        check_step(checker, &checker->definition->steps[i]);
    check_text(checker, &checker->definition->remind.text);
}
