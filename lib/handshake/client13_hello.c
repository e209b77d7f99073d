/* client13_hello.c - what a TLS 1.3 ServerHello or HelloRetryRequest settles (RFC 8446 4.1.3, 4.1.4). */
#include "ext/ext.h"
#include "handshake/client13.h"
#include "handshake/common13.h"
#include "handshake/early13.h"
#include "handshake/negotiate.h"
#include "handshake/psk13.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"

static const char layer[] = "handshake";

/* Fields of old that say nothing any more have to say it right.
 * @rfc 8446:4.1.3/5, 9846:4.2.3/1
 * @rfc 8446:D.5/12, 9846:E.5/3 */
static tlsn_status check_old_fields(struct tlsni_hs *hs, const struct tlsni_msg_server_hello *m)
{
    if (m->version != hs->version->old_number)
        return tlsni_fail(hs->err, TLSN_ERR_VERSION, layer,
                          "ServerHello with version 0x%04x in its old field", m->version);
    if (!tlsni_span_eq(m->session_id, tlsni_span_make(hs->session_id, hs->session_id_len)))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server does not echo the session ID");
    if (m->compression)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose compression method %u", m->compression);
    return TLSN_OK;
}

/* The one of the HelloRetryRequest, if there was one.
 * @rfc 8446:4.1.3/6, 8446:4.1.4/4
 * @rfc 8446:4.1.4/13 */
static tlsn_status take_suite(struct tlsni_hs *hs, uint16_t id)
{
    const struct tlsni_suite *suite = tlsni_suite_find(id);

    if (!suite || !tlsni_ids_has(&hs->cfg->suites, id) ||
        !tlsni_version_overlap(suite->min_version, suite->max_version, hs->version->number,
                               hs->version->number))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose %s (0x%04x), which was not offered for %s",
                          suite ? suite->name : "an unknown suite", id, hs->version->title);
    if (hs->suite && hs->suite != suite)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose %s behind a HelloRetryRequest with %s", suite->name,
                          hs->suite->name);
    hs->suite = suite;
    return TLSN_OK;
}

static const struct tlsni_hash *hash_of(const struct tlsni_hs *hs)
{
    return tlsni_version_hash(hs->version, hs->suite);
}

/* What is of another hash cannot be offered again, and what was not offered before cannot be now (RFC 8446 4.1.2).
 * @rfc 8446:4.1.4/5 */
static void drop_foreign_offers(struct tlsni_hs *hs)
{
    const struct tlsni_suite *suite = hs->tls13.resumes ? tlsni_suite_find(hs->offer->suite) : NULL;

    hs->tls13.externals = (uint16_t)(hs->tls13.offers - hs->tls13.resumes);
    hs->tls13.offer_hash = hash_of(hs);
    if (suite && suite->prf != hs->suite->prf) {
        hs->tls13.resumes = false;
        hs->offer = NULL;
    }
    tlsni_psk13_count(hs);
}

/* @rfc 8446:4.1.4/2, 8446:4.1.4/3 */
static tlsn_status receive_retry(struct tlsni_hs *hs, const struct tlsni_msg_server_hello *m)
{
    tlsn_status st;

    if (hs->facts & TLSNI_F_RETRY)
        return tlsni_fail(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, layer,
                          "a second HelloRetryRequest");
    hs->facts |= TLSNI_F_RETRY;
    st = tlsni_early13_reject(hs);
    if (st == TLSN_OK)
        st = tlsni_ext_read(hs, TLSNI_IN_HELLO_RETRY, m->extensions);
    if (st != TLSN_OK)
        return st;
    if (!hs->tls13.retry_group && !tlsni_buf_len(&hs->tls13.cookie))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "a HelloRetryRequest that changes nothing");
    tlsni_transcript_retry(&hs->transcript, hash_of(hs));
    drop_foreign_offers(hs);
    return TLSN_OK;
}

/* What pre_shared_key and key_share leave open.
 * @rfc 8446:4.2.8/3, 8446:4.2.9/5, 8446:4.2.11/11 */
static tlsn_status check_exchange(struct tlsni_hs *hs)
{
    const struct tlsni_group *asked = hs->tls13.retry_group;

    if (!hs->group &&
        !(hs->tls13.keyed && !hs->tls13.cert_psk && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_PSK_KE)))
        return tlsni_fail(hs->err,
                          hs->tls13.keyed ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_ERR_MISSING_EXTENSION, layer,
                          "ServerHello has no key_share");
    if (asked && hs->group && hs->group != asked)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose %s behind a HelloRetryRequest for %s", hs->group->name,
                          asked->name);
    return TLSN_OK;
}

/* A key and the flag that certificates go with it belong together.
 * @rfc 8773:4/4, 8773:7/2 */
static tlsn_status check_cert_psk(struct tlsni_hs *hs)
{
    const struct tlsni_hs13 *t = &hs->tls13;

    if (t->cert_psk && !t->keyed)
        return tlsni_fail(hs->err, TLSN_ERR_MISSING_EXTENSION, layer,
                          "ServerHello has tls_cert_with_extern_psk without pre_shared_key");
    if (t->keyed && !t->cert_psk && !t->resumes &&
        tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK))
        return tlsni_fail(hs->err, TLSN_ERR_MISSING_EXTENSION, layer,
                          "server takes a pre-shared key in the place of its certificate");
    return TLSN_OK;
}

/* What a pre-shared key that the server took makes of the handshake. */
static tlsn_status take_psk(struct tlsni_hs *hs)
{
    tlsn_status st = check_cert_psk(hs);

    if (st != TLSN_OK || !hs->tls13.keyed)
        return st;
    st = tlsni_psk13_take(hs);
    if (st != TLSN_OK || hs->tls13.cert_psk)
        return st;
    hs->facts |= TLSNI_F_PSK;
    if (!hs->tls13.resumes || hs->tls13.selected)
        return TLSN_OK;
    hs->resumed = TLSN_RESUMED_TICKET;
    return tlsni_session_copy(&hs->session, hs->offer, hs->env);
}

static tlsn_status receive_hello(struct tlsni_hs *hs, const struct tlsni_msg_server_hello *m)
{
    tlsn_status st;

    memcpy(hs->server_random, m->random.data, TLSNI_RANDOM_LEN);
    if (!hs->transcript.hash.row)
        tlsni_transcript_start(&hs->transcript, hash_of(hs));
    tlsni_transcript_forget(&hs->transcript, hs->env);
    st = tlsni_ext_read(hs, TLSNI_IN_SERVER_HELLO13, m->extensions);
    if (st == TLSN_OK)
        st = check_exchange(hs);
    if (st == TLSN_OK)
        st = take_psk(hs);
    if (st == TLSN_OK && hs->group)
        st = tlsni_share13_finish(hs);
    return st;
}

/* @rfc 8446:4.1.4/1
 * @rfc 8446:4.1.3/12, 9846:4.3.1/1 */
tlsn_status tlsni_client13_server_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_server_hello m;
    tlsn_status st = tlsni_msg_server_hello_parse(body, &m);

    if (st == TLSN_OK)
        st = check_old_fields(hs, &m);
    if (st == TLSN_OK)
        st = take_suite(hs, m.suite);
    if (st != TLSN_OK)
        return st;
    return memcmp(m.random.data, tlsni_retry_random, TLSNI_RANDOM_LEN) == 0 ? receive_retry(hs, &m)
                                                                            : receive_hello(hs, &m);
}
