/* conn_host.c - what the engine does for a handshake: carries its messages, changes keys, and answers its
 * questions by callback, by default, or by suspending until the application does. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"
#include "ext/ext.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "handshake/psk13.h"
#include "handshake/psk_key.h"
#include "handshake/url12.h"

static tlsn_status send_message(void *ctx, const uint8_t *message, size_t len)
{
    tlsn_conn *c = ctx;

    tlsni_conn_follow_hello(c);
    if (c->version && c->version->record->inner_type && c->tx)
        return tlsni_buf_append(c->env, &c->scratch->flight, message, len);
    return tlsni_conn_queue(c, TLSNI_CONTENT_HANDSHAKE, message, len);
}

/* @rfc 5246:E.2/6, 5246:E.2/7 */
static tlsn_status send_ssl2_hello(void *ctx, const uint8_t *message, size_t len)
{
    tlsn_conn *c = ctx;
    const uint8_t head[2] = { (uint8_t)(0x80 | len >> 8), (uint8_t)len };
    tlsn_status st = tlsni_buf_reserve(c->env, &c->out, sizeof head + len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(c->env, &c->out, head, sizeof head);
    c->records_out++;
    c->send_name = false; /* there is no place for it */
    return st == TLSN_OK ? tlsni_buf_append(c->env, &c->out, message, len) : st;
}

static tlsn_status send_ccs(void *ctx)
{
    return tlsni_conn_queue(ctx, TLSNI_CONTENT_CCS, "\1", 1);
}

static void owe_ccs(void *ctx)
{
    tlsn_conn *c = ctx;

    c->ccs_owed = true;
}

static tlsn_status send_warning(void *ctx, uint8_t alert)
{
    return tlsni_conn_queue_alert(ctx, TLSNI_ALERT_WARNING, alert);
}

/* Keys change between records, so nothing of a further message may be here.
 * @rfc 8446:5.1/3 */
static tlsn_status check_boundary(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    size_t have = tlsni_buf_len(&s->in);

    if (have <= s->reading)
        return TLSN_OK;
    return tlsni_fail(&s->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                      "%zu bytes of a message in front of new keys", have - s->reading);
}

/* What is said under the old keys is sealed once nothing can go wrong any more: behind it the peer
 * expects the new ones, for an alert too. @rfc 8446:5.1/6 */
static tlsn_status install(void *ctx, bool writes, const struct tlsni_prot_keys *keys)
{
    tlsn_conn *c = ctx;
    struct tlsni_prot **slot = writes ? &c->tx : &c->rx, *fresh = NULL;
    tlsn_status st = keys ? tlsni_prot_new(&fresh, c->env, keys, writes) : TLSN_OK;

    if (st == TLSN_OK)
        st = writes ? tlsni_conn_end_flight(c) : check_boundary(c);
    if (st != TLSN_OK) {
        tlsni_prot_free(fresh);
        return st;
    }
    tlsni_prot_free(*slot);
    *slot = fresh;
    return TLSN_OK;
}

static char *put_hex(char *at, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *at++ = digits[data[i] >> 4];
        *at++ = digits[data[i] & 15];
    }
    return at;
}

/* Label, client random, secret.
 * @rfc 9850:2/1, 9850:2/2, 9850:3/1 */
static void key_log(void *ctx, const char *label, const struct tlsni_secret *secret)
{
    tlsn_conn *c = ctx;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    char line[64 + 2 * TLSNI_RANDOM_LEN + 2 * TLSNI_SECRET_MAX];
    size_t label_len = strlen(label);
    char *at = line;

    if (!cb->key_log || label_len > 60)
        return;
    memcpy(at, label, label_len);
    at += label_len;
    *at++ = ' ';
    at = put_hex(at, c->scratch->hs.client_random, TLSNI_RANDOM_LEN);
    *at++ = ' ';
    at = put_hex(at, secret->data, secret->len);
    *at = 0;
    cb->key_log(cb->ctx, c, line);
    tlsni_wipe(line, sizeof line);
}

/* Opens a question, or takes the answer to this very one. */
static tlsn_status suspend(struct tlsni_scratch *s, tlsn_status question)
{
    if (s->answered == question) {
        s->answered = TLSN_OK;
        return TLSN_OK;
    }
    s->question = question;
    return question;
}

