/* export.c - what a connection gives to protocols above it: keying material (RFC 5705, RFC 8446 7.5) and
 * channel bindings (RFC 5929, RFC 9266).
 *
 * Without extended_master_secret two connections can be made to share a master secret, so that neither
 * says which connection it is (RFC 7627 1): both are refused then. */
#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "cipher/hkdf.h"
#include "conn.h"
#include "handshake/schedule13.h"

enum { CONTEXT_MAX = 65535, BINDING_LEN = 32 };

/* Labels that TLS itself uses with the master secret.
 * @rfc 5705:4/4 */
static bool is_reserved(const char *label)
{
    static const char *const reserved[] = { "client finished", "server finished", "master secret",
                                            "extended master secret", "key expansion" };

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(label, reserved[i]) == 0)
            return true;
    return false;
}

/* @rfc 7627:5.4/2, 7627:5.4/3, 7627:5.4/4, 7627:5.4/6 */
static bool is_bound(const tlsn_conn *c)
{
    return c->ems || tlsni_hs_feature(&c->config->hs, TLSN_FEATURE_INSECURE_BINDINGS);
}

/* The context behind its length, which makes an empty one something else than none.
 * @rfc 5705:4/2, 5705:4/3 */
static tlsn_status put_context(const tlsn_conn *c, struct tlsni_buf *b, const void *context,
                               size_t len)
{
    const uint8_t head[2] = { (uint8_t)(len >> 8), (uint8_t)len };
    tlsn_status st = tlsni_buf_append(c->env, b, head, sizeof head);

    return st == TLSN_OK ? tlsni_buf_append(c->env, b, context, len) : st;
}

static tlsn_status export_by_prf(const tlsn_conn *c, const char *label, struct tlsn_span context,
                                 bool has_context, void *out, size_t len)
{
    const struct tlsni_exporter *x = c->exporter;
    struct tlsni_buf tail = { 0 };
    tlsn_status st = has_context ? put_context(c, &tail, context.data, context.len) : TLSN_OK;

    if (st == TLSN_OK)
        c->version->prf(tlsni_hash_find(c->suite->prf), x->master, sizeof x->master, label,
                        tlsni_span_make(x->randoms, sizeof x->randoms),
                        tlsni_span_make(tail.data, tlsni_buf_len(&tail)), out, len);
    tlsni_buf_free(c->env, &tail);
    return st;
}

static tlsn_status export_from(const struct tlsni_hash *hash, const struct tlsni_secret *exporter,
                               const char *label, struct tlsn_span context, void *out, size_t len)
{
    if (strlen(label) > TLSNI_HKDF_LABEL_MAX || !tlsni_hkdf_fits(hash, len))
        return TLSN_ERR_ARGUMENT;
    tlsni_schedule13_export(hash, exporter, label, context, out, len);
    return TLSN_OK;
}

static bool keeps_secret(const tlsn_conn *c)
{
    return c->exporter || (c->secrets13 && c->secrets13->exporter.len);
}

/* @rfc 5705:3/1, 5705:3/2, 5705:4/1, 5705:4/7
 * @rfc 8446:7.5/2 */
tlsn_status tlsn_export(const tlsn_conn *c, const char *label, const void *context,
                        size_t context_len, bool has_context, void *out, size_t len)
{
    struct tlsn_span span = tlsni_span_make(context, context_len);

    if (!c || !label || !*label || is_reserved(label) || !out || !len ||
        (context_len && (!context || !has_context)) || context_len > CONTEXT_MAX)
        return TLSN_ERR_ARGUMENT;
    if (!c->done || tlsni_conn_failed(c) || !keeps_secret(c))
        return TLSN_ERR_MISUSE;
    if (!is_bound(c))
        return TLSN_ERR_INSUFFICIENT_SECURITY;
    return c->exporter
               ? export_by_prf(c, label, span, has_context, out, len)
               : export_from(tlsni_version_hash(c->version, c->suite), &c->secrets13->exporter,
                             label, span, out, len);
}

/* Of early data that may still be taken, or were. */
static const struct tlsni_secret *early_secret(const tlsn_conn *c, const struct tlsni_hash **hash)
{
    const struct tlsni_hs *hs = c->scratch && !c->done ? &c->scratch->hs : NULL;

    if (c->done && c->secrets13) {
        *hash = tlsni_version_hash(c->version, c->suite);
        return &c->secrets13->early_exporter;
    }
    if (!hs || !hs->cfg || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_EXPORTER))
        return NULL;
    *hash = hs->tls13.keys.hash;
    return &hs->tls13.keys.early_exporter;
}

/* @rfc 8446:7.5/3 */
tlsn_status tlsn_export_early(const tlsn_conn *c, const char *label, const void *context,
                              size_t context_len, void *out, size_t len)
{
    const struct tlsni_hash *hash = NULL;
    const struct tlsni_secret *secret;

    if (!c || !label || !*label || is_reserved(label) || !out || !len || (context_len && !context) ||
        context_len > CONTEXT_MAX)
        return TLSN_ERR_ARGUMENT;
    secret = tlsni_conn_failed(c) ? NULL : early_secret(c, &hash);
    if (!secret || !secret->len)
        return TLSN_ERR_MISUSE;
    return export_from(hash, secret, label, tlsni_span_make(context, context_len), out, len);
}

