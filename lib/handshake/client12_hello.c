/* client12_hello.c - what a TLS 1.2 ServerHello settles: suite, extensions, whether a session is
 * resumed. */
#include "ext/ext.h"
#include "handshake/bound.h"
#include "handshake/client12.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "handshake/transcript.h"

/* @rfc 4346:A.5/5, 5246:7.4.1.3/11, 5288:4/4, 8442:3/5 */
static tlsn_status take_suite(struct tlsni_hs *hs, const struct tlsni_msg_server_hello *m)
{
    const struct tlsni_suite *suite = tlsni_suite_find(m->suite);

    /* @rfc 5246:7.4.1.3/8 */
    if (!suite || !tlsni_ids_has(&hs->cfg->suites, m->suite) ||
        !tlsni_suite_offered(suite, hs->cfg))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server chose %s (0x%04x), which was not offered",
                          suite ? suite->name : "an unknown suite", m->suite);
    if (!tlsni_version_overlap(suite->min_version, suite->max_version, hs->version->number,
                               hs->version->number))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server chose %s, which %s does not have", suite->name,
                          hs->version->title);
    if (!tlsni_compression_enabled(hs->cfg, m->compression))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server chose compression method %u, which was not offered",
                          m->compression);
    hs->suite = suite;
    hs->compression = m->compression;
    hs->kx = tlsni_kx_find(suite->kx);
    return hs->kx ? TLSN_OK : TLSN_ERR_INTERNAL;
}

/* RFC 7366 3: only block ciphers in CBC mode have it. */
static tlsn_status check_etm(struct tlsni_hs *hs)
{
    if (!hs->etm || hs->suite->kind == TLSNI_CIPHER_CBC)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "server answered encrypt_then_mac for %s", hs->suite->name);
}

/* @rfc 5246:7.4.1.3/6, 5077:3.4/2, 4507:3.4/2 */
static bool is_resumed(const struct tlsni_hs *hs, const struct tlsni_msg_server_hello *m)
{
    return hs->offer && !hs->tls13.resumes && hs->session_id_len &&
           tlsni_span_eq(m->session_id, tlsni_span_make(hs->session_id, hs->session_id_len));
}

static tlsn_status resume(struct tlsni_hs *hs)
{
    const tlsn_session *s = hs->offer;

    /* @rfc 5246:7.4.1.3/9 */
    if (s->version != hs->version->number || s->suite != hs->suite->id)
        return tlsni_fail(hs->err, TLSN_ERR_SESSION_CHANGED, "handshake",
                          "server resumed with %s and %s, the session has suite 0x%04x",
                          hs->version->title, hs->suite->name, s->suite);
    if (s->compression != hs->compression) /* @rfc 3749:3/1 */
        return tlsni_fail(hs->err, TLSN_ERR_SESSION_CHANGED, "handshake",
                          "server resumed with compression method %u, the session has %u",
                          hs->compression, s->compression);
    /* @rfc 7627:5.3/9 @rfc 7627:5.3/10 */
    if (s->ems != hs->ems)
        return tlsni_fail(hs->err, TLSN_ERR_EXTENDED_MASTER, "handshake",
                          "server resumed %s extended_master_secret, the session was made %s it",
                          hs->ems ? "with" : "without", s->ems ? "with" : "without");
    if (hs->fragment_max && hs->fragment_max != s->fragment_max)
        return tlsni_fail(hs->err, TLSN_ERR_SESSION_CHANGED, "handshake",
                          "server resumed with max_fragment_length %u, the session has %u",
                          hs->fragment_max, s->fragment_max);
    /* @rfc 6066:4/7, 8449:4/13 */
    hs->truncated_mac = s->truncated_mac; /* @rfc 6066:7/6 */
    if (!hs->size_limit_out)
        hs->fragment_max = s->fragment_max;
    hs->resumed = tlsni_buf_len(&s->ticket) ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID;
    hs->facts |= TLSNI_F_RESUMED;
    return tlsni_session_copy(&hs->session, s, hs->env);
}

/* ALPACA: a server that did not take the name may be another service's. A resumed session had it
 * taken before. */
static tlsn_status check_acknowledged(const struct tlsni_hs *hs, bool resumed)
{
    if (resumed || !hs->server_name || hs->name_acknowledged ||
        !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_NAMES))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_UNRECOGNIZED_NAME, "handshake",
                      "server does not acknowledge the server_name \"%s\", which is required",
                      hs->server_name);
}

static void note_facts(struct tlsni_hs *hs)
{
    if (tlsni_auth_by_certificate(hs->suite->auth))
        hs->facts |= TLSNI_F_CERT;
    if (hs->suite->kx == TLSNI_KX_RSA_EXPORT)
        ; /* the certificate's key will tell */
    else if (hs->kx->read_params && hs->kx->has_params)
        hs->facts |= TLSNI_F_SKE_OPTIONAL;
    else if (hs->kx->read_params)
        hs->facts |= TLSNI_F_SKE;
    if (tlsni_auth_by_certificate(hs->suite->auth) && !tlsni_kx_is_transport(hs->suite->kx))
        hs->facts |= TLSNI_F_SKE_SIGNED;
    if (hs->ticket_due)
        hs->facts |= TLSNI_F_TICKET;
}

/* Fallbacks that were asked for are not meant: then the newest version is the one that was offered.
 * @rfc 8446:4.1.3/2, 8446:4.1.3/3 */
static tlsn_status check_downgrade(struct tlsni_hs *hs, struct tlsn_span random)
{
    if (!tlsni_version_is_marked(hs->version, hs->newest, random.data + random.len - TLSNI_MARK_LEN))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DOWNGRADE, "handshake",
                      "the server answers a hello of less than the version that was offered");
}

tlsn_status tlsni_client12_server_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_server_hello m;
    tlsn_status st = tlsni_msg_server_hello_parse(body, &m);
    bool resumed;

    if (st == TLSN_OK)
        st = check_downgrade(hs, m.random);
    if (st == TLSN_OK)
        st = take_suite(hs, &m);
    if (st != TLSN_OK)
        return st;
    memcpy(hs->server_random, m.random.data, TLSNI_RANDOM_LEN);
    resumed = is_resumed(hs, &m);
    hs->session_id_len = (uint8_t)m.session_id.len;
    if (m.session_id.len)
        memcpy(hs->session_id, m.session_id.data, m.session_id.len);
    tlsni_transcript_start(&hs->transcript, tlsni_version_hash(hs->version, hs->suite));
    st = tlsni_ext_read(hs, TLSNI_IN_SERVER_HELLO, m.extensions);
    if (st == TLSN_OK)
        st = check_etm(hs);
    if (st == TLSN_OK)
        st = tlsni_bound_check_outcome(hs);
    if (st == TLSN_OK)
        st = check_acknowledged(hs, resumed);
    if (st != TLSN_OK)
        return st;
    tlsni_ext_settle_truncated_hmac(hs);
    note_facts(hs);
    return resumed ? resume(hs) : TLSN_OK;
}
