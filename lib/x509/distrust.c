/* distrust.c - certificates and keys that are not trusted whatever vouches for them: leaves,
 * intermediates and anchors alike. */
#include <string.h>

#include "base/mem.h"
#include "cipher/hash.h"
#include "x509/trust.h"

static void hash(uint8_t out[TLSNI_TRUST_HASH], struct tlsn_span bytes)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), bytes.data, bytes.len, digest);
    memcpy(out, digest, TLSNI_TRUST_HASH);
}

static bool listed(const tlsn_trust *t, const struct tlsni_distrusted *d)
{
    for (size_t i = 0; i < t->distrusted_count; i++)
        if (memcmp(&t->distrusted[i], d, sizeof *d) == 0)
            return true;
    return false;
}

static tlsn_status grow(tlsn_trust *t)
{
    size_t cap = t->distrusted_cap ? 2 * t->distrusted_cap : 8;
    struct tlsni_distrusted *grown = tlsni_alloc_array(&t->env, cap, sizeof *grown);

    if (!grown)
        return TLSN_ERR_NO_MEMORY;
    if (t->distrusted_count)
        memcpy(grown, t->distrusted, t->distrusted_count * sizeof *grown);
    tlsni_free(&t->env, t->distrusted);
    t->distrusted = grown;
    t->distrusted_cap = cap;
    return TLSN_OK;
}

tlsn_status tlsn_trust_distrust(tlsn_trust *trust, enum tlsn_pin_of of, const uint8_t sha256[32])
{
    struct tlsni_distrusted d = { of == TLSN_PIN_KEY, { 0 } };
    tlsn_status st = TLSN_OK;

    if (!sha256 || (of != TLSN_PIN_KEY && of != TLSN_PIN_CERTIFICATE))
        return TLSN_ERR_ARGUMENT;
    memcpy(d.sha256, sha256, sizeof d.sha256);
    (void)pthread_mutex_lock(&trust->lock);
    if (!listed(trust, &d)) {
        if (trust->distrusted_count == trust->distrusted_cap)
            st = grow(trust);
        if (st == TLSN_OK)
            trust->distrusted[trust->distrusted_count++] = d;
    }
    (void)pthread_mutex_unlock(&trust->lock);
    return st;
}

bool tlsni_trust_distrusts(const tlsn_trust *trust, const struct tlsni_cert *cert)
{
    struct tlsni_distrusted by_cert = { 0, { 0 } }, by_key = { 1, { 0 } };
    bool found;

    if (!trust)
        return false;
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->lock);
    found = trust->distrusted_count != 0;
    if (found) {
        hash(by_cert.sha256, cert->der);
        hash(by_key.sha256, cert->spki);
        found = listed(trust, &by_cert) || listed(trust, &by_key);
    }
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->lock);
    return found;
}

tlsn_status tlsn_cert_fingerprint(struct tlsn_span der, enum tlsn_pin_of of, uint8_t sha256[32])
{
    struct tlsni_cert cert;
    tlsn_status st = tlsni_cert_parse(&cert, der, NULL);

    if (st != TLSN_OK)
        return st;
    hash(sha256, of == TLSN_PIN_KEY ? cert.spki : cert.der);
    return TLSN_OK;
}
