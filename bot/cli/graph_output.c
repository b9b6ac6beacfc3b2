#include "bot/cli/graph_output.h"

#include "bot/base/buf.h"
#include "bot/base/text.h"
#include "bot/cli/graph_text.h"

#include "bot/base/banned.h"

/* ── looks ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Dark text on light fills, on a white ground: as readable on a dark page as on a light one. */
static const struct look {
    const char *open, *close; /* Mermaid */
    const char *shape, *fill; /* DOT     */
} looks[GRAPH_KINDS] = {
    [GRAPH_START] = {"([", "])", "box\", style=\"rounded,filled,bold", "#dbeafe"},
    [GRAPH_SAY] = {"(", ")", "box\", style=\"rounded,filled", "#f8fafc"},
    [GRAPH_ASK] = {"[", "]", "box\", style=\"filled", "#fef9c3"},
    [GRAPH_RECOMMEND] = {"[[", "]]", "box\", style=\"filled,bold", "#dcfce7"},
    [GRAPH_HAND_OVER] = {"[/", "/]", "box\", style=\"filled,bold", "#fae8ff"},
    [GRAPH_SET] = {"[", "]", "note\", style=\"filled", "#f1f5f9"},
    [GRAPH_END] = {"([", "])", "box\", style=\"rounded,filled,bold", "#e2e8f0"},
    [GRAPH_CONDITION] = {"{{", "}}", "hexagon\", style=\"filled", "#ffedd5"},
    [GRAPH_VARIANTS] = {"{{", "}}", "hexagon\", style=\"filled", "#e0e7ff"},
    [GRAPH_TABLE] = {"[(", ")]", "cylinder\", style=\"filled", "#ffffff"},
};

enum { NUMBERS_LINES = 2 };
static const double points_a_column = 6.8, margin_points = 28, points_an_inch = 72, hexagon_points = 40;

/* ── Mermaid ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Everything that its strings, or the HTML that it makes of them, would read as more than text. */
static void add_mermaid_text(struct buf *out, struct str text)
{
    static const char marks[] = "\"#&<>`|[]{}()\\;%";
    for (size_t i = 0; i < text.n; i++) {
        bool mark = false;
        for (size_t k = 0; k + 1 < sizeof marks; k++)
            mark = mark || text.p[i] == marks[k];
        if (mark)
            buf_addf(out, "#%d;", text.p[i]);
        else
            buf_add_char(out, text.p[i]);
    }
}

static enum err add_mermaid_node(const struct graph_shown *shown, size_t node, struct buf *out)
{
    const struct look *look = &looks[shown->graph->nodes[node].kind];
    struct graph_lines lines;
    enum err rc = graph_text_node(shown, node, &lines);
    buf_addf(out, "    n%zu%s\"", node, look->open);
    for (size_t i = 0; rc == OK && i < lines.n; i++) {
        if (i > 0)
            buf_add(out, STR("<br/>"));
        add_mermaid_text(out, lines.items[i]);
    }
    buf_addf(out, "\"%s\n", look->close);
    return rc;
}

static enum err add_mermaid_edge(const struct graph_shown *shown, size_t edge, struct buf *out)
{
    const struct graph_edge *e = &shown->graph->edges[edge];
    struct str label;
    enum err rc = graph_text_edge(shown, edge, &label);
    if (rc != OK)
        return rc;
    buf_addf(out, "    n%zu %s", e->from, e->label == GRAPH_DECIDES ? "-.->" : "-->");
    if (label.n > 0) {
        buf_add(out, STR("|\""));
        add_mermaid_text(out, label);
        buf_add(out, STR("\"|"));
    }
    buf_addf(out, " n%zu\n", e->to);
    return OK;
}

static void add_mermaid_looks(const struct graph_shown *shown, struct buf *out)
{
    for (size_t i = 0; i < shown->graph->n_nodes; i++)
        buf_addf(out, "    style n%zu fill:%s,stroke:#475569,color:#0f172a\n", i,
                 looks[shown->graph->nodes[i].kind].fill);
    for (size_t i = 0; shown->figures != NULL && i < shown->graph->n_edges; i++)
        if (shown->graph->edges[i].label != GRAPH_DECIDES)
            buf_addf(out, "    linkStyle %zu stroke-width:%.1fpx\n", i, graph_text_width(shown, i));
}

enum err graph_output_mermaid(const struct graph_shown *shown, struct buf *out)
{
    struct str title, description;
    enum err rc = graph_text_title(shown, &title);
    if (rc == OK)
        rc = graph_text_description(shown, &description);
    if (rc != OK)
        return rc;
    buf_add(out, STR("flowchart TD\n    accTitle: "));
    add_mermaid_text(out, title);
    buf_add(out, STR("\n    accDescr: "));
    add_mermaid_text(out, description);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < shown->graph->n_nodes && rc == OK; i++)
        rc = add_mermaid_node(shown, i, out);
    for (size_t i = 0; i < shown->graph->n_edges && rc == OK; i++)
        rc = add_mermaid_edge(shown, i, out);
    add_mermaid_looks(shown, out);
    return rc == OK && buf_failed(out) ? ERR_NO_MEMORY : rc;
}

