#include "handshake/authenticator.h"

#include "base/ct.h"
#include "cipher/hmac.h"
#include "cipher/sigalg.h"
#include "ext/ext.h"
#include "handshake/common13.h"
#include "handshake/msg.h"
#include "handshake/negotiate.h"

static const char layer[] = "authenticator";

/* ---- requests ---- */

/* What a request may have besides server_name, as in CertificateRequest (RFC 9261 4); more that is in one is passed
 * over. */
static const uint16_t asked[] = {
    TLSNI_EXT_SIGNATURE_ALGORITHMS, TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT,
    TLSNI_EXT_CERTIFICATE_AUTHORITIES, TLSNI_EXT_OID_FILTERS,
    TLSNI_EXT_STATUS_REQUEST, TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP,
};
enum { ASKED = sizeof asked / sizeof *asked };

/* @rfc 9261:4/1, 9261:4/2, 9261:4/5, 9261:7.1/1 */
void tlsni_authenticator_write_request(struct tlsni_hs *hs, struct tlsni_wr *w,
                                       struct tlsn_span context, const char *server_name)
{
    size_t message = tlsni_msg_begin(w, hs->role == TLSN_CLIENT
                                            ? TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST
                                            : TLSNI_MSG_CERTIFICATE_REQUEST);
    size_t block;

    tlsni_wr_vec(w, 1, context);
    block = tlsni_wr_open(w, 2);
    hs->server_name = server_name;
    tlsni_ext_write_one(hs, TLSNI_IN_CLIENT_HELLO, TLSNI_EXT_SERVER_NAME, w);
    for (size_t i = 0; i < ASKED; i++)
        tlsni_ext_write_one(hs, TLSNI_IN_CERTIFICATE_REQUEST, asked[i], w);
    tlsni_wr_close(w, 2, block);
    tlsni_msg_end(w, message);
}

/* A message of this type at the front; bad when it is not there. */
static struct tlsn_span take_message(struct tlsni_rd *r, uint8_t type)
{
    const uint8_t *from = r->p;
    bool right = tlsni_rd_u8(r) == type;
    size_t len = tlsni_rd_u24(r);

    (void)tlsni_rd_bytes(r, len);
    if (r->bad || !right) {
        tlsni_rd_fail(r);
        return tlsni_span_make(NULL, 0);
    }
    return tlsni_span_make(from, TLSNI_MSG_HEADER + len);
}

static struct tlsn_span body_of(struct tlsn_span message)
{
    return tlsni_span_make(message.data + TLSNI_MSG_HEADER, message.len - TLSNI_MSG_HEADER);
}

static bool read_schemes(struct tlsn_span data, struct tlsn_span *list)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    *list = tlsni_rd_list_span(&r, 2, 2, 2, 65535);
    return tlsni_rd_done(&r);
}

/* @rfc 9261:4/3 */
tlsn_status tlsni_authenticator_read_request(struct tlsn_span message, enum tlsn_role maker,
                                             struct tlsni_authenticator_request *out)
{
    struct tlsni_rd r = tlsni_rd_span(message);
    struct tlsn_span data;
    tlsn_status st;

    memset(out, 0, sizeof *out);
    out->message = take_message(&r, maker == TLSN_CLIENT ? TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST
                                                         : TLSNI_MSG_CERTIFICATE_REQUEST);
    st = tlsni_rd_end(&r);
    if (st == TLSN_OK)
        st = tlsni_msg_certificate_request13_parse(body_of(message), &out->context,
                                                   &out->extensions);
    if (st == TLSN_OK && !tlsni_ext_block_sound(out->extensions))
        st = TLSN_ERR_DECODE;
    if (st != TLSN_OK)
        return st;
    if (!tlsni_ext_find(out->extensions, TLSNI_EXT_SIGNATURE_ALGORITHMS, &data))
        return TLSN_ERR_MISSING_EXTENSION;
    if (!read_schemes(data, &out->sigalgs))
        return TLSN_ERR_DECODE;
    return TLSN_OK;
}

