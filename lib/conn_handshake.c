/* conn_handshake.c - the handshake seen from the records: reassembly, dispatch, completion. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/bound.h"
#include "handshake/kx.h"
#include "handshake/tickets.h"

/* The protocol of a complete connection outlives the configuration it was taken from. */
static tlsn_status keep_alpn(tlsn_conn *c, const tlsn_config *next)
{
    struct tlsni_rare *rare;

    if (!c->done || !c->alpn.len || tlsni_conn_rare(c)->alpn_kept || next == c->config)
        return TLSN_OK;
    rare = tlsni_conn_need_rare(c);
    if (rare)
        rare->alpn_kept = tlsni_memdup(c->env, c->alpn.data, c->alpn.len);
    if (!rare || !rare->alpn_kept)
        return TLSN_ERR_NO_MEMORY;
    c->alpn.data = rare->alpn_kept;
    return TLSN_OK;
}

tlsn_status tlsni_conn_adopt(tlsn_conn *c, tlsn_config *config)
{
    tlsn_status st = tlsn_config_freeze(config);

    if (st != TLSN_OK)
        return st;
    st = keep_alpn(c, config);
    if (st != TLSN_OK)
        return st;
    if (config != c->base) /* which is held anyway */
        config = tlsn_config_ref(config);
    if (c->config != c->base)
        tlsn_config_free(c->config);
    c->config = config;
    if (c->scratch)
        c->scratch->hs.cfg = &config->hs;
    return TLSN_OK;
}

struct tlsni_scratch *tlsni_conn_new_scratch(tlsn_conn *c)
{
    struct tlsni_scratch *s = tlsni_alloc(c->env, sizeof *s);

    if (!s)
        return NULL;
    s->hs.env = c->env;
    s->hs.cfg = c->config ? &c->config->hs : NULL;
    s->hs.host = &tlsni_conn_host;
    s->hs.host_ctx = c;
    s->hs.err = &s->err;
    s->hs.role = (enum tlsn_role)c->role;
    return s;
}

tlsn_status tlsni_conn_start(tlsn_conn *c)
{
    struct tlsni_scratch *s = tlsni_conn_new_scratch(c);
    const struct tlsni_rare *rare = tlsni_conn_rare(c);
    struct tlsni_hs *hs;

    if (!s)
        return TLSN_ERR_NO_MEMORY;
    c->scratch = s;
    hs = &s->hs;
    hs->server_name = tlsni_conn_sends_name(c) ? c->server_name : NULL;
    hs->verify_name = c->verify_name_set ? c->verify_name : c->server_name;
    hs->offer = c->offer;
    hs->early_wanted = c->early_wanted;
    if (c->role == TLSN_CLIENT)
        hs->srtp_mki = tlsni_bytes_span(&rare->srtp_mki);
    hs->cached = tlsni_buf_span(&rare->cached);
    if (c->done)
        tlsni_conn_bind(c, hs);
    else
        hs->fallback_scsv = c->fallback;
    tlsni_hs_begin(hs);
    return TLSN_OK;
}

void tlsni_conn_drop_scratch(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;

    if (!s)
        return;
    c->scratch = NULL;
    tlsni_hs_clear(&s->hs);
    tlsni_buf_free(c->env, &s->in);
    tlsni_buf_free(c->env, &s->flight);
    tlsn_credential_free(s->credential);
    tlsni_free_secret(c->env, s, sizeof *s);
}

/* ---- one message out of the bytes that have come ---- */

static tlsn_status check_length(struct tlsni_scratch *s, const tlsn_conn *c, uint8_t type,
                                size_t len)
{
    size_t max = tlsni_conn_limits(c)->message_max;
    const char *name = tlsni_msg_name(type);

    if (len <= max)
        return TLSN_OK;
    return tlsni_fail(&s->err, TLSN_ERR_MESSAGE_TOO_LONG, "handshake",
                      "%s of %zu bytes, at most %zu are taken", name ? name : "message", len, max);
}

