/* ecdsa.c - ECDSA signatures in DER (FIPS 186-4 6, RFC 3279 2.2.3).
 *
 * The nonce is fresh random for each signature. Parsing is strict: one encoding for one pair. */
#include "base/bytes.h"
#include "cipher/ec_double.h"
#include "cipher/pk_impl.h"

/* ---- DER ---- */

/* A positive INTEGER in its shortest form, of at most len bytes, to n limbs. */
static void read_integer(struct tlsni_rd *r, mp_limb_t *x, size_t n, size_t len)
{
    uint8_t tag = tlsni_rd_u8(r), size = tlsni_rd_u8(r);
    struct tlsn_span s = tlsni_rd_bytes(r, size);

    if (r->bad || tag != 2 || !s.len || s.data[0] & 0x80 ||
        (s.len > 1 && !s.data[0] && !(s.data[1] & 0x80))) {
        tlsni_rd_fail(r);
        return;
    }
    s = tlsni_number_strip(s);
    if (s.len > len)
        tlsni_rd_fail(r);
    else
        tlsni_limbs_get(x, n, s.data, s.len);
}

/* SEQUENCE { r INTEGER, s INTEGER }; both are at most as long as the order.
 * @rfc 8422:5.4/9 */
static tlsn_status read_signature(const struct tlsni_ec *ec, mp_limb_t *r, mp_limb_t *s,
                                  struct tlsn_span der)
{
    struct tlsni_rd in = tlsni_rd_span(der);
    size_t n = tlsni_ec_limbs(ec), len;
    uint8_t tag = tlsni_rd_u8(&in);

    len = tlsni_rd_u8(&in);
    if (len == 0x81) {
        len = tlsni_rd_u8(&in);
        if (len < 0x80)
            tlsni_rd_fail(&in);
    } else if (len > 0x80) {
        tlsni_rd_fail(&in);
    }
    if (tag != 0x30 || len != tlsni_rd_left(&in))
        tlsni_rd_fail(&in);
    read_integer(&in, r, n, ec->len);
    read_integer(&in, s, n, ec->len);
    return tlsni_rd_done(&in) ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR;
}

static void write_integer(struct tlsni_wr *w, const mp_limb_t *x, size_t n, size_t len)
{
    uint8_t bytes[TLSNI_EC_LEN_MAX] = { 0 };
    struct tlsn_span s;
    unsigned sign;

    tlsni_limbs_put(bytes, len, x, n);
    s = tlsni_number_strip(tlsni_span_make(bytes, len));
    sign = s.data[0] >> 7;
    tlsni_wr_u8(w, 2);
    tlsni_wr_u8(w, (uint32_t)(s.len + sign));
    if (sign)
        tlsni_wr_u8(w, 0);
    tlsni_wr_span(w, s);
}

static size_t write_signature(const struct tlsni_ec *ec, uint8_t *out, const mp_limb_t *r,
                              const mp_limb_t *s)
{
    uint8_t body[2 * (TLSNI_EC_LEN_MAX + 4)];
    struct tlsni_wr w = tlsni_wr_make(body, sizeof body);
    struct tlsni_wr o = tlsni_wr_make(out, TLSNI_SIGNATURE_MAX);
    size_t n = tlsni_ec_limbs(ec);

    write_integer(&w, r, n, ec->len);
    write_integer(&w, s, n, ec->len);
    tlsni_wr_u8(&o, 0x30);
    if (w.len >= 0x80)
        tlsni_wr_u8(&o, 0x81);
    tlsni_wr_u8(&o, (uint32_t)w.len);
    tlsni_wr_put(&o, body, w.len);
    return o.len;
}

/* ---- operations ---- */

tlsn_status tlsni_ecdsa_verify(const struct tlsni_pubkey *key,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               struct tlsn_span signature)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_ec *ec = key->u.ec.curve;
    mp_limb_t r[TLSNI_EC_LIMBS_MAX], s[TLSNI_EC_LIMBS_MAX];
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    tlsn_status st;

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = read_signature(ec, r, s, signature);
    if (st != TLSN_OK)
        return st;
    tlsni_hash_once(hash, message.data, message.len, digest);
    st = ec->kernel->verify(ec, &key->env, key->u.ec.xy, r, s, digest, hash->len);
    if (st == TLSN_ERR_DECRYPT_ERROR && ec->kernel == &tlsni_ec_nettle &&
        tlsni_ec_verify_double(ec, key->u.ec.xy, r, s, digest, hash->len))
        st = TLSN_OK;
    return st;
}

/* One attempt; r and s come out 0 with a probability that nobody will see. */
static tlsn_status attempt(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           mp_limb_t *r, mp_limb_t *s, const uint8_t *digest, size_t digest_len)
{
    const struct tlsni_ec *ec = key->pub->u.ec.curve;
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t d[TLSNI_EC_LIMBS_MAX], nonce[TLSNI_EC_LIMBS_MAX];
    tlsn_status st = tlsni_ec_scalar_random(ec, env, nonce);

    tlsni_limbs_get(d, n, key->u.scalar, ec->len);
    if (st == TLSN_OK)
        st = ec->kernel->sign(ec, env, r, s, d, nonce, digest, digest_len);
    if (st == TLSN_OK) {
        TLSNI_CT_PUBLIC(r, n * sizeof *r);
        TLSNI_CT_PUBLIC(s, n * sizeof *s);
    }
    tlsni_wipe(d, sizeof d);
    tlsni_wipe(nonce, sizeof nonce);
    return st;
}

/* @rfc 8422:5.10/6 */
tlsn_status tlsni_ecdsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                             const struct tlsni_sig_params *params, struct tlsn_span message,
                             uint8_t *signature, size_t *signature_len)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_ec *ec = key->pub->u.ec.curve;
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t r[TLSNI_EC_LIMBS_MAX], s[TLSNI_EC_LIMBS_MAX];
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_hash_once(hash, message.data, message.len, digest);
    for (int i = 0; i < 8; i++) {
        tlsn_status st = attempt(key, env, r, s, digest, hash->len);

        if (st != TLSN_OK)
            return st;
        if (tlsni_limbs_diff_1(r, n, 0) && tlsni_limbs_diff_1(s, n, 0)) {
            *signature_len = write_signature(ec, signature, r, s);
            return TLSN_OK;
        }
    }
    return TLSN_ERR_RANDOM;
}
