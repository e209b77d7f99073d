/* server13_select.c - what a TLS 1.3 server makes of a ClientHello (RFC 8446 4.1.1, 4.1.2, 9.2). */
#include "ext/ext.h"
#include "handshake/early13.h"
#include "handshake/common12.h"
#include "handshake/delegated13.h"
#include "handshake/hello_server.h"
#include "handshake/negotiate.h"
#include "handshake/psk13.h"
#include "handshake/server13.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"

static const char layer[] = "handshake";

/* ---- what has to be there ---- */

/* Fields of old. A hello of SSL 3.0 is none, whatever its extensions say (RFC 8446 D.5), and by RFC 9846 4.2.2
 * only one that says TLS 1.2 there is one of TLS 1.3.
 * @rfc 8446:4.1.2/4, 8446:D.5/2, 9846:4.2.2/1 */
static tlsn_status check_old_fields(struct tlsni_hs *hs)
{
    if (hs->hello.compressions.len != 1 || hs->hello.compressions.data[0])
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "client offers compression in %s", hs->version->title);
    if (hs->client_version != hs->version->old_number)
        return tlsni_fail(hs->err, TLSN_ERR_VERSION, layer,
                          "ClientHello with 0x%04x in its old version field", hs->client_version);
    return TLSN_OK;
}

static tlsn_status missing(struct tlsni_hs *hs, const char *extension)
{
    return tlsni_fail(hs->err, TLSN_ERR_MISSING_EXTENSION, layer, "client sends no %s", extension);
}

/* @rfc 8446:4.2.9/1, 8446:9.2/3, 8446:9.2/4 */
static tlsn_status check_extensions(struct tlsni_hs *hs)
{
    bool psk = hs->tls13.peer_psks.identity_count != 0;

    if (psk && !hs->tls13.modes_seen)
        return missing(hs, "psk_key_exchange_modes with its pre_shared_key");
    if (hs->peer_groups_seen != hs->tls13.shares_seen)
        return missing(hs, hs->peer_groups_seen ? "key_share" : "supported_groups");
    if (!psk && !hs->peer_sigalgs_seen)
        return missing(hs, "signature_algorithms");
    if (!psk && !hs->peer_groups_seen)
        return missing(hs, "supported_groups");
    return tlsni_share13_check(hs);
}

/* ---- suite, group, authentication ---- */

/* A certificate, with everything that hangs on it.
 * @rfc 8446:4.2.3/5, 8446:9.1/1 */
static tlsn_status select_certificate(struct tlsni_hs *hs)
{
    tlsn_status st;

    if (!hs->peer_sigalgs_seen)
        return missing(hs, "signature_algorithms");
    st = tlsni_negotiate_suite(hs);
    if (st != TLSN_OK)
        return st;
    tlsni_delegated13_choose(hs, hs->peer_sigalgs, &hs->scheme);
    hs->facts |= TLSNI_F_CERT;
    if (hs->cfg->client_auth != TLSN_CLIENT_AUTH_NONE)
        hs->facts |= TLSNI_F_REQUEST;
    tlsni_session_set_name(hs);
    tlsni_ext_choose_status(hs);
    return tlsni_negotiate_peer_type(hs);
}

/* @rfc 8773:4/1, 8773:4/3, 9973:4/1 */
static tlsn_status check_cert_psk(struct tlsni_hs *hs)
{
    const struct tlsni_hs13 *t = &hs->tls13;

    if (!t->cert_psk_asked || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK))
        return TLSN_OK;
    if (!t->peer_psks.identity_count || !t->shares_seen)
        return missing(hs, t->shares_seen ? "pre_shared_key" : "key_share");
    if (t->early == TLSN_EARLY_NO)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "client sends tls_cert_with_extern_psk and early_data");
}

/* The suite stays one of the key's hash, if there is a key, and the one of a HelloRetryRequest, which may have been
 * for a ticket that is gone since: any goes with any certificate.
 * @rfc 8446:4.1.4/11, 8773:5.2/1, 9973:5.2/2 */
static tlsn_status select_authentication(struct tlsni_hs *hs)
{
    const struct tlsni_suite *settled = hs->tls13.keyed ? hs->suite : hs->tls13.first_suite;
    tlsn_status st = hs->facts & TLSNI_F_PSK ? TLSN_OK : select_certificate(hs);

    if (settled)
        hs->suite = settled;
    return st;
}

/* @rfc 8446:4.1.1/1 */
static tlsn_status select(struct tlsni_hs *hs)
{
    bool retry = false;
    tlsn_status st = check_old_fields(hs);

    if (st == TLSN_OK)
        st = check_extensions(hs);
    if (st == TLSN_OK)
        st = check_cert_psk(hs);
    if (st == TLSN_OK)
        st = tlsni_server13_find_psk(hs);
    if (st == TLSN_OK)
        st = select_authentication(hs);
    if (st != TLSN_OK)
        return st;
    if (hs->group)
        (void)tlsni_share13_choose(hs, &retry);
    hs->tls13.retry_group = retry ? hs->group : NULL;
    return TLSN_OK;
}

/* ---- two hellos ---- */

/* What a second ClientHello may change (RFC 8446 4.1.2). tls_cert_with_extern_psk cannot stay when the last key goes
 * (RFC 9973 4), as it does when none is for the suite. */
