#include "record/mac.h"

#include "base/ct.h"
#include "base/mem.h"
#include "cipher/ssl3.h"

#include <string.h>

enum { TRUNCATED_LEN = 10 }; /* RFC 6066 7: 80 bits */

static const struct tlsni_hash *hash_of(const struct tlsni_prot_keys *keys)
{
    return tlsni_hash_find((enum tlsni_hash_id)keys->suite->mac);
}

void tlsni_record_mac_set_key(struct tlsni_hmac_key *key, const struct tlsni_prot_keys *keys)
{
    (keys->profile->ssl3 ? tlsni_ssl3_mac_set_key
                         : tlsni_hmac_set_key)(key, hash_of(keys), keys->mac_key.data,
                                               keys->mac_key.len);
}

/* HMAC, or the MAC of SSL 3.0, over the pseudo header and the content.
 * @rfc 5246:6.2.3.1/1, 5246:5/1 */
static void sum_hmac(const struct tlsni_record_mac *mac, const struct tlsni_prot *p, uint8_t type,
                     const uint8_t *data, size_t data_len, uint8_t *out)
{
    uint8_t pseudo[TLSNI_PSEUDO_HEADER];
    struct tlsni_hmac h;

    size_t pseudo_len = tlsni_prot_pseudo(p, type, data_len, pseudo);

    tlsni_hmac_init(&h, &mac->key);
    tlsni_hmac_update(&h, pseudo, pseudo_len);
    tlsni_hmac_update(&h, data, data_len);
    tlsni_hmac_final(&h, out);
}

bool tlsni_record_mac_fits(const struct tlsni_prot_keys *keys)
{
    return !keys->profile->inner_type && hash_of(keys);
}

/* @rfc 6066:7/5, 3546:3.5/5, 4366:3.5/5, 7366:3/10 */
uint8_t tlsni_record_mac_len(const struct tlsni_prot_keys *keys)
{
    return keys->truncated_mac ? TRUNCATED_LEN : hash_of(keys)->len;
}

void tlsni_record_mac_init(struct tlsni_record_mac *mac, const struct tlsni_prot_keys *keys)
{
    mac->len = tlsni_record_mac_len(keys);
    mac->sum = sum_hmac;
    tlsni_record_mac_set_key(&mac->key, keys);
}

void tlsni_record_mac_write(const struct tlsni_record_mac *mac, const struct tlsni_prot *p,
                            uint8_t type, const uint8_t *data, size_t len, uint8_t *out)
{
    uint8_t whole[TLSNI_HASH_LEN_MAX];

    mac->sum(mac, p, type, data, len, whole);
    memcpy(out, whole, mac->len);
    tlsni_wipe(whole, sizeof whole);
}

bool tlsni_record_mac_check(const struct tlsni_record_mac *mac, const struct tlsni_prot *p,
                            uint8_t type, const uint8_t *data, size_t len,
                            const uint8_t *received)
{
    uint8_t whole[TLSNI_HASH_LEN_MAX];
    uint32_t ok;

    mac->sum(mac, p, type, data, len, whole);
    ok = tlsni_ct_eq_mask(whole, received, mac->len);
    tlsni_wipe(whole, sizeof whole);
    TLSNI_CT_PUBLIC(&ok, sizeof ok);
    return ok != 0;
}
