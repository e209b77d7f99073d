#include "handshake/common12.h"

#include "base/alert.h"
#include "base/ct.h"
#include "base/env.h"
#include "cipher/suite_b.h"
#include "ext/ext.h"
#include "handshake/bound.h"
#include "handshake/negotiate.h"
#include "handshake/schedule.h"
#include "handshake/send.h"
#include "handshake/transcript.h"

tlsn_status tlsni_act_none(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    (void)body;
    return TLSN_OK;
}

/* RFC 5246 7.4.1.1: in the middle of a handshake it means nothing, but a peer does not get to send
 * it without end.
 * @rfc 5246:7.4/3, 5246:7.4.1.1/3, 6101:5.6.1.1/2 */
tlsn_status tlsni_act_hello_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    if (++hs->hello_requests > hs->cfg->limits.requests)
        return tlsni_fail(hs->err, TLSN_ERR_TOO_MANY, "handshake",
                          "more than %u HelloRequests in a handshake", hs->cfg->limits.requests);
    return tlsni_msg_empty_parse(body);
}

/* @rfc 5246:D.2/1
 * @rfc 8446:4.4.2.2/9, 9846:4.5.1.2/4, 8446:C.5/1 */
tlsn_status tlsni_act_judge_chain(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return hs->host->ask_verdict(hs->host_ctx);
}

/* A chain, or a raw public key (RFC 7250 3): both stand behind a 3 byte length.
 * @rfc 5246:7.4.2/4, 5246:7.4.6/3, 7250:3/3
 * @rfc 7250:4.2/8 */
tlsn_status tlsni_certificate_begin(struct tlsni_hs *hs, struct tlsni_sending *s)
{
    const tlsn_credential *c = hs->credential;
    struct tlsn_span list = { NULL, 0 };
    tlsn_status st;

    if (c)
        list = hs->own_type == TLSN_CERT_RAW_KEY ? c->spki : tlsni_span_make(c->list, c->list_len);
    st = tlsni_send_begin(hs, s, TLSNI_MSG_CERTIFICATE, 3 + list.len);
    if (st == TLSN_OK)
        tlsni_msg_certificate_write(&s->w, list);
    return st;
}

tlsn_status tlsni_act_send_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st;

    (void)body;
    if (!hs->credential && hs->version->certificate_alert) /* @rfc 6101:5.6.6/3, 6101:5.4.2/7 */
        return hs->host->send_warning(hs->host_ctx, TLSNI_ALERT_NO_CERTIFICATE);
    st = tlsni_certificate_begin(hs, &s);
    return st == TLSN_OK ? tlsni_send_end(hs, &s) : st;
}

/* @rfc 5246:7.1/6, 5246:7.4.9/1, 5246:7.4.9/2, 6101:5.6.9/2
 * @rfc 5246:7.1/2 */
tlsn_status tlsni_act_send_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    uint8_t *verify_data = hs->verify_data[hs->role];
    size_t len = hs->version->verify_data_len;
    struct tlsni_sending s;
    tlsn_status st;

    (void)body;
    /* @rfc 5246:7.1/4, 6101:5.1/2 the keys change right behind the ChangeCipherSpec */
    st = hs->host->send_ccs(hs->host_ctx);
    if (st == TLSN_OK)
        st = tlsni_schedule_install(hs, true);
    if (st == TLSN_OK)
        st = tlsni_send_begin(hs, &s, TLSNI_MSG_FINISHED, len);
    if (st != TLSN_OK)
        return st;
    hs->version->verify_data(hs, hs->role, verify_data);
    tlsni_wr_put(&s.w, verify_data, len);
    return tlsni_send_end(hs, &s);
}

/* @rfc 5246:7.1/3, 6101:5.1/1 */
tlsn_status tlsni_act_receive_ccs(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_schedule_install(hs, false);
}

/* @rfc 5246:7.2.2/22 */
tlsn_status tlsni_act_receive_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    enum tlsn_role peer = tlsni_other_role(hs->role);
    size_t len = hs->version->verify_data_len;
    struct tlsn_span got;
    tlsn_status st = tlsni_msg_finished_parse(body, len, &got);

    if (st != TLSN_OK)
        return st;
    hs->version->verify_data(hs, peer, hs->verify_data[peer]);
    /* @rfc 5246:7.4.9/3, 6101:5.6.9/3 */
    if (tlsni_ct_memeq(got.data, hs->verify_data[peer], len))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECRYPT_ERROR, "handshake",
                      "the peer's Finished does not agree with the handshake");
}