static bool may_change(uint16_t type)
{
    return type == TLSNI_EXT_KEY_SHARE || type == TLSNI_EXT_COOKIE ||
           type == TLSNI_EXT_PRE_SHARED_KEY || type == TLSNI_EXT_PADDING ||
           type == TLSNI_EXT_EARLY_DATA || type == TLSNI_EXT_CERT_WITH_EXTERN_PSK;
}

static void digest_span(struct tlsni_hash_ctx *h, struct tlsn_span s)
{
    const uint8_t len[2] = { (uint8_t)(s.len >> 8), (uint8_t)s.len };

    tlsni_hash_update(h, len, sizeof len);
    tlsni_hash_update(h, s.data, s.len);
}

static void digest_hello(const struct tlsni_hs *hs, uint8_t out[TLSNI_HELLO_DIGEST])
{
    const struct tlsni_msg_client_hello *m = &hs->hello;
    struct tlsni_rd r = tlsni_rd_span(m->extensions);
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx h;

    tlsni_hash_init(&h, tlsni_hash_find(TLSNI_HASH_SHA256));
    digest_span(&h, m->random);
    digest_span(&h, m->session_id);
    digest_span(&h, m->suites);
    while (tlsni_rd_left(&r)) {
        uint16_t type = tlsni_rd_u16(&r);
        struct tlsn_span data = tlsni_rd_vec_span(&r, 2, 0, 65535);
        const uint8_t head[2] = { (uint8_t)(type >> 8), (uint8_t)type };

        if (may_change(type))
            continue;
        tlsni_hash_update(&h, head, sizeof head);
        digest_span(&h, data);
    }
    tlsni_hash_peek(&h, digest);
    memcpy(out, digest, TLSNI_HELLO_DIGEST);
}

tlsn_status tlsni_server13_select(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = select(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    if (hs->tls13.retry_group)
        hs->facts |= TLSNI_F_RETRY;
    tlsni_early13_settle(hs);
    hs->tls13.first_suite = hs->suite;
    hs->tls13.first_group = hs->group;
    digest_hello(hs, hs->tls13.digest);
    memcpy(hs->session_id, hs->hello.session_id.data, hs->hello.session_id.len);
    hs->session_id_len = (uint8_t)hs->hello.session_id.len;
    return TLSN_OK;
}

/* Nothing of the first hello counts any more. */
static void begin_again(struct tlsni_hs *hs)
{
    hs->facts &= ~(uint32_t)(TLSNI_F_PSK | TLSNI_F_RESUMED | TLSNI_F_CERT | TLSNI_F_REQUEST |
                             TLSNI_F_STATUS);
    hs->resumed = TLSN_RESUMED_NO;
    hs->tls13.shares_seen = hs->tls13.modes_seen = false;
    hs->tls13.modes = 0;
    hs->tls13.tried = hs->tls13.no_tickets = 0;
    hs->tls13.keyed = hs->tls13.asks_tickets = false;
    hs->tls13.cert_psk_asked = hs->tls13.cert_psk = false;
    hs->tls13.peer_delegated = tlsni_span_make(NULL, 0);
    hs->tls13.delegated = NULL;
    memset(hs->tls13.delegation, 0, sizeof hs->tls13.delegation);
    hs->tls13.early_skip = TLSNI_SKIP_NONE;
    hs->session_asked = false;
    tlsni_buf_free(hs->env, &hs->psk_identity);
    tlsni_psk13_forget(hs);
    hs->tls13.terms = (struct tlsni_early_terms){ 0 };
    tlsni_session_clear(&hs->session);
    tlsni_buf_free(hs->env, &hs->own_ticket);
}

static tlsn_status check_cookie(struct tlsni_hs *hs)
{
    const struct tlsni_buf *b = &hs->tls13.cookie;

    if (tlsni_span_eq(hs->tls13.peer_cookie,
                      tlsni_buf_span(b)))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "second ClientHello does not carry the cookie of the HelloRetryRequest");
}

/* @rfc 8446:4.1.2/2 */
static tlsn_status check_same(struct tlsni_hs *hs)
{
    uint8_t digest[TLSNI_HELLO_DIGEST];

    digest_hello(hs, digest);
    if (memcmp(digest, hs->tls13.digest, sizeof digest) == 0)
        return check_cookie(hs);
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "second ClientHello changes more than its shares");
}

tlsn_status tlsni_server13_read_again(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st;

    (void)body;
    begin_again(hs);
    st = tlsni_hello_read(hs);
    if (st == TLSN_OK)
        st = tlsni_ext_read(hs, TLSNI_IN_CLIENT_HELLO, hs->hello.extensions);
    return st == TLSN_OK ? check_same(hs) : st;
}

/* The client sends the share that it was asked for and no other. */
static bool is_only_share(const struct tlsni_hs *hs, const struct tlsni_group *group)
{
    struct tlsn_span rest = hs->tls13.peer_shares, value;
    uint16_t id;

    return tlsni_ext_share_next(&rest, &id, &value) && id == group->id && !rest.len;
}

/* The group that was asked for is the one to take.
 * @rfc 8446:4.1.4/12 */
tlsn_status tlsni_server13_select_again(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_group *group = hs->tls13.first_group;
    tlsn_status st = select(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    if (!is_only_share(hs, group) || hs->group != group)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "second ClientHello has no share of %s, or further ones", group->name);
    return TLSN_OK;
}