/* @rfc 9261:5.2.1/5, 9261:5.2.1/6 */
tlsn_status tlsni_authenticator_take_request(struct tlsni_hs *hs,
                                             const struct tlsni_authenticator_request *r)
{
    tlsn_status st = TLSN_OK;
    struct tlsn_span data;

    for (size_t i = 0; st == TLSN_OK && i < ASKED; i++)
        st = tlsni_ext_read_one(hs, TLSNI_IN_CERTIFICATE_REQUEST, asked[i], r->extensions);
    if (st != TLSN_OK || hs->role == TLSN_CLIENT ||
        !tlsni_ext_find(r->extensions, TLSNI_EXT_SERVER_NAME, &data))
        return st;
    hs->peer_name = tlsni_ext_view_host_name(data);
    if (hs->peer_name.len)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer, "server_name without a host name");
}

/* @rfc 9261:5.2.4/1, 9261:6/1 */
tlsn_status tlsni_authenticator_read(struct tlsn_span message, struct tlsni_authenticator *out)
{
    struct tlsni_rd r = tlsni_rd_span(message);
    struct tlsni_msg_certificate13 m;
    tlsn_status st;

    memset(out, 0, sizeof *out);
    if (message.len && message.data[0] != TLSNI_MSG_FINISHED) {
        out->certificate = take_message(&r, TLSNI_MSG_CERTIFICATE);
        out->verify = take_message(&r, TLSNI_MSG_CERTIFICATE_VERIFY);
    }
    out->mac = take_message(&r, TLSNI_MSG_FINISHED);
    st = tlsni_rd_end(&r);
    if (st != TLSN_OK)
        return st;
    out->mac = body_of(out->mac);
    if (!out->certificate.len)
        return TLSN_OK;
    st = tlsni_msg_certificate13_parse(body_of(out->certificate), &m);
    out->context = m.context;
    out->list = m.list;
    return st == TLSN_OK && !m.list.len ? TLSN_ERR_DECODE : st;
}

/* ---- what is signed, and what the MAC is over ---- */

/* @rfc 9261:5.2.2/4, 9261:5.2.3/1 */
static void begin_transcript(struct tlsni_hash_ctx *t, const struct tlsni_authenticator_keys *keys,
                             struct tlsn_span request, struct tlsn_span certificate)
{
    tlsni_hash_init(t, keys->hash);
    tlsni_hash_update(t, keys->context, keys->hash->len);
    tlsni_hash_update(t, request.data, request.len);
    tlsni_hash_update(t, certificate.data, certificate.len);
}

static void make_mac(const struct tlsni_authenticator_keys *keys, const struct tlsni_hash_ctx *t,
                     uint8_t *out)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_peek(t, digest);
    tlsni_hmac_once(keys->hash, keys->finished, keys->hash->len, digest, keys->hash->len, out);
}

/* @rfc 9261:5.2.2/4, 9261:9/1 */
static tlsn_status sign_input(struct tlsni_hs *hs, const struct tlsni_hash_ctx *t)
{
    return tlsni_verify13_input(hs, "Exported Authenticator", t);
}

/* ---- making ---- */

/* Extensions are what was asked for and is there.
 * @rfc 9261:5.2.1/1, 9261:5.2.1/4, 9261:5.2.1/7 */
static void write_certificate(struct tlsni_hs *hs, struct tlsni_wr *w, struct tlsn_span context)
{
    const tlsn_credential *c = hs->credential;
    struct tlsn_span list = c ? tlsni_span_make(c->list, c->list_len) : tlsni_span_make(NULL, 0), der;
    size_t message = tlsni_msg_begin(w, TLSNI_MSG_CERTIFICATE), entries;

    tlsni_wr_vec(w, 1, context);
    entries = tlsni_wr_open(w, 3);
    for (hs->tls13.entry = 0; tlsni_msg_certificate_next(&list, &der); hs->tls13.entry++) {
        tlsni_wr_vec(w, 3, der);
        tlsni_ext_write(hs, TLSNI_IN_CERTIFICATE, w);
    }
    tlsni_wr_close(w, 3, entries);
    tlsni_msg_end(w, message);
}

