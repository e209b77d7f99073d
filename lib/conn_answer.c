/* conn_answer.c - questions as the application sees them, and its answers (tls-native/conn.h). */
#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "handshake/psk_key.h"
#include "handshake/url12.h"
#include "x509/verify.h"

enum { POOL_MAX = 128 }; /* certificates of a chain that are looked at */

/* A question that is open right now. */
static struct tlsni_scratch *asked(const tlsn_conn *c, tlsn_status question)
{
    return c && c->scratch && c->scratch->question == question ? c->scratch : NULL;
}

/* The same for an answer: a callback gives it by returning. */
static struct tlsni_scratch *awaited(const tlsn_conn *c, tlsn_status question)
{
    struct tlsni_scratch *s = asked(c, question);

    return s && !s->calling ? s : NULL;
}

static tlsn_status answered(struct tlsni_scratch *s)
{
    s->answered = s->question;
    s->question = TLSN_OK;
    return TLSN_OK;
}

tlsn_status tlsn_question(const tlsn_conn *conn)
{
    return conn->scratch ? conn->scratch->question : TLSN_OK;
}

const struct tlsn_client_hello *tlsn_client_hello(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_CONFIG);

    return s ? &s->hello_view : NULL;
}

tlsn_status tlsn_conn_set_config(tlsn_conn *conn, tlsn_config *config)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_CONFIG);
    tlsn_status st;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (!config)
        return TLSN_ERR_ARGUMENT;
    st = tlsni_conn_adopt(conn, config);
    return st == TLSN_OK ? answered(s) : st;
}

const struct tlsn_certificate_request *tlsn_certificate_request(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_CREDENTIAL);

    return s ? &s->request_view : NULL;
}

tlsn_credential *tlsn_credential_default(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_CREDENTIAL);

    return s ? (tlsn_credential *)(uintptr_t)tlsni_negotiate_client_credential(&s->hs) : NULL;
}

tlsn_status tlsn_conn_set_credential(tlsn_conn *conn, tlsn_credential *credential)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_CREDENTIAL);

    if (!s)
        return TLSN_ERR_MISUSE;
    s->credential = credential ? tlsn_credential_ref(credential) : NULL;
    return answered(s);
}

/* In any order, and whatever does not belong to them is not looked at. @rfc 8446:4.4.2/13 */
static size_t parse_pool(struct tlsn_span list, struct tlsni_cert *certs,
                         const struct tlsni_cert **pool)
{
    struct tlsn_span der;
    size_t n = 0;

    (void)tlsni_msg_certificate_next(&list, &der); /* the leaf */
    while (n < POOL_MAX && tlsni_msg_certificate_next(&list, &der)) {
        if (tlsni_cert_parse(&certs[n], der, NULL) == TLSN_OK) {
            pool[n] = &certs[n];
            n++;
        }
    }
    return n;
}

static size_t count_certs(struct tlsn_span list)
{
    struct tlsn_span der;
    size_t n = 0;

    while (tlsni_msg_certificate_next(&list, &der))
        n++;
    return n < POOL_MAX ? n : POOL_MAX;
}

/* The same in all versions but for what a version adds. @rfc 7633:4.2.2/1, 8446:D/3 */
static tlsn_status verify(tlsn_conn *c, tlsn_verify_report *report, struct tlsn_span list,
                          struct tlsni_cert *certs, const struct tlsni_cert **pool)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsni_verify_in in = {
        .env = c->env,
        .leaf = &s->hs.peer.leaf,
        .pool = pool,
        .pool_count = parse_pool(list, certs, pool),
        .trust = c->config->trust,
        .options = &c->config->verify_options,
        .time = tlsni_now_s(c->env),
        .name = c->role == TLSN_CLIENT ? s->hs.verify_name : NULL,
        .pins = &c->config->pins,
        .purpose = c->role == TLSN_CLIENT ? TLSN_PURPOSE_SERVER : TLSN_PURPOSE_CLIENT,
        .staples = tlsni_buf_span(&s->hs.beside.ocsp),
        .scts = tlsni_buf_span(&s->hs.beside.scts),
        .staple_asked = tlsni_config_asks_staple(c->config, c->role),
        .exact_pss = s->hs.version->exact_pss,
    };

    return tlsni_verify(&in, report, &s->err);
}

