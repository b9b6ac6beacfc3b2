/* store/index/checksum.h — whether an index file is what was written: finds torn and rotten files, not forged ones.
 *
 * In the manner of FNV-1a, over words of eight bytes, so that a hundred megabytes take some dozen milliseconds.
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_STORE_INDEX_CHECKSUM_H
#define GILBOT_STORE_INDEX_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#define CHECKSUM_SEED 0xCBF29CE484222325u

/* `sum`: CHECKSUM_SEED, or that of what came before, whose length was a multiple of eight. */
uint64_t checksum(uint64_t sum, const void *bytes, size_t n);

#endif
