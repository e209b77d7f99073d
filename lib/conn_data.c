/* conn_data.c - application data and closing. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"

/* ---- out ---- */

/* One record, or a split one, for the front of plain: straight into the caller's buffer when it fits,
 * else into the pending output when nothing was written yet. *taken 0: neither. */
static tlsn_status seal_one(tlsn_conn *c, const uint8_t *plain, size_t len, size_t *taken,
                            uint8_t *out, size_t cap, size_t *written)
{
    size_t max = tlsni_conn_plain_max(c, true), n = len < max ? len : max, size = 0;
    tlsn_status st = TLSN_OK;

    *taken = 0;
    if (tlsni_prot_data_size(c->tx, n) <= cap - *written) {
        st = tlsni_prot_seal_data(c->tx, tlsni_conn_wire_version(c), plain, n, out + *written,
                                  cap - *written, &size);
        c->records_out += tlsni_prot_data_records(c->tx, n);
    } else if (*written == 0) {
        st = tlsni_conn_queue_data(c, plain, n);
        if (st == TLSN_OK)
            tlsni_conn_pump(c, out, cap, written);
    } else {
        return TLSN_OK;
    }
    *written += size;
    *taken = n;
    return st;
}

/* @rfc 8446:2/3, 8446:5.1/8, 8446:4.4.4/4 */
static tlsn_status may_write(const tlsn_conn *c)
{
    if (tlsni_conn_failed(c))
        return c->error.status;
    return (c->done && !c->close_sent) || tlsn_may_start_early(c) || tlsni_conn_answers_early(c)
               ? TLSN_OK
               : TLSN_ERR_MISUSE;
}

static bool share_memory(const void *a, size_t a_len, const void *b, size_t b_len)
{
    uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;

    return a_len && b_len && x < y + b_len && y < x + a_len;
}

/* Whatever is written to `out` in front of the one record would be written over its plain text. */
tlsn_status tlsni_conn_may_seal(const tlsn_conn *c, const void *plain, size_t len, const void *out,
                                size_t cap)
{
    if (!share_memory(plain, len, out, cap))
        return TLSN_OK;
    if (len > tlsni_conn_plain_max(c, true))
        return TLSN_ERR_ARGUMENT;
    return tlsn_output_pending(c) ? TLSN_NEED_OUTPUT : TLSN_OK;
}

/* All of plain that gets out, behind what is pending. */
tlsn_status tlsni_conn_seal(tlsn_conn *c, const uint8_t *plain, size_t len, size_t *consumed,
                            uint8_t *out, size_t cap, size_t *written)
{
    if (tlsn_output_pending(c))
        tlsni_conn_pump(c, out, cap, written);
    if (tlsni_conn_renegotiates(c))
        return tlsn_output_pending(c) ? TLSN_NEED_OUTPUT : TLSN_NEED_INPUT;
    while (*consumed < len && !tlsn_output_pending(c)) {
        size_t n;
        tlsn_status st = seal_one(c, plain + *consumed, len - *consumed, &n, out, cap, written);

        if (st < 0)
            return tlsni_conn_fail(c, st, NULL);
        if (!n)
            break;
        *consumed += n;
    }
    return *consumed == len && !tlsn_output_pending(c) ? TLSN_OK : TLSN_NEED_OUTPUT;
}

/* @rfc 5246:10/1, 6101:5.7/1, 5246:7.3/12 */
tlsn_status tlsn_encrypt(tlsn_conn *c, const void *plain, size_t len, size_t *consumed, void *out,
                         size_t out_cap, size_t *written)
{
    tlsn_status st;

    *consumed = *written = 0;
    if (!c || (!plain && len) || (!out && out_cap))
        return TLSN_ERR_ARGUMENT;
    st = may_write(c);
    if (st != TLSN_OK)
        return st;
    st = tlsni_conn_renew_keys(c);
    if (st != TLSN_OK)
        return tlsni_conn_fail(c, st, NULL);
    st = tlsni_conn_may_seal(c, plain, len, out, out_cap);
    return st == TLSN_OK ? tlsni_conn_seal(c, plain, len, consumed, out, out_cap, written) : st;
}

size_t tlsn_record_size(const tlsn_conn *c, size_t len)
{
    size_t max = tlsni_conn_plain_max(c, true), full = len / max, rest = len % max;

    return full * tlsni_prot_data_size(c->tx, max) +
           (rest ? tlsni_prot_data_size(c->tx, rest) : 0);
}

size_t tlsn_record_plain_max(const tlsn_conn *c)
{
    return tlsni_conn_plain_max(c, true);
}

/* ---- in ---- */

