#include "bot/cli/proportions.h"

#include <math.h>

#include "bot/base/banned.h"

static const double z = 1.959963984540054; /* the normal distribution's 97.5 % */

static double share_of(struct proportion share)
{
    return share.n > 0 ? (double)share.x / (double)share.n : 0.0;
}

struct interval proportion_interval(struct proportion share)
{
    if (share.n <= 0)
        return (struct interval){0.0, 1.0};
    double n = (double)share.n, x = (double)share.x;
    double middle = 2 * x + z * z, half = z * sqrt(z * z + 4 * x * (1 - x / n)), of = 2 * (n + z * z);
    /* exact at the ends, where rounding would leave some 1e-17 */
    return (struct interval){share.x == 0 ? 0.0 : (middle - half) / of,
                             share.x == share.n ? 1.0 : (middle + half) / of};
}

struct difference proportion_difference(struct proportion a, struct proportion b)
{
    double p = share_of(a), q = share_of(b);
    struct interval of_a = proportion_interval(a), of_b = proportion_interval(b);
    struct difference difference = {.value = p - q};
    difference.interval.low = difference.value - hypot(p - of_a.low, of_b.high - q);
    difference.interval.high = difference.value + hypot(of_a.high - p, q - of_b.low);
    difference.tells = a.n >= PROPORTION_LEAST && b.n >= PROPORTION_LEAST &&
                       (difference.interval.low > 0 || difference.interval.high < 0);
    return difference;
}
