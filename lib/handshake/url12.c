/* url12.c - CertificateURL in a TLS 1.2 handshake, RFC 6066 5. The engine fetches nothing: it asks,
 * and checks what it is given against the hashes of the message, which the client's signature
 * covers. */
#include "handshake/url12.h"

#include "cipher/hash.h"
#include "handshake/bound.h"
#include "handshake/common12.h"
#include "handshake/send.h"
#include "handshake/transcript.h"
#include "x509/der.h"

/* @rfc 6066:5/4, 6066:5/9 */
tlsn_status tlsni_act_send_url(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_buf *urls = &hs->credential->urls;
    const struct tlsni_msg_certificate_url m = {
        .pkipath = hs->credential->urls_pkipath,
        .list = { tlsni_buf_data(urls), tlsni_buf_len(urls) },
    };
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE_URL, 3 + m.list.len);

    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_msg_certificate_url_write(&s.w, &m);
    return tlsni_send_end(hs, &s);
}

static struct tlsn_span kept(const struct tlsni_hs *hs)
{
    return tlsni_buf_span(&hs->url_message);
}

/* @rfc 6066:5/6, 6066:1.1/1, 3546:3/1, 4366:3/1 */
tlsn_status tlsni_act_receive_url(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_certificate_url m;
    tlsn_status st = tlsni_msg_certificate_url_parse(body, &m);

    if (st == TLSN_OK && m.count > hs->cfg->limits.urls)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNOBTAINABLE, "handshake",
                          "client names %zu URLs, at most %u are fetched", m.count,
                          hs->cfg->limits.urls);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, &hs->url_message, body.data, body.len);
    return st;
}

static tlsn_status append(struct tlsni_hs *hs, struct tlsn_span der)
{
    const uint8_t len[3] = { (uint8_t)(der.len >> 16), (uint8_t)(der.len >> 8), (uint8_t)der.len };
    tlsn_status st;

    if (der.len >> 24 || tlsni_buf_len(&hs->fetched) + der.len > hs->cfg->limits.chain_max)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNOBTAINABLE, "handshake",
                          "the fetched certificates have more than %zu bytes",
                          hs->cfg->limits.chain_max);
    st = tlsni_buf_append(hs->env, &hs->fetched, len, sizeof len);
    return st == TLSN_OK ? tlsni_buf_append(hs->env, &hs->fetched, der.data, der.len) : st;
}

/* A PkiPath begins at the anchor, a Certificate message at the leaf: the last one goes first.
 * @rfc 6066:5/10, 6066:10.1/1 */
static tlsn_status append_path(struct tlsni_hs *hs, struct tlsn_span path)
{
    struct tlsni_rd r = tlsni_der_open_span(path, TLSNI_DER_SEQUENCE);
    size_t count = 0;
    tlsn_status st = TLSN_OK;

    while (tlsni_rd_left(&r)) {
        (void)tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
        count++;
    }
    if (!tlsni_rd_done(&r) || !count || count > hs->cfg->limits.urls)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_BAD, "handshake",
                          "what was fetched is no PkiPath of 1 to %u certificates",
                          hs->cfg->limits.urls);
    for (; st == TLSN_OK && count; count--) {
        struct tlsn_span der = { NULL, 0 };

        r = tlsni_der_open_span(path, TLSNI_DER_SEQUENCE);
        for (size_t i = 0; i < count; i++)
            der = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
        st = append(hs, der);
    }
    return st;
}

/* @rfc 6066:5/11, 3546:3.3/2, 4366:3.3/2, 6066:5/12, 6066:9/2 */
static tlsn_status check_hash(struct tlsni_hs *hs, const struct tlsni_msg_url *url,
                              struct tlsn_span object)
{
    uint8_t hash[TLSNI_MSG_URL_HASH];
    char text[64];

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), object.data, object.len, hash);
    if (memcmp(hash, url->sha1.data, sizeof hash) == 0)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_HASH, "handshake",
                      "what lies at \"%s\" does not have the hash that the client gave",
                      tlsni_err_quote(text, sizeof text, url->url.data, url->url.len));
}

tlsn_status tlsni_url_take(struct tlsni_hs *hs, const struct tlsn_span *objects, size_t count)
{
    struct tlsni_msg_certificate_url m;
    struct tlsni_msg_url url;
    tlsn_status st = tlsni_msg_certificate_url_parse(kept(hs), &m);

    if (count && st == TLSN_OK && count != m.count)
        return TLSN_ERR_ARGUMENT;
    for (size_t i = 0; st == TLSN_OK && i < count && tlsni_msg_url_next(&m.list, &url); i++) {
        st = check_hash(hs, &url, objects[i]);
        if (st == TLSN_OK)
            st = m.pkipath ? append_path(hs, objects[i]) : append(hs, objects[i]);
    }
    return st;
}

/* @rfc 6066:5/13, 3546:3.3/3, 4366:3.3/3, 6066:5/14 */
static tlsn_status go_without(struct tlsni_hs *hs)
{
    if (hs->cfg->client_auth == TLSN_CLIENT_AUTH_REQUIRE)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNOBTAINABLE, "handshake",
                          "the client's certificates could not be fetched, but are required");
    hs->facts |= TLSNI_F_CLIENT_SIGNS | TLSNI_F_UNOBTAINED;
    return tlsni_bound_check_leaf(hs, tlsni_span_make(NULL, 0));
}

/* @rfc 6066:5/5 */
tlsn_status tlsni_act_fetch(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = hs->host->ask_certificates(hs->host_ctx);

    (void)body;
    if (st != TLSN_OK)
        return st;
    if (!tlsni_buf_len(&hs->fetched))
        return go_without(hs);
    st = tlsni_peer_chain(hs, tlsni_buf_span(&hs->fetched));
    hs->facts |= TLSNI_F_CLIENT_SIGNS;
    return st == TLSN_OK ? tlsni_peer_usage(hs, TLSNI_KU_DIGITAL_SIGNATURE) : st;
}

tlsn_status tlsni_act_ignore_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_signed sig;

    tlsni_transcript_forget(&hs->transcript, hs->env);
    return tlsni_msg_signed_parse(&r, hs->version->sigalgs, &sig);
}
