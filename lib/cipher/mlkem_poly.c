/* mlkem_poly.c - arithmetic on polynomials modulo 3329, FIPS 203 4.2.1 and 4.3.
 *
 * Products are reduced by Montgomery's method with 2^16: a factor 2^-16 stays, which the tables, the
 * inverse transform or tlsni_poly_to_montgomery take off. Division by q is a multiplication: a division
 * instruction takes a time that depends on its operands. */
#include "cipher/mlkem_poly.h"

enum { Q = TLSNI_MLKEM_Q, N = TLSNI_MLKEM_N };

/* 17^BitRev7(i) 2^16 mod q, centered; 17 is the primitive 256th root of FIPS 203 appendix A. */
static const int16_t zetas[128] = {
    -1044, -758, -359, -1517, 1493, 1422, 287, 202, -171, 622,
    1577, 182, 962, -1202, -1474, 1468, 573, -1325, 264, 383,
    -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411,
    -205, -1571, 1223, 652, -552, 1015, -1293, 1491, -282, -1544,
    516, -8, -320, -666, -1618, -1162, 126, 1469, -853, -90,
    -271, 830, 107, -1421, -247, -951, -398, 961, -1508, -725,
    448, -1065, 677, -1275, -1103, 430, 555, 843, -1251, 871,
    1550, 105, 422, 587, 177, -235, -291, -460, 1574, 1653,
    -246, 778, 1159, -147, -777, 1483, -602, 1119, -1590, 644,
    -872, 349, 418, 329, -156, -75, 817, 1097, 603, 610,
    1322, -1285, -1465, 384, -1215, -136, 1218, -1335, -874, 220,
    -1187, -1659, -1185, -1530, -1278, 794, -1510, -854, -870, 478,
    -108, -308, 996, 991, 958, -1460, 1522, 1628,
};

enum {
    Q_INVERSE = -3327,       /* of q modulo 2^16 */
    TO_MONTGOMERY = 1353,    /* 2^32 mod q */
    INVERSE_SCALE = 1441,    /* 2^32 / 128 mod q */
    BARRETT = 20159,         /* 2^26 / q, rounded */
};

/* a 2^-16 modulo q, within +-q, for |a| < 2^15 q. */
static inline int16_t montgomery(int32_t a)
{
    int16_t t = (int16_t)((uint32_t)a * (uint32_t)Q_INVERSE);

    return (int16_t)((a - (int32_t)t * Q) >> 16);
}

static inline int16_t multiply(int16_t a, int16_t b)
{
    return montgomery((int32_t)a * b);
}

/* a modulo q, within +-q/2. */
static inline int16_t center(int16_t a)
{
    int16_t t = (int16_t)((BARRETT * (int32_t)a + (1 << 25)) >> 26);

    return (int16_t)(a - t * Q);
}

void tlsni_poly_ntt(struct tlsni_poly *f)
{
    size_t k = 1;

    for (size_t len = N / 2; len >= 2; len /= 2)
        for (size_t start = 0; start < N; start += 2 * len) {
            int16_t zeta = zetas[k++];
            int16_t *low = f->c + start, *high = low + len;

            for (size_t i = 0; i < len; i++) {
                int16_t t = multiply(zeta, high[i]);

                high[i] = (int16_t)(low[i] - t);
                low[i] = (int16_t)(low[i] + t);
            }
        }
}

void tlsni_poly_ntt_inverse(struct tlsni_poly *f)
{
    size_t k = 127;

    for (size_t len = 2; len <= N / 2; len *= 2)
        for (size_t start = 0; start < N; start += 2 * len) {
            int16_t zeta = zetas[k--];
            int16_t *low = f->c + start, *high = low + len;

            for (size_t i = 0; i < len; i++) {
                int16_t t = low[i];

                low[i] = center((int16_t)(t + high[i]));
                high[i] = multiply(zeta, (int16_t)(high[i] - t));
            }
        }
    for (size_t i = 0; i < N; i++)
        f->c[i] = multiply(f->c[i], INVERSE_SCALE);
}

