#include "handshake/common13.h"

#include "base/ct.h"
#include "ext/ext.h"
#include "handshake/delegated13.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "handshake/packed13.h"
#include "handshake/send.h"
#include "handshake/transcript.h"

const uint8_t tlsni_retry_random[TLSNI_RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
};

/* ---- Certificate ---- */

tlsn_status tlsni_peer_list_add(struct tlsni_hs *hs, struct tlsni_buf *list, struct tlsn_span der)
{
    const uint8_t len[3] = { (uint8_t)(der.len >> 16), (uint8_t)(der.len >> 8), (uint8_t)der.len };
    tlsn_status st = tlsni_buf_append(hs->env, list, len, sizeof len);

    return st == TLSN_OK ? tlsni_buf_append(hs->env, list, der.data, der.len) : st;
}

/* @rfc 8446:4.4.2/2 */
static tlsn_status take_entries(struct tlsni_hs *hs, struct tlsni_buf *list, struct tlsn_span rest)
{
    struct tlsn_span der, extensions;
    tlsn_status st = tlsni_buf_reserve(hs->env, list, rest.len);

    hs->tls13.entry = 0;
    while (st == TLSN_OK && tlsni_msg_certificate13_next(&rest, &der, &extensions)) {
        st = tlsni_peer_list_add(hs, list, der);
        if (st == TLSN_OK)
            st = tlsni_ext_read(hs, TLSNI_IN_CERTIFICATE, extensions);
        hs->tls13.entry++;
    }
    return st;
}

/* @rfc 8446:4.4.2/8 */
static tlsn_status check_context(struct tlsni_hs *hs, struct tlsn_span context)
{
    if (tlsni_span_eq(context, hs->tls13.request_context))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "Certificate with a context of %zu bytes, which is not that of the request",
                      context.len);
}

/* A raw public key is the one entry there may be (RFC 7250, RFC 8446 4.4.2).
 * @rfc 8446:4.4.2/3 */
static tlsn_status take_list(struct tlsni_hs *hs, struct tlsn_span list)
{
    if (hs->peer_type == TLSN_CERT_RAW_KEY && hs->tls13.entry > 1)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "%zu raw public keys in one Certificate", hs->tls13.entry);
    return hs->peer_type == TLSN_CERT_RAW_KEY ? tlsni_peer_raw_key(hs, list)
                                              : tlsni_peer_chain(hs, list);
}

tlsn_status tlsni_peer_certificate13(struct tlsni_hs *hs, struct tlsn_span body, bool *any)
{
    struct tlsni_msg_certificate13 m;
    struct tlsni_buf list = { 0 };
    tlsn_status st = tlsni_msg_certificate13_parse(body, &m);

    *any = false;
    if (st == TLSN_OK)
        st = check_context(hs, m.context);
    if (st != TLSN_OK || !m.list.len)
        return st;
    *any = true;
    st = tlsni_peer_check_list(hs, m.list.len);
    if (st == TLSN_OK)
        st = take_entries(hs, &list, m.list);
    if (st == TLSN_OK)
        st = take_list(hs, tlsni_buf_span(&list));
    if (st == TLSN_OK)
        st = tlsni_delegated13_take(hs);
    tlsni_buf_free(hs->env, &list);
    return st;
}

/* The list of a credential, as it is shown. */
static struct tlsn_span own_list(const struct tlsni_hs *hs)
{
    const tlsn_credential *c = hs->credential;

    if (!c)
        return tlsni_span_make(NULL, 0);
    return hs->own_type == TLSN_CERT_RAW_KEY ? c->spki : tlsni_span_make(c->list, c->list_len);
}

static void write_entry(struct tlsni_hs *hs, struct tlsni_wr *w, struct tlsn_span der)
{
    tlsni_wr_vec(w, 3, der);
    tlsni_ext_write(hs, TLSNI_IN_CERTIFICATE, w);
    hs->tls13.entry++;
}

static void write_entries(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsn_span list = own_list(hs), der;

    hs->tls13.entry = 0;
    if (hs->credential && hs->own_type == TLSN_CERT_RAW_KEY)
        write_entry(hs, w, list);
    else
        while (tlsni_msg_certificate_next(&list, &der))
            write_entry(hs, w, der);
}

/* Room for entries and what stands in their extensions. */
static size_t entries_max(const struct tlsni_hs *hs)
{
    const tlsn_credential *c = hs->credential;

    return c ? own_list(hs).len + 3 + 16 * (c->count + 1) + tlsni_buf_len(&c->ocsp) +
                   tlsni_buf_len(&c->scts) +
                   (hs->tls13.delegated ? hs->tls13.delegated->delegated_len : 0)
             : 0;
}

/* @rfc 8446:4.4.2/1
 * @rfc 8446:4.4.2/5, 8446:4.4.2/6 */
tlsn_status tlsni_act13_send_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span context = hs->tls13.request_context;
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE,
                                      1 + context.len + 3 + entries_max(hs));
    size_t list;

    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_wr_vec(&s.w, 1, context);
    list = tlsni_wr_open(&s.w, 3);
    write_entries(hs, &s.w);
    tlsni_wr_close(&s.w, 3, list);
    st = tlsni_send_close(hs, &s);
    if (st == TLSN_OK)
        st = tlsni_packed_replace(hs);
    return st == TLSN_OK ? tlsni_send_closed(hs) : st;
}

