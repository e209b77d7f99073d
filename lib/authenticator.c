/* authenticator.c - exported authenticators (RFC 9261) of a connection.
 *
 * Each call has handshake state of its own for as long as it runs; the connection's is put aside. What stays
 * are hashes of the contexts that were used, so that none is used twice. */
#include <tls-native/authenticator.h>

#include "base/env.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/authenticator.h"
#include "handshake/negotiate.h"

enum { USED_MAX = 256, CONTEXT_MAX = 255 };
enum used { REQUESTED = 1, SPENT };

/* ---- contexts ---- */

struct used_context {
    uint8_t how; /* enum used */
    uint8_t hash[32];
};

static struct used_context note_of(struct tlsn_span context, enum used how)
{
    struct used_context note = { .how = (uint8_t)how };

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), context.data, context.len, note.hash);
    return note;
}

static bool was_used(const tlsn_conn *c, struct tlsn_span context, enum used how)
{
    const struct tlsni_buf *b = &tlsni_conn_rare(c)->authenticators;
    const struct used_context wanted = note_of(context, how);

    for (size_t at = 0; at < tlsni_buf_len(b); at += sizeof wanted)
        if (memcmp(b->data + b->start + at, &wanted, sizeof wanted) == 0)
            return true;
    return false;
}

/* Room for one more, before anything is done. */
static tlsn_status may_note(tlsn_conn *c)
{
    struct tlsni_rare *rare = tlsni_conn_need_rare(c);

    if (!rare)
        return TLSN_ERR_NO_MEMORY;
    if (tlsni_buf_len(&rare->authenticators) >= USED_MAX * sizeof(struct used_context))
        return TLSN_ERR_TOO_MANY;
    return tlsni_buf_reserve(c->env, &rare->authenticators, sizeof(struct used_context));
}

static tlsn_status note(tlsn_conn *c, struct tlsn_span context, enum used how)
{
    const struct used_context n = note_of(context, how);

    return tlsni_buf_append(c->env, &c->rare->authenticators, &n, sizeof n);
}

/* ---- one exchange ---- */

struct exchange {
    tlsn_conn *conn;
    struct tlsni_scratch *scratch, *aside;
    struct tlsni_hs *hs;
    struct tlsni_authenticator_keys keys; /* of who makes the authenticator; secret */
};

/* @rfc 9261:5.1/4, 9261:7/1, 9261:9/2 */
static tlsn_status may_run(const tlsn_conn *c)
{
    bool has = c->done && (c->exporter || (c->secrets13 && c->secrets13->exporter.len));

    if (tlsni_conn_failed(c) || !has || !c->ems || !c->version->sigalgs ||
        (c->scratch && c->scratch->calling))
        return TLSN_ERR_MISUSE;
    return TLSN_OK;
}

/* @rfc 9261:5.1/1, 9261:5.1/2, 9261:5.1/3 */
static tlsn_status export_keys(struct exchange *x, enum tlsn_role sender)
{
    static const char *const labels[2][2] = {
        { "EXPORTER-client authenticator handshake context",
          "EXPORTER-client authenticator finished key" },
        { "EXPORTER-server authenticator handshake context",
          "EXPORTER-server authenticator finished key" },
    };
    const struct tlsni_hash *hash = tlsni_version_hash(x->conn->version, x->conn->suite);
    tlsn_status st;

    x->keys.hash = hash;
    st = tlsn_export(x->conn, labels[sender][0], "", 0, true, x->keys.context, hash->len);
    return st == TLSN_OK ? tlsn_export(x->conn, labels[sender][1], "", 0, true, x->keys.finished,
                                       hash->len)
                         : st;
}

/* The messages have the forms of TLS 1.3. */
static tlsn_status begin(struct exchange *x, tlsn_conn *c, enum tlsn_role sender)
{
    tlsn_status st = may_run(c);

    *x = (struct exchange){ .conn = c };
    if (st != TLSN_OK)
        return st;
    x->scratch = tlsni_conn_new_scratch(c);
    if (!x->scratch)
        return TLSN_ERR_NO_MEMORY;
    x->hs = &x->scratch->hs;
    x->hs->version = tlsni_version_find(TLSN_TLS1_3);
    x->hs->suite = c->suite;
    x->aside = c->scratch;
    c->scratch = x->scratch;
    return export_keys(x, sender);
}

static tlsn_status end(struct exchange *x, tlsn_status st)
{
    if (x->scratch) {
        tlsni_conn_drop_scratch(x->conn);
        x->conn->scratch = x->aside;
    }
    tlsni_wipe(&x->keys, sizeof x->keys);
    return st;
}

static enum tlsn_role other(const tlsn_conn *c)
{
    return c->role == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
}

/* ---- requests ---- */

static tlsn_status write_request(struct exchange *x, struct tlsn_span context, const char *name,
                                 struct tlsni_wr *w)
{
    tlsn_status st = may_note(x->conn);

