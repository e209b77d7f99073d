/* msg_new_session_ticket.c - NewSessionTicket, RFC 5077 3.3. */
#include "handshake/msg.h"

enum { TICKET_MAX = 65535 };

/* @rfc 5077:3.3/11, 4507:3.3/11 */
tlsn_status tlsni_msg_new_session_ticket_parse(struct tlsn_span body,
                                               struct tlsni_msg_new_session_ticket *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    out->lifetime_s = tlsni_rd_u32(&r);
    out->ticket = tlsni_rd_vec_span(&r, 2, 0, TICKET_MAX);
    return tlsni_rd_end(&r);
}

void tlsni_msg_new_session_ticket_write(struct tlsni_wr *w,
                                        const struct tlsni_msg_new_session_ticket *m)
{
    tlsni_wr_u32(w, m->lifetime_s);
    tlsni_wr_vec(w, 2, m->ticket);
}
