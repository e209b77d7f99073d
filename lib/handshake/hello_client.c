/* hello_client.c - the client's hellos, before a version is chosen: ClientHello goes out,
 * ServerHello names the version, and its flow takes over. */
#include "base/env.h"
#include "ext/ext.h"
#include "handshake/bound.h"
#include "handshake/common12.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/send.h"
#include "handshake/binder13.h"
#include "handshake/early13.h"
#include "handshake/hello_client.h"
#include "handshake/kx_psk.h"
#include "handshake/psk13.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"

enum { START, WAIT_SERVER_HELLO, STATES };
static const char *const state_names[STATES] = { "start", "wait_server_hello" };

/* A session is a pre-shared key of its version. */
static bool is_psk(const tlsn_session *s)
{
    const struct tlsni_version *v = tlsni_version_find(s->version);

    return v && v->psk_extension;
}

/* It began with one that was agreed on outside. */
static bool has_psk(const tlsn_session *s)
{
    return is_psk(s) && tlsni_buf_len(&s->identity);
}

/* A resumed server shows no certificate again: there has to be a verdict on the first one, and for
 * the same name. A session that a pre-shared key or a password began is for the same identity
 * only. */
static bool offer_trusted(const struct tlsni_hs *hs)
{
    const tlsn_session *s = hs->offer;
    const struct tlsni_suite *suite = tlsni_suite_find(s->suite);
    const struct tlsni_kx_ops *kx = suite ? tlsni_kx_find(suite->kx) : NULL;

    if (!kx || !tlsni_suite_offered(suite, hs->cfg) || (kx->offered && !kx->offered(hs->cfg, s)))
        return false;
    if (has_psk(s) && !tlsni_psk_known(hs->cfg, s))
        return false;
    return !tlsni_auth_by_certificate(suite->auth) || (has_psk(s) && !s->scheme) ||
           hs->cfg->insecure_no_verify ||
           (tlsni_hs_trusts(hs->cfg, s) &&
            (!hs->verify_name || strcmp(s->verify_name, hs->verify_name) == 0));
}

/* @rfc 5246:7.4.1.2/12, 6066:3/19, 5077:3.3/12, 4507:3.3/12
 * @rfc 8446:4.6.1/4
 * @rfc 8446:4.1.2/12, 8446:D.1/1 */
static bool offer_usable(const struct tlsni_hs *hs)
{
    const tlsn_session *s = hs->offer;
    bool by_ticket = tlsni_buf_len(&s->ticket) != 0;
    const char *name = hs->server_name ? hs->server_name : "";

    return tlsni_session_fresh(s, tlsni_now_ms(hs->env)) &&
           tlsni_ids_has(&hs->cfg->suites, s->suite) &&
           tlsni_version_overlap(s->version, s->version, hs->cfg->version_min,
                                 hs->cfg->version_max) &&
           tlsni_compression_enabled(hs->cfg, s->compression) &&
           tlsni_hs_feature(hs->cfg, by_ticket ? TLSN_FEATURE_TICKETS : TLSN_FEATURE_SESSION_IDS) &&
           (!s->truncated_mac || tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TRUNCATED_HMAC)) &&
           (!s->fragment_max || s->fragment_max == hs->cfg->max_fragment_length) &&
           (by_ticket || s->id_len) && strcmp(s->server_name, name) == 0 && offer_trusted(hs) &&
           tlsni_bound_fits_leaf(hs, tlsni_span_make(s->peer_leaf.data, s->peer_leaf.end));
}

/* A session ID of our own invention.
 * @rfc 8446:4.1.2/6
 * @rfc 8446:4.1.2/11 */
static tlsn_status invent_id(struct tlsni_hs *hs)
{
    hs->session_id_len = TLSNI_SESSION_ID_MAX;
    return tlsni_random(hs->env, hs->session_id, TLSNI_SESSION_ID_MAX);
}

/* With a ticket the session ID is a random value whose echo tells that the server resumed (RFC 5077
 * 3.4). With TLS 1.3 it is one as well, for the eyes of boxes in between (RFC 8446 D.4).
 * @rfc 5246:7.4.1.2/3, 5077:3.4/3, 4507:3.4/3
 * @rfc 8446:4.1.2/10 */
