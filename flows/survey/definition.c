#include "flows/survey/definition.h"

#include "bot/base/banned.h"

const char *ask_type_name(enum ask_type type)
{
    switch (type) {
    case ASK_CHOICE:
        return "choice";
    case ASK_CHOICES:
        return "choices";
    case ASK_NUMBER:
        return "number";
    case ASK_TEXT:
        return "text";
    case ASK_YES_NO:
        return "yes_no";
    case ASK_SCALE:
        return "scale";
    case ASK_DATE:
        return "date";
    case ASK_PHONE:
        return "phone";
    case ASK_EMAIL:
        return "email";
    case ASK_FILE:
        return "file";
    }
    return "";
}

bool ask_day_bound(const struct ask *ask, enum ask_bound bound, int64_t today, int64_t *ret_day)
{
    bool min = bound == ASK_MIN, from_today = min ? ask->min_from_today : ask->max_from_today;
    int64_t day = 0;
    if (!(min ? ask->has_min : ask->has_max) || !decimal_to_i64(min ? ask->min : ask->max, &day))
        return false;
    *ret_day = from_today ? today + day : day;
    return true;
}

const char *step_kind_name(enum step_kind kind)
{
    switch (kind) {
    case STEP_SAY:
        return "say";
    case STEP_ASK:
        return "ask";
    case STEP_RECOMMEND:
        return "recommend";
    case STEP_HAND_OVER:
        return "hand_over";
    case STEP_SET:
        return "set";
    case STEP_TAG:
        return "tag";
    case STEP_GO:
        return "go";
    case STEP_END:
        return "end";
    }
    return "";
}

struct str locale_language(struct str locale)
{
    size_t n = 0;
    while (n < locale.n && locale.p[n] != '-' && locale.p[n] != '_')
        n++;
    return str_first(locale, n);
}

bool locale_is_one(struct str locale)
{
    size_t language = locale_language(locale).n;
    if (language < 2 || language > 3 || locale.n > 16 || locale.n == language + 1)
        return false;
    for (size_t i = 0; i < locale.n; i++) {
        char c = locale.p[i];
        bool lower = c >= 'a' && c <= 'z',
             other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!lower && !(other && i >= language))
            return false;
    }
    return true;
}

int locale_fitness(struct str has, struct str wanted, struct str otherwise)
{
    if (has.n == 0)
        return 1;
    if (str_eq_nocase(has, wanted))
        return 5;
    if (str_eq_nocase(locale_language(has), locale_language(wanted)))
        return 4;
    if (str_eq_nocase(has, otherwise))
        return 3;
    return str_eq_nocase(locale_language(has), locale_language(otherwise)) ? 2 : 0;
}

static bool has_arm(const struct text *text, struct str arm)
{
    for (size_t i = 0; i < text->n; i++)
        if (str_eq(text->variants[i].arm, arm))
            return true;
    return false;
}

const struct text_variant *text_variant(const struct text *text, const struct text_wish *wish)
{
    const struct text_variant *best = NULL;
    int best_fitness = -1;
    if (text->n == 0)
        return NULL;
    struct str arm = text->split != NULL && has_arm(text, wish->arm) ? wish->arm : text->variants[0].arm;
    for (size_t i = 0; i < text->n; i++) {
        if (!str_eq(text->variants[i].arm, arm))
            continue;
        int fitness = locale_fitness(text->variants[i].locale, wish->locale, wish->otherwise);
        if (fitness <= best_fitness)
            continue;
        best = &text->variants[i];
        best_fitness = fitness;
    }
    return best;
}

static struct str best_label(const struct option_label *labels, size_t n, struct str locale, struct str otherwise)
{
    struct str best = STR("");
    int best_fitness = -1;
    for (size_t i = 0; i < n; i++) {
        int fitness = locale_fitness(labels[i].locale, locale, otherwise);
        if (fitness <= best_fitness)
            continue;
        best = labels[i].text;
        best_fitness = fitness;
    }
    return best;
}

struct str option_label(const struct option *option, struct str locale, struct str otherwise)
{
    return option->n_labels == 0 ? option->value : best_label(option->labels, option->n_labels, locale, otherwise);
}

/* Of "몸무게, 체중" the first. */
struct str ask_label(const struct ask *ask, struct str locale, struct str otherwise)
{
    struct str label = best_label(ask->labels, ask->n_labels, locale, otherwise);
    return str_trim(str_first(label, str_find_char(label, ',')));
}
