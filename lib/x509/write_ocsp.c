/* write_ocsp.c - OCSP responses (RFC 6960 4.2). */
#include "base/env.h"
#include "base/mem.h"
#include "cipher/hash.h"
#include "x509/cert_id.h"
#include "x509/ocsp.h"
#include "x509/write.h"

enum { DEFAULT_DAYS = 7, HEAD_ROOM = 4096, SINGLE_ROOM = 320, SERIAL_MAX = 20 };

struct response {
    const struct tlsn_ocsp_spec *spec;
    const struct tlsni_privkey *key;
    const struct tlsn_hooks *env;
    struct tlsni_cert issuer, responder;
    struct tlsni_sig_params scheme;
    int64_t produced_at;
};

/* ---- one certificate ---- */

/* @rfc 6960:4.2.1/4 */
static void write_revoked(struct tlsni_wr *w, const struct tlsn_ocsp_single *s, int64_t this_update)
{
    const uint8_t reason = (uint8_t)s->reason;
    size_t mark = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1)), inner;

    tlsni_dw_generalized_time(w, s->revoked_since ? s->revoked_since : this_update);
    if (s->reason != TLSN_REASON_UNSPECIFIED) {
        inner = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        tlsni_dw_put(w, TLSNI_DER_ENUMERATED, tlsni_span_make(&reason, 1));
        tlsni_dw_close(w, inner);
    }
    tlsni_dw_close(w, mark);
}

static void write_status(struct tlsni_wr *w, const struct tlsn_ocsp_single *s, int64_t this_update)
{
    if (s->status == TLSN_CERT_REVOKED)
        write_revoked(w, s, this_update);
    else
        tlsni_dw_put(w, TLSNI_DER_CONTEXT(s->status == TLSN_CERT_GOOD ? 0 : 2),
                     tlsni_span_make(NULL, 0));
}

/* The number of a certificate, as contents of an INTEGER. */
static tlsn_status serial_of(const struct tlsn_ocsp_single *s, struct tlsn_span *serial,
                             uint8_t work[SERIAL_MAX + 1])
{
    struct tlsni_cert cert;
    tlsn_status st;

    if (s->cert.len) {
        st = tlsni_cert_parse(&cert, s->cert, NULL);
        *serial = cert.serial;
        return st;
    }
    if (!s->serial.len || s->serial.len > SERIAL_MAX)
        return TLSN_ERR_ARGUMENT;
    work[0] = 0;
    memcpy(work + 1, s->serial.data, s->serial.len);
    *serial = s->serial.data[0] >= 0x80 ? tlsni_span_make(work, s->serial.len + 1) : s->serial;
    return TLSN_OK;
}

/* @rfc 6960:4.2.2.1/1, 5019:2.2.1/1, 5019:2.2.1/2, 5019:2.2.4/1 */
static tlsn_status write_single(struct tlsni_wr *w, const struct response *r,
                                const struct tlsn_ocsp_single *s)
{
    int64_t this_update = s->this_update ? s->this_update : r->produced_at;
    uint8_t work[SERIAL_MAX + 1];
    struct tlsn_span serial;
    size_t all, next;
    tlsn_status st = serial_of(s, &serial, work);

    if (st != TLSN_OK)
        return st;
    all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_cert_id_write(w, r->spec->sha256 ? TLSNI_HASH_SHA256 : TLSNI_HASH_SHA1, serial,
                        &r->issuer);
    write_status(w, s, this_update);
    tlsni_dw_generalized_time(w, this_update);
    if (s->next_update != -1) {
        next = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        tlsni_dw_generalized_time(w, s->next_update
                                         ? s->next_update
                                         : this_update + (int64_t)DEFAULT_DAYS * 86400);
        tlsni_dw_close(w, next);
    }
    tlsni_dw_close(w, all);
    return TLSN_OK;
}

/* ---- ResponseData ---- */

/* @rfc 6960:4.2.2.3/1, 5019:2.2.1/2 */
static void write_responder(struct tlsni_wr *w, const struct response *r)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    size_t mark;

    if (!r->spec->by_key) {
        tlsni_dw_put(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1), r->responder.subject);
        return;
    }
    if (!tlsni_key_hash(digest, TLSNI_HASH_SHA1, r->responder.spki))
        w->bad = true;
    mark = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(2));
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(digest, 20));
    tlsni_dw_close(w, mark);
}

/* @rfc 5019:2.2.1/3 */
static void write_extensions(struct tlsni_wr *w, struct tlsn_span nonce)
{
    size_t outer, inner;

    if (!nonce.len)
        return;
    outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_ocsp_write_nonce(w, nonce);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
}

static tlsn_status write_data(struct tlsni_wr *w, const struct response *r)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), list;
    tlsn_status st = TLSN_OK;

    write_responder(w, r);
    tlsni_dw_generalized_time(w, r->produced_at);
    list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    for (size_t i = 0; st == TLSN_OK && i < r->spec->single_count; i++)
        st = write_single(w, r, &r->spec->singles[i]);
    tlsni_dw_close(w, list);
    write_extensions(w, r->spec->nonce);
    tlsni_dw_close(w, all);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

