/* aria.c - ARIA with keys of 128 and 256 bits (RFC 5794), bit-sliced.
 *
 * Key and data are secret; the length is public. A state of 64 bytes is four blocks, as eight words
 * of eight bytes each. For a substitution layer the words become bit planes: word i then has bit i
 * of all 64 bytes. All S-boxes of ARIA are inversion in GF(2^8) with an affine map in front of it
 * or behind it, so one inversion serves the four of them. */
#include "cipher/aria.h"
#include "base/mem.h"

#include <string.h>

enum { WORDS = 8, BLOCKS = 4 };

/* An affine map of every byte, that depends on the byte's position in its block modulo 4.
 * bit[i][j]: where bit j of the input adds to bit i of the output; constant[i]: where bit i is
 * turned over. */
struct affine {
    uint64_t bit[8][8], constant[8];
};

/* All bits of the bytes at these positions modulo 4; bit 0 of the number is the first position. */
#define AT(positions) (((positions) * UINT64_C(0x204081) & 0x01010101) * 0xff * 0x100000001)
#define ROW(a, b, c, d, e, f, g, h) { AT(a), AT(b), AT(c), AT(d), AT(e), AT(f), AT(g), AT(h) }

/* RFC 5794 2.4.2. In layers of type 1 the S-boxes are SB1, SB2 and their inverses SB3, SB4; in
 * layers of type 2 they are SB3, SB4, SB1, SB2. SB1 is the S-box of AES (FIPS 197 5.1.1), SB2 an
 * affine map of x^247, that is, of inversion and the linear x^8. What follows are these maps as
 * matrices, with those of the inverse S-boxes inverted, in front of the inversion: */
static const struct affine before = {
    {
        ROW(0x3, 0x0, 0x4, 0x8, 0x8, 0x4, 0x0, 0x4),
        ROW(0x4, 0x3, 0x8, 0x4, 0x0, 0x8, 0xc, 0x0),
        ROW(0x0, 0x4, 0x3, 0x0, 0xc, 0x0, 0x8, 0x4),
        ROW(0xc, 0x8, 0xc, 0x3, 0x0, 0x4, 0x8, 0x8),
        ROW(0x8, 0xc, 0x8, 0x4, 0xb, 0x8, 0x4, 0x0),
        ROW(0x0, 0x8, 0xc, 0x0, 0xc, 0x3, 0x8, 0xc),
        ROW(0xc, 0x0, 0x8, 0xc, 0x8, 0xc, 0x3, 0x8),
        ROW(0x8, 0x4, 0x0, 0x8, 0x4, 0x0, 0xc, 0xb),
    },
    ROW(0x4, 0x0, 0xc, 0x8, 0x0, 0x8, 0x0, 0x0),
};

/* and behind it. */
static const struct affine after = {
    {
        ROW(0xd, 0x2, 0x0, 0x2, 0x1, 0x3, 0x3, 0x3),
        ROW(0x1, 0xd, 0x2, 0x2, 0x2, 0x3, 0x3, 0x3),
        ROW(0x3, 0x3, 0xf, 0x0, 0x2, 0x2, 0x1, 0x3),
        ROW(0x3, 0x3, 0x1, 0xd, 0x0, 0x0, 0x2, 0x3),
        ROW(0x1, 0x3, 0x1, 0x1, 0xd, 0x0, 0x2, 0x2),
        ROW(0x2, 0x3, 0x1, 0x1, 0x3, 0xf, 0x2, 0x0),
        ROW(0x0, 0x2, 0x3, 0x1, 0x1, 0x1, 0xf, 0x2),
        ROW(0x2, 0x2, 0x2, 0x3, 0x1, 0x3, 0x3, 0xd),
    },
    ROW(0x1, 0x3, 0x0, 0x0, 0x0, 0x3, 0x3, 0x2),
};

/* RFC 5794 2.4.3: the output octets, 0-7 and 8-15, that input octet i is added to. */
static const uint64_t diffusion[16][2] = {
    { 0x00ff00ffff000000, 0x00ffff000000ffff }, { 0xff00ff0000ff0000, 0xff0000ff0000ffff },
    { 0x00ff00ff0000ff00, 0xff0000ffffff0000 }, { 0xff00ff00000000ff, 0x00ffff00ffff0000 },
    { 0x0000ff0000ff00ff, 0xffff0000ff0000ff }, { 0x000000ffff00ff00, 0xffff000000ffff00 },
    { 0xff00000000ff00ff, 0x0000ffff00ffff00 }, { 0x00ff0000ff00ff00, 0x0000ffffff0000ff },
    { 0xff0000ff0000ffff, 0xff00ff0000ff0000 }, { 0x00ffff000000ffff, 0x00ff00ffff000000 },
    { 0x00ffff00ffff0000, 0xff00ff00000000ff }, { 0xff0000ffffff0000, 0x00ff00ff0000ff00 },
    { 0xffff000000ffff00, 0x000000ffff00ff00 }, { 0xffff0000ff0000ff, 0x0000ff0000ff00ff },
    { 0x0000ffffff0000ff, 0x00ff0000ff00ff00 }, { 0x0000ffff00ffff00, 0xff00000000ff00ff },
};

