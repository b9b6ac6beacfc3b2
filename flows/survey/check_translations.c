/* Texts that people of some language do not get in it, though the flow speaks that language elsewhere. */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "flows/survey/check_parts.h"

#include "bot/base/banned.h"

enum { MOST_LIST_BYTES = 200 };

/* Something written in several languages: a text, or the labels of an option. */
struct spoken {
    const char *what;
    struct place at;
    size_t n;
    struct str (*locale)(const void *self, size_t i);
    const void *self;
};

static struct str text_locale(const void *self, size_t i)
{
    return ((const struct text *)self)->variants[i].locale;
}

static struct str label_locale(const void *self, size_t i)
{
    return ((const struct option_label *)self)[i].locale;
}

/* Whether a person of language `wanted` gets it: one in the language, whatever the region; no map is the flow's own. */
static bool speaks(const struct checker *checker, const struct spoken *spoken, struct str wanted)
{
    for (size_t i = 0; i < spoken->n; i++) {
        struct str locale = spoken->locale(spoken->self, i);
        if (locale.n == 0)
            locale = checker->definition->locale;
        if (str_eq(locale_language(locale), locale_language(wanted)))
            return true;
    }
    return false;
}

static void check_spoken(struct checker *checker, const struct spoken *spoken)
{
    const struct definition *def = checker->definition;
    struct buf missing;
    size_t n = 0;
    if (spoken->n == 0)
        return;
    buf_init(&missing, checker->arena, MOST_LIST_BYTES);
    for (size_t i = 0; i < def->locales.n; i++)
        if (!speaks(checker, spoken, def->locales.items[i]))
            buf_addf(&missing, "%s`%.*s`", n++ == 0 ? "" : ", ", STR_ARG(def->locales.items[i]));
    if (n > 0)
        check_warning(checker, "untranslated", spoken->at, STR(""),
                      "%s is not there in %.*s, as others of this flow are; add it to its map of languages",
                      spoken->what, STR_ARG(buf_str(&missing)));
}

/* Whether something is there to be translated: signs and pictures are the same in all languages. */
static bool has_words(const struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        for (size_t j = 0; j < text->variants[i].n_parts; j++)
            for (struct str rest = text->variants[i].parts[j].plain; rest.n > 0;)
                if (text_is_letter(text_next(&rest)))
                    return true;
    return false;
}

/* The languages of one arm of a split stand together; each arm is a text of its own. */
static void check_text(struct checker *checker, const struct text *text, const char *what)
{
    for (size_t from = 0, to; from < text->n; from = to) {
        for (to = from + 1; to < text->n && str_eq(text->variants[to].arm, text->variants[from].arm);)
            to++;
        struct text one = {.variants = text->variants + from, .n = to - from, .at = text->at};
        struct spoken spoken = {what, one.at, one.n, text_locale, &one};
        if (has_words(&one))
            check_spoken(checker, &spoken);
    }
}

static void check_ask(struct checker *checker, const struct ask *ask)
{
    check_text(checker, &ask->text, "this question");
    check_text(checker, &ask->retry, "this text");
    for (size_t i = 0; i < ask->n_options; i++) {
        const struct option *option = &ask->options[i];
        struct spoken spoken = {"this option's label", option->at, option->n_labels, label_locale, option->labels};
        check_spoken(checker, &spoken);
    }
}

static void check_step(struct checker *checker, const struct step *step)
{
    switch (step->kind) {
    case STEP_SAY:
        check_text(checker, &step->say.text, "this text");
        for (size_t i = 0; i < step->say.n_buttons; i++)
            check_text(checker, &step->say.buttons[i].label, "this button");
        break;
    case STEP_ASK:
        check_ask(checker, &step->ask);
        break;
    case STEP_RECOMMEND:
        check_text(checker, &step->recommend.text, "this text");
        check_text(checker, &step->recommend.button, "this button");
        break;
    case STEP_HAND_OVER: /* a note is for the company's own people */
    case STEP_SET:
    case STEP_TAG:
    case STEP_GO:
    case STEP_END:
        break;
    }
}

void check_translations(struct checker *checker)
{
    const struct definition *def = checker->definition;
    if (def->locales.n < 2)
        return;
    for (size_t i = 0; i < def->n_steps; i++)
        check_step(checker, &def->steps[i]);
    check_text(checker, &def->remind.text, "this text");
}
