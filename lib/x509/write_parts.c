/* write_parts.c - algorithm identifiers, public keys, signatures. */
#include "x509/cert_id.h"
#include "x509/write.h"

#include "base/mem.h"
#include "cipher/group.h"
#include "x509/algid.h"

enum { SIGNED_MORE = TLSNI_SIGNATURE_MAX + 256 }; /* what goes around a signed part */

/* RFC 3279 2.3.3, or PKCS #3 when q is not known: p comes first, g before q. */
static void write_dh(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    struct tlsni_dl_params params;
    struct tlsn_span y;
    size_t mark;

    tlsni_pubkey_dl_numbers(key, &params, &y);
    tlsni_dw_oid(w, params.q.len ? TLSNI_OID_DH : TLSNI_OID_DH_PKCS3);
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_unsigned(w, params.p);
    tlsni_dw_unsigned(w, params.g);
    if (params.q.len)
        tlsni_dw_unsigned(w, params.q);
    tlsni_dw_close(w, mark);
}

/* Dss-Parms, RFC 3279 2.3.2. */
static void write_dsa_params(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    struct tlsni_dl_params params;
    struct tlsn_span y;

    tlsni_pubkey_dl_numbers(key, &params, &y);
    tlsni_dw_unsigned(w, params.p);
    tlsni_dw_unsigned(w, params.q);
    tlsni_dw_unsigned(w, params.g);
    tlsni_dw_close(w, mark);
}

void tlsni_write_key_algorithm(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    switch (tlsni_pubkey_type(key)) {
    case TLSNI_KEY_RSA:
        tlsni_dw_oid(w, TLSNI_OID_RSA);
        tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
        break;
    case TLSNI_KEY_RSA_PSS:
        tlsni_dw_oid(w, TLSNI_OID_RSA_PSS);
        break;
    case TLSNI_KEY_EC:
        tlsni_dw_oid(w, TLSNI_OID_EC);
        tlsni_dw_oid(w, tlsni_algid_curve_oid(tlsni_pubkey_group(key)));
        break;
    case TLSNI_KEY_DSA:
        tlsni_dw_oid(w, TLSNI_OID_DSA);
        write_dsa_params(w, key);
        break;
    case TLSNI_KEY_DH:
        write_dh(w, key);
        break;
    case TLSNI_KEY_ED25519:
        tlsni_dw_oid(w, TLSNI_OID_ED25519);
        break;
    default:
        tlsni_dw_oid(w, TLSNI_OID_ED448);
        break;
    }
    tlsni_dw_close(w, mark);
}

void tlsni_write_public_bits(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    enum tlsni_key_type type = tlsni_pubkey_type(key);
    struct tlsni_dl_params params;
    struct tlsn_span n, e;
    size_t mark;

    if (type == TLSNI_KEY_DSA || type == TLSNI_KEY_DH) {
        tlsni_pubkey_dl_numbers(key, &params, &n);
        tlsni_dw_unsigned(w, n);
        return;
    }
    if (type != TLSNI_KEY_RSA && type != TLSNI_KEY_RSA_PSS) {
        tlsni_wr_span(w, tlsni_pubkey_point(key));
        return;
    }
    tlsni_pubkey_rsa_numbers(key, &n, &e);
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_unsigned(w, n);
    tlsni_dw_unsigned(w, e);
    tlsni_dw_close(w, mark);
}

void tlsni_write_spki(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), bits;

    tlsni_write_key_algorithm(w, key);
    bits = tlsni_dw_open(w, TLSNI_DER_BIT_STRING);
    tlsni_wr_u8(w, 0);
    tlsni_write_public_bits(w, key);
    tlsni_dw_close(w, bits);
    tlsni_dw_close(w, mark);
}

static void write_hash(struct tlsni_wr *w, uint8_t hash)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_dw_oid(w, tlsni_algid_hash_oid(hash));
    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, mark);
}

/* RSASSA-PSS-params, RFC 4055 3.1; SHA-1 and 20, the defaults, are never used here.
 * @rfc 4055:3/3, 4055:3.1/6 */
static void write_pss(struct tlsni_wr *w, const struct tlsni_sig_params *p)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), part, mgf;

    part = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    write_hash(w, p->hash);
    tlsni_dw_close(w, part);
    part = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    mgf = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_MGF1);
    write_hash(w, p->mgf_hash);
    tlsni_dw_close(w, mgf);
    tlsni_dw_close(w, part);
    part = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(2));
    tlsni_dw_small(w, p->salt_len);
    tlsni_dw_close(w, part);
    tlsni_dw_close(w, all);
}

/* @rfc 4055:5/2 */
void tlsni_write_signature_algorithm(struct tlsni_wr *w, const struct tlsni_sig_params *params)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_dw_oid(w, tlsni_algid_signature_oid(params));
    if (params->padding == TLSNI_PAD_PKCS1)
        tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    else if (params->padding == TLSNI_PAD_PSS)
        write_pss(w, params);
    tlsni_dw_close(w, mark);
}

/* A hash as strong as the curve; SHA-256 for RSA and DSA.
 * @rfc 7027:4/1, 8734:6/3, 8446:4.4.2.4/5 */
