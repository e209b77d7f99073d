/* distrust.c - certificates and keys that are not trusted whatever vouches for them: leaves,
 * intermediates and anchors alike. */
#include "x509/trust.h"

tlsn_status tlsn_trust_distrust(tlsn_trust *trust, enum tlsn_pin_of of, const uint8_t sha256[32])
{
    tlsn_status st;

    (void)pthread_mutex_lock(&trust->lock);
    st = tlsni_pin_add(&trust->env, &trust->distrusted, of, sha256);
    (void)pthread_mutex_unlock(&trust->lock);
    return st;
}

bool tlsni_trust_distrusts(const tlsn_trust *trust, const struct tlsni_cert *cert)
{
    bool found;

    if (!trust)
        return false;
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->lock);
    found = tlsni_pins_name(&trust->distrusted, cert);
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->lock);
    return found;
}
