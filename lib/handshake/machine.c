#include "handshake/machine.h"

#include "handshake/auth13.h"
#include "handshake/kx.h"
#include "handshake/psk13.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"

static const struct tlsni_flow *const flows[] = {
    &tlsni_flow_hello_client,
    &tlsni_flow_hello_server,
    &tlsni_flow_tls12_client,
    &tlsni_flow_tls12_server,
    &tlsni_flow_tls13_client,
    &tlsni_flow_tls13_server,
    &tlsni_flow_auth13_client,
    &tlsni_flow_auth13_server,
};

const struct tlsni_flow *const *tlsni_flows(size_t *count)
{
    *count = sizeof flows / sizeof *flows;
    return flows;
}

const char *tlsni_flow_state_name(const struct tlsni_flow *flow, uint8_t state)
{
    switch (state) {
    case TLSNI_ST_DONE: return "done";
    case TLSNI_ST_ENTRY: return "(version's flow)";
    case TLSNI_ST_ANY: return "(any)";
    default: return state < flow->states ? flow->state_names[state] : "?";
    }
}

const char *tlsni_event_name(uint8_t event)
{
    const char *name = tlsni_msg_name(event);

    if (event == TLSNI_EV_STEP)
        return "step";
    if (event == TLSNI_EV_CCS)
        return "ChangeCipherSpec";
    return name ? name : "unknown message";
}

static bool row_fits(const struct tlsni_hs_row *r, const struct tlsni_hs *hs, uint8_t event)
{
    bool here = r->state == hs->state ||
                (r->state == TLSNI_ST_ANY && hs->state != TLSNI_ST_DONE);

    return here && r->event == event && (hs->facts & r->when) == r->when &&
           (hs->facts & r->unless) == 0;
}

const struct tlsni_hs_row *tlsni_hs_find(const struct tlsni_hs *hs, uint8_t event)
{
    for (size_t i = 0; i < hs->flow->count; i++)
        if (row_fits(&hs->flow->rows[i], hs, event))
            return &hs->flow->rows[i];
    return NULL;
}

static tlsn_status fault(struct tlsni_hs *hs, const char *what)
{
    return tlsni_fail(hs->err, TLSN_ERR_INTERNAL, "handshake", "%s in state %s of %s", what,
                      tlsni_flow_state_name(hs->flow, hs->state), hs->flow->name);
}

static tlsn_status take(struct tlsni_hs *hs, const struct tlsni_hs_row *r, struct tlsn_span body)
{
    const struct tlsni_flow *flow = hs->flow;
    tlsn_status st;

    if ((hs->proofs & r->needs) != r->needs)
        return fault(hs, "a proof is missing");
    st = r->act(hs, body);
    if (st < 0)
        return tlsni_fail(hs->err, st, "handshake", "%s (%s of %s)", tlsn_status_text(st),
                          tlsni_event_name(r->event), flow->name);
    if (st != TLSN_OK)
        return st;
    hs->proofs |= r->proves;
    if (r->next == TLSNI_ST_ENTRY)
        hs->state = hs->flow->entry;
    else if (r->next != TLSNI_ST_ANY)
        hs->state = r->next;
    return TLSN_OK;
}

void tlsni_hs_begin(struct tlsni_hs *hs)
{
    hs->flow = hs->role == TLSN_CLIENT ? &tlsni_flow_hello_client : &tlsni_flow_hello_server;
    hs->state = hs->flow->entry;
    hs->transcript.keep_raw = true;
    hs->peer_uncompressed = true;
}

/* @rfc 5246:7.3/12 */
tlsn_status tlsni_hs_run(struct tlsni_hs *hs)
{
    const struct tlsni_hs_row *r;

    while ((r = tlsni_hs_find(hs, TLSNI_EV_STEP)) != NULL) {
        tlsn_status st = take(hs, r, tlsni_span_make(NULL, 0));

        if (st != TLSN_OK)
            return st;
    }
    if (hs->state != TLSNI_ST_DONE)
        return TLSN_NEED_INPUT;
    if ((hs->proofs & hs->flow->all_proofs) != hs->flow->all_proofs)
        return fault(hs, "complete without all proofs");
    return TLSN_OK;
}

/* @rfc 5246:7.2.2/7 */
static tlsn_status unexpected(struct tlsni_hs *hs, const char *name, unsigned number)
{
    /* @rfc 5246:7.4/2 */
    return tlsni_fail(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, "handshake",
                      "%s (%u) is not allowed in state %s of %s", name, number,
                      tlsni_flow_state_name(hs->flow, hs->state), hs->flow->name);
}

/* @rfc 5246:7.4.1.1/6, 5246:7.4.9/9, 5246:7.4.9/10, 5077:3.3/4, 4507:3.3/4, 6066:1.1/1
 * @rfc 6101:5.6.9/7
 * @rfc 6101:5.6.9/6
 * @rfc 6101:5.6.1.1/4
 * @rfc 5246:7.4.9/12, 6101:5.6.9/9 */
tlsn_status tlsni_hs_message(struct tlsni_hs *hs, const uint8_t *message, size_t len)
{
    const char *name = tlsni_msg_name(message[0]);
    const struct tlsni_hs_row *r = name ? tlsni_hs_find(hs, message[0]) : NULL;
    tlsn_status st;

    /* Without a name it could be one of the numbers that stand for other events. */
    if (!r)
        return unexpected(hs, name ? name : "unknown message", message[0]);
    st = take(hs, r, tlsni_span_make(message + TLSNI_MSG_HEADER, len - TLSNI_MSG_HEADER));
    /* RFC 5246 7.4.1.1: HelloRequest is no part of the hashes. */
    if (st != TLSN_OK || message[0] == TLSNI_MSG_HELLO_REQUEST)
        return st;
    return tlsni_transcript_add(&hs->transcript, hs->env, message, len);
}