tlsn_status tlsni_conn_keep_exporter(tlsn_conn *c, const struct tlsni_hs *hs)
{
    tlsni_conn_drop_exporter(c);
    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_EXPORTER) || !hs->version->exports)
        return TLSN_OK;
    c->exporter = tlsni_alloc(c->env, sizeof *c->exporter);
    if (!c->exporter)
        return TLSN_ERR_NO_MEMORY;
    memcpy(c->exporter->master, hs->session.master.data, TLSNI_MASTER_LEN);
    memcpy(c->exporter->randoms, hs->client_random, TLSNI_RANDOM_LEN);
    memcpy(c->exporter->randoms + TLSNI_RANDOM_LEN, hs->server_random, TLSNI_RANDOM_LEN);
    return TLSN_OK;
}

void tlsni_conn_drop_exporter(tlsn_conn *c)
{
    if (c->exporter)
        tlsni_free_secret(c->env, c->exporter, sizeof *c->exporter);
    c->exporter = NULL;
}

/* @rfc 8446:E.1.4/1 */
void tlsn_forget_exporter(tlsn_conn *c)
{
    if (!c)
        return;
    tlsni_conn_drop_exporter(c);
    if (!c->secrets13)
        return;
    tlsni_secret_wipe(&c->secrets13->exporter);
    tlsni_secret_wipe(&c->secrets13->early_exporter);
}

/* ---- channel bindings ---- */

/* The first Finished of the latest handshake: the client's, or the server's when it was resumed. From TLS
 * 1.3 on it is not defined (RFC 8446 C.5).
 * @rfc 5929:3.1/1, 5929:3.1/2, 5929:7/1 */
static tlsn_status tls_unique(const tlsn_conn *c, uint8_t *out, size_t *len)
{
    enum tlsn_role first = c->resumed ? TLSN_SERVER : TLSN_CLIENT;

    if (!c->verify_data_len)
        return TLSN_ERR_NOT_FOUND;
    if (!is_bound(c))
        return TLSN_ERR_INSUFFICIENT_SECURITY;
    *len = c->verify_data_len;
    memcpy(out, c->verify_data[first], *len);
    return TLSN_OK;
}

/* The hash function of the certificate's own signature, SHA-256 for MD5 and SHA-1; not defined for
 * signatures without one (EdDSA).
 * @rfc 5929:4.1/1, 5929:4.1/2, 5929:4.1/3, 5929:4.1/4 */
static tlsn_status tls_server_end_point(const tlsn_conn *c, uint8_t *out, size_t *len)
{
    struct tlsn_span der = c->role == TLSN_CLIENT ? tlsn_conn_peer_cert(c, 0)
                           : c->own               ? tlsn_credential_cert(c->own, 0)
                                                  : tlsni_span_make(NULL, 0);
    const struct tlsni_hash *hash;
    struct tlsni_cert cert;

    if (!der.len)
        return TLSN_ERR_NOT_FOUND;
    if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK)
        return TLSN_ERR_INTERNAL;
    hash = tlsni_hash_find((enum tlsni_hash_id)cert.sig.hash);
    if (cert.sig.hash == TLSNI_HASH_MD5 || cert.sig.hash == TLSNI_HASH_SHA1)
        hash = tlsni_hash_find(TLSNI_HASH_SHA256);
    if (!cert.sig.key || !hash)
        return TLSN_ERR_NOT_IMPLEMENTED;
    tlsni_hash_once(hash, der.data, der.len, out);
    *len = hash->len;
    return TLSN_OK;
}

/* Where renegotiation is allowed, or was done, it is not defined: the value changes with each handshake.
 * @rfc 9266:2/1, 9266:2/2, 9266:3/1, 9266:4.2/1, 9266:4.2/2 */
static tlsn_status tls_exporter(const tlsn_conn *c, uint8_t *out, size_t *len)
{
    bool renegotiates = c->config->renegotiation != TLSN_RENEGOTIATION_NONE || c->renegotiations ||
                        c->renegotiation_asked || tlsni_conn_renegotiates(c);

    if (c->version->renegotiates && renegotiates)
        return TLSN_ERR_INSUFFICIENT_SECURITY;
    *len = BINDING_LEN;
    return tlsn_export(c, "EXPORTER-Channel-Binding", "", 0, true, out, BINDING_LEN);
}

tlsn_status tlsn_channel_binding(const tlsn_conn *c, enum tlsn_binding type,
                                 uint8_t out[TLSN_BINDING_MAX], size_t *len)
{
    if (!c || !out || !len)
        return TLSN_ERR_ARGUMENT;
    *len = 0;
    if (!c->done || tlsni_conn_failed(c))
        return TLSN_ERR_MISUSE;
    switch (type) {
    case TLSN_BINDING_TLS_UNIQUE:
        return tls_unique(c, out, len);
    case TLSN_BINDING_TLS_SERVER_END_POINT:
        return tls_server_end_point(c, out, len);
    case TLSN_BINDING_TLS_EXPORTER:
        return tls_exporter(c, out, len);
    }
    return TLSN_ERR_ARGUMENT;
}