/* Modulo X^2 - zeta: (h0 + h1 X) += (f0 + f1 X) (g0 + g1 X). */
static inline void multiply_pair(int16_t *h, const int16_t *f, const int16_t *g, int16_t zeta)
{
    h[0] = (int16_t)(h[0] + multiply(f[0], g[0]) + multiply(multiply(f[1], g[1]), zeta));
    h[1] = (int16_t)(h[1] + multiply(f[0], g[1]) + multiply(f[1], g[0]));
}

void tlsni_poly_multiply_add(struct tlsni_poly *h, const struct tlsni_poly *f,
                             const struct tlsni_poly *g)
{
    for (size_t i = 0; i < N; i += 4) {
        int16_t zeta = zetas[64 + i / 4];

        multiply_pair(h->c + i, f->c + i, g->c + i, zeta);
        multiply_pair(h->c + i + 2, f->c + i + 2, g->c + i + 2, (int16_t)-zeta);
    }
}

void tlsni_poly_to_montgomery(struct tlsni_poly *f)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = multiply(f->c[i], TO_MONTGOMERY);
}

void tlsni_poly_add(struct tlsni_poly *f, const struct tlsni_poly *g)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = (int16_t)(f->c[i] + g->c[i]);
}

void tlsni_poly_sub_from(struct tlsni_poly *f, const struct tlsni_poly *g)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = (int16_t)(g->c[i] - f->c[i]);
}

void tlsni_poly_center(struct tlsni_poly *f)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = center(f->c[i]);
}

void tlsni_poly_reduce(struct tlsni_poly *f)
{
    for (size_t i = 0; i < N; i++) {
        int16_t c = center(f->c[i]);

        f->c[i] = (int16_t)(c + ((c >> 15) & Q));
    }
}

void tlsni_poly_encode(uint8_t *out, const struct tlsni_poly *f)
{
    for (size_t i = 0; i < N; i += 2) {
        uint32_t pair = (uint32_t)f->c[i] | (uint32_t)f->c[i + 1] << 12;

        *out++ = (uint8_t)pair;
        *out++ = (uint8_t)(pair >> 8);
        *out++ = (uint8_t)(pair >> 16);
    }
}

bool tlsni_poly_decode(struct tlsni_poly *f, const uint8_t *in)
{
    uint32_t below = ~0U; /* c - q has its top bit for every c so far */

    for (size_t i = 0; i < N; i += 2, in += 3) {
        uint32_t pair = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16;

        f->c[i] = (int16_t)(pair & 0xfff);
        f->c[i + 1] = (int16_t)(pair >> 12);
        below &= ((pair & 0xfff) - Q) & ((pair >> 12) - Q);
    }
    return below >> 31;
}

/* round(2^d c / q) mod 2^d for 0 <= c < q. The quotient is exact: 2^36 / q rounded up is wrong by less
 * than 1 / n for n < 2^23. */
static inline uint32_t compress(int16_t c, unsigned d)
{
    uint32_t n = ((uint32_t)c << d) + Q / 2;

    return (uint32_t)((uint64_t)n * 20642679 >> 36) & ((1U << d) - 1);
}

void tlsni_poly_compress(uint8_t *out, const struct tlsni_poly *f, unsigned d)
{
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < N; i++) {
        bits |= compress(f->c[i], d) << count;
        for (count += d; count >= 8; count -= 8) {
            *out++ = (uint8_t)bits;
            bits >>= 8;
        }
    }
}

void tlsni_poly_decompress(struct tlsni_poly *f, const uint8_t *in, unsigned d)
{
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < N; i++) {
        for (; count < d; count += 8)
            bits |= (uint32_t)*in++ << count;
        f->c[i] = (int16_t)(((bits & ((1U << d) - 1)) * Q + (1U << (d - 1))) >> d);
        bits >>= d;
        count -= d;
    }
}
