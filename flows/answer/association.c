#include "flows/answer/association.h"

#include "bot/base/terms.h"

#include "bot/base/banned.h"

enum { LOOK_BACK = 60 /* bytes: a few words */ };

/* The stems beside a quantity; empty at the text's ends and beside another number. */
struct sides {
    struct str left, right;
};

/* The last word before byte `end`. */
static struct str word_before(struct str text, size_t end)
{
    size_t from = end > LOOK_BACK ? end - LOOK_BACK : 0;
    while (from < end && ((unsigned char)text.p[from] & 0xC0) == 0x80)
        from++;
    struct str rest = str_skip(str_first(text, end), from), last = {NULL, 0};
    for (struct word word; word_next(&rest, &word);)
        last = word.kind == WORD_DIGITS ? STR("") : word.stem;
    return last;
}

/* The first word behind the one that byte `at` stands in or behind: what hangs on the number is passed over. */
static struct str word_behind(struct str text, size_t at)
{
    while (at < text.n && text.p[at] != ' ' && text.p[at] != '\n')
        at++;
    struct str rest = str_skip(text, at);
    struct word word;
    return word_next(&rest, &word) && word.kind != WORD_DIGITS ? word.stem : STR("");
}

static struct sides sides_of(const struct numbered *in, const struct quantity *q)
{
    size_t from = (size_t)(q->text.p - in->text.p);
    return (struct sides){word_before(in->text, from), word_behind(in->text, from + q->text.n)};
}

static bool is_same(const struct quantity *a, const struct quantity *b)
{
    struct quantity one = *b;
    return quantity_is_in(a, &(struct quantities){&one, 1});
}

static bool is_comparable(const struct quantity *a, const struct quantity *b)
{
    return a->is_date == b->is_date && (a->is_date || a->unit == b->unit);
}

static bool has_fault(const struct numbered *claim, const struct quantity *q, const struct numbered *quoted)
{
    struct sides mine = sides_of(claim, q);
    bool is_contradicted = false;
    for (size_t i = 0; i < quoted->numbers.n; i++) {
        const struct quantity *other = quoted->numbers.items + i;
        struct sides theirs = sides_of(quoted, other);
        bool left = str_eq(mine.left, theirs.left), right = str_eq(mine.right, theirs.right);
        if (is_same(q, other) && (left || right))
            return false;
        is_contradicted = is_contradicted || (is_comparable(q, other) && left && right && !is_same(q, other));
    }
    return is_contradicted && (mine.left.n > 0 || mine.right.n > 0);
}

struct str association_fault(const struct numbered *claim, const struct numbered *quoted)
{
    for (size_t i = 0; i < claim->numbers.n; i++)
        if (has_fault(claim, claim->numbers.items + i, quoted))
            return claim->numbers.items[i].text;
    return (struct str){NULL, 0};
}
