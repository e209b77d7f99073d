/* session_ticket.c - the SessionTicket extension, RFC 5077 3.2: its data is the bare ticket, or
 * nothing from a client that only says it takes tickets. */
#include "ext/rows.h"

/* @rfc 5077:3.2/2, 4507:3.2/2 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS);
}

/* @rfc 5077:3.2/1, 4507:3.2/1
 * @rfc 5077:4/1, 4507:4/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    if (hs->offer && !hs->tls13.resumes)
        tlsni_wr_put(w, tlsni_buf_data(&hs->offer->ticket), tlsni_buf_len(&hs->offer->ticket));
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span ticket = tlsni_rd_rest(data);

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS))
        return TLSN_OK;
    hs->ticket_offered = true;
    hs->ticket = ticket;
    return TLSN_OK;
}

/* @rfc 5077:3.2/3, 4507:3.2/3
 * @rfc 5077:3.2/4, 4507:3.2/4 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->ticket_due;
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->ticket_due = true;
    return TLSN_OK;
}

/* @rfc 5077:3.2/7 */
const struct tlsni_ext tlsni_ext_session_ticket = {
    .type = TLSNI_EXT_SESSION_TICKET,
    .name = "session_ticket", /* @rfc 8447:6/1 */
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 5077 3.2",
};
