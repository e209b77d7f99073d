/* srp.c - the name of an SRP user in ClientHello, RFC 5054 2.5.1 and 2.8.1. Nothing answers it. */
#include "ext/rows.h"

/* @rfc 5054:2.5.1.1/1 also when a session is offered */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_ext_offers(hs, tlsni_ext_is_srp);
}

/* @rfc 5054:2.8.1/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 1, hs->cfg->srp_user);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span user = tlsni_rd_vec_span(data, 1, 1, 255);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    hs->srp_user = user; /* a session has its own: @rfc 5054:2.5.1.1/2 */
    return TLSN_OK;
}

/* @rfc 5054:2.8.1/1 */
const struct tlsni_ext tlsni_ext_srp = {
    .type = TLSNI_EXT_SRP,
    .name = "srp",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 5054 2.8.1",
};
