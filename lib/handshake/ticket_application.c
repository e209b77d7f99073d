/* ticket_application.c - tickets of the application's own making (struct tlsn_ticket_maker). */
#include "handshake/tickets.h"

enum { ROOM = 1024, FIRST_TRY = 2048, SESSION_MAX = 1 << 20 };

static tlsn_status failed(struct tlsni_hs *hs, const char *what, tlsn_status st)
{
    return tlsni_fail(hs->err, st > 0 ? TLSN_ERR_INTERNAL : st, "handshake",
                      "the application's %s of a ticket said: %s", what, tlsn_status_text(st));
}

/* One try with this much room; *len says how much there is, or is wanted. */
static tlsn_status try_seal(struct tlsni_hs *hs, struct tlsn_span session, size_t size,
                            struct tlsni_buf *ticket, size_t *len, uint32_t *lifetime_s)
{
    const struct tlsn_ticket_maker *m = hs->cfg->ticket_maker;
    tlsn_status st = tlsni_buf_reserve(hs->env, ticket, size);

    *len = 0;
    if (st == TLSN_OK)
        st = m->seal(m->ctx, session, ticket->data + ticket->end, size, len, lifetime_s);
    if (st == TLSN_OK && *len > size)
        return TLSN_ERR_INTERNAL;
    if (st == TLSN_OK)
        ticket->end += *len;
    return st;
}

static tlsn_status make(struct tlsni_hs *hs, struct tlsni_buf *ticket, uint32_t *lifetime_s)
{
    struct tlsni_buf bytes = { 0 };
    uint32_t rest_s = *lifetime_s;
    size_t len = 0, room = 0;
    tlsn_status st = tlsni_session_write(&hs->session, hs->env, &bytes);
    struct tlsn_span session = tlsni_buf_span(&bytes);

    if (st == TLSN_OK) {
        room = session.len + ROOM < TLSNI_TICKET_MAX ? session.len + ROOM : TLSNI_TICKET_MAX;
        st = try_seal(hs, session, room, ticket, &len, lifetime_s);
    }
    if (st == TLSN_ERR_BUFFER && len > room && len <= TLSNI_TICKET_MAX)
        st = try_seal(hs, session, len, ticket, &len, lifetime_s);
    tlsni_buf_free(hs->env, &bytes);
    if (*lifetime_s > rest_s)
        *lifetime_s = rest_s;
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : failed(hs, "sealing", st);
}

static tlsn_status try_open(struct tlsni_hs *hs, size_t size, size_t *len)
{
    const struct tlsn_ticket_maker *m = hs->cfg->ticket_maker;
    struct tlsni_buf *b = &hs->session_bytes;
    tlsn_status st = tlsni_buf_reserve(hs->env, b, size);

    *len = 0;
    if (st == TLSN_OK)
        st = m->open(m->ctx, hs->ticket, b->data, size, len, &hs->ticket_renew);
    if (st == TLSN_OK && *len > size)
        return TLSN_ERR_NOT_FOUND;
    if (st == TLSN_OK)
        b->end = *len;
    return st;
}

static tlsn_status open_now(struct tlsni_hs *hs)
{
    size_t len;
    tlsn_status st = try_open(hs, FIRST_TRY, &len);

    if (st == TLSN_ERR_BUFFER && len > FIRST_TRY && len <= SESSION_MAX)
        st = try_open(hs, len, &len);
    if (st == TLSN_OK)
        st = tlsni_session_read(&hs->session,
                                tlsni_span_make(hs->session_bytes.data, hs->session_bytes.end),
                                hs->env);
    tlsni_buf_free(hs->env, &hs->session_bytes);
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_NOT_FOUND;
}

static tlsn_status open(struct tlsni_hs *hs)
{
    return hs->cfg->ticket_maker->open ? open_now(hs) : tlsni_session_find(hs, hs->ticket, false);
}

/* @rfc 5077:3.3/10, 4507:3.3/10 */
static tlsn_status settle(struct tlsni_hs *hs)
{
    const struct tlsn_ticket_maker *m = hs->cfg->ticket_maker;

    if (m->arrived)
        m->arrived(m->ctx,
                   tlsni_buf_span(&hs->own_ticket),
                   tlsni_buf_span(&hs->spent_ticket));
    return TLSN_OK;
}

static void drop(const struct tlsni_hs_config *cfg, struct tlsn_span ticket)
{
    if (cfg->ticket_maker->drop)
        cfg->ticket_maker->drop(cfg->ticket_maker->ctx, ticket);
}

const struct tlsni_ticket_kind tlsni_tickets_application = { make, open, settle, drop };