static tlsn_status set_session_id(struct tlsni_hs *hs)
{
    if (hs->offer && !offer_usable(hs))
        hs->offer = NULL;
    hs->tls13.compat = (hs->worlds & TLSNI_WORLD_13) &&
                       tlsni_hs_feature(hs->cfg, TLSN_FEATURE_COMPAT_MODE);
    hs->tls13.resumes = hs->offer && is_psk(hs->offer);
    tlsni_psk13_count(hs);
    tlsni_early13_offer(hs);
    if (!hs->offer || hs->tls13.resumes)
        return hs->tls13.compat ? invent_id(hs) : TLSN_OK;
    if (tlsni_buf_len(&hs->offer->ticket))
        return invent_id(hs);
    hs->session_id_len = hs->offer->id_len;
    memcpy(hs->session_id, hs->offer->id, hs->offer->id_len);
    return TLSN_OK;
}

/* @rfc 5246:7.4.1.2/7, 5246:A.5/1, 6176:3/1, 7465:2/1, 5288:4/2, 6655:3/10 */
static bool write_suites(const struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t begin;

    tlsni_grease_put(hs, TLSNI_GREASE_SUITE, w);
    begin = w->len;
    for (size_t i = 0; i < hs->cfg->suites.count; i++) {
        const struct tlsni_suite *suite = tlsni_suite_find(hs->cfg->suites.id[i]);

        if (suite && tlsni_suite_offered(suite, hs->cfg) &&
            tlsni_version_overlap(suite->min_version, suite->max_version, hs->cfg->version_min,
                                  hs->newest->number))
            tlsni_wr_u16(w, suite->id);
    }
    if (w->len == begin)
        return false;
    if (tlsni_hs_signals_by_suite(hs))
        tlsni_wr_u16(w, TLSNI_SCSV_RENEGOTIATION);
    /* behind all suites (@rfc 7507:4/1, 7507:4/2); not with the version of a session (@rfc 7507:4/3) */
    if (hs->fallback_scsv && !(hs->offer && hs->offer->version == hs->client_version))
        tlsni_wr_u16(w, TLSNI_SCSV_FALLBACK);
    return true;
}

enum { COMPRESSIONS_MAX = 254 };

/* What was asked for by name, then null, which every server takes; with TLS 1.3 null alone.
 * @rfc 5246:7.4.1.2/13, 3749:2/1
 * @rfc 8446:4.1.2/5 */
static size_t write_compressions(const struct tlsni_hs *hs, uint8_t out[COMPRESSIONS_MAX + 1])
{
    struct tlsn_span list = hs->cfg->compressions;

    if (hs->worlds & TLSNI_WORLD_13)
        list.len = 0;
    if (list.len)
        memcpy(out, list.data, list.len);
    out[list.len] = 0;
    return list.len + 1;
}

/* A type and a fingerprint for each message. */
static size_t cached_max(const struct tlsni_hs *hs)
{
    struct tlsn_span rest = hs->cached, message;
    size_t n = 0;

    while (tlsni_msg_next(&rest, &message))
        n += 2 + TLSNI_FINGERPRINT_LEN;
    return n;
}

static size_t shares_max(const struct tlsni_hs *hs)
{
    return 4 * ((size_t)hs->tls13.shares + 2) + hs->tls13.share_block_len;
}

static size_t body_max(const struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *c = hs->cfg;

    return 1024 + c->hello_pad + c->alpn.len + c->trusted_cas.len + hs->srtp_mki.len +
           cached_max(hs) + shares_max(hs) + tlsni_buf_len(&hs->tls13.cookie) +
           tlsni_ext_psk_max(hs) +
           2 * (c->suites.count + c->groups.count + c->sigalgs.count + c->sigalgs_cert.count +
                c->delegated_schemes.count) +
           (hs->server_name ? strlen(hs->server_name) : 0) +
           (hs->offer ? tlsni_buf_len(&hs->offer->ticket) : 0);
}

/* @rfc 5246:7.4.1.2/13, 5246:7.4.1.2/15, 5246:6.2.2/1, 5246:E.2/14
 * @rfc 5246:7.4.1.4/5, 3546:2.3/5, 4366:2.3/5, 6066:1.1/2
 * @rfc 8446:2.2/3, 8446:4.2/5, 8446:D.5/11, 8446:9.2/7 */