static bool raw_key_listed(const tlsn_conn *c)
{
    const struct tlsni_buf *b = &c->config->peer_keys;
    struct tlsn_span list = tlsni_buf_span(b), known;

    while (tlsni_msg_certificate_next(&list, &known))
        if (tlsni_span_eq(known, c->scratch->hs.peer.raw_key))
            return true;
    return false;
}

/* Nothing but a list says whose key it is.
 * @rfc 7250:6/1 */
static tlsn_status judge_raw_key(const tlsn_conn *c)
{
    const tlsn_config *config = c->config;

    if (!tlsni_buf_len(&config->peer_keys))
        return tlsni_fail(&c->scratch->err, TLSN_ERR_NO_TRUST, "x509",
                          "the peer shows a raw public key, but none is configured");
    if (!raw_key_listed(c))
        return tlsni_fail(&c->scratch->err, TLSN_ERR_CERT_UNKNOWN, "x509",
                          "the peer's raw public key is not one of those configured");
    if (tlsni_pin_count(&config->pins) &&
        !tlsni_pins_name_key(&config->pins, c->scratch->hs.peer.raw_key))
        return tlsni_fail(&c->scratch->err, TLSN_ERR_CERT_PIN, "x509",
                          "the peer's raw public key is not pinned");
    return TLSN_OK;
}

/* The peer's own certificate or key, whatever its chain looks like. */
static tlsn_status judge_pins_alone(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = &c->scratch->hs;
    const struct tlsni_buf *pins = &c->config->pins;

    if (hs->peer.raw_key.len ? tlsni_pins_name_key(pins, hs->peer.raw_key)
                             : tlsni_pins_name(pins, &hs->peer.leaf))
        return TLSN_OK;
    return tlsni_fail(&c->scratch->err, TLSN_ERR_CERT_PIN, "x509",
                      "the peer's %s is none of the %zu that are pinned",
                      hs->peer.raw_key.len ? "raw public key" : "certificate", tlsni_pin_count(pins));
}

tlsn_status tlsn_verify_default(tlsn_conn *conn, tlsn_verify_report *report)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_VERDICT);
    struct tlsni_cert *certs;
    const struct tlsni_cert **pool;
    struct tlsn_span list;
    size_t n;
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (tlsni_pin_count(&conn->config->pins) && conn->config->pin_mode == TLSN_PIN_INSTEAD)
        return judge_pins_alone(conn);
    if (s->hs.peer.raw_key.len)
        return judge_raw_key(conn);
    if (!conn->config->trust)
        return tlsni_fail(&s->err, TLSN_ERR_NO_TRUST, "x509",
                          "the peer sent a certificate, but no trust anchors are configured");
    /* @rfc 9525:6.6/3 */
    if (conn->role == TLSN_CLIENT && !s->hs.verify_name && !conn->verify_name_set)
        return tlsni_fail(&s->err, TLSN_ERR_CERT_NAME, "x509",
                          "nobody said whose certificate this has to be");
    list = tlsni_span_make(s->hs.peer.list.data, s->hs.peer.list.end);
    n = count_certs(list);
    certs = tlsni_alloc_array(conn->env, n, sizeof *certs);
    pool = tlsni_alloc_array(conn->env, n, sizeof *pool);
    if (certs && pool)
        st = verify(conn, report, list, certs, pool);
    tlsni_free(conn->env, certs);
    tlsni_free(conn->env, (void *)pool);
    return st;
}

tlsn_status tlsn_set_verdict(tlsn_conn *conn, tlsn_status verdict)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_VERDICT);

    if (!s)
        return TLSN_ERR_MISUSE;
    if (verdict > 0)
        return TLSN_ERR_ARGUMENT;
    s->verdict = verdict;
    return answered(s);
}

bool tlsn_key_op(const tlsn_conn *conn, struct tlsn_key_op *op)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_KEY_OP);
    const struct tlsni_key_op *k;

    if (!s)
        return false;
    k = &s->hs.key_op;
    op->kind = k->kind == TLSNI_OP_SIGN    ? TLSN_KEY_OP_SIGN
               : k->kind == TLSNI_OP_AGREE ? TLSN_KEY_OP_AGREE
                                           : TLSN_KEY_OP_DECRYPT;
    op->credential = k->credential;
    op->scheme = k->scheme ? k->scheme->id : 0;
    op->input = k->input;
    return true;
}