tlsn_status tlsni_hs_ccs(struct tlsni_hs *hs)
{
    const struct tlsni_hs_row *r = tlsni_hs_find(hs, TLSNI_EV_CCS);

    return r ? take(hs, r, tlsni_span_make(NULL, 0)) : unexpected(hs, "ChangeCipherSpec", 1);
}

bool tlsni_beside_any(const struct tlsni_beside *beside)
{
    return tlsni_buf_len(&beside->ocsp) || tlsni_buf_len(&beside->scts) ||
           tlsni_buf_len(&beside->supplement) || tlsni_buf_len(&beside->cacheable);
}

void tlsni_beside_free(struct tlsni_beside *beside, const struct tlsn_hooks *env)
{
    tlsni_buf_free(env, &beside->ocsp);
    tlsni_buf_free(env, &beside->scts);
    tlsni_buf_free(env, &beside->supplement);
    tlsni_buf_free(env, &beside->cacheable);
}

static tlsn_status convert_ssl2(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_ssl2_hello m;
    tlsn_status st = tlsni_msg_ssl2_hello_parse(body, &m);
    size_t max = TLSNI_MSG_HEADER + 64 + body.len;
    struct tlsni_wr w;

    if (st == TLSN_OK)
        st = tlsni_buf_reserve(hs->env, &hs->converted, max);
    if (st != TLSN_OK)
        return tlsni_fail(hs->err, st, "handshake", "SSL 2.0 compatible ClientHello: %s",
                          tlsn_status_text(st));
    if (!tlsni_msg_ssl2_hello_has_suites(&m))
        return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_SUITE, "handshake",
                          "client offers suites of SSL 2.0 only");
    w = tlsni_wr_make(hs->converted.data, max);
    tlsni_msg_ssl2_hello_convert(&w, &m);
    hs->converted.end = w.len;
    return w.bad ? TLSN_ERR_INTERNAL : TLSN_OK;
}

/* The hashes cover what was sent, from the message type on (RFC 4346 E.1). */
/* @rfc 5246:E.2/13 */
tlsn_status tlsni_hs_ssl2_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_hs_row *r = tlsni_hs_find(hs, TLSNI_MSG_CLIENT_HELLO);
    tlsn_status st;

    if (!r)
        return unexpected(hs, "SSL 2.0 compatible ClientHello", 1);
    st = convert_ssl2(hs, body);
    if (st == TLSN_OK)
        st = take(hs, r, body);
    return st == TLSN_OK ? tlsni_transcript_add(&hs->transcript, hs->env, body.data, body.len) : st;
}

bool tlsni_hs_takes_no_certificate(const struct tlsni_hs *hs)
{
    return hs->role == TLSN_SERVER && hs->version && hs->version->certificate_alert;
}

/* It is no message and no part of the hashes.
 * @rfc 6101:5.6.6/3 */
tlsn_status tlsni_hs_no_certificate(struct tlsni_hs *hs)
{
    static const uint8_t empty[3] = { 0 };
    const struct tlsni_hs_row *r = tlsni_hs_find(hs, TLSNI_MSG_CERTIFICATE);

    return r ? take(hs, r, tlsni_span_make(empty, sizeof empty))
             : unexpected(hs, "no_certificate", 41);
}

void tlsni_hs_clear(struct tlsni_hs *hs)
{
    const struct tlsn_hooks *env = hs->env;

    tlsni_kx_release(hs);
    tlsni_share13_drop(hs);
    tlsni_buf_free(env, &hs->tls13.cookie);
    tlsni_psk13_forget(hs);
    tlsni_free_secret(env, hs->key_op.result, hs->key_op.result_len);
    tlsni_session_clear(&hs->session);
    tlsni_buf_free(env, &hs->session_bytes);
    tlsni_buf_free(env, &hs->own_ticket);
    tlsni_buf_free(env, &hs->made_tickets);
    tlsni_buf_free(env, &hs->spent_ticket);
    tlsni_buf_free(env, &hs->peer.list);
    tlsni_pubkey_free(hs->peer.key);
    tlsni_buf_free(env, &hs->peer.delegated);
    tlsni_pubkey_free(hs->peer.delegated_key);
    tlsni_beside_free(&hs->beside, env);
    tlsni_buf_free(env, &hs->url_message);
    tlsni_buf_free(env, &hs->fetched);
    tlsni_privkey_free(hs->temporary_key);
    tlsni_pubkey_free(hs->temporary_public);
    tlsni_buf_free(env, &hs->request);
    tlsni_buf_free(env, &hs->kx_params);
    tlsni_buf_free(env, &hs->psk_identity);
    tlsni_buf_free(env, &hs->psk_hint);
    tlsni_buf_free(env, &hs->psk_key);
    tlsni_buf_free(env, &hs->sign_input);
    tlsni_buf_free(env, &hs->transcript.raw);
    tlsni_buf_free(env, &hs->converted);
    tlsni_buf_free(env, &hs->kept_sigalgs);
    tlsni_buf_free(env, &hs->out);
    for (size_t i = 0; i < hs->names.sourced_count; i++)
        tlsn_credential_free(hs->names.sourced[i]);
    tlsni_wipe(hs, sizeof *hs);
}
