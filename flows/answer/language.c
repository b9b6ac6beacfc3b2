#include "flows/answer/language.h"

#include "bot/base/text.h"

#include "bot/base/banned.h"

struct letters {
    size_t hangul, latin, other;
};

static struct letters count(struct str text)
{
    struct letters n = {0, 0, 0};
    for (int32_t c; (c = text_next(&text)) >= 0;) {
        if (!text_is_letter(c))
            continue;
        if ((c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3131 && c <= 0x318E))
            n.hangul++;
        else if (c < 0x250)
            n.latin++;
        else
            n.other++;
    }
    return n;
}

enum language language_of(struct str text)
{
    struct letters n = count(text);
    size_t all = n.hangul + n.latin + n.other;
    if (all == 0)
        return LANGUAGE_NONE;
    if (n.other * 3 > all)
        return LANGUAGE_OTHER;
    return n.hangul * 10 >= all ? LANGUAGE_KOREAN : LANGUAGE_ENGLISH;
}

bool language_is_wrong(struct str answer, enum language wanted)
{
    struct letters n = count(answer);
    size_t all = n.hangul + n.latin + n.other;
    if (all == 0 || wanted == LANGUAGE_NONE || wanted == LANGUAGE_OTHER)
        return false;
    if (n.other * 3 > all)
        return true;
    bool is_korean = n.hangul * 3 >= all; /* an English answer may name a Korean document */
    return wanted == LANGUAGE_KOREAN ? n.hangul * 10 < all : is_korean && n.latin * 2 < n.hangul * 3;
}