/* @rfc 5246:D.4/1, 5246:6.2.1/2, 5246:6.2.1/3 */
static tlsn_status next_message(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    size_t have = tlsni_buf_len(&s->in), len;
    struct tlsni_rd r = tlsni_rd_make(tlsni_buf_data(&s->in), have);
    uint8_t type = tlsni_rd_u8(&r);
    tlsn_status st;

    len = tlsni_rd_u24(&r);
    if (r.bad)
        return TLSN_NEED_INPUT;
    st = check_length(s, c, type, len);
    if (st != TLSN_OK)
        return st;
    if (len > tlsni_rd_left(&r))
        return TLSN_NEED_INPUT;
    s->reading = TLSNI_MSG_HEADER + len;
    st = tlsni_hs_message(&s->hs, tlsni_buf_data(&s->in), s->reading);
    s->reading = 0;
    if (st == TLSN_OK)
        tlsni_buf_skip(&s->in, TLSNI_MSG_HEADER + len);
    tlsni_conn_follow_hello(c);
    return st;
}

/* ---- one record ---- */

static tlsn_status take_handshake(struct tlsni_scratch *s, const uint8_t *data, size_t len)
{
    (void)data;
    /* @rfc 5246:6.2.1/6 */
    if (!len)
        return tlsni_fail(&s->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record", "empty handshake record");
    s->in.end += len; /* it was opened in place */
    return TLSN_OK;
}

/* @rfc 5246:7.1/1 */
static tlsn_status take_ccs(struct tlsni_scratch *s, const uint8_t *data, size_t len)
{
    if (len != 1 || data[0] != 1)
        return tlsni_fail(&s->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "ChangeCipherSpec of %zu bytes or with a value other than 1", len);
    /* keys change at a message boundary only */
    if (tlsni_buf_len(&s->in))
        return tlsni_fail(&s->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "ChangeCipherSpec inside a handshake message");
    return tlsni_hs_ccs(&s->hs);
}

static tlsn_status take_ssl2_hello(tlsn_conn *c, const struct tlsni_record *rec)
{
    struct tlsni_scratch *s = c->scratch;
    tlsn_status st = check_length(s, c, TLSNI_MSG_CLIENT_HELLO, rec->len);

    c->records_in++;
    return st == TLSN_OK ? tlsni_hs_ssl2_hello(&s->hs, tlsni_span_make(rec->fragment, rec->len))
                         : st;
}

/* @rfc 5246:6/2, 5246:7.2.2/7 */
tlsn_status tlsni_conn_take_record(tlsn_conn *c, const struct tlsni_record *rec)
{
    struct tlsni_scratch *s = c->scratch;
    const uint8_t *data;
    size_t len;
    uint8_t type;
    tlsn_status st;

    if (rec->type == TLSNI_CONTENT_SSL2_HELLO)
        return take_ssl2_hello(c, rec);
    if (tlsni_conn_drops_ccs(c, rec))
        return tlsni_conn_drop_ccs(c, rec, &s->err);
    st = tlsni_conn_open(c, rec, &s->in, &type, &data, &len, &s->err);
    if (tlsni_conn_sift_early(c, rec, &st))
        return st;
    if (st == TLSN_ERR_BAD_RECORD_MAC && s->hs.kx && s->hs.kx->psk && (s->hs.proofs & TLSNI_P_CCS))
        s->err.alert = tlsn_status_alert(TLSN_ERR_DECRYPT_ERROR); /* @rfc 4279:2/11 a wrong key is told like that */
    if (st != TLSN_OK)
        return st;
    switch (type) {
    case TLSNI_CONTENT_HANDSHAKE:
        c->warnings = 0;
        return take_handshake(s, data, len);
    case TLSNI_CONTENT_CCS:
        return take_ccs(s, data, len);
    case TLSNI_CONTENT_ALERT:
        return tlsni_conn_alerts(c, data, len, &s->err);
    case TLSNI_CONTENT_HEARTBEAT:
        return tlsni_conn_early_heartbeat(c, &s->err);
    default:
        return tlsni_fail(&s->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "record of type %u inside a handshake", type);
    }
}

static tlsn_status read_record(tlsn_conn *c, const uint8_t *in, size_t len, size_t *consumed)
{
    struct tlsni_record rec;
    size_t hint;
    tlsn_status st = tlsni_conn_next_record(c, in, len, &rec, &hint, &c->scratch->err);

    *consumed = 0;
    if (st != TLSN_OK)
        return st;
    st = tlsni_conn_take_record(c, &rec);
    *consumed = rec.size;
    return st;
}

/* ---- completion ---- */

static tlsn_status keep_leaf(tlsn_conn *c, struct tlsn_span der)
{
    const uint8_t len[3] = { (uint8_t)(der.len >> 16), (uint8_t)(der.len >> 8), (uint8_t)der.len };
    struct tlsni_buf item = { 0 };
    tlsn_status st = tlsni_buf_reserve(c->env, &item, sizeof len + der.len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(c->env, &item, len, sizeof len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(c->env, &item, der.data, der.len);
    if (st == TLSN_OK)
        st = tlsni_bytes_take(c->env, &c->peer, &item);
    tlsni_buf_free(c->env, &item);
    return st;
}

static tlsn_status keep_leaf_hash(tlsn_conn *c, struct tlsn_span der)
{
    uint8_t hash[32];

    tlsni_bound_hash(der, hash);
    return tlsni_bytes_set(c->env, &c->peer, hash, sizeof hash);
}

static tlsn_status keep_peer(tlsn_conn *c, const struct tlsni_hs *hs)
{
    struct tlsn_span list = tlsni_span_make(hs->peer.list.data, hs->peer.list.end), der, rest = list;

    tlsni_bytes_free(c->env, &c->peer);
    c->leaf_hashed = false;
    if (!list.len) /* resumed: the leaf is in the session */
        der = tlsni_span_make(hs->session.peer_leaf.data, hs->session.peer_leaf.end);
    else if (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_KEEP_PEER_CHAIN))
        return tlsni_bytes_set(c->env, &c->peer, list.data, list.len);
    else if (!tlsni_msg_certificate_next(&rest, &der))
        return TLSN_ERR_INTERNAL;
    if (!der.len)
        return TLSN_OK;
    c->leaf_hashed = !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_KEEP_PEER_LEAF);
    return c->leaf_hashed ? keep_leaf_hash(c, der) : keep_leaf(c, der);
}

/* The client's session in packed form, which is the smallest; its certificate is in c->peer. */
static tlsn_status keep_clients_session(tlsn_conn *c, struct tlsni_hs *hs)
{
    struct tlsni_buf none = { 0 }, leaf = hs->session.peer_leaf, bytes = { 0 };
    struct tlsni_bytes *to = c->secrets13 ? &c->secrets13->resumable : &c->session;
    tlsn_status st;

    if (hs->authz_in || hs->authz_out ||
        (!hs->version->psk_extension && !hs->session.id_len && !tlsni_buf_len(&hs->session.ticket)))
        return TLSN_OK;
    hs->session.peer_leaf = none;
    st = tlsni_session_pack(&hs->session, c->env, &bytes);
    hs->session.peer_leaf = leaf;
    if (st == TLSN_OK)
        st = tlsni_bytes_take(c->env, to, &bytes);
    tlsni_buf_free(c->env, &bytes);
    return st;
}

/* The tickets that go with the connection: those made, or the one that it was resumed by. */
static tlsn_status keep_tickets(tlsn_conn *c, struct tlsni_hs *hs)
{
    tlsn_status st = TLSN_OK;

    if (!tlsni_buf_len(&hs->made_tickets))
        st = tlsni_tickets_note(c->env, &hs->made_tickets, tlsni_buf_span(&hs->own_ticket));
    return st == TLSN_OK ? tlsni_bytes_take(c->env, &c->session, &hs->made_tickets) : st;
}

static tlsn_status keep_session(tlsn_conn *c, struct tlsni_hs *hs)
{
    struct tlsn_span key = tlsni_span_make(hs->session_id, hs->session_id_len);

    tlsni_bytes_free(c->env, &c->session);
    if (c->role == TLSN_CLIENT)
        return keep_clients_session(c, hs);
    c->session_by_ticket = tlsni_buf_len(&hs->own_ticket) && tlsni_tickets_drop(hs->cfg);
    if (c->session_by_ticket)
        return keep_tickets(c, hs);
    if (hs->resumed == TLSN_RESUMED_TICKET || hs->version->psk_extension)
        /* the ID is the client's own invention and no key */
        return TLSN_OK;
    return tlsni_bytes_set(c->env, &c->session, key.data, key.len);
}

static tlsn_status keep_name(tlsn_conn *c, const struct tlsni_hs *hs)
{
    const char *name = hs->session.server_name;

    if (c->role != TLSN_SERVER || !*name || c->server_name)
        return TLSN_OK;
    c->server_name = tlsni_strndup(c->env, name, strlen(name));
    return c->server_name ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

/* What a renegotiation will be bound to.
 * @rfc 5746:3.1/2, 5746:3.1/3, 5746:3.4/8, 5746:3.5/7, 5746:3.6/7, 5746:3.7/5 */
static void keep_bound(tlsn_conn *c, const struct tlsni_hs *hs)
{
    c->fragment_max = hs->fragment_max;
    c->verify_data_len = hs->version->verify_data_len;
    memcpy(c->verify_data, hs->verify_data, sizeof c->verify_data);
    /* @rfc 7366:3.1/4 an AEAD suite in between does not make it forgotten */
    if (hs->suite->kind == TLSNI_CIPHER_CBC)
        c->mac_order = hs->etm ? TLSNI_ENCRYPT_THEN_MAC : TLSNI_MAC_THEN_ENCRYPT;
}

static tlsn_status keep_beside(tlsn_conn *c, struct tlsni_hs *hs)
{
    static const struct tlsni_beside none;

    if (c->beside) /* of the handshake before */
        tlsni_beside_free(c->beside, c->env);
    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_KEEP_BESIDE) || !tlsni_beside_any(&hs->beside))
        return TLSN_OK;
    if (!c->beside)
        c->beside = tlsni_alloc(c->env, sizeof *c->beside);
    if (!c->beside)
        return TLSN_ERR_NO_MEMORY;
    *c->beside = hs->beside;
    hs->beside = none;
    return TLSN_OK;
}

