/* early_data.c - data that come before the handshake is complete, RFC 8446 4.2.10. What becomes of them is
 * decided in handshake/early13.c. */
#include "ext/rows.h"

/* ---- client ---- */

static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.early == TLSN_EARLY_OFFERED;
}

/* Whether the server is entitled to it is seen once all extensions were read. */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->tls13.early = TLSN_EARLY_ACCEPTED;
    return TLSN_OK;
}

/* ---- server ---- */

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

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.early == TLSN_EARLY_ACCEPTED;
}

static bool ticket_wanted(const struct tlsni_hs *hs)
{
    return hs->session.early_data_max != 0;
}

static void ticket_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u32(w, hs->session.early_data_max);
}

const struct tlsni_ext tlsni_ext_early_data = {
    .type = TLSNI_EXT_EARLY_DATA,
    .name = "early_data",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, NULL, client_parse, NULL },
        [TLSNI_IN_NEW_SESSION_TICKET] = { ticket_wanted, ticket_write, NULL, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.10",
};