/* ---- CertificateVerify ---- */

enum { SPACES = 64, INPUT_MAX = SPACES + 34 + TLSNI_HASH_LEN_MAX };

/* RFC 8446 4.4.3: 64 spaces, whose signature it is, a zero, the hash of the messages.
 * @rfc 8446:4.4.3/2 */
tlsn_status tlsni_verify13_input(struct tlsni_hs *hs, const char *context,
                                 const struct tlsni_hash_ctx *messages)
{
    uint8_t input[INPUT_MAX];
    struct tlsni_wr w = tlsni_wr_make(input, sizeof input);
    uint8_t *at = tlsni_wr_reserve(&w, SPACES);

    if (at)
        memset(at, ' ', SPACES);
    tlsni_wr_put(&w, context, strlen(context) + 1);
    at = tlsni_wr_reserve(&w, messages->row->len);
    if (!at || w.bad)
        return TLSN_ERR_INTERNAL;
    tlsni_hash_peek(messages, at);
    hs->sign_input.start = hs->sign_input.end = 0;
    return tlsni_buf_append(hs->env, &hs->sign_input, input, w.len);
}

static tlsn_status sign_input(struct tlsni_hs *hs, enum tlsn_role signer)
{
    static const char *const contexts[] = { "TLS 1.3, client CertificateVerify",
                                            "TLS 1.3, server CertificateVerify" };

    return tlsni_verify13_input(hs, contexts[signer], &hs->transcript.hash);
}

/* @rfc 8446:4.4.3/3, 8446:4.4.3/4, 8701:3.1/13 */
tlsn_status tlsni_act13_receive_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_sigalg **row = hs->role == TLSN_CLIENT ? &hs->scheme : &hs->peer_scheme;
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_signed sig;
    tlsn_status st = tlsni_msg_signed_parse(&r, true, &sig);

    if (st == TLSN_OK)
        st = sign_input(hs, tlsni_other_role(hs->role));
    return st == TLSN_OK ? tlsni_peer_signature(hs, &sig, tlsni_buf_span(&hs->sign_input), row) : st;
}

tlsn_status tlsni_verify13_begin(struct tlsni_hs *hs, const struct tlsni_sigalg *scheme)
{
    tlsn_status st = sign_input(hs, hs->role);

    if (st == TLSN_OK)
        tlsni_key_op_begin(hs, TLSNI_OP_SIGN, scheme, tlsni_buf_span(&hs->sign_input));
    return st;
}

tlsn_status tlsni_act13_send_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_key_op_run(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    const struct tlsni_msg_signed sig = { hs->key_op.scheme->id,
                                          { hs->key_op.result, hs->key_op.result_len } };

    st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE_VERIFY, 4 + sig.signature.len);
    if (st != TLSN_OK)
        return st;
    tlsni_msg_signed_write(&s.w, true, &sig);
    return tlsni_send_end(hs, &s);
}

/* ---- Finished ---- */

/* @rfc 8446:4.4.2/7, 8446:4.4.4/3 */
tlsn_status tlsni_finished13_send(struct tlsni_hs *hs)
{
    size_t len = hs->tls13.keys.hash->len;
    uint8_t verify_data[TLSNI_HASH_LEN_MAX];
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_FINISHED, len);

    if (st != TLSN_OK)
        return st;
    tlsni_schedule13_verify_data(hs, hs->role, verify_data);
    tlsni_wr_put(&s.w, verify_data, len);
    return tlsni_send_end(hs, &s);
}

/* @rfc 8446:4.4.4/1 */
tlsn_status tlsni_act13_receive_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    size_t len = hs->tls13.keys.hash->len;
    uint8_t right[TLSNI_HASH_LEN_MAX];
    struct tlsn_span got;
    tlsn_status st = tlsni_msg_finished_parse(body, len, &got);

    if (st != TLSN_OK)
        return st;
    tlsni_schedule13_verify_data(hs, tlsni_other_role(hs->role), right);
    if (tlsni_ct_memeq(got.data, right, len))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECRYPT_ERROR, "handshake",
                      "the peer's Finished does not agree with the handshake");
}

/* ---- the session ---- */

/* A session that goes on keeps what was learned at its beginning; what was agreed on anew is new. */
static void renew(struct tlsni_hs *hs)
{
    struct tlsn_session *s = &hs->session;

    s->suite = hs->suite->id;
    s->group = hs->group ? hs->group->id : 0;
    s->alpn_len = (uint8_t)hs->alpn.len;
    if (hs->alpn.len)
        memcpy(s->alpn, hs->alpn.data, hs->alpn.len);
    tlsni_buf_free(&s->env, &s->ticket);
}

tlsn_status tlsni_session13_fill(struct tlsni_hs *hs)
{
    tlsn_status st = TLSN_OK;

    if (hs->resumed)
        renew(hs);
    else
        st = tlsni_session_fill(hs);
    hs->session.id_len = 0; /* it was for the eyes of others */
    hs->session.master = hs->tls13.keys.resumption;
    return st;
}
