/* conn_early.c - early data of TLS 1.3 as records (RFC 8446 4.2.10). */
#include "base/bytes.h"
#include "conn.h"
#include "handshake/early13.h"

static const struct tlsni_hs *hs_of(const tlsn_conn *c)
{
    return c && c->scratch && !c->done ? &c->scratch->hs : NULL;
}

/* ---- those that are not taken ---- */

static uint8_t skip_of(const tlsn_conn *c)
{
    return c->scratch ? c->scratch->hs.tls13.early_skip : TLSNI_SKIP_NONE;
}

bool tlsni_conn_skips(const tlsn_conn *c)
{
    return skip_of(c) != TLSNI_SKIP_NONE;
}

bool tlsni_conn_sift_early(tlsn_conn *c, const struct tlsni_record *rec, tlsn_status *status)
{
    struct tlsni_scratch *s = c->scratch;
    bool inside = s && tlsni_buf_len(&s->in); /* of a message, where nothing else stands */
    bool by_type = skip_of(c) == TLSNI_SKIP_BY_TYPE && !inside;
    bool by_trial = skip_of(c) == TLSNI_SKIP_BY_TRIAL;

    if (by_trial && *status == TLSN_OK)
        s->hs.tls13.early_skip = TLSNI_SKIP_NONE;
    if (rec->type != TLSNI_CONTENT_APPLICATION ||
        !(by_type || (by_trial && *status == TLSN_ERR_BAD_RECORD_MAC)))
        return false;
    s->err.status = TLSN_OK; /* what was noted when it did not open */
    *status = tlsni_early13_skip(&s->hs, rec->len);
    return true;
}

/* ---- client ---- */

/* @rfc 8446:E.5/1 */
tlsn_status tlsn_conn_set_early_data(tlsn_conn *c, bool on)
{
    if (!c)
        return TLSN_ERR_ARGUMENT;
    if (c->role != TLSN_CLIENT || c->scratch || c->done || tlsni_conn_failed(c))
        return TLSN_ERR_MISUSE;
    c->early_wanted = on;
    return TLSN_OK;
}

size_t tlsn_early_data_left(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = hs_of(c);
    bool may = hs && c->role == TLSN_CLIENT && c->tx && !c->close_sent && !tlsni_conn_failed(c);

    return may ? hs->tls13.early_left : 0;
}

/* There are no new keys for early data: when those are used up the connection ends.
 * @rfc 8446:4.6.1/7, 9846:5.5/2 */
tlsn_status tlsn_encrypt_early(tlsn_conn *c, const void *plain, size_t len, size_t *consumed,
                               void *out, size_t out_cap, size_t *written)
{
    size_t left = tlsn_early_data_left(c), n = len < left ? len : left;
    tlsn_status st;

    *consumed = *written = 0;
    if (!c || (!plain && len) || (!out && out_cap))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!left && (len || !tlsn_output_pending(c))) /* the last of them may still be pending */
        return TLSN_ERR_MISUSE;
    st = tlsni_conn_may_seal(c, plain, n, out, out_cap);
    if (st == TLSN_OK)
        st = tlsni_conn_seal(c, plain, n, consumed, out, out_cap, written);
    if (st >= 0 && *consumed)
        c->scratch->hs.tls13.early_left -= (uint32_t)*consumed;
    return st == TLSN_OK && *consumed < len ? TLSN_NEED_INPUT : st;
}

/* @rfc 8446:A.1/1 */
void tlsni_conn_leave_early(tlsn_conn *c)
{
    struct tlsni_hs *hs = c->scratch && !c->done ? &c->scratch->hs : NULL;

    if (hs && c->role == TLSN_CLIENT && hs->tls13.early == TLSN_EARLY_OFFERED &&
        hs->tls13.keys.handshake[TLSN_CLIENT].len && tlsni_early13_reject(hs) != TLSN_OK)
        c->close_sent = true; /* nothing can be said */
}