static bool delegates(const struct tlsni_hs *hs)
{
    return hs->tls13.delegation[TLSN_CLIENT].scheme || hs->tls13.delegation[TLSN_SERVER].scheme;
}

static tlsn_status keep_rare(tlsn_conn *c, const struct tlsni_hs *hs)
{
    const struct tlsni_buf *identity = &hs->session.identity;
    const struct tlsni_buf *sigalgs = &hs->kept_sigalgs;
    bool any = tlsni_buf_len(identity) || hs->srtp_profile || hs->peer_heartbeat ||
               tlsni_buf_len(sigalgs) || delegates(hs);
    struct tlsni_rare *rare = any ? tlsni_conn_need_rare(c) : c->rare;
    tlsn_status st;

    if (!rare)
        return any ? TLSN_ERR_NO_MEMORY : TLSN_OK;
    st = tlsni_bytes_set(c->env, &rare->identity, tlsni_buf_data(identity), tlsni_buf_len(identity));
    if (st == TLSN_OK)
        st = tlsni_conn_keep_mki(c, hs->srtp_mki.data, hs->srtp_profile ? hs->srtp_mki.len : 0);
    if (st == TLSN_OK)
        st = tlsni_bytes_set(c->env, &rare->peer_sigalgs, tlsni_buf_data(sigalgs),
                             tlsni_buf_len(sigalgs));
    rare->peer_extensions = tlsni_buf_len(sigalgs) ? hs->ext_seen : 0;
    rare->status_asked = hs->status_asked;
    memcpy(rare->delegation, hs->tls13.delegation, sizeof rare->delegation);
    rare->srtp_profile = hs->srtp_profile;
    rare->heartbeat.peer = hs->peer_heartbeat;
    rare->heartbeat.own = hs->peer_heartbeat ? hs->cfg->heartbeat : 0;
    return st;
}

