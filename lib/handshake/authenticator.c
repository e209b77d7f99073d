#include "handshake/authenticator.h"

#include "base/ct.h"
#include "cipher/hmac.h"
#include "cipher/sigalg.h"
#include "ext/ext.h"
#include "handshake/common13.h"
#include "handshake/kx.h"
#include "handshake/msg.h"
#include "handshake/negotiate.h"

static const char layer[] = "authenticator";

/* ---- requests ---- */

/* @rfc 9261:4/1, 9261:4/2, 9261:4/5, 9261:7.1/1 */
void tlsni_authenticator_write_request(struct tlsni_hs *hs, struct tlsni_wr *w,
                                       struct tlsn_span context, const char *server_name)
{
    size_t message = tlsni_msg_begin(w, hs->role == TLSN_CLIENT
                                            ? TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST
                                            : TLSNI_MSG_CERTIFICATE_REQUEST);
    const enum tlsni_ext_message as = TLSNI_IN_CERTIFICATE_REQUEST;
    size_t block;

    tlsni_wr_vec(w, 1, context);
    block = tlsni_wr_open(w, 2);
    hs->server_name = server_name;
    tlsni_ext_write_one(hs, TLSNI_IN_CLIENT_HELLO, TLSNI_EXT_SERVER_NAME, w);
    tlsni_ext_write_one(hs, as, TLSNI_EXT_SIGNATURE_ALGORITHMS, w);
    tlsni_ext_write_one(hs, as, TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT, w);
    if (hs->role == TLSN_SERVER)
        tlsni_ext_write_one(hs, as, TLSNI_EXT_CERTIFICATE_AUTHORITIES, w);
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

static bool read_list(struct tlsn_span data, size_t unit, struct tlsn_span *list)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    *list = tlsni_rd_list_span(&r, 2, unit, unit, 65535);
    return tlsni_rd_done(&r);
}

/* @rfc 9261:4/3, 9261:5.2.1/5 */
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
    if (!read_list(data, 2, &out->sigalgs))
        return TLSN_ERR_DECODE;
    out->sigalgs_cert = out->sigalgs;
    if (tlsni_ext_find(out->extensions, TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT, &data) &&
        !read_list(data, 2, &out->sigalgs_cert))
        return TLSN_ERR_DECODE;
    if (tlsni_ext_find(out->extensions, TLSNI_EXT_CERTIFICATE_AUTHORITIES, &data) &&
        !read_list(data, 1, &out->authorities))
        return TLSN_ERR_DECODE;
    return TLSN_OK;
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

/* Without extensions, so that nothing is in it that was not asked for.
 * @rfc 9261:5.2.1/1, 9261:5.2.1/4 */
static void write_certificate(const struct tlsni_hs *hs, struct tlsni_wr *w,
                              struct tlsn_span context)
{
    const tlsn_credential *c = hs->credential;
    struct tlsn_span list = c ? tlsni_span_make(c->list, c->list_len) : tlsni_span_make(NULL, 0), der;
    size_t message = tlsni_msg_begin(w, TLSNI_MSG_CERTIFICATE), entries;

    tlsni_wr_vec(w, 1, context);
    entries = tlsni_wr_open(w, 3);
    while (tlsni_msg_certificate_next(&list, &der)) {
        tlsni_wr_vec(w, 3, der);
        tlsni_wr_u16(w, 0);
    }
    tlsni_wr_close(w, 3, entries);
    tlsni_msg_end(w, message);
}

static tlsn_status write_verify(struct tlsni_hs *hs, struct tlsni_wr *w,
                                const struct tlsni_sigalg *scheme, const struct tlsni_hash_ctx *t)
{
    tlsn_status st = sign_input(hs, t);
    size_t message;

    if (st == TLSN_OK) {
        tlsni_key_op_begin(hs, TLSNI_OP_SIGN, scheme, tlsni_buf_span(&hs->sign_input));
        st = tlsni_key_op_run(hs);
    }
    if (st != TLSN_OK)
        return st > 0 ? TLSN_ERR_KEY_OP : st;
    const struct tlsni_msg_signed sig = { scheme->id,
                                          { hs->key_op.result, hs->key_op.result_len } };

    message = tlsni_msg_begin(w, TLSNI_MSG_CERTIFICATE_VERIFY);
    tlsni_msg_signed_write(w, true, &sig);
    tlsni_msg_end(w, message);
    return TLSN_OK;
}

/* An empty one has its Certificate in the hash alone.
 * @rfc 9261:5.2.4/1, 9261:6/1 */
tlsn_status tlsni_authenticator_write(struct tlsni_hs *hs, struct tlsni_wr *w,
                                      const struct tlsni_authenticator_keys *keys,
                                      const struct tlsni_authenticator_request *r,
                                      struct tlsn_span context, const struct tlsni_sigalg *scheme)
{
    uint8_t mac[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx t;
    size_t from = w->len, verify, message;
    tlsn_status st = TLSN_OK;

    write_certificate(hs, w, context);
    if (w->bad)
        return TLSN_ERR_BUFFER;
    begin_transcript(&t, keys, r->message, tlsni_span_make(w->buf + from, w->len - from));
    verify = w->len;
    if (hs->credential)
        st = write_verify(hs, w, scheme, &t);
    if (st != TLSN_OK || w->bad)
        return st != TLSN_OK ? st : TLSN_ERR_BUFFER;
    tlsni_hash_update(&t, w->buf + verify, w->len - verify);
    if (!hs->credential)
        w->len = from;
    make_mac(keys, &t, mac);
    message = tlsni_msg_begin(w, TLSNI_MSG_FINISHED);
    tlsni_wr_put(w, mac, keys->hash->len);
    tlsni_msg_end(w, message);
    tlsni_wipe(mac, sizeof mac);
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

/* Extensions were in the request; without one, in our ClientHello.
 * @rfc 9261:5.2.1/4 */
static bool extension_fits(const struct tlsni_hs *hs, const struct tlsni_authenticator_request *r,
                           uint16_t type)
{
    struct tlsn_span data;

    if (type != TLSNI_EXT_STATUS_REQUEST && type != TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP)
        return false;
    if (r->message.len)
        return tlsni_ext_find(r->extensions, type, &data);
    return tlsni_hs_feature(hs->cfg, type == TLSNI_EXT_STATUS_REQUEST ? TLSN_FEATURE_OCSP
                                                                      : TLSN_FEATURE_SCT);
}

static tlsn_status check_extensions(struct tlsni_hs *hs, const struct tlsni_authenticator_request *r,
                                    struct tlsn_span block)
{
    struct tlsni_rd rd = tlsni_rd_span(block);

    if (!tlsni_ext_block_sound(block))
        return TLSN_ERR_DECODE;
    while (tlsni_rd_left(&rd)) {
        uint16_t type = tlsni_rd_u16(&rd);

        (void)tlsni_rd_vec_span(&rd, 2, 0, 65535);
        if (!extension_fits(hs, r, type))
            return tlsni_fail(hs->err, TLSN_ERR_UNSUPPORTED_EXTENSION, layer,
                              "extension %u of a certificate was not asked for", type);
    }
    return TLSN_OK;
}

static tlsn_status take_chain(struct tlsni_hs *hs, const struct tlsni_authenticator_request *r,
                              struct tlsn_span rest)
{
    struct tlsn_span der, extensions;
    struct tlsni_buf list = { 0 };
    tlsn_status st = tlsni_peer_check_list(hs, rest.len);

    while (st == TLSN_OK && tlsni_msg_certificate13_next(&rest, &der, &extensions)) {
        st = check_extensions(hs, r, extensions);
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
