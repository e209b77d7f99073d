/* mlkem_poly.h - polynomials of ML-KEM: 256 coefficients modulo 3329. Inside lib/cipher only.
 *
 * Coefficients are kept in 16 bits with sign and are not reduced unless said; "reduced" is 0 <= c < q.
 * No function but the decoder of public keys and the sampler of the matrix has a branch, an index or a
 * division that depends on coefficients. */
#ifndef TLSNI_CIPHER_MLKEM_POLY_H
#define TLSNI_CIPHER_MLKEM_POLY_H

#include <tls-native/types.h>

enum {
    TLSNI_MLKEM_Q = 3329,
    TLSNI_MLKEM_N = 256,
    TLSNI_MLKEM_K_MAX = 4,
    TLSNI_MLKEM_ENCODED_LEN = 384, /* 12 bits a coefficient */
};

struct tlsni_poly {
    int16_t c[TLSNI_MLKEM_N];
};

/* In: coefficients within +-q. Out: within +-8q, in the order of FIPS 203 4.3. */
void tlsni_poly_ntt(struct tlsni_poly *f);
/* In: within +-q. Out: within +-q, the inverse times 2^16: what takes back the factor of a product. */
void tlsni_poly_ntt_inverse(struct tlsni_poly *f);
/* h += f g / 2^16 in the transformed domain; f within +-q, g within +-8q. k products may be added up. */
void tlsni_poly_multiply_add(struct tlsni_poly *h, const struct tlsni_poly *f,
                             const struct tlsni_poly *g);
/* Takes the factor 2^-16 of a product off; the result is within +-q. */
void tlsni_poly_to_montgomery(struct tlsni_poly *f);
void tlsni_poly_add(struct tlsni_poly *f, const struct tlsni_poly *g);
/* f = g - f */
void tlsni_poly_sub_from(struct tlsni_poly *f, const struct tlsni_poly *g);
/* Any coefficients to reduced ones. */
void tlsni_poly_reduce(struct tlsni_poly *f);
/* Any to within +-q/2. */
void tlsni_poly_center(struct tlsni_poly *f);

/* ByteEncode12 of reduced coefficients, and back. The decoder is false for one that is not reduced. */
void tlsni_poly_encode(uint8_t *out, const struct tlsni_poly *f);
bool tlsni_poly_decode(struct tlsni_poly *f, const uint8_t *in);
/* Compress to d bits and ByteEncode: 32 d bytes; reduced coefficients. And back. d: 1, 4, 5, 10, 11. */
void tlsni_poly_compress(uint8_t *out, const struct tlsni_poly *f, unsigned d);
void tlsni_poly_decompress(struct tlsni_poly *f, const uint8_t *in, unsigned d);

/* SampleNTT (FIPS 203 4.2.2) for four polynomials of the matrix: from the seed, 32 bytes, and two
 * index bytes each. Public: it takes as long as the values are unlucky. */
void tlsni_poly_sample_matrix4(struct tlsni_poly *const f[4], const uint8_t *seed,
                               const uint8_t index[4][2]);
/* SamplePolyCBD of the PRF's output for four polynomials with numbers first, first + 1, ...; eta 2 or
 * 3. Within +-eta. Secret. */
void tlsni_poly_sample_noise4(struct tlsni_poly *const f[4], const uint8_t *seed, uint8_t first,
                              unsigned eta);

#endif
