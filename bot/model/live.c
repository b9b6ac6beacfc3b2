#include "bot/model/live.h"

#include <stddef.h>

#include "bot/base/banned.h"

void live_add(struct live *live, struct str markup)
{
    if (live != NULL && markup.n > 0)
        live->add(live, markup);
}

void live_again(struct live *live)
{
    if (live != NULL)
        live->again(live);
}