static void begin_call(struct tlsni_scratch *s, tlsn_status question)
{
    s->question = question;
    s->calling = true;
}

static void end_call(struct tlsni_scratch *s)
{
    s->question = TLSN_OK;
    s->calling = false;
}

static void view_hello(struct tlsni_scratch *s)
{
    const struct tlsni_msg_client_hello *m = &s->hs.hello;
    struct tlsn_client_hello *v = &s->hello_view;
    struct tlsn_span data;

    memset(v, 0, sizeof *v);
    v->legacy_version = m->version;
    v->random = m->random;
    v->session_id = m->session_id;
    v->suites = m->suites;
    v->compressions = m->compressions;
    v->extensions = m->extensions;
    v->message = s->hs.hello_message;
    if (tlsni_ext_find(m->extensions, TLSNI_EXT_SERVER_NAME, &data))
        v->server_name = tlsni_ext_view_host_name(data);
    if (tlsni_ext_find(m->extensions, TLSNI_EXT_ALPN, &data))
        v->alpn = tlsni_ext_view_list(data);
    if (tlsni_ext_find(m->extensions, TLSNI_EXT_SUPPORTED_GROUPS, &data))
        v->groups = tlsni_ext_view_list(data);
    if (tlsni_ext_find(m->extensions, TLSNI_EXT_SIGNATURE_ALGORITHMS, &data))
        v->sigalgs = tlsni_ext_view_list(data);
}

/* @rfc 5246:7.4.2/15 */
static tlsn_status config_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    tlsn_config *chosen = NULL;
    tlsn_status st;

    begin_call(s, TLSN_NEED_CONFIG);
    st = cb->client_hello(cb->ctx, c, &chosen);
    end_call(s);
    if (st > 0)
        st = TLSN_ERR_INTERNAL;
    if (st != TLSN_OK)
        return tlsni_fail(&s->err, st, "engine", "the ClientHello callback said: %s",
                          tlsn_status_text(st));
    return chosen ? tlsni_conn_adopt(c, chosen) : TLSN_OK;
}

static tlsn_status ask_config(void *ctx)
{
    tlsn_conn *c = ctx;
    struct tlsni_scratch *s = c->scratch;

    if (s->answered != TLSN_NEED_CONFIG && c->config) {
        if (!c->config->callbacks.client_hello || s->config_given)
            return TLSN_OK;
        view_hello(s);
        return config_by_callback(c);
    }
    view_hello(s);
    return suspend(s, TLSN_NEED_CONFIG);
}

static tlsn_status judge(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    tlsn_status st;

    if (!cb->verdict && c->config->verify_mode == TLSN_VERIFY_SUSPEND) {
        st = suspend(s, TLSN_NEED_VERDICT);
        return st == TLSN_OK ? s->verdict : st;
    }
    begin_call(s, TLSN_NEED_VERDICT);
    st = cb->verdict ? cb->verdict(cb->ctx, c) : tlsn_verify_default(c, NULL);
    end_call(s);
    return st > 0 ? TLSN_ERR_INTERNAL : st;
}

/* What the verification noted counts only if the verdict is the same.
 * @rfc 5246:7.2.2/16 */
static tlsn_status settle_verdict(tlsn_conn *c, tlsn_status st)
{
    struct tlsni_scratch *s = c->scratch;

    s->judged = true;
    if (!c->done || st < 0) { /* a renegotiation has not replaced anything yet */
        c->verdict = st;
        c->verified = true;
    }
    s->hs.session.verified = st == TLSN_OK;
    if (s->err.status != st)
        s->err.status = TLSN_OK;
    /* statuses that are no verdicts have no alert, but the peer has to hear of this one */
    if (st < 0 && tlsn_status_alert(st) == TLSN_ALERT_NONE)
        return tlsni_fail_alert(&s->err, st, TLSNI_ALERT_CERTIFICATE_UNKNOWN, "engine",
                                "the verdict on the peer's certificate: %s", tlsn_status_text(st));
    return st;
}

static tlsn_status ask_verdict(void *ctx)
{
    tlsn_conn *c = ctx;
    tlsn_status st;

    if (c->config->verify_mode == TLSN_VERIFY_INSECURE_NONE && !c->config->callbacks.verdict)
        return TLSN_OK;
    st = judge(c);
    return st <= 0 ? settle_verdict(c, st) : st;
}

