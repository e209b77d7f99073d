/* early_data.c - data that come before the handshake is complete, RFC 8446 4.2.10. What becomes of them is
 * decided in handshake/early13.c. */
#include "ext/rows.h"

/* @rfc 8446:4.2.10/2 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    if (hs->facts & TLSNI_F_RETRY)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                          "second ClientHello still announces early data");
    hs->tls13.early = TLSN_EARLY_REJECTED; /* until they are accepted */
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_early_data = {
    .type = TLSNI_EXT_EARLY_DATA,
    .name = "early_data",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { NULL, NULL, server_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.10",
};
