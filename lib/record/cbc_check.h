/* cbc_check.h - the constant-time half of opening a MAC-then-encrypt record. */
#ifndef TLSNI_RECORD_CBC_CHECK_H
#define TLSNI_RECORD_CBC_CHECK_H

#include "cipher/hmac.h"
#include "record/prot.h"

/* text: the decrypted content, MAC and padding, len bytes with len > mac_len; the MAC is mac_len bytes,
 * of the hash or of its beginning. pseudo: the MAC's
 * header with sequence number, type and version; its length field is filled in here. Returns all
 * ones when padding and MAC are right, with the content's length in *content_len; else zero, and
 * *content_len is of no use. What it does depends on len only: both results are secret until the
 * caller says so. */
uint32_t tlsni_cbc_check(const struct tlsni_hmac_key *mac, size_t mac_len,
                         uint8_t pseudo[TLSNI_PSEUDO_HEADER], const uint8_t *text, size_t len,
                         uint32_t *content_len);

/* The same for SSL 3.0: head is all that is hashed in front of the content: secret, pad and the 11
 * bytes of the pseudo header, whose last two get the length. Padding of a block or more is wrong,
 * its contents do not matter. */
uint32_t tlsni_cbc_check_ssl3(const struct tlsni_hmac_key *mac, uint8_t *head, size_t head_len,
                              size_t block_len, const uint8_t *text, size_t len,
                              uint32_t *content_len);

#endif