static void view_request(struct tlsni_scratch *s)
{
    const struct tlsni_msg_certificate_request *m = &s->hs.certificate_request;

    s->request_view = (struct tlsn_certificate_request){ m->types, m->sigalgs, m->authorities,
                                                         m->oid_filters };
}

static tlsn_status credential_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    tlsn_credential *chosen = NULL;
    tlsn_status st;

    begin_call(s, TLSN_NEED_CREDENTIAL);
    st = cb->credential(cb->ctx, c, &chosen);
    end_call(s);
    if (st > 0)
        st = TLSN_ERR_INTERNAL;
    if (st == TLSN_OK)
        s->credential = chosen ? tlsn_credential_ref(chosen) : NULL;
    return st;
}

static tlsn_status ask_credential(void *ctx)
{
    tlsn_conn *c = ctx;
    struct tlsni_scratch *s = c->scratch;
    tlsn_status st;

    view_request(s);
    if (!c->config->callbacks.credential && !c->config->credential_suspend) {
        s->hs.credential = tlsni_negotiate_client_credential(&s->hs);
        return TLSN_OK;
    }
    st = c->config->callbacks.credential ? credential_by_callback(c)
                                         : suspend(s, TLSN_NEED_CREDENTIAL);
    if (st == TLSN_OK)
        s->hs.credential = s->credential;
    return st;
}

static tlsn_status session_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    struct tlsn_span found = { NULL, 0 };
    tlsn_status st;

    begin_call(s, TLSN_NEED_SESSION);
    st = cb->session(cb->ctx, c, s->hs.session_key, &found);
    end_call(s);
    if (st != TLSN_OK)
        return st > 0 ? TLSN_ERR_INTERNAL : st;
    return tlsni_buf_append(c->env, &s->hs.session_bytes, found.data, found.len);
}

static tlsn_status ask_session(void *ctx)
{
    tlsn_conn *c = ctx;

    if (c->config->callbacks.session)
        return session_by_callback(c);
    return c->config->session_suspend ? suspend(c->scratch, TLSN_NEED_SESSION) : TLSN_OK;
}

/* The credential's own holder of its key comes before the configuration's callback. */
static tlsn_status run_key_op(tlsn_conn *c, const struct tlsn_key_op *op, uint8_t *result,
                              size_t cap, size_t *len)
{
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    const struct tlsni_key_holder *holder = &op->credential->holder;

    return holder->run ? holder->run(holder->ctx, op, result, cap, len)
                       : cb->key_op(cb->ctx, c, op, result, cap, len);
}

static tlsn_status key_op_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    uint8_t result[TLSNI_SIGNATURE_MAX];
    struct tlsn_key_op op;
    size_t len = 0;
    tlsn_status st;

    begin_call(s, TLSN_NEED_KEY_OP);
    (void)tlsn_key_op(c, &op);
    st = run_key_op(c, &op, result, sizeof result, &len);
    end_call(s);
    if (st != TLSN_OK || !len || len > sizeof result ||
        (op.kind == TLSN_KEY_OP_DECRYPT && len != TLSNI_MASTER_LEN))
        st = tlsni_fail(&s->err, TLSN_ERR_KEY_OP, "engine", "the private-key callback said: %s",
                        st < 0 ? tlsn_status_text(st) : "a result of the wrong length");
    else
        st = tlsni_key_op_set_result(&s->hs, result, len);
    tlsni_wipe(result, sizeof result);
    return st;
}

static tlsn_status ask_key_op(void *ctx)
{
    tlsn_conn *c = ctx;

    return c->scratch->hs.key_op.credential->holder.run || c->config->callbacks.key_op
               ? key_op_by_callback(c)
               : suspend(c->scratch, TLSN_NEED_KEY_OP);
}

static tlsn_status certificates_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    struct tlsn_span objects[TLSNI_URLS_MAX] = { { NULL, 0 } };
    size_t count = 0;
    tlsn_status st;

    begin_call(s, TLSN_NEED_CERTIFICATES);
    while (count < TLSNI_URLS_MAX && tlsn_certificate_url(c, count, NULL).len)
        count++;
    st = cb->certificates(cb->ctx, c, objects, count);
    end_call(s);
    if (st == TLSN_ERR_NOT_FOUND)
        return TLSN_OK;
    if (st != TLSN_OK)
        return st > 0 ? TLSN_ERR_INTERNAL : st;
    return tlsni_url_take(&s->hs, objects, count);
}

