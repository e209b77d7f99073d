/* ticket_request.c - how many tickets a client wants, RFC 9149: one number for a full handshake, one for a
 * resumption. A server answers with what it is going to send. */
#include "ext/rows.h"

/* @rfc 9149:3/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->asks_tickets && (hs->worlds & TLSNI_WORLD_13) &&
           tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS);
}

/* The same in both ClientHellos, since it is the configuration's.
 * @rfc 9149:3/6 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, hs->cfg->tickets_asked[0]);
    tlsni_wr_u8(w, hs->cfg->tickets_asked[1]);
}

/* A hint. */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)tlsni_rd_u8(data);
    return data->bad ? TLSN_ERR_DECODE : TLSN_OK;
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint8_t full = tlsni_rd_u8(data), resumed = tlsni_rd_u8(data);

    if (data->bad)
        return TLSN_ERR_DECODE;
    hs->tls13.tickets_asked[0] = full;
    hs->tls13.tickets_asked[1] = resumed;
    hs->tls13.asks_tickets = true;
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.asks_tickets && tlsni_ext_tickets_usable(hs);
}

static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, tlsni_ext_ticket_count(hs));
}

/* @rfc 9149:3/2, 9149:3/3, 8446:C.4/2 */
uint8_t tlsni_ext_ticket_count(const struct tlsni_hs *hs)
{
    uint8_t asked = hs->tls13.tickets_asked[hs->resumed != TLSN_RESUMED_NO];

    if (!hs->tls13.asks_tickets || !hs->cfg->ticket_count)
        return hs->cfg->ticket_count;
    return asked < TLSNI_TICKETS_MAX ? asked : TLSNI_TICKETS_MAX;
}

/* @rfc 9149:3/4, 9149:3/5 */
const struct tlsni_ext tlsni_ext_ticket_request = {
    .type = TLSNI_EXT_TICKET_REQUEST,
    .name = "ticket_request",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, server_write, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 9149",
};