    if (st != TLSN_OK)
        return st;
    if (was_used(x->conn, context, REQUESTED) || was_used(x->conn, context, SPENT))
        return TLSN_ERR_ARGUMENT;
    tlsni_authenticator_write_request(x->hs, w, context, name);
    return w->bad ? TLSN_ERR_BUFFER : note(x->conn, context, REQUESTED);
}

/* @rfc 9261:4/3, 9261:4/4, 9261:7/2 */
tlsn_status tlsn_authenticator_request(tlsn_conn *c, struct tlsn_span context,
                                       const char *server_name, void *out, size_t cap, size_t *len)
{
    struct tlsni_wr w = tlsni_wr_make(out, cap);
    uint8_t drawn[TLSNI_AUTHENTICATOR_CONTEXT];
    struct exchange x;
    tlsn_status st = TLSN_OK;

    if (!c || !out || !len || context.len > CONTEXT_MAX || (context.len && !context.data) ||
        (server_name && (c->role == TLSN_SERVER || !*server_name || strlen(server_name) > 255)))
        return TLSN_ERR_ARGUMENT;
    *len = 0;
    if (!context.len) {
        st = tlsni_random(c->env, drawn, sizeof drawn);
        context = tlsni_span_make(drawn, sizeof drawn);
    }
    if (st == TLSN_OK)
        st = begin(&x, c, other(c));
    else
        return st;
    if (st == TLSN_OK)
        st = write_request(&x, context, server_name, &w);
    if (st == TLSN_OK)
        *len = w.len;
    return end(&x, st);
}

/* @rfc 9261:7.2/1 */
tlsn_status tlsn_authenticator_context(struct tlsn_span message, struct tlsn_span *context)
{
    struct tlsni_authenticator_request r;
    struct tlsni_authenticator a;
    tlsn_status st;

    if (!context || !message.len)
        return TLSN_ERR_ARGUMENT;
    *context = tlsni_span_make(NULL, 0);
    if (message.data[0] == TLSNI_MSG_CERTIFICATE_REQUEST ||
        message.data[0] == TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST) {
        st = tlsni_authenticator_read_request(
            message, message.data[0] == TLSNI_MSG_CERTIFICATE_REQUEST ? TLSN_SERVER : TLSN_CLIENT,
            &r);
        if (st == TLSN_OK)
            *context = r.context;
        return st;
    }
    st = tlsni_authenticator_read(message, &a);
    if (st == TLSN_OK)
        *context = a.context;
    return st == TLSN_OK && !a.certificate.len ? TLSN_ERR_NOT_FOUND : st;
}

struct tlsn_span tlsn_authenticator_cert(struct tlsn_span authenticator, size_t i)
{
    struct tlsni_authenticator a;
    struct tlsn_span der, extensions;

    if (tlsni_authenticator_read(authenticator, &a) != TLSN_OK)
        return tlsni_span_make(NULL, 0);
    while (tlsni_msg_certificate13_next(&a.list, &der, &extensions))
        if (i-- == 0)
            return der;
    return tlsni_span_make(NULL, 0);
}

/* ---- making ---- */

struct making {
    struct tlsn_span request;
    const tlsn_credential *credential;
    bool refuse;
};

/* @rfc 9261:5.2.1/2, 9261:5.2.1/3, 9261:5.2.2/2, 9261:7.3/1 */
static tlsn_status choose(struct exchange *x, const struct making *m,
                          const struct tlsni_authenticator_request *r,
                          const struct tlsni_sigalg **scheme)
{
    struct tlsni_hs *hs = x->hs;

    hs->certificate_request.sigalgs = r->sigalgs;
    hs->certificate_request.authorities = r->authorities;
    if (m->refuse)
        return TLSN_OK;
    hs->credential = m->credential ? m->credential : tlsni_negotiate_client_credential(hs);
    if (!m->credential && hs->credential &&
        !tlsni_chain_verifiable(hs->credential, r->sigalgs_cert))
        hs->credential = NULL;
    if (!hs->credential)
        return m->request.len ? TLSN_OK : TLSN_ERR_NO_CREDENTIAL;
    if (!tlsni_credential_has(hs->credential, TLSN_CERT_X509))
        return TLSN_ERR_NO_CREDENTIAL;
    *scheme = tlsni_negotiate_scheme(hs, hs->credential, r->sigalgs);
    return *scheme && tlsni_chain_verifiable(hs->credential, r->sigalgs_cert)
               ? TLSN_OK
               : TLSN_ERR_NO_CREDENTIAL;
}

/* A server may go without a request: what the client listed in its ClientHello stands for it.
 * @rfc 9261:5/1, 9261:5/2, 9261:5.2.1/1 */
static tlsn_status read_request(struct exchange *x, struct tlsn_span message, uint8_t *drawn,
                                struct tlsni_authenticator_request *r)
{
    tlsn_conn *c = x->conn;

