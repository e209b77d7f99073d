/* cbc_check.c - padding and MAC of a MAC-then-encrypt record, without telling which was wrong.
 *
 * Public: the length of the decrypted text. Secret: every byte of it, the padding length in its
 * last byte, hence where the MAC lies, how long the content is and how many hash blocks it has. An
 * attacker who learns any of these from time, cache or an error has a decryption oracle (Vaudenay
 * 2002; "Lucky Thirteen", AlFardan and Paterson 2013). So every loop here runs over public bounds,
 * hashes as many blocks as the longest possible content needs, and picks results with masks. */
#include "record/cbc_check.h"
#include "base/ct.h"
#include "base/mem.h"

#include <string.h>

enum { PADDING_MAX = 256 }; /* the length byte and the 255 octets it can announce */

/* All ones if a < b, for values below 2^31. Without a barrier on the mask, so that compilers can
 * work on many bytes at once: only for masks that go straight to bytes in memory.
 * test_record_cbc_ct.c looks at what was made of it. */
static inline uint32_t below(uint32_t a, uint32_t b)
{
    return 0U - ((a - b) >> 31);
}

/* *size: octets of padding with the length byte; 1 when the padding is not right, so that a MAC is
 * taken over something (RFC 5246 6.2.3.2, implementation note). All octets are looked at
 * (5246:6.2.3.2/7).
 * @rfc 5246:6.2.3.2/5, 5246:6.2.3.2/7 */
static uint32_t check_padding(const uint8_t *text, size_t len, size_t mac_len, uint32_t *size)
{
    uint32_t span = len < PADDING_MAX ? (uint32_t)len : PADDING_MAX;
    uint32_t announced = tlsni_ct_barrier(text[len - 1]), wrong = 0, ok;
    const uint8_t *last = text + len - 1;

    for (uint32_t i = 0; i < span; i++)
        wrong |= ~below(announced, i) & (*(last - i) ^ announced);
    ok = tlsni_ct_is_zero(wrong) & tlsni_ct_ge((uint32_t)(len - mac_len), announced + 1);
    *size = 1 + (announced & ok);
    return ok;
}

/* The same in SSL 3.0: the octets may be anything, but there are fewer than a block of them. Whoever
 * sets them is not noticed ("POODLE"); nothing can be done about that here but not to help further.
 * @rfc 6101:5.2.3.2/2 */
static uint32_t check_padding_ssl3(const uint8_t *text, size_t len, size_t mac_len, size_t block_len,
                                   uint32_t *size)
{
    uint32_t announced = tlsni_ct_barrier(text[len - 1]), ok;

    ok = tlsni_ct_lt(announced, (uint32_t)block_len) &
         tlsni_ct_ge((uint32_t)(len - mac_len), announced + 1);
    *size = 1 + (announced & ok);
    return ok;
}

/* The message that is hashed: the head, then the content, of which only the longest possible length
 * is public. */
struct message {
    const uint8_t *head, *content;
    size_t head_len;
    uint32_t before; /* public: bytes that the state has hashed already */
    size_t max;      /* public: longest possible, with the head */
    uint32_t length; /* secret: with the head */
};

/* Bytes at .. at + n of the message as if it were as long as it can be, then zeros. */
static void message_bytes(const struct message *m, size_t at, size_t n, uint8_t *out)
{
    size_t head = 0, content = 0;

    if (at < m->head_len) {
        head = m->head_len - at < n ? m->head_len - at : n;
        memcpy(out, m->head + at, head);
    }
    if (at + head < m->max)
        content = m->max - at - head < n - head ? m->max - at - head : n - head;
    if (content)
        memcpy(out + head, m->content + (at + head - m->head_len), content);
    memset(out + head + content, 0, n - head - content);
}

/* The bit count at the end of the last block. */
static void add_bit_count(const struct tlsni_hash *row, uint32_t length, uint32_t is_last,
                          uint8_t *block)
{
    uint32_t bits = length * 8;
    uint8_t *field = block + row->block_len - row->length_field;

    for (size_t i = 0; i < sizeof bits; i++) {
        size_t at = row->id == TLSNI_HASH_MD5 ? i : row->length_field - 1U - i;

        field[at] = (uint8_t)(field[at] | (is_last & bits >> 8 * i));
    }
}

/* Block number `index` of the padded message. */
static void make_block(const struct tlsni_hash *row, const struct message *m, size_t index,
                       uint32_t is_last, uint8_t *block)
{
    uint32_t n = row->block_len, at = (uint32_t)index * n, length = tlsni_ct_barrier(m->length);

    message_bytes(m, at, n, block);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t inside = below(at + i, length), end = below(at + i, length + 1) ^ inside;

        block[i] = (uint8_t)((inside & block[i]) | (end & 0x80));
    }
    add_bit_count(row, m->length + m->before, is_last, block);
}

/* The inner hash of the MAC over a message of at least `min` bytes. What is surely content is
 * hashed as usual; from there on every block that could be the last is compressed and the right
 * result kept. */
static void inner_hash(const struct tlsni_hash *row, const union tlsni_hash_state *start,
                       const struct message *m, size_t min, uint8_t *out)
{
    unsigned shift = row->block_len == 64 ? 6 : 7;
    size_t first = min >> shift, direct = first << shift;
    size_t end = ((m->max + row->length_field) >> shift) + 1;
    uint32_t last = (m->length + row->length_field) >> shift;
    uint8_t block[TLSNI_HASH_BLOCK_MAX], value[TLSNI_HASH_LEN_MAX];
    union tlsni_hash_state state;

    memcpy(&state, start, row->state_len);
    if (direct) {
        size_t head = direct < m->head_len ? direct : m->head_len;

        row->update(&state, head, m->head);
        if (direct > head)
            row->update(&state, direct - head, m->content);
    }
    for (size_t i = first; i < end; i++) {
        uint32_t is_last = tlsni_ct_eq((uint32_t)i, last);

        make_block(row, m, i, is_last, block);
        row->compress(&state, block);
        row->chaining(&state, value);
        tlsni_ct_cond_copy(is_last, out, value, row->len);
    }
    tlsni_wipe(&state, sizeof state);
    tlsni_wipe(block, sizeof block);
    tlsni_wipe(value, sizeof value);
}