/* @rfc 5246:7.4.2/7 */
static tlsn_status read_leaf(struct tlsni_hs *hs)
{
    struct tlsn_span list = tlsni_buf_span(&hs->peer.list);
    struct tlsn_span der;
    tlsn_status st;

    if (!tlsni_msg_certificate_next(&list, &der))
        return TLSN_ERR_DECODE;
    st = tlsni_cert_parse(&hs->peer.leaf, der, hs->err);
    if (st == TLSN_OK)
        st = tlsni_bound_check_leaf(hs, der);
    return st == TLSN_OK ? tlsni_cert_pubkey(&hs->peer.key, hs->env, &hs->peer.leaf, hs->err) : st;
}

/* The SubjectPublicKeyInfo with its length is kept like a chain of one.
 * @rfc 7250:3/3, 7250:4.4/1 */
tlsn_status tlsni_peer_raw_key(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_buf_append(hs->env, &hs->peer.list, body.data, body.len);

    if (st != TLSN_OK)
        return st;
    hs->peer.raw_key = tlsni_span_make(tlsni_buf_data(&hs->peer.list) + 3, body.len - 3);
    st = tlsni_bound_check_leaf(hs, hs->peer.raw_key);
    if (st != TLSN_OK)
        return st;
    return tlsni_spki_parse(&hs->peer.key, hs->env, hs->peer.raw_key, hs->err);
}

static tlsn_status check_chain_len(struct tlsni_hs *hs, size_t len)
{
    if (len <= hs->cfg->limits.chain_max)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_MESSAGE_TOO_LONG, "handshake",
                      "certificate chain of %zu bytes, at most %zu are taken", len,
                      hs->cfg->limits.chain_max);
}

tlsn_status tlsni_peer_chain(struct tlsni_hs *hs, struct tlsn_span list)
{
    tlsn_status st = tlsni_buf_append(hs->env, &hs->peer.list, list.data, list.len);

    return st == TLSN_OK ? read_leaf(hs) : st;
}

/* @rfc 7250:4.2/4 */
static tlsn_status check_peer_type(struct tlsni_hs *hs)
{
    if (tlsni_cert_types_have(&hs->cfg->peer_types, hs->peer_type))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                      "the peer shows a certificate of type %u, which is not taken here",
                      hs->peer_type);
}

tlsn_status tlsni_peer_check_list(struct tlsni_hs *hs, size_t len)
{
    tlsn_status st = check_peer_type(hs);

    return st == TLSN_OK ? check_chain_len(hs, len) : st;
}

tlsn_status tlsni_peer_certificate(struct tlsni_hs *hs, struct tlsn_span body, bool *any)
{
    bool raw = hs->peer_type == TLSN_CERT_RAW_KEY;
    struct tlsn_span list;
    tlsn_status st = raw ? tlsni_msg_raw_key_parse(body, &list)
                         : tlsni_msg_certificate_parse(body, &list);

    *any = false;
    if (st != TLSN_OK)
        return st;
    if (!list.len)
        return TLSN_OK;
    st = tlsni_peer_check_list(hs, list.len);
    if (st != TLSN_OK)
        return st;
    *any = true;
    return raw ? tlsni_peer_raw_key(hs, body) : tlsni_peer_chain(hs, list);
}

/* The key that the peer signs with: its certificate's, or that of its delegated credential.
 * @rfc 9345:4.1.3/10 */
static const struct tlsni_pubkey *signing_key(const struct tlsni_hs *hs)
{
    return hs->peer.delegated_key ? hs->peer.delegated_key : hs->peer.key;
}

static tlsn_status not_offered(struct tlsni_hs *hs, uint16_t id, const char *name)
{
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "peer signed with scheme 0x%04x (%s), which was not offered", id, name);
}

/* A certificate's key signs with any scheme that was offered, that of a delegated credential with one.
 * @rfc 9345:4.1.3/5 */
