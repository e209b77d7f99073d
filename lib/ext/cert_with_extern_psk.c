/* cert_with_extern_psk.c - certificates and an external pre-shared key in one handshake (RFC 8773, RFC 9973): the
 * extension is a flag. It is for keys that are no tickets, and for hellos without early data. */
#include "ext/rows.h"

/* @rfc 8773:4/1, 8773:4/2, 8773:5/2, 8773:5.1/2, 9973:4/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK) && hs->tls13.offers &&
           !hs->tls13.resumes;
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->tls13.cert_psk_asked = true;
    return TLSN_OK;
}

/* @rfc 8773:4/4, 8773:5/1 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.cert_psk;
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->tls13.cert_psk = true;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_cert_with_extern_psk = {
    .type = TLSNI_EXT_CERT_WITH_EXTERN_PSK,
    .name = "tls_cert_with_extern_psk",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO13] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 9973 5",
};