tlsn_status tlsni_conn_keep_peer(tlsn_conn *c, struct tlsni_hs *hs)
{
    tlsn_status st = keep_peer(c, hs);

    return st == TLSN_OK ? keep_beside(c, hs) : st;
}

/* The reference behind a credential that the handshake chose, NULL when the engine holds it. */
static tlsn_credential *reference_to(const struct tlsni_hs *hs, const tlsn_credential *chosen)
{
    for (size_t i = 0; i < hs->names.sourced_count; i++)
        if (hs->names.sourced[i] == chosen)
            return hs->names.sourced[i];
    for (size_t i = 0; i < hs->cfg->credential_count; i++)
        if (hs->cfg->credentials[i] == chosen)
            return hs->cfg->credentials[i];
    return NULL;
}

/* For tls-server-end-point. */
static void keep_own(tlsn_conn *c, const struct tlsni_hs *hs)
{
    tlsn_credential *own = NULL;

    if (c->role == TLSN_SERVER && !hs->resumed && hs->credential)
        own = tlsn_credential_ref(reference_to(hs, hs->credential));
    tlsn_credential_free(c->own);
    c->own = own;
}

/* @rfc 5746:3.1/1, 7301:3.2/3
 * @rfc 8446:D/4 */
static void keep_facts(tlsn_conn *c, const struct tlsni_hs *hs)
{
    const struct tlsn_session *s = &hs->session;
    const struct tlsni_sigalg *signer = tlsni_sigalg_find(s->scheme);

    c->suite = hs->suite;
    c->peer_raw = s->peer_raw;
    c->compression = hs->compression;
    /* a session that is a pre-shared key goes with a key exchange of its own, or none */
    c->group = hs->resumed && !hs->version->psk_extension ? NULL : hs->group;
    c->scheme = hs->resumed ? NULL : hs->scheme;
    if (c->rare) {
        tlsni_free(c->env, c->rare->alpn_kept);
        c->rare->alpn_kept = NULL;
    }
    c->alpn = hs->alpn;
    c->resumed = (uint8_t)hs->resumed;
    c->signer = signer ? signer->key : 0;
    c->by_psk = hs->version->psk_extension && tlsni_buf_len(&s->identity) && !s->scheme;
    c->early = hs->tls13.early;
    c->ems = hs->ems || hs->version->binds_messages;
    c->etm = hs->etm;
    c->truncated_mac = hs->truncated_mac;
    memcpy(c->cert_comp, hs->tls13.packed, sizeof c->cert_comp);
    c->name_acknowledged = hs->name_acknowledged && !hs->resumed;
    c->secure_renegotiation = hs->secure_renegotiation;
    c->client_authenticated = s->client_authenticated;
}