static tlsn_status check_offered(struct tlsni_hs *hs, const struct tlsni_sigalg *scheme)
{
    enum tlsn_role signer = tlsni_other_role(hs->role);
    uint16_t only = hs->tls13.delegation[signer].scheme;

    if (hs->peer.delegated_key && scheme->id != only)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "peer signed with %s, its delegated credential is for scheme 0x%04x",
                          scheme->name, only);
    if (hs->peer.delegated_key ||
        (tlsni_ids_has(&hs->cfg->sigalgs, scheme->id) && tlsni_scheme_is_for(scheme, signer)))
        return TLSN_OK;
    return not_offered(hs, scheme->id, scheme->name);
}

/* The scheme that the signature names: it must be one that was offered and fit the key.
 * @rfc 5246:7.4.3/11, 9963:3/4, 9963:3/5, 9963:3/6 */
static tlsn_status named_scheme(struct tlsni_hs *hs, uint16_t id, const struct tlsni_sigalg **row)
{
    const struct tlsni_sigalg *scheme = tlsni_sigalg_find(id);
    const struct tlsni_pubkey *key = signing_key(hs);
    tlsn_status st = scheme ? check_offered(hs, scheme) : not_offered(hs, id, "unknown");

    if (st != TLSN_OK)
        return st;
    if (!tlsni_scheme_fits_key(scheme, key, hs->version))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "peer signed with %s, its certificate holds a key of type %s",
                          scheme->name, tlsni_key_type_name((uint8_t)tlsni_pubkey_type(key)));
    /* @rfc 6460:3.2/2 */
    if (!tlsni_suite_b_signs(hs->cfg->suite_b, tlsni_pubkey_group(key), scheme->hash))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "peer signed with %s, which its key does not do in Suite B", scheme->name);
    *row = scheme;
    return TLSN_OK;
}

/* The one that follows from the key.
 * @rfc 4346:4.7/2, 2246:4.7/2 */
static tlsn_status unnamed_scheme(struct tlsni_hs *hs, const struct tlsni_sigalg **row)
{
    uint8_t type = (uint8_t)tlsni_pubkey_type(hs->peer.key);

    if (!*row)
        *row = tlsni_sigalg_unnamed(type);
    if (*row)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                      "%s has no signatures by keys of type %s", hs->version->title,
                      tlsni_key_type_name(type));
}

/* @rfc 5246:7.4.3/12, 5246:7.4.8/6, 5246:7.4.8/7, 8422:5.8/3, 8422:5.9/5
 * @rfc 9155:4/2, 9155:5/2 */
tlsn_status tlsni_peer_signature(struct tlsni_hs *hs, const struct tlsni_msg_signed *sig,
                                 struct tlsn_span message, const struct tlsni_sigalg **row)
{
    tlsn_status st = hs->version->sigalgs ? named_scheme(hs, sig->scheme, row)
                                          : unnamed_scheme(hs, row);
    struct tlsni_sig_params params;

    if (st != TLSN_OK)
        return st;
    params = tlsni_sigalg_params(*row);
    if (tlsni_pubkey_verify(signing_key(hs), &params, message, sig->signature) == TLSN_OK)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECRYPT_ERROR, "handshake",
                      "the peer's %s signature does not verify", (*row)->name);
}

tlsn_status tlsni_verify_input(struct tlsni_hs *hs, const struct tlsni_pubkey *key,
                               const struct tlsni_sigalg **scheme, struct tlsn_span *input)
{
    const struct tlsni_sigalg *row;
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    size_t len;
    tlsn_status st;

    *input = tlsni_transcript_raw(&hs->transcript);
    if (!hs->version->verify_digest)
        return TLSN_OK;
    row = tlsni_sigalg_unnamed_digest((uint8_t)tlsni_pubkey_type(key));
    if (!row)
        return TLSN_ERR_CERT_UNSUPPORTED;
    hs->version->verify_digest(hs, digest);
    len = tlsni_hash_find(row->hash)->len;
    hs->sign_input.start = hs->sign_input.end = 0;
    /* DSA signs the half of SHA-1, which is the second */
    st = tlsni_buf_append(hs->env, &hs->sign_input,
                          digest + tlsni_hash_find(TLSNI_HASH_MD5_SHA1)->len - len, len);
    *input = tlsni_span_make(hs->sign_input.data, len);
    *scheme = row;
    return st;
}