/* Data that were opened before. */
static void deliver_kept(tlsn_conn *c, uint8_t *plain, size_t cap, size_t *written)
{
    struct tlsni_buf *kept = &c->rare->plain;
    size_t len = tlsni_buf_len(kept), n = len < cap ? len : cap;

    if (n)
        memcpy(plain, kept->data + kept->start, n);
    tlsni_buf_skip(kept, n);
    *written = n;
    if (!tlsni_buf_len(kept))
        tlsni_buf_free(c->env, kept);
}

bool tlsni_conn_keeps(const tlsn_conn *c)
{
    return tlsni_buf_len(&tlsni_conn_rare(c)->plain) != 0;
}

/* None of the input is used up by this: it must not be written over. */
tlsn_status tlsni_conn_give_kept(tlsn_conn *c, const void *in, size_t in_len, uint8_t *plain,
                                 size_t cap, size_t *written)
{
    if (share_memory(plain, cap, in, in_len))
        return TLSN_ERR_ARGUMENT;
    deliver_kept(c, plain, cap, written);
    return TLSN_OK;
}

/* @rfc 5246:6.2.1/7 */
tlsn_status tlsni_conn_count_empty(tlsn_conn *c, size_t len, struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->empty_records;

    c->warnings = 0;
    if (len) {
        c->empty_records = 0;
        return TLSN_OK;
    }
    if (++c->empty_records > max)
        return tlsni_fail(err, TLSN_ERR_TOO_MANY, "record", "more than %u empty records in a row",
                          max);
    return TLSN_OK;
}

/* Data in between would be inside of a message (RFC 8446 5.1), or of an answer (4.6.2).
 * @rfc 8446:5.1/1, 8446:4.6.2/4 */
static tlsn_status check_between(const tlsn_conn *c, struct tlsni_err *err)
{
    bool inside = c->version->record->inner_type && tlsni_buf_len(&c->post);

    if (!inside && !tlsni_conn_authenticates(c))
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                      "application data inside %s",
                      inside ? "a handshake message" : "the messages of a client's answer");
}

/* Data that were opened; what only looked like them from outside goes its own way. */
static tlsn_status sort_out(tlsn_conn *c, uint8_t type, const uint8_t *data, size_t len,
                            size_t *written, struct tlsni_err *err)
{
    tlsn_status st;

    *written = 0;
    if (!c->done)
        return tlsni_conn_take_early(c, type, data, len, written, err);
    if (type != TLSNI_CONTENT_APPLICATION)
        return tlsni_conn_take_inner(c, type, data, len, err);
    st = check_between(c, err);
    if (st == TLSN_OK)
        st = tlsni_conn_count_empty(c, len, err);
    if (st == TLSN_OK)
        *written = len;
    return st;
}

/* A record that does not fit is kept and then delivered in parts. */
static tlsn_status open_kept(tlsn_conn *c, const struct tlsni_record *rec, uint8_t *plain,
                             size_t cap, uint8_t *type, size_t *written, struct tlsni_err *err)
{
    const uint8_t *data;
    struct tlsni_rare *rare = tlsni_conn_need_rare(c);
    size_t len;
    tlsn_status st;

    if (!rare)
        return TLSN_ERR_NO_MEMORY;
    st = tlsni_conn_open(c, rec, &rare->plain, type, &data, &len, err);
    if (st == TLSN_OK)
        st = sort_out(c, *type, data, len, written, err);
    if (st == TLSN_OK && *type == TLSNI_CONTENT_APPLICATION)
        rare->plain.end += len;
    if (!tlsni_buf_len(&rare->plain))
        tlsni_buf_free(c->env, &rare->plain);
    if (st != TLSN_OK || *type != TLSNI_CONTENT_APPLICATION)
        return st;
    deliver_kept(c, plain, cap, written);
    return TLSN_OK;
}

tlsn_status tlsni_conn_take_data(tlsn_conn *c, const struct tlsni_record *rec, uint8_t *plain,
                                 size_t cap, uint8_t *type, size_t *written, struct tlsni_err *err)
{
    const uint8_t *data;
    size_t len;
    tlsn_status st = TLSN_ERR_BUFFER;

    /* @rfc 5246:6.2.1/9 data between messages are taken, but not under keys that are still to be proved */
    if (tlsni_conn_renegotiates(c) && (c->scratch->hs.proofs & TLSNI_P_CCS))
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "application data between ChangeCipherSpec and Finished");
    if (plain)
        st = tlsni_prot_open(c->rx, rec, plain, cap, type, &data, &len);
    if (st == TLSN_ERR_BUFFER)
        return open_kept(c, rec, plain, cap, type, written, err);
    if (st != TLSN_OK)
        return tlsni_fail(err, st, "record", "record %llu of %zu bytes: %s",
                          (unsigned long long)c->records_in, rec->len, tlsn_status_text(st));
    c->records_in++;
    return sort_out(c, *type, data, len, written, err);
}

