#include "handshake/post13.h"

#include "base/env.h"
#include "cipher/suite.h"
#include "handshake/early13.h"
#include "handshake/msg.h"
#include "handshake/schedule13.h"

enum { LIFETIME_MAX_S = 604800 }; /* RFC 8446 4.6.1 */
enum { SESSION_MAX = 0xffffff };

/* As long as the ticket lives, and our limit from the handshake in which the server showed its
 * certificate: renewed tickets make that no younger.
 * @rfc 8446:4.6.1/2, 8446:4.6.1/9 */
static void set_lifetime(struct tlsn_session *s, uint32_t ticket_s, uint32_t limit_s)
{
    int64_t age_s = s->issued_ms > s->created_ms ? (s->issued_ms - s->created_ms) / 1000 : 0;

    if (ticket_s > LIFETIME_MAX_S)
        ticket_s = LIFETIME_MAX_S; /* @rfc 9149:6/1 */
    s->lifetime_s = limit_s;
    if (age_s + ticket_s < limit_s)
        s->lifetime_s = (uint32_t)(age_s + ticket_s);
}

static tlsn_status make_session(struct tlsni_post13 *p, const struct tlsni_msg_ticket13 *m,
                                struct tlsn_session *s)
{
    const struct tlsni_suite *suite;
    struct tlsni_secret resumption;
    tlsn_status st = tlsni_session_unpack(s, p->resumable, p->env);

    if (st != TLSN_OK)
        return st;
    suite = tlsni_suite_find(s->suite);
    if (!suite)
        return TLSN_ERR_INTERNAL;
    resumption = s->master;
    tlsni_schedule13_ticket_psk(tlsni_hash_find((enum tlsni_hash_id)suite->prf), &resumption,
                                m->nonce, &s->master);
    tlsni_secret_wipe(&resumption);
    s->age_add = m->age_add;
    s->early_data_max = p->early_data_max;
    s->issued_ms = tlsni_now_ms(p->env);
    set_lifetime(s, m->lifetime_s, p->session_seconds);
    return tlsni_buf_append(p->env, &s->ticket, m->ticket.data, m->ticket.len);
}

/* The sessions at the front of a list, at most `keep` of them. */
static struct tlsn_span cut(struct tlsn_span list, size_t keep)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (keep-- && tlsni_rd_left(&r))
        (void)tlsni_rd_vec_span(&r, 3, 1, SESSION_MAX);
    return tlsni_span_make(list.data, list.len - tlsni_rd_left(&r));
}

/* The newest session so far goes in front of the older ones. */
static tlsn_status make_older(struct tlsni_post13 *p)
{
    struct tlsn_span session = tlsni_bytes_span(p->session), rest;
    struct tlsni_buf list = { 0 };
    struct tlsni_wr w;
    size_t max;
    tlsn_status st;

    if (!session.len || p->keep < 2)
        return TLSN_OK;
    rest = cut(tlsni_bytes_span(p->older), p->keep - 2);
    max = 3 + session.len + rest.len;
    st = tlsni_buf_reserve(p->env, &list, max);
    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(list.data, max);
    tlsni_wr_vec(&w, 3, session);
    tlsni_wr_put(&w, rest.data, rest.len);
    list.end = w.len;
    st = w.bad ? TLSN_ERR_INTERNAL : tlsni_bytes_take(p->env, p->older, &list);
    tlsni_buf_free(p->env, &list);
    return st;
}

tlsn_status tlsni_post13_next_session(const struct tlsn_hooks *env, struct tlsni_bytes *session,
                                      struct tlsni_bytes *older)
{
    struct tlsni_rd r = tlsni_rd_span(tlsni_bytes_span(older));
    struct tlsn_span next = tlsni_rd_vec_span(&r, 3, 1, SESSION_MAX), rest = tlsni_rd_rest(&r);
    struct tlsni_bytes left = { 0 };
    tlsn_status st;

    if (!older->len) {
        tlsni_bytes_free(env, session);
        return TLSN_OK;
    }
    st = tlsni_bytes_set(env, &left, rest.data, rest.len);
    if (st == TLSN_OK)
        st = tlsni_bytes_set(env, session, next.data, next.len);
    if (st != TLSN_OK) {
        tlsni_bytes_free(env, &left);
        return st;
    }
    tlsni_bytes_free(env, older);
    *older = left;
    return TLSN_OK;
}

/* A lifetime of zero says that it is good for nothing.
 * @rfc 8446:4.6.1/5 */
tlsn_status tlsni_post13_ticket(struct tlsni_post13 *p, struct tlsn_span body)
{
    struct tlsni_msg_ticket13 m;
    struct tlsn_session s = { 0 };
    struct tlsni_buf fresh = { 0 };
    tlsn_status st = tlsni_msg_ticket13_parse(body, &m);

    if (st == TLSN_OK)
        st = tlsni_early13_read_limit(m.extensions, &p->early_data_max);
    if (st != TLSN_OK || !m.lifetime_s || !p->resumable.len || !p->keep)
        return st;
    st = make_session(p, &m, &s);
    if (st == TLSN_OK)
        st = tlsni_session_pack(&s, p->env, &fresh);
    tlsni_session_clear(&s);
    if (st == TLSN_OK)
        st = make_older(p);
    if (st == TLSN_OK)
        st = tlsni_bytes_take(p->env, p->session, &fresh);
    tlsni_buf_free(p->env, &fresh);
    return st;
}
