/* mlkem.h - ML-KEM (FIPS 203), the key encapsulation mechanism over module lattices.
 *
 * The owner of a key pair publishes the encapsulation key; the other side makes a ciphertext and a secret
 * from it; the owner gets the same secret from the ciphertext. A ciphertext that was not made by
 * encapsulation gives a secret that nobody else knows (implicit rejection), in the same time. */
#ifndef TLSNI_CIPHER_MLKEM_H
#define TLSNI_CIPHER_MLKEM_H

#include <tls-native/types.h>

enum {
    TLSNI_MLKEM_SEED_LEN = 64,   /* d and z of FIPS 203 7.1 */
    TLSNI_MLKEM_RANDOM_LEN = 32, /* m of 7.2 */
    TLSNI_MLKEM_SHARED_LEN = 32,
    TLSNI_MLKEM_PUBLIC_MAX = 1568,
    TLSNI_MLKEM_PRIVATE_MAX = 3168,
    TLSNI_MLKEM_CIPHERTEXT_MAX = 1568,
    TLSNI_MLKEM_512_CIPHERTEXT_LEN = 768,
    TLSNI_MLKEM_768_CIPHERTEXT_LEN = 1088,
    TLSNI_MLKEM_1024_CIPHERTEXT_LEN = 1568,
};

/* A parameter set, FIPS 203 8. */
struct tlsni_mlkem {
    const char *name;
    uint8_t k, eta1, du, dv;
    uint16_t public_len, private_len, ciphertext_len;
};

extern const struct tlsni_mlkem tlsni_mlkem_512, tlsni_mlkem_768, tlsni_mlkem_1024;

/* A key pair from 64 secret random bytes. The private key is the decapsulation key of FIPS 203. */
void tlsni_mlkem_keygen(const struct tlsni_mlkem *p, const uint8_t seed[TLSNI_MLKEM_SEED_LEN],
                        uint8_t *private_key, uint8_t *public_key);
/* Ciphertext and secret from 32 secret random bytes. TLSN_ERR_ILLEGAL_PARAMETER for a key of another
 * length or with a coefficient that is not reduced (FIPS 203 7.2). */
TLSN_MUST_USE tlsn_status tlsni_mlkem_encapsulate(const struct tlsni_mlkem *p,
                                                  const uint8_t random[TLSNI_MLKEM_RANDOM_LEN],
                                                  struct tlsn_span public_key, uint8_t *ciphertext,
                                                  uint8_t shared[TLSNI_MLKEM_SHARED_LEN]);
/* For a key that keygen made or that was checked. TLSN_ERR_ILLEGAL_PARAMETER for a ciphertext of another
 * length and for nothing else. */
TLSN_MUST_USE tlsn_status tlsni_mlkem_decapsulate(const struct tlsni_mlkem *p,
                                                  const uint8_t *private_key,
                                                  struct tlsn_span ciphertext,
                                                  uint8_t shared[TLSNI_MLKEM_SHARED_LEN]);
/* Length and hash of a private key that came from elsewhere (FIPS 203 7.3). */
TLSN_MUST_USE tlsn_status tlsni_mlkem_check_private(const struct tlsni_mlkem *p,
                                                    struct tlsn_span private_key);

#endif
