#include "store/index/text_file.h"

#include <math.h>
#include <string.h>

#include "bot/base/banned.h"

static size_t varint_write(uint32_t value, uint8_t *to)
{
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        to[n++] = (uint8_t)(value | 0x80);
    to[n++] = (uint8_t)value;
    return n;
}

static inline uint32_t varint_read(const uint8_t **at)
{
    uint32_t value = *(*at)++;
    if (value < 0x80)
        return value;
    value &= 0x7F;
    for (unsigned shift = 7; shift < 32; shift += 7) {
        uint32_t byte = *(*at)++;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

size_t text_posting_write(struct text_posting posting, uint32_t before, uint8_t ret_bytes[TEXT_POSTING_BYTES])
{
    size_t n = varint_write(posting.chunk - before - 1, ret_bytes); /* before the first: UINT32_MAX, which is -1 */
    bool fits = posting.in_headings < TEXT_NIBBLE && posting.in_body <= TEXT_NIBBLE;
    if (fits) {
        ret_bytes[n++] = (uint8_t)(posting.in_headings << 4 | posting.in_body);
        return n;
    }
    ret_bytes[n++] = TEXT_ESCAPE;
    n += varint_write(posting.in_headings, ret_bytes + n);
    return n + varint_write(posting.in_body, ret_bytes + n);
}

size_t text_block_read(const uint8_t *at, uint32_t before, uint32_t last, struct text_posting ret_postings[TEXT_BLOCK])
{
    size_t n = 0;
    for (uint32_t chunk = before; n < TEXT_BLOCK && (n == 0 || chunk != last); n++) {
        chunk += varint_read(&at) + 1;
        uint32_t counts = *at++;
        struct text_posting *posting = &ret_postings[n];
        *posting = (struct text_posting){chunk, counts >> 4, counts & TEXT_NIBBLE};
        if (counts == TEXT_ESCAPE) {
            posting->in_headings = varint_read(&at);
            posting->in_body = varint_read(&at);
        }
    }
    return n;
}

double text_idf(uint32_t n_chunks, uint32_t df)
{
    return log1p((n_chunks - df + 0.5) / (df + 0.5));
}

double text_part(double idf, struct text_posting posting, double length_by_mean)
{
    double tf = (double)TEXT_HEADING_TF * posting.in_headings + posting.in_body;
    return idf * tf * (TEXT_K1 + 1) / (tf + TEXT_K1 * (1 - TEXT_B + TEXT_B * length_by_mean));
}
