/* offers.c - which kinds of suites a client offers: some extensions make sense only beside them. */
#include "ext/rows.h"

bool tlsni_ext_is_ecc(const struct tlsni_suite *suite)
{
    return suite->kx == TLSNI_KX_ECDHE || suite->kx == TLSNI_KX_ECDHE_PSK ||
           suite->kx == TLSNI_KX_ECDH || suite->auth == TLSNI_AUTH_ECDSA;
}

bool tlsni_ext_is_dhe(const struct tlsni_suite *suite)
{
    return suite->kx == TLSNI_KX_DHE || suite->kx == TLSNI_KX_DHE_PSK;
}

bool tlsni_ext_is_srp(const struct tlsni_suite *suite)
{
    return suite->kx == TLSNI_KX_SRP;
}

bool tlsni_ext_is_cbc(const struct tlsni_suite *suite)
{
    return suite->kind == TLSNI_CIPHER_CBC;
}

bool tlsni_ext_offers(const struct tlsni_hs *hs, bool (*kind)(const struct tlsni_suite *suite))
{
    const struct tlsni_hs_config *cfg = hs->cfg;

    for (size_t i = 0; i < cfg->suites.count; i++) {
        const struct tlsni_suite *suite = tlsni_suite_find(cfg->suites.id[i]);

        if (suite && kind(suite) && tlsni_suite_offered(suite, cfg))
            return true;
    }
    return false;
}