/* What is in the writer from `from` on. */
static struct tlsn_span written(const struct tlsni_wr *w, size_t from)
{
    return tlsni_span_make(w->buf + from, w->len - from);
}

static void write_mac(struct tlsni_wr *w, const struct tlsni_authenticator_keys *keys,
                      const struct tlsni_hash_ctx *t)
{
    uint8_t mac[TLSNI_HASH_LEN_MAX];
    size_t message = tlsni_msg_begin(w, TLSNI_MSG_FINISHED);

    make_mac(keys, t, mac);
    tlsni_wr_put(w, mac, keys->hash->len);
    tlsni_msg_end(w, message);
    tlsni_wipe(mac, sizeof mac);
}

tlsn_status tlsni_authenticator_begin(struct tlsni_hs *hs, struct tlsni_wr *w, struct tlsn_span context)
{
    write_certificate(hs, w, context);
    return w->bad ? TLSN_ERR_BUFFER : TLSN_OK;
}

tlsn_status tlsni_authenticator_sign_input(struct tlsni_hs *hs,
                                           const struct tlsni_authenticator_keys *keys,
                                           struct tlsn_span request, struct tlsn_span certificate)
{
    struct tlsni_hash_ctx t;

    begin_transcript(&t, keys, request, certificate);
    return sign_input(hs, &t);
}

/* @rfc 9261:5.2.4/1 */
tlsn_status tlsni_authenticator_end(struct tlsni_wr *w, const struct tlsni_authenticator_keys *keys,
                                    struct tlsn_span request, const struct tlsni_msg_signed *sig)
{
    struct tlsni_hash_ctx t;
    size_t verify = w->len, message;

    begin_transcript(&t, keys, request, written(w, 0));
    message = tlsni_msg_begin(w, TLSNI_MSG_CERTIFICATE_VERIFY);
    tlsni_msg_signed_write(w, true, sig);
    tlsni_msg_end(w, message);
    if (w->bad)
        return TLSN_ERR_BUFFER;
    tlsni_hash_update(&t, w->buf + verify, w->len - verify);
    write_mac(w, keys, &t);
    return w->bad ? TLSN_ERR_BUFFER : TLSN_OK;
}

/* Its Certificate is in the hash alone.
 * @rfc 9261:6/1 */
tlsn_status tlsni_authenticator_end_empty(struct tlsni_wr *w,
                                          const struct tlsni_authenticator_keys *keys,
                                          struct tlsn_span request)
{
    struct tlsni_hash_ctx t;

    begin_transcript(&t, keys, request, written(w, 0));
    w->len = 0;
    write_mac(w, keys, &t);
    return w->bad ? TLSN_ERR_BUFFER : TLSN_OK;
}

/* ---- checking ---- */

/* @rfc 9261:5.2.4/2, 9261:5.2.4/3 */
static tlsn_status check_mac(struct tlsni_hs *hs, const struct tlsni_authenticator_keys *keys,
                             const struct tlsni_hash_ctx *t, struct tlsn_span mac)
{
    uint8_t right[TLSNI_HASH_LEN_MAX];
    bool same;

    make_mac(keys, t, right);
    same = mac.len == keys->hash->len && tlsni_ct_memeq(mac.data, right, keys->hash->len);
    tlsni_wipe(right, sizeof right);
    if (same)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECRYPT_ERROR, layer,
                      "the MAC does not agree with this connection");
}

