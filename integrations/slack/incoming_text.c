#include "integrations/slack/incoming_text.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* Slack escapes exactly these three. */
static void add_decoded(struct buf *out, struct str text)
{
    static const struct {
        struct str entity;
        char character;
    } entities[] = {{STR_INIT("&amp;"), '&'}, {STR_INIT("&lt;"), '<'}, {STR_INIT("&gt;"), '>'}};
    while (text.n > 0) {
        size_t plain = str_find_char(text, '&');
        if (plain != 0) {
            buf_add(out, str_first(text, plain));
            text = str_skip(text, plain);
            continue;
        }
        size_t taken = 1;
        char c = '&';
        for (size_t i = 0; i < COUNT_OF(entities); i++)
            if (str_starts(text, entities[i].entity)) {
                taken = entities[i].entity.n;
                c = entities[i].character;
            }
        buf_add_char(out, c);
        text = str_skip(text, taken);
    }
}

/* What stood between '<' and '>'. */
static void add_token(struct buf *out, struct str token)
{
    size_t bar = str_find_char(token, '|');
    struct str target = str_first(token, bar), label = str_skip(token, bar == SIZE_MAX ? bar : bar + 1);
    struct str shown = label.n > 0 ? label : target;
    char sign = target.n > 0 ? target.p[0] : '\0';
    if (sign == '@' || sign == '#') {
        buf_add_char(out, sign);
        shown = label.n > 0 ? label : str_skip(target, 1);
    } else if (sign == '!' && label.n == 0) { /* <!here>; <!date^…|fallback> and groups carry a label */
        buf_add_char(out, '@');
        shown = str_skip(target, 1);
    }
    if (str_starts(shown, STR("@")) && sign == '@')
        shown = str_skip(shown, 1);
    add_decoded(out, shown);
}

/* "<@OWN>" or "<@OWN|name>" at the start of the text: its bytes, else 0. */
static size_t own_mention(struct str text, struct str own_user)
{
    struct str rest = str_skip(text, 2);
    if (own_user.n == 0 || !str_starts(text, STR("<@")) || !str_starts(rest, own_user))
        return 0;
    rest = str_skip(rest, own_user.n);
    size_t end = str_find_char(rest, '>');
    if (end == SIZE_MAX || (end > 0 && rest.p[0] != '|'))
        return 0;
    return 2 + own_user.n + end + 1;
}

/* Without our own mentions at both ends. */
static struct str strip_mentions(struct str text, struct str own_user)
{
    text = str_trim(text);
    for (size_t n; (n = own_mention(text, own_user)) > 0;)
        text = str_trim(str_skip(text, n));
    while (str_ends(text, STR(">"))) {
        size_t at = text.n;
        while (at > 0 && text.p[at - 1] != '<')
            at--;
        if (at == 0 || own_mention(str_skip(text, at - 1), own_user) != text.n - (at - 1))
            break;
        text = str_trim(str_first(text, at - 1));
    }
    return text;
}

enum err slack_incoming_text(struct arena *arena, struct str mrkdwn, struct str own_user, struct str *ret_text,
                             struct error *error)
{
    struct str rest = strip_mentions(mrkdwn, own_user);
    struct buf out;
    buf_init(&out, arena, mrkdwn.n + 1);
    while (rest.n > 0) {
        size_t plain = str_find_char(rest, '<');
        add_decoded(&out, str_first(rest, plain));
        rest = str_skip(rest, plain);
        size_t end = str_find_char(rest, '>');
        if (end == SIZE_MAX) { /* no token after all */
            add_decoded(&out, rest);
            break;
        }
        add_token(&out, str_first(str_skip(rest, 1), end - 1));
        rest = str_skip(rest, end + 1);
    }
    struct str text;
    enum err rc = text_nfc(arena, buf_str(&out), &text);
    if (rc != OK || buf_failed(&out))
        return fail(error, rc == ERR_INVALID ? ERR_INVALID : ERR_NO_MEMORY, "a message's text cannot be normalised");
    *ret_text = str_trim(text);
    return OK;
}
