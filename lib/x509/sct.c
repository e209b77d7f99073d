#include "x509/sct.h"

#include "base/mem.h"
#include "cipher/group.h"
#include "cipher/hash.h"
#include "x509/der_write.h"
#include "x509/ext_list.h"
#include "x509/spki.h"

enum { VERSION_1 = 0, CERTIFICATE_TIMESTAMP = 0, X509_ENTRY = 0, PRECERT_ENTRY = 1, ID_LEN = 32,
       FIXED = 64, SIG_RSA = 1, SIG_ECDSA = 3, LOG_RSA_BITS_MIN = 2048 };

/* @rfc 6962:3.2/2 */
bool tlsni_sct_parse(struct tlsni_sct *out, struct tlsn_span bytes)
{
    struct tlsni_rd r = tlsni_rd_span(bytes);
    uint8_t version = tlsni_rd_u8(&r);

    out->log_id = tlsni_rd_bytes(&r, ID_LEN);
    out->timestamp_ms = tlsni_rd_u64(&r);
    out->extensions = tlsni_rd_vec_span(&r, 2, 0, 65535);
    out->hash = tlsni_rd_u8(&r);
    out->signature_algorithm = tlsni_rd_u8(&r);
    out->signature = tlsni_rd_vec_span(&r, 2, 0, 65535);
    return tlsni_rd_done(&r) && version == VERSION_1;
}

/* ---- what was signed ---- */

/* The members of TBSCertificate that stand before its extensions, as they are. */
static struct tlsn_span before_extensions(const struct tlsni_cert *cert)
{
    struct tlsni_rd r = tlsni_der_open_span(cert->tbs, TLSNI_DER_SEQUENCE);
    const uint8_t *begin = r.p;

    while (r.p != r.end && *r.p != TLSNI_DER_CONSTRUCTED_CONTEXT(3))
        (void)tlsni_der_next(&r);
    return tlsni_span_make(begin, (size_t)(r.p - begin));
}

static void write_others(struct tlsni_wr *w, const struct tlsni_cert *cert)
{
    struct tlsni_rd r = tlsni_rd_span(cert->extensions);

    while (r.p != r.end) {
        const uint8_t *begin = r.p;
        struct tlsni_extension e = tlsni_extension_next(&r);

        if (!r.bad && tlsni_oid_find(e.oid) != TLSNI_OID_SCT_LIST)
            tlsni_wr_put(w, begin, (size_t)(r.p - begin));
    }
}

/* @rfc 6962:3.2/3 */
tlsn_status tlsni_sct_precertificate(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                     const struct tlsni_cert *cert)
{
    tlsn_status st = tlsni_buf_reserve(env, out, cert->tbs.len + FIXED);
    struct tlsni_wr w = tlsni_wr_make(out->data, st == TLSN_OK ? cert->tbs.len + FIXED : 0);
    size_t all, outer, inner;

    if (st != TLSN_OK)
        return st;
    all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_wr_span(&w, before_extensions(cert));
    outer = tlsni_dw_open(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    inner = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    write_others(&w, cert);
    tlsni_dw_close(&w, inner);
    tlsni_dw_close(&w, outer);
    tlsni_dw_close(&w, all);
    out->start = 0;
    out->end = w.len;
    return w.bad ? TLSN_ERR_INTERNAL : TLSN_OK;
}

/* The digitally-signed struct up to the entry, and what follows it. */
static tlsn_status write_signed(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                const struct tlsni_sct *sct, struct tlsn_span entry,
                                const struct tlsni_cert *precert_issuer)
{
    size_t room = FIXED + TLSNI_HASH_LEN_MAX + entry.len + sct->extensions.len;
    tlsn_status st = tlsni_buf_reserve(env, out, room);
    struct tlsni_wr w = tlsni_wr_make(out->data, st == TLSN_OK ? room : 0);
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (st != TLSN_OK)
        return st;
    tlsni_wr_u8(&w, VERSION_1);
    tlsni_wr_u8(&w, CERTIFICATE_TIMESTAMP);
    tlsni_wr_u64(&w, sct->timestamp_ms);
    tlsni_wr_u16(&w, precert_issuer ? PRECERT_ENTRY : X509_ENTRY);
    if (precert_issuer) {
        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), precert_issuer->spki.data,
                        precert_issuer->spki.len, digest);
        tlsni_wr_put(&w, digest, ID_LEN);
    }
    tlsni_wr_vec(&w, 3, entry);
    tlsni_wr_vec(&w, 2, sct->extensions);
    out->end = w.len;
    return w.bad ? TLSN_ERR_CERT_TRANSPARENCY : TLSN_OK;
}

/* ---- the signature ---- */

/* SHA-256 with RSA, or with ECDSA, are what logs have (RFC 6962 2.1.4). */
static bool scheme_of(const struct tlsni_sct *sct, struct tlsni_sig_params *params)
{
    uint16_t number = (uint16_t)(sct->hash << 8 | sct->signature_algorithm);
    const struct tlsni_sigalg *row = tlsni_sigalg_find(number);

    if (sct->hash != TLSNI_HASH_SHA256 || !row ||
        (sct->signature_algorithm != SIG_RSA && sct->signature_algorithm != SIG_ECDSA))
        return false;
    *params = tlsni_sigalg_params(row);
    return true;
}

/* @rfc 6962:2.1.4/1 */
static bool is_log_key(const struct tlsni_pubkey *key)
{
    return tlsni_pubkey_type(key) == TLSNI_KEY_EC
               ? tlsni_pubkey_group(key) == TLSNI_GROUP_SECP256R1
               : tlsni_pubkey_bits(key) >= LOG_RSA_BITS_MIN;
}

static tlsn_status verify(const struct tlsn_hooks *env, const struct tlsni_sct *sct,
                          struct tlsn_span log_spki, struct tlsn_span message)
{
    struct tlsni_sig_params params;
    struct tlsni_pubkey *key = NULL;
    tlsn_status st;

    if (!scheme_of(sct, &params))
        return TLSN_ERR_CERT_TRANSPARENCY;
    st = tlsni_spki_parse(&key, env, log_spki, NULL);
    if (st == TLSN_OK && !is_log_key(key))
        st = TLSN_ERR_CERT_TRANSPARENCY;
    if (st == TLSN_OK)
        st = tlsni_spki_verify(key, log_spki, &params, message, sct->signature);
    tlsni_pubkey_free(key);
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_CERT_TRANSPARENCY;
}

/* @rfc 6962:3.2/1, 6962:3.2/4 */
tlsn_status tlsni_sct_verify(const struct tlsn_hooks *env, const struct tlsni_sct *sct,
                             struct tlsn_span log_spki, const struct tlsni_cert *cert,
                             const struct tlsni_cert *issuer, bool embedded)
{
    struct tlsni_buf tbs = { NULL, 0, 0, 0 }, message = { NULL, 0, 0, 0 };
    struct tlsn_span entry = cert->der;
    tlsn_status st = TLSN_OK;

    if (embedded) {
        st = tlsni_sct_precertificate(env, &tbs, cert);
        entry = tlsni_buf_span(&tbs);
    }
    if (st == TLSN_OK)
        st = write_signed(env, &message, sct, entry, embedded ? issuer : NULL);
    if (st == TLSN_OK)
        st = verify(env, sct, log_spki,
                    tlsni_buf_span(&message));
    tlsni_buf_free(env, &tbs);
    tlsni_buf_free(env, &message);
    return st;
}
