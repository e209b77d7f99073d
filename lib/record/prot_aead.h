/* prot_aead.h - the state that all kinds of AEAD records have. Inside lib/record only. */
#ifndef TLSNI_RECORD_PROT_AEAD_H
#define TLSNI_RECORD_PROT_AEAD_H

#include "record/prot.h"

#include <string.h>

struct tlsni_aead_prot {
    struct tlsni_prot head;
    const struct tlsni_aead *aead;
    uint8_t iv[TLSNI_AEAD_NONCE_LEN]; /* salt or whole IV */
    _Alignas(16) uint8_t state[];
};

static inline struct tlsni_aead_prot *tlsni_aead_of(struct tlsni_prot *p)
{
    return (struct tlsni_aead_prot *)p;
}

static inline const struct tlsni_aead *tlsni_aead_row_of(const struct tlsni_prot_keys *keys)
{
    return tlsni_aead_find((enum tlsni_aead_id)keys->suite->cipher);
}

size_t tlsni_aead_state_size(const struct tlsni_prot_keys *keys, bool writes);
/* Key, IV, budget; lead and tail of a record with nothing but a tag. */
void tlsni_aead_init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys);

/* The IV XOR the sequence number.
 * @rfc 7905:2/2, 7905:2/3, 7905:2/5, 8439:2.3/1
 * @rfc 8446:5.3/1 */
static inline void tlsni_aead_nonce(const struct tlsni_aead_prot *a,
                                    uint8_t nonce[TLSNI_AEAD_NONCE_LEN])
{
    memcpy(nonce, a->iv, TLSNI_AEAD_NONCE_LEN);
    for (int i = 0; i < 8; i++)
        nonce[4 + i] ^= (uint8_t)(a->head.sequence >> (56 - 8 * i));
}

#endif
