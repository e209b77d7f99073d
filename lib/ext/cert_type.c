/* cert_type.c - OpenPGP keys instead of X.509 certificates, RFC 6091 (and RFC 5081 before it):
 * known, never offered, and answered with X.509. */
#include "ext/rows.h"

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->cert_types = tlsni_rd_vec_span(data, 1, 1, 255);
    return TLSN_OK;
}

/* @rfc 5081:3.2/1, 5081:3.2/2, 6091:3.2/2 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_CERT) && !(hs->facts & TLSNI_F_RESUMED) &&
           hs->own_type == TLSN_CERT_X509;
}

static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    (void)hs;
    tlsni_wr_u8(w, TLSN_CERT_X509);
}

/* @rfc 5081:3.1/2, 6091:3.1/2 */
const struct tlsni_ext tlsni_ext_cert_type = {
    .type = TLSNI_EXT_CERT_TYPE,
    .name = "cert_type",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { NULL, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, NULL, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 6091 3",
};