/* ── DOT ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Within quotes; `\` and what follows would be an escape, `&` an entity of HTML. */
static void add_dot_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '&') {
            buf_add(out, STR("&amp;"));
            continue;
        }
        if (text.p[i] == '"' || text.p[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.p[i]);
    }
}

static enum err add_dot_node(const struct graph_shown *shown, size_t node, struct buf *out)
{
    enum graph_kind kind = shown->graph->nodes[node].kind;
    struct graph_lines lines;
    size_t columns = 0;
    enum err rc = graph_text_node(shown, node, &lines);
    if (rc != OK)
        return rc;
    buf_addf(out, "  n%zu [shape=\"%s\", fillcolor=\"%s\", label=\"", node, looks[kind].shape, looks[kind].fill);
    for (size_t i = 0; i < lines.n; i++) {
        if (i > 0)
            buf_add(out, STR("\\n"));
        add_dot_text(out, lines.items[i]);
        columns = text_columns(lines.items[i]) > columns ? text_columns(lines.items[i]) : columns;
    }
    bool six = kind == GRAPH_CONDITION || kind == GRAPH_VARIANTS;
    double points = (double)columns * points_a_column + margin_points + (six ? hexagon_points : 0);
    buf_addf(out, "\", width=%.2f];\n", points / points_an_inch);
    return OK;
}

static enum err add_dot_edge(const struct graph_shown *shown, size_t edge, struct buf *out)
{
    const struct graph_edge *e = &shown->graph->edges[edge];
    struct str label;
    enum err rc = graph_text_edge(shown, edge, &label);
    if (rc != OK)
        return rc;
    buf_addf(out, "  n%zu -> n%zu [label=\"", e->from, e->to);
    if (label.n > 0) {
        buf_add(out, STR("  "));
        add_dot_text(out, label);
        buf_add(out, STR("  "));
    }
    buf_addf(out, "\"%s", e->label == GRAPH_DECIDES ? ", style=dashed, arrowhead=open" : "");
    buf_addf(out, ", penwidth=%.1f];\n", e->label == GRAPH_DECIDES ? 1.0 : graph_text_width(shown, edge));
    return OK;
}

enum err graph_output_dot(const struct graph_shown *shown, struct buf *out)
{
    enum err rc = OK;
    buf_add(out, STR("digraph flow {\n"
                     "  charset=\"UTF-8\"; bgcolor=\"white\"; rankdir=TB; nodesep=0.4; ranksep=0.45; pad=0.25;\n"
                     "  node [fontname=\"sans-serif\", fontsize=12, color=\"#475569\", fontcolor=\"#0f172a\", "
                     "margin=\"0.15,0.09\"];\n"
                     "  edge [fontname=\"sans-serif\", fontsize=11, color=\"#64748b\", fontcolor=\"#334155\", "
                     "arrowsize=0.7];\n"));
    for (size_t i = 0; i < shown->graph->n_nodes && rc == OK; i++)
        rc = add_dot_node(shown, i, out);
    for (size_t i = 0; i < shown->graph->n_edges && rc == OK; i++)
        rc = add_dot_edge(shown, i, out);
    buf_add(out, STR("}\n"));
    return rc == OK && buf_failed(out) ? ERR_NO_MEMORY : rc;
}

/* ── SVG ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_xml_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '<')
            buf_add(out, STR("&lt;"));
        else if (text.p[i] == '>')
            buf_add(out, STR("&gt;"));
        else if (text.p[i] == '&')
            buf_add(out, STR("&amp;"));
        else
            buf_add_char(out, text.p[i]);
    }
}

enum err graph_output_svg(const struct graph_shown *shown, struct str svg, struct buf *out)
{
    struct str title, description;
    size_t from = str_find(svg, STR("<svg "));
    struct str picture = from == SIZE_MAX ? STR("") : str_skip(svg, from);
    size_t open = str_find_char(picture, '>');
    if (open == SIZE_MAX)
        return ERR_INVALID;
    enum err rc = graph_text_title(shown, &title);
    if (rc == OK)
        rc = graph_text_description(shown, &description);
    if (rc != OK)
        return rc;
    buf_add(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    buf_add(out, str_first(picture, open));
    buf_addf(
        out,
        " role=\"img\" aria-labelledby=\"flow-title flow-description\" xml:lang=\"%s\">\n<title id=\"flow-title\">",
        shown->korean ? "ko" : "en");
    add_xml_text(out, title);
    buf_add(out, STR("</title>\n<desc id=\"flow-description\">"));
    add_xml_text(out, description);
    buf_add(out, STR("</desc>"));
    buf_add(out, str_skip(picture, open + 1));
    return buf_failed(out) ? ERR_NO_MEMORY : OK;
}
