/* authenticator.c - exported authenticators (RFC 9261) of a connection.
 *
 * Each call has handshake state of its own for as long as it runs; the connection's is put aside. What stays
 * are hashes of the contexts that were used, so that none is used twice. */
#include <tls-native/authenticator.h>

#include "base/env.h"
#include "base/mem.h"
#include "conn.h"
#include "ext/ext.h"
#include "handshake/authenticator.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "x509/oid_filter.h"

enum { USED_MAX = 256, CONTEXT_MAX = 255, NAME_ROOM = 255 + 1 };
enum used { REQUESTED = 1, SPENT, BEGUN }; /* BEGUN: of what waits for a signature */

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

static struct used_context *find_used(const tlsn_conn *c, struct tlsn_span context, enum used how)
{
    const struct tlsni_buf *b = &tlsni_conn_rare(c)->authenticators;
    const struct used_context wanted = note_of(context, how);

    for (size_t at = 0; at < tlsni_buf_len(b); at += sizeof wanted)
        if (memcmp(b->data + b->start + at, &wanted, sizeof wanted) == 0)
            return (struct used_context *)(b->data + b->start + at);
    return NULL;
}

static bool was_used(const tlsn_conn *c, struct tlsn_span context, enum used how)
{
    return find_used(c, context, how) != NULL;
}

enum { NOTES = 2 }; /* that one call makes at most */

