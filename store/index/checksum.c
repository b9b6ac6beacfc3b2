#include "store/index/checksum.h"

#include <string.h>

#include "bot/base/banned.h"

uint64_t checksum(uint64_t sum, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    for (; n >= sizeof(uint64_t); n -= sizeof(uint64_t), at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        sum = (sum ^ word) * 0x100000001B3u;
        sum ^= sum >> 29; /* else the upper bits of a word would never reach the lower ones */
    }
    for (; n > 0; n--)
        sum = (sum ^ *at++) * 0x100000001B3u;
    return sum;
}