/* ---- the whole ---- */

/* BasicOCSPResponse: signed data with the signer's certificate behind, unless it is the issuer.
 * @rfc 6960:2.2/2, 6960:4.2.1/6, 5019:2.2.2/2 */
static tlsn_status write_basic(struct tlsni_wr *w, const struct response *r, struct tlsn_span data)
{
    uint8_t signature[TLSNI_SIGNATURE_MAX];
    size_t len, all, outer, inner;
    tlsn_status st = tlsni_privkey_sign(r->key, r->env, &r->scheme, data, signature, &len);

    if (st != TLSN_OK)
        return st;
    all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_wr_span(w, data);
    tlsni_write_signature_algorithm(w, &r->scheme);
    tlsni_dw_bits(w, tlsni_span_make(signature, len));
    if (r->spec->responder.len && !r->spec->leave_out_responder) {
        outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        tlsni_wr_span(w, r->spec->responder);
        tlsni_dw_close(w, inner);
        tlsni_dw_close(w, outer);
    }
    tlsni_dw_close(w, all);
    return TLSN_OK;
}

/* @rfc 6960:4.2.1/1, 6960:4.2.1/2 */
static tlsn_status write_outer(struct tlsni_wr *w, const struct response *r, struct tlsn_span data)
{
    const uint8_t status = (uint8_t)r->spec->status;
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), bytes, type, octets;
    tlsn_status st = TLSN_OK;

    tlsni_dw_put(w, TLSNI_DER_ENUMERATED, tlsni_span_make(&status, 1));
    if (status == TLSNI_OCSP_SUCCESSFUL) {
        bytes = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        type = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        tlsni_dw_oid(w, TLSNI_OID_OCSP_BASIC);
        octets = tlsni_dw_open(w, TLSNI_DER_OCTET_STRING);
        st = write_basic(w, r, data);
        tlsni_dw_close(w, octets);
        tlsni_dw_close(w, type);
        tlsni_dw_close(w, bytes);
    }
    tlsni_dw_close(w, all);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

static tlsn_status write_response(const struct response *r, uint8_t *out, size_t cap, size_t *len)
{
    size_t room = HEAD_ROOM + 2 * (r->issuer.der.len + r->spec->responder.len) +
                  r->spec->single_count * SINGLE_ROOM;
    uint8_t *work = tlsni_alloc(r->env, 2 * room);
    struct tlsni_wr data = tlsni_wr_make(work, work ? room : 0);
    struct tlsni_wr all = tlsni_wr_make(work ? work + room : NULL, work ? room : 0);
    tlsn_status st = TLSN_OK;

    if (!work)
        return TLSN_ERR_NO_MEMORY;
    if (r->spec->status == TLSN_OCSP_SUCCESSFUL)
        st = write_data(&data, r);
    if (st == TLSN_OK)
        st = write_outer(&all, r, tlsni_span_make(work, data.len));
    if (st == TLSN_OK)
        st = tlsni_write_out(all.buf, all.len, out, cap, len);
    tlsni_free(r->env, work);
    return st;
}

/* @rfc 6960:5.1.1/3 SHA-256 or better, unless a weak scheme is named */
static tlsn_status prepare(struct response *r, const tlsn_key *key)
{
    const struct tlsn_ocsp_spec *spec = r->spec;
    tlsn_status st;

    if (!key || !spec->single_count || !spec->singles)
        return TLSN_ERR_ARGUMENT;
    r->key = key->key;
    r->produced_at = spec->produced_at ? spec->produced_at : tlsni_now_s(r->env);
    st = tlsni_cert_parse(&r->issuer, spec->issuer, NULL);
    if (st == TLSN_OK)
        st = tlsni_write_parse_issuer(&r->responder,
                                      spec->responder.len ? spec->responder : spec->issuer, r->key,
                                      r->env);
    if (st == TLSN_OK)
        st = tlsni_write_scheme(tlsni_privkey_public(r->key), spec->signature, &r->scheme);
    return st;
}

tlsn_status tlsn_ocsp_write(const struct tlsn_ocsp_spec *spec, const tlsn_key *key,
                            const struct tlsn_hooks *hooks, uint8_t *out, size_t cap, size_t *len)
{
    struct response r = { .spec = spec, .env = hooks };
    tlsn_status st = TLSN_OK;

    *len = 0;
    if (!spec || (!out && cap) || (unsigned)spec->status > TLSNI_OCSP_STATUS_MAX ||
        spec->status == 4 || spec->nonce.len > TLSNI_OCSP_NONCE_MAX)
        return TLSN_ERR_ARGUMENT;
    if (spec->status == TLSN_OCSP_SUCCESSFUL)
        st = prepare(&r, key);
    return st == TLSN_OK ? write_response(&r, out, cap, len) : st;
}
