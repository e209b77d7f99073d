/* compress_lzs.c - the LZS method (RFC 3943): Lempel-Ziv over a window of 2048 bytes.
 *
 *     fragment: flags | tokens, an end marker, zero bits up to the byte
 *               flags | plain bytes
 *
 * A token is 0 and a byte, or 1, an offset (1 and 7 bits, or 0 and 11 bits) and a length. The offset 0
 * in 7 bits is the end marker. Whatever was said before is the window, across records and whether it
 * went out compressed or not. */
#include "record/compress_rows.h"

#include <string.h>

#include "base/bits.h"
#include "base/mem.h"

enum {
    WINDOW = 2048,
    SHORT_MAX = 127,           /* offsets in 7 bits */
    FLAG_COMPRESSED = 1,       /* C/U, the last bit of the octet */
    FLAG_RESET = 2,            /* RST */
    HASH_SIZE = 4096,
    CHAIN_MAX = 48,            /* candidates that are looked at for one token */
    LENGTH_NIBBLE = 15,
};

/* text[0 .. history) is the window; the record stands behind it. */
struct lzs_state {
    size_t history;
    bool begun;
    uint8_t text[WINDOW + TLSNI_RECORD_PLAIN_MAX];
    uint16_t head[HASH_SIZE];                      /* writing: last place of a pair, from 1; 0: none */
    uint16_t prev[WINDOW + TLSNI_RECORD_PLAIN_MAX]; /* the one before it */
};

static tlsn_status begin(struct tlsni_comp *c)
{
    (void)c;
    return TLSN_OK;
}

/* Keeps the last bytes of what is known as the window of the next record. */
static void slide(struct lzs_state *s, size_t end)
{
    size_t keep = end < WINDOW ? end : WINDOW;

    memmove(s->text, s->text + end - keep, keep);
    s->history = keep;
}

/* ---- writing ---- */

static void put_length(struct tlsni_bits *b, size_t length)
{
    if (length < 5) { /* 00, 01, 10 */
        tlsni_bits_put(b, (uint32_t)length - 2, 2);
        return;
    }
    if (length < 8) { /* 1100, 1101, 1110 */
        tlsni_bits_put(b, (uint32_t)(length - 5) + 12, 4);
        return;
    }
    tlsni_bits_put(b, LENGTH_NIBBLE, 4);
    for (length -= 8; length >= LENGTH_NIBBLE; length -= LENGTH_NIBBLE)
        tlsni_bits_put(b, LENGTH_NIBBLE, 4);
    tlsni_bits_put(b, (uint32_t)length, 4);
}

static void put_match(struct tlsni_bits *b, size_t offset, size_t length)
{
    if (offset <= SHORT_MAX)
        tlsni_bits_put(b, 3U << 7 | (uint32_t)offset, 9);
    else
        tlsni_bits_put(b, 2U << 11 | (uint32_t)offset, 13);
    put_length(b, length);
}

static size_t hash_of(const uint8_t *p)
{
    return ((size_t)p[0] << 4 ^ p[1]) & (HASH_SIZE - 1);
}

/* Remembers the pair of bytes at a place. */
static void note(struct lzs_state *s, size_t at)
{
    size_t h = hash_of(s->text + at);

    s->prev[at] = s->head[h];
    s->head[h] = (uint16_t)(at + 1);
}

static void note_range(struct lzs_state *s, size_t from, size_t to, size_t end)
{
    for (; from < to && from + 1 < end; from++)
        note(s, from);
}

static size_t common(const uint8_t *a, const uint8_t *b, size_t max)
{
    size_t n = 0;

    while (n < max && a[n] == b[n])
        n++;
    return n;
}

/* The longest earlier copy of what stands at `at`; less than 2: none. */
static size_t find_match(const struct lzs_state *s, size_t at, size_t end, size_t *offset)
{
    size_t best = 0, place, tries = CHAIN_MAX;

    if (at + 1 >= end)
        return 0;
    for (place = s->head[hash_of(s->text + at)]; place && tries--; place = s->prev[place - 1]) {
        size_t length, back = at - (place - 1);

        if (back >= WINDOW)
            break;
        length = common(s->text + place - 1, s->text + at, end - at);
        if (length > best) {
            best = length;
            *offset = back;
        }
    }
    return best;
}

static void put_tokens(struct lzs_state *s, size_t end, struct tlsni_bits *b)
{
    size_t at = s->history, offset = 0;

    memset(s->head, 0, sizeof s->head);
    note_range(s, 0, at, end);
    while (at < end && !b->bad) {
        size_t length = find_match(s, at, end, &offset), step = length < 2 ? 1 : length;

        if (length < 2)
            tlsni_bits_put(b, s->text[at], 9);
        else
            put_match(b, offset, length);
        note_range(s, at, at + step, end);
        at += step;
    }
    tlsni_bits_put(b, 3U << 7, 9);
}