tlsn_status tlsni_client_hello_send(struct tlsni_hs *hs)
{
    uint8_t suites[1024], compressions[COMPRESSIONS_MAX + 1];
    struct tlsni_wr list = tlsni_wr_make(suites, sizeof suites);
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_CLIENT_HELLO, body_max(hs));

    if (st != TLSN_OK)
        return st;
    if (!write_suites(hs, &list) || list.bad)
        return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_SUITE, "handshake",
                          "no cipher suite can be offered in the versions that are enabled");
    const struct tlsni_msg_client_hello m = {
        .version = hs->client_version,
        .random = { hs->client_random, TLSNI_RANDOM_LEN },
        .session_id = { hs->session_id, hs->session_id_len },
        .suites = { suites, list.len },
        .compressions = { compressions, write_compressions(hs, compressions) },
    };
    tlsni_msg_client_hello_write(&s.w, &m);
    tlsni_ext_write(hs, TLSNI_IN_CLIENT_HELLO, &s.w);
    tlsni_msg_end(&s.w, s.mark);
    if (hs->tls13.offers && !s.w.bad)
        tlsni_binder13_put(hs, s.w.buf, s.w.len);
    return tlsni_send_end(hs, &s);
}

/* Without extensions, compression or session: there is no place for them. */
static tlsn_status write_ssl2_hello(struct tlsni_hs *hs)
{
    uint8_t suites[1024];
    struct tlsni_wr list = tlsni_wr_make(suites, sizeof suites), w;
    const size_t max = 16 + sizeof suites / 2 * 3 + TLSNI_RANDOM_LEN;
    tlsn_status st = tlsni_buf_reserve(hs->env, &hs->out, max);

    if (st != TLSN_OK)
        return st;
    if (!write_suites(hs, &list) || list.bad)
        return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_SUITE, "handshake",
                          "no cipher suite can be offered in an SSL 2.0 compatible ClientHello");
    hs->offer = NULL;
    hs->server_name = NULL;
    hs->session_id_len = 0;
    w = tlsni_wr_make(hs->out.data, max);
    tlsni_msg_ssl2_hello_write(&w, hs->client_version, tlsni_span_make(suites, list.len),
                               tlsni_span_make(hs->client_random, TLSNI_RANDOM_LEN));
    if (w.bad)
        return TLSN_ERR_INTERNAL;
    st = tlsni_transcript_add(&hs->transcript, hs->env, w.buf, w.len);
    return st == TLSN_OK ? hs->host->send_ssl2_hello(hs->host_ctx, w.buf, w.len) : st;
}

/* The newest version that is enabled and has a suite among those that are offered: a server that takes
 * the version at its word could choose none otherwise. A renegotiation keeps to versions that have
 * one. NULL: no version is enabled. */
static const struct tlsni_version *newest(const struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    const struct tlsni_version *v = tlsni_newest_version(cfg, UINT16_MAX);

    while (v && ((hs->bound.version && !v->renegotiates) || (tlsni_hs_sends_ssl2(hs) && v->listed)))
        v = tlsni_newest_version(cfg, (uint16_t)(v->number - 1));
    return v ? v : tlsni_version_select_unlisted(cfg->version_min, cfg->version_max, UINT16_MAX);
}

static uint8_t worlds_of(const struct tlsni_hs *hs)
{
    const struct tlsni_version *v = hs->newest;
    uint8_t worlds = v->world;

    while ((v = tlsni_newest_version(hs->cfg, (uint16_t)(v->number - 1))) != NULL)
        worlds |= v->world;
    return worlds;
}

/* @rfc 5246:7.4.1.2/1, 5246:7.4.1.2/2, 5246:7.4.1.2/11, 6176:3/2, 6176:3/3, 7568:3/3
 * @rfc 6101:5.6.1.2/10
 * @rfc 8996:4/3, 8996:5/3
 * @rfc 8446:4.1.2/9, 9846:4.3.8/2 */
