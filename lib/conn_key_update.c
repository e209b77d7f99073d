/* conn_key_update.c - new keys behind a TLS 1.3 handshake (RFC 8446 4.6.3, 7.2). */
#include "base/bytes.h"
#include "conn.h"
#include "handshake/schedule13.h"

enum { NOT_REQUESTED, REQUESTED };

/* The next traffic secret of one direction, and its keys in the place of the old ones. */
static tlsn_status step(tlsn_conn *c, bool writes)
{
    const struct tlsni_hash *hash = tlsni_version_hash(c->version, c->suite);
    struct tlsni_secret *secret = &c->secrets13->traffic[writes ? c->role : tlsni_other_role(c->role)];
    struct tlsni_prot **slot = writes ? &c->tx : &c->rx, *fresh;
    struct tlsni_prot_keys keys = { .suite = c->suite,
                                    .profile = c->version->record,
                                    .plain_max = (*slot)->plain_max,
                                    .pad = (*slot)->pad };
    struct tlsni_keys13 room;
    tlsn_status st;

    tlsni_schedule13_update(hash, secret);
    tlsni_schedule13_keys(hash, secret, &keys, &room);
    st = tlsni_prot_new(&fresh, c->env, &keys, writes);
    tlsni_wipe(&room, sizeof room);
    if (st != TLSN_OK)
        return st;
    tlsni_prot_free(*slot);
    *slot = fresh;
    return TLSN_OK;
}

/* A sender counts its own; what the peer counts is the peer's affair.
 * @rfc 9846:4.7.3/2, 9846:4.7.3/3 */
static bool may_update(const tlsn_conn *c)
{
    return c->secrets13->updates < TLSNI_KEY_UPDATES_MAX;
}

/* The message goes out under the old keys, all behind it under the new ones.
 * @rfc 8446:4.6.3/1, 8446:4.6.3/5 */
static tlsn_status send_update(tlsn_conn *c, uint8_t request)
{
    const uint8_t message[] = { TLSNI_MSG_KEY_UPDATE, 0, 0, 1, request };
    tlsn_status st = tlsni_conn_queue(c, TLSNI_CONTENT_HANDSHAKE, message, sizeof message);

    c->secrets13->updates++;
    return st == TLSN_OK ? step(c, true) : st;
}

/* Each request has its answer at once, up to a bound for a peer that asks and does not read: the answers that
 * wait do for what it asks further. Behind close_notify there is none, nor when there can be no more.
 * @rfc 8446:4.6.3/3, 9846:4.7.3/4 */
static tlsn_status answer(tlsn_conn *c)
{
    if (!tlsn_output_pending(c))
        c->secrets13->answers = 0;
    if (c->close_sent || !may_update(c) ||
        c->secrets13->answers >= tlsni_conn_limits(c)->empty_records)
        return TLSN_OK;
    c->secrets13->answers++;
    return send_update(c, NOT_REQUESTED);
}

/* Keys that nothing was sent with are free for the sender and dear for us; what we asked for does not count.
 * Whatever the peer's message says, it may be asked again. */
static tlsn_status count(tlsn_conn *c, uint8_t request, struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->empty_records;
    bool asked = c->secrets13->asked;

    c->secrets13->asked = false;
    if (request == NOT_REQUESTED && asked)
        return TLSN_OK;
    if (++c->empty_records <= max)
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_TOO_MANY, "handshake", "more than %u KeyUpdates in a row", max);
}

/* @rfc 8446:4.6.3/2 */
tlsn_status tlsni_conn_take_key_update(tlsn_conn *c, struct tlsn_span body, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    uint8_t request = tlsni_rd_u8(&r);
    tlsn_status st = tlsni_rd_end(&r);

    if (st != TLSN_OK)
        return st;
    if (request > REQUESTED)
        return tlsni_fail(err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake", "KeyUpdate with request %u",
                          request);
    st = count(c, request, err);
    if (st == TLSN_OK)
        st = step(c, false);
    return st == TLSN_OK && request == REQUESTED ? answer(c) : st;
}

/* When there can be no more updates the keys are used up at some time, and the connection ends.
 * @rfc 8446:5.5/1, 9846:5.5/1 */
tlsn_status tlsni_conn_renew_keys(tlsn_conn *c)
{
    if (!c->secrets13 || !c->done || !tlsni_prot_due(c->tx) || !may_update(c))
        return TLSN_OK;
    return send_update(c, NOT_REQUESTED);
}

/* One request is on its way at a time.
 * @rfc 9846:4.7.3/1 */
tlsn_status tlsn_key_update(tlsn_conn *c, bool both)
{
    tlsn_status st;

    if (!c)
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!c->secrets13 || !c->done || c->close_sent)
        return TLSN_ERR_MISUSE;
    if (!may_update(c))
        return TLSN_ERR_LIMIT;
    both = both && !c->secrets13->asked;
    st = send_update(c, both ? REQUESTED : NOT_REQUESTED);
    if (st != TLSN_OK)
        return tlsni_conn_fail(c, st, NULL);
    c->secrets13->asked |= both;
    return TLSN_OK;
}
