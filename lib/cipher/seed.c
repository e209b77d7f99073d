/* seed.c - SEED (RFC 4269), with S-boxes that are computed, four bytes in a word at once.
 *
 * Key and data are secret; the length is public. Both S-boxes are powers in GF(2^8) modulo x^8 +
 * x^6 + x^5 + x + 1 with an affine map behind it: of x^247 and x^251 (RFC 4269 2.2). These are the
 * eighth and the fourth power of the inverse, which are linear in it, so that one inversion serves
 * both and the powers are part of the maps. */
#include "cipher/seed.h"
#include "base/mem.h"

/* Bit i of the inverse in bytes 0 and 2 (first S-box) and in bytes 1 and 3 (second one) of a
 * word. */
#define COLUMN(first, second) (0x00010001U * (first) | 0x01000100U * (second))

static const uint32_t columns[8] = {
    COLUMN(0x2c, 0xd0), COLUMN(0xe0, 0x21), COLUMN(0x43, 0x68), COLUMN(0x94, 0xdd),
    COLUMN(0xd6, 0x25), COLUMN(0xde, 0xd5), COLUMN(0xc0, 0x1a), COLUMN(0x5b, 0x35),
};

/* The golden ratio, turned by one bit more from round to round (RFC 4269 2.3). */
static const uint32_t schedule_constant = 0x9e3779b9;

static uint32_t turn_left(uint32_t v, unsigned bits)
{
    return bits ? v << bits | v >> (32 - bits) : v;
}

/* All ones in the bytes of v whose bit i is set. */
static uint32_t spread(uint32_t v, unsigned i)
{
    return (v >> i & 0x01010101) * 0xff;
}

/* The products of four pairs of bytes. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t r = 0;

    for (unsigned i = 8; i-- > 0;) {
        uint32_t over = r >> 7 & 0x01010101;

        r = (r << 1 & 0xfefefefe) ^ over * 0x63;
        r ^= a & spread(b, i);
    }
    return r;
}

static uint32_t square(uint32_t a, int times)
{
    while (times--)
        a = multiply(a, a);
    return a;
}

/* a^254: 0 stays 0. */
static uint32_t invert(uint32_t a)
{
    uint32_t a2 = square(a, 1), a3 = multiply(a2, a), a12 = square(a3, 2);
    uint32_t a15 = multiply(a12, a3), a252 = multiply(square(a15, 4), a12);

    return multiply(a252, a2);
}

static uint32_t substitute(uint32_t v)
{
    uint32_t inverse = invert(v), r = COLUMN(0xa9, 0x38);

    for (unsigned i = 0; i < 8; i++)
        r ^= columns[i] & spread(inverse, i);
    return r;
}

/* The function G (RFC 4269 2.2): each byte of the result is made of all four substituted ones, from
 * each of which two bits are missing. masks[i] is for those from i bytes further on. */
static uint32_t mix(uint32_t v)
{
    static const uint32_t masks[4] = { 0xcffccffc, 0x3ff33ff3, 0xfccffccf, 0xf33ff33f };
    uint32_t y = substitute(v), r = 0;

    for (unsigned i = 0; i < 4; i++)
        r ^= turn_left(y, (32 - 8 * i) % 32) & masks[i];
    return r;
}

/* left ^= F(right), RFC 4269 2.1 */
static void round_of(uint32_t left[2], const uint32_t right[2], const uint32_t key[2])
{
    uint32_t c = right[0] ^ key[0], d = right[1] ^ key[1];
    uint32_t s = mix(c ^ d), t = mix(s + c), u = mix(t + s);

    left[0] ^= u + t;
    left[1] ^= u;
}

static uint32_t load(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(uint8_t *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

void tlsni_seed_crypt(const void *seed, size_t len, uint8_t *dst, const uint8_t *src)
{
    const struct tlsni_seed *state = seed;
    uint32_t x[4];

    for (; len; len -= TLSNI_SEED_BLOCK_LEN) {
        for (int i = 0; i < 4; i++)
            x[i] = load(src + 4 * i);
        for (int i = 0; i < TLSNI_SEED_ROUNDS; i += 2) {
            round_of(x, x + 2, state->key[i]);
            round_of(x + 2, x, state->key[i + 1]);
        }
        for (int i = 0; i < 4; i++) /* the last round does not swap */
            store(dst + 4 * i, x[(i + 2) % 4]);
        dst += TLSNI_SEED_BLOCK_LEN;
        src += TLSNI_SEED_BLOCK_LEN;
    }
    tlsni_wipe(x, sizeof x);
}

/* The pair of words as 64 bits, turned right by 8. */
static void turn_right(uint32_t *a, uint32_t *b)
{
    uint32_t a_low = *a << 24, b_low = *b << 24;

    *a = *a >> 8 | b_low;
    *b = *b >> 8 | a_low;
}

static void turn_back(uint32_t *a, uint32_t *b)
{
    uint32_t a_high = *a >> 24, b_high = *b >> 24;

    *a = *a << 8 | b_high;
    *b = *b << 8 | a_high;
}

/* RFC 4269 2.3 */
void tlsni_seed_set_encrypt_key(struct tlsni_seed *seed, const uint8_t key[TLSNI_SEED_KEY_LEN])
{
    uint32_t k[4] = { load(key), load(key + 4), load(key + 8), load(key + 12) };

    for (unsigned i = 0; i < TLSNI_SEED_ROUNDS; i++) {
        uint32_t constant = turn_left(schedule_constant, i);

        seed->key[i][0] = mix(k[0] + k[2] - constant);
        seed->key[i][1] = mix(k[1] - k[3] + constant);
        if (i % 2)
            turn_back(&k[2], &k[3]);
        else
            turn_right(&k[0], &k[1]);
    }
    tlsni_wipe(k, sizeof k);
}

void tlsni_seed_set_decrypt_key(struct tlsni_seed *seed, const uint8_t key[TLSNI_SEED_KEY_LEN])
{
    tlsni_seed_set_encrypt_key(seed, key);
    for (int i = 0; i < TLSNI_SEED_ROUNDS / 2; i++)
        for (int j = 0; j < 2; j++) {
            uint32_t first = seed->key[i][j];

            seed->key[i][j] = seed->key[TLSNI_SEED_ROUNDS - 1 - i][j];
            seed->key[TLSNI_SEED_ROUNDS - 1 - i][j] = first;
        }
}