static tlsn_status complete(tlsn_conn *c)
{
    struct tlsni_hs *hs = &c->scratch->hs;
    tlsn_status st;

    if (tlsni_buf_len(&c->scratch->in))
        return tlsni_fail(&c->scratch->err, TLSN_ERR_UNEXPECTED_MESSAGE, "handshake",
                          "%zu bytes behind Finished", tlsni_buf_len(&c->scratch->in));
    st = hs->version->keeps_secrets ? tlsni_conn_keep_secrets13(c, hs) : TLSN_OK;
    if (st == TLSN_OK)
        st = tlsni_conn_keep_peer(c, hs);
    if (st == TLSN_OK)
        st = keep_session(c, hs);
    if (st == TLSN_OK)
        st = keep_name(c, hs);
    if (st == TLSN_OK)
        st = keep_rare(c, hs);
    if (st == TLSN_OK)
        st = tlsni_conn_keep_exporter(c, hs);
    if (st != TLSN_OK)
        return st;
    c->verdict = TLSN_OK; /* or this would not be the end */
    c->verified = c->scratch->judged;
    keep_facts(c, hs);
    keep_bound(c, hs);
    keep_own(c, hs);
    if (c->done)
        c->renegotiations++;
    c->renegotiation_asked = false;
    tlsni_conn_drop_scratch(c);
    tlsni_conn_drop_offer(c);
    if (c->rare)
        tlsni_buf_free(c->env, &c->rare->cached);
    c->done = true;
    return TLSN_OK;
}

