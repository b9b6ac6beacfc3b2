#include "integrations/llm/thinking.h"

#include "bot/base/banned.h"

static const struct str opening = STR_INIT("<think>"), closing = STR_INIT("</think>");

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct str skip_space(struct str s)
{
    while (s.n > 0 && is_space(s.p[0]))
        s = str_skip(s, 1);
    return s;
}

/* Looks for <think> as the very first; what turns out to be something else is said. */
static struct thinking_said begin(struct thinking *thinking, struct str piece)
{
    if (thinking->matched == 0)
        piece = skip_space(piece);
    for (; piece.n > 0; piece = str_skip(piece, 1)) {
        if (piece.p[0] != opening.p[thinking->matched]) {
            thinking->state = THINKING_SAID;
            return (struct thinking_said){str_first(opening, thinking->matched), piece};
        }
        if (++thinking->matched == opening.n) {
            *thinking = (struct thinking){.state = THINKING_ALOUD};
            return thinking_pass(thinking, str_skip(piece, 1));
        }
    }
    return (struct thinking_said){{NULL, 0}, {NULL, 0}};
}

static struct thinking_said look_for_end(struct thinking *thinking, struct str piece)
{
    for (; piece.n > 0; piece = str_skip(piece, 1)) {
        if (piece.p[0] == closing.p[thinking->matched])
            thinking->matched++;
        else
            thinking->matched = piece.p[0] == closing.p[0] ? 1 : 0; /* '<' stands only at its beginning */
        if (thinking->matched == closing.n) {
            *thinking = (struct thinking){.state = THINKING_OVER};
            return thinking_pass(thinking, str_skip(piece, 1));
        }
    }
    return (struct thinking_said){{NULL, 0}, {NULL, 0}};
}

struct thinking_said thinking_pass(struct thinking *thinking, struct str piece)
{
    switch (thinking->state) {
    case THINKING_PERHAPS:
        return begin(thinking, piece);
    case THINKING_ALOUD:
        return look_for_end(thinking, piece);
    case THINKING_OVER:
        piece = skip_space(piece);
        thinking->state = piece.n > 0 ? THINKING_SAID : THINKING_OVER;
        break;
    case THINKING_SAID:
        break;
    }
    return (struct thinking_said){{NULL, 0}, piece};
}

struct str thinking_end(const struct thinking *thinking)
{
    return thinking->state == THINKING_PERHAPS ? str_first(opening, thinking->matched) : (struct str){NULL, 0};
}