tlsn_status tlsn_key_op_complete(tlsn_conn *conn, tlsn_status status, const void *result,
                                 size_t len)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_KEY_OP);
    const struct tlsni_key_op *k;
    tlsn_status st;

    if (!s)
        return TLSN_ERR_MISUSE;
    k = &s->hs.key_op;
    if (status < 0) {
        s->question = TLSN_OK;
        return tlsni_conn_fail(conn, TLSN_ERR_KEY_OP, NULL);
    }
    if (status > 0 || !result || !len || len > TLSNI_SIGNATURE_MAX ||
        (k->kind == TLSNI_OP_DECRYPT && len != TLSNI_MASTER_LEN))
        return TLSN_ERR_ARGUMENT;
    st = tlsni_key_op_set_result(&s->hs, result, len);
    if (st == TLSN_OK)
        s->question = TLSN_OK;
    return st;
}

bool tlsn_psk_wanted(const tlsn_conn *conn, struct tlsn_psk_request *request)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_PSK);
    const struct tlsni_hs *hs;
    struct tlsni_imported form;

    if (!s)
        return false;
    hs = &s->hs;
    request->hint = tlsni_buf_span(&hs->psk_hint);
    request->identity = tlsni_buf_span(&hs->psk_identity);
    request->tls13 = !hs->version || hs->version->psk_extension;
    request->imported = request->tls13 && tlsni_psk_read_imported(request->identity, &form);
    request->external_identity = request->imported ? form.identity : tlsni_span_make(NULL, 0);
    request->context = request->imported ? form.context : tlsni_span_make(NULL, 0);
    return true;
}

tlsn_status tlsn_psk_answer(tlsn_conn *conn, const struct tlsn_psk *psk)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_PSK);
    tlsn_status st = TLSN_OK;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (psk)
        st = tlsni_conn_take_psk(conn, psk);
    return st == TLSN_OK ? answered(s) : st;
}

struct tlsn_span tlsn_srp_wanted(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_SRP);

    return s ? tlsni_buf_span(&s->hs.psk_identity)
             : tlsni_span_make(NULL, 0);
}

tlsn_status tlsn_srp_answer(tlsn_conn *conn, const struct tlsn_srp_verifier *verifier)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_SRP);
    tlsn_status st = TLSN_OK;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (verifier)
        st = tlsni_conn_take_srp(conn, verifier);
    return st == TLSN_OK ? answered(s) : st;
}

struct tlsn_span tlsn_session_wanted(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_SESSION);

    return s ? s->hs.session_key : tlsni_span_make(NULL, 0);
}

enum tlsn_resumed tlsn_session_wanted_by(const tlsn_conn *conn)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_SESSION);

    if (!s)
        return TLSN_RESUMED_NO;
    return s->hs.ticket.len ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID;
}

tlsn_status tlsn_session_answer(tlsn_conn *conn, const void *data, size_t len)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_SESSION);
    tlsn_status st;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (!data && len)
        return TLSN_ERR_ARGUMENT;
    st = tlsni_buf_append(conn->env, &s->hs.session_bytes, data, len);
    return st == TLSN_OK ? answered(s) : st;
}

struct tlsn_span tlsn_certificate_url(const tlsn_conn *conn, size_t i, bool *pkipath)
{
    struct tlsni_scratch *s = asked(conn, TLSN_NEED_CERTIFICATES);
    struct tlsni_msg_certificate_url m;
    struct tlsni_msg_url url;

    if (!s || tlsni_msg_certificate_url_parse(tlsni_buf_span(&s->hs.url_message),
                                              &m) != TLSN_OK)
        return tlsni_span_make(NULL, 0);
    if (pkipath)
        *pkipath = m.pkipath;
    while (tlsni_msg_url_next(&m.list, &url))
        if (i-- == 0)
            return url.url;
    return tlsni_span_make(NULL, 0);
}

tlsn_status tlsn_certificates_answer(tlsn_conn *conn, const struct tlsn_span *objects, size_t count)
{
    struct tlsni_scratch *s = awaited(conn, TLSN_NEED_CERTIFICATES);
    tlsn_status st;

    if (!s)
        return TLSN_ERR_MISUSE;
    if (count && !objects)
        return TLSN_ERR_ARGUMENT;
    st = tlsni_url_take(&s->hs, objects, count);
    if (st == TLSN_OK)
        return answered(s);
    if (st == TLSN_ERR_ARGUMENT)
        return st;
    s->question = TLSN_OK;
    return tlsni_conn_fail(conn, st, &s->err);
}