/* ---- the call ---- */

/* Takes steps; what they said goes out before anything is waited for. */
static tlsn_status run(tlsn_conn *c)
{
    tlsn_status st = tlsni_hs_run(&c->scratch->hs), sent = TLSN_OK;

    if (st >= 0)
        sent = tlsni_conn_end_flight(c);
    return sent == TLSN_OK ? st : sent;
}

tlsn_status tlsni_conn_advance(tlsn_conn *c)
{
    for (;;) {
        tlsn_status st = run(c);

        if (st == TLSN_OK)
            return complete(c);
        if (st == TLSN_NEED_INPUT)
            st = next_message(c);
        if (st != TLSN_OK)
            return st;
    }
}

/* Steps, messages and records in turn until one of them has to wait. */
static tlsn_status advance(tlsn_conn *c, const uint8_t *in, size_t len, size_t *consumed)
{
    tlsn_status st;

    for (;;) {
        size_t n;

        st = tlsni_conn_advance(c);
        if (st != TLSN_NEED_INPUT)
            return st;
        if (tlsni_conn_reads_early(c))
            return TLSN_EARLY_DATA;
        st = read_record(c, in + *consumed, len - *consumed, &n);
        *consumed += n;
        if (st == TLSN_OK && c->close_received)
            return TLSN_CLOSED;
        if (st != TLSN_OK)
            return st;
    }
}

static tlsn_status progress(tlsn_conn *c, struct tlsni_err *err)
{
    tlsn_status st = tlsni_conn_progress(c);

    return st == TLSN_OK ? tlsni_conn_take_waiting(c, err) : st;
}

tlsn_status tlsn_handshake(tlsn_conn *c, const void *in, size_t in_len, size_t *consumed, void *out,
                           size_t out_cap, size_t *written)
{
    struct tlsni_err err;
    tlsn_status st = TLSN_OK;

    *consumed = *written = 0;
    if (!c || (!in && in_len) || (!out && out_cap))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (c->close_sent && !c->done)
        return TLSN_ERR_MISUSE;
    err.status = TLSN_OK;
    if (!c->done && !c->scratch)
        st = tlsni_conn_start(c);
    if (st == TLSN_OK && c->close_received && !c->done)
        st = TLSN_CLOSED;
    else if (st == TLSN_OK && c->done) /* input of what comes behind it is for tlsn_decrypt() */
        st = progress(c, &err);
    else if (st == TLSN_OK)
        st = c->scratch->question ? c->scratch->question : advance(c, in ? in : "", in_len, consumed);
    if (st < 0)
        return tlsni_conn_fail(c, st, c->scratch && err.status != st ? &c->scratch->err : &err);
    if (st == TLSN_OK && tlsni_conn_renegotiates(c))
        st = TLSN_NEED_INPUT;
    tlsni_conn_pump(c, out, out_cap, written);
    if (tlsn_output_pending(c) &&
        (st == TLSN_OK || st == TLSN_NEED_INPUT || st == TLSN_EARLY_DATA))
        return TLSN_NEED_OUTPUT;
    return st;
}