    if (message.len)
        return tlsni_authenticator_read_request(message, other(c), r);
    *r = (struct tlsni_authenticator_request){
        .sigalgs = tlsni_bytes_span(&tlsni_conn_rare(c)->peer_sigalgs),
        .sigalgs_cert = tlsni_bytes_span(&tlsni_conn_rare(c)->peer_sigalgs),
        .context = { drawn, TLSNI_AUTHENTICATOR_CONTEXT },
    };
    if (c->role == TLSN_CLIENT)
        return TLSN_ERR_ARGUMENT;
    return tlsni_random(c->env, drawn, TLSNI_AUTHENTICATOR_CONTEXT);
}

/* @rfc 9261:5.2/1 */
static tlsn_status make(struct exchange *x, const struct making *m, struct tlsni_wr *w)
{
    uint8_t drawn[TLSNI_AUTHENTICATOR_CONTEXT];
    const struct tlsni_sigalg *scheme = NULL;
    struct tlsni_authenticator_request r;
    tlsn_status st = read_request(x, m->request, drawn, &r);

    if (st == TLSN_OK)
        st = may_note(x->conn);
    if (st != TLSN_OK)
        return st;
    if (was_used(x->conn, r.context, SPENT) || was_used(x->conn, r.context, REQUESTED))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = choose(x, m, &r, &scheme);
    if (st == TLSN_OK)
        st = tlsni_authenticator_write(x->hs, w, &x->keys, &r, r.context, scheme);
    return st == TLSN_OK ? note(x->conn, r.context, SPENT) : st;
}

static tlsn_status run_make(tlsn_conn *c, const struct making *m, void *out, size_t cap, size_t *len)
{
    struct tlsni_wr w = tlsni_wr_make(out, cap);
    struct exchange x;
    tlsn_status st;

    if (!c || !out || !len || (m->request.len && !m->request.data) || (m->refuse && !m->request.len))
        return TLSN_ERR_ARGUMENT;
    *len = 0;
    st = begin(&x, c, (enum tlsn_role)c->role);
    if (st == TLSN_OK)
        st = make(&x, m, &w);
    if (st == TLSN_OK)
        *len = w.len;
    return end(&x, st);
}

tlsn_status tlsn_authenticator_make(tlsn_conn *c, struct tlsn_span request,
                                    tlsn_credential *credential, void *out, size_t cap, size_t *len)
{
    return run_make(c, &(struct making){ .request = request, .credential = credential }, out, cap, len);
}

tlsn_status tlsn_authenticator_refuse(tlsn_conn *c, struct tlsn_span request, void *out, size_t cap,
                                      size_t *len)
{
    return run_make(c, &(struct making){ .request = request, .refuse = true }, out, cap, len);
}

/* ---- checking ---- */

/* As in a handshake, but that nobody suspends. */
static tlsn_status judge(struct exchange *x)
{
    tlsn_conn *c = x->conn;
    const struct tlsn_callbacks *cb = &c->config->callbacks;
    tlsn_status st;

    if (c->config->verify_mode == TLSN_VERIFY_INSECURE_NONE && !cb->verdict)
        return TLSN_OK;
    x->scratch->question = TLSN_NEED_VERDICT;
    x->scratch->calling = true;
    st = cb->verdict ? cb->verdict(cb->ctx, c) : tlsn_verify_default(c, NULL);
    x->scratch->question = TLSN_OK;
    x->scratch->calling = false;
    return st > 0 ? TLSN_ERR_INTERNAL : st;
}

/* @rfc 9261:7.4/1, 9261:7.4/2 */
static tlsn_status check(struct exchange *x, struct tlsn_span request, struct tlsn_span message)
{
    tlsn_conn *c = x->conn;
    struct tlsni_authenticator_request r = { .message = { NULL, 0 } };
    struct tlsni_authenticator a;
    tlsn_status st = tlsni_authenticator_read(message, &a);

    if (st == TLSN_OK && request.len)
        st = tlsni_authenticator_read_request(request, (enum tlsn_role)c->role, &r);
    if (st == TLSN_OK)
        st = may_note(c);
    if (st != TLSN_OK)
        return st;
    if (!request.len && !a.certificate.len)
        return TLSN_ERR_DECODE; /* an empty one answers a request */
    if (was_used(c, a.certificate.len ? a.context : r.context, SPENT))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_authenticator_check(x->hs, &x->keys, &r, &a);
    if (st == TLSN_OK)
        st = judge(x);
    return st == TLSN_OK ? note(c, a.context, SPENT) : st;
}

tlsn_status tlsn_authenticator_check(tlsn_conn *c, struct tlsn_span request,
                                     struct tlsn_span authenticator, const char *name)
{
    struct exchange x;
    tlsn_status st;

    if (!c || !authenticator.len || !authenticator.data || (request.len && !request.data) ||
        (!request.len && c->role == TLSN_SERVER))
        return TLSN_ERR_ARGUMENT;
    st = begin(&x, c, other(c));
    if (st == TLSN_OK && c->role == TLSN_CLIENT)
        x.hs->verify_name = name ? name : c->verify_name_set ? c->verify_name : c->server_name;
    if (st == TLSN_OK)
        st = check(&x, request, authenticator);
    return end(&x, st);
}
