#include "bot/model/platform.h"

#include "bot/base/banned.h"

struct str inbound_header(const struct inbound *inbound, struct str name)
{
    struct str found = {NULL, 0};
    size_t n_found = 0;
    for (size_t i = 0; i < inbound->n_headers; i++)
        if (str_eq_nocase(inbound->headers[i].name, name)) {
            found = inbound->headers[i].value;
            n_found++;
        }
    return n_found == 1 ? found : (struct str){NULL, 0};
}
