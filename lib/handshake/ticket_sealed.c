/* ticket_sealed.c - tickets that are the session itself, sealed (ticket.c): the server keeps nothing. */
#include "handshake/tickets.h"

static tlsn_status make(struct tlsni_hs *hs, struct tlsni_buf *ticket, uint32_t *lifetime_s)
{
    (void)lifetime_s;
    return tlsni_ticket_seal(&hs->session, hs->cfg->ticket_secret, hs->env, ticket);
}

static tlsn_status open(struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    tlsn_status st = tlsni_ticket_open(&hs->session, cfg->ticket_secret,
                                       cfg->limits.session_seconds, hs->ticket, hs->env);

    for (size_t i = 0; st == TLSN_ERR_NOT_FOUND && i < cfg->old_ticket_secrets; i++) {
        hs->ticket_renew = true;
        st = tlsni_ticket_open(&hs->session, cfg->old_ticket_secret[i],
                               cfg->limits.session_seconds, hs->ticket, hs->env);
    }
    return st;
}

const struct tlsni_ticket_kind tlsni_tickets_sealed = { make, open, NULL, NULL };