static tlsn_status check_empty(struct tlsni_hs *hs, const struct tlsni_authenticator_keys *keys,
                               const struct tlsni_authenticator_request *r, struct tlsn_span mac)
{
    uint8_t certificate[TLSNI_MSG_HEADER + 1 + 255 + 3];
    struct tlsni_wr w = tlsni_wr_make(certificate, sizeof certificate);
    struct tlsni_hash_ctx t;
    tlsn_status st;

    write_certificate(hs, &w, r->context);
    begin_transcript(&t, keys, r->message, tlsni_span_make(certificate, w.len));
    st = check_mac(hs, keys, &t, mac);
    return st == TLSN_OK ? TLSN_ERR_NO_PEER_CERTIFICATE : st;
}

/* Without a request the ClientHello was one: it had what the configuration says. */
static void note_hello(struct tlsni_hs *hs)
{
    uint8_t waste[64];
    struct tlsni_wr w = tlsni_wr_make(waste, sizeof waste);

    tlsni_ext_write_one(hs, TLSNI_IN_CLIENT_HELLO, TLSNI_EXT_STATUS_REQUEST, &w);
    tlsni_ext_write_one(hs, TLSNI_IN_CLIENT_HELLO, TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP, &w);
}

/* Extensions are answers to the request.
 * @rfc 9261:5.2.1/4 */
static tlsn_status take_chain(struct tlsni_hs *hs, const struct tlsni_authenticator_request *r,
                              struct tlsn_span rest)
{
    struct tlsn_span der, extensions;
    struct tlsni_buf list = { 0 };
    tlsn_status st = tlsni_peer_check_list(hs, rest.len);

    if (r->message.len)
        tlsni_ext_note_sent(hs, r->extensions);
    else
        note_hello(hs);
    for (hs->tls13.entry = 0;
         st == TLSN_OK && tlsni_msg_certificate13_next(&rest, &der, &extensions); hs->tls13.entry++) {
        st = tlsni_ext_read(hs, TLSNI_IN_CERTIFICATE, extensions);
        if (st == TLSN_OK)
            st = tlsni_peer_list_add(hs, &list, der);
    }
    if (st == TLSN_OK)
        st = tlsni_peer_chain(hs, tlsni_buf_span(&list));
    tlsni_buf_free(hs->env, &list);
    return st == TLSN_OK ? tlsni_peer_usage(hs, TLSNI_KU_DIGITAL_SIGNATURE) : st;
}

/* @rfc 9261:5.2.2/2, 9261:5.2.2/3 */
static tlsn_status check_signature(struct tlsni_hs *hs, const struct tlsni_authenticator_request *r,
                                   const struct tlsni_authenticator *a, const struct tlsni_hash_ctx *t)
{
    struct tlsn_span body = body_of(a->verify);
    struct tlsni_rd rd = tlsni_rd_span(body);
    const struct tlsni_sigalg *row = NULL;
    struct tlsni_msg_signed sig;
    tlsn_status st = tlsni_msg_signed_parse(&rd, true, &sig);

    if (st == TLSN_OK)
        st = sign_input(hs, t);
    if (st == TLSN_OK && r->message.len && !tlsni_wire_has(r->sigalgs, sig.scheme))
        st = tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                        "signature with scheme 0x%04x, which the request does not list", sig.scheme);
    return st == TLSN_OK ? tlsni_peer_signature(hs, &sig, tlsni_buf_span(&hs->sign_input), &row) : st;
}

tlsn_status tlsni_authenticator_check(struct tlsni_hs *hs,
                                      const struct tlsni_authenticator_keys *keys,
                                      const struct tlsni_authenticator_request *r,
                                      const struct tlsni_authenticator *a)
{
    struct tlsni_hash_ctx before, t;
    tlsn_status st;

    if (!a->certificate.len)
        return check_empty(hs, keys, r, a->mac);
    if (r->message.len && !tlsni_span_eq(a->context, r->context))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "the context is not that of the request");
    begin_transcript(&before, keys, r->message, a->certificate);
    t = before;
    tlsni_hash_update(&t, a->verify.data, a->verify.len);
    st = check_mac(hs, keys, &t, a->mac);
    if (st == TLSN_OK)
        st = take_chain(hs, r, a->list);
    return st == TLSN_OK ? check_signature(hs, r, a, &before) : st;
}