/* ---- server ---- */

bool tlsni_conn_reads_early(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = hs_of(c);

    return hs && hs->tls13.early_reads;
}

bool tlsni_conn_answers_early(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = hs_of(c);

    return hs && c->role == TLSN_SERVER && (hs->facts & TLSNI_F_EARLY) &&
           (hs->proofs & TLSNI_P_KEYS) && !c->close_sent;
}

static tlsn_status take_handshake(tlsn_conn *c, const uint8_t *data, size_t len,
                                  struct tlsni_err *err)
{
    if (!len)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record", "empty handshake record");
    return tlsni_buf_append(c->env, &c->scratch->in, data, len);
}

tlsn_status tlsni_conn_take_early(tlsn_conn *c, uint8_t type, const uint8_t *data, size_t len,
                                  size_t *written, struct tlsni_err *err)
{
    struct tlsni_scratch *s = c->scratch;
    tlsn_status st;

    if (type == TLSNI_CONTENT_HANDSHAKE)
        return take_handshake(c, data, len, err);
    if (type == TLSNI_CONTENT_ALERT)
        return tlsni_conn_alerts(c, data, len, err);
    if (type != TLSNI_CONTENT_APPLICATION || tlsni_buf_len(&s->in))
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "record of type %u among early data", type);
    st = tlsni_conn_count_empty(c, len, err);
    if (st == TLSN_OK)
        st = tlsni_early13_count(&s->hs, len);
    if (st == TLSN_OK)
        *written = len;
    return st;
}

/* One record. *type: what was in it.
 * @rfc 8446:4.2.10/8, 8470:2/1, 8470:3/2 */
static tlsn_status read_record(tlsn_conn *c, const uint8_t *in, size_t len, size_t *consumed,
                               uint8_t *plain, size_t cap, size_t *written, uint8_t *type)
{
    struct tlsni_err *err = &c->scratch->err;
    struct tlsni_record rec;
    size_t hint;
    tlsn_status st = tlsni_conn_next_record(c, in + *consumed, len - *consumed, &rec, &hint, err);

    if (st != TLSN_OK)
        return st;
    *type = rec.type;
    *consumed += rec.size;
    if (tlsni_conn_drops_ccs(c, &rec))
        return tlsni_conn_drop_ccs(c, &rec, err);
    st = tlsni_conn_check_outside(c, &rec, err);
    return st == TLSN_OK ? tlsni_conn_take_data(c, &rec, plain, cap, type, written, err) : st;
}

static tlsn_status read_early(tlsn_conn *c, const uint8_t *in, size_t len, size_t *consumed,
                              uint8_t *plain, size_t cap, size_t *written)
{
    while (!c->close_received) {
        uint8_t type = 0;
        tlsn_status st = read_record(c, in, len, consumed, plain, cap, written, &type);

        if (st != TLSN_OK || type == TLSNI_CONTENT_APPLICATION)
            return st;
        if (type != TLSNI_CONTENT_HANDSHAKE)
            continue;
        st = tlsni_conn_advance(c);
        if (st < 0 || !tlsni_conn_reads_early(c))
            return st < 0 ? st : TLSN_EARLY_END;
    }
    return TLSN_CLOSED;
}

tlsn_status tlsn_decrypt_early(tlsn_conn *c, const void *in, size_t in_len, size_t *consumed,
                               void *plain, size_t cap, size_t *written)
{
    tlsn_status st;

    *consumed = *written = 0;
    if (!c || (!in && in_len) || (!plain && cap))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!tlsni_conn_reads_early(c))
        return TLSN_ERR_MISUSE;
    if (tlsni_conn_keeps(c))
        return tlsni_conn_give_kept(c, in, in_len, plain, cap, written);
    st = read_early(c, in ? in : "", in_len, consumed, plain, cap, written);
    return st < 0 ? tlsni_conn_fail(c, st, c->scratch ? &c->scratch->err : NULL) : st;
}
