/* client_certificate_url.c - a client may say where its certificates can be fetched, RFC 6066 5. A
 * server that is made to fetch what a stranger names can be led astray: off by default on both
 * sides. */
#include "ext/rows.h"

/* @rfc 6066:5/1, 3546:3.3/1, 4366:3.3/1, 6066:5/2 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERTIFICATE_URL);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->url_asked = true;
    return TLSN_OK;
}

/* Chains are what can be fetched, not raw keys.
 * @rfc 6066:5/3 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_URL) != 0 && !(hs->facts & TLSNI_F_RESUMED);
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->url_asked = true;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_client_certificate_url = {
    .type = TLSNI_EXT_CLIENT_CERTIFICATE_URL,
    .name = "client_certificate_url",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 6066 5",
};