static tlsn_status send_client_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_version *v = newest(hs);
    tlsn_status st;

    (void)body;
    if (!v)
        return tlsni_fail(hs->err, TLSN_ERR_VERSION, "handshake", "no version is enabled");
    hs->newest = v;
    hs->client_version = v->old_number;
    hs->worlds = worlds_of(hs);
    st = tlsni_psk13_ask(hs);
    if (st == TLSN_OK)
        st = tlsni_random(hs->env, hs->client_random, TLSNI_RANDOM_LEN);
    if (st == TLSN_OK)
        st = tlsni_grease_draw(hs);
    if (st == TLSN_OK)
        st = set_session_id(hs);
    if (st == TLSN_OK && (hs->worlds & TLSNI_WORLD_13))
        st = tlsni_share13_make(hs);
    if (st != TLSN_OK)
        return st;
    if (tlsni_hs_sends_ssl2(hs))
        return write_ssl2_hello(hs);
    st = tlsni_client_hello_send(hs);
    return st == TLSN_OK ? tlsni_early13_start(hs) : st;
}

/* The version that a ServerHello chooses: by its extension where it has one, which names none of those
 * that are not listed. In a renegotiation such a one cannot be right.
 * @rfc 8446:4.2.1/5, 9846:4.3.1/1 */
static const struct tlsni_version *chosen_version(struct tlsni_hs *hs, uint16_t *number,
                                                  bool *by_extension, struct tlsn_span body)
{
    struct tlsni_msg_server_hello m;
    struct tlsn_span data;
    const struct tlsni_version *v;

    if (((hs->worlds & TLSNI_WORLD_13) || hs->bound.version) &&
        tlsni_msg_server_hello_parse(body, &m) == TLSN_OK &&
        tlsni_ext_find(m.extensions, TLSNI_EXT_SUPPORTED_VERSIONS, &data) && data.len == 2) {
        *by_extension = true;
        *number = (uint16_t)(data.data[0] << 8 | data.data[1]);
        v = tlsni_version_select(hs->cfg->version_min, hs->newest->number, *number);
        return v && v->listed ? v : NULL;
    }
    return tlsni_version_select_unlisted(hs->cfg->version_min, hs->client_version, *number);
}

/* What an extension of the first handshake chose was not offered there; everything else is a version of
 * another age.
 * @rfc 8446:4.1.3/13, 8446:D.1/3 */
static tlsn_status version_error(const struct tlsni_hs *hs, bool by_extension)
{
    return by_extension && !hs->bound.version ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_ERR_VERSION;
}

/* @rfc 5246:E.1/1, 7568:3/5, 8996:4/5, 8996:5/5
 * @rfc 8446:4.1.4/6, 8446:4.2.1/6 */
tlsn_status tlsni_act_server_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    uint16_t number = tlsni_rd_u16(&r);
    bool by_extension = false;
    const struct tlsni_version *v = chosen_version(hs, &number, &by_extension, body);
    tlsn_status st;

    if (r.bad)
        return TLSN_ERR_DECODE;
    if (!v || v->number != number)
        return tlsni_fail(hs->err, version_error(hs, by_extension), "handshake",
                          "server chose version 0x%04x, which was not offered", number);
    if (hs->version && v != hs->version)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server chose %s behind a HelloRetryRequest of %s", v->title,
                          hs->version->title);
    /* @rfc 8446:D.3/1 */
    if (hs->tls13.early && !v->early_data)
        return tlsni_fail(hs->err, TLSN_ERR_VERSION, "handshake",
                          "server chose %s, which has no place for the early data sent", v->title);
    hs->version = v;
    hs->flow = v->flow[TLSN_CLIENT];
    st = tlsni_bound_check_version(hs);
    return st == TLSN_OK ? v->server_hello(hs, body) : st;
}

/* @rfc 5246:7.4.1.2/20 */
/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state              event                    next               when unless needs proves  action  source */
    TLSNI_ROW(START,             TLSNI_EV_STEP,           WAIT_SERVER_HELLO, 0, 0, 0, 0, send_client_hello,    "RFC 5246 7.4.1.2"),
    TLSNI_ROW(WAIT_SERVER_HELLO, TLSNI_MSG_SERVER_HELLO,  TLSNI_ST_ENTRY,    0, 0, 0, 0, tlsni_act_server_hello, "RFC 5246 7.4.1.3"),
    /* @rfc 5246:7.4/3 */
    TLSNI_ROW(TLSNI_ST_ANY,      TLSNI_MSG_HELLO_REQUEST, TLSNI_ST_ANY,      0, 0, 0, 0, tlsni_act_hello_request, "RFC 5246 7.4.1.1"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_hello_client = {
    "hello client", START, rows, sizeof rows / sizeof *rows, state_names, STATES, 0,
};
