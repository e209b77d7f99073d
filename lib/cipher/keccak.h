/* keccak.h - the permutation of FIPS 202, the functions made of it as a sponge, and four of them at once.
 *
 * Lengths are public; what goes in and what comes out may be secret. */
#ifndef TLSNI_CIPHER_KECCAK_H
#define TLSNI_CIPHER_KECCAK_H

#include <tls-native/types.h>

enum {
    TLSNI_KECCAK_LANES = 25,
    TLSNI_SHAKE128_RATE = 168, /* bytes of the state that input and output go through */
    TLSNI_SHAKE256_RATE = 136,
    TLSNI_SHA3_256_RATE = 136,
    TLSNI_SHA3_512_RATE = 72,
    TLSNI_SHAKE_SUFFIX = 0x1f, /* what stands behind the message, with the first bit of padding */
    TLSNI_SHA3_SUFFIX = 0x06,
};

struct tlsni_sponge {
    uint64_t state[TLSNI_KECCAK_LANES];
    uint8_t rate, suffix;
    uint8_t at; /* bytes of the rate that are used */
};

void tlsni_sponge_init(struct tlsni_sponge *s, uint8_t rate, uint8_t suffix);
void tlsni_sponge_absorb(struct tlsni_sponge *s, const void *data, size_t len);
/* Ends the input; then squeeze as often as wanted. */
void tlsni_sponge_pad(struct tlsni_sponge *s);
void tlsni_sponge_squeeze(struct tlsni_sponge *s, void *out, size_t len);

/* hash(a + b) in one call; b may be empty. Wipes its state. */
void tlsni_sponge_once(uint8_t rate, uint8_t suffix, struct tlsn_span a, struct tlsn_span b,
                       uint8_t *out, size_t out_len);

/* Four states, lane by lane next to each other. */
struct tlsni_keccak4 {
    _Alignas(32) uint64_t state[TLSNI_KECCAK_LANES][4];
};

/* A way to permute all four. The first that is available is used; the last always is. */
struct tlsni_keccak4_kernel {
    const char *name;
    bool (*available)(void);
    void (*permute)(struct tlsni_keccak4 *k);
};

const struct tlsni_keccak4_kernel *tlsni_keccak4_kernels(size_t *count);

/* Begins four SHAKEs: seed and, behind it, tail[i] for each. The message is shorter than the rate. */
void tlsni_keccak4_begin(struct tlsni_keccak4 *k, uint8_t rate, const uint8_t *seed, size_t seed_len,
                         const uint8_t *const tail[4], size_t tail_len);
/* The next whole block of each: rate bytes to out[i]. */
void tlsni_keccak4_block(struct tlsni_keccak4 *k, uint8_t rate, uint8_t *const out[4]);

#endif