static tlsn_status ask_certificates(void *ctx)
{
    tlsn_conn *c = ctx;

    return c->config->callbacks.certificates ? certificates_by_callback(c)
                                             : suspend(c->scratch, TLSN_NEED_CERTIFICATES);
}

tlsn_status tlsni_conn_take_psk(tlsn_conn *c, const struct tlsn_psk *psk)
{
    struct tlsni_hs *hs = &c->scratch->hs;
    tlsn_status st = TLSN_OK;

    if (!psk->key.len)
        return TLSN_OK;
    if (!hs->version || hs->version->psk_extension)
        return tlsni_psk13_answer(hs, psk);
    if (psk->key.len > TLSNI_PSK_MAX || psk->identity.len > TLSNI_PSK_MAX ||
        !tlsni_psk_hash_of(psk->hash_bits, &(uint8_t){ 0 }))
        return TLSN_ERR_ARGUMENT;
    st = tlsni_buf_reserve(c->env, &hs->psk_key, psk->key.len);
    if (st == TLSN_OK && c->role == TLSN_CLIENT)
        st = tlsni_buf_append(c->env, &hs->psk_identity, psk->identity.data, psk->identity.len);
    return st == TLSN_OK ? tlsni_buf_append(c->env, &hs->psk_key, psk->key.data, psk->key.len) : st;
}

static tlsn_status psk_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    struct tlsn_psk_request request;
    struct tlsn_psk found = { .hash_bits = 0 };
    tlsn_status st;

    begin_call(s, TLSN_NEED_PSK);
    (void)tlsn_psk_wanted(c, &request);
    st = cb->psk(cb->ctx, c, &request, &found);
    end_call(s);
    if (st > 0)
        return TLSN_ERR_INTERNAL;
    return st == TLSN_OK ? tlsni_conn_take_psk(c, &found) : st;
}

static tlsn_status ask_psk(void *ctx)
{
    tlsn_conn *c = ctx;

    return c->config->callbacks.psk ? psk_by_callback(c) : suspend(c->scratch, TLSN_NEED_PSK);
}

tlsn_status tlsni_conn_take_srp(tlsn_conn *c, const struct tlsn_srp_verifier *v)
{
    struct tlsni_hs *hs = &c->scratch->hs;
    struct tlsni_srp_entry e;
    tlsn_status st;

    if (!v->verifier.len)
        return TLSN_OK;
    if (!tlsni_srp_entry_sound(v, &e))
        return TLSN_ERR_ARGUMENT;
    hs->srp_group = e.group;
    st = tlsni_buf_reserve(c->env, &hs->psk_key, v->verifier.len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(c->env, &hs->kx_params, v->salt.data, v->salt.len);
    return st == TLSN_OK ? tlsni_buf_append(c->env, &hs->psk_key, v->verifier.data, v->verifier.len)
                         : st;
}

static tlsn_status srp_by_callback(tlsn_conn *c)
{
    struct tlsni_scratch *s = c->scratch;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    struct tlsn_srp_verifier found = { 0, { NULL, 0 }, { NULL, 0 } };
    tlsn_status st;

    begin_call(s, TLSN_NEED_SRP);
    st = cb->srp(cb->ctx, c, tlsn_srp_wanted(c), &found);
    end_call(s);
    if (st > 0)
        return TLSN_ERR_INTERNAL;
    return st == TLSN_OK ? tlsni_conn_take_srp(c, &found) : st;
}

static tlsn_status ask_srp(void *ctx)
{
    tlsn_conn *c = ctx;

    return c->config->callbacks.srp ? srp_by_callback(c) : suspend(c->scratch, TLSN_NEED_SRP);
}

const struct tlsni_hs_host tlsni_conn_host = {
    .send_message = send_message,
    .send_ssl2_hello = send_ssl2_hello,
    .send_ccs = send_ccs,
    .owe_ccs = owe_ccs,
    .send_warning = send_warning,
    .install = install,
    .key_log = key_log,
    .ask_config = ask_config,
    .ask_verdict = ask_verdict,
    .ask_credential = ask_credential,
    .ask_session = ask_session,
    .ask_certificates = ask_certificates,
    .ask_key_op = ask_key_op,
    .ask_psk = ask_psk,
    .ask_srp = ask_srp,
};