static void outer_hash(const struct tlsni_hmac_key *mac, const uint8_t *inner, uint8_t *out)
{
    union tlsni_hash_state state;

    memcpy(&state, &mac->outer, mac->row->state_len);
    mac->row->update(&state, mac->row->len, inner);
    mac->row->digest(&state, out);
    tlsni_wipe(&state, sizeof state);
}

/* out[i] = bytes[(i + by) mod len], by < len secret: in steps of 1, 2, 4, ... taken by mask. */
static void rotate(uint8_t *bytes, size_t len, uint32_t by)
{
    uint8_t turned[TLSNI_HASH_LEN_MAX];

    for (size_t step = 1; step < len; step <<= 1, by >>= 1) {
        for (size_t i = 0; i < len; i++)
            turned[i] = bytes[i + step < len ? i + step : i + step - len];
        tlsni_ct_cond_copy(0U - (by & 1), bytes, turned, len);
    }
    tlsni_wipe(turned, sizeof turned);
}

/* value mod mac_len for value <= PADDING_MAX, without a division. */
static uint32_t reduce(uint32_t value, uint32_t mac_len)
{
    for (uint32_t i = 0; i < PADDING_MAX / mac_len; i++)
        value -= mac_len & tlsni_ct_ge(value, mac_len);
    return value;
}

/* The MAC at the secret offset `start`. Its bytes are collected from every place where one can be,
 * in a buffer that wraps around, and turned into place at the end. */
static void extract_mac(const uint8_t *text, size_t len, size_t mac_len, uint32_t start,
                        uint8_t *out)
{
    size_t from = len > mac_len + PADDING_MAX ? len - mac_len - PADDING_MAX : 0, slot = 0;
    uint32_t begin = tlsni_ct_barrier(start), end = begin + (uint32_t)mac_len;

    memset(out, 0, mac_len);
    for (size_t i = from; i < len; i++) {
        uint32_t inside = below((uint32_t)i, end) & ~below((uint32_t)i, begin);

        out[slot] = (uint8_t)(out[slot] | (inside & text[i]));
        slot = slot + 1 == mac_len ? 0 : slot + 1;
    }
    rotate(out, mac_len, reduce(begin - (uint32_t)from, (uint32_t)mac_len));
}

/* What remains once the padding is judged: `ok` so far, the state to start from, the head whose last
 * two bytes become the length. */
static uint32_t check_mac(const struct tlsni_hmac_key *mac, size_t mac_len,
                          const union tlsni_hash_state *start, struct message *m,
                          uint8_t *length_field, size_t len, uint32_t padding,
                          uint32_t *content_len)
{
    uint8_t inner[TLSNI_HASH_LEN_MAX] = { 0 };
    uint8_t expected[TLSNI_HASH_LEN_MAX], received[TLSNI_HASH_LEN_MAX];
    size_t longest = len - mac_len - 1;
    size_t shortest = longest < PADDING_MAX - 1 ? 0 : longest - (PADDING_MAX - 1);
    uint32_t ok;

    *content_len = (uint32_t)(len - mac_len) - padding;
    tlsni_put_be16(length_field, *content_len);
    m->max = m->head_len + longest;
    m->length = (uint32_t)m->head_len + *content_len;
    inner_hash(mac->row, start, m, m->head_len + shortest, inner);
    outer_hash(mac, inner, expected);
    extract_mac(m->content, len, mac_len, *content_len, received);
    ok = tlsni_ct_eq_mask(expected, received, mac_len);
    tlsni_wipe(inner, sizeof inner);
    tlsni_wipe(expected, sizeof expected);
    tlsni_wipe(received, sizeof received);
    return ok;
}

/* @rfc 5246:6.2.3.2/10 */
uint32_t tlsni_cbc_check(const struct tlsni_hmac_key *mac, size_t mac_len,
                         uint8_t pseudo[TLSNI_PSEUDO_HEADER], const uint8_t *text, size_t len,
                         uint32_t *content_len)
{
    struct message m = { .head = pseudo, .content = text, .head_len = TLSNI_PSEUDO_HEADER,
                         .before = mac->row->block_len };
    uint32_t padding, ok = check_padding(text, len, mac_len, &padding);

    ok &= check_mac(mac, mac_len, &mac->inner, &m, pseudo + TLSNI_PSEUDO_HEADER - 2, len, padding,
                    content_len);
    return ok;
}

uint32_t tlsni_cbc_check_ssl3(const struct tlsni_hmac_key *mac, uint8_t *head, size_t head_len,
                              size_t block_len, const uint8_t *text, size_t len,
                              uint32_t *content_len)
{
    struct message m = { .head = head, .content = text, .head_len = head_len };
    size_t mac_len = mac->row->len;
    uint32_t padding, ok = check_padding_ssl3(text, len, mac_len, block_len, &padding);
    union tlsni_hash_state start;

    mac->row->init(&start);
    ok &= check_mac(mac, mac_len, &start, &m, head + head_len - 2, len, padding, content_len);
    return ok;
}
