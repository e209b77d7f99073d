/* ocsp_request.c - OCSPRequest for one certificate (RFC 6960 4.1, RFC 5019 2.1, RFC 9654). */
#include "cipher/hash.h"
#include "x509/cert_id.h"
#include "x509/ocsp.h"
#include "x509/ocsp_response.h"
#include "x509/write.h"

enum { REQUEST_MAX = 768 }; /* CertID with SHA-256, 20 bytes of serial number, the longest nonce */

/* The nonce is an OCTET STRING inside of the extension's.
 * @rfc 9654:2.1/1, 9654:2.1/2 */
void tlsni_ocsp_write_nonce(struct tlsni_wr *w, struct tlsn_span nonce)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_OCSP_NONCE, false);

    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, nonce);
    tlsni_write_ext_close(w, m);
}

/* @rfc 6960:4.4.1/1 */
static void write_extensions(struct tlsni_wr *w, struct tlsn_span nonce)
{
    size_t outer, inner;

    if (!nonce.len)
        return;
    outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(2));
    inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_ocsp_write_nonce(w, nonce);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
}

/* Version 1 is the default and left out; a single request without extensions of its own, no
 * requestorName, no signature.
 * @rfc 6960:2.1/1, 6960:4.1.2/1, 5019:2.1.1/4, 6960:4.1.1/2, 5019:2.1.1/1, 5019:2.1.1/3, 5019:2.1.2/1 */
static void write_request(struct tlsni_wr *w, const struct tlsni_cert *cert,
                          const struct tlsni_cert *issuer, struct tlsn_span nonce, uint8_t hash)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t tbs = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t one = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_cert_id_write(w, hash, cert->serial, issuer);
    tlsni_dw_close(w, one);
    tlsni_dw_close(w, list);
    write_extensions(w, nonce);
    tlsni_dw_close(w, tbs);
    tlsni_dw_close(w, all);
}

tlsn_status tlsn_ocsp_request_write(struct tlsn_span cert, struct tlsn_span issuer,
                                    struct tlsn_span nonce, bool sha256, uint8_t *out, size_t cap,
                                    size_t *len)
{
    uint8_t work[REQUEST_MAX];
    struct tlsni_wr w = tlsni_wr_make(work, sizeof work);
    struct tlsni_cert subject, by;
    tlsn_status st = tlsni_cert_parse(&subject, cert, NULL);

    *len = 0;
    if (st == TLSN_OK)
        st = tlsni_cert_parse(&by, issuer, NULL);
    if (st != TLSN_OK)
        return st;
    if (nonce.len > TLSNI_OCSP_NONCE_MAX || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    write_request(&w, &subject, &by, nonce, sha256 ? TLSNI_HASH_SHA256 : TLSNI_HASH_SHA1);
    return w.bad ? TLSN_ERR_ARGUMENT : tlsni_write_out(work, w.len, out, cap, len);
}

/* @rfc 9654:2.1/5, 9654:2.1/6, 5019:7/1 */
tlsn_status tlsn_ocsp_check_nonce(struct tlsn_span response, struct tlsn_span nonce)
{
    struct tlsni_ocsp_response r;
    tlsn_status st = tlsni_ocsp_parse(&r, response, NULL);

    if (st != TLSN_OK)
        return st;
    if (!r.nonce.len)
        return TLSN_ERR_NOT_FOUND;
    return tlsni_span_eq(r.nonce, nonce) ? TLSN_OK : TLSN_ERR_OCSP_RESPONSE;
}
