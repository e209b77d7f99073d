/* ecdsa.c - ECDSA signatures in DER (FIPS 186-4 6, RFC 3279 2.2.3).
 *
 * The nonce is made of key, message and fresh random bytes. */
#include "base/bytes.h"
#include "base/env.h"
#include "cipher/ec_double.h"
#include "cipher/nonce.h"
#include "cipher/pk_impl.h"
#include "cipher/sig_der.h"

enum { RANDOM = 32 };

static size_t write_signature(const struct tlsni_ec *ec, uint8_t *out, const mp_limb_t *r,
                              const mp_limb_t *s)
{
    uint8_t bytes[2][TLSNI_EC_LEN_MAX];
    size_t n = tlsni_ec_limbs(ec);

    tlsni_limbs_put(bytes[0], ec->len, r, n);
    tlsni_limbs_put(bytes[1], ec->len, s, n);
    return tlsni_sig_der_write(out, tlsni_span_make(bytes[0], ec->len),
                               tlsni_span_make(bytes[1], ec->len));
}

tlsn_status tlsni_ecdsa_verify(const struct tlsni_pubkey *key,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               struct tlsn_span signature)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_ec *ec = key->u.ec.curve;
    mp_limb_t r[TLSNI_EC_LIMBS_MAX], s[TLSNI_EC_LIMBS_MAX];
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsn_span r_bytes, s_bytes;
    tlsn_status st;

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_sig_der_read(signature, ec->len, &r_bytes, &s_bytes);
    if (st != TLSN_OK)
        return st;
    tlsni_limbs_get(r, tlsni_ec_limbs(ec), r_bytes.data, r_bytes.len);
    tlsni_limbs_get(s, tlsni_ec_limbs(ec), s_bytes.data, s_bytes.len);
    tlsni_hash_once(hash, message.data, message.len, digest);
    st = ec->kernel->verify(ec, &key->env, key->u.ec.xy, r, s, digest, hash->len);
    if (st == TLSN_ERR_DECRYPT_ERROR && ec->kernel == &tlsni_ec_nettle &&
        tlsni_ec_verify_double(ec, key->u.ec.xy, r, s, digest, hash->len))
        st = TLSN_OK;
    return st;
}

/* One attempt; r and s come out 0 with a probability that nobody will see. */
static tlsn_status attempt(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           struct tlsni_nonce *source, mp_limb_t *r, mp_limb_t *s,
                           const uint8_t *digest)
{
    const struct tlsni_ec *ec = key->pub->u.ec.curve;
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t d[TLSNI_EC_LIMBS_MAX], nonce[TLSNI_EC_LIMBS_MAX];
    tlsn_status st = tlsni_nonce_next(source, ec, nonce);

    tlsni_limbs_get(d, n, key->u.scalar, ec->len);
    if (st == TLSN_OK)
        st = ec->kernel->sign(ec, env, r, s, d, nonce, digest, source->hash->len);
    if (st == TLSN_OK) {
        TLSNI_CT_PUBLIC(r, n * sizeof *r);
        TLSNI_CT_PUBLIC(s, n * sizeof *s);
    }
    tlsni_wipe(d, sizeof d);
    tlsni_wipe(nonce, sizeof nonce);
    return st;
}

static tlsn_status begin_nonces(struct tlsni_nonce *source, const struct tlsni_privkey *key,
                                const struct tlsn_hooks *env, const struct tlsni_hash *hash,
                                const uint8_t *digest)
{
    uint8_t random[RANDOM];
    tlsn_status st = tlsni_random(env, random, sizeof random);

    TLSNI_CT_SECRET(random, sizeof random);
    if (st == TLSN_OK)
        tlsni_nonce_begin(source, key->pub->u.ec.curve, hash, key->u.scalar, digest,
                          tlsni_span_make(random, sizeof random));
    tlsni_wipe(random, sizeof random);
    return st;
}

/* @rfc 8422:5.10/6, 9325:4.2/4 */
tlsn_status tlsni_ecdsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                             const struct tlsni_sig_params *params, struct tlsn_span message,
                             uint8_t *signature, size_t *signature_len)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_ec *ec = key->pub->u.ec.curve;
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t r[TLSNI_EC_LIMBS_MAX], s[TLSNI_EC_LIMBS_MAX];
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_nonce source;
    tlsn_status st;

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_hash_once(hash, message.data, message.len, digest);
    st = begin_nonces(&source, key, env, hash, digest);
    do {
        if (st == TLSN_OK)
            st = attempt(key, env, &source, r, s, digest);
    } while (st == TLSN_OK && !(tlsni_limbs_diff_1(r, n, 0) && tlsni_limbs_diff_1(s, n, 0)));
    if (st == TLSN_OK)
        *signature_len = write_signature(ec, signature, r, s);
    tlsni_wipe(&source, sizeof source);
    return st;
}
