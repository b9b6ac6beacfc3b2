#include "bot/cli/graph_text.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/cli/graph_figures.h"
#include "bot/model/markup.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

enum { MOST_TEXT_BYTES = 64 * 1024, TEXT_LINES = 3, MEDIAN = 50, WIDEST = 7 };

/* ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum term {
    TERM_START,
    TERM_RECOMMEND,
    TERM_HAND_OVER,
    TERM_END,
    TERM_STOPPED,
    TERM_VARIANTS,
    TERM_RULES,
    TERM_MODEL,
    TERM_YES,
    TERM_NO,
    TERM_OTHERWISE,
    TERM_MISFITS,
    TERM_MORE_TEXTS,
    TERM_REACHED,
    TERM_ANSWERED,
    TERM_LEFT,
    TERM_DRAWN,
    TERM_NUMBERS,
    TERM_OTHERS,
    TERMS
};

static const struct {
    const char *english, *korean;
} words[TERMS] = {
    [TERM_START] = {"began %lld", "시작 %lld"},
    [TERM_RECOMMEND] = {"recommend %.*s", "추천 %.*s"},
    [TERM_HAND_OVER] = {"hand over to %.*s", "상담 연결: %.*s"},
    [TERM_END] = {"end", "끝"},
    [TERM_STOPPED] = {"stopped", "그만둠"},
    [TERM_VARIANTS] = {"variants: %.*s", "변형: %.*s"},
    [TERM_RULES] = {"table %.*s, %zu rules", "표 %.*s, 규칙 %zu개"},
    [TERM_MODEL] = {"table %.*s (DMN)", "표 %.*s (DMN)"},
    [TERM_YES] = {"yes", "예"},
    [TERM_NO] = {"no", "아니요"},
    [TERM_OTHERWISE] = {"otherwise", "아니면"},
    [TERM_MISFITS] = {"%zu answers that do not fit", "안 맞는 답 %zu번"},
    [TERM_MORE_TEXTS] = {"(and %zu more)", "(그 밖에 %zu개)"},
    [TERM_REACHED] = {"reached %lld", "도달 %lld"},
    [TERM_ANSWERED] = {"reached %lld · answered %lld (%.0f %%)", "도달 %lld · 답변 %lld (%.0f%%)"},
    [TERM_LEFT] = {"left %lld", "떠남 %lld"},
    [TERM_DRAWN] = {"The flow %.*s as a graph of its steps.", "흐름 %.*s의 단계를 그린 그림입니다."},
    [TERM_NUMBERS] =
        {" Of %lld conversations that began since %04lld-%02d-%02d, %lld came to the end, %lld were "
         "recommended something, %lld were handed over.",
         " %2$04lld-%3$02d-%4$02d부터 시작한 대화 %1$lld건 가운데 %5$lld건이 끝까지 왔고, %6$lld건이 추천을 받았고, "
         "%7$lld건이 상담으로 이어졌습니다."},
    [TERM_OTHERS] = {" %lld more began with another version of the flow and are not counted.",
                     " 다른 판으로 시작한 %lld건은 세지 않았습니다."},
};

static const char *term(const struct graph_shown *shown, enum term which)
{
    return shown->korean ? words[which].korean : words[which].english;
}

/* ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_line(struct graph_lines *lines, struct str line)
{
    if (lines->n < GRAPH_TEXT_LINES && line.n > 0)
        lines->items[lines->n++] = line;
}

/* As much of the text as fits into a line: to its last space, or, in one long word, to the last character. */
static size_t line_end(struct str text)
{
    size_t columns = 0, space = 0, end = 0;
    for (struct str rest = text; rest.n > 0;) {
        struct str one = rest;
        if (text_next(&rest) < 0)
            break;
        one = str_first(one, one.n - rest.n);
        columns += text_columns(one);
        if (columns > GRAPH_TEXT_COLUMNS)
            return space > 0 ? space : end;
        end = text.n - rest.n;
        if (one.p[0] == ' ')
            space = end;
    }
    return text.n;
}

