/* mac.h - the MAC of records whose cipher has none: CBC, stream ciphers, and no cipher at all.
 *
 * What is covered and how belongs to the protocol version; `sum` is the one that the keys chose, so
 * that the kinds of protection need not know. */
#ifndef TLSNI_RECORD_MAC_H
#define TLSNI_RECORD_MAC_H

#include "cipher/hmac.h"
#include "record/prot.h"

struct tlsni_record_mac {
    struct tlsni_hmac_key key;
    uint8_t len; /* bytes on the wire: the hash, or its first ten (RFC 6066 7) */
    /* All bytes of the hash over a record's number, type and content to out. */
    void (*sum)(const struct tlsni_record_mac *mac, const struct tlsni_prot *p, uint8_t type,
                const uint8_t *data, size_t data_len, uint8_t *out);
};

/* There is a MAC for these keys: always with a hash, but in TLS 1.3. */
bool tlsni_record_mac_fits(const struct tlsni_prot_keys *keys);
/* The key of the version's MAC. */
void tlsni_record_mac_set_key(struct tlsni_hmac_key *key, const struct tlsni_prot_keys *keys);
void tlsni_record_mac_init(struct tlsni_record_mac *mac, const struct tlsni_prot_keys *keys);
/* Bytes of a MAC on the wire. */
uint8_t tlsni_record_mac_len(const struct tlsni_prot_keys *keys);

/* Writes mac->len bytes for the record that p stands at. */
void tlsni_record_mac_write(const struct tlsni_record_mac *mac, const struct tlsni_prot *p,
                            uint8_t type, const uint8_t *data, size_t len, uint8_t *out);
/* Whether mac->len bytes are the right ones, in constant time. */
bool tlsni_record_mac_check(const struct tlsni_record_mac *mac, const struct tlsni_prot *p,
                            uint8_t type, const uint8_t *data, size_t len,
                            const uint8_t *received);

#endif
