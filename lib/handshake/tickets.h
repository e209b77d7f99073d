/* tickets.h - what a server's tickets are (RFC 5077): sealed sessions, handles of sessions that are kept,
 * or what the application makes. A configuration has one kind. */
#ifndef TLSNI_HANDSHAKE_TICKETS_H
#define TLSNI_HANDSHAKE_TICKETS_H

#include "handshake/hs.h"

struct tlsni_ticket_kind {
    /* Appends a ticket for hs->session, or nothing: then there is none. May lower the lifetime hint. */
    tlsn_status (*make)(struct tlsni_hs *hs, struct tlsni_buf *ticket, uint32_t *lifetime_s);
    /* Fills hs->session from hs->ticket and says whether it is due for a new one (hs->ticket_renew).
     * TLSN_ERR_NOT_FOUND: a full handshake; or a question, after whose answer it is called again. */
    tlsn_status (*open)(struct tlsni_hs *hs);
    /* The client's Finished shows that it has hs->own_ticket, which was made in this handshake and stands in
     * for hs->spent_ticket (empty: for none). NULL: nobody keeps count. */
    tlsn_status (*settle)(struct tlsni_hs *hs);
    /* The connection of this ticket's session failed. NULL: the ticket cannot be called back. */
    void (*drop)(const struct tlsni_hs_config *cfg, struct tlsn_span ticket);
};

extern const struct tlsni_ticket_kind tlsni_tickets_sealed;      /* ticket_sealed.c */
extern const struct tlsni_ticket_kind tlsni_tickets_stateful;    /* ticket_stateful.c */
extern const struct tlsni_ticket_kind tlsni_tickets_application; /* ticket_application.c */

/* Whether the session of a failed connection is to be named to it. */
static inline bool tlsni_tickets_drop(const struct tlsni_hs_config *cfg)
{
    return cfg->tickets->drop && (!cfg->ticket_maker || cfg->ticket_maker->drop);
}

/* Puts a ticket behind those of a list, each behind 2 bytes. (server12_session.c) */
TLSN_MUST_USE tlsn_status tlsni_tickets_note(const struct tlsn_hooks *env, struct tlsni_buf *list,
                                             struct tlsn_span ticket);

/* The session under a key, which is an ID or a ticket, into hs->session: from the cache when it may be there,
 * else from outside. TLSN_ERR_NOT_FOUND; TLSN_NEED_SESSION, after which it is called again. */
TLSN_MUST_USE tlsn_status tlsni_session_find(struct tlsni_hs *hs, struct tlsn_span key,
                                             bool in_cache);
/* Puts hs->session into the cache under this key. */
TLSN_MUST_USE tlsn_status tlsni_session_keep(struct tlsni_hs *hs, struct tlsn_span key);

#endif
