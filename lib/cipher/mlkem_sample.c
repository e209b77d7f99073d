/* mlkem_sample.c - polynomials from SHAKE, FIPS 203 4.2.2, four at a time. */
#include "base/mem.h"
#include "cipher/keccak.h"
#include "cipher/mlkem_poly.h"

enum { Q = TLSNI_MLKEM_Q, N = TLSNI_MLKEM_N, SEED_LEN = 32 };

/* Takes 12 bits at a time and keeps what is below q; returns how many coefficients there are now. */
static size_t take_uniform(struct tlsni_poly *f, size_t have, const uint8_t *block)
{
    for (size_t i = 0; i < TLSNI_SHAKE128_RATE && have < N; i += 3) {
        uint32_t pair = block[i] | (uint32_t)block[i + 1] << 8 | (uint32_t)block[i + 2] << 16;

        if ((pair & 0xfff) < Q)
            f->c[have++] = (int16_t)(pair & 0xfff);
        if (pair >> 12 < Q && have < N)
            f->c[have++] = (int16_t)(pair >> 12);
    }
    return have;
}

void tlsni_poly_sample_matrix4(struct tlsni_poly *const f[4], const uint8_t *seed,
                               const uint8_t index[4][2])
{
    const uint8_t *const tail[4] = { index[0], index[1], index[2], index[3] };
    uint8_t block[4][TLSNI_SHAKE128_RATE];
    uint8_t *const out[4] = { block[0], block[1], block[2], block[3] };
    size_t have[4] = { 0 };
    struct tlsni_keccak4 k;

    tlsni_keccak4_begin(&k, TLSNI_SHAKE128_RATE, seed, SEED_LEN, tail, 2);
    do {
        tlsni_keccak4_block(&k, TLSNI_SHAKE128_RATE, out);
        for (size_t i = 0; i < 4; i++)
            have[i] = f[i] ? take_uniform(f[i], have[i], block[i]) : (size_t)N;
    } while (have[0] < N || have[1] < N || have[2] < N || have[3] < N);
}

/* The bits of each coefficient: 2 eta, the first eta count up, the others down. Bits are added up in
 * place, pairs of them for eta 2 and triples for eta 3. */
static void binomial2(struct tlsni_poly *f, const uint8_t *in)
{
    for (size_t i = 0; i < N; i += 2) {
        uint32_t bits = in[i / 2];
        uint32_t sums = (bits & 0x55) + ((bits >> 1) & 0x55);

        f->c[i] = (int16_t)((int)(sums & 3) - (int)(sums >> 2 & 3));
        f->c[i + 1] = (int16_t)((int)(sums >> 4 & 3) - (int)(sums >> 6 & 3));
    }
}

static void binomial3(struct tlsni_poly *f, const uint8_t *in)
{
    for (size_t i = 0; i < N; i += 4, in += 3) {
        uint32_t bits = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16;
        uint32_t sums = (bits & 0x249249) + ((bits >> 1) & 0x249249) + ((bits >> 2) & 0x249249);

        for (unsigned j = 0; j < 4; j++)
            f->c[i + j] = (int16_t)((int)(sums >> 6 * j & 7) - (int)(sums >> (6 * j + 3) & 7));
    }
}

void tlsni_poly_sample_noise4(struct tlsni_poly *const f[4], const uint8_t *seed, uint8_t first,
                              unsigned eta)
{
    const uint8_t number[4] = { first, (uint8_t)(first + 1), (uint8_t)(first + 2),
                                (uint8_t)(first + 3) };
    const uint8_t *const tail[4] = { &number[0], &number[1], &number[2], &number[3] };
    uint8_t bytes[4][2 * TLSNI_SHAKE256_RATE];
    struct tlsni_keccak4 k;

    tlsni_keccak4_begin(&k, TLSNI_SHAKE256_RATE, seed, SEED_LEN, tail, 1);
    for (size_t done = 0; done < 64 * eta; done += TLSNI_SHAKE256_RATE) {
        uint8_t *const out[4] = { bytes[0] + done, bytes[1] + done, bytes[2] + done,
                                  bytes[3] + done };

        tlsni_keccak4_block(&k, TLSNI_SHAKE256_RATE, out);
    }
    for (size_t i = 0; i < 4; i++)
        if (f[i])
            (eta == 2 ? binomial2 : binomial3)(f[i], bytes[i]);
    tlsni_wipe(&k, sizeof k);
    tlsni_wipe(bytes, sizeof bytes);
}
