#include "bot/base/endings.h"

#include <stddef.h>
#include <string.h>

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

/* By length, each in the order of its bytes (which is that of the dictionary). */
static const char *const one[] = {
    "가", "과", "나", "는", "도", "된", "랑", "로", "를", "만", "며",
    "야", "에", "와", "요", "은", "을", "의", "이", "한", "할", "함",
};
static const char *const two[] = {
    "과는", "과도", "과의", "까요", "까지", "께서", "나요", "는가", "는지", "대로", "던가", "도록", "됐다",
    "되고", "되는", "되면", "되어", "되었", "되지", "된다", "될까", "들은", "들을", "들의", "들이", "라고",
    "라는", "라도", "라면", "로는", "로도", "로만", "로서", "로써", "로의", "마다", "마저", "만은", "만을",
    "만의", "만이", "만큼", "밖에", "보다", "부터", "에게", "에는", "에도", "에만", "에서", "에선", "에의",
    "와는", "와도", "와의", "으로", "이고", "이나", "이다", "이라", "이란", "이랑", "이며", "이면", "인가",
    "인데", "인지", "조차", "처럼", "하게", "하고", "하기", "하는", "하다", "하던", "하려", "하며", "하면",
    "하여", "하지", "한다", "한테", "할까", "해도", "해서", "해야", "했는", "했다", "했던", "했을",
};
static const char *const three[] = {
    "까지는", "까지도", "까지의", "되나요", "되는가", "되는지", "되었고", "되었다", "되었던", "될까요",
    "됩니까", "됩니다", "들에게", "마다의", "만으로", "보다는", "보다도", "부터는", "부터의", "습니까",
    "습니다", "에게는", "에게도", "에게서", "에서는", "에서도", "에서만", "에서의", "으로는", "으로도",
    "으로만", "으로서", "으로써", "으로의", "이라고", "이라는", "이라도", "이라면", "이어서", "이었다",
    "이었던", "이지만", "인가요", "인지요", "입니까", "입니다", "처럼은", "하나요", "하는가", "하는데",
    "하는지", "하도록", "하려고", "하려면", "하면서", "하였고", "하였다", "하였던", "한다고", "한다는",
    "한테서", "할까요", "합니까", "합니다", "했나요", "했는가", "했는지",
};
static const char *const four[] = {
    "까지인지", "됐습니까", "되시나요", "되었는가", "되었는지", "에게서는", "에서부터", "으로부터", "으로서는",
    "으로써는", "이라고는", "이었는지", "하시나요", "하였는가", "하였는지", "해야하나", "했습니까", "했습니다",
};
static const char *const five[] = {
    "되었습니까", "되었습니다", "으로부터는", "하였습니까", "하였습니다", "해야하나요", "해야합니까",
};

static const struct {
    const char *const *items;
    size_t n;
} endings[ENDING_MOST_SYLLABLES + 1] = {
    {0},
    {one, COUNT_OF(one)},
    {two, COUNT_OF(two)},
    {three, COUNT_OF(three)},
    {four, COUNT_OF(four)},
    {five, COUNT_OF(five)},
};

bool ending_is(struct str tail)
{
    size_t syllables = tail.n / SYLLABLE_BYTES;
    size_t from = 0, to = endings[syllables].n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = memcmp(tail.p, endings[syllables].items[middle], tail.n);
        if (order == 0)
            return true;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}
