/* encrypt_then_mac.c - RFC 7366. On the server hs->etm is the client's wish until the flow knows
 * the suite: @rfc 7366:3/4 it is answered for CBC suites only. */
#include "ext/rows.h"

/* A connection that did without keeps to that.
 * @rfc 7366:3.1/1, 7366:3.1/2 */
static bool enabled(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_ETM) &&
           hs->bound.mac_order != TLSNI_MAC_THEN_ENCRYPT;
}

/* @rfc 7366:2/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return enabled(hs) && tlsni_ext_offers(hs, tlsni_ext_is_cbc);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->etm = enabled(hs);
    return TLSN_OK;
}

/* @rfc 7366:2/2 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->etm;
}

/* @rfc 7366:2/5 both sides have sent it: answers that nobody asked for do not come this far. */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->etm = true;
    return TLSN_OK;
}

/* @rfc 7366:2/3, 7366:2/4 */
const struct tlsni_ext tlsni_ext_encrypt_then_mac = {
    .type = TLSNI_EXT_ENCRYPT_THEN_MAC,
    .name = "encrypt_then_mac",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 7366",
};
