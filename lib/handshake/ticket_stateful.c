/* ticket_stateful.c - tickets that are handles: the session lies in the server's cache, where one that was
 * used up or whose connection failed can be taken out.
 *
 * A handle is 32 random bytes and says nothing. It counts from the client's Finished on and not before: up to
 * then anybody may have sent the old one, which is seen in the clear, and such handshakes must neither fill
 * the cache nor take the old handle from the client it belongs to. */
#include "base/env.h"
#include "handshake/tickets.h"

enum { HANDLE_LEN = TLSNI_SESSION_ID_MAX };

static tlsn_status make(struct tlsni_hs *hs, struct tlsni_buf *ticket, uint32_t *lifetime_s)
{
    uint8_t handle[HANDLE_LEN];
    tlsn_status st = tlsni_random(hs->env, handle, sizeof handle);

    (void)lifetime_s;
    return st == TLSN_OK ? tlsni_buf_append(hs->env, ticket, handle, sizeof handle) : st;
}

static tlsn_status open(struct tlsni_hs *hs)
{
    return hs->ticket.len == HANDLE_LEN ? tlsni_session_find(hs, hs->ticket, true)
                                        : TLSN_ERR_NOT_FOUND;
}

static void drop(const struct tlsni_hs_config *cfg, struct tlsn_span ticket)
{
    cfg->cache_remove(cfg->cache_ctx, ticket);
}

/* @rfc 5077:3.3/10, 4507:3.3/10 */
static tlsn_status settle(struct tlsni_hs *hs)
{
    struct tlsn_span spent = tlsni_buf_span(&hs->spent_ticket);
    tlsn_status st = tlsni_session_keep(hs, tlsni_buf_span(&hs->own_ticket));

    if (st == TLSN_OK && spent.len)
        drop(hs->cfg, spent);
    return st;
}

const struct tlsni_ticket_kind tlsni_tickets_stateful = { make, open, settle, drop };