/* Compressed when that is shorter, else as it is; the window learns it either way.
 * @rfc 3943:2/1, 3943:3.2/3, 3943:3.2/5, 3943:3.4.1/1, 3943:3.4.1/3, 3943:3.6/1, 3943:4.1/1
 * @rfc 3943:4.1/2, 3943:4.1/4, 3943:4.1/5, 3943:4.3/1, 3943:4.3/2 */
static tlsn_status pack(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                        size_t *out_len)
{
    struct lzs_state *s = c->state;
    size_t end = s->history + in_len;
    struct tlsni_bits b = tlsni_bits_make(out + 1, in_len);

    if (in_len)
        memcpy(s->text + s->history, in, in_len);
    put_tokens(s, end, &b);
    out[0] = s->begun ? 0 : FLAG_RESET;
    if (b.bad) {
        if (in_len)
            memcpy(out + 1, in, in_len);
        *out_len = 1 + in_len;
    } else {
        out[0] |= FLAG_COMPRESSED;
        *out_len = 1 + b.len;
    }
    s->begun = true;
    slide(s, end);
    return TLSN_OK;
}

/* ---- reading ---- */

static size_t get_length(struct tlsni_bits_rd *r)
{
    size_t length, nibble;

    if (!tlsni_bits_get(r, 1))
        return 2 + tlsni_bits_get(r, 1);
    if (!tlsni_bits_get(r, 1))
        return 4;
    nibble = tlsni_bits_get(r, 2);
    if (nibble < 3)
        return 5 + nibble;
    length = 8;
    do {
        nibble = tlsni_bits_get(r, 4);
        length += nibble;
    } while (nibble == LENGTH_NIBBLE && length <= TLSNI_RECORD_PLAIN_MAX);
    return length;
}

/* Byte by byte: a copy may overlap what it makes. */
static bool copy_match(struct lzs_state *s, size_t *at, size_t offset, size_t length)
{
    if (!offset || offset > *at || length > sizeof s->text - *at)
        return false;
    for (; length; length--, ++*at)
        s->text[*at] = s->text[*at - offset];
    return true;
}

/* One token; *over at the end marker. False: it makes no sense. */
static bool get_token(struct lzs_state *s, struct tlsni_bits_rd *r, size_t *at, bool *over)
{
    size_t offset, length;

    if (!tlsni_bits_get(r, 1)) {
        if (*at == sizeof s->text)
            return false;
        s->text[(*at)++] = (uint8_t)tlsni_bits_get(r, 8);
        return !r->bad;
    }
    if (tlsni_bits_get(r, 1)) {
        offset = tlsni_bits_get(r, 7);
        *over = !offset;
    } else {
        offset = tlsni_bits_get(r, 11);
    }
    if (*over || r->bad)
        return !r->bad;
    length = get_length(r);
    return !r->bad && copy_match(s, at, offset, length);
}

/* @rfc 3943:3.5/1, 3943:3.6/2 */
static bool get_tokens(struct lzs_state *s, struct tlsn_span in, size_t *end)
{
    struct tlsni_bits_rd r = tlsni_bits_rd_make(in.data, in.len);
    bool over = false;

    while (!over)
        if (!get_token(s, &r, end, &over))
            return false;
    return true;
}

static bool get_plain(struct lzs_state *s, struct tlsn_span in, size_t *end)
{
    if (in.len > TLSNI_RECORD_PLAIN_MAX)
        return false;
    if (in.len)
        memcpy(s->text + *end, in.data, in.len);
    *end += in.len;
    return true;
}

/* @rfc 3943:3.4.1/2, 3943:4.2/1, 3943:4.2/2, 3943:4.2/3, 3943:4.2/4, 3943:4.2/5 */
static tlsn_status unpack(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                          size_t *out_len)
{
    struct lzs_state *s = c->state;
    struct tlsn_span rest = { in + 1, in_len - 1 };
    size_t end;
    bool sound;

    *out_len = 0;
    if (!in_len)
        return TLSN_ERR_DECOMPRESSION;
    if (in[0] & FLAG_RESET)
        s->history = 0;
    end = s->history;
    sound = in[0] & FLAG_COMPRESSED ? get_tokens(s, rest, &end) : get_plain(s, rest, &end);
    if (!sound || end - s->history > TLSNI_RECORD_PLAIN_MAX)
        return TLSN_ERR_DECOMPRESSION;
    *out_len = end - s->history;
    if (*out_len)
        memcpy(out, s->text + s->history, *out_len);
    slide(s, end);
    return TLSN_OK;
}

const struct tlsni_compression tlsni_compression_lzs = {
    .id = TLSNI_COMPRESSION_LZS,
    .name = "LZS",
    .source = "RFC 3943",
    .state_len = (sizeof(struct lzs_state) + 15) & ~(size_t)15,
    .begin = begin,
    .pack = pack,
    .unpack = unpack,
};
