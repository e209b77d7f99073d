/* post_handshake_auth.c - a client that may be asked for its certificate behind the handshake, RFC 8446
 * 4.2.6. It has no answer. */
#include "ext/rows.h"

static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_POST_HANDSHAKE_AUTH);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->tls13.auth_offered = true;
    return TLSN_OK;
}

/* @rfc 8446:4.2.6/1, 8446:4.2.6/3 */
const struct tlsni_ext tlsni_ext_post_handshake_auth = {
    .type = TLSNI_EXT_POST_HANDSHAKE_AUTH,
    .name = "post_handshake_auth",
    .in = { [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL } },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.6",
};
