#include "flows/survey/split.h"

#include "bot/base/attributes.h"
#include "bot/base/secret.h"
#include "flows/survey/definition.h"

#include "bot/base/banned.h"

enum { PLACE_BITS = 32 };

static uint64_t place_of(const struct split *split, struct str flow, struct str person)
{
    unsigned char hash[SECRET_HMAC_BYTES];
    const struct str nul = {"", 1}, pieces[] = {flow, nul, split->name, nul, person};
    secret_sha256_joined(pieces, COUNT_OF(pieces), hash);
    return (uint64_t)hash[0] << 24 | (uint64_t)hash[1] << 16 | (uint64_t)hash[2] << 8 | hash[3];
}

size_t split_arm_of(const struct split *split, struct str flow, struct str person)
{
    uint64_t place = place_of(split, flow, person), total = 0, below = 0;
    size_t arm = 0;
    for (size_t i = 0; i < split->n_arms; i++)
        total += (uint64_t)split->weights[i];
    while (arm + 1 < split->n_arms && (below += (uint64_t)split->weights[arm]) << PLACE_BITS <= place * total)
        arm++;
    return arm;
}