/* At most `most` lines; what is left out is "…". */
static void wrap(const struct graph_shown *shown, struct str text, size_t most, struct graph_lines *lines)
{
    for (text = str_trim(text); text.n > 0 && most > 0; most--) {
        size_t n = line_end(text);
        struct str line = str_trim(str_first(text, n));
        text = str_trim(str_skip(text, n));
        bool cut = most == 1 && text.n > 0;
        add_line(lines, cut ? arena_format(shown->arena, "%.*s…", STR_ARG(line)) : line);
        if (n == 0)
            return;
    }
}

/* What a text says, in one line, with {…} for what is put in. */
static MUST_USE enum err plain_text(const struct graph_shown *shown, const struct text *text, struct str *ret_text)
{
    const struct definition *def = shown->definition;
    struct text_wish wish = {.locale = shown->korean ? STR("ko") : STR("en"), .otherwise = def->locale, .arm = STR("")};
    const struct text_variant *variant = text_variant(text, &wish);
    struct buf out;
    struct str plain = STR("");
    buf_init(&out, shown->arena, MOST_TEXT_BYTES);
    for (size_t i = 0; variant != NULL && i < variant->n_parts; i++)
        buf_add(&out, variant->parts[i].expr == NULL ? variant->parts[i].plain : STR("…"));
    enum err rc = buf_failed(&out) ? ERR_NO_MEMORY : markup_plain(shown->arena, buf_str(&out), &plain);
    if (rc != OK)
        return rc;
    buf_truncate(&out, 0);
    for (size_t i = 0; i < plain.n; i++)
        buf_add_char(&out, (unsigned char)plain.p[i] < ' ' ? ' ' : plain.p[i]);
    *ret_text = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

/* ── boxes ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err add_text(const struct graph_shown *shown, const struct text *text, struct graph_lines *lines)
{
    struct str plain;
    enum err rc = plain_text(shown, text, &plain);
    if (rc == OK)
        wrap(shown, plain, TEXT_LINES, lines);
    return rc;
}

static MUST_USE enum err add_says(const struct graph_shown *shown, const struct graph_node *node,
                                  struct graph_lines *lines)
{
    size_t n = 0;
    enum err rc = OK;
    for (size_t i = 0; i < node->n_steps && rc == OK; i++) {
        const struct step *step = &shown->definition->steps[node->step + i];
        if (step->kind == STEP_SAY && n++ == 0)
            rc = add_text(shown, &step->say.text, lines);
    }
    if (n > 1)
        add_line(lines, arena_format(shown->arena, term(shown, TERM_MORE_TEXTS), n - 1));
    return rc;
}

static MUST_USE enum err add_sets(const struct graph_shown *shown, const struct graph_node *node,
                                  struct graph_lines *lines)
{
    const struct definition *def = shown->definition;
    struct buf out;
    buf_init(&out, shown->arena, MOST_TEXT_BYTES);
    for (size_t i = 0; i < node->n_steps; i++) {
        const struct step *step = &def->steps[node->step + i];
        for (size_t k = 0; step->kind == STEP_SET && k < step->set.n; k++)
            buf_addf(&out, "%s%.*s = %.*s", out.n == 0 ? "" : ", ",
                     STR_ARG(def->variables[step->set.items[k].variable].name),
                     STR_ARG(feel_expr_text(step->set.items[k].expr)));
        for (size_t k = 0; step->kind == STEP_TAG && k < step->tag.n; k++) {
            struct str tag;
            enum err rc = plain_text(shown, &step->tag.items[k], &tag);
            if (rc != OK)
                return rc;
            buf_addf(&out, "%s#%.*s", out.n == 0 ? "" : ", ", STR_ARG(tag));
        }
    }
    wrap(shown, buf_str(&out), TEXT_LINES, lines);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

static void add_table(const struct graph_shown *shown, const struct graph_node *node, struct graph_lines *lines)
{
    struct str text = node->n_rules == 0
                          ? arena_format(shown->arena, term(shown, TERM_MODEL), STR_ARG(node->text))
                          : arena_format(shown->arena, term(shown, TERM_RULES), STR_ARG(node->text), node->n_rules);
    wrap(shown, text, TEXT_LINES, lines);
}

static MUST_USE enum err add_start(const struct graph_shown *shown, struct graph_lines *lines)
{
    struct str title;
    enum err rc = graph_text_title(shown, &title);
    if (rc == OK)
        wrap(shown, title, TEXT_LINES, lines);
    if (shown->figures != NULL)
        add_line(lines, arena_format(shown->arena, term(shown, TERM_START), (long long)shown->figures->nodes[0]));
    return rc;
}

static MUST_USE enum err add_words(const struct graph_shown *shown, const struct graph_node *node,
                                   struct graph_lines *lines)
{
    const struct step *step = &shown->definition->steps[node->step == SIZE_MAX ? 0 : node->step];
    switch (node->kind) {
    case GRAPH_START:
        return add_start(shown, lines);
    case GRAPH_SAY:
        return add_says(shown, node, lines);
    case GRAPH_ASK:
        return add_text(shown, &step->ask.text, lines);
    case GRAPH_RECOMMEND:
        wrap(shown,
             arena_format(shown->arena, term(shown, TERM_RECOMMEND), STR_ARG(feel_expr_text(step->recommend.item))),
             TEXT_LINES, lines);
        return OK;
    case GRAPH_HAND_OVER:
        wrap(shown, arena_format(shown->arena, term(shown, TERM_HAND_OVER), STR_ARG(step->hand_over.to)), TEXT_LINES,
             lines);
        return OK;
    case GRAPH_SET:
        return add_sets(shown, node, lines);
    case GRAPH_END:
        add_line(lines, str_of(term(shown, node->step != SIZE_MAX && step->stopped ? TERM_STOPPED : TERM_END)));
        return OK;
    case GRAPH_CONDITION:
        wrap(shown, node->text, TEXT_LINES, lines);
        return OK;
    case GRAPH_VARIANTS:
        wrap(shown, arena_format(shown->arena, term(shown, TERM_VARIANTS), STR_ARG(node->text)), TEXT_LINES, lines);
        return OK;
    case GRAPH_TABLE:
        add_table(shown, node, lines);
        return OK;
    case GRAPH_KINDS:
        break;
    }
    return OK;
}

/* ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct figures_step *figures_of(const struct graph_shown *shown, struct str id)
{
    const struct funnel_figures *all = &shown->figures->funnel.all;
    for (size_t i = 0; i < all->n_steps; i++)
        if (str_eq(all->steps[i].name, id))
            return &all->steps[i];
    return NULL;
}

static void add_question_numbers(const struct graph_shown *shown, const struct graph_node *node,
                                 struct graph_lines *lines)
{
    const struct figures_step *step = figures_of(shown, shown->definition->steps[node->step].id);
    struct buf out;
    if (step == NULL)
        return;
    double share = step->reached > 0 ? 100.0 * (double)step->answered / (double)step->reached : 0.0;
    add_line(lines, arena_format(shown->arena, term(shown, TERM_ANSWERED), (long long)step->reached,
                                 (long long)step->answered, share));
    buf_init(&out, shown->arena, MOST_TEXT_BYTES);
    if (step->left > 0)
        buf_addf(&out, term(shown, TERM_LEFT), (long long)step->left);
    if (step->n_times > 0)
        buf_addf(&out, "%s%.1f %s", out.n > 0 ? " · " : "", (double)figures_time_ms(step, MEDIAN) / 1000,
                 shown->korean ? "초" : "s");
    add_line(lines, buf_str(&out));
}

static void add_numbers(const struct graph_shown *shown, size_t at, struct graph_lines *lines)
{
    const struct graph_node *node = &shown->graph->nodes[at];
    switch (node->kind) {
    case GRAPH_ASK:
        add_question_numbers(shown, node, lines);
        return;
    case GRAPH_SAY:
    case GRAPH_RECOMMEND:
    case GRAPH_HAND_OVER:
    case GRAPH_END:
        add_line(lines, arena_format(shown->arena, term(shown, TERM_REACHED), (long long)shown->figures->nodes[at]));
        return;
    case GRAPH_START:
    case GRAPH_SET:
    case GRAPH_CONDITION:
    case GRAPH_VARIANTS:
    case GRAPH_TABLE:
    case GRAPH_KINDS:
        return;
    }
}

enum err graph_text_node(const struct graph_shown *shown, size_t node, struct graph_lines *ret_lines)
{
    struct graph_lines lines = {0};
    enum err rc = add_words(shown, &shown->graph->nodes[node], &lines);
    if (rc != OK)
        return rc;
    if (shown->figures != NULL)
        add_numbers(shown, node, &lines);
    *ret_lines = lines;
    return OK;
}

/* ── arrows ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* How often its node was left, along any arrow. */
static int64_t left_along(const struct graph_shown *shown, size_t node)
{
    int64_t n = 0;
    for (size_t i = 0; i < shown->graph->n_edges; i++)
        if (shown->graph->edges[i].from == node)
            n += shown->figures->edges[i];
    return n;
}

static void add_label(const struct graph_shown *shown, const struct graph_edge *edge, struct buf *out)
{
    const struct step *step = shown->graph->nodes[edge->from].step == SIZE_MAX
                                  ? NULL
                                  : &shown->definition->steps[shown->graph->nodes[edge->from].step];
    switch (edge->label) {
    case GRAPH_PLAIN:
    case GRAPH_DECIDES:
        break;
    case GRAPH_YES:
        buf_add(out, str_of(term(shown, TERM_YES)));
        break;
    case GRAPH_NO:
        buf_add(out, str_of(term(shown, TERM_NO)));
        break;
    case GRAPH_WHEN:
    case GRAPH_ARM:
        buf_add(out, edge->text);
        break;
    case GRAPH_OTHERWISE:
        buf_add(out, str_of(term(shown, TERM_OTHERWISE)));
        break;
    case GRAPH_MISFITS:
        buf_addf(out, term(shown, TERM_MISFITS), step == NULL ? 0 : step->ask.tries);
        break;
    }
}

enum err graph_text_edge(const struct graph_shown *shown, size_t edge, struct str *ret_label)
{
    const struct graph_edge *e = &shown->graph->edges[edge];
    struct buf out;
    buf_init(&out, shown->arena, MOST_TEXT_BYTES);
    add_label(shown, e, &out);
    int64_t all = shown->figures == NULL ? 0 : left_along(shown, e->from);
    if (all > 0 && e->label != GRAPH_PLAIN && e->label != GRAPH_DECIDES)
        buf_addf(&out, " · %.0f%%", 100.0 * (double)shown->figures->edges[edge] / (double)all);
    *ret_label = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}

double graph_text_width(const struct graph_shown *shown, size_t edge)
{
    int64_t began = shown->figures == NULL ? 0 : shown->figures->nodes[0];
    double share = began > 0 ? (double)shown->figures->edges[edge] / (double)began : 0.0;
    return 1 + (WIDEST - 1) * (share > 1 ? 1 : share);
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err graph_text_title(const struct graph_shown *shown, struct str *ret_title)
{
    *ret_title = shown->definition->id;
    return shown->definition->title.n == 0 ? OK : plain_text(shown, &shown->definition->title, ret_title);
}

enum err graph_text_description(const struct graph_shown *shown, struct str *ret_description)
{
    struct buf out;
    buf_init(&out, shown->arena, MOST_TEXT_BYTES);
    buf_addf(&out, term(shown, TERM_DRAWN), STR_ARG(shown->definition->id));
    if (shown->figures != NULL) {
        const int64_t *ends = shown->figures->funnel.all.ends;
        buf_addf(&out, term(shown, TERM_NUMBERS), (long long)ends[FIGURES_BEGAN], (long long)shown->since.year,
                 shown->since.month, shown->since.day, (long long)ends[FIGURES_COMPLETED],
                 (long long)ends[FIGURES_RECOMMENDED], (long long)ends[FIGURES_CONSULTED]);
        if (shown->figures->funnel.others > 0)
            buf_addf(&out, term(shown, TERM_OTHERS), (long long)shown->figures->funnel.others);
    }
    *ret_description = buf_str(&out);
    return buf_failed(&out) ? ERR_NO_MEMORY : OK;
}