static uint16_t natural_scheme(const struct tlsni_pubkey *key)
{
    switch (tlsni_pubkey_type(key)) {
    case TLSNI_KEY_RSA: return 0x0401;
    case TLSNI_KEY_RSA_PSS: return 0x0809;
    case TLSNI_KEY_ED25519: return 0x0807;
    case TLSNI_KEY_ED448: return 0x0808;
    case TLSNI_KEY_DSA: return 0x0402;
    default: break;
    }
    switch (tlsni_pubkey_group(key)) {
    case TLSNI_GROUP_SECP384R1:
    case TLSNI_GROUP_BRAINPOOLP384R1: return 0x0503;
    case TLSNI_GROUP_SECP521R1:
    case TLSNI_GROUP_BRAINPOOLP512R1: return 0x0603;
    default: return 0x0403;
    }
}

tlsn_status tlsni_write_scheme(const struct tlsni_pubkey *key, const char *name,
                               struct tlsni_sig_params *out)
{
    const struct tlsni_sigalg *row = name ? tlsni_sigalg_by_name(name, strlen(name))
                                          : tlsni_sigalg_find(natural_scheme(key));

    if (!row)
        return TLSN_ERR_UNKNOWN_KEYWORD;
    if (row->key != tlsni_pubkey_type(key))
        return TLSN_ERR_ARGUMENT;
    *out = tlsni_sigalg_params(row);
    return TLSN_OK;
}

tlsn_status tlsni_write_signed(struct tlsni_wr *w, struct tlsn_span tbs,
                               const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                               const struct tlsni_sig_params *params)
{
    uint8_t signature[TLSNI_SIGNATURE_MAX];
    size_t len, mark;
    tlsn_status st = tlsni_privkey_sign(key, env, params, tbs, signature, &len);

    if (st != TLSN_OK)
        return st;
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_wr_span(w, tbs);
    tlsni_write_signature_algorithm(w, params);
    tlsni_dw_bits(w, tlsni_span_make(signature, len));
    tlsni_dw_close(w, mark);
    return w->bad ? TLSN_ERR_ARGUMENT : TLSN_OK;
}

tlsn_status tlsni_write_signed_out(struct tlsn_span tbs, const struct tlsni_privkey *key,
                                   const struct tlsn_hooks *env,
                                   const struct tlsni_sig_params *params, uint8_t *out, size_t cap,
                                   size_t *len)
{
    size_t room = tbs.len + SIGNED_MORE;
    uint8_t *work = tlsni_alloc(env, room);
    struct tlsni_wr all = tlsni_wr_make(work, work ? room : 0);
    tlsn_status st;

    if (!work)
        return TLSN_ERR_NO_MEMORY;
    st = tlsni_write_signed(&all, tbs, key, env, params);
    if (st == TLSN_OK)
        st = tlsni_write_out(all.buf, all.len, out, cap, len);
    tlsni_free(env, work);
    return st;
}

tlsn_status tlsni_write_parse_issuer(struct tlsni_cert *issuer, struct tlsn_span der,
                                     const struct tlsni_privkey *key, const struct tlsn_hooks *env)
{
    struct tlsni_pubkey *public_key = NULL;
    tlsn_status st = tlsni_cert_parse(issuer, der, NULL);

    if (st == TLSN_OK)
        st = tlsni_cert_pubkey(&public_key, env, issuer, NULL);
    if (st == TLSN_OK && !tlsni_pubkey_equal(public_key, tlsni_privkey_public(key)))
        st = TLSN_ERR_KEY_MISMATCH;
    tlsni_pubkey_free(public_key);
    return st;
}

struct tlsni_ext_mark tlsni_write_ext_open(struct tlsni_wr *w, enum tlsni_oid oid, bool critical)
{
    static const uint8_t yes = 0xff;
    struct tlsni_ext_mark m;

    m.all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, oid);
    if (critical)
        tlsni_dw_put(w, TLSNI_DER_BOOLEAN, tlsni_span_make(&yes, 1));
    m.value = tlsni_dw_open(w, TLSNI_DER_OCTET_STRING);
    return m;
}

void tlsni_write_ext_close(struct tlsni_wr *w, struct tlsni_ext_mark mark)
{
    tlsni_dw_close(w, mark.value);
    tlsni_dw_close(w, mark.all);
}

/* RFC 5280 4.2.1.1: what the issuer's certificate calls itself, however it came to that.
 * @rfc 5280:4.2.1.1/1 */
struct tlsn_span tlsni_write_issuer_id(uint8_t id[20], const struct tlsni_cert *issuer)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (issuer->ski.len)
        return issuer->ski;
    if (!tlsni_key_hash(digest, TLSNI_HASH_SHA1, issuer->spki))
        return tlsni_span_make(NULL, 0);
    memcpy(id, digest, 20);
    return tlsni_span_make(id, 20);
}

/* @rfc 5280:4.2.1.1/2 */
void tlsni_write_authority_key_id(struct tlsni_wr *w, struct tlsn_span id)
{
    struct tlsni_ext_mark m;
    size_t mark;

    if (!id.len)
        return;
    m = tlsni_write_ext_open(w, TLSNI_OID_AUTHORITY_KEY_ID, false);
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(w, TLSNI_DER_CONTEXT(0), id);
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, m);
}

tlsn_status tlsni_write_out(const void *data, size_t data_len, void *out, size_t cap, size_t *len)
{
    *len = data_len;
    if (cap < data_len)
        return TLSN_ERR_BUFFER;
    if (data_len)
        memcpy(out, data, data_len);
    return TLSN_OK;
}