/* @rfc 5246:7.2.1/2
 * @rfc 8446:6.1/1 */
static tlsn_status read_data(tlsn_conn *c, const uint8_t *in, size_t in_len, size_t *consumed,
                             uint8_t *plain, size_t cap, size_t *written, struct tlsni_err *err)
{
    struct tlsni_record rec;
    size_t hint;
    tlsn_status st;

    while (!c->close_received) {
        uint8_t type;

        st = tlsni_conn_progress(c);
        if (st == TLSN_OK)
            st = tlsni_conn_take_waiting(c, err);
        if (st != TLSN_OK)
            return st;
        st = tlsni_conn_next_record(c, in + *consumed, in_len - *consumed, &rec, &hint, err);
        if (st != TLSN_OK)
            return st;
        type = rec.type;
        if (type == TLSNI_CONTENT_APPLICATION)
            st = tlsni_conn_take_data(c, &rec, plain, cap, &type, written, err);
        else
            st = tlsni_conn_take_other(c, &rec, err);
        *consumed += rec.size;
        if (st != TLSN_OK || type == TLSNI_CONTENT_APPLICATION)
            return st;
    }
    return TLSN_CLOSED;
}

tlsn_status tlsn_decrypt(tlsn_conn *c, const void *in, size_t in_len, size_t *consumed, void *plain,
                         size_t cap, size_t *written)
{
    struct tlsni_err err;
    tlsn_status st;

    *consumed = *written = 0;
    if (!c || (!in && in_len) || (!plain && cap))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!c->done)
        return TLSN_ERR_MISUSE;
    if (tlsni_conn_keeps(c))
        return tlsni_conn_give_kept(c, in, in_len, plain, cap, written);
    err.status = TLSN_OK;
    st = read_data(c, in ? in : "", in_len, consumed, plain, cap, written, &err);
    if (st < 0) /* either of the two noted it */
        return tlsni_conn_fail(c, st, c->scratch && err.status != st ? &c->scratch->err : &err);
    return st;
}

/* ---- closing ---- */

tlsn_status tlsn_drain(tlsn_conn *c, void *out, size_t out_cap, size_t *written)
{
    *written = 0;
    if (!c || (!out && out_cap))
        return TLSN_ERR_ARGUMENT;
    tlsni_conn_pump(c, out, out_cap, written);
    if (tlsni_conn_failed(c))
        return c->error.status;
    return tlsn_output_pending(c) ? TLSN_NEED_OUTPUT : TLSN_OK;
}

/* @rfc 5246:7.2.1/1, 5246:7.2.1/3
 * @rfc 8446:6.1/3, 9846:6.1/1 */
tlsn_status tlsn_shutdown(tlsn_conn *c, void *out, size_t out_cap, size_t *written)
{
    tlsn_status st;

    *written = 0;
    if (!c || (!out && out_cap))
        return TLSN_ERR_ARGUMENT;
    if (c->scratch && c->scratch->calling)
        return TLSN_ERR_MISUSE;
    if (!c->close_sent && !tlsni_conn_failed(c)) {
        st = tlsni_conn_queue_alert(c, TLSNI_ALERT_WARNING, TLSNI_ALERT_CLOSE_NOTIFY);
        if (st != TLSN_OK)
            return tlsni_conn_fail(c, st, NULL);
        c->close_sent = true;
    }
    return tlsn_drain(c, out, out_cap, written);
}

bool tlsn_output_pending(const tlsn_conn *c)
{
    return tlsni_buf_len(&c->out) != 0;
}

size_t tlsn_output_len(const tlsn_conn *c)
{
    return tlsni_buf_len(&c->out);
}

/* @rfc 5246:7.2.1/5, 5246:7.2.1/6
 * @rfc 8446:6.1/5 */
tlsn_status tlsn_transport_eof(tlsn_conn *c)
{
    if (!c)
        return TLSN_ERR_ARGUMENT;
    if (c->scratch && c->scratch->calling)
        return TLSN_ERR_MISUSE;
    if (c->close_received)
        return TLSN_CLOSED;
    return tlsni_conn_fail(c, TLSN_ERR_TRUNCATED, NULL);
}

size_t tlsn_input_hint(const tlsn_conn *c, const void *in, size_t in_len)
{
    struct tlsni_record rec;
    size_t hint = TLSNI_RECORD_HEADER;
    tlsn_status st = tlsni_conn_next_record(c, in ? in : "", in_len, &rec, &hint, NULL);

    return st == TLSN_OK ? rec.size : hint;
}

size_t tlsn_payload_offset(const tlsn_conn *c)
{
    return tlsni_prot_data_lead(c->tx);
}

size_t tlsn_payload_offset_in(const tlsn_conn *c)
{
    return tlsni_prot_lead(c->rx);
}
