#include "x509/ca_id.h"

#include "cipher/hash.h"
#include "x509/algid.h"

static void sha1(struct tlsn_span data, uint8_t out[TLSNI_CA_HASH_LEN])
{
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), data.data, data.len, out);
}

/* @rfc 6066:6/4 */
bool tlsni_ca_key_hash(struct tlsn_span spki, uint8_t out[TLSNI_CA_HASH_LEN])
{
    struct tlsni_rd info = tlsni_der_open_span(spki, TLSNI_DER_SEQUENCE), key;
    struct tlsni_key_algid algid;
    struct tlsn_span bits;

    (void)tlsni_der_get(&info, TLSNI_DER_SEQUENCE);
    bits = tlsni_der_bits(&info);
    if (!tlsni_rd_done(&info) || tlsni_spki_algorithm(&algid, spki, NULL) != TLSN_OK)
        return false;
    if (algid.type == TLSNI_KEY_RSA || algid.type == TLSNI_KEY_RSA_PSS) {
        key = tlsni_der_open_span(bits, TLSNI_DER_SEQUENCE);
        bits = tlsni_der_unsigned(&key);
        if (key.bad)
            return false;
    }
    sha1(bits, out);
    return true;
}

void tlsni_ca_cert_hash(struct tlsn_span der, uint8_t out[TLSNI_CA_HASH_LEN])
{
    sha1(der, out);
}