/* Room for them, before anything is done. */
static tlsn_status may_note(tlsn_conn *c)
{
    struct tlsni_rare *rare = tlsni_conn_need_rare(c);

    if (!rare)
        return TLSN_ERR_NO_MEMORY;
    if (tlsni_buf_len(&rare->authenticators) >= USED_MAX * sizeof(struct used_context))
        return TLSN_ERR_TOO_MANY;
    return tlsni_buf_reserve(c->env, &rare->authenticators, NOTES * sizeof(struct used_context));
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
    x->hs->worlds = c->version->world;
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
    if (st != TLSN_OK)
        return st;
    st = begin(&x, c, tlsni_other_role(c->role));
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

/* The i-th certificate of one, and what stands beside it. */
static bool find_entry(struct tlsn_span authenticator, size_t i, struct tlsn_span *der,
                       struct tlsn_span *extensions)
{
    struct tlsni_authenticator a;

    if (tlsni_authenticator_read(authenticator, &a) != TLSN_OK)
        return false;
    while (tlsni_msg_certificate13_next(&a.list, der, extensions))
        if (i-- == 0)
            return true;
    return false;
}

struct tlsn_span tlsn_authenticator_cert(struct tlsn_span authenticator, size_t i)
{
    struct tlsn_span der, extensions;

    return find_entry(authenticator, i, &der, &extensions) ? der : tlsni_span_make(NULL, 0);
}

struct tlsn_span tlsn_authenticator_extension(struct tlsn_span authenticator, size_t i, uint16_t type)
{
    struct tlsn_span der, extensions, data;
    bool has = find_entry(authenticator, i, &der, &extensions) && tlsni_ext_find(extensions, type, &data);

    return has ? data : tlsni_span_make(NULL, 0);
}

/* ---- making ---- */

struct making {
    struct tlsn_span request;
    const tlsn_credential *credential;
    bool refuse;
};

static struct tlsn_span cert_schemes(const struct tlsni_hs *hs)
{
    return hs->certificate_request.sigalgs_cert.len ? hs->certificate_request.sigalgs_cert
                                                    : hs->certificate_request.sigalgs;
}

/* One of the configuration's; for who is named if somebody is. */
static tlsn_status find_credential(struct tlsni_hs *hs)
{
    if (hs->peer_name.len)
        return tlsni_negotiate_named_credential(hs, &hs->credential);
    hs->credential = tlsni_negotiate_client_credential(hs);
    return TLSN_OK;
}

/* @rfc 9261:5.2.1/2, 9261:5.2.1/3, 9261:5.2.1/6, 9261:5.2.2/2, 9261:7.3/1 */
static tlsn_status choose(struct exchange *x, const struct making *m, const struct tlsni_sigalg **scheme)
{
    struct tlsni_hs *hs = x->hs;
    tlsn_status st = TLSN_OK;

    if (m->refuse)
        return TLSN_OK;
    hs->credential = m->credential;
    if (!m->credential)
        st = find_credential(hs);
    if (st != TLSN_OK)
        return st;
    if (!hs->credential)
        return m->request.len ? TLSN_OK : TLSN_ERR_NO_CREDENTIAL;
    if (!tlsni_credential_has(hs->credential, TLSN_CERT_X509) ||
        !tlsni_oid_filters_match(hs->certificate_request.oid_filters, &hs->credential->leaf) ||
        !tlsni_chain_verifiable(hs->credential, cert_schemes(hs)))
        return TLSN_ERR_NO_CREDENTIAL;
    *scheme = tlsni_negotiate_scheme(hs, hs->credential, hs->certificate_request.sigalgs);
    return *scheme ? TLSN_OK : TLSN_ERR_NO_CREDENTIAL;
}

/* A server may go without a request: what the client listed in its ClientHello stands for it.
 * @rfc 9261:5/1, 9261:5/2, 9261:5.2.1/1 */
static tlsn_status read_request(struct exchange *x, struct tlsn_span message, uint8_t *drawn,
                                struct tlsni_authenticator_request *r)
{
    tlsn_conn *c = x->conn;
    const struct tlsni_rare *rare = tlsni_conn_rare(c);
    tlsn_status st;

    if (message.len) {
        st = tlsni_authenticator_read_request(message, tlsni_other_role(c->role), r);
        return st == TLSN_OK ? tlsni_authenticator_take_request(x->hs, r) : st;
    }
    *r = (struct tlsni_authenticator_request){ .context = { drawn, TLSNI_AUTHENTICATOR_CONTEXT } };
    if (c->role == TLSN_CLIENT)
        return TLSN_ERR_ARGUMENT;
    x->hs->certificate_request.sigalgs = tlsni_bytes_span(&rare->peer_sigalgs);
    x->hs->ext_seen = rare->peer_extensions;
    x->hs->status_asked = rare->status_asked;
    return tlsni_random(c->env, drawn, TLSNI_AUTHENTICATOR_CONTEXT);
}

/* The key is elsewhere, and nobody answers at once: the scheme stands behind Certificate for when somebody does. */
static tlsn_status put_off(struct exchange *x, const struct tlsni_sigalg *scheme, struct tlsni_wr *w)
{
    tlsn_status st;

    tlsni_wr_u16(w, scheme->id);
    if (w->bad)
        return TLSN_ERR_BUFFER;
    st = note(x->conn, tlsni_span_make(w->buf, w->len), BEGUN);
    return st == TLSN_OK ? TLSN_NEED_KEY_OP : st;
}

static tlsn_status sign(struct exchange *x, const struct making *m, const struct tlsni_sigalg *scheme,
                        struct tlsni_wr *w)
{
    struct tlsni_hs *hs = x->hs;
    tlsn_status st = tlsni_authenticator_sign_input(hs, &x->keys, m->request,
                                                    tlsni_span_make(w->buf, w->len));

    if (st != TLSN_OK)
        return st;
    tlsni_key_op_begin(hs, TLSNI_OP_SIGN, scheme, tlsni_buf_span(&hs->sign_input));
    st = tlsni_key_op_run(hs);
    if (st != TLSN_OK)
        return st == TLSN_NEED_KEY_OP ? put_off(x, scheme, w) : st > 0 ? TLSN_ERR_KEY_OP : st;
    const struct tlsni_msg_signed sig = { scheme->id,
                                          { hs->key_op.result, hs->key_op.result_len } };

    return tlsni_authenticator_end(w, &x->keys, m->request, &sig);
}

/* @rfc 9261:5.2/1 */
static tlsn_status make(struct exchange *x, const struct making *m, struct tlsni_wr *w)
{
    uint8_t drawn[TLSNI_AUTHENTICATOR_CONTEXT];
    const struct tlsni_sigalg *scheme = NULL;
    struct tlsni_authenticator_request r;
    tlsn_status st = read_request(x, m->request, drawn, &r), noted;

    if (st == TLSN_OK)
        st = may_note(x->conn);
    if (st != TLSN_OK)
        return st;
    if (was_used(x->conn, r.context, SPENT) || was_used(x->conn, r.context, REQUESTED))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = choose(x, m, &scheme);
    if (st == TLSN_OK)
        st = tlsni_authenticator_begin(x->hs, w, r.context);
    if (st == TLSN_OK)
        st = scheme ? sign(x, m, scheme, w) : tlsni_authenticator_end_empty(w, &x->keys, m->request);
    if (st != TLSN_OK && st != TLSN_NEED_KEY_OP)
        return st;
    noted = note(x->conn, r.context, SPENT);
    return noted == TLSN_OK ? st : noted;
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
    if (st == TLSN_OK || st == TLSN_NEED_KEY_OP)
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

/* ---- keys that are elsewhere ---- */

enum { SCHEME_LEN = 2 };

/* Of one that was begun: the scheme, and Certificate as what is signed. */
static bool read_begun(struct tlsn_span begun, uint16_t *scheme, struct tlsn_span *certificate)
{
    struct tlsni_rd r;

    if (!begun.data || begun.len <= SCHEME_LEN)
        return false;
    *certificate = tlsni_span_make(begun.data, begun.len - SCHEME_LEN);
    r = tlsni_rd_make(begun.data + certificate->len, SCHEME_LEN);
    *scheme = tlsni_rd_u16(&r);
    return true;
}

tlsn_status tlsn_authenticator_key_op(tlsn_conn *c, struct tlsn_span request, struct tlsn_span begun,
                                      uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX],
                                      struct tlsn_key_op *op)
{
    struct tlsn_span certificate, input;
    struct exchange x;
    uint16_t scheme;
    tlsn_status st;

    if (!c || !room || !op || (request.len && !request.data) || !read_begun(begun, &scheme, &certificate))
        return TLSN_ERR_ARGUMENT;
    if (!was_used(c, begun, BEGUN))
        return TLSN_ERR_MISUSE;
    st = begin(&x, c, (enum tlsn_role)c->role);
    if (st == TLSN_OK)
        st = tlsni_authenticator_sign_input(x.hs, &x.keys, request, certificate);
    if (st == TLSN_OK) {
        input = tlsni_buf_span(&x.hs->sign_input);
        memcpy(room, input.data, input.len);
        *op = (struct tlsn_key_op){ .kind = TLSN_KEY_OP_SIGN, .scheme = scheme,
                                    .input = { room, input.len } };
    }
    return end(&x, st);
}

tlsn_status tlsn_authenticator_complete(tlsn_conn *c, struct tlsn_span request, const void *signature,
                                        size_t signature_len, void *out, size_t cap, size_t *len)
{
    struct tlsni_msg_signed sig = { 0, tlsni_span_make(signature, signature_len) };
    struct tlsni_wr w = tlsni_wr_make(out, cap);
    struct used_context *noted;
    struct tlsn_span certificate;
    struct exchange x;
    tlsn_status st;

    if (!c || !out || !len || *len > cap || !signature || !signature_len ||
        signature_len > TLSNI_SIGNATURE_MAX || (request.len && !request.data) ||
        !read_begun(tlsni_span_make(out, *len), &sig.scheme, &certificate))
        return TLSN_ERR_ARGUMENT;
    noted = find_used(c, tlsni_span_make(out, *len), BEGUN);
    if (!noted)
        return TLSN_ERR_MISUSE;
    w.len = certificate.len;
    st = begin(&x, c, (enum tlsn_role)c->role);
    if (st == TLSN_OK)
        st = tlsni_authenticator_end(&w, &x.keys, request, &sig);
    if (st == TLSN_OK) {
        noted->how = SPENT;
        *len = w.len;
    } else { /* as it was */
        w = tlsni_wr_make((uint8_t *)out + certificate.len, SCHEME_LEN);
        tlsni_wr_u16(&w, sig.scheme);
    }
    return end(&x, st);
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

/* The server name that a request of ours asks for, as a string; NULL: none. */
static const char *name_asked(struct tlsn_span request, char out[NAME_ROOM])
{
    struct tlsni_authenticator_request r;
    struct tlsn_span data, name;

    if (!request.len || tlsni_authenticator_read_request(request, TLSN_CLIENT, &r) != TLSN_OK ||
        !tlsni_ext_find(r.extensions, TLSNI_EXT_SERVER_NAME, &data))
        return NULL;
    name = tlsni_ext_view_host_name(data);
    if (!name.len || name.len >= NAME_ROOM)
        return NULL;
    memcpy(out, name.data, name.len);
    out[name.len] = 0;
    return out;
}

/* Whose certificate it has to be: as said, or as asked for, or the connection's.
 * @rfc 9261:5.2.1/6 */
static const char *name_due(const tlsn_conn *c, struct tlsn_span request, const char *name,
                            char room[NAME_ROOM])
{
    if (!name)
        name = name_asked(request, room);
    return name ? name : c->verify_name_set ? c->verify_name : c->server_name;
}

tlsn_status tlsn_authenticator_check(tlsn_conn *c, struct tlsn_span request,
                                     struct tlsn_span authenticator, const char *name)
{
    char room[NAME_ROOM];
    struct exchange x;
    tlsn_status st;

    if (!c || !authenticator.len || !authenticator.data || (request.len && !request.data) ||
        (!request.len && c->role == TLSN_SERVER))
        return TLSN_ERR_ARGUMENT;
    st = begin(&x, c, tlsni_other_role(c->role));
    if (st == TLSN_OK && c->role == TLSN_CLIENT)
        x.hs->verify_name = name_due(c, request, name, room);
    if (st == TLSN_OK)
        st = check(&x, request, authenticator);
    return end(&x, st);
}
