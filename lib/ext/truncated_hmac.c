/* truncated_hmac.c - MACs of 80 bits, RFC 6066 7. Off by default: Paterson, Ristenpart and Shrimpton
 * (2011) tell short records apart with it where the MAC is taken first, and RFC 9325 says no.
 *
 * On the server hs->truncated_mac is the client's wish until the flow knows the suite: what has no
 * HMAC is left alone. A resumed session keeps its own without a word.
 * Off unless both sides switch it on (@rfc 7525:4.5/1). */
#include "ext/rows.h"

static bool has_hmac(const struct tlsni_suite *suite)
{
    return suite->kind != TLSNI_CIPHER_AEAD && suite->mac;
}

static bool enabled(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TRUNCATED_HMAC);
}

/* @rfc 6066:7/1, 3546:3.5/1, 4366:3.5/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return enabled(hs) && tlsni_ext_offers(hs, has_hmac);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->truncated_mac = enabled(hs);
    return TLSN_OK;
}

/* @rfc 6066:7/3, 3546:3.5/3, 4366:3.5/3 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->truncated_mac && !(hs->facts & TLSNI_F_RESUMED);
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->truncated_mac = true;
    return TLSN_OK;
}

/* @rfc 5288:3/12, 6655:6/2, 6066:7/4, 3546:3.5/4, 4366:3.5/4 */
void tlsni_ext_settle_truncated_hmac(struct tlsni_hs *hs)
{
    hs->truncated_mac = hs->truncated_mac && has_hmac(hs->suite);
}

/* @rfc 6066:7/2, 3546:3.5/2, 4366:3.5/2 the data is empty. */
const struct tlsni_ext tlsni_ext_truncated_hmac = {
    .type = TLSNI_EXT_TRUNCATED_HMAC,
    .name = "truncated_hmac",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 6066 7",
};