/* @rfc 5246:7.4.3/7, 8422:5.4/7, 8422:5.4/8 */
tlsn_status tlsni_sign_input(struct tlsni_hs *hs, struct tlsn_span params)
{
    struct tlsni_buf *b = &hs->sign_input;
    tlsn_status st;

    b->start = b->end = 0;
    st = tlsni_buf_reserve(hs->env, b, 2 * TLSNI_RANDOM_LEN + params.len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, b, hs->client_random, TLSNI_RANDOM_LEN);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, b, hs->server_random, TLSNI_RANDOM_LEN);
    return st == TLSN_OK ? tlsni_buf_append(hs->env, b, params.data, params.len) : st;
}

tlsn_status tlsni_peer_usage(struct tlsni_hs *hs, uint16_t key_usage)
{
    /* no CertificateRequest of ours names a type for it (RFC 5246 7.4.4) */
    if (key_usage == TLSNI_KU_DIGITAL_SIGNATURE && tlsni_pubkey_type(hs->peer.key) == TLSNI_KEY_DH)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                          "the peer's certificate holds a fixed Diffie-Hellman key, which cannot "
                          "sign");
    if (hs->cfg->insecure_no_verify || tlsni_cert_allows(&hs->peer.leaf, key_usage))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_KEY_USAGE, "handshake",
                      "the peer's certificate may not be used for %s",
                      key_usage == TLSNI_KU_KEY_ENCIPHERMENT  ? "keyEncipherment"
                      : key_usage == TLSNI_KU_KEY_AGREEMENT ? "keyAgreement"
                                                            : "digitalSignature");
}

/* @rfc 8446:4.6.1/8 */
void tlsni_session_set_name(struct tlsni_hs *hs)
{
    struct tlsn_session *s = &hs->session;
    struct tlsn_span name = hs->peer_name;

    if (hs->role == TLSN_CLIENT && hs->server_name)
        name = tlsni_span_make(hs->server_name, strlen(hs->server_name));
    if (name.len > TLSNI_SESSION_NAME_MAX)
        name.len = 0;
    if (name.len)
        memcpy(s->server_name, name.data, name.len);
    s->server_name[name.len] = 0;
}

/* @rfc 7627:5.4/1, 5246:F.1.4/1 */
tlsn_status tlsni_session_fill(struct tlsni_hs *hs)
{
    struct tlsn_session *s = &hs->session;
    struct tlsn_span leaf = tlsni_span_make(NULL, 0);

    s->peer_raw = hs->peer.raw_key.len != 0;
    if (hs->peer.key)
        leaf = s->peer_raw ? hs->peer.raw_key : hs->peer.leaf.der;
    if (hs->env)
        s->env = *hs->env;
    s->version = hs->version->number;
    s->suite = hs->suite->id;
    memcpy(s->context, hs->cfg->context, TLSNI_CONTEXT_LEN);
    s->compression = hs->compression;
    s->client_authenticated = hs->client_certificate_sent; /* a server's verdict comes later */
    s->ems = hs->ems;
    s->etm = hs->etm;
    s->fragment_max = hs->fragment_max;
    s->truncated_mac = hs->truncated_mac;
    s->created_ms = tlsni_now_ms(hs->env);
    s->lifetime_s = hs->cfg->limits.session_seconds;
    s->group = hs->group ? hs->group->id : 0;
    s->scheme = hs->scheme ? hs->scheme->id : 0;
    s->delegated_end_s =
        hs->peer.delegated_key ? hs->tls13.delegation[tlsni_other_role(hs->role)].end : 0;
    s->alpn_len = (uint8_t)hs->alpn.len;
    if (hs->alpn.len)
        memcpy(s->alpn, hs->alpn.data, hs->alpn.len);
    memcpy(s->id, hs->session_id, hs->session_id_len);
    s->id_len = hs->session_id_len;
    if (hs->role == TLSN_CLIENT && hs->verify_name)
        memcpy(s->verify_name, hs->verify_name, strlen(hs->verify_name) + 1);
    tlsni_buf_free(hs->env, &s->peer_leaf);
    tlsni_buf_free(hs->env, &s->identity);
    if (tlsni_buf_append(hs->env, &s->peer_leaf, leaf.data, leaf.len) != TLSN_OK)
        return TLSN_ERR_NO_MEMORY;
    return tlsni_buf_append(hs->env, &s->identity, tlsni_buf_data(&hs->psk_identity),
                            tlsni_buf_len(&hs->psk_identity));
}