static uint64_t load(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

static void store(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static void swap(uint64_t *a, uint64_t *b, unsigned shift, uint64_t mask)
{
    uint64_t t = (*a >> shift ^ *b) & mask;

    *b ^= t;
    *a ^= t << shift;
}

/* Bit j of byte k of word i changes places with bit i of byte k of word j. */
static void transpose(uint64_t x[WORDS])
{
    for (int i = 0; i < 8; i += 2)
        swap(&x[i], &x[i + 1], 1, 0x5555555555555555);
    for (int i = 0; i < 8; i++)
        if (!(i & 2))
            swap(&x[i], &x[i + 2], 2, 0x3333333333333333);
    for (int i = 0; i < 4; i++)
        swap(&x[i], &x[i + 4], 4, 0x0f0f0f0f0f0f0f0f);
}

static void apply(const struct affine *map, uint64_t x[WORDS])
{
    uint64_t y[WORDS];

    for (int i = 0; i < 8; i++) {
        uint64_t sum = map->constant[i];

        for (int j = 0; j < 8; j++)
            sum ^= x[j] & map->bit[i][j];
        y[i] = sum;
    }
    memcpy(x, y, sizeof y);
}

/* Modulo x^8 + x^4 + x^3 + x + 1. */
static void reduce(uint64_t t[15], uint64_t out[WORDS])
{
    for (int i = 14; i >= 8; i--) {
        t[i - 4] ^= t[i];
        t[i - 5] ^= t[i];
        t[i - 7] ^= t[i];
        t[i - 8] ^= t[i];
    }
    memcpy(out, t, WORDS * sizeof *out);
}

static void multiply(const uint64_t a[WORDS], const uint64_t b[WORDS], uint64_t out[WORDS])
{
    uint64_t t[15] = { 0 };

    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++)
            t[i + j] ^= a[i] & b[j];
    reduce(t, out);
}

/* out = a^(2^times) */
static void square(const uint64_t a[WORDS], int times, uint64_t out[WORDS])
{
    memmove(out, a, WORDS * sizeof *out);
    while (times--) {
        uint64_t t[15] = { 0 };

        for (int i = 0; i < 8; i++)
            t[2 * i] = out[i];
        reduce(t, out);
    }
}

/* x = x^254: 0 stays 0. */
static void invert(uint64_t x[WORDS])
{
    uint64_t x2[WORDS], x3[WORDS], x12[WORDS], x15[WORDS];

    square(x, 1, x2);
    multiply(x2, x, x3);
    square(x3, 2, x12);
    multiply(x12, x3, x15);
    square(x15, 4, x15);
    multiply(x15, x12, x15);
    multiply(x15, x2, x);
}

/* Turns every word by two bytes: what is at positions of type 2 comes to those of type 1. */
static void turn(uint64_t x[WORDS])
{
    for (int i = 0; i < WORDS; i++)
        x[i] = x[i] << 16 | x[i] >> 48;
}

static void substitute(uint64_t x[WORDS], bool type2)
{
    if (type2)
        turn(x);
    transpose(x);
    apply(&before, x);
    invert(x);
    apply(&after, x);
    transpose(x);
    for (int i = 0; type2 && i < 3; i++)
        turn(x);
}

static void diffuse(uint64_t block[2])
{
    uint64_t y[2] = { 0, 0 };

    for (int i = 0; i < 16; i++) {
        uint64_t everywhere = (block[i / 8] >> 8 * (i % 8) & 0xff) * 0x0101010101010101;

        y[0] ^= everywhere & diffusion[i][0];
        y[1] ^= everywhere & diffusion[i][1];
    }
    memcpy(block, y, sizeof y);
}

static void add_key(uint64_t x[WORDS], const uint64_t key[2])
{
    for (int i = 0; i < WORDS; i++)
        x[i] ^= key[i % 2];
}

/* RFC 5794 2.3 */
static void crypt_four(const struct tlsni_aria *aria, uint64_t x[WORDS])
{
    unsigned last = aria->rounds - 1;

    for (unsigned r = 0; r < last; r++) {
        add_key(x, aria->key[r]);
        substitute(x, r % 2);
        for (int i = 0; i < BLOCKS; i++)
            diffuse(x + 2 * i);
    }
    add_key(x, aria->key[last]);
    substitute(x, true);
    add_key(x, aria->key[aria->rounds]);
}

/* @rfc 6209:2/1 */
void tlsni_aria_crypt(const void *aria, size_t len, uint8_t *dst, const uint8_t *src)
{
    uint64_t x[WORDS];

    while (len) {
        size_t n = len < 64 ? len / 8 : WORDS;

        memset(x, 0, sizeof x);
        for (size_t i = 0; i < n; i++)
            x[i] = load(src + 8 * i);
        crypt_four(aria, x);
        for (size_t i = 0; i < n; i++)
            store(dst + 8 * i, x[i]);
        src += 8 * n;
        dst += 8 * n;
        len -= 8 * n;
    }
    tlsni_wipe(x, sizeof x);
}

/* RFC 5794 2.2: three constants, of which a key of 256 bits takes the last one first. */
static const uint8_t constants[3][16] = {
    { 0x51, 0x7c, 0xc1, 0xb7, 0x27, 0x22, 0x0a, 0x94,
      0xfe, 0x13, 0xab, 0xe8, 0xfa, 0x9a, 0x6e, 0xe0 },
    { 0x6d, 0xb1, 0x4a, 0xcc, 0x9e, 0x21, 0xc8, 0x20,
      0xff, 0x28, 0xb1, 0xd5, 0xef, 0x5d, 0xe2, 0xb0 },
    { 0xdb, 0x92, 0x37, 0x1d, 0x21, 0x26, 0xe9, 0x70,
      0x03, 0x24, 0x97, 0x75, 0x04, 0xe8, 0xc9, 0x0e },
};

/* out = the round function FO (type 1) or FE (type 2) of in with this key, plus other. */
static void feistel(const uint8_t in[16], const uint8_t key[16], bool type2,
                    const uint8_t other[16], uint8_t out[16])
{
    uint64_t x[WORDS] = { load(in) ^ load(key), load(in + 8) ^ load(key + 8) };

    substitute(x, type2);
    diffuse(x);
    store(out, x[0] ^ load(other));
    store(out + 8, x[1] ^ load(other + 8));
    tlsni_wipe(x, sizeof x);
}

/* out = a + (b rotated right), of 128 bits with the first octet on the left. */
static void mix(const uint8_t a[16], const uint8_t b[16], unsigned by, uint64_t out[2])
{
    uint8_t turned[16];
    unsigned octets = by / 8, bits = by % 8;

    for (unsigned i = 0; i < 16; i++)
        turned[i] = (uint8_t)(b[(i + 16 - octets) % 16] >> bits |
                              b[(i + 15 - octets) % 16] << (8 - bits));
    out[0] = load(a) ^ load(turned);
    out[1] = load(a + 8) ^ load(turned + 8);
    tlsni_wipe(turned, sizeof turned);
}

/* RFC 5794 2.2 */
void tlsni_aria_set_encrypt_key(struct tlsni_aria *aria, const uint8_t *key, size_t key_len)
{
    static const uint8_t turns[] = { 19, 31, 128 - 61, 128 - 31, 128 - 19 };
    unsigned first = key_len == 16 ? 0 : 2;
    uint8_t w[4][16], right[16] = { 0 };

    aria->rounds = key_len == 16 ? 12 : 16;
    memcpy(w[0], key, 16);
    memcpy(right, key + 16, key_len - 16);
    feistel(w[0], constants[first], false, right, w[1]);
    feistel(w[1], constants[(first + 1) % 3], true, w[0], w[2]);
    feistel(w[2], constants[(first + 2) % 3], false, w[1], w[3]);
    for (unsigned i = 0; i <= aria->rounds; i++)
        mix(w[i % 4], w[(i + 1) % 4], turns[i / 4], aria->key[i]);
    tlsni_wipe(w, sizeof w);
    tlsni_wipe(right, sizeof right);
}

/* The same keys in the other order, all but the outermost through the diffusion layer. */
void tlsni_aria_set_decrypt_key(struct tlsni_aria *aria, const uint8_t *key, size_t key_len)
{
    struct tlsni_aria forward;

    tlsni_aria_set_encrypt_key(&forward, key, key_len);
    aria->rounds = forward.rounds;
    for (unsigned i = 0; i <= aria->rounds; i++) {
        memcpy(aria->key[i], forward.key[aria->rounds - i], sizeof aria->key[i]);
        if (i && i < aria->rounds)
            diffuse(aria->key[i]);
    }
    tlsni_wipe(&forward, sizeof forward);
}
