/* support_cbc.h - decrypted texts of MAC-then-encrypt records, right and wrong, for tests. */
#ifndef TLSNI_TESTS_SUPPORT_CBC_H
#define TLSNI_TESTS_SUPPORT_CBC_H

#include "record/cbc_check.h"

/* content, its MAC under `mac` with this pseudo header, and padding octets announcing `padding`.
 * Bytes written to out. */
size_t test_cbc_text(const struct tlsni_hmac_key *mac, const uint8_t pseudo[TLSNI_PSEUDO_HEADER],
                     const uint8_t *content, size_t len, size_t padding, uint8_t *out);

/* The same judgement as tlsni_cbc_check, in the plainest way there is. */
bool test_cbc_judge(const struct tlsni_hmac_key *mac, const uint8_t pseudo[TLSNI_PSEUDO_HEADER],
                    const uint8_t *text, size_t len, size_t *content_len);

/* Encrypts a text as the fragment of a record: an IV of zeros, then CBC. Bytes written to out. */
size_t test_cbc_fragment(enum tlsni_block_id id, const uint8_t *key, const uint8_t *text,
                         size_t len, uint8_t *out);

#endif
